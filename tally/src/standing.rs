//! Where an election's ceremony and tally stand, as values: who has done what, who is waited for, what a trustee does
//! next. Specification: "Key ceremony", "Tally".
//!
//! Everything follows from the verified log and from nothing else, so that a trustee's program, a trustee's page and a
//! page for everybody show the same. What only a trustee's secret can tell, such as whether a share is bad, is
//! [`crate::ceremony`]'s to say. [`words`] puts it into sentences. All of it is borsh, for a worker that hands it to a page
//! of the same release.

use borsh::{BorshDeserialize, BorshSerialize};

use tabella_board_core::entry::TrusteeMessage;
use tabella_board_core::state::{ElectionState, Phase, Progress, Tally, statement_quorum};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::threshold::trustee::TrusteeIndex;
use tabella_crypto::transcript::Digest;

pub mod words;

#[cfg(test)]
mod tests;

/// What every trustee does once, in order: six rounds of the ceremony, two of the tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum Round {
    /// The public keys.
    Registration,
    /// The hash of the commitments.
    CommitmentHash,
    /// The commitments.
    Commitments,
    /// The sealed shares for the others.
    Shares,
    /// The confirmation of the transcript, with the share on disk.
    Confirmation,
    /// The test decryption, with the share as it reads back.
    TestDecryption,
    /// The statement of what is to be decrypted.
    Statement,
    /// The decryption shares of every contest.
    Decryption,
}

impl Round {
    /// The rounds of the ceremony.
    pub const CEREMONY: [Self; 6] = [
        Self::Registration,
        Self::CommitmentHash,
        Self::Commitments,
        Self::Shares,
        Self::Confirmation,
        Self::TestDecryption,
    ];
    /// The rounds of the tally.
    pub const TALLY: [Self; 2] = [Self::Statement, Self::Decryption];

    /// The round that a message is of; none for complaints and their answers.
    pub fn of(message: &TrusteeMessage) -> Option<Self> {
        Some(match message {
            TrusteeMessage::Registration(_) => Self::Registration,
            TrusteeMessage::CommitmentHash { .. } => Self::CommitmentHash,
            TrusteeMessage::Commitments { .. } => Self::Commitments,
            TrusteeMessage::Shares { .. } => Self::Shares,
            TrusteeMessage::Confirmation { .. } => Self::Confirmation,
            TrusteeMessage::TestDecryption { .. } => Self::TestDecryption,
            TrusteeMessage::Statement(_) => Self::Statement,
            TrusteeMessage::Decryption { .. } => Self::Decryption,
            TrusteeMessage::Complaint { .. } | TrusteeMessage::Answer { .. } => return None,
        })
    }

    /// Its number within ceremony or tally, from 1.
    pub fn number(self) -> usize {
        let place = |rounds: &[Self]| rounds.iter().position(|round| *round == self);
        place(&Self::CEREMONY).or_else(|| place(&Self::TALLY)).map_or(1, |place| place + 1)
    }
}

/// What a trustee's message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Message {
    /// That of a round.
    Of(Round),
    /// A complaint about a bad share.
    Complaint,
    /// An answer to a complaint.
    Answer,
}

impl Message {
    /// What this message is.
    pub fn kind(message: &TrusteeMessage) -> Self {
        match (Round::of(message), message) {
            (Some(round), _) => Self::Of(round),
            (None, TrusteeMessage::Complaint { .. }) => Self::Complaint,
            (None, _) => Self::Answer,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Of(Round::Registration) => "registration",
            Self::Of(Round::CommitmentHash) => "hash of the commitments",
            Self::Of(Round::Commitments) => "commitments",
            Self::Of(Round::Shares) => "sealed shares",
            Self::Of(Round::Confirmation) => "confirmation",
            Self::Of(Round::TestDecryption) => "test decryption",
            Self::Of(Round::Statement) => "statement",
            Self::Of(Round::Decryption) => "decryption shares",
            Self::Complaint => "complaint about a bad share",
            Self::Answer => "answer to a complaint",
        }
    }
}

/// How one trustee stands to one round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Mark {
    /// Done: it stands on the log.
    Done,
    /// Its turn has come, and it is missing.
    Due,
    /// Its turn has not come.
    Later,
    /// It is missing, and not needed any more.
    Spared,
}

