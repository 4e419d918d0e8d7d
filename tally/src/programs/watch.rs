//! `tabella-verify watch`: follows a board as an observer, and says when it contradicts itself or serves another app than
//! it released.
//!
//! [`logs`] follows the board log and the elections' logs; with `--app`, [`app`] compares what addresses serve
//! ([`fetch`], [`page`]) with the last release on the board log. A round looks at everything once. The first round
//! that finds something wrong ends the watch, so that whoever started it hears of it by its exit status.
//!
//! Not here: whether the record is right (the verifier), whether the app is what its sources make of it (build it and
//! compare SHA256SUMS), and what the board shows to others ([`LIMITS`]).

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use tabella_board_client::clock::{now, parse_seconds, show_time};
use tabella_board_client::evidence::file;
use tabella_board_client::terminal::visible;

pub mod app;
pub mod fetch;
pub mod logs;
pub mod page;

use app::{Difference, MAX_ELECTIONS, Released, check_app, check_unreleased};
use fetch::{Place, Unreachable};
use logs::{FollowError, Follower};

/// What no watcher sees alone.
pub const LIMITS: &str = "One watcher sees what this board shows to this watcher. A board that shows somebody else \
    another app or another log is found by watchers in different places and networks, who keep their state files and \
    compare what they saw; witnesses do that for the log.";

/// What to watch.
#[derive(Debug, Args)]
pub struct Watch {
    /// The address of the board; with --app, further addresses that serve the same app, such as those of a CDN.
    #[arg(required = true, value_name = "ADDRESS")]
    addresses: Vec<String>,
    /// Compare every file of the web app at these addresses with the last release on the board log.
    #[arg(long)]
    app: bool,
    /// The board's key (origin+hash+base64) or its fingerprint, as its operator published it.
    #[arg(long, value_name = "KEY")]
    board: Option<String>,
    /// Keep what was seen in this file, so that the next run is held against it.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Write evidence into this folder; else beside the state file, or here.
    #[arg(long, value_name = "FOLDER")]
    evidence: Option<PathBuf>,
    /// Look again and again, with so many seconds between, until something is wrong.
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, conflicts_with = "once")]
    every: Option<u64>,
    /// Look once (so it is without --every).
    #[arg(long)]
    once: bool,
    /// Say everything as JSON, a line each.
    #[arg(long)]
    json: bool,
}

/// How a watch ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing wrong was found.
    Good,
    /// Something is wrong.
    Wrong,
    /// The board's log is no continuation of what was seen.
    Contradiction,
    /// Something could not be looked at.
    Unseen,
}

/// Why a round did not come to its end.
enum Trouble {
    /// The board's logs.
    Follow(FollowError),
    /// An address of the app.
    Unreachable(Unreachable),
}

impl From<FollowError> for Trouble {
    fn from(error: FollowError) -> Self {
        Self::Follow(error)
    }
}

impl From<Unreachable> for Trouble {
    fn from(error: Unreachable) -> Self {
        Self::Unreachable(error)
    }
}

