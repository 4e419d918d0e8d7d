//! The report as a page of HTML that can be published or printed: one file, no script, nothing from elsewhere.
//!
//! It says in plain words what was checked and how much of it, shows the result, and ends with the fingerprints by which
//! others see that they verified the same record. Texts of the record are strangers' texts: escaped, and [`visible`].

use maud::{DOCTYPE, Markup, PreEscaped, html};

use tabella_board_client::terminal::visible;

use super::texts::Texts;
use super::{failure_rows, is_counted, rests_on_shards, show_time, title};
use crate::result::{ContestSummary, ElectionResult, OptionSummary, Unit};
use crate::verify::{CheckReport, Report, Status, TrustReport};

/// Everything about the look.
const STYLE: &str = include_str!("page.css");

/// The page. The result is left out where there is none. Titles and names are in `language` where the record has them.
pub fn page(report: &Report, result: Option<&ElectionResult>, texts: &Texts, language: &str) -> String {
    let title = report.election.as_ref().and_then(|election| title(election, language));
    let title = visible(title.unwrap_or(texts.untitled));
    let page = html! {
        (DOCTYPE)
        html lang=(texts.tag) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { ((texts.page_title)(&title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    p.kicker { (texts.kicker) }
                    h1 { (title) }
                    @if let Some(times) = voting(report, texts) { p.times { (times) } }
                }
                (verdict(report, texts))
                @if let Some(result) = result { (result_section(result, texts)) }
                (chapters(report, texts))
                (secrecy(report, texts))
                (trusted(report, texts))
                (fingerprints(report, texts))
                (limits(texts))
                (details(report, texts))
                footer { p { ((texts.footer)(env!("CARGO_PKG_VERSION"))) } }
            }
        }
    };
    page.into_string()
}

fn voting(report: &Report, texts: &Texts) -> Option<String> {
    let voting = report.election.as_ref()?.voting;
    Some((texts.voting)(&show_time(voting.opened?), voting.closed.map(show_time).as_deref()))
}

fn verdict(report: &Report, texts: &Texts) -> Markup {
    if let Some(failure) = &report.failure {
        let (heading, sentence) = texts.bad;
        return html! {
            section.verdict.bad {
                h2 { (heading) }
                p { (visible(&sentence(failure.check, &failure.sentence))) }
                dl {
                    @for (name, text) in failure_rows(texts, failure) {
                        dt { (name) }
                        @if Some(name) == texts.detail { dd lang="en" { (visible(&text)) } }
                        @else { dd { (visible(&text)) } }
                    }
                }
            }
        };
    }
    if !is_counted(report) {
        let (heading, sentence) = texts.so_far;
        return html! { section.verdict { h2 { (heading) } p { (sentence) } } };
    }
    let checks = report.checks.iter().filter(|check| check.status == Status::Holds).count();
    let (heading, sentence) = texts.good;
    html! {
        section.verdict.good {
            h2 { (heading) }
            p { (sentence(checks)) }
            @if rests_on_shards(report) { p.small { (texts.good_by_shards) } }
        }
    }
}

fn result_section(result: &ElectionResult, texts: &Texts) -> Markup {
    html! {
        section {
            h2 { (texts.result) }
            @if let Some(counted) = result.ballots_counted {
                @let share = result.turnout.map(texts.percent).unwrap_or_default();
                p { ((texts.turnout)(&number(counted), &number(result.voters), &share)) }
            }
            @for contest in &result.contests { (contest_section(contest, texts)) }
        }
    }
}

