//! The board log as a fold: who runs the board, which elections it has, and the head of each election's log.
//! Specification: "Board log".
//!
//! The first entry is block 0, the second the genesis; then batches, each a block and what it brings: elections,
//! each once and signed by an administrator of the genesis, anchors, each of a known election and of a log
//! that has grown, and releases of the web app ([`release`]), each another than the one before. So whoever holds a
//! checkpoint of the board log holds one of every election's log, and knows which app the board says it serves.
//!
//! Not here: whether an anchor is the head of the election's log (that needs the log), and signatures under the
//! board's checkpoints.

use std::collections::BTreeMap;

use tabella_crypto::SUITE;
use tabella_crypto::checkpoint::note::MAX_SIGNATURES;
use tabella_crypto::checkpoint::{NoteError, NoteKey};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::merkle::{Frontier, leaf_hash};
use tabella_crypto::signature::VerifyingKey;
use tabella_crypto::transcript::Digest;

use crate::entry::{Anchor, Block, BoardEntry, ElectionCreated, Genesis, Release, election_origin};

pub mod release;

use release::ReleaseRefusal;

/// Most witnesses of a board: each signs a note beside the operator.
pub const MAX_WITNESSES: usize = MAX_SIGNATURES - 1;
/// Most administrators of a board, so that the genesis fits an entry.
pub const MAX_ADMINISTRATORS: usize = 1_000;

/// Why an entry may not stand on the board log. Each says what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BoardRefusal {
    /// The bytes are those of another entry.
    #[error("the bytes are not those of the entry that was read: read them again")]
    Bytes,
    /// The log, or a batch, begins with something else than a block.
    #[error("a block must come first, and the genesis after the first block")]
    BlockMissing,
    /// A block that follows a block brings nothing.
    #[error("a block follows a block: each begins a batch of at least one entry")]
    BlockEmpty,
    /// Not the next height.
    #[error("the block has height {found}, where {due} is due")]
    BlockHeight {
        /// The height due.
        due: u64,
        /// The height found.
        found: u64,
    },
    /// Earlier than the block before.
    #[error("the block's time {found} is before the last block's, {last}")]
    BlockTime {
        /// Time of the block before, in milliseconds since 1970.
        last: u64,
        /// The time found.
        found: u64,
    },
    /// Not the root of the log so far.
    #[error("the block does not name the root of the log before it")]
    BlockRoot,
    /// A second genesis.
    #[error("the board has a genesis already")]
    GenesisTwice,
    /// Another suite.
    #[error("the genesis is of another suite than {SUITE}")]
    Suite,
    /// The origin, with an election's name behind it, is not a log's name.
    #[error("the board's origin is not a name for logs: {0}")]
    Origin(NoteError),
    /// A witness's name is not one.
    #[error("a witness's name is not a key name: {0}")]
    WitnessName(NoteError),
    /// Too many witnesses or administrators.
    #[error("the genesis lists too many witnesses or administrators")]
    TooMany,
    /// A name or key stands twice among operator and witnesses, or among the administrators.
    #[error("the genesis lists a name or key twice")]
    ListedTwice,
    /// Not an administrator of this board.
    #[error("the administrator is not one of this board's: ask its operator for the list")]
    Administrator,
    /// The administrator's signature does not verify.
    #[error("the administrator did not sign this election for this board: create it again, on this board")]
    Signature,
    /// The election is on the board already.
    #[error("the election is on this board already")]
    ElectionTwice,
    /// An anchor of an election that is not on the board.
    #[error("the anchor names an election that is not on this board")]
    UnknownElection,
    /// An anchor of a log that has not grown.
    #[error("the anchor's size {found} is not above the last anchor's, {last}")]
    AnchorSize {
        /// Size at the last anchor.
        last: u64,
        /// Size found.
        found: u64,
    },
    /// A release that is none.
    #[error("the release of the web app does not fit the log: {0}")]
    Release(#[from] ReleaseRefusal),
}

/// An election as the board log knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardElection {
    creation: ElectionCreated,
    index: u64,
    anchor: Option<(u64, Anchor)>,
}

