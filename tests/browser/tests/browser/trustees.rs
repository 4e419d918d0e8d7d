//! Trustees at the page: a key made, saved and loaded again; a ceremony with others who use the program; a tally that
//! waits for a fingerprint to be compared. Nothing secret stays in the browser.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use tabella_browser_tests::browser::{Browser, DESK};
use tabella_browser_tests::trustee::{Trustee, has_shares};
use tabella_tests::process::{PASSPHRASE, Running};
use tabella_tests::small::{BY_HAND, YES_NO, code, read_codes, voters};
use tabella_tests::world::{Election, World};

/// How long the other trustees may take.
const WITHIN: Duration = Duration::from_secs(120);

/// A key that was made at the page.
struct Made {
    file: PathBuf,
    passphrase: String,
    fingerprint: String,
    words: Vec<String>,
}

impl Made {
    /// Nothing of this may be found anywhere in the browser: two of the words in a row are no accident.
    fn secrets(&self) -> Vec<String> {
        let pairs = self.words.windows(2);
        let kept = pairs.flat_map(|pair| [" ", "\",\"", ","].map(|between| pair.join(between)));
        // the first line of every key file
        kept.chain([self.passphrase.clone(), "age-encryption".to_owned()]).collect()
    }
}

/// Makes a key at the page, with every slip on the way.
async fn make(trustee: Trustee<'_>, url: &str, folder: &Path, others: &Path) -> Result<Made> {
    let browser = trustee.browser;
    browser.saves_into(folder).await?;
    browser.open(&format!("{url}/how")).await?;
    browser.press("You are a trustee? Make your key").await?;
    browser.find("#make-key").await?;
    browser.click("#make-key").await?;
    browser.says("Type your name.").await?;
    browser.type_into("#key-name", "Ada Lindqvist").await?;
    trustee.types_passphrases("password", "password").await?;
    browser.says("many people use one like it").await?;
    browser.click("#make-key").await?;
    browser.find("#new-passphrase-problem").await?;
    trustee.looks_at("key-weak").await?;
    trustee.types_passphrases("mossy lantern drifts slowly", "mossy lantern").await?;
    browser.click("#make-key").await?;
    browser.says("These are two different ones").await?;
    let passphrase = trustee.takes_suggestion().await?;
    browser.says("Strength: strong.").await?;
    trustee.looks_at("key-make").await?;
    browser.click("#make-key").await?;
    browser.find("#save-key").await?;
    trustee.looks_at("key-save").await?;
    browser.click("#save-key").await?;
    let file = browser.downloaded(folder, "age", 1).await?;
    ensure!(file.ends_with("tabella-key-ada-lindqvist.age"), "{}", file.display());

    // it counts only once it was read back
    trustee.loads(others, PASSPHRASE).await?;
    browser.says("another key than the one that was just made").await?;
    trustee.loads(&file, "wrong").await?;
    browser.says("This passphrase does not open the key").await?;
    ensure!(!browser.has("#fingerprint").await?, "a key that was not read back counts");
    trustee.looks_at("key-load").await?;
    trustee.loads(&file, &passphrase).await?;
    let fingerprint = trustee.digits("#fingerprint").await?;
    trustee.looks_at("key-send").await?;

    browser.click("#show-paper").await?;
    browser.find("#paper svg.qr").await?;
    let words =
        browser.run("return [...document.querySelectorAll('#paper ol li')].map((word) => word.textContent);");
    let words: Vec<String> = serde_json::from_value(words.await?)?;
    ensure!(words.len() == 24 && trustee.digits("#paper").await? == fingerprint, "{words:?}");
    trustee.looks_at("key-paper").await?;
    trustee.prints_alone("#paper", "key-paper.print").await?;
    browser.click("#hide-paper").await?;
    ensure!(!browser.has("#paper").await?, "the words stay on the page");
    let made = Made { file, passphrase, fingerprint, words };
    trustee.keeps_none_of(&made.secrets()).await?;
    Ok(made)
}

