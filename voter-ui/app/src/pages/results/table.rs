//! The figures of a contest.

use leptos::prelude::*;

use tabella_crypto::manifest::Contest;
use tabella_crypto::rules::Method;
use tabella_tally::result::{ContestSummary, OptionSummary, Unit};

use crate::format::{fixed, number, percent};
use crate::language::{Language, Texts as _, plain, said, use_language, use_texts};
use crate::text::results::Counting;

/// A ranking of more options than this has its positions folded away.
const FEW: usize = 12;

/// Indices of the options, the best first, equal ones in the manifest's order.
pub(super) fn order(summary: &ContestSummary) -> Vec<usize> {
    let mut order: Vec<usize> = (0..summary.options.len()).collect();
    order
        .sort_by_key(|index| summary.options.get(*index).and_then(|option| option.place).unwrap_or(u16::MAX));
    order
}

/// The name of a column of a contest's grid.
pub(super) fn column_name(contest: &Contest, column: usize) -> AnyView {
    let texts = use_texts::<Counting>();
    match contest.method {
        Method::Grades { .. } => contest.grades.get(column).map(said).into_any(),
        Method::ForAgainstAbstain { .. } => {
            (move || texts().for_against_abstain.get(column).copied().unwrap_or_default()).into_any()
        }
        _ => (move || (texts().position)(column + 1)).into_any(),
    }
}

/// The same as plain text, for a table whose rows are stacked.
fn column_label(contest: &Contest, column: usize, language: Language) -> String {
    let texts = Counting::in_language(language);
    match contest.method {
        Method::Grades { .. } => {
            contest.grades.get(column).map(|grade| plain(grade, language)).unwrap_or_default()
        }
        Method::ForAgainstAbstain { .. } => {
            texts.for_against_abstain.get(column).copied().unwrap_or_default().to_owned()
        }
        _ => (texts.position)(column + 1),
    }
}

/// What a column says of an option.
type Cell = Box<dyn Fn(&OptionSummary, Language) -> String>;

/// A column of the table: its heading, the same as plain text, and what it says of an option.
struct Column {
    heading: AnyView,
    label: String,
    cell: Cell,
}

/// A column whose heading is a text of the page.
fn column(heading: &'static str, cell: impl Fn(&OptionSummary, Language) -> String + 'static) -> Column {
    Column { heading: heading.into_any(), label: heading.to_owned(), cell: Box::new(cell) }
}

/// The figures by option.
#[component]
pub(super) fn Figures(contest: Contest, summary: ContestSummary) -> impl IntoView {
    let texts = use_texts::<Counting>();
    let language = use_language();
    let order = order(&summary);
    let columns = columns(&contest, &summary, language.get());
    // a few figures have room beside a name on any screen, without what the bars show already; many go below it
    let class = if columns.len() <= 2 { "data short" } else { "data stacked" };
    let is_adoption = matches!(contest.method, Method::ForAgainstAbstain { .. });
    let rows: Vec<_> = order
        .iter()
        .filter_map(|index| Some((contest.options.get(*index)?, summary.options.get(*index)?)))
        .map(|(name, option)| {
            // the whole view is made anew in another language
            let spoken = language.get();
            let cells: Vec<_> = columns
                .iter()
                .map(|column| {
                    view! {
                        <td class="number" role="cell" data-label=column.label.clone()>{(column.cell)(option, spoken)}</td>
                    }
                })
                .collect();
            let (elected, tied) = (option.elected, option.tied);
            let fate = move || match (elected, tied) {
                (true, _) if is_adoption => texts().is_accepted,
                (true, _) => texts().is_chosen,
                (_, true) => texts().is_tied,
                _ => texts().is_not_chosen,
            };
            let place = option.place.map(|place| place.to_string());
            view! {
                <tr class:elected=elected class:tied=tied role="row">
                    <th scope="row" role="rowheader">{said(name)}</th>
                    {cells}
                    <td class="number extra" role="cell" data-label=move || texts().place>{place}</td>
                    <td class="extra" role="cell">{fate}</td>
                </tr>
            }
        })
        .collect();
    let headings: Vec<_> = columns
        .into_iter()
        .map(|column| view! { <th scope="col" class="number" role="columnheader">{column.heading}</th> })
        .collect();
    let region = region(&contest, texts().figures, language.get());
    let positions = (contest.method == Method::Rank).then(|| view! { <Positions contest summary/> });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=region>
            <table class=class role="table">
                <caption>{move || texts().figures}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">{move || texts().option}</th>
                        {headings}
                        <th scope="col" class="number extra" role="columnheader">{move || texts().place}</th>
                        <th scope="col" class="extra" role="columnheader">{move || texts().outcome}</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
        {positions}
    }
}

