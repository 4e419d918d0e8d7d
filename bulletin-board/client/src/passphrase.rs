//! The passphrase of a key file. Where a program gets it from is in `asked`: a file, the environment, or typed unseen.

use std::path::PathBuf;

use tabella_crypto::secret::Secret;
use zeroize::ZeroizeOnDrop;

#[cfg(feature = "programs")]
mod asked;

#[cfg(feature = "programs")]
pub use asked::Purpose;

/// The environment variable that is read where no file is named.
pub const VARIABLE: &str = "TABELLA_PASSPHRASE";

/// A passphrase, not empty.
#[derive(Debug, ZeroizeOnDrop)]
pub struct Passphrase(Secret<String>);

/// Why there is no passphrase.
#[derive(Debug, thiserror::Error)]
pub enum PassphraseError {
    /// An empty one.
    #[error("the passphrase is empty: a key file without a passphrase is not kept")]
    Empty,
    /// Typed twice, and not the same.
    #[error("the two passphrases differ: type the same one twice")]
    Differ,
    /// The file cannot be read.
    #[error("the passphrase file {} cannot be read: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What reading failed with.
        error: std::io::Error,
    },
    /// Nobody can type one.
    #[error(
        "no passphrase can be typed here ({0}): set {VARIABLE} or give --passphrase-file with the path of a file"
    )]
    NoTerminal(std::io::Error),
}

impl Passphrase {
    /// Takes a passphrase that the caller has.
    pub fn new(text: String) -> Result<Self, PassphraseError> {
        let secret = Secret::new(text);
        if secret.expose().is_empty() { Err(PassphraseError::Empty) } else { Ok(Self(secret)) }
    }

    /// What somebody thinks of the text, such as its strength. The text itself stays here.
    pub fn judged<R>(&self, judge: impl FnOnce(&str) -> R) -> R {
        judge(self.expose())
    }

    /// The text.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_not_printed() {
        let passphrase = Passphrase::new("open sesame".to_owned()).unwrap();
        assert!(!format!("{passphrase:?}").contains("sesame"));
    }
}
