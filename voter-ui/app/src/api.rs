//! What the board says of itself, fetched by the page: quick to show and marked as the board's word. Only the manifest
//! is more than that, because the election's name is its hash.

use js_sys::Uint8Array;
use leptos::prelude::window;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestInit, Response};

use tabella_board_core::api::{
    ElectionList, ElectionStatus, ElectionSummary, ElectionTotals, PhaseName, ProblemCode, paths,
};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_web_shared::{Forgery, Trouble};

/// Longest wait for an answer, in milliseconds.
const TIME_LIMIT: u32 = 20_000;

/// Longest answer, in bytes.
const LENGTH_LIMIT: u32 = 4 << 20;

#[wasm_bindgen]
extern "C" {
    // boot.js
    #[wasm_bindgen(js_name = tabellaBody, catch)]
    async fn body(response: &Response, limit: u32) -> Result<JsValue, JsValue>;
}

/// The board's address: that of the page.
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Whether the board answers.
pub(crate) async fn reach() -> Result<(), Trouble> {
    fetch(paths::BOARD).await.map(drop)
}

/// The elections on the board.
pub(crate) async fn elections() -> Result<Vec<ElectionSummary>, Trouble> {
    Ok(ask::<ElectionList>(paths::ELECTIONS).await?.elections)
}

/// Where an election stands.
pub(crate) async fn status(election: ElectionId) -> Result<ElectionStatus, Trouble> {
    ask(&paths::election(election)).await
}

/// How far an election is.
pub(crate) async fn phase(election: ElectionId) -> Result<PhaseName, Trouble> {
    let Answer { response, unanswered } = answer(&paths::election(election)).await?;
    let json = json(&response).await.ok_or_else(|| unanswered(JsValue::NULL))?;
    let missing = || Trouble::Forged { forgery: Forgery::Answer, detail: "there is no phase".to_owned() };
    text(&json, "phase").and_then(|name| PhaseName::of_name(&name)).ok_or_else(missing)
}

/// The totals of an election.
pub(crate) async fn totals(election: ElectionId) -> Result<ElectionTotals, Trouble> {
    ask(&paths::totals(election)).await
}

/// The manifest of an election: of the bytes whose hash is the election's name.
pub(crate) async fn manifest(election: ElectionId) -> Result<CheckedManifest, Trouble> {
    let bytes = fetch(&paths::manifest(election)).await?;
    let forged = |detail: String| Trouble::Forged { forgery: Forgery::Election, detail };
    if ElectionId::of(&bytes) != election {
        return Err(forged("the manifest's hash is not the election's name".to_owned()));
    }
    CheckedManifest::decode(&bytes).map_err(|error| forged(error.to_string()))
}

async fn ask<A: DeserializeOwned>(path: &str) -> Result<A, Trouble> {
    let bytes = fetch(path).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Trouble::Forged { forgery: Forgery::Answer, detail: error.to_string() })
}

async fn fetch(path: &str) -> Result<Vec<u8>, Trouble> {
    let Answer { response, unanswered } = answer(path).await?;
    let bytes = body(&response, LENGTH_LIMIT).await.map_err(&unanswered)?;
    let too_long = || {
        let detail = format!("the answer has more than {LENGTH_LIMIT} bytes");
        Trouble::Forged { forgery: Forgery::Answer, detail }
    };
    bytes.dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec()).map_err(|_| too_long())
}

/// A good answer, of which the head is here.
struct Answer<F> {
    response: Response,
    /// What it means if the rest does not come.
    unanswered: F,
}

async fn answer(path: &str) -> Result<Answer<impl Fn(JsValue) -> Trouble + use<>>, Trouble> {
    let options = RequestInit::new();
    options.set_cache(RequestCache::Default);
    let signal = AbortSignal::timeout_with_u32(TIME_LIMIT);
    options.set_signal(Some(&signal));
    let unanswered =
        move |_: JsValue| if signal.aborted() { Trouble::TimedOut } else { Trouble::Unreachable };
    let response =
        JsFuture::from(window().fetch_with_str_and_init(path, &options)).await.map_err(&unanswered)?;
    let response: Response = response.unchecked_into();
    if response.ok() {
        return Ok(Answer { response, unanswered });
    }
    Err(match (problem(&response).await, response.status()) {
        (Some((ProblemCode::NotFound | ProblemCode::UnknownElection, _)), _) | (None, 404) => {
            Trouble::NotFound
        }
        (Some((code, detail)), _) => Trouble::Refused { code, detail },
        // something in front of the board answers while it is down
        (None, _) => Trouble::Unreachable,
    })
}

/// The [`Problem`](tabella_board_core::api::Problem) that an answer is, if it is one.
async fn problem(response: &Response) -> Option<(ProblemCode, String)> {
    let json = json(response).await?;
    Some((ProblemCode::of_name(&text(&json, "code")?), text(&json, "detail")?))
}

/// An answer's JSON as the browser reads it: what is needed to mark a ballot does without a parser of its own.
async fn json(response: &Response) -> Option<JsValue> {
    let bytes: Uint8Array = body(response, LENGTH_LIMIT).await.ok()?.dyn_into().ok()?;
    js_sys::JSON::parse(&String::from_utf8(bytes.to_vec()).ok()?).ok()
}

fn text(json: &JsValue, name: &str) -> Option<String> {
    js_sys::Reflect::get(json, &name.into()).ok()?.as_string()
}
