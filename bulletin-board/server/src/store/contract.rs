//! The tests that every store passes.

use tabella_crypto::ballot::{Disposition, TrackingCode};
use tabella_crypto::checkpoint::{Checkpoint, sign_checkpoint};
use tabella_crypto::credential::Credential;
use tabella_crypto::group::EncodedPoint;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{Frontier, leaf_hash};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::Digest;

use super::{BallotRow, Batch, LogBatch, LogId, Store, StoreError};

const A: ElectionId = ElectionId(Digest([0xa; 32]));
const B: ElectionId = ElectionId(Digest([0xb; 32]));

fn entry(log: LogId, index: u64) -> Vec<u8> {
    format!("{log:?} {index}").repeat(1 + index as usize % 7).into_bytes()
}

fn voter(index: u64) -> Credential {
    Credential(EncodedPoint([(index % 3) as u8; 32]))
}

fn code(log: LogId, index: u64) -> TrackingCode {
    TrackingCode(leaf_hash(&[&entry(log, index), &b"code"[..]].concat()))
}

/// Entries `first..end` of a log; every second one of an election is a ballot.
fn grow(log: LogId, first: u64, end: u64) -> LogBatch {
    let mut tree = Frontier::new();
    let mut hashes = Vec::new();
    for index in 0..end {
        tree.push_storing(leaf_hash(&entry(log, index)), |level, at, hash| {
            if index >= first {
                hashes.push((level, at, hash));
            }
        });
    }
    let is_ballot = |index: &u64| index % 2 == 1 && log != LogId::Board;
    let ballots = (first..end).filter(is_ballot).map(|index| BallotRow {
        index,
        code: code(log, index),
        credential: voter(index),
        disposition: if index % 4 == 1 { Disposition::Cast } else { Disposition::Challenge },
    });
    let origin = match log {
        LogId::Board => "board".to_owned(),
        LogId::Election(election) => format!("board/{election}"),
    };
    let checkpoint = Checkpoint::new(&origin, end, tree.root()).unwrap();
    LogBatch {
        log,
        first,
        entries: (first..end).map(|index| entry(log, index)).collect(),
        hashes,
        ballots: ballots.collect(),
        checkpoint: sign_checkpoint(&checkpoint, &SigningKey::from_seed([1; 32])).unwrap(),
    }
}

fn batch(board: (u64, u64), elections: &[(ElectionId, u64, u64)]) -> Batch {
    let expected = (board.0 > 0).then(|| grow(LogId::Board, 0, board.0).checkpoint.claimed().clone());
    let mut logs: Vec<_> = elections
        .iter()
        .map(|(election, first, end)| grow(LogId::Election(*election), *first, *end))
        .collect();
    logs.push(grow(LogId::Board, board.0, board.1));
    Batch { expected, logs }
}

/// The batch of an empty store.
pub(crate) fn first() -> Batch {
    batch((0, 3), &[(A, 0, 5)])
}

/// The batch after [`first`]: a second election, and tiles of a second level.
pub(super) fn second() -> Batch {
    batch((3, 5), &[(B, 0, 300), (A, 5, 9)])
}

/// The store's logs end with this batch, and hold all that stands before it.
pub(crate) fn check_holds(store: &dyn Store, batch: &Batch) {
    for part in &batch.logs {
        let end = part.checkpoint.claimed().size();
        let whole = grow(part.log, 0, end);
        assert_eq!(store.head(part.log).unwrap().as_ref(), Some(&part.checkpoint));
        assert_eq!(store.entries(part.log, 0..end).unwrap(), whole.entries);
        assert_eq!(store.entries(part.log, part.first..end).unwrap(), part.entries);
        assert!(matches!(store.entries(part.log, 0..end + 1), Err(StoreError::Damaged(_))));
        for level in 0..2 {
            let all: Vec<Digest> =
                whole.hashes.iter().filter(|(at, ..)| *at == level).map(|(.., hash)| *hash).collect();
            let count = all.len() as u64;
            assert_eq!(store.hashes(part.log, level, 0..count).unwrap(), all);
            assert!(matches!(store.hashes(part.log, level, 0..count + 1), Err(StoreError::Damaged(_))));
        }
        let LogId::Election(election) = part.log else { continue };
        for (index, bytes) in (0..).zip(&whole.entries) {
            assert_eq!(store.find_entry(election, leaf_hash(bytes)).unwrap(), Some(index));
        }
        assert_eq!(store.find_entry(election, leaf_hash(&entry(part.log, end))).unwrap(), None);
        for row in &whole.ballots {
            let place = store.find_ballot(election, row.code).unwrap();
            assert_eq!(place, Some((row.index, row.disposition)));
        }
        assert_eq!(store.find_ballot(election, code(part.log, end | 1)).unwrap(), None);
        for of in 0..4 {
            let rows: Vec<u64> =
                whole.ballots.iter().filter(|row| row.credential == voter(of)).map(|row| row.index).collect();
            assert_eq!(store.ballots_of(election, voter(of)).unwrap(), rows);
        }
    }
}

/// The contract, on an empty store.
pub(super) fn check(store: &dyn Store) {
    assert_eq!(store.head(LogId::Board).unwrap(), None);
    assert_eq!(store.elections().unwrap(), []);
    assert!(store.entries(LogId::Board, 0..1).is_err());
    assert!(store.ballots_of(A, voter(0)).unwrap().is_empty());

    // made on a head that the store does not have
    assert!(matches!(store.commit(&second()), Err(StoreError::Conflict)));
    assert_eq!(store.head(LogId::Board).unwrap(), None);
    assert_eq!(store.elections().unwrap(), []);

    let first = first();
    store.commit(&first).unwrap();
    check_holds(store, &first);
    assert_eq!(store.elections().unwrap(), [A]);
    assert_eq!(store.head(LogId::Election(B)).unwrap(), None);
    // once more: its head is no longer the store's
    assert!(matches!(store.commit(&first), Err(StoreError::Conflict)));
    // another root of the same size
    let mut forked = second();
    let root = Digest([7; 32]);
    forked.expected = Some(Checkpoint::new("board", 3, root).unwrap());
    assert!(matches!(store.commit(&forked), Err(StoreError::Conflict)));
    check_holds(store, &first);

    let second = second();
    store.commit(&second).unwrap();
    check_holds(store, &second);
    let mut elections = store.elections().unwrap();
    elections.sort();
    assert_eq!(elections, [A, B]);

    // a batch for a log that is elsewhere leaves nothing behind, in no log
    let gap = batch((5, 6), &[(A, 9, 11), (B, 301, 303)]);
    assert!(store.commit(&gap).is_err());
    check_holds(store, &second);
    store.commit(&batch((5, 6), &[(B, 300, 303)])).unwrap();
}

/// After a commit that reported failure the batch is there whole, if `kept`, or not at all; and work goes on.
pub(super) fn check_fault<S: Store>(store: &S, inject: impl FnOnce(&S), kept: bool) {
    let (first, second) = (first(), second());
    store.commit(&first).unwrap();
    inject(store);
    assert!(store.commit(&second).is_err());
    check_holds(store, if kept { &second } else { &first });
    if kept {
        assert!(matches!(store.commit(&second), Err(StoreError::Conflict)));
    } else {
        store.commit(&second).unwrap();
    }
    check_holds(store, &second);
}
