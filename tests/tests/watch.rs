//! Observers against boards that serve another app than they released, or sign two logs as one: with the real programs.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use tabella_tests::process::{Finished, Running, run, wait_until};
use tabella_tests::proxy::{Lie, Proxy, get};
use tabella_tests::small::{BY_HAND, Verified, YES_NO};
use tabella_tests::world::World;

/// How long a program may take for what it does within seconds.
const MINUTE: Duration = Duration::from_secs(60);

/// A header without which a page is not what it should be.
const POLICY: &str = "Content-Security-Policy: default-src 'none'";

fn watch(arguments: &[&str]) -> Result<Finished> {
    run("tabella-verify", &[&["watch"], arguments].concat())
}

fn code(finished: &Finished) -> Option<i32> {
    finished.status.code()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The lines of a watch in JSON that are of one kind.
fn events(finished: &Finished, kind: &str) -> Result<Vec<Value>> {
    let lines = finished.stdout.lines().map(serde_json::from_str);
    let all: Vec<Value> = lines.collect::<Result<_, _>>().with_context(|| finished.text())?;
    Ok(all.into_iter().filter(|line| line["event"] == kind).collect())
}

/// The board's last release as it tells it.
fn release(url: &str) -> Result<Value> {
    Ok(serde_json::from_slice(&get(&format!("{url}/v1/board/release"))?)?)
}

/// The board of a world that is stopped, started again with the app of a folder.
fn start_with_app(world: &World, app: &Path) -> Result<(Running, String)> {
    let (data, app) = (world.path("board"), text(app));
    let arguments = ["run", "--data", &data, "--listen", "127.0.0.1:0", "--app", &app];
    Running::start("tabella-board", &arguments, "listening on ", Path::new(&world.path("app.log")))
}

/// A small app: a page and its icon.
fn write_app(folder: &Path, page: &str) -> Result<()> {
    fs::create_dir_all(folder.join("assets"))?;
    fs::write(folder.join("assets/icon-1.svg"), "<svg/>")?;
    Ok(fs::write(folder.join("index.html"), page)?)
}

const PAGE: &str = "<!doctype html><html><head><link rel=\"icon\" href=\"/assets/icon-1.svg\"></head></html>";

#[test]
fn a_board_that_serves_another_app_than_it_released_is_found_in_every_file() -> Result<()> {
    let place = tempfile::tempdir()?;
    let mut world = World::new(&place.path().join("world"))?;
    let election = world.small("watched", BY_HAND, YES_NO)?;
    // the app that this program was built with
    let built = release(world.url());
    if let Ok(built) = &built
        && built["index"].is_u64()
    {
        watch(&[world.url(), "--app"])?.says(&["serves the release"])?;
    }
    world.kill_board()?;
    let app = place.path().join("app");
    write_app(&app, PAGE)?;
    let (_board, url) = start_with_app(&world, &app)?;
    let good = watch(&[&url, "--app"])?;
    good.says(&["serves the release", "2 files"])?;
    assert_eq!(good.stdout.lines().count(), 2, "a line for the log, a line for the app:\n{}", good.text());
    watch(&["--help"])?.says(&["One watcher sees"])?;
    let script = "<script src=\"https://evil.example/x.js\"></script>";
    let page = PAGE.replace("</head>", &format!("{script}</head>"));

    let proxy = Proxy::before(&url)?;
    watch(&[&url, &proxy.url, "--app"])?.says(&["serves the release"])?;
    let found = |words: &[&str]| -> Result<()> {
        // as the board itself, and as one of several places that serve its app
        for arguments in [vec![proxy.url.as_str(), "--app"], vec![&url, &proxy.url, "--app"]] {
            let finished = watch(&arguments)?;
            assert_eq!(code(&finished), Some(1), "{}", finished.text());
            let place = format!("DIFFERENCE: {}", proxy.url);
            finished.refuses_on_stdout(&[words, &[&place, "1 of its files differ"]].concat())?;
            // the log, the other address, and of what differs the number and what it is
            let most = 3 + arguments.len();
            ensure!(finished.stdout.lines().count() <= most, "{}", finished.text());
        }
        Ok(())
    };
    let body = |body: &str, headers: &[&str]| {
        Lie::Body(body.as_bytes().to_vec(), headers.iter().map(|header| (*header).to_owned()).collect())
    };
    proxy.lie(move |path, _| (path == "/assets/icon-1.svg").then(|| body("<svg >", &[])));
    found(&["/assets/icon-1.svg", "it has the SHA-256"])?;
    // told to those alone whose browsers ask for this encoding
    proxy.lie(move |path, headers| {
        let asked = path == "/assets/icon-1.svg" && headers.contains("accept-encoding: br");
        asked.then(|| body("not brotli", &["Content-Encoding: br"]))
    });
    found(&["/assets/icon-1.svg (encoding br): it cannot be unpacked"])?;
    proxy.lie(|path, _| (path == "/assets/icon-1.svg").then_some(Lie::Missing));
    found(&["it is not there", "404"])?;
    // the page, at one of its addresses alone: there where people vote
    let vote = format!("/e/{}/vote", election.id);
    let (own, changed) = (vote.clone(), page.clone());
    proxy.lie(move |path, _| (path == own).then(|| body(&changed, &[POLICY])));
    found(&[&vote, "it loads https://evil.example/x.js, which the release does not list"])?;
    proxy.lie(move |path, _| (path == "/").then(|| body(PAGE, &[])));
    found(&["comes without the policy"])?;
    proxy.lie(move |path, _| {
        (path == "/how").then(|| body(PAGE, &[POLICY, "Link: </x.css>; rel=stylesheet"]))
    });
    found(&["comes with a header \"link\""])?;
    proxy.lie(|_, _| None);
    watch(&[&proxy.url, "--app", "--once"])?.says(&["serves the release"])?;

    // as lines of JSON
    proxy.lie(|path, _| (path == "/assets/icon-1.svg").then_some(Lie::Missing));
    let finished = watch(&[&proxy.url, "--app", "--json"])?;
    assert_eq!(code(&finished), Some(1));
    let differences = events(&finished, "difference")?;
    let [difference] = differences.as_slice() else { anyhow::bail!("{}", finished.text()) };
    assert_eq!(difference["paths"], serde_json::json!(["/assets/icon-1.svg"]));
    assert_eq!(difference["encodings"], serde_json::json!(["identity", "gzip", "br"]));
    assert_eq!(events(&finished, "differences")?[0]["files"], 1);
    // all of the app is gone: the fault is told once
    proxy.lie(|path, _| (!path.starts_with("/v1/")).then_some(Lie::Missing));
    let finished = watch(&[&proxy.url, "--app"])?;
    finished.refuses_on_stdout(&["/assets/icon-1.svg, /, /board and", "404"])?;
    assert_eq!(finished.stdout.lines().count(), 3, "{}", finished.text());
    // again and again, until something is wrong
    let (asked, away) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (counter, is_away) = (Arc::clone(&asked), Arc::clone(&away));
    proxy.lie(move |path, _| {
        counter.fetch_add(usize::from(path == "/v1/board/checkpoint"), Ordering::SeqCst);
        // somebody in front of the board, who says nothing of it
        let busy = || Lie::Status(500);
        is_away.load(Ordering::SeqCst).then(busy)
    });
    let log = place.path().join("every.log");
    let mut every = Running::spawn("tabella-verify", &["watch", &proxy.url, "--app", "--every", "1"], &log)?;
    wait_until("it has looked three times", MINUTE, || Ok(asked.load(Ordering::SeqCst) >= 4))?;
    let said = |words: &str| Ok::<_, anyhow::Error>(fs::read_to_string(&log)?.matches(words).count());
    assert_eq!(said("serves the release")?, 1, "what stays as it is is said once");
    away.store(true, Ordering::SeqCst);
    wait_until("it says that nobody answers", MINUTE, || Ok(said("NOT LOOKED AT")? > 0))?;
    away.store(false, Ordering::SeqCst);
    wait_until("it says that it is over", MINUTE, || Ok(said("could be looked at again")? > 0))?;
    assert_eq!((said("NOT LOOKED AT")?, said("could be looked at again")?), (1, 1));
    ensure!(every.ended()?.is_none(), "it has ended");
    proxy.lie(|path, _| (path == "/assets/icon-1.svg").then_some(Lie::Missing));
    assert_eq!(every.wait(MINUTE)?.code(), Some(1));
    assert!(fs::read_to_string(&log)?.contains("DIFFERENCE"));
    // nobody there is no difference
    let nobody = watch(&["http://127.0.0.1:9", "--app"])?;
    assert_eq!(code(&nobody), Some(4), "{}", nobody.text());

    // a release whose own page loads something that it does not list is found too
    let evil = place.path().join("evil");
    write_app(&evil, &page)?;
    drop(_board);
    let (_board, url) = start_with_app(&world, &evil)?;
    let finished = watch(&[&url, "--app"])?;
    assert_eq!(code(&finished), Some(1));
    finished.refuses_on_stdout(&["it loads https://evil.example/x.js"])?;
    Ok(())
}

#[test]
fn a_board_with_another_app_writes_a_release_and_the_watch_goes_on() -> Result<()> {
    let place = tempfile::tempdir()?;
    let mut world = World::new(&place.path().join("world"))?;
    let election = world.small("updated", BY_HAND, YES_NO)?;
    world.kill_board()?;
    let state = text(&place.path().join("seen.json"));
    let (first, second) = (place.path().join("first"), place.path().join("second"));
    write_app(&first, PAGE)?;
    write_app(&second, &PAGE.replace("<html>", "<html lang=\"en\">"))?;

    let mut indices = Vec::new();
    let mut old_page = Vec::new();
    for app in [&first, &first, &second, &first, &second] {
        let (_board, url) = start_with_app(&world, app)?;
        let finished = watch(&[&url, "--app", "--state", &state, "--json"])?;
        assert_eq!(code(&finished), Some(0), "{}", finished.text());
        let index = events(&finished, "app")?[0]["release"].as_u64().context("an index")?;
        assert_eq!(release(&url)?["index"].as_u64(), Some(index));
        indices.push(index);
        if app == &first {
            old_page = get(&url)?;
        }
    }
    assert_eq!(indices[0], indices[1], "the same app is not released twice");
    assert!(indices[1..].is_sorted_by(|one, next| one < next), "{indices:?}");

    // a place that still serves an earlier release
    let (_board, url) = start_with_app(&world, &second)?;
    let proxy = Proxy::before(&url)?;
    proxy.lie(move |path, _| (path == "/").then(|| Lie::Body(old_page.clone(), vec![POLICY.to_owned()])));
    let finished = watch(&[&url, &proxy.url, "--app"])?;
    assert_eq!(code(&finished), Some(1));
    finished.refuses_on_stdout(&["the page of an earlier release, entry"])?;

    // the record says which app was served when
    let verified = Verified::of(&url, &["--election", &election.id, "--partial"])?;
    assert!(verified.items("1.10")? >= 4, "{}", verified.report["checks"]);
    // a folder without a page is no app
    let (data, none) = (world.path("board"), text(&election.folder));
    let refused = run("tabella-board", &["run", "--data", &data, "--listen", "127.0.0.1:0", "--app", &none])?;
    refused.refuses(&["index.html is missing"])?;
    Ok(())
}

/// A watch could not see what it had to, says so in these words, and accuses nobody.
fn is_unseen(finished: &Finished, words: &[&str]) -> Result<()> {
    let is_said = words.iter().all(|words| finished.stdout.contains(words));
    ensure!(code(finished) == Some(4) && is_said, "{words:?}: {}", finished.text());
    Ok(())
}

/// A person keeps what was seen of a board that contradicts itself, and begins anew.
fn begin_anew(view: &Path) -> Result<()> {
    Ok(fs::rename(view, view.with_extension("contradicted.json"))?)
}

/// The evidence file that a program wrote, by its words.
fn evidence(finished: &Finished) -> Result<PathBuf> {
    let said = finished.text();
    let line = said.lines().find_map(|line| line.strip_prefix("evidence: ")).map(str::to_owned);
    let path = PathBuf::from(line.with_context(|| said.clone())?);
    ensure!(path.is_file(), "there is no {}", path.display());
    Ok(path)
}

fn judge(file: &Path, more: &[&str]) -> Result<Finished> {
    run("tabella-verify", &[&["evidence", &text(file)], more].concat())
}

#[test]
fn a_fork_of_two_boards_with_one_key_is_caught_by_everybody_who_saw_one_and_proven_to_anybody() -> Result<()>
{
    let place = tempfile::tempdir()?;
    let mut honest = World::new(&place.path().join("world"))?;
    let election = honest.small("common", BY_HAND, YES_NO)?;
    honest.kill_board()?;
    let twin = honest.twin("twin")?;
    honest.restart_board()?;
    let report = honest.verify(&election, &["--partial"])?.report;
    let fingerprint = report["board"]["fingerprint"].as_str().context("a fingerprint")?.to_owned();
    let folder = |name: &str| -> Result<String> {
        let folder = place.path().join(name);
        fs::create_dir_all(&folder)?;
        Ok(text(&folder.join("view.json")))
    };
    // what programs keep; the verifier's is another file than the watch's, because each must meet the fork itself
    let (state, small, view) = (folder("watch")?, folder("small")?, folder("verifier")?);
    let trustee = |world: &World| world.trustee(&election, "status", &election.trustees[0], &[]);
    let verifier = |world: &World| world.verify(&election, &["--partial", "--view", &view]);
    let voter = |world: &World, view: &str| {
        world.vote(&election, "track", &["--code", &"ab".repeat(32), "--view", view])
    };
    watch(&[honest.url(), "--state", &small])?.says(&["nothing had been seen of it before"])?;
    let _other = honest.small("honest", BY_HAND, YES_NO)?;
    let _another = twin.small("twin-1", BY_HAND, YES_NO)?;

    // of one size: signed twice
    watch(&[honest.url(), "--state", &state])?.says(&["nothing had been seen of it before"])?;
    let again = "it and every election's log continue what was seen";
    for state in [&state, &small] {
        watch(&[honest.url(), "--state", state])?.says(&[again])?;
    }
    let same = watch(&[twin.url(), "--state", &state, "--json"])?;
    assert_eq!(code(&same), Some(3), "{}", same.text());
    let contradiction = &events(&same, "contradiction")?[0];
    assert_eq!(contradiction["kind"], "same-size");
    let file = PathBuf::from(contradiction["evidence"].as_str().context("a file")?);
    assert_eq!(file.parent(), Path::new(&state).parent(), "beside the state");
    judge(&file, &[])?.says(&["CONFIRMED", "different roots", "compare it with the one", &fingerprint])?;
    judge(&file, &["--board", &fingerprint])?.says(&["CONFIRMED", "the board that you named"])?;
    let other = judge(&file, &["--board", &"ab".repeat(32)])?;
    assert_eq!(code(&other), Some(1));
    other.refuses_on_stdout(&["NOT PROVEN", "not about the one you named"])?;
    // whoever was killed before the file was written, or loses it, gets it again, whichever board is asked
    fs::remove_file(&file)?;
    for address in [honest.url(), twin.url(), "http://127.0.0.1:9"] {
        let again = watch(&[address, "--state", &state, "--json"])?;
        assert_eq!(code(&again), Some(3), "{}", again.text());
        assert_eq!(events(&again, "contradiction")?[0]["evidence"], contradiction["evidence"]);
        again.refuses_on_stdout(&["An earlier visit proved it", &state])?;
    }
    judge(&file, &[])?.says(&["CONFIRMED"])?;

    // of different sizes: shown by a path. Whoever saw the one is not taken in by the other
    trustee(&honest)?.says(&["phase: setup"])?;
    let _ = verifier(&honest)?;
    // what the verifier saw, under a name so long that it can be read and not written
    let unwritable = place.path().join("verifier").join("v".repeat(250));
    fs::copy(&view, &unwritable)?;
    let _more = twin.small("twin-2", BY_HAND, YES_NO)?;
    let mut files = vec![file];
    files.push(evidence(&trustee(&twin)?)?);
    let verifier_at =
        |view: &str| run("tabella-verify", &[twin.url(), "--election", &election.id, "--view", view]);
    files.push(evidence(&verifier_at(&view)?)?);
    let unkept = verifier_at(&text(&unwritable))?;
    unkept.refuses(&["what was seen of the board is not kept"])?;
    assert_eq!((code(&unkept), evidence(&unkept)?.is_file()), (Some(3), true), "{}", unkept.text());
    files.push(evidence(&voter(&twin, &small)?)?);
    for again in [voter(&honest, &small)?, trustee(&honest)?, verifier_at(&view)?] {
        again.refuses(&["An earlier visit proved it"])?;
        files.push(evidence(&again)?);
        assert_eq!(code(&again), Some(3), "{}", again.text());
    }
    // the administrator and the registrar have seen the honest board too
    let (own, private) = (honest.path("administrator"), text(&place.path().join("none.csv")));
    let office = |world: &World, program: &str, arguments: &[&str]| -> Result<Finished> {
        run(program, &[arguments, &world.at(&election)].concat())
    };
    let registrar = ["publish", "--folder", &honest.path("registrar"), "--private", &private];
    let _no_table = office(&honest, "tabella-registrar", &registrar)?;
    let administrator = ["close", "--folder", &own];
    for (program, arguments) in [("tabella-admin", &administrator[..]), ("tabella-registrar", &registrar)] {
        let file = evidence(&office(&twin, program, arguments)?)?;
        assert_eq!(file.parent(), Path::new(arguments[2]).into(), "in the folder with the key");
        files.push(file);
    }
    for file in &files {
        judge(file, &["--board", &fingerprint])?.says(&["CONFIRMED"])?;
    }
    judge(&files[1], &[])?.says(&["does not begin with the log of fewer"])?;

    // fewer entries are no proof, and no evidence is left; but it is kept until the log that goes on shows what it was
    let later = folder("later")?;
    let left = || Ok::<_, anyhow::Error>(fs::read_dir(place.path().join("later"))?.count());
    watch(&[twin.url(), "--state", &later])?.says(&[])?;
    let backwards = watch(&[honest.url(), "--state", &later])?;
    is_unseen(&backwards, &["OLDER", "were seen before", "This alone proves nothing"])?;
    assert_eq!(left()?, 1);
    let proven = watch(&[twin.url(), "--state", &later, "--json"])?;
    assert_eq!(code(&proven), Some(3), "{}", proven.text());
    let file = PathBuf::from(events(&proven, "contradiction")?[0]["evidence"].as_str().context("a file")?);
    judge(&file, &["--board", &fingerprint])?.says(&["CONFIRMED"])?;
    begin_anew(Path::new(&later))?;
    watch(&[twin.url(), "--state", &later])?.says(&["nothing had been seen of it before"])?;

    // forged: another word in a note, another path, no file at all
    let good = fs::read_to_string(&files[1])?;
    let forged = place.path().join("forged.json");
    let mut changed: Value = serde_json::from_str(&good)?;
    changed["path"][0] = Value::String("00".repeat(32));
    let mut without: Value = serde_json::from_str(&good)?;
    without["path"] = Value::Array(Vec::new());
    fs::write(&forged, without.to_string())?;
    judge(&forged, &[])?.refuses_on_stdout(&["NOT PROVEN", "old copy"])?;
    for (text, expected) in [
        (changed.to_string(), 1),
        (good.replacen("localhost/tabella\\n", "localhost/tabello\\n", 1), 1),
        (good.replace("\"version\": 1", "\"version\": 7"), 4),
        ("{}".to_owned(), 4),
    ] {
        fs::write(&forged, text)?;
        let judged = judge(&forged, &[])?;
        assert_eq!(code(&judged), Some(expected), "{}", judged.text());
    }
    assert_eq!(code(&judge(&place.path().join("none"), &[])?), Some(4));
    Ok(())
}

#[test]
fn an_election_log_other_than_the_anchored_one_is_found() -> Result<()> {
    let place = tempfile::tempdir()?;
    let mut honest = World::new(&place.path().join("world"))?;
    let election = honest.small("common", BY_HAND, YES_NO)?;
    honest.kill_board()?;
    let twin = honest.twin("twin")?;
    honest.restart_board()?;
    // the election's log goes on differently on each board: first another trustee registers
    for (world, trustee) in [(&honest, 0), (&twin, 1)] {
        let run = world.trustee(&election, "ceremony", &election.trustees[trustee], &[])?;
        run.says(&[])?;
        fs::remove_file(election.trustees[trustee].join("board-view.json"))?;
    }
    let proxy = Proxy::before(honest.url())?;
    watch(&[&proxy.url])?.says(&["1 elections"])?;
    let (prefix, other) = (format!("/v1/elections/{}", election.id), twin.url().to_owned());
    proxy.lie(move |path, _| path.starts_with(&prefix).then(|| Lie::Divert(other.clone())));
    let finished = watch(&[&proxy.url])?;
    assert_eq!(code(&finished), Some(1), "{}", finished.text());
    finished.refuses_on_stdout(&["the board log anchors another log of the election", "two versions"])?;
    Ok(())
}

#[test]
fn a_file_that_is_no_state_file_is_named_with_what_to_do() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let state = text(&place.path().join("state.json"));
    watch(&[world.url(), "--state", &state])?.says(&["nothing had been seen of it before"])?;
    let good = fs::read_to_string(&state)?;
    let damaged = good.replacen("localhost/tabella\\n", "localhost/tabello\\n", 1);
    assert_ne!(good, damaged);
    for bad in ["", "{}", "not JSON", &damaged, "\u{0}"] {
        fs::write(&state, bad)?;
        let refused = watch(&[world.url(), "--state", &state])?;
        assert_eq!(code(&refused), Some(2), "{}", refused.text());
        refused.refuses(&["is no state file of this program", &state, "Name the right file", "backup"])?;
        assert_eq!(fs::read_to_string(&state)?, bad, "it is left as it is");
    }
    Ok(())
}

