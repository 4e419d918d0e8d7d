//! Parts that were verified elsewhere, put together. Specification: "Partial results".
//!
//! The merger reads the whole record itself and repeats all that is cheap; of each ballot that is everything but
//! signature (6.2), proofs (6.3) and its share of the sum (8.1). Its report names whose word stands for these.
//!
//! What a shard that lies can do: say that a ballot's signature or proofs hold where they do not. It cannot leave out or
//! add ballots, because the merger knows how many each part has, and it cannot change the sum unless all trustees who
//! decrypted changed it in the same way, because their statements (8.3) hold the sum's hash.

use std::collections::BTreeMap;

use tabella_board_core::check::Check;
use tabella_board_core::state::ElectionState;
use tabella_board_core::state::shared::ClaimedBallot;
use tabella_crypto::ballot::Disposition;
use tabella_crypto::elgamal::Ciphertext;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

use super::failure::{Cause, Failure, Log, Place};
use super::ledger::Ledger;
use super::log::RecordLayout;
use super::part::PartialResult;
use super::record::Record;
use super::shard::{Part, part_of_voter};

pub use super::part::PartCounts;

/// Why partial results cannot be merged. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// None at all.
    #[error("there is no partial result: give the files that --shard wrote")]
    None,
    /// Parts of another number of parts.
    #[error(
        "shard {0} and shard {1} are not parts of one whole: give the files of one run, all with the same number of shards"
    )]
    Unlike(Part, Part),
    /// A part that is not there.
    #[error("shard {0} is missing: run it, then merge again")]
    Missing(Part),
    /// A part that is there twice.
    #[error("shard {0} is there twice: leave one of the two files out")]
    Twice(Part),
    /// Of another record.
    #[error(
        "shard {part} is of another record ({found}) than {expected}: run all shards on one copy of the record, and merge \
         with that copy"
    )]
    OtherRecord {
        /// The shard.
        part: Part,
        /// What it read.
        found: String,
        /// What the first shard, or the record, has.
        expected: String,
    },
}

/// All parts of one record, each exactly once.
#[derive(Debug, Clone)]
pub struct Parts(Vec<PartialResult>);

impl Parts {
    /// Puts parts together that were verified of the same record.
    pub fn new(results: Vec<PartialResult>) -> Result<Self, MergeError> {
        let Some(first) = results.first() else { return Err(MergeError::None) };
        let (of, expected) = (first.part.of(), (first.election, first.size, first.root));
        let mut parts = BTreeMap::new();
        let first = first.part;
        for result in results {
            let part = result.part;
            if part.of() != of {
                return Err(MergeError::Unlike(first, part));
            }
            check_record(part, (result.election, result.size, result.root), expected)?;
            if parts.insert(part.number(), result).is_some() {
                return Err(MergeError::Twice(part));
            }
        }
        let missing = (0..of).find(|number| !parts.contains_key(number));
        match missing.and_then(|number| Part::new(number, of)) {
            Some(part) => Err(MergeError::Missing(part)),
            None => Ok(Self(parts.into_values().collect())),
        }
    }

    /// Refuses a record that is not the one that the parts are of, by what its checkpoint claims: before anything is
    /// verified.
    pub fn check_record(&self, record: &dyn Record) -> Result<(), MergeError> {
        // what cannot be read is for the verification to say
        let Ok(layout) = RecordLayout::read(record, self.election()) else { return Ok(()) };
        let (size, root) = layout.election_head();
        self.check_head(layout.election(), size, root)
    }

    /// Refuses another election's log than that of the parts, or another size or root of it.
    pub fn check_head(&self, election: ElectionId, size: u64, root: Digest) -> Result<(), MergeError> {
        let Some(first) = self.0.first() else { return Ok(()) };
        check_record(first.part, (first.election, first.size, first.root), (election, size, root))
    }

    /// The election.
    pub fn election(&self) -> Option<ElectionId> {
        self.0.first().map(|result| result.election)
    }

    /// The parts, by number.
    pub fn results(&self) -> &[PartialResult] {
        &self.0
    }

