//! The bases, and how anyone derives them again. Specification: "Group and bases".
//!
//! * `B`, the standard base point;
//! * `M`, the *message base*, hashed to the group from a fixed label, so that nobody knows log_B(M). A
//!   ciphertext's second half `x*M + r*K` is a Pedersen commitment because of it: with M = B the trustees,
//!   who together know log_B(K), could open it to any value;
//! * `G[party][bit]`, `H[party][bit]`, the vector bases of the `bulletproofs` crate: one SHAKE256 chain for
//!   each value ("party") and side, so that a base does not depend on how many values or bits are in use.

use std::sync::OnceLock;

use crate::group::Point;
use crate::transcript::{generators_chain, hash_to_point};

/// Bits that the widest range claim may have, and bases that each chain gives.
pub const MAX_BITS: usize = 64;

/// The message base M = hash_to_point("message base").
pub fn message_base() -> Point {
    static MESSAGE_BASE: OnceLock<Point> = OnceLock::new();
    *MESSAGE_BASE.get_or_init(|| hash_to_point("message base", &[]))
}

/// The vector bases for the first `values` values of `bits` bits each, value by value.
///
/// Source: bulletproofs 5.0, `src/generators.rs`, `BulletproofGens`: the label of a chain is `'G'` or `'H'`
/// and the value's index as four little-endian bytes.
pub fn vector_bases(side: VectorSide, bits: usize, values: usize) -> Vec<Point> {
    let mut bases = Vec::with_capacity(bits * values);
    for value in 0..values {
        let index = (value as u32).to_le_bytes();
        let side = match side {
            VectorSide::G => b'G',
            VectorSide::H => b'H',
        };
        bases.extend(generators_chain(&[side, index[0], index[1], index[2], index[3]], bits));
    }
    bases
}

/// Which of the two vectors of an inner product a base belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VectorSide {
    /// The bases of the bits.
    G,
    /// The bases of the bits less one.
    H,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_base_is_the_published_point() {
        assert_eq!(hex::encode(message_base().encode().0), MESSAGE_BASE_HEX);
        assert_ne!(message_base(), Point::BASE);
    }

    /// Known answer, also in the specification.
    const MESSAGE_BASE_HEX: &str = "a4f3fc340f3eae68d96acfb21b172a34b138b5b78b2fa01daa5043018031dd45";
}
