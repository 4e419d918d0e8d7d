//! Chapter 6: ballots, and how their proofs are spread over threads. Specification: "Verification", chapter 6.
//!
//! Signatures (6.2) and proofs (6.3) need no state, so ballots are taken together into jobs that know nothing of
//! each other; an [`Executor`] runs them, on threads in a program, on workers in a browser. Everything else is
//! the fold's, in the order of the log.

use std::sync::Arc;

use rand_core::{CryptoRng, RngCore};

use tabella_board_core::check::Check;
use tabella_board_core::entry::Entry;
use tabella_board_core::state::check_ballots;
use tabella_crypto::ballot::{
    BallotContext, BallotError, Disposition, SubmittedBallot, TrustedVouchers, VerifiedBallot,
};
use tabella_crypto::proofs::batch::MAX_BATCH_TERMS;

use super::ledger::Ledger;

/// One result for each ballot of a job, in order.
pub type BallotResults = Vec<Result<VerifiedBallot, BallotError>>;

/// Ballots to be verified together: independent of every other job.
pub struct BallotJob {
    context: Arc<BallotContext>,
    ballots: Vec<(SubmittedBallot, Disposition)>,
}

impl BallotJob {
    /// Verifies signatures and proofs, in as few products as they fit into. The randomness must be one that
    /// whoever made the ballots cannot guess: it weighs their equations.
    pub fn run(self, rng: &mut (impl RngCore + CryptoRng)) -> BallotResults {
        check_ballots(&self.context, self.ballots, rng)
    }

    /// Takes out the ballots that are vouched for; none stands for each that is left in the job.
    fn take_vouched(&mut self, trusted: &TrustedVouchers) -> Vec<Option<VerifiedBallot>> {
        let mut taken = Vec::with_capacity(self.ballots.len());
        let context = &self.context;
        self.ballots.retain(|(ballot, disposition)| {
            taken.push(context.verified_by_voucher(ballot, *disposition, trusted));
            taken.last().is_none_or(Option::is_none)
        });
        taken
    }
}

/// Runs jobs and brings the randomness.
pub trait Executor {
    /// How many jobs at a time are worth having; at least 1.
    fn width(&self) -> usize;

    /// Runs every job; results in the order of the jobs.
    fn run(&mut self, jobs: Vec<BallotJob>) -> Vec<BallotResults>;
}

/// One job after the other, with this randomness.
#[derive(Debug)]
pub struct Sequential<R>(pub R);

impl<R: RngCore + CryptoRng> Executor for Sequential<R> {
    fn width(&self) -> usize {
        1
    }

    fn run(&mut self, jobs: Vec<BallotJob>) -> Vec<BallotResults> {
        jobs.into_iter().map(|job| job.run(&mut self.0)).collect()
    }
}

/// Takes ballots that are vouched for as they are, and leaves all others to another executor.
#[derive(Debug)]
pub struct Vouched<E> {
    trusted: TrustedVouchers,
    rest: E,
}

impl<E> Vouched<E> {
    /// Vouchers from [`check_shard`](super::shard::check_shard) on this device, and who runs what they do not cover.
    pub fn new(trusted: TrustedVouchers, rest: E) -> Self {
        Self { trusted, rest }
    }
}

impl<E: Executor> Executor for Vouched<E> {
    fn width(&self) -> usize {
        self.rest.width()
    }

    fn run(&mut self, mut jobs: Vec<BallotJob>) -> Vec<BallotResults> {
        let taken: Vec<_> = jobs.iter_mut().map(|job| job.take_vouched(&self.trusted)).collect();
        let mut checked = self.rest.run(jobs).into_iter().map(Vec::into_iter);
        taken
            .into_iter()
            .map(|taken| {
                let mut checked = checked.next().unwrap_or_default();
                let result = |ballot: Option<VerifiedBallot>| {
                    // one result for each ballot that is not vouched for
                    ballot.map_or_else(|| checked.next().unwrap_or(Err(BallotError::ProofShape)), Ok)
                };
                taken.into_iter().map(result).collect()
            })
            .collect()
    }
}

