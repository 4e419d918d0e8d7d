//! Evidence against boards that sign two logs as one, and against honest ones.

use proptest::prelude::*;

use tabella_crypto::checkpoint::{Checkpoint, sign_checkpoint};
use tabella_crypto::merkle::empty_root;

use super::*;
use crate::fixtures::{ELECTION, Fake, FakeLog, ORIGIN, key, run};
use crate::{Board, ClientError, SavedView};

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

/// Entries like those of a log of this size, but for one.
fn changed(size: u64, index: usize) -> Vec<Vec<u8>> {
    let mut entries: Vec<_> = (0..size).map(entry).collect();
    entries[index] = b"another".to_vec();
    entries
}

/// What a client holds against a board that first shows `before` and then `after` as its election's log.
fn fork(before: Vec<Vec<u8>>, after: Vec<Vec<u8>>) -> Option<Fork> {
    let fake = Fake::of(ELECTION, before);
    let board = run(Board::connect_by(fake.clone(), None, SavedView::default())).unwrap();
    let mut log = board.election_log(ELECTION).unwrap();
    let _head = run(log.refresh()).unwrap();
    fake.with(|world| world.election.entries = after);
    match run(log.refresh()) {
        Ok(_) => None,
        Err(ClientError::Fork(contradiction)) => Some(contradiction.fork().clone()),
        Err(other) => panic!("{other}"),
    }
}

fn board_key(seed: u8) -> NoteKey {
    NoteKey::log(ORIGIN, key(seed).verifying_key()).unwrap()
}

fn note(origin: &str, size: u64, root: Digest, seed: u8) -> String {
    sign_checkpoint(&Checkpoint::new(origin, size, root).unwrap(), &key(seed)).unwrap().encode()
}

#[test]
fn a_contradiction_of_each_kind_is_confirmed() {
    let all = |size| (0..size).map(entry).collect::<Vec<_>>();
    let cases = [
        (all(300), changed(300, 299), ForkKind::SameSize),
        (all(300), changed(301, 0), ForkKind::NotABeginning),
        (all(300), changed(600, 299), ForkKind::NotABeginning),
        // where the consistency proof leaves the older root out
        (all(256), changed(600, 255), ForkKind::NotABeginning),
        (all(1), changed(2, 0), ForkKind::NotABeginning),
    ];
    for (before, after, kind) in cases {
        let sizes = (before.len() as u64, after.len() as u64);
        let fork = fork(before, after).unwrap();
        assert_eq!(fork.kind, kind);
        // as a file, by somebody who knows the key, and by somebody who is given it
        let read = Fork::from_json(&fork.to_json()).unwrap();
        assert_eq!(read, fork);
        let fingerprint = key(1).verifying_key().fingerprint();
        for trust in [None, Some(Trust::Key(board_key(1))), Some(Trust::Fingerprint(fingerprint))] {
            let Confirmed { board, older, newer } = read.confirm(trust.as_ref()).unwrap();
            assert_eq!(board, board_key(1));
            assert_eq!((older.size(), newer.size()), sizes);
        }
    }
    // a log that goes on is no fork
    assert_eq!(fork(all(300), all(700)), None);
}

#[test]
fn a_checkpoint_of_no_entries_has_one_root() {
    let origin = election_origin(ORIGIN, ELECTION);
    let evidence = |root| Fork {
        version: EVIDENCE_VERSION,
        kind: ForkKind::NotABeginning,
        board: board_key(1).to_vkey_string(),
        origin: origin.clone(),
        seen: note(&origin, 0, root, 1),
        shown: note(&origin, 5, Digest([1; 32]), 1),
        path: Vec::new(),
    };
    assert_eq!(evidence(empty_root()).confirm(None), Err(Unproven::Path(ProofError::Consistent)));
    assert!(evidence(Digest([2; 32])).confirm(None).is_ok());
}