    /// What the first failing part found, in the order of the log; what stands at no entry goes first.
    pub fn check_failures(&self) -> Result<(), Failure> {
        let failing = self.0.iter().filter_map(|result| Some((result, result.failure.as_ref()?)));
        let Some((result, failure)) = failing.min_by_key(|(_, failure)| failure.entry) else { return Ok(()) };
        // a number that this version does not know is still a failure
        let check = Check::ALL.into_iter().find(|check| check.number() == failure.check);
        let place = failure.entry.map_or(Place::Record, |index| Place::Entry(Log::Election, index));
        let cause = Cause::Part {
            part: result.part,
            label: result.maker.label.clone(),
            check: check.unwrap_or(Check::BallotProofs),
            sentence: failure.sentence.clone(),
        };
        Err(cause.at(place))
    }

    /// Puts the sum over all parts in the place of the state's own, once voting is open. Fails (8.1) if a part has none,
    /// or one of other contests or entries than the manifest's, or what are no points.
    pub fn give_sums(&self, state: &mut ElectionState) -> Result<(), Failure> {
        let taken = self.sums().is_some_and(|sums| state.take_sums(sums));
        if taken { Ok(()) } else { Err(Cause::PartSums.at(Place::Record)) }
    }

    /// The sum over all parts; none if they do not fit each other, or hold what are no points.
    fn sums(&self) -> Option<Vec<Vec<Ciphertext>>> {
        let mut total: Option<Vec<Vec<Ciphertext>>> = None;
        for result in &self.0 {
            let decode = |encoded: &tabella_crypto::elgamal::EncodedCiphertext| {
                // a part without ballots has the identity
                Some(Ciphertext { d: encoded.d.decode().ok()?, c: encoded.c.decode().ok()? })
            };
            let contests = result.sums.as_ref()?.iter();
            let sums: Option<Vec<Vec<Ciphertext>>> =
                contests.map(|contest| contest.iter().map(decode).collect()).collect();
            let sums = sums?;
            total = Some(match total {
                None => sums,
                Some(total) => add(total, sums)?,
            });
        }
        total
    }

    /// Counts a ballot of the record in its part; `counts` has one for each part.
    pub fn count(&self, counts: &mut [PartCounts], election: ElectionId, ballot: &ClaimedBallot) {
        let Some(of) = self.0.first().and_then(|first| std::num::NonZeroU32::new(first.part.of())) else {
            return;
        };
        // as many parts as counts, and a number below it
        let part = part_of_voter(election, &ballot.credential, of) as usize;
        if let Some(counts) = counts.get_mut(part) {
            counts.counted += u64::from(ballot.first);
            match ballot.disposition {
                Disposition::Cast => counts.cast += 1,
                Disposition::Challenge => counts.tested += 1,
            }
        }
    }

    /// Fails (6.3) unless every part verified as many ballots as the record has in it: `found` has one for each part.
    pub fn check_counts(&self, found: &[PartCounts]) -> Result<(), Failure> {
        for (place, result) in self.0.iter().enumerate() {
            let found = found.get(place).copied().unwrap_or_default();
            if result.counts != found {
                let cause = Cause::PartBallots {
                    part: result.part,
                    label: result.maker.label.clone(),
                    said: result.counts.to_string(),
                    found: found.to_string(),
                };
                return Err(cause.at(Place::Record));
            }
        }
        Ok(())
    }

    /// Writes down the ballots whose signatures and proofs are the shards' word.
    pub(super) fn cover(&self, ledger: &mut Ledger) {
        for result in &self.0 {
            for check in [Check::VoterSignatures, Check::BallotProofs] {
                ledger.cover_by_others(check, result.counts.ballots());
            }
        }
    }
}

fn add(total: Vec<Vec<Ciphertext>>, more: Vec<Vec<Ciphertext>>) -> Option<Vec<Vec<Ciphertext>>> {
    if total.len() != more.len() {
        return None;
    }
    let contest = |(total, more): (Vec<Ciphertext>, Vec<Ciphertext>)| {
        let same = total.len() == more.len();
        same.then(|| total.into_iter().zip(more).map(|(total, more)| total + more).collect())
    };
    total.into_iter().zip(more).map(contest).collect()
}

fn check_record(
    part: Part,
    found: (ElectionId, u64, Digest),
    expected: (ElectionId, u64, Digest),
) -> Result<(), MergeError> {
    if found == expected {
        return Ok(());
    }
    let name = |(election, size, root): (ElectionId, u64, Digest)| {
        format!("election {election}, {size} entries, root {root}")
    };
    Err(MergeError::OtherRecord { part, found: name(found), expected: name(expected) })
}
