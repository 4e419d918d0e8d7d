//! Knowledge of a logarithm: Schnorr's proof. Specification: "Proof of possession".
//!
//! Relation: one x is known with `V = x*B`. Non-interactive by the transcript, which carries the purpose and
//! everything that the proof shall be bound to.
//!
//! Source: C. P. Schnorr, "Efficient signature generation by smart cards", J. Cryptology 4 (1991).

use borsh::{BorshDeserialize, BorshSerialize};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::group::{Point, Scalar};
use crate::transcript::Transcript;

/// Why a Schnorr proof is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SchnorrError {
    /// The public point or the nonce point is the identity.
    #[error("a proof of knowledge about the identity")]
    Identity,
    /// The equation `z*B = T + e*V` does not hold.
    #[error("the proof of knowledge does not verify")]
    Equation,
}

/// A proof of knowledge of x with V = x*B: 64 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SchnorrProof {
    /// The nonce point T = k*B.
    pub t: Point,
    /// The response z = k + e*x.
    pub z: Scalar,
}

impl SchnorrProof {
    /// Proves knowledge of `x`, in constant time.
    pub fn prove(transcript: &mut Transcript, x: &Scalar, rng: &mut (impl RngCore + CryptoRng)) -> Self {
        transcript.append_point("V", &Point::base_times(x).encode());
        let secret = Zeroizing::new(x.encode());
        let k = Zeroizing::new(transcript.nonces(&[secret.as_slice()], rng).scalar());
        let t = Point::base_times(&k);
        let e = challenge(transcript, &t);
        let z = *k + e * *x;
        transcript.append_scalar("z", &z);
        Self { t, z }
    }

    /// Verifies against the public point `v`; neither it nor the nonce point may be the identity.
    pub fn verify(&self, transcript: &mut Transcript, v: &Point) -> Result<(), SchnorrError> {
        let Self { t, z } = self;
        if v.is_identity() || t.is_identity() {
            return Err(SchnorrError::Identity);
        }
        transcript.append_point("V", &v.encode());
        let e = challenge(transcript, t);
        transcript.append_scalar("z", z);
        // z*B = T + e*V
        let left = Point::sum_of_products_vartime(&[(*z, Point::BASE), (-e, *v)]);
        if left == *t { Ok(()) } else { Err(SchnorrError::Equation) }
    }
}

fn challenge(transcript: &mut Transcript, t: &Point) -> Scalar {
    transcript.append_point("T", &t.encode());
    transcript.challenge("e")
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;
    use crate::codec::{decode, encode};

    fn example() -> (Point, SchnorrProof) {
        let x = Scalar::from(12345u64);
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let proof = SchnorrProof::prove(&mut Transcript::new("test"), &x, &mut rng);
        (Point::base_times(&x), proof)
    }

    #[test]
    fn accepts_its_own_statement_and_nothing_else() {
        let (v, proof) = example();
        let verify = |proof: &SchnorrProof, v: &Point| proof.verify(&mut Transcript::new("test"), v);
        assert_eq!(verify(&proof, &v), Ok(()));
        assert_eq!(verify(&proof, &(v + Point::BASE)), Err(SchnorrError::Equation));
        assert_eq!(verify(&proof, &-v), Err(SchnorrError::Equation));
        let other_t = SchnorrProof { t: proof.t + Point::BASE, ..proof };
        assert_eq!(verify(&other_t, &v), Err(SchnorrError::Equation));
        let other_z = SchnorrProof { z: proof.z + Scalar::ONE, ..proof };
        assert_eq!(verify(&other_z, &v), Err(SchnorrError::Equation));
        assert_eq!(proof.verify(&mut Transcript::new("other"), &v), Err(SchnorrError::Equation));
    }

    #[test]
    fn refuses_the_identity_as_statement_and_as_nonce() {
        let (v, proof) = example();
        let transcript = || Transcript::new("test");
        assert_eq!(proof.verify(&mut transcript(), &Point::identity()), Err(SchnorrError::Identity));
        let zero = SchnorrProof { t: Point::identity(), ..proof };
        assert_eq!(zero.verify(&mut transcript(), &v), Err(SchnorrError::Identity));
    }

    #[test]
    fn decodes_canonical_bytes_alone() {
        let (_, proof) = example();
        let bytes = encode(&proof);
        assert_eq!(hex::encode(&bytes), KNOWN_ANSWER);
        assert_eq!(decode::<SchnorrProof>(&bytes), Ok(proof));
        for at in [0, 63] {
            let mut broken = bytes.clone();
            broken[at] |= if at == 0 { 1 } else { 0xf0 };
            assert!(decode::<SchnorrProof>(&broken).is_err(), "byte {at}");
        }
    }

    /// x = 12345, transcript "test", ChaCha20 from seed 1.
    const KNOWN_ANSWER: &str = "dea1ecfc90c811cd4df550c9baf46e2c2f1c632c33a1d5358bda2ce7980bdb606e49c596bdd8565dcb307bb6947ca2213bee652c7f51d8698a85f82d7d3a870a";
}
