//! Bytes held for clients, in all and of one address.
//!
//! What a client has asked for stands in memory until the client takes it, and with many requests on many
//! connections that is as much as clients like. So every answer, every piece of a feed and every body that comes in
//! takes its bytes from one budget ([`Share::take`]) and gives them back when they have gone to the socket or were
//! dropped. Where there are none left the request is answered 429 at once; nothing waits for them.
//!
//! A part of the budget is for small answers alone, so that health and checkpoints are answered while others hold the
//! rest. Not counted are what stands in memory once for all ([`Weight::Shared`]: the web app, this refusal itself),
//! buffers of the protocols, which have fixed sizes, and what the kernel holds.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;

use tabella_board_core::api::{PROBLEM_MEDIA_TYPE, Problem, ProblemCode};

use super::Connections;
use super::addresses::Usage;
use crate::config::Limits;

/// Up to how many bytes an answer is small.
const SMALL: usize = 4 << 10;
/// Which part of the budget is for small answers alone, and below which free part it is short.
const RESERVED: usize = 16;
const SHORT: usize = 4;

/// What a request is told for which there is no room, in words.
pub const NO_ROOM: &str =
    "the board holds as many bytes for its readers as it may: send the same request again in a moment";

/// The budget of all clients.
pub(super) struct Budget {
    /// Bytes for everybody.
    common: Semaphore,
    common_bytes: usize,
    /// Bytes for small answers alone.
    reserve: Semaphore,
    per_address: Option<usize>,
    feeds_per_address: Option<usize>,
    counts: Arc<Connections>,
}

impl Budget {
    pub(super) fn new(limits: &Limits, counts: Arc<Connections>) -> Self {
        let reserve = limits.held_bytes / RESERVED;
        let common_bytes = (limits.held_bytes - reserve).min(Semaphore::MAX_PERMITS);
        let bound = |most: usize| (most > 0).then_some(most);
        Self {
            common: Semaphore::new(common_bytes),
            common_bytes,
            reserve: Semaphore::new(reserve.min(Semaphore::MAX_PERMITS)),
            per_address: bound(limits.held_bytes_per_address),
            feeds_per_address: bound(limits.feeds_per_address as usize),
            counts,
        }
    }

    /// Whether so little is left that slow clients have less time.
    pub(super) fn is_short(&self) -> bool {
        self.common.available_permits() < self.common_bytes / SHORT
    }

    fn refused(&self) {
        self.counts.short.fetch_add(1, Ordering::Relaxed);
    }
}

/// What a connection may take of the budget.
#[derive(Clone)]
pub struct Share {
    budget: Arc<Budget>,
    usage: Arc<Usage>,
}

impl Share {
    pub(super) fn new(budget: Arc<Budget>, usage: Arc<Usage>) -> Self {
        Self { budget, usage }
    }

    /// Room for so many bytes, until it is dropped; none if there is no room now.
    pub fn take(&self, bytes: usize) -> Option<Held> {
        let mut held = Held { share: self.clone(), common: 0, reserve: 0 };
        held.grow(bytes).then_some(held)
    }

    /// Room for one more feed; none if the address has as many as it may.
    pub fn feed(&self) -> Option<FeedPlace> {
        let most = self.budget.feeds_per_address;
        grown(&self.usage.feeds, 1, most).then(|| FeedPlace(Arc::clone(&self.usage)))
    }

    /// The answer with its bytes taken from the budget, or the refusal. A body whose length nobody knows yet passes:
    /// it is paid for piece by piece.
    pub fn charge(&self, mut response: Response) -> Response {
        if response.extensions().get::<Weight>().is_some() {
            return response;
        }
        let length = match response.body().size_hint().exact() {
            None | Some(0) => return response,
            Some(length) => usize::try_from(length).unwrap_or(usize::MAX),
        };
        let Some(held) = self.take(length) else { return no_room() };
        response.extensions_mut().insert(Weight::Held(Arc::new(held)));
        response
    }
}

/// What an answer's body costs, as an extension of the answer.
#[derive(Clone)]
pub enum Weight {
    /// Nothing: its bytes stand in memory once for all.
    Shared,
    /// This, until the last of its bytes is gone.
    Held(Arc<Held>),
}

/// Bytes of the budget, given back when dropped.
pub struct Held {
    share: Share,
    common: usize,
    reserve: usize,
}

