//! The page for addresses that lead nowhere.

use leptos::prelude::*;

use crate::language::use_texts;
use crate::parts::heading::Heading;
use crate::text::not_found::NotFound as Words;

/// Says so, and where to go from here.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    let texts = use_texts::<Words>();
    view! {
        <Heading words=Signal::derive(move || texts().title.to_owned())/>
        <p class="lead">{move || texts().words}</p>
        <p class="actions">
            <a class="button primary" href="/">{move || texts().elections}</a>
            <a class="button secondary" href="/check">{move || texts().check}</a>
            <a class="button secondary" href="/how">{move || texts().how}</a>
        </p>
    }
}
