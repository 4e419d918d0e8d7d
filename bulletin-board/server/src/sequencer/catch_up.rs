//! A store that is an old copy is brought up to what the board signed since, from a mirror of it.
//!
//! Nothing new is signed. The board log of the source, under a checkpoint that this board signed, says which heads of
//! which logs were signed: each of its batches ends with a head of the board log, and each anchor is a head of an
//! election's log. Entries go through the same rules as at a start. Ed25519 is deterministic, so the heads that the
//! store gets are the signatures that were given out before; at the end they are compared with the source's.
//!
//! Several batches become one commit. The store then lacks the heads between them, which nobody asks a store for.

use std::collections::BTreeMap;
use std::sync::Arc;

use tabella_board_client::transport::Transport;
use tabella_board_client::{Board, ClientError, Contradiction, ForkKind, LogView};
use tabella_board_core::board::{BoardMismatch, BoardRefusal, BoardState, check_board};
use tabella_board_core::check::Refusal;
use tabella_board_core::entry::{Anchor, BoardEntry, election_origin};
use tabella_board_core::state::CheckedEntry;
use tabella_crypto::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint, sign_checkpoint};
use tabella_crypto::codec::CodecError;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::signature::SigningKey;

use super::append::Appender;
use super::election::{ElectionLog, Staged, StoredLog};
use super::limits::CredentialLimits;
use super::{Fatal, Observer, StartError, ballots, start};
use crate::store::{Batch, LogBatch, LogId, Store, StoreError};

/// Entries of the board log after which a commit is made.
const BOARD_ENTRIES: usize = 2_048;
/// Entries of election logs after which a commit is made: they are held in memory until then.
const ENTRIES: u64 = 8_192;

/// What was brought.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaughtUp {
    /// The head of the board log now.
    pub head: Checkpoint,
    /// Entries of the board log that were missing.
    pub board: u64,
    /// Entries of election logs that were missing.
    pub entries: u64,
}

/// What is wrong with an entry of a board log.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It cannot be read.
    #[error(transparent)]
    Form(CodecError),
    /// It breaks the rules.
    #[error(transparent)]
    Rules(BoardRefusal),
}

/// Why a store is not brought up to its mirror.
#[derive(Debug, thiserror::Error)]
pub enum CatchUpError {
    /// The store as it is.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The source, or what it sent.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// An entry of the source's board log that is none, or that the rules refuse.
    #[error(
        "entry {0} of the source's board log is refused ({1}): use another mirror, or the program's newest version"
    )]
    BoardEntry(u64, Refused),
    /// The same of an election's log.
    #[error(
        "entry {1} of the source's log of election {0} is refused ({2}): use another mirror, or the program's newest \
         version"
    )]
    Entry(ElectionId, u64, Box<Refusal>),
    /// The source is of another operator.
    #[error(
        "the source is a mirror of another board: its operator's key is not the one in this folder; name a mirror of this \
         board, or put the right operator.key there"
    )]
    OtherBoard,
    /// The source has a head of an election's log that its board log does not anchor.
    #[error(
        "the source has more of election {0} than its board log names: nothing was written; let the mirror finish its \
         round, then catch up again"
    )]
    Unfinished(ElectionId),
    /// An election of which no head is anchored.
    #[error("the board log of the source anchors nothing of election {0}: use another mirror")]
    NoAnchor(ElectionId),
    /// An anchor that is not of the log that the source has.
    #[error(
        "the entries of election {0} do not have the root that the board log anchors: use another mirror"
    )]
    Anchor(ElectionId),
    /// An election of another board.
    #[error("election {0} does not belong to this board ({1}): use another mirror")]
    Mismatch(ElectionId, BoardMismatch),
    /// What was signed now is not what was signed then.
    #[error(
        "the checkpoint of {0} in the store is not, byte by byte, the one that the source has: do not start this store"
    )]
    Differs(String),
}

impl CatchUpError {
    /// What to do about it, where the error itself does not say it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Client(error) => Some(error.hint()),
            _ => None,
        }
    }
}

impl From<StoreError> for CatchUpError {
    fn from(error: StoreError) -> Self {
        Self::Start(error.into())
    }
}

impl From<Fatal> for CatchUpError {
    fn from(error: Fatal) -> Self {
        Self::Start(error.into())
    }
}

impl From<CheckpointError> for CatchUpError {
    fn from(error: CheckpointError) -> Self {
        Fatal::from(error).into()
    }
}

