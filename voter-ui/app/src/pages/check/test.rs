//! A test ballot: where it comes from, and what was found in it.
//!
//! ```text
//! address#opening | file | text --recognise--> Opening --reader: Setup, Track--> entry
//!                                              Opening, entry --prover: Examine--> contents | dishonest
//! ```
//!
//! The fragment may show choices: it reaches no server, and is taken out of the address at once.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_web_shared::prover::{ExaminedCard, Purpose, Request as ProverRequest};
use tabella_web_shared::reader::{Request, SetupCard, TrackCard};
use tabella_web_shared::{Progress, Request as AnyRequest, Trouble};

use super::contents::{Contents, Examined};
use super::failure;
use super::file::FileField;
use super::opening::{Opening, is_meant};
use crate::engine::Engine;
use crate::language::use_texts;
use crate::parts::latest::Latest;
use crate::parts::notice::{Kind, Notice};
use crate::parts::progress::ProgressBar;
use crate::router::{NavigateOptions, use_fragment, use_navigate};
use crate::session::{Session, use_session};
use crate::text::check::Check as Words;

/// What became of an opening.
#[derive(Clone)]
enum Answer {
    /// The text is nothing that can be checked.
    Unfit,
    Asking,
    Opened(Examined),
    /// The record does not show the ballot.
    Absent(Opening),
    Failed(Opening, Trouble),
}

/// Looking into test ballots, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Tests {
    session: Session,
    answer: RwSignal<Option<Answer>, LocalStorage>,
    progress: RwSignal<Option<Progress>>,
    latest: Latest,
    /// What was typed or pasted.
    text: RwSignal<String>,
}

impl Tests {
    /// None so far.
    pub(super) fn new() -> Self {
        Self {
            session: use_session(),
            answer: RwSignal::new_local(None),
            progress: RwSignal::new(None),
            latest: Latest::new(),
            text: RwSignal::new(String::new()),
        }
    }

    /// Looks into a ballot.
    pub(super) fn examine(self, opening: Opening) {
        let Self { session, answer, progress, .. } = self;
        answer.set(Some(Answer::Asking));
        progress.set(None);
        self.latest.ask(
            |asked| async move {
                let found = open(session, &opening, asked.hear(move |step| progress.set(Some(step)))).await;
                (opening, found)
            },
            move |(opening, found)| {
                answer.set(Some(match found {
                    Ok(Some(examined)) => Answer::Opened(examined),
                    Ok(None) => Answer::Absent(opening),
                    Err(trouble) => Answer::Failed(opening, trouble),
                }));
            },
        );
    }

    /// Says that what was given cannot be checked.
    pub(super) fn refuse(self) {
        self.latest.forget();
        self.answer.set(Some(Answer::Unfit));
    }

    /// Something was given that is checked elsewhere.
    pub(super) fn forgive(self) {
        if self.answer.with_untracked(|answer| matches!(answer, Some(Answer::Unfit))) {
            self.answer.set(None);
        }
    }

    fn begin_again(self) {
        self.latest.forget();
        self.answer.set(None);
    }
}

/// Shows what the ballot contained, or asks for one.
#[component]
pub(super) fn TestBallot(
    /// What is known so far.
    tests: Tests,
    /// Takes whatever text is given.
    take: Callback<String>,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let Tests { answer, progress, text, .. } = tests;
    move || {
        let shown = answer.get().map(|answer| match answer {
            Answer::Unfit => view! { <Unfit/> }.into_any(),
            Answer::Asking => view! {
                <p>{move || texts().examining}</p>
                <ProgressBar progress/>
            }
            .into_any(),
            Answer::Opened(examined) => view! { <Contents examined/> }.into_any(),
            Answer::Absent(opening) => {
                view! { <Absent code=opening.code election=opening.election/> }.into_any()
            }
            Answer::Failed(opening, trouble) => {
                let is_dishonest = matches!(trouble, Trouble::Dishonest { .. });
                let again = StoredValue::new_local(opening);
                let again =
                    Callback::new(move |()| again.with_value(|opening| tests.examine(opening.clone())));
                view! {
                    {failure(trouble, again)}
                    {is_dishonest.then(|| view! { <p><strong>{move || texts().dishonest_more}</strong></p> })}
                }
                .into_any()
            }
        });
        let is_done = answer.with(|answer| {
            matches!(answer, Some(Answer::Opened(_) | Answer::Absent(_) | Answer::Failed(..)))
        });
        let is_asking = answer.with(|answer| matches!(answer, Some(Answer::Asking)));
        view! {
            {shown}
            {is_done.then(|| view! {
                <p>
                    <button type="button" class="button quiet" on:click=move |_| tests.begin_again()>
                        {move || texts().another}
                    </button>
                </p>
            })}
            {(!is_done && !is_asking).then(|| view! { <Sources text take/> })}
        }
    }
}

