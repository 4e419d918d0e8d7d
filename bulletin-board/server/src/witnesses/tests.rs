//! The board and its witnesses over real connections; the witnesses do as the test says.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;

use tabella_board_core::entry::ElectionCreated;
use tabella_board_core::fixtures::{CREATED, SmallElection};
use tabella_board_core::witness::answer::{encode_signatures, encode_size};
use tabella_board_core::witness::{AddCheckpoint, Latest, Refusal, Witness};
use tabella_crypto::checkpoint::{NoteKey, SignedCheckpoint, cosign};
use tabella_crypto::signature::SigningKey;

use super::guard::ask_witnesses;
use super::rounds::{in_words, prove};
use super::*;
use crate::engine::{Solo, Submission};
use crate::metrics::Metrics;
use crate::recovery::{AskError, Asked, Finding, compare};
use crate::sequencer::{Board, Options, Running, init};
use crate::serve::Connections;
use crate::store::MemoryStore;

const LIMIT: Duration = Duration::from_secs(20);
const PACE: Pace = Pace {
    round: Duration::from_millis(50),
    request: LIMIT,
    first_wait: Duration::from_millis(5),
    longest_wait: Duration::from_millis(40),
};

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

/// What a witness does with a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Honest,
    /// After this many milliseconds.
    Slow(u64),
    /// Never answers.
    Silent,
    /// Signs another head than the one it was shown.
    SignsAnother,
    /// Signs with a key of its own choice.
    OtherKey,
    /// Names a larger size than any.
    Ahead,
    /// Always names another size.
    Unsteady,
    /// Answers with this status and nothing that helps.
    Status(u16),
}

struct Played {
    seed: u8,
    manner: Mutex<Manner>,
    latest: Mutex<Option<Latest>>,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
    requests: AtomicUsize,
}

fn name(seed: u8) -> String {
    format!("witness.example/w{seed}")
}

