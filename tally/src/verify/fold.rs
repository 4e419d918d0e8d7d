//! The election's log through the rules that admitted it, entry by entry in order.
//!
//! Blocks and ballots queue up until there are ballots enough for the executor, or another entry comes; then the
//! ballots' proofs are checked together and everything is applied in the order of the log.
//!
//! There are four ways through it ([`Role`]); they differ in which ballots are verified here, and in nothing else.

use std::collections::VecDeque;

use tabella_board_core::check::{BallotRefusal, Check, LogRefusal, Refusal};
use tabella_board_core::entry::Entry;
use tabella_board_core::state::{CheckedEntry, ElectionState, FirstPoint, Phase, point_prefix};
use tabella_crypto::ballot::{BallotError, Disposition, SubmittedBallot, VerifiedBallot};
use tabella_crypto::merkle::tiles::TILE_WIDTH;
use tabella_crypto::merkle::{Frontier, leaf_hash};
use tabella_crypto::transcript::Digest;

use super::ballots::{JobQueue, cover_ballot, cover_claimed};
use super::failure::{Cause, Failure, Log, Place};
use super::ledger::Ledger;
use super::log::LogReader;
use super::merge::{PartCounts, Parts};
use super::part::credential_of;
use super::shard::Part;
use super::store::{SavedRun, Snapshot, StoreError};
use super::{Pass, Progress, Work, ballots, ceremony, closing, manifest, opening, roll, tally};

/// Which ballots are verified.
pub(super) enum Role<'a> {
    /// All of them.
    Whole,
    /// Those that an earlier run did not; none once it was taken over.
    Resumed(Option<SavedRun<'a>>),
    /// Those of one part, up to the closing; what follows it is only hashed.
    Part(Part),
    /// None: shards verified and added them up.
    Merged(&'a Parts),
}

/// An entry that waits for the ballots before it.
enum Queued {
    /// A ballot; its proofs are in the job queue.
    Ballot(Vec<u8>),
    /// A ballot that a shard verified.
    Claimed(Vec<u8>),
    /// A ballot or opening that is not of this part, by its leaf hash.
    Passed(Digest),
    /// Anything else.
    Other(Vec<u8>, Box<Entry>),
}

/// The way of a log into a state.
pub(super) struct Fold<'a, 'w, 'r> {
    log: &'a LogReader<'a>,
    state: &'a mut ElectionState,
    ledger: &'a mut Ledger,
    work: &'a mut Work<'w>,
    role: Role<'r>,
    /// Head of the board log, which is saved together with the state.
    board: (u64, Digest),
    queue: Vec<Queued>,
    jobs: JobQueue,
    /// The ledger as it was when voting opened.
    at_opening: Option<Ledger>,
    /// Entries that were saved last: nothing is saved twice.
    saved: u64,
    /// Of a part: the whole log's tree, from the closing on.
    beyond: Option<Frontier>,
    /// By part what was claimed of it.
    claimed: Vec<PartCounts>,
}

/// What a fold leaves beside the state.
pub(super) struct Folded {
    /// Size and root of the log.
    pub(super) head: (u64, Digest),
    /// Of [`Role::Merged`], by part.
    pub(super) claimed: Vec<PartCounts>,
}

impl<'a, 'w, 'r> Fold<'a, 'w, 'r> {
    pub(super) fn new(
        log: &'a LogReader<'a>,
        state: &'a mut ElectionState,
        ledger: &'a mut Ledger,
        work: &'a mut Work<'w>,
        role: Role<'r>,
        board: (u64, Digest),
    ) -> Self {
        let claimed = match &role {
            Role::Merged(parts) => vec![PartCounts::default(); parts.results().len()],
            _ => Vec::new(),
        };
        Self {
            log,
            state,
            ledger,
            work,
            role,
            board,
            queue: Vec::new(),
            jobs: JobQueue::default(),
            at_opening: None,
            saved: 0,
            beyond: None,
            claimed,
        }
    }

