//! The numbered checks of the specification, which every refusal and every line of a verifier's report names.
//! Specification: "Checks".
//!
//! A number never changes its meaning: later versions add numbers.

mod chinese;
mod mapping;
mod refusal;

pub use refusal::{
    AdministratorRefusal, BallotRefusal, CeremonyRefusal, ClosingRefusal, LogRefusal, ManifestRefusal,
    OpeningRefusal, Refusal, RollRefusal, Round, TallyRefusal,
};

/// A check of the specification. Chapters: 1 log, 2 manifest, 3 ceremony, 4 roll, 5 opening, 6 ballots,
/// 7 closing, 8 tally. In the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// 1.1
    Files,
    /// 1.2
    Checkpoints,
    /// 1.3
    Tree,
    /// 1.4
    Tiles,
    /// 1.5
    Encoding,
    /// 1.6
    Blocks,
    /// 1.7
    Anchors,
    /// 1.8
    Cosignatures,
    /// 1.9
    Order,
    /// 1.10
    Releases,
    /// 2.1
    ManifestParts,
    /// 2.2
    ManifestHash,
    /// 2.3
    ManifestRules,
    /// 2.4
    AdministratorSignatures,
    /// 3.1
    Registrations,
    /// 3.2
    TrusteeSignatures,
    /// 3.3
    CeremonyOrder,
    /// 3.4
    CommitmentHashes,
    /// 3.5
    Possession,
    /// 3.6
    SealedShares,
    /// 3.7
    Complaints,
    /// 3.8
    Confirmations,
    /// 3.9
    JointKey,
    /// 3.10
    TestDecryptions,
    /// 3.11
    CeremonyRestarts,
    /// 4.1
    RollSignatures,
    /// 4.2
    RollParts,
    /// 4.3
    RollVoters,
    /// 4.4
    RollWeight,
    /// 4.5
    RollChanges,
    /// 5.1
    OpeningConditions,
    /// 5.2
    OpeningContent,
    /// 6.1
    BallotTime,
    /// 6.2
    VoterSignatures,
    /// 6.3
    BallotProofs,
    /// 6.4
    RollMembership,
    /// 6.5
    BallotChain,
    /// 6.6
    BallotLimits,
    /// 6.7
    FreshCiphertexts,
    /// 6.8
    TestedBallots,
    /// 7.1
    ClosingConditions,
    /// 7.2
    ClosingContent,
    /// 8.1
    Aggregate,
    /// 8.2
    WithheldContests,
    /// 8.3
    Statements,
    /// 8.4
    DecryptionShares,
    /// 8.5
    Totals,
    /// 8.6
    Outcomes,
}

impl Check {
    /// All checks, in order.
    pub const ALL: [Self; 48] = [
        Self::Files,
        Self::Checkpoints,
        Self::Tree,
        Self::Tiles,
        Self::Encoding,
        Self::Blocks,
        Self::Anchors,
        Self::Cosignatures,
        Self::Order,
        Self::Releases,
        Self::ManifestParts,
        Self::ManifestHash,
        Self::ManifestRules,
        Self::AdministratorSignatures,
        Self::Registrations,
        Self::TrusteeSignatures,
        Self::CeremonyOrder,
        Self::CommitmentHashes,
        Self::Possession,
        Self::SealedShares,
        Self::Complaints,
        Self::Confirmations,
        Self::JointKey,
        Self::TestDecryptions,
        Self::CeremonyRestarts,
        Self::RollSignatures,
        Self::RollParts,
        Self::RollVoters,
        Self::RollWeight,
        Self::RollChanges,
        Self::OpeningConditions,
        Self::OpeningContent,
        Self::BallotTime,
        Self::VoterSignatures,
        Self::BallotProofs,
        Self::RollMembership,
        Self::BallotChain,
        Self::BallotLimits,
        Self::FreshCiphertexts,
        Self::TestedBallots,
        Self::ClosingConditions,
        Self::ClosingContent,
        Self::Aggregate,
        Self::WithheldContests,
        Self::Statements,
        Self::DecryptionShares,
        Self::Totals,
        Self::Outcomes,
    ];

