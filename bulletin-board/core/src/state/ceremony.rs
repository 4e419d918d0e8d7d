//! The key ceremony as its messages arrive: rounds in order, each message once, attempts one after the other.
//! Specification: "Key ceremony".
//!
//! The mathematics is in [`tabella_crypto::threshold`]; here is who may say what and when.

use std::collections::BTreeMap;
use std::sync::Arc;

use tabella_crypto::manifest::CheckedManifest;
use tabella_crypto::threshold::dkg::{CeremonyError, VerifiedCommitments};
use tabella_crypto::threshold::keys::KeySet;
use tabella_crypto::threshold::shares::{RevealedShare, SealedShare};
use tabella_crypto::threshold::trustee::{CeremonyParameters, TrusteeIndex, TrusteeKeys};
use tabella_crypto::transcript::Digest;

use crate::check::{CeremonyRefusal, Round};
use crate::entry::{CeremonyRestart, TrusteeEntry, TrusteeMessage};

pub(super) mod attempt;

use attempt::{Attempt, AttemptMessage};

/// A complaint of one trustee about the share of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Who complains.
    pub receiver: TrusteeIndex,
    /// Of whom.
    pub dealer: TrusteeIndex,
    /// Milliseconds since 1970-01-01 UTC: an answer stands under a block of at most this time.
    pub deadline: u64,
    /// The answer, if it fits the dealer's commitments.
    pub answer: Option<RevealedShare>,
}

/// How far one trustee is in the current attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The trustee.
    pub trustee: TrusteeIndex,
    /// Keys are registered.
    pub registered: bool,
    /// The hash of the commitments stands.
    pub announced: bool,
    /// The commitments stand.
    pub committed: bool,
    /// The sealed shares stand.
    pub shared: bool,
    /// The transcript as it is now is confirmed.
    pub confirmed: bool,
    /// The test decryption stands.
    pub tested: bool,
}

/// All attempts at the key ceremony: registration is for all of them, everything else for one.
#[derive(Debug, Clone, Default)]
pub struct Ceremony {
    /// n.
    count: usize,
    registered: BTreeMap<TrusteeIndex, TrusteeKeys>,
    ended: Vec<CeremonyRestart>,
    attempt: Attempt,
}

impl Ceremony {
    pub(super) fn new(manifest: &CheckedManifest) -> Self {
        Self { count: manifest.trustees.len(), ..Self::default() }
    }

    /// The attempt under way, from 0.
    pub fn attempt(&self) -> u32 {
        self.attempt.number
    }

    /// Attempts that were given up, in order.
    pub fn ended(&self) -> &[CeremonyRestart] {
        &self.ended
    }

    /// A trustee's registered keys.
    pub fn keys(&self, trustee: TrusteeIndex) -> Option<&TrusteeKeys> {
        self.registered.get(&trustee)
    }

    /// Parameters of the current attempt, once all trustees have registered.
    pub fn parameters(&self) -> Option<&CeremonyParameters> {
        self.attempt.parameters.as_ref()
    }

    /// The announced hashes of the current attempt.
    pub fn hashes(&self) -> &BTreeMap<TrusteeIndex, Digest> {
        &self.attempt.hashes
    }

    /// The commitments of the current attempt, in order once all of them stand.
    pub fn commitments(&self) -> Vec<VerifiedCommitments> {
        self.attempt.commitments.values().cloned().collect()
    }

    /// The sealed shares of the current attempt, in order of dealers once all of them stand.
    pub fn sealed(&self) -> Vec<Vec<SealedShare>> {
        self.attempt.sealed.values().cloned().collect()
    }

    /// Complaints of the current attempt, in the order of the log.
    pub fn complaints(&self) -> &[Complaint] {
        &self.attempt.complaints
    }

    /// Shares that were revealed in answers to complaints of the current attempt.
    pub fn answers(&self) -> Vec<RevealedShare> {
        self.attempt.complaints.iter().filter_map(|complaint| complaint.answer.clone()).collect()
    }

    /// The key set that trustees are to confirm: from the last shares on, while no complaint is open. An error
    /// means that the dealers made a key without secrecy, and that the administrator must restart the ceremony.
    pub fn proposal(&self) -> Option<Result<&Arc<KeySet>, CeremonyError>> {
        self.attempt.proposal.as_ref().map(|proposal| proposal.as_ref().map_err(|error| *error))
    }

    /// The key set, once all trustees have confirmed it.
    pub fn key_set(&self) -> Option<&Arc<KeySet>> {
        let stands = self.attempt.confirmed.len() == self.count;
        self.attempt.proposal.as_ref().and_then(|proposal| proposal.as_ref().ok()).filter(|_| stands)
    }

    /// Whether every trustee has proved that the stored share can be used.
    pub fn is_complete(&self) -> bool {
        self.key_set().is_some() && self.attempt.tested.len() == self.count
    }

    /// How far each trustee is, in order.
    pub fn progress(&self) -> Vec<Progress> {
        let attempt = &self.attempt;
        self.trustees()
            .map(|trustee| Progress {
                trustee,
                registered: self.registered.contains_key(&trustee),
                announced: attempt.hashes.contains_key(&trustee),
                committed: attempt.commitments.contains_key(&trustee),
                shared: attempt.sealed.contains_key(&trustee),
                confirmed: attempt.confirmed.contains(&trustee),
                tested: attempt.tested.contains(&trustee),
            })
            .collect()
    }

