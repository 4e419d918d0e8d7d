//! The board's interface as a function of a request: whatever is asked, the answer is none of the board's own faults.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::BodyExt as _;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use tabella_board::engine::Solo;
use tabella_board::http::app::App;
use tabella_board::http::router;
use tabella_board::sequencer::{Board, Options, init};
use tabella_board::store::MemoryStore;
use tabella_board_core::api::{CreateElection, PROBLEM_MEDIA_TYPE, Problem, ProblemCode, hex_text, paths};
use tabella_board_core::entry::{ElectionCreated, Entry};
use tabella_board_core::fixtures::OPENS;
use tabella_crypto::merkle::{TilePath, leaf_hash};
use tokio::runtime::Runtime;

use crate::scene::{genesis, operator, scene};

/// A board in memory whose election takes ballots, and what runs it.
struct Server {
    runtime: Runtime,
    service: TowerToHyperService<Router>,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let service = runtime.block_on(async {
            let store = Arc::new(MemoryStore::new());
            init(store.as_ref(), &operator(), genesis(), 7).unwrap();
            let options = Options { clock: Arc::new(|| OPENS), linger: Duration::ZERO, ..Options::default() };
            let (board, running) = Board::start(store, operator(), Solo, options).unwrap();
            // it runs as long as the process
            std::mem::forget(running);
            TowerToHyperService::new(router(board, App::default()))
        });
        let server = Server { runtime, service };
        let created = server.ask(request(&creation()).unwrap());
        assert_eq!(created.0, StatusCode::CREATED);
        // the blocks are this board's own, and so are the times; up to the opening nothing depends on them
        let entries = scene().election.log.iter().take(scene().opened);
        for bytes in entries.filter(|bytes| Entry::decode(bytes).is_ok_and(|entry| !entry.is_automatic())) {
            server.ask(request(&posted(bytes)).unwrap());
        }
        server
    })
}

impl Server {
    /// Status, media type and body of the answer; of a feed, which has no end, no body.
    fn ask(&self, request: Request<Body>) -> (StatusCode, Option<String>, Vec<u8>) {
        self.runtime.block_on(async {
            let response: Response<Body> = self.service.call(request).await.expect("it cannot fail");
            let (head, body) = response.into_parts();
            let media = head.headers.get(header::CONTENT_TYPE);
            let media = media.map(|media| media.to_str().expect("the board's own").to_owned());
            let body = match media.as_deref() {
                Some("text/event-stream") => Vec::new(),
                _ => body.collect().await.expect("whole").to_bytes().to_vec(),
            };
            (head.status, media, body)
        })
    }
}

/// A request as text: method and address in the first line, fields in the next ones, the body behind an empty line.
fn request(data: &[u8]) -> Option<Request<Body>> {
    let end = data.windows(2).position(|two| two == b"\n\n");
    let (head, body) = match end {
        Some(end) => (&data[..end], &data[end + 2..]),
        None => (data, &[][..]),
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next()?;
    let space = first.iter().position(|byte| *byte == b' ')?;
    let mut request = Request::new(Body::from(body.to_vec()));
    *request.method_mut() = Method::from_bytes(&first[..space]).ok()?;
    // what no address is, the HTTP library refuses before the board sees it
    *request.uri_mut() = Uri::try_from(&first[space + 1..]).ok().filter(|uri| uri.path().starts_with('/'))?;
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        request.headers_mut().append(name, HeaderValue::from_bytes(&line[colon + 1..]).ok()?);
    }
    Some(request)
}

/// Any request.
pub fn http(data: &[u8]) {
    let Some(request) = request(data) else { return };
    let (status, media, body) = server().ask(request);
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{}", String::from_utf8_lossy(&body));
    if media.as_deref() == Some(PROBLEM_MEDIA_TYPE) {
        let problem: Problem = serde_json::from_slice(&body).expect("a problem");
        assert_ne!(problem.code, ProblemCode::Internal, "{problem:?}");
        assert!(status.is_client_error() || status == StatusCode::SERVICE_UNAVAILABLE, "{status}");
    }
    if media.as_deref() == Some("application/json") && !body.is_empty() {
        serde_json::from_slice::<serde_json::Value>(&body).expect("JSON");
    }
}

fn creation() -> Vec<u8> {
    let election = &scene().election;
    let ElectionCreated { signature, administrator, .. } =
        ElectionCreated::sign(election.manifest.id(), &genesis(), &election.administrator);
    let create = CreateElection { manifest: election.manifest.encode(), signature, administrator };
    let body = serde_json::to_vec(&create).unwrap();
    let head = format!("POST {}\ncontent-type:application/json\n\n", paths::ELECTIONS);
    [head.as_bytes(), &body].concat()
}

fn posted(entry: &[u8]) -> Vec<u8> {
    let path = paths::entries(scene().election.manifest.id());
    let head = format!("POST {path}\ncontent-type:application/octet-stream\n\n");
    [head.as_bytes(), entry].concat()
}

/// A request to each path.
pub fn http_seeds() -> Vec<Vec<u8>> {
    let election = &scene().election;
    let id = election.manifest.id();
    let (log, board) = (paths::election(id), paths::board_log());
    let tile = TilePath::entries(0, 3).unwrap();
    let ballot =
        election.log.iter().find(|bytes| matches!(Entry::decode(bytes), Ok(Entry::Cast(_)))).unwrap();
    let Ok(Entry::Cast(cast)) = Entry::decode(ballot) else { unreachable!("it is one") };
    let mut gets = vec![
        paths::HEALTH.to_owned(),
        paths::BOARD.to_owned(),
        paths::RELEASE.to_owned(),
        paths::CHECKPOINTS.to_owned(),
        paths::ELECTIONS.to_owned(),
        paths::witnessed(1),
        log.clone(),
        paths::manifest(id),
        paths::totals(id),
        paths::receipt(id, leaf_hash(&election.log[3])),
        paths::credential(id, election.voters[0].public()),
        paths::ballot(id, cast.ballot.tracking_code(id)),
    ];
    for log in [&log, &board] {
        gets.extend([paths::checkpoint(log), paths::tile(log, tile), paths::consistency(log, 1, 3)]);
        gets.push(format!("{}?from=1", paths::events(log)));
    }
    assert!(gets.iter().any(|path| path.contains(&hex_text(&election.voters[0].public()))));
    let mut seeds: Vec<Vec<u8>> =
        gets.iter().map(|path| format!("GET {path}\naccept-encoding:gzip").into_bytes()).collect();
    seeds.push(format!("GET {}\nLast-Event-ID:2", paths::events(&board)).into_bytes());
    seeds.push(posted(ballot));
    seeds.push(posted(&[0]));
    seeds.push(b"GET /\naccept:text/html\nif-none-match:\"a\"".to_vec());
    seeds.push(b"OPTIONS /v1/elections\norigin:https://example.org".to_vec());
    seeds
}
