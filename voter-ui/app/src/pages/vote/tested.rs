//! A test that is recorded: what takes it to another device, and the way back to voting.

use leptos::prelude::*;

use tabella_crypto::manifest::Contest;
use tabella_crypto::rules::Choice;
use tabella_web_shared::Trouble;

use crate::language::{said, use_texts};
use crate::parts::ballot::ChoiceWords;
use crate::parts::code::Code;
use crate::parts::download::SaveButton;
use crate::parts::heading::Heading;
use crate::parts::notice::{Checked, Kind, Notice, TroubleNotice};
use crate::parts::progress::ProgressBar;
use crate::parts::qr::Qr;
use crate::text::practice::Practice as PracticeTexts;
use crate::text::vote::after::After as Texts;

use super::acts;
use super::state::Flow;

/// Longest address that still makes a QR code that phones read.
const LONGEST_QR: usize = 2_300;

/// What is in a ballot, contest by contest.
type Inside = Vec<(Contest, Choice)>;

/// The opening, and a fresh ballot.
#[component]
pub(super) fn TestedStep(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let practice = use_texts::<PracticeTexts>();
    let is_practice = flow.booth.is_practice();
    let decided = flow.decided.get_untracked();
    let code = decided.as_ref().map(|ballot| ballot.code.to_string()).unwrap_or_default();
    let opening = decided.and_then(|ballot| ballot.opening).unwrap_or_default();
    let counts = flow.standing.with_untracked(|found| matches!(found, Some(Ok(found)) if found.cast > 0));
    let lead = move || if is_practice { practice().tested_lead } else { texts().tested_lead };
    let check = match is_practice {
        true => view! { <LookInside flow/> }.into_any(),
        false => view! { <OtherDevice opening code=code.clone()/> }.into_any(),
    };
    view! {
        <Heading words=Signal::derive(move || (texts().tested_title)(counts).to_owned())/>
        <p class="lead">{lead}</p>
        <section class="card">
            <h2>{move || texts().tracking_code}</h2>
            <p id="tracking-code"><Code hexadecimal=code/></p>
        </section>
        {check}
        <section>
            <p>{move || texts().afresh_words}</p>
            <div class="actions">
                <button type="button" id="afresh" class="button primary big" on:click=move |_| acts::vote_afresh(flow)>
                    {move || texts().afresh}
                </button>
            </div>
        </section>
        {(!is_practice).then(|| view! { <Publish flow/> })}
    }
}

/// QR code, file, and the weaker check here.
#[component]
fn OtherDevice(opening: String, code: String) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let path = format!("/check#{}", compact(&opening));
    let address = format!("{}{path}", crate::api::origin());
    let short: String = code.chars().take(8).collect();
    let qr = if address.len() <= LONGEST_QR {
        view! {
            <div id="opening-qr" data-address=address.clone()>
                <Qr text=address.clone() label=Signal::derive(move || texts().opening_qr.to_owned())/>
            </div>
        }
        .into_any()
    } else {
        view! { <Notice kind=Kind::Note><p>{move || texts().too_long}</p></Notice> }.into_any()
    };
    let content = Callback::new(move |()| opening.clone().into_bytes());
    view! {
        <section>
            <h2>{move || texts().other_device}</h2>
            <p>{move || texts().other_device_words}</p>
            {qr}
            <div class="row">
                <SaveButton
                    name=format!("tabella-opening-{short}.json")
                    media_type="application/json"
                    content
                    label=Signal::derive(move || texts().save_opening.to_owned())
                />
                // in a tab of its own: the choices stay here
                <a id="check-here" class="button quiet" href=path target="_blank" rel="noopener">
                    {move || texts().check_here}
                </a>
            </div>
            <p class="small">{move || texts().other_device_why} " " {move || texts().check_here_words}</p>
        </section>
    }
}

