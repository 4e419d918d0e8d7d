//! Writing: entries and elections.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use tabella_board_core::api::{CreateElection, ElectionCreatedAnswer, ProblemCode};
use tabella_board_core::board::BoardRefusal;
use tabella_board_core::entry::{ElectionCreated, Genesis};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};

use super::answers::{self, Answer, Failure, election_id};
use super::read::reading;
use crate::engine::Submission;
use crate::sequencer::{Accepted, Board, ElectionRefusal, SubmitError};

/// An entry, answered by its receipt; the same bytes again by a receipt of the same entry.
pub(super) async fn entry(
    State(board): State<Board>,
    Path(election): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let election = election_id(&election)?;
    let bytes = whole(body)?.to_vec();
    let Accepted { election, index, fresh } = board.submit(Submission::Entry { election, bytes }).await?;
    reading(&board, move |snapshot, store| {
        Ok(answered(answers::json(&snapshot.receipt(store, election, index)?), fresh))
    })
    .await
}

/// An election, with its manifest.
pub(super) async fn election(State(board): State<Board>, body: Result<Bytes, BytesRejection>) -> Answer {
    let body = whole(body)?;
    let request: CreateElection = serde_json::from_slice(&body).map_err(|error| {
        Failure::new(ProblemCode::Malformed, format!("the request is not a new election in JSON: {error}"))
    })?;
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
    Ok(answered(answers::json(&ElectionCreatedAnswer { election: accepted.election }), accepted.fresh))
}

/// 201 for what is new, 200 for what stood before.
fn answered(mut response: Response, fresh: bool) -> Response {
    if fresh {
        *response.status_mut() = StatusCode::CREATED;
    }
    response
}

pub(super) fn too_long() -> Failure {
    Failure::new(ProblemCode::TooLarge, "the body is longer than anything that is accepted here")
}

/// The whole body, if it is not too long.
fn whole(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Failure> {
    body.map_err(|rejection| match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_long(),
        _ => Failure::new(ProblemCode::Malformed, "the body was cut short: send it again"),
    })
}
