//! From the folded log of an election to an election report of SP 1500-100.
//!
//! Counts are those of the log: of each option its total, of a grid also each column. A contest that is withheld has the
//! counts that the standard demands, each 0 and marked as suppressed. Who is elected follows from the totals by the
//! manifest's rules, as in [`tabella_crypto::outcome`].

use std::collections::BTreeMap;

use tabella_board_core::api::{ContestState, ContestTotals, PhaseName};
use tabella_board_core::state::ElectionState;
use tabella_crypto::manifest::Contest as ManifestContest;
use tabella_crypto::outcome::{MajorityGauge, Outcome, Verdict, Weights};
use tabella_crypto::rules::Method;

use crate::definition::{ELECTORATE, Standard, candidate_id, election, seconds, style_unit};
use crate::model::{
    BallotCounts, Candidate, Choice, Contest, CountStatus, ELECTION_RESULTS, ElectionReport,
    ExternalIdentifier, Issuer, OtherCounts, ReportingUnit, VoteCounts, to_json,
};

/// Why nothing is written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is no election yet.
    #[error(
        "the manifest is not complete, so there is nothing to write: wait until the election is published"
    )]
    NoManifest,
    /// Results cannot be certified before there are any.
    #[error("the count is not complete, so nobody can have certified it: leave `--certified` out")]
    NotCounted,
    /// A time that no calendar has.
    #[error("{0} ms after 1970 is no time that a document can have: the last year is 9999")]
    Time(u64),
    /// Totals that do not fit the manifest.
    #[error("contest {0} has other totals than the manifest has entries: verify the record again")]
    Totals(usize),
    /// No JSON.
    #[error("the document has no JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// What people must know to read the counts.
const NOTES: &str = "Counts of options are sums of the voters' weights, or of points, by the contest's rules, which stand in \
     its external identifier tabella-rules; counts of ballots are numbers of ballots. Everything follows from a public \
     record that anyone can verify; its root is an external identifier of the election. Overvotes are impossible: every \
     ballot comes with a proof that it keeps the rules.";

/// The report, in JSON. `certified`: the authority has certified the results, which is for people to say.
pub fn election_report(
    state: &ElectionState,
    certified: bool,
    issuer: &Issuer,
) -> Result<String, ExportError> {
    let manifest = state.manifest().ok_or(ExportError::NoManifest)?;
    let totals = state.totals().ok_or(ExportError::NoManifest)?;
    let status = match totals.phase {
        PhaseName::Counted if certified => "certified",
        _ if certified => return Err(ExportError::NotCounted),
        PhaseName::Counted => "unofficial-complete",
        PhaseName::Closed => "unofficial-partial",
        PhaseName::Manifest | PhaseName::Setup | PhaseName::Open => "pre-election",
    };
    let (mut election, mut units) = election(manifest, Standard::Results)?;
    let said = [
        ("election", Some(state.election().to_string())),
        ("log-size", Some(state.size().to_string())),
        ("log-root", Some(state.root().to_hex())),
        ("board", Some(manifest.board.clone())),
        ("opened", state.opening_time().map(seconds).transpose()?),
        ("closed", state.closing_time().map(seconds).transpose()?),
    ];
    let said = said.into_iter().filter_map(|(what, value)| Some(ExternalIdentifier::ours(what, value?)));
    election.external_identifier.extend(said);
    // as the board does: nobody is told the turnout before its time
    let turnout = !state.hides_turnout();
    let classes = classes(state);
    election.ballot_counts = if turnout { ballot_counts(state, &classes) } else { Vec::new() };
    describe_units(&mut units, &classes, turnout);

    let mut totals = totals.contests.iter();
    for (index, contest) in election.contest.iter_mut().enumerate() {
        let manifest = manifest.contests.get(index).ok_or(ExportError::Totals(index + 1))?;
        let described = Counts { index, manifest, certified };
        described.write(contest, &mut election.candidate, totals.next())?;
    }
    let report = ElectionReport {
        election: vec![election],
        format: "summary-contest",
        generated_date: seconds(issuer.generated)?,
        gp_unit: units,
        issuer: issuer.name.clone(),
        issuer_abbreviation: issuer.name.clone(),
        notes: NOTES.to_owned(),
        sequence_end: 1,
        sequence_start: 1,
        status,
        vendor_application_id: issuer.application.clone(),
    };
    Ok(to_json(&report, ELECTION_RESULTS)?)
}

/// Voters and ballots that count, by style and weight.
type Classes = BTreeMap<(u16, u32), (u64, u64)>;

