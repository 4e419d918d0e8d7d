//! What stands on the logs, byte by byte. Specification: "Election log" and "Board log".
//!
//! An entry is its canonical encoding (borsh: a tag byte, then the fields in order), at most
//! [`MAX_ENTRY_LENGTH`](tabella_crypto::codec::MAX_ENTRY_LENGTH) bytes. Tags are never used again for something
//! else; later versions add tags.

use borsh::{BorshDeserialize, BorshSerialize};

use tabella_crypto::SUITE;
use tabella_crypto::ballot::{Opening, SubmittedBallot};
use tabella_crypto::codec::{self, CodecError};
use tabella_crypto::credential::{Credential, IdentityCommitment};
use tabella_crypto::group::{EncodedPoint, Scalar};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::outcome::Outcome;
use tabella_crypto::proofs::credential::CredentialSignature;
use tabella_crypto::signature::{Signature, SignatureError, SigningKey, VerifyingKey};
use tabella_crypto::threshold::decrypt::DecryptionShares;
use tabella_crypto::threshold::dkg::Commitments;
use tabella_crypto::threshold::shares::SealedShare;
use tabella_crypto::threshold::test_decryption::TestDecryption;
use tabella_crypto::threshold::trustee::TrusteeKeys;
use tabella_crypto::transcript::{Digest, hash};

/// Most bytes of a manifest in one entry.
pub const MANIFEST_PART_LENGTH: usize = 60_000;
/// Most voters in one part of the roll (70 bytes each).
pub const ROLL_PART_LENGTH: usize = 900;
/// Milliseconds for which an administrator can sign an act: nobody can keep one to play it much later.
pub const ACT_VALIDITY: u64 = 5 * 60 * 1_000;

/// An entry of an election's log.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Entry {
    /// Begins each batch of entries.
    Block(Block),
    /// A part of the manifest; the parts follow the first block.
    Manifest(ManifestPart),
    /// An act of the administrator.
    Administrator(AdministratorEntry),
    /// A message of a trustee.
    Trustee(TrusteeEntry),
    /// A part of the roll.
    Roll(RollPart),
    /// A change of the roll before opening.
    RollChange(RollChangeEntry),
    /// The ceremony starts anew. Automatic.
    CeremonyRestart(CeremonyRestart),
    /// Voting opens. Automatic.
    Open(Opened),
    /// A ballot that is a vote.
    Cast(SubmittedBallot),
    /// A ballot that is tested and never counted.
    Challenge(SubmittedBallot),
    /// The published opening of a tested ballot.
    Opening(PublishedOpening),
    /// Voting closes. Automatic.
    Close(Closed),
    /// A contest whose result is withheld because a group is too small. Automatic, after the closing.
    Withheld(Withheld),
    /// The totals and outcome of a contest.
    Result(ContestResult),
}

/// An entry of the board log.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum BoardEntry {
    /// Begins each batch of entries.
    Block(Block),
    /// Who runs the board: the entry after the first block.
    Genesis(Genesis),
    /// An election on this board.
    Election(ElectionCreated),
    /// The checkpoint of an election's log.
    Anchor(Anchor),
    /// The web app that the board serves from here on. Automatic, when the board starts with another than before.
    Release(Release),
}

/// The link of the chain: height from 0, time in milliseconds since 1970-01-01 UTC (never decreasing), and the
/// root of the log before this entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Block {
    /// From 0, each one more than the last.
    pub height: u64,
    /// The election's clock.
    pub time: u64,
    /// Root of the log's tree before this entry.
    pub root_before: Digest,
}

/// A part of the manifest: all but the last have [`MANIFEST_PART_LENGTH`] bytes.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ManifestPart {
    /// From 0.
    pub part: u16,
    /// How many there are, at least 1.
    pub parts: u16,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Splits a manifest's bytes into parts.
