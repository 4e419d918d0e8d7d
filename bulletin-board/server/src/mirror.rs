//! A mirror: all logs of a board as static files in a folder, verified as a client verifies them, that any web server
//! can publish. Specification: "Mirrors".
//!
//! ```text
//! board/{checkpoint,tile/…}     elections/<id>/{checkpoint,tile/…}     for every election on the board log
//! ```
//!
//! # A reader at any moment, and a crash at any moment
//!
//! * Every file is written beside the folder, flushed, and takes its name at once: it is there whole or not at all.
//! * A checkpoint takes its name only when every tile under it has, so each log is whole whenever it is read.
//! * Checkpoints are published at moments at which each election's is the one that the board log anchors last. The
//!   board log's comes first: a mirror that is killed between two of them holds nothing that its board log does not
//!   name, and its next round goes on from there.
//! * A full tile is written once. Partial tiles stay, one for each checkpoint that was published, until the full one
//!   is there (C2SP tlog-tiles, "Partial Tiles").
//!
//! What is in the folder is what was seen of the board: a round takes only what continues it, and two checkpoints
//! that contradict each other are kept beside the folder ([`Contradiction`](MirrorError::Contradiction)).

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use tabella_board_client::record::{BOARD_PREFIX, CHECKPOINT, LogFiles, election_prefix};
use tabella_board_client::transport::Transport;
use tabella_board_client::{Board, ClientError, Fork, ForkKind, LogView, SavedView};
use tabella_board_core::api::Checkpoints;
use tabella_board_core::board::{BoardState, board_key, election_key};
use tabella_board_core::entry::{BoardEntry, election_origin};
use tabella_crypto::checkpoint::{NoteKey, SignedCheckpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{TilePath, tiles_for_size};

use crate::evidence;
use crate::store::LogId;

mod errors;
mod folder;
mod shelf;

pub use errors::MirrorError;
use folder::Folder;
pub use shelf::Shelf;

/// How often a source of static files is looked at for a moment at which its logs agree.
const ATTEMPTS: u32 = 50;
/// The wait between two looks.
const WAIT: Duration = Duration::from_millis(200);

/// What a round brought.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// Entries of all logs that were not there before.
    pub taken: u64,
    /// Entries of the board log now.
    pub board: u64,
    /// Elections now.
    pub elections: usize,
    /// The source shows an older state than the folder has: it is behind.
    pub source_is_behind: bool,
}

/// One log in the folder.
struct Copied {
    files: LogFiles,
    /// The checkpoint in the folder.
    published: Option<SignedCheckpoint>,
}

impl Copied {
    fn empty(log: LogId) -> Self {
        Self { files: LogFiles::new(prefix(log)), published: None }
    }

    fn published_size(&self) -> u64 {
        self.published.as_ref().map_or(0, |checkpoint| checkpoint.claimed().size())
    }
}

fn prefix(log: LogId) -> String {
    match log {
        LogId::Board => BOARD_PREFIX.to_owned(),
        LogId::Election(election) => election_prefix(election),
    }
}

/// A folder that mirrors a board. While it lives, no other process mirrors to it.
pub struct Mirror {
    folder: Folder,
    state: BoardState,
    board: Copied,
    elections: BTreeMap<ElectionId, Copied>,
}

impl Mirror {
    /// Opens the folder, or makes an empty one, and reads what is there: every board entry against the rules, and of
    /// every log that its hashes have the signed root.
    pub fn open(root: &Path) -> Result<Self, MirrorError> {
        let folder = Folder::open(root)?;
        let mut state = BoardState::new();
        let Some(head) = folder.checkpoint(BOARD_PREFIX)? else {
            return Ok(Self {
                folder,
                state,
                board: Copied::empty(LogId::Board),
                elections: BTreeMap::new(),
            });
        };
        for entry in folder.entries(BOARD_PREFIX, head.claimed().size()) {
            apply(&mut state, &entry?)?;
        }
        let damaged = || MirrorError::Damaged(root.join(BOARD_PREFIX));
        let key = board_key(state.genesis().ok_or_else(damaged)?)?;
        let board = load(&folder, LogId::Board, &key, head)?;
        let mut elections = BTreeMap::new();
        for election in state.elections().keys() {
            let log = LogId::Election(*election);
            let copied = match folder.checkpoint(&prefix(log))? {
                Some(head) => load(&folder, log, &election_key(&key, *election)?, head)?,
                None => Copied::empty(log),
            };
            elections.insert(*election, copied);
        }
        Ok(Self { folder, state, board, elections })
    }

    /// What is known of the board, to be held against what a source shows; nothing for an empty folder.
    pub fn view(&self) -> SavedView {
        let key = self.state.genesis().and_then(|genesis| board_key(genesis).ok());
        let heads = std::iter::once(&self.board).chain(self.elections.values());
        let heads = heads.filter_map(|copied| copied.published.as_ref());
        key.map_or_else(SavedView::default, |key| SavedView::of(&key, heads))
    }

