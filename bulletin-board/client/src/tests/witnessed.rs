//! A board whose newest checkpoint has not been cosigned yet: an older one that has is found, and is no fork.

use std::collections::BTreeMap;

use tabella_board_core::entry::{BoardEntry, Genesis};
use tabella_crypto::checkpoint::cosign;
use tabella_crypto::merkle::tiles_for_size;

use super::*;
use crate::record::fetch;

const WITNESS: &str = "witness.example/w1";

/// A board with a witness and an election that demands so many cosignatures, anchored once; then the board log goes on
/// for so many entries.
fn board(demanded: u8, more: usize) -> (Fake, ElectionId) {
    let election = SmallElection::unpublished(|manifest| {
        manifest.board = ORIGIN.to_owned();
        manifest.cosignatures = demanded;
    });
    let id = election.manifest.id();
    let fake = Fake::of(id, (0..4).map(entry).collect());
    fake.with(|world| {
        let witnesses = vec![(WITNESS.to_owned(), key(9).verifying_key())];
        world.board.entries[1] = BoardEntry::Genesis(Genesis { witnesses, ..fake::genesis() }).encode();
        world.accept(entry(4));
        let others = (0..more).map(|other| format!("of another election: {other}").into_bytes());
        world.board.entries.extend(others);
    });
    serve(&fake, Some(election.manifest.encode()), None);
    (fake, id)
}

/// Lets the board show a manifest, and a note as its newest cosigned checkpoint.
fn serve(fake: &Fake, manifest: Option<Vec<u8>>, witnessed: Option<String>) {
    fake.lie(move |request, response| {
        if request.path.ends_with("/manifest") {
            return Ok(manifest.clone().map_or_else(|| problem(ProblemCode::NotFound), ok));
        }
        if request.path.contains("/board/witnessed/") {
            let note = witnessed.clone().map(String::into_bytes);
            return Ok(note.map_or_else(|| problem(ProblemCode::NotFound), ok));
        }
        response
    });
}

/// The manifest that the board shows.
fn manifest(demanded: u8) -> Vec<u8> {
    let election = SmallElection::unpublished(|manifest| {
        manifest.board = ORIGIN.to_owned();
        manifest.cosignatures = demanded;
    });
    election.manifest.encode()
}

/// The board log's checkpoint of its first entries, cosigned.
fn cosigned(fake: &Fake, size: usize) -> String {
    let mut log = fake.with(|world| world.board.clone());
    log.entries.truncate(size);
    cosign_note(&log.checkpoint(), WITNESS, 9)
}

fn cosign_note(note: &str, name: &str, seed: u8) -> String {
    let signed = SignedCheckpoint::parse(note.as_bytes()).unwrap();
    let line = cosign(signed.claimed(), name, &key(seed), 77).unwrap();
    signed.with_signature(line).unwrap().encode()
}

type Files = BTreeMap<String, Vec<u8>>;

fn record(fake: &Fake, id: ElectionId) -> Result<Files, crate::record::RecordError> {
    let mut files = Files::new();
    let mut keep = |path, bytes| {
        files.insert(path, bytes);
        Ok(())
    };
    let head = run(fetch(&connect(fake).unwrap(), id, &mut keep, &mut |_, _| ()))?;
    assert_eq!(head.size(), 5);
    Ok(files)
}

fn board_files(files: &Files) -> Vec<&str> {
    files.keys().filter_map(|path| path.strip_prefix("board/")).collect()
}

