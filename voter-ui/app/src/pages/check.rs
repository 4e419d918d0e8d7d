//! Checking something: a ballot by its tracking code, a receipt, a test ballot of another device.
//!
//! ```text
//! fields, files, link --thing: recognise--> code    -> find.rs: its election, then the page "track"
//!                                           receipt -> receipt.rs
//!                                           opening -> test.rs
//! ```
//!
//! What comes is handled as what it is, wherever it was given.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use tabella_crypto::manifest::ElectionId;
use tabella_web_shared::Trouble;

use crate::api;
use crate::language::{said, use_texts};
use crate::pages::track::{grouped, track_path};
use crate::parts::heading::Heading;
use crate::parts::notice::TroubleNotice;
use crate::router::{NavigateOptions, go_to, use_navigate};
use crate::text::check::Check as Words;

mod contents;
mod file;
mod find;
mod opening;
pub(crate) mod receipt;
mod test;
pub(crate) mod thing;

use find::Find;
use receipt::Receipt;
use test::{TestBallot, Tests, take_fragment};
use thing::{Thing, recognise};

/// Check.
#[component]
pub(crate) fn Check() -> impl IntoView {
    let texts = use_texts::<Words>();
    let navigate = use_navigate();
    let (code, is_handed) = (RwSignal::new(String::new()), RwSignal::new(false));
    let receipt = RwSignal::new(None::<String>);
    let tests = Tests::new();
    let take = Callback::new(move |thing: Thing| match thing {
        Thing::Code { election: Some(election), code } => {
            navigate(&track_path(election, code), NavigateOptions::default());
        }
        Thing::Code { election: None, code: found } => {
            code.set(grouped(&found.to_string()).unwrap_or_default());
            is_handed.set(true);
            tests.forgive();
            go_to("find");
        }
        Thing::Receipt(json) => {
            receipt.set(Some(json));
            tests.forgive();
            go_to("receipt");
        }
        Thing::Test(opening) => {
            tests.examine(opening);
            go_to("test");
        }
    });
    let take_text = Callback::new(move |text: String| match recognise(&text) {
        Some(thing) => take.run(thing),
        None => tests.refuse(),
    });
    // whoever followed the link of a test sees that first
    let is_test_first = RwSignal::new(false);
    take_fragment(move |text| {
        is_test_first.set(true);
        take_text.run(text);
    });
    let test = move |is_first: bool| {
        (is_test_first.get() == is_first).then(|| {
            view! {
                <section aria-labelledby="test">
                    <h2 id="test" tabindex="-1">{move || texts().test}</h2>
                    <TestBallot tests take=take_text/>
                </section>
            }
        })
    };
    view! {
        <Heading words=Signal::derive(move || texts().title.to_owned())/>
        <p class="lead">{move || texts().lead}</p>
        {move || test(true)}
        <section aria-labelledby="find">
            <h2 id="find" tabindex="-1">{move || texts().find}</h2>
            <p>{move || texts().find_lead}</p>
            <Find field=code is_handed take/>
        </section>
        <section aria-labelledby="receipt">
            <h2 id="receipt" tabindex="-1">{move || texts().receipt}</h2>
            <p>{move || texts().receipt_lead}</p>
            <Receipt given=receipt other=take/>
        </section>
        {move || test(false)}
    }
}

/// Gives an element of the page the focus.
pub(crate) fn focus(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // fields take the focus, and what has a tabindex
        let _ = element.focus();
    }
}

/// What went wrong; with a way to try again, unless the answer would be the same.
fn failure(trouble: Trouble, again: Callback<()>) -> AnyView {
    match trouble {
        Trouble::Input { .. } | Trouble::Dishonest { .. } => view! { <TroubleNotice trouble/> }.into_any(),
        _ => view! { <TroubleNotice trouble again/> }.into_any(),
    }
}

/// The title of an election; the beginning of its name until it is there.
#[component]
fn Title(election: ElectionId) -> impl IntoView {
    let texts = use_texts::<Words>();
    let manifest = LocalResource::new(move || api::manifest(election));
    move || match manifest.get() {
        Some(Ok(manifest)) => said(&manifest.title).into_any(),
        _ => {
            let name: String = election.to_string().chars().take(8).collect();
            (texts().unnamed)(&name).into_any()
        }
    }
}
