//! The tally by the board's word: what this device does not verify here, because it would have to read every ballot.

use tabella_board_core::api::{ContestState, ElectionStatus, PhaseName, TallyStatus, TrusteeTally};
use tabella_board_core::state::statement_quorum;
use tabella_tally::standing::{Mark, Round, Stage};

/// A tally as the board tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// Where it is.
    pub(super) stage: Stage,
    /// Of each trustee, in order, how they stand to statement and decryption.
    pub(super) marks: Vec<[Mark; 2]>,
    /// Statements that stand.
    pub(super) statements: usize,
    /// Statements that rule out a second version of the record.
    pub(super) quorum: usize,
}

impl Told {
    /// From the board's word; none before voting is closed.
    pub(super) fn of(status: &ElectionStatus, threshold: usize) -> Option<Self> {
        let tally = status.tally.as_ref()?;
        let quorum = statement_quorum(tally.trustees.len(), threshold);
        let statements = tally.trustees.iter().filter(|trustee| trustee.stated).count();
        let stage = stage(status.phase, tally, threshold, statements >= quorum);
        let marks = tally.trustees.iter().map(|trustee| marks(tally, trustee, stage)).collect();
        Some(Self { stage, marks, statements, quorum })
    }

    /// Trustees whose turn it is, by their places.
    pub(super) fn waited_for(&self) -> Vec<usize> {
        let column = match self.stage {
            Stage::Round(Round::Statement) => 0,
            Stage::Round(Round::Decryption) => 1,
            _ => return Vec::new(),
        };
        let is_due =
            |(place, marks): (usize, &[Mark; 2])| (marks.get(column) == Some(&Mark::Due)).then_some(place);
        self.marks.iter().enumerate().filter_map(is_due).collect()
    }
}

/// As the standing has it: statements first, then shares, then the results that follow.
fn stage(phase: PhaseName, tally: &TallyStatus, threshold: usize, is_quorate: bool) -> Stage {
    let shares = |contest: u16| tally.trustees.iter().filter(move |of| of.shares.contains(&contest)).count();
    let pending = || tally.contests.iter().filter(|contest| contest.state == ContestState::Pending);
    if phase == PhaseName::Counted || pending().next().is_none() {
        Stage::Counted
    } else if pending().any(|contest| shares(contest.contest) >= threshold) {
        Stage::Results
    } else if is_quorate || pending().any(|contest| shares(contest.contest) > 0) {
        Stage::Round(Round::Decryption)
    } else {
        Stage::Round(Round::Statement)
    }
}

fn marks(tally: &TallyStatus, trustee: &TrusteeTally, stage: Stage) -> [Mark; 2] {
    let shares = &trustee.shares;
    let mut open = tally.contests.iter().filter(|contest| contest.state == ContestState::Pending);
    let has_decrypted = !shares.is_empty() && open.all(|contest| shares.contains(&contest.contest));
    let is_over = matches!(stage, Stage::Results | Stage::Counted);
    let mark = |is_done, is_due| match (is_done, is_over, is_due) {
        (true, ..) => Mark::Done,
        (false, true, _) => Mark::Spared,
        (false, false, true) => Mark::Due,
        (false, false, false) => Mark::Later,
    };
    // a statement that is missing is welcome as long as shares are
    [mark(trustee.stated, true), mark(has_decrypted, stage == Stage::Round(Round::Decryption))]
}

#[cfg(test)]
mod tests {
    use tabella_board_core::api::ContestProgress;
    use tabella_crypto::transcript::Digest;

    use super::*;

    /// Three trustees, of whom two decrypt; two contests, one of them withheld.
    fn tally(stated: [bool; 3], shares: [&[u16]; 3], state: ContestState) -> TallyStatus {
        let of = |(trustee, (stated, shares)): (u8, (bool, &[u16]))| TrusteeTally {
            trustee,
            stated,
            shares: shares.to_vec(),
        };
        TallyStatus {
            close_size: 9,
            close_root: Digest([1; 32]),
            aggregate: Digest([2; 32]),
            trustees: (1..).zip(stated.into_iter().zip(shares)).map(of).collect(),
            contests: vec![
                ContestProgress { contest: 0, state: ContestState::Withheld },
                ContestProgress { contest: 1, state },
            ],
        }
    }

    fn stage_of(tally: &TallyStatus, phase: PhaseName) -> Stage {
        let statements = tally.trustees.iter().filter(|trustee| trustee.stated).count();
        stage(phase, tally, 2, statements >= statement_quorum(3, 2))
    }

    #[test]
    fn a_tally_goes_from_statements_to_shares_to_the_result() {
        let none: [&[u16]; 3] = [&[], &[], &[]];
        let pending = |stated, shares| tally(stated, shares, ContestState::Pending);
        let begun = pending([true, false, false], none);
        assert_eq!(stage_of(&begun, PhaseName::Closed), Stage::Round(Round::Statement));
        let stated = pending([true; 3], none);
        assert_eq!(stage_of(&stated, PhaseName::Closed), Stage::Round(Round::Decryption));
        // people decided to go on without the third
        let hasty = pending([true, true, false], [&[1], &[], &[]]);
        let decryption = Stage::Round(Round::Decryption);
        assert_eq!(stage_of(&hasty, PhaseName::Closed), decryption);
        let marks_of = |place: usize| marks(&hasty, &hasty.trustees[place], decryption);
        assert_eq!(marks_of(0), [Mark::Done, Mark::Done]);
        assert_eq!(marks_of(1), [Mark::Done, Mark::Due]);
        assert_eq!(marks_of(2), [Mark::Due, Mark::Due]);
        let enough = pending([true, true, false], [&[1], &[1], &[]]);
        assert_eq!(stage_of(&enough, PhaseName::Closed), Stage::Results);
        let counted = tally([true, true, false], [&[1], &[1], &[]], ContestState::Counted);
        assert_eq!(stage_of(&counted, PhaseName::Counted), Stage::Counted);
        assert_eq!(marks(&counted, &counted.trustees[2], Stage::Counted), [Mark::Spared, Mark::Spared]);
    }

    #[test]
    fn it_says_whom_it_waits_for() {
        let marks = vec![[Mark::Done, Mark::Due], [Mark::Due, Mark::Later], [Mark::Due, Mark::Due]];
        let told = |stage| Told { stage, marks: marks.clone(), statements: 1, quorum: 3 };
        assert_eq!(told(Stage::Round(Round::Statement)).waited_for(), [1, 2]);
        assert_eq!(told(Stage::Round(Round::Decryption)).waited_for(), [0, 2]);
        assert!(told(Stage::Counted).waited_for().is_empty());
    }
}