    /// Folds the log into the state; chapters 1.5, 1.6, 1.9 and 2 to 8.
    pub(super) fn run(mut self) -> Result<Folded, Failure> {
        self.state.hand_out_points();
        let log = self.log;
        // what an earlier run has folded already ends before this entry
        let mut next = 0;
        for bundle in log.bundles() {
            if bundle.first() + u64::from(TILE_WIDTH) <= next {
                continue;
            }
            for (index, bytes) in (bundle.first()..).zip(log.read_bundle(&bundle)?) {
                if index < next {
                    continue;
                }
                self.take(index, bytes)?;
                if self.at_opening.is_none() && self.state.phase() == Phase::Open {
                    self.opened()?;
                    next = self.state.size();
                }
            }
            if matches!(self.role, Role::Merged(_)) {
                self.flush()?;
            }
            if self.work.store.is_due() {
                self.flush()?;
                self.save()?;
            }
            self.progress();
        }
        self.flush()?;
        self.save()?;
        self.work.store.finish().map_err(|error| self.store_failure(error))?;
        if let Role::Resumed(Some(_)) = self.role {
            return Err(Cause::Saved("voting did not open".to_owned()).at(Place::Record));
        }
        self.progress();
        let tree = self.beyond.as_ref().unwrap_or(self.state.tree());
        Ok(Folded { head: (tree.size(), tree.root()), claimed: self.claimed })
    }

    fn progress(&mut self) {
        let tree = self.beyond.as_ref().unwrap_or(self.state.tree());
        (self.work.progress)(Progress { pass: Pass::Checking, done: tree.size(), of: self.log.size() });
    }

    /// Voting opened with the last entry: takes over what others did.
    fn opened(&mut self) -> Result<(), Failure> {
        self.at_opening = Some(self.ledger.clone());
        match &mut self.role {
            Role::Whole | Role::Part(_) => Ok(()),
            Role::Resumed(saved) => {
                let resumed = saved.take().map_or(Ok(()), |saved| saved.resume(self.state, self.ledger));
                resumed.map_err(|error| Cause::Saved(error.to_string()).at(Place::Record))?;
                self.saved = self.state.size();
                Ok(())
            }
            Role::Merged(parts) => parts.give_sums(self.state),
        }
    }

    /// Saves how far it is, while voting is open.
    fn save(&mut self) -> Result<(), Failure> {
        let whole = matches!(self.role, Role::Whole | Role::Resumed(None));
        let Some(at_opening) = self.at_opening.as_ref().filter(|_| whole) else { return Ok(()) };
        if self.state.phase() != Phase::Open || self.state.size() == self.saved {
            return Ok(());
        }
        self.saved = self.state.size();
        let since = self.ledger.since(at_opening);
        let snapshot = Snapshot::new(self.state, self.board, &since);
        self.work.store.save(&snapshot).map_err(|error| self.store_failure(error))
    }

    /// Takes the entry at an index: queues it, and flushes where the queue may not wait.
    fn take(&mut self, index: u64, bytes: Vec<u8>) -> Result<(), Failure> {
        if let Some(tree) = &mut self.beyond {
            tree.push(leaf_hash(&bytes));
            return Ok(());
        }
        if self.is_of_others(&bytes) {
            self.queue.push(Queued::Passed(leaf_hash(&bytes)));
            return Ok(());
        }
        let entry = match Entry::decode(&bytes) {
            Ok(entry) => entry,
            Err(error) => {
                // what stands before is looked at first
                self.flush()?;
                return Err(self.refuse(index, LogRefusal::Encoding(error).into()));
            }
        };
        match entry {
            Entry::Cast(_) | Entry::Challenge(_) if matches!(self.role, Role::Merged(_)) => {
                self.queue.push(Queued::Claimed(bytes));
                Ok(())
            }
            Entry::Cast(ballot) => self.queue_ballot(index, bytes, ballot, Disposition::Cast),
            Entry::Challenge(ballot) => self.queue_ballot(index, bytes, ballot, Disposition::Challenge),
            block @ Entry::Block(_) => {
                self.queue.push(Queued::Other(bytes, Box::new(block)));
                Ok(())
            }
            close @ Entry::Close(_) => {
                self.flush()?;
                self.save()?;
                if matches!(self.role, Role::Part(_)) {
                    return self.close_part(index, &bytes, close);
                }
                self.queue.push(Queued::Other(bytes, Box::new(close)));
                self.flush()
            }
            other => {
                self.queue.push(Queued::Other(bytes, Box::new(other)));
                self.flush()
            }
        }
    }

    /// Whether this is a ballot of another part, or an opening, which the merger checks.
    fn is_of_others(&self, bytes: &[u8]) -> bool {
        let Role::Part(part) = self.role else { return false };
        if self.state.phase() != Phase::Open {
            return false;
        }
        match credential_of(bytes) {
            Some(credential) => !part.has_voter(self.state.election(), &credential),
            None => matches!(Entry::decode(bytes), Ok(Entry::Opening(_))),
        }
    }

