//! Why an entry is refused: a sentence for a person, the check that refuses, and the trustee to blame where
//! there is one.

use tabella_crypto::ballot::{BallotError, OpeningError, TrackingCode};
use tabella_crypto::codec::CodecError;
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ManifestError;
use tabella_crypto::threshold::decrypt::{CombineError, ShareError};
use tabella_crypto::threshold::dkg::CeremonyError;
use tabella_crypto::threshold::test_decryption::TestDecryptionError;
use tabella_crypto::threshold::trustee::{ParametersError, TrusteeIndex};

use crate::entry::{ACT_VALIDITY, Entry, ROLL_PART_LENGTH};

/// Why an election's log does not accept an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An automatic entry must come first: this one.
    #[error("{} is due now, and nothing else can stand here: send yours again when it stands", name(.0))]
    Due(Box<Entry>),
    /// An automatic entry that is due, but says something else.
    #[error("{} does not say what follows from the log: only the board's own rules make this entry", name(.0))]
    Content(Box<Entry>),
    /// An automatic entry that is not due.
    #[error("{} is not due: it comes by itself when the rules say so, and nobody can send it", name(.0))]
    NotDue(Box<Entry>),
    /// The log itself.
    #[error(transparent)]
    Log(#[from] LogRefusal),
    /// The manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestRefusal),
    /// An administrator's act.
    #[error(transparent)]
    Administrator(#[from] AdministratorRefusal),
    /// The key ceremony, and what trustees say in general.
    #[error(transparent)]
    Ceremony(#[from] CeremonyRefusal),
    /// The roll.
    #[error(transparent)]
    Roll(#[from] RollRefusal),
    /// Opening of the vote.
    #[error(transparent)]
    Opening(#[from] OpeningRefusal),
    /// Ballots.
    #[error(transparent)]
    Ballot(#[from] BallotRefusal),
    /// Closing of the vote.
    #[error(transparent)]
    Closing(#[from] ClosingRefusal),
    /// The tally.
    #[error(transparent)]
    Tally(#[from] TallyRefusal),
}

/// What breaks the log's own rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogRefusal {
    /// The bytes are no entry.
    #[error("these bytes are no entry of an election log ({0}): send them as the program made them")]
    Encoding(#[from] CodecError),
    /// The bytes are those of another entry.
    #[error("the bytes are not those of the entry that was checked: check them again")]
    Bytes,
    /// The log does not begin with a block.
    #[error("a log begins with a block: this log has none yet")]
    FirstBlock,
    /// Heights count up from 0.
    #[error("the block has height {found}, but height {expected} comes next")]
    Height {
        /// Height found.
        found: u64,
        /// Height due.
        expected: u64,
    },
    /// Time runs back.
    #[error("the block's time {found} is before {last}, the time of the last block: set the board's clock")]
    Time {
        /// Time found.
        found: u64,
        /// Time of the last block.
        last: u64,
    },
    /// Another root.
    #[error("the block names another root than that of the log before it: the log was changed or forked")]
    Root,
    /// An earlier entry cannot be read back.
    #[error("entry {index} of this log cannot be read back as it was accepted: restore the log's store")]
    Missing {
        /// The entry.
        index: u64,
    },
}

/// What is wrong with a part of the manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestRefusal {
    /// Something else while parts are missing.
    #[error("the manifest is not complete: its parts follow the first block before anything else")]
    Incomplete,
    /// A part after the last.
    #[error("the manifest is complete and cannot be changed: make a new election instead")]
    Complete,
    /// Out of order, too many, or of the wrong length.
    #[error("part {part} of {parts} does not follow what stands, or does not have the right length")]
    Part {
        /// Its number.
        part: u16,
        /// How many it says there are.
        parts: u16,
    },
    /// The parts are not the manifest of this election.
    #[error("this is the manifest of another election: its hash is not this election's name")]
    Hash,
    /// The rules contradict each other.
    #[error("the manifest is refused: {0}")]
    Rules(#[from] ManifestError),
}

/// What is wrong with an administrator's act, whatever it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdministratorRefusal {
    /// The signature.
    #[error("the administrator named in the manifest did not sign this: use the key that made the manifest")]
    Signature,
    /// Too late: acts are signed for a short time.
    #[error(
        "this act was valid until {valid_until}, and the board's time is {time} (milliseconds since 1970): sign it \
         again, and compare your clock with the board's"
    )]
    Expired {
        /// Until when it was valid.
        valid_until: u64,
        /// Time of the last block.
        time: u64,
    },
    /// Signed for longer than [`ACT_VALIDITY`].
    #[error(
        "this act would be valid until {valid_until}, more than {} s after the board's time {time} (milliseconds \
         since 1970): sign for a shorter time, and compare your clock with the board's",
        ACT_VALIDITY / 1_000
    )]
    TooLong {
        /// Until when it would be valid.
        valid_until: u64,
        /// Time of the last block.
        time: u64,
    },
}

/// A round of the key ceremony.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Round {
    /// 1.
    Registration,
    /// 2.
    CommitmentHash,
    /// 3.
    Commitments,
    /// 4.
    Shares,
    /// 5.
    Confirmation,
    /// 6.
    TestDecryption,
}

impl std::fmt::Display for Round {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Registration => "registration",
            Self::CommitmentHash => "hash of the commitments",
            Self::Commitments => "commitments",
            Self::Shares => "sealed shares",
            Self::Confirmation => "confirmation",
            Self::TestDecryption => "test decryption",
        })
    }
}

