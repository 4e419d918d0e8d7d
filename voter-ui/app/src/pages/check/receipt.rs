//! A receipt's file: whether it is genuine, whether the board keeps what it promised, and what became of the ballot.
//!
//! ```text
//! file --reader: CheckReceipt--> ReceiptCard --reader: Track--> its fate | none: the board denies what it has signed
//! ```

use leptos::prelude::*;

use tabella_web_shared::Trouble;
use tabella_web_shared::reader::{Fate, ReceiptCard, Request, TrackCard};

use super::file::FileField;
use super::thing::{Thing, recognise};
use super::{Title, failure};
use crate::format::number;
use crate::language::{use_language, use_texts};
use crate::pages::track::{Standing, Verdict, entry_path, track_path};
use crate::parts::code::Code;
use crate::parts::latest::Latest;
use crate::parts::notice::{Checked, Kind, Loading, Notice, TroubleNotice};
use crate::session::{Session, use_session};
use crate::text::check::Check as Words;
use crate::text::track::Track;

/// What became of the ballot; none if the board denies it.
type Tracked = Result<Option<TrackCard>, Trouble>;

/// What became of the file.
#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Asking,
    /// It holds. The fate is none of a receipt of no ballot.
    Genuine(Box<(ReceiptCard, Option<Tracked>)>),
    Failed(Trouble),
}

/// Takes a receipt's file and says what it shows.
#[component]
pub(crate) fn Receipt(
    /// A receipt that was given elsewhere on the page.
    given: RwSignal<Option<String>>,
    /// Takes a file that is something else.
    other: Callback<Thing>,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let session = use_session();
    let answer = RwSignal::new(None::<Answer>);
    let last = StoredValue::new(String::new());
    let latest = Latest::new();
    let check = move |json: String| {
        last.set_value(json.clone());
        answer.set(Some(Answer::Asking));
        latest.ask(
            |_| ask(session, json),
            move |found| {
                answer.set(Some(match found {
                    Ok(found) => Answer::Genuine(Box::new(found)),
                    Err(trouble) => Answer::Failed(trouble),
                }));
            },
        );
    };
    let again = Callback::new(move |()| check(last.get_value()));
    Effect::new(move || {
        if let Some(json) = given.get() {
            check(json);
        }
    });
    let read = Callback::new(move |text: String| match recognise(&text) {
        Some(thing @ (Thing::Code { .. } | Thing::Test(_))) => other.run(thing),
        _ => {
            given.set(None);
            check(text);
        }
    });
    let handed = move || {
        given.with(Option::is_some).then(|| {
            view! {
                <div role="status"><Notice kind=Kind::Note><p>{move || texts().is_receipt}</p></Notice></div>
            }
        })
    };
    let shown = move || {
        Some(match answer.get()? {
            Answer::Asking => view! { <Loading/> }.into_any(),
            Answer::Genuine(found) => {
                let (card, fate) = *found;
                view! { <Genuine card fate again/> }.into_any()
            }
            Answer::Failed(trouble) => {
                let is_forged = matches!(trouble, Trouble::Forged { .. });
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
            read
        />
        {handed}
        {shown}
    }
}

/// Whether a receipt holds, and then what became of its ballot.
async fn ask(session: Session, json: String) -> Result<(ReceiptCard, Option<Tracked>), Trouble> {
    let card: ReceiptCard = session.ask(Request::CheckReceipt { json }, |_| ()).await?;
    let fate = match card.code {
        Some(code) => Some(session.ask(Request::Track { election: card.election, code }, |_| ()).await),
        None => None,
    };
    Ok((card, fate))
}

/// What became of the ballot, then what the receipt itself shows.
#[component]
fn Genuine(card: ReceiptCard, fate: Option<Tracked>, again: Callback<()>) -> impl IntoView {
    let (texts, track) = (use_texts::<Words>(), use_texts::<Track>());
    let election = card.election;
    let is_denied = matches!(fate, Some(Ok(None)));
    let link = card.code.filter(|_| !is_denied).map(|code| {
        view! {
            <p>
                <a class="button secondary" href=track_path(election, code)>{move || texts().receipt_track}</a>
            </p>
        }
    });
    let standing = match &fate {
        Some(Ok(Some(found))) => Some((found.fate.clone(), found.is_closed)),
        _ => None,
    };
    let verdict = fate.map(|fate| match fate {
        Ok(Some(found)) => view! { <Verdict election fate=found.fate is_closed=found.is_closed/> }.into_any(),
        Ok(None) => view! {
            <Notice kind=Kind::Bad>
                <h2>{move || track().evidence_title}</h2>
                <p>{move || track().evidence}</p>
            </Notice>
        }
        .into_any(),
        Err(trouble) => view! { <TroubleNotice trouble again/> }.into_any(),
    });
    let genuine = (!is_denied).then(|| {
        view! {
            <h3>{move || texts().receipt_good_title}</h3>
            <p>{move || texts().receipt_good}</p>
        }
    });
    view! {
        <div role="status" class="stack">
            {verdict}
            {genuine}
        </div>
        <Checked/>
        <Facts card standing/>
        {link}
    }
}

/// What the receipt shows, and the ballot's state.
#[component]
fn Facts(
    card: ReceiptCard,
    /// The fate, and whether voting is closed, where they are known.
    standing: Option<(Fate, bool)>,
) -> impl IntoView {
    let (texts, track, language) = (use_texts::<Words>(), use_texts::<Track>(), use_language());
    let ReceiptCard { election, code, index, size, witnessed_by, witnesses, .. } = card;
    let write = move |value| number(value, language.get());
    view! {
        <dl class="figures">
            <dt>{move || texts().receipt_election}</dt>
            <dd><a href=format!("/e/{election}")><Title election/></a></dd>
            {code.map(|code| view! {
                <dt>{move || texts().code}</dt>
                <dd><Code hexadecimal=code.to_string()/></dd>
            })}
            {standing.map(|(fate, is_closed)| view! { <Standing fate is_closed/> })}
            <dt>{move || texts().receipt_place}</dt>
            <dd>
                {move || (texts().receipt_place_of)(&write(index), &write(size))}
                <br/>
                <a href=entry_path(election, index)>{move || track().place_link}</a>
            </dd>
            <dt>{move || texts().receipt_witnesses}</dt>
            <dd><Witnesses some=witnessed_by all=witnesses.len()/></dd>
        </dl>
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
