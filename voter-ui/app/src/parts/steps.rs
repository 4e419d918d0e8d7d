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
    /// The current one, from 0; behind the last one when all are done.
    #[prop(into)]
    now: Signal<usize>,
) -> impl IntoView {
    let texts = use_texts::<Common>();
    let at = move || (now.get() + 1).min(names.with(Vec::len));
    let items = move || {
        let (now, last) = (now.get(), names.with(Vec::len).saturating_sub(1));
        let item = |(index, name): (usize, String)| {
            let (class, current) = match index {
                _ if index < now => ("done", (now > last && index == last).then_some("step")),
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
        <p class="step-number">
            {move || (texts().step)(at(), names.with(Vec::len))}
            // on narrow screens, in place of the names below
            <span class="step-name" aria-hidden="true">" · " {move || names.with(|names| names.get(at() - 1).cloned())}</span>
        </p>
        <ol class="steps">{items}</ol>
    }
}
