//! Outcome rules: what the law calls a result, computed from the totals. Specification: "Outcome".
//!
//! Everything is compared exactly, in integers. Two numbers matter for each option:
//!
//! * its *score*, by which options are ordered: the total of an option (choose, score, cumulative), the votes
//!   for it, its Borda points, or its [`MajorityGauge`];
//! * its *support*, which requirements compare with a fraction of a weight. It is the score over the most that
//!   one ballot can give one option (1 vote, `max` or `points` points, m - 1 Borda points), so that an option
//!   which every ballot favours most has the support of all of them. For grades it is the weight of the ballots
//!   that give the option a better grade than the worst.
//!
//! Nothing is a fraction of nothing: a requirement or quorum whose base is zero does not hold.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::manifest::Contest;
use crate::rules::{FOR_AGAINST_ABSTAIN, Method};

mod words;

pub use self::words::OutcomeWordsError;

/// Most requirements of one contest.
pub const MAX_REQUIREMENTS: usize = 8;

/// A fraction of something, such as 1/2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Fraction {
    /// Upper part; at most the lower.
    pub numerator: u32,
    /// Lower part; not zero.
    pub denominator: u32,
}

/// What a requirement is a fraction of. All are weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Base {
    /// Counted ballots with this contest that are not explicitly blank.
    Valid,
    /// Counted ballots with this contest.
    Counted,
    /// Everybody on the roll whose ballot style has this contest.
    Roll,
    /// Votes for and against this option (for / against / abstain contests alone).
    ForAndAgainst,
}

/// What an option must reach to be elected or accepted: its votes are more than, or at least, a fraction of a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Requirement {
    /// The fraction.
    pub fraction: Fraction,
    /// Of what.
    pub of: Base,
    /// `true`: strictly more than the fraction; `false`: at least.
    pub more_than: bool,
}

/// What happens where a tie leaves open who takes the last seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Ties {
    /// The tied options are reported, and the seats stay open for whoever the law names to decide.
    Undecided,
    /// The option that stands first in the manifest goes first.
    ListOrder,
}

/// How the totals of a contest become its outcome.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct OutcomeRule {
    /// How many options can be elected or accepted.
    pub seats: u16,
    /// Turnout (weight of the counted ballots with this contest over that of the roll) below which nobody is elected.
    pub quorum: Option<Fraction>,
    /// All of them must hold: none is plurality, one is a majority or threshold, two a double majority.
    pub requirements: Vec<Requirement>,
    /// Ties.
    pub ties: Ties,
}

/// Where an option of a contest stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Standing {
    /// The option.
    pub option: u16,
    /// What options are ordered by: votes, points, votes for, or Borda points; for grades the median grade, 0 the
    /// best.
    pub score: u64,
    /// From 1; tied options share a place.
    pub place: u16,
    /// Whether every requirement holds.
    pub qualified: bool,
}

/// Why the seats are filled as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Verdict {
    /// All seats are filled, or as many as options qualify.
    Decided,
    /// Turnout was below the quorum: nobody is elected.
    NoQuorum,
    /// No option meets the requirements.
    NoneQualified,
    /// Tied options compete for the last seats.
    Tie,
}

/// What a contest's totals mean by the manifest's rules.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Outcome {
    /// Every option, best first; tied ones in the manifest's order.
    pub standings: Vec<Standing>,
    /// Options that are elected or accepted, best first.
    pub elected: Vec<u16>,
    /// Options between which a tie leaves the last seats open, in the manifest's order.
    pub tied: Vec<u16>,
    /// Why.
    pub verdict: Verdict,
}

/// The weights that fractions are taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// Of the counted ballots that have the contest, blank ones included.
    pub counted: u64,
    /// Of everybody on the roll whose ballot style has the contest.
    pub roll: u64,
}

/// An option's median grade with the weights on both sides of it: (p, grade, q) of M. Balinski and R. Laraki,
/// "A theory of measuring, electing, and ranking", PNAS 104 (2007) 8720-8725.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MajorityGauge {
    /// The median grade, 0 the best: the best grade g such that more than half of the weight grades the option g
    /// or better (the lower of two middle grades).
    pub grade: usize,
    /// p: the weight that gives a better grade.
    pub better: u128,
    /// q: the weight that gives a worse grade.
    pub worse: u128,
}

