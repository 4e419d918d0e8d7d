//! A witness's HTTP interface: `POST /add-checkpoint`, and for monitors `GET /<origin hash>/checkpoint`. Submission
//! and monitoring prefix are the same.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, State as Shared};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;
use tokio::sync::{Semaphore, mpsc};

use tabella_board_core::api::PROBLEM_MEDIA_TYPE;
use tabella_board_core::witness::answer::{SIZE_MEDIA_TYPE, encode_signatures, encode_size, monitoring_path};
use tabella_board_core::witness::request::{ADD_CHECKPOINT, MAX_REQUEST_LENGTH};
use tabella_board_core::witness::{AddCheckpoint, Admitted, Latest, Refusal, Witness};

use super::store::WitnessStore;
use crate::store::StoreError;

/// Requests that are worked on at a time; more are told to come again.
const CONCURRENT: usize = 32;
/// Longest time that a request takes, its body included.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// What the handlers share.
pub(super) struct State {
    witness: Witness,
    store: WitnessStore,
    places: Semaphore,
    failed: mpsc::Sender<StoreError>,
}

impl State {
    /// And where it is told that the store has failed: the witness must stop then.
    pub(super) fn new(witness: Witness, store: WitnessStore) -> (Self, mpsc::Receiver<StoreError>) {
        let (failed, failure) = mpsc::channel(1);
        (Self { witness, store, places: Semaphore::new(CONCURRENT), failed }, failure)
    }

    /// Checks, stores and cosigns.
    fn add(&self, body: &[u8]) -> Result<String, Failure> {
        let admitted = self.witness.admit(AddCheckpoint::parse(body).map_err(Refusal::from)?)?;
        // a look that costs no write; what counts is the same look in the transaction
        let latest = self.store.latest(admitted.origin())?;
        let _ = self
            .witness
            .cosign(&admitted, latest.as_ref(), seconds())
            .inspect_err(|refusal| keep_evidence(*refusal, latest.as_ref(), &admitted))?;
        let cosignature = self
            .store
            .replace(admitted.origin(), |latest| self.witness.cosign(&admitted, latest, seconds()))??;
        Ok(encode_signatures(&[cosignature]))
    }
}

/// "the witness MAY log the request even if the checkpoint fails one of the consistency checks above […], as it might be
/// proof of log misbehavior": both notes, signed by the log.
fn keep_evidence(refusal: Refusal, latest: Option<&Latest>, admitted: &Admitted) {
    if let (Refusal::OtherRoot | Refusal::Inconsistent, Some(latest)) = (refusal, latest) {
        let (kept, shown) = (latest.note().encode(), admitted.checkpoint().encode());
        tracing::error!("{}: {refusal}. Cosigned before:\n{kept}\nshown now:\n{shown}", admitted.origin());
    }
}

/// Seconds since 1970-01-01 UTC.
fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// An answer other than 200.
enum Failure {
    Refused(Refusal),
    Store(StoreError),
    Busy,
    Other(StatusCode, &'static str, &'static str),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// RFC 9457.
#[derive(Serialize)]
struct Problem {
    status: u16,
    code: &'static str,
    detail: String,
}

/// The code of a refusal: never changes its meaning.
fn code(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Malformed(_) | Refusal::NoRoom(_) => "malformed",
        Refusal::UnknownLog => "unknown-log",
        Refusal::Unsigned => "unsigned",
        Refusal::Signature(_) => "bad-signature",
        Refusal::OldSize { .. } => "old-size",
        Refusal::Conflict(_) => "conflict",
        Refusal::EmptyRoot => "empty-root",
        Refusal::OtherRoot => "other-root",
        Refusal::Inconsistent => "inconsistent",
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, code, detail) = match &self {
            // "The response body MUST consist of the tree size of the latest cosigned checkpoint in decimal, followed
            // by a newline"
            Self::Refused(Refusal::Conflict(size)) => {
                let headers = [(header::CONTENT_TYPE, SIZE_MEDIA_TYPE)];
                return (StatusCode::CONFLICT, headers, encode_size(*size)).into_response();
            }
            Self::Refused(refusal) => {
                let status = StatusCode::from_u16(refusal.status());
                (status.unwrap_or(StatusCode::BAD_REQUEST), code(refusal), refusal.to_string())
            }
            Self::Store(_) => {
                let detail = "the witness cannot store what it would cosign: tell its operator".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
            }
            Self::Busy => {
                let detail = "the witness is busy: ask again in a moment".to_owned();
                (StatusCode::SERVICE_UNAVAILABLE, "busy", detail)
            }
            Self::Other(status, code, detail) => (*status, *code, (*detail).to_owned()),
        };
        let problem = Problem { status: status.as_u16(), code, detail };
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, PROBLEM_MEDIA_TYPE)], body).into_response();
        if matches!(self, Self::Busy) {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        response
    }
}

/// All routes.
pub(super) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route(ADD_CHECKPOINT, post(add_checkpoint).layer(DefaultBodyLimit::max(MAX_REQUEST_LENGTH)))
        .route("/{origin}/checkpoint", get(checkpoint))
        .fallback(|| async {
            Failure::Other(
                StatusCode::NOT_FOUND,
                "not-found",
                "there is nothing at this path: see C2SP tlog-witness",
            )
        })
        .with_state(state)
        .layer(axum::middleware::from_fn(limit_time))
}

async fn limit_time(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    match tokio::time::timeout(TIME_LIMIT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = "the request took too long: send it again";
            Failure::Other(StatusCode::REQUEST_TIMEOUT, "timeout", detail).into_response()
        }
    }
}

async fn add_checkpoint(
    Shared(state): Shared<Arc<State>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    let body = body.map_err(|rejection| match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Failure::Other(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "the body is longer than any request")
        }
        _ => Failure::Other(StatusCode::BAD_REQUEST, "malformed", "the body was cut short: send it again"),
    })?;
    let lines = working(&state, move |state| state.add(&body)).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], lines).into_response())
}

async fn checkpoint(
    Shared(state): Shared<Arc<State>>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let path = format!("/{name}/checkpoint");
    let origin = state.witness.logs().keys().find(|origin| monitoring_path(origin) == path).cloned();
    let latest = match origin {
        Some(origin) => working(&state, move |state| Ok(state.store.latest(&origin)?)).await?,
        None => None,
    };
    let latest = latest.ok_or(Failure::Other(
        StatusCode::NOT_FOUND,
        "not-found",
        "this witness has cosigned no checkpoint of a log whose origin has this hash",
    ))?;
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, latest.note().encode()).into_response())
}

/// Works where waiting for a disk holds nobody up.
async fn working<T: Send + 'static>(
    state: &Arc<State>,
    work: impl FnOnce(&State) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let _place = state.places.try_acquire().map_err(|_| Failure::Busy)?;
    let shared = state.clone();
    let done = tokio::task::spawn_blocking(move || match work(&shared) {
        Err(Failure::Store(error)) => {
            tracing::error!("{error}");
            // one is enough to stop
            let _ = shared.failed.try_send(error);
            Err(Failure::Store(StoreError::Damaged("the store failed")))
        }
        other => other,
    });
    done.await.unwrap_or(Err(Failure::Other(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "the witness has a fault: tell its operator",
    )))
}
