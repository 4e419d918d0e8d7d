//! An election's result for people and programs: totals, shares, and what follows by the manifest's rules.
//!
//! Made from a folded [`ElectionState`] alone, so it says what the log says and the rules accepted. Fractions are
//! for reading: what decides is compared in integers, see [`tabella_crypto::outcome`].

use serde::Serialize;

use tabella_board_core::entry::ContestResult;
use tabella_board_core::state::{ElectionState, Tally};
use tabella_crypto::manifest::{CheckedManifest, Contest};
use tabella_crypto::outcome::{MajorityGauge, Outcome, Standing, Verdict, Weights};
use tabella_crypto::rules::Method;

use crate::verify::phase_name;

/// The result of an election, in one language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ElectionResult {
    /// The election's name: the hash of its manifest.
    pub election: String,
    /// Its title.
    pub title: String,
    /// Where the election is; the result is complete when it is `counted`.
    pub phase: &'static str,
    /// Voters on the roll.
    pub voters: u64,
    /// Ballots that count: one for each voter who cast one.
    pub ballots_counted: u64,
    /// Ballots cast, with those that a later one replaced.
    pub ballots_cast: u64,
    /// Ballots tested, never counted.
    pub ballots_tested: u64,
    /// Counted ballots over voters, 0 to 1; none for an empty roll.
    pub turnout: Option<f64>,
    /// The contests, in the manifest's order.
    pub contests: Vec<ContestSummary>,
}

/// The result of a contest.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// The same in words.
    pub outcome: String,
}

/// What the options of a contest are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OptionSummary {
    /// Its name.
    pub name: String,
    /// What it got, in the contest's unit.
    pub votes: Option<u64>,
    /// The same over the most it could have got from the valid ballots, 0 to 1.
    pub share: Option<f64>,
    /// Its place, from 1; tied options share one.
    pub place: Option<u16>,
    /// Whether it is elected or accepted.
    pub elected: bool,
    /// Its median grade, in a contest of grades.
    pub grade: Option<String>,
    /// Of a contest with several columns: each column's name and weight.
    pub columns: Vec<(String, u64)>,
}

impl ElectionResult {
    /// What the log says so far, in a language; none before the manifest is complete.
    pub fn of(state: &ElectionState, language: &str) -> Option<Self> {
        let manifest = state.manifest()?;
        let counts = state.counts();
        let voters = state.roll().len() as u64;
        let contests = (0..=u16::MAX).zip(&manifest.contests);
        Some(Self {
            election: state.election().to_string(),
            title: manifest.title.in_language(language).to_owned(),
            phase: phase_name(state.phase()),
            voters,
            ballots_counted: counts.counted,
            ballots_cast: counts.cast,
            ballots_tested: counts.challenged,
            turnout: fraction(counts.counted, voters),
            contests: contests
                .map(|(index, contest)| summarise(manifest, state.tally(), index, contest, language))
                .collect(),
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
    tally: Option<&Tally>,
    index: u16,
    contest: &Contest,
    language: &str,
) -> ContestSummary {
    let weights = tally.and_then(|tally| tally.weights(index));
    let result = tally.and_then(|tally| tally.result(index));
    let withheld = tally.is_some_and(|tally| tally.withheld().contains(&index));
    let counted = result.zip(weights).map(|(result, weights)| Counted::new(contest, result, weights));
    let (verdict, outcome) = match &counted {
        Some(counted) => verdict(contest, &counted.result.outcome, language),
        None if withheld => (VerdictName::Withheld, withheld_words(manifest)),
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
                elected: false,
                grade: None,
                columns: Vec::new(),
            },
        }
    });
    ContestSummary {
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
    }
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
    result: &'a ContestResult,
    columns: usize,
    blank: Option<u64>,
    /// Weight of the ballots that are not explicitly blank.
    valid: u64,
}

impl<'a> Counted<'a> {
    fn new(contest: &'a Contest, result: &'a ContestResult, weights: &Weights) -> Self {
        let options = contest.options.len();
        let columns = contest.method.columns(options).max(1);
        let blank = contest.blank.as_ref().and_then(|_| result.totals.get(options * columns).copied());
        Self {
            contest,
            result,
            columns,
            blank,
            valid: weights.counted.saturating_sub(blank.unwrap_or_default()),
        }
    }