impl MajorityGauge {
    /// The gauge of an option from the weights of its grades, the best first; none if nobody graded it.
    pub fn of(grades: &[u64]) -> Option<Self> {
        let all = sum(grades);
        let mut better = 0;
        for (grade, weight) in grades.iter().map(|weight| u128::from(*weight)).enumerate() {
            if 2 * (better + weight) > all {
                return Some(Self { grade, better, worse: all - better - weight });
            }
            better += weight;
        }
        None
    }

    /// What decides between options of one median grade, the larger the better: p if p > q, else -q (A. Fabre,
    /// "Tie-breaking the highest median", Social Choice and Welfare 56 (2021) 101-124, section 2). Each ballot
    /// grades each option, so weights compare as shares do.
    fn tie_break(&self) -> i128 {
        // sums of fewer than 2^16 numbers of 64 bits
        if self.better > self.worse { self.better as i128 } else { -(self.worse as i128) }
    }
}

/// Borda points of an option from the weights of its positions, the first first: m - 1 for a first place, zero
/// for a last.
pub fn borda_points(positions: &[u64]) -> u128 {
    positions.iter().rev().zip(0u128..).map(|(weight, points)| u128::from(*weight) * points).sum()
}

fn sum(weights: &[u64]) -> u128 {
    weights.iter().map(|weight| u128::from(*weight)).sum()
}

/// What the totals say of one option.
struct Tallied {
    option: u16,
    /// The larger the better; equal is a tie.
    merit: (i128, i128),
    score: u64,
    qualified: bool,
}

/// The numbers of one contest, as requirements look at them.
struct Count<'a> {
    contest: &'a Contest,
    valid: u64,
    weights: Weights,
}

impl Outcome {
    /// The outcome of a contest.
    ///
    /// `totals` has one number for each entry of the contest (see [`Contest::entries`]): the grid of options and
    /// columns row by row, then the blank votes if the contest has them. A number that is missing is zero, so
    /// that the function is total; who reads totals from outside checks their count first.
    pub fn compute(contest: &Contest, totals: &[u64], weights: &Weights) -> Self {
        let columns = contest.method.columns(contest.options.len()).max(1);
        let mut grid = totals.to_vec();
        grid.resize(contest.options.len() * columns, 0);
        let blank = contest.blank.as_ref().and_then(|_| totals.get(grid.len()));
        let valid = weights.counted.saturating_sub(blank.copied().unwrap_or_default());
        let count = Count { contest, valid, weights: *weights };
        let rows = grid.chunks_exact(columns).zip(0..=u16::MAX);
        let mut tallied: Vec<Tallied> = rows.map(|(row, option)| count.tally(option, row)).collect();
        // stable: tied options stay in the manifest's order
        tallied.sort_by_key(|option| std::cmp::Reverse(option.merit));

        let quorum = contest.outcome.quorum;
        let quorate = quorum.is_none_or(|least| {
            reaches(weights.counted.into(), weights.roll.into(), 1, least, Comparison::AtLeast)
        });
        let (elected, tied) = if quorate { fill_seats(contest, &tallied) } else { (vec![], vec![]) };
        let verdict = if !quorate {
            Verdict::NoQuorum
        } else if !tied.is_empty() {
            Verdict::Tie
        } else if elected.is_empty() {
            Verdict::NoneQualified
        } else {
            Verdict::Decided
        };
        Self { standings: standings(&tallied), elected, tied, verdict }
    }
}

