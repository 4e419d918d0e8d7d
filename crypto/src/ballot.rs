//! Ballots: selections become ciphertexts and one proof; bytes become a [`VerifiedBallot`], and nothing else does.
//! Specification: "Ballot".
//!
//! ```text
//! entries --encrypt--> Ballot --sign(cast | challenge)--> SubmittedBallot
//! SubmittedBallot --authenticate--> AuthenticBallot --verify--> VerifiedBallot
//! ```
//!
//! The tracking code is the hash of the ballot's bytes, so it can be shown before the voter decides between
//! casting and testing; the voter's signature, made after that decision, is over code and decision.

use borsh::{BorshDeserialize, BorshSerialize};
use rand_core::{CryptoRng, RngCore};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::codec;
use crate::credential::{Credential, CredentialSecret};
use crate::elgamal::{Ciphertext, EncodedCiphertext};
use crate::group::EncodedPoint;
use crate::manifest::ElectionId;
use crate::proofs::credential::{CredentialSignature, CredentialStatement};
use crate::proofs::linear::LinearProof;
use crate::proofs::range::RangeProof;
use crate::rules::{RuleError, StyleRules};
use crate::secret::Secret;
use crate::transcript::{Digest, hash};

mod context;
mod verify;
mod vouch;

pub use context::BallotContext;
pub use vouch::{TrustedVouchers, Voucher};

/// Most bytes of a submitted ballot: a log entry less its tag.
pub const MAX_BALLOT_LENGTH: usize = codec::MAX_ENTRY_LENGTH - 1;

/// The hash of a ballot's bytes and its election: what a voter tracks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, BorshSerialize, BorshDeserialize)]
pub struct TrackingCode(pub Digest);

impl std::fmt::Display for TrackingCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What a voter decides about an encrypted ballot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, BorshSerialize, BorshDeserialize)]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum Disposition {
    /// It is the vote.
    Cast = 0,
    /// It is burned: recorded, never counted, to be opened on another device.
    Challenge = 1,
}

/// An encrypted ballot of one style, with its proof.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Ballot {
    /// The voter's credential U.
    pub credential: Credential,
    /// The ballot style.
    pub style: u16,
    /// How many ballots this voter has cast before.
    pub counter: u16,
    /// Tracking code of the voter's ballot before, exactly if there is one.
    pub previous: Option<TrackingCode>,
    /// The ciphertexts, contest by contest in the style's order.
    pub ciphertexts: Vec<EncodedCiphertext>,
    /// All range claims hold.
    pub range: RangeProof,
    /// The ciphertexts are known, and all equality claims hold.
    pub linear: LinearProof,
}

/// A ballot with the voter's signature over its tracking code and disposition.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct SubmittedBallot {
    /// The ballot.
    pub ballot: Ballot,
    /// The voter's signature.
    pub signature: CredentialSignature,
}

/// Bytes of a submitted ballot: `entries` ciphertexts, `values` range claims after padding, `bits` wide each.
///
/// With `longest`, a recast under a style with equality claims; the length never depends on a choice.
pub const fn encoded_length(entries: usize, values: usize, bits: u32, longest: bool) -> usize {
    let rounds = (values * bits as usize).trailing_zeros() as usize;
    // credential, style and counter; the ballot before it
    let head = 36 + if longest { 33 } else { 1 };
    let range = 4 * 32 + 3 * 32 + 4 + 64 * rounds + 2 * 32;
    let linear = 2 * 32 + 65 + 2 * 32;
    head + 4 + 64 * entries + range + linear + 64
}

/// Bytes of the longest ballot of a style, a recast: what a manifest is held against.
pub fn longest_length(rules: &StyleRules) -> usize {
    let longest = encoded_length(rules.entries, rules.padded_ranges(), rules.bits, true);
    // without equality claims there is no T3 and no z_w
    if rules.equalities.is_empty() { longest - 64 } else { longest }
}

