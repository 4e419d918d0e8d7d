//! The public record, live: the board's own log, and each election's.
//!
//! ```text
//! Explorer: Head (newest checkpoint, asked every 5 s)
//!           Entries (25 a page, in blocks; the page stands in the address as ?from=) -> Item -> path on demand
//! ```
//!
//! What the reader answers is checked on this device; titles of elections are of manifests whose hash is their name.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_web_shared::reader::LogName;

use crate::api;
use crate::language::{said, use_texts};
use crate::pages::use_election;
use crate::parts::heading::Heading;
use crate::parts::notice::{Kind, Loading, Notice, Said, TroubleNotice};
use crate::text::board::Board as Words;

mod download;
mod entries;
mod fields;
mod head;
mod item;
mod page;
mod titles;

use download::Download;
use entries::Entries;
pub(crate) use fields::Label;
use head::{Head, watch};
use titles::{ElectionTitle, Titles};

/// A log and what is known of it beside its entries.
#[derive(Clone, Copy)]
struct Log {
    name: LogName,
    titles: Titles,
    /// The election's manifest, once it is there; none for the board's log.
    manifest: RwSignal<Option<Arc<CheckedManifest>>>,
}

impl Log {
    fn new(name: LogName) -> Self {
        let manifest = RwSignal::new(None);
        if let LogName::Election(election) = name {
            spawn_local(async move {
                // without it, names of questions are numbers
                let _ = manifest.try_set(api::manifest(election).await.ok().map(Arc::new));
            });
        }
        Self { name, titles: Titles::new(), manifest }
    }

    /// The election whose log it is.
    fn election(self) -> Option<ElectionId> {
        match self.name {
            LogName::Election(election) => Some(election),
            LogName::Board => None,
        }
    }

    /// The address of the page.
    fn address(self) -> String {
        match self.name {
            LogName::Election(election) => format!("/e/{election}/board"),
            LogName::Board => "/board".to_owned(),
        }
    }
}

/// BoardLog.
#[component]
pub(crate) fn BoardLog() -> impl IntoView {
    let texts = use_texts::<Words>();
    let log = Log::new(LogName::Board);
    view! {
        <Heading words=Signal::derive(move || texts().title.to_owned())/>
        <p class="lead">{move || texts().lead}</p>
        <Explorer log/>
        <Elections log/>
    }
}

/// ElectionLog.
#[component]
pub(crate) fn ElectionLog() -> impl IntoView {
    let texts = use_texts::<Words>();
    let election = use_election();
    let page = move || match election.get() {
        Some(election) => view! { <OfElection election/> }.into_any(),
        None => view! { <Notice kind=Kind::Bad><p>{move || texts().bad_address}</p></Notice> }.into_any(),
    };
    view! {
        <Heading words=Signal::derive(move || texts().election_title.to_owned())/>
        {page}
    }
}

#[component]
fn OfElection(election: ElectionId) -> impl IntoView {
    let texts = use_texts::<Words>();
    let log = Log::new(LogName::Election(election));
    let title = move || match log.manifest.get() {
        Some(manifest) => said(&manifest.title).into_any(),
        None => (move || texts().about).into_any(),
    };
    view! {
        <p>{move || texts().election} " " <a href=format!("/e/{election}")>{title}</a></p>
        <p class="lead">{move || texts().election_lead}</p>
        <Explorer log/>
        <Download election/>
        <p><a href="/board">{move || texts().whole}</a></p>
    }
}

/// The newest checkpoint, the entries, and what the words mean.
#[component]
fn Explorer(log: Log) -> impl IntoView {
    let texts = use_texts::<Words>();
    let head = watch(log);
    let is_there = Memo::new(move |_| head.value.with(Option::is_some));
    let terms = move || {
        texts().terms.map(|(term, meaning)| view! { <dt>{term}</dt> <dd>{meaning}</dd> }).collect_view()
    };
    let shown = move || match (is_there.get(), head.trouble.get()) {
        (true, trouble) => view! {
            {trouble.map(|_| view! { <p class="small muted" role="status">{move || texts().stale}</p> })}
        }
        .into_any(),
        (false, Some(trouble)) => view! { <TroubleNotice trouble again=head.again/> }.into_any(),
        (false, None) => view! { <Loading/> }.into_any(),
    };
    view! {
        {shown}
        {move || is_there.get().then(|| view! {
            <Head log head=head.value/>
            <details>
                <summary>{move || texts().legend}</summary>
                <dl class="figures">{terms}</dl>
            </details>
            <Entries log head=head.value/>
        })}
    }
}

/// The elections on the board, with the way to their records.
#[component]
fn Elections(log: Log) -> impl IntoView {
    let texts = use_texts::<Words>();
    let list = LocalResource::new(api::elections);
    let again = Callback::new(move |()| list.refetch());
    let shown = move || match list.get() {
        None => view! { <Loading/> }.into_any(),
        Some(Err(trouble)) => view! { <TroubleNotice trouble again/> }.into_any(),
        Some(Ok(list)) if list.is_empty() => view! { <p>{move || texts().no_elections}</p> }.into_any(),
        Some(Ok(list)) => {
            let items: Vec<_> = list
                .into_iter()
                .map(|summary| {
                    let election = summary.election;
                    view! {
                        <li>
                            <a href=format!("/e/{election}/board")><ElectionTitle election titles=log.titles/></a>
                        </li>
                    }
                })
                .collect();
            view! { <ul>{items}</ul> }.into_any()
        }
    };
    view! {
        <section aria-labelledby="elections">
            <div class="row">
                <h2 id="elections">{move || texts().elections}</h2>
                <Said/>
            </div>
            <p>{move || texts().elections_lead}</p>
            {shown}
        </section>
    }
}
