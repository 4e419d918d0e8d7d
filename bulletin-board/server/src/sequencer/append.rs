//! One proposal becomes one commit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use tabella_board_core::board::release::check_release;
use tabella_board_core::board::{BoardRefusal, BoardState, check_creation};
use tabella_board_core::entry::{
    Anchor, BoardEntry, ElectionCreated, Entry, Release, election_origin, manifest_parts,
};
use tabella_board_core::state::{CheckedEntry, VoterState};
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::signature::SigningKey;
use tabella_crypto::transcript::Digest;

use super::election::{ElectionLog, Staged, StoredLog};
use super::limits::CredentialLimits;
use super::{Accepted, ElectionRefusal, Fatal, Observer, Outcome, SubmitError};
use crate::engine::{Proposal, Submission, SubmissionId};
use crate::publish::{Snapshot, election_view, release_info};
use crate::store::{Batch, LogBatch, LogId, Store};

/// The owner of all state.
pub(super) struct Appender {
    pub(super) store: Arc<dyn Store>,
    pub(super) key: SigningKey,
    pub(super) origin: String,
    pub(super) board: BoardState,
    pub(super) board_log: StoredLog,
    pub(super) elections: BTreeMap<ElectionId, ElectionLog>,
    pub(super) limits: CredentialLimits,
    pub(super) observer: Arc<dyn Observer>,
}

/// What has become of a proposal, durably.
#[must_use]
pub(super) struct Appended {
    /// What everybody who submitted is to be told, once the snapshot is published.
    pub(super) outcomes: Vec<(SubmissionId, Outcome)>,
    /// The new heads; none if nothing is new.
    pub(super) snapshot: Option<Snapshot>,
}

/// What a proposal brings, before it is committed.
#[derive(Default)]
struct Turn {
    created: Vec<ElectionCreated>,
    releases: Vec<Release>,
    touched: BTreeSet<ElectionId>,
    outcomes: Vec<(SubmissionId, Outcome)>,
}

impl Appender {
    /// A voter, as of the last commit.
    pub(super) fn voter(&self, election: ElectionId, credential: &Credential) -> Option<VoterState> {
        self.elections.get(&election)?.state.voter(credential).copied()
    }

    /// Time of the newest block of all logs.
    pub(super) fn last_time(&self) -> u64 {
        let elections = self.elections.values().map(|log| log.state.time());
        elections.chain([self.board.time()]).max().unwrap_or(0)
    }

    /// An election in which something is due by this time.
    pub(super) fn due_by(&self, time: u64) -> Option<ElectionId> {
        self.elections.iter().find(|(_, log)| log.state.due_at(time)).map(|(id, _)| *id)
    }

    /// Appends what the rules accept of a proposal, and what is due by its time. When this returns, that is
    /// durable. After an error the state is good for nothing.
    pub(super) fn append(&mut self, proposal: Proposal, previous: &Snapshot) -> Result<Appended, Fatal> {
        let Proposal { time, submissions } = proposal;
        let (begun, count) = (Instant::now(), submissions.len());
        let mut turn = Turn::default();
        let mut entries: BTreeMap<ElectionId, Vec<(SubmissionId, Vec<u8>)>> = BTreeMap::new();
        for (id, submission) in submissions {
            match submission {
                Submission::Election { creation, manifest } => {
                    let outcome = self.create(&mut turn, time, creation, &manifest);
                    turn.outcomes.push((id, outcome));
                }
                Submission::Release(release) => {
                    let outcome = self.release(&mut turn, release);
                    turn.outcomes.push((id, outcome));
                }
                Submission::Entry { election, bytes } => {
                    entries.entry(election).or_default().push((id, bytes))
                }
            }
        }
        for (election, submissions) in entries {
            self.append_to(&mut turn, time, election, submissions)?;
        }
        // what a block at this time makes due, in elections that nobody wrote to
        let due = |(id, log): (&ElectionId, &ElectionLog)| log.state.due_at(time).then_some(*id);
        for election in self.elections.iter().filter_map(due).collect::<Vec<_>>() {
            self.append_to(&mut turn, time, election, Vec::new())?;
        }
        let Turn { created, releases, touched, outcomes } = turn;
        self.observer.checked(count, begun.elapsed());
        if touched.is_empty() && releases.is_empty() {
            return Ok(Appended { outcomes, snapshot: None });
        }
        let created = created.into_iter().map(BoardEntry::Election);
        let brought = created.chain(releases.into_iter().map(BoardEntry::Release)).collect();
        let snapshot = Some(self.commit(time, brought, touched, previous)?);
        Ok(Appended { outcomes, snapshot })
    }

    /// A new election's log begins with a block and the manifest.
    fn create(
        &mut self,
        turn: &mut Turn,
        time: u64,
        creation: ElectionCreated,
        manifest: &[u8],
    ) -> Result<Accepted, SubmitError> {
        let election = creation.election;
        if self.elections.contains_key(&election) {
            return Ok(Accepted { election, index: 0, fresh: false });
        }
        self.board.admit(&BoardEntry::Election(creation.clone())).map_err(ElectionRefusal::Board)?;
        let mut log = ElectionLog::new(election);
        let first = Entry::Block(log.state.next_block(time));
        let parts = manifest_parts(manifest).into_iter().map(Entry::Manifest);
        for entry in std::iter::once(first).chain(parts) {
            let bytes = entry.encode();
            log.apply(self.store.as_ref(), bytes, CheckedEntry::Other(Box::new(entry)))
                .map_err(ElectionRefusal::Log)?;
        }
        let manifest = log.state.manifest().ok_or(ElectionRefusal::Incomplete)?;
        let genesis = self.board.genesis().ok_or(ElectionRefusal::Board(BoardRefusal::BlockMissing))?;
        check_creation(manifest, genesis, &creation).map_err(ElectionRefusal::Mismatch)?;
        if log.state.due().is_some() {
            return Err(ElectionRefusal::Over.into());
        }
        turn.created.push(creation);
        turn.touched.insert(election);
        self.elections.insert(election, log);
        Ok(Accepted { election, index: 0, fresh: true })
    }

