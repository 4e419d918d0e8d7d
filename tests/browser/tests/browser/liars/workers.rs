//! Workers and pages of one device: all of them are shown one board, and one that dies is replaced.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tabella_browser_tests::browser::Browser;
use tabella_browser_tests::marked::Choice;
use tabella_tests::world::World;

use super::changed::{only, replaced};
use super::scene::{FORK, KEY, STOP, Scene};

const BOARD_CHECKPOINT: &str = "/v1/board/checkpoint";
/// How often a reader asks for the board's checkpoint while it connects.
const CONNECTING: usize = 3;
const GOOD: &str = "All checks passed";
const BAD: &str = "Something is wrong with the record";

/// From now on the browser lets no page keep anything.
async fn forget(browser: &Browser) -> Result<()> {
    let source = "Object.defineProperty(window, 'localStorage', \
        { get() { throw new DOMException('forbidden', 'SecurityError'); } });";
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await.map(drop)
}

/// The newest checkpoint of the election at the honest board.
async fn checkpoint(scene: &Scene) -> Result<String> {
    let address = format!("{}{}", scene.world.url(), scene.below("checkpoint"));
    Ok(reqwest::get(address).await?.error_for_status()?.text().await?)
}

/// Shows this checkpoint of the election from now on.
fn show(scene: &Scene, note: &str) {
    let path = scene.below("checkpoint");
    let body = replaced(note.as_bytes().to_vec());
    scene.liar.lie(only(move |question| question.path == path, body));
}

/// Shows the reader this board, and whoever comes after it the other one's log of the board or, with its elections,
/// the other board.
fn show_later(scene: &Scene, other: &World, prefix: &str) {
    scene.liar.repent();
    let (liar, other, prefix) = (scene.liar.clone(), other.url().to_owned(), prefix.to_owned());
    let mut asked = 0;
    scene.liar.lie(only(
        |question| question.path == BOARD_CHECKPOINT,
        move |_| {
            asked += 1;
            if asked == CONNECTING {
                liar.divert(&prefix, &other);
            }
        },
    ));
}

/// Goes to one of the election's pages by a link, without loading the app anew.
async fn visit(scene: &Scene, page: &str) -> Result<()> {
    let script = format!(
        "const link = document.createElement('a'); link.href = '/e/{}/{page}'; \
         document.querySelector('main').append(link); link.click(); return location.pathname;",
        scene.election.id
    );
    let came = scene.browser.run(&script).await?;
    ensure!(came == format!("/e/{}/{page}", scene.election.id), "the link leads to {came}");
    scene.browser.find("main h1").await.map(drop)
}

/// Entries of the election's log under a checkpoint.
fn size(note: &str) -> Result<u64> {
    note.lines().nth(1).and_then(|line| line.parse().ok()).with_context(|| note.to_owned())
}

