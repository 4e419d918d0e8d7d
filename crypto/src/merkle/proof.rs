//! Inclusion and consistency proofs: RFC 9162, section 2.1.3 and 2.1.4 (the trees of RFC 6962).
//!
//! An *inclusion* proof shows that a leaf stands at an index of the tree with a root; a *consistency* proof
//! that an older tree is the beginning of a newer one. Each has exactly one path of hashes; a path with a
//! hash more or less is refused. A *contradiction* proof ([`verify_contradiction`]) shows that two roots that
//! were both signed cannot be those of one log.
//!
//! Paths are made from the hashes that tiles store, those of complete subtrees of height 0, 8, 16, …
//! ([`NodeSource`]); the heights between are hashed again.

use borsh::{BorshDeserialize, BorshSerialize};

use super::{MAX_TREE_SIZE, empty_root, fold_peaks, node_hash};
use crate::transcript::Digest;

/// Heights of the tree that one level of tiles spans.
pub(super) const TILE_HEIGHT: u32 = 8;

/// Why a path proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// No such entry in a tree of this size.
    #[error("entry {index} is not in a tree of {size}")]
    IndexBeyondSize {
        /// The entry's index, from 0.
        index: u64,
        /// Entries in the tree.
        size: u64,
    },
    /// The old tree is larger than the new one.
    #[error("a tree of {old} is not the beginning of one of {new}")]
    SizesReversed {
        /// Entries in the old tree.
        old: u64,
        /// Entries in the new tree.
        new: u64,
    },
    /// A tree larger than [`MAX_TREE_SIZE`].
    #[error("a tree of {0} is too large")]
    TooLarge(u64),
    /// Fewer or more hashes than the one right path has.
    #[error("the path has the wrong length")]
    PathLength,
    /// The path does not lead to the old root.
    #[error("the path does not lead to the old root")]
    OldRoot,
    /// The path does not lead to the root.
    #[error("the path does not lead to the root")]
    Root,
    /// The roots do not contradict each other.
    #[error("the older tree is the beginning of the newer one")]
    Consistent,
}

/// Where a leaf stands, with the path that shows it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct InclusionProof {
    /// The entry's index, from 0.
    pub index: u64,
    /// Entries in the tree.
    pub size: u64,
    /// Siblings from the leaf up: at most 63.
    pub path: Vec<Digest>,
}

impl InclusionProof {
    /// Makes the proof from a tree's stored hashes.
    pub fn generate<S: NodeSource>(
        source: &S,
        index: u64,
        size: u64,
    ) -> Result<Self, GenerationError<S::Error>> {
        Ok(Self { index, size, path: inclusion_path(source, index, size)? })
    }

    /// See [`verify_inclusion`].
    pub fn verify(&self, leaf: &Digest, root: &Digest) -> Result<(), ProofError> {
        verify_inclusion(leaf, self.index, self.size, &self.path, root)
    }
}

/// Two sizes of one log, with the path that shows that the older tree begins the newer.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ConsistencyProof {
    /// Entries in the old tree.
    pub old_size: u64,
    /// Entries in the new tree.
    pub new_size: u64,
    /// Subtree hashes: at most 64.
    pub path: Vec<Digest>,
}

impl ConsistencyProof {
    /// Makes the proof from a tree's stored hashes.
    pub fn generate<S: NodeSource>(
        source: &S,
        old_size: u64,
        new_size: u64,
    ) -> Result<Self, GenerationError<S::Error>> {
        Ok(Self { old_size, new_size, path: consistency_path(source, old_size, new_size)? })
    }

    /// See [`verify_consistency`].
    pub fn verify(&self, old_root: &Digest, new_root: &Digest) -> Result<(), ProofError> {
        verify_consistency(self.old_size, old_root, self.new_size, new_root, &self.path)
    }
}