fn classes(state: &ElectionState) -> Classes {
    let mut classes = Classes::new();
    for (_, voter) in state.roll().voters() {
        let (voters, ballots) = classes.entry((voter.style, voter.weight)).or_default();
        *voters += 1;
        *ballots += u64::from(voter.last.is_some());
    }
    classes
}

/// Voters and ballots of one style, or of all.
fn of_style(classes: &Classes, style: Option<usize>) -> (u64, u64) {
    let mine = classes.iter().filter(|((of, _), _)| style.is_none_or(|style| usize::from(*of) == style));
    mine.fold((0, 0), |(voters, ballots), (_, (more, cast))| (voters + more, ballots + cast))
}

fn describe_units(units: &mut [ReportingUnit], classes: &Classes, turnout: bool) {
    // the first is the electorate, the others are those of the styles, in order
    for (unit, style) in units.iter_mut().zip(std::iter::once(None).chain((0..).map(Some))) {
        let (voters, ballots) = of_style(classes, style);
        unit.voters_registered = Some(voters);
        unit.voters_participated = turnout.then_some(ballots);
    }
}

fn ballot_counts(state: &ElectionState, classes: &Classes) -> Vec<BallotCounts> {
    let counts = state.counts();
    let count = |unit: String, number, what: Option<String>| BallotCounts {
        ballots_cast: number,
        gp_unit_id: unit,
        r#type: if what.is_some() { "other" } else { "total" }.to_owned(),
        other_type: what,
    };
    let electorate = || ELECTORATE.to_owned();
    let mut all = vec![
        count(electorate(), counts.counted, None),
        count(electorate(), counts.cast, Some("cast, with those that a later one replaced".to_owned())),
        count(electorate(), counts.challenged, Some("tested, never counted".to_owned())),
    ];
    let weighted = classes.keys().any(|(_, weight)| *weight != 1);
    let styles: std::collections::BTreeSet<u16> = classes.keys().map(|(style, _)| *style).collect();
    for style in styles {
        let unit = style_unit(style.into());
        all.push(count(unit.clone(), of_style(classes, Some(style.into())).1, None));
        let mine = classes.iter().filter(|((of, _), _)| *of == style && weighted);
        all.extend(mine.map(|((_, weight), (_, ballots))| {
            count(unit.clone(), *ballots, Some(format!("of voters of weight {weight}")))
        }));
    }
    all
}

/// What is written about one contest.
struct Counts<'a> {
    index: usize,
    manifest: &'a ManifestContest,
    certified: bool,
}

