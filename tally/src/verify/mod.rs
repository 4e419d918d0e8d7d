//! The verifier: everything, from the public record alone. Specification: "Verification"; a file for each chapter.
//!
//! 1. [`log`]: files, checkpoints, trees, tiles, blocks, anchors, cosignatures;
//! 2. [`manifest`]; 3. [`ceremony`]; 4. [`roll`]; 5. [`opening`]; 6. [`ballots`]; 7. [`closing`]; 8. [`tally`].
//!
//! The logs are looked at first: whatever is not exactly what the board signed is damage, and ends there. Then
//! the board log and the election's log are read a second time, entry by entry, through the same rules that
//! admitted them ([`BoardState`], [`ElectionState`]); each refusal names its check. What the rules cannot see,
//! because it is not in one log alone or because nothing is missing until the end, is in the chapters here.
//!
//! The first failure ends it: what follows it rests on nothing. Entries are streamed, a bundle at a time, and what is
//! compared over all ballots lies in a [`Store`]; memory grows with the roll, as [`ElectionState`] says, by some 60 bytes
//! for each anchor of the election and by the name of each file, and not with ballots otherwise. Work can be shared
//! with other machines ([`part`], [`merge`]) and with earlier runs ([`store`]): see [`Basis`]. Where the board's
//! key comes from is the record's own beginning, so a report shows it, and [`Demands`] may name it.
//!
//! Not here: whether other people see the same record (compare fingerprints, or have witnesses), whether the
//! roll names the right people, and what a voter's device did.

use tabella_board_core::board::BoardState;
use tabella_board_core::check::Check;
use tabella_board_core::state::{ElectionState, Phase};
use tabella_crypto::checkpoint::{NoteKey, VerifiedCheckpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::tiles::TILE_WIDTH;
use tabella_crypto::transcript::Digest;

mod ballots;
mod ceremony;
mod closing;
mod failure;
mod fold;
mod ledger;
mod log;
mod manifest;
pub mod merge;
mod opening;
pub mod part;
pub mod record;
mod report;
mod roll;
pub mod shard;
pub mod store;
mod tally;
#[cfg(test)]
mod tests;

pub use ballots::{BallotJob, BallotResults, Executor, Sequential, Vouched};
pub use failure::{Cause, Failure, Log, Place, Remedy};
pub use record::{MemoryRecord, ReadError, Record};
#[cfg(feature = "programs")]
pub(crate) use report::phase_name;
pub use report::{
    BoardReport, CheckReport, ElectionReport, FailureReport, ReleaseReport, Report, Status, TallyReport,
    TrustReport, VotingReport,
};
pub use store::{MemoryStore, Store, StoreError};

use fold::{Fold, Role};
use ledger::Ledger;
use log::{LogReader, RecordLayout};
use merge::Parts;
use store::{SavedHead, SavedRun};

/// A board that a record must be of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoardPin {
    /// Its key, as a vkey says it.
    Key(NoteKey),
    /// The fingerprint of the operator's key, see
    /// [`VerifyingKey::fingerprint`](tabella_crypto::signature::VerifyingKey::fingerprint).
    Fingerprint(Digest),
}

impl BoardPin {
    /// Reads a vkey or a fingerprint of 64 hexadecimal characters.
    pub fn parse(text: &str) -> Option<Self> {
        let key = NoteKey::parse(text).ok().map(Self::Key);
        key.or_else(|| Digest::from_hex(text).map(Self::Fingerprint))
    }

    /// Whether this board is meant.
    pub fn fits(&self, board: &NoteKey) -> bool {
        match self {
            Self::Key(key) => key == board,
            Self::Fingerprint(fingerprint) => *fingerprint == board.verifying_key().fingerprint(),
        }
    }

    /// This, and the same of a board, in words that can be compared.
    fn compared(&self, board: &NoteKey) -> (String, String) {
        match self {
            Self::Key(key) => {
                (format!("key {}", key.to_vkey_string()), format!("the board {}", board.to_vkey_string()))
            }
            Self::Fingerprint(fingerprint) => (
                format!("fingerprint {fingerprint}"),
                format!("the board {}, fingerprint {}", board.name(), board.verifying_key().fingerprint()),
            ),
        }
    }
}

/// What a record must be, beside correct.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demands {
    /// Of this board.
    pub board: Option<BoardPin>,
    /// Of this election.
    pub election: Option<ElectionId>,
    /// The election may still be under way: what is there must be right, and nothing need be complete. Without
    /// it, every contest has its result or is withheld, and the cosignatures of the manifest are there.
    pub partial: bool,
}