    /// The closing counts all ballots, of which a part has some: that it says how many is for the merger.
    fn close_part(&mut self, index: u64, bytes: &[u8], close: Entry) -> Result<(), Failure> {
        match self.state.due() {
            Some(Entry::Close(_)) => {}
            Some(due) => return Err(self.refuse(index, Refusal::Due(Box::new(due)))),
            None => return Err(self.refuse(index, Refusal::NotDue(Box::new(close)))),
        }
        let mut tree = self.state.tree().clone();
        tree.push(leaf_hash(bytes));
        self.beyond = Some(tree);
        Ok(())
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
            // what is due comes before anything that somebody sent
            let due = self.state.due().map(|due| Refusal::Due(Box::new(due)));
            return Err(self.refuse(index, due.unwrap_or_else(|| BallotRefusal::NotOpen.into())));
        };
        self.jobs.push(&context, ballot, disposition, bytes.len());
        self.queue.push(Queued::Ballot(bytes));
        if self.jobs.fills(self.work.executor.width()) { self.flush() } else { Ok(()) }
    }

    /// Checks the proofs of all ballots that wait, and applies everything in order.
    fn flush(&mut self) -> Result<(), Failure> {
        let mut results: VecDeque<Result<VerifiedBallot, BallotError>> =
            self.work.executor.run(self.jobs.take()).into_iter().flatten().collect();
        for queued in std::mem::take(&mut self.queue) {
            let index = self.state.size();
            match queued {
                Queued::Other(bytes, entry) => {
                    let checked = CheckedEntry::Other(entry.clone());
                    self.apply(index, &bytes, checked)?;
                    self.cover(&entry);
                }
                Queued::Ballot(bytes) => {
                    let ballot = match results.pop_front() {
                        Some(Ok(ballot)) => ballot,
                        Some(Err(error)) => {
                            return Err(self.refuse(index, BallotRefusal::Proof(error).into()));
                        }
                        None => return Err(self.refuse(index, BallotRefusal::Unchecked.into())),
                    };
                    self.apply(index, &bytes, CheckedEntry::Ballot(ballot))?;
                    self.keep_points()?;
                    cover_ballot(self.ledger);
                }
                Queued::Claimed(bytes) => {
                    let claimed =
                        self.state.take_claimed(&bytes).map_err(|refusal| self.refuse(index, refusal))?;
                    self.keep_points()?;
                    if let Role::Merged(parts) = self.role {
                        parts.count(&mut self.claimed, self.state.election(), &claimed);
                    }
                    cover_claimed(self.ledger);
                }
                Queued::Passed(leaf) => {
                    self.state.pass(leaf).map_err(|refusal| self.refuse(index, refusal))?;
                }
            }
        }
        Ok(())
    }

    fn apply(&mut self, index: u64, bytes: &[u8], entry: CheckedEntry) -> Result<(), Failure> {
        self.state.apply(bytes, entry, self.log).map_err(|refusal| self.refuse(index, refusal))
    }

    /// Gives the D of the last ballot to the store.
    fn keep_points(&mut self) -> Result<(), Failure> {
        let points = self.state.take_points();
        self.work.store.add(&points).map_err(|error| self.store_failure(error))
    }

    fn refuse(&self, index: u64, refusal: Refusal) -> Failure {
        Cause::Refused(refusal).at(self.log.place(index))
    }

    fn store_failure(&self, error: StoreError) -> Failure {
        match error {
            StoreError::Repeated(point) => repeated(self.log, &point),
            other => Cause::Store(other).at(Place::Record),
        }
    }

    /// Writes down what an entry has passed that is no ballot.
    fn cover(&mut self, entry: &Entry) {
        self.ledger.cover_each(&[Check::Encoding, Check::Order]);
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

/// 6.7 fails at the entry of this D, which stands in an earlier ballot too.
fn repeated(log: &LogReader<'_>, point: &FirstPoint) -> Failure {
    let ballot = match log.read_entry(point.entry).ok().flatten().map(|bytes| Entry::decode(&bytes)) {
        Some(Ok(Entry::Cast(submitted) | Entry::Challenge(submitted))) => Some(submitted.ballot),
        _ => None,
    };
    let mut ciphertexts = ballot.iter().flat_map(|ballot| &ballot.ciphertexts);
    let position = ciphertexts.position(|pair| point_prefix(&pair.d) == point.prefix);
    let refusal = BallotRefusal::Copied(position.unwrap_or_default());
    Cause::Refused(refusal.into()).at(Place::Entry(Log::Election, point.entry))
}
