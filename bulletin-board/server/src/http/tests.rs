//! The interface as a client meets it, over a real connection.

use std::sync::Arc;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;

use tabella_board_core::api::{
    BallotPlace, BoardInfo, Consistency, CreateElection, CredentialStatus, DispositionName,
    ElectionCreatedAnswer, ElectionList, ElectionStatus, ElectionTotals, Health, PhaseName, Problem,
    ProblemCode, ReleaseInfo, paths,
};
use tabella_board_core::board::election_key;
use tabella_board_core::entry::{ElectionCreated, Entry, Genesis, RollChange, Voter};
use tabella_board_core::fixtures::{CREATED, OPENS, SmallElection};
use tabella_board_core::receipt::Receipt;
use tabella_crypto::checkpoint::{NoteKey, SignedCheckpoint, VerifiedCheckpoint};
use tabella_crypto::codec::MAX_ENTRY_LENGTH;
use tabella_crypto::credential::Credential;
use tabella_crypto::group::EncodedPoint;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{
    TilePath, decode_bundle, decode_hashes, leaf_hash, root_of, verify_consistency,
};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::{Digest, hash_to_point};

mod app;
mod book;
mod described;
mod feed;
mod manners;
mod room;

use described::is_described;

use super::app::App;
use super::book::Book;
use super::{Pages, router};
use crate::engine::{Solo, Submission};
use crate::publish::standing::Refusal;
use crate::sequencer::{Board, Options, Running, init};
use crate::store::MemoryStore;

/// What a browser accepts when a person goes to an address.
const NAVIGATION: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

struct Server {
    url: String,
    client: Client,
    board: Board,
    running: Running,
    key: NoteKey,
    election: SmallElection,
}

impl Server {
    async fn start() -> Self {
        Self::at(CREATED).await
    }

    async fn at(time: u64) -> Self {
        Self::with(time, App::default()).await
    }

    async fn with(time: u64, pages: impl Into<Pages>) -> Self {
        let election = SmallElection::unpublished(|manifest| manifest.total_weight = 1_000);
        let operator = SigningKey::from_seed([1; 32]);
        let key = NoteKey::log(&election.manifest.board, operator.verifying_key()).unwrap();
        let administrators = vec![election.administrator.verifying_key()];
        let genesis = Genesis::new(election.manifest.board.clone(), operator.verifying_key(), administrators);
        let store = Arc::new(MemoryStore::new());
        init(store.as_ref(), &operator, genesis, 7).unwrap();
        let options = Options { clock: Arc::new(move || time), ..Options::default() };
        let (board, running) = Board::start(store, operator, Solo, options).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router(board.clone(), pages)).into_future());
        Self { url, client: Client::new(), board, running, key, election }
    }

    fn id(&self) -> ElectionId {
        self.election.manifest.id()
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    async fn get(&self, path: &str) -> Response {
        let response = self.client.get(format!("{}{path}", self.url)).send().await.unwrap();
        is_described("get", path, response).await
    }

    async fn post(&self, path: &str, body: Vec<u8>) -> Response {
        let response = self.client.post(format!("{}{path}", self.url)).body(body).send().await.unwrap();
        is_described("post", path, response).await
    }

    async fn read<T: DeserializeOwned>(&self, path: &str) -> T {
        json(self.get(path).await, StatusCode::OK).await
    }

    async fn create(&mut self) {
        let body = self.creation();
        let created: ElectionCreatedAnswer =
            json(self.post(paths::ELECTIONS, body.clone()).await, StatusCode::CREATED).await;
        assert_eq!(created.election, self.id());
        let again: ElectionCreatedAnswer =
            json(self.post(paths::ELECTIONS, body).await, StatusCode::OK).await;
        assert_eq!(again, created);
        self.mirror().await;
    }

    fn creation(&self) -> Vec<u8> {
        let genesis = Genesis::new(self.key.name().to_owned(), self.key.verifying_key(), Vec::new());
        let ElectionCreated { signature, administrator, .. } =
            ElectionCreated::sign(self.id(), &genesis, &self.election.administrator);
        let request = CreateElection { manifest: self.election.manifest.encode(), signature, administrator };
        serde_json::to_vec(&request).unwrap()
    }

    /// With an election that is open: the roll completes the setup at a time when voting opens.
    async fn open() -> Self {
        let mut server = Self::at(OPENS).await;
        server.create().await;
        for round in 0..6 {
            for trustee in [1, 2, 3] {
                let entry = match round {
                    0 => server.election.registration(trustee),
                    1 => server.election.commitment_hash(trustee),
                    2 => server.election.commitments(trustee),
                    3 => server.election.shares(trustee),
                    4 => server.election.confirmation(trustee),
                    _ => server.election.test_decryption(trustee),
                };
                server.push(entry).await;
            }
        }
        let voters = server.election.sorted(0..7);
        server.push(server.election.roll_part(0, true, voters)).await;
        server
    }

    async fn checkpoint(&self, log: &str, key: &NoteKey) -> VerifiedCheckpoint {
        let response = self.get(&paths::checkpoint(log)).await;
        assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
        assert_eq!(response.headers()["cache-control"], "no-cache");
        let signed = SignedCheckpoint::parse(&response.bytes().await.unwrap()).unwrap();
        signed.verify(key, &[]).unwrap()
    }

    async fn election_checkpoint(&self) -> VerifiedCheckpoint {
        let key = election_key(&self.key, self.id()).unwrap();
        self.checkpoint(&paths::election(self.id()), &key).await
    }

    /// All entries of the election's log, under its verified checkpoint.
    async fn entries(&self) -> Vec<Vec<u8>> {
        let head = self.election_checkpoint().await;
        let mut entries = Vec::new();
        while (entries.len() as u64) < head.size() {
            let width = (head.size() - entries.len() as u64).min(256) as u16;
            let tile = TilePath::entries(entries.len() as u64 / 256, width).unwrap();
            let response = self.get(&paths::tile(paths::election(self.id()), tile)).await;
            assert_eq!(response.headers()["content-type"], "application/octet-stream");
            entries.extend(decode_bundle(&response.bytes().await.unwrap(), width).unwrap());
        }
        let leaves: Vec<Digest> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        assert_eq!(root_of(&leaves), head.root());
        entries
    }

    async fn mirror(&mut self) {
        let entries = self.entries().await;
        for bytes in &entries[self.election.log.len()..] {
            self.election.append(Entry::decode(bytes).unwrap()).unwrap();
        }
    }

    async fn push(&mut self, entry: Entry) -> Receipt {
        let bytes = entry.encode();
        let response = self.post(&paths::entries(self.id()), bytes.clone()).await;
        let receipt: Receipt = json(response, StatusCode::CREATED).await;
        assert_eq!(receipt.verify(&bytes, &self.key, &[]).unwrap().index(), receipt.index);
        self.mirror().await;
        receipt
    }
}

