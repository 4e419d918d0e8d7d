//! Verifying ballots, many in one product; each bad one is named. Specification: "Ballot proof".

use rand_core::{CryptoRng, RngCore};

use super::context::BallotHead;
use super::{AuthenticBallot, Ballot, BallotContext, BallotError, VerifiedBallot};
use crate::elgamal::Ciphertext;
use crate::group::Scalar;
use crate::proofs::batch::{self, Accumulator, MAX_BATCH_TERMS};
use crate::proofs::{linear, range};
use crate::transcript::batch_weights;

impl BallotContext {
    /// Terms that a ballot of this style adds to a product.
    pub fn terms(&self, style: u16) -> usize {
        self.manifest.style(style).map_or(0, |rules| {
            let rounds = (rules.padded_ranges() * rules.bits as usize).trailing_zeros() as usize;
            2 * rules.entries + 4 + 2 * rounds + 3
        })
    }

    /// Splits ballots into batches of at most [`MAX_BATCH_TERMS`] terms: independent jobs for threads or workers.
    pub fn batches<'a>(&self, ballots: &'a [AuthenticBallot]) -> Vec<&'a [AuthenticBallot]> {
        let mut batches = Vec::new();
        let mut rest = ballots;
        while !rest.is_empty() {
            let mut terms = 0;
            let fit = rest.iter().take_while(|ballot| {
                terms += self.terms(ballot.ballot.style);
                terms <= MAX_BATCH_TERMS
            });
            let (batch, remaining) = rest.split_at(fit.count().max(1).min(rest.len()));
            batches.push(batch);
            rest = remaining;
        }
        batches
    }

    /// Verifies the proofs of many ballots, one product a batch, and names each bad one. One result each, in order.
    pub fn verify_all(
        &self,
        ballots: &[AuthenticBallot],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Vec<Result<VerifiedBallot, BallotError>> {
        self.batches(ballots).into_iter().flat_map(|batch| self.verify_batch(batch, rng)).collect()
    }

    /// Verifies one ballot.
    pub fn verify(
        &self,
        ballot: &AuthenticBallot,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<VerifiedBallot, BallotError> {
        self.verify_batch(std::slice::from_ref(ballot), rng).pop().unwrap_or(Err(BallotError::ProofShape))
    }

    fn verify_batch(
        &self,
        ballots: &[AuthenticBallot],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Vec<Result<VerifiedBallot, BallotError>> {
        let mut replayed: Vec<Result<Replayed, BallotError>> =
            ballots.iter().map(|ballot| self.replay(ballot)).collect();
        // one inversion for the whole batch
        let challenges = replayed.iter().flatten().flat_map(|ballot| ballot.range.to_invert());
        let mut inverses: Vec<Scalar> = challenges.collect();
        Scalar::batch_invert(&mut inverses);
        let mut rest = inverses.as_slice();
        for ballot in replayed.iter_mut().flatten() {
            let (own, others) = rest.split_at(ballot.range.inversions().min(rest.len()));
            ballot.inverses = own.to_vec();
            rest = others;
        }

        let equation = |index: usize, weights: &Weights, sum: &mut Accumulator| {
            if let (Some(ballot), Some(Ok(replayed))) = (ballots.get(index), replayed.get(index)) {
                self.accumulate(&ballot.ballot, replayed, weights, sum);
            }
        };
        let sound: Vec<usize> =
            (0..ballots.len()).filter(|i| replayed.get(*i).is_some_and(Result::is_ok)).collect();
        let mut whole = Accumulator::new(self.shared.stride());
        whole.own.reserve(ballots.iter().map(|ballot| self.terms(ballot.ballot.style)).sum());
        for (index, weights) in sound.iter().zip(Weights::random(sound.len(), rng)) {
            equation(*index, &weights, &mut whole);
        }
        let mut blame = Vec::new();
        if !self.shared.holds(whole) {
            // some proof is bad: this time each equation by itself, and bisection
            let sums: Vec<(usize, Accumulator)> = sound
                .iter()
                .zip(Weights::random(sound.len(), rng))
                .map(|(index, weights)| {
                    let mut sum = Accumulator::new(self.shared.stride());
                    equation(*index, &weights, &mut sum);
                    (*index, sum)
                })
                .collect();
            let sums: Vec<&(usize, Accumulator)> = sums.iter().collect();
            let bad = batch::bisect(&sums, &|set| self.shared.all_hold(set.iter().map(|(_, sum)| sum)));
            if bad.is_empty() {
                // the two passes disagree, which chance does not do: nothing of this batch is taken
                blame.extend(sound.iter().map(|index| (*index, BallotError::RangeProof)));
            }
            for ((index, _), weights) in bad.iter().zip(Weights::random(bad.len(), rng)) {
                // the range proof alone, to say which proof it is
                let mut range = Accumulator::new(self.shared.stride());
                equation(*index, &Weights { linear: [Scalar::ZERO; 3], ..weights }, &mut range);
                let holds = self.shared.holds(range);
                blame.push((*index, if holds { BallotError::LinearProof } else { BallotError::RangeProof }));
            }
        }

        let mut results: Vec<Result<VerifiedBallot, BallotError>> = ballots
            .iter()
            .zip(replayed)
            .map(|(authentic, replayed)| Ok(self.verified(authentic, replayed?.ciphertexts)))
            .collect();
        for (index, error) in blame {
            if let Some(result) = results.get_mut(index) {
                *result = Err(error);
            }
        }
        results
    }

    fn verified(&self, authentic: &AuthenticBallot, ciphertexts: Vec<Ciphertext>) -> VerifiedBallot {
        let AuthenticBallot { election: _, ballot, signature, code, disposition } = authentic;
        let voucher = self.voucher(*code, *disposition, signature);
        VerifiedBallot::new(ballot, (*code, *disposition, signature), ciphertexts, voucher)
    }

    /// Shapes, points and transcript of one ballot: everything before its equations.
    pub(super) fn replay(&self, authentic: &AuthenticBallot) -> Result<Replayed, BallotError> {
        let Ballot { credential, style, counter, previous, ciphertexts, range, linear } = &authentic.ballot;
        if authentic.election != self.manifest.id() {
            return Err(BallotError::Signature);
        }
        let rules = self.manifest.style(*style).ok_or(BallotError::Style)?;
        if ciphertexts.len() != rules.entries {
            return Err(BallotError::Length);
        }
        if previous.is_some() != (*counter > 0) {
            return Err(BallotError::Previous);
        }
        let points: Vec<Ciphertext> = ciphertexts
            .iter()
            .map(|ciphertext| ciphertext.decode_fresh().map_err(|_| BallotError::Ciphertext))
            .collect::<Result<_, _>>()?;
        let commitments = range::commitments(rules, &points, ciphertexts).ok_or(BallotError::ProofShape)?;
        let head =
            BallotHead { credential: *credential, style: *style, counter: *counter, previous: *previous };
        let mut transcript = self.transcript(&head, ciphertexts);
        let range_replayed = range::replay(&mut transcript, range, &commitments, rules.bits);
        let range_replayed = range_replayed.ok_or(BallotError::ProofShape)?;
        range.absorb_last_scalars(&mut transcript);
        let linear = linear::replay(&mut transcript, rules, linear).ok_or(BallotError::ProofShape)?;
        Ok(Replayed { ciphertexts: points, range: range_replayed, linear, inverses: Vec::new() })
    }

    /// Adds the equations of one ballot to a product.
    pub(super) fn accumulate(
        &self,
        ballot: &Ballot,
        replayed: &Replayed,
        weights: &Weights,
        sum: &mut Accumulator,
    ) {
        let Some(rules) = self.manifest.style(ballot.style) else { return };
        let (mut d, mut c) = (vec![Scalar::ZERO; rules.entries], vec![Scalar::ZERO; rules.entries]);
        let Replayed { ciphertexts, range, linear, inverses } = replayed;
        let coefficients = range.accumulate(&ballot.range, inverses, (weights.range, weights.inner), sum);
        for (form, coefficient) in rules.ranges.iter().zip(coefficients) {
            linear::add_form(form, coefficient, &mut c, &mut sum.message);
        }
        linear.accumulate(rules, &ballot.linear, weights.linear, sum, (&mut d, &mut c));
        sum.own.extend(d.into_iter().zip(ciphertexts.iter().map(|ciphertext| ciphertext.d)));
        sum.own.extend(c.into_iter().zip(ciphertexts.iter().map(|ciphertext| ciphertext.c)));
    }
}

/// A ballot whose shapes and points are right, replayed on its transcript; its equations are still open.
pub(super) struct Replayed {
    ciphertexts: Vec<Ciphertext>,
    pub(super) range: range::Replayed,
    linear: linear::Replayed,
    /// Inverses of `range.to_invert()`.
    pub(super) inverses: Vec<Scalar>,
}

/// The secret weights of one ballot's equations.
pub(super) struct Weights {
    pub(super) range: Scalar,
    pub(super) inner: Scalar,
    pub(super) linear: [Scalar; 3],
}

impl Weights {
    /// Those of so many ballots.
    pub(super) fn random(ballots: usize, rng: &mut (impl RngCore + CryptoRng)) -> Vec<Self> {
        let weights = batch_weights(ballots, rng).into_iter();
        weights.map(|[range, inner, d, c, e]| Self { range, inner, linear: [d, c, e] }).collect()
    }
}
