//! Vouchers: what a worker that has verified a ballot tells another worker of the same device, which need not
//! verify the same ballot again.
//!
//! A voucher is no proof: it is a hash that anyone can compute. What it does is to name one ballot, one signature,
//! one decision, one election and one key, so that believing it of one ballot says nothing about any other.

use std::collections::HashSet;

use borsh::{BorshDeserialize, BorshSerialize};

use super::{Ballot, BallotContext, Disposition, SubmittedBallot, TrackingCode, VerifiedBallot};
use crate::codec;
use crate::elgamal::Ciphertext;
use crate::proofs::credential::CredentialSignature;
use crate::transcript::{Digest, hash};

/// hash("verified ballot", election, K, tracking code, disposition, signature), 32 bytes.
///
/// The tracking code is the hash of the ballot's bytes, so that a voucher commits to every byte of its entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, BorshSerialize, BorshDeserialize)]
pub struct Voucher(pub Digest);

/// Vouchers that are believed.
#[derive(Clone, Debug, Default)]
pub struct TrustedVouchers(HashSet<Voucher>);

impl TrustedVouchers {
    /// Believes these vouchers: **whoever calls this answers for every one of them** as for a verification of its
    /// own. Each must come from [`VerifiedBallot::voucher`] in a process of the same device and the same program,
    /// on a way that nobody else can write to; never from a network, a file or a person.
    pub fn made_on_this_device(vouchers: impl IntoIterator<Item = Voucher>) -> Self {
        Self(vouchers.into_iter().collect())
    }
}

impl BallotContext {
    /// A ballot for which there is a voucher, with neither signature nor proofs checked here. None if this very
    /// ballot, with this signature and decision, under this election and key, has none: then it is to be verified.
    pub fn verified_by_voucher(
        &self,
        submitted: &SubmittedBallot,
        disposition: Disposition,
        trusted: &TrustedVouchers,
    ) -> Option<VerifiedBallot> {
        let SubmittedBallot { ballot, signature } = submitted;
        let code = ballot.tracking_code(self.manifest.id());
        let voucher = self.voucher(code, disposition, signature);
        if !trusted.0.contains(&voucher) {
            return None;
        }
        // the sum is made of points, which a voucher does not carry
        let ciphertexts = ballot.ciphertexts.iter().map(|ciphertext| ciphertext.decode_fresh().ok());
        Some(VerifiedBallot::new(
            ballot,
            (code, disposition, signature),
            ciphertexts.collect::<Option<_>>()?,
            voucher,
        ))
    }

    /// The voucher of a ballot that was verified under this context.
    pub(super) fn voucher(
        &self,
        code: TrackingCode,
        disposition: Disposition,
        signature: &CredentialSignature,
    ) -> Voucher {
        let (election, key) = (self.manifest.id(), self.key().encoded());
        let parts: [&[u8]; 5] =
            [election.as_bytes(), &key.0, &code.0.0, &[disposition as u8], &codec::encode(signature)];
        Voucher(hash("verified ballot", &parts))
    }
}

impl VerifiedBallot {
    /// Only after verification, or with a voucher that is believed.
    pub(super) fn new(
        ballot: &Ballot,
        (code, disposition, signature): (TrackingCode, Disposition, &CredentialSignature),
        ciphertexts: Vec<Ciphertext>,
        voucher: Voucher,
    ) -> Self {
        Self {
            credential: ballot.credential,
            style: ballot.style,
            counter: ballot.counter,
            previous: ballot.previous,
            code,
            disposition,
            signature: signature.clone(),
            first_points: ballot.ciphertexts.iter().map(|ciphertext| ciphertext.d).collect(),
            ciphertexts,
            voucher,
        }
    }

    /// What another worker of this device needs to take this ballot without verifying it again.
    pub fn voucher(&self) -> Voucher {
        self.voucher
    }
}
