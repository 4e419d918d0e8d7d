//! The board's HTTP interface: the router, and what stands in front of every route. Paths and messages are those
//! of [`tabella_board_core::api`], all below `/v1`; below `/docs` is the [`book`], and every other path is the web app's,
//! see [`app`].
//!
//! Anyone may read the interface from any origin; nothing is told to a browser that is not public. No page of another
//! origin may post: see [`manners`]. TLS and the bounds of connections are in [`crate::serve`].

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any, get, post};
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use tabella_board_core::api::{MAX_CREATE_LENGTH, ProblemCode};
use tabella_crypto::codec::MAX_ENTRY_LENGTH;

use crate::sequencer::Board;
use crate::serve::budget::Share;
use crate::serve::intake::{Intake, Unread};
use crate::serve::refusal::no_room;

mod answers;
pub mod app;
pub mod book;
mod description;
mod docs;
mod feed;
mod file;
mod manners;
mod read;
#[cfg(test)]
mod tests;
mod turns;
mod write;

use answers::problem;
use app::App;
use book::Book;
use description::Description;
use feed::Feeds;
use turns::Turns;

/// Longest time that a request takes, its body included, if nothing else is set; a feed's begins after it.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Media types that are taken.
const JSON: &str = "application/json";
const OCTETS: &str = "application/octet-stream";

/// What a browser is shown.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    /// The web app.
    pub app: App,
    /// The project's documents.
    pub book: Book,
}

impl From<App> for Pages {
    /// A web app, without a book.
    fn from(app: App) -> Self {
        Self { app, book: Book::default() }
    }
}

/// All routes.
pub fn router(board: Board, pages: impl Into<Pages>) -> Router {
    router_within(board, pages, TIME_LIMIT)
}

/// All routes, with another longest time for a request, its body included.
pub fn router_within(board: Board, pages: impl Into<Pages>, limit: Duration) -> Router {
    with_feeds(board, pages, limit, Feeds::default())
}

fn with_feeds(board: Board, pages: impl Into<Pages>, limit: Duration, feeds: Feeds) -> Router {
    let Pages { app, book } = pages.into();
    Router::new()
        .nest("/v1", interface(limit, feeds))
        // what is nested does not take this spelling
        .route("/v1/", any(manners::no_path))
        .with_state(board)
        .merge(book::pages(book))
        .fallback_service(app::pages(app))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
}

/// What stands below `/v1`. Each has its description beside its handler and in [`description`]; a test compares.
fn routes() -> Vec<(&'static str, MethodRouter<Board>)> {
    let elections = get(read::elections).merge(taking(post(write::election), JSON, MAX_CREATE_LENGTH));
    let entries = taking(post(write::entry), OCTETS, MAX_ENTRY_LENGTH);
    vec![
        ("/openapi.json", get(description::json)),
        ("/docs", get(docs::page)),
        ("/health", get(read::health)),
        ("/health/live", get(read::live)),
        ("/health/ready", get(read::ready)),
        ("/checkpoints", get(read::checkpoints)),
        ("/board", get(read::board)),
        ("/board/checkpoint", get(read::board_checkpoint)),
        ("/board/witnessed/{cosignatures}", get(read::board_witnessed)),
        ("/board/release", get(read::board_release)),
        ("/board/consistency", get(read::board_consistency)),
        ("/board/tile/{*tile}", get(read::board_tile)),
        ("/board/events", get(feed::of_board)),
        ("/elections", elections),
        ("/elections/{election}", get(read::election)),
        ("/elections/{election}/manifest", get(read::manifest)),
        ("/elections/{election}/totals", get(read::totals)),
        ("/elections/{election}/checkpoint", get(read::election_checkpoint)),
        ("/elections/{election}/consistency", get(read::election_consistency)),
        ("/elections/{election}/tile/{*tile}", get(read::election_tile)),
        ("/elections/{election}/events", get(feed::of_election)),
        ("/elections/{election}/entries", entries),
        ("/elections/{election}/receipts/{leaf}", get(read::receipt)),
        ("/elections/{election}/credentials/{credential}", get(read::credential)),
        ("/elections/{election}/ballots/{code}", get(read::ballot)),
    ]
}

fn interface(limit: Duration, feeds: Feeds) -> Router<Board> {
    let description = Arc::new(Description::new());
    routes()
        .into_iter()
        .fold(Router::new(), |router, (path, methods)| router.route(path, methods))
        .fallback(manners::no_path)
        .method_not_allowed_fallback(manners::no_method)
        .layer(from_fn_with_state(Arc::clone(&description), manners::known_parameters))
        .layer(from_fn_with_state(limit, manners::limit_time))
        .layer(from_fn(manners::limit_address))
        .layer(from_fn(manners::explain))
        .layer(from_fn(manners::other_origins))
        .layer(Extension(description))
        .layer(Extension(feeds))
        .layer(Extension(Turns::default()))
}

/// A route that takes bodies of a media type, up to a length.
fn taking(route: MethodRouter<Board>, media: &'static str, length: usize) -> MethodRouter<Board> {
    route.layer(from_fn_with_state((media, length), take_in))
}

/// The whole body is there, in the budget of bytes, before a handler begins. What is refused is read to its end and
/// dropped if it is not much too long.
async fn take_in(
    State((media, length)): State<(&'static str, usize)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut head, body) = request.into_parts();
    // nothing of the head is held while the body comes: a client may send many fields and no body
    let fields = std::mem::replace(&mut head.headers, HeaderMap::new());
    let said = fields.get(header::CONTENT_LENGTH).and_then(|said| said.to_str().ok()?.parse().ok());
    let other_media = write::other_media(&fields, media);
    drop(fields);
    let mut intake = Intake::new(body, said);
    if let Some(refused) = other_media {
        drop(head);
        intake.end().await;
        return refused;
    }
    let share = head.extensions.get::<Share>().cloned();
    let address = head.uri.path_and_query().map_or(0, |address| address.as_str().len());
    match intake.whole(length, address, share.as_ref()).await {
        Ok((body, held)) => {
            let response = next.run(Request::from_parts(head, Body::from(body))).await;
            match held {
                Some(held) => held.pay(response),
                None => response,
            }
        }
        Err(unread) => {
            drop(head);
            intake.end().await;
            match unread {
                Unread::NoRoom => no_room(),
                Unread::TooLong => write::too_long(length).into_response(),
                Unread::Cut => problem(ProblemCode::Malformed, "the body was cut short: send it again"),
            }
        }
    }
}

/// A header of every answer that does not set it itself.
fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    problem(ProblemCode::Internal, "the board has a fault: tell its operator").into_response()
}
