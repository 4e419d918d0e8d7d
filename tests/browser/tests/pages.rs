//! Every page in every state: accessible, within its window, true to the page's policy, in both languages.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::Mutex;

use tabella_browser_tests::browser::{Browser, DESK, Look};
use tabella_browser_tests::fair::at;
use tabella_browser_tests::liar::Liar;
use tabella_browser_tests::tour::{Stop, Tour};
use tabella_browser_tests::voter::Voter;
use tabella_tests::small::{BY_HAND, Verified, YES_NO, code, voters};
use tabella_tests::world::World;

const DARK_PHONE: Look = Look { size: (390, 844), language: "en", dark: true };
const NARROW: Look = Look { size: (320, 700), language: "zh-CN", dark: false };
const DARK_DESK: Look = Look { size: (1280, 900), language: "zh-CN", dark: true };
/// How long a file or an entry may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(60);

/// One tour for all tests of this process that run at the same time; it goes with the last of them.
static SHARED: Mutex<std::sync::Weak<(Tour, TempDir)>> = Mutex::const_new(std::sync::Weak::new());

async fn tour() -> Result<Arc<(Tour, TempDir)>> {
    let mut shared = SHARED.lock().await;
    if let Some(tour) = shared.upgrade() {
        return Ok(tour);
    }
    let folder = tempfile::tempdir()?;
    let root = folder.path().join("world");
    let tour = tokio::task::spawn_blocking(move || Tour::open(&root)).await??;
    let tour = Arc::new((tour, folder));
    *shared = Arc::downgrade(&tour);
    Ok(tour)
}

/// Looks at each stop in both languages, on four screens, light and dark.
async fn look_at(stops: Vec<Stop>) -> Result<()> {
    let browser = Browser::start(DESK).await?;
    let mut faults = Vec::new();
    for stop in stops {
        stop.reach(&browser).await?;
        if stop.name.is_empty() {
            continue;
        }
        for look in [DESK, DARK_PHONE] {
            faults.extend(inspect(&browser, &stop, look, "en").await?);
        }
        browser.click("button.language").await?;
        for look in [NARROW, DARK_DESK] {
            faults.extend(inspect(&browser, &stop, look, "zh-Hans").await?);
        }
        browser.click("button.language").await?;
        browser.emulate(DESK).await?;
        browser.is_clean().await.with_context(|| stop.name.clone())?;
    }
    ensure!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    browser.end().await
}

/// What is wrong with the page as it is seen now.
async fn inspect(browser: &Browser, stop: &Stop, look: Look, language: &str) -> Result<Vec<String>> {
    let name = format!("{} ({language}, {} px, dark: {})", stop.name, look.size.0, look.dark);
    browser.emulate(look).await?;
    let mut faults = Vec::new();
    let mut note = |found: Result<()>| faults.extend(found.err().map(|fault| format!("{name}: {fault:#}")));
    note(browser.fits(&name).await);
    note(browser.is_accessible(&name).await);
    note(names(browser, language).await);
    Ok(faults)
}

