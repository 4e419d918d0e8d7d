//! The questions, how they are marked, and what their totals mean.

use std::sync::Arc;

use leptos::prelude::*;

use tabella_crypto::manifest::{CheckedManifest, Contest};
use tabella_crypto::text::Text;

use crate::language::{said, use_language, use_texts};
use crate::text::election::{Election as Words, method_words, nothing_words, outcome_words};

/// Longer lists of options are folded.
const SHORT_LIST: usize = 6;

/// The section of the page.
#[component]
pub(super) fn Questions(manifest: Arc<CheckedManifest>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let number = manifest.contests.len();
    let questions = manifest
        .contests
        .iter()
        .zip(0u16..)
        .map(|(contest, index)| {
            let styles = styles_of(&manifest, index);
            view! { <Question contest=contest.clone() styles/> }
        })
        .collect_view();
    view! {
        <section aria-labelledby="questions">
            <h2 id="questions">{move || (texts().questions)(number)}</h2>
            <ol class="cards">{questions}</ol>
        </section>
    }
}

/// The ballot styles that have a contest; none if all have it.
fn styles_of(manifest: &CheckedManifest, contest: u16) -> Vec<Text> {
    let names: Vec<Text> = manifest
        .styles
        .iter()
        .filter(|style| style.contests.contains(&contest))
        .map(|style| style.name.clone())
        .collect();
    if names.len() == manifest.styles.len() { Vec::new() } else { names }
}

/// A question.
#[component]
fn Question(contest: Contest, styles: Vec<Text>) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let contest = Arc::new(contest);
    let description =
        contest.description.as_ref().map(|words| view! { <p style:white-space="pre-line">{said(words)}</p> });
    let method = {
        let contest = Arc::clone(&contest);
        move || method_words(&contest, language.get())
    };
    let outcome = {
        let contest = Arc::clone(&contest);
        move || {
            let sentences = outcome_words(&contest, language.get());
            sentences.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view()
        }
    };
    let blank = match &contest.blank {
        Some(words) => {
            let words = said(words);
            view! { {move || texts().blank} {words} }.into_any()
        }
        None => {
            let contest = Arc::clone(&contest);
            (move || nothing_words(&contest, language.get())).into_any()
        }
    };
    let grades = (!contest.grades.is_empty())
        .then(|| view! { <p>{move || texts().grades} <Row names=contest.grades.clone()/></p> });
    let styles = (!styles.is_empty())
        .then(|| view! { <p class="small">{move || texts().styles} <Row names=styles/></p> });
    let shuffled = contest.shuffle.then(|| view! { <p class="small muted">{move || texts().shuffled}</p> });
    view! {
        <li class="card">
            <h3>{said(&contest.title)}</h3>
            {styles}
            {description}
            <p><strong>{method}</strong></p>
            <Options options=contest.options.clone()/>
            {grades}
            <p class="small muted">{blank}</p>
            {shuffled}
            <details>
                <summary>{move || texts().outcome}</summary>
                <ul>{outcome}</ul>
            </details>
        </li>
    }
}

/// The options, folded if they are many.
#[component]
fn Options(options: Vec<Text>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let number = options.len();
    let list = view! {
        <ul>{options.iter().map(|option| view! { <li>{said(option)}</li> }).collect_view()}</ul>
    };
    if number <= SHORT_LIST {
        return list.into_any();
    }
    view! {
        <details>
            <summary>{move || (texts().options)(number)}</summary>
            {list}
        </details>
    }
    .into_any()
}

/// Names behind each other.
#[component]
fn Row(names: Vec<Text>) -> impl IntoView {
    let texts = use_texts::<Words>();
    names
        .iter()
        .enumerate()
        .map(|(place, name)| {
            let between = (place > 0).then_some(move || texts().between);
            view! { {between} {said(name)} }
        })
        .collect_view()
}