/// Ballots that wait for their proofs to be checked, in jobs of about [`MAX_BATCH_TERMS`] terms.
#[derive(Default)]
pub(super) struct JobQueue {
    full: Vec<BallotJob>,
    /// The job that is being filled, and its terms.
    open: Option<(BallotJob, usize)>,
}

impl JobQueue {
    /// Adds a ballot whose entry has so many bytes.
    pub(super) fn push(
        &mut self,
        context: &Arc<BallotContext>,
        ballot: SubmittedBallot,
        disposition: Disposition,
        bytes: usize,
    ) {
        // a ballot of no style has no terms, but takes memory: a point has 32 bytes
        let terms = context.terms(ballot.ballot.style).max(bytes / 32);
        if self.open.as_ref().is_some_and(|(_, used)| used + terms > MAX_BATCH_TERMS) {
            self.full.extend(self.open.take().map(|(job, _)| job));
        }
        let new = || (BallotJob { context: context.clone(), ballots: Vec::new() }, 0);
        let (job, used) = self.open.get_or_insert_with(new);
        job.ballots.push((ballot, disposition));
        *used += terms;
    }

    /// Whether there is work for an executor of this width.
    pub(super) fn fills(&self, width: usize) -> bool {
        self.full.len() >= width.max(1)
    }

    /// The jobs that are full.
    pub(super) fn take_full(&mut self) -> Vec<BallotJob> {
        std::mem::take(&mut self.full)
    }

    /// All jobs.
    pub(super) fn take(&mut self) -> Vec<BallotJob> {
        let mut jobs = self.take_full();
        jobs.extend(self.open.take().map(|(job, _)| job));
        jobs
    }
}

/// Which checks an entry that was accepted, and is no ballot, has passed.
pub(super) fn cover(entry: &Entry, ledger: &mut Ledger) {
    if let Entry::Opening(_) = entry {
        ledger.cover(Check::TestedBallots, 1);
    }
}

/// What a ballot that was accepted has passed.
pub(super) fn cover_ballot(ledger: &mut Ledger) {
    cover_claimed(ledger);
    ledger.cover_each(&[Check::VoterSignatures, Check::BallotProofs]);
}

/// What a ballot has passed whose signature and proofs a shard checked.
pub(super) fn cover_claimed(ledger: &mut Ledger) {
    ledger.cover_each(&[
        Check::Encoding,
        Check::Order,
        Check::BallotTime,
        Check::RollMembership,
        Check::BallotChain,
        Check::BallotLimits,
        Check::FreshCiphertexts,
    ]);
}

#[cfg(test)]
mod tests {
    use tabella_board_core::fixtures::SmallElection;

    use super::*;

    #[test]
    fn ballots_fill_jobs_of_bounded_size_and_keep_their_order() {
        let mut election = SmallElection::opened();
        let entries = [election.vote(0, 0, [0, 0]), election.vote(3, 0, [0, 0])];
        let context = election.state.ballot_context().unwrap().clone();
        let mut queue = JobQueue::default();
        let mut pushed = Vec::new();
        while !queue.fills(3) {
            let entry = &entries[pushed.len() % 2];
            let Entry::Cast(ballot) = entry else { panic!("a cast ballot") };
            queue.push(&context, ballot.clone(), Disposition::Cast, entry.encode().len());
            pushed.push(ballot.ballot.credential);
            assert!(pushed.len() < 100_000, "no job is ever full");
        }
        let jobs = queue.take();
        assert_eq!(jobs.len(), 4, "three are full, one is begun");
        for job in &jobs {
            let terms: usize = job.ballots.iter().map(|(ballot, _)| context.terms(ballot.ballot.style)).sum();
            assert!(terms <= MAX_BATCH_TERMS && !job.ballots.is_empty());
        }
        let queued: Vec<_> =
            jobs.iter().flat_map(|job| &job.ballots).map(|(ballot, _)| ballot.ballot.credential).collect();
        assert_eq!(queued, pushed);
        assert!(queue.take().is_empty() && !queue.fills(1));
    }
}
