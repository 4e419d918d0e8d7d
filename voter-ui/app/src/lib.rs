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
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;
use wasm_bindgen::prelude::wasm_bindgen;

mod api;
mod engine;
mod format;
mod language;
mod pages;
mod parts;
mod session;
mod text;

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
    view! {
        <Router>
            <Shell>
                <Routes fallback=pages::not_found::NotFound>
                    <Route path=path!("/") view=pages::elections::Elections/>
                    <Route path=path!("/board") view=pages::board::BoardLog/>
                    <Route path=path!("/check") view=pages::check::Check/>
                    <Route path=path!("/how") view=pages::how::How/>
                    <Route path=path!("/practice") view=pages::practice::Practice/>
                    <Route path=path!("/e/:id") view=pages::election::Election/>
                    <Route path=path!("/e/:id/vote") view=pages::vote::Vote/>
                    <Route path=path!("/e/:id/track") view=pages::track::Track/>
                    <Route path=path!("/e/:id/board") view=pages::board::ElectionLog/>
                    <Route path=path!("/e/:id/results") view=pages::results::Results/>
                    <Route path=path!("/e/:id/certificate") view=pages::results::Certificate/>
                    <Route path=path!("/e/:id/verify") view=pages::verify::Verify/>
                </Routes>
            </Shell>
        </Router>
    }
}
