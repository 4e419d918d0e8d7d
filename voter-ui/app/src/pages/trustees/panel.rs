//! What is next for a trustee, and the one button that does it.

use leptos::prelude::*;

use tabella_tally::standing::{Next, Stage, Standing};

use super::compare::Compare;
use super::course::{Begin, End, Halt};
use super::visit::{Closed, Command, Doing, Visit};
use crate::format::{machine_time, time};
use crate::language::{use_language, use_texts};
use crate::parts::notice::{Kind, Notice};
use crate::parts::progress::ProgressBar;
use crate::text::trustees::{Trustees as Words, spoken, words};

/// What is shown, in the order in which one goes before the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Face {
    Ended(End),
    Halted,
    Comparing,
    Reading,
    Acting,
    Asking(Begin),
    Resting,
    Nothing,
}

/// The part of the page.
#[component]
pub(super) fn Panel(visit: Visit) -> impl IntoView {
    let face = Memo::new(move |_| {
        let (is_halted, is_comparing) =
            visit.course.with(|course| (course.halt.is_some(), course.comparison.is_some()));
        match visit.doing.get() {
            Doing::Ended(end) => Face::Ended(end),
            _ if is_halted => Face::Halted,
            _ if is_comparing => Face::Comparing,
            Doing::Reading => Face::Reading,
            Doing::Acting => Face::Acting,
            Doing::Asking(begin) => Face::Asking(begin),
            Doing::Resting => Face::Resting,
            Doing::Locked | Doing::Opening => Face::Nothing,
        }
    });
    let body = move || match face.get() {
        Face::Ended(end) => view! { <Ended visit end/> }.into_any(),
        Face::Halted => view! { <Halted visit/> }.into_any(),
        Face::Comparing => view! { <Compare visit/> }.into_any(),
        Face::Reading => view! { <ProgressBar progress=visit.progress/> }.into_any(),
        Face::Acting => view! { <Acting visit/> }.into_any(),
        Face::Asking(begin) => view! { <Asking visit begin/> }.into_any(),
        Face::Resting => view! { <Resting visit/> }.into_any(),
        Face::Nothing => ().into_any(),
    };
    view! { <div class="stack" id="next">{body}</div> }
}

/// What this trustee does next, in words.
fn next(visit: Visit) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    let language = use_language();
    let next = Memo::new(move |_| {
        visit.standing.with(|standing| standing.as_ref().map_or(Next::Wait, |of| of.next))
    });
    move || words(language.get()).next(next.get())
}

#[component]
fn Asking(visit: Visit, begin: Begin) -> impl IntoView {
    let texts = use_texts::<Words>();
    let next = next(visit);
    let what = move || match begin {
        Begin::Ceremony => texts().begin_ceremony_words,
        Begin::Tally => texts().begin_tally_words,
    };
    let label = move || match begin {
        Begin::Ceremony => texts().begin_ceremony,
        Begin::Tally => texts().begin_tally,
    };
    view! {
        <div role="status"><h3>{next}</h3></div>
        <p>{what}</p>
        <p class="actions">
            <button type="button" id="begin" class="button primary big" on:click=move |_| visit.tell(Command::Begin(begin))>
                {label}
            </button>
        </p>
    }
}

#[component]
fn Acting(visit: Visit) -> impl IntoView {
    let texts = use_texts::<Words>();
    let next = next(visit);
    let is_reading =
        Memo::new(move |_| visit.progress.with(|progress| progress.is_some_and(|step| step.of > 1)));
    view! {
        <div role="status"><h3>{next}</h3></div>
        <p>{move || texts().acting}</p>
        {move || is_reading.get().then(|| view! { <ProgressBar progress=visit.progress/> })}
    }
}

#[component]
fn Resting(visit: Visit) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let next = next(visit);
    let is_between = Memo::new(move |_| {
        let is_between = |standing: &Standing| matches!(standing.stage, Stage::Opening | Stage::Voting);
        visit.standing.with(|standing| standing.as_ref().is_some_and(is_between))
    });
    let why = Memo::new(move |_| visit.course.with(|course| course.waiting.clone()));
    let waiting = move || match why.get() {
        Some(why) => spoken(&why, language.get()),
        None => visit
            .standing
            .with(|standing| standing.as_ref().map(|standing| words(language.get()).waiting(standing)))
            .unwrap_or_default(),
    };
    move || {
        if is_between.get() {
            view! { <Between visit/> }.into_any()
        } else {
            view! {
                <h3>{next}</h3>
                <p role="status" id="waiting">{waiting}</p>
                <p class="small muted">{move || texts().may_leave}</p>
            }
            .into_any()
        }
    }
}

/// The ceremony is complete, and voting not over.
#[component]
fn Between(visit: Visit) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let times = Memo::new(move |_| visit.standing.with(|standing| standing.as_ref().and_then(|of| of.times)));
    let at = move |at: u64| view! { <time datetime=machine_time(at)>{time(at, language.get())}</time> };
    let dates = move || {
        times.get().map(|(opens, closes)| {
            let [first, to, end] = texts().rest_times;
            view! { <p class="small muted">{first} {at(opens)} {to} {at(closes)} {end}</p> }
        })
    };
    view! {
        <div role="status">
            <Notice kind=Kind::Good>
                <h3>{move || texts().rest}</h3>
                <p>{move || texts().rest_words}</p>
                {dates}
            </Notice>
        </div>
    }
}

#[component]
fn Halted(visit: Visit) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let halt = Memo::new(move |_| visit.course.with(|course| course.halt.clone()));
    let resume = move |_| visit.tell(Command::Resume);
    move || {
        halt.get().map(|halt| {
            let (title, words, label) = match halt {
                Halt::Refused(why) => (texts().halted, spoken(&why, language.get()), texts().again),
                Halt::Differs(_) => (texts().differs, texts().differs_words.to_owned(), texts().compare_again),
            };
            view! {
                <div role="alert" id="halted">
                    <Notice kind=Kind::Bad>
                        <h3>{title}</h3>
                        <p>{words}</p>
                        <p class="actions">
                            <button type="button" class="button secondary" on:click=move |_| visit.lock(Closed::Locked)>
                                {texts().lock}
                            </button>
                            <button type="button" id="resume" class="button quiet" on:click=resume>{label}</button>
                        </p>
                    </Notice>
                </div>
            }
        })
    }
}

#[component]
fn Ended(visit: Visit, end: End) -> impl IntoView {
    let texts = use_texts::<Words>();
    let election = visit.election();
    match end {
        End::NotATrustee => view! {
            <div role="alert" id="stranger">
                <Notice kind=Kind::Bad>
                    <p>{move || texts().not_a_trustee}</p>
                </Notice>
            </div>
        }
        .into_any(),
        End::Counted => view! {
            <div role="status" id="counted">
                <Notice kind=Kind::Good>
                    <h3>{move || texts().counted}</h3>
                    <p>{move || texts().counted_words}</p>
                    <p><a class="button primary" href=format!("/e/{election}/results")>{move || texts().results}</a></p>
                </Notice>
            </div>
        }
        .into_any(),
        End::Over => view! {
            <div role="status">
                <Notice kind=Kind::Warning>
                    <h3>{move || texts().over}</h3>
                    <p>{move || texts().over_words}</p>
                </Notice>
            </div>
        }
        .into_any(),
    }
}
