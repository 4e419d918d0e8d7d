//! Trustees and rounds: who has done what.

use leptos::prelude::*;

use tabella_tally::standing::words::sign;
use tabella_tally::standing::{Mark, Round, Standing};

use crate::language::{use_language, use_texts};
use crate::parts::notice::{Checked, Said};
use crate::text::trustees::{MARKS, Trustees as Words, words};

/// A trustee's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    number: String,
    name: String,
    is_own: bool,
    marks: Vec<Mark>,
}

/// The lines of these rounds; marks that the board tells go before those of the standing.
pub(super) fn rows(standing: &Standing, rounds: &[Round], told: Option<&[[Mark; 2]]>) -> Vec<Row> {
    let trustees = standing.trustees.iter().enumerate();
    trustees
        .map(|(place, trustee)| Row {
            number: trustee.trustee.to_string(),
            name: trustee.name.clone(),
            is_own: Some(trustee.trustee) == standing.own,
            marks: match told {
                Some(told) => told.get(place).map(|marks| marks.to_vec()).unwrap_or_default(),
                None => rounds.iter().map(|round| trustee.mark(*round)).collect(),
            },
        })
        .collect()
}

/// A sign, in its colour.
#[component]
pub(super) fn Sign(mark: Mark) -> impl IntoView {
    let class = match mark {
        Mark::Done => "state good",
        Mark::Due => "badge open",
        Mark::Later | Mark::Spared => "muted",
    };
    view! { <span class=class aria-hidden="true">{sign(mark)}</span> }
}

/// A table of trustees and rounds.
#[component]
pub(super) fn Rounds(
    rows: Memo<Vec<Row>>,
    rounds: &'static [Round],
    #[prop(into)] caption: Signal<&'static str>,
    /// Whether this device has checked what it says; none where all on the page is of one source.
    is_checked: Memo<Option<bool>>,
) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let head = move || {
        let column = |round: &Round| view! { <th scope="col" role="columnheader">{words(language.get()).column(*round)}</th> };
        rounds.iter().map(column).collect_view()
    };
    let body = move || {
        let words = words(language.get());
        let row = |row: Row| {
            let cell = |(round, mark): (&Round, Mark)| {
                view! {
                    <td role="cell" data-label=words.column(*round)>
                        <Sign mark/>
                        <span class="visually-hidden">{words.mark(mark)}</span>
                    </td>
                }
            };
            let cells = rounds.iter().zip(row.marks).map(cell).collect_view();
            let own = row.is_own.then(|| view! { " " {texts().you} });
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{row.number} " " {row.name} {own}</th>
                    {cells}
                </tr>
            }
        };
        rows.get().into_iter().map(row).collect_view()
    };
    let badge = move || match is_checked.get() {
        Some(true) => view! { <Checked/> }.into_any(),
        Some(false) => view! { <Said/> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=move || caption.get()>
            <table class="data stacked" role="table">
                <caption>{move || caption.get()} " " {badge}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">{move || texts().trustee}</th>
                        {head}
                    </tr>
                </thead>
                <tbody role="rowgroup">{body}</tbody>
            </table>
        </div>
    }
}

/// What the signs mean.
#[component]
pub(super) fn Legend() -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let items = move || {
        let item = |mark: Mark| view! { <span><Sign mark/> " " {words(language.get()).mark(mark)}</span> };
        MARKS.into_iter().map(item).collect_view()
    };
    view! { <p class="row small muted"><span class="visually-hidden">{move || texts().legend}</span> {items}</p> }
}