/// Watches. An error is one of the arguments.
pub async fn run(watch: &Watch) -> anyhow::Result<Verdict> {
    if !watch.app && watch.addresses.len() > 1 {
        anyhow::bail!("give the board's address alone; several addresses are for --app");
    }
    let places = watch.addresses.iter().map(|address| Place::new(address)).collect::<Result<Vec<_>, _>>()?;
    let voice = Voice { json: watch.json };
    voice.say("limits", LIMITS, json!({}));
    let mut follower = None;
    loop {
        let verdict = match round(watch, &places, &mut follower, &voice).await {
            Ok(verdict) => verdict,
            Err(Trouble::Unreachable(error)) => {
                voice.say("unreachable", &error.to_string(), json!({ "address": error.address }));
                Verdict::Unseen
            }
            Err(Trouble::Follow(error)) => tell(watch, &error, &voice),
        };
        match watch.every {
            Some(seconds) if matches!(verdict, Verdict::Good | Verdict::Unseen) => {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            _ => return Ok(verdict),
        }
    }
}

/// Looks at everything once.
async fn round(
    watch: &Watch,
    places: &[Place],
    following: &mut Option<Follower>,
    voice: &Voice,
) -> Result<Verdict, Trouble> {
    let follower = match following {
        Some(follower) => follower,
        None => {
            let first = watch.addresses.first().map(String::as_str).unwrap_or_default();
            following.insert(Follower::begin(first, watch.board.as_deref(), watch.state.as_deref()).await?)
        }
    };
    let new = follower.advance().await?;
    if !watch.app {
        follower.advance_elections().await?;
    }
    let (size, root) = (follower.board().size(), follower.board().root());
    let elections = follower.board().elections().len();
    let compared = match (follower.is_new(), watch.app) {
        (true, _) => "nothing had been seen of it before",
        (false, true) => "it continues what was seen",
        (false, false) => "it and every election's log continue what was seen",
    };
    let text = format!(
        "{}: {size} entries, {new} of them read now, {elections} elections, root {root}: {compared}",
        follower.origin()
    );
    let about = json!({
        "origin": follower.origin(), "size": size, "root": root.to_hex(), "elections": elections,
        "first": follower.is_new(),
    });
    voice.say("log", &text, about);
    if watch.app { app_round(places, follower, voice).await } else { Ok(Verdict::Good) }
}

/// Compares the app at every address with the last release.
async fn app_round(places: &[Place], follower: &mut Follower, voice: &Voice) -> Result<Verdict, Trouble> {
    let mut verdict = Verdict::Good;
    for place in places {
        let mut differences = compare(place, follower).await?;
        if !differences.is_empty() {
            // the board may have been started with another app since the log was read
            let before = follower.release().map(|(index, _)| index);
            let _new = follower.advance().await?;
            if follower.release().map(|(index, _)| index) != before {
                differences = compare(place, follower).await?;
            }
        }
        let Some((index, release)) = follower.release() else {
            if differences.is_empty() {
                let text = format!("{}: no web app, and no release on the board log", place.address());
                voice.say("app", &text, json!({ "address": place.address(), "release": null }));
            }
            verdict = tell_differences(&differences, voice).unwrap_or(verdict);
            continue;
        };
        if differences.is_empty() {
            let text = format!(
                "{}: serves the release {}, entry {index} of the board log, {} files",
                place.address(),
                release.version,
                release.files.len()
            );
            let about = json!({ "address": place.address(), "release": index, "version": release.version });
            voice.say("app", &text, about);
        }
        verdict = tell_differences(&differences, voice).unwrap_or(verdict);
    }
    Ok(verdict)
}

async fn compare(place: &Place, follower: &Follower) -> Result<Vec<Difference>, Unreachable> {
    match follower.release() {
        Some((_, release)) => {
            let (earlier, elections) = (follower.earlier_pages(), follower.newest(MAX_ELECTIONS));
            check_app(place, &Released { release, earlier, elections }).await
        }
        None => check_unreleased(place).await,
    }
}

fn tell_differences(differences: &[Difference], voice: &Voice) -> Option<Verdict> {
    for Difference { address, path, coding, fault } in differences {
        let coding = coding.map(fetch::Coding::name);
        let encoded = coding.map(|coding| format!(" (encoding {coding})")).unwrap_or_default();
        let text = format!("DIFFERENCE: {address}{path}{encoded}: {fault}");
        let about =
            json!({ "address": address, "path": path, "encoding": coding, "fault": fault.to_string() });
        voice.say("difference", &text, about);
    }
    (!differences.is_empty()).then_some(Verdict::Wrong)
}

/// Says what ended a round at the logs, and leaves the evidence if there is some.
fn tell(watch: &Watch, error: &FollowError, voice: &Voice) -> Verdict {
    if !error.is_wrong() {
        voice.say("unreachable", &error.to_string(), json!({ "address": watch.addresses.first() }));
        return Verdict::Unseen;
    }
    let Some(fork) = error.fork() else {
        voice.say("wrong", &format!("WRONG: {error}"), json!({}));
        return Verdict::Wrong;
    };
    let proven = fork.confirm(None).is_ok();
    let written = file::write(fork, &watch.folder());
    let path = written.as_ref().ok().map(|path| path.display().to_string());
    let place = match (&path, &written) {
        (Some(path), _) => format!("evidence is in {path}; `tabella-verify evidence {path}` judges it"),
        (None, Err(error)) => format!("the evidence cannot be written ({error}): {}", fork.to_json()),
        (None, Ok(_)) => String::new(),
    };
    let proof = if proven { "The board's own signatures prove it" } else { "This alone proves nothing" };
    let about = json!({ "origin": fork.origin, "kind": fork.kind, "proven": proven, "evidence": path });
    voice.say("contradiction", &format!("CONTRADICTION: {error}. {proof}; {place}"), about);
    Verdict::Contradiction
}

impl Watch {
    /// Where evidence goes.
    fn folder(&self) -> PathBuf {
        let beside = || self.state.as_deref()?.parent().filter(|folder| !folder.as_os_str().is_empty());
        self.evidence.as_deref().or_else(beside).unwrap_or(Path::new(".")).to_owned()
    }
}

/// How things are said.
struct Voice {
    json: bool,
}

impl Voice {
    /// An event with its time: a sentence for people, or a line of JSON with the same sentence.
    fn say(&self, event: &str, text: &str, about: Value) {
        let time = show_time(now());
        if self.json {
            let mut line = json!({ "time": time, "event": event, "text": text });
            if let (Value::Object(line), Value::Object(about)) = (&mut line, about) {
                line.extend(about);
            }
            println!("{line}");
        } else {
            println!("{time}  {}", visible(text));
        }
    }
}
