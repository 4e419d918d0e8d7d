//! A board and its witnesses as processes: cosignatures come and go with the witnesses, forks and old backups are
//! refused, and a witness that is killed does not forget.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests end where something is not as it must be"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use reqwest::{Client, StatusCode};
use tempfile::TempDir;

use tabella_board_core::api::{CreateElection, paths};
use tabella_board_core::entry::{
    ElectionCreated, Entry, Genesis, RollChange, RollChangeEntry, Voter, roll_digest,
};
use tabella_board_core::fixtures::SmallElection;
use tabella_board_core::receipt::{Receipt, VerifiedReceipt};
use tabella_board_core::witness::answer::{cosignature, monitoring_path};
use tabella_board_core::witness::{AddCheckpoint, Answer};
use tabella_crypto::checkpoint::{
    Checkpoint, NoteKey, SignedCheckpoint, VerifiedCheckpoint, sign_checkpoint,
};
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{NodeSource, consistency_path, leaf_hash, root_of};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::{Digest, hash_to_point};

#[path = "../program/mod.rs"]
mod program;

mod forks;

use program::{Running, output};

/// Longer than anything takes here, so that only what never happens fails.
const PATIENCE: Duration = Duration::from_secs(60);

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn printed(arguments: &[&str], label: &str) -> String {
    let output = output(arguments);
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.lines().find_map(|line| line.strip_prefix(label)).unwrap().trim().to_owned()
}

/// A witness with a folder of its own.
struct Witness {
    data: PathBuf,
    key: NoteKey,
    running: Option<Running>,
    /// From its first start on.
    address: String,
}

impl Witness {
    fn new(root: &Path, name: &str) -> Self {
        let data = root.join(name);
        let name = format!("witness.example/{name}");
        let key = printed(&["witness", "init", "--data", text(&data), "--name", &name], "key");
        let key = NoteKey::parse(&key).unwrap();
        Self { data, key, running: None, address: "127.0.0.1:0".to_owned() }
    }

    fn watch(&self, log: &NoteKey) {
        let added = output(&["witness", "add", "--data", text(&self.data), "--log", &log.to_vkey_string()]);
        assert!(added.status.success(), "{added:?}");
    }

    fn start(&mut self) {
        let arguments = ["witness", "run", "--data", text(&self.data), "--listen", &self.address];
        let running = Running::launch(&arguments).unwrap();
        self.address = running.url.strip_prefix("http://").unwrap().to_owned();
        self.running = Some(running);
    }

    fn kill(&mut self) {
        self.running.take().unwrap().kill();
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The flag that tells a board where it is.
    fn flag(&self) -> String {
        format!("{}={}", self.key.name(), self.url())
    }
}

/// A board with two witnesses, and an election whose roll can grow.
struct World {
    root: TempDir,
    client: Client,
    witnesses: [Witness; 2],
    key: NoteKey,
    board: Option<Running>,
    election: SmallElection,
    digest: Digest,
    changes: u32,
}

impl World {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let mut witnesses = ["w1", "w2"].map(|name| Witness::new(root.path(), name));
        let data = root.path().join("board");
        let administrator = SigningKey::from_seed([101; 32]);
        let administrator_key = format!("{:?}", administrator.verifying_key());
        let keys = witnesses.each_ref().map(|witness| witness.key.to_vkey_string());
        let mut arguments = vec!["init", "--data", text(&data), "--origin", program::ORIGIN];
        arguments.extend([
            "--administrator",
            &administrator_key,
            "--witness",
            &keys[0],
            "--witness",
            &keys[1],
        ]);
        let key = NoteKey::parse(&printed(&arguments, "key")).unwrap();
        for witness in &mut witnesses {
            witness.watch(&key);
            witness.start();
        }
        let election = SmallElection::unpublished(|manifest| {
            manifest.total_weight = 1_000_000;
            manifest.opens = 4_000_000_000_000;
            manifest.closes = 4_000_000_001_000;
            manifest.cosignatures = 2;
        });
        let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        let (digest, changes) = (Digest::default(), 0);
        Self { root, client, witnesses, key, board: None, election, digest, changes }
    }

    fn data(&self) -> PathBuf {
        self.root.path().join("board")
    }

    /// Starts the board in a folder; else what it wrote to stderr.
    fn launch(&self, data: &Path, more: &[&str]) -> Result<Running, String> {
        let flags = self.witnesses.each_ref().map(Witness::flag);
        let mut arguments = vec!["run", "--data", text(data), "--listen", "127.0.0.1:0"];
        arguments.extend(["--witness", &flags[0], "--witness", &flags[1]]);
        arguments.extend(more);
        Running::launch(&arguments)
    }

    fn start(&mut self) {
        self.board = Some(self.launch(&self.data(), &[]).unwrap());
    }

