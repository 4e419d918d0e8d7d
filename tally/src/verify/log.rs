//! Chapter 1: the two logs as files. Specification: "Verification", chapter 1.
//!
//! Here: 1.1 files, 1.2 checkpoints, 1.3 tree, 1.4 tiles, 1.7 anchors, 1.8 cosignatures, 1.10 releases, and of the board
//! log 1.5 encoding and 1.6 blocks. The same of the election's log, and 1.9 order, come with its fold.

use std::collections::{BTreeMap, BTreeSet};

use tabella_board_core::board::{
    BoardRefusal, BoardState, board_key, check_genesis, election_key, witness_keys,
};
use tabella_board_core::check::Check;
use tabella_board_core::entry::{Anchor, BoardEntry};
use tabella_board_core::state::{ElectionState, EntrySource};
use tabella_crypto::checkpoint::{NoteKey, SignedCheckpoint, VerifiedCheckpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::tiles::TILE_WIDTH;
use tabella_crypto::merkle::{
    Frontier, TileKind, TilePath, decode_bundle, encode_bundle, encode_hashes, leaf_hash, tiles_for_size,
};
use tabella_crypto::transcript::Digest;

use super::failure::{Cause, Failure, Log, Place};
use super::ledger::Ledger;
use super::record::{ReadError, Record};
use super::{BoardPin, record};

const BOARD_PREFIX: &str = "board/";
const ELECTIONS_PREFIX: &str = "elections/";
const CHECKPOINT: &str = "checkpoint";

fn election_prefix(election: ElectionId) -> String {
    format!("{ELECTIONS_PREFIX}{election}/")
}

fn read(record: &dyn Record, path: &str) -> Result<Vec<u8>, Failure> {
    record.read(path).map_err(|error| Cause::Read(error).at(Place::File(path.to_owned())))
}

/// Which files a record has, and what its checkpoints claim: nothing of it is believed yet.
///
/// A record of one election has the files of two logs. A mirror has those of other elections on the board beside them,
/// and partial tiles that an earlier checkpoint needed.
pub(super) struct RecordLayout {
    election: ElectionId,
    /// None if the source cannot list them.
    paths: Option<BTreeSet<String>>,
    board_claim: SignedCheckpoint,
    election_claim: SignedCheckpoint,
}

impl RecordLayout {
    /// Finds the one election of the record, or the one that is demanded, and reads both checkpoints.
    pub(super) fn read(record: &dyn Record, demanded: Option<ElectionId>) -> Result<Self, Failure> {
        let paths = record.paths().map_err(|error| Cause::Read(error).at(Place::Record))?;
        let paths: Option<BTreeSet<String>> = paths.map(|paths| paths.into_iter().collect());
        let election = match (&paths, demanded) {
            (Some(paths), _) => choose(&elections(paths)?, demanded)?,
            (None, Some(election)) => election,
            (None, None) => return Err(Cause::Elections(0).at(Place::Record)),
        };
        let claim = |prefix: &str| {
            let path = format!("{prefix}{CHECKPOINT}");
            let bytes = read(record, &path)?;
            SignedCheckpoint::parse(&bytes).map_err(|error| Cause::Checkpoint(error).at(Place::File(path)))
        };
        let (board_claim, election_claim) = (claim(BOARD_PREFIX)?, claim(&election_prefix(election))?);
        Ok(Self { election, paths, board_claim, election_claim })
    }

    /// The election that the record is of.
    pub(super) fn election(&self) -> ElectionId {
        self.election
    }

    /// Entries of the election's log, as its checkpoint claims.
    pub(super) fn election_size(&self) -> u64 {
        self.election_claim.claimed().size()
    }

    /// Size and root of the election's log, as its checkpoint claims.
    pub(super) fn election_head(&self) -> (u64, Digest) {
        let claimed = self.election_claim.claimed();
        (claimed.size(), claimed.root())
    }

    /// 1.1: the record has all files of two trees of the sizes claimed, and no others but [`Extra`] ones. Returns how
    /// many the two trees have, and the others.
    ///
    /// A claimed size can be absurd; the walk ends at the first file that is missing.
    pub(super) fn check_files(&self) -> Result<(u64, Extra), Failure> {
        let mut extra = Extra::default();
        let Some(mut unseen) = self.paths.clone() else {
            // each file is read later, and a missing one is noticed then
            return Ok((0, extra));
        };
        let mut files = 0;
        let logs = [
            (BOARD_PREFIX.to_owned(), &self.board_claim),
            (election_prefix(self.election), &self.election_claim),
        ];
        for (prefix, claim) in &logs {
            let tiles = tiles_for_size(claim.claimed().size()).map(|tile| format!("{prefix}{tile}"));
            for path in std::iter::once(format!("{prefix}{CHECKPOINT}")).chain(tiles) {
                if !unseen.remove(&path) {
                    return Err(Cause::Read(ReadError::Missing).at(Place::File(path)));
                }
                files += 1;
            }
        }
        for path in unseen {
            let of_log = logs.iter().find_map(|(prefix, claim)| Some((path.strip_prefix(prefix)?, claim)));
            let outcome = match of_log {
                Some((file, claim)) => match TilePath::parse(file) {
                    Some(tile) if !tile.is_within(claim.claimed().size()) => Err(Cause::BeyondCheckpoint),
                    Some(tile) => {
                        extra
                            .partial
                            .entry(path.strip_suffix(file).unwrap_or_default().to_owned())
                            .or_default()
                            .push(tile);
                        Ok(())
                    }
                    None => Err(Cause::UnknownFile),
                },
                None => match other_election(&path) {
                    Some(election) => {
                        extra.elections.insert(election);
                        Ok(())
                    }
                    None => Err(Cause::UnknownFile),
                },
            };
            outcome.map_err(|cause| cause.at(Place::File(path)))?;
        }
        Ok((files, extra))
    }
}

/// What a mirror has beside the files of a record.
#[derive(Debug, Default)]
pub(super) struct Extra {
    /// By log: partial tiles of earlier checkpoints.
    partial: BTreeMap<String, Vec<TilePath>>,
    /// Other elections.
    elections: BTreeSet<ElectionId>,
}

impl Extra {
    /// 1.1, the end: every other election is on the board log.
    pub(super) fn check_elections(&self, board: &BoardState) -> Result<(), Failure> {
        match self.elections.iter().find(|election| !board.elections().contains_key(election)) {
            Some(stray) => Err(Cause::StrayElection.at(Place::File(election_prefix(*stray)))),
            None => Ok(()),
        }
    }

    /// 1.4: each earlier partial tile is the beginning of the tile that the log has now.
    pub(super) fn check_partial(&self, log: &LogReader<'_>, ledger: &mut Ledger) -> Result<(), Failure> {
        for tile in self.partial.get(&log.prefix).into_iter().flatten() {
            let path = format!("{}{tile}", log.prefix);
            let found = read(log.record, &path)?;
            if log.beginning(tile)? != Some(found) {
                return Err(Cause::Tile.at(Place::File(path)));
            }
            ledger.cover(Check::Tiles, 1);
        }
        Ok(())
    }
}

/// The elections whose files stand under `elections/`.
fn elections(paths: &BTreeSet<String>) -> Result<BTreeSet<ElectionId>, Failure> {
    let names: BTreeSet<&str> = paths
        .iter()
        .filter_map(|path| path.strip_prefix(ELECTIONS_PREFIX))
        .filter_map(|rest| rest.split_once('/').map(|(name, _)| name))
        .collect();
    let election = |name: &str| {
        let no_name = || Cause::ElectionName.at(Place::File(format!("{ELECTIONS_PREFIX}{name}")));
        Digest::from_hex(name).map(ElectionId).ok_or_else(no_name)
    };
    names.into_iter().map(election).collect()
}

fn choose(there: &BTreeSet<ElectionId>, demanded: Option<ElectionId>) -> Result<ElectionId, Failure> {
    let cause = match (there.first(), there.len(), demanded) {
        (_, _, Some(demanded)) if there.contains(&demanded) => return Ok(demanded),
        (Some(only), 1, None) => return Ok(*only),
        (Some(only), 1, Some(_)) => Cause::OtherElection(only.to_string()),
        (_, count @ 0, _) | (_, count, None) => Cause::Elections(count),
        (_, count, Some(_)) => Cause::MissingElection(count),
    };
    Err(cause.at(Place::Record))
}

/// Whose file this is, if it has the path of a file of an election's log.
fn other_election(path: &str) -> Option<ElectionId> {
    let (name, file) = path.strip_prefix(ELECTIONS_PREFIX)?.split_once('/')?;
    let election = Digest::from_hex(name).map(ElectionId)?;
    (file == CHECKPOINT || TilePath::parse(file).is_some()).then_some(election)
}

/// The board's key, as the record itself gives it, and both checkpoints under it.
pub(super) struct Trust {
    pub(super) board_key: NoteKey,
    pub(super) board: VerifiedCheckpoint,
    pub(super) election: VerifiedCheckpoint,
}

/// 1.2: the board log's genesis names a key (the one demanded, if one is), which signed both checkpoints; every
/// other signature line is a cosignature of the genesis's witnesses under the board's checkpoint.
pub(super) fn check_checkpoints(
    record: &dyn Record,
    layout: &RecordLayout,
    demanded: Option<&BoardPin>,
) -> Result<Trust, Failure> {
    let log = LogReader::board(record, layout.board_claim.claimed().size());
    let place = || Place::Entry(Log::Board, 1);
    let bytes = log.read_entry(1)?;
    let Some(Ok(BoardEntry::Genesis(genesis))) = bytes.map(|bytes| BoardEntry::decode(&bytes)) else {
        return Err(Cause::Genesis.at(place()));
    };
    check_genesis(&genesis).map_err(|refusal| Cause::Board(refusal).at(place()))?;
    let name = |error| Cause::Board(BoardRefusal::Origin(error)).at(place());
    let key = board_key(&genesis).map_err(name)?;
    let witnesses =
        witness_keys(&genesis).map_err(|error| Cause::Board(BoardRefusal::WitnessName(error)).at(place()))?;
    if let Some(demanded) = demanded.filter(|demanded| !demanded.fits(&key)) {
        let (expected, found) = demanded.compared(&key);
        return Err(Cause::OtherBoard { expected, found }.at(place()));
    }
    let signed = |prefix: &str, claim: &SignedCheckpoint, key: &NoteKey, witnesses: &[NoteKey]| {
        claim
            .verify(key, witnesses)
            .map_err(|error| Cause::Checkpoint(error).at(Place::File(format!("{prefix}{CHECKPOINT}"))))
    };
    let board = signed(BOARD_PREFIX, &layout.board_claim, &key, &witnesses)?;
    let log_key = election_key(&key, layout.election).map_err(name)?;
    let election = signed(&election_prefix(layout.election), &layout.election_claim, &log_key, &[])?;
    Ok(Trust { board_key: key, board, election })
}

/// A log's files, an entry bundle at a time.
pub(super) struct LogReader<'a> {
    record: &'a dyn record::Record,
    log: Log,
    prefix: String,
    size: u64,
}

