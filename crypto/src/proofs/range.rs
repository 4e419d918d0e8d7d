//! The aggregated range proof: every range claim of a ballot lies in [0, 2^n).
//!
//! Bünz et al., "Bulletproofs", 2018, sections 4.1 to 4.3, on commitments with bases (M, K). The prover is the
//! `bulletproofs` crate; the verifier is ours, because the crate verifies one proof at a time. It is written from
//! the proof's public byte form and the crate's transcript labels (version 5.0), and yields its equation as terms
//! of a larger product; tests hold it against the crate's own verifier.
//!
//! The commitments are derived from the ballot's ciphertexts and padded to a power of two with the identity:
//! value 0, blinding 0.

use borsh::{BorshDeserialize, BorshSerialize};
use bulletproofs::{BulletproofGens, PedersenGens};
use rand_core::{CryptoRng, RngCore};

use crate::elgamal::{ElectionKey, message_times};
use crate::generators::message_base;
use crate::group::{EncodedPoint, Point, Scalar};
use crate::proofs::batch::Accumulator;
use crate::transcript::Transcript;

/// The proof in the crate's order: four points, three scalars, the rounds, two scalars.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RangeProof {
    /// Commitment A to the bits.
    pub a: EncodedPoint,
    /// Commitment S to their blindings.
    pub s: EncodedPoint,
    /// Commitment T_1 to a coefficient of t.
    pub t1: EncodedPoint,
    /// Commitment T_2, likewise.
    pub t2: EncodedPoint,
    /// t(x).
    pub t_x: Scalar,
    /// Blinding of t(x).
    pub t_x_blinding: Scalar,
    /// Blinding of A and S together (mu in the paper).
    pub e_blinding: Scalar,
    /// (L, R) of each round of the inner-product argument.
    pub rounds: Vec<(EncodedPoint, EncodedPoint)>,
    /// Last scalar of the left vector.
    pub ipp_a: Scalar,
    /// Last scalar of the right vector.
    pub ipp_b: Scalar,
}

/// The prover refused: a value out of range, or a width or number of values that the bases do not cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the range proof cannot be made for these values")]
pub struct RangeProofError;

/// The bases of the crate's prover for one style.
#[derive(Clone)]
pub(crate) struct ProverBases {
    vectors: BulletproofGens,
    bits: u32,
}

impl ProverBases {
    pub(crate) fn new(bits: u32, values: usize) -> Self {
        Self { vectors: BulletproofGens::new(bits as usize, values), bits }
    }
}

