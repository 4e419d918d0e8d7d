//! The board is killed, again and again, while entries come in: whatever it acknowledged is there, under a log
//! that begins with every log that anyone was shown.
//!
//! `TABELLA_KILLS` sets how often (10), `TABELLA_SEED` the times of death.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests end where something is not as it must be"
)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use reqwest::{Client, StatusCode};

use tabella_board_core::api::{Consistency, CreateElection, ElectionStatus, paths};
use tabella_board_core::board::election_key;
use tabella_board_core::entry::{
    ElectionCreated, Entry, Genesis, RollChange, RollChangeEntry, Voter, roll_digest,
};
use tabella_board_core::fixtures::SmallElection;
use tabella_board_core::receipt::Receipt;
use tabella_crypto::checkpoint::{NoteKey, SignedCheckpoint, VerifiedCheckpoint};
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{TilePath, decode_bundle, leaf_hash, root_of, verify_consistency};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::{Digest, hash_to_point};

mod program;

use program::Running;

/// Elections that are written to at the same time.
const ELECTIONS: usize = 4;

/// What everybody outside the board knows.
struct World {
    client: Client,
    key: NoteKey,
    url: Mutex<String>,
    done: AtomicBool,
    /// Election, entry, index.
    acknowledged: Mutex<Vec<(ElectionId, Vec<u8>, u64)>>,
    /// Prefix of the log and head.
    seen: Mutex<Vec<(String, VerifiedCheckpoint)>>,
}

impl World {
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url.lock().unwrap())
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    async fn head(&self, log: &str, key: &NoteKey) -> VerifiedCheckpoint {
        let bytes = self.get(&paths::checkpoint(log)).await.bytes().await.unwrap();
        SignedCheckpoint::parse(&bytes).unwrap().verify(key, &[]).unwrap()
    }

    /// Sends until there is a receipt, whatever happens to the board, and takes the receipt at its word.
    async fn send(&self, election: ElectionId, bytes: Vec<u8>) {
        let receipt: Receipt = loop {
            let request = self.client.post(self.url(&paths::entries(election))).body(bytes.clone());
            if let Ok(response) = request.send().await {
                let status = response.status();
                let Ok(text) = response.text().await else { continue };
                match status {
                    StatusCode::OK | StatusCode::CREATED => break serde_json::from_str(&text).unwrap(),
                    StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {}
                    _ => panic!("{status}: {text}"),
                }
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        };
        let verified = receipt.verify(&bytes, &self.key, &[]).unwrap();
        let mut seen = self.seen.lock().unwrap();
        seen.push((paths::board_log(), verified.board_checkpoint().clone()));
        seen.push((paths::election(election), verified.checkpoint().clone()));
        drop(seen);
        self.acknowledged.lock().unwrap().push((election, bytes, verified.index()));
    }
}

