//! One attempt at the key ceremony: rounds in order, each message once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tabella_crypto::group::Scalar;
use tabella_crypto::manifest::CheckedManifest;
use tabella_crypto::threshold::dkg::{CeremonyError, Commitments, VerifiedCommitments, verify_commitments};
use tabella_crypto::threshold::keys::{KeySet, combine};
use tabella_crypto::threshold::shares::{RevealedShare, SealedShare, check_revealed_share};
use tabella_crypto::threshold::test_decryption::TestDecryption;
use tabella_crypto::threshold::trustee::{CeremonyParameters, TrusteeIndex};
use tabella_crypto::transcript::Digest;

use super::Complaint;
use crate::check::{CeremonyRefusal, Round};
use crate::entry::CeremonyRestart;

/// One attempt at the ceremony, from the announcement of commitments to the test decryptions.
#[derive(Debug, Clone, Default)]
pub(in crate::state) struct Attempt {
    /// From 0.
    pub(super) number: u32,
    /// From the last registration on.
    pub(super) parameters: Option<CeremonyParameters>,
    pub(super) hashes: BTreeMap<TrusteeIndex, Digest>,
    pub(super) commitments: BTreeMap<TrusteeIndex, VerifiedCommitments>,
    pub(super) sealed: BTreeMap<TrusteeIndex, Vec<SealedShare>>,
    pub(super) complaints: Vec<Complaint>,
    /// What there is to confirm: from the last shares on, while no complaint is open.
    pub(super) proposal: Option<Result<Arc<KeySet>, CeremonyError>>,
    pub(super) confirmed: BTreeSet<TrusteeIndex>,
    pub(super) tested: BTreeSet<TrusteeIndex>,
    /// Set by a bad answer or by the administrator.
    pub(super) restart: Option<CeremonyRestart>,
}