impl BoardElection {
    /// The entry that brought it.
    pub fn creation(&self) -> &ElectionCreated {
        &self.creation
    }

    /// Index of that entry on the board log.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The last anchor of its log, with the anchor's index on the board log.
    pub fn anchor(&self) -> Option<(u64, Anchor)> {
        self.anchor
    }
}

/// The board log as far as it was read. Memory grows with elections, not with entries.
#[derive(Debug, Clone, Default)]
pub struct BoardState {
    tree: Frontier,
    blocks: u64,
    time: u64,
    /// The last entry is a block.
    fresh: bool,
    genesis: Option<Genesis>,
    elections: BTreeMap<ElectionId, BoardElection>,
    /// The last release and its index.
    release: Option<(u64, Release)>,
}

impl BoardState {
    /// The empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Entries on the log.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Root of the log's tree.
    pub fn root(&self) -> Digest {
        self.tree.root()
    }

    /// The log's tree.
    pub fn tree(&self) -> &Frontier {
        &self.tree
    }

    /// Time of the last block, in milliseconds since 1970; 0 before the first.
    pub fn time(&self) -> u64 {
        self.time
    }

    /// Who runs the board; none before the second entry.
    pub fn genesis(&self) -> Option<&Genesis> {
        self.genesis.as_ref()
    }

    /// The elections on the board, by name.
    pub fn elections(&self) -> &BTreeMap<ElectionId, BoardElection> {
        &self.elections
    }

    /// The last release of the web app, with its index on the board log; none if the board never served one.
    pub fn release(&self) -> Option<(u64, &Release)> {
        self.release.as_ref().map(|(index, release)| (*index, release))
    }

    /// The block that the next batch begins with.
    pub fn next_block(&self, now: u64) -> Block {
        Block { height: self.blocks, time: now.max(self.time), root_before: self.root() }
    }

    /// Whether the entry may stand on the log, given that it stands at the right place of a batch; for an entry
    /// other than a block that is anywhere behind the batch's block.
    pub fn admit(&self, entry: &BoardEntry) -> Result<(), BoardRefusal> {
        match entry {
            BoardEntry::Block(block) => self.admit_block(block),
            BoardEntry::Genesis(_) if self.genesis.is_some() => Err(BoardRefusal::GenesisTwice),
            BoardEntry::Genesis(genesis) => check_genesis(genesis),
            BoardEntry::Election(creation) => self.admit_election(creation),
            BoardEntry::Anchor(anchor) => self.admit_anchor(anchor),
            BoardEntry::Release(release) => {
                Ok(release::check_next(self.release.as_ref().map(|(_, last)| last), release)?)
            }
        }
    }

    fn admit_block(&self, block: &Block) -> Result<(), BoardRefusal> {
        let Block { height, time, root_before } = *block;
        if height != self.blocks {
            return Err(BoardRefusal::BlockHeight { due: self.blocks, found: height });
        }
        if time < self.time {
            return Err(BoardRefusal::BlockTime { last: self.time, found: time });
        }
        if root_before != self.root() {
            return Err(BoardRefusal::BlockRoot);
        }
        Ok(())
    }

    fn admit_election(&self, creation: &ElectionCreated) -> Result<(), BoardRefusal> {
        let genesis = self.genesis.as_ref().ok_or(BoardRefusal::BlockMissing)?;
        if self.elections.contains_key(&creation.election) {
            return Err(BoardRefusal::ElectionTwice);
        }
        if !genesis.administrators.contains(&creation.administrator) {
            return Err(BoardRefusal::Administrator);
        }
        creation.verify(genesis).map_err(|_| BoardRefusal::Signature)
    }

    fn admit_anchor(&self, anchor: &Anchor) -> Result<(), BoardRefusal> {
        let election = self.elections.get(&anchor.election).ok_or(BoardRefusal::UnknownElection)?;
        let last = election.anchor.map_or(0, |(_, anchor)| anchor.size);
        if anchor.size <= last {
            return Err(BoardRefusal::AnchorSize { last, found: anchor.size });
        }
        Ok(())
    }

