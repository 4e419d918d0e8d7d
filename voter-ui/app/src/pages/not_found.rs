//! The page for addresses that lead nowhere, and for elections that are not on the board.

use leptos::prelude::*;

use crate::language::use_texts;
use crate::parts::heading::Heading;
use crate::text::not_found::NotFound as Words;

/// Says so, and where to go from here.
#[component]
pub(crate) fn NotFound(
    /// Whether the address is whole, but names no election of this board.
    #[prop(optional)]
    election: bool,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let title = move || if election { texts().no_election } else { texts().title };
    view! {
        <Heading words=Signal::derive(move || title().to_owned())/>
        <Ways/>
    }
}

/// What may be wrong, and where to go from here.
#[component]
pub(crate) fn Ways() -> impl IntoView {
    let texts = use_texts::<Words>();
    view! {
        <p class="lead">{move || texts().words}</p>
        <p class="actions">
            <a class="button primary" href="/">{move || texts().elections}</a>
            <a class="button secondary" href="/check">{move || texts().check}</a>
            <a class="button secondary" href="/how">{move || texts().how}</a>
        </p>
    }
}
