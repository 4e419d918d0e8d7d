//! All choices in words, before the ballot is sealed.

use leptos::prelude::*;

use crate::language::{said, use_texts};
use crate::parts::ballot::ChoiceWords;
use crate::parts::heading::Heading;
use crate::parts::notice::TroubleNotice;
use crate::parts::progress::ProgressBar;
use crate::text::vote::Vote as Texts;

use super::acts;
use super::standing::StandingNotice;
use super::state::{Flow, Page, Step};

/// The choices, and the seal.
#[component]
pub(super) fn ReviewStep(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    flow.is_reviewed.set(true);
    let pages =
        untrack(|| flow.ballot.with(|ballot| ballot.as_ref().map(|b| b.pages.clone()))).unwrap_or_default();
    let is_complete = {
        let marks: Vec<_> = pages.iter().map(|page| (page.marks, page.contest.clone())).collect();
        marks.iter().all(|(marks, contest)| marks.with_untracked(|marks| marks.choice(contest).is_ok()))
    };
    let choices =
        pages.into_iter().enumerate().map(|(index, page)| view! { <Chosen flow index page/> }).collect_view();
    let can_seal = Memo::new(move |_| {
        is_complete
            && flow.standing.with(|standing| matches!(standing, Some(Ok(_))))
            && flow.refusal().is_none()
    });
    let seal = move || {
        can_seal.get().then(|| {
            view! {
                <p>{move || texts().seal_hint}</p>
                <div class="actions">
                    <button
                        type="button"
                        id="seal"
                        class="button primary big"
                        aria-disabled=move || flow.is_busy.get().then_some("true")
                        on:click=move |_| acts::seal(flow)
                    >
                        {move || texts().seal}
                    </button>
                </div>
            }
        })
    };
    let waiting = move || flow.is_busy.get().then(|| view! { <ProgressBar progress=flow.progress/> });
    let trouble = move || {
        flow.trouble.get().map(|trouble| view! { <TroubleNotice trouble again=move |()| acts::seal(flow)/> })
    };
    view! {
        <Heading words=Signal::derive(move || texts().review_title.to_owned())/>
        <p class="lead">{move || texts().review_lead}</p>
        <StandingNotice flow is_whole=false/>
        <ul class="cards">{choices}</ul>
        {trouble}
        {waiting}
        {seal}
        <div class="actions"><Back flow/></div>
    }
}

/// The way back to the ballot.
#[component]
fn Back(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    view! {
        <button type="button" id="back" class="button quiet" on:click=move |_| flow.back()>{move || texts().back}</button>
    }
}

/// One contest's choice.
#[component]
fn Chosen(flow: Flow, index: usize, page: Page) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let Page { contest, marks, .. } = page;
    let choice = marks.with_untracked(|marks| marks.choice(&contest));
    let title = said(&contest.title);
    let hidden = said(&contest.title);
    let words = match choice {
        Ok(choice) => view! { <ChoiceWords contest choice/> }.into_any(),
        Err(_) => view! { <p class="field-error">{move || texts().unfinished}</p> }.into_any(),
    };
    view! {
        <li class="card">
            <h2 class="asked">{title}</h2>
            {words}
            <p>
                <button
                    type="button"
                    id=format!("change-{}", index + 1)
                    class="button quiet"
                    on:click=move |_| flow.go(Step::Contest(index))
                >
                    {move || texts().change}
                    <span class="visually-hidden">": " {hidden}</span>
                </button>
            </p>
        </li>
    }
}
