//! Reading: logs, and what follows from them.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use borsh::BorshDeserialize;
use serde::Deserialize;

use tabella_board_core::api::{
    BallotPlace, Checkpoints, Consistency, CredentialStatus, DispositionName, ElectionList, ElectionSummary,
    Health, ProblemCode, hex_parse,
};
use tabella_crypto::ballot::{Disposition, TrackingCode};
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::TilePath;
use tabella_crypto::transcript::Digest;

use super::answers::{self, Answer, Failure, election_id};
use crate::publish::{ElectionView, Snapshot};
use crate::sequencer::{Board, SubmitError};
use crate::store::{LogId, Store};

/// Two sizes of a log.
#[derive(Deserialize)]
pub(super) struct Sizes {
    old: u64,
    new: u64,
}

pub(super) async fn health(State(board): State<Board>) -> Answer {
    if !board.is_running() {
        return Err(SubmitError::Stopping.into());
    }
    Ok(answers::json(&Health { size: board.snapshot().board.claimed().size() }))
}

/// The process answers, whatever the sequencer does: starting it anew would help nothing.
pub(super) async fn live(State(board): State<Board>) -> Answer {
    Ok(answers::json(&Health { size: board.snapshot().board.claimed().size() }))
}

/// The board accepts entries and gets on with them.
pub(super) async fn ready(State(board): State<Board>) -> Answer {
    if board.is_running() && !board.is_ready() {
        let detail = "the board does not get on: its operator must look at the disk and at the log";
        return Err(Failure::new(ProblemCode::Busy, detail));
    }
    health(State(board)).await
}

pub(super) async fn board(State(board): State<Board>) -> Answer {
    Ok(answers::json(board.snapshot().info.as_ref()))
}

pub(super) async fn checkpoints(State(board): State<Board>) -> Answer {
    let snapshot = board.snapshot();
    let elections = snapshot.elections.values().map(|view| view.head.encode());
    Ok(answers::json(&Checkpoints { board: snapshot.board.encode(), elections: elections.collect() }))
}

pub(super) async fn board_checkpoint(State(board): State<Board>) -> Answer {
    Ok(answers::checkpoint(&board.snapshot().board))
}

pub(super) async fn board_witnessed(State(board): State<Board>, Path(cosignatures): Path<String>) -> Answer {
    let number: usize =
        cosignatures.parse().ok().filter(|number| cosignatures == format!("{number}")).ok_or_else(|| {
            Failure::new(ProblemCode::Malformed, "ask with a number of cosignatures, from 1 to 15")
        })?;
    let heads = board.publication().witnessed(number).ok_or_else(|| {
        Failure::new(
            ProblemCode::NotFound,
            "since the board started, no checkpoint of it got so many cosignatures: ask for fewer, or again later",
        )
    })?;
    Ok(answers::checkpoint(&heads.board))
}

pub(super) async fn board_release(State(board): State<Board>) -> Answer {
    match &board.snapshot().release {
        Some(release) => Ok(answers::json(release.as_ref())),
        None => Err(Failure::new(
            ProblemCode::NotFound,
            "no release of the web app is on the board log: this board has not served one",
        )),
    }
}

pub(super) async fn board_tile(State(board): State<Board>, Path(rest): Path<String>) -> Answer {
    tile(board, LogId::Board, rest).await
}

pub(super) async fn board_consistency(
    State(board): State<Board>,
    sizes: Result<Query<Sizes>, QueryRejection>,
) -> Answer {
    consistency(board, LogId::Board, sizes).await
}

pub(super) async fn elections(State(board): State<Board>) -> Answer {
    let snapshot = board.snapshot();
    let elections = snapshot.elections.iter().map(|(election, view)| ElectionSummary {
        election: *election,
        administrator: view.administrator,
        phase: view.status.phase,
        size: view.status.size,
        opens: view.status.opens,
        closes: view.status.closes,
    });
    Ok(answers::json(&ElectionList { elections: elections.collect() }))
}

pub(super) async fn election(State(board): State<Board>, Path(election): Path<String>) -> Answer {
    let (_, view) = view(&board, &election)?;
    Ok(answers::json(&view.status))
}

pub(super) async fn manifest(State(board): State<Board>, Path(election): Path<String>) -> Answer {
    let (_, view) = view(&board, &election)?;
    Ok(answers::manifest(view.manifest.encode()))
}

pub(super) async fn totals(State(board): State<Board>, Path(election): Path<String>) -> Answer {
    let (_, view) = view(&board, &election)?;
    Ok(answers::json(&view.totals))
}

pub(super) async fn election_checkpoint(State(board): State<Board>, Path(election): Path<String>) -> Answer {
    let (_, view) = view(&board, &election)?;
    Ok(answers::checkpoint(&view.head))
}

