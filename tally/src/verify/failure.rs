//! What fails: the check, the place, and a sentence.

use tabella_board_core::board::{BoardMismatch, BoardRefusal};
use tabella_board_core::check::{Check, Refusal};
use tabella_crypto::checkpoint::CheckpointError;
use tabella_crypto::codec::CodecError;
use tabella_crypto::merkle::TileError;
use tabella_crypto::threshold::trustee::TrusteeIndex;

use super::record::ReadError;
use super::shard::Part;
use super::store::StoreError;

/// Which of a record's two logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Log {
    /// The board log.
    Board,
    /// The election's log.
    Election,
}

/// Where something fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The record as a whole, or a log's end.
    Record,
    /// A file, by its path in the record.
    File(String),
    /// An entry, by its index in its log, from 0.
    Entry(Log, u64),
}

/// Why a record is refused: where, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where.
    pub place: Place,
    /// What.
    pub cause: Cause,
}

impl Failure {
    /// The check that fails.
    pub fn check(&self) -> Check {
        self.cause.check()
    }

    /// The trustee who signed what breaks the rules, if it is one.
    pub fn culprit(&self) -> Option<TrusteeIndex> {
        match &self.cause {
            Cause::Refused(refusal) => refusal.culprit(),
            _ => None,
        }
    }
}

