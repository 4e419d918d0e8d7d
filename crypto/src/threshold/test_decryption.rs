//! Round 6 of the key ceremony: before voting opens, each trustee decrypts a test point with the share as it
//! lies on disk, which proves that it can be read back. Specification: "Test decryption".
//!
//! The point is `P_i = hash_to_point("test decryption"; election, ceremony transcript hash, index)`. It is
//! derived here and cannot be passed in: a trustee who raised a point from outside to the secret share would
//! be an oracle for decrypting ballots.

use borsh::{BorshDeserialize, BorshSerialize};
use rand_core::{CryptoRng, RngCore};

use super::dkg::CeremonyError;
use super::keys::{KeySet, KeyShare};
use super::trustee::TrusteeIndex;
use crate::group::Point;
use crate::proofs::dleq::{DleqError, DleqProof, DleqStatement};
use crate::transcript::{Transcript, hash_to_point};

/// Why a test decryption is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TestDecryptionError {
    /// There is no such trustee.
    #[error("there is no trustee {0}")]
    UnknownTrustee(TrusteeIndex),
    /// The proof does not verify.
    #[error("the test decryption of trustee {trustee} does not verify: {cause}")]
    Proof {
        /// Whose test decryption.
        trustee: TrusteeIndex,
        /// What is wrong with the proof.
        cause: DleqError,
    },
}

/// A trustee's test decryption: 128 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct TestDecryption {
    /// s_i*P_i.
    pub share: Point,
    /// log_B(V_i) = log_(P_i)(share).
    pub proof: DleqProof,
}

/// A test decryption that was verified: its trustee's share can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifiedTestDecryption(TrusteeIndex);

impl VerifiedTestDecryption {
    /// Whose share can be used.
    pub fn trustee(&self) -> TrusteeIndex {
        self.0
    }
}

