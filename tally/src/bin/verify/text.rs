//! The report for people.

use std::fmt::Write as _;

use tabella_board_client::clock::show_time;
use tabella_board_client::terminal::{Align, bar, table, visible};
use tabella_tally::result::{ContestSummary, ElectionResult, Unit};
use tabella_tally::verify::{
    ElectionReport, FailureReport, ReleaseReport, Report, Status, TrustReport, VotingReport,
};

/// Places of the longest bar.
const BAR_WIDTH: u16 = 24;

/// Everything: who and what, the checks, the result, the verdict.
pub(crate) fn page(record: &str, report: &Report, result: Option<&ElectionResult>, language: &str) -> String {
    let mut page = String::new();
    page.push_str(&table(
        &[("Fingerprint", Align::Left), ("", Align::Left)],
        &fingerprints(record, report, language),
    ));
    page.push('\n');
    page.push_str(&checks(report));
    page.push_str(&trusted(report));
    if let Some(result) = result {
        page.push_str(&result_text(result));
    }
    page.push('\n');
    page.push_str(&verdict(report));
    page
}

fn row(name: &str, value: &str) -> Vec<String> {
    vec![name.to_owned(), value.to_owned()]
}

/// What people compare with others.
fn fingerprints(record: &str, report: &Report, language: &str) -> Vec<Vec<String>> {
    let mut rows = vec![row("record", record)];
    if let Some(board) = &report.board {
        rows.push(row("board", &board.key));
        rows.push(row("board's operator", &board.fingerprint));
        rows.push(row("board log", &format!("{} of {} entries", board.root, board.size)));
        if !board.cosigned_by.is_empty() {
            rows.push(row("cosigned by", &board.cosigned_by.join(", ")));
        }
    }
    if let Some(election) = &report.election {
        rows.push(row("election", &election.id));
        if let Some(title) = title(election, language) {
            rows.push(row("", title));
        }
        rows.extend(voting(&election.voting).map(|times| row("voting", &times)));
        rows.push(row("election log", &format!("{} of {} entries", election.root, election.size)));
        rows.extend(election.ceremony.iter().map(|ceremony| row("key ceremony", ceremony)));
        rows.extend(election.key.iter().map(|key| row("election key", key)));
        rows.push(row("roll", &format!("{} of {} voters", election.roll, election.voters)));
        if let Some(tally) = &election.tally {
            rows.push(row("closed log", &format!("{} of {} entries", tally.root, tally.size)));
            rows.push(row("tally", &tally.fingerprint));
            rows.extend(tally.release.iter().map(|release| row("statements", &statements(release))));
        }
    }
    rows
}

/// When voting opened and closed, by the record's clock.
fn voting(voting: &VotingReport) -> Option<String> {
    let opened = voting.opened.map(|time| format!("opened {}", show_time(time)));
    let closed = voting.closed.map(|time| format!("closed {}", show_time(time)));
    let times: Vec<String> = opened.into_iter().chain(closed).collect();
    (!times.is_empty()).then(|| times.join(", "))
}

/// Whether enough trustees had compared the log before any of them decrypted.
fn statements(release: &ReleaseReport) -> String {
    let ReleaseReport { statements, quorum } = release;
    let numbers = format!("{statements} before the first decryption share, where {quorum} make a quorum");
    match release.reached() {
        true => numbers,
        false => format!("{numbers}: the count holds, but its secrecy rested on the board"),
    }
}

fn title<'a>(election: &'a ElectionReport, language: &str) -> Option<&'a str> {
    election.title.get(language).or_else(|| election.title.values().next()).map(String::as_str)
}

fn checks(report: &Report) -> String {
    let columns =
        [("Check", Align::Left), ("What holds", Align::Left), ("Items", Align::Right), ("", Align::Left)];
    let rows: Vec<Vec<String>> = report
        .checks
        .iter()
        .map(|check| {
            let status = match check.status {
                Status::Holds if check.items == 0 => "nothing to check",
                Status::Holds => "holds",
                Status::Fails => "FAILS",
                Status::SoFar => "holds so far",
                Status::NotReached => "not reached",
            };
            let status = match check.items_by_others {
                0 => status.to_owned(),
                others => format!("{status}, {others} by others"),
            };
            vec![check.number.to_owned(), check.title.to_owned(), check.items.to_string(), status]
        })
        .collect();
    table(&columns, &rows)
}

