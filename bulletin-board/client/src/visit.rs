//! A program's visit to a board: what was seen before is read from a file, and what was seen now goes there.

use std::path::{Path, PathBuf};

use crate::board::Found;
use crate::board::{Board, Trust};
use crate::error::ClientError;
use crate::keyfile::KeyFileError;
use crate::record::RecordError;
use crate::sealed::{Existing, SealedError, write_atomically};
use crate::site::{self, Site};
use crate::transport::{Http, Transport};
use crate::view::SavedView;

/// The file in a program's folder.
pub const VIEW_FILE: &str = "board-view.json";

/// Why a visit fails.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// The board, or what it sent.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// What is given as the board's key is none.
    #[error("{0:?} is {wanted}", wanted = Trust::WANTED)]
    Trust(String),
    /// The file of earlier visits cannot be read.
    #[error("{} cannot be read: {error}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What reading failed with.
        error: std::io::Error,
    },
    /// The file is not one of earlier visits, or is damaged.
    #[error("{} is not what was kept of earlier visits to a board: {reason}", .path.display())]
    View {
        /// The file.
        path: PathBuf,
        /// What shows it.
        reason: &'static str,
    },
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] SealedError),
}

impl VisitError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Client(error) => error.hint(),
            Self::Trust(_) => "give the key or fingerprint as the board's operator published it",
            Self::View { .. } => {
                "name the right file, or one that is not there yet. If it was the right one, restore it from a backup; \
                 to begin anew without it gives up what it guards against"
            }
            Self::Read { .. } | Self::Write(_) => "check that the folder is there and may be written to",
        }
    }
}

/// A board in the course of a visit. What was seen is kept however the visit ends; [`Visit::save`] says whether it was.
#[derive(Debug)]
pub struct Visit<T: Transport = Http> {
    /// The board.
    pub board: Board<T>,
    file: Option<PathBuf>,
}

impl Visit {
    /// Connects to a board: under the key or fingerprint given, else the one seen before, else the board is taken
    /// at its word. The address may also be one of a record's static files. `file` keeps what was seen; it need not be there yet.
    pub async fn begin(address: &str, trust: Option<&str>, file: Option<&Path>) -> Result<Self, VisitError> {
        let (trust, view) = remembered(trust, file)?;
        let found = site::find(address, trust.as_ref(), view).await?;
        Self::begun(found, file).await
    }
}

impl Visit<Site> {
    /// The same, where the board's logs may also lie in a folder of this machine.
    pub async fn begin_at(place: &str, trust: Option<&str>, file: Option<&Path>) -> Result<Self, VisitError> {
        let (trust, view) = remembered(trust, file)?;
        let found = Site::find(place, trust.as_ref(), view).await?;
        Self::begun(found, file).await
    }
}

impl<T: Transport> Visit<T> {
    async fn begun(found: Found<T>, file: Option<&Path>) -> Result<Self, VisitError> {
        let file = file.map(Path::to_owned);
        match found.verify().await {
            Ok(board) => {
                let visit = Self { board, file };
                visit.save()?;
                Ok(visit)
            }
            Err(error) => {
                // what was shown is kept all the same; of what is no board nothing is
                if let (Some(path), false) = (&file, matches!(error, ClientError::NotABoard { .. })) {
                    write_view(path, &found.view())?;
                }
                Err(error.into())
            }
        }
    }

    /// Keeps what was seen. To be called at the end of a visit, whether it succeeded or not.
    pub fn save(&self) -> Result<(), VisitError> {
        match &self.file {
            Some(path) => Ok(write_view(path, &self.board.view())?),
            None => Ok(()),
        }
    }
}

impl<T: Transport> Drop for Visit<T> {
    fn drop(&mut self) {
        // who must know whether it was kept has saved it before
        let _ = self.save();
    }
}

/// The key that the caller trusts, and what was seen on earlier visits.
fn remembered(trust: Option<&str>, file: Option<&Path>) -> Result<(Option<Trust>, SavedView), VisitError> {
    let trust =
        trust.map(|text| Trust::parse(text).ok_or_else(|| VisitError::Trust(text.to_owned()))).transpose()?;
    Ok((trust, file.map_or_else(|| Ok(SavedView::default()), read_view)?))
}

/// What a file keeps of earlier visits, verified; nothing if it is not there.
pub fn read_view(path: &Path) -> Result<SavedView, VisitError> {
    let text = match std::fs::read(path) {
        Ok(bytes) => String::from_utf8(bytes).unwrap_or_default(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(SavedView::default()),
        Err(error) => return Err(VisitError::Read { path: path.to_owned(), error }),
    };
    let view = SavedView::from_json(&text).and_then(|view| view.verify().map(|()| view));
    view.map_err(|error| match error {
        ClientError::SavedView(reason) => VisitError::View { path: path.to_owned(), reason },
        error => error.into(),
    })
}

/// Keeps what was seen in a file, which is there whole or as it was.
pub fn write_view(path: &Path, view: &SavedView) -> Result<(), SealedError> {
    write_atomically(path, view.to_json().as_bytes(), Existing::Replaced)
}

/// What to do about an error of a program, where one of this crate's says it.
pub fn hint(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    let own = error
        .downcast_ref::<ClientError>()
        .map(ClientError::hint)
        .or_else(|| error.downcast_ref::<VisitError>().map(VisitError::hint))
        .or_else(|| error.downcast_ref::<KeyFileError>().map(KeyFileError::hint))
        .or_else(|| match error.downcast_ref::<RecordError>()? {
            RecordError::Client(error) => Some(error.hint()),
            _ => None,
        });
    own.or_else(|| error.source().and_then(hint))
}