/// One trustee.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct TrusteeStanding {
    /// Number, from 1.
    pub trustee: TrusteeIndex,
    /// Name by the manifest: a stranger's text.
    pub name: String,
    /// Fingerprint by the manifest.
    pub fingerprint: Digest,
    marks: [Mark; 8],
}

impl TrusteeStanding {
    /// How the trustee stands to a round.
    pub fn mark(&self, round: Round) -> Mark {
        let mut rounds = Round::CEREMONY.into_iter().chain(Round::TALLY).zip(self.marks);
        rounds.find(|(of, _)| *of == round).map_or(Mark::Later, |(_, mark)| mark)
    }
}

/// A complaint of the current attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ComplaintStanding {
    /// Who complains.
    pub receiver: TrusteeIndex,
    /// Of whom.
    pub dealer: TrusteeIndex,
    /// Until when the dealer may answer: milliseconds since 1970-01-01 UTC.
    pub deadline: u64,
    /// Whether an answer stands that settles it.
    pub is_settled: bool,
}

/// An attempt that was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Aborted {
    /// Its number, from 0.
    pub attempt: u32,
    /// The dealer at fault; none if the administrator began anew.
    pub culprit: Option<TrusteeIndex>,
}

/// What the election as a whole waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Stage {
    /// The manifest.
    Manifest,
    /// Trustees, to do this.
    Round(Round),
    /// Dealers, to answer complaints.
    Answers,
    /// The administrator, to begin the ceremony anew: the contributions make no safe key.
    NoKey,
    /// The ceremony is complete: the roll, and the time of opening.
    Opening,
    /// Voters, and the time of closing.
    Voting,
    /// Anyone who posts the results that follow from the shares.
    Results,
    /// Nothing: every contest has its result or is withheld.
    Counted,
    /// Nothing: voting was over before there was a key.
    Over,
}

/// What one trustee does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Next {
    /// The fingerprint is that of none of the trustees.
    NotATrustee,
    /// This round's message is due.
    Do(Round),
    /// An answer to a complaint about this trustee is due.
    Answer,
    /// The results follow from the shares that stand, and anyone may post them.
    Results,
    /// Nothing before others have acted.
    Wait,
    /// Nothing any more.
    Nothing,
}

/// One contest at the tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ContestStanding {
    /// Its number, from 0.
    pub contest: u16,
    /// What became of it.
    pub outcome: ContestOutcome,
}

/// What became of a contest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum ContestOutcome {
    /// Too few ballots in a group: it is never decrypted.
    Withheld,
    /// So many trustees' shares stand, and so many are missing.
    Pending {
        /// Shares that stand.
        shares: usize,
        /// Shares that are missing until there are enough.
        missing: usize,
    },
    /// Its result stands.
    Counted,
}

/// The tally, from the closing on.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct TallyStanding {
    /// Statements that stand.
    pub statements: usize,
    /// Statements that rule out a second view.
    pub quorum: usize,
    /// Trustees who must decrypt.
    pub threshold: usize,
    /// Every contest, in order.
    pub contests: Vec<ContestStanding>,
}

impl TallyStanding {
    /// Statements that are missing until no second view can be stated.
    pub fn missing_statements(&self) -> usize {
        self.quorum.saturating_sub(self.statements)
    }
}

/// Where an election's ceremony and tally stand, and what one trustee does next.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Standing {
    /// The election.
    pub election: ElectionId,
    /// Entries of the log that this is about.
    pub size: u64,
    /// The phase.
    pub phase: Phase,
    /// When voting opens and closes by the manifest, milliseconds since 1970-01-01 UTC; none before it stands.
    pub times: Option<(u64, u64)>,
    /// t of n; none before the manifest stands.
    pub threshold: Option<usize>,
    /// The attempt at the ceremony, from 0.
    pub attempt: u32,
    /// Attempts that were given up.
    pub aborted: Vec<Aborted>,
    /// Complaints of this attempt.
    pub complaints: Vec<ComplaintStanding>,
    /// The trustees, in order.
    pub trustees: Vec<TrusteeStanding>,
    /// What is waited for.
    pub stage: Stage,
    /// The tally, from the closing on.
    pub tally: Option<TallyStanding>,
    /// The trustee whose fingerprint was asked about.
    pub own: Option<TrusteeIndex>,
    /// What that trustee does next; without a fingerprint [`Next::Wait`] or [`Next::Nothing`].
    pub next: Next,
}

