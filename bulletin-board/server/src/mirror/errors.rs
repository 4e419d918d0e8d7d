//! What can go wrong with a mirror.

use std::path::PathBuf;

use tabella_board_client::record::RecordError;
use tabella_board_client::sealed::SealedError;
use tabella_board_client::{ClientError, Fork, ForkKind};
use tabella_board_core::board::BoardRefusal;
use tabella_crypto::checkpoint::NoteError;
use tabella_crypto::codec::CodecError;

/// Why a mirror does not take what a board shows.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The board, or what it sent.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Two checkpoints contradict each other.
    #[error(
        "{} The mirror has stopped and keeps what it has. Both signed checkpoints are in {}: show them to the \
         election office and observers",
        contradiction(.fork), .evidence.display()
    )]
    Contradiction {
        /// The two checkpoints.
        fork: Box<Fork>,
        /// The file that keeps them.
        evidence: PathBuf,
    },
    /// They do, and cannot be kept.
    #[error("{} The two checkpoints could not be written down: {error}", contradiction(.fork))]
    Unkept {
        /// The two checkpoints.
        fork: Box<Fork>,
        /// Why not.
        error: SealedError,
    },
    /// The board signed an entry that breaks the rules of the board log.
    #[error(
        "entry {index} of the board log breaks the rules: {refusal}: tell the election office and observers"
    )]
    Rules {
        /// The entry.
        index: u64,
        /// What is wrong.
        refusal: BoardRefusal,
    },
    /// The board signed an entry that is none.
    #[error("entry {index} of the board log cannot be read: {error}: tell the election office and observers")]
    Encoding {
        /// The entry.
        index: u64,
        /// What is wrong.
        error: CodecError,
    },
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

fn contradiction(fork: &Fork) -> String {
    let what = match fork.kind {
        ForkKind::SameSize => "the board signed two different logs of one size",
        ForkKind::Shrank | ForkKind::NotABeginning => {
            "the board signed two logs that do not continue each other"
        }
    };
    format!("{what} as {}.", fork.origin)
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
