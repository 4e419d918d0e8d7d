//! What it takes to verify an election, side by side with `belenios-tool`: time and bytes a ballot, where the time
//! goes, how the verifier grows, and a tally.
//!
//! Times are of the processor, not of a clock on the wall, and stand beside the time of one point decompression
//! that was measured between them, so that a machine that is busy or slow changes both alike. Every ballot is real:
//! it is made once, on all cores, and kept in `target/bench/`.
//!
//! `make bench` runs it in some minutes, `make bench-full` with up to 100,000 ballots; results are also written to
//! `target/bench/summary.json`. `docs/benchmarks.md` says what they mean.

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;
use serde_json::{Value, json};

mod ballots;
mod belenios;
mod clock;
mod election;
mod methods;
mod record;
mod scale;
mod tally;

use tabella_tests::usage::load;

use clock::Yardstick;
use election::Prepared;

/// Ballots that the tally adds up, in both forms.
const TALLIED: usize = 100_000;

/// Measures what it takes to verify an election.
#[derive(Parser)]
struct Arguments {
    /// Numbers of five-option ballots that go through the whole verifier.
    #[arg(long, value_delimiter = ',', default_value = "10000")]
    scale: Vec<usize>,
    /// Voters of the election that both programs verify.
    #[arg(long, default_value_t = 500)]
    voters: usize,
    /// Leave `belenios-tool` out.
    #[arg(long)]
    without_belenios: bool,
    /// Rounds of each measurement within this process.
    #[arg(long, default_value_t = 11)]
    rounds: usize,
    /// Where ballots are kept and results are written.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    fs::create_dir_all(&arguments.folder)?;
    // programs that run elsewhere are given it
    let folder = arguments.folder.canonicalize()?;
    if !arguments.without_belenios {
        belenios::check_installed()?;
    }
    ensure!(!arguments.scale.is_empty() && arguments.voters > 0, "there is nothing to measure");
    println!("load of this machine before: {}", load()?);

    let most = arguments.scale.iter().copied().chain([arguments.voters]).max().unwrap_or_default();
    let prepared = Prepared::five_options(most, &folder)?;
    let yardstick = Yardstick::new(&prepared.ballots)?;

    let mut summary = json!({ "cores": std::thread::available_parallelism()?.get(), "load_before": load()? });
    let mut add = |part: Value| {
        if let (Some(summary), Value::Object(part)) = (summary.as_object_mut(), part) {
            summary.extend(part);
        }
    };
    add(methods::measure(&prepared, &yardstick, &folder, arguments.rounds)?);
    add(ballots::measure(&prepared, &yardstick, arguments.rounds)?);
    add(tally::measure(&prepared, TALLIED)?);
    add(scale::measure(&prepared, &yardstick, &arguments.scale, &folder)?);
    if !arguments.without_belenios {
        add(belenios::measure(&prepared, arguments.voters, &folder)?);
    }
    add(json!({ "us_per_decompression": yardstick.microseconds(), "load_after": load()? }));
    println!("\none decompression takes {:.2} us", yardstick.microseconds());
    println!("load of this machine after: {}", load()?);
    let path = folder.join("summary.json");
    fs::write(&path, serde_json::to_string_pretty(&summary)? + "\n")?;
    println!("written to {}", path.display());
    Ok(())
}
