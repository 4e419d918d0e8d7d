//! What can go wrong with a board, each with a sentence for people and, in [`ClientError::hint`], what to do.

use tabella_board_core::api::Problem;
use tabella_board_core::board::{BoardMismatch, BoardRefusal};
use tabella_board_core::check::Refusal;
use tabella_board_core::receipt::ReceiptError;
use tabella_crypto::checkpoint::{CheckpointError, NoteError};
use tabella_crypto::codec::CodecError;
use tabella_crypto::manifest::ManifestError;

use crate::evidence::{Contradiction, ForkKind, WentBack};
use crate::transport::AddressError;

/// What does not fit the log that the board signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Tampering {
    /// Entries that are not those under the signed root.
    #[error("the entries from {0} on are not those of the signed log")]
    Entries(u64),
    /// Not as long as its width says, or not there.
    #[error("a tile of the log is damaged or withheld")]
    Tile,
    /// Tiles by which what was seen is neither the beginning of the signed log nor not.
    #[error("a tile is damaged or withheld, so that it is not shown that the log continues what was seen")]
    Consistency,
    /// So many checkpoints wait to be shown to be of one log that a further one is not taken.
    #[error("too many checkpoints were shown without the tiles that prove them, and no further one is taken")]
    Crowded,
    /// The log has fewer entries than asked for.
    #[error("entry {0} is beyond the end of the signed log")]
    Beyond(u64),
}

