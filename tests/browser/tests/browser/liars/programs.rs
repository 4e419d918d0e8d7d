//! A changed program does not run. The change is one byte that would do no harm: nothing but the hash tells.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, ensure};
use reqwest::header;
use tabella_browser_tests::browser::{Browser, PHONE};
use tabella_browser_tests::liar::{Answer, Liar, Question};
use tabella_browser_tests::marked::Choice;
use tabella_tests::world::World;

use super::changed::{Change, only};
use super::scene::Scene;

const PROGRAM: [&str; 2] = [
    "Part of this app is missing or was changed",
    "A file is not the one that this app was made with, so it was not started.",
];
const NOT_STARTED: [&str; 2] = ["This page could not be started", "页面无法启动"];
/// The page's policy: everything is the board's own, and a worker only what the page has checked.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; worker-src blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";

/// Files whose names begin and end so.
fn file(begin: &'static str, end: &'static str) -> impl Fn(&Question) -> bool + Send + 'static {
    move |question| {
        question
            .path
            .strip_prefix("/assets/")
            .is_some_and(|name| name.starts_with(begin) && name.ends_with(end))
    }
}

/// One more blank line: the script means the same.
fn longer(answer: &mut Answer) {
    answer.body.push(b'\n');
}

/// One more custom section without name or content: WebAssembly that means the same.
fn with_note(answer: &mut Answer) {
    answer.body.extend([0, 1, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_engine_seals_nothing() -> Result<()> {
    let scene = Scene::begin().await?;
    scene.seals("voter-1").await?;
    let changes: [(&str, Change); 2] = [(".js", longer), (".wasm", with_note)];
    for (end, change) in changes {
        scene.liar.lie(only(file("engine-", end), change));
        scene.enters("voter-1").await?;
        scene.refuses(&PROGRAM).await?;
        // the ballot can be marked, but never sealed
        scene.voter().fill(&[Choice::Options(vec![0])]).await?;
        scene.refuses(&PROGRAM).await?;
        ensure!(scene.liar.posts() == 0, "something was posted");
        // and the page recovers, with what was marked
        scene.liar.repent();
        scene.browser.press("Try again").await?;
        scene.voter().seal().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_changes_after_it_was_checked_is_not_asked_for_again() -> Result<()> {
    let scene = Scene::begin().await?;
    scene.browser.open(&scene.page("vote")).await?;
    scene.says(&["signature and history checked on this device"]).await?;
    // the reader runs; the prover is another worker of the same bytes
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    scene.liar.lie(only(file("engine-", ""), move |answer| {
        count.fetch_add(1, Ordering::SeqCst);
        longer(answer);
    }));
    scene.browser.run(&format!("location.hash = 'code={}'; return 0;", scene.code("voter-1")?)).await?;
    scene.browser.find("#code-here").await?;
    scene.voter().go_on().await?;
    scene.voter().fill(&[Choice::Options(vec![0])]).await?;
    scene.voter().seal().await?;
    ensure!(asked.load(Ordering::SeqCst) == 0, "a worker's file was fetched behind the page's check");
    scene.browser.is_clean().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_app_does_not_start_and_says_so() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::new(&folder.path().join("world"))?;
    let liar = Liar::before(world.url()).await?;
    let browser = Browser::start(PHONE).await?;
    let home = format!("{}/", liar.url);
    browser.open(&home).await?;
    browser.is_clean().await?;
    let changes: [(&str, Change); 2] = [(".js", longer), (".wasm", with_note)];
    for (end, change) in changes {
        liar.lie(only(file("app-", end), change));
        browser.driver().goto(&home).await?;
        browser.find("html.failed .boot-failed").await?;
        for words in NOT_STARTED {
            browser.says(words).await?;
        }
        ensure!(!browser.has("main").await?, "the app has started");
        browser.is_clean().await?;
    }
    liar.repent();
    browser.open(&home).await?;
    ensure!(!browser.has("html.failed").await?, "it says so although it has started");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_part_of_the_page_is_not_shown() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::new(&folder.path().join("world"))?;
    let liar = Liar::before(world.url()).await?;
    let browser = Browser::start(PHONE).await?;
    // bytes behind the last module, which nothing reads
    liar.lie(only(file("how-", ".bin"), longer));
    browser.open(&format!("{}/", liar.url)).await?;
    browser.click("nav a[href='/how']").await?;
    for words in PROGRAM {
        browser.says(words).await?;
    }
    ensure!(!browser.has("main h1").await?, "a changed part was shown");
    liar.repent();
    browser.press("Try again").await?;
    browser.find("main h1").await?;
    browser.is_clean().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_serves_the_page_under_the_strict_policy_and_nothing_where_nothing_is() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let world = World::new(&folder.path().join("world"))?;
    let page = reqwest::get(format!("{}/", world.url())).await?.error_for_status()?;
    let text_of = |response: &reqwest::Response, name: header::HeaderName| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let policies: Vec<_> = page.headers().get_all(header::CONTENT_SECURITY_POLICY).iter().collect();
    ensure!(policies == [POLICY], "{policies:?}");
    ensure!(
        text_of(&page, header::CACHE_CONTROL).as_deref() == Some("no-cache"),
        "an old page would be kept"
    );
    let page = page.text().await?;
    ensure!(!page.contains("<script>") && !page.contains("style="), "inline script or style:\n{page}");

    let assets: Vec<&str> = page.split('"').filter(|text| text.starts_with("/assets/")).collect();
    ensure!(assets.len() >= 4, "{assets:?}");
    for asset in &assets {
        let answer = reqwest::get(format!("{}{asset}", world.url())).await?.error_for_status()?;
        let kept = text_of(&answer, header::CACHE_CONTROL).context("how long it may be kept")?;
        ensure!(kept.contains("immutable") && kept.contains("max-age=31536000"), "{asset}: {kept}");
        ensure!(text_of(&answer, header::CONTENT_SECURITY_POLICY).as_deref() == Some(POLICY), "{asset}");
    }
    let missing = assets.iter().map(|asset| format!("{asset}x")).next().context("an asset")?;
    for path in [missing.as_str(), "/assets/", "/nothing", "/e/nothing/vote", "/v1/nothing"] {
        let answer = reqwest::get(format!("{}{path}", world.url())).await?;
        ensure!(answer.status() == 404, "{path}: {}", answer.status());
        ensure!(!answer.text().await?.contains("<html"), "{path} has a page");
    }
    Ok(())
}
