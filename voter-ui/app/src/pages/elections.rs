//! The front page: what this is, and the elections on the board.

use std::time::Duration;

use leptos::prelude::*;

use tabella_board_core::api::{ElectionSummary, PhaseName};
use tabella_crypto::manifest::ElectionId;

use crate::api;
use crate::language::use_texts;
use crate::pages::election::poll::{Polled, clock, poll};
use crate::parts::heading::Heading;
use crate::parts::notice::{Kind, Loading, Notice, Said, TroubleNotice};
use crate::text::elections::Elections as Words;

mod card;

use card::Card;

/// How often the list is renewed.
const PERIOD: Duration = Duration::from_secs(15);

/// The front page.
#[component]
pub(crate) fn Elections() -> impl IntoView {
    let texts = use_texts::<Words>();
    let list = poll(PERIOD, || async { api::elections().await.map(in_order) });
    view! {
        <Heading words=Signal::derive(move || texts().title.to_owned())/>
        <p class="lead">{move || texts().lead}</p>
        <section aria-labelledby="elections">
            <div class="row">
                <h2 id="elections">{move || texts().list}</h2>
                <Said/>
            </div>
            <List list/>
        </section>
        <p class="actions">
            <a class="button secondary" href="/how">{move || texts().how}</a>
            <a class="button secondary" href="/practice">{move || texts().practice}</a>
        </p>
    }
}

/// The elections, or what stands in their way.
#[component]
fn List(list: Polled<Vec<ElectionSummary>>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let now = clock();
    let names = Memo::new(move |_| -> Option<Vec<ElectionId>> {
        list.value.with(|all| Some(all.as_ref()?.iter().map(|summary| summary.election).collect()))
    });
    let is_empty = Memo::new(move |_| names.with(|names| names.as_ref().map(Vec::is_empty)));
    let shown = move || match is_empty.get() {
        None => match list.trouble.get() {
            Some(trouble) => view! { <TroubleNotice trouble again=list.again/> }.into_any(),
            None => view! { <Loading/> }.into_any(),
        },
        Some(true) => view! {
            <Notice kind=Kind::Note>
                <p><strong>{move || texts().empty}</strong></p>
                <p>{move || texts().empty_more}</p>
            </Notice>
        }
        .into_any(),
        Some(false) => view! {
            <ul class="cards">
                <For
                    each=move || names.get().unwrap_or_default()
                    key=|election| *election
                    children=move |election| view! { <Card election list=list.value now/> }
                />
            </ul>
        }
        .into_any(),
    };
    let stale = move || {
        (is_empty.get().is_some() && list.trouble.with(Option::is_some))
            .then(|| view! { <p class="small muted">{texts().stale}</p> })
    };
    view! {
        {shown}
        {stale}
    }
}

/// What one can do something about first: open elections, the first to close first; then those to come; then the closed
/// ones, the last to close first.
fn in_order(mut elections: Vec<ElectionSummary>) -> Vec<ElectionSummary> {
    elections.sort_by_key(|summary| match summary.phase {
        PhaseName::Open => (0, summary.closes, summary.election),
        PhaseName::Setup | PhaseName::Manifest => (1, summary.opens, summary.election),
        PhaseName::Closed => (2, u64::MAX - summary.closes, summary.election),
        PhaseName::Counted => (3, u64::MAX - summary.closes, summary.election),
    });
    elections
}

#[cfg(test)]
mod tests {
    use tabella_crypto::signature::VerifyingKey;
    use tabella_crypto::transcript::Digest;

    use super::*;

    #[test]
    fn elections_that_wait_for_voters_stand_first() {
        let summary = |name, phase, opens, closes| ElectionSummary {
            election: ElectionId(Digest([name; 32])),
            administrator: VerifyingKey([0; 32]),
            phase,
            size: 1,
            opens,
            closes,
        };
        let ordered = in_order(vec![
            summary(1, PhaseName::Counted, 1, 20),
            summary(2, PhaseName::Setup, 90, 99),
            summary(3, PhaseName::Open, 1, 80),
            summary(4, PhaseName::Closed, 1, 10),
            summary(5, PhaseName::Open, 2, 70),
            summary(6, PhaseName::Counted, 1, 30),
        ]);
        let names: Vec<u8> = ordered.iter().map(|summary| summary.election.0.0[0]).collect();
        assert_eq!(names, [5, 3, 2, 4, 6, 1]);
    }
}
