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

        // the same weights for all of them and for any part, so that the sums of parts can be subtracted
        let weights: Vec<Weights> = Weights::random(ballots.len(), rng);
        let sound: Vec<usize> =
            (0..ballots.len()).filter(|i| replayed.get(*i).is_some_and(Result::is_ok)).collect();
        let equation = |index: usize, sum: &mut Accumulator| {
            if let (Some(ballot), Some(Ok(replayed)), Some(weights)) =
                (ballots.get(index), replayed.get(index), weights.get(index))
            {
                self.accumulate(&ballot.ballot, replayed, weights, sum);
            }
        };
        let mut whole = Accumulator::new(self.shared.stride());
        whole.own.reserve(ballots.iter().map(|ballot| self.terms(ballot.ballot.style)).sum());
        for index in &sound {
            equation(*index, &mut whole);
        }
        let whole = self.shared.product(whole);
        let mut blame = Vec::new();
        if !whole.is_identity() {
            // some proof is bad: this time each equation by itself
            let sums: Vec<Accumulator> = (0..ballots.len())
                .map(|index| {
                    let mut sum = Accumulator::new(self.shared.stride());
                    equation(index, &mut sum);
                    sum
                })
                .collect();
            let product =
                |set: &[usize]| self.shared.product_of_all(set.iter().filter_map(|index| sums.get(*index)));
            for (index, of_both) in batch::locate(&sound, whole, &product) {
                // the linear proof's equations alone, to say which proof it is
                let mut linear = Accumulator::new(self.shared.stride());
                if let (Some(ballot), Some(Ok(replayed)), Some(weights)) =
                    (ballots.get(index), replayed.get(index), weights.get(index))
                {
                    self.accumulate_linear(&ballot.ballot, replayed, weights, &mut linear);
                }
                let range_holds = self.shared.product(linear) == of_both;
                let error = if range_holds { BallotError::LinearProof } else { BallotError::RangeProof };
                blame.push((index, error));
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
        let mut c = vec![Scalar::ZERO; rules.entries];
        let Replayed { ciphertexts: _, range, linear: _, inverses } = replayed;
        let coefficients = range.accumulate(&ballot.range, inverses, (weights.range, weights.inner), sum);
        for (form, coefficient) in rules.ranges.iter().zip(coefficients) {
            linear::add_form(form, coefficient, &mut c, &mut sum.message);
        }
        self.add_linear(ballot, replayed, weights, sum, c);
    }

    /// Adds the equations of one ballot's linear proof alone to a product.
    fn accumulate_linear(
        &self,
        ballot: &Ballot,
        replayed: &Replayed,
        weights: &Weights,
        sum: &mut Accumulator,
    ) {
        self.add_linear(ballot, replayed, weights, sum, vec![Scalar::ZERO; replayed.ciphertexts.len()]);
    }

    /// Adds the linear proof's equations, and the ciphertexts under what coefficients C has so far.
    fn add_linear(
        &self,
        ballot: &Ballot,
        replayed: &Replayed,
        weights: &Weights,
        sum: &mut Accumulator,
        mut c: Vec<Scalar>,
    ) {
        let Some(rules) = self.manifest.style(ballot.style) else { return };
        let Replayed { ciphertexts, range: _, linear, inverses: _ } = replayed;
        let mut d = vec![Scalar::ZERO; rules.entries];
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
