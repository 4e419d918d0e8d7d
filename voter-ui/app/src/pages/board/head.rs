//! The newest checkpoint of a log.

use std::time::Duration;

use leptos::prelude::*;

use tabella_web_shared::reader::{HeadCard, Request};

use super::Log;
use crate::format::number;
use crate::language::{use_language, use_texts};
use crate::pages::election::poll::{Polled, poll};
use crate::parts::code::Code;
use crate::parts::notice::Checked;
use crate::session::use_session;
use crate::text::board::Board as Words;

/// How often the checkpoint is asked for.
const PERIOD: Duration = Duration::from_secs(5);

/// Asks for the newest checkpoint for as long as the page is looked at.
pub(super) fn watch(log: Log) -> Polled<HeadCard> {
    let session = use_session();
    poll(PERIOD, move || session.ask(Request::Head(log.name), |_| ()))
}

/// Size, fingerprint, name, witnesses, and the signed note.
#[component]
pub(super) fn Head(log: Log, head: RwSignal<Option<HeadCard>>) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let of =
        move |read: fn(&HeadCard) -> String| head.with(|head| head.as_ref().map(read).unwrap_or_default());
    let size = Memo::new(move |_| head.with(|head| head.as_ref().map_or(0, |head| head.size)));
    let root = Memo::new(move |_| of(|head| head.root.to_hex()));
    let note = Memo::new(move |_| of(|head| head.note.clone()));
    let origin = Memo::new(move |_| of(|head| head.origin.clone()));
    let witnesses = Memo::new(move |_| of(|head| head.witnessed_by.join(", ")));
    // witnesses sign the board's log alone
    let witnessed = move || match (log.election(), witnesses.get()) {
        (Some(_), _) => texts().anchored.to_owned(),
        (None, names) if names.is_empty() => texts().unwitnessed.to_owned(),
        (None, names) => names,
    };
    let title = move || if log.election().is_some() { texts().head } else { texts().whole };
    view! {
        <section aria-labelledby="head" class="card">
            <div class="row">
                <h2 id="head">{title}</h2>
                <Checked/>
            </div>
            <dl class="figures">
                <dt>{move || texts().size}</dt>
                <dd>{move || number(size.get(), language.get())}</dd>
                <dt>{move || texts().root}</dt>
                <dd>{move || view! { <Code hexadecimal=root.get()/> }}</dd>
                <dt>{move || texts().origin}</dt>
                <dd translate="no">{move || origin.get()}</dd>
                <dt>{move || texts().witnesses}</dt>
                <dd>{witnessed}</dd>
            </dl>
            <details>
                <summary>{move || texts().note}</summary>
                <pre translate="no">{move || note.get()}</pre>
            </details>
        </section>
    }
}
