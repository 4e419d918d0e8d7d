//! Before the board signs anything: has somebody seen more of its log than the store has?
//!
//! A backup that is put back is behind what the board signed since. If the board went on from there, it would sign a
//! second log of the same sizes: a fork, which every witness and every reader can prove. So those who watch are asked
//! first, and the board does not start if one of them is further, or saw another root at a size that is stored. What
//! such a one says is not proven here, only enough not to start: a board that is down can be looked at, a fork cannot
//! be taken back.

use std::sync::Arc;
use std::time::Duration;

use tabella_board_core::witness::Answer;
use tabella_crypto::checkpoint::SignedCheckpoint;

use super::exchange::{Contact, Trouble};
use crate::publish::consistency;
use crate::store::{LogId, Store};

/// How the log that somebody saw stands to the stored one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The same size and root.
    InStep,
    /// It saw this many entries, fewer than are stored.
    Behind(u64),
    /// It saw this many entries, more than are stored.
    Ahead(u64),
    /// It saw another root, at the size that is stored or at an earlier one.
    OtherRoot,
    /// It cannot be asked, or says nothing that helps; in words.
    Unknown(String),
}

/// Somebody who was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who, in words: `the witness w1`.
    pub who: String,
    /// Where it stands.
    pub finding: Finding,
}

/// Why a board must not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// The store is old.
    #[error(
        "{who} has seen {seen} entries of this board's log, and the store has {stored}: the store is an old one, such \
         as a backup, or another process signs with this board's key. Nothing was signed. Fetch the missing entries \
         from a mirror with `tabella-board catch-up`, or restore the newest store, then start again; if no mirror has \
         them, see the operator's guide, \"Recovery\""
    )]
    Ahead {
        /// Who saw them.
        who: String,
        /// Entries seen.
        seen: u64,
        /// Entries stored.
        stored: u64,
    },
    /// The store is another.
    #[error(
        "{who} has seen another log of this board than the {stored} entries of the store: two stores were \
         written under one key. Nothing was signed. Restore the store whose log was shown to the public, and keep \
         the other as evidence"
    )]
    OtherRoot {
        /// Who saw it.
        who: String,
        /// Entries stored.
        stored: u64,
    },
    /// Nobody knows, and the operator wants to know.
    #[error(
        "{who} could not be asked where this board's log stands ({reason}), and the board is to start only after \
         that: wait for it, or start without --require-witnesses"
    )]
    Unknown {
        /// Who was asked.
        who: String,
        /// What came of it.
        reason: String,
    },
}

/// Whether a board whose log has `stored` entries may start after what was found. Who could not be asked is a warning,
/// or an error if `required`.
pub fn judge(stored: u64, asked: &[Asked], required: bool) -> Result<(), GuardError> {
    // a contradiction counts more than a silence, whoever was asked first
    for Asked { who, finding } in asked {
        match finding {
            Finding::Ahead(seen) => {
                return Err(GuardError::Ahead { who: who.clone(), seen: *seen, stored });
            }
            Finding::OtherRoot => return Err(GuardError::OtherRoot { who: who.clone(), stored }),
            Finding::InStep | Finding::Behind(_) | Finding::Unknown(_) => {}
        }
    }
    for Asked { who, finding } in asked {
        if let Finding::Unknown(reason) = finding {
            if required {
                return Err(GuardError::Unknown { who: who.clone(), reason: reason.clone() });
            }
            tracing::warn!("{who} could not be asked where this board's log stands: {reason}");
        }
    }
    Ok(())
}

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
        asked.push(Asked { who: format!("the witness {}", contact.name()), finding });
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
        Ok(Answer::Conflict(_)) => Finding::OtherRoot,
        // from a size to itself, without a proof: it is the root that differs
        Ok(Answer::Refused(422)) => Finding::OtherRoot,
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
        Ok(Answer::Refused(422)) => Finding::OtherRoot,
        Ok(Answer::Refused(status)) => Finding::Unknown(Trouble::Refused(status).to_string()),
        Err(trouble) => Finding::Unknown(trouble.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(findings: &[Finding]) -> Vec<Asked> {
        findings.iter().map(|finding| Asked { who: "it".into(), finding: finding.clone() }).collect()
    }

    #[test]
    fn a_board_starts_unless_somebody_saw_more_or_another_log() {
        let (ahead, other) = (Finding::Ahead(9), Finding::OtherRoot);
        let silent = Finding::Unknown("silence".into());
        let calm = [Finding::InStep, Finding::Behind(3), silent.clone()];
        assert_eq!(judge(7, &asked(&calm), false), Ok(()));
        assert_eq!(judge(7, &[], true), Ok(()));
        assert!(matches!(judge(7, &asked(&calm), true), Err(GuardError::Unknown { .. })));
        for required in [false, true] {
            let worse = [silent.clone(), Finding::InStep, ahead.clone()];
            let refused = judge(7, &asked(&worse), required);
            assert_eq!(refused, Err(GuardError::Ahead { who: "it".into(), seen: 9, stored: 7 }));
            let refused = judge(7, &asked(&[silent.clone(), other.clone()]), required);
            assert_eq!(refused, Err(GuardError::OtherRoot { who: "it".into(), stored: 7 }));
        }
    }
}
