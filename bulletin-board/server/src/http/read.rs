//! Reading: logs, and what follows from them.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use borsh::BorshDeserialize;
use serde::Deserialize;
use utoipa::IntoParams;

use tabella_board_core::api::{
    BallotPlace, BoardInfo, Checkpoints, Consistency, CredentialStatus, DispositionName, ElectionList,
    ElectionStatus, ElectionSummary, ElectionTotals, Health, ProblemCode, ReleaseInfo, hex_parse,
};
use tabella_board_core::board::MAX_WITNESSES;
use tabella_board_core::receipt::Receipt;
use tabella_crypto::ballot::{Disposition, TrackingCode};
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::TilePath;
use tabella_crypto::transcript::Digest;

use super::answers::{self, Answer, Failure, election_id};
use super::description::Octets;
use super::turns::Turns;
use crate::publish::{ElectionView, Snapshot};
use crate::sequencer::{Board, SubmitError};
use crate::serve::budget::Share;
use crate::store::{LogId, Store};

/// Two sizes of a log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Sizes {
    /// The smaller size, which somebody knows.
    old: u64,
    /// The larger size, at most the log's.
    new: u64,
}

/// Whether the board accepts entries
///
/// 200 while it does. A board that stops, or whose store has failed, answers 503. `witness_contradictions` names the
/// witnesses that say that the board's log is not the one that they cosigned; it is left out where there is none.
#[utoipa::path(
    get,
    path = "/v1/health",
    tag = "board",
    responses(
        (status = 200, description = "The board accepts entries.", body = Health),
        (status = 503),
    )
)]
pub(super) async fn health(State(board): State<Board>) -> Answer {
    if !board.is_running() {
        return Err(SubmitError::Stopping.into());
    }
    Ok(answers::json(&state(&board)))
}

/// What the board says of itself. A witness that contradicts it is told and does not make it unhealthy: else one bad
/// witness could take every board down that names it.
fn state(board: &Board) -> Health {
    Health {
        size: board.snapshot().board.claimed().size(),
        witness_contradictions: board.publication().standings().contradictions(),
    }
}

/// Whether the process answers
///
/// 200 as long as it does, also when the board has stopped accepting entries: starting it anew would help nothing.
#[utoipa::path(
    get,
    path = "/v1/health/live",
    tag = "board",
    responses((status = 200, description = "The process answers.", body = Health))
)]
pub(super) async fn live(State(board): State<Board>) -> Answer {
    Ok(answers::json(&state(&board)))
}

/// Whether the board gets on
///
/// 200 while the board accepts entries, the last commit succeeded and no turn takes more than 30 seconds. 503 when it
/// stops, 500 when its disk holds it up.
#[utoipa::path(
    get,
    path = "/v1/health/ready",
    tag = "board",
    responses(
        (status = 200, description = "The board accepts entries and gets on with them.", body = Health),
        (status = 503),
    )
)]
pub(super) async fn ready(State(board): State<Board>) -> Answer {
    if board.is_running() && !board.is_ready() {
        let detail = "the board does not get on: its operator must look at the disk and at the log";
        return Err(Failure::new(ProblemCode::Internal, detail));
    }
    health(State(board)).await
}

/// Who runs the board
///
/// Origin, suite, keys and administrators, as the first entries of the board log have them for good. Compare
/// `fingerprint` with the one that the operator has published elsewhere.
#[utoipa::path(
    get,
    path = "/v1/board",
    tag = "board",
    responses(
        (status = 200, description = "The board's own words.", body = BoardInfo),
    )
)]
pub(super) async fn board(State(board): State<Board>) -> Answer {
    Ok(answers::json(board.snapshot().info.as_ref()))
}

/// The newest checkpoints of all logs
///
/// Of one moment: each election's is the one that the board log anchors last under the board's.
#[utoipa::path(
    get,
    path = "/v1/checkpoints",
    tag = "board",
    responses((status = 200, description = "Signed notes.", body = Checkpoints))
)]
pub(super) async fn checkpoints(State(board): State<Board>) -> Answer {
    let snapshot = board.snapshot();
    let elections = snapshot.elections.values().map(|view| view.head.encode());
    Ok(answers::json(&Checkpoints { board: snapshot.board.encode(), elections: elections.collect() }))
}

/// The newest checkpoint of the board log
///
/// A C2SP tlog-checkpoint: origin, size and root of the log, signed by the operator as a signed note.
#[utoipa::path(
    get,
    path = "/v1/board/checkpoint",
    tag = "board log",
    responses(
        (status = 200, description = "A signed note.", body = String, content_type = "text/plain; charset=utf-8"),
    )
)]
pub(super) async fn board_checkpoint(State(board): State<Board>) -> Answer {
    Ok(answers::checkpoint(&board.snapshot().board))
}

