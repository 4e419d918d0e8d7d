//! Voting methods as linear rules, and linear rules as claims on ciphertexts. Specification: "Contests".
//!
//! A contest gives a ballot a vector of integers, its *entries*. Every method is a list of linear rules over the
//! entries, compiled to two kinds of claims: a *range claim* says that a linear form lies in [0, 2^n), an
//! *equality claim* that it is zero. Ciphertexts add, so both are claims on the ballot's ciphertexts.
//!
//! Where a contest has an explicit blank vote, one more entry b stands last, and every rule is made homogeneous
//! with 1 - b: "sum = 1" becomes "sum = 1 - b". A blank vote is then b = 1 and zero everywhere else, and it is
//! counted like any other entry.

use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use subtle::{Choice as Flag, ConstantTimeEq as _, ConstantTimeLess as _};

use crate::secret::disclose;

mod choice;

pub use choice::Choice;

/// Most options of one contest.
pub const MAX_OPTIONS: usize = 1_000;
/// Most entries (ciphertexts) of one ballot, and so of one contest: at 64 bytes each, more would not fit a log entry.
pub const MAX_ENTRIES: usize = 1_000;
/// Most grades of one contest.
pub const MAX_GRADES: usize = 20;
/// Largest number that one entry may hold: points of a score or of a cumulative vote.
pub const MAX_POINTS: u32 = 65_535;
/// Columns of a for / against / abstain contest, in this order.
pub const FOR_AGAINST_ABSTAIN: usize = 3;

/// How voters mark a contest.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Method {
    /// Exactly one option.
    ChooseOne,
    /// Between `min` and `max` options, each once. Approval voting is 0 to all.
    Choose {
        /// Fewest options of a ballot that is not blank.
        min: u16,
        /// Most options.
        max: u16,
    },
    /// 0 to `max` points for each option.
    Score {
        /// Most points for one option.
        max: u32,
    },
    /// Up to `points` points, spread over the options at will.
    Cumulative {
        /// Points to spread.
        points: u32,
    },
    /// For, against or abstain on each option, at most `max_for` of them "for".
    ForAgainstAbstain {
        /// Most options that one ballot may be for.
        max_for: u16,
    },
    /// One of `grades` grades for each option, the best first (majority judgement).
    Grades {
        /// Number of grades.
        grades: u8,
    },
    /// All options in order of preference, as a position matrix: entry (i, p) is 1 if option i stands at p.
    Rank,
}

/// Why a method does not fit its contest, or choices break its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Too few or too many options.
    #[error("a contest has 1 to {MAX_OPTIONS} options")]
    Options,
    /// More entries than a ballot can hold.
    #[error(
        "the contest needs {0} ciphertexts, but a ballot holds at most {MAX_ENTRIES}: use fewer options or grades"
    )]
    Entries(usize),
    /// `max` exceeds the number of options, or is zero.
    #[error(
        "at most {max} may be chosen, but there are {options} options: choose a limit from 1 to {options}"
    )]
    Limit {
        /// The limit in the manifest.
        max: u16,
        /// Options in the contest.
        options: usize,
    },
    /// `min` exceeds `max`.
    #[error("at least {min} must be chosen but at most {max} may be: lower the first or raise the second")]
    Bounds {
        /// The lower limit.
        min: u16,
        /// The upper limit.
        max: u16,
    },
    /// Points of zero or above [`MAX_POINTS`].
    #[error("points must be from 1 to {MAX_POINTS}")]
    Points,
    /// Fewer than two or more than [`MAX_GRADES`] grades.
    #[error("a contest has 2 to {MAX_GRADES} grades")]
    Grades,
    /// No blank vote: the rules allow no empty ballot and the contest has no explicit one.
    #[error("these rules leave no way to vote blank: set an explicit blank vote for this contest")]
    NoBlank,
    /// The number of entries is not the contest's.
    #[error("{found} entries, where the contest has {expected}")]
    Length {
        /// Entries found.
        found: usize,
        /// Entries due.
        expected: usize,
    },
    /// The entries break a rule of the contest.
    #[error("these choices break the contest's rules: {0}")]
    Broken(&'static str),
}

