//! Where the logs lie: the contract that every store keeps.
//!
//! The board writes in three steps, and answers after them:
//!
//! 1. *stage*: everything that a batch brings, for all logs that it touches: entries, the hashes that tiles
//!    store, index rows, the new signed checkpoints;
//! 2. *compare and swap*: all of it becomes the store's state at once, durably, if the board log's signed head is
//!    still the one that the batch was made on ([`Batch::expected`]), and none of it otherwise;
//! 3. *publish*: readers are given the new checkpoints. That is in memory and cannot fail.
//!
//! A store does 1 and 2 in [`Store::commit`]:
//!
//! * `Ok` means that the batch is there, whole, and stays after a crash or loss of power;
//! * [`StoreError::Conflict`] means that another writer was there: nothing was written;
//! * any other error means that the batch is there whole or not at all, and that **nobody knows which**. The
//!   caller must not write again: it stops, and reads the store when it starts anew.
//! * Readers may run beside a commit. What is below the size of a checkpoint that a reader holds never changes.
//!
//! So signed checkpoints of one log never contradict each other: each was made on the one that the swap compared.

use std::ops::Range;

use tabella_crypto::ballot::{Disposition, TrackingCode};
use tabella_crypto::checkpoint::{Checkpoint, SignedCheckpoint};
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

#[cfg(test)]
pub(crate) mod contract;
pub mod memory;
pub mod redb;

pub use memory::MemoryStore;
pub use redb::RedbStore;

/// A log of the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogId {
    /// The board log.
    Board,
    /// An election's log.
    Election(ElectionId),
}

/// A ballot among the entries of a batch, for the indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BallotRow {
    /// Index of its entry.
    pub index: u64,
    /// Its tracking code.
    pub code: TrackingCode,
    /// Whose it is.
    pub credential: Credential,
    /// Cast or tested.
    pub disposition: Disposition,
}

/// What a batch brings to one log.
#[derive(Debug, Clone)]
pub struct LogBatch {
    /// The log.
    pub log: LogId,
    /// Index of the first of the entries: the log's size before.
    pub first: u64,
    /// The entries, at least one.
    pub entries: Vec<Vec<u8>>,
    /// The hashes that tiles store and that these entries complete: tile level, index in the level, hash.
    pub hashes: Vec<(u8, u64, Digest)>,
    /// The ballots among the entries.
    pub ballots: Vec<BallotRow>,
    /// The log's new signed head.
    pub checkpoint: SignedCheckpoint,
}

/// What becomes the store's state at once.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The head of the board log that the batch was made on; none for the first batch of all.
    pub expected: Option<Checkpoint>,
    /// The logs touched, the board log among them.
    pub logs: Vec<LogBatch>,
}

/// What is done about a board's store that is not what it was.
pub(crate) const REPAIR: &str = "do not try to repair it; move board.redb away, put the newest backup in its place if \
                                 there is one, and run `tabella-board catch-up`, see \"Recovery, step by step\" in the \
                                 operator's guide";

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer was there first; nothing was written.
    #[error("another process has written to this board's store: stop it, only one may run")]
    Conflict,
    /// The store is open elsewhere.
    #[error("the store is locked: another process, such as a board that still runs, has it open")]
    Locked,
    /// No room.
    #[error("the disk is full: free some space, then start the board again; nothing acknowledged is lost")]
    Full,
    /// No right to write.
    #[error(
        "the store is read-only for this program: give the user that runs the board the right to write its folder and \
         the file board.redb, or mount the disk for writing; nothing acknowledged is lost"
    )]
    ReadOnly,
    /// A file of another kind or version.
    #[error(
        "the store has format {found}, and this program reads format {known}: use the program that made it"
    )]
    Format {
        /// The version found.
        found: u32,
        /// The version that this program writes.
        known: u32,
    },
    /// Nothing in it.
    #[error("the store is empty: fill it from a mirror with `tabella-board catch-up`")]
    Empty,
    /// Something that must be there is not, or is not what it was.
    #[error("the store is damaged ({0}): {repair}", repair = REPAIR)]
    Damaged(&'static str),
    /// The database.
    #[error("the store failed: {0}")]
    Database(#[from] Box<::redb::Error>),
    /// A fault that a test asked for.
    #[error("a fault was injected")]
    Injected,
}

/// A place for logs. See the module's text for what it promises.
pub trait Store: Send + Sync + 'static {
    /// Steps 1 and 2 of a write.
    fn commit(&self, batch: &Batch) -> Result<(), StoreError>;

    /// The signed head of a log; none if there is no such log.
    fn head(&self, log: LogId) -> Result<Option<SignedCheckpoint>, StoreError>;

    /// The elections that have logs, in no particular order.
    fn elections(&self) -> Result<Vec<ElectionId>, StoreError>;

    /// Entries of a log by index; an error if one is not there.
    fn entries(&self, log: LogId, range: Range<u64>) -> Result<Vec<Vec<u8>>, StoreError>;

    /// Hashes of a log's tile level by index; an error if one is not there.
    fn hashes(&self, log: LogId, level: u8, range: Range<u64>) -> Result<Vec<Digest>, StoreError>;

    /// Where an election's log has the entry with this leaf hash.
    fn find_entry(&self, election: ElectionId, leaf: Digest) -> Result<Option<u64>, StoreError>;

    /// Where a ballot stands, and what became of it.
    fn find_ballot(
        &self,
        election: ElectionId,
        code: TrackingCode,
    ) -> Result<Option<(u64, Disposition)>, StoreError>;

    /// Where the ballots of a credential stand, cast and tested, ascending.
    fn ballots_of(&self, election: ElectionId, credential: Credential) -> Result<Vec<u64>, StoreError>;
}

/// The hashes of the entries themselves, which are at tile level 0, with their indices.
fn leaves(batch: &LogBatch) -> impl Iterator<Item = (Digest, u64)> + '_ {
    batch.hashes.iter().filter(|(level, ..)| *level == 0).map(|(_, index, hash)| (*hash, *index))
}
