//! A board that lies: it stands in front of a real one and changes what it says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;

/// What the liar makes of an answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Vec<u8>,
}

/// What is asked: method, and path with query.
#[derive(Debug, Clone)]
pub struct Question {
    /// The method.
    pub method: Method,
    /// The path, with its query.
    pub path: String,
}

impl Question {
    /// Whether an entry is posted.
    pub fn is_post(&self) -> bool {
        self.method == Method::POST && self.path.ends_with("/entries")
    }
}

/// Changes an answer, or leaves it.
pub type Lie = Box<dyn FnMut(&Question, Answer) -> Answer + Send>;

/// A liar on loopback.
#[derive(Clone)]
pub struct Liar {
    /// Its address.
    pub url: String,
    state: Arc<Front>,
}

struct Front {
    /// The address of the honest board.
    board: Mutex<String>,
    /// Paths that begin with the first go to the board at the second.
    diverted: Mutex<Option<(String, String)>>,
    /// Entries that were posted.
    posts: AtomicUsize,
    lie: Mutex<Option<Lie>>,
    client: reqwest::Client,
}

impl Liar {
    /// Stands in front of the board at an address, honest at first.
    pub async fn before(board: &str) -> Result<Self> {
        let state = Arc::new(Front {
            board: Mutex::new(board.to_owned()),
            diverted: Mutex::new(None),
            posts: AtomicUsize::new(0),
            lie: Mutex::new(None),
            client: reqwest::Client::new(),
        });
        let router = Router::new().fallback(pass).with_state(Arc::clone(&state));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, state })
    }

    /// Lies like this from now on.
    pub fn lie(&self, lie: impl FnMut(&Question, Answer) -> Answer + Send + 'static) {
        *self.state.lie.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(lie));
    }

    /// Is honest from now on, in front of the board where it stands.
    pub fn repent(&self) {
        *self.state.lie.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.state.diverted.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Takes from now on what is below a path from another board.
    pub fn divert(&self, prefix: &str, board: &str) {
        let diverted = (prefix.to_owned(), board.to_owned());
        *self.state.diverted.lock().unwrap_or_else(PoisonError::into_inner) = Some(diverted);
    }

    /// How many entries were posted so far.
    pub fn posts(&self) -> usize {
        self.state.posts.load(Ordering::SeqCst)
    }

    /// Stands in front of another board from now on.
    pub fn move_to(&self, board: &str) {
        *self.state.board.lock().unwrap_or_else(PoisonError::into_inner) = board.to_owned();
    }
}

impl Front {
    /// The board that answers a path.
    fn board_of(&self, path: &str) -> String {
        let diverted = self.diverted.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match diverted.filter(|(prefix, _)| path.starts_with(prefix.as_str())) {
            Some((_, board)) => board,
            None => self.board.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

async fn pass(State(front): State<Arc<Front>>, request: Request) -> Response {
    match forward(&front, request).await {
        Ok(response) => response,
        Err(error) => {
            let mut response = Response::new(Body::from(error.to_string()));
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            response
        }
    }
}

async fn forward(front: &Front, request: Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let question = Question { method: parts.method.clone(), path };
    let board = front.board_of(&question.path);
    if question.is_post() {
        front.posts.fetch_add(1, Ordering::SeqCst);
    }
    let mut headers = parts.headers;
    for name in [header::HOST, header::CONTENT_LENGTH, header::ACCEPT_ENCODING, header::IF_NONE_MATCH] {
        headers.remove(name);
    }
    let body: Bytes = to_bytes(body, 1 << 22).await?;
    let answer = front
        .client
        .request(parts.method, format!("{board}{}", question.path))
        .headers(headers)
        .body(body)
        .send()
        .await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut answer = Answer { status, body: answer.bytes().await?.to_vec() };
    if let Some(lie) = front.lie.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        answer = lie(&question, answer);
    }
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = kept(&headers);
    Ok(response)
}

/// Headers but for those of one connection, and nothing cached, so that every lie is told.
fn kept(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION, header::ETAG] {
        kept.remove(name);
    }
    kept.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    kept
}
