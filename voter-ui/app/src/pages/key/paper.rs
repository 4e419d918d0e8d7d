//! The key for a paper: 24 words, and the same as a QR code. Printed, the page is this alone.

use leptos::prelude::*;

use tabella_crypto::transcript::Digest;

use crate::language::use_texts;
use crate::parts::code::Code;
use crate::parts::download::print;
use crate::parts::qr::Qr;
use crate::text::key::Key as Words;

/// The sheet.
#[component]
pub(super) fn Paper(
    name: String,
    fingerprint: Digest,
    words: Vec<String>,
    /// Takes it off the page.
    hide: Callback<()>,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    // capitals take less room
    let code = words.join(" ").to_uppercase();
    let list = words.into_iter().map(|word| view! { <li>{word}</li> }).collect_view();
    let rules = move || texts().paper_rules.map(|rule| view! { <li>{rule}</li> }).collect_view();
    view! {
        <article class="certificate" id="paper" aria-labelledby="paper-title">
            <h2 id="paper-title">{move || texts().paper}</h2>
            <dl class="figures">
                <dt>{move || texts().paper_name}</dt>
                <dd><strong>{name}</strong></dd>
                <dt>{move || texts().paper_fingerprint}</dt>
                <dd><Code hexadecimal=fingerprint.to_hex()/></dd>
            </dl>
            <section>
                <h3>{move || texts().paper_words}</h3>
                <ol class="letter words-of-key" lang="en" translate="no">{list}</ol>
            </section>
            <Qr text=code label=Signal::derive(move || texts().paper_code.to_owned())/>
            <ul class="small">{rules}</ul>
            <p class="actions">
                <button type="button" id="print-paper" class="button primary" on:click=move |_| print()>
                    {move || texts().print}
                </button>
                <button type="button" id="hide-paper" class="button secondary" on:click=move |_| hide.run(())>
                    {move || texts().hide_paper}
                </button>
            </p>
        </article>
    }
}
