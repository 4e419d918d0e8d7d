//! Lies to a voter: about the receipt, and about what stands under the code.

use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tabella_browser_tests::liar::Question;

use super::changed::{JsonChange, json, only, other_digit, other_signature, replaced};
use super::scene::{ANSWER, CHECKPOINT, RECEIPT, STOP, Scene};

/// What the page says beside, where a ballot was answered by a forgery.
const NOT_CAST: &str = "Stop: treat your vote as not cast";

/// The voter sends the ballot, the answer is refused, and nothing more is sent.
async fn is_not_cast(scene: &Scene, voter: &str, words: &str) -> Result<()> {
    let before = scene.liar.posts();
    scene.sends(voter).await?;
    scene.browser.find("#stop").await?;
    scene.refuses(&[NOT_CAST, STOP, words]).await?;
    ensure!(!scene.browser.has("#give-up").await?, "it leads on from a forgery");
    ensure!(scene.liar.posts() == before + 1, "{} posts", scene.liar.posts() - before);
    Ok(())
}

/// The voter sends the ballot and gets the receipt.
async fn is_cast(scene: &Scene, voter: &str) -> Result<()> {
    let before = scene.liar.posts();
    scene.sends(voter).await?;
    scene.browser.find("#receipt").await?;
    scene.says(&["Your vote is cast"]).await?;
    ensure!(scene.liar.posts() == before + 1, "{} posts", scene.liar.posts() - before);
    Ok(())
}

fn sign_anew(note: &mut Value) {
    *note = other_signature(note.as_str().expect("a note")).into();
}

fn count_on(index: &mut Value) {
    *index = (index.as_u64().expect("an index") + 1).into();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_does_not_show_the_ballot_is_none() -> Result<()> {
    let scene = Scene::begin().await?;
    is_cast(&scene, "voter-1").await?;
    let lies: [(JsonChange, &str); 7] = [
        (|receipt| other_digit(&mut receipt["path"][0]), RECEIPT),
        (|receipt| receipt["path"] = json!([]), RECEIPT),
        (|receipt| count_on(&mut receipt["index"]), RECEIPT),
        (|receipt| other_digit(&mut receipt["anchor_path"][0]), RECEIPT),
        (|receipt| count_on(&mut receipt["anchor_index"]), RECEIPT),
        (|receipt| sign_anew(&mut receipt["checkpoint"]), CHECKPOINT),
        (|receipt| sign_anew(&mut receipt["board_checkpoint"]), CHECKPOINT),
    ];
    for ((lie, words), voter) in lies.into_iter().zip(2..) {
        let voter = format!("voter-{voter}");
        scene.liar.lie(only(Question::is_post, json(lie)));
        is_not_cast(&scene, &voter, words).await?;
        // asked later, the honest board proves that it did record the ballot
        scene.liar.repent();
        let posts = scene.liar.posts();
        scene.browser.open(&scene.page("vote")).await?;
        scene.browser.click("#resume").await?;
        scene.browser.find("#receipt").await?;
        scene.says(&["Your vote is cast"]).await?;
        ensure!(scene.liar.posts() == posts, "it was posted a second time");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_is_forged_again_after_a_reload_is_none_either() -> Result<()> {
    let scene = Scene::begin().await?;
    is_cast(&scene, "voter-1").await?;
    let is_receipt = |question: &Question| question.is_post() || question.path.contains("/receipts/");
    scene.liar.lie(only(is_receipt, json(|receipt| other_digit(&mut receipt["path"][0]))));
    is_not_cast(&scene, "voter-2", RECEIPT).await?;
    let posts = scene.liar.posts();
    scene.browser.open(&scene.page("vote")).await?;
    scene.browser.click("#resume").await?;
    scene.browser.find("#stop").await?;
    scene.refuses(&[NOT_CAST, STOP, RECEIPT]).await?;
    ensure!(scene.liar.posts() == posts, "it was posted a second time");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_receipt_of_another_ballot_is_none() -> Result<()> {
    let scene = Scene::begin().await?;
    let first = Arc::new(Mutex::new(None::<Vec<u8>>));
    let heard = Arc::clone(&first);
    scene.liar.lie(only(Question::is_post, move |answer| {
        heard.lock().expect("no thread panicked").get_or_insert_with(|| answer.body.clone());
    }));
    is_cast(&scene, "voter-1").await?;
    let receipt = first.lock().expect("no thread panicked").clone().context("a receipt was heard")?;
    scene.liar.lie(only(Question::is_post, replaced(receipt)));
    // another voter's, and the same voter's own of before
    is_not_cast(&scene, "voter-2", RECEIPT).await?;
    scene.browser.run("sessionStorage.clear(); return 0;").await?;
    is_not_cast(&scene, "voter-1", RECEIPT).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_ballot_that_never_was_leads_to_no_vote() -> Result<()> {
    let scene = Scene::begin().await?;
    is_cast(&scene, "voter-1").await?;
    let is_credential = |question: &Question| question.path.contains("/credentials/");
    let lie = |change: JsonChange| scene.liar.lie(only(is_credential, json(change)));

    // counter and code contradict each other
    lie(|status| status["cast"] = 1.into());
    scene.is_stopped("voter-2", &[STOP, ANSWER]).await?;
    lie(|status| status["last"] = "ab".repeat(32).into());
    scene.is_stopped("voter-2", &[STOP, ANSWER]).await?;
    // as many ballots as the election allows: the page tells, and nothing is sealed
    lie(|status| {
        status["cast"] = 999.into();
        status["last"] = "ab".repeat(32).into();
    });
    scene.is_stopped("voter-2", &["You have cast all your ballots"]).await?;

    // told that a ballot stands, the voter seals one that replaces it: the board does not take it
    let name_another = |status: &mut Value| {
        status["cast"] = 1.into();
        status["last"] = "ab".repeat(32).into();
    };
    lie(name_another);
    scene.sends("voter-2").await?;
    scene.browser.find("#give-up").await?;
    scene.refuses(&["The board did not take this ballot", "The board refuses"]).await?;

    // and as soon as the truth is told, the vote can be cast
    scene.liar.repent();
    scene.browser.click("#give-up").await?;
    scene.voter().seal().await?;
    scene.voter().cast().await?;
    scene.says(&["Your vote is cast"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_earlier_ballot_leads_to_no_vote() -> Result<()> {
    let scene = Scene::begin().await?;
    is_cast(&scene, "voter-1").await?;
    let is_credential = |question: &Question| question.path.contains("/credentials/");
    scene.liar.lie(only(
        is_credential,
        json(|status| {
            status["cast"] = 0.into();
            status["last"] = Value::Null;
            status["ballots"] = json!([]);
        }),
    ));
    scene.sends("voter-1").await?;
    scene.browser.find("#give-up").await?;
    scene.refuses(&["The board did not take this ballot", "The board refuses"]).await
}
