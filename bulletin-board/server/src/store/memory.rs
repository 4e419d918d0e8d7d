//! A store in memory, for tests: with switches that make a step fail.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tabella_crypto::ballot::{Disposition, TrackingCode};
use tabella_crypto::checkpoint::SignedCheckpoint;
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

use super::{Batch, LogId, Store, StoreError, leaves};

/// A step of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Staging.
    Stage,
    /// The compare-and-swap.
    Swap,
}

/// What a switch makes of the next commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The step that reports failure.
    pub step: Step,
    /// Whether what the step does is done all the same.
    pub persisted: bool,
}

impl Fault {
    /// Every fault there is.
    pub const TABLE: [Self; 4] = [
        Self { step: Step::Stage, persisted: false },
        Self { step: Step::Stage, persisted: true },
        Self { step: Step::Swap, persisted: false },
        Self { step: Step::Swap, persisted: true },
    ];

    /// Whether the batch is there after this fault.
    pub fn keeps_batch(self) -> bool {
        self.persisted && self.step == Step::Swap
    }
}

#[derive(Debug, Default)]
struct Log {
    head: Option<SignedCheckpoint>,
    entries: Vec<Vec<u8>>,
    hashes: BTreeMap<(u8, u64), Digest>,
    leaves: BTreeMap<Digest, u64>,
    codes: BTreeMap<TrackingCode, (u64, Disposition)>,
    credentials: BTreeSet<(Credential, u64)>,
}

#[derive(Debug, Default)]
struct Inner {
    logs: BTreeMap<LogId, Log>,
    staged: Vec<Batch>,
    fault: Option<Fault>,
}

/// Logs in memory. They live as long as the value: a test restarts a board on the same store.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Inner>);

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the next commit fail.
    pub fn inject(&self, fault: Fault) {
        self.lock().fault = Some(fault);
    }

    /// Whether an injected fault still waits for its commit.
    pub fn has_fault(&self) -> bool {
        self.lock().fault.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, log: LogId, read: impl FnOnce(&Log) -> T) -> Option<T> {
        self.lock().logs.get(&log).map(read)
    }
}

impl Store for MemoryStore {
    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        let mut inner = self.lock();
        let fault = inner.fault.take();
        let failing = |step| fault.filter(|fault| fault.step == step);
        // 1. stage: set aside, where no reader looks
        if let Some(fault) = failing(Step::Stage) {
            if fault.persisted {
                inner.staged.push(batch.clone());
            }
            return Err(StoreError::Injected);
        }
        // 2. compare and swap
        let head = inner.logs.get(&LogId::Board).and_then(|log| log.head.as_ref());
        if head.map(SignedCheckpoint::claimed) != batch.expected.as_ref() {
            return Err(StoreError::Conflict);
        }
        if failing(Step::Swap).is_some_and(|fault| !fault.persisted) {
            return Err(StoreError::Injected);
        }
        let size = |log| inner.logs.get(&log).map_or(0, |log: &Log| log.entries.len() as u64);
        if batch.logs.iter().any(|part| size(part.log) != part.first) {
            return Err(StoreError::Damaged("a batch does not begin where its log ends"));
        }
        for part in &batch.logs {
            let log = inner.logs.entry(part.log).or_default();
            log.entries.extend(part.entries.iter().cloned());
            log.hashes.extend(part.hashes.iter().map(|(level, index, hash)| ((*level, *index), *hash)));
            log.leaves.extend(leaves(part));
            for row in &part.ballots {
                log.codes.insert(row.code, (row.index, row.disposition));
                log.credentials.insert((row.credential, row.index));
            }
            log.head = Some(part.checkpoint.clone());
        }
        if failing(Step::Swap).is_some() { Err(StoreError::Injected) } else { Ok(()) }
    }

    fn head(&self, log: LogId) -> Result<Option<SignedCheckpoint>, StoreError> {
        Ok(self.read(log, |log| log.head.clone()).flatten())
    }

    fn elections(&self) -> Result<Vec<ElectionId>, StoreError> {
        let election = |log: &LogId| match log {
            LogId::Board => None,
            LogId::Election(election) => Some(*election),
        };
        Ok(self.lock().logs.keys().filter_map(election).collect())
    }

    fn entries(&self, log: LogId, range: Range<u64>) -> Result<Vec<Vec<u8>>, StoreError> {
        let position = |index: u64| usize::try_from(index).unwrap_or(usize::MAX);
        self.read(log, |log| log.entries.get(position(range.start)..position(range.end)).map(<[_]>::to_vec))
            .flatten()
            .ok_or(StoreError::Damaged("an entry is missing"))
    }

    fn hashes(&self, log: LogId, level: u8, range: Range<u64>) -> Result<Vec<Digest>, StoreError> {
        self.read(log, |log| range.map(|index| log.hashes.get(&(level, index)).copied()).collect())
            .flatten()
            .ok_or(StoreError::Damaged("a hash is missing"))
    }

    fn find_entry(&self, election: ElectionId, leaf: Digest) -> Result<Option<u64>, StoreError> {
        Ok(self.read(LogId::Election(election), |log| log.leaves.get(&leaf).copied()).flatten())
    }

    fn find_ballot(
        &self,
        election: ElectionId,
        code: TrackingCode,
    ) -> Result<Option<(u64, Disposition)>, StoreError> {
        Ok(self.read(LogId::Election(election), |log| log.codes.get(&code).copied()).flatten())
    }

    fn ballots_of(&self, election: ElectionId, credential: Credential) -> Result<Vec<u64>, StoreError> {
        let all = (credential, 0)..=(credential, u64::MAX);
        let found = self.read(LogId::Election(election), |log| {
            log.credentials.range(all).map(|(_, index)| *index).collect()
        });
        Ok(found.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::contract;

    #[test]
    fn keeps_the_contract() {
        contract::check(&MemoryStore::new());
    }

    #[test]
    fn after_each_fault_the_batch_is_there_whole_or_not_at_all() {
        for fault in Fault::TABLE {
            let store = MemoryStore::new();
            contract::check_fault(&store, |store| store.inject(fault), fault.keeps_batch());
            assert!(!store.has_fault());
        }
    }
}
