//! The voter's signature: knowledge of u with U = u*B, over a ballot's tracking code and what becomes of it.
//!
//! Relation: {(U; u): U = u*B}. Schnorr's proof, made non-interactive on a transcript that says election,
//! tracking code, disposition and U. The tracking code is the hash of every byte of the ballot, so the ballot
//! cannot be changed, and a ballot sent to be tested cannot be cast, by anyone without u. It is checked
//! before the proofs and alone. A board looks the credential up on the roll before that: then only a voter can make
//! it spend time on a ballot's proofs.

use borsh::{BorshDeserialize, BorshSerialize};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::ballot::{Disposition, Opening, TrackingCode};
use crate::codec;
use crate::credential::{Credential, CredentialSecret};
use crate::group::{EncodedPoint, Point, Scalar};
use crate::manifest::ElectionId;
use crate::proofs::batch::{MAX_BATCH_TERMS, locate};
use crate::transcript::{Transcript, batch_weights, hash};

/// The voter's signature: 64 bytes.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct CredentialSignature {
    /// T4 = k*B.
    pub nonce: EncodedPoint,
    /// z = k + e'*u.
    pub response: Scalar,
}

/// What a voter does with a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum CredentialAct {
    /// Casts the ballot of this tracking code.
    Cast = 0,
    /// Tests it.
    Challenge = 1,
    /// Publishes the opening of a tested ballot: see [`CredentialStatement::publication`].
    Publish = 2,
}

impl From<Disposition> for CredentialAct {
    fn from(disposition: Disposition) -> Self {
        match disposition {
            Disposition::Cast => Self::Cast,
            Disposition::Challenge => Self::Challenge,
        }
    }
}

/// What a voter's signature is over.
#[derive(Debug, Clone, Copy)]
pub struct CredentialStatement {
    /// The election.
    pub election: ElectionId,
    /// The credential U.
    pub credential: Credential,
    /// The ballot's tracking code.
    pub code: TrackingCode,
    /// What the voter does.
    pub act: CredentialAct,
}

/// The signature does not verify, or one of its points is not a fresh point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the voter's signature does not verify")]
pub struct CredentialSignatureError;

impl CredentialStatement {
    /// The statement that publishes an opening: its code is that of the opening of the challenge at this index.
    pub fn publication(
        election: ElectionId,
        credential: Credential,
        challenge: u64,
        opening: &Opening,
    ) -> Self {
        let parts: [&[u8]; 3] = [election.as_bytes(), &challenge.to_le_bytes(), &codec::encode(opening)];
        Self {
            election,
            credential,
            code: TrackingCode(hash("opening", &parts)),
            act: CredentialAct::Publish,
        }
    }

    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new("credential");
        transcript.append("election", self.election.as_bytes());
        transcript.append("code", &self.code.0.0);
        transcript.append("disposition", &[self.act as u8]);
        transcript.append_point("U", &self.credential.0);
        transcript
    }

    /// Signs, with the secret u of this statement's credential.
    pub fn sign(
        &self,
        secret: &CredentialSecret,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> CredentialSignature {
        let mut transcript = self.transcript();
        let u = Zeroizing::new(secret.expose().encode());
        let nonce = Zeroizing::new(transcript.nonces(&[u.as_slice()], rng).scalar());
        let commitment = Point::base_times(&nonce).encode();
        transcript.append_point("T4", &commitment);
        let challenge = transcript.challenge("e'");
        CredentialSignature { nonce: commitment, response: *nonce + challenge * *secret.expose() }
    }

    /// The terms of T4 + e'*U - z*B, which is the identity exactly for a good signature. In this sense the nonce's
    /// coefficient is its weight in a batch, which is half as long as a scalar.
    fn equation(
        &self,
        signature: &CredentialSignature,
    ) -> Result<(Scalar, [(Scalar, Point); 2]), CredentialSignatureError> {
        let mut transcript = self.transcript();
        transcript.append_point("T4", &signature.nonce);
        let challenge = transcript.challenge("e'");
        let nonce = signature.nonce.decode_nonzero().map_err(|_| CredentialSignatureError)?;
        let credential = self.credential.0.decode_nonzero().map_err(|_| CredentialSignatureError)?;
        Ok((-signature.response, [(Scalar::ONE, nonce), (challenge, credential)]))
    }

    /// Checks one signature.
    pub fn verify(&self, signature: &CredentialSignature) -> Result<(), CredentialSignatureError> {
        let (base, [nonce, credential]) = self.equation(signature)?;
        let sum = Point::sum_of_products_vartime(&[(base, Point::BASE), nonce, credential]);
        if sum.is_identity() { Ok(()) } else { Err(CredentialSignatureError) }
    }
}

/// Checks many signatures, as many in one product as its bound allows, and names each bad one.
///
/// Returns one result for each pair, in order.
pub fn verify_all(
    signatures: &[(CredentialStatement, &CredentialSignature)],
    rng: &mut (impl RngCore + CryptoRng),
) -> Vec<Result<(), CredentialSignatureError>> {
    signatures.chunks(MAX_BATCH_TERMS / 2).flat_map(|batch| verify_batch(batch, rng)).collect()
}

fn verify_batch(
    signatures: &[(CredentialStatement, &CredentialSignature)],
    rng: &mut (impl RngCore + CryptoRng),
) -> Vec<Result<(), CredentialSignatureError>> {
    let equations: Vec<Result<_, CredentialSignatureError>> = signatures
        .iter()
        .zip(batch_weights(signatures.len(), rng))
        .map(|((statement, signature), [weight])| {
            let (base, terms) = statement.equation(signature)?;
            Ok((weight * base, terms.map(|(scalar, point)| (weight * scalar, point))))
        })
        .collect();
    let product = |set: &[usize]| {
        let chosen = set.iter().filter_map(|index| equations.get(*index)?.as_ref().ok());
        let mut terms = vec![(chosen.clone().map(|(base, _)| *base).sum(), Point::BASE)];
        terms.extend(chosen.flat_map(|(_, pair)| *pair));
        Point::sum_of_products_vartime(&terms)
    };
    let sound: Vec<usize> = equations.iter().enumerate().filter(|e| e.1.is_ok()).map(|e| e.0).collect();
    let mut results: Vec<Result<(), CredentialSignatureError>> =
        equations.iter().map(|e| e.as_ref().map(|_| ()).map_err(|error| *error)).collect();
    for (bad, _) in locate(&sound, product(&sound), &product) {
        if let Some(result) = results.get_mut(bad) {
            *result = Err(CredentialSignatureError);
        }
    }
    results
}