async fn json<T: DeserializeOwned>(response: Response, status: StatusCode) -> T {
    let found = response.status();
    let body = response.text().await.unwrap();
    assert_eq!(found, status, "{body}");
    serde_json::from_str(&body).unwrap()
}

async fn problem(response: Response, code: ProblemCode) -> Problem {
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    let status = response.status();
    let problem: Problem = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!((problem.code, problem.status), (code, status.as_u16()), "{problem}");
    assert!(problem.detail.len() > 20, "{problem}");
    assert_eq!(problem.kind, format!("/v1/docs#problem-{}", code.name()));
    problem
}

#[tokio::test]
async fn a_board_says_who_runs_it_and_signs_its_log() {
    let server = Server::start().await;
    for path in [paths::HEALTH, paths::LIVE, paths::READY] {
        assert_eq!(server.read::<Health>(path).await.size, 2);
    }
    // one bad witness is told, and takes no board down
    let standings = server.board.publication().standings();
    standings.begin(["w1", "w2"]);
    let _ = standings.refused(1, Refusal::Contradiction);
    for path in [paths::HEALTH, paths::LIVE, paths::READY] {
        assert_eq!(server.read::<Health>(path).await.witness_contradictions, ["w2"]);
    }
    let info: BoardInfo = server.read(paths::BOARD).await;
    assert_eq!(info.origin, server.election.manifest.board);
    assert_eq!(NoteKey::parse(&info.key).unwrap(), server.key);
    assert_eq!(info.administrators, [server.election.administrator.verifying_key()]);
    assert_eq!(server.checkpoint(paths::BOARD, &server.key).await.size(), 2);
    let list: ElectionList = server.read(paths::ELECTIONS).await;
    assert!(list.elections.is_empty());
}

#[tokio::test]
async fn an_entry_is_answered_by_a_receipt_that_can_be_had_again() {
    let mut server = Server::start().await;
    server.create().await;
    let entry = server.election.registration(1);
    let receipt = server.push(entry.clone()).await;
    let again = server.post(&paths::entries(server.id()), entry.encode()).await;
    assert_eq!(json::<Receipt>(again, StatusCode::OK).await, receipt);
    let path = paths::receipt(server.id(), leaf_hash(&entry.encode()));
    assert_eq!(server.read::<Receipt>(&path).await, receipt);
    let status: ElectionStatus = server.read(&paths::election(server.id())).await;
    assert_eq!(
        (status.phase, status.size, status.root),
        (PhaseName::Setup, server.election.state.size(), server.election.state.root())
    );
    let registered: Vec<bool> = status.ceremony.trustees.iter().map(|trustee| trustee.registered).collect();
    assert_eq!(registered, [true, false, false]);
    let list: ElectionList = server.read(paths::ELECTIONS).await;
    assert_eq!(list.elections.iter().map(|line| line.election).collect::<Vec<_>>(), [server.id()]);
}