/// An election whose roll grows as fast as the board takes it.
async fn write(world: Arc<World>, election: SmallElection) {
    let id = election.manifest.id();
    let roll = election.roll_part(0, true, election.sorted([0])).encode();
    let mut digest = roll_digest(&Digest::default(), &roll);
    world.send(id, roll).await;
    for number in 0u32.. {
        if world.done.load(Ordering::SeqCst) {
            return;
        }
        let point = hash_to_point("voter", &[id.as_bytes(), &number.to_le_bytes()]);
        let voter = Voter { credential: Credential(point.encode()), weight: 1, ..election.voter(1) };
        let change = RollChange::Add { voter };
        let entry = RollChangeEntry::sign(id, &digest, number, change, &election.registrar);
        let bytes = Entry::RollChange(entry).encode();
        digest = roll_digest(&digest, &bytes);
        world.send(id, bytes).await;
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_board_is_killed() {
    let (kills, seed) = (setting("TABELLA_KILLS", 10), setting("TABELLA_SEED", 1));
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let folder = tempfile::tempdir().unwrap();
    let elections: Vec<SmallElection> = (0..ELECTIONS)
        .map(|number| {
            SmallElection::unpublished(|manifest| {
                manifest.nonce = [number as u8; 16];
                manifest.total_weight = 1_000_000;
                manifest.opens = 4_000_000_000_000;
                manifest.closes = 4_000_000_001_000;
            })
        })
        .collect();
    let administrator = SigningKey::from_seed([101; 32]);
    let output = program::init(folder.path(), &administrator.verifying_key());
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let key = printed.lines().find_map(|line| line.strip_prefix("key")).unwrap().trim();
    let key = NoteKey::parse(key).unwrap();

    let mut board = Running::start(folder.path()).unwrap();
    let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
    let world = Arc::new(World {
        client,
        key,
        url: Mutex::new(board.url.clone()),
        done: AtomicBool::new(false),
        acknowledged: Mutex::default(),
        seen: Mutex::default(),
    });
    let genesis = Genesis::new(world.key.name().to_owned(), world.key.verifying_key(), Vec::new());
    let ids: Vec<ElectionId> = elections.iter().map(|election| election.manifest.id()).collect();
    for election in &elections {
        let ElectionCreated { signature, administrator, .. } =
            ElectionCreated::sign(election.manifest.id(), &genesis, &administrator);
        let request = CreateElection { manifest: election.manifest.encode(), signature, administrator };
        let body = serde_json::to_vec(&request).unwrap();
        let response = world.client.post(world.url(paths::ELECTIONS)).body(body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED, "{}", response.text().await.unwrap());
    }
    let writers: Vec<_> =
        elections.into_iter().map(|election| tokio::spawn(write(world.clone(), election))).collect();

    for kill in 0..kills {
        let life = 20 + rng.next_u64() % 300;
        tokio::time::sleep(Duration::from_millis(life)).await;
        board.kill();
        board = Running::start(folder.path()).unwrap_or_else(|error| panic!("kill {kill}: {error}"));
        *world.url.lock().unwrap() = board.url.clone();
    }
    world.done.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
    check(&world, &ids).await;
    // and everything is still there after an orderly end
    drop(board);
    let board = Running::start(folder.path()).unwrap();
    *world.url.lock().unwrap() = board.url.clone();
    check(&world, &ids).await;
}

/// Everything acknowledged stands, and every head seen is the beginning of the log.
async fn check(world: &World, ids: &[ElectionId]) {
    let acknowledged = world.acknowledged.lock().unwrap().clone();
    assert!(acknowledged.len() > 10 * ids.len(), "{} entries are no load", acknowledged.len());
    let mut logs = vec![(paths::board_log(), world.key.clone())];
    logs.extend(ids.iter().map(|id| (paths::election(*id), election_key(&world.key, *id).unwrap())));
    for (log, key) in &logs {
        let head = world.head(log, key).await;
        let entries = entries(world, log, &head).await;
        let of_this = acknowledged.iter().filter(|(election, ..)| paths::election(*election) == *log);
        for (_, bytes, index) in of_this {
            assert_eq!(&entries[*index as usize], bytes);
        }
        let seen: Vec<VerifiedCheckpoint> = world
            .seen
            .lock()
            .unwrap()
            .iter()
            .filter(|(of, _)| of == log)
            .map(|(_, seen)| seen.clone())
            .collect();
        let mut roots = std::collections::BTreeMap::new();
        for seen in seen {
            assert_eq!(
                *roots.entry(seen.size()).or_insert(seen.root()),
                seen.root(),
                "two heads of one size"
            );
        }
        for (size, root) in roots {
            let Consistency { path } =
                world.get(&paths::consistency(log, size, head.size())).await.json().await.unwrap();
            verify_consistency(size, &root, head.size(), &head.root(), &path).unwrap();
        }
    }
    for id in ids {
        let status: ElectionStatus = world.get(&paths::election(*id)).await.json().await.unwrap();
        let of_this: Vec<_> = acknowledged.iter().filter(|(election, ..)| election == id).collect();
        assert_eq!(status.roll.changes as usize + 1, of_this.len(), "each entry stands once");
        for (_, bytes, index) in of_this {
            let receipt = world.get(&paths::receipt(*id, leaf_hash(bytes))).await;
            let receipt: Receipt = receipt.json().await.unwrap();
            assert_eq!(receipt.verify(bytes, &world.key, &[]).unwrap().index(), *index);
        }
    }
}

/// All entries of a log, which have the head's root.
async fn entries(world: &World, log: &str, head: &VerifiedCheckpoint) -> Vec<Vec<u8>> {
    let mut entries: Vec<Vec<u8>> = Vec::new();
    while (entries.len() as u64) < head.size() {
        let at = entries.len() as u64;
        let width = (head.size() - at).min(256) as u16;
        let tile = TilePath::entries(at / 256, width).unwrap();
        let bytes = world.get(&paths::tile(log, tile)).await.bytes().await.unwrap();
        entries.extend(decode_bundle(&bytes, width).unwrap());
    }
    let leaves: Vec<Digest> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    assert_eq!(root_of(&leaves), head.root());
    entries
}
