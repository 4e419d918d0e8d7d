//! Decryption of a contest's totals by any t trustees. Specification: "Tally".
//!
//! Each trustee publishes `S = s_i*D` for each option with one proof that all have the same logarithm as the
//! trustee's verification key. Any t valid sets of shares combine: `C - Σ λ_i S_i = v*M`, from which
//! [`crate::dlog`] finds the total v.
//!
//! Nothing here decides whether a tally *may* be decrypted: the statements on one view, the cosignatures and the
//! smallest group come first, at the trustee's tool.

use borsh::{BorshDeserialize, BorshSerialize};
use rand_core::{CryptoRng, RngCore};

use super::dkg::CeremonyError;
use super::keys::{KeySet, KeyShare};
use super::polynomial::lagrange_at_zero;
use super::trustee::TrusteeIndex;
use crate::codec::encode;
use crate::elgamal::Ciphertext;
use crate::group::{Point, Scalar};
use crate::proofs::dleq::{DleqError, DleqProof, DleqStatement};
use crate::transcript::{Digest, Transcript, hash};

/// What is decrypted: one contest's aggregate under one key, as of one closing.
#[derive(Clone, Copy, Debug)]
pub struct DecryptionContext<'a> {
    key_set: &'a KeySet,
    aggregate: &'a [Ciphertext],
    digest: Digest,
}

impl<'a> DecryptionContext<'a> {
    /// The aggregate of the contest with this index (from 0, in the manifest's order), one ciphertext for each
    /// option; `close` is the digest of the tally view: size and root of the log at its closing, and the aggregate.
    ///
    /// The digest is hash("decryption", election, ceremony transcript hash, close, contest as two little-endian
    /// bytes, encoded list of the ciphertexts).
    pub fn new(key_set: &'a KeySet, close: &Digest, contest: u16, aggregate: &'a [Ciphertext]) -> Self {
        let digest = hash(
            "decryption",
            &[
                &key_set.parameters().election().0,
                &key_set.transcript_hash().0,
                &close.0,
                &contest.to_le_bytes(),
                &encode(&aggregate),
            ],
        );
        Self { key_set, aggregate, digest }
    }

    fn transcript(&self, trustee: TrusteeIndex) -> Transcript {
        let mut transcript = Transcript::new("decryption share");
        transcript.append("context", &self.digest.0);
        transcript.append_u64("trustee", u64::from(trustee.number()));
        transcript
    }

    /// (D, S) for each option.
    fn pairs(&self, shares: &[Point]) -> Vec<(Point, Point)> {
        self.aggregate.iter().map(|ciphertext| ciphertext.d).zip(shares.iter().copied()).collect()
    }
}

/// A trustee's decryption shares for one contest.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct DecryptionShares {
    /// S = s_i*D for each option, in order.
    pub points: Vec<Point>,
    /// log_B(V_i) = log_D(S) for every option.
    pub proof: DleqProof,
}

/// Why a trustee's decryption shares are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the decryption shares of trustee {trustee} are refused: {cause}")]
pub struct ShareError {
    /// Whose shares.
    pub trustee: TrusteeIndex,
    /// What is wrong with them.
    pub cause: ShareFault,
}

/// What is wrong with decryption shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShareFault {
    /// There is no such trustee.
    #[error("there is no such trustee")]
    UnknownTrustee,
    /// Not one share for each option.
    #[error("{found} shares, where {expected} are due")]
    Length {
        /// Shares found.
        found: usize,
        /// Options of the contest.
        expected: usize,
    },
    /// The proof does not verify.
    #[error(transparent)]
    Proof(#[from] DleqError),
}

/// Decryption shares that were verified for one context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedShares {
    context: Digest,
    trustee: TrusteeIndex,
    points: Vec<Point>,
}

impl VerifiedShares {
    /// Whose shares these are.
    pub fn trustee(&self) -> TrusteeIndex {
        self.trustee
    }
}