/// Brings the same key back from its paper; gives the new file and its passphrase.
async fn restore(trustee: Trustee<'_>, url: &str, folder: &Path, made: &Made) -> Result<()> {
    let browser = trustee.browser;
    browser.open(&format!("{url}/trustee")).await?;
    browser.click("label:has(> #source-paper)").await?;
    browser.type_into("#key-name", "Ada").await?;
    let passphrase = trustee.takes_suggestion().await?;
    let mut mistyped = made.words.clone();
    mistyped[6].push_str("qx");
    browser.type_into("#paper-words", &mistyped.join(" ")).await?;
    browser.click("#make-key").await?;
    browser.says("Word 7, “").await?;
    browser.find("#paper-words").await?.clear().await?;
    browser.type_into("#paper-words", &made.words[..23].join("\n")).await?;
    browser.click("#make-key").await?;
    browser.says("here are 23").await?;
    trustee.looks_at("key-restore").await?;
    browser.type_into("#paper-words", &format!("\n{}", made.words[23].to_uppercase())).await?;
    browser.click("#make-key").await?;
    browser.click("#save-key").await?;
    let file = browser.downloaded(folder, "age", 2).await?;
    trustee.loads(&file, &passphrase).await?;
    ensure!(trustee.digits("#fingerprint").await? == made.fingerprint, "another key came back");
    browser.says("compare the digits with the paper").await?;
    trustee.keeps_none_of(&made.secrets()).await
}

/// An election of the key that was made at the page and of two that the program made.
fn election(world: &World, made: &Made, others: &[(PathBuf, String)]) -> Result<Election> {
    let own = (made.file.clone(), made.fingerprint.clone());
    let trustees = [&[own][..], others].concat();
    let manifest = world.small_manifest("in-the-browser", BY_HAND, YES_NO, &trustees)?;
    let manifest = manifest.replacen("\"Trustee 1\"", "\"Ada Lindqvist\"", 1).replacen(
        "\"Trustee 3\"",
        "\"陈静 Chen Jing\"",
        1,
    );
    let manifest = manifest.replacen(
        "title = \"in-the-browser\"",
        "title = { en = \"Mill Village council, 2026\", zh-Hans = \"磨坊村村民理事会选举（2026 年）\" }",
        1,
    );
    let folders: Vec<PathBuf> = trustees.into_iter().map(|(folder, _)| folder).collect();
    world.create("in-the-browser", &manifest, &folders)
}

