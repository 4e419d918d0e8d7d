//! Name and passphrase of a new key, or of one that comes back from paper.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_tally::passphrase::{Strength, Weakness};
use tabella_web_shared::Trouble;
use tabella_web_shared::trustee::{NewKey, Request, WordsTrouble};

use super::maker::{Made, Maker, Step};
use crate::language::{use_language, use_texts};
use crate::pages::trustees::open_form::PassphraseField;
use crate::parts::latest::Latest;
use crate::text::key::Key as Words;
use crate::text::trustees::words as programs_words;

/// What is wrong with what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    NoName,
    Words(WordsTrouble),
    Weak(Weakness),
    Differ,
}

/// The first step.
#[component]
pub(super) fn Make(maker: Maker) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let said = move || programs_words(language.get());
    let is_from_paper = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let strength = RwSignal::new(None::<Strength>);
    let (name, first, again) = (NodeRef::<html::Input>::new(), NodeRef::new(), NodeRef::<html::Input>::new());
    let words = NodeRef::<html::Textarea>::new();
    let value =
        |field: NodeRef<html::Input>| field.get_untracked().map(|field| field.value()).unwrap_or_default();
    let known = move || value(name).split_whitespace().map(str::to_owned).collect::<Vec<_>>();

    let latest = Latest::new();
    let judge = move || {
        let passphrase = value(first);
        problem.set(None);
        if passphrase.is_empty() {
            latest.forget();
            strength.set(None);
            return;
        }
        let known = known();
        latest.ask(
            |_| async move { maker.keeper().await?.ask(Request::Judge { passphrase, known }, |_| ()).await },
            move |judged: Result<Strength, Trouble>| match judged {
                Ok(judged) => strength.set(Some(judged)),
                Err(trouble) => maker.fail(trouble),
            },
        );
    };
    let take = Callback::new(move |passphrase: String| {
        for field in [first, again] {
            if let Some(field) = field.get_untracked() {
                field.set_value(&passphrase);
            }
        }
        judge();
    });

    let make = move || {
        if is_busy.get_untracked() {
            return;
        }
        let (named, passphrase) = (value(name).trim().to_owned(), value(first));
        if named.is_empty() {
            problem.set(Some(Problem::NoName));
            return;
        }
        if passphrase != value(again) {
            problem.set(Some(Problem::Differ));
            return;
        }
        let typed =
            words.get_untracked().filter(|_| is_from_paper.get_untracked()).map(|words| words.value());
        let known = known();
        problem.set(None);
        is_busy.set(true);
        spawn_local(async move {
            let made = seal(maker, named, passphrase, known, typed).await;
            let _ = is_busy.try_set(false);
            match made {
                Ok(Ok(made)) => {
                    let _ = maker.made.try_set(Some(made));
                    let _ = maker.step.try_set(Step::Save);
                }
                Ok(Err(wrong)) => {
                    let _ = problem.try_set(Some(wrong));
                }
                Err(trouble) => maker.fail(trouble),
            }
        });
    };
    let name_problem = move || (problem.get() == Some(Problem::NoName)).then(|| texts().name_missing);
    let words_problem = move || match problem.get() {
        Some(Problem::Words(trouble)) => Some((texts().words_trouble)(&trouble)),
        _ => None,
    };
    let first_problem = Signal::derive(move || match problem.get() {
        Some(Problem::Weak(weakness)) => Some(said().weakness(weakness)),
        _ => None,
    });
    let again_problem =
        Signal::derive(move || (problem.get() == Some(Problem::Differ)).then(|| texts().differ));
    let judged = move || match (strength.get(), first_problem.get()) {
        // it stands at the field
        (_, Some(_)) | (None, _) => None,
        (Some(Strength::Weak(weakness)), _) => {
            Some(view! { <span class="field-error">{said().weakness(weakness)}</span> }.into_any())
        }
        (Some(accepted), _) => {
            let words = said().strength(accepted == Strength::Strong);
            Some(view! { <span class="state good">"✓ " {words}</span> }.into_any())
        }
    };
    let source = move |paper: bool, id: &'static str, label: fn(&Words) -> &'static str| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="source"
                    id=id
                    prop:checked=move || is_from_paper.get() == paper
                    on:change=move |_| {
                        is_from_paper.set(paper);
                        problem.set(None);
                    }
                />
                <span class="words">{move || label(texts())}</span>
            </label>
        }
    };
    let paper = move || {
        is_from_paper.get().then(|| view! {
            <div class="field">
                <label class="field-label" for="paper-words">{move || texts().words}</label>
                <p class="hint" id="paper-words-hint">{move || texts().words_hint}</p>
                <div role="alert">
                    {move || words_problem().map(|words| view! {
                        <p class="field-error" id="paper-words-problem">{words}</p>
                    })}
                </div>
                <textarea
                    id="paper-words"
                    class="text"
                    rows="6"
                    lang="en"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    translate="no"
                    aria-describedby=move || if words_problem().is_some() { "paper-words-problem paper-words-hint" } else { "paper-words-hint" }
                    aria-invalid=move || words_problem().map(|_| "true")
                    node_ref=words
                ></textarea>
            </div>
        })
    };
    view! {
        <div class="stack no-print">
            <fieldset>
                <legend class="visually-hidden">{move || texts().title}</legend>
                {source(false, "source-new", |texts| texts.new)}
                {source(true, "source-paper", |texts| texts.from_paper)}
            </fieldset>
            <div class="card">
                {paper}
                <div class="field">
                    <label class="field-label" for="key-name">{move || texts().name}</label>
                    <p class="hint" id="key-name-hint">{move || texts().name_hint}</p>
                    <div role="alert">
                        {move || name_problem().map(|words| view! {
                            <p class="field-error" id="key-name-problem">{words}</p>
                        })}
                    </div>
                    <input
                        id="key-name"
                        class="text"
                        type="text"
                        autocomplete="off"
                        maxlength="100"
                        aria-describedby=move || if name_problem().is_some() { "key-name-problem key-name-hint" } else { "key-name-hint" }
                        aria-invalid=move || name_problem().map(|_| "true")
                        node_ref=name
                    />
                </div>
                <p>{move || texts().about_passphrase}</p>
                <Suggestion maker take/>
                <PassphraseField
                    id="new-passphrase"
                    label=Signal::derive(move || texts().passphrase)
                    node=first
                    problem=first_problem
                    typed=Callback::new(move |()| judge())
                />
                <p role="status" id="strength">{judged}</p>
                <PassphraseField
                    id="same-passphrase"
                    label=Signal::derive(move || texts().repeat)
                    node=again
                    problem=again_problem
                    enter=Callback::new(move |()| make())
                />
                <p>
                    <button
                        type="button"
                        id="make-key"
                        class="button primary"
                        aria-disabled=move || is_busy.get().then_some("true")
                        on:click=move |_| make()
                    >
                        {move || if is_from_paper.get() { texts().restore } else { texts().make }}
                    </button>
                </p>
                <p role="status">{move || is_busy.get().then(|| texts().is_making)}</p>
            </div>
        </div>
    }
}

