//! When a connection has had its time.
//!
//! Three clocks: from its start or from the first byte of a request until there is a request ([`Bounds::header`]);
//! without a request ([`Bounds::idle`]); and, of each request, since its client last took a piece of the answer (idle
//! too: until the answer begins the interface has its own limit). Only pieces of bodies that have gone to the socket
//! count as taken: a client can keep a connection busy with frames that are no request for as long as it likes. While
//! an answer has nothing to give, such as a feed without news, its client is not waited for.
//!
//! In HTTP/2 bytes that are no request are usual, so there the first clock is for the start alone, and bytes written
//! without a request do not move the second; in HTTP/1.1 they are the end of an answer.

use std::collections::BTreeMap;
use std::io::{Error, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::config::Limits;

/// Times of connections.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// Until there is a request.
    pub(super) header: Duration,
    /// Without anything.
    pub(super) idle: Duration,
}

impl Bounds {
    /// The same for when memory is short: who takes nothing is cut off as soon as who sends nothing.
    pub(super) fn when_short(self) -> Self {
        Self { idle: self.idle.min(self.header), ..self }
    }
}

impl From<&Limits> for Bounds {
    fn from(limits: &Limits) -> Self {
        Self {
            header: Duration::from_secs(limits.header_seconds),
            idle: Duration::from_secs(limits.idle_seconds),
        }
    }
}

/// What is to be done about a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    Good,
    /// It has nothing to do: say so and close.
    Idle,
    /// Its client is too slow: close.
    Slow,
}

/// A request whose answer has not been taken whole.
#[derive(Default)]
struct Request {
    /// Since when its client could have taken something; none while that is up to the board.
    since: Option<Instant>,
    /// Pieces handed on that have not gone to the socket.
    pieces: usize,
    /// The answer has nothing to give now.
    is_dry: bool,
}

struct State {
    requests: BTreeMap<u64, Request>,
    /// Number of the next request.
    next: u64,
    /// When the last request ended or, in HTTP/1.1, a byte was written without one.
    quiet: Instant,
    /// When the request that is not there yet began.
    begun: Option<Instant>,
    is_http2: bool,
}

/// What is known of a connection.
#[derive(Clone)]
pub(super) struct Activity(Arc<Mutex<State>>);

