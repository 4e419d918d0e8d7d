//! A request's body on its way in: its bytes are taken from the budget as they come.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use hyper::body::{Frame, SizeHint};

use super::budget::{Held, NO_ROOM, Share};

/// What a piece costs beside its bytes: a client may send them one by one.
const OVERHEAD: usize = 64;

/// What is held of a body, until this is dropped.
pub struct Intake(Arc<Mutex<Taken>>);

struct Taken {
    /// None before the first piece.
    held: Option<Held>,
    is_refused: bool,
}

impl Intake {
    /// The request with its body followed. The body ends with an error where there is no room for it.
    pub fn follow(request: Request, share: &Share) -> (Request, Self) {
        let taken = Arc::new(Mutex::new(Taken { held: None, is_refused: false }));
        let (head, body) = request.into_parts();
        let body = Followed { body, share: share.clone(), taken: Arc::clone(&taken) };
        (Request::from_parts(head, Body::new(body)), Self(taken))
    }

    /// Whether there was no room for the body.
    pub fn is_refused(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_refused
    }
}

struct Followed {
    body: Body,
    share: Share,
    taken: Arc<Mutex<Taken>>,
}

impl Followed {
    /// Takes so many bytes from the budget; false if there are none.
    fn take(&self, bytes: usize) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = match &mut taken.held {
            Some(held) => held.grow(bytes),
            none => {
                *none = self.share.take(bytes);
                none.is_some()
            }
        };
        taken.is_refused |= !has_room;
        has_room
    }
}

impl HttpBody for Followed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(Ok(frame)) = &frame {
            let length = frame.data_ref().map_or(0, Bytes::len);
            if !self.take(length.saturating_add(OVERHEAD)) {
                return Poll::Ready(Some(Err(axum::Error::new(NO_ROOM))));
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
