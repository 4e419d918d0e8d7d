//! The entries of a log, page by page; new ones are shown when the reader asks for them.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement};

use tabella_web_shared::Trouble;
use tabella_web_shared::reader::HeadCard;

use super::Log;
use super::item::{AnchorItem, BlockItem, Item};
use super::page::{Group, Range, Run, load};
use crate::format::{exact_time, machine_time, number};
use crate::language::{use_language, use_texts};
use crate::parts::latest::Latest;
use crate::parts::notice::{Loading, TroubleNotice};
use crate::router::{NavigateOptions, use_location, use_navigate};
use crate::session::use_session;
use crate::text::board::Board as Words;

/// The address of the page that begins with an entry, at the place of the entries.
fn address(log: Log, from: Option<u64>) -> String {
    match from {
        Some(from) => format!("{}?from={from}#entries", log.address()),
        None => format!("{}#entries", log.address()),
    }
}

/// The address at which an entry is shown and marked.
fn entry_address(log: Log, index: u64) -> String {
    format!("{}?from={index}#{}", log.address(), anchor(index))
}

/// The place of an entry on the page.
pub(super) fn anchor(index: u64) -> String {
    format!("entry-{index}")
}

/// Brings an entry into sight and gives it the focus, if it is on the page.
fn show(index: u64) {
    let Some(entry) = document().get_element_by_id(&anchor(index)) else { return };
    let folded = |element: &Element| element.closest("details:not([open])").ok().flatten();
    let mut around = folded(&entry);
    while let Some(details) = around {
        if details.set_attribute("open", "").is_err() {
            return;
        }
        around = folded(&details);
    }
    if let Some(entry) = entry.dyn_ref::<HtmlElement>() {
        // an element with a tabindex takes the focus
        let _ = entry.focus();
    }
    entry.scroll_into_view();
}

/// One page of entries, and the ways to others. Pages stand still: the newest is that of the size last asked for.
#[component]
pub(super) fn Entries(log: Log, head: RwSignal<Option<HeadCard>>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let session = use_session();
    let place = use_location();
    let from = Memo::new(move |_| {
        place.parameter("from").and_then(|from| from.parse().ok()).or_else(|| log.wanted.get())
    });
    let size = Memo::new(move |_| head.with(|head| head.as_ref().map_or(0, |head| head.size)));
    let seen = RwSignal::new(size.get_untracked());
    Effect::new(move || {
        // coming back to the newest page is asking for it
        if from.get().is_none() {
            seen.set(size.get_untracked());
        }
    });
    let range = Memo::new(move |_| Range::from(from.get(), seen.get()));
    let page = RwSignal::new(None::<Result<Vec<Run>, Trouble>>);
    let again = RwSignal::new(0_u32);
    let latest = Latest::new();
    Effect::new(move || {
        again.track();
        let Some(range) = range.get() else { return };
        latest.ask(|_| load(session, log.name, range), move |groups| page.set(Some(groups)));
    });
    Effect::new(move || {
        let is_there = page.with(|page| matches!(page, Some(Ok(_))));
        if let Some(index) = log.wanted.get().filter(|_| is_there) {
            // the entries are on the page with its next picture
            request_animation_frame(move || show(index));
        }
    });
    let shown = move || match page.get() {
        None if range.get().is_none() => view! { <p>{move || texts().empty}</p> }.into_any(),
        None => view! { <Loading/> }.into_any(),
        Some(Err(trouble)) => {
            let again = Callback::new(move |()| again.update(|again| *again += 1));
            view! { <TroubleNotice trouble again/> }.into_any()
        }
        Some(Ok(runs)) => {
            let runs = runs.into_iter().map(|run| match run {
                Run::Block(group) => view! { <Block log group/> }.into_any(),
                Run::Anchors(groups) => view! { <Anchors log groups/> }.into_any(),
            });
            view! { <ol class="cards">{runs.collect_view()}</ol> }.into_any()
        }
    };
    view! {
        <section aria-labelledby="entries">
            <h2 id="entries">{move || texts().entries}</h2>
            <New size seen from/>
            <Pager log range seen/>
            {shown}
            <Ways log range seen/>
            <Jump log size/>
        </section>
    }
}

/// Says that there are new entries, and shows them when asked to.
#[component]
fn New(size: Memo<u64>, seen: RwSignal<u64>, from: Memo<Option<u64>>) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let new = Memo::new(move |_| match from.get() {
        None => size.get().saturating_sub(seen.get()),
        Some(_) => 0,
    });
    // said once, not with every entry
    let has_new = Memo::new(move |_| new.get() > 0);
    let button = move || {
        has_new.get().then(|| {
            let words = move || (texts().show_new)(new.get(), &number(new.get(), language.get()));
            let show = move |_| seen.set(size.get_untracked());
            view! {
                <p>
                    <button type="button" class="button secondary" on:click=show>{words}</button>
                </p>
            }
        })
    };
    view! {
        <p role="status" class="visually-hidden">{move || has_new.get().then(|| texts().has_new)}</p>
        {button}
    }
}

