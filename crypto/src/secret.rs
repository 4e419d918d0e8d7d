//! [`Secret`]: a value that is never printed, copied or encoded by accident, and leaves memory when dropped.
//!
//! What is computed from a secret branches on it in one place alone, `disclose`.

use std::hint::black_box;

use subtle::Choice;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A secret value: redacted in debug output, zeroized on drop, not `Clone`, not encodable.
///
/// Reading it is spelled [`Secret::expose`], so that every place where a secret is used can be found.
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes a value into custody.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for use in constant-time code or for sealing.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> ZeroizeOnDrop for Secret<T> {}

impl<T: Zeroize> std::fmt::Debug for Secret<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// A fact about secrets that is public, or that everybody will know by what happens next: every caller says why.
///
/// The branch is here and not at the caller's, so that the test which looks for branches on secrets can tell those that
/// are meant from all others.
#[inline(never)]
pub(crate) fn disclose(fact: Choice) -> bool {
    if fact.unwrap_u8() == 1 { black_box(true) } else { black_box(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_disclosed_as_it_is() {
        assert!(disclose(Choice::from(1)) && !disclose(Choice::from(0)));
    }

    #[test]
    fn is_not_printed() {
        assert_eq!(format!("{:?}", Secret::new([7u8; 32])), "Secret(…)");
    }
}
