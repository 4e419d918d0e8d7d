//! Mirrors with the real program: of a board under load, of a mirror, of a store; killed, and lied to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests end where something is not as it must be"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;

use tabella_board_core::board::election_key;
use tabella_crypto::checkpoint::{NoteKey, SignedCheckpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{TileKind, TilePath, decode_bundle, leaf_hash, root_of, tiles_for_size};
use tabella_crypto::transcript::Digest;

mod program;

use program::writing::{Place, Writer, files};

/// A server of the files below a folder, and nothing else.
async fn serve(folder: &Path) -> String {
    serve_counting(folder, Arc::default()).await
}

/// The same, which counts the requests.
async fn serve_counting(folder: &Path, asked: Arc<AtomicUsize>) -> String {
    type Place = (std::path::PathBuf, Arc<AtomicUsize>);
    async fn file(State((folder, asked)): State<Place>, request: Request) -> Result<Vec<u8>, StatusCode> {
        asked.fetch_add(1, Ordering::SeqCst);
        std::fs::read(folder.join(request.uri().path().trim_start_matches('/')))
            .map_err(|_| StatusCode::NOT_FOUND)
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(file).with_state((folder.to_owned(), asked));
    tokio::spawn(axum::serve(listener, app).into_future());
    address
}

fn mirror(from: &str, to: &Path, more: &[&str]) -> std::process::Command {
    let mut command = program::command(&["mirror", "--from", from, "--to", to.to_str().unwrap()]);
    command.args(more);
    command
}

async fn once(from: &str, to: &Path, more: &[&str]) -> std::process::Output {
    let mut command = mirror(from, to, &["--once"]);
    command.args(more);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn text(output: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Whether what is published of each log is whole: every tile under its checkpoint, and the root. Gives the sizes.
fn check_whole(folder: &Path, key: &NoteKey) -> BTreeMap<String, u64> {
    let mut sizes = BTreeMap::new();
    let files = files(folder);
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with("checkpoint")) {
        let prefix = path.strip_suffix("checkpoint").unwrap();
        let election =
            prefix.strip_prefix("elections/").and_then(|rest| Digest::from_hex(rest.trim_end_matches('/')));
        let log_key = election.map_or(key.clone(), |id| election_key(key, ElectionId(id)).unwrap());
        let head = SignedCheckpoint::parse(bytes).unwrap().verify(&log_key, &[]).unwrap();
        let mut leaves = Vec::new();
        for tile in tiles_for_size(head.size()) {
            let bytes = &files[&format!("{prefix}{tile}")];
            match tile.kind() {
                TileKind::Entries => {
                    leaves.extend(decode_bundle(bytes, tile.width()).unwrap().iter().map(|e| leaf_hash(e)));
                }
                TileKind::Hashes { level: 0 } => {
                    let first = tile.first() as usize;
                    let part = &leaves[first..first + usize::from(tile.width())];
                    assert_eq!(*bytes, part.iter().flat_map(|leaf| leaf.0).collect::<Vec<u8>>());
                }
                TileKind::Hashes { .. } => {}
            }
        }
        assert_eq!(root_of(&leaves), head.root(), "{prefix}");
        sizes.insert(prefix.to_owned(), head.size());
    }
    sizes
}

/// What a record of these sizes has, of what is there.
fn canonical(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = files(folder);
    let checkpoints: Vec<_> = all
        .iter()
        .filter(|(path, _)| path.ends_with("checkpoint"))
        .map(|(p, b)| (p.clone(), b.clone()))
        .collect();
    let mut kept = BTreeMap::new();
    for (path, bytes) in checkpoints {
        let prefix = path.strip_suffix("checkpoint").unwrap();
        let size = SignedCheckpoint::parse(&bytes).unwrap().claimed().size();
        for tile in tiles_for_size(size) {
            let path = format!("{prefix}{tile}");
            kept.insert(path.clone(), all.remove(&path).unwrap());
        }
        kept.insert(path.clone(), bytes);
    }
    kept
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mirror_that_is_killed_again_and_again_goes_on_and_is_whole_at_every_moment() {
    let place = Arc::new(Place::new());
    let board = place.start();
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for nonce in 0..3 {
        writers.push(Writer::create(&place, &board.url, nonce).await.run(&place, &board.url, &stop));
    }
    let folder = place.path("mirror");
    let key = place.key.to_vkey_string();
    let mut last = BTreeMap::new();
    let mut kills = 0;
    // until it has been killed often, and has published something between kills
    while kills < 15 || last.len() < 4 {
        let mut child = mirror(&board.url, &folder, &["--every", "1", "--board", &key]).spawn().unwrap();
        // later and later, so that every machine gets to every part of a round
        tokio::time::sleep(Duration::from_millis(30 + 25 * kills)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let sizes = check_whole(&folder, &place.key);
        for (log, size) in &last {
            assert!(sizes[log] >= *size, "{log} shrank");
        }
        last = sizes;
        kills += 1;
        assert!(kills < 200, "nothing is ever published");
    }
    stop.store(true, Ordering::SeqCst);
    let mut acknowledged = 0;
    for writer in writers {
        acknowledged += writer.await.unwrap().acknowledged.len();
    }
    assert!(acknowledged > 30, "{acknowledged} entries are no load");
    let output = once(&board.url, &folder, &[]).await;
    assert!(output.status.success(), "{}", text(&output));
    check_whole(&folder, &place.key);
    // the same bytes as the board serves, and as a mirror that was never disturbed has
    let client = reqwest::Client::new();
    let kept = canonical(&folder);
    for (path, bytes) in &kept {
        let served = client.get(format!("{}/v1/{path}", board.url)).send().await.unwrap();
        assert!(served.status().is_success(), "{path}");
        assert_eq!(*bytes, served.bytes().await.unwrap(), "{path}");
    }
    let fresh = place.path("fresh");
    assert!(once(&board.url, &fresh, &["--board", &key]).await.status.success());
    assert_eq!(files(&fresh), kept);
    // where a full tile is, no partial one is left
    for path in files(&folder).keys().filter(|path| !kept.contains_key(*path)) {
        let (log, tile) = path.split_at(path.find("tile/").unwrap());
        let tile = TilePath::parse(tile).unwrap();
        assert!(!tile.is_full(), "{path} is beyond the checkpoint");
        assert!(!kept.contains_key(&format!("{log}{}", tile.to_full().unwrap())), "{path} has a full tile");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mirror_of_a_mirror_and_an_export_are_the_same_record() {
    let place = Place::new();
    let board = place.start();
    for nonce in 0..2 {
        // across the end of a bundle
        Writer::create(&place, &board.url, nonce).await.add_many(&place, &board.url, 130).await;
    }
    let (first, second, third, exported) =
        (place.path("first"), place.path("second"), place.path("third"), place.path("exported"));
    let output = once(&board.url, &first, &[]).await;
    assert!(output.status.success(), "{}", text(&output));
    let key = place.key.verifying_key().fingerprint().to_hex();
    let output = once(&serve(&first).await, &second, &["--board", &key]).await;
    assert!(output.status.success(), "{}", text(&output));
    let output = once(first.to_str().unwrap(), &third, &[]).await;
    assert!(output.status.success(), "{}", text(&output));

    let data = place.data();
    let export = ["export", "--data", data.to_str().unwrap(), "--to", exported.to_str().unwrap()];
    let refused = program::output(&export);
    assert!(!refused.status.success() && text(&refused).contains("mirror --once"), "{}", text(&refused));
    drop(board);
    let output = program::output(&export);
    assert!(output.status.success(), "{}", text(&output));
    let record = files(&first);
    assert!(record.len() > 12 && record.keys().any(|path| path.ends_with("board/tile/0/000")));
    assert!(record == files(&second) && record == files(&third) && record == files(&exported));

    // what a mirror leaves that is killed between a checkpoint and its cleaning up
    for left in ["board/tile/0/000.p/7", "board/tile/entries/000.p/7"] {
        let left = first.join(left);
        std::fs::create_dir(left.parent().unwrap()).unwrap();
        std::fs::write(left, "left behind").unwrap();
    }
    let output = once(exported.to_str().unwrap(), &first, &[]).await;
    assert!(output.status.success(), "{}", text(&output));
    assert!(files(&first) == record);

    let other = Place::new();
    let wrong = other.key.to_vkey_string();
    let output = once(first.to_str().unwrap(), &place.path("fourth"), &["--board", &wrong]).await;
    assert!(!output.status.success() && text(&output).contains("expected is the key"), "{}", text(&output));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mirror_stops_at_a_contradiction_and_keeps_it_but_waits_for_a_source_that_is_behind() {
    let place = Place::new();
    let mut board = place.start();
    let mut writer = Writer::create(&place, &board.url, 1).await;
    writer.add_many(&place, &board.url, 3).await;
    drop(board);
    let (old, older) = (place.path("old"), place.path("older"));
    std::fs::create_dir(&old).unwrap();
    for file in ["board.redb", "operator.key"] {
        std::fs::copy(place.data().join(file), old.join(file)).unwrap();
    }
    let export = ["export", "--data", old.to_str().unwrap(), "--to", older.to_str().unwrap()];
    assert!(program::output(&export).status.success());
    board = place.start();
    writer.add_many(&place, &board.url, 3).await;
    let folder = place.path("mirror");
    assert!(once(&board.url, &folder, &[]).await.status.success());
    let before = files(&folder);

    let output = once(older.to_str().unwrap(), &folder, &[]).await;
    assert_eq!(
        output.status.code(),
        Some(1),
        "behind is no contradiction, and no success: {}",
        text(&output)
    );
    assert!(text(&output).contains("shows less than this mirror has"), "{}", text(&output));
    assert_eq!(files(&folder), before);

    // the old copy goes on under the same key, and signs another log: smaller, as large, and larger
    let fork = program::Running::start(&old).unwrap();
    let mut forked = Writer::create(&place, &fork.url, 2).await;
    for _ in 0..3 {
        let output = once(&fork.url, &folder, &[]).await;
        assert_eq!(output.status.code(), Some(3), "{}", text(&output));
        assert!(text(&output).contains("evidence-"), "{}", text(&output));
        assert_eq!(files(&folder), before, "what was seen first stays");
        forked.add_many(&place, &fork.url, 3).await;
    }
    // nor does an export of its store, which says the same; where no file can be written it says all of it
    drop(fork);
    let kept = place.path("mirror.mirror/evidence");
    let export = ["export", "--data", old.to_str().unwrap(), "--to", folder.to_str().unwrap()];
    let output = program::output(&export);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert!(text(&output).contains("evidence-") && text(&output).contains("\nhint: "), "{}", text(&output));
    let aside = place.path("aside");
    std::fs::rename(&kept, &aside).unwrap();
    std::fs::write(&kept, "no folder").unwrap();
    for output in [program::output(&export), once(&board.url, &folder, &[]).await] {
        assert_eq!(output.status.code(), Some(3), "{}", text(&output));
        let said = text(&output);
        let (_, json) = said.split_once("put this into a file: ").unwrap();
        let fork = tabella_board_client::Fork::from_json(json.lines().next().unwrap()).unwrap();
        assert!(fork.confirm(None).is_ok());
    }
    std::fs::remove_file(&kept).unwrap();
    std::fs::rename(&aside, &kept).unwrap();
    // as soon as it can be it is, before anybody is asked
    let output = once(&board.url, &folder, &[]).await;
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert!(text(&output).contains("the evidence is in"), "{}", text(&output));
    assert_eq!(files(&folder), before);
    let evidence = files(&kept);
    assert!(evidence.len() >= 2, "{:?}", evidence.keys());
    for bytes in evidence.values() {
        let fork: tabella_board_client::Fork = serde_json::from_slice(bytes).unwrap();
        assert!(fork.confirm(None).is_ok(), "also of the log that is shorter");
        for note in [&fork.seen, &fork.shown] {
            let note = SignedCheckpoint::parse(note.as_bytes()).unwrap();
            let key = NoteKey::log(&fork.origin, place.key.verifying_key()).unwrap();
            assert!(note.verify(&key, &[]).is_ok());
        }
        assert_ne!(fork.seen, fork.shown);
    }
    // one that was killed before the evidence was written writes it when it is back
    let (name, bytes) = evidence.first_key_value().unwrap();
    let (seen, lost) =
        (place.path("mirror.mirror/board-view.json"), place.path("mirror.mirror/evidence").join(name));
    let mut view: serde_json::Value = serde_json::from_slice(&std::fs::read(&seen).unwrap()).unwrap();
    view["contradiction"] = serde_json::from_slice(bytes).unwrap();
    std::fs::write(&seen, view.to_string()).unwrap();
    std::fs::remove_file(&lost).unwrap();
    let output = once(&board.url, &folder, &[]).await;
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert_eq!(std::fs::read(&lost).unwrap(), *bytes);
    // and goes on with the one that it follows
    writer.add_many(&place, &board.url, 1).await;
    let output = once(&board.url, &folder, &[]).await;
    assert!(output.status.success(), "{}", text(&output));
    assert!(check_whole(&folder, &place.key)["board/"] > check_whole(&older, &place.key)["board/"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_without_a_tile_has_failed_which_is_said_once_and_must_show_again_what_it_showed() {
    let place = Place::new();
    let board = place.start();
    let mut writer = Writer::create(&place, &board.url, 1).await;
    writer.add_many(&place, &board.url, 3).await;
    let (source, older, folder) = (place.path("source"), place.path("older"), place.path("mirror"));
    for to in [&source, &older, &folder] {
        assert!(once(&board.url, to, &[]).await.status.success());
    }
    let asked = Arc::new(AtomicUsize::new(0));
    let address = serve_counting(&source, asked.clone()).await;
    let before = files(&folder);
    writer.add_many(&place, &board.url, 3).await;
    assert!(once(&board.url, &source, &[]).await.status.success());
    let (tiles, hidden) = (source.join("board/tile/0"), source.join("board/hidden"));
    std::fs::rename(&tiles, &hidden).unwrap();

    let output = once(&address, &folder, &[]).await;
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("damaged or withheld"), "{}", text(&output));
    assert_eq!(files(&folder), before);
    // the folder has nothing of it, and still the source cannot go back to what the folder has
    let output = once(older.to_str().unwrap(), &folder, &[]).await;
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("shows less than this mirror has"), "{}", text(&output));

    let log = place.path("log");
    let file = std::fs::File::create(&log).unwrap();
    let mut following = mirror(&address, &folder, &["--every", "1"]);
    following.env("TABELLA_BOARD_LOG_LEVEL", "info").stderr(file.try_clone().unwrap()).stdout(file);
    let mut child = following.spawn().unwrap();
    let said = |words: &str| {
        std::fs::read_to_string(&log).unwrap().lines().filter(|line| line.contains(words)).count()
    };
    asked.store(0, Ordering::SeqCst);
    while said("damaged or withheld") == 0 || asked.load(Ordering::SeqCst) < 20 {
        assert!(child.try_wait().unwrap().is_none(), "it has ended");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    std::fs::rename(&hidden, &tiles).unwrap();
    while said("is as it should be again") == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it has ended");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!((said("damaged or withheld"), said("is as it should be again")), (1, 1));
    assert_eq!(canonical(&folder), canonical(&source));
    assert!(!place.path("mirror.mirror/evidence").exists(), "a failure leaves no evidence");
    assert!(
        !std::fs::read_to_string(place.path("mirror.mirror/board-view.json")).unwrap().contains("pending")
    );
}
