//! What holds for every path of the interface: limits, methods, parameters, other origins, and that every error is a
//! problem in words.
//!
//! *Other origins.* Everything may be read by a page of any origin, a feed's `Last-Event-ID` included. Nothing may be
//! posted by one: a preflight names GET and HEAD alone, and the media types that the paths take are none that a page
//! sends without a preflight. Voters are to cast where their election lives, on a page that they can check.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{MatchedPath, OriginalUri, Query, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use tabella_board_core::api::{PROBLEM_MEDIA_TYPE, ProblemCode, paths};

use super::answers::problem;
use super::description::Description;
use crate::serve::refusal::readable;

/// Most bytes of path and query: what RFC 9110 (4.1) asks of a server, rounded up. The longest here have about 200.
const ADDRESS_LIMIT: usize = 8_192;

/// How long a browser remembers a preflight, in seconds.
const PREFLIGHT_AGE: HeaderValue = HeaderValue::from_static("86400");

/// There is nothing here; whoever looks at the interface itself is led to its page.
pub(super) async fn no_path(method: Method, OriginalUri(uri): OriginalUri) -> Response {
    if matches!((method, uri.path()), (Method::GET | Method::HEAD, "/v1" | "/v1/")) {
        return Redirect::temporary(paths::DOCS).into_response();
    }
    let detail = match uri.path() {
        path if path.len() > 1 && path.ends_with('/') => {
            format!("no path ends in a slash: leave it out, or see {} for all paths", paths::DOCS)
        }
        _ => format!("there is nothing at this path: see {} for all paths", paths::DOCS),
    };
    problem(ProblemCode::NotFound, &detail)
}

/// There is something here, for another method. OPTIONS asks which, and whether a page of another origin may.
pub(super) async fn no_method(
    path: MatchedPath,
    Extension(description): Extension<Arc<Description>>,
    method: Method,
) -> Response {
    let allowed = description.methods(path.as_str()).cloned().unwrap_or_else(|| HeaderValue::from_static(""));
    if method == Method::OPTIONS {
        let headers = [
            (header::ALLOW, allowed),
            (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD")),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Last-Event-ID")),
            (header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_AGE),
        ];
        return (StatusCode::NO_CONTENT, headers).into_response();
    }
    let detail = "this path takes the methods in the answer's header Allow: use one of them";
    ([(header::ALLOW, allowed)], problem(ProblemCode::MethodNotAllowed, detail)).into_response()
}

/// A parameter that the description does not name is an error: it would be ignored, and its sender deceived.
pub(super) async fn known_parameters(
    State(description): State<Arc<Description>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    if let Some(known) = path.and_then(|path| description.parameters(path))
        && let Err(detail) = check_parameters(request.uri(), known)
    {
        return problem(ProblemCode::Malformed, &detail);
    }
    next.run(request).await
}

fn check_parameters(uri: &Uri, known: &[String]) -> Result<(), String> {
    let Ok(Query(given)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
        return Err("the part of the address after the question mark cannot be read".to_owned());
    };
    match given.iter().find(|(name, _)| !known.contains(name)) {
        None => Ok(()),
        Some(_) if known.is_empty() => {
            Err("this path takes no parameters: leave out the question mark and what follows".to_owned())
        }
        Some(_) => Err(format!("this path takes the parameters {} and no others", known.join(", "))),
    }
}

pub(super) async fn limit_address(request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    match length > ADDRESS_LIMIT {
        true => problem(
            ProblemCode::UriTooLong,
            "no path of the interface is so long: see the list of paths in its description",
        ),
        false => next.run(request).await,
    }
}

pub(super) async fn limit_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => problem(ProblemCode::Timeout, "the request took too long: send it again"),
    }
}

/// An error that no handler has put into words, such as a path that is not UTF-8.
pub(super) async fn explain(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let worded = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM_MEDIA_TYPE);
    match (is_error && !worded, status.is_client_error()) {
        (false, _) => response,
        (true, true) => {
            problem(ProblemCode::Malformed, "the request cannot be read: see the interface's description")
        }
        (true, false) => problem(ProblemCode::Internal, "the board has a fault: tell its operator"),
    }
}

/// A page of any origin may read, and is told so when it asks first.
pub(super) async fn other_origins(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let mut response = next.run(request).await;
    if matches!(method, Method::GET | Method::HEAD | Method::OPTIONS) {
        readable(response.headers_mut());
    }
    response
}
