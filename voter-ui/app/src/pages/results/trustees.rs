//! The trustees: who has opened the totals, and whom the count waits for.

use leptos::prelude::*;

use tabella_board_core::api::{ContestState, PhaseName};

use super::load::Loaded;
use crate::format::{machine_time, time};
use crate::language::{use_language, use_texts};
use crate::parts::notice::{Kind, Notice};
use crate::text::results::Counting;

/// A trustee's part in the count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The trustee's name.
    pub(crate) name: String,
    /// Whether the trustee has said, by the board's word, which record is to be counted.
    pub(crate) stated: bool,
    /// Questions that the trustee has helped to open.
    pub(crate) opened: usize,
    /// Questions to be opened in all.
    pub(crate) of: usize,
}

/// Every trustee's part, in order.
pub(super) fn parts(loaded: &Loaded) -> Vec<Part> {
    let contests = &loaded.totals.contests;
    let of = contests.iter().filter(|contest| contest.state != ContestState::Withheld).count();
    let statements = loaded.status.tally.as_ref().map(|tally| tally.trustees.as_slice()).unwrap_or_default();
    (1..=u8::MAX)
        .zip(&loaded.manifest.trustees)
        .map(|(index, trustee)| Part {
            name: trustee.name.clone(),
            stated: statements.iter().any(|tally| tally.trustee == index && tally.stated),
            opened: contests.iter().filter(|contest| contest.trustees.contains(&index)).count(),
            of,
        })
        .collect()
}

/// Who has opened the totals.
#[component]
pub(super) fn Trustees(loaded: Loaded) -> impl IntoView {
    let texts = use_texts::<Counting>();
    let (threshold, count) = (loaded.manifest.threshold, loaded.manifest.trustees.len());
    let is_counted = loaded.is_counted();
    let items: Vec<_> = parts(&loaded)
        .into_iter()
        .map(|part| {
            let done = part.opened > 0 && part.opened >= part.of;
            let name = part.name.clone();
            let words = move || (texts().trustee)(&part, is_counted);
            view! {
                <li>
                    <span aria-hidden="true" class=if done { "state good" } else { "state" }>
                        {if done { "✓ " } else { "– " }}
                    </span>
                    <strong>{name}</strong>
                    ": "
                    {words}
                </li>
            }
        })
        .collect();
    view! {
        <section>
            <h2>{move || if is_counted { texts().who } else { texts().waiting_for }}</h2>
            <p>{move || (texts().threshold)(threshold, count)}</p>
            <ul class="choices">{items}</ul>
        </section>
    }
}

/// What stands between now and a result.
#[component]
pub(super) fn Waiting(loaded: Loaded) -> impl IntoView {
    let texts = use_texts::<Counting>();
    let language = use_language();
    let (phase, opens, closes) = (loaded.totals.phase, loaded.manifest.opens, loaded.manifest.closes);
    let ready = parts(&loaded).iter().filter(|part| part.of > 0 && part.opened >= part.of).count();
    let missing = usize::from(loaded.manifest.threshold).saturating_sub(ready);
    let (title, words): (_, AnyView) = match phase {
        PhaseName::Manifest | PhaseName::Setup => {
            (texts().not_begun, view! { {move || texts().opens} " " <When at=opens/> }.into_any())
        }
        PhaseName::Open => {
            (texts().voting, view! { {move || texts().closes} " " <When at=closes/> }.into_any())
        }
        PhaseName::Closed => (texts().counting, (move || (texts().missing)(missing)).into_any()),
        PhaseName::Counted => return ().into_any(),
    };
    // the whole view is made anew in another language
    let _ = language.get();
    view! {
        <div role="status">
            <Notice kind=Kind::Note>
                <p><strong>{title}</strong></p>
                <p>{words}</p>
                <p class="small">{move || texts().by_itself}</p>
            </Notice>
        </div>
    }
    .into_any()
}

/// A time.
#[component]
pub(super) fn When(at: u64) -> impl IntoView {
    let language = use_language();
    view! { <time datetime=machine_time(at)>{move || time(at, language.get())}</time> }
}