/// What is wrong with a message of the key ceremony, or with a trustee's signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CeremonyRefusal {
    /// Voting is open or over.
    #[error("the key ceremony is over, because voting is open or has ended: nothing can be added to it")]
    Over,
    /// No such trustee.
    #[error("there is no trustee {0} in the manifest")]
    Unknown(u8),
    /// Nobody knows the trustee's key yet.
    #[error("trustee {0} has not registered: register first")]
    NotRegistered(TrusteeIndex),
    /// The signature.
    #[error("this is not signed with the registered key of trustee {0}: use the key file that registered")]
    Signature(TrusteeIndex),
    /// Other keys than the manifest's.
    #[error(
        "trustee {0} is in the manifest with another fingerprint: register with the key file made for it"
    )]
    Fingerprint(TrusteeIndex),
    /// A key that another trustee registered: who had it first, the log does not show.
    #[error(
        "a key of trustee {0} is registered by another trustee already: find out who copied it, then make new keys and \
         a new election"
    )]
    SharedKey(TrusteeIndex),
    /// A key for which nothing can be sealed.
    #[error("the encryption key of trustee {0} cannot be used: make new keys and a new election")]
    UnusableKey(TrusteeIndex),
    /// The keys together make no ceremony.
    #[error("these trustees cannot hold a ceremony: {0}")]
    Parameters(#[from] ParametersError),
    /// The message of this round stands already.
    #[error("the {round} of trustee {trustee} stands already: nothing is left to do in this round")]
    Repeated {
        /// Whose.
        trustee: TrusteeIndex,
        /// The round.
        round: Round,
    },
    /// Another attempt.
    #[error(
        "this belongs to attempt {found} of the ceremony, but attempt {current} is under way: start again"
    )]
    Attempt {
        /// The attempt of the message.
        found: u32,
        /// The attempt under way.
        current: u32,
    },
    /// A round before it is not complete.
    #[error("it is too early: the {missing} of every trustee must stand first; wait for the others")]
    Early {
        /// The round that is not complete.
        missing: Round,
    },
    /// A cryptographic check of the ceremony.
    #[error("{0}")]
    Crypto(#[from] CeremonyError),
    /// A complaint about oneself or about nobody.
    #[error("trustee {0} complains about nobody else: a complaint names another trustee")]
    SelfComplaint(TrusteeIndex),
    /// A second complaint of one pair.
    #[error("trustee {receiver} has complained about trustee {dealer} already: one complaint is heard")]
    ComplaintRepeated {
        /// Who complains.
        receiver: TrusteeIndex,
        /// Of whom.
        dealer: TrusteeIndex,
    },
    /// All have confirmed.
    #[error("all trustees have confirmed the ceremony: a complaint comes too late")]
    ComplaintLate,
    /// An answer to nobody.
    #[error("trustee {receiver} has no open complaint about trustee {dealer}: keep the share secret")]
    NoComplaint {
        /// Who answers.
        dealer: TrusteeIndex,
        /// Whom.
        receiver: TrusteeIndex,
    },
    /// A complaint is open.
    #[error(
        "trustee {dealer} has not answered the complaint of trustee {receiver}: confirm when it is settled"
    )]
    Unanswered {
        /// Who must answer.
        dealer: TrusteeIndex,
        /// Whom.
        receiver: TrusteeIndex,
    },
    /// Another transcript: of another log, or of this one before an answer to a complaint.
    #[error(
        "trustee {0} confirms another ceremony than the one on this log now: read the log again; if it stays so, compare \
         fingerprints before going on"
    )]
    Transcript(TrusteeIndex),
    /// The test decryption does not verify.
    #[error("{0}: the key file is damaged or of another ceremony")]
    Test(#[from] TestDecryptionError),
    /// All trustees have proved their shares.
    #[error("all trustees have tested their shares: the ceremony is complete and cannot be restarted")]
    Complete,
}

