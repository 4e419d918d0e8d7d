//! Clients that are too slow or too many, against the real program.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use tabella_crypto::codec::MAX_ENTRY_LENGTH;

use super::{Program, until};

const REQUEST: &[u8] = b"GET /v1/health HTTP/1.1\r\nHost: board\r\n\r\n";

/// One whole answer.
fn answer(stream: &mut TcpStream) -> String {
    let (mut text, mut buffer) = (String::new(), [0; 4_096]);
    loop {
        let read = stream.read(&mut buffer).unwrap();
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            assert_ne!(read, 0, "{text}");
            continue;
        };
        let head = head.to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if body.len() >= length.parse().unwrap() || read == 0 {
            return text;
        }
    }
}

/// Whatever else comes, until the board closes.
fn rest(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    match stream.read_to_end(&mut text) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
    }
    String::from_utf8(text).unwrap()
}

/// Whether the board answers a new connection, which it may close at once.
fn is_served(program: &Program) -> bool {
    let mut stream = program.connect();
    let mut first = [0];
    stream.write_all(REQUEST).is_ok() && stream.read(&mut first).is_ok_and(|read| read == 1)
}

#[test]
fn a_client_that_does_not_finish_its_headers_is_cut_off() {
    let program = Program::start("[limits]\nheader_seconds = 1\n");
    let mut silent = program.connect();
    let mut half = program.connect();
    half.write_all(b"GET /v1/health HTTP/1.1\r\nHost: ").unwrap();
    let mut second = program.connect();
    second.write_all(REQUEST).unwrap();
    assert!(answer(&mut second).starts_with("HTTP/1.1 200 "));
    second.write_all(b"GET /v1/hea").unwrap();
    // one byte after the other does not buy time
    let mut drip = program.connect();
    until("the end of a connection that drips", || {
        std::thread::sleep(Duration::from_millis(100));
        drip.write_all(b"G").err()
    });
    for stream in [&mut silent, &mut half, &mut second] {
        assert_eq!(rest(stream), "");
    }
    assert!(is_served(&program));
}

#[test]
fn a_connection_without_a_request_is_closed() {
    let program = Program::start("[limits]\nrequest_seconds = 1\nidle_seconds = 1\nheader_seconds = 60\n");
    let mut idle = program.connect();
    idle.write_all(REQUEST).unwrap();
    assert!(answer(&mut idle).starts_with("HTTP/1.1 200 "));
    assert_eq!(rest(&mut idle), "");
}

#[test]
fn a_request_whose_body_does_not_come_is_answered_that_it_took_too_long() {
    let program = Program::start("[limits]\nrequest_seconds = 1\n");
    let mut slow = program.connect();
    let path = format!("/v1/elections/{}/entries", "00".repeat(32));
    write!(slow, "POST {path} HTTP/1.1\r\nHost: board\r\nContent-Length: 100\r\n\r\nabc").unwrap();
    let text = answer(&mut slow);
    assert!(text.starts_with("HTTP/1.1 408 ") && text.contains("\"code\":\"timeout\""), "{text}");
}

#[test]
fn an_oversized_body_is_refused() {
    let program = Program::start("");
    let path = format!("/v1/elections/{}/entries", "00".repeat(32));
    // one that is sent all the same, whose sender sees the answer
    for length in [MAX_ENTRY_LENGTH + 1, 1 << 20] {
        let mut stream = program.connect();
        write!(stream, "POST {path} HTTP/1.1\r\nHost: board\r\nContent-Length: {length}\r\n\r\n").unwrap();
        stream.write_all(&vec![b'x'; length]).unwrap();
        let text = answer(&mut stream);
        assert!(text.starts_with("HTTP/1.1 413 ") && text.contains("\"code\":\"too-large\""), "{text}");
    }
    // one that nobody waits for
    let mut stream = program.connect();
    write!(stream, "POST {path} HTTP/1.1\r\nHost: board\r\nContent-Length: {}\r\n\r\n", 1u64 << 40).unwrap();
    assert!(answer(&mut stream).starts_with("HTTP/1.1 413 "));
    // and one that does not say how long it is
    let mut stream = program.connect();
    write!(stream, "POST {path} HTTP/1.1\r\nHost: board\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
    write!(stream, "{:x}\r\n", MAX_ENTRY_LENGTH + 1).unwrap();
    stream.write_all(&vec![b'x'; MAX_ENTRY_LENGTH + 1]).unwrap();
    assert!(answer(&mut stream).starts_with("HTTP/1.1 413 "));
}

#[test]
fn an_address_with_too_many_connections_is_refused_more() {
    let program = Program::start("[limits]\nconnections_per_address = 2\n");
    let mut held = [program.connect(), program.connect()];
    for stream in &mut held {
        stream.write_all(REQUEST).unwrap();
        assert!(answer(stream).starts_with("HTTP/1.1 200 "));
    }
    let mut third = program.connect();
    // it may be closed before this is written
    let _ = third.write_all(REQUEST);
    assert_eq!(rest(&mut third), "");
    drop(held);
    until("an answer after places were given back", || is_served(&program).then_some(()));
}

#[test]
fn connections_that_are_too_many_in_all_wait() {
    let program = Program::start("[limits]\nconnections = 2\n");
    let mut held = [program.connect(), program.connect()];
    for stream in &mut held {
        stream.write_all(REQUEST).unwrap();
        assert!(answer(stream).starts_with("HTTP/1.1 200 "));
    }
    let mut third = program.connect();
    third.write_all(REQUEST).unwrap();
    third.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let early = third.read(&mut [0]).unwrap_err();
    assert!(matches!(early.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{early}");
    third.set_read_timeout(Some(super::PATIENCE)).unwrap();
    drop(held);
    assert!(answer(&mut third).starts_with("HTTP/1.1 200 "));
}

#[test]
fn an_address_that_asks_too_often_is_told_to_wait_if_that_is_switched_on() {
    let program = Program::start("[limits]\nrequests_per_second_per_address = 1\n");
    let mut stream = program.connect();
    let refused = until("a refusal", || {
        stream.write_all(REQUEST).unwrap();
        let text = answer(&mut stream);
        (!text.starts_with("HTTP/1.1 200 ")).then_some(text)
    });
    let lower = refused.to_ascii_lowercase();
    assert!(lower.starts_with("http/1.1 429 ") && lower.contains("retry-after: 1\r\n"), "{refused}");
    assert!(lower.contains("content-type: application/problem+json"), "{refused}");
    assert!(
        lower.contains("access-control-allow-origin: *\r\n"),
        "a page of another origin sees it: {refused}"
    );
    assert!(lower.contains("access-control-expose-headers: retry-after\r\n"), "{refused}");
}

#[cfg(unix)]
#[test]
fn a_request_under_way_is_answered_when_the_board_is_told_to_stop() {
    let mut program = Program::start("");
    let mut stream = program.connect();
    let path = format!("/v1/elections/{}/entries", "00".repeat(32));
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: board\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n"
    )
    .unwrap();
    // the board has begun the request when it asks for the body
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    program.signal("-TERM");
    until("the end of listening", || TcpStream::connect(program.address()).err());
    stream.write_all(b"abcdef").unwrap();
    let text = answer(&mut stream);
    assert!(text.starts_with("HTTP/1.1 404 ") && text.contains("unknown-election"), "{text}");
    assert_eq!(rest(&mut stream), "");
    assert!(program.child.wait().unwrap().success());
}
