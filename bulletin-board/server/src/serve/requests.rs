//! What is noted of a request: method, template of the path, status, duration. Never the path itself, which may name
//! an election, a credential or a ballot, and never an address.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;

use crate::metrics::Metrics;

/// Who is told about requests.
#[derive(Clone)]
struct Notes {
    metrics: Option<Arc<Metrics>>,
    log: bool,
}

/// The router, with each request noted in the metrics, if there are any, and in the log, if `log` says so.
pub fn noted(router: Router, metrics: Option<Arc<Metrics>>, log: bool) -> Router {
    if metrics.is_none() && !log {
        return router;
    }
    router.layer(from_fn_with_state(Notes { metrics, log }, note))
}

async fn note(State(notes): State<Notes>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    // what no route matches may be anything: of that, only whose it was
    let other = if request.uri().path().starts_with("/v1") { "/v1/*" } else { "page" };
    let response = next.run(request).await;
    let route = route.as_ref().map_or(other, MatchedPath::as_str);
    let (status, took) = (response.status(), begun.elapsed());
    if let Some(metrics) = &notes.metrics {
        metrics.request(route, method, status.as_u16(), took);
    }
    if notes.log {
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(method, route, status = status.as_u16(), milliseconds, "request");
    }
    response
}

/// The method, if it is one that is known: a client can invent others without end.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}