/// What is wrong with a part or change of the roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RollRefusal {
    /// Voting is open or over.
    #[error("the roll is fixed, because voting is open or has ended")]
    Fixed,
    /// The signature, which also covers the roll before it.
    #[error(
        "the registrar named in the manifest did not sign this for the roll as it stands: use the registrar's key, and \
         the table that the roll was published from"
    )]
    Signature,
    /// A part after the last.
    #[error("the roll is complete: use changes to add, replace or revoke credentials")]
    Complete,
    /// Out of order.
    #[error("this is part {found} of the roll, but part {expected} comes next")]
    Part {
        /// Number found.
        found: u32,
        /// Number due.
        expected: u32,
    },
    /// Empty or too long: a roll is never empty.
    #[error("a part of the roll has 1 to {ROLL_PART_LENGTH} voters, but this has {0}")]
    Length(usize),
    /// Not ascending.
    #[error("voter {0} of this part stands out of order or twice: sort the roll by credential")]
    Order(usize),
    /// No point, or the identity.
    #[error("the credential {} is none: make it again from the voter's code", hex::encode(.0.0.0))]
    Credential(Credential),
    /// Weight zero.
    #[error("the weight of credential {} is zero: a voter has a weight of at least 1", hex::encode(.0.0.0))]
    Weight(Credential),
    /// No such style.
    #[error("credential {} has ballot style {style}, which is not in the manifest", hex::encode(.credential.0.0))]
    Style {
        /// Whose.
        credential: Credential,
        /// The style.
        style: u16,
    },
    /// A group that would always be withheld, and let each of its voters withhold every contest that it has.
    #[error(
        "{count} voters have ballot style {style} (the first is 0) and weight {weight}, but a group has at least \
         {smallest}, or else no contest of theirs could be counted without showing votes: give them a style and weight \
         that more voters have, or lower `smallest-group` in a new election"
    )]
    SmallClass {
        /// The style.
        style: u16,
        /// The weight.
        weight: u32,
        /// Voters with both.
        count: u64,
        /// The manifest's smallest group.
        smallest: u32,
    },
    /// Too much weight.
    #[error("the weights add up to {total}, more than the {bound} that the manifest allows")]
    TotalWeight {
        /// The sum.
        total: u64,
        /// `total_weight` of the manifest.
        bound: u64,
    },
    /// A change before the roll is complete.
    #[error("the roll is not complete: send its last part before any change")]
    Incomplete,
    /// Out of order.
    #[error("this is change {found} of the roll, but change {expected} comes next")]
    Sequence {
        /// Number found.
        found: u32,
        /// Number due.
        expected: u32,
    },
    /// Not on the roll.
    #[error("the credential {} is not on the roll, or not any more", hex::encode(.0.0.0))]
    Unknown(Credential),
    /// On the roll now or before.
    #[error("the credential {} is or was on the roll: a credential is used once, make another", hex::encode(.0.0.0))]
    Used(Credential),
    /// The roll would be empty.
    #[error("this is the only voter on the roll, and a roll is never empty: replace the credential instead")]
    LastVoter,
}

