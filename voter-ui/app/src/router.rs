//! Where the visit is, and how it gets elsewhere: the address bar as signals, links that need no new page.

use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, Event, HtmlAnchorElement, HtmlElement, MouseEvent};

/// An address of the app, in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Address {
    /// The path, such as `/e/…/vote`.
    pub(crate) path: String,
    /// The query, decoded, without `?`.
    pub(crate) query: String,
    /// The fragment with its `#`, decoded; empty without one.
    pub(crate) fragment: String,
}

/// Where the visit is. Reactive, and always whole: never the path of one page with the fragment of another.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    address: RwSignal<Address>,
}

/// How to go somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NavigateOptions {
    /// In place of the page before, which "back" then leaves out.
    pub(crate) replace: bool,
    /// To the page's top or the fragment's place on it.
    pub(crate) scroll: bool,
}

impl Default for NavigateOptions {
    fn default() -> Self {
        Self { replace: false, scroll: true }
    }
}

/// Follows the address bar, and the links that are clicked, for as long as the page lives.
pub(crate) fn provide() {
    let place = Place { address: RwSignal::new(Address::here()) };
    provide_context(place);
    let moved = Closure::<dyn FnMut()>::new(move || place.read());
    let clicked = Closure::<dyn FnMut(MouseEvent)>::new(move |event| follow(place, &event));
    // a window takes any listener
    let _ = window().add_event_listener_with_callback("popstate", moved.as_ref().unchecked_ref());
    let _ = window().add_event_listener_with_callback("click", clicked.as_ref().unchecked_ref());
    moved.forget();
    clicked.forget();
}

/// Where the visit is.
pub(crate) fn use_location() -> Place {
    expect_context()
}

/// The fragment, with its `#`, for as long as the visit is on the page of which this is called; empty afterwards.
pub(crate) fn use_fragment() -> Memo<String> {
    let place = use_location();
    let page = place.address.with_untracked(|address| address.path.clone());
    Memo::new(move |_| {
        place.with(|address| if address.path == page { address.fragment.clone() } else { String::new() })
    })
}

/// The way elsewhere.
pub(crate) fn use_navigate() -> impl Fn(&str, NavigateOptions) + Copy + Send + Sync + 'static {
    let place = use_location();
    move |address, options| place.go(address, options)
}

impl Place {
    /// Goes to an address of the app.
    pub(crate) fn go(self, address: &str, options: NavigateOptions) {
        let Ok(history) = window().history() else { return };
        let gone = if options.replace {
            history.replace_state_with_url(&JsValue::NULL, "", Some(address))
        } else {
            history.push_state_with_url(&JsValue::NULL, "", Some(address))
        };
        if gone.is_ok() {
            self.read();
            if options.scroll {
                self.scroll();
            }
        }
    }

    /// Takes the fragment out of the address bar and of this visit's history.
    pub(crate) fn clear_fragment(self) {
        let address = self.address.with_untracked(|address| match address.query.as_str() {
            "" => address.path.clone(),
            query => format!("{}?{query}", address.path),
        });
        self.go(&address, NavigateOptions { replace: true, scroll: false });
    }

    /// Reads the address; reactive.
    pub(crate) fn with<T>(self, read: impl FnOnce(&Address) -> T) -> T {
        self.address.with(read)
    }

    /// A parameter of the query; reactive.
    pub(crate) fn parameter(self, name: &str) -> Option<String> {
        self.with(|address| {
            let mut pairs = address.query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        })
    }

    fn read(self) {
        let here = Address::here();
        if self.address.with_untracked(|before| *before != here) {
            self.address.set(here);
        }
    }

    fn scroll(self) {
        let name = self.address.with_untracked(|address| address.fragment.trim_start_matches('#').to_owned());
        // the place is there as soon as the page is
        request_animation_frame(move || match document().get_element_by_id(&name) {
            Some(element) => element.scroll_into_view(),
            None => window().scroll_to_with_x_and_y(0.0, 0.0),
        });
    }
}

impl Address {
    /// What stands in the address bar.
    fn here() -> Self {
        let location = window().location();
        let part = |part: Result<String, JsValue>| decoded(&part.unwrap_or_default());
        Self {
            path: part(location.pathname()),
            query: part(location.search().map(|query| query.trim_start_matches('?').to_owned())),
            fragment: part(location.hash()),
        }
    }
}

fn decoded(text: &str) -> String {
    js_sys::decode_uri_component(text).map_or_else(|_| text.to_owned(), String::from)
}

/// Shows a place on the page and gives it the focus, by its id; whether there is one. The address stays as it is.
pub(crate) fn go_to(id: &str) -> bool {
    let place = document().get_element_by_id(id);
    let Some(place) = place.and_then(|place| place.dyn_into::<HtmlElement>().ok()) else { return false };
    place.scroll_into_view();
    // what cannot take the focus leaves it where it is
    let _ = place.focus();
    true
}

/// Follows a link of the app; whatever else a click means is the browser's.
fn follow(place: Place, event: &MouseEvent) {
    let is_plain = event.button() == 0
        && !(event.default_prevented()
            || event.meta_key()
            || event.ctrl_key()
            || event.shift_key()
            || event.alt_key());
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
    let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) else { return };
    let is_ours = link.origin() == crate::api::origin()
        && link.target().is_empty()
        && !link.has_attribute("download")
        && link.rel() != "external";
    let here = window().location();
    let is_here = here.pathname().is_ok_and(|path| path == link.pathname())
        && here.search().is_ok_and(|query| query == link.search())
        && !link.hash().is_empty();
    if is_plain && is_ours && is_here {
        // a place on the page is no other page: the history stays as it is
        if go_to(link.hash().trim_start_matches('#')) {
            Event::prevent_default(event);
        }
    } else if is_plain && is_ours {
        Event::prevent_default(event);
        let address = format!("{}{}{}", link.pathname(), link.search(), link.hash());
        place.go(&address, NavigateOptions::default());
    }
}

/// A link of the app; marked where it is where one is.
#[component]
pub(crate) fn A(
    /// Where to.
    #[prop(into)]
    href: String,
    /// Of its look.
    #[prop(optional)]
    class: Option<&'static str>,
    /// Whether only the very address counts as being there, not those below it.
    #[prop(optional)]
    exact: bool,
    children: Children,
) -> impl IntoView {
    let place = use_location();
    let path = href.split(['#', '?']).next().unwrap_or_default().to_owned();
    let current = move || {
        let is_there = place.with(|here| match here.path.strip_prefix(path.as_str()) {
            Some("") => true,
            Some(rest) => !exact && (rest.starts_with('/') || path.ends_with('/')),
            None => false,
        });
        is_there.then_some("page")
    };
    view! { <a href=href class=class aria-current=current>{children()}</a> }
}
