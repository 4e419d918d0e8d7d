//! Rounds 2 and 3 of the key ceremony: each trustee commits to a polynomial. Specification: "Key ceremony".
//!
//! Pedersen's distributed key generation with Feldman commitments. Everybody first publishes the hash of the
//! commitments, so that the last dealer cannot choose the key; then the commitments with a proof of possession
//! of a_0. That proof is an *integrity* check of the election: it makes K a known multiple of B, without which
//! range proofs over the bases (M, K) would bind nothing.
//!
//! Sources: T. P. Pedersen, "A threshold cryptosystem without a trusted party", EUROCRYPT '91; R. Gennaro et
//! al., "Secure distributed key generation for discrete-log based cryptosystems", J. Cryptology 20 (2007).

use borsh::{BorshDeserialize, BorshSerialize};
use rand_core::{CryptoRng, RngCore};

use super::polynomial::Polynomial;
use super::trustee::{CeremonyParameters, TrusteeIndex};
use crate::codec::encode;
use crate::group::{Point, Scalar};
use crate::proofs::schnorr::SchnorrProof;
use crate::transcript::{Digest, Transcript, hash};

/// What is wrong in a key ceremony, and with whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CeremonyError {
    /// The secret's keys are those of no trustee.
    #[error("this secret is that of no trustee of the ceremony")]
    NotATrustee,
    /// An index beyond the number of trustees.
    #[error("there is no trustee {0}")]
    UnknownTrustee(TrusteeIndex),
    /// Something verified or derived for other parameters.
    #[error("the contribution of trustee {0} belongs to another ceremony")]
    OtherCeremony(TrusteeIndex),
    /// The commitments are not those whose hash was announced.
    #[error("trustee {0} announced other commitments")]
    Announcement(TrusteeIndex),
    /// Not exactly t commitments.
    #[error("trustee {dealer} made {found} commitments, where {expected} are due")]
    CommitmentCount {
        /// Whose commitments.
        dealer: TrusteeIndex,
        /// Commitments found.
        found: usize,
        /// The threshold.
        expected: u8,
    },
    /// A commitment is the identity.
    #[error("a commitment of trustee {0} is the identity")]
    ZeroCommitment(TrusteeIndex),
    /// The proof of possession does not verify.
    #[error("trustee {0} does not prove possession of the secret")]
    Possession(TrusteeIndex),
    /// A list that has one item for each trustee in order has none here, another's, or one too many.
    #[error("the list of the trustees' contributions is wrong at trustee {0}")]
    Sequence(TrusteeIndex),
    /// Not one sealed share for each other trustee.
    #[error("trustee {0} did not seal one share for each other trustee")]
    SealedCount(TrusteeIndex),
    /// Nothing can be sealed for this trustee's key.
    #[error("nothing can be sealed for trustee {0}")]
    Sealing(TrusteeIndex),
    /// The receiver cannot open the share, or what is in it is no scalar.
    #[error("the share from trustee {dealer} for trustee {receiver} does not open")]
    Opening {
        /// Who sealed it.
        dealer: TrusteeIndex,
        /// For whom.
        receiver: TrusteeIndex,
    },
    /// The share does not satisfy the dealer's commitments.
    #[error("the share from trustee {dealer} for trustee {receiver} contradicts the commitments")]
    Share {
        /// Whose share.
        dealer: TrusteeIndex,
        /// For whom.
        receiver: TrusteeIndex,
    },
    /// Two answers for one pair.
    #[error("trustee {dealer} answered trustee {receiver} twice")]
    DuplicateAnswer {
        /// Who answered.
        dealer: TrusteeIndex,
        /// Who had complained.
        receiver: TrusteeIndex,
    },
    /// The joint key is the identity: no secrecy.
    #[error("the joint key is the identity")]
    ZeroKey,
    /// A trustee's verification key is the identity.
    #[error("the verification key of trustee {0} is the identity")]
    ZeroVerificationKey(TrusteeIndex),
    /// The share put together does not belong to the trustee's verification key.
    #[error("the key share of trustee {0} does not belong to the verification key")]
    KeyShare(TrusteeIndex),
}

