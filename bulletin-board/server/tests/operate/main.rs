//! The program as its operator runs it: settings, limits of connections, TLS, log, metrics, and the files in
//! `bulletin-board/deploy`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests end where something is not as it must be"
)]

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use reqwest::StatusCode;

use tabella_board_core::api::{CreateElection, paths};
use tabella_board_core::entry::{ElectionCreated, Genesis};
use tabella_board_core::fixtures::SmallElection;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::signature::{SigningKey, VerifyingKey};

#[path = "../program/mod.rs"]
mod program;

mod deploy;
mod flood;
mod limits;
mod log;
mod metrics;
mod proxy;
mod settings;
mod tls;

/// Longest wait for something that must happen; no test passes or fails by how long it takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A board with a file of settings, killed when dropped.
struct Program {
    child: Child,
    url: String,
    /// The line on standard output.
    first: String,
    folder: tempfile::TempDir,
}

impl Program {
    /// Makes a board and runs it with these settings beside `[server]`.
    fn start(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let administrator = SigningKey::from_seed([101; 32]).verifying_key();
        let data = folder.path().join("data");
        let output = program::init(&data, &administrator);
        assert!(output.status.success(), "{output:?}");
        let file = folder.path().join("board.toml");
        let data = toml::Value::from(data.to_str().unwrap());
        let text = format!("[server]\ndata = {data}\nlisten = \"127.0.0.1:0\"\n{settings}");
        std::fs::write(&file, text).unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let mut command = program::command(&["run", "--config", file.to_str().unwrap()]);
        command.env_remove("TABELLA_BOARD_LOG_LEVEL").stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some((_, url)) = line.trim_end().split_once("listening on ") else {
            child.wait().unwrap();
            panic!("{line}{}", std::fs::read_to_string(folder.path().join("log")).unwrap());
        };
        // up to the end of the line or, in JSON, of the message
        let url = url.split('"').next().unwrap().to_owned();
        Self { child, url, folder, first: line }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    fn address(&self) -> SocketAddr {
        self.url.split("//").nth(1).unwrap().parse().unwrap()
    }

    /// A connection whose reads end with the test's patience.
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    fn signal(&self, name: &str) {
        let sent = std::process::Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    /// Puts an election on the board that opens in some decades.
    async fn create_election(&self) -> ElectionId {
        let election = SmallElection::unpublished(|manifest| {
            manifest.opens = 4_000_000_000_000;
            manifest.closes = 4_000_000_001_000;
        });
        let genesis = Genesis::new(program::ORIGIN.to_owned(), self.operator().await, Vec::new());
        let ElectionCreated { signature, administrator, election: id } =
            ElectionCreated::sign(election.manifest.id(), &genesis, &SigningKey::from_seed([101; 32]));
        let request = CreateElection { manifest: election.manifest.encode(), signature, administrator };
        let body = serde_json::to_vec(&request).unwrap();
        let sent = reqwest::Client::new().post(format!("{}{}", self.url, paths::ELECTIONS)).body(body).send();
        let response = sent.await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED, "{}", response.text().await.unwrap());
        id
    }

    async fn operator(&self) -> VerifyingKey {
        let info = reqwest::get(format!("{}{}", self.url, paths::BOARD)).await.unwrap();
        info.json::<tabella_board_core::api::BoardInfo>().await.unwrap().operator
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // it may have ended
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Tries until something is there.
fn until<T>(what: &str, mut try_it: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        match try_it() {
            Some(found) => return found,
            None if Instant::now() > end => panic!("{what} has not happened"),
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// The files that are shipped for deployment.
fn deploy_file(name: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(name);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
