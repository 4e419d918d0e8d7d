//! An honest board is believed, and a board that lies in one thing is caught in it.

mod booth;
mod pending;
#[cfg(feature = "programs")]
mod record;
mod view;
#[cfg(feature = "programs")]
mod visit;
mod witnessed;

use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use tabella_board_core::api::{ProblemCode, paths};
use tabella_board_core::board::BoardMismatch;
use tabella_board_core::check::Refusal;
use tabella_board_core::entry::{Block, Entry, ManifestPart};
use tabella_board_core::fixtures::SmallElection;
use tabella_board_core::receipt::{Receipt, ReceiptError};
use tabella_board_core::state::ElectionState;
use tabella_crypto::checkpoint::{CheckpointError, NoteKey, SignedCheckpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::ProofError;
use tabella_crypto::transcript::Digest;

use crate::fixtures as fake;
use crate::transport::{Response, TransportError};
use crate::{Board, ClientError, ElectionSync, ForkKind, LogView, SavedView, Tampering, Trust};
use fake::{ELECTION, Fake, FakeLog, ORIGIN, key, ok, problem, run};

fn connect(fake: &Fake) -> Result<Board<Fake>, ClientError> {
    run(Board::connect_by(fake.clone(), None, SavedView::default()))
}

fn election_log(fake: &Fake) -> LogView<Fake> {
    connect(fake).unwrap().election_log(ELECTION).unwrap()
}

fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

/// The log of an election that is for the board of this origin.
fn election_for(origin: &str) -> (ElectionId, Vec<Vec<u8>>) {
    let election = SmallElection::with(|manifest| manifest.board = origin.to_owned());
    (election.manifest.id(), election.log)
}

#[test]
fn an_election_of_another_board_is_not_believed_however_often_it_is_read() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let (id, log) = election_for(ORIGIN);
    let mut sync: ElectionSync<Fake> =
        ElectionSync::new(&connect(&Fake::of(id, log)).unwrap(), id, Vec::new()).unwrap();
    assert_eq!(run(sync.advance(&mut rng, |_, _| ())).unwrap().size(), 2);

    let (id, log) = election_for("elsewhere.example");
    let mut sync: ElectionSync<Fake> =
        ElectionSync::new(&connect(&Fake::of(id, log)).unwrap(), id, Vec::new()).unwrap();
    for _ in 0..2 {
        let error = run(sync.advance(&mut rng, |_, _| ())).err().unwrap();
        assert!(matches!(error, ClientError::OtherBoard(BoardMismatch::Origin { .. })), "{error}");
    }
}

#[test]
fn reads_every_entry_of_logs_of_many_sizes() {
    let fake = Fake::new(1);
    let mut log = election_log(&fake);
    for size in [1, 2, 255, 256, 257, 511, 512, 600] {
        fake.with(|world| world.election.entries = (0..size).map(entry).collect());
        assert_eq!(run(log.refresh()).unwrap().size(), size);
        let mut seen = Vec::new();
        let entries = run(log.entries(0..size, |done, total| seen.push((done, total)))).unwrap();
        assert_eq!(entries, (0..size).map(entry).collect::<Vec<_>>());
        assert_eq!(seen.last(), Some(&(size, size)));
        for index in [0, size / 2, size - 1] {
            assert_eq!(run(log.entry(index)).unwrap(), entry(index), "{index} of {size}");
        }
    }
    assert_eq!(run(log.entries(250..520, |_, _| ())).unwrap(), (250..520).map(entry).collect::<Vec<_>>());
    let batch = run(log.batch(300..600)).unwrap().unwrap();
    assert_eq!((batch.first, batch.entries.len()), (300, 212));
    assert!(run(log.batch(7..7)).unwrap().is_none());
    assert!(matches!(
        run(log.entry(600)),
        Err(ClientError::Tampered { tampering: Tampering::Beyond(600), .. })
    ));
}

#[test]
fn takes_the_full_tile_where_the_partial_one_is_gone() {
    let fake = Fake::new(100);
    let mut log = election_log(&fake);
    let _ = run(log.refresh()).unwrap();
    // the board has gone on, and keeps no partial tiles
    fake.with(|world| world.election.entries = (0..300).map(entry).collect());
    fake.lie(
        |request, response| {
            if request.path.contains(".p/") { Ok(problem(ProblemCode::NotFound)) } else { response }
        },
    );
    assert_eq!(run(log.entries(0..100, |_, _| ())).unwrap(), (0..100).map(entry).collect::<Vec<_>>());
}

