//! A page's heading.

use leptos::html;
use leptos::prelude::*;

/// The one `h1` of a page or of a step of it. Names the document, and takes the focus when it appears, so that
/// a screen reader says where one is.
#[component]
pub(crate) fn Heading(
    /// The words, as plain text.
    #[prop(into)]
    words: Signal<String>,
) -> impl IntoView {
    let heading = NodeRef::<html::H1>::new();
    Effect::new(move || document().set_title(&format!("{} – Tabella", words.get())));
    Effect::new(move || {
        if let Some(heading) = heading.get() {
            // the first page of a visit leaves the focus where the browser puts it
            if document().active_element().is_some_and(|focused| focused.tag_name() != "BODY") || visited() {
                // an element with a tabindex takes the focus
                let _ = heading.focus();
            }
            set_visited();
        }
    });
    view! { <h1 tabindex="-1" node_ref=heading>{move || words.get()}</h1> }
}

/// Whether this visit has shown a page already.
pub(crate) fn visited() -> bool {
    document().body().is_some_and(|body| body.class_list().contains("visited"))
}

fn set_visited() {
    if let Some(body) = document().body() {
        // any element takes a class
        let _ = body.class_list().add_1("visited");
    }
}