impl TestDecryption {
    /// Decrypts the trustee's test point. Fails if the share is not one of this key.
    pub fn prove(
        key_set: &KeySet,
        key_share: &KeyShare,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, CeremonyError> {
        let trustee = key_share.trustee();
        let v = key_share.check(key_set)?;
        let point = test_point(key_set, trustee);
        let share = *key_share.expose() * point;
        let statement = DleqStatement { v, pairs: &[(point, share)] };
        let proof = DleqProof::prove(&mut transcript(key_set, trustee), &statement, key_share.expose(), rng);
        Ok(Self { share, proof })
    }

    /// Verifies it as that of `trustee`.
    pub fn verify(
        &self,
        key_set: &KeySet,
        trustee: TrusteeIndex,
    ) -> Result<VerifiedTestDecryption, TestDecryptionError> {
        let Self { share, proof } = self;
        let v =
            key_set.verification_key(trustee).map_err(|_| TestDecryptionError::UnknownTrustee(trustee))?;
        let statement = DleqStatement { v, pairs: &[(test_point(key_set, trustee), *share)] };
        proof
            .verify(&mut transcript(key_set, trustee), &statement)
            .map_err(|cause| TestDecryptionError::Proof { trustee, cause })?;
        Ok(VerifiedTestDecryption(trustee))
    }
}

fn test_point(key_set: &KeySet, trustee: TrusteeIndex) -> Point {
    let election = key_set.parameters().election();
    hash_to_point("test decryption", &[&election.0, &key_set.transcript_hash().0, &[trustee.number()]])
}

fn transcript(key_set: &KeySet, trustee: TrusteeIndex) -> Transcript {
    let mut transcript = Transcript::new("test decryption");
    transcript.append("election", &key_set.parameters().election().0);
    transcript.append("ceremony", &key_set.transcript_hash().0);
    transcript.append_u64("trustee", u64::from(trustee.number()));
    transcript
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{decode, encode};
    use crate::group::Scalar;
    use crate::threshold::simulation::{Simulation, index, rng};
    use crate::threshold::trustee::CeremonyParameters;
    use crate::transcript::Digest;

    fn example() -> (KeySet, TestDecryption) {
        let simulation = Simulation::new(3, 2);
        let key_set = simulation.key_set();
        let test = TestDecryption::prove(&key_set, &simulation.key_share(2), &mut rng(8)).unwrap();
        (key_set, test)
    }

    const REFUSED: Result<VerifiedTestDecryption, DleqError> = Err(DleqError::Equation);

    fn verify(
        test: &TestDecryption,
        key_set: &KeySet,
        trustee: u8,
    ) -> Result<VerifiedTestDecryption, DleqError> {
        test.verify(key_set, index(trustee)).map_err(|error| match error {
            TestDecryptionError::Proof { trustee: culprit, cause } => {
                assert_eq!(culprit, index(trustee));
                cause
            }
            TestDecryptionError::UnknownTrustee(unknown) => panic!("trustee {unknown} is known"),
        })
    }

    #[test]
    fn holds_for_its_trustee_and_ceremony_alone() {
        let (key_set, test) = example();
        assert_eq!(verify(&test, &key_set, 2).map(|verified| verified.trustee()), Ok(index(2)));
        assert_eq!(verify(&test, &key_set, 1), REFUSED);
        let nobody = Err(TestDecryptionError::UnknownTrustee(index(4)));
        assert_eq!(test.verify(&key_set, index(4)), nobody);
        let mut other = key_set.clone();
        other.transcript_hash = Digest([1; 32]);
        assert_eq!(verify(&test, &other, 2), REFUSED);
        let mut other = key_set.clone();
        let keys = key_set.parameters().trustees().to_vec();
        other.parameters = CeremonyParameters::new(&Digest([8; 32]), 0, keys, 2).unwrap();
        assert_eq!(verify(&test, &other, 2), REFUSED);
    }

    #[test]
    fn rejects_each_changed_part() {
        let (key_set, test) = example();
        let DleqProof { t1, t2, z } = test.proof;
        for proof in [
            DleqProof { t1: t1 + Point::BASE, ..test.proof },
            DleqProof { t2: t2 + Point::BASE, ..test.proof },
            DleqProof { z: z + Scalar::ONE, ..test.proof },
        ] {
            assert_eq!(verify(&TestDecryption { proof, ..test }, &key_set, 2), REFUSED);
        }
        for share in [test.share + Point::BASE, -test.share, Point::identity()] {
            assert_eq!(verify(&TestDecryption { share, ..test }, &key_set, 2), REFUSED);
        }
    }

    #[test]
    fn a_share_of_another_key_decrypts_nothing() {
        let (key_set, _) = example();
        let stranger = Simulation::new(4, 2).key_share(2);
        let refused = TestDecryption::prove(&key_set, &stranger, &mut rng(1));
        assert_eq!(refused, Err(CeremonyError::KeyShare(index(2))));
        let stranger = Simulation::new(4, 2).key_share(4);
        let refused = TestDecryption::prove(&key_set, &stranger, &mut rng(1));
        assert_eq!(refused, Err(CeremonyError::UnknownTrustee(index(4))));
    }

    #[test]
    fn decodes_canonical_bytes_alone() {
        let (_, test) = example();
        let bytes = encode(&test);
        assert_eq!(hex::encode(&bytes), KNOWN_ANSWER);
        assert_eq!(decode::<TestDecryption>(&bytes), Ok(test));
        for at in [0, 32, 64] {
            let mut broken = bytes.clone();
            broken[at] |= 1;
            assert!(decode::<TestDecryption>(&broken).is_err(), "a negative encoding at byte {at}");
        }
    }

    /// Trustee 2 of the simulated ceremony, 2 of 3, ChaCha20 from seed 8.
    const KNOWN_ANSWER: &str = "ee944d0209aa4aec25d891c7eb873233e6bc92c915b7e9475cadd1fc6f93727906e39ebc88a57b4e60e108799ac4a1551d425784e3875d2334aa60bdd935dc231a38d1110259f82d3d9ca3baed43183cdee8a5df2247e9f41b7fb4875d0cbf5c24628d8410bda5675db2ed88ec2d308c3109193106502bf1efe4c3f41ab4950f";
}
