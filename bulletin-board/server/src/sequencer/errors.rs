//! What can go wrong: with a submission, with the board, and when it starts.

use tabella_board_core::api::{Problem, ProblemCode};
use tabella_board_core::board::{BoardMismatch, BoardRefusal};
use tabella_board_core::check::{Check, Refusal};
use tabella_crypto::checkpoint::{CheckpointError, NoteError};
use tabella_crypto::manifest::{ElectionId, ManifestError};

use super::StoreError;
use crate::store::REPAIR;

/// Why a submission does not stand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// Too many wait.
    #[error("too many entries are waiting: send the same bytes again in {seconds} s")]
    Busy {
        /// After how many seconds there is likely to be room.
        seconds: u64,
    },
    /// The credential of a well-signed ballot has caused too much work.
    #[error(
        "too many ballots under this credential in a short time: send the same bytes again in {seconds} s; if you did \
         not send them, somebody else holds your code, so tell the registrar"
    )]
    TooOften {
        /// After how many seconds its proofs are looked at again.
        seconds: u64,
    },
    /// The board stops, or has failed.
    #[error(
        "the board is stopping: send the same bytes again when it is back, to see whether the entry stands"
    )]
    Stopping,
    /// Longer than an entry may be.
    #[error("an entry has at most 65,535 bytes")]
    TooLong,
    /// No such election.
    #[error("there is no such election on this board: check its name")]
    UnknownElection,
    /// The rules refuse the entry.
    #[error(transparent)]
    Refused(Refusal),
    /// The election cannot be put on this board.
    #[error(transparent)]
    Election(#[from] ElectionRefusal),
}

/// Why an election is not put on this board.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ElectionRefusal {
    /// By the rules of the board log.
    #[error(transparent)]
    Board(#[from] BoardRefusal),
    /// The manifest's bytes, before they are on a log.
    #[error("the manifest is refused: {0}")]
    Manifest(#[from] ManifestError),
    /// The manifest, on the log.
    #[error(transparent)]
    Log(Refusal),
    /// The manifest is not for this board, or not by who brought it.
    #[error("{0}: correct the manifest, or take it to its own board")]
    Mismatch(BoardMismatch),
    /// Voting would be closed already.
    #[error("voting closes before now by this manifest: set a later time")]
    Over,
    /// The manifest is complete only with more entries than there were.
    #[error("the manifest is not complete")]
    Incomplete,
}

impl SubmitError {
    /// After how many seconds the same bytes should be sent again, where that helps.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Busy { seconds } | Self::TooOften { seconds } => Some(*seconds),
            Self::Stopping => Some(1),
            Self::TooLong | Self::UnknownElection | Self::Refused(_) | Self::Election(_) => None,
        }
    }
}

impl From<&SubmitError> for Problem {
    fn from(error: &SubmitError) -> Self {
        let code = match error {
            SubmitError::Refused(refusal) => return refusal.into(),
            SubmitError::Election(refusal) => return refusal.into(),
            SubmitError::Busy { .. } | SubmitError::TooOften { .. } => ProblemCode::Busy,
            SubmitError::Stopping => ProblemCode::Stopping,
            SubmitError::TooLong => ProblemCode::TooLarge,
            SubmitError::UnknownElection => ProblemCode::UnknownElection,
        };
        Self::new(code, error.to_string())
    }
}

impl From<&ElectionRefusal> for Problem {
    fn from(refusal: &ElectionRefusal) -> Self {
        let check = match refusal {
            ElectionRefusal::Log(refusal) => Some(refusal.check()),
            ElectionRefusal::Manifest(_) => Some(Check::ManifestRules),
            ElectionRefusal::Board(_)
            | ElectionRefusal::Mismatch(_)
            | ElectionRefusal::Over
            | ElectionRefusal::Incomplete => None,
        };
        let check = check.map(|check| check.number().to_owned());
        Self { check, ..Self::new(ProblemCode::ElectionRefused, refusal.to_string()) }
    }
}

