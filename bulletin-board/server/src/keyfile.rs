//! The operator's or a witness's key in a file that only its owner can read.
//!
//! One line: [`HEADER`] or [`WITNESS_HEADER`], a space, the 32-byte seed in hexadecimal. Both sign without anybody at
//! a keyboard, so there is no passphrase; who reads the file can sign for them.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use rand_core::{CryptoRng, RngCore};
use tabella_crypto::secret::Secret;
use tabella_crypto::signature::SigningKey;

/// What an operator's file begins with.
pub const HEADER: &str = "tabella-operator-key-1";
/// What a witness's file begins with.
pub const WITNESS_HEADER: &str = "tabella-witness-key-1";
/// Most bytes of the file that are read.
const MAX_LENGTH: u64 = 1_024;

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// No such file.
    #[error("there is no operator's key in {0}: put the file back from its copy")]
    Missing(PathBuf),
    /// No such file of a witness.
    #[error("there is no witness's key in {0}: run `tabella-board witness init` first, or restore the file")]
    MissingWitness(PathBuf),
    /// Readable by others.
    #[error("others can read {0}: make it private with `chmod 600`, and think about who may have read it")]
    Permissions(PathBuf),
    /// Not a key file.
    #[error("{0} is not an operator's key: restore the file that `tabella-board init` made")]
    Format(PathBuf),
    /// Not a witness's key file.
    #[error("{0} is not a witness's key: restore the file that `tabella-board witness init` made")]
    FormatWitness(PathBuf),
    /// The file system.
    #[error("{file}: {error}")]
    Io {
        /// The file.
        file: PathBuf,
        /// What happened.
        error: std::io::Error,
    },
}

fn failed(file: &Path) -> impl Fn(std::io::Error) -> KeyFileError + '_ {
    |error| KeyFileError::Io { file: file.to_owned(), error }
}

/// Makes a fresh operator's key and its file, which must not exist; durable when it returns.
pub fn create(file: &Path, rng: &mut (impl RngCore + CryptoRng)) -> Result<SigningKey, KeyFileError> {
    write(file, HEADER, rng)
}

/// The same for a witness.
pub fn create_witness(file: &Path, rng: &mut (impl RngCore + CryptoRng)) -> Result<SigningKey, KeyFileError> {
    write(file, WITNESS_HEADER, rng)
}

fn write(
    file: &Path,
    header: &str,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<SigningKey, KeyFileError> {
    let key = SigningKey::generate(rng);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(file).map_err(failed(file))?;
    let line = Secret::new(format!("{header} {}\n", hex::encode(key.seed().expose())));
    written.write_all(line.expose().as_bytes()).map_err(failed(file))?;
    written.sync_all().map_err(failed(file))?;
    // the name is durable with its folder
    if let Some(folder) = file.parent() {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))?;
    }
    Ok(key)
}

/// Reads an operator's key.
pub fn read(file: &Path) -> Result<SigningKey, KeyFileError> {
    read_with(file, HEADER)
}

/// Reads a witness's key.
pub fn read_witness(file: &Path) -> Result<SigningKey, KeyFileError> {
    read_with(file, WITNESS_HEADER).map_err(|error| match error {
        KeyFileError::Missing(file) => KeyFileError::MissingWitness(file),
        KeyFileError::Format(file) => KeyFileError::FormatWitness(file),
        other => other,
    })
}

fn read_with(file: &Path, header: &str) -> Result<SigningKey, KeyFileError> {
    let opened = File::open(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => KeyFileError::Missing(file.to_owned()),
        _ => failed(file)(error),
    })?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = opened.metadata().map_err(failed(file))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Permissions(file.to_owned()));
        }
    }
    let mut text = String::new();
    let read = opened.take(MAX_LENGTH).read_to_string(&mut text);
    let text = Secret::new(text);
    read.map_err(|_| KeyFileError::Format(file.to_owned()))?;
    let mut seed = [0u8; 32];
    text.expose()
        .trim_end()
        .strip_prefix(header)
        .and_then(|rest| rest.strip_prefix(' '))
        .and_then(|seed_hex| hex::decode_to_slice(seed_hex, &mut seed).ok())
        .ok_or_else(|| KeyFileError::Format(file.to_owned()))?;
    Ok(SigningKey::from_seed(seed))
}

#[cfg(test)]
mod tests {
    use rand_core::OsRng;

    use super::*;

    #[test]
    fn a_key_is_read_back_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("operator.key");
        assert!(matches!(read(&file), Err(KeyFileError::Missing(_))));
        assert!(matches!(read_witness(&file), Err(KeyFileError::MissingWitness(_))));
        let key = create(&file, &mut OsRng).unwrap();
        assert_eq!(read(&file).unwrap().verifying_key(), key.verifying_key());
        assert!(matches!(create(&file, &mut OsRng), Err(KeyFileError::Io { .. })));
        assert!(matches!(read_witness(&file), Err(KeyFileError::FormatWitness(_))), "it is an operator's");
        let other = folder.path().join("witness.key");
        let key = create_witness(&other, &mut OsRng).unwrap();
        assert_eq!(read_witness(&other).unwrap().verifying_key(), key.verifying_key());
        std::fs::write(&file, "nothing").unwrap();
        assert!(matches!(read(&file), Err(KeyFileError::Format(_))));
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("operator.key");
        create(&file, &mut OsRng).unwrap();
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
        assert!(matches!(read(&file), Err(KeyFileError::Permissions(_))));
    }
}
