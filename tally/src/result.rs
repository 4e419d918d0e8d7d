//! An election's result for people and programs: totals, shares, and what follows by the manifest's rules.
//!
//! Made from the manifest and the totals alone, so it says what the log says and the rules make of it; an outcome
//! that somebody computed before is not asked. Fractions are for reading: what decides is compared in integers, see
//! [`tabella_crypto::outcome`].

use serde::{Deserialize, Serialize};

use tabella_board_core::api::{BallotCounts, ContestState, ContestTotals, ElectionTotals, PhaseName};
use tabella_board_core::state::ElectionState;
use tabella_crypto::manifest::{CheckedManifest, Contest};
use tabella_crypto::outcome::{MajorityGauge, Outcome, Standing, Verdict, Weights};
use tabella_crypto::rules::Method;

#[cfg(test)]
mod tests;

/// The result of an election, in one language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ElectionResult {
    /// The election's name: the hash of its manifest.
    pub election: String,
    /// Its title.
    pub title: String,
    /// Where the election is; the result is complete when it is `counted`.
    pub phase: PhaseName,
    /// Voters on the roll.
    pub voters: u64,
    /// Ballots that count: one for each voter who cast one. None, like the two numbers after it, where a board hides
    /// turnout while voting is open.
    pub ballots_counted: Option<u64>,
    /// Ballots cast, with those that a later one replaced.
    pub ballots_cast: Option<u64>,
    /// Ballots tested, never counted.
    pub ballots_tested: Option<u64>,
    /// Counted ballots over voters, 0 to 1; none for an empty roll.
    pub turnout: Option<f64>,
    /// The contests, in the manifest's order.
    pub contests: Vec<ContestSummary>,
}

/// The result of a contest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContestSummary {
    /// The question.
    pub title: String,
    /// What `votes` of its options are.
    pub unit: Unit,
    /// The options, in the manifest's order; their numbers are none without totals.
    pub options: Vec<OptionSummary>,
    /// Weight of explicitly blank votes, if the contest has them and has totals.
    pub blank: Option<u64>,
    /// Weight of the counted ballots with this contest.
    pub counted_weight: Option<u64>,
    /// Weight of everybody on the roll who has this contest.
    pub roll_weight: Option<u64>,
    /// The former over the latter, 0 to 1.
    pub turnout: Option<f64>,
    /// What became of it.
    pub verdict: VerdictName,
    /// The same in English words.
    pub outcome: String,
}

/// What the options of a contest are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Votes.
    Votes,
    /// Points.
    Points,
    /// Votes for an option.
    VotesFor,
    /// Points for places in a ranking: m - 1 for the first of m.
    BordaPoints,
    /// Ballots that give the option a better grade than the worst.
    BetterGrades,
}

/// What became of a contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictName {
    /// Not counted yet.
    Open,
    /// Withheld, because too few ballots stand in a group.
    Withheld,
    /// All seats are filled, or as many as options qualify.
    Decided,
    /// Turnout was below the quorum.
    NoQuorum,
    /// No option meets the requirements.
    NoneQualified,
    /// Tied options compete for the last seats.
    Tie,
}

/// An option of a contest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OptionSummary {
    /// Its name.
    pub name: String,
    /// What it got, in the contest's unit.
    pub votes: Option<u64>,
    /// The same over the most it could have got from the valid ballots, 0 to 1.
    pub share: Option<f64>,
    /// Its place, from 1; tied options share one.
    pub place: Option<u16>,
    /// Whether every requirement of the contest holds for it.
    pub qualified: bool,
    /// Whether it is elected or accepted.
    pub elected: bool,
    /// Whether it is among the options between which a tie leaves the last seats open.
    pub tied: bool,
    /// Its median grade, in a contest of grades.
    pub grade: Option<String>,
    /// Of a contest with several columns: each column's name and weight.
    pub columns: Vec<(String, u64)>,
}

/// Why totals are not those of an election with this manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TotalsError {
    /// Not one for each contest.
    #[error("totals of {found} contests, where the manifest has {expected}")]
    Contests {
        /// How many there are.
        found: usize,
        /// How many the manifest has.
        expected: usize,
    },
    /// A contest's state and its totals contradict each other.
    #[error("contest {contest} has totals, though it is not counted, or is counted and has none")]
    State {
        /// The contest's index.
        contest: u16,
    },
    /// Not one number for each entry of a contest.
    #[error("contest {contest} has {found} totals, where the manifest has {expected} entries")]
    Entries {
        /// The contest's index.
        contest: u16,
        /// How many there are.
        found: usize,
        /// How many entries the contest has.
        expected: usize,
    },
}

