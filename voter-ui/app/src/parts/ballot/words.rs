//! A choice in the reader's words.

use leptos::prelude::*;

use tabella_crypto::manifest::Contest;
use tabella_crypto::rules::{Choice, Method};

use crate::language::{said, use_texts};
use crate::text::ballot::Ballot;

/// What a ballot says in one contest, as a list.
#[component]
pub(crate) fn ChoiceWords(contest: Contest, choice: Choice) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    match choice {
        Choice::Blank => {
            let words = match &contest.blank {
                Some(blank) => said(blank).into_any(),
                None => (move || texts().blank).into_any(),
            };
            view! { <ul class="review"><li>{words}</li></ul> }.into_any()
        }
        Choice::Options(chosen) if chosen.is_empty() => {
            view! { <ul class="review"><li>{move || texts().nothing}</li></ul> }.into_any()
        }
        Choice::Options(chosen) => {
            let items: Vec<_> =
                chosen.iter().map(|option| view! { <li>{name(&contest, *option)}</li> }).collect();
            view! { <ul class="review">{items}</ul> }.into_any()
        }
        Choice::Points(points) => {
            let item = |(option, points): (usize, u64)| {
                view! { <li>{name(&contest, option)} {move || texts().colon} <strong>{move || (texts().points)(points)}</strong></li> }
            };
            let items: Vec<_> = points.into_iter().enumerate().map(item).collect();
            view! { <ul class="review">{items}</ul> }.into_any()
        }
        Choice::Columns(columns) => {
            let item = |(option, column): (usize, usize)| {
                view! { <li>{name(&contest, option)} {move || texts().colon} <strong>{column_name(&contest, column)}</strong></li> }
            };
            let items: Vec<_> = columns.into_iter().enumerate().map(item).collect();
            view! { <ul class="review">{items}</ul> }.into_any()
        }
        Choice::Ranking(order) => {
            let item = |(option, place): (&usize, usize)| {
                view! { <li><span class="rank-place">{place}</span> " " {name(&contest, *option)}</li> }
            };
            let items: Vec<_> = order.iter().zip(1..).map(item).collect();
            view! { <ol class="review">{items}</ol> }.into_any()
        }
    }
}

/// An option's name; its number where the contest has none of it.
fn name(contest: &Contest, option: usize) -> AnyView {
    match contest.options.get(option) {
        Some(text) => said(text).into_any(),
        None => format!("#{}", option + 1).into_any(),
    }
}

/// A column's name: a grade, or for, against, abstain.
fn column_name(contest: &Contest, column: usize) -> AnyView {
    let texts = use_texts::<Ballot>();
    match (&contest.method, contest.grades.get(column)) {
        (Method::Grades { .. }, Some(grade)) => said(grade).into_any(),
        (Method::Grades { .. }, None) => format!("#{}", column + 1).into_any(),
        _ => (move || texts().columns.get(column).copied()).into_any(),
    }
}