impl Activity {
    pub(super) fn new(now: Instant) -> Self {
        let (requests, begun) = (BTreeMap::new(), Some(now));
        Self(Arc::new(Mutex::new(State { requests, next: 0, quiet: now, begun, is_http2: false })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request is there; it is under way until what this gives is dropped.
    pub(super) fn request(&self, is_http2: bool) -> UnderWay {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.requests.insert(number, Request::default());
        state.begun = None;
        state.is_http2 = is_http2;
        drop(state);
        UnderWay { number, activity: self.clone() }
    }

    fn read(&self, now: Instant) {
        let mut state = self.state();
        if state.requests.is_empty() && !state.is_http2 {
            state.begun.get_or_insert(now);
        }
    }

    fn wrote(&self, now: Instant) {
        let mut state = self.state();
        if !state.is_http2 {
            state.quiet = now;
        }
    }

    pub(super) fn verdict(&self, now: Instant, bounds: Bounds) -> Verdict {
        let state = self.state();
        let slowest = state.requests.values().filter_map(|request| request.since).min();
        let (deadline, late) = match (state.requests.is_empty(), state.begun, slowest) {
            (true, None, _) => (state.quiet + bounds.idle, Verdict::Idle),
            (true, Some(begun), _) => (begun + bounds.header, Verdict::Slow),
            (false, _, Some(since)) => (since + bounds.idle, Verdict::Slow),
            (false, _, None) => return Verdict::Good,
        };
        if now < deadline { Verdict::Good } else { late }
    }
}

/// A request under way.
pub(super) struct UnderWay {
    number: u64,
    activity: Activity,
}

impl UnderWay {
    fn with(&self, change: impl FnOnce(&mut Request)) {
        if let Some(request) = self.activity.state().requests.get_mut(&self.number) {
            change(request);
        }
    }

    /// Its answer has begun.
    pub(super) fn answered(&self, now: Instant) {
        self.with(|request| request.since = Some(now));
    }

    /// A piece of the answer is in the protocol's hands.
    pub(super) fn handed(&self, now: Instant) {
        self.with(|request| {
            request.pieces += 1;
            request.is_dry = false;
            request.since.get_or_insert(now);
        });
    }

    /// A piece has gone to the socket, or was dropped.
    pub(super) fn taken(&self, now: Instant) {
        self.with(|request| {
            request.pieces = request.pieces.saturating_sub(1);
            request.since = (request.pieces > 0 || !request.is_dry).then_some(now);
        });
    }

    /// The answer goes on, and has nothing to give now.
    pub(super) fn waits_for_the_board(&self) {
        self.with(|request| {
            request.is_dry = true;
            if request.pieces == 0 {
                request.since = None;
            }
        });
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.requests.remove(&self.number);
        state.quiet = Instant::now();
    }
}

/// A connection's bytes, noticed as they pass.
pub(super) struct Watched<S> {
    pub(super) stream: S,
    pub(super) activity: Activity,
}

impl<S> Watched<S> {
    fn wrote(&self, result: Poll<Result<usize, Error>>) -> Poll<Result<usize, Error>> {
        if matches!(result, Poll::Ready(Ok(1..))) {
            self.activity.wrote(Instant::now());
        }
        result
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<(), Error>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.activity.read(Instant::now());
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize, Error>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.wrote(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { header: Duration::from_secs(10), idle: Duration::from_secs(75) };

    fn after(start: Instant, seconds: u64) -> Instant {
        start + Duration::from_secs(seconds)
    }

    #[test]
    fn a_connection_begins_with_a_request_or_not_at_all() {
        let start = Instant::now();
        let activity = Activity::new(start);
        activity.read(after(start, 9));
        assert_eq!(activity.verdict(after(start, 9), BOUNDS), Verdict::Good);
        assert_eq!(activity.verdict(after(start, 10), BOUNDS), Verdict::Slow, "bytes do not make it longer");
    }

    #[test]
    fn the_next_request_has_its_time_from_its_first_byte() {
        let start = Instant::now();
        let activity = Activity::new(start);
        drop(activity.request(false));
        assert_eq!(activity.verdict(after(start, 74), BOUNDS), Verdict::Good);
        assert_eq!(activity.verdict(after(start, 80), BOUNDS), Verdict::Idle);
        activity.read(after(start, 60));
        activity.read(after(start, 69));
        assert_eq!(activity.verdict(after(start, 69), BOUNDS), Verdict::Good);
        assert_eq!(activity.verdict(after(start, 70), BOUNDS), Verdict::Slow);
    }

    #[test]
    fn http_2_may_say_things_that_are_no_request_and_gains_no_time_by_them() {
        let start = Instant::now();
        let activity = Activity::new(start);
        drop(activity.request(true));
        activity.read(after(start, 20));
        assert_eq!(activity.verdict(after(start, 40), BOUNDS), Verdict::Good);
        activity.read(after(start, 60));
        activity.wrote(after(start, 60));
        assert_eq!(activity.verdict(after(start, 80), BOUNDS), Verdict::Idle);
    }

    #[test]
    fn a_client_that_takes_its_answer_slowly_has_time_and_one_that_takes_nothing_has_not() {
        let start = Instant::now();
        let activity = Activity::new(start);
        let request = activity.request(false);
        assert_eq!(activity.verdict(after(start, 500), BOUNDS), Verdict::Good, "the board is at work");
        request.answered(after(start, 10));
        assert_eq!(activity.verdict(after(start, 84), BOUNDS), Verdict::Good);
        assert_eq!(activity.verdict(after(start, 85), BOUNDS), Verdict::Slow);
        assert_eq!(activity.verdict(after(start, 20), BOUNDS.when_short()), Verdict::Slow);
        request.handed(after(start, 20));
        request.handed(after(start, 30));
        assert_eq!(activity.verdict(after(start, 85), BOUNDS), Verdict::Slow, "nothing was taken yet");
        request.taken(after(start, 70));
        assert_eq!(activity.verdict(after(start, 144), BOUNDS), Verdict::Good);
        // what else comes and goes on the connection does not count
        activity.read(after(start, 140));
        activity.wrote(after(start, 140));
        assert_eq!(activity.verdict(after(start, 145), BOUNDS), Verdict::Slow);
        drop(request);
        // the rest of it may still lie in buffers
        activity.wrote(after(start, 200));
        assert_eq!(activity.verdict(after(start, 270), BOUNDS), Verdict::Good);
        assert_eq!(activity.verdict(after(start, 275), BOUNDS), Verdict::Idle);
    }

    #[test]
    fn one_request_that_gets_on_gives_no_time_to_another() {
        let start = Instant::now();
        let activity = Activity::new(start);
        let (stuck, quick) = (activity.request(true), activity.request(true));
        stuck.answered(start);
        quick.answered(start);
        for second in 1..80 {
            quick.handed(after(start, second));
            quick.taken(after(start, second));
        }
        assert_eq!(activity.verdict(after(start, 74), BOUNDS), Verdict::Good);
        assert_eq!(activity.verdict(after(start, 75), BOUNDS), Verdict::Slow);
    }

    #[test]
    fn a_feed_without_news_is_not_slow() {
        let start = Instant::now();
        let activity = Activity::new(start);
        let feed = activity.request(true);
        feed.answered(start);
        feed.handed(start);
        feed.waits_for_the_board();
        assert_eq!(activity.verdict(after(start, 75), BOUNDS), Verdict::Slow, "its first event is not taken");
        feed.taken(after(start, 10));
        assert_eq!(activity.verdict(after(start, 1_000), BOUNDS), Verdict::Good);
        feed.handed(after(start, 1_000));
        assert_eq!(activity.verdict(after(start, 1_075), BOUNDS), Verdict::Slow);
    }
}