impl<'a> LogReader<'a> {
    /// The board log.
    pub(super) fn board(record: &'a dyn Record, size: u64) -> Self {
        Self { record, log: Log::Board, prefix: BOARD_PREFIX.to_owned(), size }
    }

    /// The log of an election.
    pub(super) fn election(record: &'a dyn Record, election: ElectionId, size: u64) -> Self {
        Self { record, log: Log::Election, prefix: election_prefix(election), size }
    }

    /// Entries in the log.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// An entry's place.
    pub(super) fn place(&self, index: u64) -> Place {
        Place::Entry(self.log, index)
    }

    /// The entry bundles, from the left.
    pub(super) fn bundles(&self) -> impl Iterator<Item = TilePath> + use<> {
        tiles_for_size(self.size).take_while(|tile| tile.kind() == TileKind::Entries)
    }

    /// The entries of a bundle.
    pub(super) fn read_bundle(&self, bundle: &TilePath) -> Result<Vec<Vec<u8>>, Failure> {
        let path = format!("{}{bundle}", self.prefix);
        let bytes = read(self.record, &path)?;
        decode_bundle(&bytes, bundle.width()).map_err(|error| Cause::Bundle(error).at(Place::File(path)))
    }

    /// One entry, if the log has it.
    pub(super) fn read_entry(&self, index: u64) -> Result<Option<Vec<u8>>, Failure> {
        let width = u64::from(TILE_WIDTH);
        let (bundle, within) = (index / width, index % width);
        let present = self.size.saturating_sub(bundle.saturating_mul(width)).min(width);
        let path = u16::try_from(present).ok().and_then(|present| TilePath::entries(bundle, present));
        let Some(path) = path.filter(|_| within < present) else {
            return Ok(None);
        };
        // below 256
        Ok(self.read_bundle(&path)?.into_iter().nth(within as usize))
    }

