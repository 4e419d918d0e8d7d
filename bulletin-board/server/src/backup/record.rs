//! What became of the backups since the board started, for its figures.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tabella_crypto::checkpoint::Checkpoint;

/// A backup that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Last {
    /// When it was complete.
    pub at: Instant,
    /// Entries of the board log in it.
    pub entries: u64,
    /// Bytes of its file.
    pub bytes: u64,
}

#[derive(Debug, Default)]
struct Counts {
    last: Option<Last>,
    written: u64,
    failed: u64,
}

/// Backups of this run of the board: those of the schedule, and those that were asked for.
#[derive(Debug, Default)]
pub struct Record(Mutex<Counts>);

impl Record {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A backup is complete, in this file, with this head of the board log.
    pub fn written(&self, file: &Path, head: &Checkpoint) {
        let bytes = file.metadata().map_or(0, |found| found.len());
        let mut counts = self.counts();
        counts.last = Some(Last { at: Instant::now(), entries: head.size(), bytes });
        counts.written += 1;
    }

    /// A backup was not made.
    pub fn failed(&self) {
        self.counts().failed += 1;
    }

    /// The last one that was written.
    pub fn last(&self) -> Option<Last> {
        self.counts().last
    }

    /// How many were written, and how many failed.
    pub fn totals(&self) -> (u64, u64) {
        let counts = self.counts();
        (counts.written, counts.failed)
    }
}
