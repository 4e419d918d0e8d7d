//! Checking something: a test ballot of another device, a receipt, a tracking code.

use leptos::prelude::*;

use tabella_board_core::api::{ElectionSummary, PhaseName};
use tabella_crypto::manifest::ElectionId;
use tabella_web_shared::Trouble;

use crate::api;
use crate::language::{said, use_texts};
use crate::parts::heading::Heading;
use crate::parts::notice::{Loading, Said, TroubleNotice};
use crate::text::check::Check as Words;

mod contents;
mod file;
mod opening;
pub(crate) mod receipt;
mod test;

use receipt::Receipt;
use test::TestBallot;

/// Check.
#[component]
pub(crate) fn Check() -> impl IntoView {
    let texts = use_texts::<Words>();
    view! {
        <Heading words=Signal::derive(move || texts().title.to_owned())/>
        <p class="lead">{move || texts().lead}</p>
        <section aria-labelledby="test">
            <h2 id="test">{move || texts().test}</h2>
            <TestBallot/>
        </section>
        <section aria-labelledby="receipt">
            <h2 id="receipt">{move || texts().receipt}</h2>
            <p>{move || texts().receipt_lead}</p>
            <Receipt/>
        </section>
        <section aria-labelledby="find">
            <div class="row">
                <h2 id="find">{move || texts().find}</h2>
                <Said/>
            </div>
            <Elections/>
        </section>
    }
}

/// What went wrong; with a way to try again, unless the answer would be the same.
fn failure(trouble: Trouble, again: Callback<()>) -> AnyView {
    match trouble {
        Trouble::Input { .. } | Trouble::Dishonest { .. } => view! { <TroubleNotice trouble/> }.into_any(),
        _ => view! { <TroubleNotice trouble again/> }.into_any(),
    }
}

/// The elections that have ballots, each with the way to its search.
#[component]
fn Elections() -> impl IntoView {
    let texts = use_texts::<Words>();
    let list = LocalResource::new(api::elections);
    let again = Callback::new(move |()| list.refetch());
    move || match list.get() {
        None => view! { <Loading/> }.into_any(),
        Some(Err(trouble)) => view! { <TroubleNotice trouble again/> }.into_any(),
        Some(Ok(list)) => {
            let elections = with_ballots(list);
            if elections.is_empty() {
                return view! { <p>{move || texts().find_none}</p> }.into_any();
            }
            let items: Vec<_> = elections
                .into_iter()
                .map(|election| {
                    view! { <li><a href=format!("/e/{election}/track")><Title election/></a></li> }
                })
                .collect();
            view! {
                <p>{move || texts().find_lead}</p>
                <ul>{items}</ul>
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

/// The title of an election; the beginning of its name until it is there.
#[component]
fn Title(election: ElectionId) -> impl IntoView {
    let texts = use_texts::<Words>();
    let manifest = LocalResource::new(move || api::manifest(election));
    move || match manifest.get() {
        Some(Ok(manifest)) => said(&manifest.title).into_any(),
        _ => {
            let name: String = election.to_string().chars().take(8).collect();
            (texts().unnamed)(&name).into_any()
        }
    }
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
