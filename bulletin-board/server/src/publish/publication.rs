//! What is published now: the newest heads, and beside them the newest ones that witnesses cosigned.
//!
//! Cosignatures come after a head is published, and a busy board's next head comes before them. So the newest heads
//! that at least so many witnesses cosigned are kept, for each number of witnesses: an entry that was acknowledged
//! under a fresh head gets a receipt under a cosigned one later, and whoever needs a quorum finds heads of one moment
//! that have it. After a start, checkpoints that were kept come back ([`Publication::restore`]), without the heads of
//! the elections at their time: enough for whoever needs a quorum, not for receipts.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::watch;

use tabella_crypto::checkpoint::{NoteSignature, SignedCheckpoint};
use tabella_crypto::manifest::ElectionId;

use super::Snapshot;
use super::standing::Standings;

/// Newest and cosigned heads. Writers: the sequencer publishes, the witnesses' task adds cosignatures.
#[derive(Debug)]
pub struct Publication {
    newest: watch::Sender<Arc<Snapshot>>,
    /// At place k the newest heads with more than k cosignatures.
    witnessed: RwLock<Vec<Arc<Snapshot>>>,
    standings: Standings,
}

impl Publication {
    /// These heads are the newest.
    pub fn new(snapshot: Snapshot) -> Self {
        Self {
            newest: watch::Sender::new(Arc::new(snapshot)),
            witnessed: RwLock::default(),
            standings: Standings::default(),
        }
    }

    /// Where each witness stands.
    pub fn standings(&self) -> &Standings {
        &self.standings
    }

    /// The newest heads; the board's with the cosignatures that it has so far.
    pub fn newest(&self) -> Arc<Snapshot> {
        self.newest.borrow().clone()
    }

    /// The newest heads, told after each publication; cosignatures alone are not told.
    pub fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.newest.subscribe()
    }

    /// Wakes everybody who waits for a publication.
    pub fn wake(&self) {
        self.newest.send_modify(|_| {});
    }

    /// Publishes newer heads.
    pub fn publish(&self, snapshot: Snapshot) {
        self.newest.send_replace(Arc::new(snapshot));
    }

    /// The newest heads whose board checkpoint has at least so many cosignatures; none if there are none.
    pub fn witnessed(&self, cosignatures: usize) -> Option<Arc<Snapshot>> {
        let witnessed = self.witnessed.read().unwrap_or_else(PoisonError::into_inner);
        witnessed.get(cosignatures.checked_sub(1)?).cloned()
    }

    /// The heads for the receipt of an entry: those with the most cosignatures among those that cover it, else the
    /// newest.
    pub fn covering(&self, election: ElectionId, index: u64) -> Arc<Snapshot> {
        let witnessed = self.witnessed.read().unwrap_or_else(PoisonError::into_inner);
        let covers = |snapshot: &&Arc<Snapshot>| {
            let view = snapshot.elections.get(&election);
            view.is_some_and(|view| index < view.head.claimed().size())
        };
        match witnessed.iter().rev().find(covers) {
            Some(snapshot) => snapshot.clone(),
            None => {
                drop(witnessed);
                self.newest()
            }
        }
    }

    /// The board's checkpoints that [`Publication::witnessed`] gives, each once.
    pub fn cosigned_checkpoints(&self) -> Vec<Arc<SignedCheckpoint>> {
        let witnessed = self.witnessed.read().unwrap_or_else(PoisonError::into_inner);
        let mut checkpoints: Vec<_> = witnessed.iter().map(|heads| heads.board.clone()).collect();
        checkpoints.dedup();
        checkpoints
    }

    /// Takes cosigned checkpoints of this board's log from before its start. The caller has verified all signatures,
    /// and that the log begins so.
    pub fn restore(&self, checkpoints: Vec<SignedCheckpoint>) {
        for checkpoint in checkpoints {
            let newest = self.newest();
            let elections = match newest.board.claimed() == checkpoint.claimed() {
                true => newest.elections.clone(),
                false => BTreeMap::new(),
            };
            self.cosigned(&Arc::new(Snapshot {
                info: newest.info.clone(),
                board: Arc::new(checkpoint),
                release: newest.release.clone(),
                elections,
            }));
        }
    }

    /// Takes heads that have got a cosignature more. The caller has verified every signature of the board's checkpoint
    /// beside the board's own.
    pub fn cosigned(&self, snapshot: &Arc<Snapshot>) {
        let head = snapshot.board.claimed();
        self.newest.send_if_modified(|newest| {
            if newest.board.claimed() == head {
                *newest = snapshot.clone();
            }
            false
        });
        let mut witnessed = self.witnessed.write().unwrap_or_else(PoisonError::into_inner);
        for place in 0..cosignatures(&snapshot.board) {
            match witnessed.get_mut(place) {
                Some(kept) if kept.board.claimed().size() > head.size() => {}
                Some(kept) => *kept = snapshot.clone(),
                None => witnessed.push(snapshot.clone()),
            }
        }
    }
}

