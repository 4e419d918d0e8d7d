//! A block on trial: whoever writes the log learns only behind a block whether the entries of a batch are
//! accepted, and a block that brings nothing should not stand.

use tabella_crypto::merkle::Frontier;

use super::{CheckedEntry, ElectionState};
use crate::check::Refusal;
use crate::entry::{Block, Entry};

/// What an election was before a block that nothing follows yet: see [`ElectionState::begin_batch`].
#[must_use]
#[derive(Debug)]
pub struct TrialBlock {
    tree: Frontier,
    height: u64,
    time: u64,
}

impl ElectionState {
    /// Appends a block, which begins a batch; gives its bytes and what takes it back.
    pub fn begin_batch(&mut self, now_ms: u64) -> Result<(Vec<u8>, TrialBlock), Refusal> {
        let block: Block = self.next_block(now_ms);
        let trial = TrialBlock { tree: self.tree.clone(), height: self.height, time: self.time };
        let entry = Entry::Block(block);
        let bytes = entry.encode();
        // a block needs nothing from before
        self.apply(&bytes, CheckedEntry::Other(Box::new(entry)), &Vec::new())?;
        Ok((bytes, trial))
    }

    /// Takes a block back, if nothing followed it; says whether it did.
    pub fn take_back(&mut self, trial: TrialBlock) -> bool {
        let TrialBlock { tree, height, time } = trial;
        // a block changes tree, height and time, and every entry makes the tree grow
        if self.tree.size() != tree.size() + 1 || self.height != height + 1 {
            return false;
        }
        (self.tree, self.height, self.time) = (tree, height, time);
        true
    }
}

#[cfg(test)]
mod tests {
    use tabella_crypto::manifest::ElectionId;
    use tabella_crypto::transcript::Digest;

    use super::*;

    #[test]
    fn a_block_that_nothing_follows_is_taken_back_whole() {
        let mut state = ElectionState::new(ElectionId(Digest([1; 32])));
        let before = (state.size(), state.root(), state.time(), state.next_block(9));
        let (bytes, trial) = state.begin_batch(7).unwrap();
        assert_eq!(Entry::decode(&bytes), Ok(Entry::Block(Block { time: 7, ..before.3 })));
        assert_eq!((state.size(), state.time()), (1, 7));
        assert!(state.take_back(trial));
        assert_eq!((state.size(), state.root(), state.time(), state.next_block(9)), before);
    }

    #[test]
    fn a_block_that_something_follows_stays() {
        let mut state = ElectionState::new(ElectionId(Digest([1; 32])));
        let (first, trial) = state.begin_batch(7).unwrap();
        assert!(!ElectionState::new(state.election()).take_back(trial), "another state");
        let mut state = ElectionState::new(state.election());
        let (again, trial) = state.begin_batch(7).unwrap();
        assert_eq!(first, again);
        state.tree.push(Digest::default());
        assert!(!state.take_back(trial));
        assert_eq!(state.size(), 2);
    }
}