/// Which of its two readings of a record a verification is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Both logs are hashed: their trees are what was signed.
    Hashing,
    /// The election's log is read entry by entry, through all rules and proofs.
    Checking,
}

/// How far a verification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Where.
    pub pass: Pass,
    /// Entries done: of both logs while they are hashed, then those of the election's log whose proofs were checked.
    pub done: u64,
    /// Of so many.
    pub of: u64,
}

/// How the work is done: by whom, with which room, and who is told.
pub struct Work<'a> {
    /// Runs the jobs.
    pub executor: &'a mut dyn Executor,
    /// Keeps what is compared over all ballots.
    pub store: &'a mut dyn Store,
    /// Is told how far it is.
    pub progress: &'a mut dyn FnMut(Progress),
}

/// What was done before, and by whom: the report says which checks rest on it.
pub enum Basis<'a> {
    /// Nothing: every ballot is verified here.
    Nothing,
    /// The ballots that an earlier run of the same observer saved. The store has their D already.
    Saved(SavedRun<'a>),
    /// Signatures, proofs and sum, by shards.
    Parts(&'a Parts),
}

/// A record of which every check holds. Only [`verify_on`] makes one.
#[must_use]
pub struct VerifiedRecord {
    report: Report,
    state: ElectionState,
    board_checkpoint: VerifiedCheckpoint,
    election_checkpoint: VerifiedCheckpoint,
}

impl VerifiedRecord {
    /// What was checked.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The election, folded.
    pub fn state(&self) -> &ElectionState {
        &self.state
    }

    /// The head of the board log, with its cosignatures.
    pub fn board_checkpoint(&self) -> &VerifiedCheckpoint {
        &self.board_checkpoint
    }

    /// The head of the election's log.
    pub fn election_checkpoint(&self) -> &VerifiedCheckpoint {
        &self.election_checkpoint
    }
}

impl std::fmt::Debug for VerifiedRecord {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("VerifiedRecord").field("report", &self.report).finish_non_exhaustive()
    }
}

/// What is known so far, for the report of a verification that ends early too.
#[derive(Default)]
struct Findings {
    trusted: Vec<TrustReport>,
    ledger: Ledger,
    board_key: Option<NoteKey>,
    board_checkpoint: Option<VerifiedCheckpoint>,
    election_checkpoint: Option<VerifiedCheckpoint>,
    board: BoardState,
    state: Option<ElectionState>,
}

/// Checks everything, by itself and in memory. The report of an `Err` names the check that fails.
pub fn verify(
    record: &dyn Record,
    demands: &Demands,
    executor: &mut dyn Executor,
    progress: &mut dyn FnMut(Progress),
) -> Result<VerifiedRecord, Box<Report>> {
    let store = &mut MemoryStore::default();
    verify_on(record, demands, Basis::Nothing, &mut Work { executor, store, progress })
}

/// Checks everything but what it takes from others. The report of an `Err` names the check that fails.
pub fn verify_on(
    record: &dyn Record,
    demands: &Demands,
    basis: Basis<'_>,
    work: &mut Work<'_>,
) -> Result<VerifiedRecord, Box<Report>> {
    let mut findings = Findings { trusted: TrustReport::of(&basis), ..Findings::default() };
    let outcome = check(record, demands, basis, work, &mut findings);
    let report = Report::new(&findings, demands, outcome.as_ref().err());
    let Findings { state, board_checkpoint, election_checkpoint, .. } = findings;
    match (outcome, state, board_checkpoint, election_checkpoint) {
        (Ok(()), Some(state), Some(board_checkpoint), Some(election_checkpoint)) => {
            Ok(VerifiedRecord { report, state, board_checkpoint, election_checkpoint })
        }
        _ => Err(Box::new(report)),
    }
}

