//! What a load costs: processor time, memory, disk.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Ticks of a second in `/proc/<pid>/stat`: the value of `USER_HZ` on Linux, which is 100 on every architecture.
const TICKS: f64 = 100.0;

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
        let status = fs::read_to_string(format!("/proc/{board}/status"))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
        let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse()?;
        Ok(Self {
            board: processor_time(&board.to_string())?,
            generator: processor_time("self")?,
            peak_memory: kilobytes << 10,
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

/// User and system time of a process, in seconds: fields 14 and 15 of proc_pid_stat(5).
fn processor_time(process: &str) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // the name, field 2, may hold anything, so count from behind its closing parenthesis
    let (_, rest) = stat.rsplit_once(')').context("a name in parentheses")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |field: usize| -> Result<f64> { Ok(fields.get(field - 3).context("a field")?.parse()?) };
    Ok((ticks(14)? + ticks(15)?) / TICKS)
}

/// Averages of the processes that could run, over 1, 5 and 15 minutes.
pub(crate) fn load() -> Result<String> {
    let load = fs::read_to_string("/proc/loadavg")?;
    Ok(load.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
}