#[test]
fn the_boards_key_must_be_the_one_trusted() {
    let fake = Fake::new(1);
    let right = key(1).verifying_key();
    let vkey = |seed: u8| NoteKey::log(ORIGIN, key(seed).verifying_key()).unwrap();
    let connect = |trust: &Trust| run(Board::connect_by(fake.clone(), Some(trust), SavedView::default()));
    for trust in [Trust::Key(vkey(1)), Trust::Fingerprint(right.fingerprint())] {
        assert_eq!(connect(&trust).unwrap().key(), &vkey(1));
    }
    for trust in [
        Trust::Key(vkey(3)),
        Trust::Key(NoteKey::log("other.example", right).unwrap()),
        Trust::Fingerprint(key(3).verifying_key().fingerprint()),
    ] {
        let error = connect(&trust).unwrap_err();
        assert!(matches!(error, ClientError::WrongKey { .. }), "{trust:?}");
        // what was given, and the same of the board that answers
        let (given, has) = match &trust {
            Trust::Key(key) => (key.to_vkey_string(), vkey(1).to_vkey_string()),
            Trust::Fingerprint(fingerprint) => (fingerprint.to_hex(), right.fingerprint().to_hex()),
        };
        let kind = if matches!(trust, Trust::Key(_)) { "the key" } else { "the fingerprint" };
        let words = format!("has {kind} {has}; expected is {kind} {given}, as given");
        assert!(error.to_string().contains(&words), "{error}");
    }
    assert_eq!(Trust::parse(&vkey(1).to_vkey_string()), Some(Trust::Key(vkey(1))));
    let fingerprint = right.fingerprint();
    assert_eq!(Trust::parse(&fingerprint.to_hex()), Some(Trust::Fingerprint(fingerprint)));
    assert_eq!(Trust::parse("board.example"), None);
}

#[test]
fn another_board_at_an_address_visited_before_is_caught() {
    let fake = Fake::new(1);
    let view = connect(&fake).unwrap().view();
    let other = Fake::new(1);
    other.with(|world| {
        let mut genesis = fake::genesis();
        genesis.operator = key(9).verifying_key();
        world.board.entries[1] = tabella_board_core::entry::BoardEntry::Genesis(genesis).encode();
        world.board.signer = 9;
    });
    assert!(connect(&other).is_ok());
    let error = run(Board::connect_by(other, None, view)).unwrap_err();
    assert!(matches!(error, ClientError::WrongKey { .. }));
    assert!(error.to_string().contains(", as at an earlier visit"), "{error}");
}

#[test]
fn a_checkpoint_that_the_board_did_not_sign_is_refused() {
    let fake = Fake::new(3);
    let mut log = election_log(&fake);
    fake.with(|world| world.election.signer = 9);
    assert!(matches!(
        run(log.refresh()),
        Err(ClientError::Checkpoint { error: CheckpointError::LogSignatureMissing, .. })
    ));
    // that of another log of the same board
    fake.with(|world| world.election.signer = 1);
    let foreign = fake.with(|world| world.board.checkpoint().into_bytes());
    fake.change("/elections/", move |body| *body = foreign.clone());
    assert!(matches!(
        run(log.refresh()),
        Err(ClientError::Checkpoint { error: CheckpointError::Origin, .. })
    ));
    let board = Fake::new(3);
    board.with(|world| world.board.signer = 9);
    assert!(matches!(connect(&board), Err(ClientError::Checkpoint { .. })), "the genesis names another key");
}

/// What is shown after 300 entries were seen, and how that contradicts what was seen.
#[test]
fn a_log_that_is_another_than_the_one_shown_is_a_fork_with_evidence() {
    let changed = |size: u64, at: u64| {
        let mut entries: Vec<Vec<u8>> = (0..size).map(entry).collect();
        entries[at as usize] = b"another".to_vec();
        entries
    };
    let cases = [
        (changed(300, 299), ForkKind::SameSize),
        (changed(301, 0), ForkKind::NotABeginning),
        (changed(600, 299), ForkKind::NotABeginning),
    ];
    for (entries, kind) in cases {
        let fake = Fake::new(300);
        let mut log = election_log(&fake);
        let seen = run(log.refresh()).unwrap();
        fake.with(|world| world.election.entries = entries);
        // in this session, and in one that has nothing but the saved view
        let view = SavedView::from_json(&log.board().view().to_json()).unwrap();
        let later = run(Board::connect_by(fake.clone(), None, view)).unwrap();
        for mut log in [log, later.election_log(ELECTION).unwrap()] {
            let Err(ClientError::Fork(fork)) = run(log.refresh()) else { panic!("{kind:?} is not caught") };
            let fork = fork.fork();
            assert_eq!(fork.kind, kind);
            let verify = |note: &str| {
                SignedCheckpoint::parse(note.as_bytes()).unwrap().verify(log.key(), &[]).unwrap()
            };
            assert_eq!(verify(&fork.seen), seen);
            let shown = fake.with(|world| (world.election.size(), world.election.root()));
            assert_eq!((verify(&fork.shown).size(), verify(&fork.shown).root()), shown);
        }
    }
}