/// Why the administrator cannot open voting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpeningRefusal {
    /// Open, or over.
    #[error("voting is open already or has ended")]
    Over,
    /// No power.
    #[error("the manifest does not allow opening before its time: wait until then")]
    Power,
    /// Not ready.
    #[error("voting cannot open: the roll and every trustee's test decryption must stand first")]
    Setup,
}

/// Why the administrator cannot close voting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClosingRefusal {
    /// Not open.
    #[error("voting is not open, so it cannot be closed")]
    NotOpen,
    /// No power.
    #[error("the manifest does not allow closing before its time: wait until then")]
    Power,
}

/// What is wrong with a ballot or a published opening.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BallotRefusal {
    /// Before opening.
    #[error("voting is not open yet: vote when it is")]
    NotOpen,
    /// After closing.
    #[error("voting is closed: no ballot is accepted any more")]
    Closed,
    /// Signature or proofs.
    #[error("the ballot is refused: {0}; make it again on a device with the current program")]
    Proof(#[from] BallotError),
    /// A ballot whose proofs nobody has checked.
    #[error("the ballot's signature and proofs must be checked before it is accepted")]
    Unchecked,
    /// Not on the roll.
    #[error("this credential is not on the roll, or was revoked: ask the registrar")]
    NotOnRoll(Credential),
    /// Another style.
    #[error("the ballot has style {found}, but this voter has style {expected}: load the ballot again")]
    Style {
        /// Style of the ballot.
        found: u16,
        /// Style on the roll.
        expected: u16,
    },
    /// The very same ballot.
    #[error(
        "this ballot stands on the log already: one that was tested can never be cast, and one that was cast not tested; make a new one"
    )]
    Known(TrackingCode),
    /// A ciphertext of another ballot, or one twice.
    #[error("ciphertext {0} of this ballot stands in another ballot or twice in this one: make a new ballot")]
    Copied(usize),
    /// Another counter.
    #[error(
        "the ballot says that {found} were cast before it with this credential, but {expected} were: look at the voter's ballots on the board, then vote again"
    )]
    Counter {
        /// Counter of the ballot.
        found: u16,
        /// Ballots that stand.
        expected: u16,
    },
    /// Another ballot before.
    #[error(
        "the ballot does not follow the last one cast with this credential: look at the voter's ballots on the board, then vote again"
    )]
    Previous,
    /// The first counts.
    #[error("a ballot was cast with this credential, and in this election the first one counts")]
    FirstOnly,
    /// Too many.
    #[error("{0} ballots were cast with this credential, which is all that the manifest allows")]
    CastLimit(u16),
    /// Too many tests.
    #[error("{0} ballots were tested with this credential, which is all that the manifest allows: cast one")]
    TestLimit(u16),
    /// No challenge there.
    #[error("entry {0} of the log is no tested ballot")]
    NoChallenge(u64),
    /// Somebody else's signature.
    #[error(
        "the opening of the ballot in entry {0} is not signed with the credential of that ballot: only the voter can \
         publish it"
    )]
    OpeningSignature(u64),
    /// After the last result.
    #[error("the election is counted: no opening is published any more; show it to whom it concerns")]
    OpeningLate,
    /// A second opening.
    #[error("the opening of the tested ballot in entry {0} stands already")]
    Opened(u64),
    /// The opening does not fit.
    #[error("the opening of the ballot in entry {challenge} is refused: {error}")]
    Opening {
        /// Index of the challenge entry.
        challenge: u64,
        /// What is wrong.
        error: OpeningError,
    },
}