impl Played {
    async fn start(seed: u8, manner: Manner) -> (Arc<Self>, Contact) {
        let played = Arc::new(Self {
            seed,
            manner: Mutex::new(manner),
            latest: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most_under_way: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
        });
        let router = Router::new().route("/at/add-checkpoint", post(answer)).with_state(played.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/at/", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router).into_future());
        let note_key = NoteKey::witness(&name(seed), key(seed).verifying_key()).unwrap();
        (played, Contact::new(note_key, Http::new(&url).unwrap()))
    }

    fn is_now(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    fn honest(&self, request: AddCheckpoint) -> Response {
        let mut witness = Witness::new(&name(self.seed), key(self.seed)).unwrap();
        let origin = request.checkpoint().claimed().origin().to_owned();
        witness.watch(&origin, NoteKey::log(&origin, key(1).verifying_key()).unwrap()).unwrap();
        let mut latest = self.latest.lock().unwrap();
        let outcome = witness.admit(request).and_then(|asked| witness.cosign(&asked, latest.as_ref(), 9));
        match outcome {
            Ok((next, line)) => {
                *latest = Some(next);
                encode_signatures(&[line]).into_response()
            }
            Err(Refusal::Conflict(size)) => (StatusCode::CONFLICT, encode_size(size)).into_response(),
            Err(refusal) => StatusCode::from_u16(refusal.status()).unwrap().into_response(),
        }
    }
}

async fn answer(State(played): State<Arc<Played>>, body: Bytes) -> Response {
    let requests = played.requests.fetch_add(1, Ordering::SeqCst) as u64;
    let under_way = played.under_way.fetch_add(1, Ordering::SeqCst) + 1;
    played.most_under_way.fetch_max(under_way, Ordering::SeqCst);
    let request = AddCheckpoint::parse(&body).unwrap();
    let head = request.checkpoint().claimed().clone();
    let manner = *played.manner.lock().unwrap();
    let signed = |head, seed| encode_signatures(&[cosign(head, &name(seed), &key(seed), 9).unwrap()]);
    let response = match manner {
        Manner::Honest => played.honest(request),
        Manner::Slow(time) => {
            tokio::time::sleep(Duration::from_millis(time)).await;
            played.honest(request)
        }
        Manner::Silent => std::future::pending().await,
        Manner::SignsAnother => {
            let root = tabella_crypto::merkle::leaf_hash(b"another");
            let other =
                tabella_crypto::checkpoint::Checkpoint::new(head.origin(), head.size(), root).unwrap();
            signed(&other, played.seed).into_response()
        }
        Manner::OtherKey => signed(&head, played.seed + 100).into_response(),
        Manner::Ahead => (StatusCode::CONFLICT, encode_size(1_000_000)).into_response(),
        Manner::Unsteady => (StatusCode::CONFLICT, encode_size(requests % 2)).into_response(),
        Manner::Status(status) => (StatusCode::from_u16(status).unwrap(), "no").into_response(),
    };
    played.under_way.fetch_sub(1, Ordering::SeqCst);
    response
}

/// A board that grows by an election at a time.
struct Growing {
    board: Board,
    running: Option<Running>,
    origin: String,
    number: u8,
}

impl Growing {
    fn start() -> Self {
        let election = SmallElection::unpublished(|_| ());
        let origin = election.manifest.board.clone();
        let administrators = vec![election.administrator.verifying_key()];
        let genesis = Genesis::new(origin.clone(), key(1).verifying_key(), administrators);
        let store = Arc::new(MemoryStore::new());
        init(store.as_ref(), &key(1), genesis, 7).unwrap();
        let options = Options { clock: Arc::new(|| CREATED), ..Options::default() };
        let (board, running) = Board::start(store, key(1), Solo, options).unwrap();
        Self { board, running: Some(running), origin, number: 0 }
    }

    async fn grow(&mut self) {
        self.number += 1;
        let nonce = [self.number; 16];
        let election = SmallElection::unpublished(|manifest| manifest.nonce = nonce);
        let genesis = Genesis::new(self.origin.clone(), key(1).verifying_key(), Vec::new());
        let creation = ElectionCreated::sign(election.manifest.id(), &genesis, &election.administrator);
        let manifest = election.manifest.encode();
        assert!(self.board.submit(Submission::Election { creation, manifest }).await.unwrap().fresh);
    }

    fn ask(&self, contacts: Vec<Contact>) {
        tokio::spawn(keep_asking(self.board.clone(), contacts, PACE, None));
    }

    fn newest(&self) -> SignedCheckpoint {
        SignedCheckpoint::clone(&self.board.snapshot().board)
    }

    async fn until(&self, what: &str, is_so: impl Fn(&Board) -> bool) {
        let start = Instant::now();
        while !is_so(&self.board) {
            assert!(start.elapsed() < LIMIT, "{what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn end(&mut self) {
        self.running.take().unwrap().stop().unwrap();
    }
}

fn cosignatures(board: &Board) -> usize {
    board.snapshot().board.signatures().len() - 1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_witness_has_one_request_under_way_and_is_asked_for_the_newest_next() {
    let mut growing = Growing::start();
    let (slow, contact) = Played::start(2, Manner::Slow(30)).await;
    growing.ask(vec![contact]);
    for _ in 0..20 {
        growing.grow().await;
    }
    growing.until("the newest head is cosigned", |board| cosignatures(board) == 1).await;
    assert_eq!(slow.most_under_way.load(Ordering::SeqCst), 1);
    growing.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_witness_that_is_silent_or_lies_holds_nobody_up_and_is_not_published() {
    for manner in [
        Manner::Silent,
        Manner::SignsAnother,
        Manner::OtherKey,
        Manner::Ahead,
        Manner::Unsteady,
        Manner::Status(403),
        Manner::Status(500),
        Manner::Status(200),
    ] {
        let mut growing = Growing::start();
        let (bad, bad_contact) = Played::start(2, manner).await;
        let (_, good_contact) = Played::start(3, Manner::Honest).await;
        growing.ask(vec![bad_contact, good_contact]);
        for _ in 0..3 {
            growing.grow().await;
            growing.until("the good one has cosigned", |board| cosignatures(board) == 1).await;
        }
        let signatures = growing.newest();
        assert_eq!(signatures.signatures()[1].name(), name(3));
        assert!(bad.requests.load(Ordering::SeqCst) > 0);
        // once it is what it should be, it cosigns too; a silent one has a request under way for long
        if manner != Manner::Silent {
            bad.is_now(Manner::Honest);
            growing.until("both have cosigned", |board| cosignatures(board) == 2).await;
        }
        growing.end();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_show_what_each_witness_does_and_whether_it_contradicts() {
    let mut growing = Growing::start();
    let (bad, bad_contact) = Played::start(2, Manner::Honest).await;
    let (_, good_contact) = Played::start(3, Manner::Honest).await;
    growing.ask(vec![bad_contact, good_contact]);
    growing.grow().await;
    growing.until("both have cosigned", |board| cosignatures(board) == 2).await;
    let first = growing.newest().claimed().size();
    let metrics = Metrics::default();
    let connections = Connections::default();
    let figures = |board: &Board| metrics.encode(board, &connections).unwrap();
    let value = |text: &str, figure: &str, of: u8, more: &str| -> f64 {
        let line = format!("tabella_board_witness_{figure}{{witness=\"{}\"{more}}} ", name(of));
        let found = text.lines().find_map(|found| found.strip_prefix(&line));
        found.unwrap_or_else(|| panic!("{line}is not in {text}")).parse().unwrap()
    };
    for (manner, kind, contradicts) in [
        (Manner::Status(403), "signature", 0.0),
        (Manner::Status(422), "contradiction", 1.0),
        // whatever it does then, until it cosigns
        (Manner::Status(503), "busy", 1.0),
        (Manner::Ahead, "contradiction", 1.0),
    ] {
        bad.is_now(manner);
        growing.grow().await;
        growing.until("the good one has cosigned", |board| cosignatures(board) == 1).await;
        let refusals =
            |board: &Board| value(&figures(board), "refusals_total", 2, &format!(",kind=\"{kind}\""));
        let before = refusals(&growing.board);
        growing.until("the bad one refuses", |board| refusals(board) > before).await;
        let text = figures(&growing.board);
        assert_eq!(value(&text, "contradiction", 2, ""), contradicts, "{kind}");
        assert_eq!(value(&text, "cosigned_entries", 2, ""), first as f64);
        assert!(value(&text, "cosigned_entries", 3, "") > first as f64);
        assert_eq!(value(&text, "contradiction", 3, ""), 0.0);
        assert!(value(&text, "cosignature_age_seconds", 2, "") > 0.0);
    }
    bad.is_now(Manner::Honest);
    growing.until("both have cosigned", |board| cosignatures(board) == 2).await;
    let text = figures(&growing.board);
    assert_eq!(value(&text, "contradiction", 2, ""), 0.0);
    assert_eq!(value(&text, "cosigned_entries", 2, ""), growing.newest().claimed().size() as f64);
    growing.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_guard_finds_where_each_witness_stands() {
    let mut growing = Growing::start();
    let (witness, contact) = Played::start(2, Manner::Honest).await;
    let contacts = std::slice::from_ref(&contact);
    let early = growing.newest();
    let store = growing.board.store().clone();
    let found = |asked: Vec<Asked>| asked.into_iter().next().unwrap().finding;
    // it knows nothing of the board yet
    assert_eq!(found(ask_witnesses(&store, &early, contacts, LIMIT).await), Finding::Behind(0));
    growing.grow().await;
    growing.ask(vec![contact.clone()]);
    growing.until("it has cosigned", |board| cosignatures(board) == 1).await;
    let newest = growing.newest();
    assert_eq!(found(ask_witnesses(&store, &newest, contacts, LIMIT).await), Finding::InStep);
    let seen = newest.claimed().size();
    assert_eq!(found(ask_witnesses(&store, &early, contacts, LIMIT).await), Finding::Ahead(seen));
    let root = tabella_crypto::merkle::leaf_hash(b"another");
    let other = tabella_crypto::checkpoint::Checkpoint::new(&growing.origin, seen, root).unwrap();
    let other = tabella_crypto::checkpoint::sign_checkpoint(&other, &key(1)).unwrap();
    assert_eq!(found(ask_witnesses(&store, &other, contacts, LIMIT).await), Finding::OtherLog(None));
    for manner in [Manner::Status(404), Manner::Status(503), Manner::Status(200)] {
        witness.is_now(manner);
        let finding = found(ask_witnesses(&store, &newest, contacts, LIMIT).await);
        assert!(matches!(finding, Finding::Unknown(_)), "{finding:?}");
    }
    witness.is_now(Manner::Silent);
    let finding = found(ask_witnesses(&store, &newest, contacts, Duration::from_millis(50)).await);
    assert!(matches!(&finding, Finding::Unknown(why) if why.contains("does not answer")), "{finding:?}");
    growing.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_witness_that_contradicts_shows_the_operator_hears_of_it() {
    let mut growing = Growing::start();
    // it does not say what it cosigned last
    let (_, contact) = Played::start(2, Manner::Status(422)).await;
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("evidence");
    let (board, heads) = (&growing.board, growing.board.snapshot());
    let nothing = prove(&contact, board, &heads, &folder, LIMIT).await;
    let asks = format!("the witness {} shows no checkpoint that proves it: ask its operator", name(2));
    assert_eq!(nothing, asks);
    assert!(!folder.exists());

    let own = growing.newest();
    let other = |size| {
        let root = tabella_crypto::merkle::leaf_hash(b"another");
        let other = tabella_crypto::checkpoint::Checkpoint::new(&growing.origin, size, root).unwrap();
        tabella_crypto::checkpoint::sign_checkpoint(&other, &key(1)).unwrap()
    };
    let said = |shown: &SignedCheckpoint, found| in_words("w", Some(shown), found, &folder);
    let size = own.claimed().size();
    for behind in [Finding::InStep, Finding::Behind(1), Finding::OtherLog(None)] {
        assert!(said(&own, Ok(Some(behind))).contains("shows no checkpoint that proves it"));
    }
    let larger = said(&other(size + 5), Ok(Some(Finding::Ahead(size + 5))));
    assert!(
        larger.contains(&format!("a larger checkpoint with this board's signature: {} entries", size + 5))
    );
    let unread = said(&own, Err(AskError::Store(StoreError::Damaged("a hash is missing"))));
    assert!(unread.contains("this board's own store") && unread.contains("a hash is missing"), "{unread}");
    // the proof is kept, and where it cannot be written it is in the log
    let forked = || compare(growing.board.store().as_ref(), &own, &other(size));
    let proven = said(&other(size), forked());
    assert!(proven.starts_with("two logs were signed") && proven.contains("evidence-"), "{proven}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "no folder").unwrap();
    let unkept = said(&other(size), forked());
    assert!(unkept.contains("\"version\"") && unkept.contains("cannot be written"), "{unkept}");
    growing.end();
}

#[test]
fn an_address_is_a_name_and_a_url() {
    let address = |name: &str, url: &str| Address { name: name.to_owned(), url: url.to_owned() };
    for (text, expected) in [
        ("w=http://127.0.0.1:8", address("w", "http://127.0.0.1:8")),
        ("a.example/w=1=https://w.example/x=1", address("a.example/w=1", "https://w.example/x=1")),
    ] {
        assert_eq!(text.parse::<Address>().unwrap(), expected);
    }
    for text in ["", "w", "w=", "w=ftp://x", "http://x", "w http://x"] {
        assert!(matches!(text.parse::<Address>(), Err(SettingError::Form)), "{text}");
    }
}