#[test]
fn an_older_cosigned_checkpoint_is_no_fork_and_not_the_newest() {
    let (fake, id) = board(1, 3);
    let note = cosigned(&fake, 4);
    serve(&fake, None, Some(note.clone()));
    let board = connect(&fake).unwrap();
    let mut log = board.log();
    let newest = run(log.refresh()).unwrap();
    let witnessed = run(log.witnessed(1)).unwrap().unwrap();
    assert_eq!(witnessed.checkpoint().size(), 4);
    assert_eq!(witnessed.checkpoint().cosignatures()[0].witness().name(), WITNESS);
    assert_eq!(log.checkpoint(), Some(&newest), "reading goes by the newest");
    log.go_back_to(witnessed);
    assert_eq!((log.size(), log.note().unwrap().encode()), (4, note));
    assert_eq!(run(log.entry(3)).unwrap(), fake.with(|world| world.board.entries[3].clone()));
    // what was seen stays what must be continued
    assert_eq!(run(log.refresh()).unwrap(), newest);
    assert!(board.election_log(id).is_ok());
}

#[test]
fn a_cosigned_checkpoint_of_another_log_is_a_fork() {
    let (fake, _) = board(1, 3);
    let mut log = fake.with(|world| world.board.clone());
    log.entries.truncate(4);
    log.entries[3] = entry(99);
    serve(&fake, None, Some(cosign_note(&log.checkpoint(), WITNESS, 9)));
    let board = connect(&fake).unwrap();
    let shown = run(board.log().witnessed(1));
    let Err(ClientError::Fork(fork)) = shown else { panic!("{shown:?}") };
    assert_eq!(fork.fork().kind, ForkKind::NotABeginning);
}

#[test]
fn cosignatures_of_strangers_do_not_count_and_forged_ones_are_refused() {
    let (fake, _) = board(1, 3);
    let plain = fake.with(|world| world.board.checkpoint());
    let mut log = connect(&fake).unwrap().log();
    for note in [plain.clone(), cosign_note(&plain, "stranger.example", 8)] {
        serve(&fake, None, Some(note));
        assert_eq!(run(log.witnessed(1)).unwrap(), None);
    }
    serve(&fake, None, None);
    assert_eq!(run(log.witnessed(1)).unwrap(), None);
    let good = cosigned(&fake, 4);
    serve(&fake, None, Some(good.clone()));
    assert_eq!(run(log.witnessed(2)).unwrap(), None, "one is not two");
    // the cosignature of another head
    let line = good.lines().last().unwrap().to_owned();
    serve(&fake, None, Some(format!("{plain}{line}\n")));
    assert!(matches!(run(log.witnessed(1)), Err(ClientError::Checkpoint { .. })));
}

#[test]
fn a_record_stands_under_the_cosignatures_that_its_manifest_demands() {
    let (fake, id) = board(1, 300);
    let note = cosigned(&fake, 4);
    serve(&fake, Some(manifest(1)), Some(note.clone()));
    let files = record(&fake, id).unwrap();
    assert_eq!(files["board/checkpoint"], note.into_bytes());
    let mut expected: Vec<String> = tiles_for_size(4).map(|tile| tile.to_string()).collect();
    expected.push("checkpoint".to_owned());
    expected.sort();
    assert_eq!(board_files(&files), expected);
    assert!(fake.with(|world| world.waits.is_empty()));
}

#[test]
fn a_record_of_an_election_that_demands_none_stands_under_the_newest_checkpoint() {
    let (fake, id) = board(0, 3);
    let note = cosigned(&fake, 4);
    for shown in [Some(manifest(0)), Some(manifest(1)), None] {
        // the second is another election's manifest
        serve(&fake, shown, Some(note.clone()));
        let files = record(&fake, id).unwrap();
        assert_eq!(files["board/checkpoint"], fake.with(|world| world.board.checkpoint()).into_bytes());
    }
}

#[test]
fn a_record_without_the_cosignatures_is_still_taken_after_a_while() {
    // not cosigned at all, and cosigned before the election's last anchor
    for size in [None, Some(2)] {
        let (fake, id) = board(1, 3);
        serve(&fake, Some(manifest(1)), size.map(|size| cosigned(&fake, size)));
        let files = record(&fake, id).unwrap();
        assert_eq!(files["board/checkpoint"], fake.with(|world| world.board.checkpoint()).into_bytes());
        assert!(fake.with(|world| world.waits.len()) > 10, "the witnesses were given time");
    }
}
