//! Points and scalars over ristretto255 (RFC 9496): the only file that names the curve library, with the
//! range prover in [`crate::proofs`], which hands its inner types to the `bulletproofs` crate.
//!
//! Encodings are canonical: a point or scalar that does not re-encode to the same 32 bytes is refused.
//! Operators on [`Point`] and [`Scalar`] run in constant time; a function that does not has `vartime` in its
//! name and is for public values alone.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};

use borsh::{BorshDeserialize, BorshSerialize};
use curve25519_dalek::constants::{RISTRETTO_BASEPOINT_POINT, RISTRETTO_BASEPOINT_TABLE};
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar as Inner;
use curve25519_dalek::traits::{Identity, IsIdentity, MultiscalarMul, VartimeMultiscalarMul};
use rand_core::{CryptoRng, RngCore};
use subtle::{Choice, ConstantTimeEq as _};
use zeroize::Zeroize;

use crate::secret::disclose;

mod product_sum;

pub(crate) use product_sum::{Digits, ProductSum};

/// Bytes of an encoded point or scalar.
pub const ENCODED_LENGTH: usize = 32;

/// Why 32 bytes are not a point or scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GroupError {
    /// Not the canonical encoding of a ristretto255 point (RFC 9496, section 4.3.1).
    #[error("not a canonical ristretto255 point")]
    Point,
    /// Not a scalar reduced modulo the group order.
    #[error("not a scalar reduced modulo the group order")]
    Scalar,
    /// The identity where a point with a meaning is due.
    #[error("the identity stands where another point is due")]
    Identity,
}

/// An integer modulo the group order l = 2^252 + 27742317777372353535851937790883648493.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Zeroize)]
pub struct Scalar(pub(crate) Inner);

impl Scalar {
    /// The scalar 0.
    pub const ZERO: Self = Self(Inner::ZERO);
    /// The scalar 1.
    pub const ONE: Self = Self(Inner::ONE);

    /// Uniform, from the randomness given.
    pub fn random(rng: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut wide = [0u8; 64];
        rng.fill_bytes(&mut wide);
        let scalar = Self::from_wide_bytes(&wide);
        wide.zeroize();
        scalar
    }

    /// 64 uniform bytes, little-endian, reduced modulo l: uniform but for a bias below 2^-250.
    pub fn from_wide_bytes(bytes: &[u8; 64]) -> Self {
        Self(Inner::from_bytes_mod_order_wide(bytes))
    }

    /// The scalar of a signed integer.
    pub fn from_i64(value: i64) -> Self {
        let magnitude = Inner::from(value.unsigned_abs());
        if value < 0 { Self(-magnitude) } else { Self(magnitude) }
    }

    /// Little-endian, canonical.
    pub fn encode(&self) -> [u8; ENCODED_LENGTH] {
        self.0.to_bytes()
    }

    /// Reads a canonical little-endian encoding.
    pub fn decode(bytes: &[u8; ENCODED_LENGTH]) -> Result<Self, GroupError> {
        let scalar = Inner::from_canonical_bytes(*bytes);
        // whether 32 bytes are a scalar is public: of a secret one, whoever gets it complains if it is none
        if disclose(scalar.is_some()) {
            Ok(Self(scalar.unwrap_or(Inner::ZERO)))
        } else {
            Err(GroupError::Scalar)
        }
    }

    /// 1/self; the inverse of zero is zero.
    pub fn invert(&self) -> Self {
        Self(self.0.invert())
    }

    /// Replaces each scalar by its inverse and returns the inverse of their product. None may be zero.
    pub fn batch_invert(scalars: &mut [Self]) -> Self {
        let mut inner: Vec<Inner> = scalars.iter().map(|s| s.0).collect();
        let product = Inner::batch_invert(&mut inner);
        for (scalar, inverse) in scalars.iter_mut().zip(inner) {
            scalar.0 = inverse;
        }
        Self(product)
    }

