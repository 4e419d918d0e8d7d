//! Where a board's logs can be read: a live board, a web server with their static files, or a folder of them.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use tabella_board_core::api::{ProblemCode, paths};

use crate::board::{Board, Found, Trust};
use crate::error::ClientError;
use crate::transport::{Http, Request, Response, Transport, TransportError};
use crate::view::SavedView;

/// Finds what is at an address: a live board, or static files.
pub async fn find(address: &str, trust: Option<&Trust>, view: SavedView) -> Result<Found, ClientError> {
    live_or_files(|http| http, address, trust, view).await
}

/// Finds a live board, or static files where something else answers; `by` makes the transport.
async fn live_or_files<T: Transport>(
    by: impl Fn(Http) -> T,
    address: &str,
    trust: Option<&Trust>,
    view: SavedView,
) -> Result<Found<T>, ClientError> {
    match Board::find(by(Http::new(address)?), trust, view.clone()).await {
        Err(error) if is_something_else(&error) => {
            let files = Board::find(by(Http::of_files(address)?), trust, view).await;
            // where neither is, what was said of the board is what helps
            files.map_err(|second| if is_something_else(&second) { error } else { second })
        }
        live => live,
    }
}

/// The address answers, but not as a board: static files may be there. A store of files may forbid what it does not
/// have instead of not finding it.
fn is_something_else(error: &ClientError) -> bool {
    match error {
        ClientError::NotABoard { .. } => true,
        ClientError::Refused(problem) => problem.code == ProblemCode::Other,
        _ => false,
    }
}

/// An address or a folder.
#[derive(Debug, Clone)]
pub enum Site {
    /// Of the web.
    Web(Http),
    /// On this machine.
    Folder(Files),
}

impl Site {
    /// Whether the text is meant as an address.
    pub fn is_address(text: &str) -> bool {
        ["http://", "https://"].iter().any(|scheme| text.starts_with(scheme))
    }

    /// Finds what the text names: an address as [`find`] has it, else a folder.
    pub async fn find(
        text: &str,
        trust: Option<&Trust>,
        view: SavedView,
    ) -> Result<Found<Self>, ClientError> {
        match Self::is_address(text) {
            true => live_or_files(Self::Web, text, trust, view).await,
            false => Board::find(Self::Folder(Files::new(text)), trust, view).await,
        }
    }
}

impl Transport for Site {
    fn address(&self) -> &str {
        match self {
            Self::Web(http) => http.address(),
            Self::Folder(files) => files.address(),
        }
    }

    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        match self {
            Self::Web(http) => http.send(request).await,
            Self::Folder(files) => files.send(request).await,
        }
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// The logs' static files in a folder.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
    shown: String,
}

impl Files {
    /// The files below this folder.
    pub fn new(root: impl AsRef<Path>) -> Self {
        let root = root.as_ref();
        Self { root: root.to_owned(), shown: root.display().to_string() }
    }

    /// The file of a path; none if no file of a log has it.
    fn file(&self, path: &str) -> Option<PathBuf> {
        let path = Path::new(path.strip_prefix(paths::VERSION)?.strip_prefix('/')?);
        let is_plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        is_plain.then(|| self.root.join(path))
    }
}

impl Transport for Files {
    fn address(&self) -> &str {
        &self.shown
    }

    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let answer = |status, body| Ok(Response { status, retry_after: None, body });
        let Some(file) = self.file(&request.path).filter(|_| request.body.is_none()) else {
            return answer(404, Vec::new());
        };
        let mut body = Vec::new();
        let limit = request.limit as u64;
        let read = File::open(file).and_then(|file| file.take(limit + 1).read_to_end(&mut body));
        match read {
            Ok(_) if body.len() as u64 > limit => Err(TransportError::TooLong(request.limit)),
            Ok(_) => answer(200, body),
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory
                ) =>
            {
                answer(404, Vec::new())
            }
            Err(error) => Err(TransportError::Unreachable(error.to_string())),
        }
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::run;

    #[test]
    fn only_files_below_the_folder_are_read_and_only_up_to_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("record");
        std::fs::create_dir_all(root.join("board")).unwrap();
        std::fs::write(root.join("board/checkpoint"), "five!").unwrap();
        std::fs::write(folder.path().join("secret"), "x").unwrap();
        let files = Files::new(&root);
        let get = |path: &str, limit| run(files.send(&Request::get(path.to_owned(), limit)));
        let found = get("/v1/board/checkpoint", 5).unwrap();
        assert_eq!((found.status, found.body.as_slice()), (200, b"five!".as_slice()));
        assert_eq!(get("/v1/board/checkpoint", 4), Err(TransportError::TooLong(4)));
        let secret = format!("/v1/{}", folder.path().join("secret").display());
        for path in
            ["/v1/../secret", "/v1/board/../../secret", &secret, "/board/checkpoint", "/v1/board", "/v1/no"]
        {
            assert_eq!(get(path, 9).unwrap().status, 404, "{path}");
        }
        let post = Request::post("/v1/board/checkpoint".to_owned(), "text/plain", Vec::new(), 9);
        assert_eq!(run(files.send(&post)).unwrap().status, 404);
    }
}