/// Proves that each value lies in [0, 2^n), n being that of the bases; their number must be a power of two.
///
/// Continues the transcript, nonces keyed by `secrets` and the randomness. Constant time in values and blindings.
pub(crate) fn prove(
    transcript: &mut Transcript,
    bases: &ProverBases,
    key: &ElectionKey,
    (values, blindings): (&[u64], &[Scalar]),
    secrets: &[&[u8]],
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<RangeProof, RangeProofError> {
    let commitment_bases = PedersenGens { B: message_base().0, B_blinding: key.point().0 };
    let blindings: Vec<_> = blindings.iter().map(|blinding| blinding.0).collect();
    let mut nonces = transcript.nonces(secrets, rng);
    let (proof, _) = bulletproofs::RangeProof::prove_multiple_with_rng(
        &bases.vectors,
        &commitment_bases,
        transcript.inner(),
        values,
        &blindings,
        bases.bits as usize,
        nonces.inner(),
    )
    .map_err(|_| RangeProofError)?;
    RangeProof::from_crate(&proof.to_bytes()).ok_or(RangeProofError)
}

impl RangeProof {
    /// Reads the crate's byte form: 32-byte elements, the rounds between the third and the last two scalars.
    fn from_crate(bytes: &[u8]) -> Option<Self> {
        let mut elements = bytes.chunks_exact(32).map(|chunk| chunk.try_into().unwrap_or([0; 32]));
        let rounds = (bytes.len() / 32).checked_sub(9)? / 2;
        let point = |bytes: Option<[u8; 32]>| bytes.map(EncodedPoint);
        let scalar = |bytes: Option<[u8; 32]>| Scalar::decode(&bytes?).ok();
        Some(Self {
            a: point(elements.next())?,
            s: point(elements.next())?,
            t1: point(elements.next())?,
            t2: point(elements.next())?,
            t_x: scalar(elements.next())?,
            t_x_blinding: scalar(elements.next())?,
            e_blinding: scalar(elements.next())?,
            rounds: (0..rounds)
                .map(|_| Some((point(elements.next())?, point(elements.next())?)))
                .collect::<Option<_>>()?,
            ipp_a: scalar(elements.next())?,
            ipp_b: scalar(elements.next())?,
        })
    }

    /// The crate's byte form.
    #[cfg(test)]
    fn to_crate(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for point in [&self.a, &self.s, &self.t1, &self.t2] {
            bytes.extend_from_slice(&point.0);
        }
        for scalar in [&self.t_x, &self.t_x_blinding, &self.e_blinding] {
            bytes.extend_from_slice(&scalar.encode());
        }
        for (left, right) in &self.rounds {
            bytes.extend_from_slice(&left.0);
            bytes.extend_from_slice(&right.0);
        }
        bytes.extend_from_slice(&self.ipp_a.encode());
        bytes.extend_from_slice(&self.ipp_b.encode());
        bytes
    }

    /// The crate's own verifier, which ours is held against.
    #[cfg(test)]
    pub(crate) fn verify_by_reference(
        &self,
        transcript: &mut Transcript,
        key: &ElectionKey,
        commitments: &[EncodedPoint],
        bits: u32,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> bool {
        let Ok(proof) = bulletproofs::RangeProof::from_bytes(&self.to_crate()) else { return false };
        let commitments: Vec<_> = commitments
            .iter()
            .map(|commitment| curve25519_dalek::ristretto::CompressedRistretto(commitment.0))
            .collect();
        proof
            .verify_multiple_with_rng(
                &BulletproofGens::new(bits as usize, commitments.len()),
                &PedersenGens { B: message_base().0, B_blinding: key.point().0 },
                transcript.inner(),
                &commitments,
                bits as usize,
                rng,
            )
            .is_ok()
    }

    /// Says the last scalars, which the crate does not absorb.
    pub(crate) fn absorb_last_scalars(&self, transcript: &mut Transcript) {
        transcript.append_scalar("a", &self.ipp_a);
        transcript.append_scalar("b", &self.ipp_b);
    }
}

/// Σ_{i<count} base^i, for `count` a power of two, in log2(count) steps.
fn sum_of_powers(base: Scalar, count: usize) -> Scalar {
    let (mut sum, mut power) = (Scalar::ONE, base);
    for _ in 0..count.trailing_zeros() {
        sum = sum + power * sum;
        power = power * power;
    }
    sum
}

/// Replays the proof on the transcript and adds its equation to a product.
///
/// `commitments` are the encodings of the claims' commitments, padding included, so a power of two. Returns the
/// coefficient of each commitment; the caller spreads it over the ciphertexts that the commitment is made of.
/// `None` if the proof has not the right shape, or a point is not a fresh point. The bases G, H must cover
/// `commitments.len()` values of `bits` bits; `weight` scales the whole equation and `inner` joins its two halves
/// (the inner product, and t(x)).
pub(crate) fn accumulate(
    transcript: &mut Transcript,
    proof: &RangeProof,
    commitments: &[EncodedPoint],
    bits: u32,
    (weight, inner): (Scalar, Scalar),
    accumulator: &mut Accumulator,
) -> Option<Vec<Scalar>> {
    let (values, bits) = (commitments.len(), bits as usize);
    let width = values * bits;
    if proof.rounds.len() != width.trailing_zeros() as usize || !width.is_power_of_two() {
        return None;
    }
    // the labels and their order are the crate's
    transcript.append("dom-sep", b"rangeproof v1");
    transcript.append_u64("n", bits as u64);
    transcript.append_u64("m", values as u64);
    for commitment in commitments {
        transcript.append_point("V", commitment);
    }
    transcript.append_point("A", &proof.a);
    transcript.append_point("S", &proof.s);
    let y = transcript.challenge("y");
    let z = transcript.challenge("z");
    transcript.append_point("T_1", &proof.t1);
    transcript.append_point("T_2", &proof.t2);
    let x = transcript.challenge("x");
    transcript.append_scalar("t_x", &proof.t_x);
    transcript.append_scalar("t_x_blinding", &proof.t_x_blinding);
    transcript.append_scalar("e_blinding", &proof.e_blinding);
    let w = transcript.challenge("w");
    transcript.append("dom-sep", b"ipp v1");
    transcript.append_u64("n", width as u64);
    let mut challenges = Vec::with_capacity(proof.rounds.len() + 1);
    for (left, right) in &proof.rounds {
        transcript.append_point("L", left);
        transcript.append_point("R", right);
        challenges.push(transcript.challenge("u"));
    }

    // one inversion for y and all round challenges
    let mut inverses = challenges.clone();
    inverses.push(y);
    if inverses.iter().any(Scalar::is_zero) {
        return None;
    }
    Scalar::batch_invert(&mut inverses);
    let y_inverse = inverses.pop()?;
    let product_inverse = inverses.iter().fold(Scalar::ONE, |product, inverse| product * *inverse);
    let squares: Vec<Scalar> = challenges.iter().map(|u| *u * *u).collect();

    // A + x S + c x T_1 + c x^2 T_2 + Σ u_k^2 L_k + u_k^-2 R_k
    let own = &mut accumulator.own;
    own.push((weight, proof.a.decode_nonzero().ok()?));
    own.push((weight * x, proof.s.decode_nonzero().ok()?));
    let cx = weight * inner * x;
    own.push((cx, proof.t1.decode_nonzero().ok()?));
    own.push((cx * x, proof.t2.decode_nonzero().ok()?));
    for (((left, right), square), inverse) in proof.rounds.iter().zip(&squares).zip(&inverses) {
        own.push((weight * *square, left.decode_nonzero().ok()?));
        own.push((weight * *inverse * *inverse, right.decode_nonzero().ok()?));
    }

    // s_i = Π u_k^(±1) by the bits of i; the last round decides the lowest bit
    let mut s = Vec::with_capacity(width);
    s.push(product_inverse);
    for square in squares.iter().rev() {
        for index in 0..s.len() {
            let shorter = s.get(index).copied()?;
            s.push(shorter * *square);
        }
    }

    // G_i: -z - a s_i;   H_i: z + y^-i (z^(2+j) 2^k - b s_i^-1), where i = j*bits + k and s_i^-1 = s_(width-1-i)
    let zz = z * z;
    let (weighted_a, weighted_b) = (weight * proof.ipp_a, weight * proof.ipp_b);
    let weighted_z = weight * z;
    accumulator.reserve_vectors(values, bits);
    let mut y_power = Scalar::ONE;
    let mut z_power = weight * zz;
    for value in 0..values {
        let mut z_and_2 = z_power;
        for bit in 0..bits {
            let index = value * bits + bit;
            let s_i = *s.get(index)?;
            let s_inverse = *s.get(width - 1 - index)?;
            let (g, h) = accumulator.vector_at(value, bit)?;
            *g += -(weighted_z + weighted_a * s_i);
            *h += weighted_z + y_power * (z_and_2 - weighted_b * s_inverse);
            y_power = y_power * y_inverse;
            z_and_2 = z_and_2 + z_and_2;
        }
        z_power = z_power * z;
    }

    // M: w (t_x - a b) + c (delta - t_x);   K: -e_blinding - c t_x_blinding
    let sum_z = sum_of_powers(z, values);
    let two_to_bits = Scalar::from((1u128 << bits) - 1);
    let delta = (z - zz) * sum_of_powers(y, width) - z * zz * two_to_bits * sum_z;
    accumulator.message +=
        weight * (w * (proof.t_x - proof.ipp_a * proof.ipp_b) + inner * (delta - proof.t_x));
    accumulator.key += -(weight * (proof.e_blinding + inner * proof.t_x_blinding));
    let start = weight * inner * zz;
    Some(Scalar::powers(z).take(values).map(|power| start * power).collect())
}

/// The commitment of one claim, Σ coefficient * C + constant * M, and its encoding.
///
/// The claim "entry >= 0" is the ciphertext's second half itself, whose encoding is already at hand.
pub(crate) fn commitment(
    form: &crate::rules::LinearForm,
    points: &[Point],
    encoded: &[EncodedPoint],
) -> Option<EncodedPoint> {
    if let ([(entry, 1)], 0) = (form.terms.as_slice(), form.constant) {
        return encoded.get(*entry).copied();
    }
    // coefficients are ±1 but for those of the blank entry and the constants, which are small
    let mut sum = message_times(form.constant);
    for (entry, coefficient) in &form.terms {
        let point = *points.get(*entry)?;
        sum += match coefficient {
            1 => point,
            -1 => -point,
            other => Scalar::from_i64(*other) * point,
        };
    }
    Some(sum.encode())
}