/// Why something could not be had from a board, or is not believed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Not an address, or no way to use it.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Nobody answers.
    #[error("no board answers at {address}: {reason}")]
    Unreachable {
        /// The board's address.
        address: String,
        /// What the connection failed with.
        reason: String,
    },
    /// No answer in time, or the board stayed busy.
    #[error("the board at {address} did not answer in time")]
    TimedOut {
        /// The board's address.
        address: String,
    },
    /// Something else answers, or a board that speaks another language.
    #[error("what answers at {address} is not a Tabella board: {reason}")]
    NotABoard {
        /// The address.
        address: String,
        /// What shows it.
        reason: &'static str,
    },
    /// The board's genesis breaks the rules.
    #[error("the board's genesis is not valid: {0}")]
    Genesis(#[from] BoardRefusal),
    /// Another key than the caller trusts, or than was seen before.
    #[error("the board at {address} has {found}; expected is {expected}")]
    WrongKey {
        /// The board's address.
        address: String,
        /// The key or fingerprint that is trusted, and since when, in words.
        expected: String,
        /// The key or fingerprint that the board has, in words.
        found: String,
    },
    /// A name that cannot be a log's.
    #[error("a log of this board has no proper name: {0}")]
    Name(#[from] NoteError),
    /// A checkpoint that does not verify.
    #[error("the checkpoint of {origin} does not verify: {error}")]
    Checkpoint {
        /// The log.
        origin: String,
        /// What is wrong.
        error: CheckpointError,
    },
    /// Two checkpoints contradict each other, which is proven.
    #[error("{}", contradiction_text(.0))]
    Fork(Box<Contradiction>),
    /// The log is shown with fewer entries than before. No proof of anything.
    #[error(
        "the log {} is shown with {} entries, where {} were seen before: an old copy of it is shown, or entries were \
         taken back. This alone proves nothing",
        .0.shown.claimed().origin(), .0.shown.claimed().size(), .0.seen.claimed().size()
    )]
    WentBack(Box<WentBack>),
    /// Something sent is not in the log that the board signed: a failure of whoever sent it, which proves nothing
    /// against the board.
    #[error("{origin}: {tampering}")]
    Tampered {
        /// The log.
        origin: String,
        /// What is wrong.
        tampering: Tampering,
    },
    /// A receipt that does not show the entry.
    #[error("the board's receipt is worth nothing: {0}")]
    Receipt(#[from] ReceiptError),
    /// A receipt of another election.
    #[error("the board's receipt is of another election")]
    OtherElection,
    /// The board refused.
    #[error("the board refused: {}", .0.detail)]
    Refused(Box<Problem>),
    /// An entry on the log that breaks the rules: the board accepted what it must not.
    #[error("entry {index} of the election's log breaks the rules: {refusal}")]
    Rules {
        /// The entry.
        index: u64,
        /// What is wrong.
        refusal: Box<Refusal>,
    },
    /// An entry on the board log that breaks its rules: the board signed what it must not.
    #[error("entry {index} of the board log breaks the rules: {refusal}")]
    BoardRules {
        /// The entry.
        index: u64,
        /// What is wrong.
        refusal: BoardRefusal,
    },
    /// An election of another board, copied to this one.
    #[error("this election does not belong to this board: {0}")]
    OtherBoard(#[from] BoardMismatch),
    /// An entry on the log that is none.
    #[error("entry {index} of {origin} cannot be read: {error}")]
    Encoding {
        /// The log.
        origin: String,
        /// The entry.
        index: u64,
        /// What is wrong.
        error: CodecError,
    },
    /// A manifest to publish that is refused before it is sent.
    #[error("the manifest is refused: {0}")]
    Manifest(#[from] ManifestError),
    /// A saved view that is damaged.
    #[error("what was saved about earlier visits cannot be read: {0}")]
    SavedView(&'static str),
    /// Entries read before could not be stored or read again.
    #[error("entries could not be stored: {0}")]
    Storage(#[from] std::io::Error),
}

fn contradiction_text(contradiction: &Contradiction) -> String {
    let fork = contradiction.fork();
    let origin = &fork.origin;
    match fork.kind {
        ForkKind::SameSize => format!("the board signed two different logs of one size as {origin}"),
        ForkKind::Shrank | ForkKind::NotABeginning => {
            format!("the board signed two logs that do not continue each other as {origin}")
        }
    }
}

impl ClientError {
    /// Whether nothing is kept of what was shown: it is no board's.
    pub fn leaves_nothing_seen(&self) -> bool {
        matches!(self, Self::NotABoard { .. })
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Address(AddressError::Form) => "give the address as the board's operator published it",
            Self::Address(AddressError::Tls) => "install the system's certificates (such as ca-certificates)",
            Self::Unreachable { .. } => "check the address and the network, and that the board is running",
            Self::TimedOut { .. } => "try again in a few minutes; sending the same again does no harm",
            Self::NotABoard { .. } => "check the address; the board may also need a newer program than this",
            Self::Genesis(_) | Self::Name(_) => "tell the board's operator: the board is set up wrongly",
            Self::WrongKey { .. } => {
                "compare the key with the one that the election office published; if it differs, do not go on"
            }
            Self::Tampered { .. } => {
                "ask again, or use another mirror of the record: what is damaged or withheld proves nothing against \
                 the board. If it stays so, tell its operator and observers"
            }
            Self::WentBack(_) => {
                "ask again, also from another network. What was seen stays what the board must continue; if it stays \
                 so, tell the election office and observers"
            }
            Self::Checkpoint { .. } | Self::Receipt(_) | Self::OtherElection => {
                "try again from another network; if it stays so, tell the election office and observers"
            }
            Self::Fork(_) => {
                "the two signed checkpoints are evidence: keep them and show them to the election office and observers"
            }
            Self::Refused(_) => "correct what the board names, then send it again",
            Self::Rules { .. } | Self::BoardRules { .. } | Self::Encoding { .. } => {
                "tell the election office and observers which entry it is: the public record shows it"
            }
            Self::OtherBoard(_) => {
                "go to the board that the election office published; tell it and observers that this one shows a copy"
            }
            Self::Manifest(_) => "correct the manifest",
            Self::SavedView(_) => {
                "restore the file from a backup; deleting it gives up what it guards against"
            }
            Self::Storage(_) => "check that the disk has room and can be written to",
        }
    }
}
