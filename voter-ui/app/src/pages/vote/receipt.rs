//! The receipt: what this device has checked, to keep.

use leptos::prelude::*;

use tabella_web_shared::reader::ReceiptCard;

use crate::format::{machine_time, number, time};
use crate::language::{use_language, use_texts};
use crate::parts::code::{Code, CopyButton};
use crate::parts::download::{SaveButton, print};
use crate::parts::heading::Heading;
use crate::parts::notice::{Checked, Kind, Notice, TroubleNotice};
use crate::parts::qr::Qr;
use crate::router::A;
use crate::text::practice::Practice as PracticeTexts;
use crate::text::vote::after::After as Texts;

use super::acts;
use super::booth::{Booth, Recorded};
use super::state::{Flow, allowed};

/// The end of a vote.
#[component]
pub(super) fn ReceiptStep(flow: Flow) -> impl IntoView {
    let recorded = flow.recorded.get_untracked();
    match recorded {
        Some(Recorded { card: Some(card), checked, .. }) => view! { <Receipt flow card checked/> }.into_any(),
        _ => view! { <PracticeEnd flow/> }.into_any(),
    }
}

/// A receipt that holds.
#[component]
fn Receipt(flow: Flow, card: ReceiptCard, checked: u64) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let code = card.code.map(|code| code.to_string()).unwrap_or_default();
    let trouble = move || flow.trouble.get().map(|trouble| view! { <TroubleNotice trouble/> });
    let is_alone = card.witnesses.is_empty();
    let election = match flow.booth {
        Booth::Real { election, .. } => Some(election),
        Booth::Practice(_) => None,
    };
    view! {
        <div id="receipt" class="receipt stack">
            <div class="done">
                <Tick/>
                <Heading words=Signal::derive(move || texts().receipt_title.to_owned())/>
            </div>
            <p class="lead">{move || texts().receipt_lead}</p>
            {trouble}
            <section class="card">
                <p><Checked/></p>
                <Facts flow card=card.clone() checked/>
            </section>
            <Keep flow code=code.clone()/>
            <Later flow card/>
            <section>
                <h2>{move || texts().proves}</h2>
                <ul>{move || texts().proves_list.map(|item| view! { <li>{item}</li> }).collect_view()}</ul>
                {is_alone.then(|| view! {
                    <details>
                        <summary>{move || texts().signed_title}</summary>
                        <p>{move || texts().signed_words}</p>
                    </details>
                })}
            </section>
            <p class="small muted no-print">{move || texts().forgotten}</p>
            {election.map(|election| view! {
                <p class="no-print">
                    <a id="leave" href=format!("/e/{election}") class="button secondary">{move || texts().leave}</a>
                </p>
            })}
        </div>
    }
}

/// That it is done.
#[component]
fn Tick() -> impl IntoView {
    view! {
        <svg class="tick" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
            <circle cx="24" cy="24" r="24"></circle>
            <path d="M13 25l8 8 15-17"></path>
        </svg>
    }
}

