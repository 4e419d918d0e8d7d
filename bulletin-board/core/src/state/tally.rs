//! The tally: one view, which trustees state before they decrypt; shares; totals; outcomes.
//! Specification: "Tally".

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tabella_crypto::codec;
use tabella_crypto::elgamal::{Ciphertext, EncodedCiphertext};
use tabella_crypto::generators::message_base;
use tabella_crypto::group::{Point, Scalar};
use tabella_crypto::manifest::CheckedManifest;
use tabella_crypto::outcome::{Outcome, Weights};
use tabella_crypto::threshold::decrypt::{
    DecryptionContext, DecryptionShares, VerifiedShares, combine, verify,
};
use tabella_crypto::threshold::keys::KeySet;
use tabella_crypto::threshold::trustee::TrusteeIndex;
use tabella_crypto::transcript::{Digest, hash};

use super::roll::Roll;
use super::voting::Voting;
use crate::check::TallyRefusal;
use crate::entry::{ContestResult, TallyView};

/// How many trustees must have made the same statement before any of them releases a share, so that two halves
/// of them cannot be shown two views: floor((n + t - 1) / 2) + 1, for n trustees of whom t decrypt.
pub fn statement_quorum(trustees: usize, threshold: usize) -> usize {
    (trustees + threshold).saturating_sub(1) / 2 + 1
}

/// The tally, from the closing on.
#[derive(Clone)]
pub struct Tally {
    manifest: Arc<CheckedManifest>,
    /// None if the election ended without opening.
    key_set: Option<Arc<KeySet>>,
    view: TallyView,
    /// Hash of the view, which shares are bound to.
    digest: Digest,
    contests: BTreeMap<u16, ContestTally>,
    withheld: Vec<u16>,
    /// How many of them the log says already.
    announced: usize,
    statements: BTreeSet<TrusteeIndex>,
    /// Statements that stood when the first share came.
    released_at: Option<usize>,
}

#[derive(Clone)]
struct ContestTally {
    aggregate: Vec<Ciphertext>,
    weights: Weights,
    shares: BTreeMap<TrusteeIndex, VerifiedShares>,
    result: Option<ContestResult>,
}

impl Tally {
    /// Fixes what is tallied. `size` and `root` are those of the log whose last entry is the closing.
    pub(super) fn new(
        manifest: &Arc<CheckedManifest>,
        key_set: Option<Arc<KeySet>>,
        voting: Option<&Voting>,
        roll: &Roll,
        (size, root): (u64, Digest),
    ) -> Self {
        let (mut contests, mut withheld) = (BTreeMap::new(), Vec::new());
        for contest in (0..).take(manifest.contests.len()) {
            match voting.and_then(|voting| ContestTally::new(manifest, voting, roll, contest)) {
                Some(tally) => {
                    contests.insert(contest, tally);
                }
                None => withheld.push(contest),
            }
        }
        let encoded: Vec<(u16, Vec<EncodedCiphertext>)> = contests
            .iter()
            .map(|(contest, tally)| (*contest, tally.aggregate.iter().map(Ciphertext::encode).collect()))
            .collect();
        let view = TallyView { size, root, aggregate: hash("aggregate", &[&codec::encode(&encoded)]) };
        Self {
            manifest: manifest.clone(),
            key_set,
            digest: view.digest(manifest.id()),
            view,
            contests,
            withheld,
            announced: 0,
            statements: BTreeSet::new(),
            released_at: None,
        }
    }

    /// What trustees state and decrypt.
    pub fn view(&self) -> &TallyView {
        &self.view
    }

    /// Contests that are withheld, ascending.
    pub fn withheld(&self) -> &[u16] {
        &self.withheld
    }

    /// Contests that are decrypted, ascending.
    pub fn decrypted(&self) -> impl Iterator<Item = u16> {
        self.contests.keys().copied()
    }

    /// For each entry of a contest that is not withheld, the weighted sum of the ballots that count.
    pub fn aggregate(&self, contest: u16) -> Option<&[Ciphertext]> {
        self.contests.get(&contest).map(|tally| tally.aggregate.as_slice())
    }