fn check(
    record: &dyn Record,
    demands: &Demands,
    basis: Basis<'_>,
    work: &mut Work<'_>,
    findings: &mut Findings,
) -> Result<(), Failure> {
    // 1. the log
    let layout = RecordLayout::read(record, demands.election)?;
    let (files, extra) = layout.check_files()?;
    findings.ledger.cover(Check::Files, files);

    let trust = log::check_checkpoints(record, &layout, demands.board.as_ref())?;
    findings.ledger.cover(Check::Checkpoints, 2);
    findings.board_key = Some(trust.board_key);
    let board_checkpoint = findings.board_checkpoint.insert(trust.board).clone();
    let election_checkpoint = findings.election_checkpoint.insert(trust.election).clone();
    let seen = match &basis {
        Basis::Saved(saved) => Some(saved.head().clone()),
        Basis::Nothing | Basis::Parts(_) => None,
    };
    if let Some(seen) = &seen {
        check_sizes(seen, layout.election(), &board_checkpoint, &election_checkpoint)?;
    }

    let board_log = LogReader::board(record, board_checkpoint.size());
    let election_log = LogReader::election(record, layout.election(), election_checkpoint.size());
    let board_seen = seen.as_ref().map(|seen| (seen.board_size, seen.board_root));
    let mut hashed = Hashed::new(work.progress, board_log.size(), election_log.size());
    log::check_tree(&board_log, board_checkpoint.root(), &mut findings.ledger, &mut |tree| {
        hashed.tell(0, tree.size());
        log::check_seen(&board_log, board_seen, tree)
    })?;
    let anchors = log::fold_board(&board_log, layout.election(), &mut findings.board, &mut findings.ledger)?;
    extra.check_elections(&findings.board)?;
    findings.ledger.finish(Check::Files);
    log::check_last_anchor(&findings.board, layout.election(), &election_checkpoint)?;
    let seen = seen.map(|seen| (seen.size, seen.root));
    let (root, ledger) = (election_checkpoint.root(), &mut findings.ledger);
    log::check_anchored_tree(&election_log, &anchors, root, seen, ledger, &mut |size| {
        hashed.tell(board_log.size(), size);
    })?;
    extra.check_partial(&board_log, ledger)?;
    extra.check_partial(&election_log, ledger)?;
    ledger.finish_all(&[Check::Checkpoints, Check::Tree, Check::Tiles, Check::Anchors, Check::Releases]);

    // 2 to 8, entry by entry
    let parts = match &basis {
        Basis::Parts(parts) => Some(*parts),
        Basis::Nothing | Basis::Saved(_) => None,
    };
    parts.map_or(Ok(()), Parts::check_failures)?;
    let role = match basis {
        Basis::Nothing => Role::Whole,
        Basis::Saved(saved) => Role::Resumed(Some(saved)),
        Basis::Parts(parts) => Role::Merged(parts),
    };
    let state = findings.state.insert(ElectionState::new(layout.election()));
    let head = (board_checkpoint.size(), board_checkpoint.root());
    let folded = Fold::new(&election_log, state, ledger, work, role, head).run()?;
    if let Some(parts) = parts {
        parts.check_counts(&folded.claimed)?;
        parts.cover(ledger);
    }

    // what no entry alone can break
    log::check_end(state, &election_checkpoint)?;
    manifest::check_board(state, &findings.board)?;
    if !demands.partial {
        manifest::complete(state)?;
        ceremony::complete(state)?;
        roll::complete(state)?;
        opening::complete(state)?;
        closing::complete(state)?;
        tally::complete(state)?;
    }
    let tallied = !demands.partial || state.phase() == Phase::Counted;
    let cosignatures = log::check_cosignatures(state, &board_checkpoint, tallied)?;
    ledger.cover(Check::Cosignatures, cosignatures);
    ledger.finish(Check::Cosignatures);
    if state.phase() == Phase::Counted {
        ledger.finish_all(&Check::ALL);
    }
    Ok(())
}

/// Tells how much of both logs is hashed, once for each entry bundle.
struct Hashed<'a> {
    progress: &'a mut dyn FnMut(Progress),
    of: u64,
}

impl<'a> Hashed<'a> {
    fn new(progress: &'a mut dyn FnMut(Progress), board: u64, election: u64) -> Self {
        Self { progress, of: board.saturating_add(election) }
    }

    /// So many entries of a log are hashed, and those of a log before it.
    fn tell(&mut self, before: u64, size: u64) {
        let done = before.saturating_add(size);
        if size.is_multiple_of(TILE_WIDTH.into()) || done == self.of {
            (self.progress)(Progress { pass: Pass::Hashing, done, of: self.of });
        }
    }
}

/// 1.2: both logs are at least as long as an earlier run saw them, and the election is the same.
fn check_sizes(
    seen: &SavedHead,
    election: ElectionId,
    board: &VerifiedCheckpoint,
    log: &VerifiedCheckpoint,
) -> Result<(), Failure> {
    if seen.election != election {
        return Err(Cause::OtherState(seen.election.to_string()).at(Place::Record));
    }
    for (seen, now) in [(seen.board_size, board), (seen.size, log)] {
        if now.size() < seen {
            return Err(Cause::Shrunk { size: now.size(), seen }.at(Place::Record));
        }
    }
    Ok(())
}
