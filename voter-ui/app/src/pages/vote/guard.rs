//! Leaving by mistake: the browser's warning, a question before a link is followed, and the browser's "back" as one
//! step back.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, Event, History};

use crate::language::use_texts;
use crate::text::vote::Vote as Texts;

use super::state::{Flow, Step};
use crate::parts::heading::visited;

/// Watches over a vote until its page goes.
pub(crate) fn watch(flow: Flow) {
    if flow.booth.is_practice() {
        // nothing is lost there
        return;
    }
    let unload = window_event_listener(ev::beforeunload, move |event| {
        if flow.is_at_risk() {
            event.prevent_default();
            event.set_return_value("not cast");
        }
    });
    let back = window_event_listener(ev::popstate, move |_| step_back(flow));
    // a browser may keep the whole page for whoever presses "back" later
    let left = window_event_listener_untyped("pagehide", move |_| flow.forget());
    on_cleanup(move || {
        unload.remove();
        back.remove();
        left.remove();
    });
    watch_links(flow);
    // one place in the history that "back" can take away
    Effect::new(move |had: Option<bool>| {
        let under_way = !matches!(flow.step.get(), Step::Code | Step::Receipt);
        if under_way && had != Some(true) {
            push_place();
        }
        under_way
    });
}

/// The browser went back: so does the vote, and stays on the page. A fragment tells that it went to a place on the page.
fn step_back(flow: Flow) {
    let is_on_page = window().location().hash().is_ok_and(|fragment| !fragment.is_empty());
    if is_on_page || matches!(flow.step.get_untracked(), Step::Code | Step::Receipt) {
        return;
    }
    flow.back();
    if flow.step.get_untracked() != Step::Code {
        push_place();
    }
}

/// Asks before a link of the app leads away. In the capture phase, before the router hears of it.
fn watch_links(flow: Flow) {
    let texts = use_texts::<Texts>();
    let heard = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        if flow.is_at_risk() && leads_away(&event) {
            let question = untrack(|| texts().leave);
            // a browser that cannot ask does not leave
            if !window().confirm_with_message(question).unwrap_or(false) {
                event.prevent_default();
                event.stop_immediate_propagation();
            }
        }
    });
    let listener = heard.as_ref().unchecked_ref::<js_sys::Function>().clone();
    // a window takes any listener
    let _ = window().add_event_listener_with_callback_and_bool("click", &listener, true);
    let kept = StoredValue::new_local(Some((heard, listener)));
    on_cleanup(move || {
        if let Some((_, listener)) = kept.try_update_value(Option::take).flatten() {
            let _ = window().remove_event_listener_with_callback_and_bool("click", &listener, true);
        }
    });
}

/// Whether a click follows a link to another page in this tab.
fn leads_away(event: &Event) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let link = element.and_then(|element| element.closest("a[href]").ok().flatten());
    link.is_some_and(|link| {
        let stays = |href: String| href.starts_with('#');
        !link.has_attribute("target")
            && !link.has_attribute("download")
            && !link.get_attribute("href").is_some_and(stays)
    })
}

/// Whether this is the first page of a visit, and the browser has loaded it again.
pub(crate) fn is_reloaded() -> bool {
    let loads = window().performance().map(|watch| watch.get_entries_by_type("navigation"));
    let kind = loads.and_then(|loads| js_sys::Reflect::get(&loads.get(0), &"type".into()).ok());
    !visited() && kind.is_some_and(|kind| kind == "reload")
}

fn push_place() {
    if let Some(history) = history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", None);
    }
}

fn history() -> Option<History> {
    window().history().ok()
}