/// A linear form Σ coefficient * entry + constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinearForm {
    /// (entry, coefficient), by entry.
    pub terms: Vec<(usize, i64)>,
    /// The constant.
    pub constant: i64,
}

impl LinearForm {
    /// The form's value on a vector, modulo 2^128, in constant time as to the entries; `None` if the vector is too
    /// short. Entries that obey their bounds, [`MAX_POINTS`] at most, are far from wrapping it.
    pub fn value(&self, entries: &[u64]) -> Option<i128> {
        self.terms.iter().try_fold(i128::from(self.constant), |sum, (entry, coefficient)| {
            let term = i128::from(*entries.get(*entry)?).wrapping_mul(i128::from(*coefficient));
            Some(sum.wrapping_add(term))
        })
    }

    /// Σ |coefficient| * 2^bits + |constant|: a bound on the form's magnitude over the box [0, 2^bits).
    pub fn magnitude(&self, bits: u32) -> Option<u128> {
        let side = 1u128.checked_shl(bits)?;
        self.terms.iter().try_fold(u128::from(self.constant.unsigned_abs()), |sum, (_, coefficient)| {
            sum.checked_add(u128::from(coefficient.unsigned_abs()).checked_mul(side)?)
        })
    }
}

/// A claim that a form is at least zero, and the largest value that it takes on a valid ballot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeClaim {
    /// The form that lies in [0, 2^n).
    pub form: LinearForm,
    /// Its largest value on a ballot that obeys the rules: n must have room for it.
    pub largest: u64,
    /// An upper claim "entry <= largest value" that [0, 2^n) implies by itself when 2^n - 1 is that value.
    pub implied_at: Option<u64>,
}

/// The rules of one contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContestRules {
    /// Number of entries, the blank entry included.
    pub entries: usize,
    /// Whether the last entry is an explicit blank vote.
    pub has_blank: bool,
    /// Range claims, one for each entry first, in order.
    pub ranges: Vec<RangeClaim>,
    /// Equality claims: forms that are zero.
    pub equalities: Vec<LinearForm>,
    /// Largest value of one entry.
    pub largest_entry: u64,
}

impl Method {
    /// Columns of the contest's grid: entries for each option.
    pub fn columns(&self, options: usize) -> usize {
        match self {
            Self::ChooseOne | Self::Choose { .. } | Self::Score { .. } | Self::Cumulative { .. } => 1,
            Self::ForAgainstAbstain { .. } => FOR_AGAINST_ABSTAIN,
            Self::Grades { grades } => usize::from(*grades),
            Self::Rank => options,
        }
    }

    /// Whether the all-zero vector obeys the rules, so that a voter can choose nothing.
    pub fn allows_nothing(&self) -> bool {
        matches!(self, Self::Choose { min: 0, .. } | Self::Score { .. } | Self::Cumulative { .. })
    }

