//! The checks of entries that need no state: they can run in parallel, before the append.

use rand_core::{CryptoRng, RngCore};

use tabella_crypto::ballot::{BallotContext, BallotError, Disposition, SubmittedBallot, VerifiedBallot};
use tabella_crypto::codec;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::hash;

use crate::check::{BallotRefusal, Refusal};
use crate::entry::Entry;

/// An entry after the checks that need no state.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "nearly all entries are ballots")]
pub enum CheckedEntry {
    /// A ballot, which carries whether it is cast or tested.
    Ballot(VerifiedBallot),
    /// Anything else.
    Other(Box<Entry>),
}

impl CheckedEntry {
    /// Checks one entry; [`check_ballots`] is faster for many ballots. Without a context, which comes with the
    /// opening, a ballot is refused.
    pub fn check(
        context: Option<&BallotContext>,
        entry: Entry,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Self, Refusal> {
        let (ballot, disposition) = match entry {
            Entry::Cast(ballot) => (ballot, Disposition::Cast),
            Entry::Challenge(ballot) => (ballot, Disposition::Challenge),
            other => return Ok(Self::Other(Box::new(other))),
        };
        let context = context.ok_or(BallotRefusal::NotOpen)?;
        let authentic =
            ballot.authenticate(context.manifest().id(), disposition).map_err(BallotRefusal::Proof)?;
        Ok(Self::Ballot(context.verify(&authentic, rng).map_err(BallotRefusal::Proof)?))
    }

    /// Whether the bytes are this entry's. Of a ballot: the tag, by the tracking code the ballot, and the signature.
    pub(super) fn has_bytes(&self, election: ElectionId, bytes: &[u8]) -> bool {
        match self {
            Self::Other(entry) => entry.encode() == bytes,
            Self::Ballot(ballot) => {
                let (tag, disposition) = (bytes.first(), ballot.disposition());
                let body = bytes.strip_suffix(codec::encode(ballot.signature()).as_slice());
                let body = body.and_then(|body| body.get(1..));
                tag == Some(&ballot_tag(disposition))
                    && body
                        .is_some_and(|body| hash("ballot", &[election.as_bytes(), body]) == ballot.code().0)
            }
        }
    }
}

/// The tag of a ballot's entry.
fn ballot_tag(disposition: Disposition) -> u8 {
    match disposition {
        Disposition::Cast => 8,
        Disposition::Challenge => 9,
    }
}

/// The checks of ballots that need no state: all signatures in one product, then the proofs of those that are
/// signed, in batches. One result each, in order.
pub fn check_ballots(
    context: &BallotContext,
    entries: Vec<(SubmittedBallot, Disposition)>,
    rng: &mut (impl RngCore + CryptoRng),
) -> Vec<Result<VerifiedBallot, BallotError>> {
    let mut authentic = Vec::with_capacity(entries.len());
    let signed: Vec<Result<(), BallotError>> =
        SubmittedBallot::authenticate_all(context.manifest().id(), entries, rng)
            .into_iter()
            .map(|result| result.map(|ballot| authentic.push(ballot)))
            .collect();
    let mut verified = context.verify_all(&authentic, rng).into_iter();
    signed
        .into_iter()
        // one verified ballot for each that is signed
        .map(|result| result.and_then(|()| verified.next().unwrap_or(Err(BallotError::ProofShape))))
        .collect()
}
