//! Key files: one secret key under a passphrase, with its purpose, so that nobody signs with the wrong key.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use tabella_crypto::secret::Secret;

use crate::passphrase::Passphrase;
use crate::sealed::{self, SealedError};

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

/// Why a key file was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The sealed file itself.
    #[error(transparent)]
    Sealed(#[from] SealedError),
    /// The passphrase opens it, but it holds no key.
    #[error("{} is not a key file", .0.display())]
    NotAKey(PathBuf),
    /// A key for something else.
    #[error("{} holds {found}, but {needed} is needed", .path.display())]
    Kind {
        /// The file.
        path: PathBuf,
        /// What it holds.
        found: KeyKind,
        /// What is needed.
        needed: KeyKind,
    },
}

impl KeyFileError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Sealed(SealedError::Missing(_)) => "check the path, or make the key first",
            Self::Sealed(SealedError::Exists(_)) => {
                "an existing key is never overwritten: choose another path"
            }
            Self::Sealed(SealedError::Passphrase(_)) => "type the passphrase again; capitals count",
            Self::Sealed(SealedError::Format(_)) | Self::NotAKey(_) => {
                "check the path, or use the backup of the key file"
            }
            Self::Sealed(SealedError::ReadBack(_)) => "use another disk or stick",
            Self::Sealed(SealedError::Io { .. }) => "check that the folder is there and may be written to",
            Self::Kind { .. } => "give the path of the right key file",
        }
    }
}

/// A secret key with its purpose.
#[derive(Debug)]
pub struct KeyFile {
    kind: KeyKind,
    label: String,
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
    /// Writes a key into a new file, reads it back and compares. An existing file is left alone.
    pub fn create(
        path: &Path,
        kind: KeyKind,
        secret: &Secret<[u8; 32]>,
        label: &str,
        passphrase: &Passphrase,
    ) -> Result<Self, KeyFileError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let content = Content {
            format: FORMAT.to_owned(),
            kind,
            label: label.to_owned(),
            // beyond 64 bits after 500 million years
            created: now.as_millis() as u64,
            secret: hex::encode(secret.expose()),
        };
        // texts and numbers: nothing that JSON cannot say
        let plain = Zeroizing::new(serde_json::to_vec(&content).unwrap_or_default());
        sealed::create(path, &plain, passphrase)?;
        let read = Self::open(path, kind, passphrase)?;
        if read.secret.expose() != secret.expose() {
            return Err(SealedError::ReadBack(path.to_owned()).into());
        }
        Ok(read)
    }

    /// Reads a key of one kind.
    pub fn open(path: &Path, needed: KeyKind, passphrase: &Passphrase) -> Result<Self, KeyFileError> {
        let plain = sealed::open(path, passphrase)?;
        let not_a_key = || KeyFileError::NotAKey(path.to_owned());
        let content: Content = serde_json::from_slice(&plain).map_err(|_| not_a_key())?;
        let mut secret = [0; 32];
        if content.format != FORMAT || hex::decode_to_slice(&content.secret, &mut secret).is_err() {
            return Err(not_a_key());
        }
        let secret = Secret::new(secret);
        if content.kind != needed {
            return Err(KeyFileError::Kind { path: path.to_owned(), found: content.kind, needed });
        }
        Ok(Self { kind: content.kind, label: content.label.clone(), created: content.created, secret })
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
    fn a_key_is_read_back_with_its_purpose() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let secret = Secret::new([7; 32]);
        KeyFile::create(&path, KeyKind::Trustee, &secret, "Ada 张", &passphrase("p")).unwrap();
        let read = KeyFile::open(&path, KeyKind::Trustee, &passphrase("p")).unwrap();
        assert_eq!(
            (read.kind(), read.label(), read.secret().expose()),
            (KeyKind::Trustee, "Ada 张", &[7; 32])
        );
        assert!(read.created() > 1_700_000_000_000);
        let bytes = std::fs::read(&path).unwrap();
        assert!(bytes.starts_with(b"age-encryption.org/v1\n-> scrypt "));
        assert!(format!("{read:?}").contains("secret: Secret(…)"), "{read:?}");
    }

    #[test]
    fn refuses_a_key_for_something_else_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        KeyFile::create(&path, KeyKind::Registrar, &Secret::new([7; 32]), "", &passphrase("p")).unwrap();
        let error = KeyFile::open(&path, KeyKind::Trustee, &passphrase("p")).unwrap_err();
        assert!(
            error.to_string().ends_with("holds a registrar's key, but a trustee's key is needed"),
            "{error}"
        );
    }

    #[test]
    fn refuses_to_overwrite_and_what_is_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let create = || {
            KeyFile::create(&path, KeyKind::Operator, &Secret::new([7; 32]), "", &passphrase("p")).map(|_| ())
        };
        create().unwrap();
        assert!(matches!(create(), Err(KeyFileError::Sealed(SealedError::Exists(_)))));
        for plain in [
            "",
            "{}",
            "{\"format\":\"tabella-key/v1\",\"kind\":\"operator\",\"label\":\"\",\"created\":1,\"secret\":\"07\"}",
        ] {
            sealed::replace(&path, plain.as_bytes(), &passphrase("p")).unwrap();
            let opened = KeyFile::open(&path, KeyKind::Operator, &passphrase("p"));
            assert!(matches!(opened, Err(KeyFileError::NotAKey(_))), "{plain}");
        }
    }
}
