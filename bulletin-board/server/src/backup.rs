//! Backups of the store, while the board runs: a copy as of one commit ([`RedbStore::copy_to`]), which is a store by
//! itself and holds the beginning of every log.
//!
//! The store's file is locked by the board that runs, so the board itself makes the copy: when `tabella-board backup`
//! asks for it ([`control`]), and at fixed times ([`Schedule`]). A backup does not hold the operator's key. It is older
//! than the last receipt as soon as it is made: what came later is brought back from a mirror
//! ([`catch_up`](crate::sequencer::catch_up)).

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tabella_crypto::checkpoint::Checkpoint;

use crate::store::{RedbStore, StoreError};

#[cfg(unix)]
pub mod control;
mod record;

pub use record::{Last, Record};

/// Backups at fixed times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// The folder in which they are kept: another disk, at best.
    pub folder: PathBuf,
    /// The time between two.
    pub every: Duration,
    /// How many are kept, at least one: the oldest goes when a new one is complete.
    pub keep: usize,
}

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is something already.
    #[error("{} is there already: name a new file", .0.display())]
    Exists(PathBuf),
    /// A file or folder cannot be written.
    #[error("{}: {error}: check that the folder is there, may be written to and has room", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What failed.
        error: std::io::Error,
    },
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> BackupError + '_ {
    |error| BackupError::Io { path: path.to_owned(), error }
}

/// Writes a backup into a new file, which is there whole or not at all; gives the head of the board log in it.
pub fn write(store: &RedbStore, file: &Path) -> Result<Checkpoint, BackupError> {
    if file.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(file.to_owned()));
    }
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = file.with_file_name(name);
    // left by a backup that was interrupted
    let _ = fs::remove_file(&beside);
    // made here, for its owner alone: nobody else need read or change it
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(&beside).map_err(failed(&beside))?);
    let written = store.copy_to(&beside).map_err(BackupError::from).and_then(|head| {
        File::open(&beside).and_then(|file| file.sync_all()).map_err(failed(&beside))?;
        fs::rename(&beside, file).map_err(failed(file))?;
        #[cfg(unix)]
        {
            let folder =
                file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))?;
        }
        Ok(head)
    });
    if written.is_err() {
        // nothing more can be done about a file that cannot be removed either
        let _ = fs::remove_file(&beside);
    }
    written
}

impl Schedule {
    /// Writes the next backup, named by the time in UTC, and removes the oldest beyond those that are kept.
    pub fn write(&self, store: &RedbStore) -> Result<(PathBuf, Checkpoint), BackupError> {
        fs::create_dir_all(&self.folder).map_err(failed(&self.folder))?;
        let name = format!("{PREFIX}{}{SUFFIX}", jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%3fZ"));
        let file = self.folder.join(name);
        let head = write(store, &file)?;
        self.rotate()?;
        Ok((file, head))
    }

    fn rotate(&self) -> Result<(), BackupError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed(&self.folder))? {
            let name = entry.map_err(failed(&self.folder))?.file_name();
            if name.to_str().is_some_and(is_own) {
                names.push(name);
            }
        }
        // a time in a name sorts as a time
        names.sort();
        let beyond = names.len().saturating_sub(self.keep.max(1));
        names
            .into_iter()
            .take(beyond)
            .map(|name| self.folder.join(name))
            .try_for_each(|old| fs::remove_file(&old).map_err(failed(&old)))
    }

    /// Writes backups for as long as it is polled. One that fails is reported, and the next is tried.
    pub async fn run(self, store: Arc<RedbStore>, record: Arc<Record>) {
        let mut times = tokio::time::interval(self.every);
        times.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            times.tick().await;
            let (schedule, store) = (self.clone(), store.clone());
            match tokio::task::spawn_blocking(move || schedule.write(&store)).await {
                Ok(Ok((file, head))) => {
                    record.written(&file, &head);
                    tracing::info!(file = %file.display(), size = head.size(), "backup written");
                }
                Ok(Err(error)) => {
                    record.failed();
                    tracing::error!("no backup: {error}");
                }
                Err(_) => {
                    record.failed();
                    tracing::error!("no backup: its task broke off");
                }
            }
        }
    }
}

const PREFIX: &str = "board-";
const SUFFIX: &str = ".redb";

/// Whether a file is one that a schedule made: nothing else is ever removed.
fn is_own(name: &str) -> bool {
    let time = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
    time.is_some_and(|time| {
        time.len() == 19
            && time.ends_with('Z')
            && time.bytes().all(|b| b.is_ascii_digit() || b"TZ".contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contract;
    use crate::store::{LogId, Store};

    fn store(folder: &Path) -> RedbStore {
        let store = RedbStore::open(&folder.join("board.redb")).unwrap();
        store.commit(&contract::first()).unwrap();
        store
    }

    #[test]
    fn a_backup_is_a_store_with_everything_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        let file = folder.path().join("backup.redb");
        fs::write(folder.path().join("backup.redb.new"), "left by an interruption").unwrap();
        let head = write(&store, &file).unwrap();
        assert_eq!(Some(&head), store.head(LogId::Board).unwrap().as_ref().map(|head| head.claimed()));
        contract::check_holds(&RedbStore::open(&file).unwrap(), &contract::first());
        assert!(matches!(write(&store, &file), Err(BackupError::Exists(_))));
        let nowhere = folder.path().join("none/backup.redb");
        assert!(matches!(write(&store, &nowhere), Err(BackupError::Io { .. })));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing half written is left");
    }

    #[test]
    fn an_empty_store_is_no_backup() {
        let folder = tempfile::tempdir().unwrap();
        let store = RedbStore::open(&folder.path().join("board.redb")).unwrap();
        let file = folder.path().join("backup.redb");
        assert!(matches!(write(&store, &file), Err(BackupError::Store(StoreError::Empty))));
        assert!(!file.exists());
    }

    #[test]
    fn the_oldest_backup_goes_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        let backups = folder.path().join("backups");
        fs::create_dir(&backups).unwrap();
        let others = ["board-before-the-move.redb", "board-20260101T000000000Z.redb.new", "notes.txt"];
        others.iter().for_each(|name| fs::write(backups.join(name), "kept").unwrap());
        let old = ["board-20260101T000000000Z.redb", "board-20260102T000000000Z.redb"];
        old.iter().for_each(|name| fs::write(backups.join(name), "old").unwrap());
        let schedule = Schedule { folder: backups.clone(), every: Duration::from_secs(1), keep: 2 };
        let (file, _) = schedule.write(&store).unwrap();
        assert!(is_own(file.file_name().unwrap().to_str().unwrap()));
        assert!(file.exists() && !backups.join(old[0]).exists() && backups.join(old[1]).exists());
        assert!(others.iter().all(|name| backups.join(name).exists()));
    }
}
