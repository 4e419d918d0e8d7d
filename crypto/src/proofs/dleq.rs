//! Equality of logarithms: Chaum–Pedersen, for one pair of points or many at once.
//! Specification: "Equality of logarithms".
//!
//! Relation: one x is known with `V = x*B` and `S_i = x*P_i` for every pair. The pairs fold into one by powers
//! of a challenge that depends on all of them: `P' = Σ rho^i P_i`, `S' = Σ rho^i S_i`, i from 0. If some
//! `S_i ≠ x*P_i`, then `S' = x*P'` for at most m - 1 of the l values of rho (a polynomial of degree below m),
//! m the number of pairs. A single pair is a batch of one: its weight is 1.
//!
//! Sources: D. Chaum, T. P. Pedersen, "Wallet databases with observers", CRYPTO '92; R. Henry, I. Goldberg,
//! "Batch proofs of partial knowledge", ACNS 2013, for the batch.

use borsh::{BorshDeserialize, BorshSerialize};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::group::{Point, Scalar};
use crate::transcript::Transcript;

/// Why a proof of equal logarithms is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DleqError {
    /// There is no pair to prove anything about.
    #[error("a proof of equal logarithms about nothing")]
    Empty,
    /// V or a nonce point is the identity (the second one may be where P' is).
    #[error("the identity stands in a proof of equal logarithms")]
    Identity,
    /// One of `z*B = T1 + e*V`, `z*P' = T2 + e*S'` does not hold.
    #[error("the proof of equal logarithms does not verify")]
    Equation,
}

/// What is claimed: log_B(V) = log_P(S) for every pair (P, S).
#[derive(Clone, Copy, Debug)]
pub struct DleqStatement<'a> {
    /// V = x*B.
    pub v: Point,
    /// The pairs (P_i, S_i = x*P_i), at least one.
    pub pairs: &'a [(Point, Point)],
}

/// A proof of equal logarithms: 96 bytes for any number of pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct DleqProof {
    /// The nonce point T1 = k*B.
    pub t1: Point,
    /// The nonce point T2 = k*P'.
    pub t2: Point,
    /// The response z = k + e*x.
    pub z: Scalar,
}

impl DleqProof {
    /// Proves the statement with its witness `x`, in constant time as to x.
    ///
    /// The transcript carries the purpose and the context. For a statement without pairs the result verifies
    /// nowhere.
    pub fn prove(
        transcript: &mut Transcript,
        statement: &DleqStatement<'_>,
        x: &Scalar,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Self {
        let (p, _) = statement.fold(transcript);
        let secret = Zeroizing::new(x.encode());
        let k = Zeroizing::new(transcript.nonces(&[secret.as_slice()], rng).scalar());
        let (t1, t2) = (Point::base_times(&k), *k * p);
        let e = challenge(transcript, &t1, &t2);
        let z = *k + e * *x;
        transcript.append_scalar("z", &z);
        Self { t1, t2, z }
    }

    /// Verifies the statement on a transcript in the state in which it was proven.
    pub fn verify(
        &self,
        transcript: &mut Transcript,
        statement: &DleqStatement<'_>,
    ) -> Result<(), DleqError> {
        let Self { t1, t2, z } = self;
        if statement.pairs.is_empty() {
            return Err(DleqError::Empty);
        }
        let (p, s) = statement.fold(transcript);
        // P' is the identity where every P_i is, as in a sum over nothing; then so are T2 and S'
        if statement.v.is_identity() || t1.is_identity() || t2.is_identity() != p.is_identity() {
            return Err(DleqError::Identity);
        }
        let e = challenge(transcript, t1, t2);
        transcript.append_scalar("z", z);
        // z*B = T1 + e*V
        let first = Point::sum_of_products_vartime(&[(*z, Point::BASE), (-e, statement.v)]);
        // z*P' = T2 + e*S'
        let second = Point::sum_of_products_vartime(&[(*z, p), (-e, s)]);
        if first == *t1 && second == *t2 { Ok(()) } else { Err(DleqError::Equation) }
    }
}

impl DleqStatement<'_> {
    /// Says V and every pair, draws rho and gives (P', S').
    // on its own, so that the search for branches on secrets can tell that V, the pairs and so rho are public
    #[inline(never)]
    fn fold(&self, transcript: &mut Transcript) -> (Point, Point) {
        let Self { v, pairs } = self;
        transcript.append_point("V", &v.encode());
        transcript.append_u64("pairs", pairs.len() as u64);
        for (p, s) in *pairs {
            transcript.append_point("P", &p.encode());
            transcript.append_point("S", &s.encode());
        }
        let rho = transcript.challenge("rho");
        let weigh = |side: fn(&(Point, Point)) -> Point| {
            let terms: Vec<_> = Scalar::powers(rho).zip(pairs.iter().map(side)).collect();
            Point::sum_of_products_vartime(&terms)
        };
        (weigh(|pair| pair.0), weigh(|pair| pair.1))
    }
}

