//! A request's body on its way in.
//!
//! It is read into one stretch of memory that grows with it, and what that has is taken from the budget: a client may
//! send a body byte by byte, and what the protocol hands on for each may keep a whole buffer of its own in memory. So
//! nothing of what is handed on is kept, nor of the request's head. What a request costs that waits for its body is
//! [`HEAD`], which is enough for its answer too, and its address as often as it is kept.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};

use super::budget::{Held, Share};

/// What a request costs beside its address and its body, in bytes: its task, and later its receipt.
const HEAD: usize = 4 << 10;
/// How often its address is kept: as it came, and its parts.
const COPIES: usize = 3;
/// Room for the first bytes of a body; it is doubled when it is full.
const FIRST: usize = 4 << 10;
/// Longest body that is read to its end although it is refused, and how long one has to end that may have any length.
const DROPPED: u64 = 2 << 20;
const SOON: Duration = Duration::from_secs(1);

/// Why a body is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// There is no room for it now.
    NoRoom,
    /// It is too long.
    TooLong,
    /// It broke off.
    Cut,
}

/// A body that comes in.
pub struct Intake {
    body: Body,
    /// Its length, if its client says it.
    said: Option<u64>,
}

impl Intake {
    /// A body of which its client says that it has so many bytes, or nothing.
    pub fn new(body: Body, said: Option<u64>) -> Self {
        Self { body, said }
    }

    /// The body, of at most so many bytes, and what is held for it, if somebody counts. `address` is the length of the
    /// request's address.
    pub async fn whole(
        &mut self,
        most: usize,
        address: usize,
        share: Option<&Share>,
    ) -> Result<(Vec<u8>, Option<Held>), Unread> {
        if self.said.is_some_and(|said| said > most as u64) {
            return Err(Unread::TooLong);
        }
        let mut held = match share {
            None => None,
            Some(share) => {
                let cost = HEAD.saturating_add(address.saturating_mul(COPIES));
                Some(share.write(cost).ok_or(Unread::NoRoom)?)
            }
        };
        let expected = self.said.and_then(|said| usize::try_from(said).ok()).unwrap_or(most);
        let (mut whole, mut room) = (Vec::new(), 0);
        while let Some(piece) = self.next().await? {
            let length = whole.len().saturating_add(piece.len());
            if length > most {
                return Err(Unread::TooLong);
            }
            if length > room {
                let wanted = (2 * room).max(FIRST).min(expected).max(length);
                if held.as_mut().is_some_and(|held| !held.grow(wanted - room)) {
                    return Err(Unread::NoRoom);
                }
                room = wanted;
                whole.reserve_exact(room - whole.len());
            }
            whole.extend_from_slice(&piece);
        }
        Ok((whole, held))
    }

    /// Reads the rest and keeps nothing, unless it is long: who is still sending when the connection closes may never
    /// see the answer.
    pub async fn end(mut self) {
        match self.said {
            Some(0..=DROPPED) => self.drop_all().await,
            Some(_) => {}
            // with or without its end
            None => drop(tokio::time::timeout(SOON, self.drop_all()).await),
        }
    }

    async fn drop_all(&mut self) {
        let mut dropped = 0;
        while dropped <= DROPPED
            && let Ok(Some(piece)) = self.next().await
        {
            dropped += piece.len() as u64;
        }
    }

