//! Results, and the certificate.

use leptos::prelude::*;

use tabella_board_core::api::PhaseName;
use tabella_crypto::manifest::ElectionId;
use tabella_tally::result::ElectionResult;
use tabella_web_shared::Trouble;

use crate::format::{number, percent};
use crate::language::{Language, Texts as _, said, use_language, use_texts};
use crate::parts::download::SaveButton;
use crate::parts::heading::Heading;
use crate::parts::notice::{Checked, Kind, Loading, Notice, Said, TroubleNotice};
use crate::router::A;
use crate::text::results::{Counting, Paper};

mod certificate;
mod chart;
mod contest;
mod files;
mod load;
mod rules;
mod table;
mod trustees;

use certificate::Sheet;
use contest::{ContestResult, Facts, Question, Reasons, questions};
use load::{Load, Loaded, Source, load};
pub(crate) use trustees::Part;
use trustees::{Trustees, Waiting};

/// What became of an election.
#[component]
pub(crate) fn Results() -> impl IntoView {
    let texts = use_texts::<Counting>();
    let election = super::use_election();
    view! {
        <Heading words=Signal::derive(move || texts().title.to_owned())/>
        {move || match election.get() {
            Some(election) => view! { <WithResult election page=Page::Results/> }.into_any(),
            None => view! { <TroubleNotice trouble=Trouble::NotFound/> }.into_any(),
        }}
    }
}

/// The same for paper.
#[component]
pub(crate) fn Certificate() -> impl IntoView {
    let texts = use_texts::<Paper>();
    let election = super::use_election();
    view! {
        <Heading words=Signal::derive(move || texts().title.to_owned())/>
        {move || match election.get() {
            Some(election) => view! { <WithResult election page=Page::Certificate/> }.into_any(),
            None => view! { <TroubleNotice trouble=Trouble::NotFound/> }.into_any(),
        }}
    }
}

/// Which page shows a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Results,
    Certificate,
}

/// Loads, and shows what there is; anew in another language.
#[component]
fn WithResult(election: ElectionId, page: Page) -> impl IntoView {
    let language = use_language();
    let (loaded, again): (Load, _) = load(election);
    move || {
        let found = match loaded.get() {
            None => return view! { <Loading/> }.into_any(),
            Some(found) => found.and_then(|loaded| Ok((loaded.result(language.get())?, loaded))),
        };
        match (found, page) {
            (Ok((result, loaded)), Page::Results) => view! { <Whole loaded result/> }.into_any(),
            (Ok((result, loaded)), Page::Certificate) if loaded.has_result() => {
                view! { <Sheet loaded summaries=result.contests/> }.into_any()
            }
            // there is nothing to certify yet
            (Ok((_, loaded)), Page::Certificate) => view! {
                <p class="lead">{said(&loaded.manifest.title)}</p>
                <Waiting loaded/>
                <p class="actions">
                    <A href=format!("/e/{election}/results") class="button secondary">{move || Paper::in_language(language.get()).back}</A>
                </p>
            }
            .into_any(),
            (Err(trouble), _) => view! { <TroubleNotice trouble again/> }.into_any(),
        }
    }
}

/// The whole result.
#[component]
fn Whole(loaded: Loaded, result: ElectionResult) -> impl IntoView {
    let texts = use_texts::<Counting>();
    let language = use_language();
    let election = loaded.manifest.id();
    let is_over = matches!(loaded.totals.phase, PhaseName::Closed | PhaseName::Counted);
    let facts = overall(&result, language.get());
    let is_hidden = result.ballots_counted.is_none();
    let (is_counted, has_result) = (loaded.is_counted(), loaded.has_result());
    let questions = if is_over { questions(&loaded, result.contests.clone()) } else { Vec::new() };
    // what a single question came to is said first of all
    let outcome = match questions.as_slice() {
        [question] if has_result => Some(question.sentences(language.get())),
        _ => None,
    };
    let contests = is_over.then(|| view! { <Contests loaded=loaded.clone() questions/> });
    let trustees = is_over.then(|| view! { <Trustees loaded=loaded.clone()/> });
    let turnout = view! {
        <section>
            <h2>{move || texts().turnout}</h2>
            <Facts facts/>
            {is_hidden.then(|| view! { <p>{move || texts().turnout_hidden}</p> })}
        </section>
    };
    let parts = match is_counted {
        true => (contests.into_any(), turnout.into_any(), trustees.into_any()),
        false => (turnout.into_any(), trustees.into_any(), contests.into_any()),
    };
    view! {
        <p class="lead">{said(&loaded.manifest.title)}</p>
        <Word loaded=loaded.clone() outcome/>
        <Waiting loaded=loaded.clone()/>
        {parts}
        {is_over.then(|| view! { <Downloads election result has_result/> })}
    }
}

