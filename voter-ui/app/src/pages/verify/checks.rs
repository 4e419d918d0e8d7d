//! The table of all checks.

use leptos::prelude::*;

use tabella_board_core::check::Check;

use super::report::{Line, Status};
use crate::format::number;
use crate::language::{use_language, use_texts};
use crate::text::verify::Verification;

/// The title of a check in the reader's language; the report's own if this program does not know the check.
pub(super) fn title_of(number: String, reported: String) -> impl Fn() -> String + Clone {
    let texts = use_texts::<Verification>();
    let check = Check::ALL.into_iter().find(|check| check.number() == number);
    move || check.map_or_else(|| reported.clone(), |check| (texts().check_title)(check).to_owned())
}

/// All checks by chapters.
#[component]
pub(super) fn Checks(
    /// In the order of their numbers.
    lines: Vec<Line>,
) -> impl IntoView {
    let texts = use_texts::<Verification>();
    let groups: Vec<_> = lines
        .chunk_by(|one, other| chapter(one) == chapter(other))
        .filter_map(|lines| Some((chapter(lines.first()?)?, lines.to_vec())))
        .map(|(chapter, lines)| view! { <Chapter chapter lines/> })
        .collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=move || texts().caption>
            <table class="data">
                <caption>{move || texts().caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{move || texts().column_check}</th>
                        <th scope="col" class="number">{move || texts().column_items}</th>
                        <th scope="col">{move || texts().column_status}</th>
                    </tr>
                </thead>
                {groups}
            </table>
        </div>
    }
}

/// The chapter of a check, from 1.
fn chapter(line: &Line) -> Option<usize> {
    line.number.split('.').next()?.parse().ok()
}

#[component]
fn Chapter(chapter: usize, lines: Vec<Line>) -> impl IntoView {
    let texts = use_texts::<Verification>();
    let name = move || texts().chapters.get(chapter.wrapping_sub(1)).copied().unwrap_or_default();
    let rows: Vec<_> = lines.into_iter().map(|line| view! { <Row line/> }).collect();
    view! {
        <tbody>
            <tr>
                <th scope="rowgroup" colspan="3"><strong>{chapter} " · " {name}</strong></th>
            </tr>
            {rows}
        </tbody>
    }
}

#[component]
fn Row(line: Line) -> impl IntoView {
    let texts = use_texts::<Verification>();
    let language = use_language();
    let Line { number: name, title, items, status } = line;
    let title = title_of(name.clone(), title);
    let (mark, class) = match status {
        Status::Holds => ("✓ ", "state good"),
        Status::Fails => ("× ", "state bad"),
        Status::SoFar => ("… ", "state"),
        Status::NotReached => ("– ", "state"),
    };
    let words = move || match status {
        Status::Holds if items == 0 => texts().nothing,
        Status::Holds => texts().holds,
        Status::Fails => texts().fails,
        Status::SoFar => texts().so_far,
        Status::NotReached => texts().not_reached,
    };
    view! {
        <tr>
            <th scope="row"><span class="muted">{name} " "</span>{title}</th>
            <td class="number">{move || number(items, language.get())}</td>
            <td class=class><span aria-hidden="true">{mark}</span>{words}</td>
        </tr>
    }
}