    /// Compiles the method for a contest, or says why it does not fit.
    pub fn compile(&self, options: usize, blank: bool) -> Result<ContestRules, RuleError> {
        self.check(options, blank)?;
        let columns = self.columns(options);
        let cells = options * columns;
        let blank_entry = blank.then_some(cells);
        let build = Builder { blank_entry };
        let at = |option: usize, column: usize| option * columns + column;
        let row = |option: usize| (0..columns).map(move |column| at(option, column)).collect::<Vec<_>>();
        let column = |column: usize| (0..options).map(move |option| at(option, column)).collect::<Vec<_>>();
        let all: Vec<usize> = (0..cells).collect();

        let largest_entry = match self {
            Self::Score { max } => u64::from(*max),
            Self::Cumulative { points } => u64::from(*points),
            _ => 1,
        };
        let mut ranges: Vec<RangeClaim> =
            all.iter().map(|entry| RangeClaim::entry(*entry, largest_entry)).collect();
        if let Some(entry) = blank_entry {
            ranges.push(RangeClaim::entry(entry, 1));
        }
        let mut equalities = Vec::new();
        match self {
            Self::ChooseOne => equalities.push(build.sum_is_one(&all)),
            Self::Choose { min, max } => {
                if *max > 1 {
                    ranges.extend(all.iter().map(|entry| build.at_most(&[*entry], 1)));
                }
                // with every entry at most 1, a sum of at most all of them is no rule
                if usize::from(*max) < options || *max == 1 {
                    ranges.push(build.at_most(&all, u64::from(*max)));
                }
                if *min > 0 {
                    ranges.push(build.at_least(&all, u64::from(*min), u64::from(*max)));
                }
            }
            Self::Score { max } => {
                ranges.extend(all.iter().map(|entry| build.at_most(&[*entry], u64::from(*max))));
            }
            Self::Cumulative { points } => ranges.push(build.at_most(&all, u64::from(*points))),
            Self::ForAgainstAbstain { max_for } => {
                equalities.extend((0..options).map(|option| build.sum_is_one(&row(option))));
                if usize::from(*max_for) < options {
                    ranges.push(build.at_most(&column(0), u64::from(*max_for)));
                }
            }
            Self::Grades { .. } => {
                equalities.extend((0..options).map(|option| build.sum_is_one(&row(option))))
            }
            Self::Rank => {
                equalities.extend((0..options).map(|option| build.sum_is_one(&row(option))));
                equalities.extend((0..options).map(|position| build.sum_is_one(&column(position))));
            }
        }
        Ok(ContestRules {
            entries: cells + usize::from(blank),
            has_blank: blank,
            ranges,
            equalities,
            largest_entry,
        })
    }

    fn check(&self, options: usize, blank: bool) -> Result<(), RuleError> {
        if options == 0 || options > MAX_OPTIONS {
            return Err(RuleError::Options);
        }
        // before anything is built: a ranking of n options has n^2 entries
        let entries = options * self.columns(options) + usize::from(blank);
        if entries > MAX_ENTRIES {
            return Err(RuleError::Entries(entries));
        }
        let limit = |max: u16| {
            let fits = max >= 1 && usize::from(max) <= options;
            if fits { Ok(()) } else { Err(RuleError::Limit { max, options }) }
        };
        match self {
            Self::Choose { min, max } => {
                limit(*max)?;
                if min > max {
                    return Err(RuleError::Bounds { min: *min, max: *max });
                }
            }
            Self::ForAgainstAbstain { max_for } => limit(*max_for)?,
            Self::Score { max: points } | Self::Cumulative { points } => {
                if *points == 0 || *points > MAX_POINTS {
                    return Err(RuleError::Points);
                }
            }
            Self::Grades { grades } => {
                if usize::from(*grades) < 2 || usize::from(*grades) > MAX_GRADES {
                    return Err(RuleError::Grades);
                }
            }
            Self::ChooseOne | Self::Rank => {}
        }
        if !blank && !self.allows_nothing() {
            return Err(RuleError::NoBlank);
        }
        Ok(())
    }
}

impl RangeClaim {
    fn entry(entry: usize, largest: u64) -> Self {
        Self { form: LinearForm { terms: vec![(entry, 1)], constant: 0 }, largest, implied_at: None }
    }
}

/// Writes rules in homogeneous form: a constant k becomes k - k*b where there is a blank entry b.
struct Builder {
    blank_entry: Option<usize>,
}

impl Builder {
    /// k*(1 - b) - Σ entries >= 0.
    fn at_most(&self, entries: &[usize], k: u64) -> RangeClaim {
        let implied_at = (entries.len() == 1 && self.blank_entry.is_none()).then_some(k);
        RangeClaim { form: self.form(entries, -1, k as i64), largest: k, implied_at }
    }

