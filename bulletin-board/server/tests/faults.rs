//! What a machine does to a board: a full disk, a store that cannot be written, a file that was damaged, a clock that
//! is wrong. Nothing acknowledged is lost, and the operator is told what to do.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests end where something is not as it must be"
)]

use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::{Client, RequestBuilder, StatusCode};

use tabella_board::engine::{Solo, Submission};
use tabella_board::keyfile;
use tabella_board::sequencer::{Board, Options, system_time};
use tabella_board::store::RedbStore;
use tabella_board_core::api::{CreateElection, ElectionStatus, PhaseName, paths};
use tabella_board_core::entry::{
    ElectionCreated, Entry, Genesis, RollChange, RollChangeEntry, Voter, roll_digest,
};
use tabella_board_core::fixtures::SmallElection;
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::leaf_hash;
use tabella_crypto::transcript::{Digest, hash_to_point};

mod program;

use program::{ORIGIN, Running, command, init};

/// A user who owns nothing.
const NOBODY: u32 = 65_534;
const DAY: u64 = 24 * 3_600 * 1_000;

/// Status and body of the answer; none if there is no answer.
fn ask(request: impl FnOnce(Client) -> RequestBuilder) -> Option<(StatusCode, Vec<u8>)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let response = request(Client::new()).send().await.ok()?;
        let status = response.status();
        Some((status, response.bytes().await.ok()?.to_vec()))
    })
}

fn get(url: &str, path: &str) -> (StatusCode, Vec<u8>) {
    ask(|client| client.get(format!("{url}{path}"))).expect("an answer")
}

/// An election that opens and closes at these times.
fn election(opens: u64, closes: u64) -> SmallElection {
    SmallElection::unpublished(|manifest| {
        (manifest.opens, manifest.closes, manifest.total_weight) = (opens, closes, 1_000_000);
    })
}

/// A board's folder; who may create elections on it is the administrator of every [`election`].
fn initialised() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = init(folder.path(), &election(1, 2).administrator.verifying_key());
    assert!(output.status.success(), "{output:?}");
    folder
}

fn creation(data: &Path, election: &SmallElection) -> ElectionCreated {
    let key = keyfile::read(&data.join("operator.key")).unwrap();
    let genesis = Genesis::new(ORIGIN.to_owned(), key.verifying_key(), Vec::new());
    ElectionCreated::sign(election.manifest.id(), &genesis, &election.administrator)
}

fn create(url: &str, data: &Path, election: &SmallElection) {
    let ElectionCreated { signature, administrator, .. } = creation(data, election);
    let request = CreateElection { manifest: election.manifest.encode(), signature, administrator };
    let body = serde_json::to_vec(&request).unwrap();
    let (status, answer) =
        ask(|client| client.post(format!("{url}{}", paths::ELECTIONS)).body(body)).unwrap();
    assert_eq!(status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&answer));
}

fn status(url: &str, election: ElectionId) -> ElectionStatus {
    serde_json::from_slice(&get(url, &paths::election(election)).1).unwrap()
}

fn send(url: &str, election: ElectionId, bytes: &[u8]) -> Option<StatusCode> {
    let path = paths::entries(election);
    ask(|client| client.post(format!("{url}{path}")).body(bytes.to_vec())).map(|(status, _)| status)
}

/// Entries that stand one behind the other without end.
struct Changes {
    election: SmallElection,
    digest: Digest,
    number: u32,
}

impl Changes {
    fn new(election: SmallElection) -> (Self, Vec<u8>) {
        let part = election.roll_part(0, true, election.sorted([0])).encode();
        (Self { digest: roll_digest(&Digest::default(), &part), election, number: 0 }, part)
    }

    fn next(&mut self) -> Vec<u8> {
        let point = hash_to_point("voter", &[&self.number.to_le_bytes()]);
        let voter = Voter { credential: Credential(point.encode()), weight: 1, ..self.election.voter(1) };
        let (id, change) = (self.election.manifest.id(), RollChange::Add { voter });
        let entry = RollChangeEntry::sign(id, &self.digest, self.number, change, &self.election.registrar);
        let bytes = Entry::RollChange(entry).encode();
        self.digest = roll_digest(&self.digest, &bytes);
        self.number += 1;
        bytes
    }
}

