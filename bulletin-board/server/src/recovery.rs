//! Whether the store is the newest that this board signed for. Mirrors remember what a store that was put back from a
//! backup has forgotten.
//!
//! A board that signs on top of an old copy of its store forks its log: somebody holds a checkpoint, signed by the same
//! key, that the new log does not continue. So each mirror is asked for its newest checkpoint of the board log before
//! anything is signed ([`check`]), and [`catch_up`](crate::sequencer::catch_up) brings a store up to it. The board log
//! is enough, since it anchors every head of every election's log.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tabella_board_client::evidence::file;
use tabella_board_client::sealed::SealedError;
use tabella_board_client::site::Site;
use tabella_board_client::{Board, ClientError, Contradiction, ForkKind, SavedView, Trust, WentBack};
use tabella_crypto::checkpoint::{NoteError, NoteKey};
use tabella_crypto::merkle::{ProofError, verify_contradiction};
use tabella_crypto::signature::VerifyingKey;

use crate::publish::contradiction;
use crate::store::{LogId, Store, StoreError};

/// Which mirrors are asked before the board signs anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mirrors {
    /// Addresses, or folders.
    pub addresses: Vec<String>,
    /// Whether the board stays down where one of them does not answer.
    pub required: bool,
}

/// What a mirror's newest checkpoint of the board log says about the store.
#[derive(Debug)]
pub enum Finding {
    /// It is the store's head.
    Same,
    /// It is an earlier head of this store's log.
    Behind {
        /// Its size.
        size: u64,
    },
    /// It continues the store's head: the store is an old copy.
    Ahead {
        /// Its size.
        size: u64,
    },
    /// It is larger than the store's head and was signed by this board, and the mirror does not show how the store
    /// stands to it: a tile is damaged or withheld. The store is an old copy, or another log.
    Unshown {
        /// Its size.
        size: u64,
        /// What the mirror did instead.
        error: ClientError,
    },
    /// It was signed by this board, and the store's log is another, which is proven.
    Contradiction(Box<Contradiction>),
    /// It could not be had, or is no checkpoint of this board.
    Unusable(ClientError),
}

