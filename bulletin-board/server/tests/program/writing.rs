//! Elections that are written to: their rolls grow, entry by entry.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::{Client, StatusCode};

use tabella_board_core::api::{CreateElection, paths};
use tabella_board_core::entry::{
    ElectionCreated, Entry, Genesis, RollChange, RollChangeEntry, Voter, roll_digest,
};
use tabella_board_core::fixtures::SmallElection;
use tabella_board_core::receipt::Receipt;
use tabella_crypto::checkpoint::NoteKey;
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::{Digest, hash_to_point};

use super::Running;

/// A board in a folder of its own.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) key: NoteKey,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let output = super::init(&folder.path().join("data"), &administrator().verifying_key());
        assert!(output.status.success(), "{output:?}");
        let printed = String::from_utf8(output.stdout).unwrap();
        let key = printed.lines().find_map(|line| line.strip_prefix("key")).unwrap().trim();
        Self { folder, key: NoteKey::parse(key).unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub(crate) fn start(&self) -> Running {
        Running::start(&self.data()).unwrap()
    }
}

fn administrator() -> SigningKey {
    SigningKey::from_seed([101; 32])
}

/// An election and where its roll stands.
pub(crate) struct Writer {
    election: SmallElection,
    digest: Digest,
    number: u32,
    /// Entries with a receipt, and where they stand.
    pub(crate) acknowledged: Vec<(Vec<u8>, u64)>,
}

impl Writer {
    pub(crate) fn id(&self) -> ElectionId {
        self.election.manifest.id()
    }

    /// Puts an election on a board.
    pub(crate) async fn create(place: &Place, url: &str, nonce: u8) -> Self {
        let election = SmallElection::unpublished(|manifest| {
            manifest.nonce = [nonce; 16];
            manifest.total_weight = 1_000_000;
            manifest.opens = 4_000_000_000_000;
            manifest.closes = 4_000_000_001_000;
        });
        let genesis = Genesis::new(place.key.name().to_owned(), place.key.verifying_key(), Vec::new());
        let ElectionCreated { signature, administrator, .. } =
            ElectionCreated::sign(election.manifest.id(), &genesis, &administrator());
        let request = CreateElection { manifest: election.manifest.encode(), signature, administrator };
        let body = serde_json::to_vec(&request).unwrap();
        let response =
            Client::new().post(format!("{url}{}", paths::ELECTIONS)).body(body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED, "{}", response.text().await.unwrap());
        let roll = election.roll_part(0, true, election.sorted([0])).encode();
        let mut writer = Self { election, digest: Digest::default(), number: 0, acknowledged: Vec::new() };
        writer.send(place, &Client::new(), url, roll).await;
        writer
    }

    async fn send(&mut self, place: &Place, client: &Client, url: &str, bytes: Vec<u8>) {
        let address = format!("{url}{}", paths::entries(self.id()));
        let text = loop {
            let response = client.post(&address).body(bytes.clone()).send().await.unwrap();
            let status = response.status();
            let text = response.text().await.unwrap();
            if status != StatusCode::TOO_MANY_REQUESTS {
                assert!(status.is_success(), "{status}: {text}");
                break text;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let receipt: Receipt = serde_json::from_str(&text).unwrap();
        let verified = receipt.verify(&bytes, &place.key, &[]).unwrap();
        self.digest = roll_digest(&self.digest, &bytes);
        self.acknowledged.push((bytes, verified.index()));
    }

    /// Adds a voter; `name` makes that of another board another voter.
    pub(crate) async fn add(&mut self, place: &Place, client: &Client, url: &str, name: &str) {
        let id = self.id();
        let point = hash_to_point(name, &[id.as_bytes(), &self.number.to_le_bytes()]);
        let voter = Voter { credential: Credential(point.encode()), weight: 1, ..self.election.voter(1) };
        let change = RollChange::Add { voter };
        let entry = RollChangeEntry::sign(id, &self.digest, self.number, change, &self.election.registrar);
        self.number += 1;
        self.send(place, client, url, Entry::RollChange(entry).encode()).await;
    }

    pub(crate) async fn add_many(&mut self, place: &Place, url: &str, count: usize) {
        let client = Client::new();
        for _ in 0..count {
            self.add(place, &client, url, "voter").await;
        }
    }

    /// Adds voters until told to stop.
    pub(crate) fn run(
        mut self,
        place: &Arc<Place>,
        url: &str,
        stop: &Arc<AtomicBool>,
    ) -> tokio::task::JoinHandle<Self> {
        let (place, url, stop) = (place.clone(), url.to_owned(), stop.clone());
        tokio::spawn(async move {
            let client = Client::new();
            while !stop.load(Ordering::SeqCst) {
                self.add(&place, &client, &url, "voter").await;
            }
            self
        })
    }
}

/// Every file below a folder, by its path. There are none where nobody has made the folder yet.
pub(crate) fn files(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    let mut folders: Vec<_> = folder.exists().then(|| folder.to_owned()).into_iter().collect();
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}