/// Why the sequencer ended. The state is rebuilt from the store at the next start.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The store failed; whether the last batch is in it is seen at the next start.
    #[error("the board has stopped, because a batch could not be stored: {0}")]
    Store(#[from] StoreError),
    /// What the board itself appends was refused by the rules.
    #[error("the board has stopped, because its own entry on the log of {election} was refused: {refusal}")]
    Election {
        /// The election.
        election: ElectionId,
        /// Why.
        refusal: Refusal,
    },
    /// What the board itself appends was refused by the rules of the board log.
    #[error("the board has stopped, because its own entry on the board log was refused: {0}")]
    Board(#[from] BoardRefusal),
    /// A head cannot be signed.
    #[error("the board has stopped, because a checkpoint could not be signed: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The tree that is stored is not the one that the rules see.
    #[error(
        "the board has stopped before signing, because a log's stored tree is not the one that was checked"
    )]
    Tree,
    /// The clock jumped.
    #[error(
        "the board has stopped before appending anything, because the system's clock is {seconds} s ahead of the time \
         that has passed: set the clock right, or, if the machine has slept and the clock is right, start the board again"
    )]
    ClockAhead {
        /// By how much.
        seconds: u64,
    },
    /// A bug.
    #[error("the board has stopped, because its sequencer panicked: please report the message above")]
    Panicked,
}

/// Why a board does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A board there already.
    #[error("there is a board in this store already, and it stays: use another folder for a new one")]
    AlreadyInitialised,
    /// The key is not the board's.
    #[error(
        "the operator's key is not this board's: put back the operator.key that belongs to the store, from its copy"
    )]
    OtherKey,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The genesis is no good.
    #[error("the board cannot be described so: {0}")]
    Genesis(BoardRefusal),
    /// A name in it.
    #[error("the board cannot be described so: {0}")]
    Name(#[from] NoteError),
    /// A stored entry of the board log is refused.
    #[error("entry {index} of the board log in the store is refused ({refusal}): {repair}", repair = REPAIR)]
    BoardEntry {
        /// Its index.
        index: u64,
        /// Why.
        refusal: BoardRefusal,
    },
    /// A stored entry of an election's log is refused.
    #[error(
        "entry {index} of the log of election {election} in the store is refused ({refusal}): {repair}",
        repair = REPAIR
    )]
    Entry {
        /// The election.
        election: ElectionId,
        /// Its index.
        index: u64,
        /// Why.
        refusal: Box<Refusal>,
    },
    /// A log does not have the head that was signed for it.
    #[error("the log {0} in the store has not the root that was signed for it: {repair}", repair = REPAIR)]
    Root(String),
    /// A signed head does not verify.
    #[error("the checkpoint of the log {0} in the store does not verify: {repair}", repair = REPAIR)]
    Head(String),
    /// An election's head is not the one anchored.
    #[error("the log of election {0} in the store is not the one that the board log anchors: {repair}", repair = REPAIR)]
    Anchor(ElectionId),
    /// The clock is far ahead, and something would happen that cannot be undone.
    #[error(
        "by this system's clock it is {} s later than when this board last ran, and at that time the election \
         {election} opens or closes for good: compare the clock (now {now}, then {known}, milliseconds since 1970); \
         if it is wrong, set it; if it is right, start the board once with --clock-is-right",
        now.saturating_sub(*known) / 1_000
    )]
    ClockAhead {
        /// An election that would change.
        election: ElectionId,
        /// The clock's time: milliseconds since 1970-01-01 UTC.
        now: u64,
        /// The last time that the board knows.
        known: u64,
    },
    /// A batch could not be made.
    #[error(transparent)]
    Fatal(#[from] Fatal),
    /// No thread.
    #[error("the sequencer's thread cannot be started: {0}")]
    Thread(std::io::Error),
}
