//! The election's log through the rules that admitted it, entry by entry in order.
//!
//! Blocks and ballots queue up until there are ballots enough for the executor, or another entry comes; then the
//! ballots' proofs are checked together and everything is applied in the order of the log.

use std::collections::VecDeque;

use tabella_board_core::check::{BallotRefusal, Check, LogRefusal, Refusal};
use tabella_board_core::entry::Entry;
use tabella_board_core::state::{CheckedEntry, ElectionState};
use tabella_crypto::ballot::{BallotError, Disposition, SubmittedBallot, VerifiedBallot};

use super::ballots::{Executor, JobQueue, cover_ballot};
use super::failure::{Cause, Failure};
use super::ledger::Ledger;
use super::log::LogReader;
use super::{Progress, ballots, ceremony, closing, manifest, opening, roll, tally};

/// An entry that waits for the ballots before it.
enum Queued {
    /// A ballot; its proofs are in the job queue.
    Ballot,
    /// Anything else.
    Other(Box<Entry>),
}

struct Fold<'a> {
    log: &'a LogReader<'a>,
    state: &'a mut ElectionState,
    executor: &'a mut dyn Executor,
    ledger: &'a mut Ledger,
    queue: Vec<(Vec<u8>, Queued)>,
    jobs: JobQueue,
}

/// Folds the log into a state; chapters 1.5, 1.6, 1.9 and 2 to 8.
pub(super) fn fold_election(
    log: &LogReader<'_>,
    state: &mut ElectionState,
    executor: &mut dyn Executor,
    ledger: &mut Ledger,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Failure> {
    let mut fold = Fold { log, state, executor, ledger, queue: Vec::new(), jobs: JobQueue::default() };
    for bundle in log.bundles() {
        for (index, bytes) in (bundle.first()..).zip(log.read_bundle(&bundle)?) {
            fold.take(index, bytes)?;
        }
        progress(Progress { done: fold.state.size(), of: log.size() });
    }
    fold.flush()?;
    progress(Progress { done: fold.state.size(), of: log.size() });
    Ok(())
}

impl Fold<'_> {
    /// Takes the entry at an index: queues it, and flushes where the queue may not wait.
    fn take(&mut self, index: u64, bytes: Vec<u8>) -> Result<(), Failure> {
        let entry = match Entry::decode(&bytes) {
            Ok(entry) => entry,
            Err(error) => {
                // what stands before is looked at first
                self.flush()?;
                return Err(self.refuse(index, LogRefusal::Encoding(error).into()));
            }
        };
        match entry {
            Entry::Cast(ballot) => self.queue_ballot(index, bytes, ballot, Disposition::Cast),
            Entry::Challenge(ballot) => self.queue_ballot(index, bytes, ballot, Disposition::Challenge),
            block @ Entry::Block(_) => {
                self.queue.push((bytes, Queued::Other(Box::new(block))));
                Ok(())
            }
            other => {
                self.queue.push((bytes, Queued::Other(Box::new(other))));
                self.flush()
            }
        }
    }

    fn queue_ballot(
        &mut self,
        index: u64,
        bytes: Vec<u8>,
        ballot: SubmittedBallot,
        disposition: Disposition,
    ) -> Result<(), Failure> {
        // everything that can open the vote was applied at once, so a context that is not there now is not due
        let Some(context) = self.state.ballot_context().cloned() else {
            self.flush()?;
            return Err(self.refuse(index, BallotRefusal::NotOpen.into()));
        };
        self.jobs.push(&context, ballot, disposition, bytes.len());
        self.queue.push((bytes, Queued::Ballot));
        if self.jobs.fills(self.executor.width()) { self.flush() } else { Ok(()) }
    }

    /// Checks the proofs of all ballots that wait, and applies everything in order.
    fn flush(&mut self) -> Result<(), Failure> {
        let mut results: VecDeque<Result<VerifiedBallot, BallotError>> =
            self.executor.run(self.jobs.take()).into_iter().flatten().collect();
        for (bytes, queued) in std::mem::take(&mut self.queue) {
            let index = self.state.size();
            let checked = match queued {
                Queued::Other(entry) => CheckedEntry::Other(entry),
                Queued::Ballot => match results.pop_front() {
                    Some(Ok(ballot)) => CheckedEntry::Ballot(ballot),
                    Some(Err(error)) => return Err(self.refuse(index, BallotRefusal::Proof(error).into())),
                    None => return Err(self.refuse(index, BallotRefusal::Unchecked.into())),
                },
            };
            let entry = match &checked {
                CheckedEntry::Ballot(_) => None,
                CheckedEntry::Other(entry) => Some(entry.clone()),
            };
            self.state.apply(&bytes, checked, self.log).map_err(|refusal| self.refuse(index, refusal))?;
            self.cover(entry.as_deref());
        }
        Ok(())
    }

    fn refuse(&self, index: u64, refusal: Refusal) -> Failure {
        Cause::Refused(refusal).at(self.log.place(index))
    }

    /// Writes down what an entry has passed; none stands for a ballot.
    fn cover(&mut self, entry: Option<&Entry>) {
        self.ledger.cover_each(&[Check::Encoding, Check::Order]);
        let Some(entry) = entry else {
            return cover_ballot(self.ledger);
        };
        if matches!(entry, Entry::Block(_)) {
            self.ledger.cover(Check::Blocks, 1);
        }
        manifest::cover(entry, self.state, self.ledger);
        ceremony::cover(entry, self.state, self.ledger);
        roll::cover(entry, self.ledger);
        opening::cover(entry, self.ledger);
        ballots::cover(entry, self.ledger);
        closing::cover(entry, self.ledger);
        tally::cover(entry, self.ledger);
    }
}
