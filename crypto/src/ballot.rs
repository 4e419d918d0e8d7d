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

use std::sync::{Arc, OnceLock};

use borsh::{BorshDeserialize, BorshSerialize};
use rand_core::{CryptoRng, RngCore};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::codec;
use crate::credential::{Credential, CredentialSecret};
use crate::elgamal::{Ciphertext, ElectionKey, EncodedCiphertext};
use crate::generators::{VectorSide, vector_bases};
use crate::group::{EncodedPoint, Scalar};
use crate::manifest::{CheckedManifest, ElectionId};
use crate::proofs::batch::{self, Accumulator, MAX_BATCH_TERMS, SharedBases};
use crate::proofs::credential::{CredentialSignature, CredentialStatement};
use crate::proofs::linear::{self, LinearProof, Witness};
use crate::proofs::range::{self, ProverBases, RangeProof};
use crate::rules::{RuleError, StyleRules};
use crate::secret::Secret;
use crate::transcript::{Digest, KeyDerivation, Transcript, batch_weight, hash};

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
    let head = 32 + 2 + 2 + if longest { 33 } else { 1 };
    let range = 4 * 32 + 3 * 32 + 4 + 64 * rounds + 2 * 32;
    let linear = 2 * 32 + 65 + 2 * 32;
    head + 4 + 64 * entries + range + linear + 64
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
#[derive(Debug)]
pub struct BallotSeed(Secret<[u8; 32]>);