/// Takes the opening out of the address, now and whenever another one comes there.
pub(super) fn take_fragment(take: impl Fn(String) + 'static) {
    let fragment = use_fragment();
    let navigate = use_navigate();
    Effect::new(move || {
        let fragment = fragment.get();
        if !is_meant(&fragment) {
            return;
        }
        // at once, and then also what the router knows of the address
        if let Ok(history) = window().history() {
            // a page may always change its own address
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some("/check"));
        }
        navigate("/check", NavigateOptions { replace: true, scroll: false });
        take(fragment);
    });
}

/// What is in a ballot; none if the record does not show it. The prover that looks into it ends with this.
async fn open(
    session: Session,
    opening: &Opening,
    progress: impl Fn(Progress) + Copy + 'static,
) -> Result<Option<Examined>, Trouble> {
    let Opening { json, election, code } = opening;
    let (election, code) = (*election, *code);
    let setup: SetupCard = session.ask(Request::Setup(election), progress).await?;
    let key = setup.key.ok_or(Trouble::NotOpen)?.key;
    let track = Request::Track { election, code };
    let Some(found) = session.ask::<Option<TrackCard>>(track, progress).await? else { return Ok(None) };
    let manifest = CheckedManifest::decode(&setup.manifest)
        .map_err(|error| Trouble::Fault { detail: error.to_string() })?;
    let purpose = Purpose { manifest: setup.manifest, key };
    let request = ProverRequest::Examine { purpose, entry: found.entry, opening: json.clone() };
    let prover = Engine::start(drop).await?;
    let ExaminedCard { style, entries } = prover.ask(AnyRequest::Prover(request), progress).await?;
    Examined::new(&manifest, code, style, &entries).map(Some)
}

/// Where an opening comes from.
#[component]
fn Sources(text: RwSignal<String>, take: Callback<String>) -> impl IntoView {
    let texts = use_texts::<Words>();
    let is_empty = RwSignal::new(false);
    let submit = move |_| {
        let pasted = text.get_untracked();
        is_empty.set(pasted.trim().is_empty());
        if !pasted.trim().is_empty() {
            take.run(pasted);
        }
    };
    let described = move || if is_empty.get() { "opening-problem opening-hint" } else { "opening-hint" };
    view! {
        <p>{move || texts().test_lead}</p>
        <FileField
            id="opening-file"
            label=Signal::derive(move || texts().test_file)
            hint=Signal::derive(move || texts().test_file_hint)
            read=take
        />
        <div class="field">
            <label class="field-label" for="opening">{move || texts().test_text}</label>
            <p class="hint" id="opening-hint">{move || texts().test_text_hint}</p>
            <div role="alert">
                {move || is_empty.get().then(|| view! {
                    <p class="field-error" id="opening-problem">{texts().test_empty}</p>
                })}
            </div>
            <textarea
                id="opening"
                class="text"
                rows="4"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                translate="no"
                aria-describedby=described
                aria-invalid=move || is_empty.get().then_some("true")
                prop:value=move || text.get()
                on:input=move |event| {
                    text.set(event_target_value(&event));
                    is_empty.set(false);
                }
            ></textarea>
        </div>
        <p>
            <button type="button" class="button secondary" on:click=submit>{move || texts().test_open}</button>
        </p>
    }
}

/// A text that is no opening.
#[component]
fn Unfit() -> impl IntoView {
    let texts = use_texts::<Words>();
    view! {
        <div role="alert">
            <Notice kind=Kind::Bad>
                <h3>{move || texts().unfit_title}</h3>
                <p>{move || texts().unfit}</p>
            </Notice>
        </div>
    }
}

/// A ballot that the record does not show.
#[component]
fn Absent(election: ElectionId, code: TrackingCode) -> impl IntoView {
    let texts = use_texts::<Words>();
    view! {
        <div role="alert">
            <Notice kind=Kind::Warning>
                <h3>{move || texts().absent_title}</h3>
                <p>{move || texts().absent}</p>
                <p><a href=format!("/e/{election}/track#{code}")>{move || texts().track}</a></p>
            </Notice>
        </div>
    }
}
