//! Lies about the record: its signatures, its history, its key, its entries.

use anyhow::{Result, ensure};
use tabella_board_core::entry::Entry;
use tabella_browser_tests::browser::{Look, PHONE};
use tabella_browser_tests::liar::Answer;
use tabella_tests::world::World;

use super::changed::{only, other_entry, other_signature, replaced};
use super::scene::{CHECKPOINT, ELECTION, ENTRIES, FORK, KEY, STOP, Scene};

const BOARD_CHECKPOINT: &str = "/v1/board/checkpoint";

/// The checkpoints that the board shows now, with their paths.
async fn checkpoints(scene: &Scene) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for path in [BOARD_CHECKPOINT.to_owned(), scene.below("checkpoint")] {
        let note =
            reqwest::get(format!("{}{path}", scene.world.url())).await?.error_for_status()?.text().await?;
        found.push((path, note));
    }
    Ok(found)
}

/// Shows this at a path, whatever the board says.
fn show(scene: &Scene, path: String, body: String) {
    scene.liar.lie(only(move |question| question.path == path, replaced(body.into_bytes())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_the_board_did_not_sign_stops_the_vote() -> Result<()> {
    let scene = Scene::begin().await?;
    scene.seals("voter-1").await?;
    for (path, note) in checkpoints(&scene).await? {
        let forged = other_signature(&note);
        ensure!(forged != note, "the liar is honest");
        show(&scene, path, forged);
        scene.is_stopped("voter-1", &[STOP, CHECKPOINT]).await?;
    }
    scene.liar.repent();
    scene.seals("voter-1").await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_checkpoint_than_this_device_has_seen_stops_the_vote() -> Result<()> {
    let scene = Scene::begin().await?;
    let old = checkpoints(&scene).await?;
    scene.cast_elsewhere(&scene.world, "voter-2")?;
    scene.seals("voter-1").await?;
    for (path, note) in old {
        show(&scene, path, note);
        scene.is_stopped("voter-1", &[STOP, FORK]).await?;
    }
    scene.liar.repent();
    scene.seals("voter-1").await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_checkpoint_stops_the_vote_in_chinese_words() -> Result<()> {
    let scene = Scene::seen(Look { language: "zh-CN", ..PHONE }).await?;
    let old = checkpoints(&scene).await?;
    scene.cast_elsewhere(&scene.world, "voter-2")?;
    scene.seals("voter-1").await?;
    let words = [
        "请停止：此公告板不可信",
        "它显示的历史与以前不同：公开记录中的内容被撤回或更改。",
        "您的选票尚未投出",
    ];
    for (path, note) in old {
        show(&scene, path, note);
        scene.is_stopped("voter-1", &words).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_history_under_the_same_key_stops_the_vote_and_the_verification() -> Result<()> {
    let mut scene = Scene::begin().await?;
    scene.world.kill_board()?;
    let twin = scene.world.twin("twin")?;
    scene.world.restart_board()?;
    scene.cast_elsewhere(&scene.world, "voter-2")?;
    scene.seals("voter-1").await?;
    // as long as the log that was seen, then longer
    for voter in ["voter-3", "voter-4"] {
        scene.cast_elsewhere(&twin, voter)?;
        scene.liar.move_to(twin.url());
        scene.is_stopped("voter-1", &[STOP, FORK]).await?;
        scene.browser.open(&scene.page("verify#start")).await?;
        scene.says(&["Something is wrong with the record", STOP, FORK]).await?;
        scene.liar.move_to(scene.world.url());
    }
    scene.browser.open(&scene.page("verify#start")).await?;
    scene.says(&["All checks passed so far"]).await?;
    scene.seals("voter-1").await
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_behind_the_same_address_is_told_on_every_page() -> Result<()> {
    let scene = Scene::begin().await?;
    let other = World::new(&scene.path("other"))?;
    scene.seals("voter-1").await?;
    // the whole board is another
    scene.liar.move_to(other.url());
    for page in [format!("{}/", scene.liar.url), format!("{}/board", scene.liar.url), scene.page("vote")] {
        scene.browser.open(&page).await?;
        scene.says(&[STOP, KEY]).await?;
        ensure!(!scene.browser.has("#code-1").await?, "{page} asks for a code");
        scene.browser.is_accessible(&page).await?;
    }
    // only its log is: all that the page reads of the election is as it was
    scene.liar.move_to(scene.world.url());
    scene.liar.divert("/v1/board", other.url());
    scene.is_stopped("voter-1", &[STOP, KEY]).await?;
    scene.liar.repent();
    scene.seals("voter-1").await
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_are_not_those_of_the_log_stop_the_vote() -> Result<()> {
    let scene = Scene::begin().await?;
    scene.seals("voter-1").await?;
    let meant: [fn(&Entry) -> bool; 3] = [
        |entry| matches!(entry, Entry::Roll(_)),
        |entry| matches!(entry, Entry::Trustee(_)),
        |entry| matches!(entry, Entry::Open(_)),
    ];
    for is_meant in meant {
        let prefix = scene.below("tile/entries/");
        let change = move |answer: &mut Answer| other_entry(&mut answer.body, is_meant);
        scene.liar.lie(only(move |question| question.path.starts_with(&prefix), change));
        scene.is_stopped("voter-1", &[STOP, ENTRIES]).await?;
    }
    scene.liar.repent();
    scene.seals("voter-1").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_with_one_other_byte_is_no_election() -> Result<()> {
    let scene = Scene::begin().await?;
    scene.seals("voter-1").await?;
    let path = scene.below("manifest");
    scene.liar.lie(only(
        move |question| question.path == path,
        |answer| {
            let place = answer.body.windows(3).position(|bytes| bytes == b"Yes").expect("an option");
            answer.body[place] = b'y';
        },
    ));
    let code = scene.code("voter-1")?;
    scene.browser.open(&format!("{}#code={code}", scene.page("vote"))).await?;
    scene.refuses(&[STOP, ELECTION]).await?;
    ensure!(!scene.browser.has("#code-1").await?, "it asks for a code");
    for page in ["", "results"] {
        scene.browser.open(&scene.page(page)).await?;
        scene.says(&[STOP, ELECTION]).await?;
    }
    ensure!(scene.liar.posts() == 0, "something was posted");
    scene.liar.repent();
    scene.seals("voter-1").await
}