/// Makes a trustee's shares. Fails if the share of the key is not one of this key.
///
/// This releases the decryption as far as one trustee can: whoever calls it has checked that it may.
pub fn decrypt(
    context: &DecryptionContext<'_>,
    key_share: &KeyShare,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<DecryptionShares, CeremonyError> {
    let trustee = key_share.trustee();
    let v = key_share.check(context.key_set)?;
    let points: Vec<Point> = context.aggregate.iter().map(|option| *key_share.expose() * option.d).collect();
    let statement = DleqStatement { v, pairs: &context.pairs(&points) };
    let proof = DleqProof::prove(&mut context.transcript(trustee), &statement, key_share.expose(), rng);
    Ok(DecryptionShares { points, proof })
}

/// Verifies shares as those of `trustee`; an error names the trustee.
pub fn verify(
    context: &DecryptionContext<'_>,
    trustee: TrusteeIndex,
    shares: &DecryptionShares,
) -> Result<VerifiedShares, ShareError> {
    let DecryptionShares { points, proof } = shares;
    let refuse = |cause| ShareError { trustee, cause };
    let v = context.key_set.verification_key(trustee).map_err(|_| refuse(ShareFault::UnknownTrustee))?;
    let (found, expected) = (points.len(), context.aggregate.len());
    if found != expected {
        return Err(refuse(ShareFault::Length { found, expected }));
    }
    let statement = DleqStatement { v, pairs: &context.pairs(points) };
    proof
        .verify(&mut context.transcript(trustee), &statement)
        .map_err(|error| refuse(ShareFault::Proof(error)))?;
    Ok(VerifiedShares { context: context.digest, trustee, points: points.clone() })
}

/// Why verified shares do not combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CombineError {
    /// Not exactly as many as the threshold.
    #[error("the shares of {found} trustees, where those of {threshold} combine")]
    Count {
        /// Sets of shares given.
        found: usize,
        /// The threshold.
        threshold: u8,
    },
    /// A trustee stands twice.
    #[error("a trustee's shares stand twice")]
    Duplicate,
    /// The shares were verified for another election, closing, contest or aggregate.
    #[error("the shares of trustee {0} belong to another decryption")]
    OtherContext(TrusteeIndex),
}

