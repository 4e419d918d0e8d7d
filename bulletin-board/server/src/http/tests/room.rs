//! What a board says when there is no room for what a client wants or sends.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::feed::{Reader, started};
use super::*;
use crate::config::Limits;
use crate::serve::{Connections, budget, serve};

const PATIENCE: Duration = Duration::from_secs(60);

/// A board behind the connections that it has in earnest.
async fn served(limits: Limits) -> (Server, Arc<Connections>, watch::Sender<()>) {
    let election = SmallElection::unpublished(|_| {});
    let (board, running) = started(&election);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let counts = Arc::new(Connections::default());
    let (stop, stopped) = watch::channel(());
    let (router, told) = (budget::charged(router(board.clone(), App::default())), counts.clone());
    tokio::spawn(async move { serve(listener, router, None, &limits, told, stopped, PATIENCE).await });
    let key = NoteKey::log(&election.manifest.board, SigningKey::from_seed([1; 32]).verifying_key()).unwrap();
    (Server { url, client: Client::new(), board, running, key, election }, counts, stop)
}

async fn busy(response: Response) {
    assert_eq!(response.headers()["retry-after"], "1");
    // a page of another origin sees it, and when to come again
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    assert_eq!(response.headers()["access-control-expose-headers"], "Retry-After");
    assert_eq!(response.headers()["cross-origin-resource-policy"], "cross-origin");
    problem(response, ProblemCode::Busy).await;
}

#[tokio::test]
async fn a_tile_for_which_there_is_no_room_is_busy_and_so_is_a_feed_that_holds_entries() {
    let (server, counts, _stop) = served(Limits { held_bytes: 96, ..Limits::default() }).await;
    let size = server.board.snapshot().board.claimed().size();
    let tile = format!("{}/tile/entries/000.p/{size}", paths::BOARD);
    busy(server.get(&tile).await).await;
    busy(server.get(paths::DOCS).await).await;
    assert_eq!(server.get(paths::HEALTH).await.status(), StatusCode::OK);
    let mut feed = Reader::of(server.feed(paths::BOARD, "?from=0", None).await);
    assert_eq!(feed.next().await, None, "whoever comes back later misses nothing");
    assert!(counts.short.load(Ordering::Relaxed) >= 3);
}

#[tokio::test]
async fn an_address_has_so_many_feeds_at_once() {
    let (server, _, _stop) = served(Limits { feeds_per_address: 1, ..Limits::default() }).await;
    let mut first = Reader::of(server.feed(paths::BOARD, "?from=0", None).await);
    assert!(first.next().await.is_some());
    busy(server.feed(paths::BOARD, "", None).await).await;
    drop(first);
    let end = Instant::now() + PATIENCE;
    while server.feed(paths::BOARD, "", None).await.status() != StatusCode::OK {
        assert!(Instant::now() < end);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn bodies_that_do_not_end_leave_room_or_are_told_that_there_is_none() {
    let (server, counts, _stop) = served(Limits { held_bytes: 800_000, ..Limits::default() }).await;
    let path = paths::entries(ElectionId(Digest([9; 32])));
    let address = server.url.strip_prefix("http://").unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nHost: board\r\nContent-Length: 60001\r\n\r\n");
    let mut open = Vec::new();
    for number in 1..=3 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&[7; 60_000]).await.unwrap();
        open.push(stream);
        let end = Instant::now() + PATIENCE;
        while counts.held.load(Ordering::Relaxed) < number * 60_000 {
            assert!(Instant::now() < end, "{counts:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    let entry = vec![7; 60_000];
    busy(server.post(&path, entry.clone()).await).await;
    // one that ends makes room
    let mut first = open.remove(0);
    first.write_all(&[7]).await.unwrap();
    let mut answer = [0; 12];
    first.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 404");
    problem(server.post(&path, entry).await, ProblemCode::UnknownElection).await;
    drop(open);
    let end = Instant::now() + PATIENCE;
    while counts.held.load(Ordering::Relaxed) > 0 {
        assert!(Instant::now() < end, "{counts:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn readers_cannot_take_the_room_of_those_who_write() {
    let (server, counts, _stop) =
        served(Limits { held_bytes: 600_000, held_bytes_per_address: 0, ..Limits::default() }).await;
    let address = server.url.strip_prefix("http://").unwrap();
    // whoever asks and takes nothing
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let mut builder = http2::Builder::new(TokioExecutor::new());
    let (mut send, connection) = builder.initial_stream_window_size(0).handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let mut answers = Vec::new();
    while answers.last().is_none_or(|last: &hyper::Response<_>| last.status() == StatusCode::OK) {
        let page = Request::get(format!("{}{}", server.url, paths::DOCS)).body(Body::empty()).unwrap();
        answers.push(send.send_request(page).await.unwrap());
    }
    busy(server.get(paths::DOCS).await).await;
    let path = paths::entries(ElectionId(Digest([9; 32])));
    problem(server.post(&path, vec![7; 60_000]).await, ProblemCode::UnknownElection).await;
    assert!(counts.held.load(Ordering::Relaxed) > 300_000, "the readers still hold what they have");
}

#[tokio::test]
async fn a_request_costs_something_before_its_body_comes() {
    let (server, counts, _stop) = served(Limits::default()).await;
    let address = server.url.strip_prefix("http://").unwrap();
    let path = paths::entries(ElectionId(Digest([9; 32])));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nHost: board\r\nContent-Length: 9\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let end = Instant::now() + PATIENCE;
    while counts.held.load(Ordering::Relaxed) < 4_096 {
        assert!(Instant::now() < end, "{counts:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(stream);
    while counts.held.load(Ordering::Relaxed) > 0 {
        assert!(Instant::now() < end, "{counts:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_told_how_long_it_may_be() {
    let (server, _, _stop) = served(Limits::default()).await;
    let path = paths::entries(ElectionId(Digest([9; 32])));
    let long = problem(server.post(&path, vec![7; 65_536]).await, ProblemCode::TooLarge).await;
    assert!(long.detail.contains("65535"), "{long}");
}

#[tokio::test]
async fn whoever_looks_at_the_interface_itself_is_led_to_its_page() {
    let server = Server::start().await;
    for path in ["/v1", "/v1/"] {
        let response = server.get(path).await;
        assert_eq!((response.status(), response.url().path()), (StatusCode::OK, paths::DOCS));
        problem(server.post(path, Vec::new()).await, ProblemCode::NotFound).await;
    }
}
