//! Two checkpoints of one log that contradict each other, as something to keep, to hand on, and to judge without the
//! board and without a network. Specification: "Evidence".
//!
//! A [`Fork`] is what an evidence file says, whoever wrote it. [`Fork::confirm`] judges it: it rests on the signatures
//! of the board's key, and on one path of hashes, alone. Evidence against a board that signs one growing log cannot be
//! made, but by whoever has the board's key or finds a collision of SHA-256. Anybody can make a key, so what is
//! confirmed is confirmed of the key in the file: see [`Fork::confirm`]'s `board`.
//!
//! What a program reports and writes is a [`Contradiction`]: a fork that was confirmed when it was made. A tile that is
//! missing or wrong makes none; it is a failure of whoever served it ([`ClientError::Tampered`]). Nor does a log that
//! is shown with fewer entries than before: see [`WentBack`].
//!
//! [`ClientError::Tampered`]: crate::ClientError::Tampered

use serde::{Deserialize, Serialize};

use tabella_board_core::api::hex_list;
use tabella_board_core::entry::election_origin;
use tabella_crypto::checkpoint::{
    CheckpointError, NoteAlgorithm, NoteError, NoteKey, SignedCheckpoint, VerifiedCheckpoint,
};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{ProofError, verify_contradiction};
use tabella_crypto::transcript::Digest;

use crate::board::Trust;

#[cfg(feature = "programs")]
pub mod file;

/// The version of the file's form.
pub const EVIDENCE_VERSION: u16 = 1;
/// Most bytes of an evidence file: two notes of the longest, the path, and names.
pub const MAX_EVIDENCE_LENGTH: usize = 64 * 1024;

/// How two checkpoints contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForkKind {
    /// The one shown as the newest has fewer entries. Without a path this is no proof: an old copy of an honest board
    /// shows the same.
    Shrank,
    /// Both have as many entries, but not the same. The signatures prove it.
    SameSize,
    /// The smaller one is not the beginning of the larger one, which a path proves.
    NotABeginning,
}

/// Two checkpoints of one log that are said to contradict each other: what an evidence file holds. Whether it proves
/// anything, [`Fork::confirm`] says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fork {
    /// [`EVIDENCE_VERSION`].
    pub version: u16,
    /// How they contradict each other, as whoever met them saw it.
    pub kind: ForkKind,
    /// The board's key, a vkey.
    pub board: String,
    /// The log's origin.
    pub origin: String,
    /// The checkpoint seen before, a signed note.
    pub seen: String,
    /// The checkpoint shown now, a signed note.
    pub shown: String,
    /// For checkpoints of different sizes: see [`verify_contradiction`]. Empty where there is none.
    #[serde(with = "hex_list")]
    pub path: Vec<Digest>,
}

/// Two checkpoints of one log, both signed by the board's key, that contradict each other: keep it, and show it to
/// others. Made by [`Contradiction::new`] and [`Contradiction::between`] alone, so that there is none that
/// [`Fork::confirm`] does not confirm.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction(Fork);

impl Contradiction {
    /// Confirms a fork, of whichever board it is.
    pub fn new(fork: Fork) -> Result<Self, Unproven> {
        let _confirmed = fork.confirm(None)?;
        Ok(Self(fork))
    }

    /// Two checkpoints of a log of the board with this key: `seen` before `shown`. `path` is that of
    /// [`verify_contradiction`]; it is empty for equal sizes.
    pub fn between(
        board: &NoteKey,
        kind: ForkKind,
        seen: &SignedCheckpoint,
        shown: &SignedCheckpoint,
        path: Vec<Digest>,
    ) -> Result<Self, Unproven> {
        let (board, origin) = (board.to_vkey_string(), shown.claimed().origin().to_owned());
        let (version, seen, shown) = (EVIDENCE_VERSION, seen.encode(), shown.encode());
        Self::new(Fork { version, kind, board, origin, seen, shown, path })
    }

    /// What it says.
    pub fn fork(&self) -> &Fork {
        &self.0
    }
}

/// A log that is shown with fewer entries than before: an old copy of it, or a board that takes entries back. Which of
/// both, these two checkpoints do not say; where the log goes on, it is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WentBack {
    /// The larger checkpoint, seen before.
    pub seen: SignedCheckpoint,
    /// The smaller one, shown now as the newest.
    pub shown: SignedCheckpoint,
}

/// What evidence proves.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// The board's key.
    pub board: NoteKey,
    /// The checkpoint of fewer entries.
    pub older: VerifiedCheckpoint,
    /// The checkpoint of more entries, or the other one of as many.
    pub newer: VerifiedCheckpoint,
}