#[test]
fn a_log_that_grows_is_followed() {
    let fake = Fake::new(0);
    let mut log = election_log(&fake);
    for size in [0, 1, 1, 5, 256, 257, 700, 66_000] {
        fake.with(|world| world.election.entries = (0..size).map(entry).collect());
        assert_eq!(run(log.refresh()).unwrap().size(), size);
    }
}

#[test]
fn a_log_is_held_against_a_root_that_an_anchor_names() {
    let fake = Fake::new(300);
    let mut log = election_log(&fake);
    let _head = run(log.refresh()).unwrap();
    let root = |size: u64| {
        fake.with(|world| {
            let log = FakeLog { entries: (0..size).map(entry).collect(), ..world.election.clone() };
            log.root()
        })
    };
    for size in [0, 1, 255, 256, 299, 300] {
        assert_eq!(run(log.begins_with(size, root(size))).unwrap(), Some(true), "{size}");
        assert_eq!(run(log.begins_with(size, Digest([1; 32]))).unwrap(), Some(false), "{size}");
    }
    assert_eq!(run(log.begins_with(301, root(301))).unwrap(), None);
    // where a tile is missing or wrong, neither is known
    let missing = |body: &mut Vec<u8>| body.clear();
    let wrong = |body: &mut Vec<u8>| body.iter_mut().for_each(|byte| *byte ^= 1);
    for change in [missing as fn(&mut Vec<u8>), wrong] {
        fake.change("/tile/0/", change);
        let mut log = connect(&fake).unwrap().election_log(ELECTION).unwrap();
        let _head = run(log.refresh()).unwrap();
        for root in [root(299), Digest([1; 32])] {
            let result = run(log.begins_with(299, root));
            assert!(matches!(result, Err(ClientError::Tampered { .. })), "{result:?}");
        }
    }
}

#[test]
fn an_entry_that_is_not_under_the_root_is_refused() {
    let fake = Fake::new(600);
    let mut log = election_log(&fake);
    let _ = run(log.refresh()).unwrap();
    fake.change("/tile/entries/", |body| *body.last_mut().unwrap() ^= 1);
    for index in [0, 255, 256, 599] {
        assert!(
            matches!(
                run(log.entry(index)),
                Err(ClientError::Tampered { tampering: Tampering::Entries(_), .. })
            ),
            "{index}"
        );
    }
    // cut short, and with something behind it
    fake.change("/tile/entries/", |body| body.truncate(body.len() - 1));
    assert!(matches!(run(log.entry(0)), Err(ClientError::Tampered { tampering: Tampering::Tile, .. })));
    fake.change("/tile/entries/", |body| body.push(0));
    assert!(matches!(run(log.entry(0)), Err(ClientError::Tampered { tampering: Tampering::Tile, .. })));
}

#[test]
fn a_wrong_path_is_refused_and_does_not_stay_in_the_way() {
    let fake = Fake::new(600);
    for level in ["/tile/0/", "/tile/1/"] {
        let mut log = election_log(&fake);
        let _ = run(log.refresh()).unwrap();
        fake.change(level, |body| body.iter_mut().for_each(|byte| *byte ^= 1));
        assert!(
            matches!(run(log.entry(0)), Err(ClientError::Tampered { tampering: Tampering::Entries(0), .. })),
            "{level}"
        );
        fake.with(|world| world.lie = None);
        assert_eq!(run(log.entry(0)).unwrap(), entry(0), "honest again");
    }
}

#[test]
fn a_posted_entry_comes_back_with_a_verified_receipt() {
    let fake = Fake::new(300);
    let board = connect(&fake).unwrap();
    let posted = run(board.post_bytes(ELECTION, b"new")).unwrap();
    assert_eq!((posted.verified.index(), posted.verified.checkpoint().size()), (300, 301));
    let again = run(board.post_bytes(ELECTION, b"new")).unwrap();
    assert_eq!(again.verified.index(), 300, "sent again, it stands where it stood");
    let mut log = board.election_log(ELECTION).unwrap();
    let _ = run(log.refresh()).unwrap();
    assert_eq!(run(log.entry(300)).unwrap(), b"new");
}