/// Figures of the whole election, as names and values.
fn overall(result: &ElectionResult, language: Language) -> Vec<(&'static str, String)> {
    let texts = Counting::in_language(language);
    let write = |value| number(value, language);
    let share = result.turnout.map(|turnout| percent(turnout, language)).unwrap_or_default();
    let voted = result
        .ballots_counted
        .map(|counted| (texts.voted, (texts.of)(&write(counted), &write(result.voters), &share)));
    let rest = [
        (texts.voters, voted.is_none().then_some(result.voters)),
        (texts.cast, result.ballots_cast),
        (texts.tested, result.ballots_tested),
    ];
    let rest = rest.into_iter().filter_map(|(name, value)| Some((name, write(value?))));
    voted.into_iter().chain(rest).collect()
}

/// Whose word the figures are, and how to check them; and what was decided, if that can be said in a sentence or two.
#[component]
fn Word(loaded: Loaded, outcome: Option<(String, Vec<String>)>) -> impl IntoView {
    let texts = use_texts::<Counting>();
    let outcome = outcome.map(|(verdict, reasons)| {
        view! {
            <p class="verdict">{verdict}</p>
            <Reasons reasons/>
        }
    });
    let start = format!("/e/{}/verify#start", loaded.manifest.id());
    let button = move || {
        view! { <p class="actions"><A href=start.clone() class="button primary">{move || texts().check_all}</A></p> }
    };
    match loaded.source {
        Source::Verified(_) => view! {
            <Notice kind=Kind::Good>
                <p><Checked/></p>
                {outcome}
                <p>{move || texts().checked_words}</p>
            </Notice>
        }
        .into_any(),
        Source::Contradicted(_) => view! {
            <div role="alert">
                <Notice kind=Kind::Bad>
                    <h2>{move || texts().contradicted}</h2>
                    <p>{move || texts().contradicted_words}</p>
                    {outcome}
                    {button()}
                </Notice>
            </div>
        }
        .into_any(),
        Source::Told { earlier } => view! {
            <Notice kind=Kind::Note>
                <p><Said/></p>
                {outcome}
                <p>{move || if earlier { texts().told_newer } else { texts().told }}</p>
                {button()}
            </Notice>
        }
        .into_any(),
    }
}

#[component]
fn Contests(loaded: Loaded, questions: Vec<Question>) -> impl IntoView {
    let texts = use_texts::<Counting>();
    let is_weighted = loaded.is_weighted();
    let is_checked = loaded.source.known().is_some();
    let is_alone = questions.len() == 1;
    let is_said_above = is_alone && loaded.has_result();
    let contests: Vec<_> = questions
        .into_iter()
        .map(|question| view! { <ContestResult question is_checked is_said_above/> })
        .collect();
    view! {
        <section>
            <h2>{move || if is_alone { texts().question } else { texts().questions }}</h2>
            {is_weighted.then(|| view! { <p>{move || texts().weighted}</p> })}
            {contests}
        </section>
    }
}

/// The result as files, and where the record is.
#[component]
fn Downloads(election: ElectionId, result: ElectionResult, has_result: bool) -> impl IntoView {
    let texts = use_texts::<Counting>();
    let name = |extension: &str| {
        let election = election.to_string();
        format!("tabella-result-{}.{extension}", election.get(..16).unwrap_or_default())
    };
    let (for_json, for_csv) = (result.clone(), result);
    let json = Callback::new(move |()| for_json.to_json().unwrap_or_default().into_bytes());
    // a spreadsheet knows by the mark that this is UTF-8
    let csv = Callback::new(move |()| format!("\u{feff}{}", files::csv(&for_csv)).into_bytes());
    let files = has_result.then(|| {
        view! {
            <h2>{move || texts().downloads}</h2>
            <div class="actions">
                <A href=format!("/e/{election}/certificate") class="button primary">{move || texts().certificate}</A>
                <SaveButton name=name("csv") media_type="text/csv" content=csv label=Signal::derive(move || texts().csv.to_owned())/>
                <SaveButton name=name("json") media_type="application/json" content=json label=Signal::derive(move || texts().json.to_owned())/>
            </div>
        }
    });
    view! {
        <section class="no-print">
            {files}
            <p>
                {move || texts().record_words}
                " "
                <A href=format!("/e/{election}/board")>{move || texts().record}</A>
            </p>
        </section>
    }
}
