//! A trustee's part in the key ceremony: the next step, from the record and the trustee's secret.
//! Specification: "Key ceremony".
//!
//! The secret polynomial derives from the trustee's seed, the election and the attempt, so that a trustee who was
//! interrupted anywhere asks [`next_step`] again and goes on. What cannot be asked again is whether the share of
//! the key can be read from disk: the caller stores it when told to, reads it back, and passes in what was read.

use rand_core::{CryptoRng, RngCore};

use tabella_board_core::entry::TrusteeMessage;
use tabella_board_core::state::{Ceremony, ElectionState, Phase, Progress};
use tabella_crypto::codec::{self, CodecError};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::secret::Secret;
use tabella_crypto::threshold::dkg::{CeremonyError, Commitments, VerifiedCommitments, commitment_hash};
use tabella_crypto::threshold::keys::{KeySet, KeyShare};
use tabella_crypto::threshold::polynomial::Polynomial;
use tabella_crypto::threshold::shares::{RevealedShare, open_share, seal_shares, sealed_for};
use tabella_crypto::threshold::test_decryption::TestDecryption;
use tabella_crypto::threshold::trustee::{CeremonyParameters, TrusteeIndex, TrusteeSecret};
use tabella_crypto::transcript::Digest;
use zeroize::ZeroizeOnDrop;

/// What a trustee does next.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one step at a time")]
pub enum Step {
    /// Sign this message and post it.
    Post(TrusteeMessage),
    /// Store the share under the passphrase, read it back, and ask again with what was read.
    StoreShare(StoredShare),
    /// Nothing can be done before others have acted.
    WaitFor {
        /// For what.
        what: Awaited,
        /// For whom.
        trustees: Vec<TrusteeIndex>,
    },
    /// Every trustee has proved a share that can be read back: the ceremony is complete.
    Done,
    /// The ceremony cannot go on like this.
    Trouble(Trouble),
}

/// What trustees wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// Keys of the others.
    Registration,
    /// Announced hashes of the commitments.
    CommitmentHash,
    /// Commitments.
    Commitments,
    /// Sealed shares.
    Shares,
    /// Answers of dealers who were complained about.
    Answers,
    /// Confirmations of the transcript.
    Confirmation,
    /// Test decryptions.
    TestDecryption,
}

impl std::fmt::Display for Awaited {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Registration => "the registration of their keys",
            Self::CommitmentHash => "the hash of their commitments",
            Self::Commitments => "their commitments",
            Self::Shares => "their sealed shares",
            Self::Answers => "their answers to complaints",
            Self::Confirmation => "their confirmation",
            Self::TestDecryption => "their test decryption",
        })
    }
}

/// Why the ceremony cannot go on. Each says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nothing is known of the election.
    #[error(
        "the election's manifest is not on the log yet: try again when the administrator has published it"
    )]
    NoManifest,
    /// The secret is that of somebody else.
    #[error(
        "trustee {0} of this election has another fingerprint than this key file: use the key file made for this \
         election, or tell the administrator the fingerprint before the manifest is made"
    )]
    NotATrustee(TrusteeIndex),
    /// The log holds something of this trustee that this secret did not make.
    #[error(
        "the log has commitments of trustee {0} that this key file did not make: somebody else uses the \
         trustee's key. Tell the administrator; the key must not be used"
    )]
    Foreign(TrusteeIndex),
    /// The dealers together made a key that is none.
    #[error(
        "the trustees' contributions make no safe key ({0}): the administrator must restart the ceremony"
    )]
    Key(CeremonyError),
    /// Own part cannot be done.
    #[error("this trustee's own part failed ({0}): tell the administrator, who can restart the ceremony")]
    Own(CeremonyError),
    /// The share was proved and is gone.
    #[error(
        "trustee {0} has proved a share on the log that is not in this folder: the folder is an old copy, or the \
         share was deleted. Use the right folder, or restore the key from its paper with `tabella-trustee restore`; \
         until voting opens, the administrator can also restart the ceremony"
    )]
    ShareGone(TrusteeIndex),
    /// The election was over before it began.
    #[error("voting has ended without a complete ceremony: nothing is left to do in this election")]
    Over,
}