impl Standing {
    /// The standing by this log, for the trustee with this fingerprint.
    pub fn of(state: &ElectionState, fingerprint: Option<&Digest>) -> Self {
        let manifest = state.manifest().map(AsRef::as_ref);
        let stage = stage(state, manifest);
        let trustees = manifest.map(|manifest| trustees(state, manifest, stage)).unwrap_or_default();
        let own = trustees.iter().find(|trustee| Some(&trustee.fingerprint) == fingerprint);
        let own = own.map(|trustee| trustee.trustee);
        let ceremony = state.ceremony();
        let complaints = ceremony.complaints().iter().map(|about| ComplaintStanding {
            receiver: about.receiver,
            dealer: about.dealer,
            deadline: about.deadline,
            is_settled: about.answer.is_some(),
        });
        let aborted = ceremony.ended().iter().map(|ended| Aborted {
            attempt: ended.attempt,
            culprit: ended.culprit.and_then(TrusteeIndex::new),
        });
        let mut standing = Self {
            election: state.election(),
            size: state.size(),
            phase: state.phase(),
            times: manifest.map(|manifest| (manifest.opens, manifest.closes)),
            threshold: manifest.map(|manifest| manifest.threshold.into()),
            attempt: ceremony.attempt(),
            aborted: aborted.collect(),
            complaints: complaints.collect(),
            trustees,
            stage,
            tally: manifest.zip(state.tally()).map(|(manifest, tally)| tally_standing(manifest, tally)),
            own,
            next: Next::Wait,
        };
        standing.next = standing.next_of(fingerprint.is_some());
        standing
    }

    /// Trustees whose turn it is at the stage that the election is at, in order.
    pub fn waited_for(&self) -> Vec<TrusteeIndex> {
        match self.stage {
            Stage::Round(round) => {
                let due = self.trustees.iter().filter(|trustee| trustee.mark(round) == Mark::Due);
                due.map(|trustee| trustee.trustee).collect()
            }
            Stage::Answers => {
                let open = self.complaints.iter().filter(|complaint| !complaint.is_settled);
                let mut dealers: Vec<_> = open.map(|complaint| complaint.dealer).collect();
                dealers.sort_unstable();
                dealers.dedup();
                dealers
            }
            _ => Vec::new(),
        }
    }

    /// A trustee.
    pub fn trustee(&self, trustee: TrusteeIndex) -> Option<&TrusteeStanding> {
        self.trustees.get(trustee.position())
    }

    fn next_of(&self, is_asked: bool) -> Next {
        if matches!(self.stage, Stage::Counted | Stage::Over) {
            return Next::Nothing;
        }
        let Some(own) = self.own else {
            return if is_asked && self.stage != Stage::Manifest { Next::NotATrustee } else { Next::Wait };
        };
        let is_due = |round| self.trustee(own).is_some_and(|trustee| trustee.mark(round) == Mark::Due);
        match self.stage {
            Stage::Answers if self.waited_for().contains(&own) => Next::Answer,
            Stage::Results => Next::Results,
            Stage::Round(Round::Decryption) if is_due(Round::Statement) => Next::Do(Round::Statement),
            Stage::Round(round) if is_due(round) => Next::Do(round),
            _ => Next::Wait,
        }
    }
}

/// Whether a trustee did a round of the ceremony.
fn is_done(progress: &Progress, round: Round) -> bool {
    let Progress { trustee: _, registered, announced, committed, shared, confirmed, tested } = *progress;
    match round {
        Round::Registration => registered,
        Round::CommitmentHash => announced,
        Round::Commitments => committed,
        Round::Shares => shared,
        Round::Confirmation => confirmed,
        Round::TestDecryption => tested,
        Round::Statement | Round::Decryption => false,
    }
}

