//! Ballots: what is accepted while voting is open, and the running sum of what counts. Specification: "Ballots".
//!
//! Signature and proofs are checked before, see [`check_ballots`](super::check_ballots): here is what depends on
//! the log. Memory grows with ballots by what [`Points`] keeps, and by nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use tabella_crypto::ballot::{
    AuthenticBallot, Ballot, BallotContext, Disposition, SubmittedBallot, TrackingCode, VerifiedBallot,
};
use tabella_crypto::elgamal::Ciphertext;
use tabella_crypto::group::EncodedPoint;
use tabella_crypto::manifest::Recasting;
use tabella_crypto::proofs::credential::CredentialStatement;

use super::EntrySource;
use super::points::{FirstPoint, Points};
use super::roll::{Roll, VoterState};
use crate::check::{BallotRefusal, LogRefusal, Refusal};
use crate::entry::{Closed, Entry, PublishedOpening};

/// Voting, from its opening on.
#[derive(Clone)]
pub(super) struct Voting {
    context: Arc<BallotContext>,
    points: Points,
    pub(super) record: VotingRecord,
}

/// What the ballots so far come to.
#[derive(Clone, BorshSerialize, BorshDeserialize)]
pub(super) struct VotingRecord {
    /// For each contest the weighted sum of the ballots that count.
    pub(super) sums: Vec<Vec<Ciphertext>>,
    /// Ballots that count, by style and weight.
    groups: BTreeMap<(u16, u32), u64>,
    counts: Closed,
    /// Tested ballots whose opening stands.
    opened: BTreeSet<u64>,
}

impl VotingRecord {
    /// Whether these are sums of the same contests with the same entries.
    pub(super) fn fits(&self, sums: &[Vec<Ciphertext>]) -> bool {
        self.sums.len() == sums.len()
            && self.sums.iter().zip(sums).all(|(own, others)| own.len() == others.len())
    }
}

impl Voting {
    pub(super) fn new(context: BallotContext, points: Points) -> Self {
        let sums = context.manifest().contests.iter().map(|c| vec![Ciphertext::zero(); c.entries()]);
        let record = VotingRecord {
            sums: sums.collect(),
            groups: BTreeMap::new(),
            counts: Closed { counted: 0, cast: 0, challenged: 0 },
            opened: BTreeSet::new(),
        };
        Self { record, context: Arc::new(context), points }
    }

    pub(super) fn take_points(&mut self) -> Vec<FirstPoint> {
        self.points.take()
    }

    pub(super) fn context(&self) -> &Arc<BallotContext> {
        &self.context
    }

    pub(super) fn counts(&self) -> Closed {
        self.record.counts
    }

    /// The weighted sum of a contest's ballots that count.
    pub(super) fn sum(&self, contest: u16) -> Option<&[Ciphertext]> {
        self.record.sums.get(usize::from(contest)).map(Vec::as_slice)
    }

    /// Weight and number of ballots of each (style, weight) group of a contest that has any.
    pub(super) fn groups(&self, contest: u16) -> impl Iterator<Item = (u32, u64)> {
        let styles = &self.context.manifest().styles;
        let groups = &self.record.groups;
        groups
            .iter()
            .filter(move |((style, _), _)| {
                styles.get(usize::from(*style)).is_some_and(|style| style.contests.contains(&contest))
            })
            .map(|((_, weight), ballots)| (*weight, *ballots))
    }

    /// All that the log so far has against a ballot, whatever its proofs.
    pub(super) fn check(&self, roll: &Roll, ballot: &AuthenticBallot) -> Result<(), BallotRefusal> {
        let credential = ballot.ballot().credential;
        let voter = roll.voter(&credential).ok_or(BallotRefusal::NotOnRoll(credential))?;
        let points: Vec<EncodedPoint> = ballot.ballot().ciphertexts.iter().map(|pair| pair.d).collect();
        self.check_claims(voter, &Claims::from(ballot), &points)
    }

