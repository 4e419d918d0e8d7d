//! A log as static files: the paths and bytes of C2SP tlog-tiles (<https://c2sp.org/tlog-tiles>).
//!
//! A *hash tile* of level l holds up to 256 neighbouring roots of complete subtrees of height 8*l; an *entry
//! bundle* the entries under one tile of level 0. The rightmost ones may be partial, with their width in the
//! path. A path and a content have one spelling; every other is refused.

use std::fmt;

use super::MAX_TREE_SIZE;
use crate::codec::MAX_ENTRY_LENGTH;
use crate::transcript::Digest;

/// Hashes of a full tile, entries of a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// The highest level that a tree of at most 2^63 - 1 entries has: 256^7 = 2^56 entries for one hash.
pub const MAX_LEVEL: u8 = 7;

/// Why content is not that of a tile or bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// A tile holds between 1 and 256 hashes or entries.
    #[error("{0} is not a tile's width")]
    Width(usize),
    /// An entry longer than its length prefix can say.
    #[error("an entry of {0} bytes is too long")]
    EntryLength(usize),
    /// Cut short, or bytes left over after the last of as many items as the width says.
    #[error("the content has not the length that its width and prefixes say")]
    Length,
}

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes of complete subtrees of height 8 * level.
    Hashes {
        /// At most [`MAX_LEVEL`].
        level: u8,
    },
    /// Entries, as encoded by [`encode_bundle`].
    Entries,
}

impl TileKind {
    fn level(self) -> u8 {
        match self {
            Self::Hashes { level } => level,
            Self::Entries => 0,
        }
    }
}

/// A tile's name: what it holds, its index among its like, and its width. Shown as its path under the log's
/// prefix, such as `tile/0/x001/x234/067` or `tile/entries/000.p/12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    width: u16,
}

impl TilePath {
    /// The tile of `width` items from `index * 256` on; none where no tree has such a tile (width not between
    /// 1 and 256, level or index too large).
    pub fn new(kind: TileKind, index: u64, width: u16) -> Option<Self> {
        let level = kind.level();
        if level > MAX_LEVEL || !(1..=TILE_WIDTH).contains(&width) {
            return None;
        }
        let path = Self { kind, index, width };
        let last = index.checked_mul(u64::from(TILE_WIDTH))?.checked_add(u64::from(width))?;
        (last <= MAX_TREE_SIZE >> (8 * u32::from(level))).then_some(path)
    }

    /// The hash tile of `level`, see [`TilePath::new`].
    pub fn hashes(level: u8, index: u64, width: u16) -> Option<Self> {
        Self::new(TileKind::Hashes { level }, index, width)
    }

    /// The entry bundle, see [`TilePath::new`].
    pub fn entries(index: u64, width: u16) -> Option<Self> {
        Self::new(TileKind::Entries, index, width)
    }

    /// Reads a path, in its one spelling, without a leading slash. In one pass, however long the text is.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes { level: level.parse().ok()? },
        };
        let (groups, width) = match rest.split_once(".p/") {
            Some((groups, width)) => (groups, width.parse().ok()?),
            None => (rest, TILE_WIDTH),
        };
        let mut index = 0u64;
        for group in groups.split('/') {
            let digits: u64 = group.strip_prefix('x').unwrap_or(group).parse().ok()?;
            index = index.checked_mul(1000)?.checked_add(digits)?;
        }
        // what was read too generously (signs, zeros, groups, an explicit full width) is not spelled like this
        Self::new(kind, index, width).filter(|path| path.to_string() == text)
    }

    /// What the tile holds.
    pub fn kind(&self) -> TileKind {
        self.kind
    }

    /// Its index among the tiles of its kind and level.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Hashes or entries in it: 1 to 256.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// The index of its first item in its level: of an entry, or of a hash.
    pub fn first(&self) -> u64 {
        self.index * u64::from(TILE_WIDTH)
    }

    /// Whether all 256 items are there, so that the tile never changes its name again.
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The same tile when it is full.
    pub fn to_full(self) -> Option<Self> {
        Self::new(self.kind, self.index, TILE_WIDTH)
    }

    /// Whether a tree of `size` entries has all items of the tile.
    pub fn is_within(&self, size: u64) -> bool {
        self.first() + u64::from(self.width) <= size >> (8 * u32::from(self.kind.level()))
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes { level } => write!(formatter, "tile/{level}/")?,
            TileKind::Entries => formatter.write_str("tile/entries/")?,
        }
        // groups of three digits, all but the last behind an x
        let groups = self.index.checked_ilog10().unwrap_or(0) / 3;
        for group in (1..=groups).rev() {
            write!(formatter, "x{:03}/", self.index / 1000u64.pow(group) % 1000)?;
        }
        write!(formatter, "{:03}", self.index % 1000)?;
        if self.is_full() { Ok(()) } else { write!(formatter, ".p/{}", self.width) }
    }
}

