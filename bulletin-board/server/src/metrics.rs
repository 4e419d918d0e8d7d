//! Figures for Prometheus (OpenMetrics text), served on a listener of their own.
//!
//! Requests and turns of the sequencer are counted as they come; sizes, queue and phases are read when somebody
//! asks. No label can be chosen by a client: routes are templates, methods and checks those that are known, elections
//! are counted, not named, and witnesses are those of the genesis.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use tabella_board_core::api::{BOARD_ENTRY_KINDS, ENTRY_KINDS};
use tabella_board_core::check::Check;

use crate::backup::Record;
use crate::recovery;
use crate::sequencer::{Board, Observer, Outcome, SubmitError};
use crate::serve::Connections;
use crate::store::{Batch, LogId};

mod guard;
mod kinds;
mod process;
mod read;

use guard::Guard;
use kinds::count;
use read::Read;

/// The media type of the figures.
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds of requests and of the sequencer's steps.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Submissions of a batch.
const SUBMISSIONS: [f64; 12] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1_024.0, 2_048.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    status: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: String,
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    log: &'static str,
    kind: &'static str,
}

type OneLabel = [(&'static str, &'static str); 1];
type Timed<L> = Family<L, Histogram, fn() -> Histogram>;

/// All figures.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Timed<Asked>,
    entries: Family<Kind, Counter>,
    refusals: Family<OneLabel, Counter>,
    batch: Histogram,
    check: Histogram,
    commit: Histogram,
    last_commit: std::sync::Mutex<Instant>,
    read: Read,
    guard: Guard,
}

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Registry::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(seconds),
            entries: Family::default(),
            refusals: Family::default(),
            batch: Histogram::new(SUBMISSIONS),
            check: seconds(),
            commit: seconds(),
            last_commit: std::sync::Mutex::new(Instant::now()),
            read: Read::default(),
            guard: Guard::default(),
        };
        metrics.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let mut registry = Registry::default();
        let ours = registry.sub_registry_with_prefix("tabella_board");
        ours.register(
            "http_requests",
            "Requests answered, by template of the path, method and status",
            self.requests.clone(),
        );
        ours.register_with_unit(
            "http_request_duration",
            "Time until an answer begins, by template of the path and method",
            Unit::Seconds,
            self.durations.clone(),
        );
        ours.register(
            "entries",
            "Entries that were appended since the start, by log and kind",
            self.entries.clone(),
        );
        ours.register(
            "refusals",
            "Submissions that the rules refused, by number of the check; 'election' for elections",
            self.refusals.clone(),
        );
        ours.register(
            "batch_submissions",
            "Submissions of a batch, those without any left out",
            self.batch.clone(),
        );
        let unit = || Unit::Seconds;
        ours.register_with_unit(
            "check",
            "Time to check a batch, until it is committed",
            unit(),
            self.check.clone(),
        );
        ours.register_with_unit("commit", "Time to make a batch durable", unit(), self.commit.clone());
        self.known();
        self.read.register(ours);
        self.guard.register(ours);
        registry.register_with_unit(
            "process_resident_memory",
            "Memory of the process that is in RAM",
            Unit::Bytes,
            self.read.memory.clone(),
        );
        self.registry = registry;
        self
    }

    /// What is there from the start with 0, so that whoever watches its growth sees the first one too.
    fn known(&self) {
        for check in Check::ALL.iter().map(|check| check.number()).chain(["election"]) {
            drop(self.refusals.get_or_create(&[("check", check)]));
        }
        for (log, kinds) in [("board", BOARD_ENTRY_KINDS.as_slice()), ("election", ENTRY_KINDS.as_slice())] {
            for kind in kinds {
                drop(self.entries.get_or_create(&Kind { log, kind }));
            }
        }
    }

    /// A request was answered.
    pub fn request(&self, route: &str, method: &'static str, status: u16, took: Duration) {
        let status = u32::from(status);
        self.requests.get_or_create(&Answered { route: route.to_owned(), method, status }).inc();
        let asked = Asked { route: route.to_owned(), method };
        self.durations.get_or_create(&asked).observe(took.as_secs_f64());
    }

    /// All figures as text.
    pub fn encode(&self, board: &Board, connections: &Connections) -> Result<String, std::fmt::Error> {
        self.look(board, connections);
        let mut answer = String::new();
        text::encode(&mut answer, &self.registry)?;
        Ok(answer)
    }

    fn look(&self, board: &Board, connections: &Connections) {
        let last = *self.last_commit.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.read.look(board, connections, last);
        self.guard.look(board);
    }

    /// The board starts, after these were asked whether its store is the newest; what becomes of its backups is in the
    /// record.
    pub fn started(&self, asked: &[recovery::Asked], backups: Arc<Record>) {
        self.guard.started(asked, backups);
    }
}

fn number(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}

impl Observer for Metrics {
    fn checked(&self, submissions: usize, took: Duration) {
        if let Ok(submissions @ 1..) = u32::try_from(submissions) {
            self.batch.observe(submissions.into());
            self.check.observe(took.as_secs_f64());
        }
    }

    fn committed(&self, batch: &Batch, took: Duration) {
        self.commit.observe(took.as_secs_f64());
        *self.last_commit.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Instant::now();
        for part in &batch.logs {
            let (log, names) = match part.log {
                LogId::Board => ("board", BOARD_ENTRY_KINDS.as_slice()),
                LogId::Election(_) => ("election", ENTRY_KINDS.as_slice()),
            };
            for (kind, count) in count(&part.entries, names) {
                self.entries.get_or_create(&Kind { log, kind }).inc_by(count);
            }
        }
    }

    fn decided(&self, outcome: &Outcome) {
        let check = match outcome {
            Err(SubmitError::Refused(refusal)) => refusal.check().number(),
            Err(SubmitError::Election(_)) => "election",
            _ => return,
        };
        self.refusals.get_or_create(&[("check", check)]).inc();
    }
}

/// `GET /metrics`.
pub fn router(metrics: Arc<Metrics>, board: Board, connections: Arc<Connections>) -> Router {
    Router::new().route("/metrics", get(figures)).with_state((metrics, board, connections))
}

type Figures = (Arc<Metrics>, Board, Arc<Connections>);

async fn figures(State((metrics, board, connections)): State<Figures>) -> impl IntoResponse {
    let text =
        metrics.encode(&board, &connections).map_err(|_| axum::http::StatusCode::INTERNAL_SERVER_ERROR);
    ([(header::CONTENT_TYPE, MEDIA_TYPE), (header::CACHE_CONTROL, "no-store")], text)
}