    /// A release of the web app, unless it is the last one already.
    fn release(&self, turn: &mut Turn, release: Release) -> Result<Accepted, SubmitError> {
        check_release(&release).map_err(BoardRefusal::Release)?;
        let last = turn.releases.last().or(self.board.release().map(|(_, last)| last));
        let fresh = last != Some(&release);
        if fresh {
            turn.releases.push(release);
        }
        Ok(Accepted { election: ElectionId(Digest::default()), index: 0, fresh })
    }

    /// A batch for one election, less what stands already.
    fn append_to(
        &mut self,
        turn: &mut Turn,
        time: u64,
        election: ElectionId,
        submissions: Vec<(SubmissionId, Vec<u8>)>,
    ) -> Result<(), Fatal> {
        let Some(log) = self.elections.get_mut(&election) else {
            let unknown = submissions.into_iter().map(|(id, _)| (id, Err(SubmitError::UnknownElection)));
            turn.outcomes.extend(unknown);
            return Ok(());
        };
        let mut fresh = Vec::with_capacity(submissions.len());
        for (id, bytes) in submissions {
            match self.store.find_entry(election, id.1)? {
                Some(index) => turn.outcomes.push((id, Ok(Accepted { election, index, fresh: false }))),
                None => fresh.push((id, bytes)),
            }
        }
        if fresh.is_empty() && !log.state.due_at(time) {
            return Ok(());
        }
        let results = log.append(self.store.as_ref(), time, fresh, &self.limits)?;
        let accepted = |index| Accepted { election, index, fresh: true };
        turn.outcomes.extend(results.into_iter().map(|(id, result)| (id, result.map(accepted))));
        if !log.staged.entries.is_empty() {
            turn.touched.insert(election);
        }
        Ok(())
    }

    /// Anchors, signs and stores; gives what is to be published.
    fn commit(
        &mut self,
        time: u64,
        brought: Vec<BoardEntry>,
        touched: BTreeSet<ElectionId>,
        previous: &Snapshot,
    ) -> Result<Snapshot, Fatal> {
        let mut logs: Vec<LogBatch> = Vec::with_capacity(touched.len() + 1);
        for election in touched {
            let Some(log) = self.elections.get_mut(&election) else { continue };
            let (origin, root) = (election_origin(&self.origin, election), log.state.root());
            let staged = std::mem::take(&mut log.staged);
            logs.push(log.stored.seal(LogId::Election(election), &origin, staged, root, &self.key)?);
        }
        let block = BoardEntry::Block(self.board.next_block(time));
        let anchors = logs.iter().filter_map(|log| match log.log {
            LogId::Board => None,
            LogId::Election(election) => {
                let head = log.checkpoint.claimed();
                Some(BoardEntry::Anchor(Anchor { election, size: head.size(), root: head.root() }))
            }
        });
        let entries: Vec<BoardEntry> = std::iter::once(block).chain(brought).chain(anchors).collect();
        logs.push(seal_board(&mut self.board, &mut self.board_log, entries, &self.origin, &self.key)?);

        let batch = Batch { expected: Some(previous.board.claimed().clone()), logs };
        let begun = Instant::now();
        self.store.commit(&batch)?;
        self.observer.committed(&batch, begun.elapsed());
        Ok(self.snapshot(batch.logs, previous))
    }

    /// The heads after a batch.
    pub(super) fn snapshot(&self, logs: Vec<LogBatch>, previous: &Snapshot) -> Snapshot {
        let mut snapshot = previous.clone();
        snapshot.release = self.board.release().map(|(index, release)| release_info(index, release));
        for LogBatch { log, checkpoint, .. } in logs {
            let LogId::Election(election) = log else {
                snapshot.board = Arc::new(checkpoint);
                continue;
            };
            let (Some(log), Some(on_board)) =
                (self.elections.get(&election), self.board.elections().get(&election))
            else {
                continue;
            };
            let view = election_view(&log.state, checkpoint, on_board);
            snapshot.elections.extend(view.map(|view| (election, Arc::new(view))));
        }
        snapshot
    }
}

/// Appends entries to the board log and signs its new head.
pub(super) fn seal_board(
    board: &mut BoardState,
    log: &mut StoredLog,
    entries: Vec<BoardEntry>,
    origin: &str,
    key: &SigningKey,
) -> Result<LogBatch, Fatal> {
    let mut staged = Staged::default();
    for entry in entries {
        let bytes = entry.encode();
        board.apply(&bytes, entry)?;
        staged.entries.push(bytes);
    }
    log.seal(LogId::Board, origin, staged, board.root(), key)
}

impl From<BoardRefusal> for SubmitError {
    fn from(refusal: BoardRefusal) -> Self {
        Self::Election(refusal.into())
    }
}
