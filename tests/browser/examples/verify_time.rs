//! How long a visitor's browser takes to recount an election of five options with the whole verifier:
//! `cargo run --release -p tabella-browser-tests --example verify_time -- 10000`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tabella_browser_tests::browser::{Browser, DESK};
use tabella_browser_tests::fair::at;
use tabella_tests::small::{BY_HAND, FIVE_OPTIONS, voters};
use tabella_tests::world::World;

/// Ballots, where the command line does not say.
const BALLOTS: usize = 1000;
/// Recounts.
const RUNS: usize = 3;
/// What a row of the table of checks is like that holds.
const CHECKS: &str =
    "return [...document.querySelectorAll('table.data td.state')].map((state) => state.className);";

#[tokio::main]
async fn main() -> Result<()> {
    let ballots = std::env::args().nth(1).map(|ballots| ballots.parse()).transpose()?.unwrap_or(BALLOTS);
    let dir = tempfile::tempdir()?;
    let (root, codes_file, ballots_file) =
        (dir.path().join("world"), dir.path().join("codes.csv"), dir.path().join("ballots.csv"));
    let (world, election) = tokio::task::spawn_blocking(move || -> Result<_> {
        let world = World::new(&root)?;
        let (election, codes) = world.open("many", BY_HAND, FIVE_OPTIONS, &voters(ballots))?;
        let (mut table, mut choices) = ("identity,code\n".to_owned(), "identity,choices\n".to_owned());
        for ((identity, code), name) in codes.iter().zip(["Ada", "Bo", "Cleo", "Dan", "blank"].iter().cycle())
        {
            writeln!(table, "{identity},{code}")?;
            writeln!(choices, "{identity},1={name}")?;
        }
        std::fs::write(&codes_file, table)?;
        std::fs::write(&ballots_file, choices)?;
        let [codes, ballots] =
            [&codes_file, &ballots_file].map(|file| file.to_str().context("a path in UTF-8"));
        world.vote(&election, "batch", &["--codes", codes?, "--ballots", ballots?])?.says(&[])?;
        world.administrator(&election, "close")?.says(&[])?;
        let trustees: Vec<PathBuf> = election.trustees.iter().take(2).cloned().collect();
        world.tally(&election, &trustees)?;
        world.wait_for(&election, "counted", Duration::from_secs(600))?;
        Ok((world, election))
    })
    .await??;
    println!("{ballots} ballots are cast and counted");
    for run in 1..=RUNS {
        let browser = Browser::start(DESK).await?;
        let began = Instant::now();
        browser.open(&format!("{}#start", at(world.url(), &election, "verify"))).await?;
        while !browser.has("main .notice.good").await? {
            ensure!(began.elapsed() < Duration::from_secs(600), "no verdict: {}", browser.text().await?);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let seconds = began.elapsed().as_secs_f64();
        let checks: Vec<String> = serde_json::from_value(browser.run(CHECKS).await?)?;
        ensure!(checks.iter().all(|check| check == "state good"), "{checks:?}");
        println!("run {run}: {seconds:.1} s for {} checks, page and engine loaded anew", checks.len());
        browser.end().await?;
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load of the machine: {load}");
    Ok(())
}
