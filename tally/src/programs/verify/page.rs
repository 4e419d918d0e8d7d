//! The report as a page of HTML that can be published or printed: one file, no script, nothing from elsewhere.
//!
//! It says in plain words what was checked and how much of it, shows the result, and ends with the fingerprints by which
//! others see that they verified the same record. Texts of the record are strangers' texts: escaped, and [`visible`].

use maud::{DOCTYPE, Markup, PreEscaped, html};

use tabella_board_client::clock::show_time;
use tabella_board_client::terminal::visible;

use crate::result::{ContestSummary, ElectionResult, OptionSummary, Unit};
use crate::verify::{CheckReport, FailureReport, Report, Status, TrustReport};

/// Everything about the look.
const STYLE: &str = include_str!("page.css");

/// The chapters of the specification's checks, with what they mean.
const CHAPTERS: [(&str, &str, &str); 8] = [
    (
        "1",
        "The record",
        "Every entry is there, unchanged and in order, exactly as the board signed it, and the board's public log \
         bears witness to it.",
    ),
    ("2", "The rules", "The election was held by the rules that were published before it began."),
    (
        "3",
        "The key",
        "The trustees made the key of the ballot box together, in public, and each showed that their share works. It opens \
         with the shares of as many of them as the rules demand.",
    ),
    (
        "4",
        "The roll",
        "The list of who may vote is the one that the registrar signed; each voter stands on it once.",
    ),
    ("5", "The opening", "Voting opened when it was due, with this key and this roll."),
    (
        "6",
        "The ballots",
        "Every ballot is sealed and signed by a voter on the roll, and proves, without being opened, that it keeps to the \
         rules. No ballot was copied, and at most one counts for each voter.",
    ),
    ("7", "The closing", "Voting closed when it was due, and nothing was cast after it."),
    (
        "8",
        "The count",
        "The sealed ballots were added up, only the sums were opened, the trustees proved that they opened them \
         correctly, and the outcome follows from the totals.",
    ),
];

/// The page. The result is left out where there is none.
pub fn page(report: &Report, result: Option<&ElectionResult>, language: &str) -> String {
    let title = title(report, language);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { "Verification: " (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.kicker { "Verification of an election" }
                    h1 { (title) }
                    @if let Some(times) = voting(report) { p.times { (times) } }
                }
                (verdict(report))
                @if let Some(result) = result { (result_section(result)) }
                (chapters(report))
                (trusted(report))
                (fingerprints(report))
                (limits())
                (details(report))
                footer {
                    p {
                        "Made by tabella-verify " (env!("CARGO_PKG_VERSION")) " from the public record alone. Anybody can \
                         do the same: whoever verifies a record with these fingerprints sees the same result."
                    }
                }
            }
        }
    };
    page.into_string()
}

fn title(report: &Report, language: &str) -> String {
    let titles = report.election.as_ref().map(|election| &election.title);
    let title = titles.and_then(|titles| titles.get(language).or_else(|| titles.values().next()));
    title.map_or_else(|| "an election".to_owned(), |title| visible(title))
}

fn voting(report: &Report) -> Option<String> {
    let voting = report.election.as_ref()?.voting;
    let opened = format!("Voting opened {}", show_time(voting.opened?));
    Some(match voting.closed {
        Some(closed) => format!("{opened} and closed {}.", show_time(closed)),
        None => format!("{opened} and has not closed."),
    })
}

fn is_counted(report: &Report) -> bool {
    report.election.as_ref().is_some_and(|election| election.phase == "counted")
}

fn rests_on_shards(report: &Report) -> bool {
    report.trusted.iter().any(|trusted| matches!(trusted, TrustReport::Shard { .. }))
}

fn verdict(report: &Report) -> Markup {
    if let Some(failure) = &report.failure {
        let FailureReport { check, title, log, entry, file, culprit, sentence } = failure;
        return html! {
            section.verdict.bad {
                h2 { "Not verified" }
                p { "Check " (check) " fails: " (visible(sentence)) "." }
                p.small {
                    "What must hold: " (title) "."
                    @if let (Some(log), Some(entry)) = (log, entry) { " Entry " (entry) " of the " (log) " log." }
                    @if let Some(file) = file { " File " (visible(file)) "." }
                    @if let Some(culprit) = culprit { " Signed by trustee " (culprit) "." }
                }
            }
        };
    }
    let checks = report.checks.iter().filter(|check| check.status == Status::Holds).count();
    html! {
        section.verdict.good[is_counted(report)].soFar[!is_counted(report)] {
            @if is_counted(report) {
                h2 { "Verified" }
                p { "All " (checks) " checks hold. The result below is what the sealed ballots add up to." }
                @if rests_on_shards(report) {
                    p.small { "Signatures and proofs of ballots were checked by the machines named below." }
                }
            } @else {
                h2 { "Verified so far" }
                p { "Every check holds for what is there. The election is not over." }
            }
        }
    }
}