#[tokio::test]
async fn a_voter_finds_the_ballots_of_a_credential_and_a_tracking_code() {
    let mut server = Server::open().await;
    let status: ElectionStatus = server.read(&paths::election(server.id())).await;
    assert_eq!((status.phase, status.roll.voters), (PhaseName::Open, 7));
    let credential = server.election.voters[0].public();
    let path = paths::credential(server.id(), credential);
    let before: CredentialStatus = server.read(&path).await;
    assert_eq!((before.cast, before.last, before.ballots.len()), (0, None, 0));
    let vote = server.election.vote(0, 1, [0, 1]);
    let Entry::Cast(ballot) = &vote else { unreachable!() };
    let code = ballot.ballot.tracking_code(server.id());
    let receipt = server.push(vote).await;
    let after: CredentialStatus = server.read(&path).await;
    assert_eq!((after.cast, after.tests, after.last), (1, 0, Some(code)));
    assert_eq!(after.ballots, [receipt.index]);
    let place: BallotPlace = server.read(&paths::ballot(server.id(), code)).await;
    assert_eq!(place, BallotPlace { index: receipt.index, disposition: DispositionName::Cast });
    let stranger = paths::credential(server.id(), Credential(EncodedPoint([9; 32])));
    problem(server.get(&stranger).await, ProblemCode::NotFound).await;
}

#[tokio::test]
async fn a_page_gets_the_manifest_and_the_totals() {
    let mut server = Server::start().await;
    server.create().await;
    let response = server.get(&paths::manifest(server.id())).await;
    assert_eq!(response.headers()["content-type"], "application/octet-stream");
    assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
    let bytes = response.bytes().await.unwrap();
    assert_eq!(ElectionId::of(&bytes), server.id());
    let response = server.get(&paths::totals(server.id())).await;
    assert_eq!(response.headers()["cache-control"], "no-cache");
    let totals: ElectionTotals = json(response, StatusCode::OK).await;
    assert_eq!(Some(totals), server.election.state.totals());
}

#[tokio::test]
async fn logs_are_served_as_tiles_with_consistency() {
    let mut server = Server::start().await;
    server.create().await;
    let old = server.checkpoint(paths::BOARD, &server.key).await;
    for trustee in [1, 2, 3] {
        server.push(server.election.registration(trustee)).await;
    }
    let new = server.checkpoint(paths::BOARD, &server.key).await;
    let path = paths::consistency(paths::BOARD, old.size(), new.size());
    let Consistency { path } = server.read(&path).await;
    verify_consistency(old.size(), &old.root(), new.size(), &new.root(), &path).unwrap();
    let width = new.size() as u16;
    let tile = TilePath::hashes(0, 0, width).unwrap();
    let response = server.get(&paths::tile(paths::BOARD, tile)).await;
    assert_eq!(response.headers()["cache-control"], "public, max-age=60");
    let hashes = decode_hashes(&response.bytes().await.unwrap(), width).unwrap();
    assert_eq!(root_of(&hashes), new.root());
    let beyond = TilePath::hashes(0, 0, width + 1).unwrap();
    problem(server.get(&paths::tile(paths::BOARD, beyond)).await, ProblemCode::NotFound).await;
    let election = paths::election(server.id());
    let Consistency { path } = server.read(&paths::consistency(&election, 2, 4)).await;
    assert!(!path.is_empty());
}

