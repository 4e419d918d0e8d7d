//! The program is told to stop while somebody follows a log.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests end where something is not as it must be"
)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use tabella_board_core::api::paths;
use tabella_crypto::signature::SigningKey;

mod program;

use program::{Running, init};

#[test]
fn a_board_that_is_told_to_stop_ends_its_feeds_and_then_itself() {
    let folder = tempfile::tempdir().unwrap();
    assert!(init(folder.path(), &SigningKey::from_seed([101; 32]).verifying_key()).status.success());
    let mut board = Running::start(folder.path()).unwrap();
    let mut feed = TcpStream::connect(board.url.strip_prefix("http://").unwrap()).unwrap();
    let path = format!("{}?from=0", paths::events(paths::BOARD));
    write!(feed, "GET {path} HTTP/1.1\r\nHost: board\r\n\r\n").unwrap();
    let mut told = Vec::new();
    while !String::from_utf8_lossy(&told).contains("event: checkpoint") {
        let mut piece = [0; 4_096];
        let length = feed.read(&mut piece).unwrap();
        assert!(length > 0, "{}", String::from_utf8_lossy(&told));
        told.extend_from_slice(&piece[..length]);
    }
    let told_to = Command::new("kill").args(["-TERM", &board.child.id().to_string()]).status().unwrap();
    assert!(told_to.success());
    feed.read_to_end(&mut told).unwrap();
    // the last chunk of a body that was not cut off
    assert!(told.ends_with(b"0\r\n\r\n"), "{}", String::from_utf8_lossy(&told));
    assert!(board.child.wait().unwrap().success());
}