#[test]
fn a_board_that_withholds_a_tile_has_failed_and_is_held_to_what_it_showed() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let proxy = Proxy::before(world.url())?;
    let election = world.small("first", BY_HAND, YES_NO)?;
    let state = text(&place.path().join("seen.json"));
    let trustee = || {
        let folder = text(&election.trustees[0]);
        run(
            "tabella-trustee",
            &["status", "--folder", &folder, "--board", &proxy.url, "--election", &election.id],
        )
    };
    let view = election.trustees[0].join("board-view.json");
    let old = get(&format!("{}/v1/board/checkpoint", world.url()))?;
    watch(&[&proxy.url, "--state", &state])?.says(&[])?;
    trustee()?.says(&["phase: setup"])?;
    let _more = world.small("second", BY_HAND, YES_NO)?;

    proxy.lie(|path, _| path.starts_with("/v1/board/tile/0/").then_some(Lie::Missing));
    let failed = watch(&[&proxy.url, "--state", &state])?;
    is_unseen(&failed, &["NOT LOOKED AT", "damaged or withheld", "proves nothing against the board"])?;
    trustee()?.refuses(&["damaged or withheld", "another mirror"])?;
    for file in [Path::new(&state), &view] {
        ensure!(fs::read_to_string(file)?.contains("pending"), "what was shown is forgotten");
    }
    // back to what was seen before: that is not enough any more
    proxy.lie(move |path, _| (path == "/v1/board/checkpoint").then(|| Lie::Body(old.clone(), Vec::new())));
    is_unseen(&watch(&[&proxy.url, "--state", &state])?, &["OLDER", "were seen before"])?;
    trustee()?.refuses(&["were seen before"])?;
    proxy.lie(|_, _| None);
    watch(&[&proxy.url, "--state", &state])?.says(&["continue what was seen"])?;
    trustee()?.says(&["phase: setup"])?;
    for file in [Path::new(&state), &view] {
        ensure!(!fs::read_to_string(file)?.contains("pending"), "what was shown is still asked for");
    }
    assert_eq!(fs::read_dir(place.path())?.count(), 2, "no evidence: the world and the state");
    Ok(())
}