#[test]
fn a_receipt_that_does_not_show_the_entry_is_refused() {
    let post = |change: fn(&mut Receipt)| {
        let fake = Fake::new(300);
        let board = connect(&fake).unwrap();
        fake.change("/entries", move |body| {
            if let Ok(mut receipt) = serde_json::from_slice::<Receipt>(body) {
                change(&mut receipt);
                *body = serde_json::to_vec(&receipt).unwrap();
            }
        });
        run(board.post_bytes(ELECTION, b"new")).map(|posted| posted.verified.index())
    };
    assert_eq!(post(|_| ()).unwrap(), 300);
    assert!(matches!(
        post(|receipt| receipt.index = 299),
        Err(ClientError::Receipt(ReceiptError::Entry(ProofError::PathLength | ProofError::Root)))
    ));
    assert!(matches!(
        post(|receipt| receipt.path[0] = Digest::default()),
        Err(ClientError::Receipt(ReceiptError::Entry(ProofError::Root)))
    ));
    assert!(matches!(
        post(|receipt| receipt.anchor_index = 1),
        Err(ClientError::Receipt(ReceiptError::Anchor(_)))
    ));
    assert!(matches!(
        post(|receipt| receipt.election = ElectionId(Digest([8; 32]))),
        Err(ClientError::OtherElection)
    ));
}

#[test]
fn a_receipt_of_another_entry_is_refused() {
    let fake = Fake::new(300);
    let board = connect(&fake).unwrap();
    let other = fake.with(|world| serde_json::to_vec(&world.accept(b"other".to_vec())).unwrap());
    fake.change("/entries", move |body| *body = other.clone());
    assert!(matches!(
        run(board.post_bytes(ELECTION, b"new")),
        Err(ClientError::Receipt(ReceiptError::Entry(ProofError::Root)))
    ));
}

#[test]
fn a_receipt_from_another_history_is_a_fork() {
    let fake = Fake::new(300);
    let mut log = election_log(&fake);
    let _ = run(log.refresh()).unwrap();
    fake.with(|world| world.election.entries[5] = b"another".to_vec());
    assert!(matches!(
        run(log.board().post_bytes(ELECTION, b"new")),
        Err(ClientError::Fork(fork)) if fork.fork().kind == ForkKind::NotABeginning
    ));
}

#[test]
fn an_older_receipt_of_the_same_history_is_accepted_and_the_newest_view_stays() {
    let fake = Fake::new(300);
    let board = connect(&fake).unwrap();
    let old = fake.with(|world| serde_json::to_vec(&world.accept(b"new".to_vec())).unwrap());
    fake.with(|world| drop(world.accept(b"more".to_vec())));
    let mut log = board.election_log(ELECTION).unwrap();
    let newest = run(log.refresh()).unwrap();
    let leaf = tabella_crypto::merkle::leaf_hash(b"new");
    fake.lie(
        move |request, response| {
            if request.path == paths::receipt(ELECTION, leaf) { Ok(ok(old.clone())) } else { response }
        },
    );
    assert!(run(board.receipt(ELECTION, b"new")).unwrap().is_some());
    assert!(run(board.receipt(ELECTION, b"absent")).unwrap().is_none());
    assert_eq!(board.seen(log.key()).unwrap().unwrap().1, newest);
}

#[test]
fn a_busy_board_is_asked_again_within_bounds() {
    let busy = |times: usize, retry_after: Option<u64>| {
        let fake = Fake::new(3);
        let board = connect(&fake).unwrap();
        let mut left = times;
        fake.lie(move |request, response| {
            if request.path != paths::entries(ELECTION) || left == 0 {
                return response;
            }
            left -= 1;
            let retry_after = retry_after.map(Duration::from_secs);
            Ok(Response { retry_after, ..problem(ProblemCode::Busy) })
        });
        let result = run(board.post_bytes(ELECTION, b"new")).map(|posted| posted.verified.index());
        (result, fake.with(|world| world.waits.iter().map(Duration::as_secs).collect::<Vec<_>>()))
    };
    let (result, waits) = busy(3, None);
    assert_eq!((result.unwrap(), waits), (3, vec![1, 2, 4]));
    let (result, waits) = busy(2, Some(7));
    assert_eq!((result.unwrap(), waits), (3, vec![7, 7]));
    let (result, waits) = busy(1, Some(1_000_000));
    assert_eq!((result.unwrap(), waits), (3, vec![30]), "not for days");
    let (result, waits) = busy(100, None);
    assert!(matches!(result, Err(ClientError::Refused(problem)) if problem.code == ProblemCode::Busy));
    assert_eq!(waits.len(), 4);
}

