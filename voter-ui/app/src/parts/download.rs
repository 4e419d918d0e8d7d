//! Files made on this device.

use std::time::Duration;

use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use crate::language::use_texts;
use crate::text::common::Common;

/// How long a browser may take until it has read a file that it saves, a question to the person among it.
const READ_WITHIN: Duration = Duration::from_secs(120);

/// Offers bytes as a file of this name.
pub(crate) fn save(name: &str, media_type: &str, bytes: &[u8]) {
    // a browser that refuses any of this shows so itself
    let _ = try_save(name, media_type, bytes);
}

fn try_save(name: &str, media_type: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let properties = BlobPropertyBag::new();
    properties.set_type(media_type);
    let parts = Array::of1(&js_sys::Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &properties)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // a browser may read the bytes only after the click
    set_timeout(
        move || {
            // an address that is gone already is not there either
            let _ = Url::revoke_object_url(&url);
        },
        READ_WITHIN,
    );
    Ok(())
}

/// A button that saves a file; says so.
#[component]
pub(crate) fn SaveButton(
    /// The file's name.
    #[prop(into)]
    name: String,
    /// Its media type.
    media_type: &'static str,
    /// Makes its content.
    content: Callback<(), Vec<u8>>,
    /// What the button says.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let texts = use_texts::<Common>();
    let saved = RwSignal::new(false);
    let click = move |_| {
        save(&name, media_type, &content.run(()));
        saved.set(true);
    };
    view! {
        <button type="button" class="button secondary no-print" on:click=click>{move || label.get()}</button>
        <span role="status" class="copied no-print">{move || saved.get().then(|| texts().saved)}</span>
    }
}

/// Prints the page.
pub(crate) fn print() {
    // a browser without a printer does nothing
    let _ = window().print();
}