    /// The content that a narrower tile than the log's own has by that one; none if the log has no such tile.
    fn beginning(&self, tile: &TilePath) -> Result<Option<Vec<u8>>, Failure> {
        let width = usize::from(tile.width());
        let level = match tile.kind() {
            TileKind::Entries => 0,
            TileKind::Hashes { level } => u32::from(level),
        };
        let present = (self.size >> (8 * level)).saturating_sub(tile.first()).min(TILE_WIDTH.into());
        let own =
            u16::try_from(present).ok().and_then(|present| TilePath::new(tile.kind(), tile.index(), present));
        let Some(own) = own else { return Ok(None) };
        if tile.kind() == TileKind::Entries {
            let entries = self.read_bundle(&own)?;
            return Ok(entries.get(..width).and_then(|entries| encode_bundle(entries).ok()));
        }
        let bytes = read(self.record, &format!("{}{own}", self.prefix))?;
        Ok(bytes.get(..width * 32).map(<[u8]>::to_vec))
    }

    /// 1.4, one tile: its file has exactly these hashes.
    fn check_tile(&self, level: u8, index: u64, hashes: &[Digest]) -> Result<(), Failure> {
        let path = u16::try_from(hashes.len()).ok().and_then(|width| TilePath::hashes(level, index, width));
        let (Some(path), Ok(expected)) = (path, encode_hashes(hashes)) else {
            return Err(Cause::Tile.at(Place::Record));
        };
        let path = format!("{}{path}", self.prefix);
        if read(self.record, &path)? == expected { Ok(()) } else { Err(Cause::Tile.at(Place::File(path))) }
    }
}

