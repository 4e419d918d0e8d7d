//! All checks, a table for each chapter.

use leptos::prelude::*;

use tabella_board_core::check::Check;

use super::report::{Line, Status};
use crate::format::number;
use crate::language::{use_language, use_texts};
use crate::text::verify::Verification;

/// From this width on, in CSS pixels, every chapter is unfolded at first.
const WIDE: f64 = 736.0;

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
    let width = window().inner_width().ok().and_then(|width| width.as_f64());
    let is_wide = width.is_some_and(|width| width >= WIDE);
    let chapters: Vec<_> = lines
        .chunk_by(|one, other| chapter(one) == chapter(other))
        .filter_map(|lines| Some((chapter(lines.first()?)?, lines.to_vec())))
        .map(|(chapter, lines)| view! { <Chapter chapter lines is_wide/> })
        .collect();
    view! { <div class="chapters">{chapters}</div> }
}

/// The chapter of a check, from 1.
fn chapter(line: &Line) -> Option<usize> {
    line.number.split('.').next()?.parse().ok()
}

/// What became of checks together: the worst of them.
fn together(lines: &[Line]) -> Status {
    let has = |status| lines.iter().any(|line| line.status == status);
    match (has(Status::Fails), has(Status::Holds), has(Status::SoFar), has(Status::NotReached)) {
        (true, ..) => Status::Fails,
        (false, false, false, _) => Status::NotReached,
        (false, _, true, _) | (false, true, _, true) => Status::SoFar,
        (false, true, false, false) => Status::Holds,
    }
}

/// The mark and the class of a state.
fn mark(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Holds => ("✓ ", "state good"),
        Status::Fails => ("× ", "state bad"),
        Status::SoFar => ("… ", "state"),
        Status::NotReached => ("– ", "state"),
    }
}

/// A state in a word or two.
fn words(texts: &Verification, status: Status, items: u64) -> &'static str {
    match status {
        Status::Holds if items == 0 => texts.nothing,
        Status::Holds => texts.holds,
        Status::Fails => texts.fails,
        Status::SoFar => texts.so_far,
        Status::NotReached => texts.not_reached,
    }
}

#[component]
fn Chapter(chapter: usize, lines: Vec<Line>, is_wide: bool) -> impl IntoView {
    let texts = use_texts::<Verification>();
    let name = move || texts().chapters.get(chapter.wrapping_sub(1)).copied().unwrap_or_default();
    let status = together(&lines);
    let (sign, class) = mark(status);
    // "nothing to check" is of a single check
    let state = move || words(texts(), status, 1);
    let rows: Vec<_> = lines.into_iter().map(|line| view! { <Row line/> }).collect();
    // roles, because the table's rows are not laid out as such on a small screen
    view! {
        <details open=is_wide || status == Status::Fails>
            <summary>
                {chapter} " · " {name} " "
                <span class=class><span aria-hidden="true">{sign}</span>{state}</span>
            </summary>
            <table class="data stacked checks" role="table">
                <caption class="visually-hidden">{name}</caption>
                <thead class="visually-hidden" role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">{move || texts().column_check}</th>
                        <th scope="col" role="columnheader">{move || texts().column_items}</th>
                        <th scope="col" role="columnheader">{move || texts().column_status}</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </details>
    }
}

#[component]
fn Row(line: Line) -> impl IntoView {
    let texts = use_texts::<Verification>();
    let language = use_language();
    let Line { number: name, title, items, status } = line;
    let title = title_of(name.clone(), title);
    let (sign, class) = mark(status);
    let found = move || (items > 0).then(|| (texts().items)(items, &number(items, language.get())));
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><span class="muted">{name} " "</span>{title}</th>
            <td class="number" role="cell">{found}</td>
            <td class=class role="cell"><span aria-hidden="true">{sign}</span>{move || words(texts(), status, items)}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chapter_is_as_good_as_the_worst_of_its_checks() {
        use Status::{Fails, Holds, NotReached, SoFar};
        let of = |states: &[Status]| {
            let line = |status: &Status| Line {
                number: "1.1".to_owned(),
                title: String::new(),
                items: 1,
                status: *status,
            };
            together(&states.iter().map(line).collect::<Vec<_>>())
        };
        assert_eq!(of(&[Holds, Holds]), Holds);
        assert_eq!(of(&[Holds, Fails, NotReached]), Fails);
        assert_eq!(of(&[Holds, SoFar]), SoFar);
        assert_eq!(of(&[Holds, NotReached]), SoFar);
        assert_eq!(of(&[NotReached, NotReached]), NotReached);
    }
}
