//! The answers to requests that are not looked at: there is no room for them, or too many come. They stand in memory
//! once and cost nothing, and pages of other origins can read them as they can read every other answer.

use std::sync::LazyLock;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use tabella_board_core::api::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode};

use super::budget::Weight;

/// What a request is told for which there is no room, in words.
pub const NO_ROOM: &str =
    "the board holds as many bytes for its clients as it may: send the same request again in a moment";
const TOO_MANY: &str = "too many requests come from your address: send the same request again in a moment";

/// The answer to a request for which there is no room.
pub fn no_room() -> Response {
    static PROBLEM: LazyLock<Bytes> = LazyLock::new(|| encoded(NO_ROOM));
    busy(&PROBLEM)
}

/// The answer to an address that sends more than it may.
pub(super) fn too_many() -> Response {
    static PROBLEM: LazyLock<Bytes> = LazyLock::new(|| encoded(TOO_MANY));
    busy(&PROBLEM)
}

fn encoded(detail: &str) -> Bytes {
    serde_json::to_vec(&Problem::new(ProblemCode::Busy, detail)).unwrap_or_default().into()
}

fn busy(problem: &Bytes) -> Response {
    let mut response = (StatusCode::TOO_MANY_REQUESTS, Body::from(problem.clone())).into_response();
    let headers = [
        (header::CONTENT_TYPE, PROBLEM_MEDIA_TYPE),
        (header::CACHE_CONTROL, "no-store"),
        (header::RETRY_AFTER, "1"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    response.headers_mut().extend(headers.map(|(name, value)| (name, HeaderValue::from_static(value))));
    readable(response.headers_mut());
    response.extensions_mut().insert(Weight::Shared);
    response
}

/// Says that a page of any origin may read the answer, and when to come again.
pub fn readable(headers: &mut HeaderMap) {
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After"));
    headers.insert(policy, HeaderValue::from_static("cross-origin"));
}