#[test]
fn each_failure_has_its_own_words() {
    let fail = |answer: Result<Response, TransportError>| {
        let fake = Fake::new(3);
        let board = connect(&fake).unwrap();
        fake.lie(move |_, _| answer.clone());
        (connect(&fake).unwrap_err(), run(board.status(ELECTION)).unwrap_err())
    };
    let (at_connect, later) = fail(Err(TransportError::Unreachable("connection refused".to_owned())));
    assert!(matches!(later, ClientError::Unreachable { .. }));
    assert_eq!(at_connect.to_string(), "no board answers at http://fake: connection refused");
    assert!(matches!(fail(Err(TransportError::TimedOut)).0, ClientError::TimedOut { .. }));
    let page = b"<!doctype html><title>Welcome</title>".to_vec();
    assert!(matches!(
        fail(Ok(ok(page.clone()))),
        (ClientError::NotABoard { .. }, ClientError::NotABoard { .. })
    ));
    let not_found = Response { status: 404, retry_after: None, body: page.clone() };
    assert!(matches!(fail(Ok(not_found)).0, ClientError::NotABoard { .. }));
    assert!(matches!(fail(Ok(problem(ProblemCode::NotFound))).0, ClientError::NotABoard { .. }));
    assert!(matches!(fail(Err(TransportError::TooLong(9))).0, ClientError::NotABoard { .. }));
    let refused = fail(Ok(problem(ProblemCode::Refused))).1;
    assert_eq!(refused.to_string(), "the board refused: a reason");
    let gateway = Response { status: 502, retry_after: None, body: page };
    assert!(matches!(fail(Ok(gateway)).1, ClientError::TimedOut { .. }));
    assert!(!refused.hint().is_empty());
}

/// Block 0 and the first of two parts of a manifest, as an election's log begins.
fn beginning() -> Vec<Vec<u8>> {
    let state = ElectionState::new(ELECTION);
    let block = Entry::Block(state.next_block(5)).encode();
    let part = ManifestPart { part: 0, parts: 2, bytes: vec![1; 60_000] };
    vec![block, Entry::Manifest(part).encode()]
}

#[test]
fn an_election_is_followed_by_its_log_and_its_rules() {
    let fake = Fake::new(0);
    let entries = beginning();
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let set = |fake: &Fake, entries: &[Vec<u8>]| {
        fake.with(|world| world.election = FakeLog { entries: entries.to_vec(), ..world.election.clone() });
    };
    set(&fake, &entries[..1]);
    let board = connect(&fake).unwrap();
    let mut sync = ElectionSync::new(&board, ELECTION, Vec::new()).unwrap();
    assert_eq!(run(sync.advance(&mut rng, |_, _| ())).unwrap().size(), 1);
    set(&fake, &entries);
    let mut seen = Vec::new();
    assert_eq!(run(sync.advance(&mut rng, |done, total| seen.push((done, total)))).unwrap().size(), 2);
    assert_eq!(seen, [(2, 2)]);
    assert_eq!(sync.state().root(), fake.with(|world| world.election.root()));
    assert_eq!(sync.entries(), &entries);

    // the board accepted a block that the rules refuse, and something that is no entry
    let root_before = sync.state().root();
    let block = Entry::Block(Block { height: 1, time: 6, root_before }).encode();
    for (bad, unreadable) in [(block, false), (b"nonsense".to_vec(), true)] {
        set(&fake, &[entries.clone(), vec![bad]].concat());
        let fresh = connect(&fake).unwrap();
        let mut sync = ElectionSync::new(&fresh, ELECTION, Vec::new()).unwrap();
        let result = run(sync.advance(&mut rng, |_, _| ())).map(ElectionState::size);
        match result {
            Err(ClientError::Rules { index: 2, refusal }) if !unreadable => {
                assert!(matches!(*refusal, Refusal::Manifest(_)), "{refusal}");
            }
            Err(ClientError::Encoding { index: 2, .. }) if unreadable => {}
            other => panic!("{other:?}"),
        }
        assert_eq!(sync.state().size(), 2, "what came before stands");
    }
}