fn contest_section(contest: &ContestSummary, texts: &Texts) -> Markup {
    let most = contest.options.iter().filter_map(|option| option.votes).max().unwrap_or_default();
    html! {
        article {
            h3 { (visible(&contest.title)) }
            table.result {
                thead {
                    tr {
                        th { (texts.option) }
                        th.number { ((texts.unit)(contest.unit)) }
                        th.number { ((texts.share)(contest.unit)) }
                        th.bars {}
                    }
                }
                tbody {
                    @for option in &contest.options { (option_row(option, contest.unit, most, texts)) }
                    @if let Some(blank) = contest.blank {
                        tr.blank { td { (texts.blank) } td.number { (number(blank)) } td {} td {} }
                    }
                }
            }
            p.outcome { (visible(&(texts.outcome)(contest))) }
        }
    }
}

fn option_row(option: &OptionSummary, unit: Unit, most: u64, texts: &Texts) -> Markup {
    // of 1000, so that it has a digit behind the point of a percentage
    let width = u128::from(option.votes.unwrap_or_default()) * 1000;
    let width = width.checked_div(most.into()).unwrap_or_default();
    html! {
        tr.elected[option.elected] {
            td {
                (visible(&option.name))
                @if option.elected { " " span.mark { (texts.elected) } }
                @if let Some(grade) = &option.grade { " " span.mark { (visible(grade)) } }
                @if !option.columns.is_empty() {
                    span.columns {
                        @for (place, (name, weight)) in option.columns.iter().enumerate() {
                            (visible(&(texts.column)(unit, place, name))) " " (number(*weight)) " "
                        }
                    }
                }
            }
            td.number { (option.votes.map(number).unwrap_or_default()) }
            td.number { (option.share.map(texts.percent).unwrap_or_default()) }
            td.bars { span.bar style=(format!("width:{}.{}%", width / 10, width % 10)) {} }
        }
    }
}

/// The chapters in plain words, each with the items that it covered.
fn chapters(report: &Report, texts: &Texts) -> Markup {
    html! {
        section {
            h2 { (texts.chapters_title) }
            ol.chapters {
                @for (chapter, (name, words)) in (1..).zip(texts.chapters) {
                    @let checks: Vec<&CheckReport> = in_chapter(report, chapter).collect();
                    @let status = chapter_status(&checks);
                    @let is_reached = status != Status::NotReached;
                    li.unreached[!is_reached] {
                        span.state.good[status == Status::Holds].bad[status == Status::Fails] {
                            ((texts.chapter)(status))
                        }
                        div {
                            h3 { (name) }
                            p { (words) }
                            @if is_reached { p.small { (covered(chapter, &checks, texts)) } }
                        }
                    }
                }
            }
        }
    }
}

fn in_chapter(report: &Report, chapter: u8) -> impl Iterator<Item = &CheckReport> {
    let chapter = chapter.to_string();
    let of = move |check: &&CheckReport| check.number.split_once('.').is_some_and(|(of, _)| of == chapter);
    report.checks.iter().filter(of)
}

fn chapter_status(checks: &[&CheckReport]) -> Status {
    let all = |status: Status| checks.iter().all(|check| check.status == status);
    if checks.iter().any(|check| check.status == Status::Fails) {
        Status::Fails
    } else if all(Status::Holds) {
        Status::Holds
    } else if all(Status::NotReached) {
        Status::NotReached
    } else {
        Status::SoFar
    }
}

/// How much a chapter covered, by the check whose items people can picture.
fn covered(chapter: u8, checks: &[&CheckReport], texts: &Texts) -> String {
    let items = |check: &str| number(checks.iter().find(|c| c.number == check).map_or(0, |c| c.items));
    let [entries, messages, voters, ballots, others] = texts.covered;
    match chapter {
        1 => entries(&items("1.3")),
        3 => messages(&items("3.2")),
        4 => voters(&items("4.3")),
        6 => ballots(&items("6.3")),
        8 => (texts.covered_totals)(&items("8.5"), &items("8.4")),
        _ => others(&number(checks.iter().map(|check| check.items).sum())),
    }
}

