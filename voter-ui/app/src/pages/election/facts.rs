//! What this device checks of the election itself: description, key, roll.

use leptos::prelude::*;

use tabella_board_core::api::{ElectionStatus, PhaseName};
use tabella_crypto::manifest::ElectionId;
use tabella_web_shared::Progress;
use tabella_web_shared::reader::{Request, SetupCard};

use crate::format::number;
use crate::language::{use_language, use_texts};
use crate::parts::code::Code;
use crate::parts::notice::{Checked, TroubleNotice};
use crate::parts::progress::ProgressBar;
use crate::session::use_session;
use crate::text::election::Election as Words;

/// Bytes that a voter takes on the roll: credential, weight, style, commitment to the identity.
pub(crate) const VOTER_BYTES: u64 = 70;
/// Rolls of more bytes are read only when asked for: somebody may be on a slow line.
pub(crate) const READ_AT_ONCE: u64 = 500_000;

/// The section of the page.
#[component]
pub(super) fn Facts(election: ElectionId, status: RwSignal<Option<ElectionStatus>>) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let is_wanted = RwSignal::new(false);
    let bytes = Memo::new(move |_| {
        status.with(|status| status.as_ref().map(|status| status.roll.voters.saturating_mul(VOTER_BYTES)))
    });
    let is_reading =
        Memo::new(move |_| is_wanted.get() || bytes.get().is_some_and(|bytes| bytes <= READ_AT_ONCE));
    let megabytes = move || {
        let tenths = bytes.get().unwrap_or_default().div_ceil(100_000);
        let (whole, tenth) = (tenths / 10, tenths % 10);
        (texts().facts_size)(&format!("{}.{tenth}", number(whole, language.get())))
    };
    let shown = move || {
        if is_reading.get() {
            return view! { <Reading election status/> }.into_any();
        }
        view! {
            <p class="row">
                <button type="button" class="button secondary" on:click=move |_| is_wanted.set(true)>
                    {move || texts().facts_start}
                </button>
                <span class="small muted">{megabytes}</span>
            </p>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="facts">
            <h2 id="facts">{move || texts().facts}</h2>
            <p>{move || texts().facts_lead}</p>
            {shown}
        </section>
    }
}

/// What changes the facts: phase, voters, and how many trustees have confirmed the key.
fn stage(status: &ElectionStatus) -> (PhaseName, u64, u32, usize) {
    let confirmed = status.ceremony.trustees.iter().filter(|trustee| trustee.confirmed).count();
    (status.phase, status.roll.voters, status.roll.changes, confirmed)
}

/// Reads and checks, and again whenever the facts have changed.
#[component]
fn Reading(election: ElectionId, status: RwSignal<Option<ElectionStatus>>) -> impl IntoView {
    let session = use_session();
    let progress = RwSignal::new(None::<Progress>);
    let stage = Memo::new(move |_| status.with(|status| status.as_ref().map(stage)));
    let setup = LocalResource::new(move || {
        let _ = stage.get();
        let told = move |step| {
            // the page may be gone
            let _ = progress.try_set(Some(step));
        };
        session.ask::<SetupCard>(Request::Setup(election), told)
    });
    let again = Callback::new(move |()| setup.refetch());
    move || match setup.get() {
        None => view! { <ProgressBar progress/> }.into_any(),
        Some(Err(trouble)) => view! { <TroubleNotice trouble again/> }.into_any(),
        Some(Ok(setup)) => view! { <Figures election setup/> }.into_any(),
    }
}

/// What was found.
#[component]
fn Figures(election: ElectionId, setup: SetupCard) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let voters = setup.voters;
    let key = match &setup.key {
        Some(key) => view! {
            <dt>{move || texts().key}</dt>
            <dd><Code hexadecimal=hex::encode(&key.key)/></dd>
            <dt>{move || texts().transcript}</dt>
            <dd><Code hexadecimal=key.transcript.to_hex()/></dd>
        }
        .into_any(),
        None => view! {
            <dt>{move || texts().key}</dt>
            <dd>{move || texts().no_key}</dd>
        }
        .into_any(),
    };
    view! {
        <Checked/>
        <dl class="figures">
            <dt>{move || texts().name}</dt>
            <dd>
                <Code hexadecimal=election.0.to_hex()/>
                <p class="small muted">{move || texts().name_more}</p>
            </dd>
            {key}
            <dt>{move || texts().voters}</dt>
            <dd>{move || number(voters, language.get())}</dd>
            <dt>{move || texts().roll_hash}</dt>
            <dd><Code hexadecimal=setup.roll.to_hex()/></dd>
        </dl>
        <p class="small">{move || texts().facts_compare}</p>
    }
}
