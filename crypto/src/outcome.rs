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
        let options = contest.options.len();
        let columns = contest.method.columns(options).max(1);
        let blank = contest.blank.as_ref().and_then(|_| totals.get(options.saturating_mul(columns)));
        let valid = weights.counted.saturating_sub(blank.copied().unwrap_or_default());
        let count = Count { contest, valid, weights: *weights };
        let rows = totals.chunks(columns).chain(std::iter::repeat(&[][..])).take(options);
        let mut tallied: Vec<Tallied> =
            rows.zip(0..=u16::MAX).map(|(row, option)| count.tally(option, row)).collect();
        // stable: tied options stay in the manifest's order
        tallied.sort_by(|a, b| b.merit.cmp(&a.merit));

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
    /// What a row of totals says of its option.
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
                ((signed(points), 0), points, points, row.len().saturating_sub(1) as u128)
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
