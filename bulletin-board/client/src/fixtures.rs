//! A board in memory, honest until a test tells it to lie: for tests, here and in other crates (feature `fixtures`).
//!
//! It has one election, whose entries are what the test gives it: they may be any bytes. What it says of itself
//! beside its logs is read off these entries.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "for tests alone")]

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tabella_board_core::api::{
    BallotPlace, CeremonyStatus, CredentialStatus, DispositionName, ElectionStatus, PhaseName, Problem,
    ProblemCode, RollStatus, hex_text, paths,
};
use tabella_board_core::entry::{Anchor, Block, BoardEntry, Entry, Genesis, Voter, election_origin};
use tabella_board_core::receipt::Receipt;
use tabella_crypto::ballot::SubmittedBallot;
use tabella_crypto::checkpoint::{Checkpoint, sign_checkpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{
    Frontier, NodeSource, TileKind, TilePath, contradiction_path, encode_bundle, encode_hashes,
    inclusion_path, leaf_hash, root_of,
};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::Digest;

use crate::transport::{Request, Response, Transport, TransportError};

/// Name of the board's log.
pub const ORIGIN: &str = "board.example";
/// The election, where its name does not matter.
pub const ELECTION: ElectionId = ElectionId(Digest([7; 32]));

/// A signing key from a fixed seed; the operator's is that of 1.
pub fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

/// Runs what never really waits.
pub fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// A log and what its signer makes of it.
#[derive(Clone)]
pub struct FakeLog {
    /// Its origin.
    pub origin: String,
    /// The entries.
    pub entries: Vec<Vec<u8>>,
    /// Seed of the key that signs its checkpoints.
    pub signer: u8,
}

struct Stored(BTreeMap<(u8, u64), Digest>);

impl NodeSource for Stored {
    type Error = ();
    fn tile_hash(&self, level: u8, index: u64) -> Result<Digest, ()> {
        self.0.get(&(level, index)).copied().ok_or(())
    }
}

impl FakeLog {
    /// How many entries it has.
    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Root of its tree.
    pub fn root(&self) -> Digest {
        root_of(&self.entries.iter().map(|entry| leaf_hash(entry)).collect::<Vec<_>>())
    }

    /// Its checkpoint, a signed note.
    pub fn checkpoint(&self) -> String {
        let checkpoint = Checkpoint::new(&self.origin, self.size(), self.root()).unwrap();
        sign_checkpoint(&checkpoint, &key(self.signer)).unwrap().encode()
    }

    fn stored(&self) -> Stored {
        let mut stored = BTreeMap::new();
        let mut tree = Frontier::new();
        for entry in &self.entries {
            tree.push_storing(leaf_hash(entry), |level, index, hash| {
                stored.insert((level, index), hash);
            });
        }
        Stored(stored)
    }

    /// The inclusion path of an entry.
    pub fn inclusion(&self, index: u64) -> Vec<Digest> {
        inclusion_path(&self.stored(), index, self.size()).unwrap()
    }

    /// The path by which another root for the first `size` entries contradicts this log.
    pub fn contradiction(&self, size: u64) -> Vec<Digest> {
        contradiction_path(&self.stored(), size, self.size()).unwrap()
    }

    fn tile(&self, path: TilePath) -> Option<Vec<u8>> {
        if !path.is_within(self.size()) {
            return None;
        }
        let items = path.first()..path.first() + u64::from(path.width());
        Some(match path.kind() {
            TileKind::Entries => {
                encode_bundle(&self.entries[items.start as usize..items.end as usize]).unwrap()
            }
            TileKind::Hashes { level } => {
                let stored = self.stored();
                let hashes: Vec<Digest> = items.map(|index| stored.0[&(level, index)]).collect();
                encode_hashes(&hashes).unwrap()
            }
        })
    }
}

/// Changes an answer on its way.
pub type Lie =
    Box<dyn FnMut(&Request, Result<Response, TransportError>) -> Result<Response, TransportError> + Send>;

/// What the board holds, and what it did.
pub struct World {
    id: ElectionId,
    /// The board's log.
    pub board: FakeLog,
    /// The election's log.
    pub election: FakeLog,
    /// Changes answers on their way.
    pub lie: Option<Lie>,
    /// The paths that were asked for.
    pub requests: Vec<String>,
    /// How long its clients waited.
    pub waits: Vec<Duration>,
}

/// A way to the board; clones share it.
#[derive(Clone)]
pub struct Fake(Arc<Mutex<World>>);

/// Who runs the board.
pub fn genesis() -> Genesis {
    Genesis::new(ORIGIN.to_owned(), key(1).verifying_key(), vec![key(2).verifying_key()])
}

impl Fake {
    /// A board with an election log of so many entries.
    pub fn new(entries: u64) -> Self {
        let entries = (0..entries).map(|index| format!("entry {index}").into_bytes()).collect();
        Self::of(ELECTION, entries)
    }

    /// A board with an election log of these entries.
    pub fn of(id: ElectionId, entries: Vec<Vec<u8>>) -> Self {
        let block = Block { height: 0, time: 1, root_before: Frontier::new().root() };
        let board = FakeLog {
            origin: ORIGIN.to_owned(),
            entries: vec![BoardEntry::Block(block).encode(), BoardEntry::Genesis(genesis()).encode()],
            signer: 1,
        };
        let election = FakeLog { origin: election_origin(ORIGIN, id), entries, signer: 1 };
        Self(Arc::new(Mutex::new(World {
            id,
            board,
            election,
            lie: None,
            requests: Vec::new(),
            waits: Vec::new(),
        })))
    }

    /// Looks at the board or changes it.
    pub fn with<R>(&self, act: impl FnOnce(&mut World) -> R) -> R {
        act(&mut self.0.lock().unwrap())
    }

    /// Lets answers pass through this.
    pub fn lie(
        &self,
        lie: impl FnMut(&Request, Result<Response, TransportError>) -> Result<Response, TransportError>
        + Send
        + 'static,
    ) {
        self.with(|world| world.lie = Some(Box::new(lie)));
    }

    /// Changes the body of every answer whose path has this in it.
    pub fn change(&self, part: &'static str, mut change: impl FnMut(&mut Vec<u8>) + Send + 'static) {
        self.lie(move |request, response| {
            let mut response = response?;
            if request.path.contains(part) {
                change(&mut response.body);
            }
            Ok(response)
        });
    }
}

/// A good answer.
pub fn ok(body: Vec<u8>) -> Response {
    Response { status: 200, retry_after: None, body }
}

fn json<T: serde::Serialize>(answer: &T) -> Response {
    ok(serde_json::to_vec(answer).unwrap())
}

/// A refusal.
pub fn problem(code: ProblemCode) -> Response {
    let problem = Problem::new(code, "a reason");
    Response { status: problem.status, retry_after: None, body: serde_json::to_vec(&problem).unwrap() }
}

impl World {
    /// What the board answers when it does not lie.
    pub fn answer(&mut self, request: &Request) -> Response {
        let prefix = paths::election(self.id);
        if request.path == paths::entries(self.id) {
            return json(&self.accept(request.body.clone().unwrap().1));
        }
        if let Some(answer) = self.say(request) {
            return answer;
        }
        let found = [(paths::board_log(), &self.board), (prefix, &self.election)]
            .into_iter()
            .find_map(|(prefix, log)| Some((request.path.strip_prefix(&format!("{prefix}/"))?, log)));
        match found {
            Some(("checkpoint", log)) => ok(log.checkpoint().into_bytes()),
            Some((path, log)) => {
                let tile = TilePath::parse(path).and_then(|path| log.tile(path));
                tile.map_or_else(|| problem(ProblemCode::NotFound), ok)
            }
            None => problem(ProblemCode::NotFound),
        }
    }

    /// What the board says of itself.
    fn say(&mut self, request: &Request) -> Option<Response> {
        if request.path == paths::election(self.id) {
            return Some(json(&self.status()));
        }
        let path = request.path.strip_prefix(&paths::election(self.id))?.strip_prefix('/')?;
        let (kind, name) = path.split_once('/')?;
        let answer = match kind {
            "receipts" => {
                let entries = &self.election.entries;
                let entry = entries.iter().find(|entry| leaf_hash(entry).to_hex() == name).cloned();
                entry.map(|entry| json(&self.accept(entry)))
            }
            "ballots" => self
                .ballots()
                .find(|(_, ballot, _)| ballot.ballot.tracking_code(self.id).to_string() == name)
                .map(|(index, _, disposition)| json(&BallotPlace { index, disposition })),
            "credentials" => self.credential(name).map(|status| json(&status)),
            _ => return None,
        };
        Some(answer.unwrap_or_else(|| problem(ProblemCode::NotFound)))
    }

    fn decoded(&self) -> impl Iterator<Item = (u64, Entry)> {
        (0..)
            .zip(&self.election.entries)
            .filter_map(|(index, bytes)| Some((index, Entry::decode(bytes).ok()?)))
    }

    fn ballots(&self) -> impl Iterator<Item = (u64, SubmittedBallot, DispositionName)> {
        self.decoded().filter_map(|(index, entry)| match entry {
            Entry::Cast(ballot) => Some((index, ballot, DispositionName::Cast)),
            Entry::Challenge(ballot) => Some((index, ballot, DispositionName::Challenge)),
            _ => None,
        })
    }

    fn voters(&self) -> Vec<Voter> {
        let parts = self.decoded().filter_map(|(_, entry)| match entry {
            Entry::Roll(part) => Some(part.voters),
            _ => None,
        });
        parts.flatten().collect()
    }

    fn credential(&self, name: &str) -> Option<CredentialStatus> {
        let voter = self.voters().into_iter().find(|voter| hex_text(&voter.credential) == name)?;
        let ballots: Vec<_> =
            self.ballots().filter(|(_, ballot, _)| ballot.ballot.credential == voter.credential).collect();
        let of = |disposition| ballots.iter().filter(move |(.., found)| *found == disposition);
        Some(CredentialStatus {
            style: voter.style,
            weight: voter.weight,
            cast: of(DispositionName::Cast).count() as u16,
            tests: of(DispositionName::Challenge).count() as u16,
            last: of(DispositionName::Cast)
                .next_back()
                .map(|(_, last, _)| last.ballot.tracking_code(self.id)),
            ballots: ballots.iter().map(|(index, ..)| *index).collect(),
        })
    }

    fn status(&self) -> ElectionStatus {
        let mut phase = PhaseName::Setup;
        for (_, entry) in self.decoded() {
            match entry {
                Entry::Open(_) => phase = PhaseName::Open,
                Entry::Close(_) => phase = PhaseName::Closed,
                _ => {}
            }
        }
        ElectionStatus {
            election: self.id,
            phase,
            size: self.election.size(),
            root: self.election.root(),
            time: 0,
            opens: 0,
            closes: 0,
            opened: None,
            closed: None,
            ceremony: CeremonyStatus { attempt: 0, trustees: Vec::new() },
            roll: RollStatus { voters: self.voters().len() as u64, complete: true, changes: 0 },
            ballots: None,
            tally: None,
        }
    }

    /// Appends an entry unless it stands, anchors the log, and gives the receipt.
    pub fn accept(&mut self, entry: Vec<u8>) -> Receipt {
        let index = self.election.entries.iter().position(|standing| *standing == entry);
        let index = index.unwrap_or_else(|| {
            self.election.entries.push(entry);
            self.election.entries.len() - 1
        }) as u64;
        let anchor = Anchor { election: self.id, size: self.election.size(), root: self.election.root() };
        self.board.entries.push(BoardEntry::Anchor(anchor).encode());
        let anchor_index = self.board.size() - 1;
        Receipt {
            election: self.id,
            index,
            path: self.election.inclusion(index),
            checkpoint: self.election.checkpoint(),
            anchor_index,
            anchor_path: self.board.inclusion(anchor_index),
            board_checkpoint: self.board.checkpoint(),
        }
    }
}

impl Transport for Fake {
    fn address(&self) -> &str {
        "http://fake"
    }

    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.with(|world| {
            world.requests.push(request.path.clone());
            let answer = Ok(world.answer(request));
            match &mut world.lie {
                Some(lie) => lie(request, answer),
                None => answer,
            }
        })
    }

    async fn sleep(&self, time: Duration) {
        self.with(|world| world.waits.push(time));
    }
}
