//! A trustee's own part of the page: the key file, then what is done with it.

use leptos::prelude::*;

use tabella_tally::standing::{Mark, Next, Round, Standing};
use tabella_web_shared::Trouble;
use tabella_web_shared::trustee::{KeyCard, KeyTrouble};

use super::course::{Done, End};
use super::invitation::Invited;
use super::open_form::OpenForm;
use super::panel::Panel;
use super::table::Sign;
use super::visit::{Closed, Doing, Visit};
use crate::language::{use_language, use_texts};
use crate::parts::code::Code;
use crate::parts::notice::{Kind, Notice, TroubleNotice};
use crate::router::go_to;
use crate::text::trustees::{Trustees as Words, sentence, words};

/// The section of the page.
#[component]
pub(super) fn Own(visit: Visit, invited: Memo<Invited>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let is_open = Memo::new(move |_| visit.key.with(Option::is_some));
    // what had the focus goes with the form, or with what took its place
    Effect::new(move |before: Option<bool>| {
        let is_open = is_open.get();
        if before.is_some_and(|before| before != is_open) {
            request_animation_frame(|| {
                let _ = go_to("own");
            });
        }
        is_open
    });
    let body = move || match (is_open.get(), invited.get()) {
        (true, _) => view! { <Opened visit/> }.into_any(),
        (false, Invited::Broken) => view! {
            <Notice kind=Kind::Bad>
                <h3>{move || texts().broken_link}</h3>
                <p>{move || texts().broken_link_words}</p>
            </Notice>
        }
        .into_any(),
        (false, _) => view! { <Unopened visit invited/> }.into_any(),
    };
    view! {
        <section aria-labelledby="own" class="no-print">
            <h2 id="own" tabindex="-1">{move || texts().own}</h2>
            {body}
        </section>
    }
}

/// Asks for the key.
#[component]
fn Unopened(visit: Visit, invited: Memo<Invited>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let is_busy = Memo::new(move |_| visit.doing.get() == Doing::Opening);
    let trouble = Memo::new(move |_| match visit.closed.get() {
        Closed::Trouble(trouble) => Some(trouble),
        _ => None,
    });
    let problem = move |of_passphrase: bool| {
        Signal::derive(move || match visit.closed.get() {
            Closed::Key(trouble) if (trouble == KeyTrouble::Passphrase) == of_passphrase => {
                Some((texts().key_trouble)(&trouble))
            }
            _ => None,
        })
    };
    let (wrong_file, wrong_passphrase) = (problem(false), problem(true));
    let submit = Callback::new(move |(file, passphrase)| {
        visit.open(file, passphrase, invited.get_untracked().key());
    });
    let is_forged = Memo::new(move |_| matches!(trouble.get(), Some(Trouble::Forged { .. })));
    let limits = move || texts().limits_words.map(|words| view! { <p>{words}</p> }).collect_view();
    let form = move || {
        // a board that shows what cannot be true gets nothing more
        (!is_forged.get()).then(|| {
            view! {
                <p>{move || texts().own_lead}</p>
                <OpenForm
                    hint=Signal::derive(move || texts().file_hint)
                    label=Signal::derive(move || texts().open)
                    is_busy
                    wrong_file
                    wrong_passphrase
                    submit
                />
                <p><a href="/trustee">{move || texts().no_key}</a></p>
            }
        })
    };
    view! {
        {move || trouble.get().map(|trouble| view! { <TroubleNotice trouble/> })}
        {form}
        <details>
            <summary>{move || texts().limits}</summary>
            <div class="stack">{limits}</div>
        </details>
    }
}

/// The key is open.
#[component]
fn Opened(visit: Visit) -> impl IntoView {
    let texts = use_texts::<Words>();
    let card = move || {
        visit.key.get().map(|KeyCard { name, fingerprint, .. }| {
            view! {
                <div class="row">
                    <span class="badge checked">
                        <span aria-hidden="true">"✓ "</span>
                        {move || texts().is_open}
                    </span>
                    <strong>{name}</strong>
                    <button type="button" id="lock" class="button secondary" on:click=move |_| visit.lock(Closed::Locked)>
                        {move || texts().lock}
                    </button>
                </div>
                <details>
                    <summary>{move || texts().key_fingerprint}</summary>
                    <Code hexadecimal=fingerprint.to_hex()/>
                </details>
            }
        })
    };
    let is_stranger = Memo::new(move |_| visit.doing.get() == Doing::Ended(End::NotATrustee));
    let is_lost = move || {
        visit.is_lost.get().then(|| {
            view! {
                <Notice kind=Kind::Warning>
                    <p>{texts().is_lost}</p>
                </Notice>
            }
        })
    };
    view! {
        {card}
        <div role="status">{is_lost}</div>
        <Panel visit/>
        {move || (!is_stranger.get()).then(|| view! {
            <div class="cards pair">
                <Steps visit/>
                <Log visit/>
            </div>
        })}
        <p class="small muted">{move || texts().lock_hint}</p>
    }
}

/// What was done on this visit.
#[component]
fn Log(visit: Visit) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let done = Memo::new(move |_| visit.course.with(|course| course.done.clone()));
    let words = move |done: Done| match done {
        Done::Posted(message) => texts().message(message, language.get()),
        Done::HasShare => texts().has_share.to_owned(),
        Done::Result(contest) => (texts().result_posted)(u32::from(contest) + 1),
    };
    move || {
        let items = done.get().into_iter().map(|done| {
            view! { <li><span class="state good" aria-hidden="true">"✓ "</span> {words(done)}</li> }
        });
        let items = items.collect_view();
        (!items.is_empty()).then(|| {
            view! {
                <div class="card">
                    <h3>{texts().done}</h3>
                    <ul class="choices" id="done">{items}</ul>
                </div>
            }
        })
    }
}

/// The trustee's steps, with what the next one is for.
#[component]
fn Steps(visit: Visit) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let marks = Memo::new(move |_| {
        visit.standing.with(|standing| standing.as_ref().map(own_marks)).unwrap_or_default()
    });
    let items = move || {
        let marks = marks.get();
        let now = marks.iter().find(|(_, mark)| *mark == Mark::Due).map(|(round, _)| *round);
        let item = |(round, mark): (Round, Mark)| {
            let is_now = now == Some(round);
            let why = is_now.then(
                || view! { <br/> <span class="small">{texts().explanation(round, language.get())}</span> },
            );
            let name = sentence(words(language.get()).round(round));
            view! {
                <li aria-current=is_now.then_some("step")>
                    <Sign mark/>
                    " "
                    <span class="visually-hidden">{words(language.get()).mark(mark)} ": "</span>
                    {if is_now { view! { <strong>{name}</strong> }.into_any() } else { name.into_any() }}
                    {why}
                </li>
            }
        };
        marks.clone().into_iter().map(item).collect_view()
    };
    move || {
        marks.with(|marks| !marks.is_empty()).then(|| {
            view! {
                <div class="card">
                    <h3>{texts().steps}</h3>
                    <ol class="choices" id="steps">{items}</ol>
                </div>
            }
        })
    }
}

/// How the trustee whose key is open stands to every round.
fn own_marks(standing: &Standing) -> Vec<(Round, Mark)> {
    let own = standing.own.and_then(|own| standing.trustee(own));
    let rounds = Round::CEREMONY.into_iter().chain(Round::TALLY);
    let mark = |round| Some((round, own?.mark(round)));
    match standing.next {
        Next::NotATrustee => Vec::new(),
        _ => rounds.filter_map(mark).collect(),
    }
}