    /// The weights that a contest's outcome depends on.
    pub fn weights(&self, contest: u16) -> Option<&Weights> {
        self.contests.get(&contest).map(|tally| &tally.weights)
    }

    /// What shares of a contest are made and verified for.
    pub fn context(&self, contest: u16) -> Option<DecryptionContext<'_>> {
        let (key_set, tally) = (self.key_set.as_ref()?, self.contests.get(&contest)?);
        Some(DecryptionContext::new(key_set, &self.digest, contest, &tally.aggregate))
    }

    /// Trustees whose statement stands.
    pub fn statements(&self) -> &BTreeSet<TrusteeIndex> {
        &self.statements
    }

    /// Statements that stood when the first decryption share came; none as long as there is none. Where they were
    /// fewer than the [`statement_quorum`], trustees released shares on somebody's word that the board showed one log
    /// to all: secrecy, not the count, rested on the board then.
    pub fn statements_at_release(&self) -> Option<usize> {
        self.released_at
    }

    /// Shares of a contest that stand, by trustee.
    pub fn shares(&self, contest: u16) -> Option<&BTreeMap<TrusteeIndex, VerifiedShares>> {
        self.contests.get(&contest).map(|tally| &tally.shares)
    }

    /// The totals of a contest as points v*M, from the shares of these trustees.
    pub fn combine(&self, contest: u16, trustees: &[TrusteeIndex]) -> Result<Vec<Point>, TallyRefusal> {
        let tally = self.contest(contest)?;
        let context = self.context(contest).ok_or(TallyRefusal::Contest(contest))?;
        let threshold = self.manifest.threshold;
        let unfit = TallyRefusal::Trustees { contest, threshold };
        if trustees.len() != usize::from(threshold) || !trustees.is_sorted_by(|a, b| a < b) {
            return Err(unfit);
        }
        let shares: Option<Vec<VerifiedShares>> =
            trustees.iter().map(|trustee| tally.shares.get(trustee).cloned()).collect();
        Ok(combine(&context, &shares.ok_or(unfit)?)?)
    }

    /// A contest's result.
    pub fn result(&self, contest: u16) -> Option<&ContestResult> {
        self.contests.get(&contest).and_then(|tally| tally.result.as_ref())
    }

    /// Whether every contest has its result or is withheld, and the log says so.
    pub fn is_complete(&self) -> bool {
        self.next_withheld().is_none() && self.contests.values().all(|tally| tally.result.is_some())
    }

    /// The contest whose withholding the log must say next.
    pub(super) fn next_withheld(&self) -> Option<u16> {
        self.withheld.get(self.announced).copied()
    }

    pub(super) fn announce_withheld(&mut self) {
        self.announced += 1;
    }

    fn contest(&self, contest: u16) -> Result<&ContestTally, TallyRefusal> {
        if self.withheld.contains(&contest) {
            return Err(TallyRefusal::Withheld(contest));
        }
        self.contests.get(&contest).ok_or(TallyRefusal::Contest(contest))
    }

    pub(super) fn state_view(&mut self, trustee: TrusteeIndex, view: &TallyView) -> Result<(), TallyRefusal> {
        let TallyView { size, root, aggregate } = view;
        if self.statements.contains(&trustee) {
            return Err(if *view == self.view {
                TallyRefusal::StatementRepeated(trustee)
            } else {
                TallyRefusal::StatementChanged(trustee)
            });
        }
        if (*size, *root) != (self.view.size, self.view.root) {
            return Err(TallyRefusal::View(trustee));
        }
        if *aggregate != self.view.aggregate {
            return Err(TallyRefusal::Aggregate(trustee));
        }
        self.check_open()?;
        self.statements.insert(trustee);
        Ok(())
    }

    pub(super) fn decrypt(
        &mut self,
        trustee: TrusteeIndex,
        contest: u16,
        shares: &DecryptionShares,
    ) -> Result<(), TallyRefusal> {
        if !self.statements.contains(&trustee) {
            return Err(TallyRefusal::NoStatement(trustee));
        }
        if self.contest(contest)?.shares.contains_key(&trustee) {
            return Err(TallyRefusal::ShareRepeated { trustee, contest });
        }
        self.check_open()?;
        let context = self.context(contest).ok_or(TallyRefusal::Contest(contest))?;
        let verified = verify(&context, trustee, shares)?;
        if let Some(tally) = self.contests.get_mut(&contest) {
            tally.shares.insert(trustee, verified);
        }
        self.released_at.get_or_insert(self.statements.len());
        Ok(())
    }

    pub(super) fn conclude(&mut self, result: &ContestResult) -> Result<(), TallyRefusal> {
        let ContestResult { contest, trustees, totals, outcome } = result;
        let tally = self.contest(*contest)?;
        if tally.result.is_some() {
            return Err(TallyRefusal::ResultRepeated(*contest));
        }
        // anybody can send a result, so what costs little is checked first
        let (found, expected) = (totals.len(), tally.aggregate.len());
        if found != expected {
            return Err(TallyRefusal::Length { contest: *contest, found, expected });
        }
        let description = self.manifest.contests.get(usize::from(*contest));
        let description = description.ok_or(TallyRefusal::Contest(*contest))?;
        if Outcome::compute(description, totals, &tally.weights) != *outcome {
            return Err(TallyRefusal::Outcome(*contest));
        }
        let unfit = TallyRefusal::Trustees { contest: *contest, threshold: self.manifest.threshold };
        let trustees: Option<Vec<TrusteeIndex>> =
            trustees.iter().map(|trustee| TrusteeIndex::new(*trustee)).collect();
        let points = self.combine(*contest, &trustees.ok_or(unfit)?)?;
        // totals are found by a discrete logarithm and checked by a multiplication
        let wrong = |(total, point): (&u64, &Point)| Scalar::from(*total) * message_base() != *point;
        if let Some(entry) = totals.iter().zip(&points).position(wrong) {
            return Err(TallyRefusal::Total { contest: *contest, entry });
        }
        if let Some(tally) = self.contests.get_mut(contest) {
            tally.result = Some(result.clone());
        }
        Ok(())
    }

    fn check_open(&self) -> Result<(), TallyRefusal> {
        if self.is_complete() { Err(TallyRefusal::Counted) } else { Ok(()) }
    }
}