/// v*M = C - Σ λ_i S_i for each option, from the shares of exactly t distinct trustees.
pub fn combine(
    context: &DecryptionContext<'_>,
    shares: &[VerifiedShares],
) -> Result<Vec<Point>, CombineError> {
    let (found, threshold) = (shares.len(), context.key_set.parameters().threshold());
    if found != usize::from(threshold) {
        return Err(CombineError::Count { found, threshold });
    }
    // one context means one aggregate, hence one share for each option
    if let Some(other) = shares.iter().find(|shares| shares.context != context.digest) {
        return Err(CombineError::OtherContext(other.trustee));
    }
    let trustees: Vec<_> = shares.iter().map(|shares| shares.trustee).collect();
    let weights = lagrange_at_zero(&trustees).ok_or(CombineError::Duplicate)?;
    let totals = context.aggregate.iter().enumerate().map(|(option, ciphertext)| {
        let points = shares.iter().filter_map(|shares| shares.points.get(option));
        let terms: Vec<(Scalar, Point)> = weights.iter().copied().zip(points.copied()).collect();
        ciphertext.c - Point::sum_of_products_vartime(&terms)
    });
    Ok(totals.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::decode;
    use crate::dlog::LogTable;
    use crate::threshold::simulation::{Simulation, index, rng};
    use crate::threshold::trustee::CeremonyParameters;

    const CLOSE: Digest = Digest([5; 32]);
    const TOTALS: [u64; 4] = [0, 1, 999, 31];

    fn aggregate(key_set: &KeySet, totals: &[u64]) -> Vec<Ciphertext> {
        let mut rng = rng(9);
        totals.iter().map(|total| key_set.key().encrypt(*total, &Scalar::random(&mut rng))).collect()
    }

    struct Example {
        simulation: Simulation,
        key_set: KeySet,
        aggregate: Vec<Ciphertext>,
    }

    impl Example {
        fn new(count: u8, threshold: u8) -> Self {
            let simulation = Simulation::new(count, threshold);
            let key_set = simulation.key_set();
            let aggregate = aggregate(&key_set, &TOTALS);
            Self { simulation, key_set, aggregate }
        }

        fn context(&self) -> DecryptionContext<'_> {
            DecryptionContext::new(&self.key_set, &CLOSE, 3, &self.aggregate)
        }

        fn shares(&self, trustee: u8) -> DecryptionShares {
            decrypt(&self.context(), &self.simulation.key_share(trustee), &mut rng(10)).unwrap()
        }

        fn verified(&self, trustees: &[u8]) -> Vec<VerifiedShares> {
            let verified =
                |trustee: &u8| verify(&self.context(), index(*trustee), &self.shares(*trustee)).unwrap();
            trustees.iter().map(verified).collect()
        }
    }

    fn refused(trustee: u8) -> Result<VerifiedShares, ShareError> {
        Err(ShareError { trustee: index(trustee), cause: ShareFault::Proof(DleqError::Equation) })
    }

    #[test]
    fn any_three_of_five_decrypt_the_totals_when_two_are_lost() {
        let example = Example::new(5, 3);
        let table = LogTable::new(1000).unwrap();
        for lost in (1..=5).flat_map(|a| (1..a).map(move |b| [a, b])) {
            let left: Vec<u8> = (1..=5).filter(|trustee| !lost.contains(trustee)).collect();
            let points = combine(&example.context(), &example.verified(&left)).unwrap();
            let totals: Vec<_> = points.iter().map(|point| table.solve(point)).collect();
            assert_eq!(totals, TOTALS.map(Some), "without trustees {lost:?}");
        }
    }

    #[test]
    fn one_more_lost_trustee_gives_a_clear_refusal() {
        let example = Example::new(5, 3);
        let refused = |found| Err(CombineError::Count { found, threshold: 3 });
        assert_eq!(combine(&example.context(), &example.verified(&[1, 4])), refused(2));
        assert_eq!(combine(&example.context(), &example.verified(&[1, 2, 3, 4])), refused(4));
        assert_eq!(combine(&example.context(), &[]), refused(0));
        let doubled = combine(&example.context(), &example.verified(&[1, 4, 1]));
        assert_eq!(doubled, Err(CombineError::Duplicate));
    }

    #[test]
    fn one_bad_share_names_its_trustee_and_the_others_go_on() {
        let example = Example::new(5, 3);
        for option in 0..TOTALS.len() {
            let mut bad = example.shares(2);
            bad.points[option] += crate::generators::message_base();
            assert_eq!(verify(&example.context(), index(2), &bad), refused(2), "option {option}");
        }
        assert!(combine(&example.context(), &example.verified(&[1, 3, 4])).is_ok());
    }

    #[test]
    fn shares_hold_for_their_trustee_and_every_part_of_their_context_alone() {
        let example = Example::new(3, 2);
        let Example { key_set, aggregate, .. } = &example;
        let shares = example.shares(1);
        let verify_in = |context: DecryptionContext<'_>| verify(&context, index(1), &shares);
        assert!(verify_in(example.context()).is_ok());
        assert_eq!(verify(&example.context(), index(2), &shares), refused(2), "another trustee");
        assert_eq!(verify_in(DecryptionContext::new(key_set, &Digest([6; 32]), 3, aggregate)), refused(1));
        assert_eq!(verify_in(DecryptionContext::new(key_set, &CLOSE, 4, aggregate)), refused(1));
        let keys = key_set.parameters().trustees().to_vec();
        let mut other = key_set.clone();
        other.parameters = CeremonyParameters::new(&Digest([8; 32]), 0, keys, 2).unwrap();
        assert_eq!(verify_in(DecryptionContext::new(&other, &CLOSE, 3, aggregate)), refused(1));
        let mut other = key_set.clone();
        other.transcript_hash = Digest([8; 32]);
        assert_eq!(verify_in(DecryptionContext::new(&other, &CLOSE, 3, aggregate)), refused(1));
        for option in 0..aggregate.len() {
            let mut other = aggregate.clone();
            other[option].d += Point::BASE;
            assert_eq!(verify_in(DecryptionContext::new(key_set, &CLOSE, 3, &other)), refused(1));
            let mut other = aggregate.clone();
            other[option].c += Point::BASE;
            assert_eq!(verify_in(DecryptionContext::new(key_set, &CLOSE, 3, &other)), refused(1));
        }
    }

    #[test]
    fn rejects_each_changed_part_of_the_proof_and_wrong_lengths() {
        let example = Example::new(3, 2);
        let shares = example.shares(1);
        let DleqProof { t1, t2, z } = shares.proof;
        for proof in [
            DleqProof { t1: t1 + Point::BASE, ..shares.proof },
            DleqProof { t2: t2 + Point::BASE, ..shares.proof },
            DleqProof { z: z + Scalar::ONE, ..shares.proof },
        ] {
            let changed = DecryptionShares { proof, ..shares.clone() };
            assert_eq!(verify(&example.context(), index(1), &changed), refused(1));
        }
        let mut swapped = shares.clone();
        swapped.points.swap(0, 1);
        assert_eq!(verify(&example.context(), index(1), &swapped), refused(1));
        for found in [0, 3, 5] {
            let mut changed = shares.clone();
            changed.points.resize(found, Point::BASE);
            let cause = ShareFault::Length { found, expected: 4 };
            let refused = Err(ShareError { trustee: index(1), cause });
            assert_eq!(verify(&example.context(), index(1), &changed), refused);
        }
        let refused = Err(ShareError { trustee: index(4), cause: ShareFault::UnknownTrustee });
        assert_eq!(verify(&example.context(), index(4), &shares), refused);
    }

    #[test]
    fn shares_of_another_decryption_do_not_combine() {
        let example = Example::new(3, 2);
        let verified = example.verified(&[1, 2]);
        let other = aggregate(&example.key_set, &TOTALS[..3]);
        for context in [
            DecryptionContext::new(&example.key_set, &CLOSE, 4, &example.aggregate),
            DecryptionContext::new(&example.key_set, &CLOSE, 3, &other),
        ] {
            assert_eq!(combine(&context, &verified), Err(CombineError::OtherContext(index(1))));
        }
    }

    #[test]
    fn a_share_of_another_key_decrypts_nothing_and_nothing_is_not_decrypted() {
        let example = Example::new(3, 2);
        let stranger = Simulation::new(4, 2).key_share(1);
        let refused = decrypt(&example.context(), &stranger, &mut rng(1));
        assert_eq!(refused, Err(CeremonyError::KeyShare(index(1))));
        let nothing = DecryptionContext::new(&example.key_set, &CLOSE, 3, &[]);
        let shares = decrypt(&nothing, &example.simulation.key_share(1), &mut rng(1)).unwrap();
        let refused = Err(ShareError { trustee: index(1), cause: ShareFault::Proof(DleqError::Empty) });
        assert_eq!(verify(&nothing, index(1), &shares), refused);
    }

    #[test]
    fn a_contest_without_ballots_decrypts_to_zero() {
        let example = Example::new(3, 2);
        let zeroes = [Ciphertext::zero(); 2];
        let context = DecryptionContext::new(&example.key_set, &CLOSE, 3, &zeroes);
        let verified: Vec<_> = (1..=2)
            .map(|trustee| {
                let share = example.simulation.key_share(trustee);
                verify(&context, index(trustee), &decrypt(&context, &share, &mut rng(1)).unwrap()).unwrap()
            })
            .collect();
        assert_eq!(combine(&context, &verified), Ok(vec![Point::identity(); 2]));
    }

    #[test]
    fn decodes_canonical_bytes_alone() {
        let shares = Example::new(3, 2).shares(1);
        let bytes = encode(&shares);
        assert_eq!(hash("test", &[&bytes]).to_hex(), KNOWN_ANSWER);
        assert_eq!(decode::<DecryptionShares>(&bytes), Ok(shares));
        for at in [4, 36, 4 + 4 * 32] {
            let mut broken = bytes.clone();
            broken[at] |= 1;
            assert!(decode::<DecryptionShares>(&broken).is_err(), "a negative encoding at byte {at}");
        }
    }

    /// hash("test") of the shares of trustee 1 above, 2 of 3.
    const KNOWN_ANSWER: &str = "72a708599ac3973b66b97e2c47b23f33c08ad344f8888d0522089cd55d1e60d9";
}
