//! Feeds of new entries: server-sent events (HTML Living Standard, section 9.2).
//!
//! Each entry is an event `entry` whose id is its index; when a feed has told all that is published, an event
//! `checkpoint` with the signed note that covers it follows, with the id of the last entry, so that whoever comes back
//! with `Last-Event-ID` misses nothing. A feed ends when the board stops.
//!
//! Every feed reads the store at its reader's pace, a few entries at a time, when its connection has room for them:
//! a slow reader costs memory for these few and no more, and catches up from the store. How many feeds there are is
//! bounded, in all and for one address, and what they hold is in the budget of bytes ([`crate::serve::budget`]): a feed
//! that has no room there ends, and its reader comes back to where it was.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use utoipa::IntoParams;

use tabella_board_core::api::{CheckpointEvent, EntryEvent, ProblemCode};

use super::answers::{Answer, Failure};
use super::description::FeedEvent;
use super::read::view;
use super::turns::Turns;
use crate::publish::Snapshot;
use crate::sequencer::{Board, SubmitError};
use crate::serve::budget::{FeedPlace, Held, Share};
use crate::store::{LogId, Store, StoreError};

/// Most feeds at once.
const MAX_FEEDS: usize = 1_024;
/// Most entries that a feed holds: with the longest entries, half a megabyte of the store and more than that as text.
const BATCH: u64 = 8;
/// About what an event has beside its entry, in bytes.
const EVENT: usize = 512;
/// How often a feed without news says that it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// After how long a browser comes back to a feed that broke off.
const RETRY: Duration = Duration::from_secs(3);
/// The header that a browser comes back with: the id of the last event that it has seen.
const LAST_EVENT_ID: &str = "last-event-id";

/// The room for feeds.
#[derive(Debug, Clone)]
pub(super) struct Feeds(Arc<Semaphore>);

impl Feeds {
    /// Room for so many.
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most)))
    }

    /// Waits until there is room for one more.
    #[cfg(test)]
    pub(super) async fn room(&self) {
        drop(self.0.acquire().await);
    }
}

impl Default for Feeds {
    fn default() -> Self {
        Self::new(MAX_FEEDS)
    }
}

/// Where a feed begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Begin {
    /// Index of the first entry to tell, at most the log's size. `Last-Event-ID` goes before it.
    #[param(required = false, nullable = false, maximum = 9223372036854775807u64)]
    from: Option<u64>,
}

/// The board log as it grows
///
/// Server-sent events: each new entry as an event `entry`, whose data is an `EntryEvent` and whose id is its index, and
/// after each publication an event `checkpoint`, whose data is a `CheckpointEvent`. It begins after `Last-Event-ID`,
/// else at `from`, else with what comes next. It is a convenience: what is believed are the tiles under the checkpoint.
#[utoipa::path(
    get,
    path = "/v1/board/events",
    tag = "board log",
    operation_id = "board_events",
    params(Begin),
    responses(
        (status = 200, description = "Events, without end.", body = FeedEvent, content_type = "text/event-stream"),
        (status = 404),
        (status = 429),
        (status = 503),
    )
)]
pub(super) async fn of_board(
    State(board): State<Board>,
    Extension(feeds): Extension<Feeds>,
    Extension(turns): Extension<Turns>,
    share: Option<Extension<Share>>,
    begin: Result<Query<Begin>, QueryRejection>,
    headers: HeaderMap,
) -> Answer {
    let begin = begin_at(begin, &headers)?;
    answer(board, LogId::Board, begin, &feeds, turns, share.map(|Extension(share)| share))
}

/// An election's log as it grows
///
/// As the board log's.
#[utoipa::path(
    get,
    path = "/v1/elections/{election}/events",
    tag = "election log",
    operation_id = "election_events",
    params(Begin),
    responses(
        (status = 200, description = "Events, without end.", body = FeedEvent, content_type = "text/event-stream"),
        (status = 404),
        (status = 429),
        (status = 503),
    )
)]
pub(super) async fn of_election(
    State(board): State<Board>,
    Path(election): Path<String>,
    Extension(feeds): Extension<Feeds>,
    Extension(turns): Extension<Turns>,
    share: Option<Extension<Share>>,
    begin: Result<Query<Begin>, QueryRejection>,
    headers: HeaderMap,
) -> Answer {
    let (election, _) = view(&board, &election)?;
    let begin = begin_at(begin, &headers)?;
    answer(board, LogId::Election(election), begin, &feeds, turns, share.map(|Extension(share)| share))
}

/// Index of the first entry that the reader wants; none for what comes next.
fn begin_at(
    begin: Result<Query<Begin>, QueryRejection>,
    headers: &HeaderMap,
) -> Result<Option<u64>, Failure> {
    // no log is longer, see the specification's checkpoints
    let begin =
        begin.ok().filter(|Query(Begin { from })| from.is_none_or(|from| i64::try_from(from).is_ok()));
    let Some(Query(Begin { from })) = begin else {
        return Err(Failure::new(ProblemCode::Malformed, "begin with ?from=<index of an entry>, a number"));
    };
    // a browser comes back to the same address: what it has seen since stands in the header
    Ok(last_event(headers)?.or(from))
}

