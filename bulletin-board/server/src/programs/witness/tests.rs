//! The interface of tlog-witness over a real connection, and the store beneath it.

use std::convert::Infallible;

use reqwest::{Client, Response, StatusCode};
use tempfile::TempDir;

use tabella_board_core::witness::answer::{cosignature, encode_signatures, monitoring_path};
use tabella_board_core::witness::request::MAX_REQUEST_LENGTH;
use tabella_board_core::witness::{AddCheckpoint, Answer};
use tabella_crypto::checkpoint::{Checkpoint, SignedCheckpoint, sign_checkpoint};
use tabella_crypto::merkle::{NodeSource, consistency_path, leaf_hash, root_of};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::Digest;

use super::*;
use crate::store::StoreError;

const ORIGIN: &str = "log.example/board";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

struct Log(Vec<Digest>);

impl NodeSource for Log {
    type Error = Infallible;
    fn tile_hash(&self, _: u8, index: u64) -> Result<Digest, Infallible> {
        Ok(self.0[index as usize])
    }
}

fn log(name: &str) -> Log {
    Log((0..40).map(|index| leaf_hash(format!("{name} {index}").as_bytes())).collect())
}

impl Log {
    fn signed(&self, origin: &str, size: u64) -> SignedCheckpoint {
        let head = Checkpoint::new(origin, size, root_of(&self.0[..size as usize])).unwrap();
        sign_checkpoint(&head, &key(1)).unwrap()
    }

    fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        let proof = consistency_path(self, old, new).unwrap();
        AddCheckpoint::new(old, proof, self.signed(ORIGIN, new)).unwrap()
    }
}

struct Server {
    _folder: TempDir,
    client: Client,
    url: String,
    key: NoteKey,
}

impl Server {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut witness = Witness::new("witness.example/w1", key(2)).unwrap();
        witness.watch(ORIGIN, NoteKey::log(ORIGIN, key(1).verifying_key()).unwrap()).unwrap();
        let note_key = witness.key().clone();
        let store = WitnessStore::open(&folder.path().join("witness.redb")).unwrap();
        let (state, _failed) = http::State::new(witness, store);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, http::router(Arc::new(state))).into_future());
        Self { _folder: folder, client: Client::new(), url, key: note_key }
    }

    async fn post(&self, body: impl Into<reqwest::Body>) -> Response {
        self.client.post(format!("{}/add-checkpoint", self.url)).body(body).send().await.unwrap()
    }

    async fn ask(&self, request: &AddCheckpoint) -> Answer {
        let response = self.post(request.encode()).await;
        let status = response.status().as_u16();
        Answer::parse(status, &response.bytes().await.unwrap()).unwrap()
    }
}