fn result_section(result: &ElectionResult) -> Markup {
    html! {
        section {
            h2 { "Result" }
            @if let Some(counted) = result.ballots_counted {
                p {
                    (number(counted)) " of " (number(result.voters)) " voters voted"
                    @if let Some(turnout) = result.turnout { " (" (percent(turnout)) ")" }
                    "."
                }
            }
            @for contest in &result.contests { (contest_section(contest)) }
        }
    }
}

fn contest_section(contest: &ContestSummary) -> Markup {
    let unit = match contest.unit {
        Unit::Votes => "Votes",
        Unit::Points => "Points",
        Unit::VotesFor => "Votes for",
        Unit::BordaPoints => "Borda points",
        Unit::BetterGrades => "Above worst",
    };
    let most = contest.options.iter().filter_map(|option| option.votes).max().unwrap_or_default();
    html! {
        article {
            h3 { (visible(&contest.title)) }
            table.result {
                thead {
                    tr { th { "Option" } th.number { (unit) } th.number { "Share" } th.bars {} }
                }
                tbody {
                    @for option in &contest.options { (option_row(option, most)) }
                    @if let Some(blank) = contest.blank {
                        tr.blank { td { "Blank" } td.number { (number(blank)) } td {} td {} }
                    }
                }
            }
            p.outcome { (visible(&contest.outcome)) }
        }
    }
}

fn option_row(option: &OptionSummary, most: u64) -> Markup {
    // of 1000, so that it has a digit behind the point of a percentage
    let width = u128::from(option.votes.unwrap_or_default()) * 1000;
    let width = width.checked_div(most.into()).unwrap_or_default();
    html! {
        tr.elected[option.elected] {
            td {
                (visible(&option.name))
                @if option.elected { " " span.mark { "elected" } }
                @if let Some(grade) = &option.grade { " " span.mark { (visible(grade)) } }
                @if !option.columns.is_empty() {
                    span.columns {
                        @for (name, weight) in &option.columns { (visible(name)) " " (number(*weight)) " " }
                    }
                }
            }
            td.number { (option.votes.map(number).unwrap_or_default()) }
            td.number { (option.share.map(percent).unwrap_or_default()) }
            td.bars { span.bar style=(format!("width:{}.{}%", width / 10, width % 10)) {} }
        }
    }
}

/// The chapters in plain words, each with the items that it covered.
fn chapters(report: &Report) -> Markup {
    html! {
        section {
            h2 { "What was checked" }
            ol.chapters {
                @for (number, name, words) in CHAPTERS {
                    @let checks: Vec<&CheckReport> = in_chapter(report, number).collect();
                    li {
                        (chapter_mark(&checks))
                        div {
                            h3 { (name) }
                            p { (words) }
                            p.small { (covered(number, &checks)) }
                        }
                    }
                }
            }
        }
    }
}

fn in_chapter<'a>(report: &'a Report, chapter: &str) -> impl Iterator<Item = &'a CheckReport> {
    let of = move |check: &&CheckReport| check.number.split_once('.').is_some_and(|(of, _)| of == chapter);
    report.checks.iter().filter(of)
}

fn chapter_mark(checks: &[&CheckReport]) -> Markup {
    let all = |status: Status| checks.iter().all(|check| check.status == status);
    if checks.iter().any(|check| check.status == Status::Fails) {
        html! { span.state.bad { "fails" } }
    } else if all(Status::Holds) {
        html! { span.state.good { "holds" } }
    } else if all(Status::NotReached) {
        html! { span.state { "not reached" } }
    } else {
        html! { span.state { "so far" } }
    }
}