/// What the count does not depend on: whether trustees compared the record in time.
fn secrecy(report: &Report, texts: &Texts) -> Markup {
    let release = report.election.as_ref().and_then(|election| election.tally.as_ref()?.release);
    let (heading, sentence) = texts.secrecy;
    html! {
        @if let Some(release) = release.filter(|release| !release.reached()) {
            section.verdict {
                h2 { (heading) }
                p { (sentence(release.statements, release.quorum)) }
                p { (texts.secrecy_todo) }
            }
        }
    }
}

fn trusted(report: &Report, texts: &Texts) -> Markup {
    if report.trusted.is_empty() {
        return html! {};
    }
    let [who, checks, ballots] = texts.trusted_columns;
    html! {
        section {
            h2 { (texts.trusted) }
            table {
                thead { tr { th { (who) } th { (checks) } th.number { (ballots) } } }
                tbody {
                    @for trusted in &report.trusted {
                        @match trusted {
                            TrustReport::Shard { part, of, label, program, checks, ballots } => tr {
                                td {
                                    ((texts.shard)(&format!("{part}/{of}")))
                                    @if !label.is_empty() { (texts.comma) (visible(label)) }
                                    " " span.columns { (visible(program)) }
                                }
                                td { (checks.join(", ")) }
                                td.number { (number(*ballots)) }
                            },
                            TrustReport::EarlierRun { entries, ballots, .. } => tr {
                                td { ((texts.earlier_run)(&number(*entries))) }
                                td { ((texts.from_to)("1.5", "7.1")) }
                                td.number { (number(*ballots)) }
                            },
                        }
                    }
                }
            }
        }
    }
}

fn fingerprints(report: &Report, texts: &Texts) -> Markup {
    let Texts { names, of_entries, .. } = texts;
    let mut rows: Vec<(&str, String)> = Vec::new();
    if let Some(board) = &report.board {
        rows.push((names.board, board.origin.clone()));
        rows.push((names.operator, board.fingerprint.clone()));
        rows.push((names.board_log, of_entries(&board.root, &number(board.size))));
        if !board.cosigned_by.is_empty() {
            rows.push((names.cosigned, board.cosigned_by.join(", ")));
        }
    }
    if let Some(election) = &report.election {
        rows.push((names.election, election.id.clone()));
        rows.push((names.election_log, of_entries(&election.root, &number(election.size))));
        rows.push((names.roll, election.roll.clone()));
        rows.extend(election.key.iter().map(|key| (names.key, key.clone())));
        rows.extend(election.tally.iter().map(|tally| (names.tally, tally.fingerprint.clone())));
    }
    let [heading, words] = texts.fingerprints;
    html! {
        section {
            h2 { (heading) }
            p { (words) }
            dl.digits {
                @for (name, value) in rows { dt { (name) } dd { (visible(&value)) } }
            }
        }
    }
}

fn limits(texts: &Texts) -> Markup {
    let (heading, limits) = texts.limits;
    html! {
        section {
            h2 { (heading) }
            ul { @for limit in limits { li { (limit) } } }
        }
    }
}

fn details(report: &Report, texts: &Texts) -> Markup {
    let [number_head, title_head, items_head, finding_head] = texts.columns;
    html! {
        section.details {
            h2 { (texts.details) }
            table {
                thead {
                    tr { th { (number_head) } th { (title_head) } th.number { (items_head) } th { (finding_head) } }
                }
                tbody {
                    @for check in &report.checks {
                        tr {
                            td { (check.number) }
                            td { (texts.title(check.number, check.title)) }
                            td.number { (number(check.items)) }
                            td.finding {
                                (texts.finding(check))
                                @if check.items_by_others > 0 {
                                    (texts.comma) ((texts.by_others)(&number(check.items_by_others)))
                                }
                            }
                        }
                    }
                }
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_groups_of_three() {
        let plain = |value| number(value).replace('\u{202f}', " ");
        assert_eq!([plain(0), plain(999), plain(1000), plain(1_234_567)], ["0", "999", "1 000", "1 234 567"]);
    }
}
