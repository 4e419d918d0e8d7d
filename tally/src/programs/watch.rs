//! `tabella-verify watch`: follows a board as an observer, and says when it contradicts itself or serves another app than
//! it released.
//!
//! [`logs`] follows the board log and the elections' logs; with `--app`, [`app`] compares what addresses serve
//! ([`fetch`], [`page`]) with the last release on the board log. A round looks at everything once. The first round
//! that finds something wrong ends the watch, so that whoever started it hears of it by its exit status. What proves
//! nothing is said and looked at again: an answer that is no board's, a tile that is missing, a copy that is old.
//!
//! Not here: whether the record is right (the verifier), whether the app is what its sources make of it (build it and
//! compare SHA256SUMS), and what the board shows to others ([`LIMITS`]).
//!
//! A line is said where something is other than at the last look, so that a watch that runs for weeks is as long as what
//! happened.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use tabella_board_client::changes::Trouble as Matter;
use tabella_board_client::clock::{now, parse_seconds, show_time};
use tabella_board_client::evidence::file;
use tabella_board_client::terminal::visible;
use tabella_board_client::visit::VisitError;

pub mod app;
pub mod fetch;
pub mod logs;
pub mod page;

use app::{Difference, MAX_ELECTIONS, Released, check_app, check_unreleased, gather};
use fetch::{Place, Unreachable};
use logs::{FollowError, Follower, Weight};

/// What no watcher sees alone: the end of the program's help.
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
    /// The board signed two logs as one.
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
    let mut voice = Voice { json: watch.json, last: BTreeMap::new() };
    let mut follower = None;
    let mut matter = Matter::default();
    loop {
        let failure = match round(watch, &places, &mut follower, &mut voice).await {
            Ok(verdict) => {
                if matter.ends() {
                    voice.say("recovered", "everything could be looked at again", json!({}));
                }
                if verdict == Verdict::Wrong || watch.every.is_none() {
                    return Ok(verdict);
                }
                None
            }
            Err(Trouble::Unreachable(error)) => {
                Some(("unreachable", not_looked_at(&error), json!({ "address": error.address })))
            }
            Err(Trouble::Follow(error)) => match error.weight() {
                Weight::Argument => return Err(in_words(error)),
                Weight::Wrong => {
                    return Ok(tell(watch, &error, &mut voice));
                }
                Weight::Older => {
                    Some(("older", older(&error), json!({ "address": watch.addresses.first() })))
                }
                Weight::Failure => Some((
                    "unreachable",
                    not_looked_at(&error),
                    json!({ "address": watch.addresses.first() }),
                )),
            },
        };
        if let Some((event, text, about)) = failure {
            if matter.begins(text.clone()) {
                voice.say(event, &text, about);
            }
            if watch.every.is_none() {
                return Ok(Verdict::Unseen);
            }
        }
        tokio::time::sleep(Duration::from_secs(watch.every.unwrap_or_default())).await;
    }
}

fn not_looked_at(error: &dyn std::error::Error) -> String {
    format!("NOT LOOKED AT: {error}. This proves nothing against the board")
}

/// What is said of a log with fewer entries than before.
fn older(error: &FollowError) -> String {
    format!("OLDER: {error}. Look from another network; what was seen stays what the board must continue")
}

/// An error of the arguments with what to do about it.
fn in_words(error: FollowError) -> anyhow::Error {
    match error {
        FollowError::Visit(VisitError::View { path, reason }) => anyhow::anyhow!(
            "{} is no state file of this program: {reason}. Name the right file with --state, or one that is not there \
             yet. If it was the right one, restore it from a backup: without it nothing is known of what was seen",
            path.display()
        ),
        FollowError::Visit(error) => {
            let hint = error.hint();
            anyhow::Error::new(error).context(hint)
        }
        other => other.into(),
    }
}

/// Looks at everything once.
async fn round(
    watch: &Watch,
    places: &[Place],
    following: &mut Option<Follower>,
    voice: &mut Voice,
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
    voice.say_change("log", "", &format!("{size} {root} {elections}"), &text, about);
    if watch.app { app_round(places, follower, voice).await } else { Ok(Verdict::Good) }
}

/// Compares the app at every address with the last release.
async fn app_round(places: &[Place], follower: &mut Follower, voice: &mut Voice) -> Result<Verdict, Trouble> {
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
                let about = json!({ "address": place.address(), "release": null });
                voice.say_change("app", place.address(), "none", &text, about);
            }
            verdict = tell_differences(place, &differences, voice).unwrap_or(verdict);
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
            voice.say_change("app", place.address(), &index.to_string(), &text, about);
        }
        verdict = tell_differences(place, &differences, voice).unwrap_or(verdict);
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

/// How many differences of one address, and each of them once, whatever many paths and encodings it is found in.
fn tell_differences(place: &Place, differences: &[Difference], voice: &mut Voice) -> Option<Verdict> {
    if differences.is_empty() {
        return None;
    }
    let gathered = gather(differences);
    let paths: std::collections::BTreeSet<&str> =
        differences.iter().map(|difference| difference.path.as_str()).collect();
    let text =
        format!("DIFFERENCE: {}: {} of its files differ from the release", place.address(), paths.len());
    voice.say("differences", &text, json!({ "address": place.address(), "files": paths.len() }));
    for found in &gathered {
        let about = json!({
            "address": place.address(), "paths": found.paths, "encodings": found.codings,
            "fault": found.fault.to_string(),
        });
        voice.say("difference", &format!("  {found}"), about);
    }
    Some(Verdict::Wrong)
}

/// Says what is wrong with the logs, and leaves the evidence if there is some.
fn tell(watch: &Watch, error: &FollowError, voice: &mut Voice) -> Verdict {
    let Some(contradiction) = error.contradiction() else {
        voice.say("wrong", &format!("WRONG: {error}"), json!({}));
        return Verdict::Wrong;
    };
    let fork = contradiction.fork();
    let evidence = file::keep(contradiction, &watch.folder());
    let path = evidence.file().map(|file| file.display().to_string());
    let about = json!({ "origin": fork.origin, "kind": fork.kind, "evidence": path });
    let text = format!("CONTRADICTION: {error}. The board's own signatures prove it; {evidence}");
    voice.say("contradiction", &text, about);
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
    /// What was said last, by event and what it is about.
    last: BTreeMap<(&'static str, String), String>,
}

impl Voice {
    /// Says how something stands, unless it stood so when that was said last.
    fn say_change(&mut self, event: &'static str, of: &str, state: &str, text: &str, about: Value) {
        let before = self.last.insert((event, of.to_owned()), state.to_owned());
        if before.as_deref() != Some(state) {
            self.say(event, text, about);
        }
    }

    /// An event with its time: a sentence for people, or a line of JSON with the same sentence.
    fn say(&self, event: &str, text: &str, about: Value) {
        let time = show_time(now());
        if self.json {
            let mut line = json!({ "time": time, "event": event, "text": text.trim() });
            if let (Value::Object(line), Value::Object(about)) = (&mut line, about) {
                line.extend(about);
            }
            println!("{line}");
        } else {
            println!("{time}  {}", visible(text));
        }
    }
}
