//! Lifted ElGamal with the message base M. Specification: "Encryption".
//!
//! `(D, C) = (r*B, x*M + r*K)`. Ciphertexts under one key add: the sum decrypts to the sum. `C` is at the same
//! time a Pedersen commitment to x with bases (M, K), which is what the range proof runs on.

use std::ops::{Add, AddAssign};

use borsh::{BorshDeserialize, BorshSerialize};

use crate::generators::message_base;
use crate::group::{BaseTable, EncodedPoint, GroupError, Point, Scalar};

/// A trustees' joint public key K = s*B, known not to be the identity.
///
/// That K is a *known multiple of B* comes from the ceremony's proofs of possession: whoever takes a key from
/// the record takes it from a verified ceremony.
#[derive(Clone, Debug)]
pub struct ElectionKey {
    point: Point,
    encoded: EncodedPoint,
    table: BaseTable,
}

impl ElectionKey {
    /// Takes a key, unless it is the identity (no secrecy).
    pub fn new(point: Point) -> Result<Self, GroupError> {
        if point.is_identity() {
            return Err(GroupError::Identity);
        }
        Ok(Self { point, encoded: point.encode(), table: BaseTable::new(&point) })
    }

    /// The point K.
    pub fn point(&self) -> Point {
        self.point
    }

    /// K's encoding.
    pub fn encoded(&self) -> EncodedPoint {
        self.encoded
    }

    /// Encrypts a number with the randomness r, in constant time.
    pub fn encrypt(&self, value: u64, r: &Scalar) -> Ciphertext {
        Ciphertext {
            d: Point::base_times(r),
            c: message_table().times(&Scalar::from(value)) + self.table.times(r),
        }
    }
}

/// k*M by the precomputed table.
pub(crate) fn message_times(k: i64) -> Point {
    message_table().times(&Scalar::from_i64(k))
}

fn message_table() -> &'static BaseTable {
    static TABLE: std::sync::OnceLock<BaseTable> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| BaseTable::new(&message_base()))
}

/// A ciphertext (D, C).
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Ciphertext {
    /// D = r*B.
    pub d: Point,
    /// C = x*M + r*K.
    pub c: Point,
}

impl Ciphertext {
    /// The encryption of zero with randomness zero, where sums start.
    pub fn zero() -> Self {
        Self { d: Point::identity(), c: Point::identity() }
    }

    /// The ciphertext of `weight` times the value, for a public weight.
    pub fn weighted(&self, weight: u32) -> Self {
        if weight == 1 {
            return *self;
        }
        let weight = Scalar::from(u64::from(weight));
        Self { d: weight * self.d, c: weight * self.c }
    }

    /// The encodings of both halves.
    pub fn encode(&self) -> EncodedCiphertext {
        EncodedCiphertext { d: self.d.encode(), c: self.c.encode() }
    }
}

impl Add for Ciphertext {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { d: self.d + other.d, c: self.c + other.c }
    }
}

impl AddAssign for Ciphertext {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// 64 bytes that stand where a ciphertext belongs, not yet looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub struct EncodedCiphertext {
    /// The encoding of D.
    pub d: EncodedPoint,
    /// The encoding of C.
    pub c: EncodedPoint,
}

impl EncodedCiphertext {
    /// Decodes both halves; neither may be the identity.
    pub fn decode_fresh(&self) -> Result<Ciphertext, GroupError> {
        Ok(Ciphertext { d: self.d.decode_nonzero()?, c: self.c.decode_nonzero()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_ciphertexts_decrypt_to_weighted_sums() {
        let s = Scalar::from(99u64);
        let key = ElectionKey::new(Point::base_times(&s)).unwrap();
        let one = key.encrypt(3, &Scalar::from(11u64));
        let two = key.encrypt(4, &Scalar::from(12u64));
        let sum = one + two.weighted(10);
        assert_eq!(sum.c - s * sum.d, Scalar::from(43u64) * message_base());
        let mut growing = one;
        growing += two.weighted(10);
        assert_eq!(growing, sum);
    }

    #[test]
    fn a_key_without_secrecy_is_refused() {
        assert_eq!(ElectionKey::new(Point::identity()).err(), Some(GroupError::Identity));
    }
}