/// The index of the trustee with this secret, from the fingerprints in the manifest.
pub fn own_index(manifest: &CheckedManifest, secret: &TrusteeSecret) -> Option<TrusteeIndex> {
    let fingerprint = secret.keys().fingerprint();
    let position = manifest.trustees.iter().position(|trustee| trustee.fingerprint == fingerprint)?;
    TrusteeIndex::new(u8::try_from(position + 1).ok()?)
}

/// The next step of trustee `own`. `stored` is the share as it was read back from disk, if there is one.
///
/// Every answer can be had again: asking twice, or after a crash at any point, never makes a trustee contradict
/// what stands on the log. The share must be on disk before the transcript is confirmed, and the test decryption
/// is made with `stored` alone.
pub fn next_step(
    secret: &TrusteeSecret,
    own: TrusteeIndex,
    state: &ElectionState,
    stored: Option<&StoredShare>,
    rng: &mut (impl RngCore + CryptoRng),
) -> Step {
    let step = Trustee::new(secret, own, state).and_then(|trustee| trustee.step(stored, rng));
    step.unwrap_or_else(Step::Trouble)
}

/// The share of trustee `own` of this key, again from the secret and the record: what a restored key is good for after
/// the ceremony. Whether it was used before is for the caller to consider.
pub fn recover_share(
    secret: &TrusteeSecret,
    own: TrusteeIndex,
    state: &ElectionState,
    key_set: &KeySet,
) -> Result<StoredShare, Trouble> {
    let trustee = Trustee::new(secret, own, state)?;
    recover(secret, trustee.ceremony, key_set)
}

fn recover(secret: &TrusteeSecret, ceremony: &Ceremony, key_set: &KeySet) -> Result<StoredShare, Trouble> {
    let (commitments, sealed, answers) = (ceremony.commitments(), ceremony.sealed(), ceremony.answers());
    let share = KeyShare::recover(secret, key_set, &commitments, &sealed, &answers);
    Ok(StoredShare::new(key_set, &share.map_err(Trouble::Own)?))
}

struct Trustee<'a> {
    secret: &'a TrusteeSecret,
    own: TrusteeIndex,
    phase: Phase,
    ceremony: &'a Ceremony,
    attempt: u32,
    progress: Vec<Progress>,
}

impl<'a> Trustee<'a> {
    fn new(secret: &'a TrusteeSecret, own: TrusteeIndex, state: &'a ElectionState) -> Result<Self, Trouble> {
        let manifest = state.manifest().ok_or(Trouble::NoManifest)?;
        let named = manifest.trustees.get(own.position()).map(|trustee| trustee.fingerprint);
        if named != Some(secret.keys().fingerprint()) {
            return Err(Trouble::NotATrustee(own));
        }
        let ceremony = state.ceremony();
        let (attempt, progress) = (ceremony.attempt(), ceremony.progress());
        Ok(Self { secret, own, phase: state.phase(), ceremony, attempt, progress })
    }

