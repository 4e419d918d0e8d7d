//! What stands around every page.

use leptos::prelude::*;

use tabella_web_shared::Trouble;

use crate::language::{choose, use_language, use_texts};
use crate::parts::notice::TroubleNotice;
use crate::router::A;
use crate::session::use_session;
use crate::text::common::Common;

/// Header, main part, footer.
#[component]
pub(crate) fn Shell(children: Children) -> impl IntoView {
    let texts = use_texts::<Common>();
    let session = use_session();
    view! {
        <a class="skip" href="#main">{move || texts().skip}</a>
        <header class="top no-print">
            <div class="wide">
                <A href="/" exact=true class="brand">
                    <Mark/>
                    "Tabella"
                </A>
                <LanguageSwitch/>
                <nav aria-label=move || texts().navigation>
                    <A href="/" exact=true>{move || texts().elections}</A>
                    <A href="/how">{move || texts().how}</A>
                    <A href="/check">{move || texts().check}</A>
                    <A href="/board">{move || texts().board}</A>
                </nav>
            </div>
        </header>
        <div role="status" class="wide">
            {move || (!session.is_online.get()).then(|| view! { <p class="offline">{texts().offline}</p> })}
        </div>
        <Distrust/>
        <main id="main" class="wide" tabindex="-1">{children()}</main>
        <footer class="bottom no-print">
            <div class="wide">
                <p>{move || texts().tagline}</p>
                <BoardLine/>
            </div>
        </footer>
    }
}

/// The tablet, and the stylus's stroke on it.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <rect class="tablet" x="4" y="2" width="24" height="28" rx="4"></rect>
            <path class="stroke" d="M10.5 16.5l4 4.5 7.5-10"></path>
        </svg>
    }
}

/// The other language, in its own words.
#[component]
fn LanguageSwitch() -> impl IntoView {
    let language = use_language();
    let other = move || language.get().other();
    view! {
        <button type="button" class="language" lang=move || other().tag() on:click=move |_| choose(language, other())>
            {move || other().name()}
        </button>
    }
}

/// That the board has shown what cannot be true; the style hides it on pages that say so themselves.
#[component]
fn Distrust() -> impl IntoView {
    let session = use_session();
    move || match session.board.get() {
        Some(Err(trouble @ Trouble::Forged { .. })) => {
            Some(view! { <div class="wide distrust"><TroubleNotice trouble/></div> })
        }
        _ => None,
    }
}

/// What the reader knows of the board.
#[component]
fn BoardLine() -> impl IntoView {
    let texts = use_texts::<Common>();
    let session = use_session();
    let line = move || match session.board.get() {
        Some(Ok(board)) => view! {
            <span class="state good" aria-hidden="true">"✓ "</span>
            {(texts().board_checked)(&board.origin)}
        }
        .into_any(),
        Some(Err(_)) => view! {
            <span class="state bad" aria-hidden="true">"× "</span>
            {texts().board_failed}
        }
        .into_any(),
        None => texts().board_asked.into_any(),
    };
    view! { <p class="small board-line">{line}</p> }
}
