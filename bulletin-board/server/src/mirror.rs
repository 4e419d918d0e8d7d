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
//! What is in the folder was seen of the board, and so was what a source showed before it failed, which is kept in
//! a file beside the folder: a round takes only what continues all of it. Two checkpoints that are proven to contradict
//! each other are kept beside the folder too ([`Contradiction`](MirrorError::Contradiction)). A tile that is missing or
//! wrong is a failure of the source, which passes or does not.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use tabella_board_client::evidence::file;
use tabella_board_client::record::{BOARD_PREFIX, CHECKPOINT, LogFiles, election_prefix};
use tabella_board_client::transport::Transport;
use tabella_board_client::visit::{failure_first, read_view, write_view};
use tabella_board_client::{
    Board, ClientError, Contradiction, ForkKind, Found, LogView, SavedView, WentBack,
};
use tabella_board_core::api::Checkpoints;
use tabella_board_core::board::{BoardState, board_key, election_key};
use tabella_board_core::entry::{BoardEntry, election_origin};
use tabella_crypto::checkpoint::{NoteKey, SignedCheckpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{
    ProofError, TilePath, contradiction_path, tiles_for_size, verify_contradiction,
};

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

/// How a checkpoint of fewer entries stands to the folder's log.
enum Standing {
    /// It is an earlier state of it.
    Behind,
    /// It is another log's, which is proven.
    Contradicts(Box<Contradiction>),
    /// The folder has not so much itself.
    Unknown,
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

/// Says what cannot be kept of a source, beside what it failed with.
fn tell_unkept(error: &MirrorError) {
    tracing::warn!("{error}");
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
    /// What was saved of the board: what sources showed, taken or not.
    seen: SavedView,
    state: BoardState,
    board: Copied,
    elections: BTreeMap<ElectionId, Copied>,
}

impl Mirror {
    /// Opens the folder, or makes an empty one, and reads what is there: every board entry against the rules, and of
    /// every log that its hashes have the signed root.
    pub fn open(root: &Path) -> Result<Self, MirrorError> {
        let folder = Folder::open(root)?;
        let seen = read_view(&folder.seen())?;
        let mut state = BoardState::new();
        let Some(head) = folder.checkpoint(BOARD_PREFIX)? else {
            return Ok(Self {
                folder,
                seen,
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
        Ok(Self { folder, seen, state, board, elections })
    }

    /// What is known of the board, to be held against what a source shows; nothing for an empty folder that nothing was
    /// brought to.
    pub fn view(&self) -> SavedView {
        let key = self.state.genesis().and_then(|genesis| board_key(genesis).ok());
        let heads = std::iter::once(&self.board).chain(self.elections.values());
        let heads = heads.filter_map(|copied| copied.published.as_ref());
        match key {
            Some(key) => self.seen.clone().with(&key, heads),
            None => self.seen.clone(),
        }
    }

    /// Connects to a source that was found with [`Mirror::view`]; none if it is behind the folder. A contradiction whose
    /// evidence could not be written before goes first.
    pub async fn connect<T: Transport>(&mut self, found: Found<T>) -> Result<Option<Board<T>>, MirrorError> {
        if let Some(contradiction) = self.seen.contradiction()? {
            return Err(self.stop(Box::new(contradiction)));
        }
        let outcome = found.verify().await;
        let kept = match &outcome {
            Err(error) if error.leaves_nothing_seen() => Ok(()),
            _ => self.keep(found.view()),
        };
        let connected = match outcome {
            Ok(board) => Ok(Some(board)),
            Err(error) => self.judge(error.into()).map(|()| None),
        };
        failure_first(connected, kept, tell_unkept)
    }

    /// Takes what a board shows beyond what the folder has, all logs as of one moment.
    pub async fn round<T: Transport>(&mut self, board: &Board<T>) -> Result<Round, MirrorError> {
        let mut taken = 0;
        let outcome = self.take(board, &mut taken).await;
        let kept = self.keep(board.view());
        let source_is_behind = outcome.is_err();
        failure_first(outcome.or_else(|error| self.judge(error)), kept, tell_unkept)?;
        let elections = self.elections.len();
        Ok(Round { taken, board: self.board.published_size(), elections, source_is_behind })
    }

    /// Keeps what a source showed, whatever came of it.
    fn keep(&mut self, seen: SavedView) -> Result<(), MirrorError> {
        if self.seen != seen {
            write_view(&self.folder.seen(), &seen).map_err(MirrorError::Seen)?;
            self.seen = seen;
        }
        Ok(())
    }

    /// What a source that failed is: behind the folder (no error); in contradiction to it, which is kept; or just
    /// failing.
    fn judge(&mut self, error: MirrorError) -> Result<(), MirrorError> {
        let contradiction = match error {
            MirrorError::Client(ClientError::Fork(contradiction)) => contradiction,
            MirrorError::Client(ClientError::WentBack(back)) => match self.standing(&back)? {
                Standing::Unknown => return Ok(()),
                Standing::Behind => return self.release(&back.shown),
                Standing::Contradicts(contradiction) => contradiction,
            },
            error => return Err(error),
        };
        Err(self.stop(contradiction))
    }

    /// Writes the evidence of a contradiction. Only then the mirror follows the log in its folder as before: until it is
    /// written, the contradiction stays with what was seen.
    fn stop(&mut self, contradiction: Box<Contradiction>) -> MirrorError {
        let mut seen = self.seen.clone();
        seen.contradict(&contradiction);
        let unkept = self.keep(seen.clone());
        let evidence = file::keep(&contradiction, &self.folder.evidence());
        if evidence.file().is_some() {
            seen.settle(&contradiction);
        }
        if let Err(error) = unkept.and_then(|()| self.keep(seen)) {
            tracing::warn!("{error}");
        }
        MirrorError::Contradiction { contradiction, evidence }
    }

    /// What is proven need not be demanded again.
    fn release(&mut self, checkpoint: &SignedCheckpoint) -> Result<(), MirrorError> {
        let mut seen = self.seen.clone();
        seen.release(checkpoint);
        self.keep(seen)
    }

    /// How a checkpoint of fewer entries than were seen stands to the folder's log, by the folder's own tiles.
    fn standing(&self, back: &WentBack) -> Result<Standing, MirrorError> {
        let shown = back.shown.claimed();
        let key = self.state.genesis().and_then(|genesis| board_key(genesis).ok());
        let Some((key, copied)) = key.zip(self.copied(shown.origin())) else { return Ok(Standing::Unknown) };
        // what is above the published head was never promised to anybody
        let Some(own) = copied.published.as_ref().filter(|own| own.claimed().size() > shown.size()) else {
            return Ok(Standing::Unknown);
        };
        let (prefix, new) = (copied.files.prefix(), own.claimed());
        let damaged = || MirrorError::Damaged(self.folder.path(prefix));
        let tree = self.folder.tree(prefix, new.size());
        let path = contradiction_path(&tree, shown.size(), new.size()).map_err(|_| damaged())?;
        match verify_contradiction(shown.size(), &shown.root(), new.size(), &new.root(), &path) {
            Err(ProofError::Consistent) => Ok(Standing::Behind),
            _ => Contradiction::between(&key, ForkKind::Shrank, own, &back.shown, path)
                .map(|contradiction| Standing::Contradicts(Box::new(contradiction)))
                .map_err(|_| damaged()),
        }
    }

    fn copied(&self, origin: &str) -> Option<&Copied> {
        let board = &self.state.genesis()?.origin;
        if origin == board {
            return Some(&self.board);
        }
        let mut elections = self.elections.iter();
        elections.find(|(id, _)| election_origin(board, **id) == origin).map(|(_, copied)| copied)
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
        let Self { state, board, folder, .. } = self;
        log.fold_board(state, |_, _, bytes| {
            let mut keep = |path: String, bytes: Vec<u8>| folder.write(&path, &bytes);
            board.files.push(bytes, &mut keep).map_err(MirrorError::from)
        })
        .await?;
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
    let origin = BOARD_PREFIX.to_owned();
    let entry = BoardEntry::decode(bytes).map_err(|error| ClientError::Encoding { origin, index, error })?;
    Ok(state.apply(bytes, entry).map_err(|refusal| ClientError::BoardRules { index, refusal })?)
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
    if files.root() != root {
        return Err(damaged());
    }
    // a mirror that was killed right after it published may have left some
    for full in tiles_for_size(size).filter(TilePath::is_full) {
        folder.remove_partial(&format!("{prefix}{full}"))?;
    }
    Ok(Copied { files, published: Some(head) })
}