    fn step(
        &self,
        stored: Option<&StoredShare>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<Step, Trouble> {
        let done = |has: fn(&Progress) -> bool| self.progress.iter().any(|p| p.trustee == self.own && has(p));
        let stored = |key_set| stored.filter(|share| share.is_of(key_set, self.own));
        if let (true, Some(key_set)) = (done(|own| own.tested), self.ceremony.key_set()) {
            stored(key_set).ok_or(Trouble::ShareGone(self.own))?;
        }
        if self.ceremony.is_complete() {
            return Ok(Step::Done);
        }
        if self.phase != Phase::Setup {
            return Err(Trouble::Over);
        }
        let attempt = self.attempt;

        // 1. registration
        if !done(|own| own.registered) {
            return Ok(Step::Post(TrusteeMessage::Registration(self.secret.keys())));
        }
        let Some(parameters) = self.ceremony.parameters() else {
            return Ok(self.wait(Awaited::Registration, |other| other.registered));
        };

        // 2. hash of the commitments
        let polynomial = Polynomial::derive(parameters, self.secret).map_err(Trouble::Own)?;
        let hash = commitment_hash(parameters, self.own, &polynomial.commitments());
        match self.ceremony.hashes().get(&self.own) {
            None => return Ok(Step::Post(TrusteeMessage::CommitmentHash { attempt, hash })),
            Some(announced) if *announced != hash => return Err(Trouble::Foreign(self.own)),
            Some(_) => {}
        }
        if !self.all(|other| other.announced) {
            return Ok(self.wait(Awaited::CommitmentHash, |other| other.announced));
        }

        // 3. commitments and proof of possession
        if !done(|own| own.committed) {
            let commitments = Commitments::prove(&polynomial, rng);
            return Ok(Step::Post(TrusteeMessage::Commitments { attempt, commitments }));
        }
        if !self.all(|other| other.committed) {
            return Ok(self.wait(Awaited::Commitments, |other| other.committed));
        }
        let commitments = self.ceremony.commitments();

        // 4. a sealed share for each other trustee
        if !done(|own| own.shared) {
            let verified = commitments.iter().find(|verified| verified.dealer() == self.own);
            let verified = verified.ok_or(Trouble::Own(CeremonyError::Sequence(self.own)))?;
            let shares = seal_shares(parameters, &polynomial, verified, rng).map_err(Trouble::Own)?;
            return Ok(Step::Post(TrusteeMessage::Shares { attempt, shares }));
        }
        if !self.all(|other| other.shared) {
            return Ok(self.wait(Awaited::Shares, |other| other.shared));
        }

        // 5. answers to complaints about this trustee, complaints about bad shares, confirmation
        if let Some(message) = self.answer(parameters, &polynomial)? {
            return Ok(Step::Post(message));
        }
        if let Some(dealer) = self.bad_dealer(parameters, &commitments)? {
            return Ok(Step::Post(TrusteeMessage::Complaint { attempt, dealer: dealer.number() }));
        }
        let Some(proposal) = self.ceremony.proposal() else {
            let open = self.ceremony.complaints().iter().filter(|complaint| complaint.answer.is_none());
            let mut trustees: Vec<_> = open.map(|complaint| complaint.dealer).collect();
            trustees.sort_unstable();
            trustees.dedup();
            return Ok(Step::WaitFor { what: Awaited::Answers, trustees });
        };
        let key_set = proposal.map_err(Trouble::Key)?;
        let Some(stored) = stored(key_set) else {
            return Ok(Step::StoreShare(recover(self.secret, self.ceremony, key_set)?));
        };
        let share = stored.open(key_set).map_err(Trouble::Own)?;
        if !done(|own| own.confirmed) {
            let transcript = *key_set.transcript_hash();
            return Ok(Step::Post(TrusteeMessage::Confirmation { attempt, transcript }));
        }
        if !self.all(|other| other.confirmed) {
            return Ok(self.wait(Awaited::Confirmation, |other| other.confirmed));
        }

        // 6. test decryption with the share that was read back
        if !done(|own| own.tested) {
            let test = TestDecryption::prove(key_set, &share, rng).map_err(Trouble::Own)?;
            return Ok(Step::Post(TrusteeMessage::TestDecryption { attempt, test }));
        }
        Ok(self.wait(Awaited::TestDecryption, |other| other.tested))
    }

    /// The share in question, if somebody's complaint about this trustee is open.
    fn answer(
        &self,
        parameters: &CeremonyParameters,
        polynomial: &Polynomial,
    ) -> Result<Option<TrusteeMessage>, Trouble> {
        let mut complaints = self.ceremony.complaints().iter();
        let about_own = complaints.find(|about| about.dealer == self.own && about.answer.is_none());
        let Some(complaint) = about_own else { return Ok(None) };
        let answer =
            RevealedShare::answer(parameters, polynomial, complaint.receiver).map_err(Trouble::Own)?;
        let RevealedShare { dealer: _, receiver, value } = answer;
        let attempt = self.attempt;
        Ok(Some(TrusteeMessage::Answer { attempt, receiver: receiver.number(), share: value }))
    }

    /// A dealer whose share does not open or does not fit, and about whom this trustee has not complained.
    fn bad_dealer(
        &self,
        parameters: &CeremonyParameters,
        commitments: &[VerifiedCommitments],
    ) -> Result<Option<TrusteeIndex>, Trouble> {
        let complaints = self.ceremony.complaints();
        for (dealer, sealed) in commitments.iter().zip(self.ceremony.sealed()) {
            let index = dealer.dealer();
            let heard = complaints.iter().any(|about| (about.receiver, about.dealer) == (self.own, index));
            if index == self.own || heard {
                continue;
            }
            let sealed = sealed_for(parameters, index, self.own, &sealed);
            let sealed = sealed.ok_or(Trouble::Own(CeremonyError::SealedCount(index)))?;
            match open_share(parameters, self.secret, dealer, sealed) {
                Ok(_) => {}
                Err(CeremonyError::Opening { .. } | CeremonyError::Share { .. }) => return Ok(Some(index)),
                Err(error) => return Err(Trouble::Own(error)),
            }
        }
        Ok(None)
    }

    fn all(&self, has: fn(&Progress) -> bool) -> bool {
        self.progress.iter().all(has)
    }

    fn wait(&self, what: Awaited, has: fn(&Progress) -> bool) -> Step {
        let missing = self.progress.iter().filter(|progress| !has(progress));
        Step::WaitFor { what, trustees: missing.map(|progress| progress.trustee).collect() }
    }
}

/// Bytes of a stored share.
const STORED_LENGTH: usize = 97;

/// A trustee's share of the key with the name of the ceremony that it belongs to, as it lies on disk under the
/// passphrase.
///
/// Whose it is and of which ceremony can be read from it; the share itself only with the key that it belongs to.
#[derive(Debug, ZeroizeOnDrop)]
pub struct StoredShare {
    #[zeroize(skip)]
    election: ElectionId,
    #[zeroize(skip)]
    ceremony: Digest,
    #[zeroize(skip)]
    trustee: TrusteeIndex,
    value: Secret<[u8; 32]>,
}

impl StoredShare {
    /// The share as it is stored.
    pub fn new(key_set: &KeySet, share: &KeyShare) -> Self {
        Self {
            election: ElectionId(*key_set.parameters().election()),
            ceremony: *key_set.transcript_hash(),
            trustee: share.trustee(),
            value: share.stored(),
        }
    }