fn challenge(transcript: &mut Transcript, t1: &Point, t2: &Point) -> Scalar {
    transcript.append_point("T1", &t1.encode());
    transcript.append_point("T2", &t2.encode());
    transcript.challenge("e")
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;
    use crate::codec::{decode, encode};
    use crate::transcript::hash_to_point;

    const WITNESS: u64 = 987_654_321;

    fn pairs(count: u8) -> Vec<(Point, Point)> {
        (0..count)
            .map(|index| {
                let p = hash_to_point("test", &[&[index]]);
                (p, Scalar::from(WITNESS) * p)
            })
            .collect()
    }

    fn prove(pairs: &[(Point, Point)]) -> (Point, DleqProof) {
        let x = Scalar::from(WITNESS);
        let v = Point::base_times(&x);
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let proof = DleqProof::prove(&mut Transcript::new("test"), &DleqStatement { v, pairs }, &x, &mut rng);
        (v, proof)
    }

    fn verify(proof: &DleqProof, v: Point, pairs: &[(Point, Point)]) -> Result<(), DleqError> {
        proof.verify(&mut Transcript::new("test"), &DleqStatement { v, pairs })
    }

    #[test]
    fn accepts_one_pair_and_many() {
        for count in [1, 2, 7, 200] {
            let pairs = pairs(count);
            let (v, proof) = prove(&pairs);
            assert_eq!(verify(&proof, v, &pairs), Ok(()), "{count} pairs");
        }
    }

    #[test]
    fn rejects_every_changed_part_of_statement_and_proof() {
        let pairs = pairs(3);
        let (v, proof) = prove(&pairs);
        assert_eq!(verify(&proof, v + Point::BASE, &pairs), Err(DleqError::Equation));
        for index in 0..pairs.len() {
            let mut other = pairs.clone();
            other[index].0 += Point::BASE;
            assert_eq!(verify(&proof, v, &other), Err(DleqError::Equation), "P of pair {index}");
            let mut other = pairs.clone();
            other[index].1 += Point::BASE;
            assert_eq!(verify(&proof, v, &other), Err(DleqError::Equation), "S of pair {index}");
        }
        let mut swapped = pairs.clone();
        swapped.swap(0, 1);
        assert_eq!(verify(&proof, v, &swapped), Err(DleqError::Equation));
        assert_eq!(verify(&proof, v, &pairs[..2]), Err(DleqError::Equation));
        for changed in [
            DleqProof { t1: proof.t1 + Point::BASE, ..proof },
            DleqProof { t2: proof.t2 + Point::BASE, ..proof },
            DleqProof { z: proof.z + Scalar::ONE, ..proof },
            DleqProof { t1: proof.t2, t2: proof.t1, ..proof },
        ] {
            assert_eq!(verify(&changed, v, &pairs), Err(DleqError::Equation));
        }
        let statement = DleqStatement { v, pairs: &pairs };
        assert_eq!(proof.verify(&mut Transcript::new("other"), &statement), Err(DleqError::Equation));
    }

    #[test]
    fn a_false_pair_cannot_be_proven_by_its_prover() {
        let mut pairs = pairs(4);
        pairs[2].1 += Point::BASE;
        let (v, proof) = prove(&pairs);
        assert_eq!(verify(&proof, v, &pairs), Err(DleqError::Equation));
        // errors that cancel in the plain sum do not cancel under the weights
        pairs[3].1 = pairs[3].1 - Point::BASE;
        let (v, proof) = prove(&pairs);
        assert_eq!(verify(&proof, v, &pairs), Err(DleqError::Equation));
    }

    #[test]
    fn refuses_the_identity_and_the_empty_statement() {
        let pairs = pairs(2);
        let (v, proof) = prove(&pairs);
        assert_eq!(verify(&proof, Point::identity(), &pairs), Err(DleqError::Identity));
        let zero = DleqProof { t1: Point::identity(), ..proof };
        assert_eq!(verify(&zero, v, &pairs), Err(DleqError::Identity));
        let zero = DleqProof { t2: Point::identity(), ..proof };
        assert_eq!(verify(&zero, v, &pairs), Err(DleqError::Identity));
        let (v, proof) = prove(&[]);
        assert_eq!(verify(&proof, v, &[]), Err(DleqError::Empty));
    }

    #[test]
    fn the_power_of_the_identity_is_the_identity_and_nothing_else() {
        let zero = Point::identity();
        let (v, proof) = prove(&[(zero, zero)]);
        assert_eq!(verify(&proof, v, &[(zero, zero)]), Ok(()));
        let (v, proof) = prove(&[(zero, Point::BASE)]);
        assert_eq!(verify(&proof, v, &[(zero, Point::BASE)]), Err(DleqError::Equation));
        // where P' is the identity T2 is, and nowhere else
        let other = DleqProof { t2: Point::BASE, ..proof };
        assert_eq!(verify(&other, v, &[(zero, zero)]), Err(DleqError::Identity));
        let (v, proof) = prove(&pairs(1));
        let other = DleqProof { t2: zero, ..proof };
        assert_eq!(verify(&other, v, &pairs(1)), Err(DleqError::Identity));
    }

    #[test]
    fn decodes_canonical_bytes_alone() {
        let (_, proof) = prove(&pairs(2));
        let bytes = encode(&proof);
        assert_eq!(hex::encode(&bytes), KNOWN_ANSWER);
        assert_eq!(decode::<DleqProof>(&bytes), Ok(proof));
        for (at, bits) in [(0, 1), (32, 1), (95, 0xf0)] {
            let mut broken = bytes.clone();
            broken[at] |= bits;
            assert!(decode::<DleqProof>(&broken).is_err(), "byte {at}");
        }
    }

    /// The witness and pairs above, two of them; transcript "test", ChaCha20 from seed 2.
    const KNOWN_ANSWER: &str = "da2b16ff7fea44433956a5e2dc088da86b3ad1c23c482c900d94e544e69341237e2526c7e3478954f6da4e9d56f6854dbd23a16f3be9b79a751dd560e59bb95b3de7c27a32ee1f758eacf416c3090578ddcabc4774d91ebe52424d5cb4b7d40f";
}