impl Counts<'_> {
    fn write(
        &self,
        contest: &mut Contest,
        candidates: &mut [Candidate],
        totals: Option<&ContestTotals>,
    ) -> Result<(), ExportError> {
        let unit = contest.election_district_id.clone();
        let state = totals.map(|totals| totals.state);
        let (status, why) = match state {
            Some(ContestState::Counted) => ("completed", None),
            Some(ContestState::Pending) => ("in-process", None),
            Some(ContestState::Withheld) => ("not-processed", Some("withheld: too few ballots in a group")),
            None => ("not-processed", None),
        };
        contest.count_status.push(CountStatus {
            other_type: why.map(str::to_owned),
            status: status.to_owned(),
            r#type: if why.is_some() { "other" } else { "total" }.to_owned(),
        });
        if let Some(totals) = totals {
            let identifiers =
                [("counted-weight", totals.counted_weight), ("roll-weight", totals.roll_weight)];
            let identifiers =
                identifiers.map(|(what, weight)| ExternalIdentifier::ours(what, weight.to_string()));
            contest.external_identifier.extend(identifiers);
        }
        if state == Some(ContestState::Withheld) {
            contest.external_identifier.push(ExternalIdentifier::ours("verdict", "withheld"));
            for choice in &mut contest.contest_selection {
                let suppressed =
                    VoteCounts { is_suppressed_for_privacy: Some(true), ..count(&unit, 0, None) };
                choice.vote_counts.push(suppressed);
            }
        }
        if let Some((totals, weights)) = totals.and_then(|totals| {
            let weights = Weights { counted: totals.counted_weight, roll: totals.roll_weight };
            Some((totals.totals.as_deref()?, weights))
        }) {
            if totals.len() != self.manifest.entries() {
                return Err(ExportError::Totals(self.index + 1));
            }
            self.write_counts(contest, candidates, totals, &weights, &unit);
        }
        Ok(())
    }

    fn write_counts(
        &self,
        contest: &mut Contest,
        candidates: &mut [Candidate],
        totals: &[u64],
        weights: &Weights,
        unit: &str,
    ) {
        let (options, method) = (self.manifest.options.len(), &self.manifest.method);
        let columns = method.columns(options).max(1);
        let outcome = Outcome::compute(self.manifest, totals, weights);
        let verdict = match outcome.verdict {
            Verdict::Decided => "decided",
            Verdict::NoQuorum => "no-quorum",
            Verdict::NoneQualified => "none-qualified",
            Verdict::Tie => "tie",
        };
        contest.external_identifier.push(ExternalIdentifier::ours("verdict", verdict));
        let mut given = 0;
        for (index, choice) in contest.contest_selection.iter_mut().enumerate() {
            let Some(row) = totals.chunks(columns).nth(index).filter(|_| index < options) else {
                // the blank vote, whose number stands behind the grid
                let blank = totals.get(options * columns).copied().unwrap_or_default();
                choice.vote_counts.push(count(unit, blank, None));
                continue;
            };
            let standing = outcome.standings.iter().find(|standing| usize::from(standing.option) == index);
            let score = standing.map_or(0, |standing| standing.score);
            given += score;
            write_option(choice, method, row, score, unit);
            let id = candidate_id(self.index, index);
            if let Some(candidate) = candidates.iter_mut().find(|candidate| candidate.id == id) {
                self.write_candidate(candidate, index, row, &outcome);
            }
        }
        let blank = totals.get(options * columns).copied().unwrap_or_default();
        contest.other_counts.push(OtherCounts {
            gp_unit_id: unit.to_owned(),
            overvotes: 0,
            undervotes: self
                .votes_each()
                .map(|each| each.saturating_mul(weights.counted.saturating_sub(blank)).saturating_sub(given)),
        });
    }

    /// How many votes every ballot that is not blank has, where an unused one means something.
    fn votes_each(&self) -> Option<u64> {
        match self.manifest.method {
            Method::ChooseOne => Some(1),
            // who may choose all has not failed to choose any
            Method::Choose { min: 0, max } if usize::from(max) >= self.manifest.options.len() => None,
            Method::Choose { max, .. } => Some(max.into()),
            Method::Cumulative { points } => Some(points.into()),
            Method::Score { .. }
            | Method::ForAgainstAbstain { .. }
            | Method::Grades { .. }
            | Method::Rank => None,
        }
    }

    fn write_candidate(&self, candidate: &mut Candidate, index: usize, row: &[u64], outcome: &Outcome) {
        let has = |options: &[u16]| options.iter().any(|option| usize::from(*option) == index);
        let decided = matches!(outcome.verdict, Verdict::Decided | Verdict::Tie);
        candidate.post_election_status = match (has(&outcome.elected), has(&outcome.tied)) {
            // "for the official contest winner", which nobody is before somebody says so
            (true, _) if self.certified => Some("winner".to_owned()),
            (true, _) => Some("projected-winner".to_owned()),
            (false, false) if decided => Some("defeated".to_owned()),
            _ => None,
        };
        let standing = outcome.standings.iter().find(|standing| usize::from(standing.option) == index);
        let gauge =
            matches!(self.manifest.method, Method::Grades { .. }).then(|| MajorityGauge::of(row)).flatten();
        let said = [
            ("place", standing.map(|standing| standing.place.to_string())),
            ("qualified", standing.map(|standing| standing.qualified.to_string())),
            ("tied", has(&outcome.tied).then(|| "true".to_owned())),
            ("median-grade", gauge.map(|gauge| (gauge.grade + 1).to_string())),
        ];
        let said = said.into_iter().filter_map(|(what, value)| Some(ExternalIdentifier::ours(what, value?)));
        candidate.external_identifier.extend(said);
    }
}

fn count(unit: &str, number: u64, what: Option<String>) -> VoteCounts {
    VoteCounts {
        count: number,
        gp_unit_id: unit.to_owned(),
        is_suppressed_for_privacy: None,
        r#type: if what.is_some() { "other" } else { "total" }.to_owned(),
        other_type: what,
    }
}

/// What options are compared by, then each column of a grid. Grades have no total: options are compared by medians.
fn write_option(choice: &mut Choice, method: &Method, row: &[u64], score: u64, unit: &str) {
    let column = |at: usize| match (method, at) {
        (Method::ForAgainstAbstain { .. }, 0) => "for".to_owned(),
        (Method::ForAgainstAbstain { .. }, 1) => "against".to_owned(),
        (Method::ForAgainstAbstain { .. }, _) => "abstain".to_owned(),
        (Method::Grades { .. }, _) => format!("grade {}, 1 is the best", at + 1),
        _ => format!("place {}", at + 1),
    };
    if !matches!(method, Method::Grades { .. }) {
        choice.vote_counts.push(count(unit, score, None));
    }
    if row.len() > 1 {
        let columns = row.iter().enumerate().map(|(at, weight)| count(unit, *weight, Some(column(at))));
        choice.vote_counts.extend(columns);
    }
}
