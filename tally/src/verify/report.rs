//! What a verification found, for people and programs. Serialises to JSON; digests are hexadecimal.

use std::collections::BTreeMap;

use serde::Serialize;

use tabella_board_core::check::{Check, Refusal};
use tabella_board_core::state::{ElectionState, Phase, Tally, statement_quorum};
use tabella_crypto::SUITE;
use tabella_crypto::checkpoint::{NoteKey, VerifiedCheckpoint};

use super::failure::{Cause, Failure, Log, Place, Remedy};
use super::part::PartialResult;
use super::store::SavedHead;
use super::{Basis, Demands, Findings};

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Every item passes.
    Holds,
    /// An item does not.
    Fails,
    /// Items pass as far as the record goes: another check failed, or the election is still under way.
    SoFar,
    /// Nothing to check was reached.
    NotReached,
}

/// A line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Chapter and number in the specification.
    pub number: &'static str,
    /// What holds if the check passes.
    pub title: &'static str,
    /// Items that pass. Specification: "Checks", which says for each check what an item is.
    pub items: u64,
    /// Of these, those that this run did not look at itself: see [`Report::trusted`].
    pub items_by_others: u64,
    /// What became of it.
    pub status: Status,
}

/// The check that fails, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailureReport {
    /// Its number.
    pub check: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The log, `board` or `election`, where it is an entry that fails.
    pub log: Option<&'static str>,
    /// The entry's index in that log, from 0.
    pub entry: Option<u64>,
    /// The file, where it is a file that fails.
    pub file: Option<String>,
    /// The trustee who signed what breaks the rules, from 1.
    pub culprit: Option<u8>,
    /// What is wrong and what to do, in an English sentence.
    pub sentence: String,
    /// What to do, by kind; for people's reports, whose texts say it in their language.
    #[serde(skip)]
    pub remedy: Remedy,
}

/// The board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoardReport {
    /// Origin of the board log.
    pub origin: String,
    /// The key under which everything is signed, as a vkey: what `--board` takes.
    pub key: String,
    /// Fingerprint of the operator's key.
    pub fingerprint: String,
    /// Entries of the board log.
    pub size: u64,
    /// Root of the board log.
    pub root: String,
    /// Witnesses whose cosignature stands under the board's checkpoint.
    pub cosigned_by: Vec<String>,
}

/// The election, as far as its log goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ElectionReport {
    /// Its name: the hash of the manifest.
    pub id: String,
    /// Its title by language; empty before the manifest is complete.
    pub title: BTreeMap<String, String>,
    /// `manifest`, `setup`, `open`, `closed` or `counted`.
    pub phase: &'static str,
    /// Between which times voting was open.
    pub voting: VotingReport,
    /// Entries that were accepted.
    pub size: u64,
    /// Root of the log with these entries.
    pub root: String,
    /// Hash of the key ceremony's transcript, which every trustee confirmed.
    pub ceremony: Option<String>,
    /// The election key.
    pub key: Option<String>,
    /// Hash of the roll.
    pub roll: String,
    /// Voters on the roll.
    pub voters: u64,
    /// Ballots that count.
    pub ballots_counted: u64,
    /// Ballots cast, with those that a later one replaced.
    pub ballots_cast: u64,
    /// Ballots tested.
    pub ballots_tested: u64,
    /// From the closing on.
    pub tally: Option<TallyReport>,
}

/// When voting opened and closed: the log's time at the entries *open* and *close*, milliseconds since 1970-01-01 UTC.
/// The manifest has the times that were planned; an administrator may have the power to be early, and the clock is the
/// operator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct VotingReport {
    /// None if it has not opened, or the election ended without.
    pub opened: Option<u64>,
    /// None if it has not closed.
    pub closed: Option<u64>,
}

