//! The book that `tabella-book` makes of the project's documents, below `/docs/`: pages without a script, held to a policy
//! under which none could run. They share the address of the web app, and nothing of it is theirs.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::any;
use rust_embed::RustEmbed;

use tabella_board_core::api::ProblemCode;

use super::answers::problem;
use super::file::{self, File, is_navigation, no_method};
use crate::serve::budget::Weight;

/// Where the book is served, and where people may look for it.
const ADDRESS: &str = "/docs/";
const SHORT: &str = "/docs";
/// What a folder shows, and what is shown where nothing is.
const START: &str = "index.html";
const NOT_FOUND: &str = "404.html";
/// The list of what was built, which is no page.
const LIST: &str = "SHA256SUMS";

/// Text, style and pictures of this board. No script, no form, no frame, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const UNBUILT: &str = "This board runs, but its program was built without the book.\n\
     Build both with `make build` and start the board again.\n\
     The interface for programs is described at /v1/docs.\n";

#[derive(RustEmbed)]
#[folder = "$TABELLA_BOOK"]
struct Built;

/// The files of the book, in memory.
#[derive(Debug, Clone, Default)]
pub struct Book {
    files: Arc<BTreeMap<String, File>>,
}

impl Book {
    /// A book of these files, each a path such as `index.html` and bytes. A file is sent compressed if it is also there
    /// with `.br` or `.gz` after its name.
    pub fn new(files: impl IntoIterator<Item = (String, Cow<'static, [u8]>)>) -> Self {
        Self { files: Arc::new(file::together(files, |path| path != LIST)) }
    }

    /// The book that was there when this program was compiled; a [`Book`] without pages if there was none.
    pub fn embedded() -> Self {
        Self::new(Built::iter().filter_map(|path| Some((path.to_string(), Built::get(&path)?.data))))
    }

    /// Paths of all files, below [`ADDRESS`].
    #[cfg(test)]
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    fn answer(&self, method: &Method, path: &str, request: &HeaderMap) -> Response<Body> {
        let name = path.strip_prefix(ADDRESS).unwrap_or_default();
        let file = match name.is_empty() || name.ends_with('/') {
            true => self.files.get(&format!("{name}{START}")),
            false => self.files.get(name),
        };
        let file = file.filter(|_| name != NOT_FOUND);
        if !matches!(*method, Method::GET | Method::HEAD) {
            return if file.is_some() || path == SHORT { no_method() } else { no_page() };
        }
        if path == SHORT {
            return Redirect::permanent(ADDRESS).into_response();
        }
        if let Some(file) = file {
            return finished(file.answer(request));
        }
        match self.files.get(NOT_FOUND).filter(|_| is_navigation(request)) {
            Some(page) => {
                let mut response = finished(page.whole(StatusCode::NOT_FOUND, request));
                let both = HeaderValue::from_static("accept, accept-encoding");
                response.headers_mut().insert(header::VARY, both);
                response
            }
            None if self.files.is_empty() => (StatusCode::NOT_FOUND, UNBUILT).into_response(),
            None => no_page(),
        }
    }
}

/// The routes of the book.
pub(super) fn pages(book: Book) -> Router {
    let page = || any(answer);
    let router = Router::new().route(SHORT, page()).route(ADDRESS, page()).route("/docs/{*page}", page());
    router.with_state(book)
}

async fn answer(State(book): State<Book>, method: Method, uri: Uri, request: HeaderMap) -> Response<Body> {
    book.answer(&method, uri.path(), &request)
}

fn no_page() -> Response<Body> {
    problem(ProblemCode::NotFound, "the book has no such page: its contents are at /docs/")
}

/// An answer of the book: looked at again on every visit, since another program brings another text under the same name.
fn finished(mut response: Response<Body>) -> Response<Body> {
    let fixed = [
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    response.headers_mut().extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
    // the book's files are in memory once, however many ask for them
    response.extensions_mut().insert(Weight::Shared);
    response
}
