//! Lies to whoever looks a ballot up, reads the results, or verifies the record.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tabella_board_core::entry::Entry;
use tabella_browser_tests::liar::{Answer, Question};
use thirtyfour::prelude::*;

use super::changed::{JsonChange, json, only, other_entry};
use super::scene::{ANSWER, ENTRIES, STOP, Scene};

const FOUND: &str = "Your ballot is on the public record";

/// Whether the question is where a ballot stands.
fn is_place(question: &Question) -> bool {
    question.path.contains("/ballots/")
}

/// A ballot cast, and one tested: their tracking codes. The receipt of the first is in `receipt.json`.
fn two_ballots(scene: &Scene) -> Result<(String, String)> {
    let receipt = scene.path("receipt.json");
    let vote = |voter, more: &[&str]| -> Result<String> {
        let finished = scene.world.cast(&scene.election, scene.code(voter)?, &["1=Yes"], more)?;
        finished.says(&[])?;
        let words = finished.stdout.split_whitespace().map(|word| word.trim_end_matches('.'));
        let mut hex = words.filter(|word| word.len() == 64 && word.chars().all(|c| c.is_ascii_hexdigit()));
        hex.next().map(str::to_owned).with_context(|| finished.text())
    };
    let opening = scene.path("opening.json");
    let cast = vote("voter-1", &["--receipt", receipt.to_str().context("a path")?])?;
    let tested = vote("voter-2", &["--test", "--opening", opening.to_str().context("a path")?])?;
    Ok((cast, tested))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_that_points_elsewhere_is_not_believed() -> Result<()> {
    let scene = Scene::begin().await?;
    let (cast, tested) = two_ballots(&scene)?;
    let (cast, tested) = (scene.page(&format!("track#{cast}")), scene.page(&format!("track#{tested}")));
    scene.browser.open(&cast).await?;
    scene.says(&[FOUND]).await?;
    scene.browser.open(&tested).await?;
    scene.says(&["This is a test ballot: it never counts"]).await?;

    let lies: [(JsonChange, &str); 2] = [
        (|place| place["index"] = (place["index"].as_u64().expect("an index") - 1).into(), ANSWER),
        (|place| place["index"] = 1000.into(), ENTRIES),
    ];
    for (lie, words) in lies {
        scene.liar.lie(only(is_place, json(lie)));
        scene.browser.open(&cast).await?;
        scene.says(&[STOP, words]).await?;
        ensure!(!scene.browser.text().await?.contains(FOUND), "it is found all the same");
    }
    // what was done with a ballot is read from its entry, whatever the board says of it
    let turn = |place: &mut Value| {
        place["disposition"] = if place["disposition"] == "cast" { "challenge" } else { "cast" }.into();
    };
    scene.liar.lie(only(is_place, json(turn)));
    scene.browser.open(&cast).await?;
    scene.says(&[FOUND]).await?;
    scene.browser.open(&tested).await?;
    scene.says(&["This is a test ballot: it never counts"]).await?;
    ensure!(!scene.browser.text().await?.contains(FOUND), "a test became a vote");

    // a ballot that is said to have taken its place must be on the record
    let is_credential = |question: &Question| question.path.contains("/credentials/");
    let replace = |status: &mut Value| status["last"] = "ab".repeat(32).into();
    scene.liar.lie(only(is_credential, json(replace)));
    scene.browser.open(&cast).await?;
    scene.says(&[STOP, ANSWER]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ballot_that_is_denied_is_shown_by_its_receipt() -> Result<()> {
    let scene = Scene::begin().await?;
    let (cast, _) = two_ballots(&scene)?;
    scene.browser.open(&scene.page(&format!("track#{cast}"))).await?;
    scene.says(&[FOUND]).await?;
    let other = scene.below(&format!("ballots/{}", "ab".repeat(32)));
    let denial = reqwest::get(format!("{}{other}", scene.world.url())).await?;
    let (status, body) = (denial.status(), denial.bytes().await?.to_vec());
    ensure!(status == 404, "{status}");
    scene.liar.lie(only(is_place, move |answer: &mut Answer| {
        *answer = Answer { status, body: body.clone() };
    }));
    scene.browser.open(&scene.page(&format!("track#{cast}"))).await?;
    scene.says(&["There is no ballot with this tracking code", "check it below"]).await?;
    let file = scene.path("receipt.json");
    let field = scene.browser.driver().find(By::Css("#receipt-file")).await?;
    field.send_keys(file.to_str().context("a path")?).await?;
    scene
        .says(&["The receipt is genuine, yet the board does not show this ballot", "This is evidence."])
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_whose_entries_are_changed_fails_in_red() -> Result<()> {
    let scene = Scene::begin().await?;
    two_ballots(&scene)?;
    let verify = scene.page("verify#start");
    scene.browser.open(&verify).await?;
    scene.says(&["All checks passed so far"]).await?;
    ensure!(!scene.browser.has("main a[href$='/results']").await?, "results are offered before the count");
    for log in ["/v1/board/".to_owned(), scene.below("")] {
        let is_board = log.starts_with("/v1/board");
        let change = move |answer: &mut Answer| match is_board {
            true => *answer.body.last_mut().expect("entries") ^= 1,
            false => other_entry(&mut answer.body, |entry| matches!(entry, Entry::Cast(_))),
        };
        let prefix = format!("{log}tile/entries/");
        scene.liar.lie(only(move |question| question.path.starts_with(&prefix), change));
        scene.browser.open(&verify).await?;
        scene.browser.find(".forged .notice.bad").await?;
        scene.says(&["Something is wrong with the record", STOP, ENTRIES]).await?;
        ensure!(!scene.browser.text().await?.contains("All checks passed"), "it holds all the same");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_that_are_not_those_of_the_record_are_flagged_once_this_device_has_counted() -> Result<()> {
    let scene = Scene::begin().await?;
    for voter in ["voter-1", "voter-2", "voter-3"] {
        scene.cast_elsewhere(&scene.world, voter)?;
    }
    scene.world.administrator(&scene.election, "close")?;
    scene.world.tally(&scene.election, &scene.election.trustees[..2])?;
    let verify = scene.page("verify#start");
    let results = format!("main a[href='/e/{}/results']", scene.election.id);
    scene.browser.open(&verify).await?;
    scene.says(&["All checks passed", "This device made every check itself."]).await?;
    scene.browser.click(&results).await?;
    scene
        .says(&["This device has checked every ballot and the whole count, and found these very figures."])
        .await?;

    let path = scene.below("totals");
    scene.liar.lie(only(
        move |question| question.path == path,
        json(|totals| {
            let votes = totals["contests"][0]["totals"].as_array_mut().expect("totals");
            votes.swap(0, 1);
        }),
    ));
    // before it has counted, the figures are marked as the server's
    scene.browser.open(&scene.page("results")).await?;
    scene.browser.find("main .badge.said").await?;
    scene.says(&["These figures come from the server. You need not believe them"]).await?;
    ensure!(!scene.browser.has("main .badge.checked").await?, "a lie is marked as checked");
    // the record itself is true
    scene.browser.open(&verify).await?;
    scene.says(&["All checks passed", "This device made every check itself."]).await?;
    scene.browser.click(&results).await?;
    scene
        .says(&[
            "Stop: the server now tells other figures than the record that this device checked",
            "Below stand the figures that this device found itself.",
        ])
        .await
}
