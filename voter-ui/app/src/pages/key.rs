//! A trustee's key: made on this device, saved as a file, loaded again before it counts, its fingerprint sent to the
//! administrator. Key, words and passphrase go through the page's memory and its worker's, and into no storage.
//!
//! ```text
//! Make ──Make | FromPaper──> Save ──download──> Load ──Open: the same fingerprint──> Send ──Paper──> paper
//! ```

use leptos::prelude::*;

use crate::language::use_texts;
use crate::parts::heading::Heading;
use crate::parts::notice::TroubleNotice;
use crate::parts::steps::Steps;
use crate::text::key::Key as Words;

mod file;
mod make;
mod maker;
mod paper;
mod send;

use maker::{Maker, Step};

/// The page.
#[component]
pub(crate) fn Key() -> impl IntoView {
    let texts = use_texts::<Words>();
    let maker = Maker::new();
    let names = move || texts().steps.map(str::to_owned).to_vec();
    let now = Memo::new(move |_| maker.step.get().place());
    let body = move || match maker.step.get() {
        Step::Make => view! { <make::Make maker/> }.into_any(),
        Step::Save => view! { <file::Save maker/> }.into_any(),
        Step::Load => view! { <file::Load maker/> }.into_any(),
        Step::Send => view! { <send::Send maker/> }.into_any(),
    };
    let trouble = move || {
        let again = Callback::new(move |()| maker.begin());
        maker.trouble.get().map(|trouble| view! { <TroubleNotice trouble again/> })
    };
    view! {
        <Heading words=Signal::derive(move || texts().title.to_owned())/>
        <div class="stack no-print">
            <p class="lead">{move || texts().lead}</p>
            <Steps names=Signal::derive(names) now/>
            {trouble}
        </div>
        {body}
    }
}