fn stage(state: &ElectionState, manifest: Option<&CheckedManifest>) -> Stage {
    let Some(manifest) = manifest else { return Stage::Manifest };
    let ceremony = state.ceremony();
    match (state.phase(), state.tally()) {
        (Phase::Manifest, _) => Stage::Manifest,
        (Phase::Setup, _) if ceremony.is_complete() => Stage::Opening,
        (Phase::Setup, _) => {
            let progress = ceremony.progress();
            let misses = |round: &Round| progress.iter().any(|progress| !is_done(progress, *round));
            let settled = ceremony.complaints().iter().all(|complaint| complaint.answer.is_some());
            match Round::CEREMONY.into_iter().find(misses) {
                Some(Round::Confirmation | Round::TestDecryption) if !settled => Stage::Answers,
                Some(Round::Confirmation) if matches!(ceremony.proposal(), Some(Err(_))) => Stage::NoKey,
                Some(round) => Stage::Round(round),
                None => Stage::Opening,
            }
        }
        (Phase::Open, _) => Stage::Voting,
        (Phase::Closed, Some(tally)) => tally_stage(&tally_standing(manifest, tally)),
        (Phase::Closed | Phase::Counted, _) if state.opening_time().is_none() => Stage::Over,
        (Phase::Closed, None) | (Phase::Counted, _) => Stage::Counted,
    }
}

/// Statements come first, shares when so many stand that no second view can be stated; or when trustees are lost and
/// the others have begun all the same, as people decided.
fn tally_stage(tally: &TallyStanding) -> Stage {
    let pending = || {
        tally.contests.iter().filter_map(|contest| match contest.outcome {
            ContestOutcome::Pending { shares, missing } => Some((shares, missing)),
            ContestOutcome::Withheld | ContestOutcome::Counted => None,
        })
    };
    let has_begun = pending().any(|(shares, _)| shares > 0);
    if pending().any(|(_, missing)| missing == 0) {
        Stage::Results
    } else if tally.missing_statements() > 0 && !has_begun {
        Stage::Round(Round::Statement)
    } else {
        Stage::Round(Round::Decryption)
    }
}

fn tally_standing(manifest: &CheckedManifest, tally: &Tally) -> TallyStanding {
    let threshold = usize::from(manifest.threshold);
    let contests = (0u16..).take(manifest.contests.len()).map(|contest| {
        let shares = tally.shares(contest).map_or(0, |shares| shares.len());
        let outcome = if tally.withheld().contains(&contest) {
            ContestOutcome::Withheld
        } else if tally.result(contest).is_some() {
            ContestOutcome::Counted
        } else {
            ContestOutcome::Pending { shares, missing: threshold.saturating_sub(shares) }
        };
        ContestStanding { contest, outcome }
    });
    TallyStanding {
        statements: tally.statements().len(),
        quorum: statement_quorum(manifest.trustees.len(), threshold),
        threshold,
        contests: contests.collect(),
    }
}

fn trustees(state: &ElectionState, manifest: &CheckedManifest, stage: Stage) -> Vec<TrusteeStanding> {
    let progress = state.ceremony().progress();
    let named = manifest.trustees.iter().zip(&progress);
    named
        .map(|(info, progress)| {
            let trustee = progress.trustee;
            let mut marks =
                Round::CEREMONY.into_iter().chain(Round::TALLY).map(|round| match state.tally() {
                    _ if is_done(progress, round) => Mark::Done,
                    Some(tally) if has_tallied(tally, trustee, round) => Mark::Done,
                    _ if matches!(stage, Stage::Counted | Stage::Over | Stage::Results) => Mark::Spared,
                    // a statement that is missing is welcome as long as shares are
                    Some(_) if round == Round::Statement => Mark::Due,
                    _ if stage == Stage::Round(round) => Mark::Due,
                    _ => Mark::Later,
                });
            let marks = std::array::from_fn(|_| marks.next().unwrap_or(Mark::Later));
            TrusteeStanding { trustee, name: info.name.clone(), fingerprint: info.fingerprint, marks }
        })
        .collect()
}

/// Whether a trustee did a round of the tally: a statement, or a share of every contest that still needed one.
fn has_tallied(tally: &Tally, trustee: TrusteeIndex, round: Round) -> bool {
    let shared = |contest| tally.shares(contest).is_some_and(|shares| shares.contains_key(&trustee));
    match round {
        Round::Statement => tally.statements().contains(&trustee),
        Round::Decryption => {
            let is_over = |contest| shared(contest) || tally.result(contest).is_some();
            tally.decrypted().any(shared) && tally.decrypted().all(is_over)
        }
        _ => false,
    }
}
