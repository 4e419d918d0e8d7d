//! The trustees of an election: who has done what, for everybody; and below it, for a trustee with a key file, the whole
//! way through ceremony and tally.
//!
//! ```text
//! reader ──Standing──┐                        what the log says, checked here
//! board ──status─────┼─> stand ─> tables      the tally, by the board's word
//! keeper ──Standing──┘                        once a key is open: everything, checked here
//! ```

use std::time::Duration;

use leptos::prelude::*;

use tabella_board_core::api::{ElectionStatus, PhaseName};
use tabella_crypto::manifest::ElectionId;
use tabella_tally::standing::{Stage, Standing};
use tabella_web_shared::Trouble;
use tabella_web_shared::reader::Request;

use crate::api;
use crate::language::{said, use_texts};
use crate::pages::election::facts::{READ_AT_ONCE, VOTER_BYTES};
use crate::pages::election::poll::{Polled, poll};
use crate::pages::not_found::NotFound;
use crate::parts::heading::Heading;
use crate::parts::notice::{Kind, Loading, Notice, TroubleNotice};
use crate::router::use_fragment;
use crate::session::{Session, use_session};
use crate::text::trustees::Trustees as Words;

mod compare;
mod course;
mod invitation;
pub(crate) mod keeper;
mod memory;
pub(crate) mod open_form;
mod own;
mod panel;
mod stand;
mod table;
mod told;
mod visit;

use own::Own;
use stand::{Shown, Stand};
use told::Told;
use visit::Visit;

/// How often the log is looked at.
const PERIOD: Duration = Duration::from_secs(4);

/// The trustees of the election in the address.
#[component]
pub(crate) fn Trustees() -> impl IntoView {
    let election = super::use_election();
    move || match election.get() {
        Some(election) => view! { <Page election/> }.into_any(),
        None => view! { <NotFound/> }.into_any(),
    }
}

#[component]
fn Page(election: ElectionId) -> impl IntoView {
    let texts = use_texts::<Words>();
    let session = use_session();
    let fragment = use_fragment();
    let invited = Memo::new(move |_| invitation::read(&fragment.get()));
    let visit = Visit::new(election);
    let is_wanted = RwSignal::new(false);
    let status = status(election);
    // of a long roll nothing is read unasked: somebody may be on a slow line
    let bytes = Memo::new(move |_| {
        status
            .value
            .with(|status| status.as_ref().map(|status| status.roll.voters.saturating_mul(VOTER_BYTES)))
    });
    let is_reading =
        Memo::new(move |_| is_wanted.get() || bytes.get().is_some_and(|bytes| bytes <= READ_AT_ONCE));
    let standing = standing(session, election, is_reading);
    let shown = Memo::new(move |_| {
        if let Some(standing) = visit.standing.get() {
            return Some(Shown { standing, told: None });
        }
        let standing = standing.value.get().flatten()?;
        let threshold = standing.threshold.unwrap_or_default();
        let told = status.value.with(|status| status.as_ref().and_then(|status| Told::of(status, threshold)));
        Some(Shown { standing, told })
    });
    let is_described = Memo::new(move |_| {
        shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.standing.threshold.is_some()))
    });
    let manifest = LocalResource::new(move || {
        // asked again when it is complete
        let _ = is_described.get();
        api::manifest(election)
    });
    let title = move || match manifest.get() {
        Some(Ok(manifest)) => {
            Some(view! { <p class="lead"><a href=format!("/e/{election}")>{said(&manifest.title)}</a></p> })
        }
        _ => None,
    };
    let is_unknown =
        Memo::new(move |_| [status.trouble.get(), standing.trouble.get()].contains(&Some(Trouble::NotFound)));
    let is_other = Memo::new(move |_| match session.board.get() {
        Some(Ok(board)) => invited.get().is_other(&board.fingerprint),
        _ => false,
    });
    let trouble = Memo::new(move |_| standing.trouble.get().or_else(|| status.trouble.get()));
    let is_forged = Memo::new(move |_| matches!(trouble.get(), Some(Trouble::Forged { .. })));
    let is_shown = Memo::new(move |_| shown.with(Option::is_some));
    let again = Callback::new(move |()| {
        standing.again.run(());
        status.again.run(());
    });
    let body = move || match trouble.get() {
        // a forgery is told of in place of everything that the board says
        Some(trouble) if is_forged.get() || !is_shown.get() => {
            view! { <TroubleNotice trouble again/> }.into_any()
        }
        _ if is_shown.get() => view! { <Stand election shown/> }.into_any(),
        _ if is_reading.get() || bytes.get().is_none() => view! { <Loading/> }.into_any(),
        _ => view! {
            <p>
                <button type="button" class="button secondary" on:click=move |_| is_wanted.set(true)>
                    {move || texts().read}
                </button>
            </p>
        }
        .into_any(),
    };
    move || {
        if is_unknown.get() {
            return view! { <NotFound election=true/> }.into_any();
        }
        let heading = Signal::derive(move || texts().title.to_owned());
        if is_other.get() {
            return view! {
                <Heading words=heading/>
                {title}
                <OtherBoard/>
            }
            .into_any();
        }
        view! {
            <Heading words=heading/>
            {title}
            <p>{move || texts().lead}</p>
            <p class="actions no-print"><a class="button secondary" href="#own">{move || texts().jump}</a></p>
            <div class="stack">{body}</div>
            {move || (!is_forged.get()).then(|| view! { <Own visit invited/> })}
        }
        .into_any()
    }
}

/// The board's word, until nothing can change any more.
fn status(election: ElectionId) -> Polled<ElectionStatus> {
    let settled = StoredValue::new(None::<ElectionStatus>);
    let status = poll(PERIOD, move || {
        let known = settled.get_value();
        async move {
            match known {
                Some(status) => Ok(status),
                None => api::status(election).await,
            }
        }
    });
    Effect::new(move || {
        settled.set_value(status.value.get().filter(|status| status.phase == PhaseName::Counted));
    });
    status
}

/// What the log says, as this device has checked it, until the part of it that is read here is complete; none before it
/// is read.
fn standing(session: Session, election: ElectionId, is_reading: Memo<bool>) -> Polled<Option<Standing>> {
    let settled = StoredValue::new(None::<Standing>);
    let standing = poll(PERIOD, move || {
        let (known, is_reading) = (settled.get_value(), is_reading.get_untracked());
        async move {
            match known {
                Some(_) => Ok(known),
                None if is_reading => session.ask(Request::Standing(election), |_| ()).await.map(Some),
                None => Ok(None),
            }
        }
    });
    Effect::new(move || {
        settled.set_value(standing.value.get().flatten().filter(|of| is_past_setup(of.stage)));
    });
    Effect::new(move || {
        if is_reading.get() {
            standing.again.run(());
        }
    });
    standing
}

/// Whether a stage comes after everything that this page reads from the log.
fn is_past_setup(stage: Stage) -> bool {
    matches!(stage, Stage::Voting | Stage::Results | Stage::Counted | Stage::Over) || course::is_tally(stage)
}

/// The board is another one than the invitation means.
#[component]
fn OtherBoard() -> impl IntoView {
    let texts = use_texts::<Words>();
    view! {
        <div role="alert" class="trouble forged">
            <Notice kind=Kind::Bad>
                <h2>{move || texts().other_board}</h2>
                <p>{move || texts().other_board_words}</p>
            </Notice>
        </div>
    }
}
