//! How far something is.

use leptos::prelude::*;

use tabella_web_shared::Progress;

use crate::format::fixed;
use crate::format::number;
use crate::language::{use_language, use_texts};
use crate::text::common::Common;

/// A bar with its words; announced when its stage changes, not with every number.
#[component]
pub(crate) fn ProgressBar(
    /// How far; none before anything is known.
    #[prop(into)]
    progress: Signal<Option<Progress>>,
) -> impl IntoView {
    let texts = use_texts::<Common>();
    let language = use_language();
    let stage = Memo::new(move |_| progress.get().map(|step| step.stage));
    let words = move || stage.get().map_or(texts().loading, |stage| (texts().stage)(stage));
    let numbers = move || {
        let step = progress.get().filter(|step| step.of > 1)?;
        let write = |value| number(value, language.get());
        Some((texts().of)(&write(step.done), &write(step.of)))
    };
    view! {
        <div class="progress">
            <p role="status">{words}</p>
            <progress
                aria-label=words
                max="1"
                value=move || progress.get().filter(|step| step.of > 0).map(|step| fixed(step.done as f64 / step.of as f64, 3))
            ></progress>
            <p class="small">{numbers}</p>
        </div>
    }
}
