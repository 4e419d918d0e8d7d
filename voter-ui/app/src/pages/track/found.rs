//! A ballot that was found: what became of it, where it stands, and what to do next.

use leptos::prelude::*;

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::manifest::ElectionId;
use tabella_web_shared::reader::{Fate, TrackCard};

use crate::api;
use crate::format::{exact_time, machine_time, number};
use crate::language::{use_language, use_texts};
use crate::parts::code::{Code, CopyButton};
use crate::parts::notice::{Checked, Kind, Notice, Said};
use crate::parts::qr::Qr;
use crate::parts::tree::PathTree;
use crate::text::track::Track as Words;

/// The address of a ballot's state.
pub(crate) fn track_path(election: ElectionId, code: TrackingCode) -> String {
    format!("/e/{election}/track#{code}")
}

/// The address of an entry on the page of an election's record.
pub(crate) fn entry_path(election: ElectionId, index: u64) -> String {
    format!("/e/{election}/board?from={index}#entry-{index}")
}

/// Everything about a ballot that was found.
#[component]
pub(super) fn Found(election: ElectionId, card: TrackCard) -> impl IntoView {
    let texts = use_texts::<Words>();
    let TrackCard { code, fate, path, time, is_closed, .. } = card;
    let (index, size) = (path.index, path.head.size);
    let counts = fate == Fate::Counted;
    let next = match (counts, is_closed) {
        (true, false) => view! { <Later/> }.into_any(),
        (_, true) => view! { <Final election/> }.into_any(),
        (false, false) => ().into_any(),
    };
    view! {
        <div role="status" id="verdict" tabindex="-1"><Verdict election fate=fate.clone() is_closed/></div>
        <section aria-labelledby="facts">
            <div class="row">
                <h2 id="facts">{move || texts().facts}</h2>
                <Checked/>
            </div>
            <Facts election code fate index size time is_closed/>
        </section>
        {next}
        <Share link=format!("{}{}", api::origin(), track_path(election, code))/>
        <details>
            <summary>{move || texts().path}</summary>
            <PathTree path/>
        </details>
    }
}

/// What became of it, in a few sentences.
#[component]
pub(crate) fn Verdict(election: ElectionId, fate: Fate, is_closed: bool) -> impl IntoView {
    let texts = use_texts::<Words>();
    match fate {
        Fate::Counted => view! {
            <Notice kind=Kind::Good>
                <h2>{move || (texts().counted_title)(is_closed)}</h2>
                <p>{move || (texts().counted)(is_closed)}</p>
            </Notice>
        }
        .into_any(),
        Fate::Replaced { by } => {
            let link = by.map(|by| {
                view! { <p><a href=track_path(election, by)>{move || texts().replaced_by}</a></p> }
            });
            view! {
                <Notice kind=Kind::Warning>
                    <h2>{move || texts().replaced_title}</h2>
                    <p>{move || (texts().replaced)(is_closed)}</p>
                    {link}
                </Notice>
            }
            .into_any()
        }
        Fate::Tested { published } => view! {
            <Notice kind=Kind::Note>
                <h2>{move || texts().tested_title}</h2>
                <p>{move || texts().tested}</p>
                <p>{move || (texts().tested_published)(published)}</p>
                <p><a href="/check">{move || texts().tested_check}</a></p>
            </Notice>
        }
        .into_any(),
    }
}

/// Place, time, code, state.
#[component]
fn Facts(
    election: ElectionId,
    code: TrackingCode,
    fate: Fate,
    index: u64,
    size: u64,
    time: u64,
    is_closed: bool,
) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let place = move || {
        let write = |value| number(value, language.get());
        (texts().place_of)(&write(index), &write(size))
    };
    view! {
        <dl class="figures">
            <dt>{move || texts().place}</dt>
            <dd>
                {place}
                <br/>
                <a href=entry_path(election, index)>{move || texts().place_link}</a>
            </dd>
            <dt>{move || texts().time}</dt>
            <dd>
                <time datetime=machine_time(time)>{move || exact_time(time, language.get())}</time>
            </dd>
            <dt>{move || texts().this_code}</dt>
            <dd><Code hexadecimal=code.to_string()/></dd>
            <Standing fate is_closed/>
        </dl>
    }
}

/// State and phase, as facts of a list. What is the board's word is marked so: a replacing ballot shows itself, and a
/// test, too.
#[component]
pub(crate) fn Standing(fate: Fate, is_closed: bool) -> impl IntoView {
    let texts = use_texts::<Words>();
    let is_word = matches!(fate, Fate::Counted | Fate::Replaced { by: None });
    let note = (fate == Fate::Counted).then(|| {
        view! { <p class="small muted">{move || texts().witnesses_note}</p> }
    });
    let state = move || match fate {
        Fate::Counted => (texts().state_counted)(is_closed),
        Fate::Replaced { .. } => texts().state_replaced,
        Fate::Tested { .. } => texts().state_tested,
    };
    let mark = match is_word {
        true => view! { <Said/> }.into_any(),
        false => view! { <Checked/> }.into_any(),
    };
    view! {
        <dt>{move || texts().state}</dt>
        <dd>
            {state} " " {mark}
            {note}
        </dd>
        <dt>{move || texts().phase}</dt>
        <dd>{move || (texts().phase_words)(is_closed)} " " <Said/></dd>
    }
}

/// Why to come back after the closing, from another device.
#[component]
fn Later() -> impl IntoView {
    let texts = use_texts::<Words>();
    let reasons = move || texts().later.map(|reason| view! { <li>{reason}</li> }).collect_view();
    view! {
        <section aria-labelledby="later">
            <h2 id="later">{move || texts().later_title}</h2>
            <ul>{reasons}</ul>
        </section>
    }
}

/// That nothing changes any more.
#[component]
fn Final(election: ElectionId) -> impl IntoView {
    let texts = use_texts::<Words>();
    view! {
        <section aria-labelledby="final">
            <h2 id="final">{move || texts().final_title}</h2>
            <p>{move || texts().final_words}</p>
            <p class="actions">
                <a class="button primary" href=format!("/e/{election}/results")>{move || texts().results}</a>
                <a class="button secondary" href=format!("/e/{election}/verify")>{move || texts().verify}</a>
            </p>
        </section>
    }
}

/// The link to this state, for another device.
#[component]
fn Share(link: String) -> impl IntoView {
    let texts = use_texts::<Words>();
    view! {
        <section aria-labelledby="share">
            <h2 id="share">{move || texts().share_title}</h2>
            <p>{move || texts().share}</p>
            <Qr text=link.clone() label=Signal::derive(move || texts().qr.to_owned())/>
            <p><CopyButton text=link label=Signal::derive(move || texts().copy_link.to_owned())/></p>
        </section>
    }
}
