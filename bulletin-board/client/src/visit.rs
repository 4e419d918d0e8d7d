//! A program's visit to a board: what was seen before is read from a file, and what was seen now goes there.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::board::{Board, Found, Trust};
use crate::error::ClientError;
use crate::keyfile::KeyFileError;
use crate::record::RecordError;
use crate::sealed::{Existing, SealedError, write_atomically};
use crate::site::{self, Site};
use crate::terminal::print_error;
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
    /// An earlier visit proved that the board signed two logs as one, and nobody has seen to it since.
    #[error("{error}. An earlier visit proved it, and {} keeps both checkpoints", .path.display())]
    Contradicted {
        /// The file.
        path: PathBuf,
        /// The contradiction, as a [`ClientError::Fork`].
        error: ClientError,
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
            Self::Contradicted { .. } => {
                "the two signed checkpoints are evidence: keep them, with this file, and show them to the election \
                 office and observers. Nothing is read from this board as long as the file is there. When they have \
                 said which board is right, move the file away, and begin anew with that board's key"
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
    /// Somebody knows already that it cannot be kept.
    is_told: AtomicBool,
}

impl Visit {
    /// Connects to a board: under the key or fingerprint given, else the one seen before, else the board is taken
    /// at its word. The address may also be one of a record's static files. `file` keeps what was seen; it need not be
    /// there yet. Where it keeps a contradiction, that is the error: nobody is asked.
    pub async fn begin(address: &str, trust: Option<&str>, file: Option<&Path>) -> Result<Self, VisitError> {
        let (trust, view) = remembered(trust, file)?;
        let found = site::find(address, trust.as_ref(), view).await?;
        Self::of(found, file.map(Path::to_owned)).await
    }
}

impl Visit<Site> {
    /// The same, where the board's logs may also lie in a folder of this machine.
    pub async fn begin_at(place: &str, trust: Option<&str>, file: Option<&Path>) -> Result<Self, VisitError> {
        let (trust, view) = remembered(trust, file)?;
        let found = Site::find(place, trust.as_ref(), view).await?;
        Self::of(found, file.map(Path::to_owned)).await
    }
}

impl<T: Transport> Visit<T> {
    /// A visit to what was found at an address.
    pub(crate) async fn of(found: Found<T>, file: Option<PathBuf>) -> Result<Self, VisitError> {
        match found.verify().await {
            Ok(board) => {
                let visit = Self { board, file, is_told: AtomicBool::new(false) };
                visit.save()?;
                Ok(visit)
            }
            Err(error) => {
                // what was shown is kept all the same
                let kept = match &file {
                    Some(path) if !error.leaves_nothing_seen() => write_view(path, &found.view()),
                    _ => Ok(()),
                };
                failure_first(Err(error.into()), kept.map_err(VisitError::from), tell_unkept)
            }
        }
    }

    /// Keeps what was seen. To be called at the end of a visit that succeeded; one that may have failed ends with
    /// [`Visit::keep`].
    pub fn save(&self) -> Result<(), VisitError> {
        let Some(path) = &self.file else { return Ok(()) };
        write_view(path, &self.board.view()).map_err(|error| {
            self.is_told.store(true, Ordering::Relaxed);
            error.into()
        })
    }

    /// Keeps what was seen, and hands on what came of the visit. What it failed with goes before a file that cannot be
    /// written, which is then said on standard error: it may be a contradiction, and this the only copy of it.
    pub fn keep<O, E: From<VisitError>>(&self, outcome: Result<O, E>) -> Result<O, E> {
        failure_first(outcome, self.save(), tell_unkept)
    }
}

impl<T: Transport> Drop for Visit<T> {
    fn drop(&mut self) {
        if let Err(unkept) = write_at_last(self) {
            tell_unkept(&unkept);
        }
    }
}

/// The key that the caller trusts, and what was seen on earlier visits: an error where that is a contradiction.
fn remembered(trust: Option<&str>, file: Option<&Path>) -> Result<(Option<Trust>, SavedView), VisitError> {
    let trust =
        trust.map(|text| Trust::parse(text).ok_or_else(|| VisitError::Trust(text.to_owned()))).transpose()?;
    let view = file.map_or_else(|| Ok(SavedView::default()), read_view)?;
    if let (Some(path), Some(contradiction)) = (file, view.contradiction()?) {
        let error = ClientError::Fork(Box::new(contradiction));
        return Err(VisitError::Contradicted { path: path.to_owned(), error });
    }
    Ok((trust, view))
}

/// Keeps what was seen when a visit ends in whichever way; an error that nobody has been told.
fn write_at_last<T: Transport>(visit: &Visit<T>) -> Result<(), VisitError> {
    let is_told = visit.is_told.load(Ordering::Relaxed);
    visit.save().or_else(|error| if is_told { Ok(()) } else { Err(error) })
}

/// What a visit failed with goes before what cannot be kept of it, which is then told beside it: the failure may be a
/// contradiction.
pub fn failure_first<O, E, K>(
    outcome: Result<O, E>,
    kept: Result<(), K>,
    tell: impl FnOnce(&K),
) -> Result<O, E>
where
    E: From<K>,
{
    match (outcome, kept) {
        (Ok(outcome), kept) => kept.map(|()| outcome).map_err(E::from),
        (Err(error), kept) => {
            if let Err(unkept) = kept {
                tell(&unkept);
            }
            Err(error)
        }
    }
}

/// Says on standard error that what was seen is not kept, beside what a visit ends with.
fn tell_unkept(error: &VisitError) {
    print_error(&format!("what was seen of the board is not kept: {error}"), Some(error.hint()));
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
