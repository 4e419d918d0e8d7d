//! Bars. Every figure stands in the table below them, too.

use leptos::prelude::*;

use tabella_crypto::manifest::Contest;
use tabella_crypto::rules::Method;
use tabella_tally::result::{ContestSummary, OptionSummary};

use super::table::order;
use crate::format::{number, percent};
use crate::language::{said, use_language, use_texts};
use crate::text::results::Counting;

/// Width of a bar in the units of its drawing; its height is [`HEIGHT`].
const WIDTH: f64 = 100.0;
/// Height of a bar.
const HEIGHT: f64 = 3.2;
/// Space between the parts of a stacked bar.
const GAP: f64 = 0.3;

/// A bar for each option, the best first: stacked where ballots fall into columns that exclude each other.
#[component]
pub(super) fn Chart(contest: Contest, summary: ContestSummary) -> impl IntoView {
    let texts = use_texts::<Counting>();
    let language = use_language();
    let is_graded = matches!(contest.method, Method::Grades { .. });
    let is_stacked = is_graded || matches!(contest.method, Method::ForAgainstAbstain { .. });
    let rows: Vec<_> = order(&summary)
        .into_iter()
        .filter_map(|index| Some((contest.options.get(index)?.clone(), summary.options.get(index)?.clone())))
        .map(|(name, option)| {
            let value = value(&option, is_stacked);
            let mark = option.elected.then_some("✓ ");
            let bar =
                if is_stacked { stacked(&option, is_graded).into_any() } else { plain(&option).into_any() };
            view! {
                <div class="chart">
                    <p class="small">
                        <strong>{mark} {said(&name)}</strong>
                        " "
                        <span class="muted">{move || value(language.get())}</span>
                    </p>
                    {bar}
                </div>
            }
        })
        .collect();
    let key = is_stacked.then(|| view! { <Key contest=contest.clone()/> });
    let label = {
        let title = contest.title.clone();
        move || (texts().chart)(&crate::language::plain(&title, language.get()))
    };
    view! {
        <figure class="stack">
            <div class="stack" role="img" aria-label=label>{rows} {key}</div>
        </figure>
    }
}

/// What stands beside a name.
fn value(option: &OptionSummary, is_stacked: bool) -> impl Fn(crate::language::Language) -> String + use<> {
    let (votes, share, grade) = (option.votes, option.share, option.grade.clone());
    move |language| {
        let share = share.map(|share| percent(share, language)).unwrap_or_default();
        match (&grade, is_stacked) {
            (Some(grade), _) => grade.clone(),
            (None, true) => share,
            (None, false) => {
                let votes = votes.map(|votes| number(votes, language)).unwrap_or_default();
                if share.is_empty() { votes } else { format!("{votes} · {share}") }
            }
        }
    }
}

/// One bar: how much of the most that was possible.
fn plain(option: &OptionSummary) -> impl IntoView + use<> {
    let width = option.share.unwrap_or_default().clamp(0.0, 1.0) * WIDTH;
    let class = if option.elected { "fill elected" } else { "fill" };
    view! {
        <svg class="bar" viewBox=format!("0 0 {WIDTH} {HEIGHT}") aria-hidden="true" focusable="false">
            <rect class="track" width=WIDTH height=HEIGHT rx="0.6"></rect>
            <rect class=class width=width height=HEIGHT rx="0.6"></rect>
        </svg>
    }
}

/// The columns of an option behind each other; of grades with a line at one half, which stands in the median grade.
fn stacked(option: &OptionSummary, is_graded: bool) -> impl IntoView + use<> {
    let all: u64 = option.columns.iter().map(|(_, weight)| *weight).sum();
    let count = option.columns.len();
    let mut before = 0.0;
    let parts: Vec<_> = option
        .columns
        .iter()
        .enumerate()
        .filter(|_| all > 0)
        .map(|(column, (_, weight))| {
            let width = *weight as f64 / all as f64 * WIDTH;
            let x = before;
            before += width;
            let shown = (width - GAP).max(0.0);
            view! { <rect class="fill" x=x width=shown height=HEIGHT fill-opacity=opacity(column, count)></rect> }
        })
        .collect();
    let half = WIDTH / 2.0;
    let middle = is_graded.then(|| {
        view! { <line x1=half x2=half y1="0" y2=HEIGHT stroke="currentColor" stroke-width="0.4"></line> }
    });
    view! {
        <svg class="bar" viewBox=format!("0 0 {WIDTH} {HEIGHT}") aria-hidden="true" focusable="false">
            {parts}
            {middle}
        </svg>
    }
}

/// How strongly a column is drawn: the best at full strength.
fn opacity(column: usize, count: usize) -> String {
    let step = column as f64 / count.saturating_sub(1).max(1) as f64;
    format!("{:.2}", 1.0 - 0.85 * step)
}

/// What the parts of stacked bars are.
#[component]
fn Key(contest: Contest) -> impl IntoView {
    let count = contest.method.columns(contest.options.len());
    let parts: Vec<_> = (0..count)
        .map(|column| {
            let name = super::table::column_name(&contest, column);
            view! {
                <span class="row small">
                    <svg width="18" height="18" viewBox="0 0 18 18" class="swatch" aria-hidden="true" focusable="false">
                        <g class="bar">
                            <rect class="fill" width="18" height="18" rx="3" fill-opacity=opacity(column, count)></rect>
                        </g>
                    </svg>
                    {name}
                </span>
            }
        })
        .collect();
    let texts = use_texts::<Counting>();
    let is_graded = matches!(contest.method, Method::Grades { .. });
    let middle = is_graded.then(|| view! { <span class="small muted">{move || texts().middle}</span> });
    view! { <p class="row">{parts} {middle}</p> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_column_is_strongest_and_the_worst_still_seen() {
        assert_eq!((opacity(0, 5), opacity(4, 5)), ("1.00".to_owned(), "0.15".to_owned()));
        assert_eq!(opacity(0, 1), "1.00");
    }
}
