//! A board in memory, honest until a test tells it to lie.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tabella_board_core::api::{Problem, ProblemCode, paths};
use tabella_board_core::entry::{Anchor, Block, BoardEntry, Genesis, election_origin};
use tabella_board_core::receipt::Receipt;
use tabella_crypto::checkpoint::{Checkpoint, sign_checkpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{
    Frontier, NodeSource, TileKind, TilePath, encode_bundle, encode_hashes, inclusion_path, leaf_hash,
    root_of,
};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::Digest;

use crate::transport::{Request, Response, Transport, TransportError};

pub(super) const ORIGIN: &str = "board.example";
pub(super) const ELECTION: ElectionId = ElectionId(Digest([7; 32]));

pub(super) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

/// Runs what never really waits.
pub(super) fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// A log and what its signer makes of it.
#[derive(Clone)]
pub(super) struct FakeLog {
    pub(super) origin: String,
    pub(super) entries: Vec<Vec<u8>>,
    pub(super) signer: u8,
}

struct Stored(BTreeMap<(u8, u64), Digest>);

impl NodeSource for Stored {
    type Error = ();
    fn tile_hash(&self, level: u8, index: u64) -> Result<Digest, ()> {
        self.0.get(&(level, index)).copied().ok_or(())
    }
}

impl FakeLog {
    pub(super) fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(super) fn root(&self) -> Digest {
        root_of(&self.entries.iter().map(|entry| leaf_hash(entry)).collect::<Vec<_>>())
    }

    pub(super) fn checkpoint(&self) -> String {
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

    pub(super) fn inclusion(&self, index: u64) -> Vec<Digest> {
        inclusion_path(&self.stored(), index, self.size()).unwrap()
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

type Lie =
    Box<dyn FnMut(&Request, Result<Response, TransportError>) -> Result<Response, TransportError> + Send>;

/// What the board holds, and what it did.
pub(super) struct World {
    id: ElectionId,
    pub(super) board: FakeLog,
    pub(super) election: FakeLog,
    /// Changes answers on their way.
    pub(super) lie: Option<Lie>,
    pub(super) requests: Vec<String>,
    pub(super) waits: Vec<Duration>,
}

/// A way to the board; clones share it.
#[derive(Clone)]
pub(super) struct Fake(Arc<Mutex<World>>);

pub(super) fn genesis() -> Genesis {
    Genesis::new(ORIGIN.to_owned(), key(1).verifying_key(), vec![key(2).verifying_key()])
}

impl Fake {
    /// A board with an election log of so many entries.
    pub(super) fn new(entries: u64) -> Self {
        let entries = (0..entries).map(|index| format!("entry {index}").into_bytes()).collect();
        Self::of(ELECTION, entries)
    }

    /// A board with an election log of these entries.
    pub(super) fn of(id: ElectionId, entries: Vec<Vec<u8>>) -> Self {
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
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut World) -> R) -> R {
        act(&mut self.0.lock().unwrap())
    }

    pub(super) fn lie(
        &self,
        lie: impl FnMut(&Request, Result<Response, TransportError>) -> Result<Response, TransportError>
        + Send
        + 'static,
    ) {
        self.with(|world| world.lie = Some(Box::new(lie)));
    }

    /// Changes the body of every answer whose path has this in it.
    pub(super) fn change(&self, part: &'static str, mut change: impl FnMut(&mut Vec<u8>) + Send + 'static) {
        self.lie(move |request, response| {
            let mut response = response?;
            if request.path.contains(part) {
                change(&mut response.body);
            }
            Ok(response)
        });
    }
}

pub(super) fn ok(body: Vec<u8>) -> Response {
    Response { status: 200, retry_after: None, body }
}

pub(super) fn problem(code: ProblemCode) -> Response {
    let problem = Problem::new(code, "a reason");
    Response { status: problem.status, retry_after: None, body: serde_json::to_vec(&problem).unwrap() }
}

impl World {
    pub(super) fn answer(&mut self, request: &Request) -> Response {
        let prefix = paths::election(self.id);
        if request.path == paths::entries(self.id) {
            return ok(serde_json::to_vec(&self.accept(request.body.clone().unwrap().1)).unwrap());
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

    /// Appends an entry unless it stands, anchors the log, and gives the receipt.
    pub(super) fn accept(&mut self, entry: Vec<u8>) -> Receipt {
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
