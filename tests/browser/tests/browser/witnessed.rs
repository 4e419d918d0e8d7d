//! The receipt on a board with witnesses: what a voter reads of them before and after they have signed.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use tabella_browser_tests::browser::{Browser, DESK, PHONE};
use tabella_browser_tests::fair::at;
use tabella_browser_tests::marked::Choice;
use tabella_browser_tests::voter::Voter;
use tabella_tests::small::{BY_HAND, Codes, YES_NO, code, voters};
use tabella_tests::world::{Election, World};

/// Longest wait for a signature to be shown: the board asks a witness that was away at least once a minute, and the page
/// asks the board every ten seconds.
const PATIENCE: Duration = Duration::from_secs(150);

/// A board with two witnesses, and an election that demands both.
fn witnessed(root: &Path) -> Result<(World, Election, Codes)> {
    let world = World::witnessed(root, 2)?;
    let (election, codes) =
        world.open("witnessed", &format!("cosignatures = 2\n{BY_HAND}"), YES_NO, &voters(2))?;
    Ok((world, election, codes))
}

/// Waits until the receipt's line about witnesses is this.
async fn line(browser: &Browser, expected: &str) -> Result<()> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let line = browser.find("#witnesses").await?.text().await?;
        if line == expected {
            return Ok(());
        }
        ensure!(tokio::time::Instant::now() < deadline, "the receipt says {line:?}, not {expected:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What the receipt's file says of the witnesses: how many signatures are under the board's checkpoint, less its own.
async fn cosignatures_in_file(browser: &Browser) -> Result<usize> {
    browser
        .run(
            "window.__saved = null; const made = URL.createObjectURL; \
             URL.createObjectURL = (blob) => { blob.text().then((text) => { window.__saved = text; }); return made(blob); };",
        )
        .await?;
    browser.click("#receipt section.no-print .row button").await?;
    let deadline = tokio::time::Instant::now() + Duration::from_secs(40);
    let text = loop {
        if let Some(text) = browser.run("return window.__saved;").await?.as_str() {
            break text.to_owned();
        }
        ensure!(tokio::time::Instant::now() < deadline, "no file was saved");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let receipt: serde_json::Value = serde_json::from_str(&text)?;
    let note = receipt["receipt"]["board_checkpoint"].as_str().context("the board's checkpoint")?;
    Ok(note.lines().filter(|line| line.starts_with('—')).count().saturating_sub(1))
}

#[tokio::test(flavor = "multi_thread")]
async fn receipt_says_who_has_witnessed_it_and_waits_for_witnesses_that_are_away() -> Result<()> {
    let dir = TempDir::new()?;
    let root = dir.path().join("world");
    let (mut world, election, codes) = tokio::task::spawn_blocking(move || witnessed(&root)).await??;
    let page = at(world.url(), &election, "vote");
    let browser = Browser::start(PHONE).await?;
    let voter = Voter::new(&browser);
    let yes = [Choice::Options(vec![0])];
    let both = "Witnessed by witness.example/1, witness.example/2";

    voter.votes(&page, code(&codes, "voter-1")?, &yes).await?;
    line(&browser, both).await?;
    ensure!(cosignatures_in_file(&browser).await? == 2, "the saved receipt lacks a witness");
    browser.is_clean().await?;
    browser.is_accessible("a receipt that is witnessed").await?;
    voter.leave().await?;

    for place in 0..2 {
        world.kill_witness(place)?;
    }
    voter.votes(&page, code(&codes, "voter-2")?, &yes).await?;
    let later = "Your vote is cast all the same. This line changes by itself when witnesses sign.";
    let missing = |have: u8| format!("Not witnessed yet: {have} of 2 have signed\n{later}");
    line(&browser, &missing(0)).await?;
    browser.says("Your vote is cast").await?;
    ensure!(cosignatures_in_file(&browser).await? == 0, "signatures of witnesses that were away");
    browser.is_accessible("a receipt that waits for witnesses").await?;
    browser.fits("a receipt that waits for witnesses").await?;
    // it is found again, and waits on
    browser.driver().refresh().await?;
    line(&browser, &missing(0)).await?;

    world.restart_witness(0)?;
    line(&browser, &missing(1)).await?;
    world.restart_witness(1)?;
    line(&browser, both).await?;
    ensure!(cosignatures_in_file(&browser).await? == 2, "the receipt to save is still the first one");
    browser.emulate(DESK).await?;
    browser.fits("a receipt that is witnessed").await?;
    browser.is_clean().await?;
    browser.end().await
}
