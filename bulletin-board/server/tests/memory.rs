//! A flood of entries from clients who never read an answer: the board's memory has a bound that does not depend on
//! how much comes, and whoever is honest still gets an entry in.
//!
//! `TABELLA_FLOOD` sets how many entries each connection sends (6); `make soak` sends 100.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests end where something is not as it must be")]

use std::fs;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use tabella_board_core::api::paths;

mod program;

use program::writing::{Place, Writer};

/// Below what the board allows one address.
const CONNECTIONS: usize = 800;
/// Bytes of an entry: nearly as long as one may be.
const LENGTH: usize = 65_000;
/// Bytes that the flood may add to what the board held before, by the default settings: the queue (64 MiB), the
/// batch that is being checked (16 MiB, and once more decoded), one body for each connection, and the allocator's
/// share of all that.
const MOST: u64 = 192 << 20;

/// Bytes of a figure in `/proc/<pid>/status`, see proc_pid_status(5).
fn memory(process: u32, figure: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(figure)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_whose_answers_nobody_reads_does_not_make_the_board_grow_with_it() {
    let each: usize = std::env::var("TABELLA_FLOOD").map_or(6, |each| each.parse().unwrap());
    assert!((CONNECTIONS * LENGTH * each) as u64 > 3 * MOST / 2, "a flood that the board could simply keep");
    let place = Place::new();
    let board = place.start();
    let mut writer = Writer::create(&place, &board.url, 1).await;
    let before = memory(board.child.id(), "VmRSS");

    let address = board.url.strip_prefix("http://").unwrap().to_owned();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {LENGTH}\r\n\r\n",
        paths::entries(writer.id())
    );
    let mut flood = tokio::task::JoinSet::new();
    for connection in 0..CONNECTIONS {
        let (address, head) = (address.clone(), head.clone());
        flood.spawn(async move {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            for number in 0..each {
                // no entry has this tag, and no two bodies are the same
                let mut body = vec![99; LENGTH];
                body.splice(
                    1..17,
                    (connection as u64).to_le_bytes().into_iter().chain((number as u64).to_le_bytes()),
                );
                // who takes no answers is cut off at last, and comes again
                while stream.write_all(head.as_bytes()).await.is_err()
                    || stream.write_all(&body).await.is_err()
                {
                    stream = TcpStream::connect(&address).await.unwrap();
                }
            }
            stream
        });
    }
    // kept open until all have sent everything: what is written has been taken, or waits in the kernel
    let streams = tokio::time::timeout(Duration::from_secs(600), flood.join_all()).await.unwrap();
    writer.add_many(&place, &board.url, 1).await;
    let grown = memory(board.child.id(), "VmHWM") - before;
    println!(
        "{} MB came, and the board grew by {} MiB",
        CONNECTIONS * LENGTH * each / 1_000_000,
        grown >> 20
    );
    assert!(grown <= MOST, "{grown} bytes");
    drop(streams);
}