/// What a table that can be scrolled is called among those of all contests.
fn region(contest: &Contest, table: &str, language: Language) -> String {
    format!("{table} – {}", plain(&contest.title, language))
}

/// The columns that a contest's method has.
fn columns(contest: &Contest, summary: &ContestSummary, language: Language) -> Vec<Column> {
    let texts = Counting::in_language(language);
    let votes = |heading| {
        column(heading, |option, language| {
            option.votes.map(|votes| number(votes, language)).unwrap_or_default()
        })
    };
    let share = |heading| {
        column(heading, |option, language| {
            option.share.map(|share| percent(share, language)).unwrap_or_default()
        })
    };
    let grid = || {
        (0..contest.method.columns(contest.options.len())).map(|index| Column {
            heading: column_name(contest, index),
            label: column_label(contest, index, language),
            cell: Box::new(move |option, language| {
                option.columns.get(index).map(|(_, weight)| number(*weight, language)).unwrap_or_default()
            }),
        })
    };
    match summary.unit {
        Unit::Votes => vec![votes(texts.votes), share(texts.share)],
        Unit::VotesFor => grid().chain([share(texts.share_for)]).collect(),
        Unit::BetterGrades => {
            let median = column(texts.median, |option, _| option.grade.clone().unwrap_or_default());
            grid().chain([median]).collect()
        }
        Unit::BordaPoints => vec![votes(texts.borda), share(texts.share_points)],
        Unit::Points => {
            let valid =
                summary.counted_weight.map(|all| all.saturating_sub(summary.blank.unwrap_or_default()));
            let average = column(texts.average, move |option, _| match (option.votes, valid) {
                (Some(points), Some(valid)) if valid > 0 => fixed(points as f64 / valid as f64, 2),
                _ => String::new(),
            });
            vec![votes(texts.points), average]
        }
    }
}

/// How often each option stands at each place of a ranking.
#[component]
fn Positions(contest: Contest, summary: ContestSummary) -> impl IntoView {
    let texts = use_texts::<Counting>();
    let count = contest.options.len();
    let headings: Vec<_> = (0..count)
        .map(|column| view! { <th scope="col" class="number" role="columnheader">{column_name(&contest, column)}</th> })
        .collect();
    let language = use_language();
    let rows: Vec<_> = order(&summary)
        .into_iter()
        .filter_map(|index| Some((contest.options.get(index)?, summary.options.get(index)?)))
        .map(|(name, option)| {
            let spoken = language.get();
            let weights = option.columns.iter().enumerate();
            let cells: Vec<_> = weights
                .map(|(column, (_, weight))| {
                    let label = column_label(&contest, column, spoken);
                    view! { <td class="number" role="cell" data-label=label>{number(*weight, spoken)}</td> }
                })
                .collect();
            view! { <tr role="row"><th scope="row" role="rowheader">{said(name)}</th> {cells}</tr> }
        })
        .collect();
    let region = region(&contest, texts().positions, language.get());
    let table = view! {
        <div class="scroll" tabindex="0" role="region" aria-label=region>
            <table class="data stacked" role="table">
                <caption>{move || texts().positions}</caption>
                <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">{move || texts().option}</th> {headings}</tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    };
    let table = match count > FEW {
        true => view! { <details><summary>{move || texts().positions}</summary>{table}</details> }.into_any(),
        false => table.into_any(),
    };
    view! {
        {table}
        <p class="small muted">{move || texts().borda_words}</p>
    }
}

#[cfg(test)]
mod tests {
    use tabella_tally::result::VerdictName;

    use super::*;

    #[test]
    fn options_stand_by_place_and_equal_ones_as_on_the_ballot() {
        let option = |place| OptionSummary {
            name: String::new(),
            votes: None,
            share: None,
            place,
            qualified: false,
            elected: false,
            tied: false,
            grade: None,
            columns: vec![],
        };
        let summary = ContestSummary {
            title: String::new(),
            unit: Unit::Votes,
            options: [Some(3), Some(1), Some(3), Some(2), None].map(option).to_vec(),
            blank: None,
            counted_weight: None,
            roll_weight: None,
            turnout: None,
            verdict: VerdictName::Decided,
            outcome: String::new(),
        };
        assert_eq!(order(&summary), [1, 3, 0, 2, 4]);
    }
}