    /// Appends one entry, whose bytes these are. On an error the state is unchanged.
    pub fn apply(&mut self, bytes: &[u8], entry: BoardEntry) -> Result<(), BoardRefusal> {
        if entry.encode() != bytes {
            return Err(BoardRefusal::Bytes);
        }
        self.check_place(&entry)?;
        self.admit(&entry)?;
        let index = self.tree.size();
        self.fresh = matches!(entry, BoardEntry::Block(_));
        match entry {
            BoardEntry::Block(block) => {
                self.blocks += 1;
                self.time = block.time;
            }
            BoardEntry::Genesis(genesis) => self.genesis = Some(genesis),
            BoardEntry::Election(creation) => {
                let id = creation.election;
                self.elections.insert(id, BoardElection { creation, index, anchor: None });
            }
            BoardEntry::Anchor(anchor) => {
                if let Some(election) = self.elections.get_mut(&anchor.election) {
                    election.anchor = Some((index, anchor));
                }
            }
            BoardEntry::Release(release) => self.release = Some((index, release)),
        }
        self.tree.push(leaf_hash(bytes));
        Ok(())
    }

    /// Block 0, genesis, then batches.
    fn check_place(&self, entry: &BoardEntry) -> Result<(), BoardRefusal> {
        let is_block = matches!(entry, BoardEntry::Block(_));
        match self.tree.size() {
            0 if !is_block => Err(BoardRefusal::BlockMissing),
            1 if !matches!(entry, BoardEntry::Genesis(_)) => Err(BoardRefusal::BlockMissing),
            _ if is_block && self.fresh => Err(BoardRefusal::BlockEmpty),
            _ => Ok(()),
        }
    }
}

/// Why an election's manifest does not belong to a board.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BoardMismatch {
    /// The manifest names another board.
    #[error("the manifest is for the board {found}, and this is {here}")]
    Origin {
        /// The board in the manifest.
        found: String,
        /// This board.
        here: String,
    },
    /// More cosignatures than the board can bring.
    #[error("the manifest demands {demanded} cosignatures, but this board has {witnesses} witnesses")]
    Cosignatures {
        /// The manifest's number.
        demanded: u8,
        /// The board's witnesses.
        witnesses: usize,
    },
    /// The creation names another administrator, or another election.
    #[error("the manifest names another administrator than the one who brought the election to this board")]
    Administrator,
    /// The board log does not have the election.
    #[error("the election is not on this board's log")]
    Unknown,
}

/// Whether a manifest is for the board of this genesis: what whoever knows no more than the genesis can check.
pub fn check_origin(manifest: &CheckedManifest, genesis: &Genesis) -> Result<(), BoardMismatch> {
    if manifest.board != genesis.origin {
        let (found, here) = (manifest.board.clone(), genesis.origin.clone());
        return Err(BoardMismatch::Origin { found, here });
    }
    let (demanded, witnesses) = (manifest.cosignatures, genesis.witnesses.len());
    if usize::from(demanded) > witnesses {
        return Err(BoardMismatch::Cosignatures { demanded, witnesses });
    }
    Ok(())
}

/// Whether an election and its place on a board belong together: [`check_origin`], and who brought the election is
/// its administrator. That the creation is signed for this board, [`BoardState`] checks.
pub fn check_creation(
    manifest: &CheckedManifest,
    genesis: &Genesis,
    creation: &ElectionCreated,
) -> Result<(), BoardMismatch> {
    check_origin(manifest, genesis)?;
    let ElectionCreated { election, administrator, signature: _ } = creation;
    if (*election, *administrator) != (manifest.id(), manifest.administrator) {
        return Err(BoardMismatch::Administrator);
    }
    Ok(())
}

/// [`check_creation`] for an election that must be on the board log already.
pub fn check_board(manifest: &CheckedManifest, board: &BoardState) -> Result<(), BoardMismatch> {
    let creation = board.elections.get(&manifest.id()).map(BoardElection::creation);
    match (&board.genesis, creation) {
        (Some(genesis), Some(creation)) => check_creation(manifest, genesis, creation),
        _ => Err(BoardMismatch::Unknown),
    }
}

