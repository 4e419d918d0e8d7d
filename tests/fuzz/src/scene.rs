//! What targets and seeds are made of: one small election with everybody's secrets, its state before each entry, and
//! records that its board would publish. Made once, from fixed seeds.

use std::sync::OnceLock;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tabella_board_core::entry::{
    AdministratorAct, AdministratorEntry, Anchor, BoardEntry, ElectionCreated, Entry, Genesis,
    PublishedOpening, RollChangeEntry, RollPart, TrusteeEntry, election_origin,
};
use tabella_board_core::fixtures::{CLOSES, OPENS, ORIGIN, SmallElection, TRUSTEES};
use tabella_board_core::state::ElectionState;
use tabella_crypto::ballot::Disposition;
use tabella_crypto::checkpoint::{Checkpoint, NoteKey, SignedCheckpoint, cosign, sign_checkpoint};
use tabella_crypto::merkle::{TileKind, encode_bundle, encode_hashes, leaf_hash, root_of, tiles_for_size};
use tabella_crypto::proofs::credential::CredentialStatement;
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::Digest;
use tabella_tally::verify::MemoryRecord;

/// Name of the witness that cosigns.
pub const WITNESS: &str = "witness.example.org/w1";

/// Randomness from a seed.
pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// The key of the board's operator.
pub fn operator() -> SigningKey {
    SigningKey::from_seed([201; 32])
}

/// The key of the witness.
pub fn witness() -> SigningKey {
    SigningKey::from_seed([202; 32])
}

/// The key that verifies the board log's checkpoints.
pub fn board_key() -> NoteKey {
    NoteKey::log(ORIGIN, operator().verifying_key()).unwrap()
}

/// The key that verifies the witness's cosignatures.
pub fn witness_key() -> NoteKey {
    NoteKey::witness(WITNESS, witness().verifying_key()).unwrap()
}

/// A whole election.
pub struct Scene {
    /// With everybody's secrets, and all of its log.
    pub election: SmallElection,
    /// The state before each entry of the log, and after the last.
    pub stages: Vec<ElectionState>,
    /// Index of the first entry behind the opening.
    pub opened: usize,
}

/// The election that all targets share.
pub fn scene() -> &'static Scene {
    static SCENE: OnceLock<Scene> = OnceLock::new();
    SCENE.get_or_init(Scene::make)
}

impl Scene {
    /// Every kind of entry but a restart and a withheld result: with a complaint and its answer, an act of the
    /// administrator, a ballot that replaces another, and two tested ones, one of which is opened.
    fn make() -> Self {
        let mut election = SmallElection::new();
        election.register();
        election.commit();
        election.share();
        election.push(election.complaint(1, 2));
        election.push(election.answer(2, 1));
        election.confirm();
        election.test_shares();
        election.publish_roll();
        election.block(OPENS - 1);
        election.push_with_due(election.act(AdministratorAct::Open));
        let opened = election.log.len();
        election.block(OPENS);
        for _ in 0..2 {
            let (challenge, selections) = (election.state.size(), election.selections(1, 2, [1, 1]));
            let (ballot, seed) = election.encrypt(1, &selections);
            let entry = election.submit(1, ballot, Disposition::Challenge);
            election.push(entry);
            if election.state.counts().challenged == 1 {
                let opening = seed.open(&selections);
                let published = election.publication(1, challenge, opening);
                election.push(Entry::Opening(published));
            }
        }
        for (voter, option, approval) in [(0, 0, [1, 0]), (0, 1, [0, 1]), (3, 3, [0, 0]), (5, 2, [1, 1])] {
            let entry = election.vote(voter, option, approval);
            election.push(entry);
        }
        election.block(CLOSES);
        election.decrypt_all(&[1, 3]);
        for contest in [0, 1] {
            let result = election.result(contest, &[1, 3]);
            election.push(Entry::Result(result));
        }
        let stages = stages(&election);
        Self { election, stages, opened }
    }

    /// The entry of the log at an index.
    pub fn entry(&self, index: usize) -> Entry {
        Entry::decode(&self.election.log[index]).unwrap()
    }