    /// Takes what a board shows beyond what the folder has, all logs as of one moment.
    pub async fn round<T: Transport>(&mut self, board: &Board<T>) -> Result<Round, MirrorError> {
        let mut taken = 0;
        let outcome = self.take(board, &mut taken).await;
        let source_is_behind = match outcome {
            Ok(()) => false,
            Err(MirrorError::Client(ClientError::Fork(fork))) => self.judge(fork)?,
            Err(error) => return Err(error),
        };
        let elections = self.elections.len();
        Ok(Round { taken, board: self.board.published_size(), elections, source_is_behind })
    }

    /// What connecting to a source failed with: a source that is behind is none (true), a contradiction is one.
    pub fn judge_connection(&self, error: ClientError) -> Result<bool, MirrorError> {
        match error {
            ClientError::Fork(fork) => self.judge(fork),
            error => Err(error.into()),
        }
    }

    /// Whether a source merely shows an older state of a log; else the contradiction, which is kept.
    fn judge(&self, fork: Box<Fork>) -> Result<bool, MirrorError> {
        if fork.kind == ForkKind::Shrank
            && let Ok(shown) = SignedCheckpoint::parse(fork.shown.as_bytes())
            && let Some(prefix) = self.prefix_of(&fork.origin)
            // what is above the published head was never promised to anybody
            && (shown.claimed().size() > self.published_size(&prefix)
                || self.folder.root_at(&prefix, shown.claimed().size())? == shown.claimed().root())
        {
            return Ok(true);
        }
        match evidence::keep(&self.folder.evidence(), &fork) {
            Ok(evidence) => Err(MirrorError::Contradiction { fork, evidence }),
            Err(error) => Err(MirrorError::Unkept { fork, error }),
        }
    }

    fn published_size(&self, of: &str) -> u64 {
        let logs = std::iter::once(&self.board).chain(self.elections.values());
        logs.filter(|copied| copied.files.prefix() == of).map(Copied::published_size).sum()
    }

    fn prefix_of(&self, origin: &str) -> Option<String> {
        let board = &self.state.genesis()?.origin;
        if origin == board {
            return Some(prefix(LogId::Board));
        }
        let of = |election: &&ElectionId| election_origin(board, **election) == origin;
        self.elections.keys().find(of).map(|election| prefix(LogId::Election(*election)))
    }

    async fn take<T: Transport>(&mut self, board: &Board<T>, taken: &mut u64) -> Result<(), MirrorError> {
        let (board_log, logs) = self.settle(board, taken).await?;
        for (election, log) in &logs {
            if let Some(copied) = self.elections.get(election) {
                copied.files.partial(&mut |path, bytes| self.folder.write(&path, &bytes))?;
                check(&copied.files, log)?;
            }
        }
        if board_log.size() > self.board.published_size() {
            self.board.files.partial(&mut |path, bytes| self.folder.write(&path, &bytes))?;
            check(&self.board.files, &board_log)?;
        }
        self.folder.flush()?;
        // every tile is there: the checkpoints, of the board log first
        publish(&self.folder, &mut self.board, &board_log)?;
        self.folder.flush()?;
        for (election, log) in &logs {
            if let Some(copied) = self.elections.get_mut(election) {
                publish(&self.folder, copied, log)?;
            }
        }
        self.folder.flush()
    }

