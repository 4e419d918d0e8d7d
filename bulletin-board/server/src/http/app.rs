//! The web app: files that never change under their names, and one page that stands at every address of the app.
//!
//! The page's policy lets it run, load and ask nothing but what this board serves, and lets no other page frame it or
//! reach into its window. Workers run bytes that the page has checked (`blob:`), none that a server sends to them; they
//! are under the page's policy. Nothing here reads a query or a fragment: what voters type or scan stays in the browser.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::response::IntoResponse as _;
use axum::routing::{MethodRouter, any};

use tabella_board_core::api::{ProblemCode, hex_parse};
use tabella_board_core::entry::{RELEASE_PAGE, Release, ReleaseFile};
use tabella_crypto::manifest::ElectionId;

use super::answers::{FOR_EVER, problem};
use super::file::{self, File, is_navigation, no_method};
use crate::serve::budget::Weight;

mod embedded;
mod folder;

pub use folder::FolderError;

/// The page, among the files.
const PAGE: &str = RELEASE_PAGE;
/// Where the files are that the page loads; their names change with their content.
const ASSETS: &str = "assets/";
/// How the icon's name begins.
const ICON: &str = "assets/icon-";
/// Addresses of the page, beside those of elections.
const PAGES: [&str; 6] = ["", "board", "how", "practice", "check", "trustee"];
/// Addresses of the page for one election, below `/e/<election>/`.
const ELECTION_PAGES: [&str; 7] = ["vote", "track", "board", "results", "certificate", "verify", "trustees"];

/// What the page may do. WebAssembly is the app itself, `data:` images are QR codes to keep, `blob:` workers are the
/// engine's script as the page has checked it.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; worker-src blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types default";

/// What the page never needs; it does copy tracking codes to the clipboard. Features that Chromium does not know are
/// left out: it reports them as errors.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), \
     clipboard-write=(self), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), \
     gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), \
     magnetometer=(), microphone=(), midi=(), otp-credentials=(), payment=(), picture-in-picture=(), \
     publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), \
     storage-access=(), sync-xhr=(), usb=(), window-management=(), xr-spatial-tracking=()";

const UNBUILT: &str = "This board runs, but its program was built without the web app.\n\
     Build both with `make build` and start the board again.\n\
     The interface for programs is described at /v1/docs.\n";

/// The files of the web app, in memory.
#[derive(Debug, Clone, Default)]
pub struct App {
    files: Arc<BTreeMap<String, File>>,
}

impl App {
    /// An app of these files, each a path such as `index.html` and bytes. A file is sent compressed if it is also
    /// there with `.br` or `.gz` after its name.
    pub fn new(files: impl IntoIterator<Item = (String, Cow<'static, [u8]>)>) -> Self {
        let served = |path: &str| path == PAGE || path.starts_with(ASSETS);
        Self { files: Arc::new(file::together(files, served)) }
    }

    /// Whether there is a page at all.
    pub fn is_built(&self) -> bool {
        self.files.contains_key(PAGE)
    }

    /// What the board log is to say about this app; none without a page.
    pub fn release(&self) -> Option<Release> {
        let files =
            self.files.iter().map(|(path, file)| ReleaseFile { path: path.clone(), hash: file.sha256() });
        // by path already
        let version = env!("CARGO_PKG_VERSION").to_owned();
        self.is_built().then(|| Release { version, files: files.collect() })
    }

    fn answer(&self, method: &Method, path: &str, request: &HeaderMap) -> Response<Body> {
        let path = path.strip_prefix('/').unwrap_or(path);
        let page = self.files.get(PAGE);
        let is_there = is_page(path) || self.files.contains_key(path);
        if !matches!(*method, Method::GET | Method::HEAD) {
            return if is_there { no_method() } else { no_path() };
        }
        if is_page(path) {
            return match page {
                Some(page) => finished(page.answer(request), "no-cache"),
                None => (StatusCode::NOT_FOUND, UNBUILT).into_response(),
            };
        }
        let asset = self.files.get(path).filter(|_| path.starts_with(ASSETS));
        if let Some(asset) = asset {
            return finished(asset.answer(request), FOR_EVER);
        }
        let mut icons = self.files.iter().filter(|(name, _)| name.starts_with(ICON));
        if let Some((_, icon)) = icons.next().filter(|_| path == "favicon.ico") {
            return finished(icon.answer(request), "no-cache");
        }
        match page.filter(|_| is_navigation(request)) {
            // the page itself says that there is nothing here, in the reader's language
            Some(page) => {
                let mut response = finished(page.whole(StatusCode::NOT_FOUND, request), "no-cache");
                let both = HeaderValue::from_static("accept, accept-encoding");
                response.headers_mut().insert(header::VARY, both);
                response
            }
            None => no_path(),
        }
    }
}

/// Everything that is not the interface for programs.
pub(super) fn pages(app: App) -> MethodRouter {
    any(answer).with_state(app)
}

async fn answer(State(app): State<App>, method: Method, uri: Uri, request: HeaderMap) -> Response<Body> {
    app.answer(&method, uri.path(), &request)
}

fn no_path() -> Response<Body> {
    problem(ProblemCode::NotFound, "there is nothing at this path: the interface for programs is below /v1")
}

/// Whether the page stands at this path.
fn is_page(path: &str) -> bool {
    let Some(rest) = path.strip_prefix("e/") else { return PAGES.contains(&path) };
    let (election, page) = match rest.split_once('/') {
        Some((election, page)) => (election, Some(page)),
        None => (rest, None),
    };
    hex_parse::<ElectionId>(election).is_some() && page.is_none_or(|page| ELECTION_PAGES.contains(&page))
}

/// An answer of the app, with how long it may be kept and what the browser holds it to. A 304 has them too: a browser
/// takes over its headers.
fn finished(mut response: Response<Body>, cache: &'static str) -> Response<Body> {
    let fixed = [
        (header::CACHE_CONTROL, cache),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    ];
    let fixed = fixed.map(|(name, value)| (name, HeaderValue::from_static(value)));
    response.headers_mut().extend(fixed);
    // the app's files are in memory once, however many ask for them
    response.extensions_mut().insert(Weight::Shared);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_stands_at_its_addresses_alone() {
        let id = "0a".repeat(32);
        let good = ["", "board", "how", "practice", "check", "trustee"].map(str::to_owned);
        for path in
            good.into_iter().chain([format!("e/{id}"), format!("e/{id}/vote"), format!("e/{id}/trustees")])
        {
            assert!(is_page(&path), "{path}");
        }
        let long = format!("e/{id}0");
        let upper = format!("e/{}", id.to_uppercase());
        for path in ["index.html", "Board", "board/", "e", "e/", "e/xyz", "e//vote", long.as_str(), &upper] {
            assert!(!is_page(path), "{path}");
        }
        for page in ["", "other", "vote/", "vote/x"] {
            assert!(!is_page(&format!("e/{id}/{page}")), "{page}");
        }
    }
}
