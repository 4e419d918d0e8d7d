//! Notices, badges, and what to do when something goes wrong.

use leptos::prelude::*;

use tabella_web_shared::Trouble;

use crate::language::use_texts;
use crate::text::common::Common;
use crate::text::not_found::NotFound;

/// What a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Note,
    Good,
    Warning,
    Bad,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Note => "notice note",
            Self::Good => "notice good",
            Self::Warning => "notice warning",
            Self::Bad => "notice bad",
        }
    }

    /// A mark that says the same as the colour.
    fn mark(self) -> &'static str {
        match self {
            Self::Note => "i",
            Self::Good => "✓",
            Self::Warning => "!",
            Self::Bad => "×",
        }
    }
}

/// A framed notice. It is not announced by itself: put it into a region with `role="status"` or `"alert"` for that.
#[component]
pub(crate) fn Notice(kind: Kind, children: Children) -> impl IntoView {
    view! {
        <div class=kind.class()>
            <span class="mark" aria-hidden="true">{kind.mark()}</span>
            <div class="stack">{children()}</div>
        </div>
    }
}

/// Marks what this device has checked.
#[component]
pub(crate) fn Checked() -> impl IntoView {
    let texts = use_texts::<Common>();
    view! {
        <span class="badge checked" title=move || texts().checked_long>
            <span aria-hidden="true">"✓ "</span>
            {move || texts().checked}
        </span>
    }
}

/// Marks what the board says of itself, which this device has not checked.
#[component]
pub(crate) fn Said() -> impl IntoView {
    let texts = use_texts::<Common>();
    view! { <span class="badge said" title=move || texts().said_long>{move || texts().said}</span> }
}

/// What went wrong, what it means, and what to do; announced at once.
#[component]
pub(crate) fn TroubleNotice(
    trouble: Trouble,
    /// Tries again, where that can help.
    #[prop(optional, into)]
    again: Option<Callback<()>>,
) -> impl IntoView {
    let texts = use_texts::<Common>();
    let detail = detail(&trouble).map(|detail| {
        view! {
            <details>
                <summary>{move || texts().programs_words}</summary>
                <p lang="en">{detail.to_owned()}</p>
            </details>
        }
    });
    let is_forged = matches!(trouble, Trouble::Forged { .. });
    // asking again finds nothing: the list of elections may
    let again = again.filter(|_| trouble != Trouble::NotFound);
    let list = (trouble == Trouble::NotFound).then(|| {
        let texts = use_texts::<NotFound>();
        view! { <p><a class="button secondary" href="/">{move || texts().elections}</a></p> }
    });
    let (title, words) = {
        let (first, second) = (trouble.clone(), trouble.clone());
        (move || (texts().trouble)(&first).0, move || (texts().trouble)(&second).1)
    };
    view! {
        <div role="alert" class="trouble" class:forged=is_forged>
            <Notice kind=Kind::Bad>
                <h2>{title}</h2>
                <p>{words}</p>
                {detail}
                {list}
                {again.map(|again| {
                    view! {
                        <p>
                            <button type="button" class="button secondary" on:click=move |_| again.run(())>
                                {move || texts().again}
                            </button>
                        </p>
                    }
                })}
            </Notice>
        </div>
    }
}

/// The program's words, where the page's do not have them.
fn detail(trouble: &Trouble) -> Option<&str> {
    match trouble {
        Trouble::Forged { detail, .. }
        | Trouble::Input { detail }
        | Trouble::Dishonest { detail }
        | Trouble::Program { detail }
        | Trouble::Fault { detail } => Some(detail),
        _ => None,
    }
}

/// While something is on its way.
#[component]
pub(crate) fn Loading() -> impl IntoView {
    let texts = use_texts::<Common>();
    view! { <p class="loading" role="status">{move || texts().loading}</p> }
}