/// A dealer's message of round 3.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Commitments {
    /// A_k = a_k*B for k = 0 to t - 1.
    pub points: Vec<Point>,
    /// Knowledge of a_0, bound to ceremony, dealer and all points.
    pub possession: SchnorrProof,
}

impl Commitments {
    /// Commits to a polynomial and proves possession of its secret.
    pub fn prove(polynomial: &Polynomial, rng: &mut (impl RngCore + CryptoRng)) -> Self {
        let points = polynomial.commitments();
        let announced = announcement(&polynomial.parameters, polynomial.dealer, &points);
        // t is at least 1, and zero would be refused as the identity
        let secret = polynomial.coefficients.expose().first().unwrap_or(&Scalar::ZERO);
        let possession = SchnorrProof::prove(&mut possession_transcript(&announced), secret, rng);
        Self { points, possession }
    }
}

/// A dealer's message of round 2: hash("ceremony commitments", digest of the parameters, dealer as one byte,
/// encoded list of the points).
///
/// The proof of possession is left out, so that a trustee who starts again from the seed between two rounds
/// can make a fresh one.
pub fn commitment_hash(parameters: &CeremonyParameters, dealer: TrusteeIndex, points: &[Point]) -> Digest {
    announcement(parameters.digest(), dealer, points)
}

fn announcement(parameters: &Digest, dealer: TrusteeIndex, points: &[Point]) -> Digest {
    hash("ceremony commitments", &[&parameters.0, &[dealer.number()], &encode(&points)])
}

/// The announced hash stands for suite, election, attempt, n, t, all keys, dealer and all commitments.
fn possession_transcript(announced: &Digest) -> Transcript {
    let mut transcript = Transcript::new("ceremony possession");
    transcript.append("commitments", &announced.0);
    transcript
}

/// A dealer's commitments, verified for one ceremony.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCommitments {
    pub(super) parameters: Digest,
    pub(super) dealer: TrusteeIndex,
    pub(super) announced: Digest,
    pub(super) commitments: Commitments,
}

impl VerifiedCommitments {
    /// Whose commitments these are.
    pub fn dealer(&self) -> TrusteeIndex {
        self.dealer
    }

    /// The points A_k.
    pub fn points(&self) -> &[Point] {
        &self.commitments.points
    }

    /// Checks that they were verified for this ceremony.
    pub(super) fn check_parameters(&self, parameters: &CeremonyParameters) -> Result<(), CeremonyError> {
        if self.parameters == *parameters.digest() {
            Ok(())
        } else {
            Err(CeremonyError::OtherCeremony(self.dealer))
        }
    }
}