/// A message of one attempt.
pub(in crate::state) enum AttemptMessage<'a> {
    Hash(Digest),
    Commitments(&'a Commitments),
    Shares(&'a [SealedShare]),
    Complaint(u8),
    Answer(u8, Scalar),
    Confirmation(Digest),
    Test(&'a TestDecryption),
}

impl Attempt {
    pub(super) fn apply(
        &mut self,
        manifest: &CheckedManifest,
        time: u64,
        trustee: TrusteeIndex,
        message: AttemptMessage<'_>,
    ) -> Result<(), CeremonyRefusal> {
        let count = manifest.trustees.len();
        let parameters =
            self.parameters.as_ref().ok_or(CeremonyRefusal::Early { missing: Round::Registration })?;
        let after = |complete: bool, missing| {
            if complete { Ok(()) } else { Err(CeremonyRefusal::Early { missing }) }
        };
        let once = |stands: bool, round| {
            if stands { Err(CeremonyRefusal::Repeated { trustee, round }) } else { Ok(()) }
        };
        match message {
            AttemptMessage::Hash(hash) => {
                once(self.hashes.contains_key(&trustee), Round::CommitmentHash)?;
                self.hashes.insert(trustee, hash);
            }
            AttemptMessage::Commitments(commitments) => {
                // commit first, so that the last dealer cannot choose the key
                after(self.hashes.len() == count, Round::CommitmentHash)?;
                once(self.commitments.contains_key(&trustee), Round::Commitments)?;
                let announced = self.hashes.get(&trustee).ok_or(CeremonyError::Announcement(trustee))?;
                let verified = verify_commitments(parameters, trustee, announced, commitments)?;
                self.commitments.insert(trustee, verified);
            }
            AttemptMessage::Shares(shares) => {
                after(self.commitments.len() == count, Round::Commitments)?;
                once(self.sealed.contains_key(&trustee), Round::Shares)?;
                if shares.len() + 1 != count {
                    return Err(CeremonyError::SealedCount(trustee).into());
                }
                self.sealed.insert(trustee, shares.to_vec());
                self.propose(count);
            }
            AttemptMessage::Complaint(dealer) => {
                after(self.sealed.len() == count, Round::Shares)?;
                self.complain(count, manifest, time, trustee, dealer)?;
            }
            AttemptMessage::Answer(receiver, value) => self.answer(count, trustee, receiver, value)?,
            AttemptMessage::Confirmation(transcript) => {
                after(self.sealed.len() == count, Round::Shares)?;
                once(self.confirmed.contains(&trustee), Round::Confirmation)?;
                if let Some(open) = self.complaints.iter().find(|complaint| complaint.answer.is_none()) {
                    let (dealer, receiver) = (open.dealer, open.receiver);
                    return Err(CeremonyRefusal::Unanswered { dealer, receiver });
                }
                let proposal = self.proposal.as_ref().map(|proposal| proposal.as_ref().map_err(|e| *e));
                let key_set = proposal.ok_or(CeremonyRefusal::Early { missing: Round::Shares })??;
                if *key_set.transcript_hash() != transcript {
                    return Err(CeremonyRefusal::Transcript(trustee));
                }
                self.confirmed.insert(trustee);
            }
            AttemptMessage::Test(test) => {
                after(self.confirmed.len() == count, Round::Confirmation)?;
                once(self.tested.contains(&trustee), Round::TestDecryption)?;
                let Some(Ok(key_set)) = &self.proposal else {
                    return Err(CeremonyRefusal::Early { missing: Round::Confirmation });
                };
                let verified = test.verify(key_set, trustee)?;
                self.tested.insert(verified.trustee());
            }
        }
        Ok(())
    }

    /// Combines what stands, if nothing is missing.
    fn propose(&mut self, count: usize) {
        let open = self.complaints.iter().any(|complaint| complaint.answer.is_none());
        let parameters = self.parameters.as_ref().filter(|_| !open && self.sealed.len() == count);
        self.proposal = parameters.map(|parameters| {
            let commitments: Vec<_> = self.commitments.values().cloned().collect();
            let sealed: Vec<_> = self.sealed.values().cloned().collect();
            let answers: Vec<_> =
                self.complaints.iter().filter_map(|complaint| complaint.answer.clone()).collect();
            combine(parameters, &commitments, &sealed, &answers).map(Arc::new)
        });
    }

    fn complain(
        &mut self,
        count: usize,
        manifest: &CheckedManifest,
        time: u64,
        receiver: TrusteeIndex,
        dealer: u8,
    ) -> Result<(), CeremonyRefusal> {
        if self.confirmed.len() == count {
            return Err(CeremonyRefusal::ComplaintLate);
        }
        let dealer = TrusteeIndex::new(dealer)
            .filter(|dealer| dealer.position() < count)
            .ok_or(CeremonyRefusal::Unknown(dealer))?;
        if dealer == receiver {
            return Err(CeremonyRefusal::SelfComplaint(receiver));
        }
        let pair = |complaint: &Complaint| (complaint.receiver, complaint.dealer) == (receiver, dealer);
        if self.complaints.iter().any(pair) {
            return Err(CeremonyRefusal::ComplaintRepeated { receiver, dealer });
        }
        let deadline = time.saturating_add(manifest.complaint_window);
        self.complaints.push(Complaint { receiver, dealer, deadline, answer: None });
        // the transcript that was confirmed lacks the answer
        self.confirmed.clear();
        self.proposal = None;
        Ok(())
    }

    /// An answer that fits is the share to use; one that does not ends the attempt, and names its dealer.
    fn answer(
        &mut self,
        count: usize,
        dealer: TrusteeIndex,
        receiver: u8,
        value: Scalar,
    ) -> Result<(), CeremonyRefusal> {
        let receiver = TrusteeIndex::new(receiver).ok_or(CeremonyRefusal::Unknown(receiver))?;
        let (Some(parameters), Some(commitments)) = (self.parameters.as_ref(), self.commitments.get(&dealer))
        else {
            return Err(CeremonyRefusal::NoComplaint { dealer, receiver });
        };
        let open = |complaint: &&mut Complaint| {
            (complaint.receiver, complaint.dealer) == (receiver, dealer) && complaint.answer.is_none()
        };
        let complaint =
            self.complaints.iter_mut().find(open).ok_or(CeremonyRefusal::NoComplaint { dealer, receiver })?;
        let answer = RevealedShare { dealer, receiver, value };
        if check_revealed_share(parameters, commitments, &answer).is_ok() {
            complaint.answer = Some(answer);
            self.propose(count);
        } else {
            self.restart = Some(CeremonyRestart { attempt: self.number, culprit: Some(dealer.number()) });
        }
        Ok(())
    }
}
