//! How answers are encoded.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use tabella_board_core::api::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode, hex_parse};
use tabella_crypto::checkpoint::SignedCheckpoint;
use tabella_crypto::manifest::ElectionId;

use crate::publish::ReadError;
use crate::sequencer::SubmitError;
use crate::store::StoreError;

/// How long something is kept whose name never means anything else.
pub(super) const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// An error as an answer, and after how many seconds the same request may do better.
#[derive(Debug)]
pub(super) struct Failure(Problem, Option<u64>);

/// What handlers give.
pub(super) type Answer = Result<Response, Failure>;

impl Failure {
    pub(super) fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self(problem, retry_after) = self;
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(retry_after.map(|seconds| (header::RETRY_AFTER, HeaderValue::from(seconds))));
        response
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        // where nobody knows better
        let retry_after = matches!(problem.code, ProblemCode::Busy | ProblemCode::Stopping).then_some(1);
        Self(problem, retry_after)
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Self {
        Self((&error).into(), error.retry_after())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!("the store cannot be read: {error}");
        Self::new(ProblemCode::Internal, "the board cannot read its store: tell its operator")
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Missing => Self::new(
                ProblemCode::NotFound,
                "the log does not have this yet: fetch its checkpoint, and ask for what lies below its size",
            ),
            ReadError::Store(error) => error.into(),
            ReadError::Tile(_) => StoreError::Damaged("an entry is too long").into(),
        }
    }
}

/// An error as an answer, where there is no handler.
pub(super) fn problem(code: ProblemCode, detail: &str) -> Response {
    Failure::new(code, detail).into_response()
}

/// JSON of something that changes.
pub(super) fn json<T: Serialize>(value: &T) -> Response {
    ([(header::CACHE_CONTROL, "no-cache")], Json(value)).into_response()
}

/// JSON about one voter's ballot or credential: not kept, neither on the way nor on a device that others use.
pub(super) fn personal<T: Serialize>(value: &T) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(value)).into_response()
}

/// A checkpoint: readers always ask whether it is still the newest.
pub(super) fn checkpoint(head: &SignedCheckpoint) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, head.encode()).into_response()
}

/// A tile. A full one is never asked for under another name, so it is worth keeping.
pub(super) fn tile(bytes: Vec<u8>, is_full: bool) -> Response {
    octets(bytes, if is_full { FOR_EVER } else { "public, max-age=60" })
}

/// A manifest, which the election's name fixes.
pub(super) fn manifest(bytes: Vec<u8>) -> Response {
    octets(bytes, FOR_EVER)
}

fn octets(bytes: Vec<u8>, cache: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, cache)];
    (headers, bytes).into_response()
}

/// An election's name in a path.
pub(super) fn election_id(text: &str) -> Result<ElectionId, Failure> {
    hex_parse(text).ok_or_else(|| {
        Failure::new(
            ProblemCode::UnknownElection,
            "the name of an election is 64 hexadecimal digits in lower case: check the link",
        )
    })
}