pub(super) async fn election_tile(
    State(board): State<Board>,
    Path((election, rest)): Path<(String, String)>,
) -> Answer {
    let (election, _) = view(&board, &election)?;
    tile(board, LogId::Election(election), rest).await
}

pub(super) async fn election_consistency(
    State(board): State<Board>,
    Path(election): Path<String>,
    sizes: Result<Query<Sizes>, QueryRejection>,
) -> Answer {
    let (election, _) = view(&board, &election)?;
    consistency(board, LogId::Election(election), sizes).await
}

pub(super) async fn receipt(
    State(board): State<Board>,
    Path((election, leaf)): Path<(String, String)>,
) -> Answer {
    let (election, _) = view(&board, &election)?;
    let leaf: Digest = parse(&leaf, "a leaf hash")?;
    let publication = board.clone();
    reading(&board, move |_, store| {
        let index = store.find_entry(election, leaf)?.ok_or_else(|| {
            Failure::new(
                ProblemCode::NotFound,
                "no entry with this hash stands on the election's log: send the entry, or wait for its answer",
            )
        })?;
        let heads = publication.publication().covering(election, index);
        Ok(answers::json(&heads.receipt(store, election, index)?))
    })
    .await
}

pub(super) async fn credential(
    State(board): State<Board>,
    Path((election, credential)): Path<(String, String)>,
) -> Answer {
    let (election, _) = view(&board, &election)?;
    let credential: Credential = parse(&credential, "a credential")?;
    let voter = board.voter(election, credential).await?.ok_or_else(|| {
        Failure::new(
            ProblemCode::NotFound,
            "this credential is not on the roll, or was revoked: check the code, then ask the registrar",
        )
    })?;
    reading(&board, move |_, store| {
        Ok(answers::json(&CredentialStatus {
            style: voter.style,
            weight: voter.weight,
            cast: voter.cast,
            tests: voter.tests,
            last: voter.last.map(|(_, code)| code),
            ballots: store.ballots_of(election, credential)?,
        }))
    })
    .await
}

pub(super) async fn ballot(
    State(board): State<Board>,
    Path((election, code)): Path<(String, String)>,
) -> Answer {
    let (election, _) = view(&board, &election)?;
    let code: TrackingCode = parse(&code, "a tracking code")?;
    reading(&board, move |_, store| {
        let (index, disposition) = store.find_ballot(election, code)?.ok_or_else(|| {
            Failure::new(
                ProblemCode::NotFound,
                "no ballot with this tracking code stands on the election's log: compare the code again",
            )
        })?;
        let disposition = match disposition {
            Disposition::Cast => DispositionName::Cast,
            Disposition::Challenge => DispositionName::Challenge,
        };
        Ok(answers::json(&BallotPlace { index, disposition }))
    })
    .await
}

/// A published election by its name.
fn view(board: &Board, name: &str) -> Result<(ElectionId, Arc<ElectionView>), Failure> {
    let election = election_id(name)?;
    let view = board.snapshot().elections.get(&election).cloned();
    Ok((election, view.ok_or(SubmitError::UnknownElection)?))
}

/// A value in a path.
fn parse<T: BorshDeserialize>(text: &str, what: &str) -> Result<T, Failure> {
    let detail = || format!("{what} is 64 hexadecimal digits in lower case: check the link");
    hex_parse(text).ok_or_else(|| Failure::new(ProblemCode::Malformed, detail()))
}

async fn tile(board: Board, log: LogId, rest: String) -> Answer {
    let Some(path) = TilePath::parse(&format!("tile/{rest}")) else {
        return Err(Failure::new(
            ProblemCode::NotFound,
            "no log has a tile of this name: see C2SP tlog-tiles for their names",
        ));
    };
    reading(&board, move |snapshot, store| {
        Ok(answers::tile(snapshot.tile(store, log, path)?, path.is_full()))
    })
    .await
}

async fn consistency(board: Board, log: LogId, sizes: Result<Query<Sizes>, QueryRejection>) -> Answer {
    let Ok(Query(Sizes { old, new })) = sizes else {
        return Err(Failure::new(ProblemCode::Malformed, "ask with ?old=<size>&new=<size>, both numbers"));
    };
    reading(&board, move |snapshot, store| {
        Ok(answers::json(&Consistency { path: snapshot.consistency(store, log, old, new)? }))
    })
    .await
}

/// Reads from the store where waiting for a disk holds nobody up, with the heads of one moment.
pub(super) async fn reading(
    board: &Board,
    read: impl FnOnce(&Snapshot, &dyn Store) -> Result<Response, Failure> + Send + 'static,
) -> Answer {
    let (snapshot, store) = (board.snapshot(), board.store().clone());
    tokio::task::spawn_blocking(move || read(&snapshot, store.as_ref()))
        .await
        .map_err(|_| Failure::new(ProblemCode::Internal, "the board has a fault: tell its operator"))?
}
