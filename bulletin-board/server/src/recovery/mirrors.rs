//! What mirrors remember: each is asked for its newest checkpoint of the board log.

use std::sync::Arc;

use tabella_board_client::site::Site;
use tabella_board_client::{Board, ClientError, SavedView, Trust};
use tabella_crypto::checkpoint::NoteKey;
use tabella_crypto::signature::VerifyingKey;

use super::{AskError, Asked, Finding, Who, compare};
use crate::store::{LogId, Store};

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
    Ok(ahead(&board.view(), board.key(), own).unwrap_or(Finding::InStep))
}

/// What was shown, proven to continue the store and seen, is enough, whatever fails afterwards.
fn ahead(view: &SavedView, key: &NoteKey, own: u64) -> Option<Finding> {
    let (_, head) = view.seen(key).ok().flatten()?;
    let size = head.size();
    (size > own).then_some(Finding::Ahead(size))
}

/// Connects to a mirror whose board log is the store's or continues it; else what was found instead. Without a store,
/// or with an empty one, every log of this operator will do.
pub async fn reach(
    store: Option<&dyn Store>,
    operator: VerifyingKey,
    mirror: &str,
) -> Result<Result<Board<Site>, Finding>, AskError> {
    let stored = match store {
        Some(store) => store.head(LogId::Board)?.map(|head| (store, head)),
        None => None,
    };
    let Some((store, head)) = stored else {
        let trust = Trust::Fingerprint(operator.fingerprint());
        let connected = match Site::find(mirror, Some(&trust), SavedView::default()).await {
            Ok(found) => found.verify().await,
            Err(error) => Err(error),
        };
        return Ok(connected.map_err(|error| unknown(&error)));
    };
    let key = NoteKey::log(head.claimed().origin(), operator)?;
    let found = Site::find(mirror, Some(&Trust::Key(key.clone())), SavedView::of(&key, [&head])).await;
    let found = match found {
        Ok(found) => found,
        Err(error) => return Ok(Err(unknown(&error))),
    };
    Ok(match found.verify().await {
        Ok(board) => Ok(board),
        Err(ClientError::Fork(proven)) => Err(Finding::OtherLog(Some(proven))),
        // the store has the tiles that the mirror need not show
        Err(ClientError::WentBack(back)) => {
            let finding = compare(store, &head, &back.shown)?;
            Err(finding.unwrap_or_else(|| unknown(&ClientError::WentBack(back))))
        }
        Err(error) => Err(unshown(&found.view(), &key, head.claimed().size(), &error)),
    })
}

/// A mirror that fails after it has shown more than the store has is told from one that just fails.
fn unshown(view: &SavedView, key: &NoteKey, own: u64, error: &ClientError) -> Finding {
    if let Some(ahead) = ahead(view, key, own) {
        return ahead;
    }
    let pending = view.pending(key).unwrap_or_default();
    match pending.iter().map(|(_, head)| head.size()).filter(|size| *size > own).max() {
        Some(size) => Finding::Unshown { size, reason: error.to_string() },
        None => unknown(error),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use tabella_crypto::checkpoint::{Checkpoint, sign_checkpoint};
    use tabella_crypto::merkle::leaf_hash;
    use tabella_crypto::signature::SigningKey;

    #[test]
    fn what_was_proven_to_be_further_counts_though_the_mirror_fails_after_that() {
        let signer = SigningKey::from_seed([1; 32]);
        let key = NoteKey::log("board.example.org/tabella", signer.verifying_key()).unwrap();
        let head = |size| {
            let checkpoint = Checkpoint::new(key.name(), size, leaf_hash(b"root")).unwrap();
            sign_checkpoint(&checkpoint, &signer).unwrap()
        };
        let failure = ClientError::OtherElection;
        for (size, is_further) in [(6, false), (7, false), (8, true)] {
            let found = unshown(&SavedView::of(&key, [&head(size)]), &key, 7, &failure);
            assert_eq!(found == Finding::Ahead(8), is_further, "{found:?}");
        }
    }
}
