//! The load of a board: how many ballots a second it takes, how long a voter waits for the receipt, what it costs,
//! and what honest voters notice while others send what must be refused.
//!
//! The board is the real program on loopback with its store on disk. Its election has one contest of five entries;
//! every ballot is of another voter, made beforehand and kept in `target/bench/`. Ballots go over connections that
//! are kept open, one in flight on each, and a ballot counts when its receipt is parsed. Generator and board share
//! the machine.
//!
//! `make bench-board` runs it; results are also written to `target/bench/board.json`.

#![allow(clippy::indexing_slicing, reason = "a measurement ends where something is not as it must be")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use serde_json::{Value, json};

use tabella_tests::process::{Running, succeed};
use tabella_tests::usage::load;

mod cost;
mod election;
mod sending;

use cost::Cost;
use election::Prepared;
use sending::{Beside, Measured, Target, measure, send_all};

/// Measures a board.
#[derive(Parser)]
struct Arguments {
    /// Honest ballots of the measurement without an attack.
    #[arg(long, default_value_t = 16_000)]
    ballots: usize,
    /// Honest ballots at most beside each attack; they end with the attack.
    #[arg(long, default_value_t = 5_000)]
    beside: usize,
    /// Connections of honest voters: so many ballots are in flight.
    #[arg(long, default_value_t = 512)]
    connections: usize,
    /// Refused ballots of each attack: signatures that do not hold for credentials of the roll.
    #[arg(long, default_value_t = 10_000)]
    attack: usize,
    /// Connections of the attackers.
    #[arg(long, default_value_t = 256)]
    attackers: usize,
    /// Voters who send ballots with a good signature over a bad proof.
    #[arg(long, default_value_t = 50)]
    holders: usize,
    /// So many of them each.
    #[arg(long, default_value_t = 40)]
    holder_ballots: usize,
    /// Voters who send one ballot each with a good signature over a bad proof: as many accomplices as it takes that
    /// none of them is known for it.
    #[arg(long, default_value_t = 1_000)]
    accomplices: usize,
    /// Where ballots are kept and results are written.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
    /// Seconds to wait before the measurement, with the board idle: for attaching a profiler.
    #[arg(long, default_value_t = 0)]
    wait: u64,
}

fn main() -> Result<()> {
    let mut arguments = Arguments::parse();
    // programs are started elsewhere
    arguments.folder = std::path::absolute(&arguments.folder)?;
    fs::create_dir_all(&arguments.folder)?;
    let warm_up = arguments.connections * 2;
    let voters =
        warm_up + arguments.ballots + 3 * arguments.beside + arguments.holders + arguments.accomplices;
    let prepared = Prepared::new(voters, &arguments.folder)?;

    let place = arguments.folder.join("board");
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&place)?;
    let (mut board, url, store) = start(&place, &prepared)?;
    let target = Arc::new(Target::new(&url, prepared.id())?);
    println!("load of this machine before: {}", load()?);
    prepared.put_on(&target)?;
    if arguments.wait > 0 {
        println!("the board has process id {}; waiting {} s", board.id(), arguments.wait);
        std::thread::sleep(Duration::from_secs(arguments.wait));
    }

    // without an attack
    let mut ballots = prepared.ballots().iter();
    let mut take = |number: usize| -> Vec<Vec<u8>> { ballots.by_ref().take(number).cloned().collect() };
    measure(&target, take(warm_up), arguments.connections, None)?;
    let before = Cost::of(board.id(), &store)?;
    let honest = measure(&target, take(arguments.ballots), arguments.connections, None)?;
    let cost = Cost::of(board.id(), &store)?.since(&before);
    honest.print("honest ballots alone");
    cost.print(honest.sent);
    let alone = json!({ "latency": honest.json(), "cost": cost.json(honest.sent) });

    // beside attacks
    let beside = arguments.beside;
    let stolen = prepared.stolen(arguments.attack);
    let stolen = attack("stolen credentials", &target, take(beside), stolen, &arguments, &honest)?;
    let mut last = voters;
    let mut bad_proofs = |holders, each| {
        last -= holders;
        prepared.bad_proofs(last..last + holders, each)
    };
    let holders = bad_proofs(arguments.holders, arguments.holder_ballots);
    let holders = attack("bad proofs, well signed", &target, take(beside), holders, &arguments, &honest)?;
    let accomplices = bad_proofs(arguments.accomplices, 1);
    let many = attack("a bad proof each of many", &target, take(beside), accomplices, &arguments, &honest)?;

    ensure!(board.ended()?.is_none(), "the board has ended");
    let end = Cost::of(board.id(), &store)?;
    println!("\nboard memory, highest  {:>9.1} MiB", end.peak_memory as f64 / f64::from(1 << 20));
    println!("load of this machine after: {}", load()?);
    let result = json!({
        "cores": std::thread::available_parallelism()?.get(),
        "connections": arguments.connections,
        "voters_on_roll": voters,
        "alone": alone,
        "beside_stolen_credentials": stolen,
        "beside_bad_proofs": holders,
        "beside_bad_proofs_of_many": many,
        "peak_memory_bytes": end.peak_memory,
        "goals": {
            "at_least_2000_a_second": honest.rate() >= 2_000.0,
            "p99_below_half_a_second": honest.percentile(0.99) < 0.5,
        },
    });
    let file = arguments.folder.join("board.json");
    fs::write(&file, serde_json::to_vec_pretty(&result)?)?;
    println!("written to {}", file.display());
    Ok(())
}

