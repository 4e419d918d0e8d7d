//! An option that has a place.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use tabella_crypto::text::Text;
use tabella_web_shared::marks::{Drag, Row};

use super::super::Form;
use super::{focus_later, open_id, part_id, shift};
use crate::format::fixed;
use crate::language::{said, use_texts};
use crate::text::ballot::{Ballot, News};

/// How close to the upper or lower edge of the window a dragged row scrolls the page, and by how much at a time; in
/// pixels.
const EDGE: i32 = 64;
const SCROLL: f64 = 14.0;

/// A ranked option: handle, place, name, and the buttons that move it.
#[component]
pub(super) fn Item(
    form: Form,
    option: usize,
    text: Text,
    ranked: Memo<Vec<usize>>,
    /// The row being dragged in this list, if there is one.
    drag: RwSignal<Option<Drag>>,
) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    let place = Memo::new(move |_| {
        ranked.with(|ranked| ranked.iter().position(|other| *other == option)).unwrap_or_default()
    });
    let is_first = move || place.get() == 0;
    let is_last = move || place.get() + 1 >= ranked.with(Vec::len);
    // places in words begin with 1
    let up = move || match place.get() {
        0 => (texts().first)(&form.name(option)),
        place => (texts().up)(&form.name(option), place),
    };
    let down = move || match is_last() {
        true => (texts().last)(&form.name(option)),
        false => (texts().down)(&form.name(option), place.get() + 2),
    };
    let remove = move |_| {
        if form.edit(|marks| marks.unrank(option)) == Some(true) {
            form.news.set(Some(News::Removed { option }));
            focus_later(open_id(form, option));
        }
    };
    let is_dragged = move || drag.with(|drag| drag.as_ref().is_some_and(|drag| drag.from() == place.get()));
    let moved_by = move || {
        let by = drag.with(|drag| drag.as_ref().map_or(0.0, |drag| drag.shift(place.get())));
        if by == 0.0 { String::new() } else { format!("translateY({}px)", fixed(by, 1)) }
    };
    view! {
        <li
            class="rank-item"
            class:dragged=is_dragged
            style:transform=moved_by
            id=part_id(form, option, "row")
        >
            <button
                type="button"
                class="rank-handle"
                id=part_id(form, option, "handle")
                aria-label=move || (texts().handle)(&form.name(option), place.get() + 1)
                on:keydown=move |event| press(form, option, &event)
                on:pointerdown=move |event| take(form, option, drag, &event)
                on:pointermove=move |event| pull(drag, &event)
                on:pointerup=move |_| let_go(form, option, drag)
                on:pointercancel=move |_| drag.set(None)
            >
                "≡"
            </button>
            <span class="rank-place">{move || place.get() + 1}</span>
            <span class="rank-name">{said(&text)}</span>
            <span class="rank-buttons">
                <button
                    type="button"
                    id=part_id(form, option, "up")
                    aria-label=up
                    aria-disabled=move || is_first().then_some("true")
                    on:click=move |_| shift(form, option, "up", |marks| marks.move_up(option))
                >
                    "↑"
                </button>
                <button
                    type="button"
                    id=part_id(form, option, "down")
                    aria-label=down
                    aria-disabled=move || is_last().then_some("true")
                    on:click=move |_| shift(form, option, "down", |marks| marks.move_down(option))
                >
                    "↓"
                </button>
                <button
                    type="button"
                    id=part_id(form, option, "remove")
                    aria-label=move || (texts().remove)(&form.name(option))
                    on:click=remove
                >
                    "×"
                </button>
            </span>
        </li>
    }
}

/// The handle's keys.
fn press(form: Form, option: usize, event: &KeyboardEvent) {
    match event.key().as_str() {
        "ArrowUp" => shift(form, option, "handle", |marks| marks.move_up(option)),
        "ArrowDown" => shift(form, option, "handle", |marks| marks.move_down(option)),
        "Home" => shift(form, option, "handle", |marks| marks.move_to(option, 0)),
        "End" => shift(form, option, "handle", |marks| {
            let last = marks.ranked().len().saturating_sub(1);
            marks.move_to(option, last)
        }),
        _ => return,
    }
    event.prevent_default();
}

/// Takes hold of a row: the pointer's further moves come to its handle, wherever it is.
fn take(form: Form, option: usize, drag: RwSignal<Option<Drag>>, event: &PointerEvent) {
    if event.button() != 0 {
        return;
    }
    let handle = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let Some(handle) = handle else { return };
    // without the capture the row follows as long as the pointer stays on the handle
    let _ = handle.set_pointer_capture(event.pointer_id());
    let options = form.marks.with_untracked(|marks| marks.ranked().to_vec());
    let rows: Option<Vec<Row>> = options.iter().map(|option| row_of(form, *option)).collect();
    let from = options.iter().position(|other| *other == option);
    drag.set(rows.zip(from).and_then(|(rows, from)| Drag::new(rows, from, height(event))));
}

/// Follows the pointer; near the window's edge the page scrolls along.
fn pull(drag: RwSignal<Option<Drag>>, event: &PointerEvent) {
    if drag.with_untracked(Option::is_none) {
        return;
    }
    let lower = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX);
    if event.client_y() < EDGE {
        window().scroll_by_with_x_and_y(0.0, -SCROLL);
    } else if f64::from(event.client_y() + EDGE) > lower {
        window().scroll_by_with_x_and_y(0.0, SCROLL);
    }
    let at = height(event);
    drag.update(|drag| {
        if let Some(drag) = drag {
            drag.pull(at);
        }
    });
}

/// Puts the row where it is.
fn let_go(form: Form, option: usize, drag: RwSignal<Option<Drag>>) {
    if let Some(done) = drag.get_untracked() {
        drag.set(None);
        shift(form, option, "handle", |marks| marks.move_to(option, done.place()));
    }
}

/// The pointer's height on the page.
fn height(event: &PointerEvent) -> f64 {
    f64::from(event.client_y()) + scrolled()
}

/// An option's row as it lies on the page.
fn row_of(form: Form, option: usize) -> Option<Row> {
    let bounds = document().get_element_by_id(&part_id(form, option, "row"))?.get_bounding_client_rect();
    Some(Row { top: bounds.top() + scrolled(), height: bounds.height() })
}

fn scrolled() -> f64 {
    window().scroll_y().unwrap_or_default()
}