/// Entries of the election's log under the checkpoint that the browser has stored.
async fn stored_size(scene: &Scene) -> Result<u64> {
    let view = scene.browser.run("return JSON.parse(localStorage.getItem('tabella.view'));").await?;
    let checkpoints = view["checkpoints"].as_object().context("checkpoints")?;
    let name = scene.election.id.to_string();
    let note = checkpoints.iter().find(|(origin, _)| origin.ends_with(&name)).map(|(_, note)| note);
    size(note.and_then(Value::as_str).context("no checkpoint of the election")?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verifier_is_not_shown_another_board_than_the_reader() -> Result<()> {
    let mut scene = Scene::begin().await?;
    scene.world.kill_board()?;
    let twin = scene.world.twin("twin")?;
    scene.world.restart_board()?;
    scene.cast_elsewhere(&scene.world, "voter-2")?;
    scene.cast_elsewhere(&twin, "voter-3")?;
    let other = World::new(&scene.path("other"))?;
    // nothing is known of an earlier visit, on any of these
    forget(&scene.browser).await?;
    let verify = scene.page("verify#start");
    scene.browser.open(&verify).await?;
    scene.says(&[GOOD]).await?;
    for (board, prefix, words) in [(&twin, "/v1/", FORK), (&other, "/v1/board", KEY)] {
        show_later(&scene, board, prefix);
        scene.browser.open(&verify).await?;
        scene.browser.find(".forged .notice.bad").await?;
        scene.says(&[BAD, STOP, words]).await?;
        ensure!(!scene.browser.text().await?.contains(GOOD), "it is believed all the same");
        // nor is such a record handed out
        show_later(&scene, board, prefix);
        scene.browser.open(&scene.page("board")).await?;
        scene.browser.press("Download the record").await?;
        scene.says(&[STOP, words]).await?;
    }
    scene.liar.repent();
    scene.browser.open(&verify).await?;
    scene.says(&[GOOD]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_verification_saw_binds_the_board_from_then_on() -> Result<()> {
    let scene = Scene::begin().await?;
    let old = checkpoint(&scene).await?;
    scene.cast_elsewhere(&scene.world, "voter-2")?;
    // the verifier alone looks at the election's log
    scene.browser.open(&scene.page("verify#start")).await?;
    scene.says(&[GOOD]).await?;
    show(&scene, &old);
    // on the same visit, and on the next
    visit(&scene, "board").await?;
    scene.says(&[STOP, FORK]).await?;
    scene.is_stopped("voter-1", &[STOP, FORK]).await?;
    scene.liar.repent();
    scene.seals("voter-1").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_opened_early_does_not_write_over_what_a_later_one_saw() -> Result<()> {
    let scene = Scene::begin().await?;
    let driver = scene.browser.driver();
    let early = driver.window().await?;
    scene.browser.open(&scene.page("")).await?;
    scene.browser.find(".board-line .good").await?;
    scene.cast_elsewhere(&scene.world, "voter-2")?;
    let without = checkpoint(&scene).await?;

    let late = driver.new_tab().await?;
    driver.switch_to_window(late).await?;
    scene.sends("voter-1").await?;
    scene.browser.find("#receipt").await?;
    let with = stored_size(&scene).await?;
    ensure!(with > size(&without)?, "the ballot is not under the stored checkpoint");

    // more than the early page has seen, yet without the ballot
    show(&scene, &without);
    driver.switch_to_window(early).await?;
    visit(&scene, "board").await?;
    scene.says(&[STOP, FORK]).await?;
    ensure!(stored_size(&scene).await? == with, "what the later page saw is forgotten");
    scene.is_stopped("voter-3", &[STOP, FORK]).await?;
    scene.liar.repent();
    scene.seals("voter-3").await
}

/// Lets every worker die of an error, as the browser tells of a trap; so many must have lived.
async fn die(browser: &Browser, lived: usize) -> Result<()> {
    for _ in 0..200 {
        if browser.run("return __workers.length;").await? == lived {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // what is no message is an error in a worker
    let dead = browser
        .run_async(
            "const done = arguments[arguments.length - 1]; const all = __workers.splice(0); let left = all.length; \
             all.forEach((worker) => { \
                 worker.addEventListener('error', (event) => { \
                     event.preventDefault(); worker.terminate(); if (--left === 0) done(all.length); }); \
                 worker.postMessage(null); });",
        )
        .await?;
    ensure!(dead == lived, "{dead} workers died");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_die_are_replaced_and_the_voter_votes_on() -> Result<()> {
    let scene = Scene::begin().await?;
    let source = "window.__workers = []; window.Worker = class extends Worker { \
        constructor(...given) { super(...given); __workers.push(this); } };";
    scene.browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await?;
    scene.browser.open(&format!("{}#code={}", scene.page("vote"), scene.code("voter-1")?)).await?;
    scene.browser.find("#code-here").await?;
    scene.browser.find(".board-line .good").await?;
    // the reader
    die(&scene.browser, 1).await?;
    scene.voter().go_on().await?;
    scene.voter().fill(&[Choice::Options(vec![0])]).await?;
    // another reader, and the prover
    die(&scene.browser, 2).await?;
    scene.voter().seal().await?;
    scene.browser.click("#cast").await?;
    scene.browser.find("#receipt").await?;
    ensure!(scene.liar.posts() == 1, "the ballot was posted {} times", scene.liar.posts());
    Ok(())
}
