//! A voter's ballots: from readable choices to a sealed ballot, from there to a vote or a test, and from a test's
//! opening back to words. Specification: "Ballot", "Cast or test".
//!
//! ```text
//! words --Selections::read--> Selections --seal--> SealedBallot --cast--> SubmittedBallot
//!                                                       |-------challenge--> SubmittedBallot + TestOpening
//! posted bytes + TestOpening --examine--> Selections --describe--> words
//!                            --publish--> PublishedOpening
//! ```
//!
//! A sealed ballot is used up by the voter's decision: the seed of one that is cast is erased, and one that is
//! tested can never be cast.

use rand_core::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};

use tabella_board_core::api::{base64_form, hex_form};
use tabella_board_core::entry::{Entry, PublishedOpening};
use tabella_board_core::receipt::{Receipt, ReceiptError, VerifiedReceipt};
use tabella_crypto::ballot::{
    Ballot, BallotContext, BallotError, BallotSeed, Disposition, EncryptError, Opening, OpeningError,
    SubmittedBallot, TrackingCode,
};
use tabella_crypto::checkpoint::NoteKey;
use tabella_crypto::codec::CodecError;
use tabella_crypto::credential::{Credential, CredentialSecret};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::proofs::credential::CredentialStatement;
use tabella_crypto::rules::RuleError;
use zeroize::ZeroizeOnDrop;

mod words;

pub use words::{ChoiceError, ChoiceProblem, describe_choice, how_to_choose, read_choice};

/// What a voter chose: the entries of each contest of a ballot style, in the style's order. They obey the rules.
#[derive(ZeroizeOnDrop)]
pub struct Selections {
    #[zeroize(skip)]
    style: u16,
    entries: Vec<Vec<u64>>,
}

impl std::fmt::Debug for Selections {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Selections").field("style", &self.style).finish_non_exhaustive()
    }
}

/// The words of one contest's choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContestWords {
    /// The contest's number in the manifest, from 1.
    pub number: usize,
    /// Its title.
    pub title: String,
    /// What was chosen, in the form that [`Selections::read`] takes.
    pub choice: String,
}

impl Selections {
    /// Reads a whole ballot, such as `1=Alice; 2=Alice:3, Bob:7; 3=blank`. Each part is `contest=choice`, the
    /// contest by its number in the manifest or its title, the choice as [`read_choice`] has it. Where a style has
    /// one contest, `contest=` may be left out. Every contest of the style must be there.
    pub fn read(manifest: &CheckedManifest, style: u16, text: &str) -> Result<Self, ChoiceError> {
        Self::new(manifest, style, words::read_ballot(manifest, style, text)?)
    }

    /// Takes a choice for each contest of the style, in its order.
    pub fn new(manifest: &CheckedManifest, style: u16, entries: Vec<Vec<u64>>) -> Result<Self, ChoiceError> {
        let selections = Self { style, entries };
        let rules = manifest.style(style).ok_or_else(ChoiceError::no_style)?;
        rules.check(&selections.entries).map_err(ChoiceError::ballot)?;
        Ok(selections)
    }

    /// The ballot style.
    pub fn style(&self) -> u16 {
        self.style
    }

    /// Entries of each contest.
    pub fn entries(&self) -> &[Vec<u64>] {
        &self.entries
    }

    /// The choices in words.
    pub fn describe(
        &self,
        manifest: &CheckedManifest,
        language: &str,
    ) -> Result<Vec<ContestWords>, RuleError> {
        manifest
            .contests_of(self.style)
            .zip(&self.entries)
            .map(|((index, contest), entries)| {
                let choice =
                    contest.method.choice(contest.options.len(), contest.blank.is_some(), entries)?;
                Ok(ContestWords {
                    number: usize::from(index) + 1,
                    title: contest.title.in_language(language).to_owned(),
                    choice: describe_choice(contest, &choice, language),
                })
            })
            .collect()
    }
}

/// An encrypted ballot about which the voter has not decided yet.
#[derive(Debug)]
pub struct SealedBallot {
    election: ElectionId,
    ballot: Ballot,
    code: TrackingCode,
    seed: BallotSeed,
    selections: Selections,
}