/// The key that verifies the board log's checkpoints.
pub fn board_key(genesis: &Genesis) -> Result<NoteKey, NoteError> {
    NoteKey::log(&genesis.origin, genesis.operator)
}

/// The key that verifies the checkpoints of an election's log: the operator's, under that log's name.
pub fn election_key(board: &NoteKey, election: ElectionId) -> Result<NoteKey, NoteError> {
    NoteKey::log(&election_origin(board.name(), election), board.verifying_key())
}

/// The keys that verify the witnesses' cosignatures.
pub fn witness_keys(genesis: &Genesis) -> Result<Vec<NoteKey>, NoteError> {
    genesis.witnesses.iter().map(|(name, key)| NoteKey::witness(name, *key)).collect()
}

/// Suite, names and lists of a genesis.
pub fn check_genesis(genesis: &Genesis) -> Result<(), BoardRefusal> {
    let Genesis { suite, origin: _, operator, witnesses, administrators } = genesis;
    if suite != SUITE {
        return Err(BoardRefusal::Suite);
    }
    let board = board_key(genesis).map_err(BoardRefusal::Origin)?;
    // names of elections are all equally long, so one that fits shows that all do
    election_key(&board, ElectionId(Digest::default())).map_err(BoardRefusal::Origin)?;
    let keys = witness_keys(genesis).map_err(BoardRefusal::WitnessName)?;
    if witnesses.len() > MAX_WITNESSES || administrators.len() > MAX_ADMINISTRATORS {
        return Err(BoardRefusal::TooMany);
    }
    let signers: Vec<VerifyingKey> =
        std::iter::once(*operator).chain(witnesses.iter().map(|(_, key)| *key)).collect();
    let names: Vec<&str> = std::iter::once(board.name()).chain(keys.iter().map(NoteKey::name)).collect();
    if has_double(&signers) || has_double(&names) || has_double(administrators) {
        return Err(BoardRefusal::ListedTwice);
    }
    Ok(())
}

fn has_double<T: Ord>(items: &[T]) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    !items.iter().all(|item| seen.insert(item))
}

#[cfg(test)]
mod tests {
    use tabella_crypto::signature::SigningKey;

