//! A code in five groups: each is checked as soon as it is complete.

use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Event, HtmlInputElement, KeyboardEvent};
use zeroize::Zeroizing;

use tabella_crypto::credential::{CODE_GROUPS, CODE_SYMBOLS, GROUP_SYMBOLS, group_fits, tidied};

use crate::language::use_texts;
use crate::text::vote::Vote as Texts;

use super::state::{Flow, spread};

/// What is wrong with a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It is complete, and its check symbol does not fit.
    Mistyped,
    /// It is not complete.
    Short,
}

/// What is wrong with each group; an incomplete one only where the voter has asked to go on.
pub(super) fn problems(groups: &[Zeroizing<String>; CODE_GROUPS], has_asked: bool) -> Vec<(usize, Wrong)> {
    let wrong = |(index, group): (usize, &Zeroizing<String>)| match group.chars().count() {
        GROUP_SYMBOLS if group_fits(index + 1, group) => None,
        GROUP_SYMBOLS => Some((index, Wrong::Mistyped)),
        _ if has_asked => Some((index, Wrong::Short)),
        _ => None,
    };
    groups.iter().enumerate().filter_map(wrong).collect()
}

/// The id of a group's field, from 0.
pub(super) fn group_id(index: usize) -> String {
    format!("code-{}", index + 1)
}

/// Five fields for a code.
#[component]
pub(super) fn CodeInput(
    flow: Flow,
    /// Whether voters made their codes themselves.
    own: bool,
    /// Whether the voter has asked to go on.
    has_asked: RwSignal<bool>,
    /// What "Enter" does.
    on_enter: Callback<()>,
) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let wrongs = Memo::new(move |_| flow.groups.with(|groups| problems(groups, has_asked.get())));
    let fields: [NodeRef<Input>; CODE_GROUPS] = std::array::from_fn(|_| NodeRef::new());
    let focus = move |index: usize| {
        if let Some(field) = fields.get(index).and_then(NodeRef::get_untracked) {
            // a field takes the focus, and its whole text ends where the caret goes
            let _ = field.focus();
            let end = field.value().encode_utf16().count() as u32;
            let _ = field.set_selection_range(end, end);
        }
    };
    let take = move |index: usize, field: &HtmlInputElement| {
        let typed = Zeroizing::new(field.value());
        let caret = field.selection_start().ok().flatten();
        let next = flow.groups.try_update(|groups| place(groups, index, &typed)).flatten();
        if let Some(group) = flow.groups.with_untracked(|groups| groups.get(index).cloned()) {
            field.set_value(&group);
        }
        match next {
            Some(next) => focus(next),
            None => {
                // where it was, though the letters have become capitals
                let _ = caret.map(|caret| field.set_selection_range(caret, caret));
            }
        }
    };
    let heard = move |index: usize, event: &Event| {
        if let Some(field) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
            take(index, &field);
        }
    };
    let is_empty = move |index: usize| {
        flow.groups.with_untracked(|groups| groups.get(index).is_some_and(|group| group.is_empty()))
    };
    let pressed = move |index: usize, event: KeyboardEvent| match event.key().as_str() {
        "Enter" => on_enter.run(()),
        "Backspace" if index > 0 && is_empty(index) => focus(index - 1),
        _ => {}
    };
    let group = move |(index, node): (usize, NodeRef<Input>)| {
        let wrong =
            move || wrongs.with(|wrongs| wrongs.iter().find(|(at, _)| *at == index).map(|(_, wrong)| *wrong));
        let fits = move || {
            flow.groups.with(|groups| groups.get(index).is_some_and(|group| group_fits(index + 1, group)))
        };
        view! {
            <input
                node_ref=node
                id=group_id(index)
                class="code-group"
                class:fits=fits
                type="text"
                lang="en"
                autocomplete="off"
                autocapitalize="characters"
                spellcheck="false"
                aria-label=move || (texts().group)(index + 1)
                aria-invalid=move || wrong().map(|_| "true")
                aria-describedby=move || wrong().map(|_| format!("{}-error", group_id(index)))
                prop:value=move || flow.groups.with(|groups| groups.get(index).map(|group| group.to_string()))
                on:input=move |event| {
                    if !is_composing(&event) {
                        heard(index, &event);
                    }
                }
                on:compositionend=move |event| heard(index, &event)
                on:keydown=move |event| pressed(index, event)
            />
        }
    };
    let errors = move || {
        let line = |(index, wrong): (usize, Wrong)| {
            view! { <p class="field-error" id=format!("{}-error", group_id(index))>{words(texts(), index, wrong, own)}</p> }
        };
        wrongs.get().into_iter().map(line).collect_view()
    };
    view! {
        <fieldset>
            <legend class="field-label">{move || (texts().code_legend)(own)}</legend>
            <p class="hint" id="code-hint">{move || texts().code_hint}</p>
            <div class="code-input">{fields.into_iter().enumerate().map(group).collect_view()}</div>
            <div role="status" class="stack">{errors}</div>
        </fieldset>
    }
}

