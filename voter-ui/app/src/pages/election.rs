//! An election's page: what it is about, where it stands, who runs it, and what this device has checked of it.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;

use tabella_board_core::api::ElectionStatus;
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_web_shared::Trouble;

use crate::api;
use crate::format::{machine_time, time, time_zone};
use crate::language::{plain, said, use_language, use_texts};
use crate::pages::not_found::{NotFound, Ways};
use crate::pages::use_election;
use crate::parts::heading::Heading;
use crate::parts::notice::{Kind, Loading, Notice, Said, TroubleNotice};
use crate::text::election::Election as Words;
use crate::text::elections::Elections as StateWords;
use crate::text::not_found::NotFound as NoElection;

mod board;
pub(crate) mod facts;
mod people;
pub(crate) mod poll;
mod questions;
mod rules;
pub(crate) mod state;
pub(crate) mod turnout;

use poll::{Polled, clock, poll};
use state::{State, StateBadge};

/// How often the state is renewed.
const PERIOD: Duration = Duration::from_secs(5);

/// The page of the election in the address.
#[component]
pub(crate) fn Election() -> impl IntoView {
    let election = use_election();
    move || match election.get() {
        Some(election) => view! { <Page election/> }.into_any(),
        None => view! { <NotFound/> }.into_any(),
    }
}

/// The page of an election.
#[component]
fn Page(election: ElectionId) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let status = poll(PERIOD, move || api::status(election));
    let is_complete = Memo::new(move |_| {
        status.value.with(|status| {
            status.as_ref().is_none_or(|status| State::of_status(status, 0) != State::Preparing)
        })
    });
    let manifest = LocalResource::new(move || {
        // asked again when it is complete
        let _ = is_complete.get();
        async move { api::manifest(election).await.map(Arc::new) }
    });
    let no_election = use_texts::<NoElection>();
    let is_unknown = Memo::new(move |_| status.trouble.get() == Some(Trouble::NotFound));
    let title = Signal::derive_local(move || match manifest.get() {
        _ if is_unknown.get() => no_election().no_election.to_owned(),
        Some(Ok(manifest)) => plain(&manifest.title, language.get()),
        _ => texts().title.to_owned(),
    });
    let heading = RwSignal::new(String::new());
    Effect::new(move || heading.set(title.get()));
    let again = Callback::new(move |()| {
        manifest.refetch();
        status.again.run(());
    });
    let body = move || match manifest.get() {
        _ if is_unknown.get() => view! { <Ways/> }.into_any(),
        Some(Ok(manifest)) => view! { <Described manifest status/> }.into_any(),
        Some(Err(Trouble::NotFound)) if !is_complete.get() => view! {
            <Notice kind=Kind::Note>
                <p>{move || texts().preparing}</p>
            </Notice>
        }
        .into_any(),
        // whether there is such an election, the state says
        Some(Err(Trouble::NotFound)) if status.value.with(Option::is_none) => view! { <Loading/> }.into_any(),
        Some(Err(trouble)) => view! { <TroubleNotice trouble again/> }.into_any(),
        None => view! { <Loading/> }.into_any(),
    };
    view! {
        <Heading words=heading/>
        {body}
    }
}

/// Everything, once the description is there.
#[component]
fn Described(manifest: Arc<CheckedManifest>, status: Polled<ElectionStatus>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let now = clock();
    let election = manifest.id();
    let state = Memo::new(move |_| {
        status.value.with(|status| status.as_ref().map(|status| State::of_status(status, now.get())))
    });
    let kind = Memo::new(move |_| state.get().map(State::kind));
    let is_over = Memo::new(move |_| kind.get().is_some_and(State::is_over));
    let badge = Signal::derive(move || state.get().unwrap_or(State::Preparing));
    let top = {
        let manifest = Arc::clone(&manifest);
        move || match kind.get() {
            Some(state) => {
                let manifest = Arc::clone(&manifest);
                view! {
                    <div class="row"><StateBadge state=badge/></div>
                    <Dates manifest state status=status.value/>
                    <Actions election state/>
                }
                .into_any()
            }
            None => match status.trouble.get() {
                Some(trouble) => view! { <TroubleNotice trouble again=status.again/> }.into_any(),
                None => view! { <Loading/> }.into_any(),
            },
        }
    };
    let stale = move || {
        (state.get().is_some() && status.trouble.with(Option::is_some))
            .then(|| view! { <p class="small muted">{texts().stale}</p> })
    };
    let description = manifest.description.as_ref().map(|description| {
        view! { <p class="lead" style:white-space="pre-line">{said(description)}</p> }
    });
    view! {
        {description}
        {top}
        {stale}
        <turnout::Turnout manifest=Arc::clone(&manifest) status=status.value/>
        <questions::Questions manifest=Arc::clone(&manifest)/>
        <people::People manifest=Arc::clone(&manifest) status=status.value/>
        <rules::Rules manifest=Arc::clone(&manifest) is_over/>
        <facts::Facts election status=status.value/>
        <board::Board election status=status.value/>
        <Links election kind/>
    }
}

