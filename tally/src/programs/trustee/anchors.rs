//! The election's log as the board log knows it: every anchor must be the root of the log that was read, so that
//! whoever vouches for the board log vouches for this very log.

use std::collections::VecDeque;

use tabella_board_client::{Board, ClientError, LogView};
use tabella_board_core::board::{BoardRefusal, BoardState, check_board};
use tabella_board_core::entry::{Anchor, BoardEntry};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::merkle::{Frontier, leaf_hash};

/// What does not fit.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// The board, or what it sent.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// An entry of the board log breaks the rules.
    #[error(
        "entry {index} of the board log breaks the rules ({refusal}): tell the other trustees and observers"
    )]
    Rules {
        /// The entry.
        index: u64,
        /// What is wrong.
        refusal: BoardRefusal,
    },
    /// The board log has another log than the one that was read.
    #[error(
        "the board log anchors another log of this election than the board shows here (at size {0}): two versions \
         of the record exist. Do not decrypt; tell the other trustees and observers"
    )]
    Contradiction(u64),
}

/// The anchors of one election, kept up with the board log.
pub struct Anchors {
    log: LogView,
    board: BoardState,
    election: ElectionId,
    comparison: Comparison,
}

impl Anchors {
    /// No anchor has been read yet.
    pub fn new(board: &Board, election: ElectionId) -> Self {
        let comparison = Comparison::default();
        Self { log: board.log(), board: BoardState::new(), election, comparison }
    }

    /// Reads what the board log has beyond what was read before, and compares anchors with the entries of the
    /// election's log. Anchors beyond these are compared later.
    pub async fn advance(&mut self, entries: &[Vec<u8>]) -> Result<(), AnchorError> {
        let head = self.log.refresh().await?;
        while let Some(batch) = self.log.batch(self.board.size()..head.size()).await? {
            for (bytes, index) in batch.entries.into_iter().zip(batch.first..) {
                let entry = BoardEntry::decode(&bytes).map_err(|error| ClientError::Encoding {
                    origin: self.log.origin().to_owned(),
                    index,
                    error,
                })?;
                if let BoardEntry::Anchor(anchor) = &entry {
                    let own = Some(*anchor).filter(|anchor| anchor.election == self.election);
                    self.comparison.pending.extend(own);
                }
                self.board.apply(&bytes, entry).map_err(|refusal| AnchorError::Rules { index, refusal })?;
            }
        }
        self.comparison.advance(entries)
    }

    /// Whether the election is on this board log, brought there by its administrator.
    pub fn check_board(&self, manifest: &CheckedManifest) -> Result<(), AnchorError> {
        Ok(check_board(manifest, &self.board).map_err(ClientError::OtherBoard)?)
    }

    /// Witnesses who cosigned the board log where it anchors the first `size` entries of the election's log; none
    /// as long as it does not.
    pub fn cosignatures(&self, size: u64) -> usize {
        let checkpoint = self.log.checkpoint().filter(|_| self.covers(size));
        checkpoint.map_or(0, |checkpoint| checkpoint.cosignatures().len())
    }

    /// Whether the board log anchors the first `size` entries.
    pub fn covers(&self, size: u64) -> bool {
        self.comparison.compared >= size
    }
}

/// Anchors against the entries of the election's log.
#[derive(Debug, Default)]
struct Comparison {
    /// Not compared yet, ascending by size.
    pending: VecDeque<Anchor>,
    /// The election's log up to the last anchor that was compared.
    tree: Frontier,
    /// The size of that anchor.
    compared: u64,
}

impl Comparison {
    /// Compares every anchor that these entries reach.
    fn advance(&mut self, entries: &[Vec<u8>]) -> Result<(), AnchorError> {
        while let Some(anchor) = self.pending.front().filter(|anchor| anchor.size <= entries.len() as u64) {
            // at most the number of entries
            for entry in entries.iter().take(anchor.size as usize).skip(self.tree.size() as usize) {
                self.tree.push(leaf_hash(entry));
            }
            if self.tree.root() != anchor.root {
                return Err(AnchorError::Contradiction(anchor.size));
            }
            self.compared = anchor.size;
            self.pending.pop_front();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tabella_crypto::merkle::root_of;
    use tabella_crypto::transcript::Digest;

    fn entries() -> Vec<Vec<u8>> {
        (0..9).map(|entry| vec![entry; 5]).collect()
    }

    fn anchor(entries: &[Vec<u8>], size: usize) -> Anchor {
        let leaves: Vec<Digest> = entries.iter().take(size).map(|entry| leaf_hash(entry)).collect();
        Anchor { election: ElectionId(Digest([1; 32])), size: size as u64, root: root_of(&leaves) }
    }

    #[test]
    fn anchors_are_compared_as_far_as_the_log_was_read() {
        let entries = entries();
        let mut comparison = Comparison::default();
        comparison.pending.extend([2, 5, 9].map(|size| anchor(&entries, size)));
        for (read, compared) in [(1, 0), (2, 2), (8, 5), (9, 9)] {
            comparison.advance(&entries[..read]).unwrap();
            assert_eq!(comparison.compared, compared, "{read} entries read");
        }
    }

    #[test]
    fn an_anchor_of_another_log_is_a_contradiction() {
        let entries = entries();
        let mut other = entries.clone();
        other[4] = vec![0];
        let mut comparison = Comparison::default();
        comparison.pending.extend([anchor(&other, 3), anchor(&other, 5), anchor(&other, 7)]);
        let refused = comparison.advance(&entries).unwrap_err();
        assert!(matches!(refused, AnchorError::Contradiction(5)), "{refused}");
        assert_eq!(comparison.compared, 3);
    }
}
