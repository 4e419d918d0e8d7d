//! Results, and the certificate.

use leptos::prelude::*;

use tabella_board_core::api::PhaseName;
use tabella_crypto::manifest::ElectionId;
use tabella_tally::result::{ContestSummary, ElectionResult};
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
use contest::{ContestResult, Facts, questions};
use load::{Load, Loaded, Source, load};
pub(crate) use trustees::Part;
use trustees::{Trustees, Waiting};

/// A number with at most two digits behind the point, as the language writes it.
pub(crate) fn decimal(value: f64, language: Language) -> String {
    let value = (value * 100.0).round() / 100.0;
    js_sys::Number::from(value).to_locale_string(language.tag()).into()
}

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
            (Ok((result, loaded)), Page::Certificate) => {
                view! { <Sheet loaded summaries=result.contests/> }.into_any()
            }
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
    let is_counted = loaded.is_counted();
    let contests =
        is_over.then(|| view! { <Contests loaded=loaded.clone() summaries=result.contests.clone()/> });
    let trustees = is_over.then(|| view! { <Trustees loaded=loaded.clone()/> });
    view! {
        <p class="lead">{said(&loaded.manifest.title)}</p>
        <Word loaded=loaded.clone()/>
        <Waiting loaded=loaded.clone()/>
        <section>
            <h2>{move || texts().turnout}</h2>
            <Facts facts/>
            {is_hidden.then(|| view! { <p>{move || texts().turnout_hidden}</p> })}
        </section>
        {if is_counted { (contests.into_any(), trustees.into_any()) } else { (trustees.into_any(), contests.into_any()) }}
        {is_over.then(|| view! { <Downloads election result/> })}
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

/// Whose word the figures are, and how to check them.
#[component]
fn Word(loaded: Loaded) -> impl IntoView {
    let texts = use_texts::<Counting>();
    let start = format!("/e/{}/verify#start", loaded.manifest.id());
    let button = move || {
        view! { <p class="actions"><A href=start.clone() class="button primary">{move || texts().check_all}</A></p> }
    };
    match loaded.source {
        Source::Verified(_) => view! {
            <Notice kind=Kind::Good>
                <p><Checked/></p>
                <p>{move || texts().checked_words}</p>
            </Notice>
        }
        .into_any(),
        Source::Contradicted(_) => view! {
            <div role="alert">
                <Notice kind=Kind::Bad>
                    <h2>{move || texts().contradicted}</h2>
                    <p>{move || texts().contradicted_words}</p>
                    {button()}
                </Notice>
            </div>
        }
        .into_any(),
        Source::Told { earlier } => view! {
            <Notice kind=Kind::Note>
                <p><Said/></p>
                <p>{move || if earlier { texts().told_newer } else { texts().told }}</p>
                {button()}
            </Notice>
        }
        .into_any(),
    }
}

#[component]
fn Contests(loaded: Loaded, summaries: Vec<ContestSummary>) -> impl IntoView {
    let texts = use_texts::<Counting>();
    let is_weighted = loaded.is_weighted();
    let contests: Vec<_> = questions(&loaded, summaries)
        .into_iter()
        .map(|question| view! { <ContestResult question/> })
        .collect();
    view! {
        <section>
            <h2>{move || texts().questions}</h2>
            {is_weighted.then(|| view! { <p>{move || texts().weighted}</p> })}
            {contests}
        </section>
    }
}

/// The result as files, and where the record is.
#[component]
fn Downloads(election: ElectionId, result: ElectionResult) -> impl IntoView {
    let texts = use_texts::<Counting>();
    let name = |extension: &str| {
        let election = election.to_string();
        format!("tabella-result-{}.{extension}", election.get(..16).unwrap_or_default())
    };
    let (for_json, for_csv) = (result.clone(), result);
    let json = Callback::new(move |()| for_json.to_json().unwrap_or_default().into_bytes());
    // a spreadsheet knows by the mark that this is UTF-8
    let csv = Callback::new(move |()| format!("\u{feff}{}", files::csv(&for_csv)).into_bytes());
    view! {
        <section class="no-print">
            <h2>{move || texts().downloads}</h2>
            <div class="actions">
                <A href=format!("/e/{election}/certificate") class="button primary">{move || texts().certificate}</A>
                <SaveButton name=name("csv") media_type="text/csv" content=csv label=Signal::derive(move || texts().csv.to_owned())/>
                <SaveButton name=name("json") media_type="application/json" content=json label=Signal::derive(move || texts().json.to_owned())/>
            </div>
            <p>
                {move || texts().record_words}
                " "
                <A href=format!("/e/{election}/board")>{move || texts().record}</A>
            </p>
        </section>
    }
}
