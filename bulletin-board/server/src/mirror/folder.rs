//! The folder of a mirror: files that take their names when they are whole.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use tabella_board_client::record::{CHECKPOINT, RecordError};
use tabella_board_client::visit::VIEW_FILE;
use tabella_crypto::checkpoint::SignedCheckpoint;
use tabella_crypto::merkle::tiles::TILE_WIDTH;
use tabella_crypto::merkle::{NodeSource, TileKind, TilePath, decode_bundle, decode_hashes, tiles_for_size};
use tabella_crypto::transcript::Digest;

use super::MirrorError;

/// What stands behind the folder's name in that of the folder beside it, which is not published.
const BESIDE: &str = ".mirror";

/// All that a mirror's folder has at its top.
const BOARD: &str = "board";
const ELECTIONS: &str = "elections";

/// A folder, locked.
pub(super) struct Folder {
    root: PathBuf,
    /// For files that are being written, what was seen of the board, and evidence.
    beside: PathBuf,
    /// Folders in which names are not durable yet.
    touched: RefCell<BTreeSet<PathBuf>>,
    _lock: File,
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> MirrorError + '_ {
    |error| MirrorError::Io { path: path.to_owned(), error }
}

impl Folder {
    /// Opens the folder and the one beside it; both are made if they are not there.
    pub(super) fn open(root: &Path) -> Result<Self, MirrorError> {
        fs::create_dir_all(root).map_err(failed(root))?;
        // a folder of something else, such as the board's own with its key, must not be published with the logs
        for entry in fs::read_dir(root).map_err(failed(root))? {
            let name = entry.map_err(failed(root))?.file_name();
            if name != BOARD && name != ELECTIONS {
                return Err(MirrorError::Occupied { folder: root.to_owned(), file: name });
            }
        }
        // a name of its own, whatever was typed: `.` has none
        let root = root.canonicalize().map_err(failed(root))?;
        let mut name = root.file_name().unwrap_or_default().to_owned();
        name.push(BESIDE);
        let beside = root.with_file_name(name);
        fs::create_dir_all(&beside).map_err(failed(&beside))?;
        let lock = beside.join("lock");
        let file = File::create(&lock).map_err(failed(&lock))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(MirrorError::InUse(root)),
            Err(TryLockError::Error(error)) => return Err(failed(&lock)(error)),
        }
        Ok(Self { root, beside, touched: RefCell::default(), _lock: file })
    }

    /// A file's or folder's place.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Where evidence goes.
    pub(super) fn evidence(&self) -> PathBuf {
        self.beside.join("evidence")
    }

    /// What was seen of the board, taken or not.
    pub(super) fn seen(&self) -> PathBuf {
        self.beside.join(VIEW_FILE)
    }

    /// Writes a file, unless it is there with these bytes; its name is durable after [`Folder::flush`].
    pub(super) fn write(&self, path: &str, bytes: &[u8]) -> Result<(), RecordError> {
        let target = self.path(path);
        if fs::read(&target).is_ok_and(|found| found == bytes) {
            return Ok(());
        }
        let new = self.beside.join("new");
        let write = || -> std::io::Result<()> {
            let mut file = File::create(&new)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            let Some(parent) = target.parent() else { return Ok(()) };
            fs::create_dir_all(parent)?;
            fs::rename(&new, &target)?;
            // a folder's own name stands in the one above
            let mut touched = self.touched.borrow_mut();
            touched.extend(
                parent.ancestors().take_while(|folder| folder.starts_with(&self.root)).map(Path::to_owned),
            );
            Ok(())
        };
        write().map_err(|error| RecordError::Io { path: target.clone(), error })
    }

    /// Makes all names last.
    pub(super) fn flush(&self) -> Result<(), MirrorError> {
        let touched = std::mem::take(&mut *self.touched.borrow_mut());
        #[cfg(unix)]
        for folder in &touched {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))?;
        }
        Ok(())
    }

    /// Removes the partial tiles that the full tile of this path replaces.
    pub(super) fn remove_partial(&self, full: &str) -> Result<(), MirrorError> {
        let folder = self.path(&format!("{full}.p"));
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(&folder)(error)),
            _ => Ok(()),
        }
    }

    /// The checkpoint of a log, if it has one.
    pub(super) fn checkpoint(&self, prefix: &str) -> Result<Option<SignedCheckpoint>, MirrorError> {
        let path = self.path(&format!("{prefix}{CHECKPOINT}"));
        match fs::read(&path) {
            Ok(bytes) => SignedCheckpoint::parse(&bytes).map(Some).map_err(|_| MirrorError::Damaged(path)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&path)(error)),
        }
    }

    fn read(&self, prefix: &str, tile: TilePath) -> Result<(u16, Vec<u8>), MirrorError> {
        let path = self.path(&format!("{prefix}{tile}"));
        match fs::read(&path) {
            Ok(bytes) => Ok((tile.width(), bytes)),
            // a partial tile goes when the full one is there, which a crash may leave without its checkpoint
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let full = tile.to_full().filter(|_| !tile.is_full());
                let bytes = full.and_then(|full| fs::read(self.path(&format!("{prefix}{full}"))).ok());
                full.zip(bytes).map(|(full, bytes)| (full.width(), bytes)).ok_or(MirrorError::Damaged(path))
            }
            Err(error) => Err(failed(&path)(error)),
        }
    }

    /// The entries of a bundle.
    pub(super) fn bundle(&self, prefix: &str, tile: TilePath) -> Result<Vec<Vec<u8>>, MirrorError> {
        let (width, bytes) = self.read(prefix, tile)?;
        let damaged = |_| MirrorError::Damaged(self.path(&format!("{prefix}{tile}")));
        let mut entries = decode_bundle(&bytes, width).map_err(damaged)?;
        entries.truncate(usize::from(tile.width()));
        Ok(entries)
    }

    /// All entries of a log of this size.
    pub(super) fn entries<'a>(
        &'a self,
        prefix: &'a str,
        size: u64,
    ) -> impl Iterator<Item = Result<Vec<u8>, MirrorError>> + 'a {
        let bundles = tiles_for_size(size).take_while(|tile| tile.kind() == TileKind::Entries);
        bundles.flat_map(move |tile| each(self.bundle(prefix, tile)))
    }

    /// The leaf hashes of a log of this size, as its hash tiles have them.
    pub(super) fn leaves<'a>(
        &'a self,
        prefix: &'a str,
        size: u64,
    ) -> impl Iterator<Item = Result<Digest, MirrorError>> + 'a {
        let is_leaves = |tile: &TilePath| tile.kind() == TileKind::Hashes { level: 0 };
        let tiles = tiles_for_size(size).skip_while(move |tile| !is_leaves(tile)).take_while(is_leaves);
        tiles.flat_map(move |tile| {
            let read = self.read(prefix, tile).and_then(|(width, bytes)| {
                let damaged = |_| MirrorError::Damaged(self.path(&format!("{prefix}{tile}")));
                let mut hashes = decode_hashes(&bytes, width).map_err(damaged)?;
                hashes.truncate(usize::from(tile.width()));
                Ok(hashes)
            });
            each(read)
        })
    }

    /// The hash tiles of a log of this size.
    pub(super) fn tree<'a>(&'a self, prefix: &'a str, size: u64) -> Tree<'a> {
        Tree { folder: self, prefix, size, tiles: RefCell::default() }
    }
}

