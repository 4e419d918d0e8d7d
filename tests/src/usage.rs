//! What processes use, as Linux says it in `/proc`: for measurements.

use std::fs;

use anyhow::{Context, Result};

/// Ticks of a second in `/proc/<pid>/stat`: the value of `USER_HZ` on Linux, which is 100 on every architecture.
const TICKS: f64 = 100.0;

/// Seconds of processor time, user and system, of this process.
pub fn own_time() -> Result<f64> {
    times("self", [14, 15])
}

/// The same of another process.
pub fn time_of(process: u32) -> Result<f64> {
    times(&process.to_string(), [14, 15])
}

/// The same of all programs that this process has run to their end.
pub fn children_time() -> Result<f64> {
    times("self", [16, 17])
}

/// The sum of two fields of proc_pid_stat(5), counted from 1, in seconds.
fn times(process: &str, fields: [usize; 2]) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // the name, field 2, may hold anything, so count from behind its closing parenthesis
    let (_, rest) = stat.rsplit_once(')').context("a name in parentheses")?;
    let values: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |field: usize| -> Result<f64> { Ok(values.get(field - 3).context("a field")?.parse()?) };
    Ok((ticks(fields[0])? + ticks(fields[1])?) / TICKS)
}

/// The most bytes of memory that a process has held at a time: `VmHWM` of proc_pid_status(5).
pub fn peak_memory(process: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes << 10)
}

/// Averages of the processes that could run, over 1, 5 and 15 minutes.
pub fn load() -> Result<String> {
    let load = fs::read_to_string("/proc/loadavg")?;
    Ok(load.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
}
