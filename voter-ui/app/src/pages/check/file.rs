//! A file of this device as text.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlInputElement;

use crate::language::use_texts;
use crate::text::check::Check as Words;

/// Most bytes of a file that is read: receipts and openings are far below.
const MAX_LENGTH: f64 = 1_048_576.0;

/// A labelled field that takes a file and reads it as soon as it is chosen.
#[component]
pub(super) fn FileField(
    /// The field's id.
    id: &'static str,
    /// What it is.
    #[prop(into)]
    label: Signal<&'static str>,
    /// More about it.
    #[prop(into)]
    hint: Signal<&'static str>,
    /// Takes the file's text.
    read: Callback<String>,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let is_unreadable = RwSignal::new(false);
    let change = move |event: web_sys::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else {
            return;
        };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        spawn_local(async move {
            let text = if file.size() > MAX_LENGTH { None } else { JsFuture::from(file.text()).await.ok() };
            // the same file can be chosen again
            input.set_value("");
            let text = text.and_then(|text| text.as_string());
            if is_unreadable.try_set(text.is_none()).is_none()
                && let Some(text) = text
            {
                read.run(text);
            }
        });
    };
    let hint_id = format!("{id}-hint");
    let problem_id = format!("{id}-problem");
    let described = {
        let (hint_id, problem_id) = (hint_id.clone(), problem_id.clone());
        move || if is_unreadable.get() { format!("{hint_id} {problem_id}") } else { hint_id.clone() }
    };
    view! {
        <div class="field">
            <label class="field-label" for=id>{label}</label>
            <p class="hint" id=hint_id>{hint}</p>
            <div role="alert">
                {move || is_unreadable.get().then(|| view! {
                    <p class="field-error" id=problem_id.clone()>{texts().file_unreadable}</p>
                })}
            </div>
            <input type="file" id=id aria-describedby=described on:change=change/>
        </div>
    }
}
