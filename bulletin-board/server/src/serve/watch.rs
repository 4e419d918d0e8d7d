//! When a connection has had its time.
//!
//! Three clocks: from its start or from the first byte of a request until there is a request ([`Bounds::header`]);
//! without a request and without a byte written ([`Bounds::idle`]); and with a request whose client neither sends
//! nor takes a byte (idle too: the answer itself has to begin earlier). In HTTP/2 bytes that are no request are
//! usual, so there the first clock is for the start alone.

use std::io::{Error, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
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

struct State {
    /// Requests whose answer has not been handed over.
    requests: usize,
    /// When a byte came or went last.
    moved: Instant,
    /// When the last request ended or a byte was written without one.
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
        let begun = Some(now);
        Self(Arc::new(Mutex::new(State { requests: 0, moved: now, quiet: now, begun, is_http2: false })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request is there; it is under way until what this gives is dropped.
    pub(super) fn request(&self, now: Instant, is_http2: bool) -> UnderWay {
        let mut state = self.state();
        state.requests += 1;
        state.moved = now;
        state.begun = None;
        state.is_http2 = is_http2;
        drop(state);
        UnderWay(self.clone())
    }

    fn read(&self, now: Instant) {
        let mut state = self.state();
        state.moved = now;
        if state.requests == 0 && !state.is_http2 {
            state.begun.get_or_insert(now);
        }
    }

    fn wrote(&self, now: Instant) {
        let mut state = self.state();
        state.moved = now;
        state.quiet = now;
    }

    pub(super) fn verdict(&self, now: Instant, bounds: Bounds) -> Verdict {
        let state = self.state();
        let (deadline, late) = match (state.requests, state.begun) {
            (0, None) => (state.quiet + bounds.idle, Verdict::Idle),
            (0, Some(begun)) => (begun + bounds.header, Verdict::Slow),
            _ => (state.moved + bounds.idle, Verdict::Slow),
        };
        if now < deadline { Verdict::Good } else { late }
    }
}

/// A request under way.
pub(super) struct UnderWay(Activity);

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.requests -= 1;
        state.quiet = Instant::now();
    }
}

/// An answer's body; the request is under way until it has been handed over.
pub(super) struct Answer {
    pub(super) body: Body,
    pub(super) _request: UnderWay,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
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
        drop(activity.request(start, false));
        assert_eq!(activity.verdict(after(start, 74), BOUNDS), Verdict::Good);
        assert_eq!(activity.verdict(after(start, 80), BOUNDS), Verdict::Idle);
        activity.read(after(start, 60));
        activity.read(after(start, 69));
        assert_eq!(activity.verdict(after(start, 69), BOUNDS), Verdict::Good);
        assert_eq!(activity.verdict(after(start, 70), BOUNDS), Verdict::Slow);
    }

    #[test]
    fn http_2_may_say_things_that_are_no_request() {
        let start = Instant::now();
        let activity = Activity::new(start);
        drop(activity.request(start, true));
        activity.read(after(start, 20));
        assert_eq!(activity.verdict(after(start, 40), BOUNDS), Verdict::Good);
        assert_eq!(activity.verdict(after(start, 80), BOUNDS), Verdict::Idle);
    }

    #[test]
    fn a_client_that_takes_its_answer_slowly_has_time_and_one_that_takes_nothing_has_not() {
        let start = Instant::now();
        let activity = Activity::new(start);
        let request = activity.request(start, false);
        activity.wrote(after(start, 70));
        assert_eq!(activity.verdict(after(start, 140), BOUNDS), Verdict::Good);
        assert_eq!(activity.verdict(after(start, 145), BOUNDS), Verdict::Slow);
        drop(request);
        // the rest of it may still lie in buffers
        activity.wrote(after(start, 200));
        assert_eq!(activity.verdict(after(start, 270), BOUNDS), Verdict::Good);
        assert_eq!(activity.verdict(after(start, 275), BOUNDS), Verdict::Idle);
    }
}