/// Brings the store up to the source, whose board log must continue it (checked by whoever connected, and again by the
/// rules). A store without a board takes all of it. `progress` is told the entries of the board log done and all.
pub async fn catch_up<T: Transport>(
    store: Arc<dyn Store>,
    key: SigningKey,
    source: &Board<T>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<CaughtUp, CatchUpError> {
    if source.key().verifying_key() != key.verifying_key() {
        return Err(CatchUpError::OtherBoard);
    }
    // nobody waits, and nothing is measured
    let observer: Arc<dyn Observer> = Arc::new(());
    let limits = CredentialLimits::default();
    let mut expected = store.head(LogId::Board)?.map(|head| head.claimed().clone());
    let appender = match expected {
        Some(_) => start::load(store.clone(), key, limits, observer)?.0,
        None => Appender {
            store,
            key,
            origin: source.genesis().origin.clone(),
            board: BoardState::new(),
            board_log: StoredLog::default(),
            elections: BTreeMap::new(),
            limits,
            observer,
        },
    };
    let mut tail = Tail::read(appender, source).await?;
    let before = tail.appender.board.size();
    let mut entries = 0;
    let mut group = Vec::new();
    let all = std::mem::take(&mut tail.entries);
    let mut rest = all.into_iter().peekable();
    while let Some(bytes) = rest.next() {
        group.push(bytes);
        // a batch ends where the next one's block stands
        let ends =
            rest.peek().is_none_or(|next| matches!(BoardEntry::decode(next), Ok(BoardEntry::Block(_))));
        let is_large = group.len() >= BOARD_ENTRIES || tail.announced(&group) >= ENTRIES;
        if rest.peek().is_none() || (ends && is_large) {
            let batch = Batch { logs: tail.logs(std::mem::take(&mut group), &mut entries).await?, expected };
            tail.appender.store.commit(&batch)?;
            expected = batch.logs.last().map(|log| log.checkpoint.claimed().clone());
            progress(tail.appender.board.size(), tail.head.claimed().size());
        }
    }
    tail.compare()?;
    let head = tail.head.claimed().clone();
    Ok(CaughtUp { board: head.size() - before, head, entries })
}

/// What the source has beyond the store.
struct Tail<T> {
    appender: Appender,
    /// The source's checkpoint of the board log.
    head: SignedCheckpoint,
    /// Entries of the board log that the store lacks.
    entries: Vec<Vec<u8>>,
    /// The logs of elections that have grown, each read under its last anchor.
    logs: BTreeMap<ElectionId, LogView<T>>,
    /// The source's checkpoints of elections' logs.
    heads: Vec<SignedCheckpoint>,
}

impl<T: Transport> Tail<T> {
    async fn read(appender: Appender, source: &Board<T>) -> Result<Self, CatchUpError> {
        let mut log = source.log();
        let size = log.refresh().await?.size();
        let head = log.note().cloned().ok_or(StoreError::Damaged("a checkpoint is missing"))?;
        let mut board = appender.board.clone();
        let entries = log.entries(board.size()..size, |_, _| ()).await?;
        for bytes in &entries {
            apply(&mut board, bytes)?;
        }
        let mut tail = Self { appender, head, entries, logs: BTreeMap::new(), heads: Vec::new() };
        for (election, known) in board.elections() {
            let (_, anchor) = known.anchor().ok_or(CatchUpError::NoAnchor(*election))?;
            tail.open(source, *election, anchor).await?;
        }
        Ok(tail)
    }

    /// Looks at the source's checkpoint of an election's log, which must be anchored or older, and opens the log under
    /// the last anchor if the store has less.
    async fn open(
        &mut self,
        source: &Board<T>,
        election: ElectionId,
        anchor: Anchor,
    ) -> Result<(), CatchUpError> {
        let Appender { key, origin, elections, .. } = &self.appender;
        let checkpoint = Checkpoint::new(&election_origin(origin, election), anchor.size, anchor.root)?;
        // it was signed before: the board log says so
        let signed = sign_checkpoint(&checkpoint, key)?;
        let mut log = source.election_log(election)?;
        match log.refresh().await {
            Ok(head) if head.size() > anchor.size => return Err(CatchUpError::Unfinished(election)),
            Ok(head) if head.size() == anchor.size && head.root() != anchor.root => {
                let shown = log.note().unwrap_or(&signed);
                let contradiction =
                    Contradiction::between(source.key(), ForkKind::SameSize, &signed, shown, Vec::new());
                return Err(match contradiction {
                    Ok(contradiction) => ClientError::Fork(Box::new(contradiction)).into(),
                    Err(_) => CatchUpError::Anchor(election),
                });
            }
            Ok(_) => self.heads.extend(log.note().cloned()),
            // a mirror that was stopped before it published this log's first checkpoint
            Err(ClientError::NotABoard { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        if elections.get(&election).is_none_or(|log| log.stored.size() < anchor.size) {
            let _head = log.follow(signed.encode().as_bytes()).await?;
            self.logs.insert(election, log);
        }
        Ok(())
    }

    /// Entries of election logs that these entries of the board log anchor.
    fn announced(&self, group: &[Vec<u8>]) -> u64 {
        let mut last: BTreeMap<ElectionId, u64> = BTreeMap::new();
        for bytes in group {
            if let Ok(BoardEntry::Anchor(anchor)) = BoardEntry::decode(bytes) {
                last.insert(anchor.election, anchor.size);
            }
        }
        let stored = |election| self.appender.elections.get(election).map_or(0, |log| log.stored.size());
        last.iter().map(|(election, size)| size.saturating_sub(stored(election))).sum()
    }

    /// What whole batches of the board log bring to all logs.
    async fn logs(&mut self, group: Vec<Vec<u8>>, taken: &mut u64) -> Result<Vec<LogBatch>, CatchUpError> {
        let mut anchors: BTreeMap<ElectionId, Vec<Anchor>> = BTreeMap::new();
        let mut created = Vec::new();
        for bytes in &group {
            match apply(&mut self.appender.board, bytes)? {
                BoardEntry::Anchor(anchor) => anchors.entry(anchor.election).or_default().push(anchor),
                BoardEntry::Election(creation) => {
                    created.push(creation.election);
                    let log = ElectionLog::new(creation.election);
                    self.appender.elections.insert(creation.election, log);
                }
                _ => {}
            }
        }
        let mut logs = Vec::with_capacity(anchors.len() + 1);
        for (election, anchors) in anchors {
            *taken += self.take(election, &anchors).await?;
            let Appender { key, origin, elections, .. } = &mut self.appender;
            let log = elections.get_mut(&election).ok_or(CatchUpError::Anchor(election))?;
            let (origin, root) = (election_origin(origin, election), log.state.root());
            let staged = std::mem::take(&mut log.staged);
            logs.push(log.stored.seal(LogId::Election(election), &origin, staged, root, key)?);
        }
        for election in created {
            let log = self.appender.elections.get(&election);
            let manifest =
                log.and_then(|log| log.state.manifest()).ok_or(CatchUpError::NoAnchor(election))?;
            check_board(manifest, &self.appender.board)
                .map_err(|mismatch| CatchUpError::Mismatch(election, mismatch))?;
        }
        let mut staged = Staged::default();
        staged.entries = group;
        let Appender { key, origin, board, board_log, .. } = &mut self.appender;
        logs.push(board_log.seal(LogId::Board, origin, staged, board.root(), key)?);
        Ok(logs)
    }

    /// Takes an election's entries up to the last of these anchors, each of which must have the log's root.
    async fn take(&mut self, election: ElectionId, anchors: &[Anchor]) -> Result<u64, CatchUpError> {
        let wrong = || CatchUpError::Anchor(election);
        let source = self.logs.get_mut(&election).ok_or_else(wrong)?;
        let log = self.appender.elections.get_mut(&election).ok_or_else(wrong)?;
        let before = log.state.size();
        for anchor in anchors {
            while let Some(batch) = source.batch(log.state.size()..anchor.size).await? {
                fold(log, self.appender.store.as_ref(), batch.entries)?;
            }
            if (log.state.size(), log.state.root()) != (anchor.size, anchor.root) {
                return Err(wrong());
            }
        }
        Ok(log.state.size() - before)
    }

    /// The store's heads are the source's, to the byte.
    fn compare(&self) -> Result<(), CatchUpError> {
        let store = &self.appender.store;
        let own = store.head(LogId::Board)?.into_iter().map(|head| (head, &self.head));
        let mut pairs: Vec<(SignedCheckpoint, &SignedCheckpoint)> = own.collect();
        for theirs in &self.heads {
            let name =
                |id: &&ElectionId| election_origin(&self.appender.origin, **id) == theirs.claimed().origin();
            if let Some(election) = self.appender.elections.keys().find(name) {
                pairs.extend(store.head(LogId::Election(*election))?.map(|own| (own, theirs)));
            }
        }
        for (own, theirs) in pairs {
            // the source may have cosignatures beside the board's own, or be older
            let is_signed = own.signatures().iter().take(1).all(|line| theirs.signatures().contains(line));
            let is_older = theirs.claimed().size() < own.claimed().size();
            let is_same = own.claimed() == theirs.claimed() && is_signed;
            if !is_older && !is_same {
                return Err(CatchUpError::Differs(own.claimed().origin().to_owned()));
            }
        }
        Ok(())
    }
}

fn apply(board: &mut BoardState, bytes: &[u8]) -> Result<BoardEntry, CatchUpError> {
    let index = board.size();
    let entry =
        BoardEntry::decode(bytes).map_err(|error| CatchUpError::BoardEntry(index, Refused::Form(error)))?;
    board
        .apply(bytes, entry.clone())
        .map_err(|refusal| CatchUpError::BoardEntry(index, Refused::Rules(refusal)))?;
    Ok(entry)
}

/// Stages entries of an election's log by its rules. Ballots are checked together from the opening on.
fn fold(log: &mut ElectionLog, store: &dyn Store, entries: Vec<Vec<u8>>) -> Result<(), CatchUpError> {
    let election = log.state.election();
    let mut rest = entries.as_slice();
    while !rest.is_empty() {
        let context = log.state.ballot_context().cloned();
        let (now, later) = rest.split_at(if context.is_some() { rest.len() } else { 1 });
        for (bytes, checked) in now.iter().zip(ballots::check_stored(context.as_deref(), now)) {
            let index = log.state.size();
            checked
                .and_then(|entry: CheckedEntry| log.apply(store, bytes.clone(), entry))
                .map_err(|refusal| CatchUpError::Entry(election, index, Box::new(refusal)))?;
        }
        rest = later;
    }
    Ok(())
}
