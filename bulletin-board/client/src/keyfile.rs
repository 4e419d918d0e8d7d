//! Key files: one secret key under a passphrase, with its purpose, so that nobody signs with the wrong key. Here is what
//! stands in them, natively and in the browser; `files` keeps them on a disk.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use tabella_crypto::secret::Secret;

use crate::passphrase::Passphrase;
use crate::sealed::{self, UnsealError};

#[cfg(feature = "programs")]
mod files;

#[cfg(feature = "programs")]
pub use files::KeyFileError;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyKind {
    /// Publishes manifests.
    Administrator,
    /// Signs rolls.
    Registrar,
    /// Signs as a trustee and opens sealed shares.
    Trustee,
    /// Signs a board's checkpoints.
    Operator,
    /// Cosigns checkpoints.
    Witness,
}

impl std::fmt::Display for KeyKind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Administrator => "an administrator's key",
            Self::Registrar => "a registrar's key",
            Self::Trustee => "a trustee's key",
            Self::Operator => "a board operator's key",
            Self::Witness => "a witness's key",
        })
    }
}

/// Why sealed bytes give no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// They do not open.
    #[error(transparent)]
    Unseal(#[from] UnsealError),
    /// The passphrase opens them, but they hold no key.
    #[error("it holds no key")]
    NotAKey,
    /// A key for something else.
    #[error("it holds {found}, but {needed} is needed")]
    Kind {
        /// What they hold.
        found: KeyKind,
        /// What is needed.
        needed: KeyKind,
    },
}

/// A secret key with its purpose.
#[derive(Debug, ZeroizeOnDrop)]
pub struct KeyFile {
    #[zeroize(skip)]
    kind: KeyKind,
    #[zeroize(skip)]
    label: String,
    #[zeroize(skip)]
    created: u64,
    secret: Secret<[u8; 32]>,
}

/// What stands in the file, in JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    /// [`FORMAT`].
    format: String,
    kind: KeyKind,
    /// For people: whose key it is.
    label: String,
    /// Milliseconds since 1970-01-01 UTC.
    created: u64,
    /// 32 bytes in hexadecimal.
    secret: String,
}

/// Tells a key file, and its version.
const FORMAT: &str = "tabella-key/v1";

impl Drop for Content {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl KeyFile {
    /// A key to be kept. `label` says for people whose it is; `created` is in milliseconds since 1970-01-01 UTC.
    pub fn new(kind: KeyKind, secret: Secret<[u8; 32]>, label: &str, created: u64) -> Self {
        Self { kind, label: label.to_owned(), created, secret }
    }

    /// What stands in a key file: the key, sealed under a passphrase.
    ///
    /// # Errors
    /// As [`sealed::seal`].
    pub fn seal(&self, passphrase: &Passphrase) -> std::io::Result<Vec<u8>> {
        sealed::seal(&self.plain()?, passphrase)
    }

    /// The key of one kind in what stands in a key file.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn unseal(sealed: &[u8], needed: KeyKind, passphrase: &Passphrase) -> Result<Self, KeyError> {
        Self::read(&sealed::unseal(sealed, passphrase)?, needed)
    }

    /// The key in JSON.
    fn plain(&self) -> std::io::Result<Zeroizing<Vec<u8>>> {
        let Self { kind, label, created, secret } = self;
        let (format, secret) = (FORMAT.to_owned(), hex::encode(secret.expose()));
        let content = Content { format, kind: *kind, label: label.clone(), created: *created, secret };
        // room for everything, so that no copy is left behind by growing: a character takes six bytes at most
        let mut plain = Zeroizing::new(Vec::with_capacity(512 + 6 * label.len()));
        serde_json::to_writer(&mut *plain, &content)?;
        Ok(plain)
    }

    fn read(plain: &[u8], needed: KeyKind) -> Result<Self, KeyError> {
        let content: Content = serde_json::from_slice(plain).map_err(|_| KeyError::NotAKey)?;
        let mut secret = Zeroizing::new([0; 32]);
        if content.format != FORMAT || hex::decode_to_slice(&content.secret, secret.as_mut_slice()).is_err() {
            return Err(KeyError::NotAKey);
        }
        let secret = Secret::new(*secret);
        if content.kind != needed {
            return Err(KeyError::Kind { found: content.kind, needed });
        }
        Ok(Self::new(content.kind, secret, &content.label, content.created))
    }

    /// What the key is for.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Whose it is, for people.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// When it was made: milliseconds since 1970-01-01 UTC.
    pub fn created(&self) -> u64 {
        self.created
    }

    /// The key.
    pub fn secret(&self) -> &Secret<[u8; 32]> {
        &self.secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned()).unwrap()
    }

    #[test]
    fn a_key_comes_back_from_its_sealed_bytes_and_is_not_printed() {
        let label = "Ada \"\u{1}\" 张";
        let key = KeyFile::new(KeyKind::Trustee, Secret::new([7; 32]), label, 1_800_000_000_000);
        assert!(!format!("{key:?}").contains('7'), "{key:?}");
        let sealed = key.seal(&passphrase("p")).unwrap();
        let read = KeyFile::unseal(&sealed, KeyKind::Trustee, &passphrase("p")).unwrap();
        assert_eq!(
            (read.kind(), read.label(), read.created(), read.secret().expose()),
            (KeyKind::Trustee, label, 1_800_000_000_000, &[7; 32])
        );
        let refused = |kind, text| KeyFile::unseal(&sealed, kind, &passphrase(text)).unwrap_err();
        assert_eq!(refused(KeyKind::Trustee, "q"), KeyError::Unseal(UnsealError::Passphrase));
        let (found, needed) = (KeyKind::Trustee, KeyKind::Witness);
        assert_eq!(refused(needed, "p"), KeyError::Kind { found, needed });
        let nothing = sealed::seal(b"{}", &passphrase("p")).unwrap();
        let read = KeyFile::unseal(&nothing, KeyKind::Trustee, &passphrase("p"));
        assert_eq!(read.unwrap_err(), KeyError::NotAKey);
    }

    #[test]
    fn the_content_is_one_line_of_json_with_room_to_spare() {
        let label = "\u{1}".repeat(100);
        let plain = KeyFile::new(KeyKind::Operator, Secret::new([7; 32]), &label, u64::MAX).plain().unwrap();
        assert!(plain.capacity() == 512 + 600 && plain.len() < plain.capacity(), "{}", plain.capacity());
        let told = String::from_utf8(
            KeyFile::new(KeyKind::Trustee, Secret::new([7; 32]), "Bo", 5).plain().unwrap().to_vec(),
        );
        let expected = format!(
            "{{\"format\":\"tabella-key/v1\",\"kind\":\"trustee\",\"label\":\"Bo\",\"created\":5,\"secret\":\"{}\"}}",
            "07".repeat(32)
        );
        assert_eq!(told.unwrap(), expected);
    }
}