#[test]
fn on_a_full_disk_nothing_acknowledged_is_lost_and_with_room_it_goes_on() {
    let folder = initialised();
    let data = folder.path();
    let (mut changes, part) = Changes::new(election(4 * system_time(), 5 * system_time()));
    let id = changes.election.manifest.id();
    let board = Running::start(data).unwrap();
    create(&board.url, data, &changes.election);
    assert_eq!(send(&board.url, id, &part), Some(StatusCode::CREATED));
    board.kill();

    // files cannot grow beyond this, as on a disk that is full; without the trap the limit would kill the program
    let blocks = std::fs::metadata(data.join("board.redb")).unwrap().len() / 512 + 64;
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let run = ["run", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).arg(command(&[]).get_program()).args(run).env("RUST_LOG", "warn");
    let mut board = Running::of(shell.stdout(Stdio::piped()).stderr(Stdio::piped())).unwrap();
    let mut acknowledged = Vec::new();
    let unanswered = loop {
        let bytes = changes.next();
        match send(&board.url, id, &bytes) {
            Some(StatusCode::CREATED) => acknowledged.push(bytes),
            None | Some(StatusCode::SERVICE_UNAVAILABLE) => break bytes,
            Some(other) => panic!("{other}"),
        }
        assert!(acknowledged.len() < 20_000, "the disk never filled");
    };
    let (ended, said) = board.ended();
    assert!(!ended.success(), "{said}");
    assert!(said.contains("the disk is full") && said.contains("free some space"), "{said}");
    assert!(!said.contains("panicked"), "{said}");

    let board = Running::start(data).unwrap();
    for bytes in acknowledged.iter().chain([&part]) {
        let path = paths::receipt(id, leaf_hash(bytes));
        assert_eq!(get(&board.url, &path).0, StatusCode::OK);
    }
    // whether the last one stands is seen by sending it again
    let again = send(&board.url, id, &unanswered).unwrap();
    assert!(again.is_success(), "{again}");
    assert_eq!(status(&board.url, id).roll.changes as usize, acknowledged.len() + 1);
    assert_eq!(send(&board.url, id, &changes.next()), Some(StatusCode::CREATED));
}

#[test]
fn a_store_that_cannot_be_written_is_refused_with_a_reason_and_works_again_when_it_can() {
    let folder = initialised();
    let data = folder.path();
    let file = data.join("board.redb");
    let allow = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(&file, 0o444);
    let mut run = command(&["run", "--data", data.to_str().unwrap()]);
    // permissions do not stop whoever may do everything, so then it is nobody who runs the board
    if std::fs::OpenOptions::new().write(true).open(&file).is_ok() {
        allow(data, 0o755);
        for own in ["operator.key", "lock"] {
            chown(data.join(own), Some(NOBODY), None).unwrap();
        }
        run.uid(NOBODY);
    }
    let refused = run.output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success());
    assert!(said.contains("read-only") && said.contains("right to write"), "{said}");
    allow(&file, 0o600);
    // in a folder that cannot be written the board runs: its one file is there
    allow(data, 0o500);
    let board = Running::start(data).unwrap();
    let election = election(4 * system_time(), 5 * system_time());
    create(&board.url, data, &election);
    allow(data, 0o700);
    board.kill();
    let board = Running::start(data).unwrap();
    assert_eq!(status(&board.url, election.manifest.id()).phase, PhaseName::Setup);
}