/// The newest checkpoint of the board log with so many cosignatures
///
/// A checkpoint gets its cosignatures after it is published, and a busy board's next one comes before them: this is the
/// newest that has them.
#[utoipa::path(
    get,
    path = "/v1/board/witnessed/{cosignatures}",
    tag = "board log",
    responses(
        (status = 200, description = "A signed note.", body = String, content_type = "text/plain; charset=utf-8"),
        (status = 404),
    )
)]
pub(super) async fn board_witnessed(State(board): State<Board>, Path(cosignatures): Path<String>) -> Answer {
    let number: usize =
        cosignatures.parse().ok().filter(|number| cosignatures == format!("{number}")).unwrap_or_default();
    if !(1..=MAX_WITNESSES).contains(&number) {
        let detail = format!("ask with a number of cosignatures, from 1 to {MAX_WITNESSES}");
        return Err(Failure::new(ProblemCode::Malformed, detail));
    }
    let heads = board.publication().witnessed(number).ok_or_else(|| {
        Failure::new(
            ProblemCode::NotFound,
            "no checkpoint of this board has so many cosignatures yet: ask for fewer, or again later",
        )
    })?;
    Ok(answers::checkpoint(&heads.board))
}

/// The last release of the web app
///
/// As it stands on the board log: hashes of all files that the board serves as its page for voters.
#[utoipa::path(
    get,
    path = "/v1/board/release",
    tag = "board log",
    responses(
        (status = 200, description = "The release.", body = ReleaseInfo),
        (status = 404),
    )
)]
pub(super) async fn board_release(State(board): State<Board>) -> Answer {
    match &board.snapshot().release {
        Some(release) => Ok(answers::json(release.as_ref())),
        None => Err(Failure::new(
            ProblemCode::NotFound,
            "no release of the web app is on the board log: this board has not served one",
        )),
    }
}

/// A tile of the board log
///
/// C2SP tlog-tiles: `tile/<L>/<N>` are hashes, `tile/entries/<N>` entries, each for 256 places; `.p/<w>` at the end
/// asks for the first `w` of a tile that is not full yet. Full tiles may be kept for ever.
#[utoipa::path(
    get,
    path = "/v1/board/tile/{tile}",
    tag = "board log",
    responses(
        (status = 200, description = "Hashes of 32 bytes one after the other, or entries, each after its length in two big-endian bytes.", body = Octets, content_type = "application/octet-stream"),
        (status = 404),
    )
)]
pub(super) async fn board_tile(
    State(board): State<Board>,
    Path(rest): Path<String>,
    Extension(turns): Extension<Turns>,
    share: Option<Extension<Share>>,
) -> Answer {
    tile(board, LogId::Board, rest, &turns, share).await
}

/// That the board log only grew
///
/// The RFC 9162 consistency path between two of its sizes. Clients that read tiles can compute it themselves.
#[utoipa::path(
    get,
    path = "/v1/board/consistency",
    tag = "board log",
    params(Sizes),
    responses(
        (status = 200, description = "The path.", body = Consistency),
        (status = 404),
    )
)]
pub(super) async fn board_consistency(
    State(board): State<Board>,
    sizes: Result<Query<Sizes>, QueryRejection>,
) -> Answer {
    consistency(board, LogId::Board, sizes).await
}

/// The elections on the board
#[utoipa::path(
    get,
    path = "/v1/elections",
    tag = "elections",
    responses(
        (status = 200, description = "All elections whose manifest is complete, by name.", body = ElectionList),
    )
)]
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

/// Where an election stands
///
/// Its log, summed up: phase, key ceremony, roll, ballots, tally.
#[utoipa::path(
    get,
    path = "/v1/elections/{election}",
    tag = "elections",
    responses(
        (status = 200, description = "The status.", body = ElectionStatus),
        (status = 404),
    )
)]
pub(super) async fn election(State(board): State<Board>, Path(election): Path<String>) -> Answer {
    let (_, view) = view(&board, &election)?;
    Ok(answers::json(&view.status))
}

/// The manifest
///
/// All that is fixed about the election, in the encoding of the specification. The name of the election is the hash
/// of these bytes.
#[utoipa::path(
    get,
    path = "/v1/elections/{election}/manifest",
    tag = "elections",
    responses(
        (status = 200, description = "The manifest's bytes.", body = Octets, content_type = "application/octet-stream"),
        (status = 404),
    )
)]
pub(super) async fn manifest(State(board): State<Board>, Path(election): Path<String>) -> Answer {
    let (_, view) = view(&board, &election)?;
    Ok(answers::manifest(view.manifest.encode()))
}

