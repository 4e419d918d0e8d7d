//! The hash tiles of a log that a client has at hand, and proofs made from them. Nothing here is believed: every
//! path is checked against a signed root by whoever asks for it.

use std::collections::BTreeMap;

use tabella_crypto::merkle::tiles::TILE_WIDTH;
use tabella_crypto::merkle::{NodeSource, TilePath};
use tabella_crypto::transcript::Digest;

/// A tile that is needed and not at hand: (level, index).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Missing {
    level: u8,
    index: u64,
}

impl Missing {
    /// The tile's path in a tree of `size` entries; none if that tree has no such tile.
    pub(crate) fn path(self, size: u64) -> Option<TilePath> {
        let stored = size >> (8 * u32::from(self.level));
        let width = stored.checked_sub(self.index.checked_mul(TILE_WIDTH.into())?)?.min(TILE_WIDTH.into());
        TilePath::hashes(self.level, self.index, u16::try_from(width).ok()?)
    }
}

/// Tiles by level and index; a partial one has fewer hashes.
#[derive(Debug, Default)]
pub(crate) struct Tiles(BTreeMap<(u8, u64), Vec<Digest>>);

impl Tiles {
    pub(crate) fn insert(&mut self, level: u8, index: u64, hashes: Vec<Digest>) {
        self.0.insert((level, index), hashes);
    }

    pub(crate) fn remove(&mut self, level: u8, index: u64) {
        self.0.remove(&(level, index));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

impl NodeSource for Tiles {
    type Error = Missing;

    fn tile_hash(&self, level: u8, index: u64) -> Result<Digest, Missing> {
        let (tile, place) = (index / u64::from(TILE_WIDTH), index % u64::from(TILE_WIDTH));
        self.0
            .get(&(level, tile))
            // below 256
            .and_then(|hashes| hashes.get(place as usize))
            .copied()
            .ok_or(Missing { level, index: tile })
    }
}
