//! What can go wrong with a mirror.

use std::path::PathBuf;

use tabella_board_client::evidence::file::Evidence;
use tabella_board_client::record::RecordError;
use tabella_board_client::sealed::SealedError;
use tabella_board_client::visit::VisitError;
use tabella_board_client::{ClientError, Contradiction};
use tabella_crypto::checkpoint::NoteError;

/// Why a mirror does not take what a board shows.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The board, or what it sent.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Two checkpoints contradict each other, which is proven.
    #[error(
        "{}. The mirror has stopped and keeps what it has; {evidence}", ClientError::Fork(.contradiction.clone())
    )]
    Contradiction {
        /// The two checkpoints.
        contradiction: Box<Contradiction>,
        /// Where they are kept.
        evidence: Evidence,
    },
    /// What was seen of the board cannot be read.
    #[error(transparent)]
    View(#[from] VisitError),
    /// What was seen of the board cannot be kept.
    #[error("what the source showed cannot be kept: {0}")]
    Seen(SealedError),
    /// A name that cannot be a log's.
    #[error("a log of this board has no proper name: {0}")]
    Name(#[from] NoteError),
    /// The folder holds something else than this program wrote.
    #[error("{} is damaged or was changed: move the folder away, and let the mirror begin anew", .0.display())]
    Damaged(PathBuf),
    /// The folder is of something else.
    #[error(
        "{} has {} in it, which is no part of a mirror: name an empty folder, or one that a mirror has made",
        .folder.display(), .file.display()
    )]
    Occupied {
        /// The folder.
        folder: PathBuf,
        /// A file or folder in it.
        file: std::ffi::OsString,
    },
    /// Another mirror writes there.
    #[error("another mirror writes to {}: stop it, only one may run", .0.display())]
    InUse(PathBuf),
    /// The folder cannot be read or written.
    #[error("{}: {error}: check that the folder may be written to and the disk has room", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What failed.
        error: std::io::Error,
    },
    /// No moment at which all logs agreed.
    #[error(
        "the logs of the source do not come to agree: try again in a minute, or take them from the board itself"
    )]
    NotSettled,
}

impl From<RecordError> for MirrorError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Client(error) => Self::Client(error),
            RecordError::Io { path, error } => Self::Io { path, error },
            RecordError::Exists(path) => Self::Damaged(path),
            RecordError::NotAnchored => Self::NotSettled,
        }
    }
}

impl MirrorError {
    /// What to do about it, where the error itself does not say it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Client(error) => Some(error.hint()),
            Self::Contradiction { contradiction, .. } => {
                Some(ClientError::Fork(contradiction.clone()).hint())
            }
            Self::View(error) => Some(error.hint()),
            _ => None,
        }
    }

    /// Whether the same may succeed in a while, without anybody doing anything.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::NotSettled => true,
            Self::Client(error) => matches!(
                error,
                ClientError::Unreachable { .. }
                    | ClientError::TimedOut { .. }
                    | ClientError::NotABoard { .. }
                    | ClientError::Refused(_)
                    | ClientError::Tampered { .. }
            ),
            _ => false,
        }
    }
}
