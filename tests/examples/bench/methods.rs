//! A ballot of each method: verified in batches on one core, signature included.

use std::hint::black_box;
use std::path::Path;

use anyhow::{Context, Result};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Map, Value, json};

use tabella_board_core::state::check_ballots;
use tabella_crypto::ballot::{Disposition, SubmittedBallot};
use tabella_crypto::proofs::batch::MAX_BATCH_TERMS;
use tabella_crypto::rules::Method;

use super::clock::{Task, Yardstick, measure as measure_tasks};
use super::election::{Prepared, Shape, entry, open};

/// Ballots that are verified together at most; fewer where they fill a batch twice.
const BATCH: usize = 1_000;

/// Measures every method, and prints a line for each.
pub(crate) fn measure(
    five_options: &Prepared,
    yardstick: &Yardstick,
    folder: &Path,
    rounds: usize,
) -> Result<Value> {
    let mut shapes: Vec<Shape> = [2, 10, 20, 50].into_iter().map(Shape::choose_one).collect();
    let shape = |name: &str, method| Shape { name: name.to_owned(), method, options: 5 };
    shapes.push(shape("approval_5", Method::Choose { min: 0, max: 5 }));
    shapes.push(shape("score_5", Method::Score { max: 10 }));
    let mut others = Vec::new();
    for shape in shapes {
        let mut sample = shape.election();
        open(&mut sample, 1)?;
        let context = sample.state.ballot_context().context("voting is open")?;
        let number = (2 * MAX_BATCH_TERMS / context.terms(0).max(1)).clamp(1, BATCH);
        others.push((shape.name.clone(), Prepared::new(&shape, number, folder)?));
    }
    let mut all: Vec<(&str, &Prepared)> = vec![("choose_one_5", five_options)];
    all.extend(others.iter().map(|(name, prepared)| (name.as_str(), prepared)));

    let tasks = all.iter().map(|(_, prepared)| {
        let context = prepared.election.state.ballot_context().context("voting is open")?;
        let number = prepared.ballots.len().min(BATCH);
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let run = move || {
            let ballots: Vec<(SubmittedBallot, Disposition)> = prepared
                .ballots
                .iter()
                .take(number)
                .map(|ballot| (ballot.clone(), Disposition::Cast))
                .collect();
            let results = check_ballots(context, black_box(ballots), &mut rng);
            assert!(results.iter().all(Result::is_ok), "a good ballot is refused");
        };
        Ok(Task { items: number, run: Box::new(run) })
    });
    let mut tasks: Vec<Task<'_>> = tasks.collect::<Result<_>>()?;
    let measured = measure_tasks(yardstick, rounds, &mut tasks)?;

    println!("\na ballot, verified on one core with its signature");
    println!("  {:<16} {:>8} {:>10} {:>16} {:>8}", "method", "ballots", "us", "decompressions", "bytes");
    let (mut times, mut ratios, mut bytes) = (Map::new(), Map::new(), Map::new());
    for ((task, measured), (name, prepared)) in tasks.iter().zip(measured).zip(&all) {
        let length = prepared.ballots.first().map_or(0, |ballot| entry(ballot).len());
        println!(
            "  {name:<16} {:>8} {:>10.1} {:>16.1} {length:>8}",
            task.items, measured.microseconds, measured.decompressions
        );
        times.insert((*name).to_owned(), json!(measured.microseconds));
        ratios.insert((*name).to_owned(), json!(measured.decompressions));
        bytes.insert((*name).to_owned(), json!(length));
    }
    Ok(json!({
        "us_per_ballot": times,
        "decompressions_per_ballot": ratios,
        "bytes_per_ballot": bytes,
    }))
}
