//! The result as files.

use tabella_tally::result::{ElectionResult, OptionSummary, Unit};

/// The first line.
const HEADER: [&str; 7] = ["contest", "option", "column", "votes", "share", "place", "elected"];

/// The result as a table (RFC 4180, UTF-8): a row for each option in the contest's unit, one for each column of a grid,
/// then blank votes and weights. Cells that a spreadsheet would take for a formula begin with an apostrophe.
pub(super) fn csv(result: &ElectionResult) -> String {
    let mut lines = vec![line(HEADER.map(str::to_owned))];
    for contest in &result.contests {
        let title = &contest.title;
        for option in &contest.options {
            lines.push(line(row(title, &option.name, unit(contest.unit), option.votes, Some(option))));
            let columns = option.columns.iter();
            lines.extend(
                columns.map(|(column, votes)| line(row(title, &option.name, column, Some(*votes), None))),
            );
        }
        let weights = [
            ("blank", contest.blank),
            ("counted weight", contest.counted_weight),
            ("roll weight", contest.roll_weight),
        ];
        let given = weights.into_iter().filter(|(_, weight)| weight.is_some());
        lines.extend(given.map(|(column, weight)| line(row(title, "", column, weight, None))));
    }
    lines.concat()
}

/// The cells of a row; an option's own row has its share, place and whether it is elected.
fn row(
    contest: &str,
    name: &str,
    column: &str,
    votes: Option<u64>,
    option: Option<&OptionSummary>,
) -> [String; 7] {
    let text = |value: Option<String>| value.unwrap_or_default();
    [
        contest.to_owned(),
        name.to_owned(),
        column.to_owned(),
        text(votes.map(|votes| votes.to_string())),
        text(option.and_then(|option| option.share).map(|share| format!("{share:.6}"))),
        text(option.and_then(|option| option.place).map(|place| place.to_string())),
        text(option.filter(|option| option.votes.is_some()).map(|option| option.elected.to_string())),
    ]
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Votes => "votes",
        Unit::Points => "points",
        Unit::VotesFor => "votes for",
        Unit::BordaPoints => "Borda points",
        Unit::BetterGrades => "better than the worst grade",
    }
}

fn line(cells: [String; 7]) -> String {
    cells.map(|cell| quoted(&cell)).join(",") + "\r\n"
}

/// A cell, guarded and quoted where it must be.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{guard}{}\"", cell.replace('"', "\"\""))
    } else {
        format!("{guard}{cell}")
    }
}

#[cfg(test)]
mod tests {
    use tabella_board_core::api::PhaseName;
    use tabella_tally::result::{ContestSummary, VerdictName};

    use super::*;

    fn option(name: &str, votes: Option<u64>, columns: &[(&str, u64)]) -> OptionSummary {
        OptionSummary {
            name: name.to_owned(),
            votes,
            share: votes.map(|votes| votes as f64 / 8.0),
            place: votes.map(|_| 1),
            qualified: true,
            elected: votes.is_some(),
            tied: false,
            grade: None,
            columns: columns.iter().map(|(name, weight)| ((*name).to_owned(), *weight)).collect(),
        }
    }

    fn result(option: OptionSummary, unit: Unit, blank: Option<u64>) -> ElectionResult {
        let contest = ContestSummary {
            title: "Chair".to_owned(),
            unit,
            options: vec![option],
            blank,
            counted_weight: blank.map(|_| 9),
            roll_weight: None,
            turnout: None,
            verdict: VerdictName::Decided,
            outcome: String::new(),
        };
        ElectionResult {
            election: String::new(),
            title: String::new(),
            phase: PhaseName::Counted,
            voters: 9,
            ballots_counted: None,
            ballots_cast: None,
            ballots_tested: None,
            turnout: None,
            contests: vec![contest],
        }
    }

    #[test]
    fn every_figure_has_a_row() {
        let option = option("Emmy", Some(6), &[("for", 6), ("against", 2)]);
        let expected = "contest,option,column,votes,share,place,elected\r\n\
                        Chair,Emmy,votes for,6,0.750000,1,true\r\n\
                        Chair,Emmy,for,6,,,\r\n\
                        Chair,Emmy,against,2,,,\r\n\
                        Chair,,blank,1,,,\r\n\
                        Chair,,counted weight,9,,,\r\n";
        assert_eq!(csv(&result(option, Unit::VotesFor, Some(1))), expected);
    }

    #[test]
    fn an_option_without_totals_has_empty_cells() {
        let table = csv(&result(option("Emmy", None, &[]), Unit::Votes, None));
        assert_eq!(table.lines().nth(1), Some("Chair,Emmy,votes,,,,"));
    }

    #[test]
    fn names_are_quoted_and_no_spreadsheet_takes_them_for_formulas() {
        for (name, cell) in [
            ("Lovelace, Ada", "\"Lovelace, Ada\""),
            ("the \"best\"", "\"the \"\"best\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\""),
            ("Emmy - Noether", "Emmy - Noether"),
        ] {
            assert_eq!(quoted(name), cell, "{name}");
        }
    }
}