/// What the board says of the election.
fn status(world: &World, election: &Election) -> Result<Value> {
    world.status(election)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trustee_at_the_page_makes_the_key_and_opens_the_sum_with_others_at_the_terminal() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let others = world.trustees(&["second", "third", "stranger"])?;
    let stranger = others[2].0.join("key.age");
    let downloads = place.path().join("downloads");
    std::fs::create_dir(&downloads)?;
    let browser = Browser::start(DESK).await?;
    let trustee = Trustee::new(&browser);

    // a key, which is none before it was read back; and the same from its paper
    let made = make(trustee, world.url(), &downloads, &others[0].0.join("key.age")).await?;
    restore(trustee, world.url(), &downloads, &made).await?;
    let election = election(&world, &made, &others[..2])?;
    let page = format!("{}/e/{}/trustees", world.url(), election.id);
    ensure!(election.invitation.starts_with(&page), "{}", election.invitation);

    // everybody sees who is waited for; a cut invitation, and one to another board, open nothing
    browser.open(&format!("{}/e/{}", world.url(), election.id)).await?;
    browser.press("Who has done what, round by round").await?;
    browser.says("Key ceremony, round 1 of 6: registration of the keys").await?;
    browser
        .says("Waiting for 1 Ada Lindqvist, 2 Trustee 2, 3 陈静 Chen Jing: registration of the keys.")
        .await?;
    browser.says("Any 2 of the 3 trustees can open the result together").await?;
    browser.find("section[aria-labelledby=stand] .badge.checked").await?;
    ensure!(trustee.marks(1).await? == ["waited for", "later", "later", "later", "later", "later"]);
    let cut = &election.invitation[..election.invitation.len() - 1];
    browser.open(cut).await?;
    browser.says("This link is not complete").await?;
    ensure!(!browser.has("#key-file").await?, "a key is asked for behind a cut link");
    browser.open(&format!("{page}#key={}", "0f".repeat(32))).await?;
    browser.says("this is not the board of your invitation").await?;
    ensure!(!browser.has("#key-file").await?, "a key is asked for by another board");
    trustee.looks_at("other-board").await?;

    // a wrong passphrase, a file that is no key, another election's trustee
    browser.open(&election.invitation).await?;
    trustee.loads(&made.file, "wrong").await?;
    browser.says("This passphrase does not open the key").await?;
    let nothing = place.path().join("nothing.age");
    std::fs::write(&nothing, "nothing")?;
    trustee.loads(&nothing, "wrong").await?;
    browser.says("This is no key file, or it is damaged").await?;
    trustee.looks_at("wrong-file").await?;
    trustee.loads(&stranger, PASSPHRASE).await?;
    trustee.comes_to("#stranger").await?;
    browser.says("not one of this election’s trustees").await?;
    trustee.looks_at("stranger").await?;
    browser.click("#lock").await?;
    browser.find("#key-file").await?;

    // the ceremony: one click, then it waits for the others
    trustee.loads(&made.file, &made.passphrase).await?;
    browser.find("#begin").await?;
    browser.says("Your turn: registration of the keys.").await?;
    trustee.looks_at("begin").await?;
    ensure!(
        status(&world, &election)?["ceremony"]["trustees"][0]["registered"] == false,
        "done without a click"
    );
    browser.click("#begin").await?;
    browser.says("On the public record: registration of the keys").await?;
    trustee.comes_to("#waiting").await?;
    trustee.looks_at("waiting").await?;
    trustee.keeps_none_of(&made.secrets()).await?;

    // the page is loaded again in the middle: with the file it goes on by itself
    let run = |folder: &Path| world.trustee_run(&election, "ceremony", folder, &["--wait"]);
    let spawn = |place_: usize| -> Result<Running> {
        let log = place.path().join(format!("other-{place_}"));
        Running::spawn("tabella-trustee", &run(&others[place_].0), &log)
    };
    let mut second = spawn(0)?;
    browser.driver().refresh().await?;
    browser.find("#key-file").await?;
    trustee.loads(&made.file, &made.passphrase).await?;
    browser.find("#waiting").await?;
    ensure!(!browser.has("#begin").await?, "it asks again after a reload");
    let mut third = spawn(1)?;
    browser.says("On the public record: commitments").await?;
    browser.driver().refresh().await?;
    browser.find("#key-file").await?;
    trustee.loads(&made.file, &made.passphrase).await?;
    browser.says("Your part is done for now").await?;
    for other in [&mut second, &mut third] {
        ensure!(other.wait(WITHIN)?.success(), "the others did not come to the end");
    }
    browser.says("Your share of the election’s key was made from your key, checked, and works").await?;
    for number in 1..=3 {
        ensure!(trustee.marks(number).await? == ["done"; 6], "trustee {number}");
    }
    trustee.looks_at("ceremony-done").await?;
    assert_eq!(status(&world, &election)?["ceremony"]["attempt"], 0);

    // three ballots
    let codes = read_codes(&world.roll(&election, &voters(3))?)?;
    world.administrator(&election, "open")?;
    for voter in codes.keys() {
        world.cast(&election, code(&codes, voter)?, &["Yes"], &[])?.says(&["Your vote is cast"])?;
    }
    world.administrator(&election, "close")?;

    // the tally: stated after a click, decrypted after the fingerprint was compared with what the program of another shows
    trustee.comes_to("#begin").await?;
    browser.says("Voting is closed").await?;
    trustee.looks_at("tally-begin").await?;
    ensure!(status(&world, &election)?["tally"]["trustees"][0]["stated"] == false, "stated without a click");
    browser.click("#begin").await?;
    let other = world.trustee(&election, "tally", &others[0].0, &[])?.line("fingerprint")?;
    trustee.comes_to("#first-group").await?;
    let shown = trustee.digits("#compare").await?;
    let read: String = other.split_whitespace().collect();
    ensure!(read.starts_with(&shown[..4]), "the page shows {shown}, the program {other}");
    trustee.looks_at("compare").await?;
    let wrong = if shown.starts_with("0000") { "1111" } else { "0000" };
    browser.type_into("#first-group", wrong).await?;
    browser.click("#compare-next").await?;
    browser.says("Nothing was decrypted").await?;
    trustee.looks_at("differs").await?;
    // longer than the longest rest
    tokio::time::sleep(Duration::from_secs(6)).await;
    let is_untouched = || -> Result<bool> {
        let status = status(&world, &election)?;
        Ok(!has_shares(&status, 1) && status["tally"]["trustees"][0]["stated"] == false)
    };
    ensure!(is_untouched()?, "it went on though the fingerprint was not confirmed");
    browser.click("#resume").await?;
    browser.type_into("#first-group", &read[..4].to_uppercase()).await?;
    browser.click("#compare-next").await?;
    browser.click("#decrypt").await?;
    browser.says("Compare all sixteen groups, then tick this.").await?;
    ensure!(is_untouched()?, "it went on without a tick");
    browser.click("label:has(> #all-groups)").await?;
    trustee.looks_at("confirm").await?;
    browser.click("#decrypt").await?;
    browser.says("On the public record: statement").await?;
    // that comparison let the key serve this view; without witnesses and a quorum, decrypting asks for one of its own
    browser.says("no witness cosigned the closing").await?;
    ensure!(
        !has_shares(&status(&world, &election)?, 1),
        "it decrypted without a quorum or a second comparison"
    );
    trustee.looks_at("compare-again").await?;
    browser.type_into("#first-group", &read[..4]).await?;
    browser.click("#compare-next").await?;
    browser.click("label:has(> #all-groups)").await?;
    browser.click("#decrypt").await?;
    browser.says("On the public record: decryption shares").await?;

    // everybody sees it, by the board's word
    let visitor = Browser::start(DESK).await?;
    let other_trustee = Trustee::new(&visitor);
    visitor.open(&page).await?;
    visitor.says("Opening the sum, after the voting").await?;
    visitor.find("section[aria-labelledby=stand] .badge.said").await?;
    other_trustee.looks_at("tally-public").await?;

    let confirmed = ["--wait", "--confirm-fingerprint", &other];
    world.trustee(&election, "tally", &others[0].0, &confirmed)?.says(&[])?;
    trustee.comes_to("#counted").await?;
    trustee.looks_at("counted").await?;
    visitor.says("Counted: the results stand").await?;
    visitor.is_clean().await?;
    visitor.end().await?;
    assert_eq!(world.verify(&election, &[])?.holds()?.votes(1)?, [3, 0]);

    // which view was decrypted is remembered, and nothing of the key
    trustee.keeps_none_of(&made.secrets()).await?;
    let names = trustee.stored_names().await?;
    let intended = format!("tabella.intended.{}.{}", election.id, made.fingerprint);
    ensure!(names.contains(&intended), "{names:?}");
    let known =
        |name: &String| ["tabella.language", "tabella.view", intended.as_str()].contains(&name.as_str());
    ensure!(names.iter().all(known), "{names:?}");
    let view = browser.run(&format!("return localStorage.getItem('{intended}');")).await?;
    ensure!(view.as_str().context("a view")?.len() == 64, "{view}");
    browser.click("#lock").await?;
    browser.find("#key-file").await?;
    browser.click("section[aria-labelledby=stand] a.button.primary").await?;
    browser.find("main table.data, main .chart, main .bar").await?;
    browser.is_clean().await?;
    browser.end().await
}
