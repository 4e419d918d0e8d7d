//! Points for each option.

use leptos::prelude::*;

use tabella_crypto::text::Text;
use tabella_web_shared::marks::{Marks, Points};

use super::matrix::{Cell, CellView, Row};
use super::{Counter, Form};
use crate::language::{said, use_texts};
use crate::text::ballot::{Ballot, News, Refusal};

/// Up to so many points are offered as cells, which fit a narrow screen in one line.
const MOST_CELLS: u32 = 5;

/// 0 to `max` points for each option.
#[component]
pub(super) fn Score(form: Form, max: u32) -> impl IntoView {
    let cells = move |(option, text)| {
        let cells = (0..=max).map(move |points| {
            let is_marked = move || form.read(|marks| marks.points(option) == Points::Given(points));
            let mark = move |()| {
                form.edit(|marks| marks.set_points(option, Some(points)));
            };
            let cell = Cell::free(Signal::derive(is_marked), Callback::new(mark));
            view! { <CellView form option value=points as usize cell>{points}</CellView> }
        });
        view! { <Row form option text>{cells.collect_view()}</Row> }
    };
    let left = Signal::stored(u64::MAX);
    let stepper = move |(option, text)| view! { <Stepper form option text max left/> };
    if max <= MOST_CELLS {
        view! { <div class="matrix">{form.options().into_iter().map(cells).collect_view()}</div> }.into_any()
    } else {
        view! { <div class="matrix">{form.options().into_iter().map(stepper).collect_view()}</div> }
            .into_any()
    }
}

/// Points to spread, with what is left of them.
#[component]
pub(super) fn Cumulative(form: Form, points: u32) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    let spent = Memo::new(move |_| form.read(Marks::spent));
    let left = Memo::new(move |_| u64::from(points).saturating_sub(spent.get()));
    let is_full = Memo::new(move |_| left.get() == 0);
    let words = Signal::derive(move || (texts().points_left)(spent.get(), points));
    let row = move |(option, text)| view! { <Stepper form option text max=points left=left/> };
    view! {
        <Counter form words is_full/>
        <div class="matrix">{form.options().into_iter().map(row).collect_view()}</div>
    }
}

/// The points of one option: − number +.
#[component]
fn Stepper(
    form: Form,
    option: usize,
    text: Text,
    /// Most points for this option.
    max: u32,
    /// Points that are left to give.
    #[prop(into)]
    left: Signal<u64>,
) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    let points = Memo::new(move |_| form.read(|marks| marks.points(option)));
    let number = move || points.get().number();
    // what was typed stays as it is while it cannot be read
    let typed = RwSignal::new(String::new());
    let shown = move || match points.get() {
        Points::Open => String::new(),
        Points::Given(points) => points.to_string(),
        Points::Unreadable => typed.get_untracked(),
    };
    let set = move |points| {
        form.edit(|marks| marks.set_points(option, Some(points)));
        form.news.set(Some(News::Points { option, points }));
    };
    let more = move || match points.get_untracked().number() {
        now if now >= max => {}
        _ if left.get_untracked() == 0 => form.refuse(Refusal::NoPoints { option }),
        now => set(now + 1),
    };
    let less = move || {
        if let Some(fewer) = points.get_untracked().number().checked_sub(1) {
            set(fewer);
        }
    };
    let write = move |event| {
        let text = event_target_value(&event);
        typed.set(text.clone());
        form.news.set(None);
        form.edit(|marks| marks.type_points(option, &text));
    };
    let key = move |event: leptos::ev::KeyboardEvent| {
        match event.key().as_str() {
            "ArrowUp" => more(),
            "ArrowDown" => less(),
            _ => return,
        }
        event.prevent_default();
    };
    let is_wrong = Memo::new(move |_| match points.get() {
        Points::Unreadable => true,
        points => points.number() > max,
    });
    let (id, error_id) = (form.id(&format!("{option}-points")), form.id(&format!("{option}-error")));
    let (label_for, described) = (id.clone(), error_id.clone());
    let error = move || {
        let id = error_id.clone();
        is_wrong
            .get()
            .then(|| view! { <p class="field-error" role="alert" id=id>{(texts().points_range)(max)}</p> })
    };
    let is_barred = move || number() >= max || left.get() == 0;
    view! {
        <div class="points-row">
            <div class="matrix-name">
                <label for=label_for>{said(&text)}</label>
            </div>
            <span class="stepper">
                <button
                    type="button"
                    aria-label=move || (texts().less)(&form.name(option))
                    aria-disabled=move || (number() == 0).then_some("true")
                    on:click=move |_| less()
                >
                    "−"
                </button>
                <input
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    maxlength="7"
                    id=id
                    prop:value=shown
                    aria-invalid=move || is_wrong.get().then_some("true")
                    aria-describedby=move || is_wrong.get().then(|| described.clone())
                    on:input=write
                    on:keydown=key
                />
                <button
                    type="button"
                    aria-label=move || (texts().more)(&form.name(option))
                    aria-disabled=move || is_barred().then_some("true")
                    aria-describedby=move || (left.get() == 0).then(|| form.id("count"))
                    on:click=move |_| more()
                >
                    "+"
                </button>
            </span>
            {error}
        </div>
    }
}