/// Every tile that a tree of `size` entries has: the entry bundles, then the hash tiles level by level, the
/// full ones from the left and then the partial one.
pub fn tiles_for_size(size: u64) -> impl Iterator<Item = TilePath> {
    tiles_grown(0, size)
}

/// The tiles of a tree of `new_size` entries that the tree of `old_size` entries did not have, in the order
/// of [`tiles_for_size`].
pub fn tiles_grown(old_size: u64, new_size: u64) -> impl Iterator<Item = TilePath> {
    let levels = (0..=MAX_LEVEL).map(|level| TileKind::Hashes { level });
    std::iter::once(TileKind::Entries).chain(levels).flat_map(move |kind| {
        let height = 8 * u32::from(kind.level());
        let (old, new) = (old_size >> height, new_size >> height);
        let width = u64::from(TILE_WIDTH);
        let full = (old / width..new / width).map(|index| (index, TILE_WIDTH));
        // below 256
        let partial = (old < new).then_some((new / width, (new % width) as u16));
        full.chain(partial).filter_map(move |(index, width)| TilePath::new(kind, index, width))
    })
}

/// The content of an entry bundle: for each entry its length as two big-endian bytes, then its bytes.
pub fn encode_bundle(entries: &[impl AsRef<[u8]>]) -> Result<Vec<u8>, TileError> {
    check_width(entries.len())?;
    let mut bytes = Vec::new();
    for entry in entries.iter().map(AsRef::as_ref) {
        let length = u16::try_from(entry.len()).map_err(|_| TileError::EntryLength(entry.len()))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle of `width` entries.
pub fn decode_bundle(bytes: &[u8], width: u16) -> Result<Vec<Vec<u8>>, TileError> {
    check_width(usize::from(width))?;
    let mut rest = bytes;
    let mut entries = Vec::with_capacity(usize::from(width));
    for _ in 0..width {
        let (length, after) = rest.split_first_chunk().ok_or(TileError::Length)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or(TileError::Length)?;
        entries.push(entry.to_vec());
        rest = after;
    }
    if rest.is_empty() { Ok(entries) } else { Err(TileError::Length) }
}

/// The most bytes of an entry bundle.
pub const MAX_BUNDLE_LENGTH: usize = TILE_WIDTH as usize * (2 + MAX_ENTRY_LENGTH);

/// The content of a hash tile: its hashes, one after the other.
pub fn encode_hashes(hashes: &[Digest]) -> Result<Vec<u8>, TileError> {
    check_width(hashes.len())?;
    Ok(hashes.iter().flat_map(|hash| hash.0).collect())
}

/// The hashes of a hash tile of `width` hashes.
pub fn decode_hashes(bytes: &[u8], width: u16) -> Result<Vec<Digest>, TileError> {
    check_width(usize::from(width))?;
    let (hashes, rest) = bytes.as_chunks();
    if hashes.len() != usize::from(width) || !rest.is_empty() {
        return Err(TileError::Length);
    }
    Ok(hashes.iter().copied().map(Digest).collect())
}

fn check_width(width: usize) -> Result<(), TileError> {
    if (1..=usize::from(TILE_WIDTH)).contains(&width) { Ok(()) } else { Err(TileError::Width(width)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::leaf_hash;

    #[test]
    fn paths_are_spelled_as_the_specification_does() {
        let table = [
            (TilePath::hashes(0, 1_234_067, 256), "tile/0/x001/x234/067"),
            (TilePath::hashes(0, 0, 256), "tile/0/000"),
            (TilePath::hashes(0, 999, 1), "tile/0/999.p/1"),
            (TilePath::hashes(1, 1000, 255), "tile/1/x001/000.p/255"),
            (TilePath::hashes(2, 999_999, 256), "tile/2/x999/999"),
            (TilePath::hashes(7, 0, 127), "tile/7/000.p/127"),
            (TilePath::entries(0, 12), "tile/entries/000.p/12"),
            (TilePath::entries(1_000_000, 256), "tile/entries/x001/x000/000"),
            (TilePath::entries((1 << 55) - 2, 256), "tile/entries/x036/x028/x797/x018/x963/966"),
        ];
        for (path, text) in table {
            assert_eq!(path.unwrap().to_string(), text);
            assert_eq!(TilePath::parse(text), path, "{text}");
        }
        let path = TilePath::parse("tile/2/x012/345.p/67").unwrap();
        assert_eq!((path.kind(), path.index(), path.width()), (TileKind::Hashes { level: 2 }, 12_345, 67));
    }

    #[test]
    fn refuses_a_path_in_any_other_spelling() {
        for text in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "/tile/0/000",
            "tile/0/000/",
            "tile//000",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/x000/000",
            "tile/0/000/001",
            "tile/0/x001/x002",
            "tile/0/x001/02",
            "tile/0/xx01/002",
            "tile/0/+01",
            "tile/0/-01",
            "tile/+0/000",
            "tile/00/000",
            "tile/8/000",
            "tile/63/000",
            "tile/7/001",
            "tile/256/000",
            "tile/0/000.p",
            "tile/0/000.p/",
            "tile/0/000.p/0",
            "tile/0/000.p/01",
            "tile/0/000.p/+1",
            "tile/0/000.p/256",
            "tile/0/000.p/257",
            "tile/0/000.p/1/",
            "tile/0/000.p/1.p/1",
            "tile/0/000p/1",
            "tile/entry/000",
            "tile/entries/ 00",
            "tile/0/000\n",
            "tile/Entries/000",
            "tile/0/X001/000",
            "tile/0/../000",
            "tile/7/000",
            "tile/entries/x036/x028/x797/x018/x963/968",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(TilePath::parse(text), None, "{text:?}");
        }
        assert_eq!(TilePath::hashes(0, 0, 0), None);
        assert_eq!(TilePath::hashes(0, u64::MAX, 1), None);
        // zeros and groups without end
        for text in
            [format!("tile/0/{}000", "x000/".repeat(10_000)), format!("tile/0/{}", "0".repeat(10_000))]
        {
            assert_eq!(TilePath::parse(&text), None);
        }
    }

    #[test]
    fn the_last_tile_of_each_level_is_that_of_the_largest_tree() {
        for level in 0..=MAX_LEVEL {
            let hashes = MAX_TREE_SIZE >> (8 * u32::from(level));
            let (index, width) = (hashes / 256, (hashes % 256) as u16);
            let last = TilePath::hashes(level, index, width).unwrap();
            let size = hashes << (8 * u32::from(level));
            assert!(last.is_within(size) && !last.is_within(size - 1), "level {level}");
            assert_eq!((last.first() + u64::from(width), last.is_full()), (hashes, false));
            assert_eq!(TilePath::parse(&last.to_string()), Some(last));
            assert_eq!(TilePath::hashes(level, index, width + 1), None, "level {level}");
            assert_eq!(TilePath::hashes(level, index + 1, 1), None, "level {level}");
            assert_eq!(last.to_full(), None, "no tree is so large");
        }
        assert_eq!(TilePath::hashes(MAX_LEVEL + 1, 0, 1), None);
        // the longest path that there is
        let longest = "tile/entries/x036/x028/x797/x018/x963/967.p/255";
        assert_eq!(TilePath::parse(longest), TilePath::entries((1 << 55) - 1, 255));
        assert!(TilePath::parse(longest).is_some());
        assert_eq!(TilePath::parse("tile/entries/x036/x028/x797/x018/x963/967"), None);
    }

    #[test]
    fn a_tile_has_one_item_to_256() {
        for (width, fits) in [(0, false), (1, true), (255, true), (256, true), (257, false)] {
            assert_eq!(TilePath::entries(0, width).is_some(), fits, "{width}");
            let refused = Err(TileError::Width(usize::from(width)));
            let hashes = vec![leaf_hash(b""); usize::from(width)];
            let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
            assert_eq!(encode_hashes(&hashes), if fits { Ok(bytes.clone()) } else { refused.clone() });
            let expected = if fits { Ok(hashes) } else { Err(TileError::Width(usize::from(width))) };
            assert_eq!(decode_hashes(&bytes, width), expected);
            let entries = vec![Vec::<u8>::new(); usize::from(width)];
            let bytes = vec![0; 2 * usize::from(width)];
            assert_eq!(encode_bundle(&entries), if fits { Ok(bytes.clone()) } else { refused });
            let expected = if fits { Ok(entries) } else { Err(TileError::Width(usize::from(width))) };
            assert_eq!(decode_bundle(&bytes, width), expected);
        }
        // the longest bundle, as far as prefixes can say
        let entries = vec![vec![7u8; MAX_ENTRY_LENGTH]; usize::from(TILE_WIDTH)];
        let bytes = encode_bundle(&entries).unwrap();
        assert_eq!(bytes.len(), MAX_BUNDLE_LENGTH);
        assert_eq!(decode_bundle(&bytes, TILE_WIDTH), Ok(entries));
    }

    #[test]
    fn a_tree_has_the_tiles_that_the_specification_counts() {
        let tiles: Vec<_> = tiles_for_size(70_000).collect();
        let of = |kind| tiles.iter().filter(move |tile| tile.kind() == kind);
        // "273 full level 0 tiles, one partial level 0 tile of width 112, one full level 1 tile, one partial
        // level 1 tile of width 17, and one partial level 2 tile of width 1"
        for kind in [TileKind::Entries, TileKind::Hashes { level: 0 }] {
            assert_eq!(of(kind).count(), 274);
            assert_eq!(of(kind).filter(|tile| tile.is_full()).count(), 273);
            assert_eq!(of(kind).next_back(), TilePath::new(kind, 273, 112).as_ref());
        }
        let upper: Vec<_> = tiles.iter().skip(2 * 274).map(ToString::to_string).collect();
        assert_eq!(upper, ["tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]);
        let texts: Vec<_> = tiles_for_size(256).map(|tile| tile.to_string()).collect();
        assert_eq!(texts, ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(tiles_for_size(0).count(), 0);
        let last = tiles_for_size(1 << 20).last().map(|tile| tile.to_string());
        assert_eq!(last.as_deref(), Some("tile/2/000.p/16"));
    }

    #[test]
    fn growth_brings_exactly_the_tiles_that_were_not_there() {
        for (old, new) in [(0, 1), (1, 1), (5, 9), (250, 256), (255, 257), (256, 600), (65_000, 66_000)] {
            let before: std::collections::BTreeSet<_> = tiles_for_size(old).collect();
            let after: std::collections::BTreeSet<_> = tiles_for_size(new).collect();
            let grown: std::collections::BTreeSet<_> = tiles_grown(old, new).collect();
            assert_eq!(grown, after.difference(&before).copied().collect(), "{old} to {new}");
            assert!(grown.iter().all(|tile| tile.is_within(new) && !tile.is_within(old)));
        }
        let tile = TilePath::hashes(1, 0, 2).unwrap();
        assert!(tile.is_within(512) && !tile.is_within(511));
        assert_eq!(tile.to_full(), TilePath::hashes(1, 0, 256));
    }

    #[test]
    fn bundles_have_one_encoding() {
        let entries = vec![b"".to_vec(), b"ab".to_vec(), vec![7; 65_535]];
        let bytes = encode_bundle(&entries).unwrap();
        assert_eq!(bytes[..6], [0, 0, 0, 2, b'a', b'b']);
        assert_eq!(decode_bundle(&bytes, 3), Ok(entries));
        assert_eq!(decode_bundle(&bytes, 2), Err(TileError::Length), "left over");
        assert_eq!(decode_bundle(&bytes, 4), Err(TileError::Length), "missing");
        assert_eq!(decode_bundle(&bytes[..bytes.len() - 1], 3), Err(TileError::Length));
        assert_eq!(decode_bundle(&[0], 1), Err(TileError::Length));
        assert_eq!(decode_bundle(&[], 0), Err(TileError::Width(0)));
        assert_eq!(decode_bundle(&[0; 514], 257), Err(TileError::Width(257)));
        assert_eq!(encode_bundle(&[vec![0; 65_536]]), Err(TileError::EntryLength(65_536)));
        assert_eq!(encode_bundle(&vec![[0u8; 1]; 257]), Err(TileError::Width(257)));
        assert_eq!(encode_bundle(&[[0u8; 1]; 0]), Err(TileError::Width(0)));
    }

    #[test]
    fn hash_tiles_have_one_encoding() {
        let hashes = vec![leaf_hash(b"a"), leaf_hash(b"b")];
        let bytes = encode_hashes(&hashes).unwrap();
        assert_eq!(decode_hashes(&bytes, 2), Ok(hashes));
        assert_eq!(decode_hashes(&bytes, 1), Err(TileError::Length));
        assert_eq!(decode_hashes(&bytes[..63], 2), Err(TileError::Length));
        assert_eq!(decode_hashes(&bytes[..63], 1), Err(TileError::Length));
        assert_eq!(decode_hashes(&[], 0), Err(TileError::Width(0)));
        assert_eq!(encode_hashes(&[]), Err(TileError::Width(0)));
    }
}