impl ElectionResult {
    /// What the log says so far, in a language; none before the manifest is complete.
    pub fn of(state: &ElectionState, language: &str) -> Option<Self> {
        Self::new(state.manifest()?, &state.totals()?, language).ok()
    }

    /// What the manifest makes of totals, in a language. Totals from outside are believed as they are, if they fit
    /// the manifest; before closing no contest has any.
    pub fn new(
        manifest: &CheckedManifest,
        totals: &ElectionTotals,
        language: &str,
    ) -> Result<Self, TotalsError> {
        let ElectionTotals { phase, voters, ballots, contests } = totals;
        let (found, expected) = (contests.len(), manifest.contests.len());
        if found != expected && found != 0 {
            return Err(TotalsError::Contests { found, expected });
        }
        let totals = contests.iter().map(Some).chain(std::iter::repeat(None));
        let contests = (0..=u16::MAX).zip(&manifest.contests).zip(totals);
        let counts = |count: fn(&BallotCounts) -> u64| ballots.as_ref().map(count);
        let counted = counts(|ballots| ballots.counted);
        Ok(Self {
            election: manifest.id().to_string(),
            title: manifest.title.in_language(language).to_owned(),
            phase: *phase,
            voters: *voters,
            ballots_counted: counted,
            ballots_cast: counts(|ballots| ballots.cast),
            ballots_tested: counts(|ballots| ballots.challenged),
            turnout: counted.and_then(|counted| fraction(counted, *voters)),
            contests: contests
                .map(|((index, contest), totals)| summarise(manifest, index, contest, totals, language))
                .collect::<Result<_, _>>()?,
        })
    }

    /// JSON, indented, with a final newline.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

fn fraction(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn summarise(
    manifest: &CheckedManifest,
    index: u16,
    contest: &Contest,
    totals: Option<&ContestTotals>,
    language: &str,
) -> Result<ContestSummary, TotalsError> {
    let state = totals.map_or(ContestState::Pending, |totals| totals.state);
    // a withheld contest has no numbers at all
    let shown = totals.filter(|_| state != ContestState::Withheld);
    let weights = shown.map(|totals| Weights { counted: totals.counted_weight, roll: totals.roll_weight });
    let numbers = totals.and_then(|totals| totals.totals.as_deref());
    let counted = match (state, numbers, &weights) {
        (ContestState::Counted, Some(numbers), Some(weights)) => {
            let (found, expected) = (numbers.len(), contest.entries());
            if found != expected {
                return Err(TotalsError::Entries { contest: index, found, expected });
            }
            Some(Counted::new(contest, numbers, weights))
        }
        (ContestState::Pending | ContestState::Withheld, None, _) => None,
        _ => return Err(TotalsError::State { contest: index }),
    };
    let (verdict, outcome) = match &counted {
        Some(counted) => verdict(contest, &counted.outcome, language),
        None if state == ContestState::Withheld => (VerdictName::Withheld, withheld_words(manifest)),
        None => (VerdictName::Open, "Not counted yet.".to_owned()),
    };
    let options = (0..=u16::MAX).zip(&contest.options).map(|(option, name)| {
        let name = name.in_language(language).to_owned();
        match &counted {
            Some(counted) => counted.option(option, name, language),
            None => OptionSummary {
                name,
                votes: None,
                share: None,
                place: None,
                qualified: false,
                elected: false,
                tied: false,
                grade: None,
                columns: Vec::new(),
            },
        }
    });
    Ok(ContestSummary {
        title: contest.title.in_language(language).to_owned(),
        unit: match contest.method {
            Method::ChooseOne | Method::Choose { .. } => Unit::Votes,
            Method::Score { .. } | Method::Cumulative { .. } => Unit::Points,
            Method::ForAgainstAbstain { .. } => Unit::VotesFor,
            Method::Grades { .. } => Unit::BetterGrades,
            Method::Rank => Unit::BordaPoints,
        },
        options: options.collect(),
        blank: counted.as_ref().and_then(|counted| counted.blank),
        counted_weight: weights.map(|weights| weights.counted),
        roll_weight: weights.map(|weights| weights.roll),
        turnout: weights.and_then(|weights| fraction(weights.counted, weights.roll)),
        verdict,
        outcome,
    })
}

fn withheld_words(manifest: &CheckedManifest) -> String {
    format!(
        "Withheld: nobody voted, or fewer than {} ballots stand in a group of voters, so that the totals could \
         show single votes.",
        manifest.smallest_group
    )
}

/// A contest that has its totals.
struct Counted<'a> {
    contest: &'a Contest,
    totals: &'a [u64],
    outcome: Outcome,
    columns: usize,
    blank: Option<u64>,
    /// Weight of the ballots that are not explicitly blank.
    valid: u64,
}

impl<'a> Counted<'a> {
    fn new(contest: &'a Contest, totals: &'a [u64], weights: &Weights) -> Self {
        let options = contest.options.len();
        let columns = contest.method.columns(options).max(1);
        let blank = contest.blank.as_ref().and_then(|_| totals.get(options * columns).copied());
        Self {
            contest,
            totals,
            outcome: Outcome::compute(contest, totals, weights),
            columns,
            blank,
            valid: weights.counted.saturating_sub(blank.unwrap_or_default()),
        }
    }