/// The hash tiles of a log in the folder. A path asks for many neighbours, so tiles are read whole and kept.
pub(super) struct Tree<'a> {
    folder: &'a Folder,
    prefix: &'a str,
    size: u64,
    tiles: RefCell<BTreeMap<(u8, u64), Vec<Digest>>>,
}

impl NodeSource for Tree<'_> {
    type Error = MirrorError;

    fn tile_hash(&self, level: u8, index: u64) -> Result<Digest, MirrorError> {
        let damaged = || MirrorError::Damaged(self.folder.path(self.prefix));
        let width = u64::from(TILE_WIDTH);
        let (tile, place) = (index / width, (index % width) as usize);
        let mut tiles = self.tiles.borrow_mut();
        if let Some(hashes) = tiles.get(&(level, tile)) {
            return hashes.get(place).copied().ok_or_else(damaged);
        }
        let stored = self.size >> (8 * u32::from(level));
        // at most 256
        let there = stored.saturating_sub(tile * width).min(width) as u16;
        let path = TilePath::hashes(level, tile, there).ok_or_else(damaged)?;
        let (width, bytes) = self.folder.read(self.prefix, path)?;
        let hashes = decode_hashes(&bytes, width).map_err(|_| damaged())?;
        let found = hashes.get(place).copied();
        tiles.insert((level, tile), hashes);
        found.ok_or_else(damaged)
    }
}

/// A list that was read as its items, or the one error.
fn each<T>(list: Result<Vec<T>, MirrorError>) -> impl Iterator<Item = Result<T, MirrorError>> {
    let (items, error) = match list {
        Ok(items) => (items, None),
        Err(error) => (Vec::new(), Some(Err(error))),
    };
    items.into_iter().map(Ok).chain(error)
}
