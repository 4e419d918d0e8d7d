//! Before the board signs anything: has somebody seen more of its log than the store has, or another log?
//!
//! A board that signs on top of an old copy of its store forks its log: somebody holds a checkpoint, signed by the same
//! key, that the new log does not continue, and everybody can prove it. So all who remember are asked first: the file
//! of cosigned heads in the board's own folder ([`Kept`](crate::witnesses::Kept)), the [`mirrors`], and the witnesses
//! ([`ask_witnesses`](crate::witnesses::guard::ask_witnesses)). The board does not start if one of them is further or
//! contradicts ([`judge`]). What a witness says is not proven here, only enough not to start: a board that is down can
//! be looked at, a fork cannot be taken back.
//!
//! The board log is enough, since it anchors every head of every election's log. What an old store lacks is brought
//! from a mirror by [`catch_up`](crate::sequencer::catch_up).

use std::fmt;
use std::path::PathBuf;

use tabella_board_client::{Contradiction, ForkKind};
use tabella_board_core::board::board_key;
use tabella_crypto::checkpoint::{NoteError, SignedCheckpoint};

use crate::publish::{ReadError, begins_with, contradiction};
use crate::store::{LogId, Store, StoreError};
use crate::witnesses::{SettingError, genesis};

pub mod mirrors;
mod objection;

pub use objection::{Objection, Required, Way, judge};

/// Where evidence is kept in a board's folder.
pub const EVIDENCE: &str = "evidence";

/// Somebody, or something, that remembers the board's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A mirror, by its address or folder.
    Mirror(String),
    /// A witness, by its name.
    Witness(String),
    /// A file in the board's own folder.
    File(PathBuf),
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mirror(mirror) => write!(f, "the mirror {mirror}"),
            Self::Witness(name) => write!(f, "the witness {name}"),
            Self::File(file) => write!(f, "{}, which keeps what witnesses cosigned,", file.display()),
        }
    }
}

/// How the log that somebody saw stands to the stored one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The same size and root.
    InStep,
    /// It saw this many entries, fewer than are stored, and they are the beginning of what is stored.
    Behind(u64),
    /// It saw this many entries, more than are stored: the store is an old copy.
    Ahead(u64),
    /// It shows a checkpoint of more entries than are stored, which this board signed, and not how the store stands to
    /// it: a tile is damaged or withheld. The store is an old copy, or another log.
    Unshown {
        /// Entries of that checkpoint.
        size: u64,
        /// What it did instead, in words.
        reason: String,
    },
    /// It saw another log; with the proof, where it can be had.
    OtherLog(Option<Box<Contradiction>>),
    /// It cannot be asked, or says nothing that helps; in words.
    Unknown(String),
}

impl Finding {
    /// Its name in figures.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InStep => "in-step",
            Self::Behind(_) => "behind",
            Self::Ahead(_) => "ahead",
            Self::Unshown { .. } => "unshown",
            Self::OtherLog(_) => "other-log",
            Self::Unknown(_) => "unknown",
        }
    }
}

/// Who was asked, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub who: Who,
    /// Where it stands.
    pub finding: Finding,
}

impl Asked {
    /// Writes it into the program's log.
    pub fn tell(&self) {
        let Self { who, finding } = self;
        match finding {
            Finding::InStep => tracing::info!("{who} has this store's head"),
            Finding::Behind(size) => tracing::info!(size, "{who} is behind this store"),
            // the program ends with these
            Finding::Ahead(_) | Finding::Unshown { .. } | Finding::OtherLog(_) => {}
            Finding::Unknown(reason) => {
                tracing::warn!("{who} could not be asked whether the store is the newest: {reason}");
            }
        }
    }
}

/// How a checkpoint that somebody shows stands to the stored log, whose head is given; none if this board did not sign
/// it as one of its board log.
pub fn compare(
    store: &dyn Store,
    stored: &SignedCheckpoint,
    shown: &SignedCheckpoint,
) -> Result<Option<Finding>, AskError> {
    let key = board_key(&genesis(store)?)?;
    if shown.verify_ignoring_unknown(&key, &[]).is_err() {
        return Ok(None);
    }
    let (own, seen) = (stored.claimed().size(), shown.claimed().size());
    if seen > own {
        return Ok(Some(Finding::Ahead(seen)));
    }
    if begins_with(store, LogId::Board, shown.claimed())? {
        return Ok(Some(if seen == own { Finding::InStep } else { Finding::Behind(seen) }));
    }
    let (kind, path) = match seen == own {
        true => (ForkKind::SameSize, Vec::new()),
        false => (ForkKind::NotABeginning, contradiction(store, LogId::Board, seen, own)?),
    };
    let proven = Contradiction::between(&key, kind, shown, stored, path);
    Ok(Some(Finding::OtherLog(proven.ok().map(Box::new))))
}

/// Why nobody can be asked: the fault is here.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is read from it.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A name that cannot be a log's.
    #[error("the store's head has no proper name: {0}")]
    Name(#[from] NoteError),
    /// Its first entries.
    #[error(transparent)]
    Genesis(#[from] SettingError),
}