    fn option(&self, option: u16, name: String, language: &str) -> OptionSummary {
        let row = self.totals.chunks(self.columns).nth(usize::from(option)).unwrap_or_default();
        let standing: Option<&Standing> =
            self.outcome.standings.iter().find(|standing| standing.option == option);
        let score = standing.map(|standing| standing.score);
        let (votes, most) = match &self.contest.method {
            Method::ChooseOne | Method::Choose { .. } | Method::ForAgainstAbstain { .. } => (score, 1),
            Method::Score { max: most } | Method::Cumulative { points: most } => (score, u64::from(*most)),
            Method::Rank => (score, self.columns.saturating_sub(1) as u64),
            Method::Grades { .. } => {
                let better = row.split_last().map(|(_, better)| better);
                (
                    better
                        .map(|better| better.iter().fold(0, |sum: u64, weight| sum.saturating_add(*weight))),
                    1,
                )
            }
        };
        let grade = match self.contest.method {
            Method::Grades { .. } => {
                MajorityGauge::of(row).and_then(|gauge| self.contest.grades.get(gauge.grade))
            }
            _ => None,
        };
        OptionSummary {
            name,
            votes,
            share: votes.and_then(|votes| fraction(votes, self.valid.saturating_mul(most))),
            place: standing.map(|standing| standing.place),
            qualified: standing.is_some_and(|standing| standing.qualified),
            elected: self.outcome.elected.contains(&option),
            tied: self.outcome.tied.contains(&option),
            grade: grade.map(|grade| grade.in_language(language).to_owned()),
            columns: if self.columns == 1 { Vec::new() } else { self.columns(row, language) },
        }
    }

    /// The columns of a grid by name.
    fn columns(&self, row: &[u64], language: &str) -> Vec<(String, u64)> {
        let name = |column: usize| match (&self.contest.method, column) {
            (Method::ForAgainstAbstain { .. }, 0) => "for".to_owned(),
            (Method::ForAgainstAbstain { .. }, 1) => "against".to_owned(),
            (Method::ForAgainstAbstain { .. }, _) => "abstain".to_owned(),
            (Method::Grades { .. }, _) => {
                self.contest.grades.get(column).map_or("", |grade| grade.in_language(language)).to_owned()
            }
            _ => format!("place {}", column + 1),
        };
        row.iter().enumerate().map(|(column, weight)| (name(column), *weight)).collect()
    }
}

/// The verdict, and a sentence for it.
fn verdict(contest: &Contest, outcome: &Outcome, language: &str) -> (VerdictName, String) {
    let names = |options: &[u16]| {
        let names = options.iter().filter_map(|option| contest.options.get(usize::from(*option)));
        names.map(|name| name.in_language(language)).collect::<Vec<_>>().join(", ")
    };
    let seats = usize::from(contest.outcome.seats);
    match outcome.verdict {
        Verdict::Decided => {
            (VerdictName::Decided, format!("Elected or accepted: {}.", names(&outcome.elected)))
        }
        Verdict::NoQuorum => (
            VerdictName::NoQuorum,
            "Nothing is elected or accepted: turnout was below the quorum.".to_owned(),
        ),
        Verdict::NoneQualified => (
            VerdictName::NoneQualified,
            "Nothing is elected or accepted: no option meets the requirements.".to_owned(),
        ),
        Verdict::Tie => {
            let open = seats.saturating_sub(outcome.elected.len());
            let before = if outcome.elected.is_empty() {
                String::new()
            } else {
                format!("Elected or accepted: {}. ", names(&outcome.elected))
            };
            let places = if open == 1 { "place" } else { "places" };
            (VerdictName::Tie, format!("{before}A tie for {open} {places}: {}.", names(&outcome.tied)))
        }
    }
}