/// Judges the passphrase once more, and makes the key or brings it back.
async fn seal(
    maker: Maker,
    name: String,
    passphrase: String,
    known: Vec<String>,
    words: Option<String>,
) -> Result<Result<Made, Problem>, Trouble> {
    let keeper = maker.keeper().await?;
    let judge = Request::Judge { passphrase: passphrase.clone(), known };
    if let Strength::Weak(weakness) = keeper.ask(judge, |_| ()).await? {
        return Ok(Err(Problem::Weak(weakness)));
    }
    let Some(words) = words else {
        let made: NewKey = keeper.ask(Request::Make { name: name.clone(), passphrase }, |_| ()).await?;
        return Ok(Ok(Made::new(name, made, false)));
    };
    let request = Request::FromPaper { words, name: name.clone(), passphrase };
    let made: Result<NewKey, WordsTrouble> = keeper.ask(request, |_| ()).await?;
    Ok(made.map(|made| Made::new(name, made, true)).map_err(Problem::Words))
}

/// A passphrase drawn by lot, which can be taken.
#[component]
fn Suggestion(maker: Maker, take: Callback<String>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let suggested = RwSignal::new(None::<String>);
    let suggest = move |_| {
        spawn_local(async move {
            let drawn = async { maker.keeper().await?.ask::<String>(Request::Suggest, |_| ()).await };
            match drawn.await {
                Ok(drawn) => drop(suggested.try_set(Some(drawn))),
                Err(trouble) => maker.fail(trouble),
            }
        });
    };
    let shown = move || {
        suggested.get().map(|drawn| {
            let words = drawn.clone();
            view! {
                <p>{texts().suggested}</p>
                <p class="letter note-code" id="suggestion" lang="en" translate="no"><strong class="hash">{words}</strong></p>
                <p>
                    <button type="button" id="take-suggestion" class="button secondary" on:click=move |_| take.run(drawn.clone())>
                        {texts().take}
                    </button>
                </p>
            }
        })
    };
    view! {
        <p>
            <button type="button" id="suggest" class="button secondary" on:click=suggest>
                {move || texts().suggest}
            </button>
        </p>
        <div class="stack" role="status">{shown}</div>
    }
}
