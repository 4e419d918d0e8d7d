//! Codes for reading aloud and comparing.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use crate::format::groups;
use crate::language::use_texts;
use crate::text::common::Common;

/// A tracking code, or any hash, in groups of four; on every page and on paper four groups make a line.
#[component]
pub(crate) fn Code(
    /// In hexadecimal.
    #[prop(into)]
    hexadecimal: String,
) -> impl IntoView {
    let shown: Vec<_> =
        groups(&hexadecimal).into_iter().map(|group| view! { <span>{group}</span> " " }).collect();
    view! { <code class="code" translate="no">{shown}</code> }
}

/// Copies a text; says so.
#[component]
pub(crate) fn CopyButton(
    /// What is copied.
    #[prop(into)]
    text: String,
    /// What the button says; "Copy" by itself.
    #[prop(optional, into)]
    label: Option<Signal<String>>,
) -> impl IntoView {
    let texts = use_texts::<Common>();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            let written = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
            copied.set(written.is_ok());
        });
    };
    let words = move || match label {
        Some(label) => label.get(),
        None => texts().copy.to_owned(),
    };
    view! {
        <button type="button" class="button quiet no-print" on:click=copy>{words}</button>
        <span role="status" class="copied no-print">{move || copied.get().then(|| texts().copied)}</span>
    }
}
