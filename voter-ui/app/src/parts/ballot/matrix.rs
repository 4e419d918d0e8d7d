//! A row of cells for each option: for / against / abstain, grades, few points.

use leptos::prelude::*;

use tabella_crypto::text::Text;
use tabella_web_shared::marks::{Incomplete, Marks};

use super::{Counter, Form};
use crate::language::{Language, said, use_texts};
use crate::text::ballot::{Ballot, Refusal};

/// For, against or abstain on each option. At the limit of "for" these cells can still be reached, and say why they
/// take no mark.
#[component]
pub(super) fn ForAgainstAbstain(form: Form, max: usize) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    let options = form.contest.with_value(|contest| contest.options.len());
    let is_limited = max < options;
    let used = Memo::new(move |_| form.read(Marks::in_first_column));
    let rows = Memo::new(move |_| form.read(Marks::rows));
    let is_full = Memo::new(move |_| is_limited && used.get() >= max);
    let words = move || {
        let marked = (texts().rows_marked)(rows.get(), options);
        let stop = if form.language.get() == Language::Chinese { "；" } else { "; " };
        if is_limited { format!("{marked}{stop}{}", (texts().for_used)(used.get(), max)) } else { marked }
    };
    let row = move |(option, text)| {
        let cells = (0..3).map(move |column| {
            let cell = Cell {
                is_marked: Signal::derive(move || form.read(|marks| marks.column(option) == Some(column))),
                is_barred: Signal::derive(move || {
                    column == 0 && is_full.get() && form.read(|marks| marks.column(option) != Some(0))
                }),
                mark: Callback::new(move |()| {
                    form.edit(|marks| marks.set_column(option, column));
                }),
                refuse: Callback::new(move |()| form.refuse(Refusal::ForFull { option, max })),
            };
            let label = move || texts().columns.get(column).copied();
            view! { <CellView form option value=column + 1 cell>{label}</CellView> }
        });
        view! { <Row form option text>{cells.collect_view()}</Row> }
    };
    let rest = move || {
        let left = options.saturating_sub(rows.get());
        (left > 0 && options > 1).then(|| {
            let abstain = move |_| {
                form.edit(|marks| marks.fill_column(2));
            };
            view! {
                <div class="actions">
                    <button type="button" class="button secondary" on:click=abstain>
                        {move || texts().abstain_rest}
                    </button>
                </div>
            }
        })
    };
    view! {
        <Counter form words=Signal::derive(words) is_full/>
        <div class="matrix">{form.options().into_iter().map(row).collect_view()}</div>
        {rest}
    }
}

/// One grade for each option.
#[component]
pub(super) fn Grades(form: Form) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    let (options, grades) =
        form.contest.with_value(|contest| (contest.options.len(), contest.grades.clone()));
    let rows = Memo::new(move |_| form.read(Marks::rows));
    let words = Signal::derive(move || (texts().rows_marked)(rows.get(), options));
    let row = move |(option, text)| {
        let cells = grades.iter().enumerate().map(move |(column, grade)| {
            let is_marked = move || form.read(|marks| marks.column(option) == Some(column));
            let mark = move |()| {
                form.edit(|marks| marks.set_column(option, column));
            };
            let cell = Cell::free(Signal::derive(is_marked), Callback::new(mark));
            let grade = grade.clone();
            view! { <CellView form option value=column + 1 cell>{said(&grade)}</CellView> }
        });
        let cells: Vec<_> = cells.collect();
        view! { <Row form option text>{cells}</Row> }
    };
    view! {
        <Counter form words is_full=Signal::stored(false)/>
        <div class="matrix">{form.options().into_iter().map(row).collect_view()}</div>
    }
}

/// What a cell of a row does.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    is_marked: Signal<bool>,
    /// Whether a mark would not be taken now.
    is_barred: Signal<bool>,
    mark: Callback<()>,
    /// Says why it is not taken.
    refuse: Callback<()>,
}

impl Cell {
    /// A cell that always takes a mark.
    pub(super) fn free(is_marked: Signal<bool>, mark: Callback<()>) -> Self {
        Self { is_marked, is_barred: Signal::stored(false), mark, refuse: Callback::new(|()| ()) }
    }
}

/// The row of an option: its name, and the cells, of which one can be marked.
#[component]
pub(super) fn Row(form: Form, option: usize, text: Text, children: Children) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    // a mark was missing here when the voter asked to go on; mended, it keeps its place
    let was_missing = move || {
        form.problem.with(|problem| match problem {
            Some(Incomplete::RowsOpen { options }) => options.contains(&option),
            _ => false,
        })
    };
    let is_missing =
        move || was_missing() && form.read(|marks| marks.column(option).is_none() && !marks.is_blank());
    let name = form.id(&format!("{option}-name"));
    let labelled = name.clone();
    let error = form.id(&format!("{option}-error"));
    let described = error.clone();
    let error = move || {
        let id = error.clone();
        was_missing().then(|| view! { <p class="field-error" class:mended=move || !is_missing() id=id>{texts().row_open}</p> })
    };
    view! {
        <div
            class="matrix-row"
            role="radiogroup"
            aria-labelledby=labelled
            aria-describedby=move || is_missing().then(|| described.clone())
            aria-invalid=move || is_missing().then_some("true")
        >
            <div class="matrix-name"><span id=name>{said(&text)}</span>{error}</div>
            <div class="matrix-cells">{children()}</div>
        </div>
    }
}

/// One cell: a radio button and its label.
#[component]
pub(super) fn CellView(
    form: Form,
    option: usize,
    /// The value of the radio button: a number, from 1 for columns.
    value: usize,
    cell: Cell,
    children: Children,
) -> impl IntoView {
    view! {
        <label class="cell">
            <input
                type="radio"
                name=form.id(&format!("row-{option}"))
                value=value
                prop:checked=cell.is_marked
                aria-disabled=move || cell.is_barred.get().then_some("true")
                aria-describedby=move || cell.is_barred.get().then(|| form.id("count"))
                on:click=move |event| {
                    if cell.is_barred.get_untracked() {
                        event.prevent_default();
                        cell.refuse.run(());
                    }
                }
                on:change=move |_| cell.mark.run(())
            />
            <span>{children()}</span>
        </label>
    }
}