#[test]
fn forged_evidence_proves_nothing() {
    let good = fork((0..300).map(entry).collect(), changed(600, 299)).unwrap();
    assert!(good.confirm(None).is_ok());
    let with = |change: &dyn Fn(&mut Fork)| {
        let mut forged = good.clone();
        change(&mut forged);
        forged.confirm(None).unwrap_err()
    };
    let origin = good.origin.clone();
    let (size, root) = (600, Digest([3; 32]));

    // signed by somebody else, and by somebody else under the board's name
    let checkpoint = |error: &Unproven| matches!(error, Unproven::Checkpoint { which: "shown now", .. });
    assert!(checkpoint(&with(&|fork| fork.shown = note(&origin, size, root, 9))));
    assert!(checkpoint(&with(&|fork| fork.shown = fork.shown.replace("600", "601"))));
    assert!(checkpoint(&with(&|fork| fork.shown = String::new())));
    let other = with(&|fork| fork.board = board_key(9).to_vkey_string());
    assert!(matches!(other, Unproven::Checkpoint { which: "seen before", .. }), "{other}");
    // a witness's key, and none
    let witness = NoteKey::witness(ORIGIN, key(1).verifying_key()).unwrap();
    assert!(matches!(with(&|fork| fork.board = witness.to_vkey_string()), Unproven::Key(_)));
    assert!(matches!(with(&|fork| fork.board = "a board".to_owned()), Unproven::Key(_)));
    // the key of the right board is asked for
    let pin = Trust::Fingerprint(key(9).verifying_key().fingerprint());
    assert!(matches!(good.confirm(Some(&pin)), Err(Unproven::OtherBoard(_))));

    // of another log: the board's own, another election's, and one that is no log of this board
    let election = election_origin(ORIGIN, ElectionId(Digest([8; 32])));
    for other in [ORIGIN.to_owned(), election.clone()] {
        let error = with(&|fork| fork.shown = note(&other, size, root, 1));
        assert!(matches!(error, Unproven::Checkpoint { error: CheckpointError::Origin, .. }), "{error}");
        let error = with(&|fork| fork.origin = other.clone());
        assert!(matches!(error, Unproven::Checkpoint { error: CheckpointError::Origin, .. }), "{error}");
    }
    for other in ["elsewhere.example", "board.example/elections/ab", &format!("{election}/x")] {
        let error = with(&|fork| {
            fork.origin = other.to_owned();
            fork.seen = note(other, 3, root, 1);
            fork.shown = note(other, 3, Digest([4; 32]), 1);
        });
        assert!(matches!(error, Unproven::Origin(_)), "{error}");
    }

    // the same twice, and a path that shows nothing
    assert_eq!(with(&|fork| fork.shown = fork.seen.clone()), Unproven::Same);
    assert_eq!(with(&|fork| fork.path = Vec::new()), Unproven::NoPath);
    let path = |error: &Unproven| matches!(error, Unproven::Path(_));
    for place in 0..good.path.len() {
        assert!(path(&with(&|fork| fork.path[place].0[0] ^= 1)), "{place}");
        assert!(place == 0 || path(&with(&|fork| fork.path.truncate(place))), "{place}");
        assert!(path(&with(&|fork| fork.path.insert(place, root))), "{place}");
    }
    assert!(path(&with(&|fork| fork.shown = note(&origin, size, root, 1))));
}

#[test]
fn what_is_not_confirmed_is_no_contradiction() {
    let good = fork((0..300).map(entry).collect(), changed(600, 299)).unwrap();
    assert_eq!(Contradiction::new(good.clone()).unwrap().fork(), &good);
    let without = Fork { path: Vec::new(), ..good.clone() };
    assert_eq!(Contradiction::new(without), Err(Unproven::NoPath));
    // an old copy of an honest board, whoever brings it
    let log = |size: u64| FakeLog {
        origin: good.origin.clone(),
        entries: (0..size).map(entry).collect(),
        signer: 1,
    };
    let note = |size| SignedCheckpoint::parse(log(size).checkpoint().as_bytes()).unwrap();
    let path = log(600).contradiction(300);
    for (seen, shown, path) in [(600, 300, path.clone()), (300, 600, path), (600, 300, Vec::new())] {
        let made =
            Contradiction::between(&board_key(1), ForkKind::Shrank, &note(seen), &note(shown), path.clone());
        let expected =
            if path.is_empty() { Unproven::NoPath } else { Unproven::Path(ProofError::Consistent) };
        assert_eq!(made, Err(expected));
    }
}

#[test]
fn what_is_no_evidence_file_says_so() {
    let good = fork((0..3).map(entry).collect(), changed(3, 0)).unwrap().to_json();
    assert!(Fork::from_json(&good).is_ok());
    assert_eq!(Fork::from_json(&good.replace("\"version\": 1", "\"version\": 2")), Err(Unusable::Version(2)));
    let long = format!("{good}{}", " ".repeat(MAX_EVIDENCE_LENGTH));
    for bad in ["", "[]", "{\"version\":1}", &good.replace("\"path\"", "\"paths\""), &long] {
        assert_eq!(Fork::from_json(bad), Err(Unusable::Form));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever two checkpoints of one growing log are put together, with whatever path: the right one for other sizes,
    /// one of another log, one with a hash changed.
    #[test]
    fn an_honest_board_is_never_accused(
        old in 0u64..400, more in 0u64..400, other in 0u64..400, place in 0usize..12, byte in 0usize..32, bit in 0u8..8,
        swap: bool,
    ) {
        let log = |size: u64| FakeLog {
            origin: election_origin(ORIGIN, ELECTION),
            entries: (0..size).map(entry).collect(),
            signer: 1,
        };
        let (older, newer) = (log(old), log(old + more));
        let (seen, shown) = if swap { (&newer, &older) } else { (&older, &newer) };
        let mut fork = Fork {
            version: EVIDENCE_VERSION,
            kind: ForkKind::NotABeginning,
            board: board_key(1).to_vkey_string(),
            origin: older.origin.clone(),
            seen: seen.checkpoint(),
            shown: shown.checkpoint(),
            path: newer.contradiction(old),
        };
        prop_assert!(fork.confirm(None).is_err());
        let honest = fork.path.clone();
        if let Some(hash) = fork.path.get_mut(place) {
            hash.0[byte] ^= 1 << bit;
            prop_assert!(fork.confirm(None).is_err());
        }
        fork.path = newer.contradiction(other.min(old + more));
        prop_assert!(fork.confirm(None).is_err());
        let mut foreign = newer.clone();
        if let Some(first) = foreign.entries.first_mut() {
            *first = b"another".to_vec();
        }
        fork.path = foreign.contradiction(old);
        prop_assert!(fork.confirm(None).is_err());
        fork.path = honest.into_iter().rev().collect();
        prop_assert!(fork.confirm(None).is_err());
    }
}
