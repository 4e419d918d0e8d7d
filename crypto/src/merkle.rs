//! The tree hashes of a log: RFC 6962, section 2.1 (RFC 9162, section 2.1.1), with SHA-256.
//!
//! `MTH({}) = SHA256("")`, `MTH({d}) = SHA256(0x00 || d)` and, with k the largest power of two below n,
//! `MTH(D[0:n]) = SHA256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))`. The two prefixes keep an entry from passing as
//! an inner node. Specification: "The board".
//!
//! Here: hashes and the [`Frontier`] of a growing tree; inclusion and consistency proofs in [`proof`]; the
//! published tiles in [`tiles`]. Not here: reading, storing and signing of trees.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::transcript::{Digest, sha256};

pub mod proof;
pub mod tiles;

pub use proof::{
    ConsistencyProof, GenerationError, InclusionProof, NodeSource, ProofError, consistency_path,
    contradiction_path, inclusion_path, root_at, verify_consistency, verify_contradiction, verify_inclusion,
};
pub use tiles::{
    TileError, TileKind, TilePath, decode_bundle, decode_hashes, encode_bundle, encode_hashes,
    tiles_for_size, tiles_grown,
};

/// The most entries of a tree, 2^63 - 1: what other programs of this kind hold in a signed number, and far
/// enough below 2^64 that no sum of positions overflows.
pub const MAX_TREE_SIZE: u64 = i64::MAX as u64;

/// The hash of an entry: SHA256(0x00 || entry).
pub fn leaf_hash(entry: &[u8]) -> Digest {
    Digest(sha256(&[&[0x00], entry]))
}

/// The hash of an inner node: SHA256(0x01 || left || right).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest(sha256(&[&[0x01], &left.0, &right.0]))
}

/// The root of the tree without entries: SHA256("").
pub fn empty_root() -> Digest {
    Digest(sha256(&[]))
}

/// The root over leaf hashes.
pub fn root_of(leaves: &[Digest]) -> Digest {
    let mut frontier = Frontier::new();
    for leaf in leaves {
        frontier.push(*leaf);
    }
    frontier.root()
}

/// The root above complete subtrees that lie side by side, the largest first; none for no subtree.
///
/// RFC 6962 splits at the largest power of two, so the tree leans to the left and the fold runs from the right.
fn fold_peaks(peaks: impl DoubleEndedIterator<Item = Digest>) -> Option<Digest> {
    peaks.rev().reduce(|right, left| node_hash(&left, &right))
}

/// A growing tree as the roots of its complete subtrees: at most 63 hashes, enough to append and to know the
/// root, not to prove anything about single entries.
///
/// Its encoding is the size and the subtree roots, the largest first, one for each bit set in the size; no
/// other encoding is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Default, BorshSerialize)]
pub struct Frontier {
    size: u64,
    /// One for each bit set in `size`, from the highest down.
    peaks: Vec<Digest>,
}

impl Frontier {
    /// The empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Entries in the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> Digest {
        fold_peaks(self.peaks.iter().copied()).unwrap_or_else(empty_root)
    }

    /// Appends the hash of an entry.
    pub fn push(&mut self, leaf: Digest) {
        self.push_storing(leaf, |_, _, _| {});
    }

    /// Appends the hash of an entry and hands over, as `(tile level, index in that level, hash)`, every hash
    /// that tiles store and that this entry completes: the leaf itself at level 0, then those at heights 8, 16, …
    pub fn push_storing(&mut self, leaf: Digest, mut store: impl FnMut(u8, u64, Digest)) {
        store(0, self.size, leaf);
        let mut hash = leaf;
        // each complete subtree that ends where the leaf begins, from the smallest up, becomes a left sibling
        for height in 1..=self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                hash = node_hash(&left, &hash);
            }
            if height.is_multiple_of(proof::TILE_HEIGHT) {
                // at most 63 / 8
                store((height / proof::TILE_HEIGHT) as u8, self.size >> height, hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }
}

impl BorshDeserialize for Frontier {
    fn deserialize_reader<R: std::io::Read>(reader: &mut R) -> std::io::Result<Self> {
        let size = u64::deserialize_reader(reader)?;
        let peaks = Vec::<Digest>::deserialize_reader(reader)?;
        if size > MAX_TREE_SIZE || peaks.len() as u64 != u64::from(size.count_ones()) {
            return Err(std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                "a frontier holds one hash for each bit set in its size",
            ));
        }
        Ok(Self { size, peaks })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::{decode, encode};

    /// The leaves of the known-answer tests that certificate-transparency published with RFC 6962.
    pub(crate) const ENTRIES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    /// Their roots for the sizes 1 to 8.
    pub(crate) const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    /// Hashes of as many different entries.
    pub(crate) fn leaves(count: u64) -> Vec<Digest> {
        (0..count).map(|index| leaf_hash(&index.to_be_bytes())).collect()
    }

    /// The leaves of the known answers.
    pub(crate) fn known_leaves() -> Vec<Digest> {
        ENTRIES.iter().map(|entry| leaf_hash(&hex::decode(entry).unwrap())).collect()
    }

