//! Which check each refusal belongs to, and whom it blames.

use tabella_crypto::ballot::BallotError;
use tabella_crypto::threshold::decrypt::ShareError;
use tabella_crypto::threshold::dkg::CeremonyError;
use tabella_crypto::threshold::test_decryption::TestDecryptionError;
use tabella_crypto::threshold::trustee::TrusteeIndex;

use super::{
    AdministratorRefusal, BallotRefusal, CeremonyRefusal, Check, ClosingRefusal, LogRefusal, ManifestRefusal,
    OpeningRefusal, Refusal, RollRefusal, TallyRefusal,
};
use crate::entry::Entry;

/// The checks of an automatic entry: that it is due, and that it says what follows.
fn automatic(entry: &Entry) -> (Check, Check) {
    match entry {
        Entry::CeremonyRestart(_) => (Check::CeremonyRestarts, Check::CeremonyRestarts),
        Entry::Open(_) => (Check::OpeningConditions, Check::OpeningContent),
        Entry::Close(_) => (Check::ClosingConditions, Check::ClosingContent),
        Entry::Withheld(_) => (Check::WithheldContests, Check::WithheldContests),
        _ => (Check::Order, Check::Order),
    }
}

impl Refusal {
    /// The check that refuses the entry.
    pub fn check(&self) -> Check {
        match self {
            Self::Due(_) => Check::Order,
            Self::NotDue(entry) => automatic(entry).0,
            Self::Content(entry) => automatic(entry).1,
            Self::Log(refusal) => match refusal {
                LogRefusal::Encoding(_) | LogRefusal::Bytes => Check::Encoding,
                LogRefusal::FirstBlock
                | LogRefusal::Height { .. }
                | LogRefusal::Time { .. }
                | LogRefusal::Root => Check::Blocks,
                LogRefusal::Missing { .. } => Check::Tree,
            },
            Self::Manifest(refusal) => match refusal {
                ManifestRefusal::Incomplete | ManifestRefusal::Complete | ManifestRefusal::Part { .. } => {
                    Check::ManifestParts
                }
                ManifestRefusal::Hash => Check::ManifestHash,
                ManifestRefusal::Rules(_) => Check::ManifestRules,
            },
            Self::Administrator(
                AdministratorRefusal::Signature
                | AdministratorRefusal::Expired { .. }
                | AdministratorRefusal::TooLong { .. },
            ) => Check::AdministratorSignatures,
            Self::Ceremony(refusal) => ceremony_check(refusal),
            Self::Roll(refusal) => match refusal {
                RollRefusal::Signature => Check::RollSignatures,
                RollRefusal::Complete | RollRefusal::Part { .. } | RollRefusal::Length(_) => Check::RollParts,
                RollRefusal::Order(_)
                | RollRefusal::Credential(_)
                | RollRefusal::Weight(_)
                | RollRefusal::Style { .. }
                | RollRefusal::SmallClass { .. } => Check::RollVoters,
                RollRefusal::TotalWeight { .. } => Check::RollWeight,
                RollRefusal::Fixed
                | RollRefusal::Incomplete
                | RollRefusal::Sequence { .. }
                | RollRefusal::Unknown(_)
                | RollRefusal::Used(_)
                | RollRefusal::LastVoter => Check::RollChanges,
            },
            Self::Opening(OpeningRefusal::Over | OpeningRefusal::Power | OpeningRefusal::Setup) => {
                Check::OpeningConditions
            }
            Self::Closing(ClosingRefusal::NotOpen | ClosingRefusal::Power) => Check::ClosingConditions,
            Self::Ballot(refusal) => match refusal {
                BallotRefusal::NotOpen | BallotRefusal::Closed => Check::BallotTime,
                BallotRefusal::Proof(BallotError::Signature) => Check::VoterSignatures,
                BallotRefusal::Proof(BallotError::Previous) => Check::BallotChain,
                BallotRefusal::Proof(_) | BallotRefusal::Unchecked => Check::BallotProofs,
                BallotRefusal::NotOnRoll(_) | BallotRefusal::Style { .. } => Check::RollMembership,
                BallotRefusal::Known(_) | BallotRefusal::Copied(_) => Check::FreshCiphertexts,
                BallotRefusal::Counter { .. } | BallotRefusal::Previous => Check::BallotChain,
                BallotRefusal::FirstOnly | BallotRefusal::CastLimit(_) | BallotRefusal::TestLimit(_) => {
                    Check::BallotLimits
                }
                BallotRefusal::NoChallenge(_)
                | BallotRefusal::OpeningSignature(_)
                | BallotRefusal::OpeningLate
                | BallotRefusal::Opened(_)
                | BallotRefusal::Opening { .. } => Check::TestedBallots,
            },
            Self::Tally(refusal) => match refusal {
                TallyRefusal::NotClosed
                | TallyRefusal::Counted
                | TallyRefusal::View(_)
                | TallyRefusal::StatementRepeated(_)
                | TallyRefusal::StatementChanged(_) => Check::Statements,
                TallyRefusal::Aggregate(_) => Check::Aggregate,
                TallyRefusal::NoStatement(_)
                | TallyRefusal::Contest(_)
                | TallyRefusal::ShareRepeated { .. }
                | TallyRefusal::Share(_) => Check::DecryptionShares,
                TallyRefusal::Withheld(_) => Check::WithheldContests,
                TallyRefusal::ResultRepeated(_)
                | TallyRefusal::Trustees { .. }
                | TallyRefusal::Combine(_)
                | TallyRefusal::Length { .. }
                | TallyRefusal::Total { .. } => Check::Totals,
                TallyRefusal::Outcome(_) => Check::Outcomes,
            },
        }
    }

