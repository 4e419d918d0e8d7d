//! Options in order: placed one by one, moved by buttons, by arrow keys, or by dragging.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use tabella_crypto::text::Text;
use tabella_web_shared::marks::{Drag, Marks};

use super::Form;
use crate::language::{said, use_texts};
use crate::text::ballot::{Ballot, News};

mod item;

use item::Item;

/// The ranked options, and those that have no place yet.
#[component]
pub(super) fn Rank(form: Form) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    let options = StoredValue::new(form.options());
    let of = options.with_value(Vec::len);
    let ranked = Memo::new(move |_| form.read(|marks| marks.ranked().to_vec()));
    let open = Memo::new(move |_| {
        let is_open = |option: &usize| ranked.with(|ranked| !ranked.contains(option));
        options.with_value(|options| {
            options.iter().map(|(option, _)| *option).filter(is_open).collect::<Vec<_>>()
        })
    });
    let text = move |option: usize| {
        options.with_value(|options| {
            options.iter().find(|(other, _)| *other == option).map(|(_, text)| text.clone())
        })
    };
    let drag = RwSignal::new(None::<Drag>);
    let title = move || (texts().order)(ranked.with(Vec::len), of);
    let is_empty = Memo::new(move |_| ranked.with(Vec::is_empty));
    let item = move |option| text(option).map(|text| view! { <Item form option text ranked drag/> });
    let help = move || if is_empty.get() { texts().order_empty } else { texts().order_help };
    view! {
        <p class="field-label" id=form.id("order")>{title}</p>
        <p class="hint" id=form.id("help")>{help}</p>
        <Show when=move || !is_empty.get()>
            <ol class="ranking" aria-labelledby=form.id("order")>
                <For each=move || ranked.get() key=|option| *option children=item/>
            </ol>
        </Show>
        <Show when=move || open.with(|open| !open.is_empty())>
            <p class="field-label" id=form.id("pool")>{move || texts().pool}</p>
            <ul class="choices" aria-labelledby=form.id("pool")>
                <For
                    each=move || open.get()
                    key=|option| *option
                    children=move |option| text(option).map(|text| view! { <Open form option text open ranked/> })
                />
            </ul>
        </Show>
    }
}

/// An option without a place; the whole row puts it next.
#[component]
fn Open(
    form: Form,
    option: usize,
    text: Text,
    open: Memo<Vec<usize>>,
    ranked: Memo<Vec<usize>>,
) -> impl IntoView {
    let texts = use_texts::<Ballot>();
    let place = move |_| {
        let at = open.with_untracked(|open| open.iter().position(|other| *other == option)).unwrap_or(0);
        if form.edit(|marks| marks.rank(option)) != Some(true) {
            return;
        }
        tell_place(form, option);
        // the row is gone: the focus goes to the next one, or to the option itself when it was the last
        let next = open.with_untracked(|open| open.get(at).or(open.last()).copied());
        match next {
            Some(next) => focus_later(open_id(form, next)),
            None => focus_later(part_id(form, option, "handle")),
        }
    };
    view! {
        <li>
            <button type="button" class="choice" id=open_id(form, option) on:click=place>
                <span class="words">
                    {said(&text)}
                    <span class="small">{move || (texts().place_next)(ranked.with(Vec::len) + 1)}</span>
                </span>
            </button>
        </li>
    }
}

/// The id of the button of an option without a place.
fn open_id(form: Form, option: usize) -> String {
    part_id(form, option, "open")
}

/// The id of a part of an option's row.
fn part_id(form: Form, option: usize, part: &str) -> String {
    form.id(&format!("{option}-{part}"))
}

/// Says where an option stands now.
fn tell_place(form: Form, option: usize) {
    let (place, of) = form.marks.with_untracked(|marks| (marks.place(option), marks.ranked().len()));
    form.news.set(place.map(|place| News::Place { option, place: place + 1, of }));
}

/// Moves an option, says where it stands, and gives the focus back to what was used: its row may have been put
/// elsewhere in the document.
fn shift(form: Form, option: usize, used: &'static str, edit: impl FnOnce(&mut Marks) -> bool) {
    if form.edit(edit) == Some(true) {
        tell_place(form, option);
        focus_later(part_id(form, option, used));
    }
}

/// Focuses an element once the page shows the change.
fn focus_later(id: String) {
    request_animation_frame(move || {
        let element = document().get_element_by_id(&id);
        if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            // a button takes the focus
            let _ = element.focus();
        }
    });
}
