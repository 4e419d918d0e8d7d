//! What a verification keeps outside of its own memory: every D of a ballot, for the check that none stands in two
//! (6.7), and from time to time how far it is, so that a later run goes on from there.
//!
//! The library has the one in memory; a program spills to files.

use std::collections::HashSet;
use std::io::{self, Read, Write};

use borsh::{BorshDeserialize, BorshSerialize};

use tabella_board_core::check::Check;
use tabella_board_core::state::{ElectionState, FirstPoint, PointPrefix};
use tabella_crypto::codec;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

use super::ledger::Ledger;

/// Why a store ends a verification.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A D stands in two ballots.
    #[error("a ciphertext of entry {} stands in another ballot", .0.entry)]
    Repeated(FirstPoint),
    /// It cannot write or read; what the system says, and what to do.
    #[error("what is compared cannot be kept: {0}")]
    Failed(String),
    /// Somebody ended it, and it kept what was verified.
    #[error("the verification was interrupted")]
    Interrupted,
}

/// Keeps what a verification cannot keep in memory.
pub trait Store {
    /// Takes the D of ballots, in the order of the log. A repeated one may be refused here or by [`Store::finish`].
    fn add(&mut self, points: &[FirstPoint]) -> Result<(), StoreError>;

    /// Refuses a D that was added twice: of all such, the one that stands second, in the earliest entry.
    fn finish(&mut self) -> Result<(), StoreError>;

    /// Whether it is time to save.
    fn is_due(&mut self) -> bool {
        false
    }

    /// Saves how far the verification is, together with the D added so far. Called when it is due, before voting
    /// closes, and where the log ends.
    fn save(&mut self, _snapshot: &Snapshot<'_>) -> Result<(), StoreError> {
        Ok(())
    }
}

/// In memory: 16 bytes for each D, and nothing is saved.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore(HashSet<PointPrefix>);

impl Store for MemoryStore {
    fn add(&mut self, points: &[FirstPoint]) -> Result<(), StoreError> {
        match points.iter().find(|point| !self.0.insert(point.prefix)) {
            Some(point) => Err(StoreError::Repeated(*point)),
            None => Ok(()),
        }
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Keeps nothing and compares nothing: for a shard, whose merger compares all.
#[derive(Debug)]
pub(super) struct NoStore;

impl Store for NoStore {
    fn add(&mut self, _points: &[FirstPoint]) -> Result<(), StoreError> {
        Ok(())
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// How far a run was when it saved.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SavedHead {
    /// The election.
    pub election: ElectionId,
    /// Entries of the election's log that were verified.
    pub size: u64,
    /// Root of the log with these entries.
    pub root: Digest,
    /// Entries of the board log as it was then.
    pub board_size: u64,
    /// Root of the board log.
    pub board_root: Digest,
    /// By number of the check the items that it covered between the opening and `size`.
    pub items: Vec<(String, u64)>,
}

/// A state to save: [`SavedRun::read`] reads it again.
pub struct Snapshot<'a> {
    head: SavedHead,
    state: &'a ElectionState,
}

impl<'a> Snapshot<'a> {
    /// Of a state in which voting is open. The board log is that of its checkpoint; `since` are the items that were
    /// covered since the opening.
    pub(super) fn new(state: &'a ElectionState, board: (u64, Digest), since: &Ledger) -> Self {
        let items = Check::ALL.into_iter().map(|check| (check.number().to_owned(), since.items(check)));
        let head = SavedHead {
            election: state.election(),
            size: state.size(),
            root: state.root(),
            board_size: board.0,
            board_root: board.1,
            items: items.filter(|(_, items)| *items > 0).collect(),
        };
        Self { head, state }
    }

    /// What it is about.
    pub fn head(&self) -> &SavedHead {
        &self.head
    }

    /// Writes it, voter after voter: nothing is built up in memory.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&codec::encode(&self.head))?;
        self.state.save(out)
    }
}

/// What an earlier run saved. It is the observer's own: nothing of it is checked but what this run needs to go on.
pub struct SavedRun<'a> {
    head: SavedHead,
    voting: Box<dyn Read + 'a>,
}

impl<'a> SavedRun<'a> {
    /// Reads the head; the rest is read when the log was replayed up to the opening.
    pub fn read(mut input: impl Read + 'a) -> io::Result<Self> {
        let head = SavedHead::deserialize_reader(&mut input)?;
        Ok(Self { head, voting: Box::new(input) })
    }

    /// What it is about.
    pub fn head(&self) -> &SavedHead {
        &self.head
    }

    /// Takes it over into a state that ends with the opening.
    pub(super) fn resume(mut self, state: &mut ElectionState, ledger: &mut Ledger) -> io::Result<()> {
        state.resume(&mut *self.voting)?;
        if (state.size(), state.root()) != (self.head.size, self.head.root) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its parts do not belong together"));
        }
        for (number, items) in &self.head.items {
            if let Some(check) = Check::ALL.into_iter().find(|check| check.number() == number) {
                ledger.cover_by_others(check, *items);
            }
        }
        Ok(())
    }
}
