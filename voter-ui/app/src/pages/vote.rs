//! Voting, from the code to the receipt: one thing at a time.
//!
//! ```text
//! code -> ballot, contest by contest -> review -> sealed -+-> cast -> sending -> receipt
//!                      ^                   ^              +-> test -> sending -> tested -+
//!                      +---- change -------+---------------- a fresh ballot -------------+
//! ```
//!
//! Where everything stands is in [`state::Flow`], what is done in [`acts`]; [`booth::Booth`] tells a real election from
//! one to practise with. Until the receipt stands every step says that the vote is not cast.

use leptos::ev;
use leptos::prelude::*;

use tabella_crypto::credential::CODE_SYMBOLS;
use tabella_web_shared::Trouble;

use crate::language::{said, use_texts};
use crate::lazy;
use crate::pages::not_found::NotFound;
use crate::pages::use_election;
use crate::parts::heading::Heading;
use crate::parts::notice::{Loading, TroubleNotice};
use crate::parts::steps::Steps;
use crate::router::{A, Place, use_location};
use crate::session::use_session;
use crate::text::practice::Practice as PracticeTexts;
use crate::text::vote::Vote as Texts;

pub(crate) mod acts;
mod ballot;
pub(crate) mod booth;
mod code;
mod code_input;
mod decided;
mod guard;
mod receipt;
mod review;
mod sealed;
mod sending;
mod standing;
pub(crate) mod state;
mod tested;

use booth::Booth;
use code_input::problems;
use state::{Flow, Step};

/// Voting in the election that the address names.
#[component]
pub(crate) fn Vote() -> impl IntoView {
    let (election, place) = (use_election(), use_location());
    let session = use_session();
    move || match election.get() {
        Some(election) => view! { <Voting booth=Booth::Real { session, election }/> }.into_any(),
        None => {
            // a code does not stay in the address of a page that has no use for it
            place.clear_fragment();
            view! { <NotFound/> }.into_any()
        }
    }
}

/// Voting, in whichever booth.
#[component]
pub(crate) fn Voting(booth: Booth) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let flow = Flow::new(booth);
    let from_link = RwSignal::new(None);
    let place = use_location();
    take_link(flow, from_link, place);
    let again = window_event_listener(ev::hashchange, move |_| take_link(flow, from_link, place));
    on_cleanup(move || {
        again.remove();
        if flow.step.try_get_untracked() == Some(Step::Receipt) {
            decided::drop_kept(booth);
        }
    });
    guard::watch(flow);
    acts::begin(flow);
    let names = Signal::derive(move || texts().steps.map(str::to_owned).to_vec());
    let now = Signal::derive(move || flow.step.get().place());
    let title =
        move || flow.election().map(|election| view! { <p class="muted">{said(&election.title)}</p> });
    let step = move || match flow.step.get() {
        Step::Code => view! { <Begin flow from_link/> }.into_any(),
        Step::Contest(index) => view! { <ballot::ContestStep flow index/> }.into_any(),
        _ => lazy::marked(flow),
    };
    view! {
        <Banner flow/>
        <div class="voting">{title} <div class="no-print"><Steps names now/></div></div>
        {step}
    }
}

/// The steps after the last contest.
pub(crate) fn marked(flow: Flow) -> AnyView {
    match flow.step.get() {
        Step::Review => view! { <review::ReviewStep flow/> }.into_any(),
        Step::Sealed => view! { <sealed::SealedStep flow/> }.into_any(),
        Step::BeforeTest => view! { <sealed::BeforeTestStep flow/> }.into_any(),
        Step::Sending => view! { <sending::SendingStep flow/> }.into_any(),
        Step::Receipt => view! { <receipt::ReceiptStep flow/> }.into_any(),
        Step::Tested => view! { <tested::TestedStep flow/> }.into_any(),
        Step::Code | Step::Contest(_) => ().into_any(),
    }
}

/// Says on every step that the vote is not cast, or that this is practice.
#[component]
fn Banner(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let practice = use_texts::<PracticeTexts>();
    if flow.booth.is_practice() {
        return view! { <p id="practice" class="practice">{move || practice().banner}</p> }.into_any();
    }
    // where nothing can be cast, or a receipt has stood, there is nothing to warn of
    let is_open = Memo::new(move |_| {
        let over = |found: &Option<_>| matches!(found, Some(Err(Trouble::Closed | Trouble::NotOpen)));
        let is_refused = flow.step.get() == Step::Code && flow.manifest.with(over);
        !is_refused && flow.step.get() != Step::Receipt && !flow.has_stood()
    });
    let counts = move || flow.standing.with(|found| matches!(found, Some(Ok(found)) if found.cast > 0));
    (move || {
        is_open.get().then(|| {
            view! { <p id="not-cast" class="not-cast">{move || (texts().not_cast)(counts())}</p> }
        })
    })
    .into_any()
}

/// The first step, as soon as the election is there.
#[component]
fn Begin(flow: Flow, from_link: RwSignal<Option<usize>>) -> impl IntoView {
    let texts = use_texts::<Texts>();
    move || match flow.manifest.get() {
        Some(Ok(_)) => view! { <code::CodeStep flow from_link/> }.into_any(),
        Some(Err(Trouble::NotFound)) => view! { <NotFound election=true/> }.into_any(),
        Some(Err(trouble)) => view! {
            <Heading words=Signal::derive(move || texts().ballot_title.to_owned())/>
            <TroubleNotice trouble again=move |()| acts::begin(flow)/>
            <ElectionLink flow/>
        }
        .into_any(),
        None => view! { <Loading/> }.into_any(),
    }
}

/// The way to the election's page; there is none in practice.
#[component]
pub(super) fn ElectionLink(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let Booth::Real { election, .. } = flow.booth else { return None };
    Some(view! { <p class="no-print"><A href=format!("/e/{election}")>{move || texts().to_election}</A></p> })
}

/// Takes the code out of the link's fragment, which no server sees, and out of the address bar; notes how many of its
/// symbols are missing.
fn take_link(flow: Flow, from_link: RwSignal<Option<usize>>, place: Place) {
    let fragment = window().location().hash().unwrap_or_default();
    if let Some(code) = fragment.strip_prefix("#code=") {
        if flow.step.get_untracked() == Step::Receipt {
            acts::leave_receipt(flow);
        }
        if flow.step.get_untracked() == Step::Code {
            flow.take_code(code);
            let missing = flow.groups.with_untracked(|groups| {
                let came = groups.iter().map(|group| group.len()).sum::<usize>();
                let missing = CODE_SYMBOLS.saturating_sub(came);
                // of a mistyped group its field tells
                (missing > 0 || problems(groups, true).is_empty()).then_some(missing)
            });
            from_link.set(missing);
        }
        place.clear_fragment();
    }
}
