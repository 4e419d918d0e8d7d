//! The sealed ballot: its tracking code, and the voter's decision.

use leptos::prelude::*;

use crate::language::use_texts;
use crate::parts::code::{Code, CopyButton};
use crate::parts::heading::Heading;
use crate::parts::notice::{Kind, Notice};
use crate::text::vote::Vote as VoteTexts;
use crate::text::vote::after::After as Texts;

use super::acts;
use super::decided::Act;
use super::state::{Flow, Step};

/// Cast or test.
#[component]
pub(super) fn SealedStep(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let code = flow.sealed.get_untracked().map(|code| code.to_string()).unwrap_or_default();
    let tests_left = tests_left(flow).0;
    // a code of this visit that was noted before is void
    let is_anew = flow.seals.get_untracked() > 1;
    view! {
        <Heading words=Signal::derive(move || texts().sealed_title.to_owned())/>
        <p class="lead">
            {is_anew.then(|| view! { <strong id="anew">{move || texts().anew} " "</strong> })}
            {move || texts().sealed_lead}
        </p>
        <section class="card note-code">
            <div class="row">
                <h2>{move || texts().tracking_code}</h2>
                <CopyButton text=code.clone()/>
            </div>
            <p id="tracking-code"><Code hexadecimal=code/></p>
        </section>
        <section>
            <h2>{move || texts().choose}</h2>
            <ul class="cards pair">
                <li class="card">
                    <button type="button" id="cast" class="button primary big" on:click=move |_| acts::decide(flow, Act::Cast)>
                        {move || texts().cast}
                    </button>
                    <p>{move || texts().cast_words}</p>
                </li>
                <li class="card">
                    {(tests_left > 0).then(|| view! {
                        <button type="button" id="test" class="button secondary big" on:click=move |_| flow.go(Step::BeforeTest)>
                            {move || texts().test}
                        </button>
                    })}
                    <p>{move || if tests_left > 0 { texts().test_words } else { texts().no_tests }}</p>
                </li>
            </ul>
        </section>
        <details>
            <summary>{move || texts().why_code}</summary>
            <p>{move || texts().why_code_words}</p>
        </details>
        <div class="actions">
            <button type="button" id="back" class="button quiet" on:click=move |_| flow.back()>
                {move || texts().change}
            </button>
        </div>
    }
}

/// What a test is, before it is done.
#[component]
pub(super) fn BeforeTestStep(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let vote = use_texts::<VoteTexts>();
    let (left, is_first) = tests_left(flow);
    view! {
        <Heading words=Signal::derive(move || texts().before_test.to_owned())/>
        <ol>{move || texts().before_test_list.map(|item| view! { <li>{item}</li> }).collect_view()}</ol>
        <Notice kind=Kind::Note><p>{move || (texts().tests_left)(left, is_first)}</p></Notice>
        <div class="actions">
            <button type="button" id="test-now" class="button primary big" on:click=move |_| acts::decide(flow, Act::Test)>
                {move || texts().test_now}
            </button>
            <button type="button" id="back" class="button quiet" on:click=move |_| flow.back()>
                {move || vote().back}
            </button>
        </div>
    }
}

/// Tests that the voter has left, by what is known, and whether none has been done.
fn tests_left(flow: Flow) -> (u16, bool) {
    let allowed = untrack(|| flow.election()).map_or(0, |election| election.tests);
    let used = flow.standing.with_untracked(|standing| match standing {
        Some(Ok(standing)) => standing.tests,
        _ => 0,
    });
    (allowed.saturating_sub(used), used == 0)
}
