//! What mirrors remember: each is asked for its newest checkpoint of the board log.

use std::sync::Arc;

use tabella_board_client::site::Site;
use tabella_board_client::{Board, ClientError, Fork, ForkKind, SavedView, Trust};
use tabella_crypto::checkpoint::{NoteKey, SignedCheckpoint};
use tabella_crypto::signature::VerifyingKey;

use super::{AskError, Asked, Finding, Who};
use crate::publish::begins_with;
use crate::store::{LogId, Store, StoreError};

/// Asks all mirrors, addresses or folders, at a time.
pub async fn ask_mirrors(
    store: &Arc<dyn Store>,
    operator: VerifyingKey,
    mirrors: &[String],
) -> Result<Vec<Asked>, AskError> {
    let mut tasks = Vec::with_capacity(mirrors.len());
    for mirror in mirrors {
        let (store, mirror) = (store.clone(), mirror.clone());
        tasks.push(tokio::spawn(async move { ask(store.as_ref(), operator, &mirror).await }));
    }
    let mut asked = Vec::with_capacity(mirrors.len());
    for (task, mirror) in tasks.into_iter().zip(mirrors) {
        let finding = task.await.unwrap_or_else(|error| Ok(Finding::Unknown(error.to_string())))?;
        asked.push(Asked { who: Who::Mirror(mirror.clone()), finding });
    }
    Ok(asked)
}

/// Holds a mirror's newest checkpoint of the board log against the store, which has a head.
async fn ask(store: &dyn Store, operator: VerifyingKey, mirror: &str) -> Result<Finding, AskError> {
    let board = match reach(Some(store), operator, mirror).await? {
        Ok(board) => board,
        Err(finding) => return Ok(finding),
    };
    let own = store.head(LogId::Board)?.map_or(0, |head| head.claimed().size());
    Ok(match board.log().refresh().await {
        Ok(head) if head.size() > own => Finding::Ahead(head.size()),
        Ok(_) => Finding::InStep,
        Err(ClientError::Fork(fork)) => Finding::OtherLog(Some(fork)),
        Err(error) => unknown(&error),
    })
}

/// Connects to a mirror whose board log is the store's or continues it; else what was found instead. Without a store,
/// or with an empty one, every log of this operator will do.
pub async fn reach(
    store: Option<&dyn Store>,
    operator: VerifyingKey,
    mirror: &str,
) -> Result<Result<Board<Site>, Finding>, AskError> {
    let head = store.map(|store| store.head(LogId::Board)).transpose()?.flatten();
    let (trust, view) = match &head {
        Some(head) => {
            let key = NoteKey::log(head.claimed().origin(), operator)?;
            let view = SavedView::of(&key, [head]);
            (Trust::Key(key), view)
        }
        None => (Trust::Fingerprint(operator.fingerprint()), SavedView::default()),
    };
    Ok(match Site::connect(mirror, Some(&trust), view).await {
        Ok(board) => Ok(board),
        Err(ClientError::Fork(fork)) => {
            Err(match store.map(|store| beginning(store, &fork)).transpose()? {
                Some(Some(size)) => Finding::Behind(size),
                _ => Finding::OtherLog(Some(fork)),
            })
        }
        Err(error) => Err(unknown(&error)),
    })
}

fn unknown(error: &ClientError) -> Finding {
    Finding::Unknown(match error {
        ClientError::WrongKey { found, .. } => format!(
            "it shows a board with the key {found}, which is not that of operator.key: put this board's key there, or name \
             a mirror of the board that the key belongs to"
        ),
        error => format!("{error}: {}", error.hint()),
    })
}

/// The size of the checkpoint shown, if the store's log begins with it.
fn beginning(store: &dyn Store, fork: &Fork) -> Result<Option<u64>, StoreError> {
    let shown = SignedCheckpoint::parse(fork.shown.as_bytes());
    let (Ok(shown), ForkKind::Shrank) = (shown, fork.kind) else { return Ok(None) };
    let holds = begins_with(store, LogId::Board, shown.claimed()).unwrap_or(false);
    Ok(holds.then_some(shown.claimed().size()))
}
