//! Bytes held for clients, in all and of one address.
//!
//! What a client has asked for stands in memory until the client takes it, and with many requests on many
//! connections that is as much as clients like. So every answer, every piece of a feed and every body that comes in
//! takes its bytes from one budget ([`Share::take`], [`Share::write`]) and gives them back when they have gone to the
//! socket or were dropped. Where there are none left the request is answered 429 at once; nothing waits for them.
//!
//! The budget has three parts. Most of it is for answers. A quarter is for what is sent to the board
//! ([`super::intake`]) and the answers to that, which no reader can use up: however many read, ballots and trustees'
//! entries come in. A small part is for small answers alone, so that health and checkpoints are answered while others
//! hold the rest. Of each part an address may have so much and no more.
//!
//! Not counted are what stands in memory once for all ([`Weight::Shared`]: the web app, refusals), buffers of the
//! protocols, which have fixed sizes, and what the kernel holds.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::HttpBody as _;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tokio::sync::Semaphore;

use super::Connections;
use super::addresses::{Counted, Usage};
use super::refusal::no_room;
use crate::config::Limits;

/// Up to how many bytes an answer is small.
const SMALL: usize = 4 << 10;
/// Which part of the budget is for small answers alone, which for writing, and below which free part of that for
/// answers it is short.
const RESERVED: usize = 16;
const WRITING: usize = 4;
const SHORT: usize = 4;
/// Beside what one address may have of answers, the parts of that number which it may have of the other two: little, so
/// that it takes many addresses to use them up.
const RESERVED_OF_ADDRESS: usize = 256;
const WRITING_OF_ADDRESS: usize = 8;

/// A part of the budget.
struct Pool {
    what: Counted,
    free: Semaphore,
    bytes: usize,
    per_address: Option<usize>,
}

impl Pool {
    fn new(what: Counted, bytes: usize, per_address: Option<usize>) -> Self {
        let bytes = bytes.min(Semaphore::MAX_PERMITS);
        Self { what, free: Semaphore::new(bytes), bytes, per_address }
    }

    /// Takes so many for an address; false, and nothing is taken, if there is no room now.
    fn take(&self, usage: &Usage, bytes: usize) -> bool {
        if !usage.grow(self.what, bytes, self.per_address) {
            return false;
        }
        let permits = u32::try_from(bytes).ok().and_then(|bytes| self.free.try_acquire_many(bytes).ok());
        let has_room = permits.map(tokio::sync::SemaphorePermit::forget).is_some();
        if !has_room {
            usage.shrink(self.what, bytes);
        }
        has_room
    }

    fn give_back(&self, usage: &Usage, bytes: usize) {
        usage.shrink(self.what, bytes);
        self.free.add_permits(bytes);
    }
}

/// The budget of all clients.
pub(super) struct Budget {
    /// For answers.
    reading: Pool,
    /// For small answers alone.
    small: Pool,
    /// For what is sent to the board.
    writing: Pool,
    feeds_per_address: Option<usize>,
    counts: Arc<Connections>,
}

impl Budget {
    pub(super) fn new(limits: &Limits, counts: Arc<Connections>) -> Self {
        let (small, writing) = (limits.held_bytes / RESERVED, limits.held_bytes / WRITING);
        let bound = |most: usize| (most > 0).then_some(most);
        let most = bound(limits.held_bytes_per_address);
        let part = |part: usize| most.map(|most| most / part);
        Self {
            reading: Pool::new(Counted::Reading, limits.held_bytes - small - writing, most),
            small: Pool::new(Counted::Small, small, part(RESERVED_OF_ADDRESS)),
            writing: Pool::new(Counted::Writing, writing, part(WRITING_OF_ADDRESS)),
            feeds_per_address: bound(limits.feeds_per_address as usize),
            counts,
        }
    }

