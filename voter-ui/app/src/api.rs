//! What the board says of itself, fetched by the page: quick to show and marked as the board's word. Only the manifest
//! is more than that, because the election's name is its hash.

use leptos::prelude::window;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestCache, RequestInit, Response};

use tabella_board_core::api::{
    ElectionList, ElectionStatus, ElectionSummary, ElectionTotals, Problem, ProblemCode, paths,
};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_web_shared::{Forgery, Trouble};

/// Longest wait for an answer, in milliseconds.
const TIME_LIMIT: u32 = 20_000;

/// The board's address: that of the page.
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// The elections on the board.
pub(crate) async fn elections() -> Result<Vec<ElectionSummary>, Trouble> {
    Ok(ask::<ElectionList>(paths::ELECTIONS).await?.elections)
}

/// Where an election stands.
pub(crate) async fn status(election: ElectionId) -> Result<ElectionStatus, Trouble> {
    ask(&paths::election(election)).await
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
    let options = RequestInit::new();
    options.set_cache(RequestCache::Default);
    let signal = AbortSignal::timeout_with_u32(TIME_LIMIT);
    options.set_signal(Some(&signal));
    let unanswered = |_: JsValue| if signal.aborted() { Trouble::TimedOut } else { Trouble::Unreachable };
    let answer =
        JsFuture::from(window().fetch_with_str_and_init(path, &options)).await.map_err(unanswered)?;
    let response: Response = answer.unchecked_into();
    let body = JsFuture::from(response.array_buffer().map_err(unanswered)?).await.map_err(unanswered)?;
    let bytes = js_sys::Uint8Array::new(&body).to_vec();
    if response.ok() {
        return Ok(bytes);
    }
    Err(match (serde_json::from_slice::<Problem>(&bytes), response.status()) {
        (Ok(problem), _) if matches!(problem.code, ProblemCode::NotFound | ProblemCode::UnknownElection) => {
            Trouble::NotFound
        }
        (Ok(problem), _) => Trouble::Refused { code: problem.code, detail: problem.detail },
        (Err(_), 404) => Trouble::NotFound,
        // something in front of the board answers while it is down
        (Err(_), _) => Trouble::Unreachable,
    })
}
