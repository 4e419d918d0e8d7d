//! The web app's pages: vote, check, understand.
//!
//! ```text
//! pages  --say what to do-->  session --asks--> engine (workers): whatever must be believed
//!        --show-->            api (fetch): what the board says of itself, marked as such
//! ```
//!
//! Pages are made of [`parts`] and speak through typed texts ([`text`]), one value for each language. Choices and
//! codes live in memory alone; what is stored in the browser is public ([`session`]). Nothing here computes with
//! secrets: that is the prover's, in a worker of its own.

#![allow(
    unreachable_pub,
    reason = "components are functions that their macro makes public in a private module"
)]

use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

mod api;
mod engine;
mod format;
mod language;
mod lazy;
mod pages;
mod parts;
mod router;
mod session;
mod text;

use pages::Page;
use parts::shell::Shell;

/// Starts the page.
#[wasm_bindgen]
pub fn start() {
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    language::provide();
    session::provide();
    router::provide();
    let place = router::use_location();
    let page = Memo::new(move |_| place.with(|address| Page::at(&address.path)));
    view! { <Shell>{move || page.get().show()}</Shell> }
}