/// The document says its language and has one heading, which is in its title and in its language.
async fn names(browser: &Browser, language: &str) -> Result<()> {
    let found = browser
        .run("return [document.documentElement.lang, document.title, [...document.querySelectorAll('h1')].map((h1) => h1.innerText)];")
        .await?;
    let headings = found[2].as_array().context("headings")?;
    ensure!(headings.len() == 1, "headings: {headings:?}");
    let heading = headings.first().and_then(|heading| heading.as_str()).unwrap_or_default();
    let title = found[1].as_str().unwrap_or_default();
    ensure!(found[0] == language, "the language is {}", found[0]);
    ensure!(
        !heading.is_empty() && title == format!("{heading} – Tabella"),
        "{heading:?} has the title {title:?}"
    );
    let is_chinese = heading.chars().any(|symbol| ('\u{4e00}'..='\u{9fff}').contains(&symbol));
    // the heading of an election's page is the election's title, which is not translated by the page
    let is_name = heading.chars().all(|symbol| !symbol.is_uppercase()) && !is_chinese;
    ensure!(is_name || is_chinese == (language == "zh-Hans"), "{heading:?} is not in {language}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_no_election_are_accessible_in_both_languages() -> Result<()> {
    let tour = tour().await?;
    look_at(tour.0.general()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_elections_are_accessible_in_both_languages() -> Result<()> {
    let tour = tour().await?;
    look_at(tour.0.elections()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_check_are_accessible_in_both_languages() -> Result<()> {
    let tour = tour().await?;
    look_at(tour.0.checks()?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn recounts_are_accessible_in_both_languages() -> Result<()> {
    let tour = tour().await?;
    look_at(tour.0.recounts()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_of_a_vote_is_accessible_in_both_languages() -> Result<()> {
    let tour = tour().await?;
    let fair = &tour.0.fair;
    look_at(tour.0.vote(&fair.election, fair.code("elder-1")?, 7)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_of_practice_is_accessible_in_both_languages() -> Result<()> {
    let tour = tour().await?;
    look_at(tour.0.practice()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_the_boards_word_until_this_device_has_counted() -> Result<()> {
    let tour = tour().await?;
    let browser = Browser::start(DESK).await?;
    browser.open(&at(tour.0.url(), &tour.0.counted, "results")).await?;
    browser.find("main .badge.said").await?;
    ensure!(!browser.has("main .badge.checked").await?, "checked before anything was checked");
    browser.press("Check it all on this device").await?;
    browser.says("Everything holds").await?;
    browser.press("See the results").await?;
    browser.find("main .badge.checked").await?;
    ensure!(!browser.has("main .notice .badge.said").await?, "still the board's word after the count");
    browser.says("found these very figures").await?;
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_with_one_flipped_bit_fails_and_the_check_is_named() -> Result<()> {
    let tour = tour().await?;
    let liar = Liar::before(tour.0.url()).await?;
    let entries = format!("/v1/elections/{}/tile/entries/", tour.0.counted.id);
    liar.lie(move |question, mut answer| {
        if question.path.starts_with(&entries) && answer.body.len() > 3_000 {
            let middle = answer.body.len() / 2;
            if let Some(byte) = answer.body.get_mut(middle) {
                *byte ^= 1;
            }
        }
        answer
    });
    let browser = Browser::start(DESK).await?;
    browser.open(&format!("{}#start", at(&liar.url, &tour.0.counted, "verify"))).await?;
    browser.says("Something does not hold").await?;
    browser.says("1.3 The entries have the root that the checkpoint signs").await?;
    // red: more red than green and blue
    let colour = browser
        .run("const box = document.querySelector('main .notice.bad'); return getComputedStyle(box).borderInlineStartColor.match(/\\d+/g).map(Number);")
        .await?;
    let [red, green, blue] = [0, 1, 2].map(|place| colour[place].as_u64().unwrap_or_default());
    ensure!(red > 2 * green && red > 2 * blue, "{colour} is not red");
    browser.is_accessible("a record that fails").await?;
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ballot_that_is_cast_appears_on_the_open_record_by_itself() -> Result<()> {
    let tour = tour().await?;
    let fair = &tour.0.fair;
    let browser = Browser::start(DESK).await?;
    browser.open(&fair.page("board")).await?;
    browser.find("#entries ~ .cards").await?;
    let cast = fair.world.cast(&fair.election, fair.code("guest-2")?, &["2=2; 3=1:1"], &[])?;
    let tracking = cast.says(&[])?.line("tracking code")?;
    // the page says by itself that there is something new; others vote at the same time, so that it may say so twice
    browser.find("section[aria-labelledby=entries] > p > .button").await?;
    let script = "document.querySelector('section[aria-labelledby=entries] > p > .button')?.click(); \
        return document.querySelector('#entries ~ .cards')?.textContent.replace(/\\s/g, '') ?? '';";
    let deadline = tokio::time::Instant::now() + ARRIVAL;
    loop {
        if browser.run(script).await?.as_str().is_some_and(|text| text.contains(&tracking)) {
            break;
        }
        ensure!(tokio::time::Instant::now() < deadline, "{tracking} does not appear");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    browser.is_clean().await?;
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_downloaded_is_a_record_that_verifies_and_results_that_parse() -> Result<()> {
    let tour = tour().await?;
    let folder = tempfile::tempdir()?;
    let browser = Browser::start(DESK).await?;
    let path = folder.path().to_string_lossy().into_owned();
    browser
        .devtools("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": path }))
        .await?;
    browser.open(&at(tour.0.url(), &tour.0.counted, "board")).await?;
    browser.press("Download the record").await?;
    let archive = downloaded(folder.path(), "tar").await?;
    let unpacked = Command::new("tar").arg("-xf").arg(&archive).current_dir(folder.path()).status()?;
    ensure!(unpacked.success(), "tar does not take {}", archive.display());
    let record = archive.with_extension("");
    let verified =
        tokio::task::spawn_blocking(move || Verified::of(&record.to_string_lossy(), &[])).await??.holds()?;
    ensure!(verified.votes(1)? == [4, 1, 1], "{:?}", verified.votes(1)?);

    browser.open(&at(tour.0.url(), &tour.0.counted, "results")).await?;
    browser.press("For programs (JSON)").await?;
    let result: serde_json::Value =
        serde_json::from_slice(&std::fs::read(downloaded(folder.path(), "json").await?)?)?;
    ensure!(result["contests"][0]["options"][0]["votes"] == 4, "{result}");
    browser.press("Table (CSV)").await?;
    let table = std::fs::read_to_string(downloaded(folder.path(), "csv").await?)?;
    let mut lines = table.trim_start_matches('\u{feff}').lines();
    ensure!(lines.next() == Some("contest,option,column,votes,share,place,elected"), "{table}");
    ensure!(
        lines.next() == Some("Who shall chair the council?,Ada Lindqvist,votes,4,0.666667,1,true"),
        "{table}"
    );
    browser.end().await
}

/// The file with this extension, as soon as it is complete.
async fn downloaded(folder: &Path, extension: &str) -> Result<PathBuf> {
    let deadline = tokio::time::Instant::now() + ARRIVAL;
    loop {
        for file in std::fs::read_dir(folder)? {
            let path = file?.path();
            // while it arrives it has another extension
            if path.extension().is_some_and(|found| found == extension) && path.metadata()?.len() > 0 {
                return Ok(path);
            }
        }
        ensure!(tokio::time::Instant::now() < deadline, "no .{extension} is downloaded");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_election_that_is_not_on_the_board_is_not_found() -> Result<()> {
    let tour = tour().await?;
    let browser = Browser::start(DESK).await?;
    let election = format!("{}/e/{}", tour.0.url(), "0f".repeat(32));
    for name in ["", "/results", "/vote", "/board", "/certificate"] {
        browser.open(&format!("{election}{name}")).await?;
        browser.says("Not found").await.with_context(|| format!("page {name:?}"))?;
        browser.says("Compare the link").await?;
        browser.is_clean().await?;
    }
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_once_chosen_is_kept() -> Result<()> {
    let tour = tour().await?;
    let browser = Browser::start(DESK).await?;
    browser.open(&tour.0.fair.page("")).await?;
    browser.press("简体中文").await?;
    browser.says("公开记录").await?;
    browser.driver().refresh().await?;
    browser.find("main h1").await?;
    browser.says("公开记录").await?;
    browser.open(&format!("{}/how", tour.0.url())).await?;
    let language = browser.run("return document.documentElement.lang;").await?;
    ensure!(language == "zh-Hans", "the next page is in {language}");
    browser.press("English").await?;
    browser.driver().refresh().await?;
    browser.says("How it works").await?;
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_that_is_down_is_told_of_and_asked_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().join("world");
    let (mut world, election, codes) = tokio::task::spawn_blocking(move || -> Result<_> {
        let world = World::new(&root)?;
        let (election, codes) = world.open("down", BY_HAND, YES_NO, &voters(2))?;
        Ok((world, election, codes))
    })
    .await??;
    world.cast(&election, code(&codes, "voter-1")?, &["Yes"], &[])?.says(&["Your vote is cast"])?;
    let browser = Browser::start(DESK).await?;
    browser.open(world.url()).await?;
    browser.find(".card a").await?;
    world.kill_board()?;
    // the page is loaded already; what it asks for now has no answer
    browser.click(".card a").await?;
    browser.says("The board does not answer").await?;
    browser.says("nothing is lost, come back later").await?;
    browser.is_accessible("a board that is down").await?;
    world.restart_board()?;
    browser.press("Try again").await?;
    browser.find("#facts").await?;
    browser.find("main h1").await?;
    // each part of the page asks again by itself
    let deadline = tokio::time::Instant::now() + ARRIVAL;
    while browser.has("main .trouble").await? {
        ensure!(tokio::time::Instant::now() < deadline, "the trouble stays: {}", browser.text().await?);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    browser.is_clean().await?;
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn links_and_the_way_back_lead_to_pages_without_loading_anew() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::new(&folder.path().join("world"))?;
    let browser = Browser::start(DESK).await?;
    browser.open(world.url()).await?;
    browser.run("window.visit = 1; return 0;").await?;
    for page in ["/how", "/check", "/board", "/"] {
        browser.click(&format!("nav a[href='{page}']")).await?;
        browser.find(&format!("nav a[href='{page}'][aria-current=page]")).await?;
        browser.find("main h1").await?;
        ensure!(browser.run("return location.pathname;").await? == page, "{page}");
    }
    for page in ["/board", "/check", "/how"] {
        browser.driver().back().await?;
        browser.find(&format!("nav a[href='{page}'][aria-current=page]")).await?;
        browser.find("main h1").await?;
    }
    browser.driver().forward().await?;
    browser.find("nav a[href='/check'][aria-current=page]").await?;
    ensure!(
        browser.run("return document.querySelectorAll('[aria-current]').length;").await? == 1,
        "one page is here"
    );
    ensure!(browser.run("return window.visit;").await? == 1, "the page was loaded anew");
    browser.is_clean().await?;
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ballot_can_be_marked_after_a_quarter_of_a_megabyte() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().join("world");
    let (world, election, codes) = tokio::task::spawn_blocking(move || -> Result<_> {
        let world = World::new(&root)?;
        let (election, codes) = world.open("small", BY_HAND, YES_NO, &voters(1))?;
        Ok((world, election, codes))
    })
    .await??;
    let browser = Browser::start(DESK).await?;
    Voter::new(&browser).enter_by_link(&at(world.url(), &election, "vote"), code(&codes, "voter-1")?).await?;
    // without what is fetched meanwhile for later: the workers' engine, the steps after marking
    let loaded = browser
        .run(
            "const files = new Map(performance.getEntries().filter((entry) => entry.encodedBodySize) \
                 .map((entry) => [entry.name, entry.encodedBodySize])); \
             return [...files].filter(([name]) => !/\\/assets\\/(engine|marked)-/.test(name));",
        )
        .await?;
    let files = loaded.as_array().context("a list")?;
    let bytes: u64 = files.iter().filter_map(|file| file.get(1)?.as_u64()).sum();
    ensure!(files.iter().any(|file| file.to_string().contains(".wasm")), "the app is missing: {loaded}");
    ensure!(bytes <= 250_000, "{bytes} bytes: {loaded}");
    println!("{bytes} bytes before a ballot can be marked");
    browser.end().await
}