    fn trustees(&self) -> impl Iterator<Item = TrusteeIndex> + use<> {
        (1..=u8::MAX).take(self.count).filter_map(TrusteeIndex::new)
    }

    /// The trustee of this number, if there is one.
    fn trustee(&self, number: u8) -> Result<TrusteeIndex, CeremonyRefusal> {
        TrusteeIndex::new(number)
            .filter(|trustee| trustee.position() < self.count)
            .ok_or(CeremonyRefusal::Unknown(number))
    }

    /// Checks the signature of any message of a trustee: with the registered key, for a registration with the
    /// one it carries.
    pub(super) fn authenticate(
        &self,
        manifest: &CheckedManifest,
        entry: &TrusteeEntry,
    ) -> Result<TrusteeIndex, CeremonyRefusal> {
        let trustee = self.trustee(entry.trustee)?;
        let key = match &entry.message {
            TrusteeMessage::Registration(keys) => keys.signing,
            _ => self.registered.get(&trustee).ok_or(CeremonyRefusal::NotRegistered(trustee))?.signing,
        };
        entry.verify(manifest.id(), &key).map_err(|_| CeremonyRefusal::Signature(trustee))?;
        Ok(trustee)
    }

    /// The same from an entry's bytes, if they are a trustee's message other than a registration.
    pub(super) fn authenticate_bytes(
        &self,
        manifest: &CheckedManifest,
        entry: &[u8],
    ) -> Result<(), CeremonyRefusal> {
        let Some(number) = TrusteeEntry::sender(entry) else { return Ok(()) };
        let trustee = self.trustee(number)?;
        let keys = self.registered.get(&trustee).ok_or(CeremonyRefusal::NotRegistered(trustee))?;
        TrusteeEntry::verify_bytes(manifest.id(), entry, &keys.signing)
            .map_err(|_| CeremonyRefusal::Signature(trustee))
    }

    /// Takes a message of an attempt whose signature was checked. `time` is that of the last block.
    pub(super) fn apply(
        &mut self,
        manifest: &CheckedManifest,
        time: u64,
        trustee: TrusteeIndex,
        attempt: u32,
        message: AttemptMessage<'_>,
    ) -> Result<(), CeremonyRefusal> {
        let current = self.attempt.number;
        if attempt != current {
            return Err(CeremonyRefusal::Attempt { found: attempt, current });
        }
        self.attempt.apply(manifest, time, trustee, message)
    }

    /// Takes a registration whose signature was checked.
    pub(super) fn register(
        &mut self,
        manifest: &CheckedManifest,
        trustee: TrusteeIndex,
        keys: TrusteeKeys,
    ) -> Result<(), CeremonyRefusal> {
        if self.registered.contains_key(&trustee) {
            return Err(CeremonyRefusal::Repeated { trustee, round: Round::Registration });
        }
        let info = manifest.trustees.get(trustee.position());
        if info.is_none_or(|info| info.fingerprint != keys.fingerprint()) {
            return Err(CeremonyRefusal::Fingerprint(trustee));
        }
        let shared =
            |other: &TrusteeKeys| other.signing == keys.signing || other.encryption == keys.encryption;
        if self.registered.values().any(shared) {
            return Err(CeremonyRefusal::SharedKey(trustee));
        }
        if !keys.encryption.is_usable() {
            return Err(CeremonyRefusal::UnusableKey(trustee));
        }
        let mut registered = self.registered.clone();
        registered.insert(trustee, keys);
        self.attempt.parameters = parameters(manifest, self.attempt.number, &registered)?;
        self.registered = registered;
        Ok(())
    }

    /// The administrator gives the attempt up.
    pub(super) fn request_restart(&mut self, attempt: u32) -> Result<(), CeremonyRefusal> {
        let current = self.attempt.number;
        if self.is_complete() {
            return Err(CeremonyRefusal::Complete);
        }
        if attempt != current {
            return Err(CeremonyRefusal::Attempt { found: attempt, current });
        }
        self.attempt.restart = Some(CeremonyRestart { attempt, culprit: None });
        Ok(())
    }

    /// The restart that is due at this time: asked for, after a bad answer, or because an answer is overdue.
    pub(super) fn due(&self, time: u64) -> Option<CeremonyRestart> {
        let attempt = &self.attempt;
        let overdue = |complaint: &&Complaint| complaint.answer.is_none() && time > complaint.deadline;
        attempt.restart.or_else(|| {
            attempt.complaints.iter().find(overdue).map(|complaint| CeremonyRestart {
                attempt: attempt.number,
                culprit: Some(complaint.dealer.number()),
            })
        })
    }

    /// Begins the next attempt.
    pub(super) fn restart(
        &mut self,
        manifest: &CheckedManifest,
        restart: CeremonyRestart,
    ) -> Result<(), CeremonyRefusal> {
        let number = restart.attempt.saturating_add(1);
        let parameters = parameters(manifest, number, &self.registered)?;
        self.ended.push(restart);
        self.attempt = Attempt { number, parameters, ..Attempt::default() };
        Ok(())
    }
}

/// Parameters of an attempt, if all trustees have registered.
fn parameters(
    manifest: &CheckedManifest,
    attempt: u32,
    registered: &BTreeMap<TrusteeIndex, TrusteeKeys>,
) -> Result<Option<CeremonyParameters>, CeremonyRefusal> {
    if registered.len() < manifest.trustees.len() {
        return Ok(None);
    }
    let keys = registered.values().copied().collect();
    Ok(Some(CeremonyParameters::new(&manifest.id().0, attempt, keys, manifest.threshold)?))
}