    /// The trustee who signed what breaks the rules on every log. Nobody where a signature is missing, since anyone
    /// can send that; nor where an honest message came late: a confirmation of a transcript that has changed, a
    /// registration of a key that somebody else registered first.
    pub fn culprit(&self) -> Option<TrusteeIndex> {
        match self {
            Self::Ceremony(
                CeremonyRefusal::UnusableKey(trustee) | CeremonyRefusal::SelfComplaint(trustee),
            ) => Some(*trustee),
            Self::Ceremony(CeremonyRefusal::Crypto(
                CeremonyError::Announcement(trustee)
                | CeremonyError::CommitmentCount { dealer: trustee, .. }
                | CeremonyError::ZeroCommitment(trustee)
                | CeremonyError::Possession(trustee)
                | CeremonyError::SealedCount(trustee),
            )) => Some(*trustee),
            Self::Ceremony(CeremonyRefusal::Test(
                TestDecryptionError::UnknownTrustee(trustee) | TestDecryptionError::Proof { trustee, .. },
            )) => Some(*trustee),
            Self::Tally(
                TallyRefusal::StatementChanged(trustee)
                | TallyRefusal::Share(ShareError { trustee, .. })
                | TallyRefusal::Aggregate(trustee),
            ) => Some(*trustee),
            _ => None,
        }
    }
}

fn ceremony_check(refusal: &CeremonyRefusal) -> Check {
    match refusal {
        CeremonyRefusal::Unknown(_) | CeremonyRefusal::NotRegistered(_) | CeremonyRefusal::Signature(_) => {
            Check::TrusteeSignatures
        }
        CeremonyRefusal::Fingerprint(_)
        | CeremonyRefusal::SharedKey(_)
        | CeremonyRefusal::UnusableKey(_)
        | CeremonyRefusal::Parameters(_) => Check::Registrations,
        CeremonyRefusal::Over
        | CeremonyRefusal::Repeated { .. }
        | CeremonyRefusal::Attempt { .. }
        | CeremonyRefusal::Early { .. } => Check::CeremonyOrder,
        CeremonyRefusal::Crypto(error) => match error {
            CeremonyError::Announcement(_) => Check::CommitmentHashes,
            CeremonyError::SealedCount(_) => Check::SealedShares,
            CeremonyError::ZeroKey | CeremonyError::ZeroVerificationKey(_) => Check::JointKey,
            CeremonyError::Share { .. } | CeremonyError::DuplicateAnswer { .. } => Check::Complaints,
            _ => Check::Possession,
        },
        CeremonyRefusal::SelfComplaint(_)
        | CeremonyRefusal::ComplaintRepeated { .. }
        | CeremonyRefusal::ComplaintLate
        | CeremonyRefusal::NoComplaint { .. } => Check::Complaints,
        CeremonyRefusal::Unanswered { .. } | CeremonyRefusal::Transcript(_) => Check::Confirmations,
        CeremonyRefusal::Test(_) => Check::TestDecryptions,
        CeremonyRefusal::Complete => Check::CeremonyRestarts,
    }
}