    fn option(&self, option: u16, name: String, language: &str) -> OptionSummary {
        let row = self.result.totals.chunks(self.columns).nth(usize::from(option)).unwrap_or_default();
        let standing: Option<&Standing> =
            self.result.outcome.standings.iter().find(|standing| standing.option == option);
        let score = standing.map(|standing| standing.score);
        let (votes, most) = match &self.contest.method {
            Method::ChooseOne | Method::Choose { .. } | Method::ForAgainstAbstain { .. } => (score, 1),
            Method::Score { max: most } | Method::Cumulative { points: most } => (score, u64::from(*most)),
            Method::Rank => (score, self.columns.saturating_sub(1) as u64),
            Method::Grades { .. } => (row.split_last().map(|(_, better)| better.iter().sum()), 1),
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
            elected: self.result.outcome.elected.contains(&option),
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

#[cfg(test)]
mod tests {
    use tabella_board_core::fixtures::{CLOSES, SmallElection};

    use super::*;

    #[test]
    fn a_counted_election_has_totals_shares_and_words() {
        let mut election = SmallElection::opened();
        assert_eq!(ElectionResult::of(&election.state, "en").unwrap().contests[0].verdict, VerdictName::Open);
        election.vote_all();
        election.count();
        let result = ElectionResult::of(&election.state, "de").unwrap();
        let json: serde_json::Value = serde_json::from_str(&result.to_json().unwrap()).unwrap();
        assert_eq!(json["ballots_counted"], 7);
        assert_eq!(json["phase"], "counted");
        assert_eq!(json["turnout"], 1.0);
        let chair = &json["contests"][0];
        assert_eq!(chair["title"], "Chair");
        assert_eq!(
            (&chair["options"][2]["name"], &chair["options"][2]["votes"]),
            (&"Emmy".into(), &7.into())
        );
        assert_eq!(
            (&chair["options"][2]["elected"], &chair["options"][2]["share"]),
            (&true.into(), &0.7.into())
        );
        assert_eq!((&chair["blank"], &chair["verdict"]), (&1.into(), &"decided".into()));
        assert_eq!(chair["outcome"], "Elected or accepted: Emmy.");
        assert_eq!(json["contests"][1]["options"][1]["votes"], 4);
        assert_eq!(json["contests"][1]["counted_weight"], 9);
    }

    #[test]
    fn a_withheld_contest_has_no_numbers() {
        let mut election = SmallElection::opened_with(|manifest| manifest.smallest_group = 3);
        election.vote_all();
        election.block(CLOSES);
        let result = ElectionResult::of(&election.state, "en").unwrap();
        let contest = &result.contests[0];
        assert_eq!(
            (contest.verdict, contest.blank, contest.counted_weight),
            (VerdictName::Withheld, None, None)
        );
        assert!(contest.options.iter().all(|option| option.votes.is_none() && !option.elected));
        assert!(contest.outcome.contains("fewer than 3"));
    }

    #[test]
    fn grids_say_what_is_in_their_columns() {
        use tabella_crypto::fixtures::contest;
        let weights = Weights { counted: 10, roll: 20 };
        let table = [
            (Method::ForAgainstAbstain { max_for: 1 }, vec![6, 3, 1, 2, 8, 0], [6, 2], [0.6, 0.2], "for"),
            (Method::Grades { grades: 3 }, vec![6, 3, 1, 2, 1, 7], [9, 3], [0.9, 0.3], "Grade 0"),
            (Method::Rank, vec![7, 3, 3, 7], [7, 3], [0.7, 0.3], "place 1"),
        ];
        for (method, totals, votes, shares, column) in table {
            let contest = contest(method, 2, false);
            let outcome = Outcome::compute(&contest, &totals, &weights);
            let result = ContestResult { contest: 0, trustees: vec![1], totals, outcome };
            let counted = Counted::new(&contest, &result, &weights);
            for option in 0..2 {
                let summary = counted.option(option, "x".to_owned(), "en");
                let at = usize::from(option);
                assert_eq!((summary.votes, summary.share), (Some(votes[at]), Some(shares[at])));
                assert_eq!(summary.columns[0].0, column);
                assert_eq!(summary.elected, option == 0);
            }
        }
    }
}