#[test]
fn what_stands_between_a_watch_and_the_board_accuses_nobody_and_does_not_end_it() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let proxy = Proxy::before(world.url())?;
    let old = get(&format!("{}/v1/board/checkpoint", world.url()))?;
    let state = text(&place.path().join("seen.json"));
    let election = world.small("first", BY_HAND, YES_NO)?;
    watch(&[&proxy.url, "--state", &state])?.says(&[])?;

    // the sign-in page of a network, with status 200, for everything or for the checkpoint alone
    let page =
        || Lie::Body(b"<html>please sign in</html>".to_vec(), vec!["Content-Type: text/html".to_owned()]);
    proxy.lie(move |_, _| Some(page()));
    is_unseen(&watch(&[&proxy.url, "--state", &state])?, &["NOT LOOKED AT", "is not a Tabella board"])?;
    let checkpoint = format!("/v1/elections/{}/checkpoint", election.id);
    proxy.lie(move |path, _| (path == checkpoint).then(page));
    let portal = watch(&[&proxy.url, "--state", &state])?;
    is_unseen(&portal, &["NOT LOOKED AT", "does not verify", "proves nothing against the board"])?;

    // a cache that is behind for one look, and one that stays behind
    let (looks, copy) = (AtomicUsize::new(0), old.clone());
    proxy.lie(move |path, _| {
        let is_first = path == "/v1/board/checkpoint" && looks.fetch_add(1, Ordering::SeqCst) == 0;
        is_first.then(|| Lie::Body(copy.clone(), Vec::new()))
    });
    watch(&[&proxy.url, "--state", &state])?.says(&["continue what was seen"])?;
    let is_behind = Arc::new(AtomicBool::new(true));
    let behind = Arc::clone(&is_behind);
    proxy.lie(move |path, _| {
        let is_old = path == "/v1/board/checkpoint" && behind.load(Ordering::SeqCst);
        is_old.then(|| Lie::Body(old.clone(), Vec::new()))
    });
    let log = place.path().join("every.log");
    let arguments = ["watch", &proxy.url, "--state", &state, "--every", "1"];
    let mut every = Running::spawn("tabella-verify", &arguments, &log)?;
    let said = |words: &str| Ok::<_, anyhow::Error>(fs::read_to_string(&log)?.matches(words).count());
    wait_until("it says that the copy is old", MINUTE, || Ok(said("OLDER")? > 0))?;
    is_behind.store(false, Ordering::SeqCst);
    wait_until("it says that it is over", MINUTE, || Ok(said("could be looked at again")? > 0))?;
    ensure!(every.ended()?.is_none(), "it has ended");
    assert_eq!((said("OLDER")?, said("WRONG")?), (1, 0));

    // a checkpoint of this log with another's signature is wrong
    let forged = String::from_utf8(get(&format!("{}/v1/board/checkpoint", world.url()))?)?;
    let (first, signature) = forged.rsplit_once(' ').context("a signature")?;
    // after the four bytes of the key's name
    let (name, rest) = signature.split_at(8);
    let other = if rest.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{first} {name}{other}{}", &rest[1..]);
    proxy.lie(move |path, _| {
        (path == "/v1/board/checkpoint").then(|| Lie::Body(forged.clone().into_bytes(), Vec::new()))
    });
    let wrong = watch(&[&proxy.url, "--state", &state])?;
    wrong.refuses_on_stdout(&["WRONG", "does not verify"])?;
    assert_eq!(code(&wrong), Some(1), "{}", wrong.text());
    Ok(())
}