#[tokio::test]
async fn a_full_tile_may_be_kept_for_ever() {
    let mut server = Server::start().await;
    server.create().await;
    // each is two entries of the board log, a block and an anchor, and two of the election's
    for number in 0..130u64 {
        let entry = if number == 0 {
            server.election.roll_part(0, true, server.election.sorted([0]))
        } else {
            let point = hash_to_point("test voter", &[&number.to_le_bytes()]);
            let voter = Voter { credential: Credential(point.encode()), ..server.election.voter(1) };
            server.election.roll_change(RollChange::Add { voter })
        };
        let response = server.post(&paths::entries(server.id()), entry.encode()).await;
        assert_eq!(response.status(), StatusCode::CREATED, "{}", response.text().await.unwrap());
        server.mirror().await;
    }
    let tile = TilePath::entries(0, 256).unwrap();
    for log in [paths::board_log(), paths::election(server.id())] {
        let response = server.get(&paths::tile(log, tile)).await;
        assert_eq!(response.headers()["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(decode_bundle(&response.bytes().await.unwrap(), 256).unwrap().len(), 256);
    }
}

#[tokio::test]
async fn every_error_is_a_problem_with_a_code_and_a_sentence() {
    let mut server = Server::start().await;
    server.create().await;
    let entries = paths::entries(server.id());
    let id = server.id();
    let stray = ElectionId(Digest([9; 32]));
    let long = server.post(&entries, vec![0; MAX_ENTRY_LENGTH + 1]).await;
    problem(long, ProblemCode::TooLarge).await;
    let refused = problem(server.post(&entries, vec![77]).await, ProblemCode::Refused).await;
    assert_eq!(refused.check.as_deref(), Some("1.5"));
    let early = server.post(&entries, SmallElection::opened().vote(0, 0, [0, 0]).encode()).await;
    assert_eq!(problem(early, ProblemCode::Refused).await.check.as_deref(), Some("6.1"));
    problem(server.post(&paths::entries(stray), vec![1]).await, ProblemCode::UnknownElection).await;
    problem(server.post(paths::ELECTIONS, b"{}".to_vec()).await, ProblemCode::Malformed).await;
    problem(server.post(paths::ELECTIONS, vec![b' '; 2_000_000]).await, ProblemCode::TooLarge).await;
    let mut stranger: CreateElection = serde_json::from_slice(&server.creation()).unwrap();
    stranger.administrator = SigningKey::from_seed([9; 32]).verifying_key();
    let stranger = server.post(paths::ELECTIONS, serde_json::to_vec(&stranger).unwrap()).await;
    problem(stranger, ProblemCode::ElectionRefused).await;
    let election = paths::election(id);
    for (path, code) in [
        ("/nothing".to_owned(), ProblemCode::NotFound),
        ("/v1/board/witnessed/0".to_owned(), ProblemCode::Malformed),
        ("/v1/board/witnessed/99".to_owned(), ProblemCode::Malformed),
        ("/v1/board/witnessed/01".to_owned(), ProblemCode::Malformed),
        ("/v1/board/witnessed/15".to_owned(), ProblemCode::NotFound),
        ("/v1/nothing".to_owned(), ProblemCode::NotFound),
        ("/v1/elections/xyz".to_owned(), ProblemCode::UnknownElection),
        (paths::election(stray), ProblemCode::UnknownElection),
        (paths::manifest(stray), ProblemCode::UnknownElection),
        (paths::totals(stray), ProblemCode::UnknownElection),
        (paths::checkpoint(paths::election(stray)), ProblemCode::UnknownElection),
        (format!("{election}/tile/0/1"), ProblemCode::NotFound),
        (format!("{election}/tile/0/..%2f000"), ProblemCode::NotFound),
        (format!("{election}/nothing"), ProblemCode::NotFound),
        (format!("{election}/consistency"), ProblemCode::Malformed),
        (format!("{election}/consistency?old=-1&new=2"), ProblemCode::Malformed),
        (paths::consistency(&election, 5, 4), ProblemCode::NotFound),
        (paths::consistency(&election, 1, 4_000), ProblemCode::NotFound),
        (format!("{election}/receipts/ABC"), ProblemCode::Malformed),
        (paths::receipt(id, Digest([1; 32])), ProblemCode::NotFound),
        (format!("{election}/ballots/%ff"), ProblemCode::Malformed),
        (entries.clone(), ProblemCode::MethodNotAllowed),
    ] {
        problem(server.get(&path).await, code).await;
    }
}

#[tokio::test]
async fn any_page_may_read_and_none_may_write() {
    let mut server = Server::start().await;
    server.create().await;
    let response = server.get(&paths::election(server.id())).await;
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    assert_eq!(response.headers()["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
    let entry = server.election.registration(1).encode();
    let response = server.post(&paths::entries(server.id()), entry).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert!(response.headers().get("access-control-allow-origin").is_none());
}

#[tokio::test]
async fn a_board_that_has_stopped_says_so_and_can_still_be_read() {
    let mut server = Server::start().await;
    server.create().await;
    let Server { url, client, running, key, election, board: _ } = server;
    let stopped = tokio::task::spawn_blocking(move || running.stop());
    stopped.await.unwrap().unwrap();
    let entry = election.registration(1).encode();
    let path = paths::entries(election.manifest.id());
    let response = client.post(format!("{url}{path}")).body(entry).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "1");
    problem(response, ProblemCode::Stopping).await;
    for path in [paths::HEALTH, paths::READY] {
        problem(client.get(format!("{url}{path}")).send().await.unwrap(), ProblemCode::Stopping).await;
    }
    let live = client.get(format!("{url}{}", paths::LIVE)).send().await.unwrap();
    assert_eq!(live.status(), StatusCode::OK, "starting it anew would help nothing");
    let head = client.get(format!("{url}/v1/board/checkpoint")).send().await.unwrap();
    let head = SignedCheckpoint::parse(&head.bytes().await.unwrap()).unwrap();
    assert_eq!(head.verify(&key, &[]).unwrap().size(), 5);
}
