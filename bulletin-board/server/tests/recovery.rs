//! Backups, and the way back from one, with the real program.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests end where something is not as it must be"
)]

use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tabella_board::store::{LogId, RedbStore, Store};
use tabella_board_core::api::{Consistency, paths};
use tabella_board_core::receipt::Receipt;
use tabella_crypto::checkpoint::SignedCheckpoint;
use tabella_crypto::merkle::{leaf_hash, verify_consistency};

mod program;

use program::Running;
use program::writing::{Place, Writer, files};

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

async fn run(arguments: Vec<String>) -> Output {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut command = program::command(&arguments);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

async fn backup(data: &Path, to: &Path) -> Output {
    run(words(&["backup", "--data", data.to_str().unwrap(), "--to", to.to_str().unwrap()])).await
}

async fn mirror(from: &str, to: &Path) {
    let output = run(words(&["mirror", "--once", "--from", from, "--to", to.to_str().unwrap()])).await;
    assert!(output.status.success(), "{}", text(&output));
}

async fn catch_up(data: &Path, from: &Path) -> Output {
    run(words(&["catch-up", "--data", data.to_str().unwrap(), "--from", from.to_str().unwrap()])).await
}

/// Every head of a stopped board's store, by log.
fn heads(data: &Path) -> Vec<(LogId, SignedCheckpoint)> {
    let store = RedbStore::open(&data.join("board.redb")).unwrap();
    let mut logs: Vec<LogId> = store.elections().unwrap().into_iter().map(LogId::Election).collect();
    logs.push(LogId::Board);
    logs.sort();
    logs.into_iter().map(|log| (log, store.head(log).unwrap().unwrap())).collect()
}

/// The store's file of a board takes the place of another's.
fn restore(data: &Path, backup: &Path) {
    std::fs::remove_file(data.join("board.redb")).unwrap();
    std::fs::copy(backup, data.join("board.redb")).unwrap();
}

async fn get(url: &str, path: &str) -> Vec<u8> {
    let response = reqwest::get(format!("{url}{path}")).await.unwrap();
    assert!(response.status().is_success(), "{path}");
    response.bytes().await.unwrap().to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_under_load_is_a_store_that_begins_every_log() {
    let place = Arc::new(Place::new());
    let kept = place.path("kept");
    let settings = place.path("board.toml");
    let chosen = format!("[backup]\nfolder = {kept:?}\nevery_minutes = 100000\nkeep = 2\n");
    std::fs::write(&settings, chosen).unwrap();
    let board = Running::start_with(&place.data(), &["--config", settings.to_str().unwrap()]).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for nonce in 0..2 {
        writers.push(Writer::create(&place, &board.url, nonce).await.run(&place, &board.url, &stop));
    }
    let backups: Vec<_> = (0..5).map(|number| place.path(&format!("backup-{number}.redb"))).collect();
    for backup_file in &backups {
        let output = backup(&place.data(), backup_file).await;
        assert!(output.status.success(), "{}", text(&output));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let again = backup(&place.data(), &backups[0]).await;
    assert!(!again.status.success() && text(&again).contains("is there already"), "{}", text(&again));
    let nowhere = backup(&place.data(), &place.path("none/backup.redb")).await;
    assert!(!nowhere.status.success() && text(&nowhere).contains("may be written to"), "{}", text(&nowhere));
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
    drop(board);

    let whole = RedbStore::open(&place.data().join("board.redb")).unwrap();
    let mut last = 0;
    for file in &backups {
        let copy = RedbStore::open(file).unwrap();
        let mut logs: Vec<LogId> = copy.elections().unwrap().into_iter().map(LogId::Election).collect();
        logs.push(LogId::Board);
        for log in logs {
            let size = copy.head(log).unwrap().unwrap().claimed().size();
            assert_eq!(copy.entries(log, 0..size).unwrap(), whole.entries(log, 0..size).unwrap());
        }
        let size = copy.head(LogId::Board).unwrap().unwrap().claimed().size();
        assert!(size > last, "the board went on while it was backed up");
        last = size;
    }
    drop(whole);
    let timed: Vec<_> = files(&kept).into_keys().collect();
    assert!(
        matches!(timed.as_slice(), [name] if name.starts_with("board-") && name.ends_with(".redb")),
        "{timed:?}"
    );
    // a board starts from the backup and from the one made at a fixed time, and a stopped one is backed up too
    for file in [&backups[4], &kept.join(&timed[0])] {
        restore(&place.data(), file);
        drop(place.start());
    }
    let offline = place.path("offline.redb");
    let output = backup(&place.data(), &offline).await;
    assert!(output.status.success(), "{}", text(&output));
    restore(&place.data(), &offline);
    drop(place.start());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_backup_and_the_mirrors_tail_are_the_board_again() {
    let place = Place::new();
    let board = place.start();
    let mut writers =
        vec![Writer::create(&place, &board.url, 1).await, Writer::create(&place, &board.url, 2).await];
    writers[0].add_many(&place, &board.url, 20).await;
    let (old, folder) = (place.path("old.redb"), place.path("mirror"));
    assert!(backup(&place.data(), &old).await.status.success());
    // beyond the backup: more of an election, a new one, and nothing of another
    writers[0].add_many(&place, &board.url, 300).await;
    writers.push(Writer::create(&place, &board.url, 3).await);
    writers[2].add_many(&place, &board.url, 7).await;
    mirror(&board.url, &folder).await;
    let mirrored = get(&board.url, &paths::checkpoint(paths::BOARD)).await;
    drop(board);
    let before = heads(&place.data());

    restore(&place.data(), &old);
    let address = folder.to_str().unwrap();
    let refused = Running::start_with(&place.data(), &["--mirror", address]).err().unwrap();
    assert!(refused.contains("catch-up") && refused.contains(address), "{refused}");
    assert_ne!(heads(&place.data()), before, "nothing was changed by the question");
    // a mirror that has more and does not show how the store stands to it is enough not to sign, and no evidence
    let (tiles, hidden) = (folder.join("board/tile/0"), place.path("hidden"));
    std::fs::rename(&tiles, &hidden).unwrap();
    let unshown = Running::start_with(&place.data(), &["--mirror", address]).err().unwrap();
    assert!(unshown.contains("does not show") && unshown.contains("damaged or withheld"), "{unshown}");
    let output = catch_up(&place.data(), &folder).await;
    assert!(!output.status.success() && text(&output).contains("does not show"), "{}", text(&output));
    assert!(!place.data().join("evidence").exists());
    std::fs::rename(&hidden, &tiles).unwrap();
    let output = catch_up(&place.data(), &folder).await;
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(heads(&place.data()), before, "the same heads, to the byte");
    let output = catch_up(&place.data(), &folder).await;
    assert!(output.status.success() && text(&output).contains("0 entries"), "{}", text(&output));

    let more = ["--mirror", address, "--require-mirrors"];
    let board = Running::start_with(&place.data(), &more).unwrap();
    assert_eq!(get(&board.url, &paths::checkpoint(paths::BOARD)).await, mirrored);
    for writer in &writers {
        for (bytes, index) in &writer.acknowledged {
            let receipt = get(&board.url, &paths::receipt(writer.id(), leaf_hash(bytes))).await;
            let receipt: Receipt = serde_json::from_slice(&receipt).unwrap();
            assert_eq!(receipt.verify(bytes, &place.key, &[]).unwrap().index(), *index);
        }
    }
    // it goes on, and continues what was signed before
    for writer in &mut writers {
        writer.add_many(&place, &board.url, 2).await;
    }
    let (_, old_head) = before.iter().find(|(log, _)| *log == LogId::Board).unwrap();
    let head = SignedCheckpoint::parse(&get(&board.url, &paths::checkpoint(paths::BOARD)).await).unwrap();
    let (old_head, head) = (old_head.claimed(), head.claimed());
    let path = paths::consistency(paths::BOARD, old_head.size(), head.size());
    let Consistency { path } = serde_json::from_slice(&get(&board.url, &path).await).unwrap();
    verify_consistency(old_head.size(), &old_head.root(), head.size(), &head.root(), &path).unwrap();
    mirror(&board.url, &folder).await;
    let behind = catch_up(&place.data(), &folder).await;
    assert!(!behind.status.success() && text(&behind).contains("stop the board"), "{}", text(&behind));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_and_a_mirror_are_the_whole_board() {
    let place = Place::new();
    let board = place.start();
    let mut writer = Writer::create(&place, &board.url, 1).await;
    writer.add_many(&place, &board.url, 40).await;
    let folder = place.path("mirror");
    mirror(&board.url, &folder).await;
    assert!(backup(&place.data(), &place.path("old.redb")).await.status.success());
    drop(board);
    let before = heads(&place.data());
    let key = std::fs::read(place.data().join("operator.key")).unwrap();
    std::fs::remove_dir_all(place.data()).unwrap();

    std::fs::create_dir(place.data()).unwrap();
    let output = catch_up(&place.data(), &folder).await;
    let said = text(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("put operator.key back from its copy"), "{said}");
    assert!(said.contains("never run init") && files(&place.data()).is_empty(), "{said}");
    let other = Place::new();
    std::fs::copy(other.data().join("operator.key"), place.data().join("operator.key")).unwrap();
    let output = catch_up(&place.data(), &folder).await;
    let said = text(&output);
    assert!(!output.status.success() && said.contains("not that of operator.key"), "{said}");
    assert!(said.contains("Nothing was written"), "{said}");
    let names: Vec<_> = files(&place.data()).into_keys().collect();
    assert_eq!(names, ["lock", "operator.key"], "no empty store is left to start on");
    // nor does a store of this board take another's key
    let old = place.path("old.redb");
    std::fs::copy(&old, place.data().join("board.redb")).unwrap();
    let output = catch_up(&place.data(), &folder).await;
    assert!(text(&output).contains("the operator's key is not this board's"), "{}", text(&output));
    assert_eq!(output.status.code(), Some(3), "a person must look");
    let (own, aside) = (place.data().join("operator.key"), place.path("aside.key"));
    std::fs::rename(&own, &aside).unwrap();
    let output = catch_up(&place.data(), &folder).await;
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert!(text(&output).contains("a board's store but not its key"), "{}", text(&output));
    std::fs::rename(&aside, &own).unwrap();
    std::fs::remove_file(place.data().join("board.redb")).unwrap();

    std::fs::write(place.data().join("operator.key"), key).unwrap();
    let output = catch_up(&place.data(), &folder).await;
    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(heads(&place.data()), before);
    let board = place.start();
    writer.add_many(&place, &board.url, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_contradicts_a_mirror_does_not_start_and_is_not_written_to() {
    let place = Place::new();
    let board = place.start();
    let mut writer = Writer::create(&place, &board.url, 1).await;
    let old = place.path("old.redb");
    assert!(backup(&place.data(), &old).await.status.success());
    writer.add_many(&place, &board.url, 5).await;
    let folder = place.path("mirror");
    mirror(&board.url, &folder).await;
    drop(board);
    // an old copy that was started without asking, and went on
    restore(&place.data(), &old);
    let board = place.start();
    let address = folder.to_str().unwrap().to_owned();
    // shorter than the mirror, then longer
    for count in [1, 9] {
        Writer::create(&place, &board.url, 10 + count).await.add_many(&place, &board.url, count.into()).await;
        let copy = place.path(&format!("fork-{count}"));
        std::fs::create_dir(&copy).unwrap();
        assert!(backup(&place.data(), &copy.join("board.redb")).await.status.success());
        std::fs::copy(place.data().join("operator.key"), copy.join("operator.key")).unwrap();
        let refused = Running::start_with(&copy, &["--mirror", &address]).err().unwrap();
        assert!(refused.contains("contradicts") && refused.contains("evidence"), "{refused}");
        let head = heads(&copy);
        let output = catch_up(&copy, &folder).await;
        assert!(!output.status.success() && text(&output).contains("contradicts"), "{}", text(&output));
        assert_eq!(heads(&copy), head);
        // also where it cannot be written
        let (evidence, aside) = (copy.join("evidence"), copy.join("aside"));
        std::fs::rename(&evidence, &aside).unwrap();
        std::fs::write(&evidence, "no folder").unwrap();
        let refused = Running::start_with(&copy, &["--mirror", &address]).err().unwrap();
        assert!(refused.contains("put this into a file: {\"version\""), "{refused}");
        std::fs::remove_file(&evidence).unwrap();
        std::fs::rename(&aside, &evidence).unwrap();
        let kept = files(&evidence);
        assert_eq!(kept.len(), 1, "the same contradiction is kept once");
        assert!(kept.keys().all(|name| name.starts_with("evidence-")), "{:?}", kept.keys());
        let fork: tabella_board_client::Fork = serde_json::from_slice(kept.values().next().unwrap()).unwrap();
        assert!(fork.confirm(None).is_ok(), "it proves itself");
        for note in [&fork.seen, &fork.shown] {
            assert!(SignedCheckpoint::parse(note.as_bytes()).unwrap().verify(&place.key, &[]).is_ok());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mirror_that_does_not_answer_is_a_warning_or_by_choice_a_reason_not_to_start() {
    let place = Place::new();
    let board = place.start();
    Writer::create(&place, &board.url, 1).await;
    let folder = place.path("mirror");
    mirror(&board.url, &folder).await;
    Writer::create(&place, &board.url, 2).await;
    drop(board);
    let nobody = "http://127.0.0.1:9";
    // a mirror that is behind is fine, one that does not answer is not waited for
    let address = folder.to_str().unwrap();
    drop(Running::start_with(&place.data(), &["--mirror", nobody, "--mirror", address]).unwrap());
    let more = ["--mirror", address, "--mirror", nobody, "--require-mirrors"];
    let refused = Running::start_with(&place.data(), &more).err().unwrap();
    assert!(refused.contains(nobody) && refused.contains("Nothing was signed"), "{refused}");
}
