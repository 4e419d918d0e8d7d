//! A ballot by its tracking code: where it stands, when it came, what became of it.
//!
//! The board points; what it points to is read from the log. That a ballot was replaced is shown by the ballot that
//! replaced it, that a test was published by the entry that publishes it. That a ballot was *not* replaced is the
//! board's word: the verifier checks it on the whole record.

use std::time::Duration;

use tabella_board_core::api::CredentialStatus;
use tabella_board_core::entry::Entry;
use tabella_crypto::ballot::{Disposition, SubmittedBallot, TrackingCode};
use tabella_crypto::manifest::MAX_ATTEMPTS;
use tabella_crypto::merkle::tiles::TILE_WIDTH;

use super::{Booth, BoothError};
use crate::error::{ClientError, Tampering};
use crate::transport::Transport;

/// How often a board is asked again whose answers do not agree: it takes ballots while it answers, and what it says
/// of itself can be a moment ahead of the checkpoint that it shows.
const ATTEMPTS: u32 = 3;
/// The wait before that.
const WAIT: Duration = Duration::from_secs(1);

/// A ballot as the log has it: its bytes have the tracking code that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundBallot {
    /// Its tracking code.
    pub code: TrackingCode,
    /// Index of its entry.
    pub index: u64,
    /// The entry's bytes.
    pub bytes: Vec<u8>,
    /// The ballot.
    pub submitted: SubmittedBallot,
    /// Cast or tested.
    pub disposition: Disposition,
    /// Time of its block: milliseconds since 1970-01-01 UTC.
    pub time: u64,
}

/// What became of a ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is the last of its credential, by the board's word.
    Counted,
    /// Its voter cast another one later: a ballot on the log, signed with the same credential.
    Replaced {
        /// The last one, by the board's word.
        by: TrackingCode,
    },
    /// It was tested.
    Tested {
        /// Index of the entry that publishes what was in it.
        opening: Option<u64>,
    },
}

impl<T: Transport> Booth<T> {
    /// The ballot with a tracking code, from the log; none if the board knows none.
    pub async fn find_ballot(&mut self, code: TrackingCode) -> Result<Option<FoundBallot>, BoothError> {
        let election = self.election();
        let Some(place) = self.board().ballot(election, code).await? else { return Ok(None) };
        let index = place.index;
        if !self.reach(index).await? {
            let origin = self.log.origin().to_owned();
            return Err(ClientError::Tampered { origin, tampering: Tampering::Beyond(index) }.into());
        }
        // the bundle comes as a whole: the ballot's block is most often in it
        let first = first_of_bundle(index);
        let batch = self.log.batch(first..index + 1).await?;
        let mut entries = batch.map(|batch| batch.entries).unwrap_or_default();
        let bytes = entries.pop().unwrap_or_default();
        let Some((submitted, disposition)) = ballot(&bytes) else {
            return Err(BoothError::OtherBallot(index));
        };
        if submitted.ballot.tracking_code(election) != code {
            return Err(BoothError::OtherBallot(index));
        }
        let time = match last_block(&entries) {
            Some(time) => time,
            None => self.block_time_before(first).await?.ok_or(BoothError::NoBlock(index))?,
        };
        Ok(Some(FoundBallot { code, index, bytes, submitted, disposition, time }))
    }

    /// What became of a ballot. For a test all entries behind it are read, since no list names openings: `progress`
    /// is told how many of how many.
    pub async fn fate(
        &mut self,
        found: &FoundBallot,
        progress: impl FnMut(u64, u64),
    ) -> Result<Fate, BoothError> {
        if found.disposition == Disposition::Challenge {
            return self.published(found.index, progress).await.map(|opening| Fate::Tested { opening });
        }
        for attempt in 1..=ATTEMPTS {
            if let Some(fate) = self.fate_of_cast(found).await? {
                return Ok(fate);
            }
            if attempt < ATTEMPTS {
                self.board().pause(WAIT).await;
            }
        }
        Err(BoothError::Contradiction)
    }

