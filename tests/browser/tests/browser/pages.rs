//! Every page in every state: accessible, within its window, true to the page's policy, in both languages.

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
use tabella_browser_tests::tour::{Stop, Tour, in_link};
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
    browser.press("Recount it on this device").await?;
    browser.says("All checks passed").await?;
    browser.press("See the results").await?;
    browser.find("main .badge.checked").await?;
    ensure!(!browser.has("main .notice .badge.said").await?, "still the board's word after the count");
    browser.says("found these very figures").await?;

    // the certificate has the times at which voting really opened and closed, by hand, not those that were planned
    browser.click("main a[href$='/certificate']").await?;
    browser.find(".certificate").await?;
    let shown = "return [...document.querySelectorAll('.certificate .figures time')].map((time) => Date.parse(time.dateTime));";
    let shown: Vec<u64> = serde_json::from_value(browser.run(shown).await?)?;
    let status = format!("{}/v1/elections/{}", tour.0.url(), tour.0.counted.id);
    let status: serde_json::Value = reqwest::get(status).await?.json().await?;
    ensure!(json!(shown) == json!([status["opened"], status["closed"]]), "{shown:?} in {status}");
    ensure!(status["closed"].as_u64() < status["closes"].as_u64(), "{status}");
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_with_one_flipped_bit_is_refused_and_it_says_what_and_where() -> Result<()> {
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
    browser.says("Something is wrong with the record").await?;
    // no number of a check that the verifier never came to
    browser
        .says(&format!(
            "elections/{}: the entries from 0 on are not those of the signed log",
            tour.0.counted.id
        ))
        .await?;
    browser.says("before the numbered checks could begin").await?;
    // red: more red than green and blue
    let colour = browser
        .run("const box = document.querySelector('main .notice.bad'); return getComputedStyle(box).borderInlineStartColor.match(/\\d+/g).map(Number);")
        .await?;
    let [red, green, blue] = [0, 1, 2].map(|place| colour[place].as_u64().unwrap_or_default());
    ensure!(red > 2 * green && red > 2 * blue, "{colour} is not red");
    browser.is_accessible("a record that fails").await?;
    browser.end().await
}

