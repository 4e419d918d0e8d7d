//! What readers see: a snapshot of all logs' heads, swapped whole after each commit, and the tiles, proofs and
//! receipts below those heads.
//!
//! A reader takes one [`Snapshot`] and stays with it. What it reads from the store lies below the snapshot's
//! sizes, where nothing changes any more, so a commit beside it does not matter.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use tabella_board_core::api::{
    BoardInfo, CeremonyStatus, ContestProgress, ElectionStatus, ElectionTotals, ReleaseFileInfo, ReleaseInfo,
    RollStatus, TallyStatus, TrusteeStatus, TrusteeTally,
};
use tabella_board_core::board::{BoardElection, board_key, witness_keys};
use tabella_board_core::entry::{Genesis, Release};
use tabella_board_core::receipt::Receipt;
use tabella_board_core::state::{ElectionState, Tally};
use tabella_crypto::checkpoint::{Checkpoint, NoteError, NoteKey, SignedCheckpoint};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::merkle::tiles::TILE_WIDTH;
use tabella_crypto::merkle::{
    GenerationError, NodeSource, TileError, TileKind, TilePath, consistency_path, contradiction_path,
    encode_bundle, encode_hashes, inclusion_path, root_at,
};
use tabella_crypto::signature::VerifyingKey;
use tabella_crypto::transcript::Digest;

use crate::store::{LogId, Store, StoreError};

mod publication;
pub mod standing;

pub use publication::Publication;

/// The heads of all logs at one moment, all of them durable and signed.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Who runs the board.
    pub info: Arc<BoardInfo>,
    /// Head of the board log.
    pub board: Arc<SignedCheckpoint>,
    /// The last release of the web app on it.
    pub release: Option<Arc<ReleaseInfo>>,
    /// The elections.
    pub elections: BTreeMap<ElectionId, Arc<ElectionView>>,
}

/// An election as readers see it.
#[derive(Debug, Clone)]
pub struct ElectionView {
    /// Head of its log.
    pub head: SignedCheckpoint,
    /// Where the board log anchors that head.
    pub anchor_index: u64,
    /// Who opened it.
    pub administrator: VerifyingKey,
    /// Its manifest.
    pub manifest: Arc<CheckedManifest>,
    /// What its log says, summed up.
    pub status: ElectionStatus,
    /// Its totals.
    pub totals: ElectionTotals,
}

/// Why a reader does not get what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is not there.
    #[error("there is no such log, tile, entry or tree size")]
    Missing,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry in the store is too long for a tile.
    #[error(transparent)]
    Tile(#[from] TileError),
}

impl From<GenerationError<StoreError>> for ReadError {
    fn from(error: GenerationError<StoreError>) -> Self {
        match error {
            GenerationError::Range(_) => Self::Missing,
            GenerationError::Source(error) => Self::Store(error),
        }
    }
}

impl Snapshot {
    /// The head of a log.
    pub fn head(&self, log: LogId) -> Option<&SignedCheckpoint> {
        match log {
            LogId::Board => Some(&self.board),
            LogId::Election(election) => self.elections.get(&election).map(|view| &view.head),
        }
    }

    fn size(&self, log: LogId) -> Result<u64, ReadError> {
        Ok(self.head(log).ok_or(ReadError::Missing)?.claimed().size())
    }

    /// The content of a tile, if the log has it.
    pub fn tile(&self, store: &dyn Store, log: LogId, tile: TilePath) -> Result<Vec<u8>, ReadError> {
        if !tile.is_within(self.size(log)?) {
            return Err(ReadError::Missing);
        }
        self::tile(store, log, tile)
    }

    /// The path that shows that the log of `old` entries is the beginning of the log of `new` entries.
    pub fn consistency(
        &self,
        store: &dyn Store,
        log: LogId,
        old: u64,
        new: u64,
    ) -> Result<Vec<Digest>, ReadError> {
        if new > self.size(log)? {
            return Err(ReadError::Missing);
        }
        self::consistency(store, log, old, new)
    }

    /// Whether the log begins with the tree of this checkpoint.
    pub fn continues(&self, store: &dyn Store, log: LogId, older: &Checkpoint) -> Result<bool, ReadError> {
        if older.size() > self.size(log)? {
            return Ok(false);
        }
        begins_with(store, log, older)
    }

    /// The receipt of an entry, under the heads of this snapshot.
    pub fn receipt(&self, store: &dyn Store, election: ElectionId, index: u64) -> Result<Receipt, ReadError> {
        let view = self.elections.get(&election).ok_or(ReadError::Missing)?;
        let (size, board) = (view.head.claimed().size(), self.board.claimed().size());
        let tree = StoredTree::new(store, LogId::Election(election), size);
        let board_tree = StoredTree::new(store, LogId::Board, board);
        Ok(Receipt {
            election,
            index,
            path: inclusion_path(&tree, index, size)?,
            checkpoint: view.head.encode(),
            anchor_index: view.anchor_index,
            anchor_path: inclusion_path(&board_tree, view.anchor_index, board)?,
            board_checkpoint: self.board.encode(),
        })
    }
}

/// The content of a tile that the stored log has.
pub(crate) fn tile(store: &dyn Store, log: LogId, tile: TilePath) -> Result<Vec<u8>, ReadError> {
    let range = tile.first()..tile.first() + u64::from(tile.width());
    Ok(match tile.kind() {
        TileKind::Entries => encode_bundle(&store.entries(log, range)?)?,
        TileKind::Hashes { level } => encode_hashes(&store.hashes(log, level, range)?)?,
    })
}

/// The path between two sizes that the stored log has.
pub(crate) fn consistency(
    store: &dyn Store,
    log: LogId,
    old: u64,
    new: u64,
) -> Result<Vec<Digest>, ReadError> {
    Ok(consistency_path(&StoredTree::new(store, log, new), old, new)?)
}