/// The totals
///
/// With the manifest, all that the result follows from. What is told here anybody can check by verifying the log.
#[utoipa::path(
    get,
    path = "/v1/elections/{election}/totals",
    tag = "elections",
    responses(
        (status = 200, description = "The totals so far.", body = ElectionTotals),
        (status = 404),
    )
)]
pub(super) async fn totals(State(board): State<Board>, Path(election): Path<String>) -> Answer {
    let (_, view) = view(&board, &election)?;
    Ok(answers::json(&view.totals))
}

/// The newest checkpoint of an election's log
///
/// As the board log's. The board log anchors every one of them.
#[utoipa::path(
    get,
    path = "/v1/elections/{election}/checkpoint",
    tag = "election log",
    responses(
        (status = 200, description = "A signed note.", body = String, content_type = "text/plain; charset=utf-8"),
        (status = 404),
    )
)]
pub(super) async fn election_checkpoint(State(board): State<Board>, Path(election): Path<String>) -> Answer {
    let (_, view) = view(&board, &election)?;
    Ok(answers::checkpoint(&view.head))
}

/// A tile of an election's log
///
/// As the board log's.
#[utoipa::path(
    get,
    path = "/v1/elections/{election}/tile/{tile}",
    tag = "election log",
    responses(
        (status = 200, description = "Hashes or entries.", body = Octets, content_type = "application/octet-stream"),
        (status = 404),
    )
)]
pub(super) async fn election_tile(
    State(board): State<Board>,
    Path((election, rest)): Path<(String, String)>,
    Extension(turns): Extension<Turns>,
    share: Option<Extension<Share>>,
) -> Answer {
    let (election, _) = view(&board, &election)?;
    tile(board, LogId::Election(election), rest, &turns, share).await
}

/// That an election's log only grew
///
/// As the board log's.
#[utoipa::path(
    get,
    path = "/v1/elections/{election}/consistency",
    tag = "election log",
    params(Sizes),
    responses(
        (status = 200, description = "The path.", body = Consistency),
        (status = 404),
    )
)]
pub(super) async fn election_consistency(
    State(board): State<Board>,
    Path(election): Path<String>,
    sizes: Result<Query<Sizes>, QueryRejection>,
) -> Answer {
    let (election, _) = view(&board, &election)?;
    consistency(board, LogId::Election(election), sizes).await
}

/// The receipt of an entry that stands
///
/// The same that was the answer to the entry, under the newest checkpoints.
#[utoipa::path(
    get,
    path = "/v1/elections/{election}/receipts/{leaf}",
    tag = "voting",
    responses(
        (status = 200, description = "The receipt.", body = Receipt),
        (status = 404),
    )
)]
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
        Ok(answers::personal(&heads.receipt(store, election, index)?))
    })
    .await
}

/// What stands under a credential
///
/// Weight and style of a voter on the roll, and where the ballots of the credential stand.
#[utoipa::path(
    get,
    path = "/v1/elections/{election}/credentials/{credential}",
    tag = "voting",
    responses(
        (status = 200, description = "What stands there.", body = CredentialStatus),
        (status = 404),
        (status = 429),
        (status = 503),
    )
)]
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
        Ok(answers::personal(&CredentialStatus {
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

/// Where a ballot stands
///
/// By the tracking code that the voter's device has shown.
#[utoipa::path(
    get,
    path = "/v1/elections/{election}/ballots/{code}",
    tag = "voting",
    responses(
        (status = 200, description = "The place.", body = BallotPlace),
        (status = 404),
    )
)]
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
        Ok(answers::personal(&BallotPlace { index, disposition }))
    })
    .await
}

/// A published election by its name.
pub(super) fn view(board: &Board, name: &str) -> Result<(ElectionId, Arc<ElectionView>), Failure> {
    let election = election_id(name)?;
    let view = board.snapshot().elections.get(&election).cloned();
    Ok((election, view.ok_or(SubmitError::UnknownElection)?))
}

/// A value in a path.
fn parse<T: BorshDeserialize>(text: &str, what: &str) -> Result<T, Failure> {
    let detail = || format!("{what} is 64 hexadecimal digits in lower case: check the link");
    hex_parse(text).ok_or_else(|| Failure::new(ProblemCode::Malformed, detail()))
}

async fn tile(
    board: Board,
    log: LogId,
    rest: String,
    turns: &Turns,
    share: Option<Extension<Share>>,
) -> Answer {
    let Some(path) = TilePath::parse(&format!("tile/{rest}")) else {
        return Err(Failure::new(
            ProblemCode::NotFound,
            "no log has a tile of this name: see C2SP tlog-tiles for their names",
        ));
    };
    let turn = turns.next().await?;
    reading(&board, move |snapshot, store| {
        let answer = answers::tile(snapshot.tile(store, log, path)?, path.is_full());
        // within the turn, so that what is not in the budget yet is never more than the few who read
        let answer = match share {
            Some(Extension(share)) => share.charge(answer),
            None => answer,
        };
        drop(turn);
        Ok(answer)
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
