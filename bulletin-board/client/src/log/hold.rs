//! How a checkpoint stands to those that were seen of a log: their tiles show that the smaller is the beginning of the
//! larger, or prove that it is not.

use tabella_crypto::checkpoint::SignedCheckpoint;
use tabella_crypto::merkle::{ProofError, contradiction_path, verify_contradiction};
use tabella_crypto::transcript::Digest;

use super::{Head, LogView};
use crate::error::{ClientError, Tampering};
use crate::evidence::{Contradiction, ForkKind, WentBack};
use crate::transport::Transport;

/// How a larger tree stands to a smaller one, proven.
pub(super) enum Relation {
    /// It begins with it.
    Begins,
    /// It begins otherwise, by a path of [`verify_contradiction`].
    Contradicts(Vec<Digest>),
}

/// What a checkpoint is held to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expectation {
    /// The board calls it its newest: it is no smaller than one seen before.
    Newest,
    /// It may be older than one seen before.
    AnyOfThisLog,
}

/// A log that is shown with fewer entries than were seen.
pub(super) fn went_back(seen: SignedCheckpoint, shown: SignedCheckpoint) -> ClientError {
    ClientError::WentBack(Box::new(WentBack { seen, shown }))
}

impl<T: Transport> LogView<T> {
    /// Holds a checkpoint against the ones seen. The smaller of two must be the beginning of the larger; what is pending
    /// is demanded of the newest alone, since another may have been shown before it. Whatever comes of it, it was shown;
    /// where there is no room to keep it unproven, and it is proven neither way, it is not taken.
    pub(super) async fn hold_against_seen(
        &mut self,
        shown: &Head,
        expectation: Expectation,
    ) -> Result<(), ClientError> {
        let seen = self.board.seen(&self.key)?;
        let pending = self.board.pending(&self.key)?;
        let is_other = |head: &Head| head.1.checkpoint() != shown.1.checkpoint();
        let is_another =
            seen.as_ref().is_some_and(is_other) || (seen.is_none() && pending.iter().any(is_other));
        let is_kept = !is_another || self.board.keep(&shown.0);
        let pending: Vec<Head> = pending.into_iter().filter(is_other).collect();
        let seen = seen.filter(is_other);
        match self.hold_against(pending, seen, shown, expectation).await {
            Err(error) if !is_kept && !matches!(error, ClientError::Fork(_)) => {
                Err(self.tampered(Tampering::Crowded))
            }
            outcome => outcome,
        }
    }

    /// The same against what is pending and was seen of other trees.
    async fn hold_against(
        &mut self,
        pending: Vec<Head>,
        seen: Option<Head>,
        shown: &Head,
        expectation: Expectation,
    ) -> Result<(), ClientError> {
        let size = shown.1.size();
        let earlier: Vec<Head> = pending.into_iter().chain(seen.clone()).collect();
        if let Some((other, _)) = earlier.iter().find(|(_, head)| head.size() == size) {
            return Err(self.contradiction(ForkKind::SameSize, other, &shown.0, Vec::new()));
        }
        let demanded = match expectation {
            Expectation::Newest => earlier,
            Expectation::AnyOfThisLog => seen.into_iter().collect(),
        };
        let larger =
            demanded.iter().filter(|(_, head)| head.size() > size).max_by_key(|(_, head)| head.size());
        if let (Expectation::Newest, Some((larger, _))) = (expectation, larger) {
            return Err(went_back(larger.clone(), shown.0.clone()));
        }
        let mut failure = Ok(());
        for other in demanded {
            match self.hold(&other, shown).await {
                Ok(()) => self.board.release(&other.0),
                // another one may be proven to contradict it all the same
                Err(error @ ClientError::Tampered { .. }) => failure = failure.and(Err(error)),
                Err(error) => return Err(error),
            }
        }
        failure?;
        self.board.release(&shown.0);
        Ok(())
    }

    /// Whether the smaller of two checkpoints is the beginning of the larger.
    async fn hold(&mut self, other: &Head, shown: &Head) -> Result<(), ClientError> {
        let tree = |head: &Head| (head.1.size(), head.1.root());
        let (old, new) = match other.1.size() < shown.1.size() {
            true => (tree(other), tree(shown)),
            false => (tree(shown), tree(other)),
        };
        match self.relation(old, new).await? {
            Relation::Begins => Ok(()),
            Relation::Contradicts(path) => {
                Err(self.contradiction(ForkKind::NotABeginning, &other.0, &shown.0, path))
            }
        }
    }

    /// How the tree of `old` size and root stands to that of `new`, which is no smaller, by the tiles of the new one.
    pub(super) async fn relation(
        &mut self,
        old: (u64, Digest),
        new: (u64, Digest),
    ) -> Result<Relation, ClientError> {
        let had_none = self.tiles.is_empty();
        let mut found = self.relation_by_tiles(old, new).await;
        if !had_none && matches!(found, Err(ClientError::Tampered { .. })) {
            // the tiles at hand may be those of what was shown before
            self.tiles.clear();
            found = self.relation_by_tiles(old, new).await;
        }
        if !matches!(found, Ok(Relation::Begins)) {
            // they must not spoil the next attempt
            self.tiles.clear();
        }
        found
    }

    async fn relation_by_tiles(
        &mut self,
        (old_size, old_root): (u64, Digest),
        (new_size, new_root): (u64, Digest),
    ) -> Result<Relation, ClientError> {
        let path = self.path(new_size, |tiles| contradiction_path(tiles, old_size, new_size)).await?;
        match verify_contradiction(old_size, &old_root, new_size, &new_root, &path) {
            Ok(()) => Ok(Relation::Contradicts(path)),
            // the same path leads to both roots
            Err(ProofError::Consistent) => Ok(Relation::Begins),
            Err(_) => Err(self.tampered(Tampering::Consistency)),
        }
    }

    /// A contradiction between a checkpoint seen and the one shown. Both are kept as they were, so that it is met again
    /// wherever what was seen is taken up.
    fn contradiction(
        &self,
        kind: ForkKind,
        seen: &SignedCheckpoint,
        shown: &SignedCheckpoint,
        path: Vec<Digest>,
    ) -> ClientError {
        match Contradiction::between(self.board.key(), kind, seen, shown, path) {
            Ok(contradiction) => {
                #[cfg(feature = "programs")]
                self.board.contradict(&contradiction);
                ClientError::Fork(Box::new(contradiction))
            }
            // what does not prove itself is told as what it is
            Err(_) => self.tampered(Tampering::Consistency),
        }
    }
}
