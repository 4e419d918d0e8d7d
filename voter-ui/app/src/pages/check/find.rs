//! A tracking code, and the election in which it is to be found.

use leptos::prelude::*;

use tabella_board_core::api::{ElectionSummary, PhaseName};
use tabella_crypto::manifest::ElectionId;

use super::thing::{Thing, recognise};
use super::{Title, focus};
use crate::api;
use crate::language::use_texts;
use crate::pages::track::{CodeField, Refusal, Refused, read};
use crate::parts::notice::{Kind, Loading, Notice, Said, TroubleNotice};
use crate::text::check::Check as Words;
use crate::text::track::Track;

/// Takes a code, if there is one at hand, to the search of the election that is chosen.
#[component]
pub(super) fn Find(
    /// What was typed.
    field: RwSignal<String>,
    /// Whether the code was given elsewhere on the page.
    is_handed: RwSignal<bool>,
    /// Takes whatever else it is.
    take: Callback<Thing>,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let track = use_texts::<Track>();
    let refused = RwSignal::new(None::<Refused>);
    // what needs no choice: a link names its election, and a receipt or a test is no code
    let is_other = Memo::new(move |_| {
        field.with(|text| !matches!(recognise(text), None | Some(Thing::Code { election: None, .. })))
    });
    let check = move || {
        let problem = field.with_untracked(|text| read(text).err());
        refused.set(problem.map(|problem| Refused { problem, is_link: false }));
        problem.is_none()
    };
    let go_on = move || match field.with_untracked(|text| recognise(text)) {
        Some(Thing::Code { election: None, .. }) => focus("election-0"),
        Some(thing) => take.run(thing),
        None => {
            check();
        }
    };
    let handed = move || {
        (is_handed.get() && field.with(|text| read(text).is_ok())).then(|| {
            view! {
                <div role="status"><Notice kind=Kind::Note><p>{move || texts().is_code}</p></Notice></div>
            }
        })
    };
    let ways = move || match is_other.get() {
        true => view! {
            <p class="actions">
                <button type="button" class="button primary" on:click=move |_| go_on()>
                    {move || track().find}
                </button>
            </p>
        }
        .into_any(),
        false => view! { <Elections field check/> }.into_any(),
    };
    view! {
        {handed}
        <Refusal refused/>
        <CodeField field refused find=go_on/>
        {ways}
    }
}

/// The elections that have ballots, each with the way to its search.
#[component]
fn Elections(
    field: RwSignal<String>,
    /// Whether the code is whole; says so if it is not.
    check: impl Fn() -> bool + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let list = LocalResource::new(api::elections);
    let again = Callback::new(move |()| list.refetch());
    let choose = move |event: web_sys::MouseEvent| {
        // without a code it is asked for there
        let is_empty = field.with_untracked(|text| text.trim().is_empty());
        if !is_empty && !check() {
            event.prevent_default();
            focus("code");
        }
    };
    let item = move |(place, election): (usize, ElectionId)| {
        let href = move || match field.with(|text| read(text)) {
            Ok(code) => format!("/e/{election}/track#{code}"),
            Err(_) => format!("/e/{election}/track"),
        };
        view! {
            <li>
                <a id=format!("election-{place}") href=href on:click=choose><Title election/></a>
            </li>
        }
    };
    move || match list.get() {
        None => view! { <Loading/> }.into_any(),
        Some(Err(trouble)) => view! { <TroubleNotice trouble again/> }.into_any(),
        Some(Ok(list)) => {
            let elections = with_ballots(list);
            if elections.is_empty() {
                return view! { <p>{move || texts().find_none}</p> }.into_any();
            }
            view! {
                <div class="stack tight">
                    <p class="row"><span class="field-label">{move || texts().find_choose}</span> <Said/></p>
                    <ul>{elections.into_iter().enumerate().map(item).collect_view()}</ul>
                </div>
            }
            .into_any()
        }
    }
}

/// Those whose voting has opened, the last to close first.
fn with_ballots(mut list: Vec<ElectionSummary>) -> Vec<ElectionId> {
    list.retain(|summary| !matches!(summary.phase, PhaseName::Manifest | PhaseName::Setup));
    list.sort_by_key(|summary| std::cmp::Reverse(summary.closes));
    list.into_iter().map(|summary| summary.election).collect()
}

#[cfg(test)]
mod tests {
    use tabella_crypto::signature::VerifyingKey;
    use tabella_crypto::transcript::Digest;

    use super::*;

    #[test]
    fn only_elections_that_have_opened_have_ballots_to_find() {
        let summary = |name, phase, closes| ElectionSummary {
            election: ElectionId(Digest([name; 32])),
            administrator: VerifyingKey([0; 32]),
            phase,
            size: 1,
            opens: 1,
            closes,
        };
        let listed = with_ballots(vec![
            summary(1, PhaseName::Counted, 20),
            summary(2, PhaseName::Setup, 99),
            summary(3, PhaseName::Open, 80),
            summary(4, PhaseName::Manifest, 10),
            summary(5, PhaseName::Closed, 30),
        ]);
        let names: Vec<u8> = listed.iter().map(|election| election.0.0[0]).collect();
        assert_eq!(names, [3, 5, 1]);
    }
}