/// Reads earlier entries back; one that cannot be read is refused by whoever asked for it.
impl EntrySource for LogReader<'_> {
    fn entry(&self, index: u64) -> Option<Vec<u8>> {
        self.read_entry(index).ok().flatten()
    }
}

/// One level of tiles, while the tree grows: the index of the open tile and its hashes so far.
#[derive(Default)]
struct OpenTile {
    index: u64,
    hashes: Vec<Digest>,
}

/// 1.3 and 1.4: the entries have this root, and every hash tile follows from them. `visit` sees the tree after
/// each entry.
pub(super) fn check_tree(
    log: &LogReader<'_>,
    root: Digest,
    ledger: &mut Ledger,
    visit: &mut dyn FnMut(&Frontier) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut tree = Frontier::new();
    let mut levels: Vec<OpenTile> = Vec::new();
    for bundle in log.bundles() {
        for entry in log.read_bundle(&bundle)? {
            tree.push_storing(leaf_hash(&entry), |level, _, hash| {
                let level = usize::from(level);
                // a level's first hash comes only after the one below is full
                if levels.len() <= level {
                    levels.resize_with(level + 1, OpenTile::default);
                }
                if let Some(open) = levels.get_mut(level) {
                    open.hashes.push(hash);
                }
            });
            for (level, open) in (0..).zip(&mut levels) {
                if open.hashes.len() < usize::from(TILE_WIDTH) {
                    break;
                }
                log.check_tile(level, open.index, &open.hashes)?;
                ledger.cover(Check::Tiles, 1);
                *open = OpenTile { index: open.index + 1, hashes: Vec::new() };
            }
            ledger.cover(Check::Tree, 1);
            visit(&tree)?;
        }
    }
    for (level, open) in (0..).zip(&levels).filter(|(_, open)| !open.hashes.is_empty()) {
        log.check_tile(level, open.index, &open.hashes)?;
        ledger.cover(Check::Tiles, 1);
    }
    if tree.root() == root {
        Ok(())
    } else {
        Err(Cause::Root.at(Place::File(format!("{}{CHECKPOINT}", log.prefix))))
    }
}

