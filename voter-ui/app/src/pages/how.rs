//! How it works: a short walk with drawings, who sees what, what each check proves, and the limits.

use leptos::prelude::*;

use crate::language::use_texts;
use crate::parts::heading::Heading;
use crate::text::how::How as Words;

mod art;

/// The page.
#[component]
pub(crate) fn How() -> impl IntoView {
    let texts = use_texts::<Words>();
    view! {
        <Heading words=Signal::derive(move || texts().title.to_owned())/>
        <p class="lead">{move || texts().lead}</p>
        <Walk/>
        <Who/>
        <Proves/>
        <Limits/>
        <section aria-labelledby="next">
            <h2 id="next">{move || texts().next}</h2>
            <p class="actions">
                <a class="button primary" href="/practice">{move || texts().practice}</a>
                <a class="button secondary" href="/">{move || texts().elections}</a>
            </p>
            <p><a href="/trustee">{move || texts().trustee}</a></p>
            // the board's book, which is no page of the app
            <p><a href="/docs/" rel="external">{move || texts().documents}</a></p>
        </section>
    }
}

/// The six steps, each with its drawing, which shows nothing that the words do not say.
#[component]
fn Walk() -> impl IntoView {
    let texts = use_texts::<Words>();
    let drawings = [
        art::seal().into_any(),
        art::decide().into_any(),
        art::record().into_any(),
        art::open().into_any(),
        art::recount().into_any(),
        art::find().into_any(),
    ];
    let steps = drawings
        .into_iter()
        .enumerate()
        .map(|(place, drawing)| {
            let words = move || texts().walk.get(place).copied().unwrap_or_default();
            view! {
                <li class="card walk-step">
                    {drawing}
                    <div class="stack">
                        <h3>{place + 1} ". " {move || words().0}</h3>
                        <p>{move || words().1}</p>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="steps">
            <h2 id="steps">{move || texts().steps}</h2>
            <ol class="cards">{steps}</ol>
        </section>
    }
}

/// A table whose cells stand below each other on a small screen; the roles say what they are there, too.
#[component]
fn Table<const COLUMNS: usize>(
    caption: fn(&Words) -> &'static str,
    columns: fn(&Words) -> [&'static str; COLUMNS],
    rows: fn(&Words) -> Vec<[&'static str; COLUMNS]>,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let head = move || {
        let names = columns(texts()).into_iter();
        names.map(|name| view! { <th scope="col" role="columnheader">{name}</th> }).collect_view()
    };
    let body = move || {
        // of one column of words, its heading says nothing that the caption does not
        let names = columns(texts()).map(|name| (COLUMNS > 2).then_some(name));
        let row = |cells: [&'static str; COLUMNS]| {
            let cell = |(place, (words, name))| match place {
                0 => view! { <th scope="row" role="rowheader">{words}</th> }.into_any(),
                _ => view! { <td role="cell" data-label=name>{words}</td> }.into_any(),
            };
            let cells = cells.into_iter().zip(names).enumerate();
            view! { <tr role="row">{cells.map(cell).collect_view()}</tr> }
        };
        rows(texts()).into_iter().map(row).collect_view()
    };
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=move || caption(texts())>
            <table class="data stacked wordy" role="table">
                <caption>{move || caption(texts())}</caption>
                <thead role="rowgroup">
                    <tr role="row">{head}</tr>
                </thead>
                <tbody role="rowgroup">{body}</tbody>
            </table>
        </div>
    }
}

/// Who can see what.
#[component]
fn Who() -> impl IntoView {
    let texts = use_texts::<Words>();
    view! {
        <section aria-labelledby="who">
            <h2 id="who">{move || texts().who}</h2>
            <Table
                caption=|texts| texts.who_caption
                columns=|texts| texts.who_columns
                rows=|texts| texts.who_rows.into_iter().map(|(what, who)| [what, who]).collect()
            />
        </section>
    }
}

/// What each check proves, and what it does not.
#[component]
fn Proves() -> impl IntoView {
    let texts = use_texts::<Words>();
    view! {
        <section aria-labelledby="proves">
            <h2 id="proves">{move || texts().proves}</h2>
            <p>{move || texts().proves_lead}</p>
            <Table
                caption=|texts| texts.proves_caption
                columns=|texts| texts.proves_columns
                rows=|texts| texts.proves_rows.to_vec()
            />
        </section>
    }
}

/// What it does not protect against.
#[component]
fn Limits() -> impl IntoView {
    let texts = use_texts::<Words>();
    let limits = move || {
        let limit = |(title, words)| {
            view! {
                <li>
                    <strong>{title}</strong>
                    <br/>
                    {words}
                </li>
            }
        };
        texts().limit.into_iter().map(limit).collect_view()
    };
    view! {
        <section aria-labelledby="limits">
            <h2 id="limits">{move || texts().limits}</h2>
            <p>{move || texts().limits_lead}</p>
            <ul class="stack">{limits}</ul>
        </section>
    }
}
