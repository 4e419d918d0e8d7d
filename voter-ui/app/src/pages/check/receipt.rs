//! A receipt's file: whether it is genuine, and whether the board keeps what it promised.

use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::manifest::ElectionId;
use tabella_web_shared::Trouble;
use tabella_web_shared::reader::{ReceiptCard, Request};

use super::file::FileField;
use super::{Title, failure};
use crate::format::number;
use crate::language::{use_language, use_texts};
use crate::parts::code::Code;
use crate::parts::notice::{Checked, Kind, Loading, Notice};
use crate::session::use_session;
use crate::text::check::Check as Words;
use crate::text::track::Track;

/// A ballot that the board denied a moment ago.
type Denied = Option<(ElectionId, TrackingCode)>;

/// What became of the file.
#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Asking,
    Genuine(Box<ReceiptCard>),
    Failed(String, Trouble),
}

/// Takes a receipt's file and says what it shows.
#[component]
pub(crate) fn Receipt(
    /// The ballot that the board says it does not have, where one was looked for.
    #[prop(optional, into)]
    denied: Signal<Denied>,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let session = use_session();
    let answer = RwSignal::new(None::<Answer>);
    let check = Callback::new(move |json: String| {
        answer.set(Some(Answer::Asking));
        spawn_local(async move {
            let request = Request::CheckReceipt { json: json.clone() };
            let found = session.ask::<ReceiptCard>(request, |_| ()).await;
            // the page may be gone
            let _ = answer.try_set(Some(match found {
                Ok(card) => Answer::Genuine(Box::new(card)),
                Err(trouble) => Answer::Failed(json, trouble),
            }));
        });
    });
    let shown = move || {
        Some(match answer.get()? {
            Answer::Asking => view! { <Loading/> }.into_any(),
            Answer::Genuine(card) => view! { <Genuine card=*card denied/> }.into_any(),
            Answer::Failed(json, trouble) => {
                let is_forged = matches!(trouble, Trouble::Forged { .. });
                let again = Callback::new(move |()| check.run(json.clone()));
                view! {
                    {failure(trouble, again)}
                    {is_forged.then(|| view! { <p><strong>{move || texts().receipt_forged}</strong></p> })}
                }
                .into_any()
            }
        })
    };
    view! {
        <FileField
            id="receipt-file"
            label=Signal::derive(move || texts().receipt_file)
            hint=Signal::derive(move || texts().receipt_hint)
            read=check
        />
        {shown}
    }
}

/// What a genuine receipt shows.
#[component]
fn Genuine(card: ReceiptCard, denied: Signal<Denied>) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let track = use_texts::<Track>();
    let ReceiptCard { election, code, index, size, witnessed_by, witnesses, .. } = card;
    let is_denied = move || code.is_some() && denied.get() == code.map(|code| (election, code));
    let verdict = move || match is_denied() {
        true => view! {
            <Notice kind=Kind::Bad>
                <h3>{move || track().evidence_title}</h3>
                <p>{move || track().evidence}</p>
            </Notice>
        }
        .into_any(),
        false => view! {
            <Notice kind=Kind::Good>
                <h3>{move || texts().receipt_good_title}</h3>
                <p>{move || texts().receipt_good}</p>
            </Notice>
        }
        .into_any(),
    };
    let write = move |value| number(value, language.get());
    let link = move || {
        let code = code.filter(|_| !is_denied())?;
        Some(view! {
            <p>
                <a class="button secondary" href=format!("/e/{election}/track#{code}")>{texts().receipt_track}</a>
            </p>
        })
    };
    view! {
        <div role="status">{verdict}</div>
        <Checked/>
        <dl class="figures">
            <dt>{move || texts().receipt_election}</dt>
            <dd><a href=format!("/e/{election}")><Title election/></a></dd>
            {code.map(|code| view! {
                <dt>{move || texts().code}</dt>
                <dd><Code hexadecimal=code.to_string()/></dd>
            })}
            <dt>{move || texts().receipt_place}</dt>
            <dd>{move || (texts().receipt_place_of)(&write(index), &write(size))}</dd>
            <dt>{move || texts().receipt_witnesses}</dt>
            <dd><Witnesses some=witnessed_by all=witnesses.len()/></dd>
        </dl>
        {link}
    }
}

/// Which witnesses have signed.
#[component]
fn Witnesses(some: Vec<String>, all: usize) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    if some.is_empty() {
        return (move || texts().receipt_unwitnessed).into_any();
    }
    let count = some.len();
    let names: Vec<_> = some.into_iter().map(|name| view! { <li translate="no">{name}</li> }).collect();
    let words = move || {
        let write = |value: usize| number(value as u64, language.get());
        (texts().receipt_witnessed)(&write(count), &write(all))
    };
    view! {
        {words}
        <ul>{names}</ul>
    }
    .into_any()
}
