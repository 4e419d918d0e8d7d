//! One log of a board as a client sees it: its checkpoint, verified and consistent with every one seen before,
//! and its entries, each verified under that checkpoint's root.
//!
//! How two checkpoints stand to each other is shown by the larger log's tiles: the one begins with the other, or it does
//! not, and a path proves either. Tiles that prove neither are a failure of their source, and never a contradiction.

use std::ops::Range;

use tabella_board_core::api::paths;
use tabella_board_core::board::BoardState;
use tabella_board_core::entry::BoardEntry;
use tabella_crypto::checkpoint::note::MAX_NOTE_LENGTH;
use tabella_crypto::checkpoint::{CheckpointError, NoteKey, SignedCheckpoint, VerifiedCheckpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::tiles::{MAX_BUNDLE_LENGTH, TILE_WIDTH};
use tabella_crypto::merkle::{
    GenerationError, InclusionProof, NodeSource, TilePath, decode_bundle, decode_hashes, inclusion_path,
    leaf_hash, verify_inclusion,
};
use tabella_crypto::transcript::Digest;

use crate::board::Board;
use crate::error::{ClientError, Tampering};
use crate::tiles::{Missing, Tiles};
use crate::transport::{Http, Request, Transport};

mod hold;

use hold::{Expectation, Relation, went_back};

/// Most tiles that one path can need: two for each level.
const MAX_TILES_FOR_A_PATH: usize = 16;

/// A checkpoint as the board signed it, and what of it is verified.
pub type Head = (SignedCheckpoint, VerifiedCheckpoint);

/// Entries that follow each other, all of them verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Index of the first.
    pub first: u64,
    /// At least one, at most 256.
    pub entries: Vec<Vec<u8>>,
}

/// A checkpoint of the board log that witnesses cosigned, and that belongs to the log that was seen. Made by
/// [`LogView::witnessed`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    signed: SignedCheckpoint,
    verified: VerifiedCheckpoint,
}

impl Witnessed {
    /// The checkpoint.
    pub fn checkpoint(&self) -> &VerifiedCheckpoint {
        &self.verified
    }
}

/// One log of a board.
#[derive(Debug)]
pub struct LogView<T = Http> {
    board: Board<T>,
    prefix: String,
    key: NoteKey,
    head: Option<Head>,
    tiles: Tiles,
}

impl<T: Transport> LogView<T> {
    pub(crate) fn new(board: Board<T>, prefix: String, key: NoteKey) -> Self {
        Self { board, prefix, key, head: None, tiles: Tiles::default() }
    }

    /// The log's origin.
    pub fn origin(&self) -> &str {
        self.key.name()
    }

    /// The key that verifies the log's checkpoints.
    pub fn key(&self) -> &NoteKey {
        &self.key
    }

    /// The board.
    pub fn board(&self) -> &Board<T> {
        &self.board
    }

    /// The checkpoint that reading goes by; none before the first [`LogView::refresh`].
    pub fn checkpoint(&self) -> Option<&VerifiedCheckpoint> {
        self.head.as_ref().map(|(_, verified)| verified)
    }

    /// The same checkpoint as the signed note that the board sent.
    pub fn note(&self) -> Option<&SignedCheckpoint> {
        self.head.as_ref().map(|(signed, _)| signed)
    }

    /// Entries under the checkpoint; zero before the first [`LogView::refresh`].
    pub fn size(&self) -> u64 {
        self.checkpoint().map_or(0, VerifiedCheckpoint::size)
    }

    /// Fetches the newest checkpoint. It must be signed, and whatever was seen of the log, in this session or as
    /// saved, must be its beginning. A log that is another one is a [`ClientError::Fork`], one with fewer entries a
    /// [`ClientError::WentBack`]. Where this is not shown either way, that is the error, and the checkpoint is pending:
    /// see [`SavedView`](crate::SavedView).
    pub async fn refresh(&mut self) -> Result<VerifiedCheckpoint, ClientError> {
        let request = Request::get(paths::checkpoint(&self.prefix), MAX_NOTE_LENGTH);
        let note = self.board.fetch(&request).await?;
        self.follow(&note).await
    }

