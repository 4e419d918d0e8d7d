//! The board's HTTP interface: the router, and what stands in front of every route. Paths and messages are those
//! of [`tabella_board_core::api`], all below `/v1`; every other path is the web app's, see [`app`].
//!
//! Anyone may read the interface from any origin; nothing is told to a browser that is not public. TLS and the
//! bounds of connections are in [`crate::serve`].

use std::any::Any;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::Router;
use axum::body::HttpBody as _;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use tabella_board_core::api::{MAX_CREATE_LENGTH, PROBLEM_MEDIA_TYPE, ProblemCode};
use tabella_crypto::codec::MAX_ENTRY_LENGTH;

use crate::sequencer::Board;

mod answers;
pub mod app;
mod read;
#[cfg(test)]
mod tests;
mod write;

use answers::problem;
use app::App;

/// Longest time that a request takes, its body included, if nothing else is set.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Longest body that is read to its end although it is too long.
const DROPPED: u64 = 2 << 20;

/// All routes.
pub fn router(board: Board, app: App) -> Router {
    router_within(board, app, TIME_LIMIT)
}

/// All routes, with another longest time for a request, its body included.
pub fn router_within(board: Board, app: App, limit: Duration) -> Router {
    Router::new()
        .nest("/v1", interface(limit))
        .with_state(board)
        .fallback_service(app::pages(app))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
}

/// What stands below `/v1`.
fn interface(limit: Duration) -> Router<Board> {
    let log_of_board = Router::new()
        .route("/checkpoint", get(read::board_checkpoint))
        .route("/consistency", get(read::board_consistency))
        .route("/tile/{*tile}", get(read::board_tile));
    let election = Router::new()
        .route("/", get(read::election))
        .route("/manifest", get(read::manifest))
        .route("/totals", get(read::totals))
        .route("/checkpoint", get(read::election_checkpoint))
        .route("/consistency", get(read::election_consistency))
        .route("/tile/{*tile}", get(read::election_tile))
        .route("/entries", bounded(post(write::entry), MAX_ENTRY_LENGTH))
        .route("/receipts/{leaf}", get(read::receipt))
        .route("/credentials/{credential}", get(read::credential))
        .route("/ballots/{code}", get(read::ballot));
    let elections = get(read::elections).merge(bounded(post(write::election), MAX_CREATE_LENGTH));
    Router::new()
        .route("/health", get(read::health))
        .route("/health/live", get(read::live))
        .route("/health/ready", get(read::ready))
        .route("/board", get(read::board))
        .nest("/board", log_of_board)
        .route("/elections", elections)
        .nest("/elections/{election}", election)
        .fallback(|| async { no_path() })
        .method_not_allowed_fallback(no_method)
        .layer(from_fn_with_state(limit, limit_time))
        .layer(from_fn(explain))
        .layer(from_fn(allow_reading))
}

/// A route that takes bodies up to a length.
fn bounded(route: MethodRouter<Board>, length: usize) -> MethodRouter<Board> {
    route.layer(DefaultBodyLimit::max(length)).layer(from_fn_with_state(length, refuse_long))
}

/// A body that says itself that it is too long is refused before it is kept anywhere. If it is not much too long it
/// is read to its end and dropped: who is still sending when the connection closes may never see the answer.
async fn refuse_long(State(length): State<usize>, request: Request, next: Next) -> Response {
    let said = request.headers().get(header::CONTENT_LENGTH);
    match said.and_then(|said| said.to_str().ok()?.parse::<u64>().ok()) {
        Some(said) if said > length as u64 => {
            let mut body = request.into_body();
            while said <= DROPPED
                && let Some(Ok(_)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
            {
            }
            write::too_long().into_response()
        }
        _ => next.run(request).await,
    }
}

/// A header of every answer that does not set it itself.
fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

fn no_path() -> Response {
    problem(
        ProblemCode::NotFound,
        "there is nothing at this path: see the list of paths in the specification",
    )
}

async fn no_method() -> Response {
    problem(
        ProblemCode::NotFound,
        "this path does not take this method: see the list of paths in the specification",
    )
}

/// A page of any origin may read.
async fn allow_reading(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = next.run(request).await;
    if reads {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        let policy = HeaderName::from_static("cross-origin-resource-policy");
        headers.insert(policy, HeaderValue::from_static("cross-origin"));
    }
    response
}

/// An error that no handler has put into words, such as a path that is not UTF-8.
async fn explain(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let worded = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM_MEDIA_TYPE);
    match (is_error && !worded, status.is_client_error()) {
        (false, _) => response,
        (true, true) => problem(ProblemCode::Malformed, "the request cannot be read: see the specification"),
        (true, false) => problem(ProblemCode::Internal, "the board has a fault: tell its operator"),
    }
}

async fn limit_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => problem(ProblemCode::Timeout, "the request took too long: send it again"),
    }
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    problem(ProblemCode::Internal, "the board has a fault: tell its operator").into_response()
}