/// Why the board does not start.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// The store is an old copy.
    #[error(
        "the store is an old copy: it ends at entry {own} of the board log, and {mirror} has a checkpoint of {size} \
         entries that this board signed. Nothing was signed now. Run `tabella-board catch-up` with the same --data and \
         with --from {mirror}, then start again"
    )]
    Old {
        /// The mirror.
        mirror: String,
        /// Size of its checkpoint.
        size: u64,
        /// Size of the store's.
        own: u64,
    },
    /// The store is an old copy or another log, and the mirror does not show which.
    #[error(
        "{mirror} has a checkpoint of {size} entries of the board log that this board signed, the store ends at entry \
         {own}, and the mirror does not show how the two stand to each other: {error}. Nothing was signed now. Mend the \
         mirror, or run `tabella-board catch-up` from another one, then start again"
    )]
    Unshown {
        /// The mirror.
        mirror: String,
        /// Size of its checkpoint.
        size: u64,
        /// Size of the store's.
        own: u64,
        /// What the mirror did instead.
        error: ClientError,
    },
    /// Two histories under one key.
    #[error(
        "{mirror} has a checkpoint that this board signed and that the store contradicts: two boards have run with this \
         key, or a store was changed. Nothing was signed now. Both checkpoints are in {}: do not start this store; find \
         the store that the public record continues, and tell the election office and observers",
        .evidence.display()
    )]
    Contradiction {
        /// The mirror.
        mirror: String,
        /// The file that keeps both checkpoints.
        evidence: PathBuf,
    },
    /// The evidence cannot be kept.
    #[error(
        "{mirror} has a checkpoint that this board signed and that the store contradicts; it cannot be written down: {error}"
    )]
    Unkept {
        /// The mirror.
        mirror: String,
        /// Why not.
        error: SealedError,
    },
    /// A mirror that must answer does not.
    #[error(
        "the mirror {mirror} cannot be asked whether the store is the newest: {error}; nothing was signed"
    )]
    Unanswered {
        /// The mirror.
        mirror: String,
        /// Why not.
        error: ClientError,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A name that cannot be a log's.
    #[error("the store's head has no proper name: {0}")]
    Name(#[from] NoteError),
}

/// Asks all mirrors at a time and says whether the board may sign. A contradiction is kept in the folder.
pub async fn check(
    store: &Arc<dyn Store>,
    operator: VerifyingKey,
    mirrors: &Mirrors,
    evidence_folder: &Path,
) -> Result<(), RecoveryError> {
    let Some(head) = store.head(LogId::Board)? else { return Ok(()) };
    let own = head.claimed().size();
    let asked: Vec<_> = mirrors
        .addresses
        .iter()
        .map(|mirror| {
            let (store, mirror) = (store.clone(), mirror.clone());
            let question = async move { ask(store.as_ref(), operator, &mirror).await };
            tokio::spawn(question)
        })
        .collect();
    let mut unanswered = None;
    for (mirror, asked) in mirrors.addresses.iter().zip(asked) {
        let mirror = mirror.clone();
        let finding = asked.await.map_err(|_| StoreError::Damaged("a question to a mirror broke off"))??;
        match finding {
            Finding::Same => tracing::info!(mirror, "the mirror has this store's head"),
            Finding::Behind { size } => tracing::info!(mirror, size, "the mirror is behind this store"),
            Finding::Ahead { size } => return Err(RecoveryError::Old { mirror, size, own }),
            Finding::Unshown { size, error } => {
                return Err(RecoveryError::Unshown { mirror, size, own, error });
            }
            Finding::Contradiction(contradiction) => {
                return Err(match file::write(&contradiction, evidence_folder) {
                    Ok(evidence) => RecoveryError::Contradiction { mirror, evidence },
                    Err(error) => RecoveryError::Unkept { mirror, error },
                });
            }
            Finding::Unusable(error) => {
                tracing::warn!(mirror, "the mirror cannot be asked whether the store is the newest: {error}");
                unanswered.get_or_insert((mirror, error));
            }
        }
    }
    match unanswered.filter(|_| mirrors.required) {
        Some((mirror, error)) => Err(RecoveryError::Unanswered { mirror, error }),
        None => Ok(()),
    }
}

/// Holds a mirror's newest checkpoint of the board log against the store, which has a head.
pub async fn ask(store: &dyn Store, operator: VerifyingKey, mirror: &str) -> Result<Finding, RecoveryError> {
    let board = match reach(store, operator, mirror).await? {
        Ok(board) => board,
        Err(finding) => return Ok(finding),
    };
    let own = store.head(LogId::Board)?.map_or(0, |head| head.claimed().size());
    Ok(match board.log().refresh().await {
        Ok(head) if head.size() > own => Finding::Ahead { size: head.size() },
        Ok(_) => Finding::Same,
        Err(ClientError::Fork(contradiction)) => Finding::Contradiction(contradiction),
        Err(error) => unshown(&board.view(), board.key(), own, error),
    })
}

/// A mirror that fails after it has shown more than the store has is told from one that just fails.
fn unshown(view: &SavedView, key: &NoteKey, own: u64, error: ClientError) -> Finding {
    let pending = view.pending(key).unwrap_or_default();
    match pending.iter().map(|(_, head)| head.size()).filter(|size| *size > own).max() {
        Some(size) => Finding::Unshown { size, error },
        None => Finding::Unusable(error),
    }
}

/// Connects to a mirror whose board log is the store's or continues it; else what was found instead. A store that is
/// empty is continued by every log of this operator.
pub async fn reach(
    store: &dyn Store,
    operator: VerifyingKey,
    mirror: &str,
) -> Result<Result<Board<Site>, Finding>, RecoveryError> {
    let (trust, view, own) = match store.head(LogId::Board)? {
        Some(head) => {
            let key = NoteKey::log(head.claimed().origin(), operator)?;
            let view = SavedView::of(&key, [&head]);
            (Trust::Key(key), view, head.claimed().size())
        }
        None => (Trust::Fingerprint(operator.fingerprint()), SavedView::default(), 0),
    };
    let found = match Site::find(mirror, Some(&trust), view).await {
        Ok(found) => found,
        Err(error) => return Ok(Err(Finding::Unusable(error))),
    };
    Ok(match (found.verify().await, trust) {
        (Ok(board), _) => Ok(board),
        (Err(ClientError::Fork(contradiction)), _) => Err(Finding::Contradiction(contradiction)),
        (Err(ClientError::WentBack(back)), Trust::Key(key)) => Err(beginning(store, &key, &back)?),
        (Err(error), Trust::Key(key)) => Err(unshown(&found.view(), &key, own, error)),
        (Err(error), Trust::Fingerprint(_)) => Err(Finding::Unusable(error)),
    })
}

/// What a checkpoint with fewer entries than the store's head is: an earlier head of the store's log, or one of another
/// log. The store has the tiles that prove either.
fn beginning(store: &dyn Store, key: &NoteKey, back: &WentBack) -> Result<Finding, StoreError> {
    let WentBack { seen, shown } = back;
    let (old, new) = (shown.claimed(), seen.claimed());
    let damaged = StoreError::Damaged("the board log's tree cannot be read");
    let Ok(path) = contradiction(store, LogId::Board, old.size(), new.size()) else { return Err(damaged) };
    match verify_contradiction(old.size(), &old.root(), new.size(), &new.root(), &path) {
        Err(ProofError::Consistent) => Ok(Finding::Behind { size: old.size() }),
        _ => match Contradiction::between(key, ForkKind::Shrank, seen, shown, path) {
            Ok(contradiction) => Ok(Finding::Contradiction(Box::new(contradiction))),
            Err(_) => Err(damaged),
        },
    }
}