    /// Takes entries until each election's checkpoint is the one that the board log anchors last; gives the board log
    /// and the election logs that have grown.
    async fn settle<T: Transport>(
        &mut self,
        board: &Board<T>,
        taken: &mut u64,
    ) -> Result<(LogView<T>, BTreeMap<ElectionId, LogView<T>>), MirrorError> {
        let mut board_log = board.log();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                board.pause(WAIT).await;
            }
            // a live board shows all logs at one moment
            let shown = board.checkpoints().await?;
            let _head = match &shown {
                Some(shown) => board_log.follow(shown.board.as_bytes()).await?,
                None => board_log.refresh().await?,
            };
            *taken += self.take_board(&mut board_log).await?;
            if let Some(logs) = self.take_elections(board, shown.as_ref(), taken).await? {
                return Ok((board_log, logs));
            }
        }
        Err(MirrorError::NotSettled)
    }

    async fn take_board<T: Transport>(&mut self, log: &mut LogView<T>) -> Result<u64, MirrorError> {
        let before = self.board.files.size();
        while let Some(batch) = log.batch(self.board.files.size()..log.size()).await? {
            for entry in batch.entries {
                apply(&mut self.state, &entry)?;
                self.board.files.push(entry, &mut |path, bytes| self.folder.write(&path, &bytes))?;
            }
        }
        for election in self.state.elections().keys() {
            let log = LogId::Election(*election);
            self.elections.entry(*election).or_insert_with(|| Copied::empty(log));
        }
        Ok(self.board.files.size() - before)
    }

    /// Takes the entries of the election logs that the board log anchors beyond what is there; none if one of them
    /// has another checkpoint by now.
    async fn take_elections<T: Transport>(
        &mut self,
        board: &Board<T>,
        shown: Option<&Checkpoints>,
        taken: &mut u64,
    ) -> Result<Option<BTreeMap<ElectionId, LogView<T>>>, MirrorError> {
        let notes: BTreeMap<String, &str> = shown.map_or_else(BTreeMap::new, by_origin);
        let mut logs = BTreeMap::new();
        for (election, copied) in &mut self.elections {
            let anchor = self.state.elections().get(election).and_then(|known| known.anchor());
            let Some((_, anchor)) = anchor.filter(|(_, anchor)| anchor.size > copied.published_size()) else {
                continue;
            };
            let mut log = board.election_log(*election)?;
            let head = match (shown, notes.get(log.origin())) {
                (Some(_), Some(note)) => log.follow(note.as_bytes()).await?,
                _ => log.refresh().await?,
            };
            if (head.size(), head.root()) != (anchor.size, anchor.root) {
                return Ok(None);
            }
            let before = copied.files.size();
            while let Some(batch) = log.batch(copied.files.size()..head.size()).await? {
                for entry in batch.entries {
                    copied.files.push(entry, &mut |path, bytes| self.folder.write(&path, &bytes))?;
                }
            }
            *taken += copied.files.size() - before;
            logs.insert(*election, log);
        }
        Ok(Some(logs))
    }
}

fn by_origin(shown: &Checkpoints) -> BTreeMap<String, &str> {
    let origin = |note: &str| note.lines().next().map(str::to_owned);
    shown.elections.iter().filter_map(|note| Some((origin(note)?, note.as_str()))).collect()
}

fn apply(state: &mut BoardState, bytes: &[u8]) -> Result<(), MirrorError> {
    let index = state.size();
    let entry = BoardEntry::decode(bytes).map_err(|error| MirrorError::Encoding { index, error })?;
    state.apply(bytes, entry).map_err(|refusal| MirrorError::Rules { index, refusal })
}

/// The files have the root that the board signed: what was taken in earlier rounds and what was taken now are one log.
fn check<T: Transport>(files: &LogFiles, log: &LogView<T>) -> Result<(), MirrorError> {
    let signed = log.checkpoint().map(|head| (head.size(), head.root()));
    if signed == Some((files.size(), files.root())) {
        return Ok(());
    }
    let tampering = tabella_board_client::Tampering::Entries(0);
    Err(ClientError::Tampered { origin: log.origin().to_owned(), tampering }.into())
}

/// Puts the checkpoint into the folder, and removes the partial tiles that full ones replace.
fn publish<T: Transport>(folder: &Folder, copied: &mut Copied, log: &LogView<T>) -> Result<(), MirrorError> {
    let Some(note) = log.note().filter(|note| Some(*note) != copied.published.as_ref()) else {
        return Ok(());
    };
    let prefix = copied.files.prefix().to_owned();
    let before = copied.published_size();
    folder.write(&format!("{prefix}{CHECKPOINT}"), note.encode().as_bytes())?;
    copied.published = Some(note.clone());
    let now = copied.published_size();
    for tile in tiles_for_size(before).filter(|tile| !tile.is_full()) {
        if let Some(full) = tile.to_full().filter(|full| full.is_within(now)) {
            folder.remove_partial(&format!("{prefix}{full}"))?;
        }
    }
    Ok(())
}

/// Reads a log of the folder: its hashes must have the root of its checkpoint, which the board must have signed.
fn load(folder: &Folder, log: LogId, key: &NoteKey, head: SignedCheckpoint) -> Result<Copied, MirrorError> {
    let prefix = prefix(log);
    let (size, root) = (head.claimed().size(), head.claimed().root());
    let damaged = || MirrorError::Damaged(folder.path(&prefix));
    let _verified = head.verify_ignoring_unknown(key, &[]).map_err(|_| damaged())?;
    let leaves = folder.leaves(&prefix, size).collect::<Result<Vec<_>, _>>()?;
    let last = tiles_for_size(size).find(|tile: &TilePath| !tile.is_full());
    let bundle = match last.filter(|tile| tile.kind() == tabella_crypto::merkle::TileKind::Entries) {
        Some(tile) => folder.bundle(&prefix, tile)?,
        None => Vec::new(),
    };
    let files = LogFiles::resume(prefix.clone(), leaves, bundle);
    if files.root() == root { Ok(Copied { files, published: Some(head) }) } else { Err(damaged()) }
}
