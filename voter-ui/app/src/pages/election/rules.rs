//! What voters should know of the election's rules.

use std::sync::Arc;

use leptos::prelude::*;

use tabella_crypto::manifest::CheckedManifest;

use crate::language::use_texts;
use crate::text::election::Election as Words;

/// The section of the page.
#[component]
pub(super) fn Rules(
    manifest: Arc<CheckedManifest>,
    /// Whether voting is over: then the rules are told as those that held.
    is_over: Memo<bool>,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let sentences = move || {
        let (texts, is_over) = (texts(), is_over.get());
        let always = [
            (texts.recasting)(manifest.recasting, is_over),
            (texts.tests)(manifest.tests, is_over),
            (texts.smallest)(manifest.smallest_group),
            (texts.credentials)(manifest.credentials).to_owned(),
        ];
        let sometimes =
            [(texts.powers)(manifest.powers, is_over), (texts.cosignatures)(manifest.cosignatures)];
        always
            .into_iter()
            .chain(sometimes.into_iter().flatten())
            .map(|sentence| view! { <li>{sentence}</li> })
            .collect_view()
    };
    view! {
        <section aria-labelledby="rules">
            <h2 id="rules">{move || texts().rules}</h2>
            <ul class="stack">{sentences}</ul>
        </section>
    }
}
