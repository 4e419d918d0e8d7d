//! What this device has verified in this visit, and whether the board's word agrees with it. In memory alone: the next
//! visit verifies anew.

use std::cell::RefCell;
use std::collections::BTreeMap;

use tabella_board_core::api::{ContestState, ContestTotals, ElectionTotals, PhaseName};
use tabella_crypto::manifest::ElectionId;

use super::report::Report;

/// A record that holds.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// The totals that follow from it.
    pub(crate) totals: ElectionTotals,
    /// The report.
    pub(crate) report: Report,
    /// When it was verified: milliseconds since 1970-01-01 UTC, by this device's clock.
    pub(crate) at: u64,
}

thread_local! {
    static VERIFIED: RefCell<BTreeMap<ElectionId, Known>> = const { RefCell::new(BTreeMap::new()) };
}

/// Keeps what was verified for the rest of the visit.
pub(crate) fn remember(election: ElectionId, known: Known) {
    VERIFIED.with_borrow_mut(|verified| verified.insert(election, known));
}

/// What was verified of an election in this visit.
pub(crate) fn recall(election: ElectionId) -> Option<Known> {
    VERIFIED.with_borrow(|verified| verified.get(&election).cloned())
}

/// Forgets what was verified: a later verification has failed.
pub(crate) fn forget(election: ElectionId) {
    VERIFIED.with_borrow_mut(|verified| verified.remove(&election));
}

/// How the totals that the board tells stand to those that this device has verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// They are the same.
    Same,
    /// The board has gone on since, and takes nothing back.
    Newer,
    /// The board now tells something else.
    Contradicts,
}

/// Compares the totals that the board tells with verified ones.
pub(crate) fn compare(verified: &ElectionTotals, told: &ElectionTotals) -> Agreement {
    let fixed = rank(verified.phase) >= rank(PhaseName::Closed);
    let kept = !fixed || (verified.voters == told.voters && verified.ballots == told.ballots);
    let same_length = verified.contests.is_empty() || verified.contests.len() == told.contests.len();
    let contests = verified.contests.iter().zip(&told.contests);
    if rank(told.phase) < rank(verified.phase)
        || !kept
        || !same_length
        || !contests.clone().all(|(verified, told)| continues(verified, told))
    {
        Agreement::Contradicts
    } else if verified == told {
        Agreement::Same
    } else {
        Agreement::Newer
    }
}

/// Whether a contest told later can follow from one verified before.
fn continues(verified: &ContestTotals, told: &ContestTotals) -> bool {
    let weights = |totals: &ContestTotals| (totals.counted_weight, totals.roll_weight);
    let decided = verified.state != ContestState::Pending;
    weights(verified) == weights(told)
        && verified.trustees.iter().all(|trustee| told.trustees.contains(trustee))
        && (!decided || (verified.state == told.state && verified.totals == told.totals))
}

/// Phases by the order in which they come.
fn rank(phase: PhaseName) -> u8 {
    match phase {
        PhaseName::Manifest => 0,
        PhaseName::Setup => 1,
        PhaseName::Open => 2,
        PhaseName::Closed => 3,
        PhaseName::Counted => 4,
    }
}

#[cfg(test)]
mod tests {
    use tabella_board_core::api::BallotCounts;

    use super::*;

    fn contest(state: ContestState, totals: Option<Vec<u64>>) -> ContestTotals {
        ContestTotals { state, counted_weight: 7, roll_weight: 9, totals, trustees: vec![1, 2] }
    }

    /// Closed: one contest counted, one pending.
    fn closed() -> ElectionTotals {
        ElectionTotals {
            phase: PhaseName::Closed,
            voters: 9,
            ballots: Some(BallotCounts { counted: 7, cast: 8, challenged: 1 }),
            contests: vec![
                contest(ContestState::Counted, Some(vec![4, 3])),
                contest(ContestState::Pending, None),
            ],
        }
    }

    fn told(change: fn(&mut ElectionTotals)) -> Agreement {
        let mut told = closed();
        change(&mut told);
        compare(&closed(), &told)
    }

    #[test]
    fn a_board_that_goes_on_does_not_contradict() {
        assert_eq!(told(|_| ()), Agreement::Same);
        let newer = told(|told| {
            told.phase = PhaseName::Counted;
            told.contests[1] = contest(ContestState::Counted, Some(vec![1, 6]));
            told.contests[0].trustees.push(3);
        });
        assert_eq!(newer, Agreement::Newer);
        let open = ElectionTotals { phase: PhaseName::Open, ballots: None, contests: vec![], ..closed() };
        assert_eq!(compare(&open, &closed()), Agreement::Newer);
    }

    #[test]
    fn a_board_that_takes_something_back_contradicts() {
        let changes: [fn(&mut ElectionTotals); 8] = [
            |told| told.contests[0].totals = Some(vec![3, 4]),
            |told| told.contests[0] = contest(ContestState::Withheld, None),
            |told| told.contests[1].counted_weight = 6,
            |told| told.contests[0].trustees = vec![1],
            |told| told.contests.truncate(1),
            |told| told.ballots = None,
            |told| told.voters = 10,
            |told| told.phase = PhaseName::Open,
        ];
        for (index, change) in changes.into_iter().enumerate() {
            assert_eq!(told(change), Agreement::Contradicts, "change {index}");
        }
    }

    #[test]
    fn remembers_by_election_until_forgotten() {
        let election = |byte| ElectionId(tabella_crypto::transcript::Digest([byte; 32]));
        let report = Report { verified: true, board: None, election: None, checks: vec![], failure: None };
        remember(election(1), Known { totals: closed(), report, at: 5 });
        assert_eq!(recall(election(1)).map(|known| known.at), Some(5));
        assert!(recall(election(2)).is_none());
        forget(election(1));
        assert!(recall(election(1)).is_none());
    }
}
