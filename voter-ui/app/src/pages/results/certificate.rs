//! The certificate: a page of paper that says what was decided, and how anyone checks it.

use leptos::prelude::*;

use tabella_crypto::manifest::ElectionId;
use tabella_tally::result::ContestSummary;

use super::contest::{Facts, Question, questions};
use super::load::{Loaded, Source};
use super::overall;
use super::table::order;
use super::trustees::parts;
use crate::format::{exact_time, machine_time, now, number, percent};
use crate::language::{plain, said, use_language, use_texts};
use crate::pages::verify::report::Release;
use crate::parts::code::Code;
use crate::parts::download::print;
use crate::parts::notice::{Kind, Notice};
use crate::parts::qr::Qr;
use crate::router::A;
use crate::session::use_session;
use crate::text::results::{Counting, Paper};

/// The certificate of an election with a result.
#[component]
pub(super) fn Sheet(loaded: Loaded, summaries: Vec<ContestSummary>) -> impl IntoView {
    let texts = use_texts::<Paper>();
    let election = loaded.manifest.id();
    let questions: Vec<_> =
        questions(&loaded, summaries).into_iter().map(|question| view! { <InShort question/> }).collect();
    view! {
        <p class="actions no-print">
            <button type="button" class="button primary" on:click=move |_| print()>{move || texts().print}</button>
            <A href=format!("/e/{election}/results") class="button secondary">{move || texts().back}</A>
        </p>
        <article class="certificate">
            <p class="lead">{said(&loaded.manifest.title)}</p>
            <Standing loaded=loaded.clone()/>
            <About loaded=loaded.clone()/>
            {questions}
            <Fingerprints loaded=loaded.clone()/>
            <HowToCheck election/>
            <p class="small muted">
                {move || texts().made} " " <Exact at=now()/>
            </p>
        </article>
    }
}

/// Whose word the figures are.
#[component]
fn Standing(loaded: Loaded) -> impl IntoView {
    let texts = use_texts::<Paper>();
    let is_counted = loaded.is_counted();
    let release = loaded.source.known().and_then(|known| known.report.hasty_release());
    let secrecy = release.map(|Release { statements, quorum }| {
        view! { <p class="small">{move || (texts().secrecy)(statements, quorum)}</p> }
    });
    let words = match loaded.source {
        Source::Verified(known) => {
            let at = known.at;
            view! {
                <Notice kind=Kind::Good>
                    <p><strong>{move || texts().verified}</strong> " " <Exact at/></p>
                    <p>{move || texts().verified_words}</p>
                    {secrecy}
                </Notice>
            }
            .into_any()
        }
        Source::Contradicted(known) => {
            let at = known.at;
            view! {
                <Notice kind=Kind::Bad>
                    <p><strong>{move || texts().contradicted}</strong> " " <Exact at/></p>
                    {secrecy}
                </Notice>
            }
            .into_any()
        }
        Source::Told { .. } => view! {
            <Notice kind=Kind::Warning>
                <p><strong>{move || texts().told}</strong></p>
                <p>{move || texts().told_words}</p>
            </Notice>
        }
        .into_any(),
    };
    let unfinished = (!is_counted).then(|| {
        view! { <Notice kind=Kind::Warning><p><strong>{move || texts().not_final}</strong></p></Notice> }
    });
    (words, unfinished)
}

/// Board, election, dates, turnout, trustees.
#[component]
fn About(loaded: Loaded) -> impl IntoView {
    let texts = use_texts::<Paper>();
    let counting = use_texts::<Counting>();
    let language = use_language();
    let voting = match loaded.voting() {
        (Some(opened), Some(closed)) => {
            view! { {move || texts().from} " " <Exact at=opened/> " " {move || texts().to} " " <Exact at=closed/> }
                .into_any()
        }
        (None, Some(closed)) => view! { {move || texts().never} " " <Exact at=closed/> }.into_any(),
        // a result is of an election that is closed
        (_, None) => ().into_any(),
    };
    let trustees: Vec<_> = parts(&loaded);
    let threshold = (loaded.manifest.threshold, trustees.len());
    let names = move || {
        let name = |part: &super::trustees::Part| {
            if part.opened > 0 { format!("{} ✓", part.name) } else { part.name.clone() }
        };
        (counting().list)(&trustees.iter().map(name).collect::<Vec<_>>())
    };
    let result = loaded.result(language.get()).ok();
    let facts = result.map(|result| overall(&result, language.get())).unwrap_or_default();
    view! {
        <dl class="figures">
            <dt>{move || texts().board}</dt>
            <dd>{loaded.manifest.board.clone()} " (" {crate::api::origin()} ")"</dd>
            <dt>{move || texts().period}</dt>
            <dd>{voting}</dd>
            <dt>{move || texts().trustees}</dt>
            <dd>{names} <p class="small">{move || (counting().threshold)(threshold.0, threshold.1)}</p></dd>
        </dl>
        <Facts facts/>
    }
}