    /// Chapter and number, such as `6.3`.
    pub fn number(self) -> &'static str {
        self.row().0
    }

    /// What holds if the check passes, as a sentence without its full stop.
    pub fn title(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Files => ("1.1", "The record holds the files it must hold, and no others"),
            Self::Checkpoints => {
                ("1.2", "Every checkpoint is signed by the board and consistent with the others")
            }
            Self::Tree => ("1.3", "The entries have the root that the checkpoint signs"),
            Self::Tiles => ("1.4", "The published hashes follow from the entries"),
            Self::Encoding => ("1.5", "Every entry is the canonical encoding of what it says"),
            Self::Blocks => {
                ("1.6", "Blocks count up, their time never runs back, each names the root before it")
            }
            Self::Anchors => ("1.7", "The board log anchors the checkpoints of the election"),
            Self::Cosignatures => ("1.8", "The witnesses that the manifest demands signed the checkpoints"),
            Self::Order => ("1.9", "Automatic entries stand where the rules make them due"),
            Self::Releases => {
                ("1.10", "Each release of the web app lists its files, and differs from the last")
            }
            Self::ManifestParts => ("2.1", "The manifest stands in order behind the first block"),
            Self::ManifestHash => ("2.2", "The election is named by the hash of its manifest"),
            Self::ManifestRules => ("2.3", "The manifest's rules hold together"),
            Self::AdministratorSignatures => {
                ("2.4", "The administrator signed every act, for the time at which it stands")
            }
            Self::Registrations => ("3.1", "Every trustee registered the keys that the manifest names"),
            Self::TrusteeSignatures => ("3.2", "Trustees signed all that they said"),
            Self::CeremonyOrder => ("3.3", "The rounds of the ceremony stand in order, each message once"),
            Self::CommitmentHashes => ("3.4", "Commitments are those whose hash was announced before"),
            Self::Possession => {
                ("3.5", "Every dealer made t commitments and proves possession of the secret")
            }
            Self::SealedShares => ("3.6", "Every dealer sealed a share for each other trustee"),
            Self::Complaints => {
                ("3.7", "Every complaint was answered with a share that fits the commitments")
            }
            Self::Confirmations => ("3.8", "All trustees confirmed one and the same ceremony"),
            Self::JointKey => ("3.9", "The election key and all verification keys are not the identity"),
            Self::TestDecryptions => ("3.10", "Every trustee proved that the stored share can be used"),
            Self::CeremonyRestarts => ("3.11", "Every restart of the ceremony has its ground"),
            Self::RollSignatures => {
                ("4.1", "The registrar signed the roll and its changes, each for the roll before it")
            }
            Self::RollParts => ("4.2", "The parts of the roll are complete and in order"),
            Self::RollVoters => (
                "4.3",
                "Voters are sorted, each once, with a good credential, weight and style, in groups large enough",
            ),
            Self::RollWeight => ("4.4", "The weights add up to no more than the manifest allows"),
            Self::RollChanges => ("4.5", "Changes of the roll are in order, before opening, and possible"),
            Self::OpeningConditions => ("5.1", "Voting opened when and because the rules say so"),
            Self::OpeningContent => ("5.2", "Voting opened under the ceremony's key and for the roll"),
            Self::BallotTime => ("6.1", "Ballots stand between opening and closing"),
            Self::VoterSignatures => ("6.2", "Every ballot is signed by its credential's holder"),
            Self::BallotProofs => ("6.3", "Every ballot proves that it obeys the rules of its contests"),
            Self::RollMembership => {
                ("6.4", "Every ballot is of a voter on the roll and has the voter's style")
            }
            Self::BallotChain => {
                ("6.5", "Every ballot names the voter's ballot before it and counts one further")
            }
            Self::BallotLimits => ("6.6", "No voter cast or tested more ballots than the manifest allows"),
            Self::FreshCiphertexts => {
                ("6.7", "No ciphertext stands in two ballots, and no tested ballot is cast")
            }
            Self::TestedBallots => {
                ("6.8", "Every published opening opens a tested ballot and is signed by its voter")
            }
            Self::ClosingConditions => ("7.1", "Voting closed when and because the rules say so"),
            Self::ClosingContent => ("7.2", "The closing counts the ballots that stand before it"),
            Self::Aggregate => ("8.1", "The aggregate is the weighted sum of the ballots that count"),
            Self::WithheldContests => ("8.2", "A contest is withheld exactly if a group in it is too small"),
            Self::Statements => ("8.3", "Trustees stated that they decrypt this record and aggregate"),
            Self::DecryptionShares => {
                ("8.4", "Every decryption share belongs to its trustee and to this aggregate")
            }
            Self::Totals => ("8.5", "The totals are what the shares of t trustees decrypt to"),
            Self::Outcomes => ("8.6", "The outcome follows from the totals by the manifest's rules"),
        }
    }
}

impl std::fmt::Display for Check {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", self.number(), self.title())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend_without_gaps_and_titles_differ_in_both_languages() {
        let mut expected = (1, 0);
        for check in Check::ALL {
            let (chapter, item) = check.number().split_once('.').unwrap();
            let number: (u32, u32) = (chapter.parse().unwrap(), item.parse().unwrap());
            let next = [(expected.0, expected.1 + 1), (expected.0 + 1, 1)];
            assert!(next.contains(&number), "{number:?} follows {expected:?}");
            expected = number;
        }
        assert_eq!(expected.0, 8);
        for title in [Check::title, Check::title_in_chinese] {
            let mut titles: Vec<_> = Check::ALL.into_iter().map(title).collect();
            titles.sort_unstable();
            titles.dedup();
            assert_eq!(titles.len(), Check::ALL.len());
        }
        assert!(Check::ALL.is_sorted());
    }
}
