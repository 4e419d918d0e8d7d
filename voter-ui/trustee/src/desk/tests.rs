//! Trustees against a board in memory that keeps the rules.

mod ceremony;
mod tally;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use borsh::BorshDeserialize;

use tabella_board_client::fixtures::{Fake, ORIGIN, genesis, key, problem, run};
use tabella_board_client::keyfile::{KeyFile, KeyKind};
use tabella_board_client::passphrase::Passphrase;
use tabella_board_client::transport::{Request as Asked, Response, TransportError};
use tabella_board_core::api::{ProblemCode, paths};
use tabella_board_core::entry::{Anchor, BoardEntry, ElectionCreated, Entry};
use tabella_board_core::fixtures::SmallElection;
use tabella_crypto::secret::Secret;
use tabella_tally::standing::{Message, Next, Round, Stage as At, Standing};
use tabella_web_shared::Forgery;
use tabella_web_shared::trustee::{Acted, KeyCard, KeyTrouble, Said};
use tabella_web_shared::wire::decode;

use super::*;

const NOW: u64 = 1_800_000_000_000;
const PASSPHRASE: &str = "six words";

/// A board with one election, which takes what its rules take.
#[derive(Clone)]
struct TestBoard {
    fake: Fake,
    election: Arc<Mutex<SmallElection>>,
}

impl TestBoard {
    /// The election of three trustees of whom two decrypt, with its manifest on the log.
    fn new() -> Self {
        let election = SmallElection::with(|manifest| {
            manifest.board = ORIGIN.to_owned();
            manifest.administrator = key(2).verifying_key();
        });
        let id = election.manifest.id();
        let fake = Fake::of(id, Vec::new());
        fake.with(|world| {
            world
                .board
                .entries
                .push(BoardEntry::Election(ElectionCreated::sign(id, &genesis(), &key(2))).encode());
        });
        let board = Self { fake, election: Arc::new(Mutex::new(election)) };
        board.change(|_| ());
        board
    }

    fn id(&self) -> ElectionId {
        self.election.lock().unwrap().manifest.id()
    }

    /// Lets the election go on, and publishes its log.
    fn change<R>(&self, act: impl FnOnce(&mut SmallElection) -> R) -> R {
        let mut election = self.election.lock().unwrap();
        let result = act(&mut election);
        election.push_due();
        self.fake.with(|world| {
            if election.log.len() != world.election.entries.len() {
                world.election.entries = election.log.clone();
                let (size, root) = (world.election.size(), world.election.root());
                let anchor = Anchor { election: election.manifest.id(), size, root };
                world.board.entries.push(BoardEntry::Anchor(anchor).encode());
            }
        });
        result
    }

    fn size(&self) -> usize {
        self.election.lock().unwrap().log.len()
    }
}

impl Transport for TestBoard {
    fn address(&self) -> &str {
        self.fake.address()
    }

    async fn send(&self, request: &Asked) -> Result<Response, TransportError> {
        let body = request.body.as_ref().filter(|_| request.path == paths::entries(self.id()));
        if let Some((_, bytes)) = body {
            let entry = Entry::decode(bytes).unwrap();
            if self.election.lock().unwrap().append(entry).is_err() {
                return Ok(problem(ProblemCode::Refused));
            }
        }
        let answer = self.fake.send(request).await;
        if body.is_some() {
            self.change(|_| ());
        }
        answer
    }

    async fn sleep(&self, time: Duration) {
        self.fake.sleep(time).await;
    }
}

/// The seed of a trustee of [`SmallElection`]; other numbers are nobody's.
fn seed(trustee: u8) -> [u8; 32] {
    [trustee; 32]
}

/// A trustee's key file.
fn file(trustee: u8) -> Vec<u8> {
    let passphrase = Passphrase::new(PASSPHRASE.to_owned()).unwrap();
    let key = KeyFile::new(KeyKind::Trustee, Secret::new(seed(trustee)), &format!("Trustee {trustee}"), NOW);
    key.seal(&passphrase).unwrap()
}