/// Whose work the report rests on, beside this run's.
fn trusted(report: &Report) -> String {
    if report.trusted.is_empty() {
        return String::new();
    }
    let columns = [("Rests on", Align::Left), ("Checks", Align::Left), ("Ballots", Align::Right)];
    let row = |trusted: &TrustReport| match trusted {
        TrustReport::Shard { part, of, label, program, checks, ballots } => {
            let label = if label.is_empty() { String::new() } else { format!(", {label}") };
            vec![format!("shard {part}/{of}{label} ({program})"), checks.join(" "), ballots.to_string()]
        }
        TrustReport::EarlierRun { entries, root, ballots } => {
            let name = format!("your earlier run, up to entry {entries} (root {root})");
            vec![name, "1.5 to 7.1".to_owned(), ballots.to_string()]
        }
    };
    let rows: Vec<Vec<String>> = report.trusted.iter().map(row).collect();
    format!("\n{}", table(&columns, &rows))
}

fn result_text(result: &ElectionResult) -> String {
    let mut text = String::new();
    let ElectionResult { title, voters, ballots_counted, ballots_cast, ballots_tested, turnout, .. } = result;
    let _ = write!(text, "\n{}\n", visible(title));
    if let (Some(counted), Some(cast), Some(tested)) = (ballots_counted, ballots_cast, ballots_tested) {
        let share = turnout.map(|turnout| format!(" ({})", percent(turnout))).unwrap_or_default();
        let _ = writeln!(
            text,
            "{counted} of {voters} voters voted{share}. Ballots cast {cast}, tested {tested}."
        );
    }
    for contest in &result.contests {
        let _ = write!(text, "\n{}\n", visible(&contest.title));
        text.push_str(&contest_table(contest));
        let _ = writeln!(text, "{}", visible(&contest.outcome));
    }
    text
}

fn contest_table(contest: &ContestSummary) -> String {
    let unit = match contest.unit {
        Unit::Votes => "Votes",
        Unit::Points => "Points",
        Unit::VotesFor => "Votes for",
        Unit::BordaPoints => "Borda points",
        Unit::BetterGrades => "Above worst",
    };
    let columns = [
        ("Option", Align::Left),
        (unit, Align::Right),
        ("Share", Align::Right),
        ("", Align::Left),
        ("", Align::Left),
    ];
    let most = contest.options.iter().filter_map(|option| option.votes).max().unwrap_or_default();
    let mut rows: Vec<Vec<String>> = contest
        .options
        .iter()
        .map(|option| {
            let mut notes: Vec<String> = Vec::new();
            notes.extend(option.elected.then(|| "elected".to_owned()));
            notes.extend(option.grade.clone());
            notes.extend(option.columns.iter().map(|(name, weight)| format!("{name} {weight}")));
            vec![
                option.name.clone(),
                option.votes.map(|votes| votes.to_string()).unwrap_or_default(),
                option.share.map(percent).unwrap_or_default(),
                bar(option.votes.unwrap_or_default(), most, BAR_WIDTH),
                notes.join(", "),
            ]
        })
        .collect();
    if let Some(blank) = contest.blank {
        rows.push(vec!["(blank)".to_owned(), blank.to_string()]);
    }
    table(&columns, &rows)
}

fn percent(fraction: f64) -> String {
    format!("{:.1} %", 100.0 * fraction)
}

fn verdict(report: &Report) -> String {
    let Some(failure) = &report.failure else {
        let phase = report.election.as_ref().map_or("", |election| election.phase);
        return if phase == "counted" {
            let shards = report.trusted.iter().any(|trusted| matches!(trusted, TrustReport::Shard { .. }));
            let rests = if shards { ", as far as the shards named above are right" } else { "" };
            format!(
                "VERIFIED: every check holds{rests}. Compare the fingerprints above with those of others.\n"
            )
        } else {
            format!(
                "VERIFIED SO FAR: every check holds for what is there. The election is not over (phase: {phase}).\n"
            )
        };
    };
    let FailureReport { check, title, log, entry, file, culprit, sentence } = failure;
    let place = match (log, entry, file) {
        (Some(log), Some(entry), _) => format!(", entry {entry} of the {log} log"),
        (_, _, Some(file)) => format!(", file {file}"),
        _ => String::new(),
    };
    let culprit = culprit.map(|trustee| format!(" Signed by trustee {trustee}.")).unwrap_or_default();
    let text = format!("NOT VERIFIED: check {check} fails{place}: {sentence}.{culprit}");
    format!("{}\nWhat must hold: {title}.\n", visible(&text))
}