    fn check_claims(
        &self,
        voter: &VoterState,
        claims: &Claims,
        points: &[EncodedPoint],
    ) -> Result<(), BallotRefusal> {
        let Claims { style, counter, previous, code, disposition } = *claims;
        if style != voter.style {
            return Err(BallotRefusal::Style { found: style, expected: voter.style });
        }
        self.points.check_fresh(code, points)?;
        check_chain(voter, counter, previous)?;
        let manifest = self.context.manifest();
        match (disposition, manifest.recasting) {
            (Disposition::Cast, Recasting::FirstOnly) if voter.cast > 0 => Err(BallotRefusal::FirstOnly),
            (Disposition::Cast, Recasting::LastCounts { limit }) if voter.cast >= limit => {
                Err(BallotRefusal::CastLimit(limit))
            }
            (Disposition::Challenge, _) if voter.tests >= manifest.tests => {
                Err(BallotRefusal::TestLimit(manifest.tests))
            }
            (Disposition::Cast | Disposition::Challenge, _) => Ok(()),
        }
    }

    /// Takes a ballot that stands at `index`; nothing changes if it is refused.
    pub(super) fn apply(
        &mut self,
        roll: &mut Roll,
        index: u64,
        ballot: &VerifiedBallot,
        source: &dyn EntrySource,
    ) -> Result<(), Refusal> {
        let voter =
            roll.voter_mut(&ballot.credential()).ok_or(BallotRefusal::NotOnRoll(ballot.credential()))?;
        self.check_claims(voter, &Claims::from(ballot), ballot.first_points())?;
        match ballot.disposition() {
            Disposition::Cast => {
                self.add(voter, ballot, source)?;
                self.record.cast(voter, index, ballot.code());
            }
            Disposition::Challenge => self.record.challenge(voter),
        }
        self.points.extend(index, ballot.first_points());
        Ok(())
    }

    /// Takes a ballot that stands at `index` as somebody else verified and added it up; nothing changes if the log has
    /// something against it.
    pub(super) fn take_claimed(
        &mut self,
        roll: &mut Roll,
        index: u64,
        ballot: &Ballot,
        disposition: Disposition,
    ) -> Result<(), BallotRefusal> {
        let voter = roll.voter_mut(&ballot.credential).ok_or(BallotRefusal::NotOnRoll(ballot.credential))?;
        let code = ballot.tracking_code(self.context.manifest().id());
        let points: Vec<EncodedPoint> = ballot.ciphertexts.iter().map(|pair| pair.d).collect();
        self.check_claims(voter, &Claims::new(ballot, code, disposition), &points)?;
        match disposition {
            Disposition::Cast => self.record.cast(voter, index, code),
            Disposition::Challenge => self.record.challenge(voter),
        }
        self.points.extend(index, &points);
        Ok(())
    }

    /// Adds a cast ballot to the sums, in the place of the voter's ballot before.
    fn add(
        &mut self,
        voter: &VoterState,
        ballot: &VerifiedBallot,
        source: &dyn EntrySource,
    ) -> Result<(), Refusal> {
        let manifest = self.context.manifest();
        let difference: Vec<Ciphertext> = match voter.last {
            None => ballot.ciphertexts().to_vec(),
            Some((replaced, code)) => {
                let replaced = self.read_back(replaced, code, source)?;
                let pairs = ballot.ciphertexts().iter().zip(replaced);
                pairs.map(|(new, old)| Ciphertext { d: new.d - old.d, c: new.c - old.c }).collect()
            }
        };
        // Σ over the ballots that count of weight * ciphertext
        let mut terms = difference.iter().map(|term| term.weighted(voter.weight));
        for (contest, _) in manifest.contests_of(ballot.style()) {
            for total in self.record.sums.get_mut(usize::from(contest)).into_iter().flatten() {
                if let Some(term) = terms.next() {
                    *total += term;
                }
            }
        }
        Ok(())
    }