fn answer(
    board: Board,
    log: LogId,
    from: Option<u64>,
    feeds: &Feeds,
    turns: Turns,
    share: Option<Share>,
) -> Answer {
    let heads = board.watch();
    if !board.has_feeds() {
        return Err(SubmitError::Stopping.into());
    }
    let size = heads.borrow().head(log).map_or(0, |head| head.claimed().size());
    let next = from.unwrap_or(size);
    if next > size {
        return Err(Failure::new(
            ProblemCode::NotFound,
            format!(
                "the log has {size} entries: whoever has seen more under a signed checkpoint should keep it and \
                 tell other observers"
            ),
        ));
    }
    let Ok(permit) = Arc::clone(&feeds.0).try_acquire_owned() else {
        return Err(Failure::new(
            ProblemCode::Busy,
            "as many feeds are open as this board gives: come back later, or ask for the checkpoint now and then",
        ));
    };
    let place = match &share {
        None => None,
        Some(share) => Some(share.feed().ok_or_else(|| {
            Failure::new(
                ProblemCode::Busy,
                "your address has as many feeds open as one may: close one, or ask for the checkpoint now and then",
            )
        })?),
    };
    let places = (permit, place);
    let (told, waiting, held) = (None, VecDeque::new(), None);
    Ok(Feed { board, log, heads, next, told, waiting, held, turns, share, _places: places }.into_response())
}

fn last_event(headers: &HeaderMap) -> Result<Option<u64>, Failure> {
    let Some(value) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let index: Option<u64> = value.to_str().ok().and_then(|text| text.parse().ok());
    let next = index.and_then(|index| index.checked_add(1));
    next.map(Some).ok_or_else(|| {
        Failure::new(
            ProblemCode::Malformed,
            "Last-Event-ID is the id of the last event that was seen, the index of an entry",
        )
    })
}

/// A feed under way.
struct Feed {
    board: Board,
    log: LogId,
    heads: watch::Receiver<Arc<Snapshot>>,
    /// Index of the next entry to read.
    next: u64,
    /// Size of the last checkpoint told.
    told: Option<u64>,
    /// Events for which the connection has had no room yet.
    waiting: VecDeque<Event>,
    /// What was paid for them.
    held: Option<Held>,
    turns: Turns,
    /// Who pays; none where nothing is counted.
    share: Option<Share>,
    _places: (OwnedSemaphorePermit, Option<FeedPlace>),
}

impl IntoResponse for Feed {
    fn into_response(self) -> Response {
        let events = stream::unfold(self, async |mut feed| {
            let event = feed.event().await?;
            Some((Ok::<_, Infallible>(event), feed))
        });
        let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // nginx passes events on as they come
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }
}

impl Feed {
    /// The next event; none when the feed ends.
    async fn event(&mut self) -> Option<Event> {
        loop {
            if !self.board.has_feeds() {
                return None;
            }
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            self.held = None;
            let snapshot = self.heads.borrow_and_update().clone();
            let head = snapshot.head(self.log)?;
            let size = head.claimed().size();
            if self.next < size {
                (self.waiting, self.held) = self.read(size).await?;
            } else if self.told != Some(size) {
                let first = self.told.replace(size).is_none();
                let data = CheckpointEvent { size, checkpoint: head.encode() };
                let event = Event::default().event("checkpoint").id(size.checked_sub(1)?.to_string());
                let event = if first { event.retry(RETRY) } else { event };
                return event.json_data(data).ok();
            } else {
                self.heads.changed().await.ok()?;
            }
        }
    }

    /// The next entries below a size, as events; none where they cannot be read or there is no room for them.
    async fn read(&mut self, size: u64) -> Option<(VecDeque<Event>, Option<Held>)> {
        let (log, range) = (self.log, self.next..size.min(self.next + BATCH));
        self.next = range.end;
        let store = Arc::clone(self.board.store());
        let turn = self.turns.next().await.ok()?;
        let share = self.share.clone();
        let read = move || {
            let (events, bytes) = entries(store.as_ref(), log, range)?;
            let held = share.map(|share| share.take(bytes));
            drop(turn);
            Ok::<_, StoreError>((events, held))
        };
        let read = tokio::task::spawn_blocking(read).await.ok()?;
        match read.inspect_err(|error| tracing::error!("the store cannot be read: {error}")).ok()? {
            (_, Some(None)) => None,
            (events, held) => Some((events, held.flatten())),
        }
    }
}

/// Entries as events, and about how many bytes these have.
fn entries(store: &dyn Store, log: LogId, range: Range<u64>) -> Result<(VecDeque<Event>, usize), StoreError> {
    let entries = store.entries(log, range.clone())?;
    let bytes = entries.iter().map(|entry| EVENT + 2 * entry.len()).sum();
    let events = entries.into_iter().zip(range).map(|(entry, index)| {
        let data = match log {
            LogId::Board => EntryEvent::of_board(index, entry),
            LogId::Election(_) => EntryEvent::of_election(index, entry),
        };
        let event = Event::default().event("entry").id(index.to_string()).json_data(data);
        event.map_err(|_| StoreError::Damaged("an entry cannot be told"))
    });
    Ok((events.collect::<Result<_, _>>()?, bytes))
}