    /// None if what the board says does not fit the log.
    async fn fate_of_cast(&mut self, found: &FoundBallot) -> Result<Option<Fate>, BoothError> {
        let (election, own) = (self.election(), &found.submitted.ballot);
        let CredentialStatus { cast, last, ballots, .. } =
            self.board().credential(election, own.credential).await?;
        let Some(last) = last else { return Ok(None) };
        // the rules allow no more
        if ballots.len() > 2 * usize::from(MAX_ATTEMPTS) {
            return Ok(None);
        }
        if last == found.code {
            return Ok((cast.checked_sub(1) == Some(own.counter)).then_some(Fate::Counted));
        }
        for index in ballots.into_iter().rev().take_while(|index| *index > found.index) {
            if !self.reach(index).await? {
                return Ok(None);
            }
            let Ok(Entry::Cast(later)) = Entry::decode(&self.log.entry(index).await?) else { continue };
            let replaces = later.ballot.credential == own.credential
                && later.ballot.counter > own.counter
                && later
                    .authenticate(election, Disposition::Cast)
                    .is_ok_and(|authentic| authentic.code() == last);
            return Ok(replaces.then_some(Fate::Replaced { by: last }));
        }
        Ok(None)
    }

    /// Index of the entry that publishes the opening of the tested ballot in an entry.
    async fn published(
        &mut self,
        tested: u64,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Option<u64>, BoothError> {
        let (first, end) = (tested + 1, self.log.refresh().await?.size());
        let mut next = first;
        while let Some(batch) = self.log.batch(next..end).await? {
            let opens = |bytes: &Vec<u8>| matches!(Entry::decode(bytes), Ok(Entry::Opening(opening)) if opening.challenge == tested);
            if let Some((index, _)) = (next..).zip(&batch.entries).find(|(_, bytes)| opens(bytes)) {
                return Ok(Some(index));
            }
            next += batch.entries.len() as u64;
            progress(next - first, end - first);
        }
        Ok(None)
    }

    /// Whether the log has an entry; a newer checkpoint is fetched if the one at hand does not reach so far.
    async fn reach(&mut self, index: u64) -> Result<bool, ClientError> {
        for attempt in 0..ATTEMPTS {
            if index < self.log.size() {
                return Ok(true);
            }
            if attempt > 0 {
                self.board().pause(WAIT).await;
            }
            let _head = self.log.refresh().await?;
        }
        Ok(index < self.log.size())
    }

    /// The time of the last block before an entry.
    async fn block_time_before(&mut self, mut end: u64) -> Result<Option<u64>, ClientError> {
        for _ in 0..MOST_BUNDLES_OF_A_BLOCK {
            let Some(last) = end.checked_sub(1) else { break };
            let first = first_of_bundle(last);
            let entries = self.log.batch(first..end).await?.map(|batch| batch.entries).unwrap_or_default();
            if let Some(time) = last_block(&entries) {
                return Ok(Some(time));
            }
            end = first;
        }
        Ok(None)
    }
}

/// Bundles of entries that are read to find the block of an entry: a board appends some thousand entries in a block.
const MOST_BUNDLES_OF_A_BLOCK: u32 = 256;

fn first_of_bundle(index: u64) -> u64 {
    index - index % u64::from(TILE_WIDTH)
}

fn last_block(entries: &[Vec<u8>]) -> Option<u64> {
    entries.iter().rev().find_map(|bytes| match Entry::decode(bytes) {
        Ok(Entry::Block(block)) => Some(block.time),
        _ => None,
    })
}

/// The ballot that an entry is, and what its voter decided.
fn ballot(bytes: &[u8]) -> Option<(SubmittedBallot, Disposition)> {
    match Entry::decode(bytes).ok()? {
        Entry::Cast(submitted) => Some((submitted, Disposition::Cast)),
        Entry::Challenge(submitted) => Some((submitted, Disposition::Challenge)),
        _ => None,
    }
}