/// Encrypts a voter's selections under a fresh seed. `previous` is the voter's last cast ballot, as (counter,
/// tracking code).
pub fn seal(
    context: &BallotContext,
    secret: &CredentialSecret,
    previous: Option<(u16, TrackingCode)>,
    selections: Selections,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<SealedBallot, EncryptError> {
    let election = context.manifest().id();
    let seed = BallotSeed::generate(rng);
    let ballot = context.encrypt(secret, selections.style, previous, &seed, &selections.entries, rng)?;
    Ok(SealedBallot { election, code: ballot.tracking_code(election), ballot, seed, selections })
}

impl SealedBallot {
    /// What the voter notes before deciding.
    pub fn tracking_code(&self) -> TrackingCode {
        self.code
    }

    /// It is the vote: seed and selections are erased.
    pub fn cast(self, secret: &CredentialSecret, rng: &mut (impl RngCore + CryptoRng)) -> SubmittedBallot {
        self.ballot.sign(self.election, Disposition::Cast, secret, rng)
    }

    /// It is a test: the ballot to post, and the opening for another device.
    pub fn challenge(
        self,
        secret: &CredentialSecret,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> (SubmittedBallot, TestOpening) {
        let opening = self.seed.open(&self.selections.entries);
        let submitted = self.ballot.sign(self.election, Disposition::Challenge, secret, rng);
        (submitted, TestOpening { election: self.election, code: self.code, opening })
    }
}

/// What goes to another device to examine a tested ballot. As JSON it fits a file or a QR code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestOpening {
    /// The election.
    #[serde(with = "hex_form")]
    pub election: ElectionId,
    /// The tracking code that the voter was shown.
    #[serde(with = "hex_form")]
    pub code: TrackingCode,
    /// Seed and selections.
    #[serde(with = "hex_form")]
    pub opening: Opening,
}

/// Why a tested ballot is not what the voter's device said. All but the first two mean that device, board or file
/// are wrong or dishonest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExamineError {
    /// The opening is for another election.
    #[error("the opening is for election {found}, not for this one")]
    Election {
        /// The opening's election.
        found: ElectionId,
    },
    /// The entry is not one.
    #[error("the entry on the log cannot be read: {0}")]
    Encoding(#[from] CodecError),
    /// The entry is not a tested ballot.
    #[error("the entry with this tracking code is not a tested ballot")]
    NotATest,
    /// The posted ballot has another tracking code than the voter was shown.
    #[error("the posted ballot has the tracking code {found}, not the one that the voter was shown")]
    Code {
        /// Code of the posted bytes.
        found: TrackingCode,
    },
    /// Signature or proof do not hold.
    #[error("the posted ballot is not valid: {0}")]
    Ballot(#[from] BallotError),
    /// The ciphertexts are others than seed and selections give.
    #[error(transparent)]
    Opening(#[from] OpeningError),
}

/// Examines a tested ballot on another device: `bytes` is the entry on the log, under a checkpoint that the
/// device has verified. Recomputes tracking code and ciphertexts, verifies signature and proofs, and returns what
/// the ballot contained.
pub fn examine(
    context: &BallotContext,
    bytes: &[u8],
    test: &TestOpening,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Selections, ExamineError> {
    examine_ballot(context, bytes, test, rng).map(|(selections, _)| selections)
}

/// As [`examine`], and whose ballot it is.
fn examine_ballot(
    context: &BallotContext,
    bytes: &[u8],
    test: &TestOpening,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<(Selections, Credential), ExamineError> {
    let election = context.manifest().id();
    if test.election != election {
        return Err(ExamineError::Election { found: test.election });
    }
    let Entry::Challenge(submitted) = Entry::decode(bytes)? else {
        return Err(ExamineError::NotATest);
    };
    let authentic = submitted.authenticate(election, Disposition::Challenge)?;
    if authentic.code() != test.code {
        return Err(ExamineError::Code { found: authentic.code() });
    }
    context.verify(&authentic, rng)?;
    let entries = context.check_opening(authentic.ballot(), &test.opening)?;
    let Ballot { style, credential, .. } = authentic.ballot();
    Ok((Selections { style: *style, entries }, *credential))
}

/// Why an opening is not published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// It does not fit the ballot.
    #[error(transparent)]
    Examine(#[from] ExamineError),
    /// The code is not the one that tested the ballot.
    #[error("this code did not test the ballot: only the voter who did can publish what it contained")]
    NotOwn,
}

/// Signs the publication of a tested ballot's opening, which tells everyone what the ballot contained. `index` and
/// `bytes` are those of the ballot's entry on the log; the opening must fit it, and the secret be its voter's.
pub fn publish(
    context: &BallotContext,
    (index, bytes): (u64, &[u8]),
    test: &TestOpening,
    secret: &CredentialSecret,
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<PublishedOpening, PublishError> {
    let (_, credential) = examine_ballot(context, bytes, test, rng)?;
    if credential != secret.public() {
        return Err(PublishError::NotOwn);
    }
    let opening = test.opening.clone();
    let signature =
        CredentialStatement::publication(test.election, credential, index, &opening).sign(secret, rng);
    Ok(PublishedOpening { challenge: index, opening, signature })
}

/// What a voter takes home: code, ballot as posted, and the board's receipt. It does not show what was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoterReceipt {
    /// The tracking code that the voter was shown.
    #[serde(with = "hex_form")]
    pub code: TrackingCode,
    /// The entry's bytes.
    #[serde(with = "base64_form")]
    pub entry: Vec<u8>,
    /// The board's receipt.
    pub receipt: Receipt,
}

/// Why a voter's receipt shows nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VoterReceiptError {
    /// Of another election.
    #[error("the receipt is for the election {found}, not for this one")]
    Election {
        /// The receipt's election.
        found: ElectionId,
    },
    /// Its bytes are not the cast ballot of its tracking code.
    #[error("the receipt's ballot is not the one with its tracking code: the file is damaged or forged")]
    Ballot,
    /// The board's receipt does not show them.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
}

impl VoterReceipt {
    /// Checks that the board signed to have recorded the cast ballot with this tracking code.
    pub fn verify(
        &self,
        election: ElectionId,
        board: &NoteKey,
        witnesses: &[NoteKey],
    ) -> Result<VerifiedReceipt, VoterReceiptError> {
        let Self { code, entry, receipt } = self;
        if receipt.election != election {
            return Err(VoterReceiptError::Election { found: receipt.election });
        }
        match Entry::decode(entry) {
            Ok(Entry::Cast(submitted)) if submitted.ballot.tracking_code(election) == *code => {}
            _ => return Err(VoterReceiptError::Ballot),
        }
        Ok(receipt.verify(entry, board, witnesses)?)
    }
}

#[cfg(test)]
mod tests;