/// 1.2 against what an earlier run of the same observer saw: the log begins with what was verified then. Stronger than a
/// proof of consistency, and the whole tree is hashed anyway.
pub(super) fn check_seen(
    log: &LogReader<'_>,
    seen: Option<(u64, Digest)>,
    tree: &Frontier,
) -> Result<(), Failure> {
    match seen {
        Some((size, root)) if size == tree.size() && root != tree.root() => {
            Err(Cause::Fork(size).at(Place::File(format!("{}{CHECKPOINT}", log.prefix))))
        }
        _ => Ok(()),
    }
}

/// An anchor of the election, with its index in the board log.
pub(super) type Anchors = Vec<(u64, Anchor)>;

/// Folds the board log; returns the election's anchors, in order.
pub(super) fn fold_board(
    log: &LogReader<'_>,
    election: ElectionId,
    board: &mut BoardState,
    ledger: &mut Ledger,
) -> Result<Anchors, Failure> {
    let mut anchors = Anchors::new();
    for bundle in log.bundles() {
        for (index, bytes) in (bundle.first()..).zip(log.read_bundle(&bundle)?) {
            let place = || log.place(index);
            let entry = BoardEntry::decode(&bytes).map_err(|error| Cause::Encoding(error).at(place()))?;
            match &entry {
                BoardEntry::Block(_) => ledger.cover(Check::Blocks, 1),
                BoardEntry::Genesis(_) => {}
                BoardEntry::Election(_) => ledger.cover(Check::AdministratorSignatures, 1),
                BoardEntry::Anchor(anchor) if anchor.election == election => anchors.push((index, *anchor)),
                BoardEntry::Anchor(_) => {}
                BoardEntry::Release(_) => ledger.cover(Check::Releases, 1),
            }
            board.apply(&bytes, entry).map_err(|refusal| Cause::Board(refusal).at(place()))?;
            ledger.cover(Check::Encoding, 1);
        }
    }
    Ok(anchors)
}

/// 1.7, the end: the board has the election, and its last anchor is the election's checkpoint.
pub(super) fn check_last_anchor(
    board: &BoardState,
    election: ElectionId,
    checkpoint: &VerifiedCheckpoint,
) -> Result<(), Failure> {
    let known = board.elections().get(&election).ok_or_else(|| Cause::UnknownElection.at(Place::Record))?;
    let (index, anchor) = known.anchor().ok_or_else(|| Cause::NoAnchor.at(Place::Record))?;
    if (anchor.size, anchor.root) == (checkpoint.size(), checkpoint.root()) {
        return Ok(());
    }
    let cause = Cause::LastAnchor { anchored: anchor.size, size: checkpoint.size() };
    Err(cause.at(Place::Entry(Log::Board, index)))
}