    /// The same entry, signed by those who may sign it in this state; as it is where nobody signs it.
    pub fn sign(&self, state: &ElectionState, entry: Entry) -> Entry {
        let (election, id) = (&self.election, self.election.manifest.id());
        let mut rng = rng(7);
        let voter = |credential| election.voters.iter().find(|voter| voter.public() == credential);
        match entry {
            Entry::Cast(submitted) => match voter(submitted.ballot.credential) {
                Some(secret) => Entry::Cast(submitted.ballot.sign(id, Disposition::Cast, secret, &mut rng)),
                None => Entry::Cast(submitted),
            },
            Entry::Challenge(submitted) => match voter(submitted.ballot.credential) {
                Some(secret) => {
                    Entry::Challenge(submitted.ballot.sign(id, Disposition::Challenge, secret, &mut rng))
                }
                None => Entry::Challenge(submitted),
            },
            Entry::Opening(published) => {
                let PublishedOpening { challenge, opening, signature: _ } = published;
                // voter 1 alone has tested ballots
                let secret = &election.voters[1];
                let statement = CredentialStatement::publication(id, secret.public(), challenge, &opening);
                let signature = statement.sign(secret, &mut rng);
                Entry::Opening(PublishedOpening { challenge, opening, signature })
            }
            Entry::Trustee(TrusteeEntry { trustee, message, signature }) => {
                if !TRUSTEES.contains(&trustee) {
                    return Entry::Trustee(TrusteeEntry { trustee, message, signature });
                }
                let key = election.trustees[usize::from(trustee) - 1].signing_key();
                Entry::Trustee(TrusteeEntry::sign(id, trustee, message, &key))
            }
            Entry::Administrator(entry) => {
                let (act, until) = (entry.act, entry.valid_until);
                Entry::Administrator(AdministratorEntry::sign(id, act, until, &election.administrator))
            }
            Entry::Roll(RollPart { part, last, voters, signature: _ }) => {
                let before = state.roll().digest();
                Entry::Roll(RollPart::sign(id, &before, part, last, voters, &election.registrar))
            }
            Entry::RollChange(RollChangeEntry { sequence, change, signature: _ }) => {
                let before = state.roll().digest();
                Entry::RollChange(RollChangeEntry::sign(id, &before, sequence, change, &election.registrar))
            }
            automatic => automatic,
        }
    }
}

/// The states of an election, by playing its log again.
fn stages(election: &SmallElection) -> Vec<ElectionState> {
    use tabella_board_core::state::CheckedEntry;
    let mut state = ElectionState::new(election.manifest.id());
    let mut stages = vec![state.clone()];
    let mut rng = rng(8);
    for bytes in &election.log {
        let entry = Entry::decode(bytes).unwrap();
        let checked = CheckedEntry::check(state.ballot_context().map(AsRef::as_ref), entry, &mut rng);
        state.apply(bytes, checked.unwrap(), &election.log).unwrap();
        stages.push(state.clone());
    }
    stages
}

/// The genesis of the board.
pub fn genesis() -> Genesis {
    let administrators = vec![scene().election.administrator.verifying_key()];
    let mut genesis = Genesis::new(ORIGIN.to_owned(), operator().verifying_key(), administrators);
    genesis.witnesses = vec![(WITNESS.to_owned(), witness().verifying_key())];
    genesis
}

/// The entries of the board log that has this election log, anchored once; a block stands before each.
pub fn board_log(log: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let (election, genesis) = (&scene().election, genesis());
    let id = election.manifest.id();
    let creation = ElectionCreated::sign(id, &genesis, &election.administrator);
    let anchor = Anchor { election: id, size: log.len() as u64, root: root(log) };
    let brought = [BoardEntry::Genesis(genesis), BoardEntry::Election(creation), BoardEntry::Anchor(anchor)];
    let mut state = tabella_board_core::board::BoardState::new();
    let mut entries = Vec::new();
    for (time, entry) in (0u64..).zip(brought) {
        for entry in [BoardEntry::Block(state.next_block(5 * time)), entry] {
            let bytes = entry.encode();
            state.apply(&bytes, entry).unwrap();
            entries.push(bytes);
        }
    }
    entries
}

/// The record of this election log, as the board publishes it.
pub fn record(log: &[Vec<u8>]) -> MemoryRecord {
    let mut record = MemoryRecord::default();
    let id = scene().election.manifest.id();
    publish(&mut record, "board/", ORIGIN, &board_log(log));
    publish(&mut record, &format!("elections/{id}/"), &election_origin(ORIGIN, id), log);
    record
}

/// The signed head of a log.
pub fn checkpoint(origin: &str, log: &[Vec<u8>]) -> SignedCheckpoint {
    let checkpoint = Checkpoint::new(origin, log.len() as u64, root(log)).unwrap();
    sign_checkpoint(&checkpoint, &operator()).unwrap()
}

/// The same with the witness's cosignature.
pub fn cosigned(origin: &str, log: &[Vec<u8>]) -> SignedCheckpoint {
    let signed = checkpoint(origin, log);
    let line = cosign(signed.claimed(), WITNESS, &witness(), 1_700_000_000).unwrap();
    signed.with_signature(line).unwrap()
}

/// The root of a log.
pub fn root(log: &[Vec<u8>]) -> Digest {
    let leaves: Vec<Digest> = log.iter().map(|entry| leaf_hash(entry)).collect();
    root_of(&leaves)
}

fn publish(record: &mut MemoryRecord, prefix: &str, origin: &str, log: &[Vec<u8>]) {
    let note = checkpoint(origin, log).encode().into_bytes();
    record.files.insert(format!("{prefix}checkpoint"), note);
    let leaves: Vec<Digest> = log.iter().map(|entry| leaf_hash(entry)).collect();
    for tile in tiles_for_size(log.len() as u64) {
        let (first, width) = (tile.first() as usize, usize::from(tile.width()));
        let bytes = match tile.kind() {
            TileKind::Entries => encode_bundle(&log[first..first + width]).unwrap(),
            // fewer than 256 entries have one level
            TileKind::Hashes { .. } => encode_hashes(&leaves[first..first + width]).unwrap(),
        };
        record.files.insert(format!("{prefix}{tile}"), bytes);
    }
}
