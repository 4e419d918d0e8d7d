//! The health of the board: who keeps it, who watches it, and its newest signed state.

use leptos::prelude::*;

use tabella_board_core::api::ElectionStatus;
use tabella_crypto::manifest::ElectionId;
use tabella_web_shared::reader::{BoardCard, HeadCard, LogName, Request};

use crate::format::number;
use crate::language::{use_language, use_texts};
use crate::parts::code::Code;
use crate::parts::notice::{Checked, Kind, Loading, Notice, TroubleNotice};
use crate::session::use_session;
use crate::text::common::Common;
use crate::text::election::Election as Words;

/// The section of the page.
#[component]
pub(super) fn Board(election: ElectionId, status: RwSignal<Option<ElectionStatus>>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let session = use_session();
    let again = Callback::new(move |()| session.connect());
    let shown = move || match session.board.get() {
        None => view! { <Loading/> }.into_any(),
        Some(Err(trouble)) => view! { <TroubleNotice trouble again/> }.into_any(),
        Some(Ok(board)) => view! {
            <Checked/>
            <p>{move || texts().health_lead}</p>
            <Identity board/>
            <Head election status/>
        }
        .into_any(),
    };
    view! {
        <section aria-labelledby="health">
            <h2 id="health">{move || texts().health}</h2>
            {shown}
        </section>
    }
}

/// Operator and witnesses.
#[component]
fn Identity(board: BoardCard) -> impl IntoView {
    let (texts, common) = (use_texts::<Words>(), use_texts::<Common>());
    let (signed, all) = (board.head.witnessed_by.len(), board.witnesses.len());
    let witnesses = if board.witnesses.is_empty() {
        (move || texts().no_witnesses).into_any()
    } else {
        let names = board.witnesses.into_iter().map(|name| view! { <li>{name}</li> }).collect_view();
        view! {
            <ul>{names}</ul>
            <p class="small muted">{move || (texts().witnessed)(signed, all)}</p>
        }
        .into_any()
    };
    let first_visit = board.first_visit.then(|| {
        view! {
            <Notice kind=Kind::Note>
                <p>{move || texts().first_visit}</p>
            </Notice>
        }
    });
    view! {
        {first_visit}
        <dl class="figures">
            <dt>{move || texts().board}</dt>
            <dd>{board.origin}</dd>
            <dt>{move || texts().operator}</dt>
            <dd><Code hexadecimal=board.fingerprint/></dd>
            <dt>{move || texts().witnesses}</dt>
            <dd>{witnesses}</dd>
        </dl>
        <details>
            <summary>{move || common().details}</summary>
            <dl class="figures">
                <dt>{move || texts().board_key}</dt>
                <dd class="hash" translate="no">{board.key}</dd>
            </dl>
        </details>
    }
}

/// The newest signed state of the election's log, renewed as it grows.
#[component]
fn Head(election: ElectionId, status: RwSignal<Option<ElectionStatus>>) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let session = use_session();
    let size = Memo::new(move |_| status.with(|status| status.as_ref().map(|status| status.size)));
    let head = LocalResource::new(move || {
        let _ = size.get();
        session.ask::<HeadCard>(Request::Head(LogName::Election(election)), |_| ())
    });
    let again = Callback::new(move |()| head.refetch());
    let shown = move || match head.get() {
        None => view! { <Loading/> }.into_any(),
        Some(Err(trouble)) => view! { <TroubleNotice trouble again/> }.into_any(),
        Some(Ok(head)) => view! {
            <dl class="figures">
                <dt>{move || texts().entries}</dt>
                <dd>{move || number(head.size, language.get())}</dd>
                <dt>{move || texts().root}</dt>
                <dd><Code hexadecimal=head.root.to_hex()/></dd>
            </dl>
        }
        .into_any(),
    };
    view! {
        <h3>{move || texts().health_good}</h3>
        {shown}
    }
}
