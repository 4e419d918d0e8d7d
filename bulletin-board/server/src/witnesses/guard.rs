//! What witnesses remember: before the board signs anything, each is asked where it stands (see [`crate::recovery`]).

use std::sync::Arc;
use std::time::Duration;

use tabella_board_core::witness::Answer;
use tabella_crypto::checkpoint::SignedCheckpoint;

use super::exchange::{Contact, Trouble};
use crate::publish::consistency;
use crate::recovery::{Asked, Finding, Who, compare};
use crate::store::{LogId, Store};

/// Asks every witness at once where it stands: it is asked to cosign the stored head as if it had cosigned that very
/// head before.
pub async fn ask_witnesses(
    store: &Arc<dyn Store>,
    stored: &SignedCheckpoint,
    contacts: &[Contact],
    limit: Duration,
) -> Vec<Asked> {
    let mut tasks = Vec::with_capacity(contacts.len());
    for contact in contacts {
        let (store, contact, head) = (store.clone(), contact.clone(), stored.clone());
        tasks.push(tokio::spawn(async move { finding(&store, &contact, &head, limit).await }));
    }
    let mut asked = Vec::with_capacity(contacts.len());
    for (task, contact) in tasks.into_iter().zip(contacts) {
        let finding = task.await.unwrap_or_else(|error| Finding::Unknown(error.to_string()));
        asked.push(Asked { who: Who::Witness(contact.name().to_owned()), finding });
    }
    asked
}

async fn finding(
    store: &Arc<dyn Store>,
    contact: &Contact,
    stored: &SignedCheckpoint,
    limit: Duration,
) -> Finding {
    let size = stored.claimed().size();
    match contact.ask(size, Vec::new(), stored, limit).await {
        // whether the cosignature is good does not matter here: it is asked for again
        Ok(Answer::Cosigned(_)) => Finding::InStep,
        Ok(Answer::Conflict(seen)) if seen > size => Finding::Ahead(seen),
        Ok(Answer::Conflict(seen)) if seen < size => behind(store, contact, stored, seen, limit).await,
        // some witnesses say so of another root at the size that they were asked for
        Ok(Answer::Conflict(_)) => other_log(store, contact, stored, limit).await,
        // from a size to itself, without a proof: it is the root that differs
        Ok(Answer::Refused(422)) => other_log(store, contact, stored, limit).await,
        Ok(Answer::Refused(status)) => Finding::Unknown(Trouble::Refused(status).to_string()),
        Err(trouble) => Finding::Unknown(trouble.to_string()),
    }
}

/// A witness that saw less: what it saw must be the beginning of what is stored, else the store is another log.
async fn behind(
    store: &Arc<dyn Store>,
    contact: &Contact,
    stored: &SignedCheckpoint,
    seen: u64,
    limit: Duration,
) -> Finding {
    let (reader, size) = (store.clone(), stored.claimed().size());
    let proof =
        tokio::task::spawn_blocking(move || consistency(reader.as_ref(), LogId::Board, seen, size)).await;
    let Ok(Ok(proof)) = proof else {
        return Finding::Unknown("the proof for it cannot be read from the store".to_owned());
    };
    match contact.ask(seen, proof, stored, limit).await {
        Ok(Answer::Cosigned(_)) => Finding::Behind(seen),
        Ok(Answer::Conflict(now)) if now > size => Finding::Ahead(now),
        Ok(Answer::Conflict(_)) => Finding::Unknown("it names another size each time".to_owned()),
        Ok(Answer::Refused(422)) => other_log(store, contact, stored, limit).await,
        Ok(Answer::Refused(status)) => Finding::Unknown(Trouble::Refused(status).to_string()),
        Err(trouble) => Finding::Unknown(trouble.to_string()),
    }
}

/// A witness that saw another log, with the proof if it shows the checkpoint that it cosigned.
async fn other_log(
    store: &Arc<dyn Store>,
    contact: &Contact,
    stored: &SignedCheckpoint,
    limit: Duration,
) -> Finding {
    let shown = contact.latest(stored.claimed().origin(), limit).await;
    match shown.map(|shown| compare(store.as_ref(), stored, &shown)) {
        Some(Ok(Some(proven @ Finding::OtherLog(_)))) => proven,
        Some(Err(error)) => {
            let name = contact.name();
            tracing::error!(
                "what the witness {name} shows cannot be compared with this board's store: {error}"
            );
            Finding::OtherLog(None)
        }
        _ => Finding::OtherLog(None),
    }
}
