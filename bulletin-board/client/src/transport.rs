//! How requests reach a board: the only file that names the HTTP library. A test puts a lying board here.

use std::future::Future;
use std::time::Duration;

/// How long one request may take.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// What is asked of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Path and query, from the slash on, such as `/v1/board/checkpoint`.
    pub path: String,
    /// What is posted: media type and bytes. None: a GET.
    pub body: Option<(&'static str, Vec<u8>)>,
    /// Most bytes that an answer may have.
    pub limit: usize,
}

impl Request {
    /// Asks for what stands under a path.
    pub fn get(path: String, limit: usize) -> Self {
        Self { path, body: None, limit }
    }

    /// Posts bytes to a path.
    pub fn post(path: String, media_type: &'static str, bytes: Vec<u8>, limit: usize) -> Self {
        Self { path, body: Some((media_type, bytes)), limit }
    }
}

/// What a board answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// How long to wait before asking again, where the board says so.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Nobody answers there, or the connection broke.
    #[error("{0}")]
    Unreachable(String),
    /// No answer in time.
    #[error("no answer within {} seconds", REQUEST_TIMEOUT.as_secs())]
    TimedOut,
    /// The answer is longer than asked for.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}

/// A way to a board.
pub trait Transport {
    /// The board's address, to tell people which one is meant.
    fn address(&self) -> &str;

    /// Sends a request and reads the whole answer.
    fn send(&self, request: &Request) -> impl Future<Output = Result<Response, TransportError>>;

    /// Waits.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()>;
}

/// HTTP, natively or by a browser's fetch.
#[derive(Debug, Clone)]
pub struct Http {
    base: String,
    client: reqwest::Client,
    /// Only the logs' static files are there.
    #[cfg(feature = "programs")]
    is_static: bool,
}

/// Why no way to a board can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The address is not `http://…` or `https://…` without a query.
    #[error("this is not the address of a board: one looks like https://board.example.org")]
    Form,
    /// The system has no usable TLS.
    #[error("this system's secure connections (TLS) cannot be set up")]
    Tls,
}

impl Http {
    /// A way to the board at an address such as `https://board.example.org`.
    pub fn new(address: &str) -> Result<Self, AddressError> {
        let url = reqwest::Url::parse(address).map_err(|_| AddressError::Form)?;
        let plain = url.query().is_none() && url.fragment().is_none() && url.has_host();
        if !plain || !matches!(url.scheme(), "http" | "https") {
            return Err(AddressError::Form);
        }
        let base = url.as_str().trim_end_matches('/').to_owned();
        let client = reqwest::Client::builder().build().map_err(|_| AddressError::Tls)?;
        Ok(Self {
            base,
            client,
            #[cfg(feature = "programs")]
            is_static: false,
        })
    }

    /// A way to the logs' static files at an address, as a mirror or any web server publishes them: their paths are
    /// those of a board without `/v1`.
    #[cfg(feature = "programs")]
    pub fn of_files(address: &str) -> Result<Self, AddressError> {
        Ok(Self { is_static: true, ..Self::new(address)? })
    }

    fn url(&self, path: &str) -> String {
        #[cfg(feature = "programs")]
        let path = match self.is_static {
            true => path.strip_prefix(tabella_board_core::api::paths::VERSION).unwrap_or(path),
            false => path,
        };
        format!("{}{path}", self.base)
    }
}

impl Transport for Http {
    fn address(&self) -> &str {
        &self.base
    }

    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let url = self.url(&request.path);
        let builder = match &request.body {
            None => self.client.get(url),
            Some((media_type, bytes)) => {
                self.client.post(url).header(reqwest::header::CONTENT_TYPE, *media_type).body(bytes.clone())
            }
        };
        let response = builder.timeout(REQUEST_TIMEOUT).send().await.map_err(failure)?;
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get(reqwest::header::RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let body = read(response, request.limit).await?;
        Ok(Response { status, retry_after, body })
    }

    async fn sleep(&self, time: Duration) {
        #[cfg(not(target_arch = "wasm32"))]
        tokio::time::sleep(time).await;
        #[cfg(target_arch = "wasm32")]
        gloo_timers::future::sleep(time).await;
    }
}

/// Reads a body piece by piece, so that an endless one is given up at the limit.
#[cfg(not(target_arch = "wasm32"))]
async fn read(mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(failure)? {
        if body.len() + piece.len() > limit {
            return Err(TransportError::TooLong(limit));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// The same in a browser.
#[cfg(target_arch = "wasm32")]
async fn read(response: reqwest::Response, limit: usize) -> Result<Vec<u8>, TransportError> {
    use futures_util::StreamExt as _;
    let mut body = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(failure)?;
        if body.len() + piece.len() > limit {
            return Err(TransportError::TooLong(limit));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn failure(error: reqwest::Error) -> TransportError {
    if error.is_timeout() {
        return TransportError::TimedOut;
    }
    // the innermost cause is what people understand: "connection refused"
    let mut cause: &dyn std::error::Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    TransportError::Unreachable(cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server's runtime moves them from thread to thread. Checked by compiling.
    #[test]
    fn what_waits_for_a_board_can_be_spawned() {
        fn assert_send<F: Send>(_: F) {}
        let view = crate::SavedView::default();
        assert_send(crate::Board::connect("https://board.example.org", None, view));
        async fn read(mut log: crate::LogView) -> Result<Vec<Vec<u8>>, crate::ClientError> {
            log.entries(0..1, |_, _| ()).await
        }
        fn reading(log: crate::LogView) {
            assert_send(read(log));
        }
        let _: fn(crate::LogView) = reading;
        async fn post(board: crate::Board) -> Result<crate::Posted, crate::ClientError> {
            board.post_bytes(tabella_crypto::manifest::ElectionId(Default::default()), b"").await
        }
        fn posted(board: crate::Board) {
            assert_send(post(board));
        }
        let _: fn(crate::Board) = posted;
    }

    #[test]
    fn an_address_is_a_plain_one_of_the_web() {
        assert_eq!(Http::new("https://board.example.org/").unwrap().address(), "https://board.example.org");
        assert_eq!(Http::new("http://[::1]:8080/a/").unwrap().address(), "http://[::1]:8080/a");
        for wrong in ["", "board.example.org", "ftp://board.example.org", "https://b.example/?x=1", "/tmp/x"]
        {
            assert_eq!(Http::new(wrong).unwrap_err(), AddressError::Form, "{wrong:?}");
        }
    }

    /// A server that answers one request with these bytes.
    fn serve(answer: &'static str) -> String {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        });
        address
    }

    fn get(address: &str, limit: usize) -> Result<Response, TransportError> {
        let http = Http::new(address).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(http.send(&Request::get("/x".to_owned(), limit)))
    }

    #[test]
    fn answers_come_with_status_wait_and_body_up_to_the_limit() {
        let busy = "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy";
        let expected =
            Response { status: 503, retry_after: Some(Duration::from_secs(7)), body: b"busy".to_vec() };
        assert_eq!(get(&serve(busy), 4), Ok(expected));
        assert_eq!(get(&serve(busy), 3), Err(TransportError::TooLong(3)));
        let endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhello\r\n";
        assert_eq!(get(&serve(endless), 8), Err(TransportError::TooLong(8)));
    }

    #[test]
    fn nobody_listening_is_said_in_the_systems_words() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let Err(TransportError::Unreachable(reason)) = get(&format!("http://{free}"), 9) else {
            panic!("somebody answers")
        };
        assert!(reason.contains("refused"), "{reason}");
    }
}