    /// The next bytes; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Unread> {
        loop {
            match poll_fn(|context| Pin::new(&mut self.body).poll_frame(context)).await {
                None => return Ok(None),
                Some(Err(_)) => return Err(Unread::Cut),
                Some(Ok(frame)) => {
                    // trailers say nothing here
                    if let Ok(piece) = frame.into_data() {
                        return Ok(Some(piece));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::stream;

    use super::super::Connections;
    use super::super::budget::Budget;
    use super::*;
    use crate::config::Limits;

    /// One byte in a buffer that somebody counts.
    struct Pinned(Arc<AtomicUsize>);

    impl AsRef<[u8]> for Pinned {
        fn as_ref(&self) -> &[u8] {
            &[7]
        }
    }

    impl Drop for Pinned {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// A body of so many bytes, each in a buffer of its own; and how many of these are kept, now and at most.
    fn drip(bytes: usize) -> (Body, Arc<AtomicUsize>, Arc<AtomicUsize>) {
        let (kept, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counted = (Arc::clone(&kept), Arc::clone(&most));
        let pieces = (0..bytes).map(move |_| {
            let now = counted.0.fetch_add(1, Ordering::Relaxed) + 1;
            counted.1.fetch_max(now, Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from_owner(Pinned(Arc::clone(&counted.0))))
        });
        (Body::from_stream(stream::iter(pieces)), kept, most)
    }

    fn share(held_bytes: usize) -> (Share, Arc<Connections>) {
        let counts = Arc::new(Connections::default());
        let limits = Limits { held_bytes, held_bytes_per_address: 0, ..Limits::default() };
        (Share::new(Arc::new(Budget::new(&limits, counts.clone())), Arc::default()), counts)
    }

    #[tokio::test]
    async fn a_body_that_comes_byte_by_byte_keeps_no_buffer_but_its_own() {
        let (share, counts) = share(1 << 20);
        let (body, kept, most) = drip(10_000);
        let (whole, held) = Intake::new(body, None).whole(65_535, 100, Some(&share)).await.unwrap();
        assert_eq!(whole, vec![7; 10_000]);
        assert_eq!((kept.load(Ordering::Relaxed), most.load(Ordering::Relaxed)), (0, 1));
        let taken = counts.held.load(Ordering::Relaxed);
        assert_eq!(taken, (HEAD + COPIES * 100 + 16_384) as u64);
        assert_eq!(whole.capacity(), 16_384, "what it has is what was paid for");
        drop(held);
        assert_eq!(counts.held.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_request_pays_before_its_body_comes_and_for_no_more_than_it_says() {
        let (share, counts) = share(80_000);
        let waiting = |share: Share| async move {
            let body = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
            Intake::new(body, None).whole(65_535, 0, Some(&share)).await
        };
        // a quarter of the budget is for writing
        let mut open: Vec<_> = (0..4).map(|_| Box::pin(waiting(share.clone()))).collect();
        for request in &mut open {
            assert!(futures_util::poll!(request.as_mut()).is_pending());
        }
        assert_eq!(counts.held.load(Ordering::Relaxed), 4 * HEAD as u64);
        let refused = Intake::new(drip(1).0, Some(1)).whole(65_535, 0, Some(&share)).await;
        assert_eq!(refused.map(|_| ()), Err(Unread::NoRoom));
        open.pop();
        let (whole, held) = Intake::new(drip(9).0, Some(9)).whole(65_535, 0, Some(&share)).await.unwrap();
        assert_eq!((whole.len(), counts.held.load(Ordering::Relaxed)), (9, 4 * HEAD as u64 + 9));
        drop(held);
    }

    #[tokio::test]
    async fn a_body_that_is_too_long_is_read_to_its_end_and_one_that_is_far_too_long_is_not() {
        for said in [None, Some(1_000)] {
            let (body, kept, most) = drip(1_000);
            let mut intake = Intake::new(body, said);
            assert_eq!(intake.whole(999, 0, None).await.map(|_| ()), Err(Unread::TooLong));
            intake.end().await;
            assert_eq!((kept.load(Ordering::Relaxed), most.load(Ordering::Relaxed)), (0, 1));
        }
        let mut endless =
            Intake::new(Body::from_stream(stream::repeat(Ok::<_, Infallible>(vec![0; 65_536]))), None);
        assert_eq!(endless.whole(999, 0, None).await.map(|_| ()), Err(Unread::TooLong));
        endless.end().await;
    }
}