/// The page with the facts of a ballot, as soon as it is there.
async fn is_tracked(browser: &Browser, code: &str) -> Result<()> {
    browser.find("#facts").await?;
    let address = browser.run("return location.pathname + location.hash;").await?;
    ensure!(
        address.as_str().is_some_and(|address| address.ends_with(&format!("/track#{code}"))),
        "{address}"
    );
    browser.is_clean().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_checked_tells_the_fate_of_its_ballot_and_leads_to_it() -> Result<()> {
    let tour = tour().await?;
    let (tour, check) = (&tour.0, format!("{}/check", tour.0.url()));
    let browser = Browser::start(DESK).await?;
    let receipt = "section[aria-labelledby=receipt]";
    browser.open(&check).await?;
    browser.type_into("#receipt-file", &tour.receipt.to_string_lossy()).await?;
    browser.find(&format!("{receipt} .notice.good")).await?;
    browser.says("The receipt is genuine").await?;
    browser.says("counts, not replaced so far").await?;
    browser.find(&format!("{receipt} .badge.said")).await?;
    browser.click(&format!("{receipt} a.button[href*='/track#']")).await?;
    is_tracked(&browser, &tour.found).await?;

    browser.open(&check).await?;
    browser.type_into("#receipt-file", &tour.old_receipt.to_string_lossy()).await?;
    let verdict = browser.find(&format!("{receipt} .notice.warning")).await?.text().await?;
    ensure!(verdict.contains("replaced this one: it does not count"), "{verdict}");
    ensure!(!browser.has(&format!("{receipt} .notice.good")).await?, "green for a ballot that was replaced");
    browser.click(&format!("{receipt} .notice a[href$='{}']", tour.found)).await?;
    is_tracked(&browser, &tour.found).await?;

    browser.open(&format!("{check}#{}", in_link(&std::fs::read(&tour.opening)?))).await?;
    browser.says("Compare both with the other device").await?;
    ensure!(!browser.has("main .notice.bad").await?, "red where nothing is wrong");
    browser.click("section[aria-labelledby=test] p > a[href*='/track#']").await?;
    is_tracked(&browser, &tour.tested).await?;
    // the entry itself
    browser.click("#facts ~ * a, section[aria-labelledby=facts] dd a").await?;
    let address = browser.run("return location.search + location.hash;").await?;
    let address = address.as_str().unwrap_or_default();
    let index = address.trim_start_matches("?from=").split('#').next().unwrap_or_default();
    ensure!(!index.is_empty() && address == format!("?from={index}#entry-{index}"), "{address}");
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_in_the_wrong_place_is_taken_for_what_it_is() -> Result<()> {
    let tour = tour().await?;
    let (tour, check) = (&tour.0, format!("{}/check", tour.0.url()));
    let browser = Browser::start(DESK).await?;
    let show = "section[aria-labelledby=test] .button.secondary";
    let pasted = "return document.getElementById('opening').value;";
    let (receipt, opening) =
        (std::fs::read_to_string(&tour.receipt)?, std::fs::read_to_string(&tour.opening)?);
    // where a test is asked for
    browser.open(&check).await?;
    browser.type_into("#opening", receipt.trim()).await?;
    browser.click(show).await?;
    browser.says("This is a receipt").await?;
    browser.find("section[aria-labelledby=receipt] .notice.good").await?;
    ensure!(browser.run(pasted).await? == receipt.trim(), "what was pasted is gone");
    browser.open(&check).await?;
    browser.type_into("#opening", &receipt.trim()[1..]).await?;
    browser.click(show).await?;
    browser.says("No test ballot can be read from this").await?;
    ensure!(browser.run(pasted).await? == receipt.trim()[1..], "what was pasted is gone");
    browser.open(&check).await?;
    browser.type_into("#opening", &tour.found).await?;
    browser.click(show).await?;
    browser.says("This is a tracking code").await?;
    browser.click(&format!("section[aria-labelledby=find] li a[href*='{}']", tour.fair.election.id)).await?;
    is_tracked(&browser, &tour.found).await?;
    // where a receipt is asked for
    browser.open(&check).await?;
    browser.type_into("#receipt-file", &tour.opening.to_string_lossy()).await?;
    browser.says("Compare both with the other device").await?;
    // where a code is asked for
    browser.open(&check).await?;
    browser.type_into("#code", opening.trim()).await?;
    browser.press("Find this ballot").await?;
    browser.says("Compare both with the other device").await?;
    browser.open(&tour.fair.page("track")).await?;
    browser.type_into("#code", receipt.trim()).await?;
    browser.press("Find this ballot").await?;
    browser.find("section[aria-labelledby=receipt] .notice.good").await?;
    // a link names its election, wherever it is pasted
    browser.open(&at(tour.url(), &tour.counted, "track")).await?;
    browser.type_into("#code", &format!("{}#{}", tour.fair.page("track"), tour.found)).await?;
    browser.press("Find this ballot").await?;
    is_tracked(&browser, &tour.found).await?;
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tracking_code_is_grouped_as_it_is_shown_and_what_is_missing_is_told() -> Result<()> {
    let tour = tour().await?;
    let track = tour.0.fair.page("track");
    let browser = Browser::start(DARK_PHONE).await?;
    let typed = "return document.getElementById('code').value;";
    browser.open(&format!("{track}#6884ab")).await?;
    browser.says("This link is not complete").await?;
    browser.says("only 6 of the 64 characters").await?;
    ensure!(browser.run(typed).await? == "6884 ab");
    browser.open(&track).await?;
    let (start, end) = tour.0.found.split_at(20);
    browser.type_into("#code", &start.to_uppercase()).await?;
    browser.keys("\u{e007}").await?;
    browser.says("44 of the 64 characters are missing").await?;
    browser.says("load your receipt file").await?;
    let groups: Vec<&str> = (0..20).step_by(4).filter_map(|place| start.get(place..place + 4)).collect();
    ensure!(browser.run(typed).await? == format!("{}\n{}", groups[..4].join(" "), groups[4]));
    // a symbol in the middle is mended where it stands: three back, one deleted, typed anew
    browser.keys("\u{e012}\u{e012}\u{e012}\u{e017}").await?;
    browser.keys(&start[17..18]).await?;
    browser.keys("\u{e010}").await?;
    browser.type_into("#code", end).await?;
    browser.keys("\u{e007}").await?;
    is_tracked(&browser, &tour.0.found).await?;
    // shown in four lines of four groups
    let shown = browser
        .run(
            "const groups = [...document.querySelectorAll('section[aria-labelledby=facts] .code span')]; \
             const tops = groups.map((group) => Math.round(group.getBoundingClientRect().top)); \
             return [...new Set(tops)].map((top) => tops.filter((other) => other === top).length);",
        )
        .await?;
    ensure!(shown == json!([4, 4, 4, 4]), "{shown}");
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
async fn a_counted_election_is_told_of_as_past() -> Result<()> {
    let tour = tour().await?;
    let browser = Browser::start(DESK).await?;
    browser.open(&at(tour.0.url(), &tour.0.counted, "")).await?;
    browser.says("Voting was open from").await?;
    browser.says("It was opened and closed by hand, earlier than planned.").await?;
    browser.says("Helped to open").await?;
    browser.says("Fingerprint of the record").await?;
    let text = browser.text().await?;
    for words in
        ["You can vote again", "You can test", "until voting closes", "Has not begun", "may open and close"]
    {
        ensure!(!text.contains(words), "{words:?} stands on the page of a counted election:\n{text}");
    }
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_an_address_names_is_shown_marked_and_focused() -> Result<()> {
    let tour = tour().await?;
    let browser = Browser::start(DESK).await?;
    // of an election's record: the entry itself, then one by its number, then one that begins a block
    browser.open(&format!("{}?from=5#entry-5", at(tour.0.url(), &tour.0.counted, "board"))).await?;
    marked(&browser, 5).await?;
    browser.type_into("#jump", "3").await?;
    browser.click("#jump + button").await?;
    marked(&browser, 3).await?;
    browser.driver().back().await?;
    marked(&browser, 5).await?;
    // of the board's: each of the newest, which are folded
    browser.open(&format!("{}/board", tour.0.url())).await?;
    browser.find("#entries ~ .cards .entry").await?;
    let newest = browser
        .run("return Math.max(...[...document.querySelectorAll('.entry')].map((entry) => Number(entry.id.slice(6))));")
        .await?;
    let newest = newest.as_u64().context("a number")?;
    for index in [newest, newest - 1] {
        browser.open(&format!("{}/board?from={newest}#entry-{index}", tour.0.url())).await?;
        marked(&browser, index).await?;
    }
    browser.is_clean().await?;
    browser.end().await
}

/// Waits until this entry alone is marked, within the window, and has the focus.
async fn marked(browser: &Browser, index: u64) -> Result<()> {
    let script = "const marked = [...document.querySelectorAll('.entry[aria-current]')]; \
        const place = marked[0]?.getBoundingClientRect(); \
        return [marked.map((entry) => entry.id).join(), document.activeElement === marked[0], \
            place?.height > 0 && place.top >= 0 && place.top < innerHeight];";
    let deadline = tokio::time::Instant::now() + ARRIVAL;
    let due = json!([format!("entry-{index}"), true, true]);
    loop {
        let found = browser.run(script).await?;
        if found == due {
            return Ok(());
        }
        ensure!(tokio::time::Instant::now() < deadline, "entry {index}: {found}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_downloaded_is_a_record_that_verifies_and_results_that_parse() -> Result<()> {
    let tour = tour().await?;
    let folder = tempfile::tempdir()?;
    let browser = Browser::start(DESK).await?;
    browser.saves_into(folder.path()).await?;
    browser.open(&at(tour.0.url(), &tour.0.counted, "board")).await?;
    browser.press("Download the record").await?;
    let archive = browser.downloaded(folder.path(), "tar", 1).await?;
    let unpacked = Command::new("tar").arg("-xf").arg(&archive).current_dir(folder.path()).status()?;
    ensure!(unpacked.success(), "tar does not take {}", archive.display());
    let record = archive.with_extension("");
    let verified =
        tokio::task::spawn_blocking(move || Verified::of(&record.to_string_lossy(), &[])).await??.holds()?;
    ensure!(verified.votes(1)? == [4, 1, 1], "{:?}", verified.votes(1)?);

    browser.open(&at(tour.0.url(), &tour.0.counted, "results")).await?;
    browser.press("For programs (JSON)").await?;
    let result: serde_json::Value =
        serde_json::from_slice(&std::fs::read(browser.downloaded(folder.path(), "json", 1).await?)?)?;
    ensure!(result["contests"][0]["options"][0]["votes"] == 4, "{result}");
    browser.press("Table (CSV)").await?;
    let table = std::fs::read_to_string(browser.downloaded(folder.path(), "csv", 1).await?)?;
    let mut lines = table.trim_start_matches('\u{feff}').lines();
    ensure!(lines.next() == Some("contest,option,column,votes,share,place,elected"), "{table}");
    ensure!(
        lines.next() == Some("Who shall chair the council?,Ada Lindqvist,votes,4,0.666667,1,true"),
        "{table}"
    );
    browser.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_election_that_is_not_on_the_board_is_not_found() -> Result<()> {
    let tour = tour().await?;
    let browser = Browser::start(DESK).await?;
    let election = format!("{}/e/{}", tour.0.url(), "0f".repeat(32));
    for name in ["", "/results", "/vote", "/board", "/certificate"] {
        browser.open(&format!("{election}{name}")).await?;
        browser.says("There is no such election").await.with_context(|| format!("page {name:?}"))?;
        browser.says("Compare it with your letter").await?;
        browser.find("main a.button[href='/']").await?;
        ensure!(!browser.text().await?.contains("Try again"), "page {name:?} offers to ask again");
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
async fn who_wants_to_know_it_exactly_is_led_to_the_documents() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::new(&folder.path().join("world"))?;
    let browser = Browser::start(DESK).await?;
    browser.open(&format!("{}/how", world.url())).await?;
    browser.click("main a[href='/docs/']").await?;
    browser.find("main a[href='specification.html']").await?;
    browser.click("main a[href='threat-model.html']").await?;
    browser.find("#who-attacks").await?;
    ensure!(browser.run("return location.pathname;").await? == "/docs/threat-model.html", "another page");
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
    ensure!(
        !loaded.to_string().contains("/assets/trustee"),
        "the trustees' worker is not for voters: {loaded}"
    );
    ensure!(bytes <= 250_000, "{bytes} bytes: {loaded}");
    println!("{bytes} bytes before a ballot can be marked");
    browser.end().await
}