/// What is wrong with a statement, a decryption or a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TallyRefusal {
    /// Not closed.
    #[error("voting is not closed: the tally comes after the closing")]
    NotClosed,
    /// Everything is counted.
    #[error("every contest has its result or is withheld: there is one tally, and it is complete")]
    Counted,
    /// Another log.
    #[error(
        "trustee {0} saw another log than this one: two versions of the record exist; stop and compare the fingerprints of the tally by voice"
    )]
    View(TrusteeIndex),
    /// Another aggregate of this log.
    #[error(
        "trustee {0} computed another sum of this log's ballots: the trustee's program or record is wrong; do not decrypt"
    )]
    Aggregate(TrusteeIndex),
    /// A statement stands.
    #[error("the statement of trustee {0} stands already")]
    StatementRepeated(TrusteeIndex),
    /// A statement about something else stands.
    #[error("trustee {0} made a statement before and now states something else: stop and ask the trustee")]
    StatementChanged(TrusteeIndex),
    /// No statement.
    #[error("trustee {0} has made no statement about the tally: post it before decrypting")]
    NoStatement(TrusteeIndex),
    /// No such contest.
    #[error("there is no contest {0} in the manifest")]
    Contest(u16),
    /// Withheld.
    #[error(
        "contest {0} is withheld, because so few ballots were cast in a group that its totals would show votes"
    )]
    Withheld(u16),
    /// Shares stand.
    #[error("the decryption shares of trustee {trustee} for contest {contest} stand already")]
    ShareRepeated {
        /// Whose.
        trustee: TrusteeIndex,
        /// The contest.
        contest: u16,
    },
    /// The shares do not verify.
    #[error("{0}: the other trustees can go on without them")]
    Share(#[from] ShareError),
    /// A result stands.
    #[error("contest {0} has its result already")]
    ResultRepeated(u16),
    /// Not t trustees, ascending, that decrypted.
    #[error("the result must name {threshold} trustees in ascending order who decrypted contest {contest}")]
    Trustees {
        /// The contest.
        contest: u16,
        /// How many are due.
        threshold: u8,
    },
    /// The shares do not combine.
    #[error("{0}")]
    Combine(#[from] CombineError),
    /// Not one total an entry.
    #[error("contest {contest} has {expected} totals, but the result gives {found}")]
    Length {
        /// The contest.
        contest: u16,
        /// Totals found.
        found: usize,
        /// Totals due.
        expected: usize,
    },
    /// A wrong total.
    #[error("total {entry} of contest {contest} is not what the shares decrypt to: compute it again")]
    Total {
        /// The contest.
        contest: u16,
        /// The entry, from 0.
        entry: usize,
    },
    /// A wrong outcome.
    #[error("the outcome of contest {0} does not follow from its totals by the manifest's rules")]
    Outcome(u16),
}

/// What people call an entry.
fn name(entry: &Entry) -> &'static str {
    match entry {
        Entry::Block(_) => "a block",
        Entry::Manifest(_) => "a part of the manifest",
        Entry::Administrator(_) => "an act of the administrator",
        Entry::Trustee(_) => "a trustee's message",
        Entry::Roll(_) => "a part of the roll",
        Entry::RollChange(_) => "a change of the roll",
        Entry::CeremonyRestart(_) => "a restart of the ceremony",
        Entry::Open(_) => "the opening of the vote",
        Entry::Cast(_) => "a ballot",
        Entry::Challenge(_) => "a tested ballot",
        Entry::Opening(_) => "the opening of a tested ballot",
        Entry::Close(_) => "the closing of the vote",
        Entry::Withheld(_) => "the notice that a contest is withheld",
        Entry::Result(_) => "a contest's result",
    }
}