pub fn manifest_parts(bytes: &[u8]) -> Vec<ManifestPart> {
    let chunks: Vec<&[u8]> = bytes.chunks(MANIFEST_PART_LENGTH).collect();
    let parts = chunks.len() as u16;
    chunks
        .into_iter()
        .zip(0..)
        .map(|(chunk, part)| ManifestPart { part, parts, bytes: chunk.to_vec() })
        .collect()
}

/// What the administrator may do beside publishing the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum AdministratorAct {
    /// Open voting now, if the manifest allows it.
    Open,
    /// Close voting now, if the manifest allows it.
    Close,
    /// Start the ceremony anew after this attempt, before all trustees have confirmed it or tested their shares.
    RestartCeremony {
        /// The attempt that is given up.
        attempt: u32,
    },
}

/// A signed act of the administrator, for a short time: one that was refused cannot be kept and played later.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct AdministratorEntry {
    /// The act.
    pub act: AdministratorAct,
    /// Milliseconds since 1970-01-01 UTC: it stands under a block of at most this time, and of at least
    /// [`ACT_VALIDITY`] before it.
    pub valid_until: u64,
    /// By the administrator's key.
    pub signature: Signature,
}

/// A signed message of a trustee.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct TrusteeEntry {
    /// The trustee's index, from 1.
    pub trustee: u8,
    /// The message.
    pub message: TrusteeMessage,
    /// By the trustee's signing key.
    pub signature: Signature,
}

/// What trustees say. Numbers in the order of the ceremony.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum TrusteeMessage {
    /// 1. Signing and encryption keys, whose fingerprint the manifest has.
    Registration(TrusteeKeys),
    /// 2. Hash of the commitments.
    CommitmentHash {
        /// Attempt of the ceremony, from 0.
        attempt: u32,
        /// The hash.
        hash: Digest,
    },
    /// 3. The commitments and the proof of possession.
    Commitments {
        /// Attempt of the ceremony.
        attempt: u32,
        /// Commitments and proof.
        commitments: Commitments,
    },
    /// 4. A share for each other trustee, by index.
    Shares {
        /// Attempt of the ceremony.
        attempt: u32,
        /// n - 1 sealed shares.
        shares: Vec<SealedShare>,
    },
    /// 5a. The share of this dealer does not open or does not fit the dealer's commitments.
    Complaint {
        /// Attempt of the ceremony.
        attempt: u32,
        /// The dealer complained of.
        dealer: u8,
    },
    /// 5b. The dealer publishes the share in question.
    Answer {
        /// Attempt of the ceremony.
        attempt: u32,
        /// The trustee who complained.
        receiver: u8,
        /// The share.
        share: Scalar,
    },
    /// 5c. The whole transcript stands.
    Confirmation {
        /// Attempt of the ceremony.
        attempt: u32,
        /// Hash of the ceremony's transcript.
        transcript: Digest,
    },
    /// 6. The share, read back from disk, decrypts a point that nobody chose.
    TestDecryption {
        /// Attempt of the ceremony.
        attempt: u32,
        /// Share of the point and proof.
        test: TestDecryption,
    },
    /// 7. What this trustee saw and is willing to decrypt.
    Statement(TallyView),
    /// 8. Shares of one contest's aggregate.
    Decryption {
        /// The contest.
        contest: u16,
        /// Shares and proof.
        shares: DecryptionShares,
    },
}

/// What is tallied: the election log up to its close entry, and the sum that follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct TallyView {
    /// Size of the log, the close entry its last.
    pub size: u64,
    /// Root of the log at that size.
    pub root: Digest,
    /// Hash of the aggregate.
    pub aggregate: Digest,
}

impl TallyView {
    /// The fingerprint that trustees compare, and that every decryption share is bound to.
    pub fn digest(&self, election: ElectionId) -> Digest {
        hash("tally view", &[election.as_bytes(), &codec::encode(self)])
    }
}

/// Somebody who may vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Voter {
    /// The credential U.
    pub credential: Credential,
    /// The weight, at least 1.
    pub weight: u32,
    /// The ballot style.
    pub style: u16,
    /// Salted commitment to the identity, which the registrar can open to an auditor.
    pub identity: IdentityCommitment,
}