    /// The ciphertexts of a ballot that was accepted before.
    fn read_back(
        &self,
        index: u64,
        code: TrackingCode,
        source: &dyn EntrySource,
    ) -> Result<Vec<Ciphertext>, LogRefusal> {
        let missing = LogRefusal::Missing { index };
        let Some(Entry::Cast(SubmittedBallot { ballot, signature: _ })) = read(source, index) else {
            return Err(missing);
        };
        if ballot.tracking_code(self.context.manifest().id()) != code {
            return Err(missing);
        }
        let decoded = ballot.ciphertexts.iter().map(|ciphertext| ciphertext.decode_fresh());
        decoded.collect::<Result<_, _>>().map_err(|_| missing)
    }

    /// Takes the opening of a tested ballot, published by its voter.
    pub(super) fn publish(
        &mut self,
        published: &PublishedOpening,
        size: u64,
        source: &dyn EntrySource,
    ) -> Result<(), BallotRefusal> {
        let PublishedOpening { challenge, opening, signature } = published;
        let ballot = challenged(*challenge, size, source).ok_or(BallotRefusal::NoChallenge(*challenge))?;
        let election = self.context.manifest().id();
        // first, so that nobody else can make anyone spend time on an opening
        CredentialStatement::publication(election, ballot.credential, *challenge, opening)
            .verify(signature)
            .map_err(|_| BallotRefusal::OpeningSignature(*challenge))?;
        if self.record.opened.contains(challenge) {
            return Err(BallotRefusal::Opened(*challenge));
        }
        self.context
            .check_opening(&ballot, opening)
            .map_err(|error| BallotRefusal::Opening { challenge: *challenge, error })?;
        self.record.opened.insert(*challenge);
        Ok(())
    }
}

impl VotingRecord {
    fn cast(&mut self, voter: &mut VoterState, index: u64, code: TrackingCode) {
        if voter.last.is_none() {
            *self.groups.entry((voter.style, voter.weight)).or_default() += 1;
            self.counts.counted += 1;
        }
        self.counts.cast += 1;
        voter.cast += 1;
        voter.last = Some((index, code));
    }

    fn challenge(&mut self, voter: &mut VoterState) {
        voter.tests += 1;
        self.counts.challenged += 1;
    }
}

/// What a ballot says, beside its ciphertexts, that is held against the log.
struct Claims {
    style: u16,
    counter: u16,
    previous: Option<TrackingCode>,
    code: TrackingCode,
    disposition: Disposition,
}

impl From<&VerifiedBallot> for Claims {
    fn from(ballot: &VerifiedBallot) -> Self {
        Self {
            style: ballot.style(),
            counter: ballot.counter(),
            previous: ballot.previous(),
            code: ballot.code(),
            disposition: ballot.disposition(),
        }
    }
}

impl From<&AuthenticBallot> for Claims {
    fn from(ballot: &AuthenticBallot) -> Self {
        Self::new(ballot.ballot(), ballot.code(), ballot.disposition())
    }
}

impl Claims {
    fn new(ballot: &Ballot, code: TrackingCode, disposition: Disposition) -> Self {
        let Ballot { style, counter, previous, .. } = *ballot;
        Self { style, counter, previous, code, disposition }
    }
}

/// Counter and previous code are those of the voter's next ballot. A tested ballot does not advance them.
fn check_chain(
    voter: &VoterState,
    counter: u16,
    previous: Option<TrackingCode>,
) -> Result<(), BallotRefusal> {
    if counter != voter.cast {
        return Err(BallotRefusal::Counter { found: counter, expected: voter.cast });
    }
    if previous != voter.last.map(|(_, code)| code) {
        return Err(BallotRefusal::Previous);
    }
    Ok(())
}

/// The tested ballot that stands at an index below `size`.
fn challenged(index: u64, size: u64, source: &dyn EntrySource) -> Option<Ballot> {
    match read(source, index).filter(|_| index < size)? {
        Entry::Challenge(SubmittedBallot { ballot, signature: _ }) => Some(ballot),
        _ => None,
    }
}

fn read(source: &dyn EntrySource, index: u64) -> Option<Entry> {
    Entry::decode(&source.entry(index)?).ok()
}