/// What people do about a failure. The cause's sentence says it for the case; this is its kind, for texts in other
/// languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing is wrong, but the election is not over: wait, or accept what is there.
    Wait,
    /// The record is another than was named: name what belongs together.
    NameAnother,
    /// The copy is incomplete, older than one seen before, or was written to meanwhile: take the record anew.
    TakeAnew,
    /// Shards may be wrong: repeat them, or verify without them.
    RepeatShards,
    /// The record breaks its rules: keep it and tell others.
    Tell,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// A file cannot be read.
    #[error("{0}")]
    Read(#[from] ReadError),
    /// A file that no log has.
    #[error("this file belongs to no log: a record holds the logs' files and nothing else")]
    UnknownFile,
    /// A tile that the log of the checkpoint does not have yet.
    #[error(
        "this file lies beyond the log's checkpoint: if a mirror is writing here, verify when it has finished its \
         round, or by the address under which the folder is published"
    )]
    BeyondCheckpoint,
    /// Not exactly one election, and none named.
    #[error(
        "the record holds {0} elections: choose one with --election, by the name of its folder below elections/"
    )]
    Elections(usize),
    /// The election that was named is not among several.
    #[error("the record holds {0} elections, and not the one that you named")]
    MissingElection(usize),
    /// The files of another election that the board log does not know.
    #[error("the board log does not know the election of this folder: a record holds the logs' files alone")]
    StrayElection,
    /// The folder's name is no election's.
    #[error("the folder below elections/ must be named by the election's 64 hexadecimal characters")]
    ElectionName,
    /// The record is of another election than demanded.
    #[error("the record is not of the election that you named: it is of election {0}")]
    OtherElection(String),
    /// A checkpoint that is none, or that the board did not sign.
    #[error("the checkpoint does not hold: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The board log does not say whose it is.
    #[error("the board log's second entry does not say who runs the board, so no signature can be checked")]
    Genesis,
    /// The record is of another board than demanded.
    #[error("the record is not of the board that you named, {expected}: it is of {found}")]
    OtherBoard {
        /// The key or fingerprint that was named.
        expected: String,
        /// The same of the record's board.
        found: String,
    },
    /// A hash tile that does not follow from the entries.
    #[error("the published hashes are not those of the entries: the file or an entry was changed")]
    Tile,
    /// The entries have another root than signed.
    #[error("the entries have another root than the checkpoint: entries were changed, left out or added")]
    Root,
    /// The record changed between two readings.
    #[error("the record changed while it was verified: verify a copy that nobody writes to")]
    Changed,
    /// An earlier run saw another log.
    #[error(
        "the log does not begin with the {0} entries that you verified in an earlier run: the board showed two logs, or \
         the saved state is not yours. Keep this record and the saved state, and tell the election office and other observers"
    )]
    Fork(u64),
    /// An earlier run saw a longer log.
    #[error(
        "the log has {size} entries, but an earlier run of yours verified {seen}: take the record anew. If it stays \
         shorter, the board took entries back: keep both, and tell the election office and other observers"
    )]
    Shrunk {
        /// Entries now.
        size: u64,
        /// Entries then.
        seen: u64,
    },
    /// The saved state is of another election.
    #[error("the saved state is of election {0}: name another folder with --state")]
    OtherState(String),
    /// The saved state cannot be taken over.
    #[error(
        "the saved state does not fit this record ({0}): name another folder with --state, and verify from the beginning"
    )]
    Saved(String),
    /// The store ends it.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A shard found that a check fails.
    #[error("{} found: {sentence}", shard_name(*.part, .label))]
    Part {
        /// The shard.
        part: Part,
        /// Whose it is.
        label: String,
        /// The check.
        check: Check,
        /// What it says.
        sentence: String,
    },
    /// A shard verified other ballots than the record has in its part.
    #[error(
        "{} says that it verified {said} ballots, but the record has {found} in its part: repeat that shard",
        shard_name(*.part, .label)
    )]
    PartBallots {
        /// The shard.
        part: Part,
        /// Whose it is.
        label: String,
        /// What it says.
        said: String,
        /// What the record has.
        found: String,
    },
    /// The shards' sums are none for this election.
    #[error("the shards' sums do not fit the manifest's contests: repeat the shards")]
    PartSums,
    /// An entry bundle that is none.
    #[error("the bundle of entries is not canonical: {0}")]
    Bundle(#[from] TileError),
    /// An entry of the board log that is none.
    #[error("these bytes are no entry of a board log: {0}")]
    Encoding(#[from] CodecError),
    /// The board log's rules refuse an entry.
    #[error("{0}")]
    Board(#[from] BoardRefusal),
    /// The election is not on the board.
    #[error("the board log does not know the election: nobody showed that this board ran it")]
    UnknownElection,
    /// No anchor.
    #[error("the board log anchors no checkpoint of the election's log")]
    NoAnchor,
    /// The last anchor is of another checkpoint.
    #[error(
        "the board log's last anchor is of size {anchored}, but the election's checkpoint is of another log or \
         size {size}: download the record again when the board is quiet"
    )]
    LastAnchor {
        /// Size of the last anchor.
        anchored: u64,
        /// Size of the checkpoint.
        size: u64,
    },
    /// An anchor with another root than the log had at that size.
    #[error("the anchor of size {0} is not of this log: the board showed or kept two logs for one election")]
    AnchorRoot(u64),
    /// Too few cosignatures.
    #[error(
        "{found} of the board's witnesses signed its checkpoint, but the manifest demands {due} for the tally"
    )]
    Cosignatures {
        /// Cosignatures that verify.
        found: usize,
        /// How many the manifest demands.
        due: u8,
    },
    /// The log ends where an automatic entry is due.
    #[error("the log ends where an automatic entry is due: the board stopped in the middle of a batch")]
    EndsWhileDue,
    /// The manifest does not belong to this board, or not to who brought it.
    #[error("{0}")]
    Mismatch(#[from] BoardMismatch),
    /// The election's rules refuse an entry.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// Not complete.
    #[error("the log ends before the manifest is complete")]
    ManifestUnfinished,
    /// Not complete.
    #[error(
        "the election is not over: trustees have not completed the key ceremony; say --partial to accept it"
    )]
    CeremonyUnfinished,
    /// Not complete.
    #[error("the election is not over: the roll is not complete; say --partial to accept it")]
    RollUnfinished,
    /// Not opened.
    #[error("the election is not over: voting has not opened; say --partial to accept it")]
    NotOpened,
    /// Not closed.
    #[error("the election is not over: voting has not closed; say --partial to accept it")]
    NotClosed,
    /// No result.
    #[error("the election is not over: contest {0} has no result; say --partial to accept it")]
    NoResult(usize),
}

impl Cause {
    /// At a place.
    pub(super) fn at(self, place: Place) -> Failure {
        Failure { place, cause: self }
    }