    use super::*;
    use crate::entry::ReleaseFile;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed([seed; 32])
    }

    fn genesis() -> Genesis {
        let keys = vec![key(2).verifying_key()];
        Genesis::new("board.example/tabella".into(), key(1).verifying_key(), keys)
    }

    fn push(state: &mut BoardState, entry: BoardEntry) -> Result<(), BoardRefusal> {
        state.apply(&entry.encode(), entry)
    }

    fn block(state: &BoardState, now: u64) -> BoardEntry {
        BoardEntry::Block(state.next_block(now))
    }

    fn started() -> BoardState {
        let mut state = BoardState::new();
        let first = block(&state, 5);
        push(&mut state, first).unwrap();
        push(&mut state, BoardEntry::Genesis(genesis())).unwrap();
        let second = block(&state, 3);
        push(&mut state, second).unwrap();
        state
    }

    fn id(byte: u8) -> ElectionId {
        ElectionId(Digest([byte; 32]))
    }

    fn anchor(election: ElectionId, size: u64) -> BoardEntry {
        BoardEntry::Anchor(Anchor { election, size, root: Digest([9; 32]) })
    }

    #[test]
    fn a_board_log_is_block_genesis_and_batches() {
        let mut state = started();
        assert_eq!((state.size(), state.time()), (3, 5), "time does not decrease");
        assert_eq!((state.genesis(), state.tree().root()), (Some(&genesis()), state.root()));
        push(&mut state, BoardEntry::Election(ElectionCreated::sign(id(7), &genesis(), &key(2)))).unwrap();
        push(&mut state, anchor(id(7), 4)).unwrap();
        let next = block(&state, 9);
        push(&mut state, next).unwrap();
        push(&mut state, anchor(id(7), 5)).unwrap();
        let election = &state.elections()[&id(7)];
        assert_eq!(election.index(), 3);
        assert_eq!(election.anchor().map(|(index, anchor)| (index, anchor.size)), Some((6, 5)));
        assert_eq!((state.size(), state.time(), state.next_block(1).height), (7, 9, 3));
    }

    #[test]
    fn a_genesis_lists_as_many_witnesses_and_administrators_as_may_be_and_no_more() {
        let numbered = |number: usize| {
            let mut seed = [0; 32];
            seed[..8].copy_from_slice(&number.to_le_bytes());
            SigningKey::from_seed(seed).verifying_key()
        };
        let listed = |witnesses: usize, administrators: usize| {
            let mut genesis = genesis();
            let witness = |number| (format!("witness-{number}.example"), numbered(number));
            genesis.witnesses = (0..witnesses).map(witness).collect();
            genesis.administrators = (0..administrators).map(numbered).collect();
            check_genesis(&genesis)
        };
        assert_eq!(listed(MAX_WITNESSES, MAX_ADMINISTRATORS), Ok(()));
        assert_eq!(listed(MAX_WITNESSES + 1, 1), Err(BoardRefusal::TooMany));
        for more in [1, 2] {
            assert_eq!(listed(1, MAX_ADMINISTRATORS + more), Err(BoardRefusal::TooMany));
        }
    }

    #[test]
    fn a_first_anchor_has_an_entry_and_each_later_one_more_than_the_last() {
        let mut state = started();
        push(&mut state, BoardEntry::Election(ElectionCreated::sign(id(7), &genesis(), &key(2)))).unwrap();
        let refused = |last, found| Err(BoardRefusal::AnchorSize { last, found });
        assert_eq!(push(&mut state, anchor(id(7), 0)), refused(0, 0));
        assert_eq!(push(&mut state, anchor(id(7), 1)), Ok(()));
        assert_eq!(push(&mut state, anchor(id(7), 1)), refused(1, 1));
        assert_eq!(push(&mut state, anchor(id(7), 2)), Ok(()));
        assert_eq!(push(&mut state, anchor(id(7), u64::MAX)), Ok(()));
    }

    #[test]
    fn an_origin_leaves_room_for_the_names_of_elections_and_no_witness_has_it() {
        let named = |length: usize| check_genesis(&Genesis { origin: "o".repeat(length), ..genesis() });
        // "/elections/" and 64 hexadecimal digits behind it, of 255 bytes
        assert_eq!(named(180), Ok(()));
        for longer in [181, 182, 255, 256] {
            assert_eq!(named(longer), Err(BoardRefusal::Origin(NoteError::Name)), "{longer} bytes");
        }
        let witnesses = vec![(genesis().origin, key(5).verifying_key())];
        assert_eq!(check_genesis(&Genesis { witnesses, ..genesis() }), Err(BoardRefusal::ListedTwice));
        let witnesses =
            vec![("v".to_owned(), key(5).verifying_key()), ("w".to_owned(), key(5).verifying_key())];
        assert_eq!(check_genesis(&Genesis { witnesses, ..genesis() }), Err(BoardRefusal::ListedTwice));
        // whoever operates a board may administer elections on it
        let administrators = vec![genesis().operator];
        assert_eq!(check_genesis(&Genesis { administrators, ..genesis() }), Ok(()));
    }

    #[test]
    fn refuses_what_may_not_stand_and_stays_as_it_was() {
        let election = |id, seed| BoardEntry::Election(ElectionCreated::sign(id, &genesis(), &key(seed)));
        let mut state = started();
        push(&mut state, election(id(7), 2)).unwrap();
        push(&mut state, anchor(id(7), 4)).unwrap();
        let mut forged = ElectionCreated::sign(id(8), &genesis(), &key(3));
        forged.administrator = key(2).verifying_key();
        let good = state.next_block(9);
        let table = [
            (election(id(7), 2), BoardRefusal::ElectionTwice),
            (election(id(8), 3), BoardRefusal::Administrator),
            (BoardEntry::Election(forged), BoardRefusal::Signature),
            (anchor(id(8), 4), BoardRefusal::UnknownElection),
            (anchor(id(7), 4), BoardRefusal::AnchorSize { last: 4, found: 4 }),
            (anchor(id(7), 3), BoardRefusal::AnchorSize { last: 4, found: 3 }),
            (BoardEntry::Genesis(genesis()), BoardRefusal::GenesisTwice),
            (BoardEntry::Block(Block { height: 3, ..good }), BoardRefusal::BlockHeight { due: 2, found: 3 }),
            (BoardEntry::Block(Block { time: 4, ..good }), BoardRefusal::BlockTime { last: 5, found: 4 }),
            (BoardEntry::Block(Block { root_before: Digest::default(), ..good }), BoardRefusal::BlockRoot),
        ];
        let root = state.root();
        for (entry, refusal) in table {
            assert_eq!(push(&mut state, entry.clone()), Err(refusal), "{entry:?}");
            assert_eq!(state.root(), root);
        }
        push(&mut state, BoardEntry::Block(good)).unwrap();
    }

    #[test]
    fn an_election_signed_for_another_board_does_not_stand_on_this_one() {
        let mut state = started();
        let other_origin = Genesis { origin: "board.example/other".to_owned(), ..genesis() };
        let other_operator = Genesis { operator: key(9).verifying_key(), ..genesis() };
        for board in [other_origin, other_operator] {
            let copied = BoardEntry::Election(ElectionCreated::sign(id(7), &board, &key(2)));
            assert_eq!(push(&mut state, copied), Err(BoardRefusal::Signature));
        }
        // who else witnesses or administers does not matter
        let grown = Genesis { administrators: Vec::new(), ..genesis() };
        push(&mut state, BoardEntry::Election(ElectionCreated::sign(id(7), &grown, &key(2)))).unwrap();
    }

    #[test]
    fn refuses_bytes_of_another_entry() {
        let mut state = started();
        let entry = BoardEntry::Election(ElectionCreated::sign(id(7), &genesis(), &key(2)));
        let other = BoardEntry::Election(ElectionCreated::sign(id(8), &genesis(), &key(2)));
        let root = state.root();
        for bytes in [other.encode(), [entry.encode(), vec![0]].concat(), Vec::new()] {
            assert_eq!(state.apply(&bytes, entry.clone()), Err(BoardRefusal::Bytes));
            assert_eq!(state.root(), root);
        }
        state.apply(&entry.encode(), entry).unwrap();
    }

    #[test]
    fn a_manifest_belongs_to_its_board_its_administrator_and_to_witnesses_who_can_be_had() {
        let manifest = |change: fn(&mut tabella_crypto::manifest::Manifest)| {
            let mut manifest = crate::fixtures::manifest();
            (manifest.board, manifest.administrator) = (genesis().origin, key(2).verifying_key());
            change(&mut manifest);
            manifest.check().unwrap()
        };
        let good = manifest(|_| {});
        let mut state = started();
        assert_eq!(check_board(&good, &state), Err(BoardMismatch::Unknown));
        push(&mut state, BoardEntry::Election(ElectionCreated::sign(good.id(), &genesis(), &key(2))))
            .unwrap();
        assert_eq!(check_board(&good, &state), Ok(()));

        let elsewhere = manifest(|manifest| manifest.board = "elsewhere.example".to_owned());
        let (found, here) = ("elsewhere.example".to_owned(), genesis().origin);
        assert_eq!(check_origin(&elsewhere, &genesis()), Err(BoardMismatch::Origin { found, here }));
        let witnessed = manifest(|manifest| manifest.cosignatures = 1);
        let missing = BoardMismatch::Cosignatures { demanded: 1, witnesses: 0 };
        assert_eq!(check_origin(&witnessed, &genesis()), Err(missing));
        let witnesses = vec![("w".to_owned(), key(5).verifying_key())];
        assert_eq!(check_origin(&witnessed, &Genesis { witnesses, ..genesis() }), Ok(()));
        let foreign = manifest(|manifest| manifest.administrator = key(3).verifying_key());
        let creation = ElectionCreated::sign(foreign.id(), &genesis(), &key(2));
        assert_eq!(check_creation(&foreign, &genesis(), &creation), Err(BoardMismatch::Administrator));
        let creation = ElectionCreated::sign(id(9), &genesis(), &key(2));
        assert_eq!(check_creation(&good, &genesis(), &creation), Err(BoardMismatch::Administrator));
    }

    #[test]
    fn a_release_stands_until_another_one_does() {
        let release = |name: &str| {
            let file = ReleaseFile { path: format!("{name}.html"), hash: Digest([3; 32]) };
            BoardEntry::Release(Release { version: name.to_owned(), files: vec![file] })
        };
        let mut state = started();
        assert_eq!(state.release(), None);
        push(&mut state, release("a")).unwrap();
        let again = push(&mut state, release("a"));
        assert_eq!(again, Err(BoardRefusal::Release(ReleaseRefusal::Twice)));
        let none = BoardEntry::Release(Release { version: "b".to_owned(), files: Vec::new() });
        assert_eq!(push(&mut state, none), Err(BoardRefusal::Release(ReleaseRefusal::Files(0))));
        assert_eq!(state.release().map(|(index, last)| (index, last.version.as_str())), Some((3, "a")));
        push(&mut state, release("b")).unwrap();
        push(&mut state, release("a")).unwrap();
        assert_eq!(state.release().map(|(index, last)| (index, last.version.as_str())), Some((5, "a")));
        // and not before the board says who it is
        let mut state = BoardState::new();
        assert_eq!(push(&mut state, release("a")), Err(BoardRefusal::BlockMissing));
        let first = block(&state, 0);
        push(&mut state, first).unwrap();
        assert_eq!(push(&mut state, release("a")), Err(BoardRefusal::BlockMissing));
    }

    #[test]
    fn the_beginning_is_block_then_genesis_and_a_block_brings_something() {
        let mut state = BoardState::new();
        assert_eq!(push(&mut state, BoardEntry::Genesis(genesis())), Err(BoardRefusal::BlockMissing));
        let first = block(&state, 0);
        push(&mut state, first).unwrap();
        assert_eq!(push(&mut state, anchor(id(1), 1)), Err(BoardRefusal::BlockMissing));
        let again = block(&state, 0);
        assert_eq!(push(&mut state, again), Err(BoardRefusal::BlockMissing));
        let mut state = started();
        let again = block(&state, 0);
        assert_eq!(push(&mut state, again), Err(BoardRefusal::BlockEmpty));
    }

    #[test]
    fn refuses_a_genesis_whose_names_or_lists_do_not_hold() {
        let good = genesis();
        assert_eq!(check_genesis(&good), Ok(()));
        assert_eq!(
            check_genesis(&Genesis { suite: "other".into(), ..good.clone() }),
            Err(BoardRefusal::Suite)
        );
        for origin in ["", "a b", "a+b", &"x".repeat(200)] {
            let bad = Genesis { origin: origin.to_string(), ..good.clone() };
            assert!(matches!(check_genesis(&bad), Err(BoardRefusal::Origin(_))), "{origin}");
        }
        let witness = |name: &str, seed| (name.to_string(), key(seed).verifying_key());
        let with = |witnesses| check_genesis(&Genesis { witnesses, ..good.clone() });
        assert_eq!(with(vec![witness("w", 5), witness("v", 6)]), Ok(()));
        assert_eq!(with(vec![witness("w", 1)]), Err(BoardRefusal::ListedTwice), "the operator's key");
        assert_eq!(with(vec![witness("w", 5), witness("w", 6)]), Err(BoardRefusal::ListedTwice));
        assert!(matches!(with(vec![witness("w w", 5)]), Err(BoardRefusal::WitnessName(_))));
        let many = (10..26).map(|seed| witness(&format!("w{seed}"), seed)).collect();
        assert_eq!(with(many), Err(BoardRefusal::TooMany));
        let twice = vec![key(2).verifying_key(); 2];
        assert_eq!(check_genesis(&Genesis { administrators: twice, ..good }), Err(BoardRefusal::ListedTwice));
    }
}