impl ContestTally {
    /// None if the contest is withheld: nobody voted, or a group is so small that its sum would show votes.
    fn new(manifest: &CheckedManifest, voting: &Voting, roll: &Roll, contest: u16) -> Option<Self> {
        let smallest = voting.groups(contest).map(|(_, ballots)| ballots).min()?;
        if smallest < u64::from(manifest.smallest_group) {
            return None;
        }
        let weights = contest_weights(manifest, Some(voting), roll, contest);
        let aggregate = voting.sum(contest)?.to_vec();
        Some(Self { aggregate, weights, shares: BTreeMap::new(), result: None })
    }
}

/// The weights of a contest's counted ballots and of everybody who has it, withheld or not.
pub(super) fn contest_weights(
    manifest: &CheckedManifest,
    voting: Option<&Voting>,
    roll: &Roll,
    contest: u16,
) -> Weights {
    let groups = voting.into_iter().flat_map(|voting| voting.groups(contest));
    let styles = (0..).zip(&manifest.styles).filter(|(_, style)| style.contests.contains(&contest));
    Weights {
        counted: groups.map(|(weight, ballots)| u64::from(weight) * ballots).sum(),
        roll: styles.map(|(style, _)| roll.style_weight(style)).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::statement_quorum;

    #[test]
    fn two_quorums_for_two_views_need_t_trustees_who_state_both() {
        assert_eq!([(1, 1), (3, 2), (5, 3), (7, 4)].map(|(n, t)| statement_quorum(n, t)), [1, 3, 4, 6]);
        for (n, t) in (1..=64usize).flat_map(|n| (1..=n).map(move |t| (n, t))) {
            let quorum = statement_quorum(n, t);
            // two quorums overlap in t trustees or more, and fewer than t are corrupt
            assert!(2 * quorum - n >= t && quorum <= n, "{t} of {n}");
            assert!(2 * (quorum - 1) < n + t, "{t} of {n}: no larger than it must be");
        }
    }
}
