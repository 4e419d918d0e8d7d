//! An answer's body on its way: in pieces, each followed until it has gone to the socket.
//!
//! Pieces are small, so that a client who takes little makes the protocol's buffers hold little, and so that each says
//! soon that its client takes something. What the budget has given for a body is held by all of its pieces together:
//! they are parts of one stretch of memory, which goes when the last of them goes.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use hyper::body::{Frame, SizeHint};

use super::budget::{Held, Share, Weight};
use super::refusal::NO_ROOM;
use super::watch::UnderWay;

/// Most bytes of a piece.
pub(super) const PIECE: usize = 64 << 10;

/// An answer's body; its request is under way until the last piece has gone.
pub(super) struct Answer {
    body: Body,
    /// What has come out of the body and is not handed on yet.
    rest: Bytes,
    /// What was paid for `rest`.
    held: Option<Arc<Held>>,
    /// Who pays for a body whose length was not known; none if it is paid for.
    share: Option<Share>,
    request: Arc<UnderWay>,
}

impl Answer {
    /// The answer, charged, with its body followed.
    pub(super) fn follow(response: Response, share: &Share, request: UnderWay) -> axum::http::Response<Self> {
        let (mut head, body) = share.charge(response).into_parts();
        let (held, share) = match head.extensions.remove::<Weight>() {
            Some(Weight::Held(held)) => (Some(held), None),
            Some(Weight::Shared) => (None, None),
            None => (None, Some(share.clone())),
        };
        request.answered(Instant::now());
        let answer = Self { body, rest: Bytes::new(), held, share, request: Arc::new(request) };
        axum::http::Response::from_parts(head, answer)
    }

    fn piece(&mut self) -> Frame<Bytes> {
        let bytes = self.rest.split_to(self.rest.len().min(PIECE));
        self.request.handed(Instant::now());
        let (held, request) = (self.held.clone(), Arc::clone(&self.request));
        Frame::data(Bytes::from_owner(Piece { bytes, _held: held, request }))
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let answer = self.get_mut();
        loop {
            if !answer.rest.is_empty() {
                return Poll::Ready(Some(Ok(answer.piece())));
            }
            let next = Pin::new(&mut answer.body).poll_frame(context);
            if next.is_pending() {
                answer.request.waits_for_the_board();
            }
            let frame = match ready!(next) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => frame,
            };
            match frame.into_data() {
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                Ok(data) => {
                    if let Some(share) = &answer.share {
                        let Some(held) = share.take(data.len()) else {
                            return Poll::Ready(Some(Err(axum::Error::new(NO_ROOM))));
                        };
                        answer.held = Some(Arc::new(held));
                    }
                    answer.rest = data;
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, inner) = (self.rest.len() as u64, self.body.size_hint());
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower().saturating_add(rest));
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}

/// A part of a body in the protocol's hands.
struct Piece {
    bytes: Bytes,
    _held: Option<Arc<Held>>,
    request: Arc<UnderWay>,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.request.taken(Instant::now());
    }
}
