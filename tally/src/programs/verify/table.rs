//! The report as tables for a terminal. Texts of the record are strangers' texts: [`visible`], which the tables see to.

use tabella_board_client::terminal::{Align, bar, table, visible};

use super::texts::Texts;
use super::{failure_rows, is_counted, rests_on_shards, show_time, title};
use crate::result::{ContestSummary, ElectionResult};
use crate::verify::part::{PartFailure, PartialResult};
use crate::verify::{Report, TrustReport, VotingReport};

/// Places of the longest bar.
const BAR_WIDTH: u16 = 24;

/// The report, in the texts of one language; titles and names in another where the record has them in that.
#[derive(Debug, Clone, Copy)]
pub struct Tables<'a> {
    /// The texts.
    pub texts: &'static Texts,
    /// Language tag of titles and names.
    pub language: &'a str,
}

impl Tables<'_> {
    /// Everything: who and what, the checks, the result, the verdict.
    pub fn page(&self, record: &str, report: &Report, result: Option<&ElectionResult>) -> String {
        let heads = [(self.texts.names.fingerprint, Align::Left), ("", Align::Left)];
        let mut page = table(&heads, &self.fingerprints(record, report));
        page.push('\n');
        page.push_str(&self.checks(report));
        page.push_str(&self.trusted(report));
        page.extend(result.map(|result| self.result(result)));
        page.push('\n');
        page.push_str(&self.verdict(report));
        page
    }

    /// What a shard came to, and where it is.
    pub fn shard(&self, result: &PartialResult, path: &str) -> String {
        let Texts { names, label, of_entries, ballots, .. } = self.texts;
        let PartialResult { election, size, root, part, maker, counts, sums: _, failure } = result;
        let name = format!("{part} {}", maker.label);
        let (cast, tested) = (counts.cast.to_string(), counts.tested.to_string());
        let mut lines = vec![
            label(names.shard, name.trim_end()),
            label(names.election, &election.to_string()),
            label(names.election_log, &of_entries(&root.to_string(), &size.to_string())),
            ballots(&cast, &tested),
            label(names.written, path),
        ];
        match failure {
            None => lines.push(self.texts.shard_good.to_owned()),
            Some(PartFailure { check, entry, sentence }) => {
                lines.push((self.texts.table_bad)(check, sentence));
                lines.extend(
                    entry.map(|entry| label(self.texts.place, &(self.texts.entry)("election", entry))),
                );
                lines.extend(self.texts.detail.map(|detail| label(detail, sentence)));
            }
        }
        lines.iter().map(|line| visible(line) + "\n").collect()
    }

    /// A check that fails before it is known which record it is.
    pub fn refusal(&self, check: &str, sentence: &str) -> String {
        let detail = self.texts.detail.map(|detail| (self.texts.label)(detail, sentence));
        let lines = std::iter::once((self.texts.table_bad)(check, sentence)).chain(detail);
        lines.map(|line| visible(&line) + "\n").collect()
    }

    /// What people compare with others.
    fn fingerprints(&self, record: &str, report: &Report) -> Vec<Vec<String>> {
        let Texts { names, of_entries, of_voters, statements, .. } = self.texts;
        let row = |name: &str, value: &str| vec![name.to_owned(), value.to_owned()];
        let log = |root: &str, size: u64| of_entries(root, &size.to_string());
        let mut rows = vec![row(names.record, record)];
        if let Some(board) = &report.board {
            rows.push(row(names.board, &board.key));
            rows.push(row(names.operator, &board.fingerprint));
            rows.push(row(names.board_log, &log(&board.root, board.size)));
            if !board.cosigned_by.is_empty() {
                rows.push(row(names.cosigned, &board.cosigned_by.join(", ")));
            }
        }
        if let Some(election) = &report.election {
            rows.push(row(names.election, &election.id));
            rows.extend(title(election, self.language).map(|title| row("", title)));
            rows.extend(self.voting(&election.voting).map(|times| row(names.voting, &times)));
            rows.push(row(names.election_log, &log(&election.root, election.size)));
            rows.extend(election.ceremony.iter().map(|ceremony| row(names.ceremony, ceremony)));
            rows.extend(election.key.iter().map(|key| row(names.key, key)));
            rows.push(row(names.roll, &of_voters(&election.roll, &election.voters.to_string())));
            if let Some(tally) = &election.tally {
                rows.push(row(names.closed_log, &log(&tally.root, tally.size)));
                rows.push(row(names.tally, &tally.fingerprint));
                rows.extend(tally.release.iter().map(|release| {
                    let numbers = statements(release.statements, release.quorum, release.reached());
                    row(names.statements, &numbers)
                }));
            }
        }
        rows
    }

    /// When voting opened and closed, by the record's clock.
    fn voting(&self, voting: &VotingReport) -> Option<String> {
        let closed = voting.closed.map(show_time);
        Some((self.texts.voting)(&show_time(voting.opened?), closed.as_deref()))
    }

    fn checks(&self, report: &Report) -> String {
        let [number, title, items, finding] = self.texts.columns;
        let columns =
            [(number, Align::Left), (title, Align::Left), (items, Align::Right), (finding, Align::Left)];
        let rows: Vec<Vec<String>> = report
            .checks
            .iter()
            .map(|check| {
                let mut finding = vec![self.texts.finding(check).to_owned()];
                if check.items_by_others > 0 {
                    finding.push((self.texts.by_others)(&check.items_by_others.to_string()));
                }
                let title = self.texts.title(check.number, check.title).to_owned();
                vec![check.number.to_owned(), title, check.items.to_string(), finding.join(self.texts.comma)]
            })
            .collect();
        table(&columns, &rows)
    }

    /// Whose work the report rests on, beside this run's.
    fn trusted(&self, report: &Report) -> String {
        if report.trusted.is_empty() {
            return String::new();
        }
        let [_, checks, ballots] = self.texts.trusted_columns;
        let columns = [(self.texts.trusted, Align::Left), (checks, Align::Left), (ballots, Align::Right)];
        let row = |trusted: &TrustReport| match trusted {
            TrustReport::Shard { part, of, label, program, checks, ballots } => {
                let comma = if label.is_empty() { "" } else { self.texts.comma };
                let name = (self.texts.shard)(&format!("{part}/{of}{comma}{label} ({program})"));
                vec![name, checks.join(" "), ballots.to_string()]
            }
            TrustReport::EarlierRun { entries, root, ballots } => {
                let name = (self.texts.earlier_run)(&entries.to_string());
                vec![format!("{name} ({root})"), (self.texts.from_to)("1.5", "7.1"), ballots.to_string()]
            }
        };
        let rows: Vec<Vec<String>> = report.trusted.iter().map(row).collect();
        format!("\n{}", table(&columns, &rows))
    }

    fn result(&self, result: &ElectionResult) -> String {
        let ElectionResult { title, voters, ballots_counted, ballots_cast, ballots_tested, turnout, .. } =
            result;
        let mut text = format!("\n{}\n", visible(title));
        if let (Some(counted), Some(cast), Some(tested)) = (ballots_counted, ballots_cast, ballots_tested) {
            let share = turnout.map(self.texts.percent).unwrap_or_default();
            text.push_str(&(self.texts.turnout)(&counted.to_string(), &voters.to_string(), &share));
            text.push_str(self.texts.space);
            text.push_str(&(self.texts.ballots)(&cast.to_string(), &tested.to_string()));
            text.push('\n');
        }
        for contest in &result.contests {
            let outcome = (self.texts.outcome)(contest);
            text.push_str(&format!(
                "\n{}\n{}{}\n",
                visible(&contest.title),
                self.contest(contest),
                visible(&outcome)
            ));
        }
        text
    }

    fn contest(&self, contest: &ContestSummary) -> String {
        let columns = [
            (self.texts.option, Align::Left),
            ((self.texts.unit)(contest.unit), Align::Right),
            ((self.texts.share)(contest.unit), Align::Right),
            ("", Align::Left),
            ("", Align::Left),
        ];
        let most = contest.options.iter().filter_map(|option| option.votes).max().unwrap_or_default();
        let mut rows: Vec<Vec<String>> = contest
            .options
            .iter()
            .map(|option| {
                let mut notes: Vec<String> = Vec::new();
                notes.extend(option.elected.then(|| self.texts.elected.to_owned()));
                notes.extend(option.grade.clone());
                notes.extend(option.columns.iter().enumerate().map(|(place, (name, weight))| {
                    format!("{} {weight}", (self.texts.column)(contest.unit, place, name))
                }));
                vec![
                    option.name.clone(),
                    option.votes.map(|votes| votes.to_string()).unwrap_or_default(),
                    option.share.map(self.texts.percent).unwrap_or_default(),
                    bar(option.votes.unwrap_or_default(), most, BAR_WIDTH),
                    notes.join(self.texts.comma),
                ]
            })
            .collect();
        if let Some(blank) = contest.blank {
            rows.push(vec![self.texts.blank.to_owned(), blank.to_string()]);
        }
        table(&columns, &rows)
    }

    fn verdict(&self, report: &Report) -> String {
        let Some(failure) = &report.failure else {
            if is_counted(report) {
                return (self.texts.table_good)(rests_on_shards(report)).to_owned() + "\n";
            }
            let phase = report.election.as_ref().map_or("", |election| election.phase);
            return (self.texts.table_so_far)(phase) + "\n";
        };
        let heading = (self.texts.table_bad)(failure.check, &failure.sentence);
        let rows = failure_rows(self.texts, failure);
        let lines = rows.iter().map(|(name, text)| (self.texts.label)(name, text));
        std::iter::once(heading).chain(lines).map(|line| visible(&line) + "\n").collect()
    }
}