/// Status, media type and code of a refusal.
async fn problem(response: Response) -> (u16, String) {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let status = response.status().as_u16();
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(body["status"], status);
    assert!(body["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{body}");
    (status, body["code"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_answer_has_the_status_and_form_of_tlog_witness() {
    let server = Server::start().await;
    let (log, other) = (log("one"), log("other"));
    let monitored = format!("{}{}", server.url, monitoring_path(ORIGIN));
    let unseen = server.client.get(&monitored).send().await.unwrap();
    assert_eq!(problem(unseen).await, (404, "not-found".to_owned()));

    let good = server.post(log.request(0, 5).encode()).await;
    assert_eq!((good.status(), good.headers()["content-type"].to_str().unwrap()), {
        (StatusCode::OK, "text/plain; charset=utf-8")
    });
    let body = good.bytes().await.unwrap();
    assert!(body.starts_with("— witness.example/w1 ".as_bytes()) && body.ends_with(b"\n"));
    let Ok(Answer::Cosigned(lines)) = Answer::parse(200, &body) else { panic!("{body:?}") };
    let line = cosignature(&log.signed(ORIGIN, 5), &server.key, &lines).unwrap();
    assert_eq!(encode_signatures(&[line]).as_bytes(), body);

    let conflict = server.post(log.request(0, 7).encode()).await;
    assert_eq!(conflict.status(), StatusCode::CONFLICT);
    assert_eq!(conflict.headers()["content-type"], "text/x.tlog.size");
    assert_eq!(conflict.bytes().await.unwrap(), "5\n");

    let unknown = AddCheckpoint::new(0, Vec::new(), log.signed("log.example/unknown", 5)).unwrap();
    let stranger = {
        let head = log.signed(ORIGIN, 6).claimed().clone();
        AddCheckpoint::new(5, Vec::new(), sign_checkpoint(&head, &key(9)).unwrap()).unwrap()
    };
    let old = AddCheckpoint::new(9, Vec::new(), log.signed(ORIGIN, 6)).unwrap();
    let unproven = AddCheckpoint::new(5, Vec::new(), log.signed(ORIGIN, 6)).unwrap();
    for (body, expected) in [
        (unknown.encode(), (404, "unknown-log")),
        (stranger.encode(), (403, "unsigned")),
        (old.encode(), (400, "old-size")),
        (unproven.encode(), (422, "inconsistent")),
        (other.request(5, 5).encode(), (422, "other-root")),
        (other.request(5, 9).encode(), (422, "inconsistent")),
        ("old 5\n".to_owned(), (400, "malformed")),
        (String::new(), (400, "malformed")),
        ("x".repeat(MAX_REQUEST_LENGTH), (400, "malformed")),
        ("x".repeat(MAX_REQUEST_LENGTH + 1), (413, "too-large")),
    ] {
        let (status, code) = problem(server.post(body.clone()).await).await;
        assert_eq!((status, code.as_str()), expected, "{body}");
    }
    assert_eq!(server.client.get(&server.url).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let got = server.client.get(format!("{}/add-checkpoint", server.url)).send().await.unwrap();
    assert_eq!(got.status(), StatusCode::METHOD_NOT_ALLOWED);

    // nothing of that has moved it
    let kept = server.client.get(&monitored).send().await.unwrap().bytes().await.unwrap();
    let log_key = NoteKey::log(ORIGIN, key(1).verifying_key()).unwrap();
    let kept = SignedCheckpoint::parse(&kept).unwrap();
    assert_eq!(kept.verify(&log_key, std::slice::from_ref(&server.key)).unwrap().size(), 5);
    assert!(matches!(server.ask(&log.request(5, 9)).await, Answer::Cosigned(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_requests_at_one_time_one_is_cosigned() {
    let server = Arc::new(Server::start().await);
    let mut old = 0;
    for round in 0..6 {
        let asks: Vec<_> = (1..=6u64)
            .map(|step| {
                let server = server.clone();
                tokio::spawn(async move { (step, server.ask(&log("one").request(old, old + step)).await) })
            })
            .collect();
        let mut cosigned = Vec::new();
        for ask in asks {
            match ask.await.unwrap() {
                (step, Answer::Cosigned(_)) => cosigned.push(step),
                (_, Answer::Conflict(size)) => assert!(size > old),
                (_, Answer::Refused(status)) => panic!("{status}"),
            }
        }
        let [step] = cosigned.as_slice() else { panic!("round {round}: {cosigned:?} from one size") };
        old += step;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_is_locked_while_a_witness_runs_and_remembers_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("witness.redb");
    let mut witness = Witness::new("witness.example/w1", key(2)).unwrap();
    witness.watch(ORIGIN, NoteKey::log(ORIGIN, key(1).verifying_key()).unwrap()).unwrap();
    let store = WitnessStore::open(&file).unwrap();
    assert!(matches!(WitnessStore::open(&file), Err(StoreError::Locked)));
    assert_eq!(store.latest(ORIGIN).unwrap(), None);
    let admitted = witness.admit(log("one").request(0, 5)).unwrap();
    let line = store.replace(ORIGIN, |latest| witness.cosign(&admitted, latest, 77)).unwrap().unwrap();
    let again = store.replace(ORIGIN, |latest| witness.cosign(&admitted, latest, 78)).unwrap();
    assert_eq!(again.err().map(|refusal| refusal.status()), Some(409));
    drop(store);
    let store = WitnessStore::open(&file).unwrap();
    let latest = store.latest(ORIGIN).unwrap().unwrap();
    assert_eq!((latest.checkpoint().size(), latest.time()), (5, 77));
    assert!(latest.note().signatures().contains(&line));
}