    /// 1, base, base^2, …
    pub fn powers(base: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(Self::ONE), move |power| Some(*power * base))
    }

    /// Whether this public scalar is zero.
    pub fn is_zero(&self) -> bool {
        self.0 == Inner::ZERO
    }

    /// Whether both are one scalar, in constant time.
    pub(crate) fn is_same(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl From<u64> for Scalar {
    fn from(value: u64) -> Self {
        Self(Inner::from(value))
    }
}

impl From<u128> for Scalar {
    fn from(value: u128) -> Self {
        Self(Inner::from(value))
    }
}

/// A group element.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Point(pub(crate) RistrettoPoint);

impl Point {
    /// The standard base point B.
    pub const BASE: Self = Self(RISTRETTO_BASEPOINT_POINT);

    /// The identity.
    pub fn identity() -> Self {
        Self(RistrettoPoint::identity())
    }

    /// s*B by the precomputed table.
    pub fn base_times(scalar: &Scalar) -> Self {
        Self(&scalar.0 * RISTRETTO_BASEPOINT_TABLE)
    }

    /// RFC 9496 element derivation from 64 uniform bytes.
    pub fn from_uniform_bytes(bytes: &[u8; 64]) -> Self {
        Self(RistrettoPoint::from_uniform_bytes(bytes))
    }

    /// The canonical encoding.
    pub fn encode(&self) -> EncodedPoint {
        EncodedPoint(self.0.compress().to_bytes())
    }

    /// Encodings of 2*P for each P, about five times as fast as one by one.
    pub fn double_and_encode_all(points: &[Self]) -> Vec<EncodedPoint> {
        let inner: Vec<RistrettoPoint> = points.iter().map(|p| p.0).collect();
        RistrettoPoint::double_and_compress_batch(&inner)
            .into_iter()
            .map(|compressed| EncodedPoint(compressed.to_bytes()))
            .collect()
    }

    /// Whether both are one point, in constant time.
    pub(crate) fn is_same(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }

    /// Whether this is the identity.
    pub fn is_identity(&self) -> bool {
        self.0.is_identity()
    }

    /// Σ scalar * point in constant time; both must be of one length.
    pub fn sum_of_products(terms: &[(Scalar, Self)]) -> Self {
        Self(RistrettoPoint::multiscalar_mul(terms.iter().map(|t| t.0.0), terms.iter().map(|t| t.1.0)))
    }

    /// Σ scalar * point for public values (Straus below 190 terms, Pippenger above).
    pub fn sum_of_products_vartime(terms: &[(Scalar, Self)]) -> Self {
        Self(RistrettoPoint::vartime_multiscalar_mul(
            terms.iter().map(|t| t.0.0),
            terms.iter().map(|t| t.1.0),
        ))
    }
}

/// 32 bytes that stand where a point belongs, not yet looked at.
///
/// Decoding costs about as much as a term of a large product, so a ballot carries its points in this form
/// until its voter's signature is checked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct EncodedPoint(pub [u8; ENCODED_LENGTH]);

impl EncodedPoint {
    /// The encoding of the identity.
    pub const IDENTITY: Self = Self([0; ENCODED_LENGTH]);

    /// The point, if the encoding is canonical.
    pub fn decode(&self) -> Result<Point, GroupError> {
        CompressedRistretto(self.0).decompress().map(Point).ok_or(GroupError::Point)
    }

    /// The point, if the encoding is canonical and not the identity.
    pub fn decode_nonzero(&self) -> Result<Point, GroupError> {
        if *self == Self::IDENTITY {
            return Err(GroupError::Identity);
        }
        self.decode()
    }
}

impl std::fmt::Debug for EncodedPoint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

/// Many multiples of one public point, by a table: about five times as fast as without.
///
/// Constant time in the scalar. 30 KiB.
#[derive(Clone)]
pub struct BaseTable(Box<curve25519_dalek::ristretto::RistrettoBasepointTable>);

impl BaseTable {
    /// Builds the table of a point.
    pub fn new(point: &Point) -> Self {
        Self(Box::new(curve25519_dalek::ristretto::RistrettoBasepointTable::create(&point.0)))
    }

    /// s*P.
    pub fn times(&self, scalar: &Scalar) -> Point {
        Point(&scalar.0 * &*self.0)
    }
}

impl std::fmt::Debug for BaseTable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("BaseTable")
    }
}

impl BorshSerialize for Scalar {
    fn serialize<W: std::io::Write>(&self, writer: &mut W) -> std::io::Result<()> {
        writer.write_all(&self.encode())
    }
}

impl BorshDeserialize for Scalar {
    fn deserialize_reader<R: std::io::Read>(reader: &mut R) -> std::io::Result<Self> {
        let bytes = <[u8; ENCODED_LENGTH]>::deserialize_reader(reader)?;
        Self::decode(&bytes).map_err(std::io::Error::other)
    }
}

impl BorshSerialize for Point {
    fn serialize<W: std::io::Write>(&self, writer: &mut W) -> std::io::Result<()> {
        self.encode().serialize(writer)
    }
}

impl BorshDeserialize for Point {
    fn deserialize_reader<R: std::io::Read>(reader: &mut R) -> std::io::Result<Self> {
        EncodedPoint::deserialize_reader(reader)?.decode().map_err(std::io::Error::other)
    }
}

impl Add for Scalar {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Scalar {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Scalar {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Scalar {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Neg for Scalar {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Scalar {
    fn sum<I: Iterator<Item = Self>>(terms: I) -> Self {
        terms.fold(Self::ZERO, Add::add)
    }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Point {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Point {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Mul<Point> for Scalar {
    type Output = Point;
    fn mul(self, point: Point) -> Point {
        Point(self.0 * point.0)
    }
}

impl Sum for Point {
    fn sum<I: Iterator<Item = Self>>(terms: I) -> Self {
        terms.fold(Self::identity(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_points_and_scalars_that_are_not_canonical() {
        // RFC 9496, appendix A.3: non-canonical field encodings, negative field elements, no square root
        for encoding in [
            "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
            "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
        ] {
            let bytes: [u8; 32] = hex::decode(encoding).unwrap().try_into().unwrap();
            assert_eq!(EncodedPoint(bytes).decode(), Err(GroupError::Point), "{encoding}");
        }
        let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
        assert_eq!(Scalar::decode(&order.try_into().unwrap()), Err(GroupError::Scalar));
        assert_eq!(EncodedPoint::IDENTITY.decode_nonzero(), Err(GroupError::Identity));
    }

    #[test]
    fn negative_integers_are_additive_inverses() {
        assert_eq!(Scalar::from_i64(-7) + Scalar::from(7u64), Scalar::ZERO);
        assert_eq!(Scalar::from_i64(i64::MIN) + Scalar::from(1u64 << 63), Scalar::ZERO);
    }

    #[test]
    fn only_zero_is_zero() {
        assert!(Scalar::ZERO.is_zero() && Scalar::from_i64(0).is_zero());
        assert!(!Scalar::ONE.is_zero() && !Scalar::from_i64(-1).is_zero());
    }
}