/// 1.3, 1.4 and 1.7 of the election's log: as [`check_tree`], and at the size of each anchor the root is the
/// anchor's. Anchors ascend, and the last has the log's size, so each is met.
///
/// `seen` are size and root as an earlier run saw them. `hashed` is told the tree's size after each entry.
pub(super) fn check_anchored_tree(
    log: &LogReader<'_>,
    anchors: &Anchors,
    root: Digest,
    seen: Option<(u64, Digest)>,
    ledger: &mut Ledger,
    hashed: &mut dyn FnMut(u64),
) -> Result<(), Failure> {
    let mut next = anchors.iter().peekable();
    check_tree(log, root, ledger, &mut |tree| {
        hashed(tree.size());
        check_seen(log, seen, tree)?;
        if let Some((index, anchor)) = next.next_if(|(_, anchor)| anchor.size == tree.size())
            && anchor.root != tree.root()
        {
            return Err(Cause::AnchorRoot(anchor.size).at(Place::Entry(Log::Board, *index)));
        }
        Ok(())
    })?;
    if let Some((index, anchor)) = next.next() {
        return Err(Cause::AnchorRoot(anchor.size).at(Place::Entry(Log::Board, *index)));
    }
    ledger.cover(Check::Anchors, anchors.len() as u64);
    Ok(())
}

/// 1.9, the end: nothing is due. And the fold read what the tree was made of, unless somebody writes meanwhile.
pub(super) fn check_end(state: &ElectionState, checkpoint: &VerifiedCheckpoint) -> Result<(), Failure> {
    if (state.size(), state.root()) != (checkpoint.size(), checkpoint.root()) {
        return Err(Cause::Changed.at(Place::Record));
    }
    if state.due().is_some() { Err(Cause::EndsWhileDue.at(Place::Record)) } else { Ok(()) }
}

/// 1.8: under the board's checkpoint stand as many cosignatures as the manifest demands for a tally. Returns how
/// many there are.
pub(super) fn check_cosignatures(
    state: &ElectionState,
    checkpoint: &VerifiedCheckpoint,
    tallied: bool,
) -> Result<u64, Failure> {
    let found = checkpoint.cosignatures().len();
    match state.manifest() {
        Some(manifest) if tallied && found < usize::from(manifest.cosignatures) => {
            Err(Cause::Cosignatures { found, due: manifest.cosignatures }.at(Place::Record))
        }
        _ => Ok(found as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::super::MemoryRecord;
    use super::*;

    fn id(byte: u8) -> ElectionId {
        ElectionId(Digest([byte; 32]))
    }

    #[test]
    fn the_election_is_the_one_that_is_demanded_or_the_only_one() {
        let chosen = |there: &[u8], demanded: Option<u8>| {
            let there = there.iter().map(|byte| id(*byte)).collect();
            choose(&there, demanded.map(id)).map_err(|failure| failure.cause.to_string())
        };
        let refused = |cause: Cause| Err(cause.to_string());
        assert_eq!(chosen(&[1], None), Ok(id(1)));
        assert_eq!(chosen(&[1, 2], Some(2)), Ok(id(2)));
        assert_eq!(chosen(&[1], Some(2)), refused(Cause::OtherElection(id(1).to_string())));
        assert_eq!(chosen(&[1, 3], Some(2)), refused(Cause::MissingElection(2)));
        assert_eq!(chosen(&[1, 3], None), refused(Cause::Elections(2)));
        assert_eq!(chosen(&[], Some(2)), refused(Cause::Elections(0)));
    }

    /// A log of 600 entries has three tiles of hashes on its lowest level, and two hashes above them.
    #[test]
    fn an_earlier_tile_of_any_level_is_the_beginning_of_the_present_one() {
        let mut record = MemoryRecord::default();
        let hashes: Vec<u8> = (0..64).collect();
        record.files.insert("board/tile/1/000.p/2".to_owned(), hashes.clone());
        let log = LogReader::board(&record, 600);
        let beginning = |index, width| {
            let tile = TilePath::hashes(1, index, width).unwrap();
            log.beginning(&tile).map_err(|failure| failure.cause.to_string())
        };
        assert_eq!(beginning(0, 1), Ok(Some(hashes[..32].to_vec())));
        assert_eq!(beginning(1, 1), Ok(None), "there is no such tile");
    }
}