/// Where it is recorded, who witnessed it, and which ballot it is.
#[component]
fn Facts(flow: Flow, card: ReceiptCard, checked: u64) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let language = use_language();
    let is_alone = card.witnesses.is_empty();
    let ReceiptCard { code, counter, index, .. } = card;
    let code = code.map(|code| code.to_string()).unwrap_or_default();
    let seen = Memo::new(move |_| {
        flow.recorded.with(|recorded| {
            let card = recorded.as_ref().and_then(|recorded| recorded.card.as_ref());
            card.map(|card| (card.witnessed_by.clone(), card.witnesses.len())).unwrap_or_default()
        })
    });
    // as many as the manifest demands, and one where it demands none; it comes later than the receipt where the page was
    // loaded again
    let missing = Memo::new(move |_| {
        let (names, of) = seen.get();
        let needed = flow.election().map_or(of, |election| usize::from(election.cosignatures).max(1));
        (names.len() < needed).then_some((names.len(), needed))
    });
    let witnesses = move || match missing.get() {
        Some((have, needed)) => (texts().witnesses_wait)(have, needed),
        None => (texts().witnessed_by)(&seen.get().0.join(texts().comma)),
    };
    let later = move || {
        missing.get().map(|_| view! { <br/><span class="small muted">{texts().witnesses_later}</span> })
    };
    // the manifest comes later than the receipt where the page was loaded again
    let which = move || {
        let most = allowed(flow.election()?.recasting);
        Some(match (counter, most) {
            (_, 1) => texts().only_one.to_owned(),
            (0, most) => (texts().first_of)(most),
            (before, most) => (texts().replaces)(before.saturating_add(1), most),
        })
    };
    view! {
        <dl class="figures">
            <dt>{move || texts().tracking_code}</dt>
            <dd><span id="tracking-code"><Code hexadecimal=code/></span></dd>
            <dt>{move || texts().recorded}</dt>
            <dd id="recorded">{move || (texts().place)(&number(index, language.get()))}</dd>
            <dt>{move || texts().checked}</dt>
            <dd id="checked">
                <time datetime=machine_time(checked)>{move || time(checked, language.get())}</time>
                " "
                <span class="small muted">{move || texts().own_clock}</span>
            </dd>
            {(!is_alone).then(|| view! {
                <dt>{move || texts().witnesses}</dt>
                <dd><span id="witnesses" role="status">{witnesses}{later}</span></dd>
            })}
            <dt>{move || texts().ballots}</dt>
            <dd id="which">{which}</dd>
        </dl>
    }
}

/// Copy, file, paper.
#[component]
fn Keep(flow: Flow, code: String) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let short: String = code.chars().take(8).collect();
    let content = Callback::new(move |()| {
        let file = flow.recorded.with_untracked(|recorded| {
            recorded.as_ref().and_then(|recorded| Some(recorded.card.as_ref()?.file.clone()))
        });
        file.unwrap_or_default().into_bytes()
    });
    view! {
        <section class="no-print">
            <h2>{move || texts().keep}</h2>
            <div class="row">
                <SaveButton
                    name=format!("tabella-receipt-{short}.json")
                    media_type="application/json"
                    content
                    label=Signal::derive(move || texts().save_receipt.to_owned())
                />
                <button type="button" id="print" class="button secondary" on:click=move |_| print()>
                    {move || texts().print}
                </button>
                <CopyButton text=code label=Signal::derive(move || texts().copy_code.to_owned())/>
            </div>
        </section>
    }
}

/// Checking once more, from another device.
#[component]
fn Later(flow: Flow, card: ReceiptCard) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let link = card.code.and_then(|code| acts::track_link(flow.booth, code))?;
    Some(view! {
        <section>
            <h2>{move || texts().later}</h2>
            <p>{move || texts().later_words}</p>
            <Qr text=link.clone() label=Signal::derive(move || texts().later_qr.to_owned())/>
            <p><a id="later" class="hash" href=link.clone()>{link.clone()}</a></p>
            <p class="no-print"><CopyButton text=link label=Signal::derive(move || texts().copy_link.to_owned())/></p>
            <p class="small">{move || texts().later_why}</p>
        </section>
    })
}

/// The end of practising: no receipt.
#[component]
fn PracticeEnd(flow: Flow) -> impl IntoView {
    let texts = use_texts::<PracticeTexts>();
    view! {
        <div id="receipt" class="stack">
            <Heading words=Signal::derive(move || texts().receipt_title.to_owned())/>
            <Notice kind=Kind::Note><p>{move || texts().receipt_lead}</p></Notice>
            <section>
                <h2>{move || texts().would}</h2>
                <ul>{move || texts().would_list.map(|item| view! { <li>{item}</li> }).collect_view()}</ul>
            </section>
            <div class="actions">
                <A href="/" class="button primary">{move || texts().elections}</A>
                <button
                    type="button"
                    id="once-more"
                    class="button secondary"
                    on:click=move |_| acts::leave_receipt(flow)
                >
                    {move || texts().once_more}
                </button>
            </div>
        </div>
    }
}
