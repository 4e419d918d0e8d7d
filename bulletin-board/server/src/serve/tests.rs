//! Clients that take nothing of what they have asked for, over real connections.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use axum::routing::get;
use hyper::body::Incoming;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);
const BIG: usize = 1 << 20;

/// A server of large and small answers.
struct Server {
    address: SocketAddr,
    counts: Arc<Connections>,
    _stop: signal::Sender<()>,
}

impl Server {
    async fn start(limits: Limits) -> Self {
        let router =
            Router::new().route("/big", get(async || vec![7; BIG])).route("/small", get(async || "yes"));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let counts = Arc::new(Connections::default());
        let (stop, stopped) = signal::channel(());
        let told = counts.clone();
        tokio::spawn(async move {
            serve(listener, budget::charged(router), None, &limits, told, stopped, PATIENCE).await;
        });
        Self { address, counts, _stop: stop }
    }

    fn held(&self) -> u64 {
        self.counts.held.load(Ordering::Relaxed)
    }

    async fn until(&self, what: &str, is_so: impl Fn(&Connections) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so(&self.counts) {
            assert!(Instant::now() < end, "{what}: {:?}", self.counts);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// An HTTP/2 connection whose window for answers stays shut, and which says again and again that it is there.
struct Taker {
    send: http2::SendRequest<Body>,
    connection: JoinHandle<hyper::Result<()>>,
    answers: Vec<Response<Incoming>>,
}

impl Taker {
    async fn connect(address: SocketAddr) -> Self {
        let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).keep_alive_interval(Duration::from_millis(50));
        builder.keep_alive_while_idle(true).initial_stream_window_size(0);
        let (send, connection) = builder.handshake(stream).await.unwrap();
        Self { send, connection: tokio::spawn(connection), answers: Vec::new() }
    }

    /// Asks so often, and gives the statuses.
    async fn ask(&mut self, times: usize, path: &str) -> Vec<StatusCode> {
        let requests = (0..times).map(|_| {
            let request = Request::get(format!("http://board{path}")).body(Body::empty()).unwrap();
            tokio::spawn(self.send.send_request(request))
        });
        let mut statuses = Vec::new();
        for request in requests.collect::<Vec<_>>() {
            let answer = request.await.unwrap().unwrap();
            statuses.push(answer.status());
            self.answers.push(answer);
        }
        statuses
    }
}

fn limits(seconds: u64) -> Limits {
    Limits {
        held_bytes: 16 * BIG,
        held_bytes_per_address: 0,
        header_seconds: seconds,
        idle_seconds: seconds,
        ..Limits::default()
    }
}

async fn read(address: SocketAddr, path: &str) -> (StatusCode, Option<String>, usize) {
    let answer = reqwest::get(format!("http://{address}{path}")).await.unwrap();
    let retry = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    (answer.status(), retry, answer.bytes().await.unwrap().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_who_take_nothing_hold_no_more_than_the_budget_and_are_cut_off_for_all_their_pings() {
    let server = Server::start(limits(10)).await;
    let mut takers = Vec::new();
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let mut taker = Taker::connect(server.address).await;
        statuses.extend(taker.ask(32, "/big").await);
        takers.push(taker);
        assert!(server.held() <= 16 * BIG as u64, "{}", server.held());
    }
    let answered = statuses.iter().filter(|status| **status == StatusCode::OK).count();
    let refused = statuses.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count();
    assert_eq!((answered, refused), (11, 4 * 32 - 11), "all but what is for others, and the rest are told");
    // somebody else gets what is small, and is told to come again for what is not
    assert_eq!(read(server.address, "/small").await, (StatusCode::OK, None, 3));
    let (status, retry, length) = read(server.address, "/big").await;
    assert_eq!((status, retry.as_deref()), (StatusCode::TOO_MANY_REQUESTS, Some("1")));
    assert!(length < 1_000);
    // whoever was waited for in vain is gone, and all is as before
    server.until("slow clients are cut", |counts| counts.cut.load(Ordering::Relaxed) >= 4).await;
    server.until("all is given back", |counts| counts.held.load(Ordering::Relaxed) == 0).await;
    for taker in takers {
        // with or without an error, it has ended
        let _ = tokio::time::timeout(PATIENCE, taker.connection).await.expect("the connection is closed");
    }
    assert_eq!(read(server.address, "/big").await, (StatusCode::OK, None, BIG));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_dropped_or_taken_is_given_back() {
    let server = Server::start(limits(60)).await;
    let mut taker = Taker::connect(server.address).await;
    taker.ask(3, "/big").await;
    assert_eq!(server.held(), 3 * BIG as u64);
    taker.answers.pop();
    server
        .until("a stream that is reset", |counts| counts.held.load(Ordering::Relaxed) == 2 * BIG as u64)
        .await;
    drop(taker);
    server.until("a connection that ends", |counts| counts.held.load(Ordering::Relaxed) == 0).await;
    for _ in 0..20 {
        assert_eq!(read(server.address, "/big").await, (StatusCode::OK, None, BIG));
    }
    server.until("answers that were read", |counts| counts.held.load(Ordering::Relaxed) == 0).await;
    assert_eq!(server.counts.short.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_head_is_long_is_refused() {
    let server = Server::start(limits(60)).await;
    let mut taker = Taker::connect(server.address).await;
    let request = |fields: usize| {
        let request = Request::get("http://board/small");
        let named =
            |request: hyper::http::request::Builder, number| request.header(format!("x-{number}"), "");
        (0..fields).fold(request, named).body(Body::empty()).unwrap()
    };
    for (fields, status) in
        [(100, StatusCode::OK), (300, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE), (100, StatusCode::OK)]
    {
        let answer = taker.send.send_request(request(fields)).await.unwrap();
        assert_eq!(answer.status(), status, "{fields}");
    }
    let long = reqwest::Client::new()
        .get(format!("http://{}/small", server.address))
        .header("x", "y".repeat(17 << 10))
        .send();
    assert_eq!(long.await.unwrap().status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_of_http_2_that_only_pings_is_closed() {
    let server = Server::start(limits(2)).await;
    let mut pinging = Taker::connect(server.address).await;
    assert_eq!(pinging.ask(1, "/small").await, [StatusCode::OK]);
    pinging.answers.clear();
    let ended = tokio::time::timeout(PATIENCE, pinging.connection).await.expect("the connection is closed");
    ended.unwrap().unwrap();
}
