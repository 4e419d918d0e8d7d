//! A record is taken whole, the same whoever takes it, and nothing is left of a bad one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tabella_crypto::merkle::tiles_for_size;

use super::*;
use crate::record::{RecordError, download, fetch};
use crate::transport::Request;

/// Every file below a folder, by its path.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// A board whose log anchors an election of so many entries.
fn anchored(entries: u64) -> Fake {
    let fake = Fake::new(entries - 1);
    fake.with(|world| world.accept(entry(entries - 1)));
    fake
}

#[test]
fn a_record_is_exactly_the_files_that_the_board_serves() {
    for size in [1, 255, 256, 257, 600] {
        let fake = anchored(size);
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("record");
        let mut seen = (0, 0);
        let head = run(download(&connect(&fake).unwrap(), ELECTION, &target, |done, all| seen = (done, all)));
        assert_eq!((head.unwrap().size(), seen), (size, (size, size)));
        let found = files(&target);
        let served = |path: String| {
            fake.with(|world| world.answer(&Request::get(format!("/v1/{path}"), usize::MAX)).body)
        };
        let board_size = fake.with(|world| world.board.size());
        let mut expected = BTreeMap::new();
        for (log, size) in [("board".to_owned(), board_size), (format!("elections/{ELECTION}"), size)] {
            for file in tiles_for_size(size).map(|tile| tile.to_string()).chain(["checkpoint".to_owned()]) {
                let path = format!("{log}/{file}");
                expected.insert(path.clone(), served(path));
            }
        }
        assert_eq!(found, expected, "size {size}");
        let mut kept = BTreeMap::new();
        let mut keep = |path, bytes| {
            assert_eq!(kept.insert(path, bytes), None, "each once");
            Ok(())
        };
        let head = run(fetch(&connect(&fake).unwrap(), ELECTION, &mut keep, &mut |_, _| ()));
        assert_eq!(head.unwrap().size(), size);
        assert_eq!(kept, expected, "the same without a folder");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing stands beside the record");
    }
}

#[test]
fn an_existing_folder_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let fake = anchored(3);
    let taken = run(download(&connect(&fake).unwrap(), ELECTION, folder.path(), |_, _| ()));
    assert!(matches!(taken, Err(RecordError::Exists(_))));
    assert!(files(folder.path()).is_empty());
}

#[test]
fn waits_until_the_board_log_holds_the_elections_checkpoint() {
    let fake = anchored(3);
    let board = connect(&fake).unwrap();
    // the election goes on, and its anchor comes two looks later
    fake.with(|world| world.election.entries.push(entry(3)));
    let late = fake.clone();
    let mut looks = 0;
    let (sender, receiver) = std::sync::mpsc::channel();
    fake.lie(move |request, response| {
        if request.path.ends_with("/board/checkpoint") {
            looks += 1;
            sender.send(looks).unwrap();
        }
        response
    });
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("record");
    assert!(matches!(run(download(&board, ELECTION, &target, |_, _| ())), Err(RecordError::NotAnchored)));
    assert!(receiver.try_iter().count() > 10, "it looks again");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left of it");
    late.with(|world| world.accept(entry(3)));
    assert_eq!(run(download(&board, ELECTION, &target, |_, _| ())).unwrap().size(), 4);
}

#[test]
fn nothing_is_left_of_a_record_that_does_not_verify() {
    let fake = anchored(300);
    let board = connect(&fake).unwrap();
    fake.change("tile/entries/001", |body| body[5] ^= 1);
    let folder = tempfile::tempdir().unwrap();
    let taken = run(download(&board, ELECTION, &folder.path().join("record"), |_, _| ()));
    assert!(matches!(taken, Err(RecordError::Client(ClientError::Tampered { .. }))));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