impl BallotSeed {
    /// A fresh seed; each attempt has its own.
    pub fn generate(rng: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut seed = [0u8; 32];
        rng.fill_bytes(&mut seed);
        Self(Secret::new(seed))
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

/// A ballot whose signature and proofs hold. Only [`BallotContext::verify_all`] makes one.
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

/// What a ballot is made and checked against: manifest, key, and the bases that its proofs use.
#[derive(Clone)]
pub struct BallotContext {
    manifest: Arc<CheckedManifest>,
    key: ElectionKey,
    shared: Arc<SharedBases>,
    provers: Arc<Vec<OnceLock<ProverBases>>>,
}

impl BallotContext {
    /// Derives the bases for the manifest's widest style: milliseconds to a second.
    pub fn new(manifest: Arc<CheckedManifest>, key: ElectionKey) -> Self {
        let stride = manifest.styles().iter().map(|style| style.bits as usize).max().unwrap_or(8);
        let values = manifest.styles().iter().map(StyleRules::padded_ranges).max().unwrap_or(1);
        let g = vector_bases(VectorSide::G, stride, values);
        let h = vector_bases(VectorSide::H, stride, values);
        let provers = manifest.styles().iter().map(|_| OnceLock::new()).collect();
        let shared = Arc::new(SharedBases::new(key.point(), stride, g, h));
        Self { manifest, key, shared, provers: Arc::new(provers) }
    }

    /// The manifest.
    pub fn manifest(&self) -> &Arc<CheckedManifest> {
        &self.manifest
    }

    /// The election key.
    pub fn key(&self) -> &ElectionKey {
        &self.key
    }

    /// Step 1 of the proof: everything that the ballot says, before any challenge.
    fn transcript(&self, ballot: &BallotHead, ciphertexts: &[EncodedCiphertext]) -> Transcript {
        let mut transcript = Transcript::new("ballot");
        transcript.append("election", self.manifest.id().as_bytes());
        transcript.append_point("K", &self.key.encoded());
        transcript.append_point("U", &ballot.credential.0);
        transcript.append_u64("style", u64::from(ballot.style));
        transcript.append_u64("counter", u64::from(ballot.counter));
        transcript.append("previous", previous_bytes(ballot.previous.as_ref()));
        transcript.append_u64("ciphertexts", ciphertexts.len() as u64);
        for ciphertext in ciphertexts {
            transcript.append_point("D", &ciphertext.d);
        }
        for ciphertext in ciphertexts {
            transcript.append_point("C", &ciphertext.c);
        }
        transcript
    }

    /// r for every entry, from the seed: HKDF over election, K, U, counter, previous code, contest and entry.
    fn randomness(&self, head: &BallotHead, seed: &BallotSeed) -> Zeroizing<Vec<Scalar>> {
        let derivation = KeyDerivation::new("ballot randomness", seed.0.expose());
        // of its final size, so that no copy is left behind when it grows
        let mut scalars =
            Vec::with_capacity(self.manifest.style(head.style).map_or(0, |rules| rules.entries));
        for (index, contest) in self.manifest.contests_of(head.style) {
            for entry in 0..contest.entries() as u32 {
                scalars.push(derivation.scalar(&[
                    self.manifest.id().as_bytes(),
                    &self.key.encoded().0,
                    &head.credential.0.0,
                    &head.counter.to_le_bytes(),
                    previous_bytes(head.previous.as_ref()),
                    &index.to_le_bytes(),
                    &entry.to_le_bytes(),
                ]));
            }
        }
        Zeroizing::new(scalars)
    }

    /// Encrypts and proves. `selections` are the entries of each contest of the style, see
    /// [`crate::rules::Method::entries`]; `previous` is the voter's ballot before, if there is one, and its
    /// counter.
    pub fn encrypt(
        &self,
        secret: &CredentialSecret,
        style: u16,
        previous: Option<(u16, TrackingCode)>,
        seed: &BallotSeed,
        selections: &[Vec<u64>],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Ballot, EncryptError> {
        let rules = self.manifest.style(style).ok_or(EncryptError::Style)?;
        rules.check(selections)?;
        let values = Zeroizing::new(selections.concat());
        let counter = previous.map_or(0, |(counter, _)| counter.saturating_add(1));
        let head = BallotHead {
            credential: secret.public(),
            style,
            counter,
            previous: previous.map(|(_, code)| code),
        };
        let randomness = self.randomness(&head, seed);
        let ciphertexts: Vec<EncodedCiphertext> = values
            .iter()
            .zip(randomness.iter())
            .map(|(value, r)| self.key.encrypt(*value, r).encode())
            .collect();

        let mut claimed = Zeroizing::new(Vec::with_capacity(rules.padded_ranges()));
        let mut blindings = Zeroizing::new(Vec::with_capacity(rules.padded_ranges()));
        for form in &rules.ranges {
            let value = form.value(&values).and_then(|value| u64::try_from(value).ok());
            claimed.push(value.ok_or(EncryptError::Proof)?);
            blindings.push(linear::combine_scalars(form, &randomness));
        }
        claimed.resize(rules.padded_ranges(), 0);
        blindings.resize(rules.padded_ranges(), Scalar::ZERO);

        let mut transcript = self.transcript(&head, &ciphertexts);
        let bases = self
            .provers
            .get(usize::from(style))
            .ok_or(EncryptError::Style)?
            .get_or_init(|| ProverBases::new(rules.bits, rules.padded_ranges()));
        let u = Zeroizing::new(secret.expose().encode());
        let range = range::prove(
            &mut transcript,
            bases,
            &self.key,
            (&claimed, &blindings),
            &[&u[..], &seed.0.expose()[..]],
            rng,
        )
        .map_err(|_| EncryptError::Proof)?;
        range.absorb_last_scalars(&mut transcript);
        let witness = Witness { values: &values, randomness: &randomness, credential: secret.expose() };
        let linear = linear::prove(&mut transcript, &self.key, rules, &witness, rng);
        let BallotHead { credential, style, counter, previous } = head;
        Ok(Ballot { credential, style, counter, previous, ciphertexts, range, linear })
    }

    /// Recomputes a tested ballot's ciphertexts from its opening; returns the selections that it held.
    pub fn check_opening(&self, ballot: &Ballot, opening: &Opening) -> Result<Vec<Vec<u64>>, OpeningError> {
        let rules = self.manifest.style(ballot.style).ok_or(OpeningError::Style)?;
        let selections: Vec<Vec<u64>> = opening
            .selections
            .iter()
            .map(|contest| contest.iter().map(|e| u64::from(*e)).collect())
            .collect();
        rules.check(&selections)?;
        let head = BallotHead {
            credential: ballot.credential,
            style: ballot.style,
            counter: ballot.counter,
            previous: ballot.previous,
        };
        let randomness = self.randomness(&head, &BallotSeed::from_bytes(opening.seed));
        let same = selections
            .concat()
            .iter()
            .zip(randomness.iter())
            .map(|(value, r)| self.key.encrypt(*value, r).encode())
            .eq(ballot.ciphertexts.iter().copied());
        if same { Ok(selections) } else { Err(OpeningError::Mismatch) }
    }

    /// Terms that a ballot of this style adds to a product.
    pub fn terms(&self, style: u16) -> usize {
        self.manifest.style(style).map_or(0, |rules| {
            let rounds = (rules.padded_ranges() * rules.bits as usize).trailing_zeros() as usize;
            2 * rules.entries + 4 + 2 * rounds + 3
        })
    }

    /// Splits ballots into batches of at most [`MAX_BATCH_TERMS`] terms: independent jobs for threads or workers.
    pub fn batches<'a>(&self, ballots: &'a [AuthenticBallot]) -> Vec<&'a [AuthenticBallot]> {
        let mut batches = Vec::new();
        let mut rest = ballots;
        while !rest.is_empty() {
            let mut terms = 0;
            let fit = rest.iter().take_while(|ballot| {
                terms += self.terms(ballot.ballot.style);
                terms <= MAX_BATCH_TERMS
            });
            let (batch, remaining) = rest.split_at(fit.count().max(1).min(rest.len()));
            batches.push(batch);
            rest = remaining;
        }
        batches
    }

    /// Verifies the proofs of many ballots, one product a batch, and names each bad one. One result each, in order.
    pub fn verify_all(
        &self,
        ballots: &[AuthenticBallot],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Vec<Result<VerifiedBallot, BallotError>> {
        self.batches(ballots).into_iter().flat_map(|batch| self.verify_batch(batch, rng)).collect()
    }

    /// Verifies one ballot.
    pub fn verify(
        &self,
        ballot: &AuthenticBallot,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<VerifiedBallot, BallotError> {
        self.verify_batch(std::slice::from_ref(ballot), rng).pop().unwrap_or(Err(BallotError::ProofShape))
    }

    fn verify_batch(
        &self,
        ballots: &[AuthenticBallot],
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Vec<Result<VerifiedBallot, BallotError>> {
        let mut replayed: Vec<Result<Replayed, BallotError>> =
            ballots.iter().map(|ballot| self.replay(ballot)).collect();
        // one inversion for the whole batch
        let challenges = replayed.iter().flatten().flat_map(|ballot| ballot.range.to_invert());
        let mut inverses: Vec<Scalar> = challenges.collect();
        Scalar::batch_invert(&mut inverses);
        let mut rest = inverses.as_slice();
        for ballot in replayed.iter_mut().flatten() {
            let (own, others) = rest.split_at(ballot.range.inversions().min(rest.len()));
            ballot.inverses = own.to_vec();
            rest = others;
        }

        let equation = |index: usize, weights: &Weights, sum: &mut Accumulator| {
            if let (Some(ballot), Some(Ok(replayed))) = (ballots.get(index), replayed.get(index)) {
                self.accumulate(&ballot.ballot, replayed, weights, sum);
            }
        };
        let sound: Vec<usize> =
            (0..ballots.len()).filter(|i| replayed.get(*i).is_some_and(Result::is_ok)).collect();
        let mut whole = Accumulator::new(self.shared.stride());
        whole.own.reserve(ballots.iter().map(|ballot| self.terms(ballot.ballot.style)).sum());
        for index in &sound {
            equation(*index, &Weights::random(rng), &mut whole);
        }
        let mut blame = Vec::new();
        if !self.shared.holds(whole) {
            // some proof is bad: this time each equation by itself, and bisection
            let sums: Vec<(usize, Accumulator)> = sound
                .iter()
                .map(|index| {
                    let mut sum = Accumulator::new(self.shared.stride());
                    equation(*index, &Weights::random(rng), &mut sum);
                    (*index, sum)
                })
                .collect();
            let sums: Vec<&(usize, Accumulator)> = sums.iter().collect();
            let bad = batch::bisect(&sums, &|set| self.shared.all_hold(set.iter().map(|(_, sum)| sum)));
            if bad.is_empty() {
                // the two passes disagree, which chance does not do: nothing of this batch is taken
                blame.extend(sound.iter().map(|index| (*index, BallotError::RangeProof)));
            }
            for (index, _) in bad {
                // the range proof alone, to say which proof it is
                let mut range = Accumulator::new(self.shared.stride());
                equation(*index, &Weights { linear: [Scalar::ZERO; 3], ..Weights::random(rng) }, &mut range);
                let holds = self.shared.holds(range);
                blame.push((*index, if holds { BallotError::LinearProof } else { BallotError::RangeProof }));
            }
        }

        let mut results: Vec<Result<VerifiedBallot, BallotError>> = ballots
            .iter()
            .zip(replayed)
            .map(|(authentic, replayed)| Ok(verified(authentic, replayed?.ciphertexts)))
            .collect();
        for (index, error) in blame {
            if let Some(result) = results.get_mut(index) {
                *result = Err(error);
            }
        }
        results
    }

    /// Shapes, points and transcript of one ballot: everything before its equations.
    fn replay(&self, authentic: &AuthenticBallot) -> Result<Replayed, BallotError> {
        let Ballot { credential, style, counter, previous, ciphertexts, range, linear } = &authentic.ballot;
        if authentic.election != self.manifest.id() {
            return Err(BallotError::Signature);
        }
        let rules = self.manifest.style(*style).ok_or(BallotError::Style)?;
        if ciphertexts.len() != rules.entries {
            return Err(BallotError::Length);
        }
        if previous.is_some() != (*counter > 0) {
            return Err(BallotError::Previous);
        }
        let points: Vec<Ciphertext> = ciphertexts
            .iter()
            .map(|ciphertext| ciphertext.decode_fresh().map_err(|_| BallotError::Ciphertext))
            .collect::<Result<_, _>>()?;
        let commitments = range::commitments(rules, &points, ciphertexts).ok_or(BallotError::ProofShape)?;
        let head =
            BallotHead { credential: *credential, style: *style, counter: *counter, previous: *previous };
        let mut transcript = self.transcript(&head, ciphertexts);
        let range_replayed = range::replay(&mut transcript, range, &commitments, rules.bits);
        let range_replayed = range_replayed.ok_or(BallotError::ProofShape)?;
        range.absorb_last_scalars(&mut transcript);
        let linear = linear::replay(&mut transcript, rules, linear).ok_or(BallotError::ProofShape)?;
        Ok(Replayed { ciphertexts: points, range: range_replayed, linear, inverses: Vec::new() })
    }

    /// Adds the equations of one ballot to a product.
    fn accumulate(&self, ballot: &Ballot, replayed: &Replayed, weights: &Weights, sum: &mut Accumulator) {
        let Some(rules) = self.manifest.style(ballot.style) else { return };
        let (mut d, mut c) = (vec![Scalar::ZERO; rules.entries], vec![Scalar::ZERO; rules.entries]);
        let Replayed { ciphertexts, range, linear, inverses } = replayed;
        let coefficients = range.accumulate(&ballot.range, inverses, (weights.range, weights.inner), sum);
        for (form, coefficient) in rules.ranges.iter().zip(coefficients) {
            linear::add_form(form, coefficient, &mut c, &mut sum.message);
        }
        linear.accumulate(rules, &ballot.linear, weights.linear, sum, (&mut d, &mut c));
        sum.own.extend(d.into_iter().zip(ciphertexts.iter().map(|ciphertext| ciphertext.d)));
        sum.own.extend(c.into_iter().zip(ciphertexts.iter().map(|ciphertext| ciphertext.c)));
    }
}

fn verified(authentic: &AuthenticBallot, ciphertexts: Vec<Ciphertext>) -> VerifiedBallot {
    let AuthenticBallot { election: _, ballot, signature, code, disposition } = authentic;
    VerifiedBallot {
        credential: ballot.credential,
        style: ballot.style,
        counter: ballot.counter,
        previous: ballot.previous,
        code: *code,
        disposition: *disposition,
        signature: signature.clone(),
        first_points: ballot.ciphertexts.iter().map(|ciphertext| ciphertext.d).collect(),
        ciphertexts,
    }
}

/// A ballot whose shapes and points are right, replayed on its transcript; its equations are still open.
struct Replayed {
    ciphertexts: Vec<Ciphertext>,
    range: range::Replayed,
    linear: linear::Replayed,
    /// Inverses of `range.to_invert()`.
    inverses: Vec<Scalar>,
}

/// What stands before the ciphertexts.
struct BallotHead {
    credential: Credential,
    style: u16,
    counter: u16,
    previous: Option<TrackingCode>,
}

fn previous_bytes(previous: Option<&TrackingCode>) -> &[u8] {
    previous.map_or(&[], |code| &code.0.0)
}

/// The secret weights of one ballot's equations.
struct Weights {
    range: Scalar,
    inner: Scalar,
    linear: [Scalar; 3],
}

impl Weights {
    fn random(rng: &mut (impl RngCore + CryptoRng)) -> Self {
        let mut weight = || batch_weight(rng);
        Self { range: weight(), inner: weight(), linear: [weight(), weight(), weight()] }
    }
}

#[cfg(test)]
mod tests;
