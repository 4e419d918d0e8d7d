//! One election in the list.

use std::sync::Arc;

use leptos::prelude::*;

use tabella_board_core::api::{ElectionStatus, ElectionSummary};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_web_shared::Trouble;

use crate::api;
use crate::format::{machine_time, number, percent, time};
use crate::language::{said, use_language, use_texts};
use crate::pages::election::state::{State, StateBadge};
use crate::pages::election::turnout::{Bar, share};
use crate::text::common::Common;
use crate::text::elections::Elections as Words;

/// The description of an election, as it comes.
type Fetched = Option<Result<Arc<CheckedManifest>, Trouble>>;

/// A card with title, state, turnout and what to do.
#[component]
pub(super) fn Card(
    election: ElectionId,
    /// The whole list, renewed by its page.
    list: RwSignal<Option<Vec<ElectionSummary>>>,
    /// This device's time.
    now: RwSignal<u64>,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let summary = Memo::new(move |_| {
        list.with(|all| all.as_ref()?.iter().find(|summary| summary.election == election).cloned())
    });
    let state = Memo::new(move |_| {
        summary.with(|summary| {
            summary.as_ref().map_or(State::Preparing, |summary| {
                State::of(summary.phase, summary.opens, summary.closes, now.get())
            })
        })
    });
    let kind = Memo::new(move |_| state.get().kind());
    let size = Memo::new(move |_| summary.with(|summary| summary.as_ref().map(|summary| summary.size)));
    let is_preparing = Memo::new(move |_| kind.get() == State::Preparing);
    let manifest = LocalResource::new(move || {
        // asked again when it is complete
        let _ = is_preparing.get();
        async move { api::manifest(election).await.map(Arc::new) }
    });
    // asked again when the election's log has grown
    let status = LocalResource::new(move || {
        let _ = size.get();
        api::status(election)
    });
    let questions = move || match manifest.get() {
        Some(Ok(manifest)) => Some((texts().questions)(manifest.contests.len())),
        _ => None,
    };
    let status = Signal::derive_local(move || status.get().and_then(Result::ok));
    view! {
        <li class="card">
            <div class="stack">
                <StateBadge state/>
                <h3 class="card-title">
                    <a href=page(election)><Title election manifest=Signal::derive_local(move || manifest.get())/></a>
                </h3>
            </div>
            <p>
                <Dates summary kind status/>
                {move || questions().map(|words| view! { <br/> {words} })}
            </p>
            <Turnout kind status/>
            <Actions election kind manifest=Signal::derive_local(move || manifest.get())/>
        </li>
    }
}

/// The address of an election's page.
fn page(election: ElectionId) -> String {
    format!("/e/{election}")
}

/// The beginning of an election's name, where there is no title.
fn short(election: ElectionId) -> String {
    election.to_string().chars().take(8).collect()
}

/// The title, once it is there.
#[component]
fn Title(election: ElectionId, manifest: Signal<Fetched, LocalStorage>) -> impl IntoView {
    let texts = use_texts::<Words>();
    move || match manifest.get() {
        Some(Ok(manifest)) => said(&manifest.title).into_any(),
        _ => (texts().unnamed)(&short(election)).into_any(),
    }
}

/// The next date that matters.
#[component]
fn Dates(
    summary: Memo<Option<ElectionSummary>>,
    kind: Memo<State>,
    status: Signal<Option<ElectionStatus>, LocalStorage>,
) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let date = move || {
        let (opens, closes) = summary.with(|summary| summary.as_ref().map(|s| (s.opens, s.closes)))?;
        let (label, at) = match kind.get() {
            State::Preparing | State::Soon { .. } => (texts().opens, opens),
            State::Late => (texts().late, opens),
            State::Open { .. } => (texts().closes, closes),
            // it may have closed before its time
            State::Counting | State::Counted => (texts().closed, status.get()?.closed?),
        };
        Some(view! { {label} <time datetime=machine_time(at)>{time(at, language.get())}</time> })
    };
    view! { {date} }
}

/// Turnout, where it is shown.
#[component]
fn Turnout(kind: Memo<State>, status: Signal<Option<ElectionStatus>, LocalStorage>) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    move || {
        let status = status.get().filter(|_| !kind.get().is_before())?;
        let voters = status.roll.voters;
        Some(match status.ballots {
            Some(ballots) => {
                let write = |value| number(value, language.get());
                let part = share(ballots.counted, voters);
                let words = (texts().turnout)(
                    &write(ballots.counted),
                    &write(voters),
                    &percent(part, language.get()),
                );
                view! {
                    <div class="stack tight">
                        <p class="small">{words}</p>
                        <Bar part/>
                    </div>
                }
                .into_any()
            }
            None => view! { <p class="small muted">{texts().hidden}</p> }.into_any(),
        })
    }
}

/// The main thing to do, and the way to everything else.
#[component]
fn Actions(
    election: ElectionId,
    kind: Memo<State>,
    manifest: Signal<Fetched, LocalStorage>,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let common = use_texts::<Common>();
    let page = page(election);
    let trouble = move || match manifest.get()? {
        // a description that is not complete yet
        Err(Trouble::NotFound) if kind.get() == State::Preparing => Some(texts().preparing.to_owned()),
        Err(trouble) => Some(format!("{} {}.", texts().untitled, (common().trouble)(&trouble).0)),
        Ok(_) => None,
    };
    let about = move |page: &str, class| {
        view! {
            <a class=class href=page.to_owned()>
                {texts().about}
                <span class="visually-hidden">": " <Title election manifest/></span>
            </a>
        }
    };
    let actions = move || {
        let main = match kind.get() {
            State::Preparing | State::Soon { .. } | State::Late => None,
            State::Open { .. } => Some((format!("{page}/vote"), texts().vote)),
            State::Counting => Some((format!("{page}/results"), texts().follow)),
            State::Counted => Some((format!("{page}/results"), texts().results)),
        };
        match main {
            Some((address, words)) => view! {
                <a class="button primary" href=address>
                    {words}
                    <span class="visually-hidden">": " <Title election manifest/></span>
                </a>
                {about(&page, "button quiet")}
            }
            .into_any(),
            None => about(&page, "button secondary").into_any(),
        }
    };
    view! {
        {move || trouble().map(|words| view! { <p class="small muted">{words}</p> })}
        <p class="actions">{actions}</p>
    }
}
