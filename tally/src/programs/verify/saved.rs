//! A folder from which a verification goes on: after an interruption, or when the log has grown.
//!
//! ```text
//! state    a line with the format's name, lengths and hashes of the files in points/, what is verified, SHA-256 of all this
//! points/  every D of the ballots verified so far
//! lock     held by the run that writes
//! ```
//!
//! The file `state` replaces the one before it in one step, when all that it names is on the disk; so a run that is
//! killed leaves the last state that was saved. The hashes find damage, not forgery: whoever can write here is believed.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use borsh::{BorshDeserialize as _, BorshSerialize as _};
use sha2::{Digest as _, Sha256};

use tabella_board_core::state::FirstPoint;

use super::points::{Marks, SpilledPoints};
use crate::verify::store::{SavedRun, Snapshot};
use crate::verify::{Store, StoreError};

/// The first bytes of the file; a later format has another number.
const MAGIC: &[u8] = b"tabella-verify state 1\n";

const STATE: &str = "state";
const NEW_STATE: &str = "state.new";
const POINTS: &str = "points";
const LOCK: &str = "lock";

/// A run saves for at most one part in so many of its time.
const SHARE: u32 = 20;

/// Why a folder cannot be used. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The system's words.
    #[error("{}: {error}", .path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It holds other files.
    #[error("{} holds files that are no saved state: name a new folder with --state", .0.display())]
    Foreign(PathBuf),
    /// Another format.
    #[error("{} was saved by another version of tabella-verify: name a new folder with --state, and verify from the beginning", .0.display())]
    Version(PathBuf),
    /// The hashes do not fit.
    #[error("the saved state in {} is damaged: remove the folder, and verify from the beginning", .0.display())]
    Damaged(PathBuf),
    /// Another run writes there.
    #[error("another tabella-verify is using {}: wait for it, or name another folder with --state", .0.display())]
    Locked(PathBuf),
}

/// The folder of a run.
#[derive(Debug)]
pub struct SavedFolder {
    folder: PathBuf,
    points: SpilledPoints,
    every: Duration,
    /// When it saved last, and how long that took.
    saved: Instant,
    took: Duration,
    /// Somebody wants it to end.
    stop: Arc<AtomicBool>,
    /// Held as long as the folder is in use.
    _lock: File,
}

impl SavedFolder {
    /// Opens a folder, or makes it, and gives what an earlier run saved. From then on it saves at every `every`, and, as
    /// soon as `stop` is set, once more before it ends the run.
    pub fn open(
        folder: &Path,
        every: Duration,
        stop: Arc<AtomicBool>,
    ) -> Result<(Self, Option<SavedRun<'static>>), FolderError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |error| FolderError::Io { path, error }
        };
        fs::create_dir_all(folder).map_err(failed(folder))?;
        check_names(folder)?;
        let lock_path = folder.join(LOCK);
        let lock = File::create(&lock_path).map_err(failed(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(FolderError::Locked(folder.to_owned())),
            Err(fs::TryLockError::Error(error)) => return Err(failed(&lock_path)(error)),
        }
        let points_folder = folder.join(POINTS);
        fs::create_dir_all(&points_folder).map_err(failed(&points_folder))?;
        let path = folder.join(STATE);
        let (points, run) = match File::open(&path) {
            Ok(file) => {
                let (marks, run) = read(file, folder).map_err(|error| match error {
                    ReadError::Io(error) => failed(&path)(error),
                    ReadError::Unfit(error) => error,
                })?;
                let points = SpilledPoints::reopen(&points_folder, &marks).map_err(failed(&points_folder))?;
                (points.ok_or_else(|| FolderError::Damaged(folder.to_owned()))?, Some(run))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                (SpilledPoints::new(&points_folder).map_err(failed(&points_folder))?, None)
            }
            Err(error) => return Err(failed(&path)(error)),
        };
        let (saved, took) = (Instant::now(), Duration::ZERO);
        Ok((Self { folder: folder.to_owned(), points, every, saved, took, stop, _lock: lock }, run))
    }

    fn write(&mut self, snapshot: &Snapshot<'_>) -> io::Result<()> {
        let marks = self.points.save()?;
        let beside = self.folder.join(NEW_STATE);
        let mut out = Hashing { inner: BufWriter::new(File::create(&beside)?), hash: Sha256::new() };
        out.write_all(MAGIC)?;
        marks.serialize(&mut out)?;
        snapshot.write(&mut out)?;
        let Hashing { mut inner, hash } = out;
        inner.write_all(&hash.finalize())?;
        inner.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&beside, self.folder.join(STATE))
    }
}

impl Store for SavedFolder {
    fn add(&mut self, points: &[FirstPoint]) -> Result<(), StoreError> {
        self.points.add(points)
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        self.points.finish()
    }

    fn is_due(&mut self) -> bool {
        let stop = self.stop.load(Ordering::Relaxed);
        stop || self.saved.elapsed() >= self.every.max(self.took.saturating_mul(SHARE))
    }

    fn save(&mut self, snapshot: &Snapshot<'_>) -> Result<(), StoreError> {
        let begin = Instant::now();
        self.write(snapshot)
            .map_err(|error| StoreError::Failed(format!("{}: {error}", self.folder.display())))?;
        (self.saved, self.took) = (Instant::now(), begin.elapsed());
        if self.stop.load(Ordering::Relaxed) { Err(StoreError::Interrupted) } else { Ok(()) }
    }
}

/// Refuses a folder that has anything but what a run leaves there.
fn check_names(folder: &Path) -> Result<(), FolderError> {
    let failed = |error| FolderError::Io { path: folder.to_owned(), error };
    for item in fs::read_dir(folder).map_err(failed)? {
        let name = item.map_err(failed)?.file_name();
        if ![STATE, NEW_STATE, POINTS, LOCK].iter().any(|known| name == *known) {
            return Err(FolderError::Foreign(folder.to_owned()));
        }
    }
    Ok(())
}

enum ReadError {
    Io(io::Error),
    Unfit(FolderError),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Reads the file twice: first to hash it, then from its beginning up to where voting is.
fn read(mut file: File, folder: &Path) -> Result<(Marks, SavedRun<'static>), ReadError> {
    let damaged = || ReadError::Unfit(FolderError::Damaged(folder.to_owned()));
    let length = file.metadata()?.len();
    let mut magic = Vec::new();
    (&mut file).take(MAGIC.len() as u64).read_to_end(&mut magic)?;
    if magic != MAGIC {
        let version = magic.starts_with(b"tabella-verify state ");
        let unfit = if version { FolderError::Version } else { FolderError::Damaged };
        return Err(ReadError::Unfit(unfit(folder.to_owned())));
    }
    let content = length.checked_sub(32).filter(|content| *content >= MAGIC.len() as u64);
    let content = content.ok_or_else(damaged)?;
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::new(&mut file);
    let mut hashing = Hashing { inner: io::sink(), hash: Sha256::new() };
    io::copy(&mut (&mut reader).take(content), &mut hashing)?;
    let mut digest = Vec::new();
    reader.read_to_end(&mut digest)?;
    if digest != hashing.hash.finalize().as_slice() {
        return Err(damaged());
    }
    file.seek(SeekFrom::Start(MAGIC.len() as u64))?;
    let mut body = BufReader::new(file).take(content - MAGIC.len() as u64);
    let marks = Marks::deserialize_reader(&mut body).map_err(|_| damaged())?;
    let run = SavedRun::read(body).map_err(|_| damaged())?;
    Ok((marks, run))
}

/// Hashes what is written.
struct Hashing<W> {
    inner: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