/// A signed part of the roll. Parts follow each other, voters ascend by credential over all of them. The signature
/// covers the digest of the roll before it, so that parts of two drafts cannot be mixed.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RollPart {
    /// From 0.
    pub part: u32,
    /// Whether the roll ends with it.
    pub last: bool,
    /// 1 to [`ROLL_PART_LENGTH`] voters.
    pub voters: Vec<Voter>,
    /// By the registrar's key.
    pub signature: Signature,
}

/// A change of a complete roll before voting opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum RollChange {
    /// Nobody may vote with this credential any more.
    Revoke {
        /// The credential.
        credential: Credential,
    },
    /// The voter has a new credential; weight, style and identity stay.
    Replace {
        /// The credential that is revoked.
        credential: Credential,
        /// The one that takes its place.
        by: Credential,
    },
    /// One more voter.
    Add {
        /// The voter.
        voter: Voter,
    },
}

/// A signed change of the roll, numbered from 0. The signature covers the digest of the roll before it: a change
/// stands on the roll that the registrar saw, and cannot be replayed.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RollChangeEntry {
    /// How many changes stand before.
    pub sequence: u32,
    /// The change.
    pub change: RollChange,
    /// By the registrar's key.
    pub signature: Signature,
}

/// Why an attempt at the ceremony is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct CeremonyRestart {
    /// The attempt that ended; the next is one more.
    pub attempt: u32,
    /// The dealer whose share was bad or who did not answer in time; `None` if the administrator asked.
    pub culprit: Option<u8>,
}

/// Voting is open: under this key, for this roll.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Opened {
    /// The election key K.
    pub key: EncodedPoint,
    /// Hash of the ceremony's transcript, which all trustees confirmed.
    pub ceremony: Digest,
    /// Hash over all parts and changes of the roll.
    pub roll: Digest,
    /// Voters on the roll.
    pub voters: u64,
    /// Sum of their weights.
    pub weight: u64,
}

/// A tested ballot's opening, published by the voter: nobody else can publish what a voter's device was asked.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PublishedOpening {
    /// Index of the challenge entry.
    pub challenge: u64,
    /// Seed and selections.
    pub opening: Opening,
    /// By the credential of the tested ballot.
    pub signature: CredentialSignature,
}

/// Voting is closed: nothing cast stands after this entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Closed {
    /// Ballots that count.
    pub counted: u64,
    /// Ballots cast, those included that a later one replaced.
    pub cast: u64,
    /// Ballots tested.
    pub challenged: u64,
}

/// A contest of which a (style, weight) group has fewer ballots than the manifest's smallest group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Withheld {
    /// The contest.
    pub contest: u16,
}

/// A contest's result. Not signed: it is checked against the shares.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ContestResult {
    /// The contest.
    pub contest: u16,
    /// The t trustees whose shares were combined, ascending.
    pub trustees: Vec<u8>,
    /// The total of each entry.
    pub totals: Vec<u64>,
    /// What follows by the manifest's rules.
    pub outcome: Outcome,
}

/// Who runs the board. Its keys sign every checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Genesis {
    /// The suite, [`SUITE`].
    pub suite: String,
    /// The board log's origin, such as `board.example.org/tabella`.
    pub origin: String,
    /// The key that signs the checkpoints of the board log and of every election's log.
    pub operator: VerifyingKey,
    /// Witnesses: name and key.
    pub witnesses: Vec<(String, VerifyingKey)>,
    /// Who may open elections here.
    pub administrators: Vec<VerifyingKey>,
}

impl Genesis {
    /// A description of a board of this suite.
    pub fn new(origin: String, operator: VerifyingKey, administrators: Vec<VerifyingKey>) -> Self {
        Self { suite: SUITE.to_owned(), origin, operator, witnesses: Vec::new(), administrators }
    }
}

