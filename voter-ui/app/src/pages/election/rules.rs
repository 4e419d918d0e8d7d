//! What voters should know of the election's rules.

use std::sync::Arc;

use leptos::prelude::*;

use tabella_crypto::manifest::CheckedManifest;

use crate::language::use_texts;
use crate::text::election::Election as Words;

/// The section of the page.
#[component]
pub(super) fn Rules(manifest: Arc<CheckedManifest>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let sentences = move || {
        let texts = texts();
        let always = [
            (texts.recasting)(manifest.recasting),
            (texts.tests)(manifest.tests),
            (texts.smallest)(manifest.smallest_group),
            (texts.credentials)(manifest.credentials).to_owned(),
        ];
        let sometimes =
            [(texts.powers)(manifest.powers).map(str::to_owned), (texts.cosignatures)(manifest.cosignatures)];
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