/// A contest of more options than this may run over two pages.
const LONG: usize = 20;

/// A contest in short.
#[component]
fn InShort(question: Question) -> impl IntoView {
    let texts = use_texts::<Counting>();
    let language = use_language();
    let spoken = language.get();
    let (verdict, reasons) = question.sentences(spoken);
    let figures = question.figures(spoken);
    let Question { contest, summary, .. } = question;
    let has_totals = summary.options.iter().any(|option| option.votes.is_some());
    let rows: Vec<_> = order(&summary)
        .into_iter()
        .filter_map(|index| Some((contest.options.get(index)?, summary.options.get(index)?)))
        .map(|(name, option)| {
            let votes = option.votes.map(|votes| number(votes, spoken));
            let share = option.share.map(|share| percent(share, spoken));
            let last = option.grade.clone().or(share);
            view! {
                <tr class:elected=option.elected>
                    <th scope="row">{option.elected.then_some("✓ ")} {said(name)}</th>
                    <td class="number">{votes}</td>
                    <td class="number">{last}</td>
                </tr>
            }
        })
        .collect();
    let title = plain(&contest.title, spoken);
    // on paper a question stands on one page, unless that would leave most of the page before empty
    let is_long = summary.options.len() > LONG;
    let unit = (texts().unit)(summary.unit);
    let last = if contest.grades.is_empty() { texts().share } else { texts().median };
    view! {
        <section class:long=is_long>
            <h2>{said(&contest.title)}</h2>
            <p><strong>{verdict}</strong></p>
            {reasons.into_iter().map(|reason| view! { <p class="small">{reason}</p> }).collect::<Vec<_>>()}
            {has_totals.then(|| view! {
                <table class="data">
                    <caption class="visually-hidden">{title}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{texts().option}</th>
                            <th scope="col" class="number">{unit}</th>
                            <th scope="col" class="number">{last}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            })}
            <Facts facts=figures/>
        </section>
    }
}

/// What anyone compares: verified where this device has verified it, else the reader's view of the board and the board's
/// word of the rest.
#[component]
fn Fingerprints(loaded: Loaded) -> impl IntoView {
    let texts = use_texts::<Paper>();
    let language = use_language();
    let session = use_session();
    let id = loaded.manifest.id().to_string();
    let known = loaded.source.known().cloned();
    let verified = known.and_then(|known| Some((known.report.board?, known.report.election?)));
    let from_report = verified.is_some();
    let (board, root, size, tally, key) = match verified {
        Some((board, election)) => (
            Some(board.fingerprint),
            election.root,
            election.size,
            election.tally.map(|tally| tally.fingerprint),
            election.key,
        ),
        None => (None, loaded.status.root.to_hex(), loaded.status.size, None, None),
    };
    let board = move || {
        let checked = || session.board.get().and_then(Result::ok).map(|board| board.fingerprint);
        board.clone().or_else(checked).map(|fingerprint| view! { <Code hexadecimal=fingerprint/> })
    };
    view! {
        <section>
            <h2>{move || texts().fingerprints}</h2>
            <dl class="prints">
                <div>
                    <dt>{move || texts().election}</dt>
                    <dd><Code hexadecimal=id/></dd>
                </div>
                <div>
                    <dt>{move || texts().log}</dt>
                    <dd>
                        <Code hexadecimal=root/>
                        <p class="small">{move || (texts().entries)(&number(size, language.get()))}</p>
                    </dd>
                </div>
                {tally.map(|tally| view! { <div><dt>{move || texts().tally}</dt> <dd><Code hexadecimal=tally/></dd></div> })}
                <div>
                    <dt>{move || texts().board_key}</dt>
                    <dd>{board}</dd>
                </div>
                {key.map(|key| view! { <div><dt>{move || texts().key}</dt> <dd><Code hexadecimal=key/></dd></div> })}
            </dl>
            {(!from_report).then(|| view! { <p class="small muted">{move || texts().fingerprints_told}</p> })}
        </section>
    }
}

/// The link, and what it leads to.
#[component]
fn HowToCheck(election: ElectionId) -> impl IntoView {
    let texts = use_texts::<Paper>();
    let link = format!("{}/e/{election}/verify", crate::api::origin());
    view! {
        <section>
            <h2>{move || texts().check}</h2>
            <p>{move || texts().check_words}</p>
            <div class="row">
                <Qr text=link.clone() label=Signal::derive(move || texts().check.to_owned())/>
                <p class="small hash"><a href=link.clone()>{link.clone()}</a></p>
            </div>
        </section>
    }
}

/// A time with its seconds.
#[component]
fn Exact(at: u64) -> impl IntoView {
    let language = use_language();
    view! { <time datetime=machine_time(at)>{move || exact_time(at, language.get())}</time> }
}
