//! What a test ballot contained, in words, and what to compare it with.

use leptos::prelude::*;

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::manifest::{CheckedManifest, Contest, ElectionId};
use tabella_crypto::rules::Choice;
use tabella_crypto::text::Text;
use tabella_web_shared::Trouble;

use crate::language::{said, use_texts};
use crate::parts::ballot::ChoiceWords;
use crate::parts::code::Code;
use crate::parts::notice::{Checked, Kind, Notice};
use crate::text::check::Check as Words;

/// What a test ballot contained.
#[derive(Clone)]
pub(super) struct Examined {
    election: ElectionId,
    title: Text,
    code: TrackingCode,
    choices: Vec<(Contest, Choice)>,
}

impl Examined {
    /// From the entries of each contest of the style, which the prover has found to be the ballot's.
    pub(super) fn new(
        manifest: &CheckedManifest,
        code: TrackingCode,
        style: u16,
        entries: &[Vec<u64>],
    ) -> Result<Self, Trouble> {
        let choice = |((_, contest), entries): ((u16, &Contest), &Vec<u64>)| {
            let choice = contest.method.choice(contest.options.len(), contest.blank.is_some(), entries);
            let choice = choice.map_err(|error| Trouble::Dishonest { detail: error.to_string() })?;
            Ok((contest.clone(), choice))
        };
        let choices = manifest.contests_of(style).zip(entries).map(choice).collect::<Result<_, _>>()?;
        Ok(Self { election: manifest.id(), title: manifest.title.clone(), code, choices })
    }
}

/// The choices, the code, and what to do: only the voter can tell whether they are the right ones.
#[component]
pub(super) fn Contents(examined: Examined) -> impl IntoView {
    let texts = use_texts::<Words>();
    let Examined { election, title, code, choices } = examined;
    let contests: Vec<_> = choices
        .into_iter()
        .map(|(contest, choice)| {
            let title = said(&contest.title);
            view! {
                <dt>{title}</dt>
                <dd><ChoiceWords contest choice/></dd>
            }
        })
        .collect();
    let reasons = move || texts().proves_words.map(|reason| view! { <li>{reason}</li> }).collect_view();
    view! {
        <div class="card">
            <div role="status" class="row">
                <h3>{move || texts().contents_title}</h3>
                <Checked/>
            </div>
            <p>{move || texts().election} " " <a href=format!("/e/{election}")>{said(&title)}</a></p>
            <p><strong>{move || texts().compare_choices}</strong></p>
            <dl class="figures">{contests}</dl>
            <p><strong>{move || texts().compare_code}</strong></p>
            <p><Code hexadecimal=code.to_string()/></p>
        </div>
        <Notice kind=Kind::Note>
            <h3>{move || texts().compare}</h3>
            <p><strong>{move || texts().is_same_title}</strong> " " {move || texts().is_same}</p>
            <p><strong>{move || texts().is_other_title}</strong> " " {move || texts().is_other}</p>
        </Notice>
        <p class="not-cast">{move || texts().vote_now}</p>
        <p><a href=format!("/e/{election}/track#{code}")>{move || texts().track}</a></p>
        <details>
            <summary>{move || texts().proves}</summary>
            <ul>{reasons}</ul>
        </details>
    }
}