    /// Whether so little is left that slow clients have less time.
    pub(super) fn is_short(&self) -> bool {
        self.reading.free.available_permits() < self.reading.bytes / SHORT
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

    /// Room for so many bytes of answers, until it is dropped; none if there is no room now.
    pub fn take(&self, bytes: usize) -> Option<Held> {
        self.held(false, bytes)
    }

    /// The same for what is sent to the board.
    pub fn write(&self, bytes: usize) -> Option<Held> {
        self.held(true, bytes)
    }

    fn held(&self, is_writing: bool, bytes: usize) -> Option<Held> {
        let mut held = Held { share: self.clone(), is_writing, bytes: 0, small: 0 };
        held.grow(bytes).then_some(held)
    }

    /// Room for one more feed; none if the address has as many as it may.
    pub fn feed(&self) -> Option<FeedPlace> {
        let most = self.budget.feeds_per_address;
        self.usage.grow(Counted::Feeds, 1, most).then(|| FeedPlace(Arc::clone(&self.usage)))
    }

    /// The answer with its bytes taken from the budget, or the refusal. A body whose length nobody knows yet passes:
    /// it is paid for piece by piece.
    pub fn charge(&self, mut response: Response) -> Response {
        if response.extensions().get::<Weight>().is_some() {
            return response;
        }
        let length = match length(&response) {
            None | Some(0) => return response,
            Some(length) => length,
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

/// The length of an answer's body, if it is known.
fn length(response: &Response) -> Option<usize> {
    response.body().size_hint().exact().map(|length| usize::try_from(length).unwrap_or(usize::MAX))
}

/// Bytes of the budget, given back when dropped.
pub struct Held {
    share: Share,
    is_writing: bool,
    /// Of the part for answers, or for writing.
    bytes: usize,
    /// Of the part for small answers.
    small: usize,
}

impl Held {
    fn pool<'a>(&self, budget: &'a Budget) -> &'a Pool {
        if self.is_writing { &budget.writing } else { &budget.reading }
    }

    /// Takes so many more; false, and nothing is taken, if there is no room now.
    pub fn grow(&mut self, bytes: usize) -> bool {
        let Share { budget, usage } = &self.share;
        let total = self.bytes.saturating_add(self.small).saturating_add(bytes);
        if self.pool(budget).take(usage, bytes) {
            self.bytes += bytes;
        } else if !self.is_writing && total <= SMALL && budget.small.take(usage, bytes) {
            self.small += bytes;
        } else {
            budget.refused();
            return false;
        }
        budget.counts.held.fetch_add(bytes as u64, Ordering::Relaxed);
        true
    }

    /// The answer to a request whose bytes these were, paid with them: what it does not need is given back.
    pub fn pay(mut self, mut response: Response) -> Response {
        if response.extensions().get::<Weight>().is_some() {
            return response;
        }
        let Some(length) = length(&response) else { return response };
        match self.bytes.checked_sub(length) {
            Some(rest) => {
                let Share { budget, usage } = &self.share;
                self.pool(budget).give_back(usage, rest);
                budget.counts.held.fetch_sub(rest as u64, Ordering::Relaxed);
                self.bytes = length;
            }
            None if !self.grow(length - self.bytes) => return no_room(),
            None => {}
        }
        response.extensions_mut().insert(Weight::Held(Arc::new(self)));
        response
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Share { budget, usage } = &self.share;
        budget.counts.held.fetch_sub((self.bytes + self.small) as u64, Ordering::Relaxed);
        self.pool(budget).give_back(usage, self.bytes);
        budget.small.give_back(usage, self.small);
    }
}

/// A feed's place among those of its address, given back when dropped.
pub struct FeedPlace(Arc<Usage>);

impl Drop for FeedPlace {
    fn drop(&mut self) {
        self.0.shrink(Counted::Feeds, 1);
    }
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

#[cfg(test)]
mod tests {
    use axum::http::{StatusCode, header};
    use axum::response::IntoResponse as _;

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
        let mut first = share.take(70_000).unwrap();
        assert!(share.take(40_001).is_none() && !budget.is_short());
        assert!(first.grow(40_000) && !first.grow(5_000));
        assert!(budget.is_short());
        assert_eq!(counts.held.load(Ordering::Relaxed), 110_000);
        assert_eq!(counts.short.load(Ordering::Relaxed), 2);
        // small answers have a part of their own
        let small: Vec<_> = std::iter::from_fn(|| share.take(1_000)).collect();
        assert_eq!(small.len(), 10);
        assert_eq!(counts.held.load(Ordering::Relaxed), 120_000);
        drop((first, small));
        assert_eq!(counts.held.load(Ordering::Relaxed), 0);
        assert!(share.take(110_000).is_some());
        assert!(share.take(110_001).is_none() && share.take(usize::MAX).is_none());
    }

    #[test]
    fn readers_leave_room_for_what_is_written_and_writers_for_what_is_read() {
        let (budget, counts) =
            budget(Limits { held_bytes: 160_000, held_bytes_per_address: 0, ..Limits::default() });
        let share = share(&budget);
        let readers: Vec<_> = std::iter::from_fn(|| share.take(1_000)).collect();
        assert!(share.take(1).is_none());
        let mut body = share.write(30_000).unwrap();
        assert!(body.grow(10_000) && !body.grow(1) && share.write(1).is_none());
        drop(readers);
        assert!(share.write(1).is_none() && share.take(110_000).is_some());
        // the answer is paid with what the body has cost, and more than it needs is given back
        let answer = body.pay(vec![0; 2_000].into_response());
        assert_eq!(counts.held.load(Ordering::Relaxed), 2_000);
        let body = share.write(38_000).unwrap();
        assert_eq!(body.pay(vec![0; 39_000].into_response()).status(), StatusCode::TOO_MANY_REQUESTS);
        drop(answer);
        assert_eq!(counts.held.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn an_address_cannot_take_what_is_for_all() {
        let limits = Limits { held_bytes: 160_000, held_bytes_per_address: 51_200, ..Limits::default() };
        let (budget, _) = budget(limits);
        let (one, other) = (share(&budget), share(&budget));
        let held = one.take(40_000).unwrap();
        assert!(one.take(20_000).is_none() && one.clone().take(20_000).is_none());
        assert!(other.take(20_000).is_some());
        let rest = one.take(11_200).unwrap();
        // nor what is for small answers
        let small: Vec<_> = std::iter::from_fn(|| one.take(50)).collect();
        assert_eq!(small.len(), 4);
        assert!(other.take(51_200).is_some() && other.take(50).is_some());
        // nor what is for writing
        let written = one.write(6_400).unwrap();
        assert!(one.write(1).is_none() && other.write(6_400).is_some());
        drop((held, rest, small, written));
        assert!(one.take(51_200).is_some() && one.write(6_400).is_some());
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
        let (budget, counts) = budget(Limits { held_bytes: 240_000, ..Limits::default() });
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
