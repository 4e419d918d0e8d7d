//! The whole verifier, on this device.

use std::sync::Arc;

use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_web_shared::Trouble;

use crate::api;
use crate::language::{said, use_texts};
use crate::parts::heading::Heading;
use crate::parts::notice::{Kind, Notice, TroubleNotice};
use crate::parts::progress::ProgressBar;
use crate::parts::steps::Steps;
use crate::router::use_fragment;
use crate::session::use_session;
use crate::text::common::Common;
use crate::text::verify::Verification;

mod checks;
pub(crate) mod fetch;
mod found;
pub(crate) mod known;
pub(crate) mod report;
mod run;

use found::Found;
use run::{Finished, Stand};

/// With this fragment in the address the verification starts by itself.
const START: &str = "start";

/// Where the page is.
#[derive(Debug, Clone)]
enum State {
    Idle { stopped: bool },
    Running,
    Finished(Arc<Finished>),
    Failed(Trouble),
}

/// Check it all on this device.
#[component]
pub(crate) fn Verify() -> impl IntoView {
    let texts = use_texts::<Verification>();
    let election = super::use_election();
    move || match election.get() {
        Some(election) => view! { <VerifyElection election/> }.into_any(),
        None => view! {
            <Heading words=Signal::derive(move || texts().title.to_owned())/>
            <TroubleNotice trouble=Trouble::NotFound/>
        }
        .into_any(),
    }
}

#[component]
fn VerifyElection(election: ElectionId) -> impl IntoView {
    let session = use_session();
    let state = RwSignal::new(State::Idle { stopped: false });
    let stand = RwSignal::new(Stand::default());
    let manifest = RwSignal::new(None::<Arc<CheckedManifest>>);
    let running = StoredValue::new(None::<AbortHandle>);
    let end = move || {
        if let Some(handle) = running.try_update_value(Option::take).flatten() {
            handle.abort();
        }
    };
    let start = move || {
        end();
        state.set(State::Running);
        stand.set(Stand::default());
        let (task, handle) = abortable(run::run(session, election, stand));
        running.set_value(Some(handle));
        spawn_local(async move {
            // stopped, or the page is gone: nobody waits for it
            let Ok(outcome) = task.await else { return };
            let _ = state.try_set(match outcome {
                Ok(finished) => State::Finished(Arc::new(finished)),
                Err(trouble) => State::Failed(trouble),
            });
        });
    };
    let stop = move || {
        end();
        state.set(State::Idle { stopped: true });
    };
    on_cleanup(end);
    spawn_local(async move {
        // without it the page has no title and no trustees' names, and says what is wrong when it starts
        if let Ok(found) = api::manifest(election).await {
            let _ = manifest.try_set(Some(Arc::new(found)));
        }
    });
    // the router knows the new address before the window does
    if use_fragment().get_untracked().trim_start_matches('#') == START {
        start();
    }
    move || match state.get() {
        State::Idle { stopped } => {
            view! { <Introduction manifest stopped start=Callback::new(move |()| start())/> }.into_any()
        }
        State::Running => view! { <Running manifest stand stop=Callback::new(move |()| stop())/> }.into_any(),
        State::Finished(finished) => {
            view! { <Found election manifest finished again=Callback::new(move |()| start())/> }.into_any()
        }
        State::Failed(trouble) => {
            view! { <Failed trouble again=Callback::new(move |()| start())/> }.into_any()
        }
    }
}

/// The election's title, as soon as it is known.
#[component]
fn Title(manifest: RwSignal<Option<Arc<CheckedManifest>>>) -> impl IntoView {
    move || manifest.get().map(|manifest| view! { <p class="lead">{said(&manifest.title)}</p> })
}

#[component]
fn Introduction(
    manifest: RwSignal<Option<Arc<CheckedManifest>>>,
    stopped: bool,
    start: Callback<()>,
) -> impl IntoView {
    let texts = use_texts::<Verification>();
    view! {
        <Heading words=Signal::derive(move || texts().title.to_owned())/>
        <Title manifest/>
        {stopped.then(|| view! { <p role="status">{move || texts().stopped}</p> })}
        <p>{move || texts().what}</p>
        <p>{move || texts().why}</p>
        <p class="actions">
            <button type="button" class="button primary" on:click=move |_| start.run(())>{move || texts().start}</button>
        </p>
        <p class="small muted">{move || texts().cost}</p>
    }
}

#[component]
fn Running(
    manifest: RwSignal<Option<Arc<CheckedManifest>>>,
    stand: RwSignal<Stand>,
    stop: Callback<()>,
) -> impl IntoView {
    let texts = use_texts::<Verification>();
    let shared = Memo::new(move |_| stand.with(|stand| stand.shared));
    let step = Memo::new(move |_| stand.with(|stand| stand.step));
    let names = move || {
        let names: &[&str] = if shared.get() { &texts().steps_shared } else { &texts().steps_alone };
        names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()
    };
    view! {
        <Heading words=Signal::derive(move || texts().running.to_owned())/>
        <Title manifest/>
        <Steps names=Signal::derive(names) now=step/>
        <ProgressBar progress=Signal::derive(move || stand.with(|stand| stand.progress))/>
        <p class="small muted">{move || texts().stay}</p>
        <p class="actions">
            <button type="button" class="button secondary" on:click=move |_| stop.run(())>{move || texts().stop}</button>
        </p>
    }
}

/// A verification that came to no report.
#[component]
fn Failed(trouble: Trouble, again: Callback<()>) -> impl IntoView {
    let texts = use_texts::<Verification>();
    match trouble {
        // a board that shows what cannot be true is a finding
        Trouble::Forged { .. } => view! { <Refused trouble again/> }.into_any(),
        trouble => view! {
            <Heading words=Signal::derive(move || texts().unfinished.to_owned())/>
            <p>{move || texts().unfinished_words}</p>
            <TroubleNotice trouble again/>
        }
        .into_any(),
    }
}

/// What the board showed was refused on the way. Without a number: the checks that have one are of a record that was
/// taken, and a verifier that knows of no earlier visit might find nothing.
#[component]
fn Refused(trouble: Trouble, again: Callback<()>) -> impl IntoView {
    let texts = use_texts::<Verification>();
    let common = use_texts::<Common>();
    let detail = match &trouble {
        Trouble::Forged { detail, .. } => detail.clone(),
        _ => String::new(),
    };
    let (title, words) = {
        let (first, second) = (trouble.clone(), trouble);
        (move || (common().trouble)(&first).0, move || (common().trouble)(&second).1)
    };
    view! {
        <Heading words=Signal::derive(move || texts().bad.to_owned())/>
        <div role="alert" class="trouble forged">
            <Notice kind=Kind::Bad>
                <h2>{title}</h2>
                <p>{words}</p>
                <dl class="figures">
                    <dt>{move || texts().refused}</dt>
                    <dd lang="en">{detail}</dd>
                </dl>
                <p>{move || texts().refused_words}</p>
                <p>
                    <button type="button" class="button secondary" on:click=move |_| again.run(())>
                        {move || common().again}
                    </button>
                </p>
            </Notice>
        </div>
    }
}
