//! The totals of an election as JSON has them, from its folded log.

use tabella_crypto::manifest::CheckedManifest;

use super::tally::contest_weights;
use super::{ElectionState, Phase, Tally};
use crate::api::{BallotCounts, ContestState, ContestTotals, ElectionTotals, PhaseName};
use crate::entry::Closed;

impl From<Phase> for PhaseName {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Manifest => Self::Manifest,
            Phase::Setup => Self::Setup,
            Phase::Open => Self::Open,
            Phase::Closed => Self::Closed,
            Phase::Counted => Self::Counted,
        }
    }
}

impl From<Closed> for BallotCounts {
    fn from(Closed { counted, cast, challenged }: Closed) -> Self {
        Self { counted, cast, challenged }
    }
}

impl ElectionState {
    /// The totals so far; none before the manifest is complete.
    ///
    /// The ballots are always there: whoever tells others hides them while [`Self::hides_turnout`].
    pub fn totals(&self) -> Option<ElectionTotals> {
        let manifest = self.manifest()?;
        let contests = self.tally().map(|tally| {
            // at most 1,000 contests
            let indices = (0..=u16::MAX).take(manifest.contests.len());
            indices.map(|contest| self.contest_totals(manifest, tally, contest)).collect()
        });
        Some(ElectionTotals {
            phase: self.phase().into(),
            voters: self.roll().len() as u64,
            ballots: Some(self.counts().into()),
            contests: contests.unwrap_or_default(),
        })
    }

    /// Whether the manifest wants nobody told now how many ballots there are: voting is open, and turnout is for
    /// after it.
    pub fn hides_turnout(&self) -> bool {
        self.phase() == Phase::Open && self.manifest().is_some_and(|manifest| !manifest.show_turnout)
    }

    fn contest_totals(&self, manifest: &CheckedManifest, tally: &Tally, contest: u16) -> ContestTotals {
        let weights = contest_weights(manifest, self.voting.as_ref(), &self.roll, contest);
        let shares = tally.shares(contest).into_iter().flat_map(|shares| shares.keys());
        ContestTotals {
            state: tally.contest_state(contest),
            counted_weight: weights.counted,
            roll_weight: weights.roll,
            totals: tally.result(contest).map(|result| result.totals.clone()),
            trustees: shares.map(|trustee| trustee.number()).collect(),
        }
    }
}

impl Tally {
    /// Where a contest stands.
    pub fn contest_state(&self, contest: u16) -> ContestState {
        if self.withheld().contains(&contest) {
            ContestState::Withheld
        } else if self.result(contest).is_some() {
            ContestState::Counted
        } else {
            ContestState::Pending
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{CLOSES, SmallElection};
    use tabella_crypto::manifest::ElectionId;
    use tabella_crypto::transcript::Digest;

    #[test]
    fn totals_are_those_of_the_log_with_the_weights_they_are_compared_with() {
        assert_eq!(ElectionState::new(ElectionId(Digest([1; 32]))).totals(), None);
        let mut election = SmallElection::opened();
        let open = election.state.totals().unwrap();
        assert_eq!((open.phase, open.voters, open.contests.len()), (PhaseName::Open, 7, 0));
        election.vote_all();
        election.count();
        let totals = election.state.totals().unwrap();
        assert_eq!((totals.phase, totals.ballots.unwrap().counted), (PhaseName::Counted, 7));
        for (contest, found) in (0..).zip(&totals.contests) {
            let tally = election.state.tally().unwrap();
            let (weights, result) = (tally.weights(contest).unwrap(), tally.result(contest).unwrap());
            assert_eq!((found.counted_weight, found.roll_weight), (weights.counted, weights.roll));
            assert_eq!((found.state, found.totals.as_ref()), (ContestState::Counted, Some(&result.totals)));
            assert_eq!(found.trustees, result.trustees);
        }
        assert_eq!(totals.contests.len(), election.manifest.contests.len());
    }

    #[test]
    fn a_withheld_contest_has_weights_and_no_totals() {
        let mut election = SmallElection::opened_with(|manifest| manifest.smallest_group = 3);
        election.vote_all();
        let open = election.state.totals().unwrap();
        election.block(CLOSES);
        let closed = election.state.totals().unwrap();
        assert_eq!(closed.ballots, open.ballots);
        let contest = &closed.contests[0];
        assert_eq!((contest.state, &contest.totals), (ContestState::Withheld, &None));
        assert!(contest.counted_weight > 0 && contest.trustees.is_empty());
    }

    #[test]
    fn turnout_is_hidden_while_voting_is_open_alone() {
        let mut election = SmallElection::opened_with(|manifest| manifest.show_turnout = false);
        assert!(election.state.hides_turnout());
        election.block(CLOSES);
        assert!(!election.state.hides_turnout());
        assert!(!SmallElection::opened().state.hides_turnout());
    }
}