/// A group's problem in words.
pub(super) fn words(texts: &Texts, index: usize, wrong: Wrong, own: bool) -> String {
    match wrong {
        Wrong::Mistyped => (texts.group_wrong)(index + 1, own),
        Wrong::Short => (texts.group_short)(index + 1),
    }
}

/// Takes what was typed or pasted into a group; the group where to go on, if it is another one.
///
/// A whole code, even in a link, fills all groups. What is too long for one group goes on in the next ones where
/// something was pasted or they are empty; in the middle of a code it is left out.
fn place(groups: &mut [Zeroizing<String>; CODE_GROUPS], index: usize, typed: &str) -> Option<usize> {
    let code = typed.split_once("code=").map_or(typed, |(_, code)| code);
    let narrow: Zeroizing<String> = Zeroizing::new(code.chars().map(half_width).collect());
    let symbols = tidied(&narrow);
    let count = symbols.chars().count();
    let last = CODE_GROUPS - 1;
    let next_is_empty = groups.get(index + 1).is_some_and(|next| next.is_empty());
    if count > GROUP_SYMBOLS && (count >= 2 * GROUP_SYMBOLS || next_is_empty) {
        let first = if count >= CODE_SYMBOLS { 0 } else { index };
        spread(groups, first, &symbols);
        return Some((first + count / GROUP_SYMBOLS).min(last));
    }
    let group = groups.get_mut(index)?;
    *group = Zeroizing::new(symbols.chars().take(GROUP_SYMBOLS).collect());
    let is_finished = count == GROUP_SYMBOLS && index < last && group_fits(index + 1, group);
    is_finished.then_some(index + 1)
}

/// Letters and digits as keyboards for Chinese write them wide.
fn half_width(character: char) -> char {
    match u32::from(character) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(character),
        _ => character,
    }
}

/// Whether an input method is still at work on the text.
fn is_composing(event: &Event) -> bool {
    js_sys::Reflect::get(event, &"isComposing".into()).is_ok_and(|value| value.is_truthy())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "ZKZZS-THGWT-6VQTS-0QQ74-7XCXW";

    fn empty() -> [Zeroizing<String>; CODE_GROUPS] {
        Default::default()
    }

    fn shown(groups: &[Zeroizing<String>; CODE_GROUPS]) -> String {
        groups.iter().map(|group| group.as_str()).collect::<Vec<_>>().join("-")
    }

    #[test]
    fn a_whole_code_pasted_into_any_group_fills_all() {
        for (index, pasted) in [
            (0, CODE.to_owned()),
            (3, CODE.to_lowercase().replace('-', " ")),
            (4, format!("https://board.example.org/e/00/vote#code={CODE}")),
        ] {
            let mut groups = empty();
            assert_eq!(place(&mut groups, index, &pasted), Some(4));
            assert_eq!(shown(&groups), CODE);
            assert_eq!(problems(&groups, true), []);
        }
    }

    #[test]
    fn typing_goes_on_to_the_next_group_when_one_fits_and_stays_where_it_does_not() {
        let mut groups = empty();
        assert_eq!(place(&mut groups, 0, "zkzz"), None);
        assert_eq!(problems(&groups, false), []);
        assert_eq!(place(&mut groups, 0, "zkzzs"), Some(1));
        assert_eq!(place(&mut groups, 1, "ｔｈｇｗｗ"), None);
        assert_eq!(problems(&groups, false), [(1, Wrong::Mistyped)]);
        assert_eq!(place(&mut groups, 1, "thgwt6"), Some(2));
        assert_eq!(shown(&groups), "ZKZZS-THGWT-6--");
    }

    #[test]
    fn a_symbol_too_many_in_the_middle_of_a_code_changes_no_other_group() {
        let mut groups = empty();
        place(&mut groups, 0, CODE);
        assert_eq!(place(&mut groups, 2, "6vqtsx"), None);
        assert_eq!(shown(&groups), CODE);
    }

    #[test]
    fn going_on_names_every_group_that_is_not_complete() {
        let mut groups = empty();
        place(&mut groups, 0, "ZKZZS");
        let short = [1, 2, 3, 4].map(|index| (index, Wrong::Short));
        assert_eq!(problems(&groups, true), short);
    }
}