/// Verifies a message of round 3 against the dealer's announcement of round 2; an error names the dealer.
pub fn verify_commitments(
    parameters: &CeremonyParameters,
    dealer: TrusteeIndex,
    announced: &Digest,
    commitments: &Commitments,
) -> Result<VerifiedCommitments, CeremonyError> {
    let Commitments { points, possession } = commitments;
    parameters.keys(dealer).ok_or(CeremonyError::UnknownTrustee(dealer))?;
    if points.len() != usize::from(parameters.threshold()) {
        let (found, expected) = (points.len(), parameters.threshold());
        return Err(CeremonyError::CommitmentCount { dealer, found, expected });
    }
    if points.iter().any(Point::is_identity) {
        return Err(CeremonyError::ZeroCommitment(dealer));
    }
    if commitment_hash(parameters, dealer, points) != *announced {
        return Err(CeremonyError::Announcement(dealer));
    }
    let public = points.first().ok_or(CeremonyError::Possession(dealer))?;
    possession
        .verify(&mut possession_transcript(announced), public)
        .map_err(|_| CeremonyError::Possession(dealer))?;
    Ok(VerifiedCommitments {
        parameters: *parameters.digest(),
        dealer,
        announced: *announced,
        commitments: commitments.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::decode;
    use crate::secret::Secret;
    use crate::threshold::simulation::{Simulation, index, rng};

    /// Announces and commits honestly, but to a polynomial of one's own making.
    fn commit_to(
        parameters: &CeremonyParameters,
        dealer: u8,
        coefficients: &[i64],
    ) -> Result<(), CeremonyError> {
        let polynomial = Polynomial {
            dealer: index(dealer),
            parameters: *parameters.digest(),
            coefficients: Secret::new(coefficients.iter().copied().map(Scalar::from_i64).collect()),
        };
        let commitments = Commitments::prove(&polynomial, &mut rng(1));
        let announced = commitment_hash(parameters, index(dealer), &commitments.points);
        verify_commitments(parameters, index(dealer), &announced, &commitments).map(|_| ())
    }

    #[test]
    fn commitments_of_a_wrong_degree_are_refused() {
        let parameters = Simulation::parameters(5, 3);
        assert_eq!(commit_to(&parameters, 2, &[1, 2, 3]), Ok(()));
        for coefficients in [&[1, 2][..], &[1, 2, 3, 4], &[]] {
            let refused =
                CeremonyError::CommitmentCount { dealer: index(2), found: coefficients.len(), expected: 3 };
            assert_eq!(commit_to(&parameters, 2, coefficients), Err(refused));
        }
        // a lower degree cannot hide behind zeroes either
        assert_eq!(commit_to(&parameters, 2, &[1, 2, 0]), Err(CeremonyError::ZeroCommitment(index(2))));
        assert_eq!(commit_to(&parameters, 2, &[0, 1, 2]), Err(CeremonyError::ZeroCommitment(index(2))));
        assert_eq!(commit_to(&parameters, 6, &[1, 2, 3]), Err(CeremonyError::UnknownTrustee(index(6))));
    }

    #[test]
    fn commitments_other_than_the_announced_are_refused() {
        let simulation = Simulation::new(3, 2);
        let parameters = &simulation.parameters;
        let first = Commitments::prove(&simulation.polynomials[0], &mut rng(1));
        let refused = Err(CeremonyError::Announcement(index(1)));
        let other = simulation.verified[1].announced;
        assert_eq!(verify_commitments(parameters, index(1), &other, &first), refused);
        let mut swapped = first.clone();
        swapped.points.swap(0, 1);
        let announced = simulation.verified[0].announced;
        assert_eq!(verify_commitments(parameters, index(1), &announced, &swapped), refused);
    }

    #[test]
    fn a_dealer_who_cancels_the_others_cannot_prove_possession() {
        let simulation = Simulation::new(3, 2);
        let rogue = index(3);
        let mut commitments = simulation.verified[2].commitments.clone();
        let others = simulation.verified[0].points()[0] + simulation.verified[1].points()[0];
        commitments.points[0] = -others;
        let announced = commitment_hash(&simulation.parameters, rogue, &commitments.points);
        let refused = verify_commitments(&simulation.parameters, rogue, &announced, &commitments);
        assert_eq!(refused, Err(CeremonyError::Possession(rogue)));
    }

    #[test]
    fn a_dealer_who_makes_the_key_a_multiple_of_the_message_base_cannot_prove_possession() {
        let simulation = Simulation::new(3, 2);
        let rogue = index(3);
        let c = Scalar::from(12_345u64);
        let key = c * crate::generators::message_base();
        let mut commitments = simulation.verified[2].commitments.clone();
        let others = simulation.verified[0].points()[0] + simulation.verified[1].points()[0];
        commitments.points[0] = key - others;
        let announced = commitment_hash(&simulation.parameters, rogue, &commitments.points);
        let refused = Err(CeremonyError::Possession(rogue));
        let verify = |commitments: &Commitments| {
            verify_commitments(&simulation.parameters, rogue, &announced, commitments)
        };
        assert_eq!(verify(&commitments), refused);
        // a proof for a challenge that was guessed
        let (guessed, z) = (Scalar::from(7u64), Scalar::from(8u64));
        commitments.possession.z = z;
        commitments.possession.t = z * Point::BASE - guessed * commitments.points[0];
        assert_eq!(verify(&commitments), refused);
    }

    #[test]
    fn a_proof_of_possession_holds_for_its_ceremony_and_dealer_alone() {
        let base = Simulation::new(3, 2);
        let VerifiedCommitments { commitments, .. } = &base.verified[0];
        let verify = |parameters: &CeremonyParameters, dealer: TrusteeIndex, commitments: &Commitments| {
            let announced = commitment_hash(parameters, dealer, &commitments.points);
            verify_commitments(parameters, dealer, &announced, commitments).map(|_| ())
        };
        assert_eq!(verify(&base.parameters, index(1), commitments), Ok(()));
        assert_eq!(
            verify(&base.parameters, index(2), commitments),
            Err(CeremonyError::Possession(index(2))),
            "another dealer copies it"
        );
        let list = || base.parameters.trustees().to_vec();
        let election = base.parameters.election();
        let longer = Simulation::parameters(4, 2).trustees().to_vec();
        let mut swapped = list();
        swapped.swap(1, 2);
        for other in [
            CeremonyParameters::new(&Digest([9; 32]), 0, list(), 2),
            CeremonyParameters::new(election, 1, list(), 2),
            CeremonyParameters::new(election, 0, longer, 2),
            CeremonyParameters::new(election, 0, swapped, 2),
        ] {
            let refused = Err(CeremonyError::Possession(index(1)));
            assert_eq!(verify(&other.unwrap(), index(1), commitments), refused);
        }
        let mut changed = commitments.clone();
        changed.points[1] += Point::BASE;
        assert_eq!(
            verify(&base.parameters, index(1), &changed),
            Err(CeremonyError::Possession(index(1))),
            "the proof covers every commitment"
        );
        let mut changed = commitments.clone();
        changed.possession.z += Scalar::ONE;
        assert_eq!(verify(&base.parameters, index(1), &changed), Err(CeremonyError::Possession(index(1))));
        let mut changed = commitments.clone();
        changed.possession.t += Point::BASE;
        assert_eq!(verify(&base.parameters, index(1), &changed), Err(CeremonyError::Possession(index(1))));
    }

    #[test]
    fn a_trustee_who_starts_again_from_the_seed_commits_to_the_same() {
        let simulation = Simulation::new(3, 2);
        let again = Polynomial::derive(&simulation.parameters, &simulation.secrets[1]).unwrap();
        let fresh = Commitments::prove(&again, &mut rng(77));
        let first = &simulation.verified[1];
        assert_ne!(fresh.possession, first.commitments.possession);
        assert!(verify_commitments(&simulation.parameters, index(2), &first.announced, &fresh).is_ok());
        assert_eq!(first.announced.to_hex(), KNOWN_ANNOUNCEMENT);
    }

    #[test]
    fn no_two_ceremonies_share_a_polynomial() {
        let simulation = Simulation::new(3, 2);
        let secret = &simulation.secrets[0];
        let base = simulation.polynomials[0].commitments();
        for (attempt, threshold) in [(1, 2), (2, 2), (0, 3)] {
            let list = simulation.parameters.trustees().to_vec();
            let other =
                CeremonyParameters::new(simulation.parameters.election(), attempt, list, threshold).unwrap();
            assert_eq!(other.attempt(), attempt);
            let commitments = Polynomial::derive(&other, secret).unwrap().commitments();
            assert!(commitments.iter().all(|point| !base.contains(point)));
        }
        let stranger = crate::threshold::trustee::TrusteeSecret::from_seed(&[99; 32]);
        let refused = Polynomial::derive(&simulation.parameters, &stranger).err();
        assert_eq!(refused, Some(CeremonyError::NotATrustee));
    }

    #[test]
    fn commitments_decode_from_canonical_bytes_alone() {
        let commitments = &Simulation::new(2, 2).verified[0].commitments;
        let bytes = encode(commitments);
        assert_eq!(decode::<Commitments>(&bytes).as_ref(), Ok(commitments));
        for at in [4, 36] {
            let mut broken = bytes.clone();
            broken[at] |= 1;
            assert!(decode::<Commitments>(&broken).is_err(), "a negative encoding at byte {at}");
        }
    }

    /// The second of the simulated trustees, 2 of 3.
    const KNOWN_ANNOUNCEMENT: &str = "0b01af86c7e24574b7f97bbeee56875da2d28d05a22715f4929ce06373e3f516";
}