/// Why evidence proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// Another board than the one in question.
    #[error("it is about the board {0}, not about the one you named")]
    OtherBoard(String),
    /// Not the key of a log.
    #[error("what it gives as the board's key is none: {0}")]
    Key(NoteError),
    /// Not the board's log nor that of one of its elections.
    #[error("{0} is no log of this board")]
    Origin(String),
    /// A checkpoint that the board did not sign for this log.
    #[error("the checkpoint {which} is not one that this key signed for this log: {error}")]
    Checkpoint {
        /// Which of the two.
        which: &'static str,
        /// What is wrong.
        error: CheckpointError,
    },
    /// Both are the same.
    #[error("both checkpoints say the same: nothing was changed")]
    Same,
    /// Two sizes, and nothing that shows more.
    #[error(
        "the two checkpoints have different sizes, and no path shows that one is not the beginning of the other. An \
         honest board whose old copy was shown looks the same: keep both, and compare with what the board shows later"
    )]
    NoPath,
    /// A path that leads nowhere, or to where an honest log leads.
    #[error("the path does not show that the log of more entries begins otherwise than the other: {0}")]
    Path(ProofError),
}

/// Why a text is no evidence to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Not the JSON of evidence.
    #[error("this is not an evidence file: it must be the JSON as the program wrote it")]
    Form,
    /// A version of which nothing is known here.
    #[error(
        "the evidence has version {0}, and this program knows version {EVIDENCE_VERSION}: use a newer one"
    )]
    Version(u16),
}

/// The version alone, which is looked at before anything else.
#[derive(Deserialize)]
struct Version {
    version: u16,
}

impl Fork {
    /// Reads an evidence file.
    pub fn from_json(text: &str) -> Result<Self, Unusable> {
        if text.len() > MAX_EVIDENCE_LENGTH {
            return Err(Unusable::Form);
        }
        let Version { version } = serde_json::from_str(text).map_err(|_| Unusable::Form)?;
        if version != EVIDENCE_VERSION {
            return Err(Unusable::Version(version));
        }
        serde_json::from_str(text).map_err(|_| Unusable::Form)
    }

    /// The evidence file.
    pub fn to_json(&self) -> String {
        // strings and a number: nothing that JSON cannot say
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Whether this proves that the board signed two logs as one. `board` is the one in question; without it, whoever
    /// asks must compare the key of what is [`Confirmed`], because anybody can make a key and contradict themselves.
    ///
    /// It does if both notes are signed by this key as checkpoints of `origin`, a log of this board, and their roots
    /// differ though the sizes do not, or `path` shows the contradiction ([`verify_contradiction`]). Which checkpoint
    /// was seen first, and [`Fork::kind`], are the reporter's word and prove nothing.
    pub fn confirm(&self, board: Option<&Trust>) -> Result<Confirmed, Unproven> {
        let Self { version: _, kind: _, board: key, origin, seen, shown, path } = self;
        let key = NoteKey::parse(key).map_err(Unproven::Key)?;
        if key.algorithm() != NoteAlgorithm::Ed25519 {
            return Err(Unproven::Key(NoteError::Key));
        }
        if board.is_some_and(|board| !board.accepts(&key)) {
            return Err(Unproven::OtherBoard(key.to_vkey_string()));
        }
        if !is_log_of(&key, origin) {
            return Err(Unproven::Origin(origin.clone()));
        }
        let log = NoteKey::log(origin, key.verifying_key()).map_err(Unproven::Key)?;
        let read = |note: &str, which| {
            let signed = SignedCheckpoint::parse(note.as_bytes());
            signed
                .and_then(|signed| signed.verify_ignoring_unknown(&log, &[]))
                .map_err(|error| Unproven::Checkpoint { which, error })
        };
        let (seen, shown) = (read(seen, "seen before")?, read(shown, "shown now")?);
        let (older, newer) = if seen.size() <= shown.size() { (seen, shown) } else { (shown, seen) };
        if older.checkpoint() == newer.checkpoint() {
            return Err(Unproven::Same);
        }
        if path.is_empty() && older.size() != newer.size() && older.size() != 0 {
            return Err(Unproven::NoPath);
        }
        verify_contradiction(older.size(), &older.root(), newer.size(), &newer.root(), path)
            .map_err(Unproven::Path)?;
        Ok(Confirmed { board: key, older, newer })
    }
}

/// Whether an origin is the board's own log or that of an election on it.
fn is_log_of(board: &NoteKey, origin: &str) -> bool {
    let election = origin.rsplit('/').next().and_then(Digest::from_hex).map(ElectionId);
    origin == board.name()
        || election.is_some_and(|election| election_origin(board.name(), election) == origin)
}

#[cfg(test)]
mod tests;
