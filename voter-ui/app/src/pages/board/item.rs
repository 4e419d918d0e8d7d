//! One entry: what it is and says, and on demand how it stands in the tree.

use leptos::prelude::*;

use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;
use tabella_web_shared::reader::{EntryCard, EntryKind, Field, PathCard, Request};

use super::Log;
use super::entries::{Time, anchor};
use super::fields::{Label, is_main, labels, value};
use super::titles::ElectionTitle;
use crate::format::number;
use crate::language::{use_language, use_texts};
use crate::parts::code::Code;
use crate::parts::notice::{Checked, Loading, TroubleNotice};
use crate::parts::tree::PathTree;
use crate::session::use_session;
use crate::text::board::Board as Words;

/// A field with what it is.
type Labelled = (Label, Field, String);

/// An entry other than a block's own.
#[component]
pub(super) fn Item(log: Log, entry: EntryCard) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let (index, kind) = (entry.index, entry.kind);
    let (main, more): (Vec<Labelled>, Vec<Labelled>) =
        labels(&entry).into_iter().partition(|(_, field, _)| is_main(*field));
    let written = move || number(index, language.get());
    let results = match (kind, log.election()) {
        (EntryKind::Result | EntryKind::Withheld, Some(election)) => Some(view! {
            <p><a href=format!("/e/{election}/results")>{move || texts().results}</a></p>
        }),
        _ => None,
    };
    view! {
        <li id=anchor(index) class="entry stack" tabindex="-1" aria-current=move || log.mark(index)>
            <p>
                <span class="small muted">{move || (texts().number)(&written())}</span> " "
                <strong>{move || (texts().kind)(kind)}</strong>
            </p>
            <Fields log fields=main/>
            {results}
            <details>
                <summary>{move || (texts().more)(&written())}</summary>
                <More log entry fields=more/>
            </details>
        </li>
    }
}

/// An anchor in one line, with its details and those of its block.
#[component]
pub(super) fn AnchorItem(
    log: Log,
    entry: EntryCard,
    block: Option<EntryCard>,
    time: Option<u64>,
) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let index = entry.index;
    let text = |field| entry.fields.iter().find(|(other, _)| *other == field).map(|(_, text)| text.clone());
    let election = text(Field::Election).and_then(|text| Digest::from_hex(&text)).map(ElectionId);
    let size: u64 = text(Field::Size).and_then(|text| text.parse().ok()).unwrap_or_default();
    let fields = labels(&entry);
    view! {
        <li id=anchor(index) class="entry" tabindex="-1" aria-current=move || log.mark(index)>
            <details>
                <summary>
                    {move || (texts().number)(&number(index, language.get()))} " · "
                    {election.map(|election| view! { <ElectionTitle election titles=log.titles/> })}
                    {move || (texts().grown)(&number(size, language.get()))}
                    {time.map(|time| view! { " · " <Time time/> })}
                </summary>
                <More log entry fields/>
                {block.map(|entry| view! { <BlockItem log entry/> })}
            </details>
        </li>
    }
}

/// The entry that begins a block.
#[component]
pub(super) fn BlockItem(log: Log, entry: EntryCard) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let index = entry.index;
    let fields = labels(&entry);
    view! {
        <details id=anchor(index) class="entry" tabindex="-1" aria-current=move || log.mark(index)>
            <summary>{move || (texts().block)(&number(index, language.get()))}</summary>
            <More log entry fields/>
        </details>
    }
}

/// Fields as a list of what they are and say.
#[component]
fn Fields(log: Log, fields: Vec<Labelled>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let pairs: Vec<_> = fields
        .into_iter()
        .map(|(label, field, text)| {
            view! {
                <dt>{move || (texts().label)(label)}</dt>
                <dd>{value(log, field, &text)}</dd>
            }
        })
        .collect();
    (!pairs.is_empty()).then(|| view! { <dl class="figures">{pairs}</dl> })
}

/// What only the curious ask for.
#[component]
fn More(log: Log, entry: EntryCard, fields: Vec<Labelled>) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let EntryCard { index, length, leaf, .. } = entry;
    view! {
        <Fields log fields/>
        <dl class="figures">
            <dt>{move || texts().leaf}</dt>
            <dd><Code hexadecimal=leaf.to_hex()/></dd>
            <dt>{move || texts().length}</dt>
            <dd>{move || (texts().bytes)(&number(length.into(), language.get()))}</dd>
        </dl>
        <Path log index/>
    }
}

/// The way to the root, once it is asked for.
#[component]
fn Path(log: Log, index: u64) -> impl IntoView {
    let texts = use_texts::<Words>();
    let session = use_session();
    let is_wanted = RwSignal::new(false);
    move || {
        if !is_wanted.get() {
            return view! {
                <p>
                    <button type="button" class="button quiet" on:click=move |_| is_wanted.set(true)>
                        {move || texts().path}
                    </button>
                </p>
            }
            .into_any();
        }
        let path = LocalResource::new(move || {
            session.ask::<PathCard>(Request::Path { log: log.name, index }, |_| ())
        });
        let again = Callback::new(move |()| path.refetch());
        let shown = move || match path.get() {
            None => view! { <Loading/> }.into_any(),
            Some(Err(trouble)) => view! { <TroubleNotice trouble again/> }.into_any(),
            Some(Ok(path)) => view! { <Checked/> <PathTree path/> }.into_any(),
        };
        view! { <div class="stack">{shown}</div> }.into_any()
    }
}
