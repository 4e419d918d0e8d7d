//! Writing: entries and elections. Bodies are whole, and not too long, before a handler begins.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use tabella_board_core::api::{CreateElection, ElectionCreatedAnswer, ProblemCode, paths};
use tabella_board_core::board::BoardRefusal;
use tabella_board_core::entry::{ElectionCreated, Genesis};
use tabella_board_core::receipt::Receipt;
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::merkle::leaf_hash;

use super::answers::{self, Answer, Failure, election_id, problem};
use super::description::Octets;
use super::read::reading;
use crate::engine::Submission;
use crate::sequencer::{Accepted, Board, ElectionRefusal, SubmitError};

/// Appends an entry to an election's log
///
/// A ballot, or what administrator, registrar or trustees have signed; no other authorisation is needed, and the rules
/// of the specification decide. The answer is a receipt. The same bytes again are answered by a receipt of the entry
/// that stands, so that it is always safe to send an entry again.
#[utoipa::path(
    post,
    path = "/v1/elections/{election}/entries",
    tag = "voting",
    request_body(content = Octets, content_type = "application/octet-stream", description = "The entry's bytes, at most 65,535."),
    responses(
        (status = 200, description = "The entry stood before.", body = Receipt),
        (status = 201, description = "The entry stands.", body = Receipt),
        (status = 404),
        (status = 413),
        (status = 415),
        (status = 422),
        (status = 429),
        (status = 503),
    )
)]
pub(super) async fn entry(State(board): State<Board>, Path(election): Path<String>, body: Bytes) -> Answer {
    let election = election_id(&election)?;
    let bytes = Vec::from(body);
    let place = paths::receipt(election, leaf_hash(&bytes));
    let Accepted { election, index, fresh } = board.submit(Submission::Entry { election, bytes }).await?;
    reading(&board, move |snapshot, store| {
        Ok(answered(answers::personal(&snapshot.receipt(store, election, index)?), fresh, &place))
    })
    .await
}

/// Puts an election on the board
///
/// With its manifest, signed by an administrator of this board. The same again is answered in the same way.
#[utoipa::path(
    post,
    path = "/v1/elections",
    tag = "elections",
    operation_id = "create_election",
    request_body(content = CreateElection, content_type = "application/json", description = "The manifest, and the signature of an administrator for this board."),
    responses(
        (status = 200, description = "The election stood before.", body = ElectionCreatedAnswer),
        (status = 201, description = "The election stands.", body = ElectionCreatedAnswer),
        (status = 413),
        (status = 415),
        (status = 422),
        (status = 429),
        (status = 503),
    )
)]
pub(super) async fn election(State(board): State<Board>, body: Bytes) -> Answer {
    let request: CreateElection = serde_json::from_slice(&body).map_err(|error| {
        Failure::new(ProblemCode::Malformed, format!("the request is not a new election in JSON: {error}"))
    })?;
    drop(body);
    let CreateElection { manifest, signature, administrator } = request;
    let refused = |refusal: ElectionRefusal| Failure::from(SubmitError::Election(refusal));
    // the administrator's signature before the manifest is looked at: a stranger's costs a hash and no more
    let info = Arc::clone(&board.snapshot().info);
    if !info.administrators.contains(&administrator) {
        return Err(refused(BoardRefusal::Administrator.into()));
    }
    let creation = ElectionCreated { election: ElectionId::of(&manifest), administrator, signature };
    let genesis = Genesis::new(info.origin.clone(), info.operator, info.administrators.clone());
    creation.verify(&genesis).map_err(|_| refused(BoardRefusal::Signature.into()))?;
    let decoded = tokio::task::spawn_blocking(move || CheckedManifest::decode(&manifest).map(|_| manifest));
    let manifest = decoded
        .await
        .map_err(|_| Failure::new(ProblemCode::Internal, "the board has a fault: tell its operator"))?
        .map_err(|error| refused(error.into()))?;
    let accepted = board.submit(Submission::Election { creation, manifest }).await?;
    let place = paths::election(accepted.election);
    let answer = ElectionCreatedAnswer { election: accepted.election };
    Ok(answered(answers::json(&answer), accepted.fresh, &place))
}

/// 201 for what is new, 200 for what stood before; where it can be had again.
fn answered(mut response: Response, fresh: bool, place: &str) -> Response {
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    if fresh {
        *response.status_mut() = StatusCode::CREATED;
    }
    response
}

pub(super) fn too_long(limit: usize) -> Failure {
    let detail = format!("the body is longer than the {limit} bytes that are accepted here");
    Failure::new(ProblemCode::TooLarge, detail)
}

/// The answer to a body that is said to be of another media type, or to be compressed. One of which nothing is said
/// is taken for what the path takes.
pub(super) fn other_media(headers: &HeaderMap, taken: &'static str) -> Option<Response> {
    let is = |name, value: &str| {
        let given = headers.get(&name)?.to_str().unwrap_or_default();
        let given = given.split(';').next().unwrap_or_default().trim();
        Some(given.eq_ignore_ascii_case(value))
    };
    let (header, value) = match () {
        () if is(header::CONTENT_TYPE, taken) == Some(false) => (header::ACCEPT, taken),
        () if is(header::CONTENT_ENCODING, "identity") == Some(false) => {
            (header::ACCEPT_ENCODING, "identity")
        }
        () => return None,
    };
    let detail = format!("this path takes a body of {taken}, not compressed: set Content-Type to that");
    let mut response = problem(ProblemCode::UnsupportedMediaType, &detail);
    response.headers_mut().insert(header, HeaderValue::from_static(value));
    Some(response)
}