/// What is tallied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TallyReport {
    /// Entries of the log whose last is the closing.
    pub size: u64,
    /// Root of that log.
    pub root: String,
    /// Hash of the sum of the ballots that count.
    pub aggregate: String,
    /// The fingerprint that trustees compare.
    pub fingerprint: String,
    /// From the first decryption share on: how many trustees had stated before that they see this log. No check of
    /// the count: fewer than the quorum mean that secrecy rested on the board, which could have shown trustees two
    /// logs.
    pub release: Option<ReleaseReport>,
}

/// What stood on the log before the first decryption share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ReleaseReport {
    /// Trustees whose statement stood.
    pub statements: usize,
    /// How many must state one view so that fewer than t corrupt trustees cannot have two views decrypted.
    pub quorum: usize,
}

impl ReleaseReport {
    /// Whether there were enough.
    pub fn reached(&self) -> bool {
        self.statements >= self.quorum
    }
}

/// Somebody else's work that a verification rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum TrustReport {
    /// A shard.
    Shard {
        /// Its number, from 0.
        part: u32,
        /// How many there are.
        of: u32,
        /// What it calls itself; may be empty.
        label: String,
        /// Program and version.
        program: String,
        /// The checks that it answers for. Of 8.1 it is its part of the sum, which the trustees' statements confirm.
        checks: Vec<&'static str>,
        /// Ballots whose signature and proofs it verified.
        ballots: u64,
    },
    /// An earlier run of the same observer.
    EarlierRun {
        /// Entries of the election's log, from the first, whose ballots it verified.
        entries: u64,
        /// Root of the log with these entries.
        root: String,
        /// Ballots among them.
        ballots: u64,
    },
}

impl TrustReport {
    pub(super) fn of(basis: &Basis<'_>) -> Vec<Self> {
        match basis {
            Basis::Nothing => Vec::new(),
            Basis::Saved(saved) => {
                let SavedHead { size, root, items, .. } = saved.head();
                let proofs = items.iter().find(|(number, _)| number == Check::BallotProofs.number());
                let ballots = proofs.map_or(0, |(_, items)| *items);
                vec![Self::EarlierRun { entries: *size, root: root.to_hex(), ballots }]
            }
            Basis::Parts(parts) => parts.results().iter().map(Self::shard).collect(),
        }
    }

    fn shard(result: &PartialResult) -> Self {
        let checks = [Check::VoterSignatures, Check::BallotProofs, Check::Aggregate];
        Self::Shard {
            part: result.part.number(),
            of: result.part.of(),
            label: result.maker.label.clone(),
            program: result.maker.program.clone(),
            checks: checks.map(Check::number).to_vec(),
            ballots: result.counts.ballots(),
        }
    }
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The suite that was verified.
    pub suite: &'static str,
    /// Whether every check holds.
    pub verified: bool,
    /// Whether an election under way was accepted.
    pub partial: bool,
    /// The board, once its key is known.
    pub board: Option<BoardReport>,
    /// The election, once its log was looked at.
    pub election: Option<ElectionReport>,
    /// Whose work this verification rests on beside its own; empty if it did everything itself.
    pub trusted: Vec<TrustReport>,
    /// Every check, in order.
    pub checks: Vec<CheckReport>,
    /// What fails, if something does.
    pub failure: Option<FailureReport>,
}

impl Report {
    pub(super) fn new(findings: &Findings, demands: &Demands, failure: Option<&Failure>) -> Self {
        let failed = failure.map(Failure::check);
        let line = |check: Check| CheckReport {
            number: check.number(),
            title: check.title(),
            items: findings.ledger.items(check),
            items_by_others: findings.ledger.items_by_others(check),
            status: match findings.ledger.items(check) {
                _ if failed == Some(check) => Status::Fails,
                _ if findings.ledger.is_finished(check) => Status::Holds,
                0 => Status::NotReached,
                _ => Status::SoFar,
            },
        };
        Self {
            suite: SUITE,
            verified: failure.is_none(),
            partial: demands.partial,
            board: findings.board_key.as_ref().zip(findings.board_checkpoint.as_ref()).map(board_report),
            election: findings.state.as_ref().map(election_report),
            trusted: findings.trusted.clone(),
            checks: Check::ALL.into_iter().map(line).collect(),
            failure: failure.map(|failure| FailureReport::new(failure, findings)),
        }
    }
}