    /// Σ entries - k*(1 - b) >= 0, where the sum is at most `most`.
    fn at_least(&self, entries: &[usize], k: u64, most: u64) -> RangeClaim {
        RangeClaim {
            form: self.form(entries, 1, -(k as i64)),
            largest: most.saturating_sub(k),
            implied_at: None,
        }
    }

    /// Σ entries - (1 - b) = 0.
    fn sum_is_one(&self, entries: &[usize]) -> LinearForm {
        self.form(entries, 1, -1)
    }

    fn form(&self, entries: &[usize], coefficient: i64, constant: i64) -> LinearForm {
        let mut terms: Vec<(usize, i64)> = entries.iter().map(|entry| (*entry, coefficient)).collect();
        terms.extend(self.blank_entry.map(|blank| (blank, -constant)));
        LinearForm { terms, constant }
    }
}

impl ContestRules {
    /// Checks plain entries against every claim. In constant time as to entries that obey them.
    pub fn check(&self, entries: &[u64]) -> Result<(), RuleError> {
        if entries.len() != self.entries {
            return Err(RuleError::Length { found: entries.len(), expected: self.entries });
        }
        // public: a ballot is made of choices that obey the rules, and of no others
        if disclose(self.obeys(entries)) { Ok(()) } else { self.first_broken(entries) }
    }

    /// Whether the entries obey every claim, in constant time.
    fn obeys(&self, entries: &[u64]) -> Flag {
        // a claim without a value is one that does not hold
        let value = |form: &LinearForm| form.value(entries).unwrap_or(i128::MIN);
        // the sign is that of any value that is negative, or that is beyond the largest
        let beyond = self.ranges.iter().fold(0i128, |sum, claim| {
            let value = value(&claim.form);
            sum | value | i128::from(claim.largest).wrapping_sub(value)
        });
        let uneven = self.equalities.iter().fold(0i128, |sum, form| sum | value(form));
        beyond.to_be_bytes()[0].ct_lt(&0x80) & uneven.to_be_bytes().ct_eq(&[0; 16])
    }

    /// The first claim that does not hold, for the person who chose.
    fn first_broken(&self, entries: &[u64]) -> Result<(), RuleError> {
        for claim in &self.ranges {
            let value = claim.form.value(entries).ok_or(RuleError::Broken("a number is out of bounds"))?;
            if value < 0 {
                return Err(RuleError::Broken("too many chosen, too few, or too many points"));
            }
            if value > i128::from(claim.largest) {
                return Err(RuleError::Broken("a number is out of bounds"));
            }
        }
        if self.equalities.iter().any(|form| form.value(entries) != Some(0)) {
            return Err(RuleError::Broken(
                "exactly one must be chosen in each row, and in a ranking in each place",
            ));
        }
        Ok(())
    }
}

/// The widths that the range proof has.
pub const WIDTHS: [u32; 4] = [8, 16, 32, 64];

/// The claims of a whole ballot style: all contests' entries in one vector, one width for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleRules {
    /// Number of ciphertexts of a ballot.
    pub entries: usize,
    /// Rules of each contest, in the style's order.
    pub contests: Vec<Arc<ContestRules>>,
    /// The width n: every range claim says [0, 2^n).
    pub bits: u32,
    /// Range claims over the ballot's vector, shortcuts already left out.
    pub ranges: Vec<LinearForm>,
    /// Equality claims over the ballot's vector.
    pub equalities: Vec<LinearForm>,
}

impl StyleRules {
    /// Joins the contests of a style. The width is chosen first, the smallest that has room for every claim's
    /// largest value; then claims that hold at this width by themselves are left out.
    pub fn join(contests: Vec<Arc<ContestRules>>) -> Self {
        let largest = contests.iter().flat_map(|c| &c.ranges).map(|claim| claim.largest).max().unwrap_or(0);
        let bits = WIDTHS.into_iter().find(|bits| *bits == 64 || largest < 1 << bits).unwrap_or(64);
        let top = u64::MAX >> (64 - bits);
        let (mut ranges, mut equalities, mut offset) = (Vec::new(), Vec::new(), 0);
        let shift = |form: &LinearForm, offset: usize| LinearForm {
            terms: form.terms.iter().map(|(entry, coefficient)| (entry + offset, *coefficient)).collect(),
            constant: form.constant,
        };
        for contest in &contests {
            let kept = contest.ranges.iter().filter(|claim| claim.implied_at != Some(top));
            ranges.extend(kept.map(|claim| shift(&claim.form, offset)));
            equalities.extend(contest.equalities.iter().map(|form| shift(form, offset)));
            offset += contest.entries;
        }
        Self { entries: offset, contests, bits, ranges, equalities }
    }