/// A new board; gives its address and its store's file.
fn start(place: &Path, prepared: &Prepared) -> Result<(Running, String, PathBuf)> {
    let data = place.join("data").to_string_lossy().into_owned();
    let administrator = prepared.administrator();
    let origin = election::ORIGIN;
    succeed(
        "tabella-board",
        &["init", "--data", &data, "--origin", origin, "--administrator", &administrator],
    )?;
    let arguments = ["run", "--data", &data, "--listen", "127.0.0.1:0"];
    let (board, url) =
        Running::start("tabella-board", &arguments, "listening on ", &place.join("board.log"))?;
    Ok((board, url, place.join("data").join("board.redb")))
}

/// Honest ballots while others send what is refused; honest latencies count for as long as that lasts, or a little
/// longer.
fn attack(
    name: &str,
    target: &Arc<Target>,
    honest: Vec<Vec<u8>>,
    bad: Vec<Vec<u8>>,
    arguments: &Arguments,
    alone: &Measured,
) -> Result<Value> {
    let number = bad.len();
    let (attack_target, attackers) = (target.clone(), arguments.attackers);
    let (begin, begins) = std::sync::mpsc::channel();
    let (over, is_over) = std::sync::mpsc::channel();
    let attack = std::thread::spawn(move || {
        begins.recv()?;
        let refused = send_all(&attack_target, bad, attackers);
        // the receiver has gone if the honest ballots ended first
        let _ = over.send(());
        refused
    });
    let honest = measure(target, honest, arguments.connections, Some(Beside { begin, over: is_over }))?;
    let refused = attack.join().ok().context("the attack panicked")??;
    ensure!(refused.accepted == 0, "{} ballots of the attack were accepted", refused.accepted);
    honest.print(&format!("honest ballots beside {number} refused ones: {name}"));
    let ratio = honest.percentile(0.99) / alone.percentile(0.99);
    println!("  refused              {:>9.0} /s, {:?}", number as f64 / refused.seconds, refused.statuses);
    println!("  p99 to that alone    {ratio:>9.2}");
    Ok(json!({
        "latency": honest.json(),
        "refused": number,
        "refused_a_second": number as f64 / refused.seconds,
        "refused_by_status": refused.statuses,
        "p99_to_that_alone": ratio,
    }))
}
