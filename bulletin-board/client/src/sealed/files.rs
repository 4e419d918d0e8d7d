//! Sealed files. Written so that a file is there whole or not at all, and read back before anybody relies on it.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{MAX_LENGTH, UnsealError, seal, unseal};
use crate::passphrase::Passphrase;

/// Why a sealed file was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum SealedError {
    /// There is no such file.
    #[error("there is no file {}", .0.display())]
    Missing(PathBuf),
    /// There is one already.
    #[error("{} exists already and is not overwritten: choose another path", .0.display())]
    Exists(PathBuf),
    /// Another passphrase.
    #[error("the passphrase does not open {}", .0.display())]
    Passphrase(PathBuf),
    /// Not a file of this kind, or a damaged one.
    #[error("{} is not a sealed file, or it is damaged", .0.display())]
    Format(PathBuf),
    /// What was written reads back differently.
    #[error("{} does not read back as it was written: the disk cannot be relied on", .0.display())]
    ReadBack(PathBuf),
    /// The disk failed.
    #[error("{}: {error}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What failed.
        error: std::io::Error,
    },
}

/// Seals bytes into a new file, and reads it back. An existing file is left alone.
pub fn create(path: &Path, plain: &[u8], passphrase: &Passphrase) -> Result<(), SealedError> {
    write_and_compare(path, plain, passphrase, Existing::Kept)
}

/// Seals bytes into a file, in the place of what it held. Until the new content is on the disk, the old one is.
pub fn replace(path: &Path, plain: &[u8], passphrase: &Passphrase) -> Result<(), SealedError> {
    write_and_compare(path, plain, passphrase, Existing::Replaced)
}

/// The bytes that a file holds.
pub fn open(path: &Path, passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, SealedError> {
    let sealed = read(path)?;
    unseal(&sealed, passphrase).map_err(|error| match error {
        UnsealError::Passphrase => SealedError::Passphrase(path.to_owned()),
        UnsealError::Format => SealedError::Format(path.to_owned()),
    })
}

fn write_and_compare(
    path: &Path,
    plain: &[u8],
    passphrase: &Passphrase,
    existing: Existing,
) -> Result<(), SealedError> {
    if existing == Existing::Kept && path.exists() {
        return Err(SealedError::Exists(path.to_owned()));
    }
    let failed = |error| SealedError::Io { path: path.to_owned(), error };
    let sealed = seal(plain, passphrase).map_err(failed)?;
    write_atomically(path, &sealed, existing)?;
    if open(path, passphrase)?.as_slice() == plain {
        Ok(())
    } else {
        Err(SealedError::ReadBack(path.to_owned()))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, SealedError> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => SealedError::Missing(path.to_owned()),
        _ => SealedError::Io { path: path.to_owned(), error },
    };
    let mut bytes = Vec::new();
    File::open(path).map_err(failed)?.take(MAX_LENGTH + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_LENGTH { Err(SealedError::Format(path.to_owned())) } else { Ok(bytes) }
}

/// What becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and writing fails.
    Kept,
    /// It is replaced at once.
    Replaced,
}

/// Writes a file, for its owner alone, so that after a crash it is there whole or not at all: a file beside it is
/// written and flushed, then takes its name, then the folder is flushed.
pub fn write_atomically(path: &Path, bytes: &[u8], existing: Existing) -> Result<(), SealedError> {
    let failed = |error| SealedError::Io { path: path.to_owned(), error };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(name);
    let result = write_beside(&beside, bytes).map_err(failed).and_then(|()| match existing {
        Existing::Replaced => fs::rename(&beside, path).map_err(failed),
        Existing::Kept => take_name(&beside, path),
    });
    if result.is_err() {
        // nothing more can be done about a file that cannot be removed either
        let _ = fs::remove_file(&beside);
    }
    result?;
    flush_folder(path).map_err(failed)
}

fn write_beside(beside: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(beside)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Gives a file a name that is free. A link fails where the name is taken; where there are no links, as on a
/// stick formatted with FAT, the name is looked at before.
fn take_name(beside: &Path, path: &Path) -> Result<(), SealedError> {
    let failed = |error| SealedError::Io { path: path.to_owned(), error };
    match fs::hard_link(beside, path) {
        Ok(()) => fs::remove_file(beside).map_err(failed),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(SealedError::Exists(path.to_owned()))
        }
        Err(_) if path.exists() => Err(SealedError::Exists(path.to_owned())),
        Err(_) => fs::rename(beside, path).map_err(failed),
    }
}

fn flush_folder(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned()).unwrap()
    }

    #[test]
    fn a_sealed_file_opens_under_its_passphrase_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealed");
        create(&path, b"secret", &passphrase("right")).unwrap();
        assert_eq!(open(&path, &passphrase("right")).unwrap().as_slice(), b"secret");
        assert!(matches!(open(&path, &passphrase("wrong")), Err(SealedError::Passphrase(_))));
        let absent = folder.path().join("absent");
        assert!(matches!(open(&absent, &passphrase("right")), Err(SealedError::Missing(_))));
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing is left beside the file");
    }

    #[test]
    fn an_existing_file_is_overwritten_on_demand_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealed");
        write_atomically(&path, b"old", Existing::Kept).unwrap();
        assert!(matches!(create(&path, b"new", &passphrase("p")), Err(SealedError::Exists(_))));
        assert!(matches!(write_atomically(&path, b"new", Existing::Kept), Err(SealedError::Exists(_))));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        replace(&path, b"new", &passphrase("p")).unwrap();
        assert_eq!(open(&path, &passphrase("p")).unwrap().as_slice(), b"new");
    }

    #[cfg(unix)]
    #[test]
    fn a_sealed_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealed");
        create(&path, b"secret", &passphrase("p")).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_file_or_another_kind_of_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealed");
        create(&path, b"secret", &passphrase("p")).unwrap();
        let good = fs::read(&path).unwrap();
        let last = good.len() - 1;
        for broken in [&good[..last], b"", b"age-encryption.org/v1\n", b"text", &good[..40]] {
            fs::write(&path, broken).unwrap();
            assert!(open(&path, &passphrase("p")).is_err(), "{} bytes", broken.len());
        }
        let mut flipped = good.clone();
        flipped[last] ^= 1;
        fs::write(&path, flipped).unwrap();
        assert!(matches!(open(&path, &passphrase("p")), Err(SealedError::Format(_))));
    }
}
