//! Parts of the app that are loaded when they are first shown, so that a ballot can be marked early on a slow line.
//!
//! A part is the code that only its functions here reach; the builder moves it into files of its own. What a part's
//! function returns is called wherever the page is made, so that everything belongs to the page.

use std::future::Future;
use std::pin::Pin;

use futures_util::FutureExt as _;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};

use tabella_web_shared::Trouble;

use crate::api;
use crate::pages;
use crate::pages::vote::state::Flow;
use crate::parts::notice::{Loading, TroubleNotice};

/// What makes a view once its part is there.
type Made<F> = Result<F, SplitLoaderError>;
type Load<F> = Pin<Box<dyn Future<Output = Made<F>>>>;
type MakePage = fn() -> AnyView;

macro_rules! pages {
    ($($part:ident $name:ident $load:ident $page:path;)*) => { $(
        #[wasm_split($part, wasm_split_path = ::leptos::wasm_split, fallible)]
        fn $load() -> Made<MakePage> {
            Ok(|| view! { <$page/> }.into_any())
        }

        pub(crate) fn $name() -> Load<MakePage> {
            Box::pin($load())
        }
    )* };
}

pages! {
    home elections load_elections pages::elections::Elections;
    home election load_election pages::election::Election;
    board board load_board pages::board::BoardLog;
    board election_log load_election_log pages::board::ElectionLog;
    check check load_check pages::check::Check;
    check track load_track pages::track::Track;
    how how load_how pages::how::How;
    results results load_results pages::results::Results;
    results certificate load_certificate pages::results::Certificate;
    results verify load_verify pages::verify::Verify;
    trustees key load_key pages::key::Key;
    trustees trustees load_trustees pages::trustees::Trustees;
}

#[wasm_split(marked, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_marked() -> Made<fn(Flow) -> AnyView> {
    Ok(pages::vote::marked)
}

/// A page, as soon as its part is there.
pub(crate) fn page(load: fn() -> Load<MakePage>) -> AnyView {
    shown(load, |make| make())
}

/// The steps of voting after the last contest, as soon as their part is there.
pub(crate) fn marked(flow: Flow) -> AnyView {
    shown(|| Box::pin(load_marked()), move |make| make(flow))
}

/// Has the steps after the last contest ready before they are needed.
pub(crate) fn expect_marked() {
    spawn_local(async {
        // if it fails it is tried again when they are shown
        let _ = load_marked().await;
    });
}

fn shown<F: Copy + Send + Sync + 'static>(
    load: fn() -> Load<F>,
    make: impl Fn(F) -> AnyView + Send + 'static,
) -> AnyView {
    let part = RwSignal::new(None::<Result<F, Trouble>>);
    let fetch = move || {
        let mut load = load();
        match (&mut load).now_or_never() {
            // it is there: nothing flickers
            Some(Ok(made)) => part.set(Some(Ok(made))),
            at_once => {
                part.set(None);
                spawn_local(async move {
                    let made = match at_once {
                        Some(made) => made,
                        None => load.await,
                    };
                    let made = match made {
                        Ok(made) => Ok(made),
                        Err(_) => Err(why_not().await),
                    };
                    // the page may have gone meanwhile
                    let _ = part.try_set(Some(made));
                });
            }
        }
    };
    fetch();
    (move || match part.get() {
        Some(Ok(part)) => make(part),
        Some(Err(trouble)) => view! { <TroubleNotice trouble again=move |()| fetch()/> }.into_any(),
        None => view! { <Loading/> }.into_any(),
    })
    .into_any()
}

/// Why a part could not be loaded: the browser does not say whether it was missing or not the right one.
async fn why_not() -> Trouble {
    match api::reach().await {
        Ok(()) => Trouble::Program { detail: "a part of the page is missing or has another hash".to_owned() },
        Err(trouble) => trouble,
    }
}
