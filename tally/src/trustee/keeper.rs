//! What a trustee keeps, as a step of ceremony or tally asks for it.

use tabella_board_client::ClientError;
use tabella_board_core::state::ElectionState;
use tabella_crypto::threshold::dkg::CeremonyError;
use tabella_crypto::threshold::keys::KeySet;
use tabella_crypto::threshold::trustee::{TrusteeIndex, TrusteeSecret};
use tabella_crypto::transcript::Digest;

use super::session::SessionError;
use crate::ceremony::{StoredShare, Trouble};
use crate::tally::{Fingerprint, ReleaseRefusal, TallyError};

/// A view that a trustee sets out to decrypt.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// The trustee.
    pub own: TrusteeIndex,
    /// The election.
    pub state: &'a ElectionState,
    /// Its key.
    pub key_set: &'a KeySet,
    /// The view.
    pub view: Fingerprint,
    /// The digest of the trustee's own statement on the log, if one stands.
    pub stated: Option<Digest>,
    /// The digest that a person compared with the other trustees.
    pub compared: Option<Digest>,
}

/// What a keeper says to a [`Plan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// The view is kept as the only one that this trustee decrypts: go on.
    Kept,
    /// The view may be decrypted, and must be kept before anything about it leaves: keep it, then ask again.
    ToBeKept,
    /// Nothing here remembers what the key was used for: a person must compare the fingerprint first.
    Unknown,
}

/// What a trustee keeps: the key, the share of the election's key, and which view it is for.
pub trait Keeper {
    /// Why something is not kept, or not to be had.
    type Error;

    /// The trustee's secret.
    fn secret(&self) -> &TrusteeSecret;

    /// The share, as it was read back from where it is kept; none if there is none.
    fn share(&self) -> Option<&StoredShare>;

    /// Keeps a share, and from then on gives what reads back.
    fn store(&mut self, share: StoredShare) -> Result<(), Self::Error>;

    /// Makes the share of the election's key again from the secret and the record, where this keeper is one that does and
    /// has none of this key. Nothing as long as there is no key.
    fn recover_share(&mut self, own: TrusteeIndex, state: &ElectionState) -> Result<(), Self::Error>;

    /// Keeps the view as the only one that this trustee decrypts, by the rule of [`super::intent::decide`]. An error where
    /// the share is not one of this key, or was meant for another view.
    fn intend(&mut self, plan: &Plan<'_>) -> Result<Intent, Self::Error>;
}

/// Why a step was not done. `E` is the keeper's.
#[derive(Debug, thiserror::Error)]
pub enum StepError<E> {
    /// The board, or the election on it.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// What is kept.
    #[error(transparent)]
    Keeper(E),
    /// The ceremony cannot go on.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// No share may be released.
    #[error(transparent)]
    Release(#[from] ReleaseRefusal),
    /// Shares or results cannot be made.
    #[error(transparent)]
    Tally(#[from] TallyError),
    /// The share is not one of the election's key.
    #[error(transparent)]
    Share(#[from] CeremonyError),
    /// There is nothing to decrypt with.
    #[error("this election ended without a key")]
    NoKey,
    /// The keeper has no share.
    #[error("there is no share of the election's key")]
    NoShare,
}

impl<E> StepError<E> {
    /// The board's part in it.
    pub fn client(&self) -> Option<&ClientError> {
        match self {
            Self::Session(error) => error.client(),
            _ => None,
        }
    }
}
