//! The checks that need no state, on all cores: decoding, and ballots' signatures and proofs.

use rand_core::OsRng;
use rayon::prelude::*;

use tabella_board_core::check::{BallotRefusal, LogRefusal, Refusal};
use tabella_board_core::entry::Entry;
use tabella_board_core::state::{CheckedEntry, ElectionState, check_ballots};
use tabella_crypto::ballot::{BallotContext, BallotError, Disposition, SubmittedBallot, VerifiedBallot};

/// Fewest ballots that are worth a core of their own: shared bases are added once for each.
const SHARE: usize = 16;
/// Most ballots that are one job.
const MAX_SHARE: usize = 512;

/// Decodes and checks what was submitted to an election; one result each, in order. What the roll and the phase
/// refuse is refused before its proofs cost anything.
pub(super) fn check(state: &ElectionState, entries: &[Vec<u8>]) -> Vec<Result<CheckedEntry, Refusal>> {
    let sorted =
        entries.par_iter().map(|bytes| decode(bytes)).collect::<Vec<_>>().into_iter().map(|decoded| {
            let entry = decoded?;
            if entry.is_automatic() {
                return Err(Refusal::NotDue(Box::new(entry)));
            }
            if let Entry::Cast(submitted) | Entry::Challenge(submitted) = &entry {
                check_voter(state, submitted)?;
            }
            Ok(entry)
        });
    finish(state.ballot_context().map(AsRef::as_ref), sorted.collect())
}

/// Decodes and checks what stands on an election's log; one result each, in order.
pub(super) fn check_stored(
    context: Option<&BallotContext>,
    entries: &[Vec<u8>],
) -> Vec<Result<CheckedEntry, Refusal>> {
    finish(context, entries.par_iter().map(|bytes| decode(bytes)).collect())
}

fn decode(bytes: &[u8]) -> Result<Entry, Refusal> {
    Entry::decode(bytes).map_err(|error| LogRefusal::Encoding(error).into())
}

fn check_voter(state: &ElectionState, submitted: &SubmittedBallot) -> Result<(), BallotRefusal> {
    if state.tally().is_some() {
        return Err(BallotRefusal::Closed);
    }
    if state.ballot_context().is_none() {
        return Err(BallotRefusal::NotOpen);
    }
    let credential = submitted.ballot.credential;
    let voter = state.voter(&credential).ok_or(BallotRefusal::NotOnRoll(credential))?;
    if voter.style != submitted.ballot.style {
        return Err(BallotRefusal::Style { found: submitted.ballot.style, expected: voter.style });
    }
    Ok(())
}

/// Verifies the ballots among the entries.
fn finish(
    context: Option<&BallotContext>,
    entries: Vec<Result<Entry, Refusal>>,
) -> Vec<Result<CheckedEntry, Refusal>> {
    let mut ballots = Vec::new();
    let rest: Vec<Result<Option<Entry>, Refusal>> = entries
        .into_iter()
        .map(|entry| {
            let (ballot, disposition) = match entry? {
                Entry::Cast(ballot) => (ballot, Disposition::Cast),
                Entry::Challenge(ballot) => (ballot, Disposition::Challenge),
                other => return Ok(Some(other)),
            };
            ballots.push((ballot, disposition));
            Ok(None)
        })
        .collect();
    let mut verified = context.map(|context| verify(context, ballots)).unwrap_or_default().into_iter();
    let mut next = || {
        let result = verified.next().ok_or(BallotRefusal::NotOpen)?;
        Ok::<_, Refusal>(CheckedEntry::Ballot(result.map_err(BallotRefusal::Proof)?))
    };
    rest.into_iter()
        .map(|entry| match entry? {
            Some(other) => Ok(CheckedEntry::Other(Box::new(other))),
            None => next(),
        })
        .collect()
}

/// Verifies ballots in even shares; one result each, in order.
fn verify(
    context: &BallotContext,
    ballots: Vec<(SubmittedBallot, Disposition)>,
) -> Vec<Result<VerifiedBallot, BallotError>> {
    let share = ballots.len().div_ceil(rayon::current_num_threads()).clamp(SHARE, MAX_SHARE);
    let mut shares = Vec::with_capacity(ballots.len().div_ceil(share));
    let mut ballots = ballots.into_iter().peekable();
    while ballots.peek().is_some() {
        shares.push(ballots.by_ref().take(share).collect::<Vec<_>>());
    }
    shares.into_par_iter().flat_map_iter(|share| check_ballots(context, share, &mut OsRng)).collect()
}
