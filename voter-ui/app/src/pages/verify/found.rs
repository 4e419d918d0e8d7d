//! What a verification found: the statement, what to compare, the report.

use std::sync::Arc;

use leptos::prelude::*;

use tabella_crypto::manifest::{CheckedManifest, ElectionId};

use super::checks::{Checks, title_of};
use super::report::{Failure, Release, Report};
use super::run::Finished;
use crate::format::{exact_time, fixed, machine_time, number};
use crate::language::{use_language, use_texts};
use crate::parts::code::Code;
use crate::parts::download::{SaveButton, print};
use crate::parts::heading::Heading;
use crate::parts::notice::{Kind, Notice};
use crate::router::A;
use crate::text::common::Common;
use crate::text::verify::Verification;

type Names = RwSignal<Option<Arc<CheckedManifest>>>;

/// Everything that a verification found.
#[component]
pub(super) fn Found(
    election: ElectionId,
    manifest: Names,
    finished: Arc<Finished>,
    again: Callback<()>,
) -> impl IntoView {
    let texts = use_texts::<Verification>();
    let report = finished.report.clone();
    let (holds, is_final) = (report.verified, report.is_final());
    let heading = move || {
        match (holds, is_final) {
            (true, true) => texts().good,
            (true, false) => texts().good_so_far,
            (false, _) => texts().bad,
        }
        .to_owned()
    };
    let json = finished.json.clone();
    let statement = match report.failure.clone() {
        None if holds => view! { <Holds finished=Arc::clone(&finished)/> }.into_any(),
        failure => view! { <Breaks failure manifest/> }.into_any(),
    };
    view! {
        <Heading words=Signal::derive(heading)/>
        <Subject report=report.clone()/>
        {statement}
        <div class="actions no-print">
            {(holds && is_final).then(|| view! {
                <A href=format!("/e/{election}/results") class="button primary">{move || texts().to_results}</A>
                <A href=format!("/e/{election}/certificate") class="button secondary">{move || texts().to_certificate}</A>
            })}
            {(holds && !is_final).then(|| view! {
                <A href=format!("/e/{election}") class="button primary">{move || texts().to_election}</A>
            })}
            <button type="button" class="button secondary" on:click=move |_| again.run(())>{move || texts().repeat}</button>
        </div>
        <Secrecy report=report.clone()/>
        <Compare election report=report.clone()/>
        <section>
            <h2>{move || texts().checks}</h2>
            <p>{move || texts().checks_words}</p>
            <Checks lines=report.checks/>
            <div class="actions">
                <SaveButton
                    name=format!("tabella-report-{}.json", election.to_string().get(..16).unwrap_or_default())
                    media_type="application/json"
                    content=Callback::new(move |()| json.clone().into_bytes())
                    label=Signal::derive(move || texts().save.to_owned())
                />
                <button type="button" class="button quiet no-print" on:click=move |_| print()>{move || texts().print}</button>
            </div>
        </section>
        <Independent election/>
    }
}

/// The election's title, from the record itself.
#[component]
fn Subject(report: Report) -> impl IntoView {
    let language = use_language();
    let titles = report.election.map(|election| election.title).unwrap_or_default();
    move || {
        let tag = language.get().tag();
        let near = |(have, _): &(&String, &String)| have.get(..2) == tag.get(..2);
        let title = titles.iter().find(near).or_else(|| titles.iter().next());
        title.map(|(lang, title)| view! { <p class="lead" lang=lang.clone()>{title.clone()}</p> })
    }
}

/// The record holds.
#[component]
fn Holds(finished: Arc<Finished>) -> impl IntoView {
    let texts = use_texts::<Verification>();
    let language = use_language();
    let (ballots, items) = (finished.report.ballots(), finished.report.items());
    let (seconds, at, is_final) =
        (finished.milliseconds as f64 / 1000.0, finished.at, finished.report.is_final());
    let numbers = move || {
        let language = language.get();
        (texts().numbers)(ballots, &number(ballots, language), &number(items, language), &fixed(seconds, 1))
    };
    view! {
        <Notice kind=Kind::Good>
            <p><strong>{move || texts().good_words}</strong></p>
            {(!is_final).then(|| view! { <p>{move || texts().good_so_far_words}</p> })}
            <p>{numbers}</p>
            <p class="small">
                <time datetime=machine_time(at)>{move || exact_time(at, language.get())}</time>
            </p>
        </Notice>
    }
}