impl Count<'_> {
    /// What a row of totals, one for each column, says of its option.
    fn tally(&self, option: u16, row: &[u64]) -> Tallied {
        let at = |column: usize| u128::from(row.get(column).copied().unwrap_or_default());
        // merit, score shown, support as a number and what it is divided by
        let (merit, score, support, divisor) = match &self.contest.method {
            Method::ChooseOne | Method::Choose { .. } => ((signed(at(0)), 0), at(0), at(0), 1),
            Method::ForAgainstAbstain { .. } => ((signed(at(0)), 0), at(0), at(0), 1),
            Method::Score { max: most } | Method::Cumulative { points: most } => {
                ((signed(at(0)), 0), at(0), at(0), u128::from(*most))
            }
            Method::Rank => {
                let points = borda_points(row);
                ((signed(points), 0), points, points, row.len().saturating_sub(1).max(1) as u128)
            }
            Method::Grades { .. } => {
                let gauge = MajorityGauge::of(row).unwrap_or(MajorityGauge {
                    grade: row.len().saturating_sub(1),
                    better: 0,
                    worse: 0,
                });
                let support = row.split_last().map_or(0, |(_, better)| sum(better));
                ((-(gauge.grade as i128), gauge.tie_break()), gauge.grade as u128, support, 1)
            }
        };
        let qualified = self.contest.outcome.requirements.iter().all(|requirement| {
            let Requirement { fraction, of, more_than } = *requirement;
            let base = match of {
                Base::Valid => self.valid.into(),
                Base::Counted => self.weights.counted.into(),
                Base::Roll => self.weights.roll.into(),
                Base::ForAndAgainst => sum(row.get(..FOR_AGAINST_ABSTAIN - 1).unwrap_or_default()),
            };
            let comparison = if more_than { Comparison::MoreThan } else { Comparison::AtLeast };
            reaches(support, base, divisor, fraction, comparison)
        });
        Tallied { option, merit, score: u64::try_from(score).unwrap_or(u64::MAX), qualified }
    }
}

fn signed(number: u128) -> i128 {
    i128::try_from(number).unwrap_or(i128::MAX)
}

enum Comparison {
    AtLeast,
    MoreThan,
}

/// `part / divisor` against `fraction * base`, multiplied out: part * denominator and
/// numerator * base * divisor. Parts stay below 2^84 (2^64 for each of 1,000 positions and as many points),
/// bases below 2^65, divisors below 2^16 and the rest below 2^32, so neither product leaves 128 bits.
fn reaches(part: u128, base: u128, divisor: u128, fraction: Fraction, comparison: Comparison) -> bool {
    let have = part.saturating_mul(fraction.denominator.into());
    let due = base.saturating_mul(divisor).saturating_mul(fraction.numerator.into());
    base > 0
        && match comparison {
            Comparison::AtLeast => have >= due,
            Comparison::MoreThan => have > due,
        }
}

/// The options that take the seats, and those between which a tie leaves the last seats open. `tallied` is in
/// order.
fn fill_seats(contest: &Contest, tallied: &[Tallied]) -> (Vec<u16>, Vec<u16>) {
    let seats = usize::from(contest.outcome.seats);
    let mut elected: Vec<u16> = Vec::new();
    for group in tallied.chunk_by(|a, b| a.merit == b.merit) {
        let open = seats.saturating_sub(elected.len());
        let qualified: Vec<u16> = group.iter().filter(|t| t.qualified).map(|t| t.option).collect();
        if qualified.len() > open && open > 0 && contest.outcome.ties == Ties::Undecided {
            return (elected, qualified);
        }
        elected.extend(qualified.into_iter().take(open));
    }
    (elected, Vec::new())
}