    /// The check that fails.
    pub fn check(&self) -> Check {
        match self {
            Self::Read(_)
            | Self::UnknownFile
            | Self::BeyondCheckpoint
            | Self::Elections(_)
            | Self::MissingElection(_)
            | Self::StrayElection
            | Self::ElectionName
            | Self::OtherElection(_)
            | Self::OtherState(_)
            | Self::Saved(_)
            | Self::Store(_) => Check::Files,
            Self::Checkpoint(_)
            | Self::Genesis
            | Self::OtherBoard { .. }
            | Self::Fork(_)
            | Self::Shrunk { .. } => Check::Checkpoints,
            Self::Part { check, .. } => *check,
            Self::PartBallots { .. } => Check::BallotProofs,
            Self::PartSums => Check::Aggregate,
            Self::Root | Self::Changed => Check::Tree,
            Self::Tile => Check::Tiles,
            Self::Bundle(_) | Self::Encoding(_) => Check::Encoding,
            Self::Board(refusal) => board_check(refusal),
            Self::UnknownElection | Self::NoAnchor | Self::LastAnchor { .. } | Self::AnchorRoot(_) => {
                Check::Anchors
            }
            Self::Cosignatures { .. } => Check::Cosignatures,
            Self::EndsWhileDue => Check::Order,
            Self::Mismatch(mismatch) => match mismatch {
                BoardMismatch::Origin { .. } | BoardMismatch::Cosignatures { .. } => Check::ManifestRules,
                BoardMismatch::Administrator => Check::AdministratorSignatures,
                BoardMismatch::Unknown => Check::Anchors,
            },
            Self::Refused(refusal) => refusal.check(),
            Self::ManifestUnfinished => Check::ManifestParts,
            Self::CeremonyUnfinished => Check::TestDecryptions,
            Self::RollUnfinished => Check::RollParts,
            Self::NotOpened => Check::OpeningConditions,
            Self::NotClosed => Check::ClosingConditions,
            Self::NoResult(_) => Check::Totals,
        }
    }
}

impl Cause {
    /// What people do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::ManifestUnfinished
            | Self::CeremonyUnfinished
            | Self::RollUnfinished
            | Self::NotOpened
            | Self::NotClosed
            | Self::NoResult(_) => Remedy::Wait,
            Self::Elections(_)
            | Self::MissingElection(_)
            | Self::OtherElection(_)
            | Self::OtherBoard { .. }
            | Self::OtherState(_)
            | Self::Saved(_) => Remedy::NameAnother,
            Self::Read(_)
            | Self::UnknownFile
            | Self::BeyondCheckpoint
            | Self::Changed
            | Self::Shrunk { .. }
            | Self::LastAnchor { .. }
            | Self::EndsWhileDue
            | Self::Store(_) => Remedy::TakeAnew,
            Self::Part { .. } | Self::PartBallots { .. } | Self::PartSums => Remedy::RepeatShards,
            Self::StrayElection
            | Self::ElectionName
            | Self::Checkpoint(_)
            | Self::Genesis
            | Self::Tile
            | Self::Root
            | Self::Fork(_)
            | Self::Bundle(_)
            | Self::Encoding(_)
            | Self::Board(_)
            | Self::UnknownElection
            | Self::NoAnchor
            | Self::AnchorRoot(_)
            | Self::Cosignatures { .. }
            | Self::Mismatch(_)
            | Self::Refused(_) => Remedy::Tell,
        }
    }
}

/// A shard as people call it.
pub(super) fn shard_name(part: Part, label: &str) -> String {
    if label.is_empty() { format!("shard {part}") } else { format!("shard {part} ({label})") }
}

/// The check of an entry that the board log's rules refuse.
fn board_check(refusal: &BoardRefusal) -> Check {
    match refusal {
        BoardRefusal::Bytes => Check::Encoding,
        BoardRefusal::BlockMissing
        | BoardRefusal::BlockEmpty
        | BoardRefusal::BlockHeight { .. }
        | BoardRefusal::BlockTime { .. }
        | BoardRefusal::BlockRoot => Check::Blocks,
        // the genesis decides which keys sign checkpoints
        BoardRefusal::GenesisTwice
        | BoardRefusal::Suite
        | BoardRefusal::Origin(_)
        | BoardRefusal::WitnessName(_)
        | BoardRefusal::TooMany
        | BoardRefusal::ListedTwice => Check::Checkpoints,
        BoardRefusal::Administrator | BoardRefusal::Signature | BoardRefusal::ElectionTwice => {
            Check::AdministratorSignatures
        }
        BoardRefusal::UnknownElection | BoardRefusal::AnchorSize { .. } => Check::Anchors,
        BoardRefusal::Release(_) => Check::Releases,
    }
}
