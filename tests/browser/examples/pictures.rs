//! Pictures of every page in every state for people to look at, in `target/pictures`, and those of the guides:
//! `cargo run --release -p tabella-browser-tests --example pictures [-- part of a page's name]`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use tabella_browser_tests::browser::{Browser, DESK, Look, PHONE};
use tabella_browser_tests::tour::{Stop, Tour};
use tabella_tests::small::code;

const DARK_DESK: Look = Look { size: (1280, 900), language: "en", dark: true };
const NARROW: Look = Look { size: (320, 700), language: "zh-CN", dark: false };
/// A picture of a guide: its name, the element at its top, and its greatest height in pixels.
type Shot = (&'static str, &'static str, u64);
/// Folds what can be folded.
const FOLD: &str = "document.querySelectorAll('main details').forEach((details) => { details.open = false; }); \
    document.activeElement?.blur(); scrollTo(0, 0);";
/// Where a picture begins and ends: a block that is no heading ends it.
const CUT: &str = "const first = document.querySelector(arguments[1]); \
    const top = first.getBoundingClientRect().top + scrollY - (first.matches('main') ? 0 : 20); \
    const parts = 'main > *, main > section > *, main > .stack > *, main .stack > section > *, main .card > *'; \
    const ends = [...document.querySelectorAll(parts)] \
        .filter((part) => !part.matches('h2, h3, :has(> h2:only-child)')) \
        .map((part) => Math.ceil(part.getBoundingClientRect().bottom + scrollY) + 16); \
    return [Math.floor(top), Math.max(top + 500, ...ends.filter((end) => end - top <= arguments[0]))].map(Math.round);";
/// Stops whose pictures stand in the guides: the name there, where the picture begins, and its greatest height.
const GUIDE: [(&str, Shot); 9] = [
    ("vote-code", ("code", "main", 960)),
    ("vote-contest-1-marked", ("ballot", "main", 960)),
    ("vote-review", ("review", "main", 1_100)),
    ("vote-sealed", ("sealed", "h1", 1_000)),
    ("vote-receipt", ("receipt", "main", 960)),
    ("vote-tested", ("test", "h1", 1_000)),
    ("track-final", ("track", "main", 1_000)),
    ("results-counted", ("results", "main", 1_150)),
    ("verified", ("verify", "main", 1_000)),
];

#[tokio::main]
async fn main() -> Result<()> {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let folder = tempfile::tempdir()?;
    let root = folder.path().join("world");
    let tour = tokio::task::spawn_blocking(move || Tour::open(&root)).await??;
    let fair = &tour.fair;
    let walks = [
        ("general", tour.general()),
        ("elections", tour.elections()),
        ("checks", tour.checks()?),
        ("recounts", tour.recounts()),
        ("practice", tour.practice()),
        ("fair", tour.vote(&fair.election, fair.code("elder-1")?, 7)),
        ("guide", tour.vote(&tour.council, code(&tour.council_codes, "voter-1")?, 3)),
    ];
    for (walk, stops) in walks.into_iter().filter(|(walk, _)| walk.contains(&wanted)) {
        let browser = Browser::start(PHONE).await?;
        for stop in stops {
            stop.reach(&browser).await?;
            if !stop.name.is_empty() {
                let prefix = if walk == "fair" { "fair-" } else { "" };
                pictures(&browser, &stop, prefix).await.with_context(|| stop.name.clone())?;
            }
        }
        browser.end().await?;
    }
    Ok(())
}

/// The page as it is now: English on a phone, on a desk and on a dark desk; Chinese on a phone and on a narrow one.
async fn pictures(browser: &Browser, stop: &Stop, prefix: &str) -> Result<()> {
    let file = |look: &str| PathBuf::from(format!("target/pictures/{prefix}{}.{look}.png", stop.name));
    let guide = GUIDE.iter().find(|(name, _)| prefix.is_empty() && *name == stop.name).map(|(_, shot)| *shot);
    for (look, name) in [(DESK, "en.desk"), (DARK_DESK, "en.dark"), (PHONE, "en.phone")] {
        browser.emulate(look).await?;
        browser.picture(&file(name)).await?;
    }
    guide_picture(browser, guide, "en").await?;
    browser.click("button.language").await?;
    browser.emulate(NARROW).await?;
    browser.picture(&file("zh-Hans.narrow")).await?;
    browser.emulate(PHONE).await?;
    browser.picture(&file("zh-Hans.phone")).await?;
    guide_picture(browser, guide, "zh-Hans").await?;
    browser.click("button.language").await
}

/// A picture of a guide: the main part, folded, to the end of the last block that fits.
async fn guide_picture(browser: &Browser, shot: Option<Shot>, language: &str) -> Result<()> {
    let Some((name, first, highest)) = shot else { return Ok(()) };
    browser.run(FOLD).await?;
    let cut = browser.driver().execute(CUT, vec![json!(highest), json!(first)]).await?;
    let (Some(top), Some(bottom)) = (cut.json()[0].as_u64(), cut.json()[1].as_u64()) else {
        bail!("no place to cut: {}", cut.json())
    };
    let file = Path::new("docs/guides/images").join(format!("{name}.{language}.png"));
    browser.picture_of(&file, top, bottom).await
}
