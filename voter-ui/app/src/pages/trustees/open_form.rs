//! A key file and its passphrase, which go to the worker and nowhere else.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::KeyboardEvent;

use crate::language::use_texts;
use crate::text::trustees::Trustees as Words;

/// Most bytes of a file that is read: key files are far below.
const MAX_LENGTH: f64 = 1_048_576.0;

/// What is missing in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    File,
    Passphrase,
}

/// A passphrase, hidden as it is typed unless its owner wants to see it. It is in the field alone.
#[component]
pub(crate) fn PassphraseField(
    /// The field's id.
    id: &'static str,
    #[prop(into)] label: Signal<&'static str>,
    node: NodeRef<html::Input>,
    /// What is wrong with it.
    #[prop(into)]
    problem: Signal<Option<&'static str>>,
    /// Hears of every letter.
    #[prop(optional, into)]
    typed: Option<Callback<()>>,
    /// What "Enter" does.
    #[prop(optional, into)]
    enter: Option<Callback<()>>,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let is_shown = RwSignal::new(false);
    let problem_id = format!("{id}-problem");
    let described = {
        let problem_id = problem_id.clone();
        move || problem.get().map(|_| problem_id.clone())
    };
    let press = move |event: KeyboardEvent| {
        if event.key() == "Enter"
            && let Some(enter) = enter
        {
            enter.run(());
        }
    };
    view! {
        <div class="field">
            <label class="field-label" for=id>{move || label.get()}</label>
            <div role="alert">
                {move || problem.get().map(|words| view! {
                    <p class="field-error" id=problem_id.clone()>{words}</p>
                })}
            </div>
            <input
                id=id
                class="text"
                type=move || if is_shown.get() { "text" } else { "password" }
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                translate="no"
                aria-describedby=described
                aria-invalid=move || problem.get().map(|_| "true")
                node_ref=node
                on:input=move |_| if let Some(typed) = typed { typed.run(()) }
                on:keydown=press
            />
            <p>
            <button
                type="button"
                class="button quiet"
                aria-pressed=move || is_shown.get().to_string()
                on:click=move |_| is_shown.update(|shown| *shown = !*shown)
            >
                {move || texts().show_passphrase}
            </button>
            </p>
        </div>
    }
}

/// The form: it hands over file and passphrase, and keeps neither.
#[component]
pub(crate) fn OpenForm(
    #[prop(into)] hint: Signal<&'static str>,
    #[prop(into)] label: Signal<&'static str>,
    /// Whether a key is being opened.
    #[prop(into)]
    is_busy: Signal<bool>,
    /// What is wrong with the last file.
    #[prop(into)]
    wrong_file: Signal<Option<&'static str>>,
    /// What is wrong with the last passphrase.
    #[prop(into)]
    wrong_passphrase: Signal<Option<&'static str>>,
    /// Takes file and passphrase.
    submit: Callback<(Vec<u8>, String)>,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let (file, passphrase) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let missing = RwSignal::new(None::<Missing>);
    let send = move || {
        let (Some(file), Some(field)) = (file.get_untracked(), passphrase.get_untracked()) else { return };
        if is_busy.get_untracked() {
            return;
        }
        let Some(chosen) = file.files().and_then(|files| files.get(0)) else {
            missing.set(Some(Missing::File));
            return;
        };
        let typed = field.value();
        if typed.is_empty() {
            missing.set(Some(Missing::Passphrase));
            return;
        }
        missing.set(None);
        field.set_value("");
        spawn_local(async move {
            // what cannot be read, or is too long, is no key file
            let bytes = match chosen.size() <= MAX_LENGTH {
                true => JsFuture::from(chosen.array_buffer()).await.ok(),
                false => None,
            };
            let bytes = bytes.map(|buffer| js_sys::Uint8Array::new(&buffer).to_vec()).unwrap_or_default();
            // the form may have gone
            let _ = submit.try_run((bytes, typed));
        });
    };
    let file_problem = move || match missing.get() {
        Some(Missing::File) => Some(texts().no_file),
        Some(Missing::Passphrase) => None,
        None => wrong_file.get(),
    };
    let passphrase_problem = Signal::derive(move || match missing.get() {
        Some(Missing::Passphrase) => Some(texts().no_passphrase),
        Some(Missing::File) => None,
        None => wrong_passphrase.get(),
    });
    let described =
        move || if file_problem().is_some() { "key-file-problem key-file-hint" } else { "key-file-hint" };
    view! {
        <div class="card">
            <div class="field">
                <label class="field-label" for="key-file">{move || texts().file}</label>
                <p class="hint" id="key-file-hint">{move || hint.get()}</p>
                <div role="alert">
                    {move || file_problem().map(|words| view! {
                        <p class="field-error" id="key-file-problem">{words}</p>
                    })}
                </div>
                <input
                    type="file"
                    id="key-file"
                    aria-describedby=described
                    aria-invalid=move || file_problem().map(|_| "true")
                    node_ref=file
                />
            </div>
            <PassphraseField
                id="key-passphrase"
                label=Signal::derive(move || texts().passphrase)
                node=passphrase
                problem=passphrase_problem
                enter=Callback::new(move |()| send())
            />
            <p>
                <button
                    type="button"
                    id="open-key"
                    class="button primary"
                    aria-disabled=move || is_busy.get().then_some("true")
                    on:click=move |_| send()
                >
                    {move || label.get()}
                </button>
            </p>
            <p role="status">{move || is_busy.get().then(|| texts().is_opening)}</p>
        </div>
    }
}
