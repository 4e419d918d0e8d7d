//! Whole records through the whole verifier, which is a process of its own: time a ballot and memory, on one core and
//! on two.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use tabella_tests::process::program;

use super::clock::{Ran, Yardstick, run};
use super::election::Prepared;
use super::record;

/// Ballots that are verified on one core, by turns with the yardstick, for each line at most; but once at least.
const TURNED: usize = 90_000;
/// Turns at most; the median counts.
const TURNS: usize = 3;

/// Runs `tabella-verify` over a record on so many cores; every check must hold.
pub(crate) fn verify(record: &Path, cores: usize) -> Result<Ran> {
    let mut command = Command::new(program("tabella-verify")?);
    run(command.arg(record).arg("--json").env("RAYON_NUM_THREADS", cores.to_string()))
}

/// Measures the verifier over these numbers of ballots, and prints a line for each.
pub(crate) fn measure(
    prepared: &Prepared,
    yardstick: &Yardstick,
    numbers: &[usize],
    folder: &Path,
) -> Result<Value> {
    let mut lines = Vec::new();
    for number in numbers {
        let record = record::prepare(prepared, *number, folder)?;
        let mut turns = Vec::new();
        for _ in 0..(TURNED / number.max(&1)).clamp(1, TURNS) {
            let before = yardstick.lay(1.0)?;
            let one = verify(&record, 1)?;
            let after = yardstick.lay(1.0)?;
            turns.push((one.processor / *number as f64 / ((before + after) / 2.0), one));
        }
        turns.sort_by(|(ratio, _), (other, _)| ratio.total_cmp(other));
        let (ratio, one) = *turns.get(turns.len() / 2).context("one turn")?;
        let two = verify(&record, 2)?;
        lines.push(json!({
            "ballots": number,
            "us_per_ballot": one.processor / *number as f64 * 1e6,
            "decompressions_per_ballot": ratio,
            "peak_mib": one.peak_mib.max(two.peak_mib),
            "bytes_per_ballot": record::bytes_below(&record)? as f64 / *number as f64,
            "one_core": ran(&one),
            "two_cores": ran(&two),
        }));
    }
    println!("\nwhole records of five-option ballots through tabella-verify");
    println!(
        "  {:>8} {:>10} {:>15} {:>10} {:>12} {:>12} {:>9}",
        "ballots", "us each", "decompressions", "bytes", "s, 1 core", "s, 2 cores", "MiB"
    );
    for line in &lines {
        println!(
            "  {:>8} {:>10.1} {:>15.1} {:>10.1} {:>12.1} {:>12.1} {:>9.1}",
            number(line, "/ballots"),
            number(line, "/us_per_ballot"),
            number(line, "/decompressions_per_ballot"),
            number(line, "/bytes_per_ballot"),
            number(line, "/one_core/wall_s"),
            number(line, "/two_cores/wall_s"),
            number(line, "/peak_mib"),
        );
    }
    println!(
        "  (us each and decompressions: processor time on one core; s: on the clock, machine as busy as it was)"
    );
    Ok(json!({ "scale": lines }))
}

fn ran(ran: &Ran) -> Value {
    json!({ "wall_s": ran.wall, "processor_s": ran.processor, "peak_mib": ran.peak_mib })
}

fn number(line: &Value, pointer: &str) -> f64 {
    line.pointer(pointer).and_then(Value::as_f64).unwrap_or_default()
}