/// An election is on this board, and on no other: its administrator signs for this one alone.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ElectionCreated {
    /// The election.
    pub election: ElectionId,
    /// Its administrator.
    pub administrator: VerifyingKey,
    /// By the administrator's key, over election, board origin and operator's key.
    pub signature: Signature,
}

/// The checkpoint of an election's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Anchor {
    /// The election.
    pub election: ElectionId,
    /// Size of its log.
    pub size: u64,
    /// Root of its log.
    pub root: Digest,
}

/// A release of the web app: every file that the board serves to voters, so that anyone can see which app it served
/// when, and whether it serves this one to them.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Release {
    /// What its makers call it, such as `0.1.0`: for people; the hashes are what counts.
    pub version: String,
    /// Its files, ascending by path.
    pub files: Vec<ReleaseFile>,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ReleaseFile {
    /// Its path below the board's address, such as `assets/app-0123456789abcdef.js`; [`RELEASE_PAGE`] is the page itself.
    pub path: String,
    /// SHA-256 of its bytes, before any compression on their way.
    pub hash: Digest,
}

/// The path of the page itself in a release: it stands at the app's addresses, of which `/` is one.
pub const RELEASE_PAGE: &str = "index.html";

/// The origin of an election's log on a board.
pub fn election_origin(board: &str, election: ElectionId) -> String {
    format!("{board}/elections/{election}")
}

impl Entry {
    /// The entry's bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads an entry's bytes, all of them.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        codec::decode(bytes)
    }

    /// Whether only the board's rules make this entry, and nobody can submit it.
    pub fn is_automatic(&self) -> bool {
        match self {
            Self::Block(_)
            | Self::Manifest(_)
            | Self::CeremonyRestart(_)
            | Self::Open(_)
            | Self::Close(_)
            | Self::Withheld(_) => true,
            Self::Administrator(_)
            | Self::Trustee(_)
            | Self::Roll(_)
            | Self::RollChange(_)
            | Self::Cast(_)
            | Self::Challenge(_)
            | Self::Opening(_)
            | Self::Result(_) => false,
        }
    }
}

impl BoardEntry {
    /// The entry's bytes.
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads an entry's bytes, all of them.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        codec::decode(bytes)
    }
}

impl AdministratorEntry {
    /// Signs an act, for the time up to `valid_until` in milliseconds.
    pub fn sign(election: ElectionId, act: AdministratorAct, valid_until: u64, key: &SigningKey) -> Self {
        let message = codec::encode(&(act, valid_until));
        Self { act, valid_until, signature: key.sign("administrator", &[election.as_bytes(), &message]) }
    }

    /// Checks the signature. Whether the act is in time is the election's to say.
    pub fn verify(&self, election: ElectionId, key: &VerifyingKey) -> Result<(), SignatureError> {
        let message = codec::encode(&(self.act, self.valid_until));
        key.verify("administrator", &[election.as_bytes(), &message], &self.signature)
    }
}

impl TrusteeEntry {
    /// Signs a message.
    pub fn sign(election: ElectionId, trustee: u8, message: TrusteeMessage, key: &SigningKey) -> Self {
        let signature = key.sign("trustee", &[election.as_bytes(), &[trustee], &codec::encode(&message)]);
        Self { trustee, message, signature }
    }

    /// Checks the signature.
    pub fn verify(&self, election: ElectionId, key: &VerifyingKey) -> Result<(), SignatureError> {
        let parts: [&[u8]; 3] = [election.as_bytes(), &[self.trustee], &codec::encode(&self.message)];
        key.verify("trustee", &parts, &self.signature)
    }

    /// Who says to have sent the entry with these bytes, unless that is a registration, which brings its own key.
    /// Reads two bytes: nothing says yet that the others are a message.
    pub fn sender(entry: &[u8]) -> Option<u8> {
        match entry {
            [Self::TAG, _, Self::REGISTRATION, ..] => None,
            [Self::TAG, trustee, ..] => Some(*trustee),
            _ => None,
        }
    }

