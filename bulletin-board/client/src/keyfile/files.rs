//! Key files on a disk.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use tabella_crypto::secret::Secret;

use super::{KeyError, KeyFile, KeyKind};
use crate::passphrase::Passphrase;
use crate::sealed::{self, SealedError};

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
        // beyond 64 bits after 500 million years
        let key = Self::new(kind, Secret::new(*secret.expose()), label, now.as_millis() as u64);
        let failed = |error| SealedError::Io { path: path.to_owned(), error };
        sealed::create(path, &key.plain().map_err(failed)?, passphrase)?;
        let read = Self::open(path, kind, passphrase)?;
        if read.secret.expose() != secret.expose() {
            return Err(SealedError::ReadBack(path.to_owned()).into());
        }
        Ok(read)
    }

    /// Reads a key of one kind.
    pub fn open(path: &Path, needed: KeyKind, passphrase: &Passphrase) -> Result<Self, KeyFileError> {
        let plain = sealed::open(path, passphrase)?;
        Self::read(&plain, needed).map_err(|error| match error {
            KeyError::Unseal(_) | KeyError::NotAKey => KeyFileError::NotAKey(path.to_owned()),
            KeyError::Kind { found, needed } => KeyFileError::Kind { path: path.to_owned(), found, needed },
        })
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
