//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::{Request, Version, header};
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch::Receiver;

use super::Connections;
use super::addresses::Guest;
use super::answer::{Answer, PIECE};
use super::budget::{Budget, Share};
use super::refusal::too_many;
use super::tls::Tls;
use super::watch::{Activity, Bounds, Verdict, Watched};

/// How often a connection is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How long a connection has to close after it was told to.
const CLOSING: Duration = Duration::from_secs(5);
/// Most bytes of a request's head in HTTP/1.1, and most fields. Addresses may have 8,192 bytes.
const HEAD: usize = 16 << 10;
const FIELDS: usize = 100;
/// Most bytes of a request's head in HTTP/2, counted as RFC 9113 (6.5.2) says: more than browsers send, cookies of
/// other servers of the same domain included.
const HEAD_2: u32 = 8 << 10;
/// Most requests of an HTTP/2 connection at a time.
const STREAMS: u32 = 32;
/// Most bytes of bodies that an HTTP/2 client sends before they are read: of a connection, and of a request. Entries
/// are not longer.
const WINDOW: u32 = 64 << 10;

/// What is done with a connection that was looked at.
enum Step {
    /// Nothing.
    Leave,
    /// It is told to close, when what is under way is done.
    Close,
    /// It has had its time to close.
    End,
    /// It is closed at once, and counted as cut.
    Cut,
}

/// HTTP/1.1 and HTTP/2 with their bounds.
fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // the watch has its own clock for heads, which runs from the first byte
    builder.http1().timer(TokioTimer::new()).header_read_timeout(None);
    builder.http1().max_buf_size(HEAD).max_headers(FIELDS);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(STREAMS);
    builder.http2().max_send_buf_size(PIECE).max_header_list_size(HEAD_2);
    builder.http2().initial_connection_window_size(WINDOW).initial_stream_window_size(WINDOW);
    builder
}

/// What all connections share.
pub(super) struct Service {
    pub(super) router: Router,
    pub(super) tls: Option<Tls>,
    pub(super) bounds: Bounds,
    pub(super) budget: Arc<Budget>,
    pub(super) counts: Arc<Connections>,
}

impl Service {
    pub(super) async fn connection(self: Arc<Self>, stream: TcpStream, guest: Guest, stop: Receiver<()>) {
        // an answer's last bytes are not held back; where that cannot be set it is only slower
        let _ = stream.set_nodelay(true);
        let activity = Activity::new(Instant::now());
        let Some(tls) = self.tls.clone() else { return self.http(stream, activity, guest, stop).await };
        match tokio::time::timeout(self.bounds.header, tls.acceptor.accept(stream)).await {
            Ok(Ok(stream)) => self.http(stream, activity, guest, stop).await,
            Ok(Err(error)) => tracing::debug!("a connection does not agree on TLS: {error}"),
            Err(_) => self.cut(),
        }
    }

    fn cut(&self) {
        self.counts.cut.fetch_add(1, Ordering::Relaxed);
    }

    /// Looks at a connection; `closing` is until when it has to close, once it was told to.
    fn look(&self, activity: &Activity, closing: &mut Option<Instant>) -> Step {
        let now = Instant::now();
        let bounds = if self.budget.is_short() { self.bounds.when_short() } else { self.bounds };
        match (activity.verdict(now, bounds), *closing) {
            (Verdict::Good, _) => {
                *closing = None;
                Step::Leave
            }
            (Verdict::Slow, _) => Step::Cut,
            (Verdict::Idle, None) => {
                *closing = Some(now + CLOSING);
                Step::Close
            }
            (Verdict::Idle, Some(end)) if now >= end => Step::End,
            (Verdict::Idle, Some(_)) => Step::Leave,
        }
    }

    async fn http(
        self: Arc<Self>,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        activity: Activity,
        guest: Guest,
        mut stop: Receiver<()>,
    ) {
        let router = TowerToHyperService::new(self.router.clone());
        let (counts, watch) = (self.counts.clone(), activity.clone());
        let share = Share::new(Arc::clone(&self.budget), guest.usage());
        let strict = self.tls.as_ref().and_then(|tls| tls.strict.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            let under_way = watch.request(request.version() == Version::HTTP_2);
            let (share, strict) = (share.clone(), strict.clone());
            request.extensions_mut().insert(share.clone());
            let answer = guest.may_ask().then(|| router.call(request));
            if answer.is_none() {
                counts.limited.fetch_add(1, Ordering::Relaxed);
            }
            async move {
                let response = match answer {
                    Some(answer) => answer.await?,
                    None => too_many(),
                };
                let mut answer = Answer::follow(response, &share, under_way);
                answer.headers_mut().extend(strict.map(|strict| (header::STRICT_TRANSPORT_SECURITY, strict)));
                Ok::<_, Infallible>(answer)
            }
        });
        let builder = builder();
        let watched = Watched { stream, activity: activity.clone() };
        let mut connection = pin!(builder.serve_connection(TokioIo::new(watched), service));
        let mut closing = None;
        let mut stopping = false;
        loop {
            let look = tokio::time::sleep(LOOK);
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!("a connection ended: {error}");
                    }
                    return;
                }
                _ = stop.changed(), if !stopping => {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = look => match self.look(&activity, &mut closing) {
                    Step::Leave => {}
                    Step::Close => connection.as_mut().graceful_shutdown(),
                    Step::End => return,
                    Step::Cut => return self.cut(),
                },
            }
        }
    }
}
