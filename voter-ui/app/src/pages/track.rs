//! Finding a ballot: tracking code in, state out.
//!
//! ```text
//! field --read--> TrackingCode --reader--> Found (found.rs) | Missing (missing.rs) | trouble
//! address#code ------^     ^---- what was found stands in the address, so that a reload finds it again
//! ```

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::manifest::ElectionId;
use tabella_web_shared::reader::{Request, TrackCard};
use tabella_web_shared::{Progress, Trouble};

use crate::api;
use crate::language::{said, use_texts};
use crate::pages::check::receipt::Receipt;
use crate::pages::use_election;
use crate::parts::heading::Heading;
use crate::parts::notice::{Kind, Notice, TroubleNotice};
use crate::parts::progress::ProgressBar;
use crate::router::{NavigateOptions, use_fragment, use_navigate};
use crate::session::use_session;
use crate::text::track::Track as Words;

mod code;
mod found;
mod missing;

pub(crate) use code::CodeProblem;
use code::{read, read_fragment, typed};
use found::Found;
use missing::Missing;

/// What became of the question.
#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Asking,
    Found(Box<TrackCard>),
    Missing(TrackingCode),
    Failed(TrackingCode, Trouble),
}

/// Track.
#[component]
pub(crate) fn Track() -> impl IntoView {
    let texts = use_texts::<Words>();
    let election = use_election();
    let page = move || match election.get() {
        Some(election) => view! { <Finder election/> }.into_any(),
        None => view! { <Notice kind=Kind::Bad><p>{move || texts().bad_address}</p></Notice> }.into_any(),
    };
    view! {
        <Heading words=Signal::derive(move || texts().title.to_owned())/>
        {page}
    }
}

/// The title of an election, and the way to its page.
#[component]
fn ElectionLine(election: ElectionId) -> impl IntoView {
    let texts = use_texts::<Words>();
    let manifest = LocalResource::new(move || api::manifest(election));
    let title = move || match manifest.get() {
        Some(Ok(manifest)) => said(&manifest.title).into_any(),
        _ => (move || texts().about).into_any(),
    };
    view! {
        <p>
            {move || texts().election} " " <a href=format!("/e/{election}")>{title}</a>
        </p>
    }
}

#[component]
fn Finder(election: ElectionId) -> impl IntoView {
    let texts = use_texts::<Words>();
    let session = use_session();
    let (field, problem) = (RwSignal::new(String::new()), RwSignal::new(None::<CodeProblem>));
    let (answer, progress) = (RwSignal::new(None::<Answer>), RwSignal::new(None::<Progress>));
    let asked = StoredValue::new(0_u32);
    let look_up = move |code: TrackingCode| {
        asked.update_value(|asked| *asked += 1);
        let this = asked.get_value();
        // of an older question, or after the page has gone, nothing is heard
        let is_heard = move || asked.try_get_value() == Some(this);
        answer.set(Some(Answer::Asking));
        progress.set(None);
        spawn_local(async move {
            let told = move |step| {
                if is_heard() {
                    progress.set(Some(step));
                }
            };
            let found = session.ask::<Option<TrackCard>>(Request::Track { election, code }, told).await;
            if is_heard() {
                answer.set(Some(match found {
                    Ok(Some(card)) => Answer::Found(Box::new(card)),
                    Ok(None) => Answer::Missing(code),
                    Err(trouble) => Answer::Failed(code, trouble),
                }));
            }
        });
    };
    let fragment = use_fragment();
    Effect::new(move || {
        // any other fragment leads to a place on the page
        let Some(read) = read_fragment(&fragment.get()) else { return };
        field.set(read.text);
        problem.set(read.code.err());
        if let Ok(code) = read.code {
            look_up(code);
        }
    });
    let navigate = use_navigate();
    let find = move || match field.with_untracked(|text| read(text)) {
        Ok(code) => {
            problem.set(None);
            if read_fragment(&fragment.get_untracked()).is_some_and(|read| read.code == Ok(code)) {
                look_up(code);
            } else {
                let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
                navigate(&format!("/e/{election}/track#{code}"), options);
            }
        }
        Err(wrong) => {
            answer.set(None);
            problem.set(Some(wrong));
        }
    };
    view! {
        <ElectionLine election/>
        <CodeField field problem find=find/>
        <Outcome election answer progress look_up/>
        <section aria-labelledby="receipt">
            <h2 id="receipt">{move || texts().receipt_title}</h2>
            <p>{move || texts().receipt}</p>
            <Receipt
                denied=Signal::derive(move || match answer.get() {
                    Some(Answer::Missing(code)) => Some((election, code)),
                    _ => None,
                })
            />
        </section>
    }
}

/// Where the code is typed.
#[component]
fn CodeField(
    field: RwSignal<String>,
    problem: RwSignal<Option<CodeProblem>>,
    find: impl Fn() + Clone + 'static,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let input = NodeRef::<html::Textarea>::new();
    let counter = move || (texts().counter)(field.with(|text| typed(text)));
    let focus = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        if let Some(input) = input.get_untracked() {
            // a field takes the focus
            let _ = input.focus();
        }
    };
    let words = move || problem.get().map(|problem| (texts().problem)(&problem));
    let summary = move || {
        words().map(|words| {
            view! {
                <div class="notice bad error-summary" role="alert">
                    <span class="mark" aria-hidden="true">"×"</span>
                    <div class="stack">
                        <h2>{texts().problem_title}</h2>
                        <p><a href="#code" on:click=focus>{words}</a></p>
                    </div>
                </div>
            }
        })
    };
    let described = move || if problem.get().is_some() { "code-problem code-hint" } else { "code-hint" };
    let submit = {
        let find = find.clone();
        move |event: web_sys::KeyboardEvent| {
            if event.key() == "Enter" && !event.is_composing() {
                event.prevent_default();
                find();
            }
        }
    };
    view! {
        {summary}
        <p class="lead">{move || texts().lead}</p>
        <div class="field">
            <label class="field-label" for="code">{move || texts().code}</label>
            <p class="hint" id="code-hint">{move || texts().code_hint}</p>
            {move || words().map(|words| view! { <p class="field-error" id="code-problem">{words}</p> })}
            <textarea
                id="code"
                class="text"
                rows="3"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                translate="no"
                aria-describedby=described
                aria-invalid=move || problem.get().is_some().then_some("true")
                node_ref=input
                prop:value=move || field.get()
                on:input=move |event| {
                    field.set(event_target_value(&event));
                    problem.set(None);
                }
                on:keydown=submit
            ></textarea>
            <p class="small muted">{counter}</p>
        </div>
        <p class="actions">
            <button type="button" class="button primary" on:click=move |_| find()>{move || texts().find}</button>
        </p>
    }
}

/// What the record says of the code.
#[component]
fn Outcome(
    election: ElectionId,
    answer: RwSignal<Option<Answer>>,
    progress: RwSignal<Option<Progress>>,
    look_up: impl Fn(TrackingCode) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    move || {
        let shown = match answer.get()? {
            Answer::Asking => view! { <ProgressBar progress/> }.into_any(),
            Answer::Found(card) => view! { <Found election card=*card/> }.into_any(),
            Answer::Missing(_) => view! { <Missing election/> }.into_any(),
            Answer::Failed(code, trouble) => {
                let again = Callback::new(move |()| look_up(code));
                view! { <TroubleNotice trouble again/> }.into_any()
            }
        };
        Some(shown)
    }
}