    /// The bytes to store under a passphrase: election, ceremony, trustee, scalar.
    pub fn encode(&self) -> Secret<Vec<u8>> {
        let Self { election, ceremony, trustee, value } = self;
        let mut bytes = Vec::with_capacity(STORED_LENGTH);
        bytes.extend_from_slice(&codec::encode(&(*election, *ceremony, *trustee)));
        bytes.extend_from_slice(value.expose());
        Secret::new(bytes)
    }

    /// Reads bytes that were stored. Whether it is a share of a key is for [`Self::open`] to say.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let length =
            || CodecError::Malformed(format!("{} bytes, where {STORED_LENGTH} are due", bytes.len()));
        let (head, value) = bytes.split_last_chunk::<32>().ok_or_else(length)?;
        let (election, ceremony, trustee) = codec::decode(head)?;
        Ok(Self { election, ceremony, trustee, value: Secret::new(*value) })
    }

    /// The election.
    pub fn election(&self) -> ElectionId {
        self.election
    }

    /// Hash of the ceremony's transcript.
    pub fn ceremony(&self) -> &Digest {
        &self.ceremony
    }

    /// Whose share it is.
    pub fn trustee(&self) -> TrusteeIndex {
        self.trustee
    }

    /// Whether it says to be this trustee's share of this key.
    pub fn is_of(&self, key_set: &KeySet, trustee: TrusteeIndex) -> bool {
        self.election.0 == *key_set.parameters().election()
            && self.ceremony == *key_set.transcript_hash()
            && self.trustee == trustee
    }

    /// The share, which must belong to the trustee's verification key.
    pub fn open(&self, key_set: &KeySet) -> Result<KeyShare, CeremonyError> {
        if !self.is_of(key_set, self.trustee) {
            return Err(CeremonyError::OtherCeremony(self.trustee));
        }
        KeyShare::restore(key_set, self.trustee, self.value.expose())
    }
}

#[cfg(test)]
pub(crate) mod tests;