    /// Takes what the board shows as the log's newest checkpoint, however it came, and holds it to the same as
    /// [`LogView::refresh`].
    pub async fn follow(&mut self, note: &[u8]) -> Result<VerifiedCheckpoint, ClientError> {
        let shown = self.read(note)?;
        self.hold_against_seen(&shown, Expectation::Newest).await?;
        self.board.remember(&shown.0);
        let verified = shown.1.clone();
        self.head = Some(shown);
        Ok(verified)
    }

    /// Fetches the newest checkpoint with at least so many cosignatures by the board's witnesses; none if the board has
    /// none. It may be older than the newest one, and must be of the same log. Reading goes by it only after
    /// [`LogView::go_back_to`].
    pub async fn witnessed(&mut self, cosignatures: usize) -> Result<Option<Witnessed>, ClientError> {
        let request = Request::get(paths::witnessed(cosignatures), MAX_NOTE_LENGTH);
        let Some(note) = self.board.fetch_if_there(&request).await? else { return Ok(None) };
        let shown = self.read(&note)?;
        self.hold_against_seen(&shown, Expectation::AnyOfThisLog).await?;
        self.board.remember(&shown.0);
        let (signed, verified) = shown;
        // a board that counts others than its witnesses has none that counts
        Ok((verified.cosignatures().len() >= cosignatures).then_some(Witnessed { signed, verified }))
    }

    /// Reads by a cosigned checkpoint from now on, until the next [`LogView::refresh`].
    pub fn go_back_to(&mut self, witnessed: Witnessed) {
        let Witnessed { signed, verified } = witnessed;
        self.head = Some((signed, verified));
    }

    /// Whether the log under the checkpoint begins with the tree of this size and root, such as an anchor names; `None`
    /// if the checkpoint has fewer entries. It does not only if the tiles prove that. Not a [`ClientError::Fork`]: what
    /// an anchor says is not a checkpoint.
    pub async fn begins_with(&mut self, size: u64, root: Digest) -> Result<Option<bool>, ClientError> {
        let (head_size, head_root) =
            self.checkpoint().map_or((0, Digest::default()), |c| (c.size(), c.root()));
        if size > head_size {
            return Ok(None);
        }
        let relation = self.relation((size, root), (head_size, head_root)).await?;
        Ok(Some(matches!(relation, Relation::Begins)))
    }

    /// Holds a checkpoint from a receipt against the ones seen: it may be older, but must be of the same log.
    pub(crate) async fn witness(&mut self, note: &str) -> Result<(), ClientError> {
        let shown = self.read(note.as_bytes())?;
        self.hold_against_seen(&shown, Expectation::AnyOfThisLog).await?;
        self.board.remember(&shown.0);
        Ok(())
    }

    /// Holds a checkpoint that was kept against the newest, which must continue it.
    pub(crate) async fn witness_kept(&mut self, note: &str) -> Result<(), ClientError> {
        let kept = self.read(note.as_bytes())?;
        let newest = self.refresh().await?;
        if kept.1.size() > newest.size() {
            // the board signed it, and has to show it again
            if !self.board.keep(&kept.0) {
                return Err(self.tampered(Tampering::Crowded));
            }
            let shown = self.note().unwrap_or(&kept.0).clone();
            return Err(went_back(kept.0, shown));
        }
        self.witness(note).await
    }

    fn read(&self, note: &[u8]) -> Result<Head, ClientError> {
        let signed = SignedCheckpoint::parse(note).map_err(|error| self.bad_checkpoint(error))?;
        let witnesses = self.board.witnesses_of(&self.key);
        let verified = signed
            .verify_ignoring_unknown(&self.key, witnesses)
            .map_err(|error| self.bad_checkpoint(error))?;
        Ok((signed, verified))
    }

