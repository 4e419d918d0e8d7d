//! The checks of entries before they are applied, cheap ones first, on all cores.
//!
//! A ballot passes four of them: it decodes; the roll has its credential; its signature holds, one product for many;
//! then, at most one ballot of a credential at a time, what the log has against it, the credential's
//! [limits](super::limits), and its proofs, one product for many again. A ballot that no voter signed causes no work
//! on proofs, and one that a voter signed causes little more than its own.
//!
//! # What bad proofs cost others
//!
//! Nobody waits for another turn because of a stranger's bad proof: a share whose product is bad is searched at
//! once, and what is good in it is appended in the same turn. That makes this turn longer, and so everybody's wait,
//! by a bounded part, whoever colludes:
//!
//! * a search asks for products over at most three times as many ballots as a share has, however many are bad;
//! * a share is small, so that one bad proof makes few ballots be looked at again, and all cores search;
//! * a credential brings at most one ballot into such a share within the [window](CredentialLimits::window) after its
//!   first bad proof. From then on it is a suspect: looked at alone, [a few](CredentialLimits::suspects) of all
//!   suspects in a turn.

use std::collections::HashSet;

use rand_core::OsRng;
use rayon::prelude::*;

use tabella_board_core::check::{BallotRefusal, CeremonyRefusal, LogRefusal, Refusal};
use tabella_board_core::entry::Entry;
use tabella_board_core::state::{CheckedEntry, ElectionState, check_ballots};
use tabella_crypto::ballot::{
    AuthenticBallot, BallotContext, BallotError, Disposition, SubmittedBallot, VerifiedBallot,
};
use tabella_crypto::credential::Credential;

use super::SubmitError;
use super::limits::{Counts, CredentialLimits, Standing, TooOften};

/// Fewest ballots that are worth a core of their own: shared bases are added once for each.
const SHARE: usize = 16;
/// Most ballots of which the signatures are one job: two terms each.
const MAX_SIGNATURES: usize = 512;
/// Most ballots of which the proofs are one job, some forty terms each. In more of them a good ballot gets hardly
/// cheaper (4 % from 128 to 512), and one bad proof has more of them looked at again.
const MAX_PROOFS: usize = 128;

/// An entry after the checks that ask for neither proofs nor the state behind it.
#[expect(clippy::large_enum_variant, reason = "nearly all entries are ballots")]
pub(super) enum Prepared {
    /// A ballot that a voter on the roll signed.
    Ballot(AuthenticBallot),
    /// Anything else.
    Other(Box<Entry>),
}

/// Decodes what was submitted to an election, and checks the signatures of ballots; one result each, in order.
pub(super) fn prepare(state: &ElectionState, entries: &[Vec<u8>]) -> Vec<Result<Prepared, Refusal>> {
    let mut ballots = Vec::new();
    let decoded: Vec<Result<Entry, Refusal>> = entries
        .par_iter()
        .map(|bytes| match state.check_sender(bytes) {
            // the registration may stand before it in this very batch
            Err(CeremonyRefusal::NotRegistered(_)) if entries.len() > 1 => decode(bytes),
            Err(refusal) => Err(refusal.into()),
            Ok(()) => decode(bytes),
        })
        .collect();
    let sorted: Vec<Result<Option<Entry>, Refusal>> = decoded
        .into_iter()
        .map(|entry| {
            let (ballot, disposition) = match entry? {
                entry if entry.is_automatic() => return Err(Refusal::NotDue(Box::new(entry))),
                Entry::Cast(ballot) => (ballot, Disposition::Cast),
                Entry::Challenge(ballot) => (ballot, Disposition::Challenge),
                other => return Ok(Some(other)),
            };
            check_voter(state, &ballot)?;
            ballots.push((ballot, disposition));
            Ok(None)
        })
        .collect();
    let election = state.election();
    let signed = shares(ballots, MAX_SIGNATURES)
        .into_par_iter()
        .flat_map_iter(|share| SubmittedBallot::authenticate_all(election, share, &mut OsRng))
        .collect::<Vec<_>>();
    let mut signed = signed.into_iter();
    let mut next = || signed.next().unwrap_or(Err(BallotError::Signature)).map_err(BallotRefusal::Proof);
    let prepared = sorted.into_iter().map(|entry| match entry? {
        Some(other) => Ok(Prepared::Other(Box::new(other))),
        None => Ok(Prepared::Ballot(next()?)),
    });
    prepared.collect()
}

/// Something submitted, on its way to the log.
pub(super) struct Item<T> {
    /// Whose it is, for the answer.
    pub(super) name: T,
    /// The entry.
    pub(super) bytes: Vec<u8>,
    /// What is known of it.
    pub(super) entry: Prepared,
}

/// What becomes of a round of items.
pub(super) struct Round<T> {
    /// To be applied, in this order, or refused.
    pub(super) checked: Vec<(T, Vec<u8>, Result<CheckedEntry, SubmitError>)>,
    /// For the next round: ballots of credentials that have one in this round.
    pub(super) later: Vec<Item<T>>,
}

