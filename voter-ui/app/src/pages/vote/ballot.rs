//! Marking the ballot, one contest at a time.

use leptos::prelude::*;

use crate::format::number;
use crate::language::{use_language, use_texts};
use crate::parts::ballot::{ContestForm, field_id, problem_words};
use crate::parts::heading::Heading;
use crate::text::vote::Vote as Texts;

use super::standing::{StandingNotice, is_final};
use super::state::{Flow, Page, Step};

/// A contest.
#[component]
pub(super) fn ContestStep(
    flow: Flow,
    /// Its number on the ballot, from 0.
    index: usize,
) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let count = Memo::new(move |_| flow.ballot.with(|ballot| ballot.as_ref().map_or(0, |b| b.pages.len())));
    let heading = move || match count.get() {
        0 | 1 => texts().ballot_title.to_owned(),
        of => (texts().question)(index + 1, of),
    };
    let is_refused = Memo::new(move |_| flow.refusal().as_ref().is_some_and(is_final));
    let page = untrack(|| flow.ballot.with(|ballot| ballot.as_ref()?.pages.get(index).cloned()));
    let form = move || {
        let page = page.clone()?;
        (!is_refused.get()).then(|| view! { <Marking flow index page/> })
    };
    view! {
        <Heading words=Signal::derive(heading)/>
        <StandingNotice flow is_whole=index == 0/>
        <Weight flow/>
        {form}
    }
}

/// How much this voter's vote weighs.
#[component]
fn Weight(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let language = use_language();
    move || {
        let weight = flow.standing.get()?.ok()?.weight;
        (weight != 1).then(|| {
            view! { <p>{move || (texts().weight)(&number(u64::from(weight), language.get()))}</p> }
        })
    }
}

/// The contest's form, and the way on.
#[component]
fn Marking(flow: Flow, index: usize, page: Page) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let language = use_language();
    let Page { contest, order, marks } = page;
    // what was missing when the voter asked to go on; mended, it keeps its place: nothing moves under the finger
    let problem = RwSignal::new(None);
    let contest = StoredValue::new(contest);
    let missing = move || contest.with_value(|contest| marks.with(|marks| marks.choice(contest).err()));
    let is_mended = Signal::derive(move || missing().is_none());
    let summary = move || {
        problem.get().map(|problem| {
            let words =
                move || contest.with_value(|contest| problem_words(&problem, contest, language.get()));
            view! {
                <div class="notice bad error-summary" class:mended=is_mended role="alert">
                    <div class="stack">
                        <h2>{move || texts().errors}</h2>
                        <ul><li><a href=format!("#{}", field_id(index))>{words}</a></li></ul>
                    </div>
                </div>
            }
        })
    };
    let next = move || following(flow, index);
    let go_on = move |_| {
        // set anew, so that the same summary is said a second time
        problem.set(None);
        match untrack(missing) {
            None => flow.go(next()),
            missing => request_animation_frame(move || {
                // the step may be over
                if problem.try_set(missing).is_none() {
                    request_animation_frame(to_summary);
                }
            }),
        }
    };
    let next_words = move || {
        flow.ballot.track();
        if next() == Step::Review { texts().to_review } else { texts().next }
    };
    view! {
        {summary}
        {contest.with_value(|contest| {
            view! { <ContestForm contest=contest.clone() index order marks problem is_mended/> }
        })}
        <div class="actions">
            <button type="button" id="continue" class="button primary big" on:click=go_on>{next_words}</button>
            <button type="button" id="back" class="button quiet" on:click=move |_| flow.back()>
                {move || texts().back}
            </button>
        </div>
    }
}

/// Brings the summary of errors into view.
fn to_summary() {
    if let Ok(Some(summary)) = document().query_selector(".error-summary") {
        summary.scroll_into_view();
    }
}

/// Where a finished contest leads: to the next one, or, after all have been seen, to the review.
fn following(flow: Flow, index: usize) -> Step {
    let count = flow.ballot.with_untracked(|ballot| ballot.as_ref().map_or(0, |ballot| ballot.pages.len()));
    if flow.is_reviewed.get_untracked() || index + 1 >= count {
        Step::Review
    } else {
        Step::Contest(index + 1)
    }
}
