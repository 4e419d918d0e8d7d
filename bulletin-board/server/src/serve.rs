//! Connections: TLS, HTTP/1.1 and HTTP/2, and their bounds.
//!
//! A connection takes a place among all ([`Limits::connections`]) before it is accepted, so that the ones that are
//! too many wait with the kernel, and a place among those of its address, else it is closed at once. From then on it
//! is watched ([`watch`]): until its first request, between requests, and while an answer is taken. What is held in
//! memory for all of them has a bound in bytes ([`budget`]). What else a request may cost is for [`crate::http`].
//!
//! Addresses end here: the router does not see them, and nothing here writes one down, so no line can have an
//! address beside a ballot.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch as signal};

use crate::config::Limits;

mod addresses;
mod answer;
pub mod budget;
mod connection;
pub mod intake;
pub mod refusal;
pub mod requests;
#[cfg(test)]
mod tests;
pub mod tls;
mod watch;

use addresses::Addresses;
use budget::Budget;
use connection::Service;
use tls::Tls;
use watch::Bounds;

/// The wait after a connection that could not be accepted, such as for want of a file descriptor.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);
/// How often addresses that have been quiet are forgotten.
const FORGET: Duration = Duration::from_secs(60);

/// What happened to connections since the start.
#[derive(Debug, Default)]
pub struct Connections {
    /// Accepted.
    pub accepted: AtomicU64,
    /// Ended, of those accepted.
    pub ended: AtomicU64,
    /// Closed at once, because their address had too many.
    pub refused: AtomicU64,
    /// Cut off, because their client was too slow.
    pub cut: AtomicU64,
    /// Requests refused, because their address sent too many.
    pub limited: AtomicU64,
    /// Bytes held for clients now, see [`budget`].
    pub held: AtomicU64,
    /// How often there was no room for more of them.
    pub short: AtomicU64,
}

/// Serves until `stop` changes or its sender is gone, then lets requests under way end, for `grace` at most.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Tls>,
    limits: &Limits,
    counts: Arc<Connections>,
    mut stop: signal::Receiver<()>,
    grace: Duration,
) {
    let places = Arc::new(Semaphore::new(limits.connections as usize));
    let addresses = Arc::new(Addresses::new(limits));
    let budget = Arc::new(Budget::new(limits, counts.clone()));
    let service =
        Arc::new(Service { router, tls, bounds: Bounds::from(limits), budget, counts: counts.clone() });
    let mut forget = tokio::time::interval(FORGET);
    loop {
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place,
            _ = stop.changed() => break,
        };
        let accepted = loop {
            tokio::select! {
                accepted = listener.accept() => break Some(accepted),
                _ = forget.tick() => addresses.forget(),
                _ = stop.changed() => break None,
            }
        };
        let (stream, peer) = match accepted {
            None => break,
            Some(Ok(accepted)) => accepted,
            Some(Err(error)) => {
                tracing::warn!("a connection cannot be accepted: {error}");
                tokio::time::sleep(ACCEPT_AGAIN).await;
                continue;
            }
        };
        let Some(guest) = addresses.enter(peer.ip()) else {
            counts.refused.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        counts.accepted.fetch_add(1, Ordering::Relaxed);
        let (service, stop) = (service.clone(), stop.clone());
        tokio::spawn(async move {
            let _place = place;
            let counts = service.counts.clone();
            service.connection(stream, guest, stop).await;
            counts.ended.fetch_add(1, Ordering::Relaxed);
        });
    }
    drop(listener);
    // all places are free when all connections have ended
    let _ = tokio::time::timeout(grace, places.acquire_many(limits.connections)).await;
}