/// Why a ballot is refused, whatever the state of the election.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BallotError {
    /// The voter's signature does not verify.
    #[error("the voter's signature does not verify")]
    Signature,
    /// No such ballot style.
    #[error("there is no such ballot style")]
    Style,
    /// Not as many ciphertexts as the style has entries.
    #[error("the ballot has not as many ciphertexts as its style has entries")]
    Length,
    /// A previous code without a recast, or a recast without one.
    #[error("a recast names the ballot before it, and a first ballot names none")]
    Previous,
    /// A ciphertext is not made of two points other than the identity.
    #[error("a ciphertext is not made of two canonical points other than the identity")]
    Ciphertext,
    /// A proof has not the style's shape, or one of its points is not canonical or is the identity.
    #[error("a proof has not the right shape")]
    ProofShape,
    /// The range proof does not verify.
    #[error("the range proof does not verify")]
    RangeProof,
    /// The proof of knowledge and of the equality claims does not verify.
    #[error("the proof that the ballot is known and adds up does not verify")]
    LinearProof,
}

/// Why a ballot cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// No such ballot style.
    #[error("there is no such ballot style")]
    Style,
    /// The choices break the rules.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// The prover refused.
    #[error("the range proof cannot be made for these choices")]
    Proof,
}

/// The 32-byte seed of a ballot's encryption randomness, and of nothing else.
///
/// A cast ballot's seed is dropped; a tested ballot's seed is shown with its selections. Proof nonces never come
/// from it alone: opening a tested ballot would give away u.
#[derive(Debug, ZeroizeOnDrop)]
pub struct BallotSeed(Secret<[u8; 32]>);

impl BallotSeed {
    /// A fresh seed; each attempt has its own.
    pub fn generate(rng: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut seed = Zeroizing::new([0u8; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Self(Secret::new(*seed))
    }

    /// The seed of an opening.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// The opening of a ballot that is to be tested: gives the seed up.
    pub fn open(self, selections: &[Vec<u64>]) -> Opening {
        let entry = |entry: &u64| u16::try_from(*entry).unwrap_or(u16::MAX);
        Opening {
            seed: *self.0.expose(),
            selections: selections.iter().map(|c| c.iter().map(entry).collect()).collect(),
        }
    }
}

/// What proves to another device what a tested ballot held: fits a QR code for ordinary ballots.
#[derive(Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize, Zeroize, ZeroizeOnDrop)]
pub struct Opening {
    /// The seed of the encryption randomness.
    pub seed: [u8; 32],
    /// Entries of each contest of the style (at most [`crate::rules::MAX_POINTS`] each).
    pub selections: Vec<Vec<u16>>,
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Opening(…)")
    }
}

/// The opening does not belong to the ballot: the device that made it did not encrypt what it said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpeningError {
    /// The selections break the contest's rules or have not its shape.
    #[error("the selections do not fit the ballot's style: {0}")]
    Rules(#[from] RuleError),
    /// The ciphertexts are not those of seed and selections.
    #[error("the sealed ballot does not contain these choices")]
    Mismatch,
    /// No such style.
    #[error("there is no such ballot style")]
    Style,
}

/// The tracking code of a ballot's bytes.
fn tracking_code(election: ElectionId, ballot: &Ballot) -> TrackingCode {
    TrackingCode(hash("ballot", &[election.as_bytes(), &codec::encode(ballot)]))
}

impl Ballot {
    /// The tracking code.
    pub fn tracking_code(&self, election: ElectionId) -> TrackingCode {
        tracking_code(election, self)
    }

