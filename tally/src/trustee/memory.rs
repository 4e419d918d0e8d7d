//! What a trustee keeps in one visit of a page: the key, from a file that was loaded, and what follows from it. Nothing is
//! stored.
//!
//! The share of the election's key follows from the key and the verified record, so that the file is all that there is to
//! keep, and loading it again is what shows that it can be read. What the key was used for is not known, as of one that was
//! restored from a backup: it serves the view that this trustee has stated on the log, the one that the page remembers, or
//! one whose fingerprint a person compared by voice.

use tabella_board_core::state::ElectionState;
use tabella_crypto::threshold::dkg::CeremonyError;
use tabella_crypto::threshold::keys::KeySet;
use tabella_crypto::threshold::trustee::{TrusteeIndex, TrusteeSecret};
use tabella_crypto::transcript::Digest;

use super::intent::{Decision, Refused, Status, decide};
use super::keeper::{Intent, Keeper, Plan};
use crate::ceremony::{StoredShare, Trouble, recover_share};

/// Why nothing is decrypted, or no share can be made.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// No share follows from key and record.
    #[error(transparent)]
    Share(#[from] Trouble),
    /// The share is not one of the election's key.
    #[error(
        "the share that follows from this key file is not one of the election's key ({0}): tell the administrator"
    )]
    Foreign(#[from] CeremonyError),
    /// The key serves another view.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// A trustee's key in memory. It is erased when this is dropped.
#[derive(Debug)]
pub struct Memory {
    secret: TrusteeSecret,
    share: Option<StoredShare>,
    /// Views that the page remembers. It is to be one; of two, one contradicts any log.
    remembered: Vec<Digest>,
}

impl Memory {
    /// A key whose file was loaded and opened on this visit.
    pub fn new(secret: TrusteeSecret) -> Self {
        Self { secret, share: None, remembered: Vec::new() }
    }

    /// The page remembers durably that the trustee set out to decrypt this view. It holds until the key is forgotten.
    pub fn remember(&mut self, view: Digest) {
        if !self.remembered.contains(&view) {
            self.remembered.push(view);
        }
    }

    /// The share of this key, which is made where the one that is held is none of it.
    fn share_of(
        &mut self,
        own: TrusteeIndex,
        state: &ElectionState,
        key_set: &KeySet,
    ) -> Result<&StoredShare, Trouble> {
        let share = match self.share.take().filter(|share| share.is_of(key_set, own)) {
            Some(share) => share,
            None => recover_share(&self.secret, own, state, key_set)?,
        };
        Ok(self.share.insert(share))
    }

    /// What is known of the key's use, when this view is to be decrypted.
    fn status(&self, view: &Digest) -> Status {
        let other = self.remembered.iter().find(|remembered| *remembered != view);
        let intended = other.or_else(|| self.remembered.first());
        intended.map_or(Status::Restored, |intended| Status::Intended(intended.to_hex()))
    }
}

impl Keeper for Memory {
    type Error = MemoryError;

    fn secret(&self) -> &TrusteeSecret {
        &self.secret
    }

    fn share(&self) -> Option<&StoredShare> {
        self.share.as_ref()
    }

    fn store(&mut self, share: StoredShare) -> Result<(), MemoryError> {
        self.share = Some(share);
        Ok(())
    }

    fn recover_share(&mut self, own: TrusteeIndex, state: &ElectionState) -> Result<(), MemoryError> {
        if let Some(key_set) = state.ceremony().key_set() {
            self.share_of(own, state, key_set)?;
        }
        Ok(())
    }

    fn intend(&mut self, plan: &Plan<'_>) -> Result<Intent, MemoryError> {
        let Plan { own, state, key_set, view, stated, compared } = plan;
        let _usable = self.share_of(*own, state, key_set)?.open(key_set)?;
        let status = self.status(&view.0);
        Ok(match decide(&status, stated.as_ref(), compared.as_ref(), &view.0)? {
            Decision::Stands => Intent::Kept,
            Decision::Keep => Intent::ToBeKept,
            Decision::Compare => Intent::Unknown,
        })
    }
}