/// How much a chapter covered, by the check whose items people can picture.
fn covered(chapter: &str, checks: &[&CheckReport]) -> String {
    let items = |check: &str| checks.iter().find(|c| c.number == check).map_or(0, |c| c.items);
    match chapter {
        "1" => format!("{} entries of two logs", number(items("1.3"))),
        "3" => format!("{} signed messages of trustees", number(items("3.2"))),
        "4" => format!("{} voters", number(items("4.3"))),
        "6" => format!("{} ballots with signature and proofs", number(items("6.3"))),
        "8" => format!("{} totals from {} decryption shares", number(items("8.5")), number(items("8.4"))),
        _ => {
            let all: u64 = checks.iter().map(|check| check.items).sum();
            format!("{} items", number(all))
        }
    }
}

fn trusted(report: &Report) -> Markup {
    if report.trusted.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Whose work this rests on" }
            table {
                thead { tr { th { "Who" } th { "Checks" } th.number { "Ballots" } } }
                tbody {
                    @for trusted in &report.trusted {
                        @match trusted {
                            TrustReport::Shard { part, of, label, program, checks, ballots } => tr {
                                td {
                                    "Shard " (part) "/" (of)
                                    @if !label.is_empty() { ", " (visible(label)) }
                                    " " span.columns { (visible(program)) }
                                }
                                td { (checks.join(", ")) }
                                td.number { (number(*ballots)) }
                            },
                            TrustReport::EarlierRun { entries, ballots, .. } => tr {
                                td { "An earlier run of the same observer, up to entry " (number(*entries)) }
                                td { "1.5 to 7.1" }
                                td.number { (number(*ballots)) }
                            },
                        }
                    }
                }
            }
        }
    }
}

fn fingerprints(report: &Report) -> Markup {
    let mut rows: Vec<(&str, String)> = Vec::new();
    if let Some(board) = &report.board {
        rows.push(("Board", board.origin.clone()));
        rows.push(("Board's operator", board.fingerprint.clone()));
        rows.push(("Board log", format!("{} of {} entries", board.root, number(board.size))));
        if !board.cosigned_by.is_empty() {
            rows.push(("Cosigned by", board.cosigned_by.join(", ")));
        }
    }
    if let Some(election) = &report.election {
        rows.push(("Election", election.id.clone()));
        rows.push(("Election log", format!("{} of {} entries", election.root, number(election.size))));
        rows.push(("Roll", election.roll.clone()));
        rows.extend(election.key.iter().map(|key| ("Election key", key.clone())));
        rows.extend(election.tally.iter().map(|tally| ("Tally", tally.fingerprint.clone())));
    }
    html! {
        section {
            h2 { "Fingerprints of the record" }
            p { "Compare these with what other observers and the election office publish." }
            dl {
                @for (name, value) in rows { dt { (name) } dd { (visible(&value)) } }
            }
        }
    }
}

fn limits() -> Markup {
    html! {
        section {
            h2 { "What no verification can show" }
            ul {
                li { "Whether the roll names the right people: that is the registrar's word." }
                li { "Whether a voter's device sealed what its voter chose: voters see that by testing ballots." }
                li { "Whether others were shown another record: the fingerprints above show that." }
            }
        }
    }
}

fn details(report: &Report) -> Markup {
    html! {
        section.details {
            h2 { "Every check" }
            table {
                thead { tr { th { "Check" } th { "What holds" } th.number { "Items" } th { "" } } }
                tbody {
                    @for check in &report.checks {
                        tr {
                            td { (check.number) }
                            td { (check.title) }
                            td.number { (number(check.items)) }
                            td {
                                (status(check))
                                @if check.items_by_others > 0 { ", " (number(check.items_by_others)) " by others" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn status(check: &CheckReport) -> &'static str {
    match check.status {
        Status::Holds if check.items == 0 => "nothing to check",
        Status::Holds => "holds",
        Status::Fails => "FAILS",
        Status::SoFar => "holds so far",
        Status::NotReached => "not reached",
    }
}

/// A number with thin spaces between its groups of three.
fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

fn percent(fraction: f64) -> String {
    format!("{:.1} %", 100.0 * fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_groups_of_three() {
        let plain = |value| number(value).replace('\u{202f}', " ");
        assert_eq!([plain(0), plain(999), plain(1000), plain(1_234_567)], ["0", "999", "1 000", "1 234 567"]);
    }
}
