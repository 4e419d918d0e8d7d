//! A board's folder: one program at a time works in it, and what is in it says what may be done next.
//!
//! The lock is on the file `lock` in the folder, not on the store: a store that was moved away or replaced is another
//! file, and two programs would hold one key. The system releases it when the program ends, however it ends; the file
//! stays, and says nothing.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tabella_crypto::signature::SigningKey;

use super::{key_file, store_file, unfinished_file};
use crate::keyfile::{self, KeyFileError};
use crate::sequencer::StartError;
use crate::store::{RedbStore, Store, StoreError};
use crate::witnesses::{SettingError, genesis};

/// The lock's file.
const LOCK: &str = "lock";

/// Why a program does not work in a board's folder. Each names the next step.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// No folder.
    #[error(
        "there is no folder {}: for a new board run `tabella-board init`; if there was a board, never run init: make the \
         folder, put operator.key into it from its copy, then run `tabella-board catch-up`",
        .0.display()
    )]
    NoFolder(PathBuf),
    /// Nothing of a board.
    #[error(
        "there is no board in {}, neither an operator's key nor a store: for a new board run `tabella-board init`; if \
         there was one, never run init: put operator.key back from its copy, then run `tabella-board catch-up`",
        .0.display()
    )]
    Empty(PathBuf),
    /// A store without its key.
    #[error(
        "{} has a board's store but not its key: put operator.key back from its copy; without it nobody can sign for \
         this board again, see \"A successor board\" in the operator's guide",
        .0.display()
    )]
    NoKey(PathBuf),
    /// A key without its store.
    #[error(
        "{} has a board's key but not its store: put the newest backup there as board.redb if there is one, then run \
         `tabella-board catch-up`",
        .0.display()
    )]
    NoStore(PathBuf),
    /// A catch-up that has not ended.
    #[error(
        "the store in {} was being brought up to date, and that has not ended: run `tabella-board catch-up` again",
        .0.display()
    )]
    Unfinished(PathBuf),
    /// Somebody else works in it.
    #[error(
        "the folder {} is locked: another process, such as a board that still runs, works in it; stop that one, or \
         wait until it has ended",
        .0.display()
    )]
    Locked(PathBuf),
    /// The lock is another user's.
    #[error(
        "{} is another user's: run this as the user whom the folder belongs to (`runuser -u`), or give the file to \
         that user (`chown`)",
        .0.display()
    )]
    OthersLock(PathBuf),
    /// The lock cannot be had.
    #[error("{} cannot be locked: {error}; the folder must be on a disk of this machine", .file.display())]
    Lock {
        /// The lock's file.
        file: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The key's file.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The board in it.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Its first entries.
    #[error(transparent)]
    Genesis(#[from] SettingError),
}

/// A board's folder, in which no other program works for as long as this lives.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Takes the folder, which must be there; an error if another program has it.
    pub fn take(path: &Path) -> Result<Self, FolderError> {
        let file = path.join(LOCK);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        // whoever can open it can hold it, and keep the board from starting
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let lock = options.open(&file).map_err(|error| match error.kind() {
            ErrorKind::PermissionDenied if file.exists() => FolderError::OthersLock(file.clone()),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly.into(),
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full.into(),
            _ => FolderError::Lock { file: file.clone(), error },
        })?;
        #[cfg(unix)]
        give_to_owner(&lock, path);
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(FolderError::Locked(path.to_owned())),
            Err(TryLockError::Error(error)) => Err(FolderError::Lock { file, error }),
        }
    }

    /// Takes the folder of a board that is to run.
    pub fn of_board(path: &Path) -> Result<Self, FolderError> {
        has_board(path)?;
        Self::take(path)
    }

    /// Takes the folder of a board whose store is read, with the key or without it.
    pub fn with_store(path: &Path) -> Result<Self, FolderError> {
        has_board(path)?;
        match store_file(path).exists() {
            true => Self::take(path),
            false => Err(FolderError::NoStore(path.to_owned())),
        }
    }

    /// Takes the folder of a board whose store is brought up to date, with the store or without it.
    pub fn with_key(path: &Path) -> Result<Self, FolderError> {
        has_board(path)?;
        match key_file(path).exists() {
            true => Self::take(path),
            false => Err(FolderError::NoKey(path.to_owned())),
        }
    }

    /// The operator's key, and the store, which has a board of this operator and is not half brought up to date.
    pub fn open(&self) -> Result<(SigningKey, Arc<RedbStore>), FolderError> {
        let (key_file, store_file) = (key_file(&self.path), store_file(&self.path));
        if !key_file.exists() {
            return Err(FolderError::NoKey(self.path.clone()));
        }
        let key = keyfile::read(&key_file)?;
        if !store_file.exists() {
            return Err(FolderError::NoStore(self.path.clone()));
        }
        if unfinished_file(&self.path).exists() {
            return Err(FolderError::Unfinished(self.path.clone()));
        }
        let store = RedbStore::open(&store_file)?;
        check_operator(&store, &key)?;
        Ok((key, Arc::new(store)))
    }
}

/// There is something of a board in a folder: looked at before a lock is left in one that is none of a board.
fn has_board(path: &Path) -> Result<(), FolderError> {
    if !path.is_dir() {
        return Err(FolderError::NoFolder(path.to_owned()));
    }
    match key_file(path).exists() || store_file(path).exists() {
        true => Ok(()),
        false => Err(FolderError::Empty(path.to_owned())),
    }
}

/// The lock is for whoever may work in the folder: root, who looks at settings first, must not shut out its owner.
/// Nobody but root can do this, and nobody else needs to.
#[cfg(unix)]
fn give_to_owner(lock: &File, folder: &Path) {
    use std::os::unix::fs::{MetadataExt as _, fchown};

    if let (Ok(lock_now), Ok(folder)) = (lock.metadata(), folder.metadata())
        && lock_now.uid() != folder.uid()
    {
        let _ = fchown(lock, Some(folder.uid()), Some(folder.gid()));
    }
}

/// The key is that of the board in the store; an error too if there is none.
pub fn check_operator(store: &dyn Store, key: &SigningKey) -> Result<(), FolderError> {
    match genesis(store)?.operator == key.verifying_key() {
        true => Ok(()),
        false => Err(StartError::OtherKey.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_by_one_at_a_time_whatever_becomes_of_its_store() {
        let folder = tempfile::tempdir().unwrap();
        let held = Folder::take(folder.path()).unwrap();
        assert!(matches!(Folder::take(folder.path()), Err(FolderError::Locked(_))));
        drop(held);
        let _held = Folder::take(folder.path()).unwrap();
    }

    #[test]
    fn nothing_is_left_in_a_folder_that_is_no_boards() {
        let folder = tempfile::tempdir().unwrap();
        for take in [Folder::of_board, Folder::with_store, Folder::with_key] {
            assert!(matches!(take(folder.path()), Err(FolderError::Empty(_))));
            assert!(matches!(take(&folder.path().join("none")), Err(FolderError::NoFolder(_))));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_missing_in_a_boards_folder_is_named_by_whoever_needs_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        std::fs::write(store_file(path), "a store").unwrap();
        assert!(matches!(Folder::with_key(path), Err(FolderError::NoKey(_))));
        assert!(Folder::with_store(path).is_ok());
        std::fs::rename(store_file(path), key_file(path)).unwrap();
        assert!(matches!(Folder::with_store(path), Err(FolderError::NoStore(_))));
        assert!(Folder::with_key(path).is_ok());
    }
}
