//! One log as the sequencer holds it: state, tree, and the entries of the batch under way.

use tabella_board_core::check::Refusal;
use tabella_board_core::state::{CheckedEntry, ElectionState, EntrySource};
use tabella_crypto::checkpoint::{Checkpoint, sign_checkpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{Frontier, leaf_hash};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::Digest;

use super::ballots::{self, Allowance, Item, Round};
use super::limits::{Counts, CredentialLimits};
use super::{Fatal, SubmitError};
use crate::engine::SubmissionId;
use crate::store::{BallotRow, LogBatch, LogId, Store};

/// Entries that the rules have accepted and that are not stored yet.
#[derive(Debug, Default)]
pub(super) struct Staged {
    pub(super) entries: Vec<Vec<u8>>,
    ballots: Vec<BallotRow>,
}

/// A log's stored tree: what makes the hashes of tiles and the head to sign.
#[derive(Debug, Default)]
pub(super) struct StoredLog {
    tree: Frontier,
}

impl StoredLog {
    /// Entries that are stored.
    pub(super) fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Takes over entries that are stored already.
    pub(super) fn replay(&mut self, entries: &[Vec<u8>]) {
        for entry in entries {
            self.tree.push(leaf_hash(entry));
        }
    }

    /// Root of the stored tree.
    pub(super) fn root(&self) -> Digest {
        self.tree.root()
    }

    /// Appends what is staged and signs the new head, if it has the root that the rules saw.
    pub(super) fn seal(
        &mut self,
        log: LogId,
        origin: &str,
        staged: Staged,
        root: Digest,
        key: &SigningKey,
    ) -> Result<LogBatch, Fatal> {
        let Staged { entries, ballots } = staged;
        let first = self.tree.size();
        let mut hashes = Vec::with_capacity(entries.len() + 1);
        for entry in &entries {
            self.tree.push_storing(leaf_hash(entry), |level, index, hash| hashes.push((level, index, hash)));
        }
        if self.tree.root() != root {
            return Err(Fatal::Tree);
        }
        let checkpoint = sign_checkpoint(&Checkpoint::new(origin, self.tree.size(), root)?, key)?;
        Ok(LogBatch { log, first, entries, hashes, ballots, checkpoint })
    }
}

/// Earlier entries of a log: those in the store, then those of the batch under way.
pub(super) struct Earlier<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) log: LogId,
    pub(super) stored: u64,
    pub(super) staged: &'a [Vec<u8>],
}

impl EntrySource for Earlier<'_> {
    fn entry(&self, index: u64) -> Option<Vec<u8>> {
        match index.checked_sub(self.stored) {
            Some(staged) => self.staged.get(usize::try_from(staged).ok()?).cloned(),
            None => match self.store.entries(self.log, index..index + 1) {
                Ok(mut found) => found.pop(),
                Err(error) => {
                    tracing::error!("entry {index} cannot be read back: {error}");
                    None
                }
            },
        }
    }
}

/// An election's log.
pub(super) struct ElectionLog {
    pub(super) state: ElectionState,
    pub(super) stored: StoredLog,
    /// What the state has and the store does not.
    pub(super) staged: Staged,
    /// What each credential has caused lately.
    counts: Counts,
}

/// What became of submissions: their index, or why not. In no particular order.
pub(super) type Results = Vec<(SubmissionId, Result<u64, SubmitError>)>;

impl ElectionLog {
    pub(super) fn new(election: ElectionId) -> Self {
        Self {
            state: ElectionState::new(election),
            stored: StoredLog::default(),
            staged: Staged::default(),
            counts: Counts::default(),
        }
    }

    /// Stages a batch: a block, what is due, and of the submissions what the rules accept. Nothing is staged, and
    /// the state is what it was, if that is the block alone.
    pub(super) fn append(
        &mut self,
        store: &dyn Store,
        now: u64,
        submissions: Vec<(SubmissionId, Vec<u8>)>,
        limits: &CredentialLimits,
    ) -> Result<Results, Fatal> {
        let election = self.state.election();
        let fatal = |refusal| Fatal::Election { election, refusal };
        let (block, trial) = self.state.begin_batch(now).map_err(fatal)?;
        self.staged.entries.push(block);
        self.append_due(store).map_err(fatal)?;

        let (ids, entries): (Vec<_>, Vec<_>) = submissions.into_iter().unzip();
        let prepared = ballots::prepare(&self.state, &entries);
        let mut results = Vec::with_capacity(ids.len());
        let mut items = Vec::with_capacity(ids.len());
        for ((name, bytes), prepared) in ids.into_iter().zip(entries).zip(prepared) {
            match prepared {
                Ok(entry) => items.push(Item { name, bytes, entry }),
                Err(refusal) => results.push((name, Err(SubmitError::Refused(refusal)))),
            }
        }
        let mut suspects = limits.suspects;
        while !items.is_empty() {
            let mut allowance = Allowance { limits, counts: &mut self.counts, now, suspects };
            let Round { checked, later } = ballots::round(&self.state, items, &mut allowance);
            suspects = allowance.suspects;
            for (name, bytes, checked) in checked {
                let result =
                    checked.and_then(|entry| self.apply(store, bytes, entry).map_err(SubmitError::Refused));
                if result.is_ok() {
                    self.append_due(store).map_err(fatal)?;
                }
                results.push((name, result));
            }
            items = later;
        }
        if self.state.take_back(trial) {
            self.staged.entries.pop();
        }
        Ok(results)
    }

    /// Stages the automatic entries that are due, one after the other.
    fn append_due(&mut self, store: &dyn Store) -> Result<(), Refusal> {
        while let Some(due) = self.state.due() {
            self.apply(store, due.encode(), CheckedEntry::Other(Box::new(due)))?;
        }
        Ok(())
    }

    /// Stages one entry; gives its index.
    pub(super) fn apply(
        &mut self,
        store: &dyn Store,
        bytes: Vec<u8>,
        entry: CheckedEntry,
    ) -> Result<u64, Refusal> {
        let index = self.state.size();
        let row = match &entry {
            CheckedEntry::Ballot(ballot) => Some(BallotRow {
                index,
                code: ballot.code(),
                credential: ballot.credential(),
                disposition: ballot.disposition(),
            }),
            CheckedEntry::Other(_) => None,
        };
        let earlier = Earlier {
            store,
            log: LogId::Election(self.state.election()),
            stored: self.stored.size(),
            staged: &self.staged.entries,
        };
        self.state.apply(&bytes, entry, &earlier)?;
        self.staged.entries.push(bytes);
        self.staged.ballots.extend(row);
        Ok(index)
    }
}
