//! The fingerprint that trustees read to each other before anything is decrypted.

use leptos::html;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::course::{Comparison, is_first_group};
use super::visit::{Command, Visit};
use crate::language::{use_language, use_texts};
use crate::parts::code::Code;
use crate::router::go_to;
use crate::text::trustees::{Trustees as Words, spoken};

/// Asks for the first group as it was heard, then whether all are the same.
#[component]
pub(super) fn Compare(visit: Visit) -> impl IntoView {
    let asked = Memo::new(move |_| visit.course.with(|course| course.comparison.clone()));
    move || asked.get().map(|comparison| view! { <Asked visit comparison/> })
}

#[component]
fn Asked(visit: Visit, comparison: Comparison) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let Comparison { fingerprint, why, may_pass } = comparison;
    let (group, boxed) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let is_heard = RwSignal::new(false);
    let is_missing = RwSignal::new(false);
    let check = move || {
        let Some(typed) = group.get_untracked().map(|group| group.value()) else { return };
        let length = typed.chars().filter(|symbol| !symbol.is_whitespace()).count();
        is_missing.set(length < 4);
        if is_first_group(&fingerprint, &typed) {
            is_heard.set(true);
            // the field has gone, and the focus with it
            request_animation_frame(|| {
                let _ = go_to("all-groups");
            });
        } else if length >= 4 {
            visit.tell(Command::Differ);
        }
    };
    let confirm = move |_| {
        let is_ticked = boxed.get_untracked().is_some_and(|boxed| boxed.checked());
        is_missing.set(!is_ticked);
        if is_ticked {
            visit.tell(Command::Confirm(fingerprint));
        }
    };
    let press = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            check();
        }
    };
    let problem = move |words: fn(&Words) -> &'static str| {
        view! {
            <div role="alert">
                {move || is_missing.get().then(|| view! { <p class="field-error" id="compare-problem">{words(texts())}</p> })}
            </div>
        }
    };
    let described =
        move || if is_missing.get() { "compare-problem first-group-hint" } else { "first-group-hint" };
    let invalid = move || is_missing.get().then_some("true");
    let differ = move || {
        view! {
            <button type="button" id="differ" class="button danger" on:click=move |_| visit.tell(Command::Differ)>
                {move || texts().differ}
            </button>
        }
    };
    let form = move || {
        match is_heard.get() {
        false => view! {
            <div class="field">
                <label class="field-label" for="first-group">{move || texts().first_group}</label>
                <p class="hint" id="first-group-hint">{move || texts().first_group_hint}</p>
                {problem(|texts| texts.first_group_missing)}
                <input
                    id="first-group"
                    class="text first-group"
                    type="text"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    translate="no"
                    aria-describedby=described
                    aria-invalid=invalid
                    node_ref=group
                    on:keydown=press
                />
            </div>
            <p class="actions">
                <button type="button" id="compare-next" class="button primary" on:click=move |_| check()>
                    {move || texts().compare_next}
                </button>
                {differ()}
            </p>
        }
        .into_any(),
        true => view! {
            {problem(|texts| texts.all_groups_missing)}
            <label class="choice">
                <input type="checkbox" id="all-groups" node_ref=boxed on:change=move |_| is_missing.set(false)/>
                <span class="words">{move || texts().all_groups}</span>
            </label>
            <p class="actions">
                <button type="button" id="decrypt" class="button primary" on:click=confirm>
                    {move || texts().decrypt}
                </button>
                {differ()}
            </p>
        }
        .into_any(),
    }
    };
    view! {
        <div class="card" id="compare">
            <div role="status"><h3>{move || texts().compare}</h3></div>
            <p>{move || texts().compare_words}</p>
            <p class="small muted">{move || spoken(&why, language.get())}</p>
            {may_pass.then(|| view! { <p>{move || texts().may_pass}</p> })}
            <div class="letter note-code"><Code hexadecimal=fingerprint.to_hex()/></div>
            {form}
        </div>
    }
}
