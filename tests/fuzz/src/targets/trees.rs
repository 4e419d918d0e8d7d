//! Trees: tiles as they are served, and proofs, which hold for what is so and for nothing else.

use std::convert::Infallible;

use tabella_crypto::merkle::{
    NodeSource, consistency_path, contradiction_path, decode_bundle, decode_hashes, encode_bundle,
    encode_hashes, inclusion_path, leaf_hash, root_of, verify_consistency, verify_contradiction,
    verify_inclusion,
};
use tabella_crypto::transcript::Digest;

use crate::reference;

/// A tile: a byte for the width, then its bytes, read as a bundle of entries and as hashes.
pub fn tile(data: &[u8]) {
    let Some((width, bytes)) = data.split_first() else { return };
    let width = u16::from(*width) + 1;
    if let Ok(entries) = decode_bundle(bytes, width) {
        assert_eq!(entries.len(), usize::from(width));
        assert_eq!(encode_bundle(&entries), Ok(bytes.to_vec()));
    }
    if let Ok(hashes) = decode_hashes(bytes, width) {
        assert_eq!(hashes.len(), usize::from(width));
        assert_eq!(encode_hashes(&hashes), Ok(bytes.to_vec()));
    }
}

/// The tiles of the reference record's board log, and a small bundle.
pub fn tile_seeds() -> Vec<Vec<u8>> {
    let record = reference::record();
    let tiles = record.files.iter().filter(|(path, _)| path.starts_with("board/tile"));
    let tiles = tiles.map(|(_, bytes)| [&[8], bytes.as_slice()].concat());
    let small = encode_bundle(&[b"a".as_slice(), b"", b"bc"]).unwrap();
    tiles.chain([[&[2], small.as_slice()].concat()]).collect()
}

/// A tree of fewer than 256 leaves.
struct Leaves(Vec<Digest>);

impl Leaves {
    fn of(count: usize) -> Self {
        Self((0..count).map(|leaf| leaf_hash(&[leaf as u8])).collect())
    }

    fn root(&self, size: u64) -> Digest {
        root_of(&self.0[..size as usize])
    }
}

impl NodeSource for Leaves {
    type Error = Infallible;

    fn tile_hash(&self, _level: u8, index: u64) -> Result<Digest, Infallible> {
        Ok(self.0[index as usize])
    }
}

/// Proofs in a tree: sizes, an index, and changes of the right path in threes (place, byte of it, what is added to it);
/// a fourth byte says which proof. A right path proves; one that was changed does not; nothing is shown both to
/// continue another tree and to contradict it.
pub fn proof(data: &[u8]) {
    let [kind, new, old, index, changes @ ..] = data else { return };
    let new = u64::from(*new);
    let old = u64::from(*old) % (new + 1);
    let tree = Leaves::of(new as usize);
    let change = |path: &[Digest]| {
        let mut path = path.to_vec();
        for change in changes.chunks_exact(3) {
            let place = usize::from(change[0]) % (path.len() + 2);
            let length = path.len();
            match path.get_mut(place) {
                Some(hash) => hash.0[usize::from(change[1]) % 32] ^= change[2],
                None if place == length => path.push(Digest([change[1]; 32])),
                None => drop(path.pop()),
            }
        }
        path
    };
    match kind % 3 {
        0 if new > 0 => {
            let index = u64::from(*index) % new;
            let right = inclusion_path(&tree, index, new).unwrap();
            let path = change(&right);
            for (leaf, place) in [(index, index), (old % new, index), (index, old % new)] {
                let hash = leaf_hash(&[leaf as u8]);
                let proven = verify_inclusion(&hash, place, new, &path, &tree.root(new)).is_ok();
                // at another place the other leaf's own path is the only right one
                let due = leaf == place && path == inclusion_path(&tree, place, new).unwrap();
                assert_eq!(proven, due, "leaf {leaf} at {place} of {new}");
            }
        }
        1 => {
            let right = consistency_path(&tree, old, new).unwrap();
            let path = change(&right);
            let roots = (tree.root(old), tree.root(new));
            let proven = verify_consistency(old, &roots.0, new, &roots.1, &path).is_ok();
            assert_eq!(proven, path == right, "{old} to {new}");
            let against = verify_contradiction(old, &roots.0, new, &roots.1, &path);
            assert!(against.is_err(), "an honest log is never contradicted");
        }
        _ => {
            let right = contradiction_path(&tree, old, new).unwrap();
            let path = change(&right);
            let other = Digest([*index; 32]);
            let proven = verify_contradiction(old, &other, new, &tree.root(new), &path).is_ok();
            let continued = verify_consistency(old, &other, new, &tree.root(new), &path).is_ok();
            assert!(!(proven && continued), "{old} to {new}");
            assert_eq!(proven, path == right, "{old} to {new}");
            let honest = verify_contradiction(old, &tree.root(old), new, &tree.root(new), &path);
            assert!(honest.is_err(), "an honest log is never contradicted");
        }
    }
}

/// Each proof, right and changed.
pub fn proof_seeds() -> Vec<Vec<u8>> {
    vec![
        vec![0, 9, 3, 5],
        vec![0, 200, 77, 130, 1, 2, 3],
        vec![1, 200, 64, 0],
        vec![1, 13, 7, 0, 9, 9, 9],
        vec![2, 13, 6, 7],
        vec![2, 255, 128, 7, 0, 0, 1],
    ]
}
