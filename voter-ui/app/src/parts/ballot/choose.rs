//! One option, or several.

use leptos::prelude::*;

use super::{Counter, Form};
use crate::language::{said, use_texts};
use crate::text::ballot::{Ballot, Count, Refusal};

/// Exactly one option.
#[component]
pub(super) fn One(form: Form) -> impl IntoView {
    let row = move |(option, text)| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name=form.id("choice")
                    value=option + 1
                    prop:checked=move || form.read(|marks| marks.is_chosen(option))
                    on:change=move |_| {
                        form.edit(|marks| marks.toggle(option));
                    }
                />
                <span class="words">{said(&text)}</span>
            </label>
        }
    };
    view! { <div class="choices">{form.options().into_iter().map(row).collect_view()}</div> }
}

/// Several options, with a live count. At the limit the other boxes can still be reached, and say why they take
/// no mark.
#[component]
pub(super) fn Several(form: Form, min: usize, max: usize) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    let options = form.contest.with_value(|contest| contest.options.len());
    let count = Memo::new(move |_| form.read(|marks| marks.chosen()));
    let now = move || Count { chosen: count.get(), min, max, options };
    let is_full = Memo::new(move |_| now().is_full());
    let row = move |(option, text)| {
        let is_chosen = Memo::new(move |_| form.read(|marks| marks.is_chosen(option)));
        let is_barred = move || is_full.get() && !is_chosen.get();
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    name=form.id("choice")
                    value=option + 1
                    prop:checked=is_chosen
                    aria-disabled=move || is_barred().then_some("true")
                    aria-describedby=move || is_barred().then(|| form.id("count"))
                    on:click=move |event| {
                        if !form.marks.with_untracked(|marks| marks.can_toggle(option)) {
                            event.prevent_default();
                            form.refuse(Refusal::Full { option, max });
                        }
                    }
                    on:change=move |_| {
                        form.edit(|marks| marks.toggle(option));
                    }
                />
                <span class="words">{said(&text)}</span>
            </label>
        }
    };
    view! {
        <Counter form words=Signal::derive(move || (texts().chosen)(now())) is_full/>
        <div class="choices">{form.options().into_iter().map(row).collect_view()}</div>
    }
}
