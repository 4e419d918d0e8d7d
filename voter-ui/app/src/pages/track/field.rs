//! Where a tracking code is typed or pasted: grouped as it is shown elsewhere, so that both can be compared by lines.

use js_sys::Reflect;
use leptos::html;
use leptos::prelude::*;

use super::code::{CodeProblem, Refused, grouped, place, typed};
use crate::language::use_texts;
use crate::text::track::Track as Words;

/// Says above the form what is wrong with the code, and which other ways there are.
#[component]
pub(crate) fn Refusal(refused: RwSignal<Option<Refused>>) -> impl IntoView {
    let texts = use_texts::<Words>();
    move || {
        refused.get().map(|refused| {
            let ways = matches!(refused.problem, CodeProblem::Short(_)).then(|| {
                view! { <p>{texts().short_ways} <a href="#receipt">{texts().short_file}</a>{texts().stop}</p> }
            });
            view! {
                <div class="notice bad error-summary" role="alert">
                    <span class="mark" aria-hidden="true">"×"</span>
                    <div class="stack">
                        <h2>{(texts().problem_title)(&refused)}</h2>
                        <p><a href="#code">{(texts().problem)(&refused)}</a></p>
                        {ways}
                    </div>
                </div>
            }
        })
    }
}

/// The field. What was typed stays, whatever it is; what can be a code is grouped while it is typed.
#[component]
pub(crate) fn CodeField(
    /// What was typed.
    field: RwSignal<String>,
    /// Why it was refused.
    refused: RwSignal<Option<Refused>>,
    /// What the enter key does.
    find: impl Fn() + 'static,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let input = NodeRef::<html::Textarea>::new();
    // of what cannot be a code nothing is counted
    let counter = move || {
        field.with(|text| {
            (text.contains('#') || grouped(text).is_some()).then(|| (texts().counter)(typed(text)))
        })
    };
    let words = move || refused.get().map(|refused| (texts().problem)(&refused));
    let described = move || if refused.get().is_some() { "code-problem code-hint" } else { "code-hint" };
    let take = move || {
        let Some(input) = input.get_untracked() else { return };
        let text = input.value();
        let shown = grouped(&text).unwrap_or_else(|| text.clone());
        if shown != text {
            let cursor = input.selection_end().ok().flatten().map_or(0, |cursor| cursor as usize);
            let before: String = text.chars().take(cursor).collect();
            let cursor = u32::try_from(place(typed(&before))).unwrap_or_default();
            input.set_value(&shown);
            // a field has a cursor
            let _ = input.set_selection_range(cursor, cursor);
        }
        field.set(shown);
        refused.set(None);
    };
    let press = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.is_composing() => {
            event.prevent_default();
            find();
        }
        // what only groups is stepped over, so that the symbol behind it is deleted
        "Delete" => {
            if let Some(input) = input.get_untracked()
                && let (Ok(Some(start)), Ok(Some(end))) = (input.selection_start(), input.selection_end())
                && start == end
                && input.value().chars().nth(start as usize).is_some_and(char::is_whitespace)
            {
                // a field has a cursor
                let _ = input.set_selection_range(start + 1, start + 1);
            }
        }
        _ => {}
    };
    view! {
        <div class="field">
            <label class="field-label" for="code">{move || texts().code}</label>
            <p class="hint" id="code-hint">{move || texts().code_hint}</p>
            {move || words().map(|words| view! { <p class="field-error" id="code-problem">{words}</p> })}
            <textarea
                id="code"
                class="text code-text"
                rows="4"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                translate="no"
                aria-describedby=described
                aria-invalid=move || refused.get().is_some().then_some("true")
                node_ref=input
                prop:value=move || field.get()
                on:input=move |event| {
                    // what is still being composed is left alone
                    let is_composing = Reflect::get(&event, &"isComposing".into());
                    if !is_composing.is_ok_and(|is_composing| is_composing.is_truthy()) {
                        take();
                    }
                }
                on:compositionend=move |_| take()
                on:keydown=press
            ></textarea>
            <p class="small muted">{counter}</p>
        </div>
    }
}