/// Whether the stored log, which has at least as many entries, begins with the tree of this checkpoint.
pub(crate) fn begins_with(store: &dyn Store, log: LogId, older: &Checkpoint) -> Result<bool, ReadError> {
    Ok(root_at(&StoredTree::new(store, log, older.size()), older.size())? == older.root())
}

/// The path by which the stored log of `new` entries contradicts another root for its first `old` ones.
pub(crate) fn contradiction(
    store: &dyn Store,
    log: LogId,
    old: u64,
    new: u64,
) -> Result<Vec<Digest>, ReadError> {
    Ok(contradiction_path(&StoredTree::new(store, log, new), old, new)?)
}

/// The stored hashes of a log at a size. A path asks for many neighbours, so tiles are read whole and kept.
struct StoredTree<'a> {
    store: &'a dyn Store,
    log: LogId,
    size: u64,
    tiles: RefCell<BTreeMap<(u8, u64), Vec<Digest>>>,
}

impl<'a> StoredTree<'a> {
    fn new(store: &'a dyn Store, log: LogId, size: u64) -> Self {
        Self { store, log, size, tiles: RefCell::default() }
    }
}

impl NodeSource for StoredTree<'_> {
    type Error = StoreError;

    fn tile_hash(&self, level: u8, index: u64) -> Result<Digest, StoreError> {
        let width = u64::from(TILE_WIDTH);
        let (tile, place) = (index / width, (index % width) as usize);
        let mut tiles = self.tiles.borrow_mut();
        let hashes = match tiles.entry((level, tile)) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(unknown) => {
                let end = (self.size >> (8 * u32::from(level))).min((tile + 1) * width);
                unknown.insert(self.store.hashes(self.log, level, tile * width..end)?)
            }
        };
        hashes.get(place).copied().ok_or(StoreError::Damaged("a hash is missing"))
    }
}

/// A release of the web app, with its index on the board log.
pub fn release_info(index: u64, release: &Release) -> Arc<ReleaseInfo> {
    let files = release.files.iter();
    let files = files.map(|file| ReleaseFileInfo { path: file.path.clone(), sha256: file.hash });
    Arc::new(ReleaseInfo { index, version: release.version.clone(), files: files.collect() })
}

/// What the board says about itself.
pub fn board_info(genesis: &Genesis) -> Result<BoardInfo, NoteError> {
    let Genesis { suite, origin, operator, witnesses: _, administrators } = genesis;
    Ok(BoardInfo {
        origin: origin.clone(),
        suite: suite.clone(),
        key: board_key(genesis)?.to_vkey_string(),
        operator: *operator,
        fingerprint: operator.fingerprint(),
        witnesses: witness_keys(genesis)?.iter().map(NoteKey::to_vkey_string).collect(),
        administrators: administrators.clone(),
    })
}

/// An election's view; none before its manifest is complete.
pub(crate) fn election_view(
    state: &ElectionState,
    head: SignedCheckpoint,
    on_board: &BoardElection,
) -> Option<ElectionView> {
    let (anchor_index, _) = on_board.anchor()?;
    let administrator = on_board.creation().administrator;
    let manifest = Arc::clone(state.manifest()?);
    let mut totals = state.totals()?;
    totals.ballots = totals.ballots.filter(|_| !state.hides_turnout());
    Some(ElectionView {
        head,
        anchor_index,
        administrator,
        status: status(state, &manifest),
        manifest,
        totals,
    })
}

fn status(state: &ElectionState, manifest: &CheckedManifest) -> ElectionStatus {
    ElectionStatus {
        election: state.election(),
        phase: state.phase().into(),
        size: state.size(),
        root: state.root(),
        time: state.time(),
        opens: manifest.opens,
        closes: manifest.closes,
        opened: state.opening_time(),
        closed: state.closing_time(),
        ceremony: ceremony_status(state, manifest),
        roll: RollStatus {
            voters: state.roll().len() as u64,
            complete: state.roll().is_complete(),
            changes: state.roll().changes(),
        },
        ballots: (!state.hides_turnout()).then(|| state.counts().into()),
        tally: state.tally().map(|tally| tally_status(tally, manifest)),
    }
}

fn ceremony_status(state: &ElectionState, manifest: &CheckedManifest) -> CeremonyStatus {
    let ceremony = state.ceremony();
    let trustees =
        ceremony.progress().into_iter().zip(&manifest.trustees).map(|(progress, info)| TrusteeStatus {
            trustee: progress.trustee.number(),
            name: info.name.clone(),
            registered: progress.registered,
            announced: progress.announced,
            committed: progress.committed,
            shared: progress.shared,
            confirmed: progress.confirmed,
            tested: progress.tested,
        });
    CeremonyStatus { attempt: ceremony.attempt(), trustees: trustees.collect() }
}

fn tally_status(tally: &Tally, manifest: &CheckedManifest) -> TallyStatus {
    // at most 1,000 contests and 64 trustees
    let contests = || 0..manifest.contests.len() as u16;
    let trustees = (1..=manifest.trustees.len() as u8).map(|trustee| TrusteeTally {
        trustee,
        stated: tally.statements().iter().any(|stated| stated.number() == trustee),
        shares: contests()
            .filter(|contest| {
                let shares = tally.shares(*contest);
                shares.is_some_and(|shares| shares.keys().any(|by| by.number() == trustee))
            })
            .collect(),
    });
    let view = tally.view();
    TallyStatus {
        close_size: view.size,
        close_root: view.root,
        aggregate: view.aggregate,
        trustees: trustees.collect(),
        contests: contests()
            .map(|contest| ContestProgress { contest, state: tally.contest_state(contest) })
            .collect(),
    }
}
