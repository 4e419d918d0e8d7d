//! What a load costs: processor time, memory, disk.

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use tabella_tests::usage;

/// What has been used so far, or between two moments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    /// Seconds of processor time of the board.
    pub(crate) board: f64,
    /// Seconds of processor time of the generator.
    pub(crate) generator: f64,
    /// Most bytes of memory that the board has held at a time.
    pub(crate) peak_memory: u64,
    /// Bytes of the store's file.
    pub(crate) disk: u64,
}

impl Cost {
    /// What the board of this process id and this process have used.
    pub(crate) fn of(board: u32, store: &Path) -> Result<Self> {
        Ok(Self {
            board: usage::time_of(board)?,
            generator: usage::own_time()?,
            peak_memory: usage::peak_memory(board)?,
            disk: fs::metadata(store)?.len(),
        })
    }

    /// The difference; memory stays what it is.
    pub(crate) fn since(&self, before: &Self) -> Self {
        Self {
            board: self.board - before.board,
            generator: self.generator - before.generator,
            peak_memory: self.peak_memory,
            disk: self.disk - before.disk,
        }
    }

    pub(crate) fn print(&self, ballots: usize) {
        let each = |seconds: f64| seconds / ballots as f64 * 1e3;
        println!("  processor, board     {:>9.3} ms a ballot", each(self.board));
        println!("  processor, generator {:>9.3} ms a ballot", each(self.generator));
        println!("  disk                 {:>9.0} bytes a ballot", self.disk as f64 / ballots as f64);
        println!("  board memory         {:>9.1} MiB", self.peak_memory as f64 / f64::from(1 << 20));
    }

    pub(crate) fn json(&self, ballots: usize) -> Value {
        json!({
            "board_milliseconds_a_ballot": self.board / ballots as f64 * 1e3,
            "generator_milliseconds_a_ballot": self.generator / ballots as f64 * 1e3,
            "disk_bytes_a_ballot": self.disk as f64 / ballots as f64,
            "peak_memory_bytes": self.peak_memory,
        })
    }
}