/// Checks that a leaf hash stands at `index` in the tree of `size` entries under `root` (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    size: u64,
    path: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    // 1. "Compare leaf_index from the inclusion_proof structure against tree_size"
    if index >= size {
        return Err(ProofError::IndexBeyondSize { index, size });
    }
    if size > MAX_TREE_SIZE {
        return Err(ProofError::TooLarge(size));
    }
    // 2. and 3. fn is the node's position in its level, sn that of the last node
    let mut climb = Climb { node: index, last: size - 1 };
    let mut hash = *leaf;
    // 4. "For each value p in the inclusion_path array"
    for sibling in path {
        hash = match climb.step()? {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    // 5. "Compare sn to 0. Compare r against the root_hash."
    climb.at_the_top()?;
    if hash != *root {
        return Err(ProofError::Root);
    }
    Ok(())
}

/// Checks that the tree of `old_size` entries under `old_root` is the beginning of the tree of `new_size`
/// entries under `new_root` (RFC 9162, 2.1.4.2).
///
/// For equal sizes the path is empty and the roots are the same; for an empty old tree, which the RFC leaves
/// out, the path is empty and the old root is [`empty_root`] (as C2SP tlog-witness has it).
pub fn verify_consistency(
    old_size: u64,
    old_root: &Digest,
    new_size: u64,
    new_root: &Digest,
    path: &[Digest],
) -> Result<(), ProofError> {
    if old_size > new_size {
        return Err(ProofError::SizesReversed { old: old_size, new: new_size });
    }
    if new_size > MAX_TREE_SIZE {
        return Err(ProofError::TooLarge(new_size));
    }
    if old_size == 0 || old_size == new_size {
        if !path.is_empty() {
            return Err(ProofError::PathLength);
        }
        if old_size == 0 && *old_root != empty_root() {
            return Err(ProofError::OldRoot);
        }
        if old_size == new_size && old_root != new_root {
            return Err(ProofError::Root);
        }
        return Ok(());
    }
    // 2. "If first is an exact power of 2, then prepend first_hash to the consistency_path array."
    let (seed, rest) = if old_size.is_power_of_two() {
        (old_root, path)
    } else {
        path.split_first().ok_or(ProofError::PathLength)?
    };
    let (old, new) = climb_both(old_size, new_size, seed, rest)?;
    if old != *old_root {
        return Err(ProofError::OldRoot);
    }
    if new != *new_root {
        return Err(ProofError::Root);
    }
    Ok(())
}

/// The roots of the older and of the newer tree that follow from the last complete subtree of the older one and
/// the rest of a consistency path (RFC 9162, 2.1.4.2, steps 3 to 7); `0 < old_size < new_size`.
fn climb_both(
    old_size: u64,
    new_size: u64,
    seed: &Digest,
    rest: &[Digest],
) -> Result<(Digest, Digest), ProofError> {
    // 3. and 4. "if LSB(fn) is set, then right-shift both fn and sn equally until LSB(fn) is not set"
    let height = (old_size - 1).trailing_ones();
    let mut climb = Climb { node: (old_size - 1) >> height, last: (new_size - 1) >> height };
    // 5. "Set both fr and sr to the first value in the consistency_path array."
    let (mut old, mut new) = (*seed, *seed);
    // 6. "For each subsequent value c in the consistency_path array"
    for sibling in rest {
        match climb.step()? {
            Side::Left => {
                old = node_hash(sibling, &old);
                new = node_hash(sibling, &new);
            }
            Side::Right => new = node_hash(&new, sibling),
        }
    }
    // 7. "verify that the fr calculated is equal to the first_hash …, the sr … to the second_hash, and sn is 0"
    climb.at_the_top()?;
    Ok((old, new))
}

/// Checks that the tree of `new_size` entries under `new_root` does *not* begin with the tree of `old_size` entries
/// under `old_root`: whoever signed both roots as heads of one log signed two logs.
///
/// The path is that of a consistency proof, with the last complete subtree of the older tree always its first hash
/// (a consistency proof leaves it out where `old_size` is a power of two, because it is the old root then). It leads to
/// `new_root`, and to another root than `old_root` for the first `old_size` entries. For a tree under `new_root` the
/// path is the only one, unless somebody has found a collision of SHA-256; so its first `old_size` entries have
/// that other root. An honest log therefore never has such a path, to any two of its roots.
///
/// Roots of one size contradict each other if they differ, and a tree without entries has the root [`empty_root`]:
/// then the path is empty.
pub fn verify_contradiction(
    old_size: u64,
    old_root: &Digest,
    new_size: u64,
    new_root: &Digest,
    path: &[Digest],
) -> Result<(), ProofError> {
    if old_size > new_size {
        return Err(ProofError::SizesReversed { old: old_size, new: new_size });
    }
    if new_size > MAX_TREE_SIZE {
        return Err(ProofError::TooLarge(new_size));
    }
    let old = if old_size == 0 || old_size == new_size {
        if !path.is_empty() {
            return Err(ProofError::PathLength);
        }
        if old_size == new_size { *new_root } else { empty_root() }
    } else {
        let (seed, rest) = path.split_first().ok_or(ProofError::PathLength)?;
        let (old, new) = climb_both(old_size, new_size, seed, rest)?;
        if new != *new_root {
            return Err(ProofError::Root);
        }
        old
    };
    if old == *old_root { Err(ProofError::Consistent) } else { Ok(()) }
}

/// On which side of the node the sibling of a path stands.
enum Side {
    Left,
    Right,
}

/// The walk from a node to the root that both verifications of RFC 9162 share: their `fn` and `sn`.
struct Climb {
    node: u64,
    last: u64,
}

impl Climb {
    /// One sibling further up: "If sn is 0, then stop the iteration and fail the proof verification. If
    /// LSB(fn) is set, or if fn is equal to sn", the sibling is on the left, and "if LSB(fn) is not set, then
    /// right-shift both fn and sn equally until either LSB(fn) is set or fn is 0"; else it is on the right.
    /// "Finally, right-shift both fn and sn one time."
    fn step(&mut self) -> Result<Side, ProofError> {
        if self.last == 0 {
            return Err(ProofError::PathLength);
        }
        let side = if self.node & 1 == 1 || self.node == self.last {
            while self.node & 1 == 0 && self.node != 0 {
                self.up();
            }
            Side::Left
        } else {
            Side::Right
        };
        self.up();
        Ok(side)
    }

    fn up(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }

    fn at_the_top(&self) -> Result<(), ProofError> {
        if self.last == 0 { Ok(()) } else { Err(ProofError::PathLength) }
    }
}

/// Where the stored hashes of a tree come from.
pub trait NodeSource {
    /// Why a hash cannot be had.
    type Error;

    /// The hash that tiles of `level` store at `index`: the root of the complete subtree of height 8 * level
    /// over the entries from `index * 256^level` to before `(index + 1) * 256^level`.
    ///
    /// Only complete subtrees of the tree in question are asked for, level at most 7. A path asks for up to
    /// 255 neighbours of one tile: a source that reads from afar keeps the tile at hand.
    fn tile_hash(&self, level: u8, index: u64) -> Result<Digest, Self::Error>;
}

/// Why a path or root cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GenerationError<E> {
    /// There is no such proof: the index or sizes are out of range.
    #[error(transparent)]
    Range(ProofError),
    /// The source failed.
    #[error("a hash of the tree is missing")]
    Source(#[source] E),
}

/// The path that [`verify_inclusion`] accepts for the entry at `index` in the tree of `size` entries.
pub fn inclusion_path<S: NodeSource>(
    source: &S,
    index: u64,
    size: u64,
) -> Result<Vec<Digest>, GenerationError<S::Error>> {
    if index >= size {
        return Err(GenerationError::Range(ProofError::IndexBeyondSize { index, size }));
    }
    check_size(size)?;
    // PATH(m, D[0:n]) of RFC 9162, 2.1.3.1, from the root down
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while end - start > 1 {
        let middle = split(start, end);
        if index < middle {
            path.push(range_root(source, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(source, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The path that [`verify_consistency`] accepts between the trees of `old_size` and of `new_size` entries.
pub fn consistency_path<S: NodeSource>(
    source: &S,
    old_size: u64,
    new_size: u64,
) -> Result<Vec<Digest>, GenerationError<S::Error>> {
    if old_size > new_size {
        return Err(GenerationError::Range(ProofError::SizesReversed { old: old_size, new: new_size }));
    }
    check_size(new_size)?;
    if old_size == 0 {
        return Ok(Vec::new());
    }
    // SUBPROOF(m, D[0:n], b) of RFC 9162, 2.1.4.1, from the root down
    let (mut start, mut end) = (0, new_size);
    let mut path = Vec::new();
    while end != old_size {
        let middle = split(start, end);
        if old_size <= middle {
            path.push(range_root(source, middle, end)?);
            end = middle;
        } else {
            path.push(range_root(source, start, middle)?);
            start = middle;
        }
    }
    // b is true while nothing was cut off on the left: the verifier has this hash, it is the old root
    if start != 0 {
        path.push(range_root(source, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// The path that [`verify_contradiction`] accepts between the tree of `new_size` entries, from which it is made, and
/// another tree of `old_size` entries than the beginning of this one.
pub fn contradiction_path<S: NodeSource>(
    source: &S,
    old_size: u64,
    new_size: u64,
) -> Result<Vec<Digest>, GenerationError<S::Error>> {
    let mut path = consistency_path(source, old_size, new_size)?;
    if old_size.is_power_of_two() && old_size != new_size {
        path.insert(0, range_root(source, 0, old_size)?);
    }
    Ok(path)
}

/// The root of the tree of the first `size` entries.
pub fn root_at<S: NodeSource>(source: &S, size: u64) -> Result<Digest, GenerationError<S::Error>> {
    check_size(size)?;
    range_root(source, 0, size)
}

fn check_size<E>(size: u64) -> Result<(), GenerationError<E>> {
    if size > MAX_TREE_SIZE { Err(GenerationError::Range(ProofError::TooLarge(size))) } else { Ok(()) }
}

/// Where RFC 6962 splits a range of two entries or more: after the largest power of two below its length.
fn split(start: u64, end: u64) -> u64 {
    start + (1 << (end - start - 1).ilog2())
}

/// MTH(D[start:end]) for a range as the splits leave it: `start` is a multiple of every power of two that
/// `end - start` holds.
fn range_root<S: NodeSource>(source: &S, start: u64, end: u64) -> Result<Digest, GenerationError<S::Error>> {
    let mut peaks = Vec::new();
    let mut at = start;
    while at < end {
        let height = (end - at).ilog2();
        peaks.push(subtree(source, height, at >> height).map_err(GenerationError::Source)?);
        at += 1 << height;
    }
    Ok(fold_peaks(peaks.into_iter()).unwrap_or_else(empty_root))
}

/// The root of the complete subtree at `index` among those of `height`; at most seven calls deep.
fn subtree<S: NodeSource>(source: &S, height: u32, index: u64) -> Result<Digest, S::Error> {
    if height.is_multiple_of(TILE_HEIGHT) {
        // at most 63 / 8
        return source.tile_hash((height / TILE_HEIGHT) as u8, index);
    }
    let left = subtree(source, height - 1, 2 * index)?;
    let right = subtree(source, height - 1, 2 * index + 1)?;
    Ok(node_hash(&left, &right))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{defined_root, known_leaves, leaves};
    use super::super::{Frontier, leaf_hash};
    use super::*;

    /// Every stored hash of a tree, by level.
    struct Stored(Vec<Vec<Digest>>);

    impl Stored {
        fn new(leaves: &[Digest]) -> Self {
            let mut levels = vec![Vec::new(); 8];
            let mut frontier = Frontier::new();
            for leaf in leaves {
                frontier.push_storing(*leaf, |level, _, hash| levels[usize::from(level)].push(hash));
            }
            Self(levels)
        }
    }

    impl NodeSource for Stored {
        type Error = (u8, u64);
        fn tile_hash(&self, level: u8, index: u64) -> Result<Digest, (u8, u64)> {
            self.0[usize::from(level)].get(index as usize).copied().ok_or((level, index))
        }
    }

    /// Sizes on both sides of the places where a tile or a level begins.
    const EDGES: [u64; 14] =
        [127, 128, 255, 256, 257, 300, 511, 512, 513, 65_535, 65_536, 65_537, 65_792, 65_836];

    fn hashes(texts: &[&str]) -> Vec<Digest> {
        texts.iter().map(|text| Digest::from_hex(text).unwrap()).collect()
    }

    #[test]
    fn paths_are_those_of_rfc_6962() {
        let source = Stored::new(&known_leaves());
        let first = hashes(&[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]);
        assert_eq!(inclusion_path(&source, 0, 8), Ok(first.clone()));
        assert_eq!(consistency_path(&source, 1, 8), Ok(first));
        assert_eq!(
            inclusion_path(&source, 5, 8),
            Ok(hashes(&[
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]))
        );
        assert_eq!(
            consistency_path(&source, 6, 8),
            Ok(hashes(&[
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]))
        );
    }

    #[test]
    fn every_entry_of_small_trees_is_proved_included_and_only_there() {
        let leaves = leaves(70);
        let source = Stored::new(&leaves);
        for size in 1..=70u64 {
            let root = defined_root(&leaves[..size as usize]);
            for index in 0..size {
                let proof = InclusionProof::generate(&source, index, size).unwrap();
                let leaf = leaves[index as usize];
                assert_eq!(proof.verify(&leaf, &root), Ok(()), "{index} of {size}");
                for wrong in 0..=size {
                    let moved = InclusionProof { index: wrong, ..proof.clone() };
                    assert_eq!(moved.verify(&leaf, &root).is_ok(), wrong == index, "{index} as {wrong}");
                }
            }
        }
    }

    #[test]
    fn every_two_small_trees_are_proved_consistent() {
        let leaves = leaves(70);
        let source = Stored::new(&leaves);
        let roots: Vec<_> = (0..=70).map(|size| defined_root(&leaves[..size])).collect();
        for new in 0..=70u64 {
            for old in 0..=new {
                let proof = ConsistencyProof::generate(&source, old, new).unwrap();
                let (old_root, new_root) = (&roots[old as usize], &roots[new as usize]);
                assert_eq!(proof.verify(old_root, new_root), Ok(()), "{old} to {new}");
                // with the right roots no other size of the old tree passes
                for wrong in 0..=new {
                    let moved = ConsistencyProof { old_size: wrong, ..proof.clone() };
                    assert_eq!(moved.verify(old_root, new_root).is_ok(), wrong == old, "{old} as {wrong}");
                }
            }
        }
    }

    #[test]
    fn proofs_hold_at_the_edges_of_tiles() {
        let leaves = leaves(65_836);
        let source = Stored::new(&leaves);
        let roots: Vec<_> = EDGES.iter().map(|size| defined_root(&leaves[..*size as usize])).collect();
        for (new, new_root) in EDGES.iter().zip(&roots) {
            assert_eq!(root_at(&source, *new), Ok(*new_root));
            for index in EDGES.iter().flat_map(|edge| [edge - 1, *edge]).chain([0, 1]) {
                match InclusionProof::generate(&source, index, *new) {
                    Ok(proof) => assert_eq!(proof.verify(&leaves[index as usize], new_root), Ok(())),
                    Err(error) => {
                        let range = ProofError::IndexBeyondSize { index, size: *new };
                        assert_eq!(error, GenerationError::Range(range));
                        assert!(index >= *new);
                    }
                }
            }
            for (old, old_root) in EDGES.iter().zip(&roots).filter(|(old, _)| *old <= new) {
                let proof = ConsistencyProof::generate(&source, *old, *new).unwrap();
                assert_eq!(proof.verify(old_root, new_root), Ok(()), "{old} to {new}");
                if old < new {
                    assert!(proof.verify(new_root, new_root).is_err());
                    assert!(proof.verify(old_root, old_root).is_err());
                }
            }
        }
    }

    /// A path with a bit changed, a hash dropped, doubled or appended, at each place.
    fn broken(path: &[Digest]) -> Vec<Vec<Digest>> {
        let extra = leaf_hash(b"extra");
        let mut all = Vec::new();
        for place in 0..=path.len() {
            let mut longer = path.to_vec();
            longer.insert(place, extra);
            all.push(longer);
            if place < path.len() {
                let mut changed = path.to_vec();
                changed[place].0[place % 32] ^= 1;
                all.push(changed);
                let mut doubled = path.to_vec();
                doubled.insert(place, path[place]);
                all.push(doubled);
                let mut shorter = path.to_vec();
                shorter.remove(place);
                all.push(shorter);
            }
        }
        all
    }

    #[test]
    fn refuses_a_path_with_any_hash_changed_missing_or_added() {
        let leaves = leaves(300);
        let source = Stored::new(&leaves);
        for size in (1..=34).chain([255, 256, 257, 300]) {
            let root = defined_root(&leaves[..size as usize]);
            for index in (0..size).step_by(if size > 34 { 51 } else { 1 }) {
                let leaf = &leaves[index as usize];
                let path = inclusion_path(&source, index, size).unwrap();
                for wrong in broken(&path) {
                    assert!(verify_inclusion(leaf, index, size, &wrong, &root).is_err());
                }
                assert_eq!(
                    verify_inclusion(&leaf_hash(b"other"), index, size, &path, &root),
                    Err(ProofError::Root)
                );
                assert_eq!(verify_inclusion(leaf, index, size, &path, &empty_root()), Err(ProofError::Root));

                let old = index;
                let old_root = defined_root(&leaves[..old as usize]);
                let path = consistency_path(&source, old, size).unwrap();
                for wrong in broken(&path) {
                    assert!(verify_consistency(old, &old_root, size, &root, &wrong).is_err(), "{old} {size}");
                }
                assert!(verify_consistency(old, &leaf_hash(b"other"), size, &root, &path).is_err());
                if old != 0 {
                    assert!(verify_consistency(old, &old_root, size, &leaf_hash(b"other"), &path).is_err());
                }
            }
        }
    }

    #[test]
    fn two_logs_that_part_before_the_older_head_contradict_each_other_and_no_log_contradicts_itself() {
        let leaves = leaves(300);
        for new in (1..=34).chain([255, 256, 257, 300]) {
            let root = defined_root(&leaves[..new as usize]);
            let source = Stored::new(&leaves[..new as usize]);
            for old in
                (0..=new).filter(|old: &u64| new <= 34 || old.is_multiple_of(51) || old.is_power_of_two())
            {
                let own = defined_root(&leaves[..old as usize]);
                let path = contradiction_path(&source, old, new).unwrap();
                let verify = |old_root: &Digest, path: &[Digest]| {
                    verify_contradiction(old, old_root, new, &root, path)
                };
                assert_eq!(verify(&own, &path), Err(ProofError::Consistent), "{old} of {new}");
                let mut other = leaves[..old as usize].to_vec();
                if let Some(leaf) = other.get_mut(old as usize / 2) {
                    *leaf = leaf_hash(b"other");
                    assert_eq!(verify(&defined_root(&other), &path), Ok(()), "{old} of {new}");
                }
                assert_eq!(verify(&leaf_hash(b"no root at all"), &path), Ok(()));
                for wrong in broken(&path) {
                    assert!(verify(&own, &wrong).is_err(), "{old} of {new}: an honest log is never accused");
                }
            }
        }
    }

    #[test]
    fn a_contradiction_is_shown_from_the_newer_tree_alone() {
        let (old_root, root) = (leaf_hash(b"old"), leaf_hash(b"new"));
        let reversed = ProofError::SizesReversed { old: 2, new: 1 };
        assert_eq!(verify_contradiction(2, &old_root, 1, &root, &[]), Err(reversed));
        let large = u64::MAX;
        assert_eq!(
            verify_contradiction(2, &old_root, large, &root, &[root; 64]),
            Err(ProofError::TooLarge(large))
        );
        // one size and two roots need no path, nor does a root for no entries that is none
        assert_eq!(verify_contradiction(5, &old_root, 5, &root, &[]), Ok(()));
        assert_eq!(verify_contradiction(5, &root, 5, &root, &[]), Err(ProofError::Consistent));
        assert_eq!(verify_contradiction(5, &old_root, 5, &root, &[root]), Err(ProofError::PathLength));
        assert_eq!(verify_contradiction(0, &old_root, 5, &root, &[]), Ok(()));
        assert_eq!(verify_contradiction(0, &empty_root(), 5, &root, &[]), Err(ProofError::Consistent));
        assert_eq!(verify_contradiction(3, &old_root, 5, &root, &[]), Err(ProofError::PathLength));
        // trees without entries have one size: what counts is whether two roots were signed
        let none = empty_root();
        assert_eq!(verify_contradiction(0, &none, 0, &none, &[]), Err(ProofError::Consistent));
        assert_eq!(verify_contradiction(0, &root, 0, &root, &[]), Err(ProofError::Consistent));
        assert_eq!(verify_contradiction(0, &root, 0, &none, &[]), Ok(()));
        assert_eq!(verify_contradiction(0, &none, 0, &root, &[]), Ok(()));
        assert_eq!(verify_contradiction(0, &none, 0, &root, &[root]), Err(ProofError::PathLength));
        // a path of the right length that leads nowhere
        assert_eq!(verify_contradiction(4, &old_root, 5, &root, &[root, root]), Err(ProofError::Root));
    }

    #[test]
    fn refuses_sizes_that_make_no_sense() {
        let root = empty_root();
        let beyond = |index, size| Err(ProofError::IndexBeyondSize { index, size });
        assert_eq!(verify_inclusion(&root, 0, 0, &[], &root), beyond(0, 0));
        assert_eq!(verify_inclusion(&root, 1, 1, &[], &root), beyond(1, 1));
        assert_eq!(verify_inclusion(&root, 0, u64::MAX, &[], &root), Err(ProofError::TooLarge(u64::MAX)));
        let reversed = ProofError::SizesReversed { old: 2, new: 1 };
        assert_eq!(verify_consistency(2, &root, 1, &root, &[]), Err(reversed));
        assert_eq!(
            verify_consistency(1, &root, u64::MAX, &root, &[root; 64]),
            Err(ProofError::TooLarge(u64::MAX))
        );
        // one entry more than a tree may have, where the sizes are equal and nothing else is looked at
        let other = leaf_hash(b"");
        assert_eq!(verify_consistency(MAX_TREE_SIZE, &root, MAX_TREE_SIZE, &root, &[]), Ok(()));
        assert_eq!(verify_contradiction(MAX_TREE_SIZE, &root, MAX_TREE_SIZE, &other, &[]), Ok(()));
        let past = MAX_TREE_SIZE + 1;
        assert_eq!(verify_consistency(past, &root, past, &root, &[]), Err(ProofError::TooLarge(past)));
        assert_eq!(verify_contradiction(past, &root, past, &other, &[]), Err(ProofError::TooLarge(past)));
        assert_eq!(verify_inclusion(&root, 0, past, &[], &root), Err(ProofError::TooLarge(past)));
        // and of the empty tree there is one root
        assert_eq!(verify_consistency(0, &root, 0, &root, &[]), Ok(()));
        assert_eq!(verify_consistency(0, &root, 0, &other, &[]), Err(ProofError::Root));
        assert_eq!(verify_consistency(0, &other, 0, &other, &[]), Err(ProofError::OldRoot));
        assert_eq!(verify_consistency(0, &root, 0, &root, &[other]), Err(ProofError::PathLength));
        assert_eq!(verify_consistency(0, &leaf_hash(b""), 3, &root, &[]), Err(ProofError::OldRoot));
        assert_eq!(verify_consistency(3, &leaf_hash(b""), 3, &root, &[]), Err(ProofError::Root));
        let source = Stored::new(&[]);
        assert_eq!(consistency_path(&source, 2, 1), Err(GenerationError::Range(reversed)));
        assert_eq!(contradiction_path(&source, 0, 0), Ok(Vec::new()));
        assert_eq!(
            consistency_path(&source, 0, past),
            Err(GenerationError::Range(ProofError::TooLarge(past)))
        );
        assert_eq!(root_at(&source, u64::MAX), Err(GenerationError::Range(ProofError::TooLarge(u64::MAX))));
        assert_eq!(root_at(&source, 0), Ok(empty_root()));
    }

    #[test]
    fn a_missing_hash_is_named() {
        let source = Stored::new(&leaves(5));
        assert_eq!(root_at(&source, 6), Err(GenerationError::Source((0, 5))));
        assert_eq!(inclusion_path(&source, 0, 6), Err(GenerationError::Source((0, 5))));
        assert_eq!(inclusion_path(&source, 5, 6), Ok(vec![leaves(5)[4], defined_root(&leaves(4))]));
    }

    #[test]
    fn the_largest_tree_has_paths() {
        struct Same;
        impl NodeSource for Same {
            type Error = ();
            fn tile_hash(&self, _: u8, _: u64) -> Result<Digest, ()> {
                Ok(empty_root())
            }
        }
        let root = root_at(&Same, MAX_TREE_SIZE).unwrap();
        let last = InclusionProof::generate(&Same, MAX_TREE_SIZE - 1, MAX_TREE_SIZE).unwrap();
        assert_eq!(last.verify(&empty_root(), &root), Ok(()));
        let proof = ConsistencyProof::generate(&Same, MAX_TREE_SIZE - 2, MAX_TREE_SIZE).unwrap();
        assert_eq!(proof.verify(&root_at(&Same, MAX_TREE_SIZE - 2).unwrap(), &root), Ok(()));
    }
}
