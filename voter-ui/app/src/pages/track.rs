//! Finding a ballot: tracking code in, state out.
//!
//! ```text
//! field --read--> TrackingCode --reader--> Found (found.rs) | Missing (missing.rs) | trouble
//! address#code ------^     ^---- what was found stands in the address, so that a reload finds it again
//! ```

use leptos::prelude::*;

use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::manifest::ElectionId;
use tabella_web_shared::reader::{Request, TrackCard};
use tabella_web_shared::{Progress, Trouble};

use crate::api;
use crate::language::{said, use_texts};
use crate::pages::check::focus;
use crate::pages::check::receipt::Receipt;
use crate::pages::check::thing::{Thing, recognise};
use crate::pages::use_election;
use crate::parts::heading::Heading;
use crate::parts::latest::Latest;
use crate::parts::notice::{Kind, Notice, TroubleNotice};
use crate::parts::progress::ProgressBar;
use crate::router::{NavigateOptions, go_to, use_fragment, use_navigate};
use crate::session::use_session;
use crate::text::track::Track as Words;

mod code;
mod field;
mod found;
mod missing;

use code::read_fragment;
pub(crate) use code::{CodeProblem, LENGTH, Refused, grouped, read};
pub(crate) use field::{CodeField, Refusal};
use found::Found;
pub(crate) use found::{Standing, Verdict, entry_path, track_path};
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
    let (field, refused) = (RwSignal::new(String::new()), RwSignal::new(None::<Refused>));
    let (answer, progress) = (RwSignal::new(None::<Answer>), RwSignal::new(None::<Progress>));
    let receipt = RwSignal::new(None::<String>);
    let latest = Latest::new();
    let look_up = move |code: TrackingCode| {
        answer.set(Some(Answer::Asking));
        progress.set(None);
        latest.ask(
            |asked| {
                let told = asked.hear(move |step| progress.set(Some(step)));
                session.ask::<Option<TrackCard>>(Request::Track { election, code }, told)
            },
            move |found| {
                answer.set(Some(match found {
                    Ok(Some(card)) => Answer::Found(Box::new(card)),
                    Ok(None) => Answer::Missing(code),
                    Err(trouble) => Answer::Failed(code, trouble),
                }));
            },
        );
    };
    let give_up = move || {
        latest.forget();
        answer.set(None);
    };
    let fragment = use_fragment();
    Effect::new(move || {
        let fragment = fragment.get();
        let Some(read) = read_fragment(&fragment) else {
            // any other fragment leads to a place on the page, none to its beginning
            if fragment.is_empty() {
                give_up();
            }
            return;
        };
        field.set(read.text);
        refused.set(read.code.err().map(|problem| Refused { problem, is_link: true }));
        match read.code {
            Ok(code) => look_up(code),
            Err(_) => give_up(),
        }
    });
    let navigate = use_navigate();
    let take = Callback::new(move |thing: Thing| match thing {
        Thing::Receipt(json) => {
            receipt.set(Some(json));
            go_to("receipt");
        }
        Thing::Code { election: named, code } => {
            let named = named.unwrap_or(election);
            let is_here =
                || read_fragment(&fragment.get_untracked()).is_some_and(|read| read.code == Ok(code));
            refused.set(None);
            if named == election && is_here() {
                look_up(code);
            } else {
                navigate(
                    &track_path(named, code),
                    NavigateOptions { replace: false, scroll: named != election },
                );
            }
        }
        // here it is found as the test that it is, with the way to look into it
        Thing::Test(opening) => {
            navigate(&track_path(opening.election, opening.code), NavigateOptions::default());
        }
    });
    let is_by_hand = StoredValue::new(false);
    let find = move || match field.with_untracked(|text| recognise(text).ok_or_else(|| read(text))) {
        Ok(thing) => {
            is_by_hand.set_value(true);
            take.run(thing);
        }
        Err(code) => {
            give_up();
            refused.set(code.err().map(|problem| Refused { problem, is_link: false }));
        }
    };
    let is_found = Memo::new(move |_| answer.with(|answer| matches!(answer, Some(Answer::Found(_)))));
    let is_answered = Memo::new(move |_| answer.with(Option::is_some));
    let form = move || match is_found.get() {
        true => ().into_any(),
        false => view! { <Form field refused is_answered find/> }.into_any(),
    };
    Effect::new(move || {
        // what had the focus goes with the form
        if is_found.get() && is_by_hand.get_value() {
            request_animation_frame(|| focus("verdict"));
        }
    });
    let begin = move |_| {
        field.set(String::new());
        // the field is there as soon as the answer is gone
        request_animation_frame(|| focus("code"));
    };
    let another = move || {
        is_found.get().then(|| {
            let href = format!("/e/{election}/track");
            view! {
                <p class="no-print">
                    <a class="button quiet" href=href on:click=begin>
                        {move || texts().another}
                    </a>
                </p>
            }
        })
    };
    view! {
        <ElectionLine election/>
        {form}
        <Outcome election answer progress look_up/>
        {another}
        <section aria-labelledby="receipt">
            <h2 id="receipt" tabindex="-1">{move || texts().receipt_title}</h2>
            <p>{move || texts().receipt}</p>
            <Receipt given=receipt other=take/>
        </section>
    }
}

/// Where the code is typed, and what saves one the typing.
#[component]
fn Form(
    field: RwSignal<String>,
    refused: RwSignal<Option<Refused>>,
    /// Whether something is being looked for, or was: then nobody needs to be told how.
    is_answered: Memo<bool>,
    find: impl Fn() + Copy + Send + 'static,
) -> impl IntoView {
    let texts = use_texts::<Words>();
    let ways = move || texts().ways.map(|way| view! { <li>{way}</li> }).collect_view();
    let lead = move || {
        (!is_answered.get()).then(|| {
            view! {
                <p class="lead">{move || texts().lead}</p>
                <div class="stack tight">
                    <p>{move || texts().ways_title}</p>
                    <ul>
                        {ways}
                        <li>
                            {move || texts().ways_file}
                            <a href="#receipt">{move || texts().ways_file_link}</a>
                        </li>
                    </ul>
                </div>
            }
        })
    };
    view! {
        <Refusal refused/>
        {lead}
        <CodeField field refused find/>
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