impl FailureReport {
    fn new(failure: &Failure, findings: &Findings) -> Self {
        let check = failure.check();
        let mut sentence = failure.cause.to_string();
        // whoever is blamed for another sum may be right: it came from shards
        let shards = findings.trusted.iter().any(|trusted| matches!(trusted, TrustReport::Shard { .. }));
        let sums = shards && matches!(failure.cause, Cause::Refused(Refusal::Tally(_)));
        if sums {
            sentence.push_str(
                "; but the sum is that of the shards, so one of them may be wrong: repeat the shards, or verify without \
                 them, before anybody is blamed",
            );
        }
        let (log, entry, file) = match &failure.place {
            Place::Record => (None, None, None),
            Place::File(path) => (None, None, Some(path.clone())),
            Place::Entry(Log::Board, index) => (Some("board"), Some(*index), None),
            Place::Entry(Log::Election, index) => (Some("election"), Some(*index), None),
        };
        Self {
            check: check.number(),
            title: check.title(),
            log,
            entry,
            file,
            culprit: failure.culprit().filter(|_| !sums).map(|trustee| trustee.number()),
            sentence,
            remedy: if sums { Remedy::RepeatShards } else { failure.cause.remedy() },
        }
    }
}

fn board_report((key, checkpoint): (&NoteKey, &VerifiedCheckpoint)) -> BoardReport {
    let cosigned_by = checkpoint.cosignatures().iter().map(|by| by.witness().name().to_owned());
    BoardReport {
        origin: key.name().to_owned(),
        key: key.to_vkey_string(),
        fingerprint: key.verifying_key().fingerprint().to_hex(),
        size: checkpoint.size(),
        root: checkpoint.root().to_hex(),
        cosigned_by: cosigned_by.collect(),
    }
}

fn election_report(state: &ElectionState) -> ElectionReport {
    let counts = state.counts();
    let title = state.manifest().map(|manifest| manifest.title.versions().iter().cloned().collect());
    ElectionReport {
        id: state.election().to_string(),
        title: title.unwrap_or_default(),
        phase: phase_name(state.phase()),
        voting: VotingReport { opened: state.opening_time(), closed: state.closing_time() },
        size: state.size(),
        root: state.root().to_hex(),
        ceremony: state.ceremony().key_set().map(|keys| keys.transcript_hash().to_hex()),
        key: state.ceremony().key_set().map(|keys| hex::encode(keys.key().encoded().0)),
        roll: state.roll().digest().to_hex(),
        voters: state.roll().len() as u64,
        ballots_counted: counts.counted,
        ballots_cast: counts.cast,
        ballots_tested: counts.challenged,
        tally: state.tally().map(|tally| TallyReport {
            size: tally.view().size,
            root: tally.view().root.to_hex(),
            aggregate: tally.view().aggregate.to_hex(),
            fingerprint: tally.view().digest(state.election()).to_hex(),
            release: release_report(state, tally),
        }),
    }
}

fn release_report(state: &ElectionState, tally: &Tally) -> Option<ReleaseReport> {
    let (statements, manifest) = (tally.statements_at_release()?, state.manifest()?);
    let quorum = statement_quorum(manifest.trustees.len(), usize::from(manifest.threshold));
    Some(ReleaseReport { statements, quorum })
}

/// A phase in one word, as reports and results say it.
pub(crate) fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Manifest => "manifest",
        Phase::Setup => "setup",
        Phase::Open => "open",
        Phase::Closed => "closed",
        Phase::Counted => "counted",
    }
}