/// The record does not hold.
#[component]
fn Breaks(failure: Option<Failure>, manifest: Names) -> impl IntoView {
    let texts = use_texts::<Verification>();
    let facts = failure.map(|failure| {
        let check = (failure.check.clone(), failure.title.clone());
        let place = (failure.log.clone(), failure.entry, failure.file.clone());
        let trustee = failure.culprit;
        view! {
            <dl class="figures">
                <dt>{move || texts().failed_check}</dt>
                <dd>{check.0.clone()} " " {title_of(check.0, check.1)}</dd>
                <Place log=place.0 entry=place.1 file=place.2/>
                {trustee.map(|trustee| view! {
                    <dt>{move || texts().culprit}</dt>
                    <dd>{move || trustee_name(manifest, trustee)}</dd>
                })}
                <dt>{move || texts().sentence}</dt>
                <dd lang="en">{failure.sentence}</dd>
            </dl>
        }
    });
    view! {
        <div role="alert">
            <Notice kind=Kind::Bad>
                <p><strong>{move || texts().bad_words}</strong></p>
                <p>{move || texts().bad_todo}</p>
                {facts}
            </Notice>
        </div>
    }
}

/// Where something fails.
#[component]
fn Place(log: Option<String>, entry: Option<u64>, file: Option<String>) -> impl IntoView {
    let texts = use_texts::<Verification>();
    let language = use_language();
    let entry = log.zip(entry).map(|(log, entry)| {
        let is_board = log == "board";
        view! {
            <dt>{move || texts().place}</dt>
            <dd>{move || {
                let entry = number(entry, language.get());
                if is_board { (texts().in_board)(&entry) } else { (texts().in_election)(&entry) }
            }}</dd>
        }
    });
    let file = file.map(|file| view! { <dt>{move || texts().file}</dt> <dd class="hash">{file}</dd> });
    (entry, file)
}

/// A trustee by name, else by number.
fn trustee_name(manifest: Names, trustee: u8) -> String {
    let index = usize::from(trustee).saturating_sub(1);
    let name = manifest.get().and_then(|manifest| Some(manifest.trustees.get(index)?.name.clone()));
    name.map_or_else(|| trustee.to_string(), |name| format!("{trustee}: {name}"))
}

/// Too few trustees had compared the record before the first of them decrypted. No check fails by it, and the count is
/// right all the same.
#[component]
fn Secrecy(report: Report) -> impl IntoView {
    let texts = use_texts::<Verification>();
    report.hasty_release().map(|Release { statements, quorum }| {
        let why = move || {
            texts().secrecy_why.into_iter().map(|why| view! { <p>{why(quorum)}</p> }).collect::<Vec<_>>()
        };
        view! {
            <Notice kind=Kind::Note>
                <p><strong>{move || texts().secrecy_title}</strong></p>
                <p>{move || (texts().secrecy)(statements, quorum)}</p>
                <p>{move || texts().secrecy_todo}</p>
                <details>
                    <summary>{move || texts().secrecy_more}</summary>
                    {why}
                </details>
            </Notice>
        }
    })
}

/// What observers compare with each other.
#[component]
fn Compare(election: ElectionId, report: Report) -> impl IntoView {
    let texts = use_texts::<Verification>();
    let language = use_language();
    let size = move |size: u64| (texts().entries)(&number(size, language.get()));
    let id = election.to_string();
    let election = report.election.map(|election| {
        let tally = election.tally.map(|tally| tally.fingerprint);
        view! {
            <dt>{move || texts().election}</dt>
            <dd><Code hexadecimal=id/></dd>
            <dt>{move || texts().election_log}</dt>
            <dd><Code hexadecimal=election.root/> <p class="small">{move || size(election.size)}</p></dd>
            {tally.map(|tally| view! { <dt>{move || texts().tally}</dt> <dd><Code hexadecimal=tally/></dd> })}
            <dt>{move || texts().roll}</dt>
            <dd><Code hexadecimal=election.roll/></dd>
            {election.key.map(|key| view! { <dt>{move || texts().key}</dt> <dd><Code hexadecimal=key/></dd> })}
        }
    });
    let board = report.board.map(|board| {
        let witnesses = board.cosigned_by.join(", ");
        view! {
            <dt>{move || texts().board}</dt>
            <dd>{board.origin}</dd>
            <dt>{move || texts().board_key}</dt>
            <dd><Code hexadecimal=board.fingerprint/></dd>
            <dt>{move || texts().board_log}</dt>
            <dd><Code hexadecimal=board.root/> <p class="small">{move || size(board.size)}</p></dd>
            {(!witnesses.is_empty()).then(|| view! { <dt>{move || texts().witnesses}</dt> <dd>{witnesses}</dd> })}
        }
    });
    view! {
        <section>
            <h2>{move || texts().compare}</h2>
            <p>{move || texts().compare_words}</p>
            <dl class="figures">{board} {election}</dl>
        </section>
    }
}

/// How to depend on no program of the board's.
#[component]
fn Independent(election: ElectionId) -> impl IntoView {
    let texts = use_texts::<Verification>();
    let common = use_texts::<Common>();
    view! {
        <details class="no-print">
            <summary>{move || common().details}</summary>
            <p>{move || texts().independent}</p>
            <pre translate="no">{format!("tabella-verify {} --election {election}", crate::api::origin())}</pre>
        </details>
    }
}