/// Which entries are shown, and the ways to others.
#[component]
fn Pager(log: Log, range: Memo<Option<Range>>, seen: RwSignal<u64>) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let words = move || {
        let write = |value| number(value, language.get());
        range.get().map(|range| (texts().range)(&write(range.first), &write(range.last)))
    };
    view! {
        <p role="status" class="small muted">{words}</p>
        <Ways log range seen/>
    }
}

/// Links to newer and older pages.
#[component]
fn Ways(log: Log, range: Memo<Option<Range>>, seen: RwSignal<u64>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let is_newest = Memo::new(move |_| range.get().is_none_or(|range| range.last + 1 >= seen.get()));
    let older = Memo::new(move |_| range.get().and_then(Range::older));
    let newer = move || range.get().and_then(|range| range.newer(seen.get()));
    let newer_links = move || {
        (!is_newest.get()).then(|| {
            view! {
                <a class="button quiet" href=move || address(log, None)>{move || texts().newest}</a>
                <a class="button quiet" href=move || address(log, newer())>{move || texts().newer}</a>
            }
        })
    };
    let has_older = Memo::new(move |_| older.get().is_some());
    let older_link = move || {
        has_older.get().then(|| {
            view! { <a class="button quiet" href=move || address(log, older.get())>{move || texts().older}</a> }
        })
    };
    view! { <p class="row no-print">{newer_links} {older_link}</p> }
}

/// Goes to an entry by its number.
#[component]
fn Jump(log: Log, size: Memo<u64>) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let (typed, is_wrong) = (RwSignal::new(String::new()), RwSignal::new(false));
    let last = move || number(size.get().saturating_sub(1), language.get());
    let navigate = use_navigate();
    let go = move || {
        let wished = typed.with_untracked(|typed| typed.trim().parse::<u64>().ok());
        let wished = wished.filter(|wished| *wished < size.get_untracked());
        is_wrong.set(wished.is_none());
        if let Some(wished) = wished {
            navigate(&entry_address(log, wished), NavigateOptions::default());
        }
    };
    let enter = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" {
            go();
        }
    };
    let described = move || if is_wrong.get() { "jump-hint jump-problem" } else { "jump-hint" };
    view! {
        <div class="field">
            <label class="field-label" for="jump">{move || texts().jump}</label>
            <p class="hint" id="jump-hint">{move || (texts().jump_hint)(&last())}</p>
            <div role="alert">
                {move || is_wrong.get().then(|| view! {
                    <p class="field-error" id="jump-problem">{(texts().jump_problem)(&last())}</p>
                })}
            </div>
            <div class="row">
                <input
                    id="jump"
                    class="text"
                    style:max-width="9rem"
                    inputmode="numeric"
                    autocomplete="off"
                    aria-describedby=described
                    aria-invalid=move || is_wrong.get().then_some("true")
                    prop:value=move || typed.get()
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        is_wrong.set(false);
                    }
                    on:keydown=enter
                />
                <button type="button" class="button secondary" on:click=move |_| go()>
                    {move || texts().jump_go}
                </button>
            </div>
        </div>
    }
}

/// A time to the second.
#[component]
pub(super) fn Time(time: u64) -> impl IntoView {
    let language = use_language();
    view! { <time datetime=machine_time(time)>{move || exact_time(time, language.get())}</time> }
}

/// What was written together.
#[component]
fn Block(log: Log, group: Group) -> impl IntoView {
    let texts = use_texts::<Words>();
    let heading = match group.time() {
        Some(time) => view! { <Time time/> }.into_any(),
        None => (move || texts().no_time).into_any(),
    };
    let Group { block, entries, has_block } = group;
    let items: Vec<_> = entries.into_iter().map(|entry| view! { <Item log entry/> }).collect();
    let items = (!items.is_empty()).then(|| view! { <ul class="cards">{items}</ul> });
    view! {
        <li class="card">
            <h3>{heading}</h3>
            {items}
            {block.filter(|_| has_block).map(|entry| view! { <BlockItem log entry/> })}
        </li>
    }
}

/// Anchors that were written one after the other.
#[component]
fn Anchors(log: Log, groups: Vec<Group>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let anchors: usize = groups.iter().map(|group| group.entries.len()).sum();
    let items: Vec<_> = groups
        .into_iter()
        .map(|group| {
            let time = group.time();
            let Group { block, entries, has_block } = group;
            let mut block = block.filter(|_| has_block);
            let last = entries.len().saturating_sub(1);
            let item = |(place, entry)| {
                // the block stands with the lowest of its entries
                let block = if place == last { block.take() } else { None };
                view! { <AnchorItem log entry block time/> }
            };
            entries.into_iter().enumerate().map(item).collect_view()
        })
        .collect();
    let list = view! { <ul class="choices">{items}</ul> };
    let list = match anchors {
        0 | 1 => list.into_any(),
        _ => view! {
            <details>
                <summary>{move || (texts().anchors_more)(anchors)}</summary>
                {list}
            </details>
        }
        .into_any(),
    };
    view! {
        <li class="card">
            <h3>{move || (texts().anchors)(anchors)}</h3>
            {list}
        </li>
    }
}