    /// Signs the voter's decision about this ballot.
    pub fn sign(
        self,
        election: ElectionId,
        disposition: Disposition,
        secret: &CredentialSecret,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> SubmittedBallot {
        let statement = self.statement(election, disposition);
        SubmittedBallot { signature: statement.sign(secret, rng), ballot: self }
    }

    fn statement(&self, election: ElectionId, disposition: Disposition) -> CredentialStatement {
        CredentialStatement {
            election,
            credential: self.credential,
            code: self.tracking_code(election),
            act: disposition.into(),
        }
    }
}

impl SubmittedBallot {
    /// Checks the voter's signature: the first check, and a cheap one.
    pub fn authenticate(
        self,
        election: ElectionId,
        disposition: Disposition,
    ) -> Result<AuthenticBallot, BallotError> {
        let statement = self.ballot.statement(election, disposition);
        statement.verify(&self.signature).map_err(|_| BallotError::Signature)?;
        Ok(AuthenticBallot {
            election,
            ballot: self.ballot,
            signature: self.signature,
            code: statement.code,
            disposition,
        })
    }

    /// Checks the signatures of many ballots in one product; one result each, in order.
    pub fn authenticate_all(
        election: ElectionId,
        ballots: Vec<(Self, Disposition)>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Vec<Result<AuthenticBallot, BallotError>> {
        let statements: Vec<_> = ballots
            .iter()
            .map(|(submitted, disposition)| {
                (submitted.ballot.statement(election, *disposition), &submitted.signature)
            })
            .collect();
        let results = crate::proofs::credential::verify_all(&statements, rng);
        let codes: Vec<TrackingCode> = statements.iter().map(|(statement, _)| statement.code).collect();
        ballots
            .into_iter()
            .zip(codes)
            .zip(results)
            .map(|(((submitted, disposition), code), result)| {
                result.map_err(|_| BallotError::Signature)?;
                let SubmittedBallot { ballot, signature } = submitted;
                Ok(AuthenticBallot { election, ballot, signature, code, disposition })
            })
            .collect()
    }
}

/// A ballot that its credential's holder signed; its proofs are not checked yet.
#[derive(Clone, Debug)]
pub struct AuthenticBallot {
    election: ElectionId,
    ballot: Ballot,
    signature: CredentialSignature,
    code: TrackingCode,
    disposition: Disposition,
}

impl AuthenticBallot {
    /// The ballot.
    pub fn ballot(&self) -> &Ballot {
        &self.ballot
    }

    /// Its tracking code.
    pub fn code(&self) -> TrackingCode {
        self.code
    }

    /// What the voter decided.
    pub fn disposition(&self) -> Disposition {
        self.disposition
    }
}

/// A ballot whose signature and proofs hold. [`BallotContext::verify_all`] makes one; and, where another worker of
/// the same device has done so, [`BallotContext::verified_by_voucher`].
#[derive(Clone, Debug)]
pub struct VerifiedBallot {
    /// The voter's credential.
    credential: Credential,
    style: u16,
    counter: u16,
    previous: Option<TrackingCode>,
    code: TrackingCode,
    disposition: Disposition,
    signature: CredentialSignature,
    ciphertexts: Vec<Ciphertext>,
    first_points: Vec<EncodedPoint>,
    voucher: Voucher,
}

impl VerifiedBallot {
    /// The voter's credential.
    pub fn credential(&self) -> Credential {
        self.credential
    }
    /// The ballot style.
    pub fn style(&self) -> u16 {
        self.style
    }
    /// How many ballots this voter had cast before.
    pub fn counter(&self) -> u16 {
        self.counter
    }
    /// The ballot before it.
    pub fn previous(&self) -> Option<TrackingCode> {
        self.previous
    }
    /// The tracking code.
    pub fn code(&self) -> TrackingCode {
        self.code
    }
    /// Cast or tested.
    pub fn disposition(&self) -> Disposition {
        self.disposition
    }
    /// The voter's signature that was checked.
    pub fn signature(&self) -> &CredentialSignature {
        &self.signature
    }
    /// The ciphertexts, contest by contest in the style's order.
    pub fn ciphertexts(&self) -> &[Ciphertext] {
        &self.ciphertexts
    }
    /// Encodings of every D, for the check that none stands in another ballot.
    ///
    /// Two ciphertexts with one C and proofs that hold have one D too, or they would open C in two ways.
    pub fn first_points(&self) -> &[EncodedPoint] {
        &self.first_points
    }
}

#[cfg(test)]
mod tests;