    fn kill(&mut self) {
        self.board.take().unwrap().kill();
    }

    fn id(&self) -> ElectionId {
        self.election.manifest.id()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.board.as_ref().unwrap().url)
    }

    async fn create(&mut self) {
        let genesis = Genesis::new(self.key.name().to_owned(), self.key.verifying_key(), Vec::new());
        let administrator = SigningKey::from_seed([101; 32]);
        let ElectionCreated { signature, administrator, .. } =
            ElectionCreated::sign(self.id(), &genesis, &administrator);
        let request = CreateElection { manifest: self.election.manifest.encode(), signature, administrator };
        let body = serde_json::to_vec(&request).unwrap();
        let response = self.client.post(self.url(paths::ELECTIONS)).body(body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED, "{}", response.text().await.unwrap());
        let roll = self.election.roll_part(0, true, self.election.sorted([0])).encode();
        self.digest = roll_digest(&Digest::default(), &roll);
        let _ = self.send(roll).await;
    }

    async fn send(&self, bytes: Vec<u8>) -> Vec<u8> {
        let request = self.client.post(self.url(&paths::entries(self.id()))).body(bytes.clone());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED, "{}", response.text().await.unwrap());
        let receipt: Receipt = response.json().await.unwrap();
        let _ = receipt.verify(&bytes, &self.key, &self.keys()).unwrap();
        bytes
    }

    /// One entry more on the election's log; its bytes.
    async fn grow(&mut self) -> Vec<u8> {
        let point = hash_to_point("voter", &[self.id().as_bytes(), &self.changes.to_le_bytes()]);
        let voter = Voter { credential: Credential(point.encode()), weight: 1, ..self.election.voter(1) };
        self.add(voter).await
    }

    /// The roll gets a voter.
    async fn add(&mut self, voter: Voter) -> Vec<u8> {
        let change = RollChange::Add { voter };
        let registrar = &self.election.registrar;
        let entry = RollChangeEntry::sign(self.id(), &self.digest, self.changes, change, registrar);
        let bytes = Entry::RollChange(entry).encode();
        self.digest = roll_digest(&self.digest, &bytes);
        self.changes += 1;
        self.send(bytes).await
    }

    /// The newest checkpoint as the board sends it.
    async fn head(&self) -> SignedCheckpoint {
        let path = self.url(&paths::checkpoint(paths::BOARD));
        let bytes = self.client.get(path).send().await.unwrap().bytes().await.unwrap();
        SignedCheckpoint::parse(&bytes).unwrap()
    }

    fn keys(&self) -> Vec<NoteKey> {
        self.witnesses.iter().map(|witness| witness.key.clone()).collect()
    }

    /// A checkpoint of the board log, strictly verified.
    async fn checkpoint(&self, path: &str) -> Option<VerifiedCheckpoint> {
        let response = self.client.get(self.url(path)).send().await.unwrap();
        if response.status() == StatusCode::NOT_FOUND {
            return None;
        }
        assert_eq!(response.status(), StatusCode::OK);
        let signed = SignedCheckpoint::parse(&response.bytes().await.unwrap()).unwrap();
        Some(signed.verify(&self.key, &self.keys()).unwrap())
    }

    async fn newest(&self) -> VerifiedCheckpoint {
        self.checkpoint(&paths::checkpoint(paths::BOARD)).await.unwrap()
    }

    /// Waits until the newest checkpoint has exactly so many cosignatures.
    async fn wait_for_cosignatures(&self, count: usize) -> VerifiedCheckpoint {
        let start = Instant::now();
        loop {
            let newest = self.newest().await;
            if newest.cosignatures().len() == count {
                return newest;
            }
            assert!(start.elapsed() < PATIENCE, "{} cosignatures", newest.cosignatures().len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn receipt(&self, bytes: &[u8]) -> VerifiedReceipt {
        let path = paths::receipt(self.id(), leaf_hash(bytes));
        let receipt: Receipt = self.client.get(self.url(&path)).send().await.unwrap().json().await.unwrap();
        receipt.verify(bytes, &self.key, &self.keys()).unwrap()
    }

    /// Asks a witness of this world to cosign.
    async fn ask(&self, witness: usize, request: &AddCheckpoint) -> Answer {
        add_checkpoint(&self.client, &self.witnesses[witness].url(), request).await.unwrap()
    }
}

async fn add_checkpoint(client: &Client, url: &str, request: &AddCheckpoint) -> Option<Answer> {
    let response = client.post(format!("{url}/add-checkpoint")).body(request.encode()).send().await.ok()?;
    let status = response.status();
    if status == StatusCode::CONFLICT {
        assert_eq!(response.headers()["content-type"], "text/x.tlog.size");
    }
    Some(Answer::parse(status.as_u16(), &response.bytes().await.ok()?).unwrap())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if !file.file_type().unwrap().is_file() {
            // the folder of the socket that a board leaves when it is killed
            continue;
        }
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cosignatures_come_and_receipts_become_witnessed_though_a_witness_dies_and_returns() {
    let mut world = World::new();
    world.start();
    world.create().await;
    let first = world.grow().await;
    let both = world.wait_for_cosignatures(2).await;
    assert_eq!(world.receipt(&first).await.board_checkpoint(), &both);
    assert_eq!(world.checkpoint(&paths::witnessed(2)).await.unwrap(), both);
    assert!(world.checkpoint(&paths::witnessed(3)).await.is_none());
    // monitors get from a witness what it gave the board
    let monitored = format!("{}{}", world.witnesses[0].url(), monitoring_path(program::ORIGIN));
    let note = world.client.get(monitored).send().await.unwrap().bytes().await.unwrap();
    let own = std::slice::from_ref(&world.witnesses[0].key);
    let monitored = SignedCheckpoint::parse(&note).unwrap().verify(&world.key, own).unwrap();
    assert_eq!(monitored.checkpoint(), both.checkpoint());

    // one witness away: entries are acknowledged, and what stood before keeps its two cosignatures
    world.witnesses[1].kill();
    let second = world.grow().await;
    let one = world.wait_for_cosignatures(1).await;
    assert_eq!(world.checkpoint(&paths::witnessed(1)).await.unwrap(), one);
    assert_eq!(world.checkpoint(&paths::witnessed(2)).await.unwrap(), both);
    assert_eq!(world.receipt(&first).await.board_checkpoint(), &both);
    assert_eq!(world.receipt(&second).await.board_checkpoint(), &one);

    // it comes back, and is asked without a new entry
    world.witnesses[1].start();
    let again = world.wait_for_cosignatures(2).await;
    assert_eq!(again.checkpoint(), one.checkpoint());
    assert_eq!(world.receipt(&second).await.board_checkpoint().cosignatures().len(), 2);

    // under load heads come faster than cosignatures: some of them get both all the same
    let start = Instant::now();
    while world.checkpoint(&paths::witnessed(2)).await.unwrap().size() == again.size() {
        world.grow().await;
        assert!(start.elapsed() < PATIENCE);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_that_starts_again_has_its_cosignatures_without_its_witnesses() {
    let mut world = World::new();
    world.start();
    world.create().await;
    let before = world.wait_for_cosignatures(2).await;
    let file = world.data().join("cosigned.json");
    let start = Instant::now();
    let kept = loop {
        let kept: Vec<String> =
            fs::read(&file).ok().map(|bytes| serde_json::from_slice(&bytes).unwrap()).unwrap_or_default();
        let size = |note: &String| SignedCheckpoint::parse(note.as_bytes()).unwrap().claimed().size();
        if kept.len() == 1 && kept.first().map(size) == Some(before.size()) && kept[0].lines().count() == 7 {
            break kept;
        }
        assert!(start.elapsed() < PATIENCE, "{kept:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    world.kill();
    for witness in &mut world.witnesses {
        witness.kill();
    }
    world.start();
    assert_eq!(world.newest().await, before);
    assert_eq!(world.checkpoint(&paths::witnessed(2)).await.unwrap(), before);
    let entry = world.grow().await;
    assert_eq!(world.newest().await.cosignatures().len(), 0);
    assert_eq!(world.checkpoint(&paths::witnessed(2)).await.unwrap(), before);
    assert!(world.receipt(&entry).await.board_checkpoint().cosignatures().is_empty());
    world.kill();
    // still there when it is no longer the newest; anything else in the file is not
    let stranger = Log((0..9u64).map(|index| leaf_hash(&index.to_le_bytes())).collect());
    let forged = Checkpoint::new(program::ORIGIN, 3, root_of(&stranger.0[..3])).unwrap();
    let forged = sign_checkpoint(&forged, &SigningKey::from_seed([9; 32])).unwrap().encode();
    for more in [vec![], vec![forged], vec!["nothing".to_owned()]] {
        let notes = [kept.clone(), more].concat();
        fs::write(&file, serde_json::to_vec(&notes).unwrap()).unwrap();
        world.start();
        assert_eq!(world.checkpoint(&paths::witnessed(2)).await.unwrap(), before);
        assert_eq!(world.checkpoint(&paths::witnessed(1)).await.unwrap(), before);
        world.kill();
    }
    fs::write(&file, b"[").unwrap();
    for witness in &mut world.witnesses {
        witness.start();
    }
    world.start();
    assert_eq!(world.wait_for_cosignatures(2).await.size(), world.newest().await.size());
}

#[test]
fn settings_that_cannot_be_meant_are_refused_in_words() {
    let world = World::new();
    let url = world.witnesses[0].url();
    let name = world.witnesses[0].key.name().to_owned();
    let own = world.witnesses[0].flag();
    for (flags, words) in [
        (vec![format!("nobody={url}")], "no witness nobody"),
        (vec![url.clone()], "NAME=URL"),
        (vec![format!("{name}=http://x?y")], "address of the witness"),
        (vec![own.clone(), own], "a name of its own"),
    ] {
        let data = world.data();
        let mut arguments = vec!["run", "--data", text(&data), "--listen", "127.0.0.1:0"];
        arguments.extend(flags.iter().flat_map(|flag| ["--witness", flag]));
        let refused = Running::launch(&arguments).err().unwrap();
        assert!(refused.contains(words), "{refused}");
    }
    let again = ["witness", "init", "--data", text(&world.witnesses[0].data), "--name", "other"];
    assert!(String::from_utf8(output(&again).stderr).unwrap().contains("it stays"));
    let shown = output(&["witness", "show", "--data", text(&world.witnesses[0].data)]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains(&world.key.to_vkey_string()) && shown.contains(program::ORIGIN), "{shown}");
    for name in ["a b", "a+b", ""] {
        let folder = world.root.path().join("unnamed");
        let refused = output(&["witness", "init", "--data", text(&folder), "--name", name]);
        assert!(!refused.status.success() && !folder.exists(), "{name:?}");
    }
}

/// A log in memory.
struct Log(Vec<Digest>);

impl NodeSource for Log {
    type Error = std::convert::Infallible;
    fn tile_hash(&self, level: u8, index: u64) -> Result<Digest, Self::Error> {
        assert_eq!(level, 0);
        Ok(self.0[index as usize])
    }
}

/// Two logs under one key that are the same up to 20 entries; the witness is asked for both, again and again, and
/// killed all the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_witness_never_cosigns_two_roots_of_one_size() {
    const ORIGIN: &str = "log.example/forked";
    let root = tempfile::tempdir().unwrap();
    let key = SigningKey::from_seed([42; 32]);
    let log_key = NoteKey::log(ORIGIN, key.verifying_key()).unwrap();
    let mut witness = Witness::new(root.path(), "w");
    witness.watch(&log_key);
    witness.start();
    let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
    let branch = |name: &str| {
        let leaves = (0..200u64).map(|index| match index < 20 {
            true => leaf_hash(&index.to_le_bytes()),
            false => leaf_hash(format!("{name} {index}").as_bytes()),
        });
        Log(leaves.collect())
    };
    let (url, witness_key) = (witness.url(), witness.key.clone());
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let ask = |log: Log| {
        let (client, url, witness_key, stopped) =
            (client.clone(), url.clone(), witness_key.clone(), stopped.clone());
        let key = SigningKey::from_seed([42; 32]);
        tokio::spawn(async move {
            let mut cosigned: Vec<Checkpoint> = Vec::new();
            let mut old = 0;
            while !*stopped.borrow() {
                let new = (old + 1).min(199);
                let head = Checkpoint::new(ORIGIN, new, root_of(&log.0[..new as usize])).unwrap();
                let signed = sign_checkpoint(&head, &key).unwrap();
                let proof = consistency_path(&log, old, new).unwrap();
                let request = AddCheckpoint::new(old, proof, signed.clone()).unwrap();
                match add_checkpoint(&client, &url, &request).await {
                    Some(Answer::Cosigned(lines)) => {
                        cosignature(&signed, &witness_key, &lines).unwrap();
                        cosigned.push(head);
                        old = new;
                    }
                    Some(Answer::Conflict(size)) => old = size,
                    Some(Answer::Refused(status)) => {
                        assert_eq!(status, 422);
                        // the other branch was faster; perhaps a smaller size is still open
                        old = 0;
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                    None => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            }
            cosigned
        })
    };
    let tasks = [ask(branch("one")), ask(branch("other"))];
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    for _ in 0..12 {
        tokio::time::sleep(Duration::from_millis(10 + rng.next_u64() % 60)).await;
        witness.kill();
        witness.start();
    }
    let start = Instant::now();
    let monitored = format!("{url}{}", monitoring_path(ORIGIN));
    let last = loop {
        let response = client.get(&monitored).send().await.unwrap();
        let note = SignedCheckpoint::parse(&response.bytes().await.unwrap()).unwrap();
        if note.claimed().size() > 30 {
            break note;
        }
        assert!(start.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    stop.send(true).unwrap();
    let mut roots: BTreeMap<u64, Digest> = BTreeMap::new();
    let mut count = 0;
    for task in tasks {
        for head in task.await.unwrap() {
            count += 1;
            assert_eq!(*roots.entry(head.size()).or_insert(head.root()), head.root(), "size {}", head.size());
        }
    }
    assert!(count > 20, "{count} cosignatures are no load");
    let _ = last.verify(&log_key, std::slice::from_ref(&witness_key)).unwrap();
}