    /// Checks the signature at the end of an entry's bytes, before they are decoded: points cost much more than that.
    pub fn verify_bytes(
        election: ElectionId,
        entry: &[u8],
        key: &VerifyingKey,
    ) -> Result<(), SignatureError> {
        let Some((signed, signature)) = entry.split_last_chunk() else { return Err(SignatureError) };
        let Some((&[_, trustee], message)) = signed.split_first_chunk() else { return Err(SignatureError) };
        let parts: [&[u8]; 3] = [election.as_bytes(), &[trustee], message];
        key.verify("trustee", &parts, &Signature(*signature))
    }

    /// Tag of [`Entry::Trustee`].
    const TAG: u8 = 3;
    /// Tag of [`TrusteeMessage::Registration`].
    const REGISTRATION: u8 = 0;
}

/// The digest of the roll after one more part or change, whose bytes these are: a roll begins with 32 zero bytes.
pub fn roll_digest(before: &Digest, entry: &[u8]) -> Digest {
    hash("roll", &[&before.0, entry])
}

/// Signs a whole roll, a part for each of these groups of voters, each part for the digest of those before it.
pub fn sign_roll(election: ElectionId, parts: &[&[Voter]], key: &SigningKey) -> Vec<RollPart> {
    let mut digest = Digest::default();
    let signed = parts.iter().zip(0u32..).map(|(voters, part)| {
        let last = part as usize + 1 == parts.len();
        let part = RollPart::sign(election, &digest, part, last, voters.to_vec(), key);
        digest = roll_digest(&digest, &Entry::Roll(part.clone()).encode());
        part
    });
    signed.collect()
}

impl RollPart {
    /// Signs a part, which follows the roll with this digest.
    pub fn sign(
        election: ElectionId,
        before: &Digest,
        part: u32,
        last: bool,
        voters: Vec<Voter>,
        key: &SigningKey,
    ) -> Self {
        let (head, body) = (codec::encode(&(part, last)), codec::encode(&voters));
        let signature = key.sign("roll", &[election.as_bytes(), &before.0, &head, &body]);
        Self { part, last, voters, signature }
    }

    /// Checks the signature; `before` is the digest of the roll that the part follows.
    pub fn verify(
        &self,
        election: ElectionId,
        before: &Digest,
        key: &VerifyingKey,
    ) -> Result<(), SignatureError> {
        let (head, body) = (codec::encode(&(self.part, self.last)), codec::encode(&self.voters));
        key.verify("roll", &[election.as_bytes(), &before.0, &head, &body], &self.signature)
    }
}

impl RollChangeEntry {
    /// Signs a change of the roll with this digest.
    pub fn sign(
        election: ElectionId,
        before: &Digest,
        sequence: u32,
        change: RollChange,
        key: &SigningKey,
    ) -> Self {
        let message = codec::encode(&(sequence, change));
        let signature = key.sign("roll change", &[election.as_bytes(), &before.0, &message]);
        Self { sequence, change, signature }
    }

    /// Checks the signature; `before` is the digest of the roll that is changed.
    pub fn verify(
        &self,
        election: ElectionId,
        before: &Digest,
        key: &VerifyingKey,
    ) -> Result<(), SignatureError> {
        let message = codec::encode(&(self.sequence, self.change));
        key.verify("roll change", &[election.as_bytes(), &before.0, &message], &self.signature)
    }
}

impl ElectionCreated {
    /// Signs an election's creation on the board of this genesis.
    pub fn sign(election: ElectionId, board: &Genesis, key: &SigningKey) -> Self {
        let parts: [&[u8]; 3] = [election.as_bytes(), board.origin.as_bytes(), &board.operator.0];
        Self { election, administrator: key.verifying_key(), signature: key.sign("election", &parts) }
    }

    /// Checks the signature for the board of this genesis, under the administrator's key that it names.
    pub fn verify(&self, board: &Genesis) -> Result<(), SignatureError> {
        let parts: [&[u8]; 3] = [self.election.as_bytes(), board.origin.as_bytes(), &board.operator.0];
        self.administrator.verify("election", &parts, &self.signature)
    }
}
