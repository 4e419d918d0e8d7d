//! A program's visit to a board: what was seen before is read from a file, and what was seen now goes there.

use std::path::{Path, PathBuf};

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
    #[error("{0:?} is neither a board's key nor its fingerprint")]
    Trust(String),
    /// The file of earlier visits cannot be read.
    #[error("{} cannot be read: {error}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What reading failed with.
        error: std::io::Error,
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
            Self::Read { .. } | Self::Write(_) => "check that the folder is there and may be written to",
        }
    }
}

/// A board in the course of a visit.
#[derive(Debug)]
pub struct Visit<T = Http> {
    /// The board.
    pub board: Board<T>,
    file: Option<PathBuf>,
}

impl Visit {
    /// Connects to a board: under the key or fingerprint given, else the one seen before, else the board is taken
    /// at its word. The address may also be one of a record's static files. `file` keeps what was seen; it need not be there yet.
    pub async fn begin(address: &str, trust: Option<&str>, file: Option<&Path>) -> Result<Self, VisitError> {
        let (trust, view) = remembered(trust, file)?;
        let board = site::connect(address, trust.as_ref(), view).await?;
        Self::begun(board, file)
    }
}

impl Visit<Site> {
    /// The same, where the board's logs may also lie in a folder of this machine.
    pub async fn begin_at(place: &str, trust: Option<&str>, file: Option<&Path>) -> Result<Self, VisitError> {
        let (trust, view) = remembered(trust, file)?;
        let board = Site::connect(place, trust.as_ref(), view).await?;
        Self::begun(board, file)
    }
}

impl<T: Transport> Visit<T> {
    fn begun(board: Board<T>, file: Option<&Path>) -> Result<Self, VisitError> {
        let visit = Self { board, file: file.map(Path::to_owned) };
        visit.save()?;
        Ok(visit)
    }

    /// Keeps what was seen. To be called at the end of a visit, whether it succeeded or not.
    pub fn save(&self) -> Result<(), VisitError> {
        match &self.file {
            Some(path) => {
                Ok(write_atomically(path, self.board.view().to_json().as_bytes(), Existing::Replaced)?)
            }
            None => Ok(()),
        }
    }
}

/// The key that the caller trusts, and what was seen on earlier visits.
fn remembered(trust: Option<&str>, file: Option<&Path>) -> Result<(Option<Trust>, SavedView), VisitError> {
    let trust =
        trust.map(|text| Trust::parse(text).ok_or_else(|| VisitError::Trust(text.to_owned()))).transpose()?;
    let view = match file {
        Some(path) => match std::fs::read_to_string(path) {
            Ok(text) => SavedView::from_json(&text)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => SavedView::default(),
            Err(error) => return Err(VisitError::Read { path: path.to_owned(), error }),
        },
        None => SavedView::default(),
    };
    Ok((trust, view))
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
