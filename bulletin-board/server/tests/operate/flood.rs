//! Readers who take nothing of what they ask for, and writers who never end, against the real program and its memory.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use futures_util::stream;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use reqwest::StatusCode;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use tabella_board_core::api::paths;

use super::Program;

const MEBIBYTE: u64 = 1 << 20;
/// What the board may hold for clients.
const HELD: u64 = 24 * MEBIBYTE;
/// What 100 connections with 3,200 requests may cost beside it, some 10 KB each, and as much again.
const BESIDE: u64 = 64 * MEBIBYTE;
const CONNECTIONS: usize = 100;
/// What an HTTP/2 connection may ask for at a time.
const STREAMS: usize = 32;
/// The settings that all of these need.
const PATIENT: &str = "[limits]\nheld_bytes_per_address = 0\nrequest_seconds = 600\nidle_seconds = 600\n";

impl Program {
    /// The most memory in RAM that the program ever had, in bytes.
    fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix("kB").unwrap().trim().parse::<u64>().unwrap() * 1_024
    }

    async fn read(&self, path: &str) -> reqwest::Response {
        reqwest::get(format!("{}{path}", self.url)).await.unwrap()
    }
}

/// A connection that asks for the page as often as it can, takes nothing and pings.
async fn flood(program: &Program) -> (http2::SendRequest<Body>, Vec<hyper::Response<hyper::body::Incoming>>) {
    let stream = TokioIo::new(tokio::net::TcpStream::connect(program.address()).await.unwrap());
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.timer(TokioTimer::new()).keep_alive_interval(Duration::from_millis(100));
    builder.keep_alive_while_idle(true).initial_stream_window_size(0);
    let (mut send, connection) = builder.handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let page = || Request::get(format!("{}{}", program.url, paths::DOCS)).body(Body::empty()).unwrap();
    let asked: Vec<_> = (0..STREAMS).map(|_| tokio::spawn(send.send_request(page()))).collect();
    let mut answers = Vec::new();
    for answer in asked {
        // one that was cut off already has no answer
        answers.extend(answer.await.unwrap().ok());
    }
    (send, answers)
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn memory_has_a_bound_however_much_is_asked_for_and_not_taken() {
    let program = Program::start(&format!(
        "[limits]\nheld_bytes = {HELD}\nheld_bytes_per_address = 0\nheader_seconds = 5\nrequest_seconds = 5\n\
         idle_seconds = 5\n"
    ));
    let page = program.read(paths::DOCS).await.bytes().await.unwrap().len();
    let before = program.peak();
    let wanted = (page * CONNECTIONS * STREAMS) as u64;
    assert!(wanted > 2 * (HELD + BESIDE), "the flood is too small to show anything: {wanted}");
    let mut connections = Vec::new();
    let mut refused = 0;
    for _ in 0..CONNECTIONS {
        let connection = flood(&program).await;
        refused +=
            connection.1.iter().filter(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS).count();
        connections.push(connection);
        assert_eq!(program.read(paths::HEALTH).await.status(), StatusCode::OK);
    }
    assert!(refused > 0);
    let grown = program.peak() - before;
    assert!(grown < HELD + BESIDE, "{grown} bytes more for {wanted} that were asked for");
    println!("{wanted} bytes asked for, {grown} bytes of memory more");
    // those who take nothing are cut off, though they are still there and ping
    let end = std::time::Instant::now() + super::PATIENCE;
    while program.read(paths::DOCS).await.status() != StatusCode::OK {
        assert!(std::time::Instant::now() < end);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(connections);
}

/// Where entries of no election go.
fn nowhere() -> String {
    format!("/v1/elections/{}/entries", "00".repeat(32))
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_comes_byte_by_byte_holds_no_more_than_one_that_comes_at_once() {
    const WRITERS: usize = 64;
    const BYTES: usize = 2_000;
    let program = Program::start(&format!("{PATIENT}held_bytes = {HELD}\n"));
    program.read(paths::HEALTH).await;
    let before = program.peak();
    let head = format!("POST {} HTTP/1.1\r\nHost: board\r\nContent-Length: {}\r\n\r\n", nowhere(), BYTES + 1);
    let mut writers = Vec::new();
    for _ in 0..WRITERS {
        let mut writer = tokio::net::TcpStream::connect(program.address()).await.unwrap();
        writer.set_nodelay(true).unwrap();
        writer.write_all(head.as_bytes()).await.unwrap();
        writers.push(writer);
    }
    for _ in 0..BYTES {
        for writer in &mut writers {
            writer.write_all(&[7]).await.unwrap();
        }
    }
    // every body is whole, and is an entry of no election
    for writer in &mut writers {
        writer.write_all(&[7]).await.unwrap();
        let mut answer = [0; 12];
        writer.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 404");
    }
    let grown = program.peak() - before;
    println!("{} bytes one by one, {grown} bytes of memory more", WRITERS * BYTES);
    assert!(grown < 32 * MEBIBYTE, "{grown} bytes more");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn requests_that_wait_for_their_bodies_hold_nothing_of_their_heads() {
    const FIELDS: usize = 200;
    let program = Program::start(&format!("{PATIENT}held_bytes = {HELD}\n"));
    program.read(paths::HEALTH).await;
    let before = program.peak();
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        let stream = TokioIo::new(tokio::net::TcpStream::connect(program.address()).await.unwrap());
        let (mut send, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
        tokio::spawn(connection);
        let requests = (0..STREAMS).map(|_| {
            let request = Request::post(format!("{}{}", program.url, nowhere()));
            let request =
                (0..FIELDS).fold(request, |request, field| request.header(format!("x-{field}"), ""));
            let body = Body::from_stream(stream::pending::<Result<Vec<u8>, std::convert::Infallible>>());
            send.send_request(request.body(body).unwrap())
        });
        let requests: Vec<_> = requests.collect();
        // all of them are at the board when it has answered one that came after them
        send.ready().await.unwrap();
        connections.push((send, requests));
    }
    let full = Request::post(format!("{}{}", program.url, nowhere())).body(Body::from(vec![7; 9])).unwrap();
    let stream = TokioIo::new(tokio::net::TcpStream::connect(program.address()).await.unwrap());
    let (mut send, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    assert_eq!(send.send_request(full).await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
    // who reads has room
    assert_eq!(program.read(paths::DOCS).await.status(), StatusCode::OK);
    let grown = program.peak() - before;
    println!("{} heads, {grown} bytes of memory more", CONNECTIONS * STREAMS);
    // some 20 KB each with all that a stream has; with its fields it would be 55 KB
    assert!(grown < 112 * MEBIBYTE, "{grown} bytes more");
    drop(connections);
}
