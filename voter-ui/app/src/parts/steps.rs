//! The line of steps: where I am, and what is left.

use leptos::prelude::*;

use crate::language::use_texts;
use crate::text::common::Common;

/// Numbered steps, the current one marked.
#[component]
pub(crate) fn Steps(
    /// Their names, in order.
    #[prop(into)]
    names: Signal<Vec<String>>,
    /// The current one, from 0.
    #[prop(into)]
    now: Signal<usize>,
) -> impl IntoView {
    let texts = use_texts::<Common>();
    let items = move || {
        let now = now.get();
        let item = |(index, name): (usize, String)| {
            let (class, current) = match index {
                _ if index < now => ("done", None),
                _ if index == now => ("now", Some("step")),
                _ => ("", None),
            };
            let done =
                (index < now).then(|| view! { <span class="visually-hidden">" (" {texts().done} ")"</span> });
            view! { <li class=class aria-current=current><span class="name">{name}</span>{done}</li> }
        };
        names.get().into_iter().enumerate().map(item).collect_view()
    };
    view! {
        <p class="step-number">{move || (texts().step)(now.get() + 1, names.with(Vec::len))}</p>
        <ol class="steps">{items}</ol>
    }
}
