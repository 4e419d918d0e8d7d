//! What somebody who looks again and again says: each change once, and nothing as long as all is as it was.

/// What is the matter, as it was said last; nothing if all is well.
#[derive(Debug, Default)]
pub struct Trouble(Option<String>);

impl Trouble {
    /// Something is the matter: whether that has not been said yet.
    pub fn begins(&mut self, what: String) -> bool {
        let is_new = self.0.as_ref() != Some(&what);
        self.0 = Some(what);
        is_new
    }

    /// All is well: whether something was the matter, so that this is to be said.
    pub fn ends(&mut self) -> bool {
        self.0.take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_said_once_and_so_is_the_recovery() {
        let mut trouble = Trouble::default();
        assert!(!trouble.ends(), "it was well from the beginning");
        let said = ["away", "away", "damaged", "damaged", "away"].map(|what| trouble.begins(what.to_owned()));
        assert_eq!(said, [true, false, true, false, true]);
        assert!(trouble.ends());
        assert!(!trouble.ends());
        assert!(trouble.begins("away".to_owned()), "it comes again");
    }
}