    /// The entry at an index, verified.
    pub async fn entry(&mut self, index: u64) -> Result<Vec<u8>, ClientError> {
        let beyond = self.tampered(Tampering::Beyond(index));
        let batch = self.batch(index..index.saturating_add(1)).await?;
        batch.and_then(|batch| batch.entries.into_iter().next()).ok_or(beyond)
    }

    /// All entries of a range, verified. `progress` is told how many of how many are there.
    pub async fn entries(
        &mut self,
        range: Range<u64>,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Vec<Vec<u8>>, ClientError> {
        let total = range.end.saturating_sub(range.start);
        let mut entries = Vec::new();
        let mut next = range.start;
        while let Some(batch) = self.batch(next..range.end).await? {
            next += batch.entries.len() as u64;
            entries.extend(batch.entries);
            progress(next - range.start, total);
        }
        Ok(entries)
    }

    /// The first entries of a range, verified: as many as stand in one bundle. None if the range is empty; one
    /// that reaches beyond the checkpoint is an error.
    pub async fn batch(&mut self, range: Range<u64>) -> Result<Option<Batch>, ClientError> {
        if range.is_empty() {
            return Ok(None);
        }
        let (size, root) = self.checkpoint().map_or((0, Digest::default()), |c| (c.size(), c.root()));
        if range.end > size {
            return Err(self.tampered(Tampering::Beyond(size.max(range.start))));
        }
        let width = u64::from(TILE_WIDTH);
        let bundle = range.start / width;
        let first = bundle * width;
        let mut entries = self.bundle(bundle, size).await?;

        // One leaf's path covers the bundle: its other leaves are hashed into the siblings.
        let leaves: Vec<Digest> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let leaf = *leaves.first().ok_or_else(|| self.tampered(Tampering::Tile))?;
        self.tiles.insert(0, bundle, leaves);
        let path = self.path(size, |tiles| inclusion_path(tiles, first, size)).await?;
        // a log has many bundles, and their hashes are not needed again
        self.tiles.remove(0, bundle);
        if verify_inclusion(&leaf, first, size, &path, &root).is_err() {
            // a bad tile must not spoil the next attempt
            self.tiles.clear();
            return Err(self.tampered(Tampering::Entries(first)));
        }
        // both below 256
        entries.truncate((range.end - first).min(width) as usize);
        let entries = entries.split_off((range.start - first) as usize);
        Ok(Some(Batch { first: range.start, entries }))
    }

    /// Whether an election is created by one of these entries of the board log.
    pub(crate) async fn creates(
        &mut self,
        range: Range<u64>,
        election: ElectionId,
    ) -> Result<bool, ClientError> {
        let mut next = range.start;
        while let Some(batch) = self.batch(next..range.end).await? {
            next += batch.entries.len() as u64;
            let is_it = |bytes: &Vec<u8>| matches!(BoardEntry::decode(bytes), Ok(BoardEntry::Election(entry)) if entry.election == election);
            if batch.entries.iter().any(is_it) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads the entries of the board log beyond `board`, up to the checkpoint, and applies them by their rules. `each`
    /// takes an entry that was applied, with its index, decoded and as it stands.
    pub async fn fold_board<E: From<ClientError>>(
        &mut self,
        board: &mut BoardState,
        mut each: impl FnMut(u64, BoardEntry, Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some(batch) = self.batch(board.size()..self.size()).await? {
            for (bytes, index) in batch.entries.into_iter().zip(batch.first..) {
                let entry = BoardEntry::decode(&bytes).map_err(|error| ClientError::Encoding {
                    origin: self.origin().to_owned(),
                    index,
                    error,
                })?;
                board
                    .apply(&bytes, entry.clone())
                    .map_err(|refusal| ClientError::BoardRules { index, refusal })?;
                each(index, entry, bytes)?;
            }
        }
        Ok(())
    }

    /// The hash of the leaf at an index, with its inclusion proof under the checkpoint, verified. The entry itself is
    /// not fetched.
    pub async fn inclusion(&mut self, index: u64) -> Result<(Digest, InclusionProof), ClientError> {
        let (size, root) = self.checkpoint().map_or((0, Digest::default()), |c| (c.size(), c.root()));
        if index >= size {
            return Err(self.tampered(Tampering::Beyond(index)));
        }
        let nodes = self.path(size, |tiles| {
            let leaf = tiles.tile_hash(0, index).map_err(GenerationError::Source)?;
            Ok([vec![leaf], inclusion_path(tiles, index, size)?].concat())
        });
        let mut nodes = nodes.await?.into_iter();
        let leaf = nodes.next().ok_or_else(|| self.tampered(Tampering::Tile))?;
        let proof = InclusionProof { index, size, path: nodes.collect() };
        if proof.verify(&leaf, &root).is_err() {
            self.tiles.clear();
            return Err(self.tampered(Tampering::Entries(index)));
        }
        Ok((leaf, proof))
    }

    /// A path from the tiles at hand, fetching those that it needs.
    async fn path(
        &mut self,
        size: u64,
        make: impl Fn(&Tiles) -> Result<Vec<Digest>, GenerationError<Missing>>,
    ) -> Result<Vec<Digest>, ClientError> {
        for _ in 0..=MAX_TILES_FOR_A_PATH {
            let missing = match make(&self.tiles) {
                Ok(path) => return Ok(path),
                Err(GenerationError::Source(missing)) => missing,
                Err(GenerationError::Range(_)) => break,
            };
            let Some(path) = missing.path(size) else { break };
            let bytes = self.tile(path, usize::from(TILE_WIDTH) * 32).await?;
            let hashes = decode_hashes(&bytes.1, bytes.0).map_err(|_| self.tampered(Tampering::Tile))?;
            if let tabella_crypto::merkle::TileKind::Hashes { level } = path.kind() {
                self.tiles.insert(level, path.index(), hashes);
            }
        }
        Err(self.tampered(Tampering::Tile))
    }

    /// The entries of a bundle as a tree of `size` entries has it.
    async fn bundle(&self, index: u64, size: u64) -> Result<Vec<Vec<u8>>, ClientError> {
        let missing = || self.tampered(Tampering::Tile);
        // at most 256
        let width = (size - index * u64::from(TILE_WIDTH)).min(TILE_WIDTH.into()) as u16;
        let path = TilePath::entries(index, width).ok_or_else(missing)?;
        let (found, bytes) = self.tile(path, MAX_BUNDLE_LENGTH).await?;
        let mut entries = decode_bundle(&bytes, found).map_err(|_| missing())?;
        entries.truncate(usize::from(width));
        Ok(entries)
    }

    /// A tile's width and bytes. Where the partial one is gone, the full one has taken its place
    /// (C2SP tlog-tiles, "Partial Tiles").
    async fn tile(&self, path: TilePath, limit: usize) -> Result<(u16, Vec<u8>), ClientError> {
        let request = Request::get(paths::tile(&self.prefix, path), limit);
        if let Some(bytes) = self.board.fetch_if_there(&request).await? {
            return Ok((path.width(), bytes));
        }
        let full = path.to_full().filter(|_| !path.is_full());
        let full = full.ok_or_else(|| self.tampered(Tampering::Tile))?;
        let request = Request::get(paths::tile(&self.prefix, full), limit);
        let bytes = self.board.fetch_if_there(&request).await?;
        Ok((full.width(), bytes.ok_or_else(|| self.tampered(Tampering::Tile))?))
    }

    fn tampered(&self, tampering: Tampering) -> ClientError {
        ClientError::Tampered { origin: self.key.name().to_owned(), tampering }
    }

    fn bad_checkpoint(&self, error: CheckpointError) -> ClientError {
        ClientError::Checkpoint { origin: self.key.name().to_owned(), error }
    }
}