#[test]
fn a_damaged_store_is_served_whole_or_not_at_all() {
    let folder = initialised();
    let data = folder.path();
    let (mut changes, part) = Changes::new(election(4 * system_time(), 5 * system_time()));
    let id = changes.election.manifest.id();
    let board = Running::start(data).unwrap();
    create(&board.url, data, &changes.election);
    let mut acknowledged = vec![part];
    acknowledged.extend((0..20).map(|_| changes.next()));
    for bytes in &acknowledged {
        assert_eq!(send(&board.url, id, bytes), Some(StatusCode::CREATED));
    }
    board.kill();
    let whole = std::fs::read(data.join("board.redb")).unwrap();
    let mut refused = 0;
    for part in 1..8 {
        let cut = whole.len() * part / 8;
        let mut torn = whole.clone();
        torn[cut..].fill(0);
        for bytes in [&whole[..cut], &torn] {
            std::fs::write(data.join("board.redb"), bytes).unwrap();
            match Running::start(data) {
                Err(said) => {
                    refused += 1;
                    assert!(
                        said.contains("newest backup") && said.contains("tabella-board catch-up"),
                        "{said}"
                    );
                    assert!(!said.contains("panicked"), "{said}");
                }
                Ok(board) => {
                    assert_eq!(status(&board.url, id).roll.changes as usize + 1, acknowledged.len());
                    board.kill();
                }
            }
        }
    }
    assert!(refused > 0, "some of this hits what was written");
}

/// A board that was made and stopped many days ago, with this election on it.
fn long_ago(days: u64, election: &SmallElection) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let key = keyfile::create(&data.join("operator.key"), &mut rand_core::OsRng).unwrap();
    let then = system_time() - days * DAY;
    let administrators = vec![election.administrator.verifying_key()];
    let genesis = Genesis::new(ORIGIN.to_owned(), key.verifying_key(), administrators);
    let store = Arc::new(RedbStore::open(&data.join("board.redb")).unwrap());
    tabella_board::sequencer::init(store.as_ref(), &key, genesis.clone(), then).unwrap();
    let options = Options { clock: Arc::new(move || then), ..Options::default() };
    let (board, running) = Board::start(store, key, Solo, options).unwrap();
    let creation = ElectionCreated::sign(election.manifest.id(), &genesis, &election.administrator);
    let submission = Submission::Election { creation, manifest: election.manifest.encode() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert!(runtime.block_on(board.submit(submission)).unwrap().fresh);
    running.stop().unwrap();
    folder
}

#[test]
fn after_weeks_a_board_asks_before_it_closes_an_election_and_only_then() {
    let now = system_time();
    let over = election(now - 20 * DAY, now - 10 * DAY);
    let folder = long_ago(30, &over);
    let refused = Running::start(folder.path()).err().expect("an election would close");
    assert!(refused.contains("--clock-is-right") && refused.contains("compare the clock"), "{refused}");
    let board = Running::start_with(folder.path(), &["--clock-is-right"]).unwrap();
    wait_for(&board.url, over.manifest.id(), |status| status.closed.is_some());
    board.kill();
    // it knows the time again
    assert!(Running::start(folder.path()).is_ok());

    // nothing opens or closes: nothing is asked
    let later = election(now + 10 * DAY, now + 20 * DAY);
    let folder = long_ago(30, &later);
    let board = Running::start(folder.path()).unwrap();
    assert_eq!(status(&board.url, later.manifest.id()).phase, PhaseName::Setup);
}

fn wait_for(url: &str, election: ElectionId, is_so: impl Fn(&ElectionStatus) -> bool) -> ElectionStatus {
    let start = Instant::now();
    loop {
        let status = status(url, election);
        if is_so(&status) {
            return status;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{status:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_election_closes_by_itself_under_a_published_checkpoint() {
    let folder = initialised();
    let board = Running::start(folder.path()).unwrap();
    // later than this test needs to put it there
    let (opens, closes) = (system_time() + 1_000, system_time() + 4_000);
    let election = election(opens, closes);
    let id = election.manifest.id();
    create(&board.url, folder.path(), &election);
    let before = status(&board.url, id).size;
    std::thread::sleep(Duration::from_millis(closes.saturating_sub(system_time())));
    let closed = wait_for(&board.url, id, |status| status.closed.is_some());
    assert!(closed.closed.unwrap() >= closes);
    assert!(closed.size > before);
    let (_, checkpoint) = get(&board.url, &paths::checkpoint(paths::election(id)));
    let checkpoint = String::from_utf8(checkpoint).unwrap();
    assert_eq!(checkpoint.lines().nth(1).unwrap(), closed.size.to_string());
}
