//! What the administrator's line says beside the election: behind `#key=` the fingerprint that the board's key must have.

use tabella_crypto::transcript::Digest;

/// What stands before the fingerprint.
const KEY: &str = "key=";

/// What the address's fragment says of the board's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invited {
    /// Nothing: whoever comes without an invitation takes the board as this device knows it.
    Plain,
    /// The board must have this key.
    Key(Digest),
    /// A key is named, and it is cut or mistyped.
    Broken,
}

/// Reads a fragment, with or without its `#`. One that names no key is a place on the page.
pub(super) fn read(fragment: &str) -> Invited {
    let parts = fragment.trim_start_matches('#').split('&');
    match parts.filter_map(|part| part.trim().strip_prefix(KEY)).next() {
        None => Invited::Plain,
        Some(key) => Digest::from_hex(&key.to_ascii_lowercase()).map_or(Invited::Broken, Invited::Key),
    }
}

impl Invited {
    /// The key, where one is named.
    pub(super) fn key(self) -> Option<Digest> {
        match self {
            Self::Key(key) => Some(key),
            Self::Plain | Self::Broken => None,
        }
    }

    /// Whether a board with this fingerprint, in hexadecimal, is another one than is meant.
    pub(super) fn is_other(self, fingerprint: &str) -> bool {
        self.key().is_some_and(|key| key.to_hex() != fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_names_the_boards_key_and_a_cut_one_is_told() {
        let key = "0a".repeat(32);
        let whole = read(&format!("#key={key}"));
        assert_eq!(whole, Invited::Key(Digest([10; 32])));
        assert_eq!(read(&format!("key={}", key.to_uppercase())), whole);
        for plain in ["", "#", "#own", "own"] {
            assert_eq!(read(plain), Invited::Plain, "{plain}");
        }
        for broken in ["#key=", "#key=0a", &format!("#key={key}0"), &format!("#key={}x", &key[1..])] {
            assert_eq!(read(broken), Invited::Broken, "{broken}");
        }
        assert!(!whole.is_other(&key) && whole.is_other(&"0b".repeat(32)));
        assert!(!Invited::Plain.is_other(&key));
    }
}