/// How many signatures stand beside the board's own.
fn cosignatures(board: &SignedCheckpoint) -> usize {
    board.signatures().len().saturating_sub(1)
}

impl Snapshot {
    /// The same heads with one cosignature more under the board's; none if its signer stands there already, or there
    /// is no room.
    pub fn with_cosignature(&self, cosignature: NoteSignature) -> Option<Self> {
        let same = |other: &NoteSignature| {
            (other.name(), other.key_id()) == (cosignature.name(), cosignature.key_id())
        };
        if self.board.signatures().iter().any(same) {
            return None;
        }
        let board = SignedCheckpoint::clone(&self.board).with_signature(cosignature).ok()?;
        Some(Self { board: Arc::new(board), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use tabella_board_core::api::BoardInfo;
    use tabella_board_core::entry::Genesis;
    use tabella_crypto::checkpoint::{Checkpoint, cosign, sign_checkpoint};
    use tabella_crypto::merkle::leaf_hash;
    use tabella_crypto::signature::SigningKey;

    use super::*;
    use crate::publish::board_info;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed([seed; 32])
    }

    fn info() -> Arc<BoardInfo> {
        let genesis = Genesis::new("board.example".into(), key(1).verifying_key(), Vec::new());
        Arc::new(board_info(&genesis).unwrap())
    }

    fn at(size: u64) -> Snapshot {
        let head = Checkpoint::new("board.example", size, leaf_hash(&size.to_le_bytes())).unwrap();
        let board = Arc::new(sign_checkpoint(&head, &key(1)).unwrap());
        Snapshot { info: info(), board, release: None, elections: BTreeMap::new() }
    }

    fn by(snapshot: &Snapshot, witness: u8) -> Option<Arc<Snapshot>> {
        let name = format!("w{witness}");
        let line = cosign(snapshot.board.claimed(), &name, &key(witness), 9).unwrap();
        snapshot.with_cosignature(line).map(Arc::new)
    }

    fn sizes(publication: &Publication) -> Vec<u64> {
        let of = |count| publication.witnessed(count).map(|heads| heads.board.claimed().size());
        (1..).map_while(of).collect()
    }

    #[test]
    fn the_newest_heads_carry_the_cosignatures_that_they_have() {
        let publication = Publication::new(at(5));
        let one = by(&publication.newest(), 2).unwrap();
        publication.cosigned(&one);
        assert_eq!(cosignatures(&publication.newest().board), 1);
        assert!(by(&one, 2).is_none(), "a witness stands there once");
        publication.publish(at(6));
        assert_eq!(cosignatures(&publication.newest().board), 0);
        // a late one is not put under newer heads
        publication.cosigned(&by(&one, 3).unwrap());
        assert_eq!((publication.newest().board.claimed().size(), sizes(&publication)), (6, vec![5, 5]));
    }

    #[test]
    fn the_newest_heads_are_kept_for_each_number_of_cosignatures() {
        let publication = Publication::new(at(5));
        assert!(publication.witnessed(0).is_none() && publication.witnessed(1).is_none());
        let five = by(&at(5), 2).unwrap();
        publication.cosigned(&five);
        publication.cosigned(&by(&five, 3).unwrap());
        assert_eq!(sizes(&publication), [5, 5]);
        publication.cosigned(&by(&at(8), 2).unwrap());
        assert_eq!(sizes(&publication), [8, 5], "fewer cosignatures do not replace more");
        let seven = by(&at(7), 2).unwrap();
        publication.cosigned(&seven);
        assert_eq!(sizes(&publication), [8, 5], "older ones do not replace newer ones");
        publication.cosigned(&by(&seven, 3).unwrap());
        assert_eq!(sizes(&publication), [8, 7]);
    }

    #[test]
    fn what_was_cosigned_before_a_start_comes_back() {
        let publication = Publication::new(at(8));
        let (old, newest) = (by(&at(5), 2).unwrap(), by(&at(8), 3).unwrap());
        let old = by(&old, 3).unwrap();
        for heads in [&old, &newest] {
            publication.cosigned(heads);
        }
        let kept = publication.cosigned_checkpoints();
        assert_eq!(kept, [newest.board.clone(), old.board.clone()]);
        let again = Publication::new(at(8));
        again.restore(kept.iter().map(|kept| SignedCheckpoint::clone(kept)).collect());
        assert_eq!(sizes(&again), [8, 5]);
        assert_eq!(again.newest().board, newest.board);
    }

    #[test]
    fn each_publication_is_told() {
        let publication = Publication::new(at(5));
        let mut heads = publication.watch();
        assert_eq!(heads.borrow_and_update().board.claimed().size(), 5);
        publication.publish(at(6));
        assert!(heads.has_changed().unwrap());
        assert_eq!(heads.borrow_and_update().board.claimed().size(), 6);
        publication.cosigned(&by(&publication.newest(), 2).unwrap());
        assert!(!heads.has_changed().unwrap(), "a cosignature is no new head");
    }
}