/// When voting opens and closes by the manifest, or when it did.
#[component]
fn Dates(
    manifest: Arc<CheckedManifest>,
    state: State,
    status: RwSignal<Option<ElectionStatus>>,
) -> impl IntoView {
    let (texts, words, language) = (use_texts::<StateWords>(), use_texts::<Words>(), use_language());
    let (opens, closes) = (manifest.opens, manifest.closes);
    let times = Memo::new(move |_| {
        status.with(|status| status.as_ref().map_or((None, None), |status| (status.opened, status.closed)))
    });
    let at = move |time_: u64| {
        view! { <time datetime=machine_time(time_)>{time(time_, language.get())}</time> }
    };
    let dates = move || match times.get() {
        (Some(opened), Some(closed)) => {
            let [from, to, end] = words().was_open;
            view! { {from} {at(opened)} {to} {at(closed)} {end} }.into_any()
        }
        (Some(opened), None) => {
            view! { {texts().opened} {at(opened)} <br/> {texts().closes} {at(closes)} }.into_any()
        }
        (None, _) => {
            let opening = if state == State::Late { texts().late } else { texts().opens };
            view! { {opening} {at(opens)} <br/> {texts().closes} {at(closes)} }.into_any()
        }
    };
    // nothing but an order of the administrator opens or closes voting before its time
    let early = move || {
        let (opened, closed) = times.get();
        let is_early = |time: Option<u64>, planned| time.is_some_and(|time| time < planned);
        let early = (words().early)(is_early(opened, opens), is_early(closed, closes))?;
        let [planned, to, end] = words().planned;
        Some(view! { <p class="small">{early} {planned} {at(opens)} {to} {at(closes)} {end}</p> })
    };
    view! {
        <div class="stack tight">
            <p>{dates}</p>
            {early}
            <p class="small muted">{move || (words().zone)(&time_zone())}</p>
            <Said/>
        </div>
    }
}

/// What to do now.
#[component]
fn Actions(election: ElectionId, state: State) -> impl IntoView {
    let texts = use_texts::<Words>();
    let link = move |class: &'static str, page: &str, words: fn(&Words) -> &'static str| {
        let address = format!("/e/{election}{page}");
        view! { <a class=class href=address>{move || words(texts())}</a> }
    };
    let (primary, secondary) = ("button primary", "button secondary");
    let actions = match state {
        State::Open { .. } => view! {
            {link("button primary big", "/vote", |texts| texts.vote)}
            {link(secondary, "/track", |texts| texts.check)}
        }
        .into_any(),
        State::Counting => view! {
            {link(primary, "/results", |texts| texts.follow)}
            {link(secondary, "/track", |texts| texts.check)}
        }
        .into_any(),
        State::Counted => view! {
            {link(primary, "/results", |texts| texts.results)}
            {link(secondary, "/track", |texts| texts.check)}
            {link(secondary, "/verify", |texts| texts.recount)}
        }
        .into_any(),
        State::Preparing | State::Soon { .. } | State::Late => {
            view! { <a class=secondary href="/practice">{move || texts().practice}</a> }.into_any()
        }
    };
    view! { <div class="actions">{actions}</div> }
}

/// Where to look closer: what there is.
#[component]
fn Links(election: ElectionId, kind: Memo<Option<State>>) -> impl IntoView {
    let texts = use_texts::<Words>();
    type Said = fn(&Words) -> &'static str;
    let link = move |page: &str, name: Said, more: Said| {
        let address = format!("/e/{election}{page}");
        view! {
            <li>
                <a href=address>{move || name(texts())}</a>
                <br/>
                <span class="small muted">{move || more(texts())}</span>
            </li>
        }
    };
    let ballot = move || {
        let has_ballots = kind.get().is_some_and(|state| !state.is_before());
        has_ballots.then(|| link("/track", |texts| texts.check, |texts| texts.check_more))
    };
    let verify = move || match kind.get() {
        Some(State::Counted) => link("/verify", |texts| texts.recount, |texts| texts.recount_more),
        _ => link("/verify", |texts| texts.verify, |texts| texts.verify_more),
    };
    view! {
        <section aria-labelledby="more">
            <h2 id="more">{move || texts().more}</h2>
            <ul class="stack">
                {ballot}
                {link("/board", |texts| texts.record, |texts| texts.record_more)}
                {verify}
            </ul>
        </section>
    }
}