/// In practice: this device opens the ballot.
#[component]
fn LookInside(flow: Flow) -> impl IntoView {
    let texts = use_texts::<PracticeTexts>();
    let is_open = RwSignal::new(false);
    let found: RwSignal<Option<Result<Inside, Trouble>>> = RwSignal::new(None);
    let open = move |_| {
        is_open.set(true);
        flow.spawn(async move {
            let inside = inside(flow).await;
            // the step may be over
            let _ = found.try_set(Some(inside));
        });
    };
    let shown = move || match found.get() {
        None => is_open.get().then(|| view! { <ProgressBar progress=Signal::derive(|| None)/> }.into_any()),
        Some(Err(trouble)) => Some(view! { <TroubleNotice trouble/> }.into_any()),
        Some(Ok(choices)) => {
            let line = |(contest, choice): (Contest, Choice)| {
                view! { <li class="card"><h3>{said(&contest.title)}</h3> <ChoiceWords contest choice/></li> }
            };
            let view = view! {
                <p role="status"><Checked/> " " {move || texts().inside}</p>
                <ul class="cards" id="inside">{choices.into_iter().map(line).collect_view()}</ul>
            };
            Some(view.into_any())
        }
    };
    view! {
        <section>
            <p>{move || texts().tested_words}</p>
            <div class="actions">
                <button type="button" id="examine" class="button secondary" on:click=open>{move || texts().examine}</button>
            </div>
            {shown}
        </section>
    }
}

/// The choices in the tested ballot.
async fn inside(flow: Flow) -> Result<Inside, Trouble> {
    let card = acts::examine(flow).await?;
    let manifest = flow.manifest.get_untracked().and_then(Result::ok);
    let manifest = manifest.ok_or_else(|| Trouble::Fault { detail: "there is no election".to_owned() })?;
    let choice = |((_, contest), entries): ((u16, &Contest), Vec<u64>)| {
        let choice = contest.method.choice(contest.options.len(), contest.blank.is_some(), &entries);
        let choice = choice.map_err(|error| Trouble::Dishonest { detail: error.to_string() })?;
        Ok((contest.clone(), choice))
    };
    manifest.contests_of(card.style).zip(card.entries).map(choice).collect()
}

/// Publishing what was in the test: apart, warned of, and confirmed.
#[component]
fn Publish(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let is_sure = RwSignal::new(false);
    let trouble = move || flow.trouble.get().map(|trouble| view! { <TroubleNotice trouble/> });
    let waiting = move || flow.is_busy.get().then(|| view! { <ProgressBar progress=flow.progress/> });
    let publish = move |_| {
        if is_sure.get_untracked() && !flow.is_published.get_untracked() {
            acts::publish(flow);
        }
    };
    let act = move || {
        if flow.is_published.get() {
            return view! { <p role="status" id="published"><strong>{move || texts().published}</strong></p> }.into_any();
        }
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    id="publish-confirm"
                    prop:checked=is_sure
                    on:change=move |event| is_sure.set(event_target_checked(&event))
                />
                <span class="words">{move || texts().publish_confirm}</span>
            </label>
            <div class="actions">
                <button
                    type="button"
                    id="publish"
                    class="button danger"
                    aria-disabled=move || (!is_sure.get() || flow.is_busy.get()).then_some("true")
                    on:click=publish
                >
                    {move || texts().publish}
                </button>
            </div>
        }
        .into_any()
    };
    view! {
        <details>
            <summary>{move || texts().publish_title}</summary>
            <div class="stack">
                <p>{move || texts().publish_words}</p>
                {act}
                {waiting}
                {trouble}
            </div>
        </details>
    }
}

/// An opening in an address: base64 for URLs (RFC 4648, section 5), without padding, of its JSON.
fn compact(opening: &str) -> String {
    // the prover's JSON is ASCII, which every browser takes
    let base64 = window().btoa(opening).unwrap_or_default();
    base64.trim_end_matches('=').replace('+', "-").replace('/', "_")
}