    /// Number of range claims after padding to a power of two, as the range proof has it.
    pub fn padded_ranges(&self) -> usize {
        self.ranges.len().next_power_of_two()
    }

    /// Checks a whole ballot's plain entries, contest by contest.
    pub fn check(&self, entries: &[Vec<u64>]) -> Result<(), RuleError> {
        if entries.len() != self.contests.len() {
            return Err(RuleError::Length { found: entries.len(), expected: self.contests.len() });
        }
        self.contests.iter().zip(entries).try_for_each(|(rules, entries)| rules.check(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(method: &Method, options: usize, blank: bool) -> (usize, usize) {
        let style = StyleRules::join(vec![Arc::new(method.compile(options, blank).unwrap())]);
        (style.ranges.len(), style.equalities.len())
    }

    #[test]
    fn the_magnitude_of_a_form_is_that_of_its_worst_entries_and_none_past_128_bits() {
        let form = |coefficients: &[i64], constant| {
            let terms = (0..).zip(coefficients.iter().copied()).collect();
            LinearForm { terms, constant }
        };
        assert_eq!(form(&[1, -3], -5).magnitude(8), Some(4 * 256 + 5));
        assert_eq!(form(&[i64::MAX; 2], 0).magnitude(64), Some(u128::MAX - (1 << 65) + 1));
        assert_eq!(form(&[i64::MAX; 3], 0).magnitude(64), None);
        assert_eq!(form(&[1], 0).magnitude(128), None);
    }

    /// The table of the specification, section "Contests", without an explicit blank vote where the rules allow
    /// an empty ballot, and with one where they do not (one more entry and its range claim).
    #[test]
    fn claims_are_those_of_the_table() {
        let m = 5;
        assert_eq!(claims(&Method::ChooseOne, m, true), (m + 1, 1));
        assert_eq!(claims(&Method::Choose { min: 0, max: 3 }, m, false), (2 * m + 1, 0));
        assert_eq!(claims(&Method::Choose { min: 0, max: 1 }, m, false), (m + 1, 0));
        assert_eq!(claims(&Method::Choose { min: 0, max: 5 }, m, false), (2 * m, 0));
        assert_eq!(claims(&Method::Choose { min: 2, max: 3 }, m, true), (2 * m + 3, 0));
        assert_eq!(claims(&Method::Score { max: 10 }, m, false), (2 * m, 0));
        assert_eq!(claims(&Method::Score { max: 255 }, m, false), (m, 0));
        assert_eq!(claims(&Method::Score { max: 256 }, m, false), (2 * m, 0));
        // 255 is as far as 8 bits reach: it bounds one entry by itself, unless a blank vote takes the place of the
        // bound, and never a sum
        assert_eq!(claims(&Method::Score { max: 255 }, m, true), (2 * m + 1, 0));
        assert_eq!(claims(&Method::Cumulative { points: 255 }, m, false), (m + 1, 0));
        assert_eq!(claims(&Method::Cumulative { points: 255 }, m, true), (m + 2, 0));
        assert_eq!(claims(&Method::Cumulative { points: 9 }, m, false), (m + 1, 0));
        assert_eq!(claims(&Method::ForAgainstAbstain { max_for: 2 }, m, true), (3 * m + 2, m));
        assert_eq!(claims(&Method::ForAgainstAbstain { max_for: 5 }, m, true), (3 * m + 1, m));
        assert_eq!(claims(&Method::Grades { grades: 6 }, m, true), (6 * m + 1, m));
        assert_eq!(claims(&Method::Rank, m, true), (m * m + 1, 2 * m));
    }

    /// Every vector of a small box satisfies the claims as they are proven (forms in [0, 2^n) and zero) exactly if it
    /// is a valid ballot, counted by hand; and the plain check says the same.
    #[test]
    fn claims_hold_exactly_for_valid_ballots() {
        let cases = [
            (Method::ChooseOne, 3, true, 4),
            (Method::Choose { min: 0, max: 2 }, 3, false, 7),
            (Method::Choose { min: 0, max: 3 }, 3, false, 8),
            (Method::Choose { min: 0, max: 3 }, 3, true, 9),
            (Method::Choose { min: 0, max: 1 }, 3, false, 4),
            (Method::Choose { min: 0, max: 1 }, 1, false, 2),
            (Method::Choose { min: 1, max: 1 }, 1, true, 2),
            (Method::Choose { min: 0, max: 1 }, 1, true, 3),
            (Method::Choose { min: 1, max: 2 }, 3, true, 7),
            (Method::Choose { min: 2, max: 2 }, 3, true, 4),
            (Method::Score { max: 2 }, 3, false, 27),
            (Method::Score { max: 2 }, 2, true, 10),
            (Method::Cumulative { points: 2 }, 3, false, 10),
            (Method::Cumulative { points: 2 }, 3, true, 11),
            (Method::ForAgainstAbstain { max_for: 1 }, 2, true, 9),
            (Method::Grades { grades: 3 }, 2, true, 10),
            (Method::Rank, 2, true, 3),
        ];
        for (method, options, blank, valid) in cases {
            let rules = method.compile(options, blank).unwrap();
            let style = StyleRules::join(vec![Arc::new(rules.clone())]);
            let top = 1i128 << style.bits;
            let base = 4u64;
            let accepted = (0..base.pow(rules.entries as u32))
                .filter(|code| {
                    let entries: Vec<u64> =
                        (0..rules.entries).map(|i| code / base.pow(i as u32) % base).collect();
                    let in_range = |form: &LinearForm| (0..top).contains(&form.value(&entries).unwrap());
                    let fine = style.ranges.iter().all(in_range)
                        && style.equalities.iter().all(|form| form.value(&entries) == Some(0));
                    assert_eq!(fine, rules.check(&entries).is_ok(), "{method:?} {entries:?}");
                    if fine {
                        let choice = method.choice(options, blank, &entries).unwrap();
                        assert_eq!(
                            method.entries(options, blank, &choice),
                            Ok(entries),
                            "{method:?} {choice:?}"
                        );
                    }
                    fine
                })
                .count();
            assert_eq!(accepted, valid, "{method:?} {options} {blank}");
        }
    }

    #[test]
    fn each_rule_is_taken_at_its_bounds_and_refused_past_them() {
        let compile = |method: Method, options| method.compile(options, true).map(|_| ());
        let any = |options: usize| Method::Choose { min: 0, max: 1 }.compile(options, false).map(|_| ());
        assert_eq!(any(MAX_OPTIONS), Ok(()));
        assert_eq!(any(MAX_OPTIONS + 1), Err(RuleError::Options));
        for points in [1, MAX_POINTS] {
            assert_eq!(compile(Method::Score { max: points }, 3), Ok(()));
            assert_eq!(compile(Method::Cumulative { points }, 3), Ok(()));
        }
        for points in [0, MAX_POINTS + 1, u32::MAX] {
            assert_eq!(compile(Method::Score { max: points }, 3), Err(RuleError::Points));
            assert_eq!(compile(Method::Cumulative { points }, 3), Err(RuleError::Points));
        }
        for grades in [2, MAX_GRADES as u8] {
            assert_eq!(compile(Method::Grades { grades }, 3), Ok(()));
        }
        for grades in [0, 1, MAX_GRADES as u8 + 1, u8::MAX] {
            assert_eq!(compile(Method::Grades { grades }, 3), Err(RuleError::Grades));
        }
        let none = |max| Err(RuleError::Limit { max, options: 3 });
        for max in [0, 4] {
            assert_eq!(compile(Method::ForAgainstAbstain { max_for: max }, 3), none(max));
            assert_eq!(compile(Method::Choose { min: 0, max }, 3), none(max));
        }
        assert_eq!(compile(Method::Choose { min: 3, max: 3 }, 3), Ok(()));
    }

    #[test]
    fn a_choice_names_no_option_column_or_place_past_the_last() {
        let one = Method::ChooseOne;
        let option = |option| one.entries(3, true, &Choice::Options(vec![option]));
        assert_eq!(option(2), Ok(vec![0, 0, 1, 0]));
        // behind the last option stands the blank vote
        for past in [3, 4, usize::MAX] {
            assert_eq!(option(past), Err(RuleError::Broken("there is no such option")), "{past}");
        }
        let graded = Method::Grades { grades: 2 };
        let grades = |columns: &[usize]| graded.entries(2, true, &Choice::Columns(columns.to_vec()));
        assert_eq!(grades(&[1, 0]), Ok(vec![0, 1, 1, 0, 0]));
        // behind the last grade of an option stands the first of the next
        let none = RuleError::Broken("there is no such column or grade");
        assert_eq!(grades(&[2, 1]), Err(none));
        assert_eq!(grades(&[0, 2]), Err(none));
        let rank = |order: &[usize]| Method::Rank.entries(2, true, &Choice::Ranking(order.to_vec()));
        assert_eq!(rank(&[1, 0]), Ok(vec![0, 1, 1, 0, 0]));
        for past in [2, 3] {
            assert_eq!(rank(&[past, 0]), Err(RuleError::Broken("there is no such option")));
        }
        let points =
            |points: &[u64]| Method::Score { max: 3 }.entries(2, true, &Choice::Points(points.to_vec()));
        assert_eq!(points(&[3, 0]), Ok(vec![3, 0, 0]));
        for found in [1, 3] {
            let refused = RuleError::Length { found, expected: 2 };
            assert_eq!(grades(&vec![0; found]), Err(refused));
            assert_eq!(rank(&(0..found).collect::<Vec<_>>()), Err(refused));
            assert_eq!(points(&vec![0; found]), Err(refused));
        }
        // one kind of choice for each kind of method
        let foreign = RuleError::Broken("this kind of choice does not belong to this voting method");
        assert_eq!(one.entries(3, true, &Choice::Points(vec![1, 0, 0])), Err(foreign));
        assert_eq!(Method::Rank.entries(2, true, &Choice::Columns(vec![1, 0])), Err(foreign));
    }

    #[test]
    fn who_breaks_a_rule_is_told_which_kind_of_rule() {
        let told =
            |method: Method, options, entries: &[u64]| method.compile(options, true).unwrap().check(entries);
        let few = Err(RuleError::Broken("too many chosen, too few, or too many points"));
        let number = Err(RuleError::Broken("a number is out of bounds"));
        let row =
            Err(RuleError::Broken("exactly one must be chosen in each row, and in a ranking in each place"));
        let several = Method::Choose { min: 1, max: 2 };
        assert_eq!(told(several.clone(), 3, &[1, 1, 0, 0]), Ok(()));
        assert_eq!(told(several.clone(), 3, &[1, 1, 1, 0]), few);
        assert_eq!(told(several.clone(), 3, &[0, 0, 0, 0]), few);
        assert_eq!(told(several.clone(), 3, &[2, 0, 0, 0]), number);
        assert_eq!(told(several, 3, &[0, 0, 0, 1]), Ok(()));
        assert_eq!(told(Method::Score { max: 2 }, 2, &[2, 2, 0]), Ok(()));
        assert_eq!(told(Method::Score { max: 2 }, 2, &[3, 0, 0]), number);
        assert_eq!(told(Method::Score { max: 2 }, 2, &[1, 0, 1]), few, "a blank vote gives no points");
        assert_eq!(told(Method::ChooseOne, 2, &[1, 1, 0]), row);
        assert_eq!(told(Method::ChooseOne, 2, &[1, 0, 1]), row);
        assert_eq!(told(Method::ChooseOne, 2, &[0, 0, 0]), row);
        for found in [2, 4] {
            let refused = RuleError::Length { found, expected: 3 };
            assert_eq!(told(Method::ChooseOne, 2, &vec![0; found]), Err(refused));
            let rules = Arc::new(Method::ChooseOne.compile(2, true).unwrap());
            let style = StyleRules::join(vec![rules; 3]);
            let refused = RuleError::Length { found, expected: 3 };
            assert_eq!(style.check(&vec![vec![1, 0, 0]; found]), Err(refused), "contests");
        }
    }

    #[test]
    fn a_claim_of_an_entry_that_is_not_there_does_not_hold() {
        let form = LinearForm { terms: vec![(4, 1)], constant: 0 };
        let ranges = vec![RangeClaim { form, largest: 1, implied_at: None }];
        let equalities = Vec::new();
        let rules =
            ContestRules { entries: 4, has_blank: false, ranges, equalities, largest_entry: u64::MAX };
        assert_eq!(rules.check(&[0; 4]), Err(RuleError::Broken("a number is out of bounds")));
    }

    #[test]
    fn a_blank_vote_is_its_own_entry_or_none_at_all_where_nothing_need_be_chosen() {
        let any = Method::Choose { min: 0, max: 2 };
        assert_eq!(any.entries(3, false, &Choice::Blank), Ok(vec![0, 0, 0]));
        assert_eq!(any.entries(3, true, &Choice::Blank), Ok(vec![0, 0, 0, 1]));
        assert_eq!(Method::ChooseOne.entries(3, false, &Choice::Blank), Err(RuleError::NoBlank));
    }

    #[test]
    fn refuses_rules_that_contradict_each_other() {
        assert_eq!(Method::ChooseOne.compile(0, true), Err(RuleError::Options));
        assert_eq!(Method::Rank.compile(1_000, true), Err(RuleError::Entries(1_000_001)));
        assert_eq!(Method::Rank.compile(32, true), Err(RuleError::Entries(1_025)));
        assert_eq!(
            Method::Choose { min: 0, max: 4 }.compile(3, false),
            Err(RuleError::Limit { max: 4, options: 3 })
        );
        assert_eq!(
            Method::Choose { min: 3, max: 2 }.compile(3, true),
            Err(RuleError::Bounds { min: 3, max: 2 })
        );
        assert_eq!(Method::Score { max: 0 }.compile(3, false), Err(RuleError::Points));
        assert_eq!(Method::Grades { grades: 1 }.compile(3, true), Err(RuleError::Grades));
        assert_eq!(Method::ChooseOne.compile(3, false), Err(RuleError::NoBlank));
    }

    #[test]
    fn one_width_serves_all_contests_and_shortcuts_hold_at_that_width_alone() {
        let wide = Arc::new(Method::Score { max: 300 }.compile(2, false).unwrap());
        let narrow = Arc::new(Method::Score { max: 255 }.compile(2, false).unwrap());
        let alone = StyleRules::join(vec![narrow.clone()]);
        assert_eq!((alone.bits, alone.ranges.len()), (8, 2));
        let past = Method::Score { max: 256 }.compile(2, false).unwrap();
        assert_eq!(StyleRules::join(vec![Arc::new(past)]).bits, 16, "256 does not fit 8 bits");
        let joined = StyleRules::join(vec![wide, narrow]);
        assert_eq!(
            (joined.bits, joined.ranges.len()),
            (16, 8),
            "score 255 beside 16 bits needs its upper claims"
        );
        assert_eq!(joined.ranges.last().unwrap().terms, [(3, -1)]);
    }
}
