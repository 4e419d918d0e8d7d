//! The election's log as the board log knows it: every anchor must be the root of the log that was read, so that
//! whoever vouches for the board log vouches for this very log.

use std::collections::VecDeque;

use tabella_board_client::transport::Transport;
use tabella_board_client::{Board, ClientError, LogView, Witnessed};
use tabella_board_core::board::{BoardState, check_board};
use tabella_board_core::entry::{Anchor, BoardEntry};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::merkle::{Frontier, leaf_hash};

/// What does not fit.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// The board, or what it sent.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The board log has another log than the one that was read.
    #[error(
        "the board log anchors another log of this election than the board shows here (at size {0}): two versions \
         of the record exist. Do not decrypt; tell the other trustees and observers"
    )]
    Contradiction(u64),
}

/// The anchors of one election, kept up with the board log.
pub struct Anchors<T> {
    log: LogView<T>,
    board: BoardState,
    election: ElectionId,
    comparison: Comparison,
    /// A cosigned checkpoint of the board log, where the newest has too few cosignatures.
    witnessed: Option<Witnessed>,
}

impl<T: Transport> Anchors<T> {
    /// No anchor has been read yet.
    pub fn new(board: &Board<T>, election: ElectionId) -> Self {
        let comparison = Comparison::default();
        Self { log: board.log(), board: BoardState::new(), election, comparison, witnessed: None }
    }

    /// Reads what the board log has beyond what was read before, and compares anchors with the entries of the
    /// election's log. Anchors beyond these are compared later. A busy board's newest checkpoint may have fewer
    /// cosignatures than demanded; then an older one is looked for that has them.
    pub async fn advance(&mut self, entries: &[Vec<u8>], demanded: usize) -> Result<(), AnchorError> {
        let head = self.log.refresh().await?;
        let Self { log, board, election, comparison, .. } = self;
        log.fold_board(board, |index, entry, _| {
            if let BoardEntry::Anchor(anchor) = entry {
                comparison.pending.extend(Some((index, anchor)).filter(|_| anchor.election == *election));
            }
            Ok::<_, ClientError>(())
        })
        .await?;
        self.comparison.advance(entries)?;
        let wanted = demanded.max(1);
        let has_witnesses = !self.log.board().witnesses().is_empty();
        self.witnessed = match head.cosignatures().len() < wanted && has_witnesses {
            true => self.log.witnessed(wanted).await?,
            false => None,
        };
        Ok(())
    }

    /// Whether the election is on this board log, brought there by its administrator.
    pub fn check_board(&self, manifest: &CheckedManifest) -> Result<(), AnchorError> {
        Ok(check_board(manifest, &self.board).map_err(ClientError::OtherBoard)?)
    }

    /// Witnesses who cosigned the board log where it anchors the first `size` entries of the election's log; none
    /// as long as it does not.
    pub fn cosignatures(&self, size: u64) -> usize {
        let Some(index) = self.comparison.anchored_at(size) else { return 0 };
        let older = self.witnessed.as_ref().map(Witnessed::checkpoint);
        let holding = self.log.checkpoint().into_iter().chain(older).filter(|head| head.size() > index);
        holding.map(|head| head.cosignatures().len()).max().unwrap_or(0)
    }

    /// Whether the board log anchors the first `size` entries.
    pub fn covers(&self, size: u64) -> bool {
        self.comparison.anchored_at(size).is_some()
    }
}

/// Anchors against the entries of the election's log.
#[derive(Debug, Default)]
struct Comparison {
    /// Not compared yet, ascending by size, each with its index on the board log.
    pending: VecDeque<(u64, Anchor)>,
    /// The election's log up to the last anchor that was compared.
    tree: Frontier,
    /// Sizes of the anchors that were compared and their indices on the board log, both ascending.
    compared: Vec<(u64, u64)>,
}

impl Comparison {
    /// Where the board log first anchors at least so many entries, in an anchor that was compared.
    fn anchored_at(&self, size: u64) -> Option<u64> {
        let place = self.compared.partition_point(|(anchored, _)| *anchored < size);
        self.compared.get(place).map(|(_, index)| *index)
    }

    /// Compares every anchor that these entries reach.
    fn advance(&mut self, entries: &[Vec<u8>]) -> Result<(), AnchorError> {
        let reached = |(_, anchor): &&(u64, Anchor)| anchor.size <= entries.len() as u64;
        while let Some((index, anchor)) = self.pending.front().filter(reached) {
            // at most the number of entries
            for entry in entries.iter().take(anchor.size as usize).skip(self.tree.size() as usize) {
                self.tree.push(leaf_hash(entry));
            }
            if self.tree.root() != anchor.root {
                return Err(AnchorError::Contradiction(anchor.size));
            }
            self.compared.push((anchor.size, *index));
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
        comparison.pending.extend([(12, 2), (15, 5), (19, 9)].map(|(at, size)| (at, anchor(&entries, size))));
        for (read, compared) in [(1, 0), (2, 2), (8, 5), (9, 9)] {
            comparison.advance(&entries[..read]).unwrap();
            assert_eq!(comparison.tree.size(), compared, "{read} entries read");
            assert_eq!(comparison.anchored_at(compared + 1), None, "{read} entries read");
        }
        for (size, index) in [(0, 12), (1, 12), (2, 12), (3, 15), (5, 15), (6, 19), (9, 19)] {
            assert_eq!(comparison.anchored_at(size), Some(index), "the first {size} entries");
        }
    }

    #[test]
    fn an_anchor_of_another_log_is_a_contradiction() {
        let entries = entries();
        let mut other = entries.clone();
        other[4] = vec![0];
        let mut comparison = Comparison::default();
        comparison.pending.extend([3, 5, 7].map(|size| (size as u64, anchor(&other, size))));
        let refused = comparison.advance(&entries).unwrap_err();
        assert!(matches!(refused, AnchorError::Contradiction(5)), "{refused}");
        assert_eq!(comparison.compared, [(3, 3)]);
    }
}