/// Standard competition ranking (1, 2, 2, 4).
fn standings(tallied: &[Tallied]) -> Vec<Standing> {
    let mut standings: Vec<Standing> = Vec::with_capacity(tallied.len());
    for group in tallied.chunk_by(|a, b| a.merit == b.merit) {
        let place = u16::try_from(standings.len() + 1).unwrap_or(u16::MAX);
        standings.extend(group.iter().map(|t| Standing {
            option: t.option,
            score: t.score,
            place,
            qualified: t.qualified,
        }));
    }
    standings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::Text;

    fn text(words: &str) -> Text {
        Text::new(vec![("en".to_owned(), words.to_owned())]).unwrap()
    }

    fn rule(seats: u16) -> OutcomeRule {
        OutcomeRule { seats, quorum: None, requirements: vec![], ties: Ties::Undecided }
    }

    fn contest(method: Method, options: usize, outcome: OutcomeRule) -> Contest {
        Contest {
            title: text("contest"),
            description: None,
            options: (0..options).map(|option| text(&format!("option {option}"))).collect(),
            grades: vec![],
            method,
            blank: Some(text("blank")),
            shuffle: false,
            outcome,
        }
    }

    fn requirement(numerator: u32, denominator: u32, of: Base, more_than: bool) -> Requirement {
        Requirement { fraction: Fraction { numerator, denominator }, of, more_than }
    }

    /// 100 counted of 200, unless a case says otherwise.
    const WEIGHTS: Weights = Weights { counted: 100, roll: 200 };

    fn compute(method: Method, options: usize, rule: &OutcomeRule, totals: &[u64]) -> Outcome {
        let contest = contest(method, options, rule.clone());
        assert_eq!(totals.len(), contest.entries(), "the case has as many totals as the contest has entries");
        Outcome::compute(&contest, totals, &WEIGHTS)
    }

    /// (option, score, place) of each standing.
    fn order(outcome: &Outcome) -> Vec<(u16, u64, u16)> {
        outcome.standings.iter().map(|s| (s.option, s.score, s.place)).collect()
    }

    #[test]
    fn every_method_orders_options_by_its_score() {
        type Case<'a> = (Method, usize, &'a [u64], Vec<(u16, u64, u16)>);
        let cases: [Case<'_>; 9] = [
            (Method::ChooseOne, 3, &[20, 45, 30, 5], vec![(1, 45, 1), (2, 30, 2), (0, 20, 3)]),
            (
                Method::Choose { min: 0, max: 2 },
                4,
                &[40, 60, 40, 60, 0],
                vec![(1, 60, 1), (3, 60, 1), (0, 40, 3), (2, 40, 3)],
            ),
            (Method::Score { max: 10 }, 2, &[700, 701, 0], vec![(1, 701, 1), (0, 700, 2)]),
            (Method::Cumulative { points: 5 }, 2, &[300, 200, 0], vec![(0, 300, 1), (1, 200, 2)]),
            // rows: for, against, abstain; the blank votes last
            (
                Method::ForAgainstAbstain { max_for: 1 },
                2,
                &[30, 60, 10, 40, 50, 10, 0],
                vec![(1, 40, 1), (0, 30, 2)],
            ),
            // Borda by hand: 2*50 + 20 = 120, 2*30 + 40 = 100, 2*20 + 40 = 80
            (
                Method::Rank,
                3,
                &[50, 20, 30, 30, 40, 30, 20, 40, 40, 0],
                vec![(0, 120, 1), (1, 100, 2), (2, 80, 3)],
            ),
            // medians: option 0: 20 + 25 = 45 < 51, 75 -> grade 2; option 1: 51 -> grade 0
            (Method::Grades { grades: 4 }, 2, &[20, 25, 30, 25, 51, 0, 0, 49, 0], vec![(1, 0, 1), (0, 2, 2)]),
            // both have grade 1; option 0: p = 40 > q = 30 is +40; option 1: p = 30 < q = 31 is -31
            (Method::Grades { grades: 3 }, 2, &[30, 39, 31, 40, 30, 30, 0], vec![(1, 1, 1), (0, 1, 2)]),
            // p = q = 30 is -30, better than p = 10, q = 31; the third has the same gauge as the first
            (
                Method::Grades { grades: 3 },
                3,
                &[30, 40, 30, 10, 59, 31, 30, 40, 30, 0],
                vec![(0, 1, 1), (2, 1, 1), (1, 1, 3)],
            ),
        ];
        for (method, options, totals, expected) in cases {
            let outcome = compute(method.clone(), options, &rule(1), totals);
            assert_eq!(order(&outcome), expected, "{method:?} {totals:?}");
        }
    }

    #[test]
    fn the_median_of_an_even_number_is_the_lower_middle_grade() {
        let gauge = MajorityGauge::of(&[1, 1, 1, 1]).unwrap();
        assert_eq!(gauge, MajorityGauge { grade: 2, better: 2, worse: 1 });
        assert_eq!(MajorityGauge::of(&[50, 0, 50]).unwrap().grade, 2);
        assert_eq!(MajorityGauge::of(&[51, 0, 50]).unwrap().grade, 0);
        assert_eq!(MajorityGauge::of(&[0, 0]), None);
        // p where more grade better than worse, else -q: also where as many do
        let tie_break = |better, worse| MajorityGauge { grade: 0, better, worse }.tie_break();
        assert_eq!([(2, 1), (1, 2), (2, 2), (0, 0)].map(|(p, q)| tie_break(p, q)), [2, -2, -2, 0]);
    }

    #[test]
    fn an_option_that_nobody_graded_has_the_worst_grade_and_one_of_one_rank_no_points() {
        // every ballot is blank
        let outcome = compute(Method::Grades { grades: 3 }, 2, &rule(1), &[0, 0, 0, 0, 0, 0, 100]);
        assert_eq!(order(&outcome), [(0, 2, 1), (1, 2, 1)]);
        assert_eq!((outcome.tied, outcome.verdict), (vec![0, 1], Verdict::Tie));
        let outcome = compute(Method::Grades { grades: 3 }, 2, &rule(1), &[0, 0, 0, 0, 0, 1, 99]);
        assert_eq!(order(&outcome), [(0, 2, 1), (1, 2, 1)], "the worst grade of one ballot is no better");
        // m - 1 points can be given, but what is divided by is never zero: 0 of 100 are not a half
        let required = |numerator| {
            let requirements = vec![requirement(numerator, 2, Base::Counted, false)];
            compute(Method::Rank, 1, &OutcomeRule { requirements, ..rule(1) }, &[100, 0])
        };
        assert_eq!(order(&required(1)), [(0, 0, 1)]);
        assert_eq!((required(1).verdict, required(0).verdict), (Verdict::NoneQualified, Verdict::Decided));
    }

    #[test]
    fn seats_go_to_the_best_and_a_plurality_needs_no_majority() {
        let outcome = compute(Method::ChooseOne, 3, &rule(1), &[34, 33, 32, 1]);
        assert_eq!((outcome.elected, outcome.verdict), (vec![0], Verdict::Decided));
        let outcome = compute(Method::Choose { min: 0, max: 3 }, 3, &rule(2), &[10, 30, 20, 0]);
        assert_eq!((outcome.elected, outcome.verdict), (vec![1, 2], Verdict::Decided));
    }

    /// Each line: votes, blank votes, requirement, whether it holds, all of 100 counted and 200 on the roll.
    #[test]
    fn requirements_hold_exactly_from_their_boundary_on() {
        let cases = [
            (50, 0, requirement(1, 2, Base::Valid, true), false),
            (51, 0, requirement(1, 2, Base::Valid, true), true),
            (50, 0, requirement(1, 2, Base::Valid, false), true),
            (49, 0, requirement(1, 2, Base::Valid, false), false),
            // 2/3 of 100 is 66 2/3
            (66, 0, requirement(2, 3, Base::Valid, false), false),
            (67, 0, requirement(2, 3, Base::Valid, false), true),
            // 20 blank: half of the valid is 40, of the counted 50
            (41, 20, requirement(1, 2, Base::Valid, true), true),
            (41, 20, requirement(1, 2, Base::Counted, true), false),
            (40, 20, requirement(1, 2, Base::Valid, true), false),
            // a quarter of the roll is 50
            (50, 0, requirement(1, 4, Base::Roll, false), true),
            (50, 0, requirement(1, 4, Base::Roll, true), false),
            // all blank: nothing is a fraction of nothing
            (0, 100, requirement(0, 1, Base::Valid, false), false),
            (0, 100, requirement(0, 1, Base::Counted, false), true),
        ];
        for (votes, blank, requirement, holds) in cases {
            let rule = OutcomeRule { requirements: vec![requirement], ..rule(1) };
            let outcome = compute(Method::ChooseOne, 2, &rule, &[votes, 0, blank]);
            let standing = outcome.standings.iter().find(|s| s.option == 0).unwrap();
            assert_eq!(standing.qualified, holds, "{votes} {blank} {requirement:?}");
        }
    }

    /// With one requirement of half of the valid votes: the numbers just below, at and above the boundary.
    #[test]
    fn support_counts_what_one_ballot_can_give_as_one() {
        let cases: [(Method, &[u64], bool); 8] = [
            (Method::Score { max: 10 }, &[500, 0, 0], false),
            (Method::Score { max: 10 }, &[501, 0, 0], true),
            (Method::Cumulative { points: 4 }, &[200, 100, 0], false),
            (Method::Cumulative { points: 4 }, &[201, 100, 0], true),
            (Method::Rank, &[50, 50, 50, 50, 0], false),
            (Method::Rank, &[51, 49, 49, 51, 0], true),
            (Method::Grades { grades: 3 }, &[20, 30, 50, 0, 0, 100, 0], false),
            (Method::Grades { grades: 3 }, &[20, 31, 49, 0, 0, 100, 0], true),
        ];
        for (method, totals, holds) in cases {
            let rule = OutcomeRule { requirements: vec![requirement(1, 2, Base::Valid, true)], ..rule(1) };
            let outcome = compute(method.clone(), 2, &rule, totals);
            assert_eq!(outcome.elected == [0], holds, "{method:?} {totals:?}");
        }
    }

    #[test]
    fn for_and_against_leave_abstentions_out() {
        let majority = requirement(1, 2, Base::ForAndAgainst, true);
        let rule = OutcomeRule { requirements: vec![majority], ..rule(3) };
        let totals = [30, 29, 41, 30, 30, 40, 0, 0, 100, 0];
        let outcome = compute(Method::ForAgainstAbstain { max_for: 3 }, 3, &rule, &totals);
        assert_eq!((outcome.elected, outcome.verdict), (vec![0], Verdict::Decided));
    }

    #[test]
    fn a_double_majority_needs_both() {
        let requirements = vec![
            requirement(1, 2, Base::Valid, true),
            requirement(1, 4, Base::Roll, false), // 50 of 200
        ];
        let rule = OutcomeRule { requirements, ..rule(1) };
        for (votes, blank, verdict) in [
            (50, 10, Verdict::Decided),
            (49, 10, Verdict::NoneQualified), // a majority of 90, not a quarter of the roll
            (50, 0, Verdict::NoneQualified),  // a quarter of the roll, not a majority of 100
        ] {
            let outcome = compute(Method::ChooseOne, 2, &rule, &[votes, 100 - blank - votes, blank]);
            assert_eq!(outcome.verdict, verdict, "{votes} {blank}");
        }
    }

    #[test]
    fn a_quorum_exactly_reached_is_reached() {
        let quorum = |numerator, denominator| OutcomeRule {
            quorum: Some(Fraction { numerator, denominator }),
            ..rule(1)
        };
        let outcome = compute(Method::ChooseOne, 2, &quorum(1, 2), &[60, 40, 0]);
        assert_eq!((outcome.elected, outcome.verdict), (vec![0], Verdict::Decided));
        let outcome = compute(Method::ChooseOne, 2, &quorum(101, 200), &[60, 40, 0]);
        assert_eq!((outcome.elected, outcome.verdict), (vec![], Verdict::NoQuorum));
        assert_eq!(outcome.standings.len(), 2, "the standings are there all the same");
    }

    #[test]
    fn a_tie_for_the_last_seats_is_reported_or_goes_by_the_list() {
        let method = Method::Choose { min: 0, max: 5 };
        let totals = [10, 50, 30, 30, 30, 0];
        let undecided = compute(method.clone(), 5, &rule(2), &totals);
        assert_eq!(undecided.elected, [1]);
        assert_eq!(undecided.tied, [2, 3, 4]);
        assert_eq!(undecided.verdict, Verdict::Tie);
        let by_list = OutcomeRule { ties: Ties::ListOrder, ..rule(3) };
        let decided = compute(method.clone(), 5, &by_list, &totals);
        assert_eq!(decided.elected, [1, 2, 3]);
        assert!(decided.tied.is_empty());
        assert_eq!(decided.verdict, Verdict::Decided);
        // a tie that leaves no seat open, or all tied fit, is none
        assert_eq!(compute(method.clone(), 5, &rule(4), &totals).elected, [1, 2, 3, 4]);
        assert_eq!(compute(method, 5, &rule(1), &totals).verdict, Verdict::Decided);
    }

    #[test]
    fn a_tie_concerns_qualified_options_alone() {
        let majority = requirement(1, 2, Base::ForAndAgainst, true);
        let rule = OutcomeRule { requirements: vec![majority], ..rule(1) };
        // both have 40 for; the first has 50 against
        let totals = [40, 50, 10, 40, 30, 30, 0];
        let outcome = compute(Method::ForAgainstAbstain { max_for: 2 }, 2, &rule, &totals);
        assert_eq!((outcome.elected, outcome.tied, outcome.verdict), (vec![1], vec![], Verdict::Decided));
    }

    #[test]
    fn seats_stay_empty_where_too_few_qualify() {
        let quarter = OutcomeRule { requirements: vec![requirement(1, 4, Base::Valid, false)], ..rule(3) };
        let outcome = compute(Method::ChooseOne, 4, &quarter, &[40, 25, 24, 11, 0]);
        assert_eq!((outcome.elected, outcome.verdict), (vec![0, 1], Verdict::Decided));
        let outcome = compute(Method::ChooseOne, 4, &quarter, &[24, 24, 24, 23, 5]);
        assert_eq!(outcome.elected, [0, 1, 2], "24 are more than a quarter of 95 valid");
        let outcome = compute(Method::ChooseOne, 4, &quarter, &[24, 24, 24, 24, 0]);
        assert_eq!((outcome.elected, outcome.verdict), (vec![], Verdict::NoneQualified));
    }

    fn methods() -> impl Strategy<Value = Method> {
        prop_oneof![
            Just(Method::ChooseOne),
            Just(Method::Choose { min: 0, max: 1 }),
            Just(Method::Score { max: 10 }),
            Just(Method::Cumulative { points: 3 }),
            Just(Method::ForAgainstAbstain { max_for: 1 }),
            Just(Method::Grades { grades: 4 }),
            Just(Method::Rank),
        ]
    }

    fn fractions() -> impl Strategy<Value = Fraction> {
        (0u32..=3, 0u32..=3).prop_map(|(numerator, denominator)| Fraction { numerator, denominator })
    }

    fn requirements() -> impl Strategy<Value = Vec<Requirement>> {
        let bases = prop::sample::select(vec![Base::Valid, Base::Counted, Base::Roll, Base::ForAndAgainst]);
        let one = (fractions(), bases, any::<bool>()).prop_map(|(fraction, of, more_than)| Requirement {
            fraction,
            of,
            more_than,
        });
        prop::collection::vec(one, 0..3)
    }

    proptest! {
        /// For any numbers whatever, too few and too many of them and too large ones included.
        #[test]
        fn an_outcome_seats_no_more_than_there_are_seats_and_lists_every_option_once(
            method in methods(),
            options in 1usize..6,
            seats in 1u16..4,
            quorum in prop::option::of(fractions()),
            requirements in requirements(),
            by_list in any::<bool>(),
            blank in any::<bool>(),
            totals in prop::collection::vec(prop_oneof![0u64..4, Just(u64::MAX)], 0..30),
            counted in prop_oneof![0u64..8, Just(u64::MAX)],
            roll in prop_oneof![0u64..8, Just(u64::MAX)],
        ) {
            let ties = if by_list { Ties::ListOrder } else { Ties::Undecided };
            let mut contest = contest(method, options, OutcomeRule { seats, quorum, requirements, ties });
            if !blank {
                contest.blank = None;
            }
            let outcome = Outcome::compute(&contest, &totals, &Weights { counted, roll });
            let Outcome { standings, elected, tied, verdict } = &outcome;
            prop_assert!(elected.len() <= usize::from(seats));
            prop_assert!(elected.iter().all(|option| !tied.contains(option)));
            let mut listed: Vec<usize> = standings.iter().map(|s| usize::from(s.option)).collect();
            listed.sort_unstable();
            prop_assert!(listed.into_iter().eq(0..options));
            prop_assert!(standings.is_sorted_by_key(|s| s.place));
            for option in elected.iter().chain(tied) {
                prop_assert!(standings.iter().any(|s| s.option == *option && s.qualified));
            }
            prop_assert_eq!(*verdict == Verdict::Tie, !tied.is_empty());
            prop_assert!(tied.is_empty() || elected.len() + tied.len() > usize::from(seats));
            prop_assert!(!by_list || tied.is_empty());
            if *verdict == Verdict::NoQuorum || *verdict == Verdict::NoneQualified {
                prop_assert!(elected.is_empty());
            }
        }
    }
}
