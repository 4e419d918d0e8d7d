//! A part of a record's ballots, so that the workers of one device share what takes longest.
//!
//! ```text
//! check_shard(record, part 0 of 2) --vouchers--+
//! check_shard(record, part 1 of 2) --vouchers--+--> verify(record, …, Vouched, …)
//! ```
//!
//! A shard verifies signatures and proofs and nothing else: it looks at neither checkpoints nor trees, and folds the
//! log only up to the opening, to learn election and key. Everything that a report says is [`verify`](super::verify)'s,
//! which takes from shards no more than that some ballots need not be verified twice; what is wrong with a record,
//! it finds and names.
//!
//! On several machines parts are made of voters instead of jobs, see [`part`](super::part): there a voucher would be
//! worth nothing, and nobody wants to wait for whoever adds everything up.

use std::num::NonZeroU32;

use rand_core::{CryptoRng, RngCore};

use tabella_board_core::entry::Entry;
use tabella_board_core::state::{CheckedEntry, ElectionState};
use tabella_crypto::ballot::{Disposition, SubmittedBallot, Voucher};
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::{Digest, hash};

use super::ballots::{BallotJob, JobQueue};
use super::log::{LogReader, RecordLayout};
use super::record::Record;
use super::{Pass, Progress};

/// One part of so many. Parts `0..of` together have every ballot once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    part: u32,
    of: NonZeroU32,
}

impl Part {
    /// Part `part` of `of`, counted from 0; none if there is no such part.
    pub fn new(part: u32, of: u32) -> Option<Self> {
        NonZeroU32::new(of).filter(|_| part < of).map(|of| Self { part, of })
    }

    /// Its number, from 0.
    pub fn number(self) -> u32 {
        self.part
    }

    /// How many there are.
    pub fn of(self) -> u32 {
        self.of.get()
    }

    /// Whether a voter's ballots are in this part, where parts are made of voters: the first 8 bytes of
    /// hash("shard", election, U) as a number, lowest byte first, leave the remainder `part`.
    pub fn has_voter(self, election: ElectionId, credential: &Credential) -> bool {
        part_of_voter(election, credential, self.of) == self.part
    }

    fn has(self, job: u32) -> bool {
        job % self.of == self.part
    }
}

/// Which of so many parts a voter's ballots are in.
pub(super) fn part_of_voter(election: ElectionId, credential: &Credential, of: NonZeroU32) -> u32 {
    let Digest(bytes) = hash("shard", &[election.as_bytes(), &credential.0.0]);
    let (first, _) = bytes.split_first_chunk().unwrap_or((&[0; 8], &[]));
    // below a u32
    (u64::from_le_bytes(*first) % u64::from(of.get())) as u32
}

impl std::fmt::Display for Part {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.part, self.of)
    }
}

/// Verifies the signatures and proofs of one part of an election's ballots: of every `of`-th job, where jobs are
/// cut from the log by its ballots alone. Returns vouchers of the ballots that hold, in the log's order.
///
/// Ballots behind what cannot be read, and those of an election that has not opened, have none. The randomness
/// must be as [`BallotJob::run`] demands.
pub fn check_shard(
    record: &dyn Record,
    election: ElectionId,
    part: Part,
    rng: &mut (impl RngCore + CryptoRng),
    progress: &mut dyn FnMut(Progress),
) -> Vec<Voucher> {
    let mut vouchers = Vec::new();
    // what the checkpoint claims is enough to know where the log ends
    let Ok(layout) = RecordLayout::read(record, Some(election)) else { return vouchers };
    let log = LogReader::election(record, election, layout.election_size());
    let mut state = ElectionState::new(election);
    let mut jobs = JobQueue::default();
    let mut next_job = 0;
    let mut run = |jobs: Vec<BallotJob>| {
        for job in jobs {
            if part.has(next_job) {
                let verified = job.run(rng).into_iter().flatten();
                vouchers.extend(verified.map(|ballot| ballot.voucher()));
            }
            next_job += 1;
        }
    };
    for bundle in log.bundles() {
        let Ok(entries) = log.read_bundle(&bundle) else { break };
        let end = bundle.first() + entries.len() as u64;
        let readable = entries.iter().try_for_each(|bytes| take(bytes, &log, &mut state, &mut jobs));
        run(jobs.take_full());
        progress(Progress { pass: Pass::Checking, done: end, of: log.size() });
        if readable.is_none() {
            break;
        }
    }
    run(jobs.take());
    vouchers
}

/// Takes an entry: into the state up to the opening, from there on into the jobs if it is a ballot. None if it
/// cannot be read, or may not stand there.
fn take(bytes: &[u8], log: &LogReader<'_>, state: &mut ElectionState, jobs: &mut JobQueue) -> Option<()> {
    let entry = Entry::decode(bytes).ok()?;
    let Some(context) = state.ballot_context() else {
        let other = match entry {
            Entry::Cast(_) | Entry::Challenge(_) => return None,
            other => CheckedEntry::Other(Box::new(other)),
        };
        return state.apply(bytes, other, log).ok();
    };
    let mut push =
        |ballot: SubmittedBallot, disposition| jobs.push(context, ballot, disposition, bytes.len());
    match entry {
        Entry::Cast(ballot) => push(ballot, Disposition::Cast),
        Entry::Challenge(ballot) => push(ballot, Disposition::Challenge),
        _ => {}
    }
    Some(())
}
