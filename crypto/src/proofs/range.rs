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
use zeroize::Zeroizing;

use crate::elgamal::{Ciphertext, ElectionKey, EncodedCiphertext, message_times};
use crate::generators::message_base;
use crate::group::{EncodedPoint, Point, Scalar};
use crate::proofs::batch::{Accumulator, Grid};
use crate::rules::{LinearForm, StyleRules};
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
/// Continues the transcript, nonces keyed by `secrets` and the randomness. Constant time in values and blindings: what the
/// crate does in variable time, the inner-product argument, sees nothing that tells of them.
pub(crate) fn prove(
    transcript: &mut Transcript,
    bases: &ProverBases,
    key: &ElectionKey,
    (values, blindings): (&[u64], &[Scalar]),
    secrets: &[&[u8]],
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<RangeProof, RangeProofError> {
    let commitment_bases = PedersenGens { B: message_base().0, B_blinding: key.point().0 };
    let blindings: Zeroizing<Vec<_>> = Zeroizing::new(blindings.iter().map(|blinding| blinding.0).collect());
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

/// The vector of start * Π factor_b over the bits b that are set in the index; one product an element.
fn products_by_bits(start: Scalar, factors: &[Scalar]) -> Vec<Scalar> {
    let mut vector = Vec::with_capacity(1 << factors.len());
    vector.push(start);
    for factor in factors {
        for index in 0..vector.len() {
            vector.extend(vector.get(index).copied().map(|element| element * *factor));
        }
    }
    vector
}

/// A proof of the right shape, replayed on the transcript: its points, and the challenges that they drew.
pub(crate) struct Replayed {
    bits: usize,
    values: usize,
    y: Scalar,
    z: Scalar,
    x: Scalar,
    w: Scalar,
    rounds: Vec<Scalar>,
    heads: [Point; 4],
    pairs: Vec<(Point, Point)>,
}

/// Replays the proof on the transcript.
///
/// `commitments` are the encodings of the claims' commitments, padding included, so a power of two. `None` if the
/// proof has not the right shape, or a point is not canonical or is the identity.
pub(crate) fn replay(
    transcript: &mut Transcript,
    proof: &RangeProof,
    commitments: &[EncodedPoint],
    bits: u32,
) -> Option<Replayed> {
    let RangeProof { a, s, t1, t2, t_x, t_x_blinding, e_blinding, rounds, ipp_a: _, ipp_b: _ } = proof;
    let (values, bits) = (commitments.len(), bits as usize);
    let width = values * bits;
    if !width.is_power_of_two() || rounds.len() != width.trailing_zeros() as usize {
        return None;
    }
    // the labels and their order are the crate's
    transcript.append("dom-sep", b"rangeproof v1");
    transcript.append_u64("n", bits as u64);
    transcript.append_u64("m", values as u64);
    for commitment in commitments {
        transcript.append_point("V", commitment);
    }
    transcript.append_point("A", a);
    transcript.append_point("S", s);
    let y = transcript.challenge("y");
    let z = transcript.challenge("z");
    transcript.append_point("T_1", t1);
    transcript.append_point("T_2", t2);
    let x = transcript.challenge("x");
    transcript.append_scalar("t_x", t_x);
    transcript.append_scalar("t_x_blinding", t_x_blinding);
    transcript.append_scalar("e_blinding", e_blinding);
    let w = transcript.challenge("w");
    transcript.append("dom-sep", b"ipp v1");
    transcript.append_u64("n", width as u64);
    let mut challenges = Vec::with_capacity(rounds.len());
    let mut pairs = Vec::with_capacity(rounds.len());
    for (left, right) in rounds {
        transcript.append_point("L", left);
        transcript.append_point("R", right);
        challenges.push(transcript.challenge("u"));
        pairs.push((left.decode_nonzero().ok()?, right.decode_nonzero().ok()?));
    }
    // inverted below; zero has probability 1/l
    if y.is_zero() || challenges.iter().any(Scalar::is_zero) {
        return None;
    }
    let point = |encoded: &EncodedPoint| encoded.decode_nonzero().ok();
    let heads = [point(a)?, point(s)?, point(t1)?, point(t2)?];
    Some(Replayed { bits, values, y, z, x, w, rounds: challenges, heads, pairs })
}

impl Replayed {
    /// The challenges that [`Replayed::accumulate`] needs the inverses of.
    pub(crate) fn to_invert(&self) -> impl Iterator<Item = Scalar> {
        self.rounds.iter().copied().chain([self.y])
    }

    /// How many they are.
    pub(crate) fn inversions(&self) -> usize {
        self.rounds.len() + 1
    }

    /// Adds the proof's equation to a product.
    ///
    /// Returns the coefficient of each commitment; the caller spreads it over the ciphertexts that the commitment is
    /// made of. `weight` scales the whole equation, `inner` joins its two halves: the inner product, and t(x).
    pub(crate) fn accumulate(
        &self,
        proof: &RangeProof,
        inverses: &[Scalar],
        (weight, inner): (Scalar, Scalar),
        accumulator: &mut Accumulator,
    ) -> impl Iterator<Item = Scalar> + use<> {
        let Self { bits, values, y, z, x, w, rounds, heads, pairs } = self;
        let (bits, values, y, z, x, w) = (*bits, *values, *y, *z, *x, *w);
        let (u_inverses, y_inverse) = inverses.split_at(rounds.len());
        let y_inverse = y_inverse.first().copied().unwrap_or_default();
        let squares: Vec<Scalar> = rounds.iter().map(|u| *u * *u).collect();
        let inverse_squares: Vec<Scalar> = u_inverses.iter().map(|u| *u * *u).collect();
        let product = |scalars: &[Scalar]| scalars.iter().fold(Scalar::ONE, |product, u| product * *u);

        // A + x S + c x T_1 + c x^2 T_2 + Σ u_k^2 L_k + u_k^-2 R_k
        let cx = weight * inner * x;
        accumulator.own.extend([weight, weight * x, cx, cx * x].into_iter().zip(heads.iter().copied()));
        for (((left, right), square), inverse_square) in pairs.iter().zip(&squares).zip(&inverse_squares) {
            accumulator.own.push((weight * *square, *left));
            accumulator.own.push((weight * *inverse_square, *right));
        }

        // The index i = value*bits + bit; the last round decides its lowest bit.
        // s_i = Π u_k^(±1), and s_i^-1 = s_(width-1-i). Each vector here is a product over the bits of i, so the
        // lowest of them, which count the bits of a value, and the others make a grid.
        let (zz, minus_a, minus_b) = (z * z, -(weight * proof.ipp_a), -(weight * proof.ipp_b));
        let y_powers: Vec<Scalar> = std::iter::successors(Some(y_inverse), |power| Some(*power * *power))
            .take(rounds.len())
            .collect();
        let z_powers = std::iter::successors(Some(z), |power| Some(*power * *power));
        let two_powers = [2u64, 4, 16, 256, 65_536, 1 << 32].into_iter().map(Scalar::from);
        let low_rounds = bits.trailing_zeros() as usize;
        let grid = |start: Scalar, factors: &[Scalar]| {
            let (low, high) = factors.split_at(low_rounds.min(factors.len()));
            Grid::new(&products_by_bits(start, high), &products_by_bits(Scalar::ONE, low))
        };
        // -a s_i
        let left: Vec<Scalar> = squares.iter().rev().copied().collect();
        let left = grid(minus_a * product(u_inverses), &left);
        // -b y^-i s_i^-1
        let right: Vec<Scalar> =
            inverse_squares.iter().rev().zip(&y_powers).map(|(square, y)| *square * *y).collect();
        let right = grid(minus_b * product(rounds), &right);
        // y^-i z^(2 + value) 2^bit
        let target = two_powers.take(low_rounds).chain(z_powers);
        let target: Vec<Scalar> = target.zip(&y_powers).map(|(factor, y)| factor * *y).collect();
        let target = grid(weight * zz, &target);
        // G_i: -z - a s_i;   H_i: z + y^-i (z^(2+value) 2^bit - b s_i^-1)
        accumulator.add_flat(values, bits, weight * z);
        accumulator.add_grids(&left, [&right, &target]);

        // M: w (t_x - a b) + c (delta - t_x);   K: -e_blinding - c t_x_blinding
        let two_to_bits = Scalar::from((1u128 << bits) - 1);
        let delta =
            (z - zz) * sum_of_powers(y, values * bits) - z * zz * two_to_bits * sum_of_powers(z, values);
        accumulator.message +=
            weight * (w * (proof.t_x - proof.ipp_a * proof.ipp_b) + inner * (delta - proof.t_x));
        accumulator.key += -(weight * (proof.e_blinding + inner * proof.t_x_blinding));
        let start = weight * inner * zz;
        Scalar::powers(z).take(values).map(move |power| start * power)
    }
}

/// The encodings of the claims' commitments, padded to a power of two with the identity. `None` only if a form names
/// an entry that the ballot has not.
pub(crate) fn commitments(
    rules: &StyleRules,
    points: &[Ciphertext],
    encoded: &[EncodedCiphertext],
) -> Option<Vec<EncodedPoint>> {
    let mut commitments =
        rules.ranges.iter().map(|form| commitment(form, points, encoded)).collect::<Option<Vec<_>>>()?;
    commitments.resize(rules.padded_ranges(), EncodedPoint::IDENTITY);
    Some(commitments)
}

/// Σ coefficient * C + constant * M. The claim "entry >= 0" is C itself, whose encoding is already at hand.
fn commitment(
    form: &LinearForm,
    points: &[Ciphertext],
    encoded: &[EncodedCiphertext],
) -> Option<EncodedPoint> {
    if let ([(entry, 1)], 0) = (form.terms.as_slice(), form.constant) {
        return Some(encoded.get(*entry)?.c);
    }
    let mut sum = message_times(form.constant);
    for (entry, coefficient) in &form.terms {
        let point = points.get(*entry)?.c;
        sum += match coefficient {
            1 => point,
            -1 => -point,
            other => Scalar::from_i64(*other) * point,
        };
    }
    Some(sum.encode())
}
