//! A ballot on its way, or stuck there. It stays "not cast" until the receipt stands; a receipt that stood before the
//! page was loaded again is fetched once more.

use leptos::prelude::*;

use tabella_web_shared::Trouble;

use crate::language::use_texts;
use crate::parts::code::Code;
use crate::parts::heading::Heading;
use crate::parts::notice::{Kind, Notice, TroubleNotice};
use crate::parts::progress::ProgressBar;
use crate::text::vote::after::After as Texts;

use super::ElectionLink;
use super::acts;
use super::decided::Act;
use super::state::Flow;

/// Sending, and what became of it where that was no receipt.
#[component]
pub(super) fn SendingStep(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let is_test = Memo::new(move |_| {
        flow.decided.with(|ballot| ballot.as_ref().is_some_and(|ballot| ballot.act == Act::Test))
    });
    // a ballot that is already decided when the step begins comes from before a reload
    let is_resumed = flow.decided.with_untracked(Option::is_some);
    let has_stood = untrack(|| flow.has_stood());
    let resumed = move || if has_stood { texts().receipt_again } else { texts().resumed };
    let waiting = move || {
        flow.is_busy.get().then(|| {
            view! {
                {is_resumed.then(|| view! { <p>{resumed}</p> })}
                <ProgressBar progress=flow.progress/>
            }
        })
    };
    let stuck = move || {
        let trouble = flow.trouble.get()?;
        Some(if flow.decided.with_untracked(Option::is_none) {
            view! { <Unsigned flow trouble/> }.into_any()
        } else if has_stood {
            view! { <NoReceipt flow trouble/> }.into_any()
        } else if matches!(trouble, Trouble::Forged { .. }) {
            view! { <Forged trouble/> }.into_any()
        } else if trouble == Trouble::NotFound {
            view! { <Absent flow/> }.into_any()
        } else if acts::leaves_open(&trouble) {
            view! { <Open flow is_test trouble/> }.into_any()
        } else {
            view! { <Refused flow trouble/> }.into_any()
        })
    };
    let title = move || {
        let words = if has_stood { texts().your_receipt } else { (texts().sending)(is_test.get()) };
        words.to_owned()
    };
    view! {
        <Heading words=Signal::derive(title)/>
        {waiting}
        {stuck}
    }
}

/// It is not known what became of it.
#[component]
fn Open(flow: Flow, is_test: Memo<bool>, trouble: Trouble) -> impl IntoView {
    let texts = use_texts::<Texts>();
    // no answer is all that there is to say of no answer
    let shown = (!matches!(trouble, Trouble::Unreachable | Trouble::TimedOut)).then_some(trouble);
    view! {
        <div role="alert">
            <Notice kind=Kind::Warning>
                <h2>{move || (texts().open_title)(is_test.get())}</h2>
                <p>{move || (texts().open_words)(is_test.get())}</p>
            </Notice>
        </div>
        <SendAgain flow/>
        {shown.map(|trouble| view! { <TroubleNotice trouble/> })}
    }
}

/// It was on its way when the page was loaded again, and is not on the record.
#[component]
fn Absent(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    view! {
        <div role="alert">
            <Notice kind=Kind::Warning>
                <h2>{move || texts().absent_title}</h2>
                <p>{move || texts().absent_words}</p>
            </Notice>
        </div>
        <SendAgain flow/>
        <GiveUp flow words=Signal::derive(move || texts().start_again)/>
    }
}

/// Its receipt stood here, and is not to be had again: for want of an answer, or because the board denies it now.
#[component]
fn NoReceipt(flow: Flow, trouble: Trouble) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let is_missing = trouble == Trouble::NotFound;
    let is_gone = is_missing || matches!(trouble, Trouble::Forged { .. });
    let kind = if is_gone { Kind::Bad } else { Kind::Note };
    let code = flow.decided.with_untracked(|ballot| ballot.as_ref().map(|ballot| ballot.code.to_string()));
    view! {
        <div role="alert">
            <Notice kind>
                <h2>{move || if is_gone { texts().gone_title } else { texts().later_title }}</h2>
                <p>{move || if is_gone { texts().gone_words } else { texts().later_again }}</p>
                {code.map(|code| view! { <p id="tracking-code"><Code hexadecimal=code/></p> })}
            </Notice>
        </div>
        {(!is_missing).then(|| view! { <TroubleNotice trouble/> })}
        <div class="actions">
            <button type="button" id="look-again" class="button primary" on:click=move |_| acts::look_for_sent(flow)>
                {move || texts().look_for_receipt}
            </button>
        </div>
        <ElectionLink flow/>
    }
}

/// The board does not take it.
#[component]
fn Refused(flow: Flow, trouble: Trouble) -> impl IntoView {
    let texts = use_texts::<Texts>();
    view! {
        <div role="alert">
            <Notice kind=Kind::Warning>
                <h2>{move || texts().refused_title}</h2>
                <p>{move || texts().refused_words}</p>
            </Notice>
        </div>
        <TroubleNotice trouble/>
        <GiveUp flow words=Signal::derive(move || texts().look_again)/>
    }
}

/// The board's answer cannot be true: nothing leads on from here.
#[component]
fn Forged(trouble: Trouble) -> impl IntoView {
    let texts = use_texts::<Texts>();
    view! {
        <div role="alert" id="stop">
            <Notice kind=Kind::Bad>
                <h2>{move || texts().forged_title}</h2>
                <p>{move || texts().forged_words}</p>
            </Notice>
        </div>
        <TroubleNotice trouble/>
    }
}

/// The prover failed before anything was signed.
#[component]
fn Unsigned(flow: Flow, trouble: Trouble) -> impl IntoView {
    let texts = use_texts::<Texts>();
    view! {
        <TroubleNotice trouble/>
        <GiveUp flow words=Signal::derive(move || texts().look_again)/>
    }
}

/// Sends the very same bytes.
#[component]
fn SendAgain(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    view! {
        <div class="actions">
            <button type="button" id="send-again" class="button primary big" on:click=move |_| acts::post_again(flow)>
                {move || texts().send_again}
            </button>
        </div>
    }
}

/// Leaves this ballot and goes back.
#[component]
fn GiveUp(flow: Flow, words: Signal<&'static str>) -> impl IntoView {
    view! {
        <div class="actions">
            <button type="button" id="give-up" class="button secondary" on:click=move |_| acts::give_up(flow)>
                {words}
            </button>
        </div>
    }
}