    /// The definition of RFC 6962, literally.
    pub(crate) fn defined_root(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            more => {
                let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
                node_hash(&defined_root(left), &defined_root(right))
            }
        }
    }

    #[test]
    fn roots_are_those_of_rfc_6962() {
        assert_eq!(empty_root().to_hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(root_of(&[]), empty_root());
        for (leaves_before, root) in ROOTS.iter().enumerate() {
            let leaves = known_leaves();
            assert_eq!(root_of(&leaves[..=leaves_before]).to_hex(), *root);
        }
    }

    #[test]
    fn a_node_passes_for_no_entry_and_a_doubled_entry_makes_another_tree() {
        let leaves = leaves(3);
        // an entry made of two hashes, with and without the byte that begins a node
        let inside = [leaves[0].0, leaves[1].0].concat();
        let node = node_hash(&leaves[0], &leaves[1]);
        for entry in [inside.clone(), [&[1], inside.as_slice()].concat()] {
            assert_ne!(leaf_hash(&entry), node);
            assert_ne!(root_of(&[leaf_hash(&entry), leaves[2]]), root_of(&leaves));
        }
        // an odd tree is not filled up with its last leaf, as Bitcoin's was (CVE-2012-2459)
        assert_ne!(root_of(&[leaves[0], leaves[1], leaves[2], leaves[2]]), root_of(&leaves));
        assert_ne!(root_of(&[leaves[0], leaves[0]]), root_of(&leaves[..1]));
    }

    #[test]
    fn a_frontier_has_the_root_that_the_definition_gives() {
        let leaves = leaves(600);
        let mut frontier = Frontier::new();
        for size in 0..=leaves.len() {
            assert_eq!(frontier.size(), size as u64);
            assert_eq!(frontier.root(), defined_root(&leaves[..size]), "size {size}");
            assert_eq!(decode::<Frontier>(&encode(&frontier)), Ok(frontier.clone()));
            if let Some(leaf) = leaves.get(size) {
                frontier.push(*leaf);
            }
        }
    }

    #[test]
    fn a_frontier_hands_over_what_tiles_store() {
        let leaves = leaves(65_536 + 300);
        let mut frontier = Frontier::new();
        let mut stored = Vec::new();
        for leaf in &leaves {
            frontier.push_storing(*leaf, |level, index, hash| stored.push((level, index, hash)));
        }
        for (level, span, count) in [(0, 1, leaves.len()), (1, 256, 257), (2, 65_536, 1)] {
            let of_level: Vec<_> = stored.iter().filter(|(at, ..)| *at == level).collect();
            assert_eq!(of_level.len(), count, "level {level}");
            for (position, (_, index, hash)) in of_level.into_iter().enumerate() {
                assert_eq!(*index, position as u64);
                assert_eq!(*hash, defined_root(&leaves[position * span..(position + 1) * span]));
            }
        }
        assert_eq!(stored.len(), leaves.len() + 257 + 1);
    }

    #[test]
    fn a_frontier_with_too_many_or_too_few_hashes_is_refused() {
        let hash = leaf_hash(b"");
        assert!(decode::<Frontier>(&encode(&(5u64, vec![hash, hash]))).is_ok());
        assert!(decode::<Frontier>(&encode(&(5u64, vec![hash]))).is_err());
        assert!(decode::<Frontier>(&encode(&(5u64, vec![hash, hash, hash]))).is_err());
        assert!(decode::<Frontier>(&encode(&(1u64 << 63, vec![hash]))).is_err());
    }

    /// What a saved state holds of a tree.
    #[test]
    fn a_frontier_is_read_back_from_the_empty_tree_to_the_largest_and_no_further() {
        let read = |size: u64, hashes: usize| {
            let bytes = encode(&(size, vec![leaf_hash(b""); hashes]));
            assert_eq!(bytes.len(), 8 + 4 + 32 * hashes);
            decode::<Frontier>(&bytes).map(|frontier| (frontier.size(), frontier.root())).ok()
        };
        assert_eq!(read(0, 0), Some((0, empty_root())));
        assert_eq!(read(0, 1), None);
        assert_eq!(read(MAX_TREE_SIZE, 63).map(|(size, _)| size), Some(MAX_TREE_SIZE));
        for hashes in [0, 62, 64] {
            assert_eq!(read(MAX_TREE_SIZE, hashes), None, "{hashes} hashes");
        }
        // one more would be one hash, the most that a u64 says are 64
        assert_eq!(read(MAX_TREE_SIZE + 1, 1), None);
        assert_eq!(read(u64::MAX, 64), None);
        // cut short, and with a byte left over
        let whole = encode(&(3u64, vec![leaf_hash(b""); 2]));
        for length in 0..whole.len() {
            assert!(decode::<Frontier>(&whole[..length]).is_err(), "{length} bytes");
        }
        assert!(decode::<Frontier>(&[whole.as_slice(), &[0]].concat()).is_err());
        assert!(decode::<Frontier>(&whole).is_ok());
    }
}
