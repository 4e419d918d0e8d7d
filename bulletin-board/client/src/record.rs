//! Takes an election's record: both logs as static files (C2SP tlog-tiles), nothing else. Specification: "The
//! record".
//!
//! ```text
//! board/checkpoint              elections/<id>/checkpoint
//! board/tile/<L>/<N>[.p/<W>]    elections/<id>/tile/<L>/<N>[.p/<W>]
//! board/tile/entries/…          elections/<id>/tile/entries/…
//! ```
//!
//! Entries are verified while they are read, and the hash tiles are computed from them, so that the record is the
//! same whoever takes it. The election's checkpoint is the one that the board log anchors last. Of the board log it is
//! the newest checkpoint with the cosignatures that the manifest demands, if that has the election's newest checkpoint
//! as its last anchor; else, after a moment in which the witnesses may answer, the newest of all. Where the files go
//! is the caller's: [`fetch`] hands them over, `download` (feature `programs`) puts them into a folder.

use std::path::PathBuf;
use std::time::Duration;

use tabella_board_core::api::paths;
use tabella_board_core::entry::{Anchor, BoardEntry};
use tabella_crypto::checkpoint::VerifiedCheckpoint;
use tabella_crypto::manifest::{CheckedManifest, ElectionId, MAX_MANIFEST_LENGTH};
use tabella_crypto::merkle::tiles::TILE_WIDTH;
use tabella_crypto::merkle::{Frontier, TilePath, encode_bundle, encode_hashes, leaf_hash};
use tabella_crypto::transcript::Digest;

use crate::board::Board;
use crate::error::{ClientError, Tampering};
use crate::log::LogView;
use crate::transport::{Request, Transport};

#[cfg(feature = "programs")]
mod folder;
#[cfg(feature = "programs")]
pub use folder::download;

/// What the paths of the board log begin with in a record.
pub const BOARD_PREFIX: &str = "board/";
/// The name of a log's checkpoint behind the log's prefix.
pub const CHECKPOINT: &str = "checkpoint";

/// What the paths of an election's log begin with in a record.
pub fn election_prefix(election: ElectionId) -> String {
    format!("elections/{election}/")
}

/// How often a record is looked at before giving up on a moment in which both logs agree.
const ATTEMPTS: u32 = 50;
/// The first looks of them are for a checkpoint with the cosignatures that the manifest demands.
const PATIENCE: u32 = 25;
/// The wait between two looks.
const WAIT: Duration = Duration::from_millis(200);

/// Why a record was not taken.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The board, or what it sent.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// There is something at the path already.
    #[error("{} is there already: choose a new folder", .0.display())]
    Exists(PathBuf),
    /// The folder cannot be written.
    #[error("{} cannot be written: {error}", .path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What writing failed with.
        error: std::io::Error,
    },
    /// Entries came faster than both checkpoints could be fetched, or the election is not anchored.
    #[error("the board log does not catch up with the election's log: try again in a minute")]
    NotAnchored,
}

/// Takes the files of a record, by their paths in it, each once.
pub type Keep<'a> = dyn FnMut(String, Vec<u8>) -> Result<(), RecordError> + 'a;

/// Reads an election's record and hands over its files as they become complete; gives the checkpoint of the
/// election's log that it ends with. What was handed over is a record only if all of it was. `progress` is told the
/// election's entries read and those that there are.
pub async fn fetch<T: Transport>(
    board: &Board<T>,
    election: ElectionId,
    keep: &mut Keep<'_>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<VerifiedCheckpoint, RecordError> {
    let (mut board_log, mut election_log) = (board.log(), board.election_log(election)?);
    let mut board_files = LogFiles::new(BOARD_PREFIX.to_owned());
    let head = settle(&mut board_log, &mut election_log, &mut board_files, election, keep).await?;
    finish(&board_files, &board_log, keep)?;

    let mut files = LogFiles::new(election_prefix(election));
    while let Some(batch) = election_log.batch(files.size()..head.size()).await? {
        batch.entries.into_iter().try_for_each(|entry| files.push(entry, keep))?;
        progress(files.size(), head.size());
    }
    finish(&files, &election_log, keep)?;
    Ok(head)
}

/// Reads the board log until its last anchor of the election is the election's checkpoint.
async fn settle<T: Transport>(
    board_log: &mut LogView<T>,
    election_log: &mut LogView<T>,
    files: &mut LogFiles,
    election: ElectionId,
    keep: &mut Keep<'_>,
) -> Result<VerifiedCheckpoint, RecordError> {
    let demanded = demanded(board_log.board(), election).await?;
    let mut anchored: Option<(u64, Digest)> = None;
    for attempt in 0..ATTEMPTS {
        let head = election_log.refresh().await?;
        let newest = board_log.refresh().await?;
        if newest.cosignatures().len() < demanded && attempt < PATIENCE {
            // entries beyond a cosigned checkpoint are not read, so that a later one can still be gone back to
            match board_log.witnessed(demanded).await? {
                Some(witnessed) => board_log.go_back_to(witnessed),
                None => {
                    board_log.board().pause(WAIT).await;
                    continue;
                }
            }
        }
        let size = board_log.size();
        while let Some(batch) = board_log.batch(files.size()..size).await? {
            for entry in batch.entries {
                if let Ok(BoardEntry::Anchor(Anchor { election: of, size, root })) =
                    BoardEntry::decode(&entry)
                    && of == election
                {
                    anchored = Some((size, root));
                }
                files.push(entry, keep)?;
            }
        }
        if files.size() == size && anchored == Some((head.size(), head.root())) {
            return Ok(head);
        }
        board_log.board().pause(WAIT).await;
    }
    Err(RecordError::NotAnchored)
}