impl Held {
    /// Takes so many more; false, and nothing is taken, if there is no room now.
    pub fn grow(&mut self, bytes: usize) -> bool {
        let Share { budget, usage } = &self.share;
        let take = |from: &Semaphore| {
            let permits = u32::try_from(bytes).ok().and_then(|bytes| from.try_acquire_many(bytes).ok());
            permits.map(tokio::sync::SemaphorePermit::forget).is_some()
        };
        if grown(&usage.bytes, bytes, budget.per_address) {
            if take(&budget.common) {
                self.common += bytes;
                budget.counts.held.fetch_add(bytes as u64, Ordering::Relaxed);
                return true;
            }
            usage.bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
        let total = self.common.saturating_add(self.reserve).saturating_add(bytes);
        if total <= SMALL && take(&budget.reserve) {
            self.reserve += bytes;
            budget.counts.held.fetch_add(bytes as u64, Ordering::Relaxed);
            return true;
        }
        budget.refused();
        false
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Share { budget, usage } = &self.share;
        usage.bytes.fetch_sub(self.common, Ordering::Relaxed);
        budget.counts.held.fetch_sub((self.common + self.reserve) as u64, Ordering::Relaxed);
        budget.common.add_permits(self.common);
        budget.reserve.add_permits(self.reserve);
    }
}

/// A feed's place among those of its address, given back when dropped.
pub struct FeedPlace(Arc<Usage>);

impl Drop for FeedPlace {
    fn drop(&mut self) {
        self.0.feeds.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Adds to a number that has a bound; false, and nothing is added, if that would pass it.
fn grown(number: &AtomicUsize, by: usize, most: Option<usize>) -> bool {
    let most = most.unwrap_or(usize::MAX);
    let grow = |now: usize| now.checked_add(by).filter(|sum| *sum <= most);
    number.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grow).is_ok()
}

/// The router, with the bytes of every answer taken from the budget of the connection that asks.
pub fn charged(router: Router) -> Router {
    router.layer(from_fn(charge))
}

async fn charge(request: Request, next: Next) -> Response {
    let share = request.extensions().get::<Share>().cloned();
    let response = next.run(request).await;
    match share {
        Some(share) => share.charge(response),
        None => response,
    }
}

/// The answer to a request for which there is no room. It costs nothing itself.
pub fn no_room() -> Response {
    static PROBLEM: LazyLock<Bytes> = LazyLock::new(|| {
        let problem = Problem::new(ProblemCode::Busy, NO_ROOM);
        serde_json::to_vec(&problem).unwrap_or_default().into()
    });
    let headers = [
        (header::CONTENT_TYPE, PROBLEM_MEDIA_TYPE),
        (header::CACHE_CONTROL, "no-store"),
        (header::RETRY_AFTER, "1"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    let mut response = (StatusCode::TOO_MANY_REQUESTS, Body::from(PROBLEM.clone())).into_response();
    response.headers_mut().extend(headers);
    response.extensions_mut().insert(Weight::Shared);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(limits: Limits) -> (Arc<Budget>, Arc<Connections>) {
        let counts = Arc::new(Connections::default());
        (Arc::new(Budget::new(&limits, counts.clone())), counts)
    }

    fn share(budget: &Arc<Budget>) -> Share {
        Share::new(budget.clone(), Arc::default())
    }

    #[test]
    fn what_is_taken_is_given_back_and_never_more_than_there_is() {
        let (budget, counts) =
            budget(Limits { held_bytes: 160_000, held_bytes_per_address: 0, ..Limits::default() });
        let share = share(&budget);
        let mut first = share.take(100_000).unwrap();
        assert!(share.take(50_001).is_none() && !budget.is_short());
        assert!(first.grow(50_000) && !first.grow(5_000));
        assert!(budget.is_short());
        assert_eq!(counts.held.load(Ordering::Relaxed), 150_000);
        assert_eq!(counts.short.load(Ordering::Relaxed), 2);
        // small answers have a part of their own
        let small: Vec<_> = std::iter::from_fn(|| share.take(1_000)).collect();
        assert_eq!(small.len(), 10);
        assert_eq!(counts.held.load(Ordering::Relaxed), 160_000);
        drop((first, small));
        assert_eq!(counts.held.load(Ordering::Relaxed), 0);
        assert!(share.take(150_000).is_some());
        assert!(share.take(150_001).is_none() && share.take(usize::MAX).is_none());
    }

    #[test]
    fn an_address_cannot_take_what_is_for_all() {
        let limits = Limits { held_bytes: 160_000, held_bytes_per_address: 50_000, ..Limits::default() };
        let (budget, _) = budget(limits);
        let (one, other) = (share(&budget), share(&budget));
        let held = one.take(40_000).unwrap();
        assert!(one.take(20_000).is_none() && one.clone().take(20_000).is_none());
        assert!(other.take(20_000).is_some());
        assert!(one.take(10_000).is_some());
        drop(held);
        assert!(one.take(50_000).is_some());
    }

    #[test]
    fn an_address_has_so_many_feeds() {
        let (budget, _) = budget(Limits { feeds_per_address: 2, ..Limits::default() });
        let (one, other) = (share(&budget), share(&budget));
        let feeds = (one.feed().unwrap(), one.feed().unwrap());
        assert!(one.feed().is_none() && other.feed().is_some());
        drop(feeds);
        assert!(one.feed().is_some());
        let (unbounded, _) = super::tests::budget(Limits { feeds_per_address: 0, ..Limits::default() });
        let share = share(&unbounded);
        assert!((0..1_000).map(|_| share.feed()).collect::<Vec<_>>().iter().all(Option::is_some));
    }

    #[test]
    fn an_answer_is_charged_once_and_what_stands_in_memory_anyway_is_not() {
        let (budget, counts) = budget(Limits { held_bytes: 160_000, ..Limits::default() });
        let share = share(&budget);
        let answer = share.charge(share.charge(vec![0; 100_000].into_response()));
        assert_eq!(counts.held.load(Ordering::Relaxed), 100_000);
        let refused = share.charge(vec![0; 100_000].into_response());
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
        let mut app = vec![0; 100_000].into_response();
        app.extensions_mut().insert(Weight::Shared);
        assert_eq!(share.charge(app).status(), StatusCode::OK);
        assert_eq!(counts.held.load(Ordering::Relaxed), 100_000);
        drop(answer);
        assert_eq!(counts.held.load(Ordering::Relaxed), 0);
    }
}