fn ask<A: BorshDeserialize>(desk: &mut Desk<TestBoard>, request: Request) -> Result<A, Trouble> {
    let answer = run(desk.answer(request, NOW, &|_, _, _| ()));
    for trustee in 0..9 {
        let shown = answer.iter().any(|bytes| bytes.windows(32).any(|window| window == seed(trustee)));
        assert!(!shown, "the key of {trustee} is in the answer");
    }
    answer.map(|bytes| decode(&bytes).unwrap())
}

fn open(desk: &mut Desk<TestBoard>, file: &[u8]) -> Result<KeyCard, KeyTrouble> {
    let request = Request::Open { file: file.to_vec(), passphrase: PASSPHRASE.to_owned() };
    ask(desk, request).unwrap()
}

/// A fresh worker with this key file, connected.
fn begin(board: &TestBoard, file: &[u8]) -> Desk<TestBoard> {
    let mut desk = Desk::default();
    open(&mut desk, file).unwrap();
    let operator = key(1).verifying_key().fingerprint();
    run(desk.connect(board.clone(), board.id(), Some(operator), &[])).unwrap();
    desk
}

fn act(desk: &mut Desk<TestBoard>, intended: Option<Digest>) -> Result<Acted, Said> {
    ask(desk, Request::Act { intended }).unwrap()
}

/// What is forged by this trouble.
#[track_caller]
fn forgery<A: std::fmt::Debug>(result: Result<A, Trouble>) -> Forgery {
    match result {
        Err(Trouble::Forged { forgery, .. }) => forgery,
        other => panic!("{other:?}"),
    }
}

#[test]
fn nothing_is_done_without_a_key_and_an_election() {
    let board = TestBoard::new();
    let mut desk = Desk::default();
    let connected = run(desk.connect(board.clone(), board.id(), None, &[]));
    assert!(matches!(connected, Err(Trouble::Fault { .. })), "{connected:?}");
    assert!(matches!(ask::<Vec<String>>(&mut desk, Request::Paper), Err(Trouble::Fault { .. })));
    let card = open(&mut desk, &file(2)).unwrap();
    assert_eq!((card.name.as_str(), card.created), ("Trustee 2", NOW));
    assert!(matches!(ask::<Standing>(&mut desk, Request::Look), Err(Trouble::Fault { .. })));
    assert_eq!(ask::<Vec<String>>(&mut desk, Request::Paper).unwrap().len(), 24);

    // a file that does not open leaves no other key behind
    assert_eq!(open(&mut desk, b"a photograph"), Err(KeyTrouble::NotAKey));
    assert!(matches!(ask::<Vec<String>>(&mut desk, Request::Paper), Err(Trouble::Fault { .. })));
}

#[test]
fn a_board_under_another_key_than_the_invitations_is_a_forgery() {
    let board = TestBoard::new();
    let mut desk = Desk::default();
    open(&mut desk, &file(1)).unwrap();
    let other = key(9).verifying_key().fingerprint();
    let connected = run(desk.connect(board.clone(), board.id(), Some(other), &[]));
    assert_eq!(forgery(connected), Forgery::Key);
    assert!(matches!(ask::<Standing>(&mut desk, Request::Look), Err(Trouble::Fault { .. })));
}

#[test]
fn what_was_seen_of_the_board_is_told_whatever_comes_of_it() {
    let board = TestBoard::new();
    let file = file(1);
    let mut desk = begin(&board, &file);
    let connected = desk.view();
    assert_ne!(connected, SavedView::default());
    ask::<Standing>(&mut desk, Request::Look).unwrap();
    let seen = desk.view();
    assert_ne!(seen, connected);
    // another key does not make the worker forget what it saw
    open(&mut desk, &file).unwrap();
    assert_eq!(desk.view(), seen);

    board.fake.with(|world| drop(world.election.entries.pop()));
    run(desk.connect(board.clone(), board.id(), None, &[seen.to_json()])).unwrap();
    assert!(!seen.to_json().contains(r"\n1\n"), "a log of one entry was not seen before");
    assert_eq!(forgery(ask::<Standing>(&mut desk, Request::Look)), Forgery::Fork);
    // the shorter log is kept as evidence, beside what was seen before
    assert!(desk.view().to_json().contains(r"\n1\n"), "{:?}", desk.view());
}