/// How many cosignatures the election's manifest demands; none as long as the board does not show the manifest.
/// Nothing rests on it: whoever verifies the record counts again.
async fn demanded<T: Transport>(board: &Board<T>, election: ElectionId) -> Result<usize, ClientError> {
    let request = Request::get(paths::manifest(election), MAX_MANIFEST_LENGTH);
    let bytes = board.fetch_if_there(&request).await?.unwrap_or_default();
    let manifest = CheckedManifest::decode(&bytes).ok().filter(|manifest| manifest.id() == election);
    Ok(manifest.map_or(0, |manifest| manifest.cosignatures.into()))
}

/// One log's files as they follow from its entries. They are handed over as they become complete.
#[derive(Debug)]
pub struct LogFiles {
    prefix: String,
    tree: Frontier,
    /// Entries since the last full bundle.
    bundle: Vec<Vec<u8>>,
    /// For each level: full tiles, and the hashes since.
    levels: Vec<(u64, Vec<Digest>)>,
}

impl LogFiles {
    /// The files of an empty log, whose paths begin with this: `board/`, or `elections/<id>/`.
    pub fn new(prefix: String) -> Self {
        Self { prefix, tree: Frontier::new(), bundle: Vec::new(), levels: Vec::new() }
    }

    /// The files of a log that has these leaves already, and in its last bundle, if that is not full, these entries.
    pub fn resume(prefix: String, leaves: impl IntoIterator<Item = Digest>, bundle: Vec<Vec<u8>>) -> Self {
        let mut files = Self { bundle, ..Self::new(prefix) };
        for leaf in leaves {
            files.push_leaf(leaf);
            for (tiles, hashes) in &mut files.levels {
                if hashes.len() == usize::from(TILE_WIDTH) {
                    *tiles += 1;
                    hashes.clear();
                }
            }
        }
        files
    }

    /// What the log's paths begin with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Entries so far.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Root of the entries so far.
    pub fn root(&self) -> Digest {
        self.tree.root()
    }

    fn push_leaf(&mut self, leaf: Digest) {
        let levels = &mut self.levels;
        self.tree.push_storing(leaf, |level, _, hash| {
            let level = usize::from(level);
            if levels.len() <= level {
                levels.resize_with(level + 1, Default::default);
            }
            if let Some((_, hashes)) = levels.get_mut(level) {
                hashes.push(hash);
            }
        });
    }

    /// Appends an entry and hands over the tiles that it fills.
    pub fn push(&mut self, entry: Vec<u8>, keep: &mut Keep<'_>) -> Result<(), RecordError> {
        let full = usize::from(TILE_WIDTH);
        self.push_leaf(leaf_hash(&entry));
        self.bundle.push(entry);
        if self.bundle.len() < full {
            return Ok(());
        }
        self.hand_over(|files| files.bundle.len() == full, |length| length == full, keep)?;
        self.bundle.clear();
        for (tiles, hashes) in self.levels.iter_mut().filter(|(_, hashes)| hashes.len() == full) {
            *tiles += 1;
            hashes.clear();
        }
        Ok(())
    }

    /// Hands over the tiles that are not full.
    pub fn partial(&self, keep: &mut Keep<'_>) -> Result<(), RecordError> {
        self.hand_over(|files| !files.bundle.is_empty(), |length| length > 0, keep)
    }

    fn hand_over(
        &self,
        bundle_is_due: impl Fn(&Self) -> bool,
        is_due: impl Fn(usize) -> bool,
        keep: &mut Keep<'_>,
    ) -> Result<(), RecordError> {
        if bundle_is_due(self) {
            let index = self.tree.size().saturating_sub(1) / u64::from(TILE_WIDTH);
            // at most 256
            let path = TilePath::entries(index, self.bundle.len() as u16);
            self.give(path, encode_bundle(&self.bundle).ok(), keep)?;
        }
        for (level, (tiles, hashes)) in self.levels.iter().enumerate().filter(|(_, (_, h))| is_due(h.len())) {
            // at most 7, and 256
            let path = TilePath::hashes(level as u8, *tiles, hashes.len() as u16);
            self.give(path, encode_hashes(hashes).ok(), keep)?;
        }
        Ok(())
    }

    fn give(
        &self,
        path: Option<TilePath>,
        bytes: Option<Vec<u8>>,
        keep: &mut Keep<'_>,
    ) -> Result<(), RecordError> {
        // widths and lengths are within a tile's bounds: the entries came from tiles
        let (Some(path), Some(bytes)) = (path, bytes) else {
            let (origin, tampering) = (self.prefix.clone(), Tampering::Tile);
            return Err(ClientError::Tampered { origin, tampering }.into());
        };
        keep(format!("{}{path}", self.prefix), bytes)
    }
}

/// Hands over the partial tiles and the checkpoint, if the entries are the log's.
fn finish<T: Transport>(files: &LogFiles, log: &LogView<T>, keep: &mut Keep<'_>) -> Result<(), RecordError> {
    let tampered =
        || ClientError::Tampered { origin: log.origin().to_owned(), tampering: Tampering::Entries(0) };
    let (head, note) = log.checkpoint().zip(log.note()).ok_or_else(tampered)?;
    if (head.size(), head.root()) != (files.size(), files.root()) {
        return Err(tampered().into());
    }
    files.partial(keep)?;
    keep(format!("{}{CHECKPOINT}", files.prefix()), note.encode().into_bytes())
}
