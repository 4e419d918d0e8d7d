//! The public record, live: the board's own log, and each election's.
//!
//! ```text
//! Explorer: Head (newest checkpoint, asked every 5 s)
//!           Entries (25 a page, in blocks; the page stands in the address as ?from=) -> Item -> path on demand
//!           #entry-N in the address: the entry that is wanted, shown and marked as soon as it is there
//! ```
//!
//! What the reader answers is checked on this device; titles of elections are of manifests whose hash is their name.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_web_shared::Trouble;
use tabella_web_shared::reader::{HeadCard, LogName};

use crate::api;
use crate::language::{said, use_texts};
use crate::pages::election::poll::Polled;
use crate::pages::not_found::{NotFound, Ways};
use crate::pages::use_election;
use crate::parts::heading::Heading;
use crate::parts::notice::{Loading, Said, TroubleNotice};
use crate::router::use_fragment;
use crate::text::board::Board as Words;
use crate::text::not_found::NotFound as NoElection;

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
    /// The entry that the address names, as in `#entry-5`.
    wanted: Memo<Option<u64>>,
}

impl Log {
    fn new(name: LogName) -> Self {
        let manifest = RwSignal::new(None);
        let fragment = use_fragment();
        let wanted =
            Memo::new(move |_| fragment.with(|fragment| fragment.strip_prefix("#entry-")?.parse().ok()));
        if let LogName::Election(election) = name {
            spawn_local(async move {
                // without it, names of questions are numbers
                let _ = manifest.try_set(api::manifest(election).await.ok().map(Arc::new));
            });
        }
        Self { name, titles: Titles::new(), manifest, wanted }
    }

    /// The election whose log it is.
    fn election(self) -> Option<ElectionId> {
        match self.name {
            LogName::Election(election) => Some(election),
            LogName::Board => None,
        }
    }

    /// Marks an entry if it is the one that the address names: for `aria-current`.
    fn mark(self, index: u64) -> Option<&'static str> {
        (self.wanted.get() == Some(index)).then_some("true")
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
    let head = watch(log);
    view! {
        <Heading words=Signal::derive(move || texts().title.to_owned())/>
        <p class="lead">{move || texts().lead}</p>
        <Elections log/>
        <Explorer log head/>
    }
}

/// ElectionLog.
#[component]
pub(crate) fn ElectionLog() -> impl IntoView {
    let election = use_election();
    move || match election.get() {
        Some(election) => view! { <OfElection election/> }.into_any(),
        None => view! { <NotFound/> }.into_any(),
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
    let head = watch(log);
    let is_unknown = Memo::new(move |_| head.trouble.get() == Some(Trouble::NotFound));
    let no_election = use_texts::<NoElection>();
    let heading = move || if is_unknown.get() { no_election().no_election } else { texts().election_title };
    let body = move || {
        if is_unknown.get() {
            return view! { <Ways/> }.into_any();
        }
        view! {
            <p>{move || texts().election} " " <a href=format!("/e/{election}")>{title}</a></p>
            <p class="lead">{move || texts().election_lead}</p>
            <Explorer log head/>
            <Download election/>
            <p><a href="/board">{move || texts().whole}</a></p>
        }
        .into_any()
    };
    view! {
        <Heading words=Signal::derive(move || heading().to_owned())/>
        {body}
    }
}

/// The newest checkpoint, the entries, and what the words mean.
#[component]
fn Explorer(log: Log, head: Polled<HeadCard>) -> impl IntoView {
    let texts = use_texts::<Words>();
    // what came before is not to be believed either
    let is_forged = move || head.trouble.with(|trouble| matches!(trouble, Some(Trouble::Forged { .. })));
    let is_there = Memo::new(move |_| head.value.with(Option::is_some) && !is_forged());
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
            view! { <ul class="stack">{items}</ul> }.into_any()
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