/// What one credential, and all under suspicion together, may still cause in this turn.
pub(super) struct Allowance<'a> {
    pub(super) limits: &'a CredentialLimits,
    pub(super) counts: &'a mut Counts,
    /// Milliseconds since 1970-01-01 UTC.
    pub(super) now: u64,
    /// Suspects whose proofs are still checked.
    pub(super) suspects: usize,
}

impl Allowance<'_> {
    fn admit(&mut self, credential: Credential) -> Result<Standing, TooOften> {
        let standing = self.counts.admit(self.limits, credential, self.now)?;
        if standing == Standing::Suspect {
            let Some(left) = self.suspects.checked_sub(1) else {
                // what is not looked at is not counted
                self.counts.take_back(&credential);
                return Err(TooOften { seconds: 1 });
            };
            self.suspects = left;
        }
        Ok(standing)
    }
}

/// Checks what can be checked at once: everything but second ballots of a credential, which depend on its first.
pub(super) fn round<T>(
    state: &ElectionState,
    items: Vec<Item<T>>,
    allowance: &mut Allowance<'_>,
) -> Round<T> {
    let (mut later, mut present) = (Vec::new(), HashSet::new());
    let (mut clean, mut suspects) = (Vec::new(), Vec::new());
    let mut sorted = Vec::with_capacity(items.len());
    for item in items {
        let Item { name, bytes, entry } = item;
        let ballot = match entry {
            Prepared::Other(entry) => {
                sorted.push((name, bytes, Ok(Sorted::Other(entry))));
                continue;
            }
            Prepared::Ballot(ballot) => ballot,
        };
        let credential = ballot.ballot().credential;
        if present.contains(&credential) {
            later.push(Item { name, bytes, entry: Prepared::Ballot(ballot) });
            continue;
        }
        let admitted = match state.check_ballot(&ballot) {
            Err(refusal) => Err(SubmitError::Refused(refusal.into())),
            Ok(()) => {
                allowance.admit(credential).map_err(|TooOften { seconds }| SubmitError::TooOften { seconds })
            }
        };
        let place = admitted.map(|standing| {
            present.insert(credential);
            let group = if standing == Standing::Clean { &mut clean } else { &mut suspects };
            group.push(ballot);
            Sorted::Ballot { credential, standing }
        });
        sorted.push((name, bytes, place));
    }
    let context = state.ballot_context().map(AsRef::as_ref);
    let mut clean = verify(context, clean, MAX_PROOFS).into_iter();
    let mut suspects = verify(context, suspects, 1).into_iter();
    let checked = sorted.into_iter().map(|(name, bytes, place)| {
        let checked = place.and_then(|place| match place {
            Sorted::Other(entry) => Ok(CheckedEntry::Other(entry)),
            Sorted::Ballot { credential, standing } => {
                let group = if standing == Standing::Clean { &mut clean } else { &mut suspects };
                let result = group.next().unwrap_or(Err(BallotError::ProofShape));
                result.map(CheckedEntry::Ballot).map_err(|error| {
                    allowance.counts.blame(&credential);
                    SubmitError::Refused(BallotRefusal::Proof(error).into())
                })
            }
        });
        (name, bytes, checked)
    });
    Round { checked: checked.collect(), later }
}

/// Where the result of an item comes from.
enum Sorted {
    Ballot { credential: Credential, standing: Standing },
    Other(Box<Entry>),
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
    let verify = |context| -> Vec<_> {
        let shares = shares(ballots, MAX_PROOFS).into_par_iter();
        shares.flat_map_iter(|share| check_ballots(context, share, &mut OsRng)).collect()
    };
    let mut verified = context.map(verify).unwrap_or_default().into_iter();
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

/// Verifies proofs in even shares of at most so many ballots; one result each, in order.
fn verify(
    context: Option<&BallotContext>,
    ballots: Vec<AuthenticBallot>,
    most: usize,
) -> Vec<Result<VerifiedBallot, BallotError>> {
    // without a context nothing is admitted
    let Some(context) = context else { return Vec::new() };
    let share = share(ballots.len(), most);
    ballots.par_chunks(share).flat_map_iter(|share| context.verify_all(share, &mut OsRng)).collect()
}

/// Ballots of a job, so that all cores have one; at most so many.
fn share(ballots: usize, most: usize) -> usize {
    ballots.div_ceil(rayon::current_num_threads()).max(SHARE).min(most)
}

/// Splits ballots into jobs of at most so many.
fn shares<T>(ballots: Vec<T>, most: usize) -> Vec<Vec<T>> {
    let share = share(ballots.len(), most);
    let mut shares = Vec::with_capacity(ballots.len().div_ceil(share));
    let mut ballots = ballots.into_iter().peekable();
    while ballots.peek().is_some() {
        shares.push(ballots.by_ref().take(share).collect());
    }
    shares
}
