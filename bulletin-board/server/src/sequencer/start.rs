//! The first batch of a board, and the way from a store back to the state: a fold over everything in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use tabella_board_core::board::{BoardState, check_genesis};
use tabella_board_core::entry::{BoardEntry, Genesis, election_origin};
use tabella_board_core::state::ElectionState;
use tabella_crypto::checkpoint::{NoteKey, SignedCheckpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::signature::SigningKey;

use super::append::{Appender, seal_board};
use super::election::{Earlier, ElectionLog, StoredLog};
use super::limits::CredentialLimits;
use super::{Observer, StartError, ballots};
use crate::publish::{Snapshot, board_info, election_view, release_info};
use crate::store::{Batch, LogId, Store, StoreError};

/// Entries that are read at once.
const CHUNK: u64 = 2_048;
/// A store whose first batch is not that of [`init`].
const NO_GENESIS: StoreError = StoreError::Damaged("the board log does not begin with a genesis");

/// Begins a board: block and genesis, signed and stored.
pub fn init(store: &dyn Store, key: &SigningKey, genesis: Genesis, now: u64) -> Result<(), StartError> {
    check_genesis(&genesis).map_err(StartError::Genesis)?;
    if genesis.operator != key.verifying_key() {
        return Err(StartError::OtherKey);
    }
    if store.head(LogId::Board)?.is_some() {
        return Err(StartError::AlreadyInitialised);
    }
    let origin = genesis.origin.clone();
    let (mut board, mut log) = (BoardState::new(), StoredLog::default());
    let entries = vec![BoardEntry::Block(board.next_block(now)), BoardEntry::Genesis(genesis)];
    let batch = seal_board(&mut board, &mut log, entries, &origin, key)?;
    Ok(store.commit(&Batch { expected: None, logs: vec![batch] })?)
}

/// Rebuilds everything from the store, and checks it on the way.
pub(super) fn load(
    store: Arc<dyn Store>,
    key: SigningKey,
    limits: CredentialLimits,
    observer: Arc<dyn Observer>,
) -> Result<(Appender, Snapshot), StartError> {
    let (board, board_log, head) = load_board(store.as_ref(), &key)?;
    let genesis = board.genesis().ok_or(NO_GENESIS)?;
    let (info, origin) = (Arc::new(board_info(genesis)?), genesis.origin.clone());
    let mut elections = BTreeMap::new();
    let mut views = BTreeMap::new();
    for (election, on_board) in board.elections() {
        let (log, head) = load_election(store.as_ref(), &key, &origin, *election)?;
        let anchored = on_board.anchor().is_some_and(|(_, anchor)| {
            (anchor.size, anchor.root) == (head.claimed().size(), head.claimed().root())
        });
        let view = election_view(&log.state, head, on_board).filter(|_| anchored);
        views.insert(*election, Arc::new(view.ok_or(StartError::Anchor(*election))?));
        elections.insert(*election, log);
    }
    if let Some(stray) = store.elections()?.into_iter().find(|election| !elections.contains_key(election)) {
        return Err(StartError::Anchor(stray));
    }
    let release = board.release().map(|(index, release)| release_info(index, release));
    let snapshot = Snapshot { info, board: Arc::new(head), release, elections: views };
    Ok((Appender { store, key, origin, board, board_log, elections, limits, observer }, snapshot))
}

fn load_board(
    store: &dyn Store,
    key: &SigningKey,
) -> Result<(BoardState, StoredLog, SignedCheckpoint), StartError> {
    let head = store.head(LogId::Board)?.ok_or(StoreError::Empty)?;
    let (mut board, mut log) = (BoardState::new(), StoredLog::default());
    for_chunks(store, LogId::Board, head.claimed().size(), |entries| {
        for bytes in entries {
            let index = board.size();
            let entry = BoardEntry::decode(bytes)
                .map_err(|_| StoreError::Damaged("an entry of the board log cannot be read"))?;
            board.apply(bytes, entry).map_err(|refusal| StartError::BoardEntry { index, refusal })?;
        }
        log.replay(entries);
        Ok(())
    })?;
    let genesis = board.genesis().ok_or(NO_GENESIS)?;
    if genesis.operator != key.verifying_key() {
        return Err(StartError::OtherKey);
    }
    check_head(&head, &genesis.origin, key, &log)?;
    Ok((board, log, head))
}

fn load_election(
    store: &dyn Store,
    key: &SigningKey,
    origin: &str,
    election: ElectionId,
) -> Result<(ElectionLog, SignedCheckpoint), StartError> {
    let id = LogId::Election(election);
    let head = store.head(id)?.ok_or(StartError::Anchor(election))?;
    let size = head.claimed().size();
    let earlier = Earlier { store, log: id, stored: size, staged: &[] };
    let mut log = ElectionLog::new(election);
    for_chunks(store, id, size, |entries| {
        let mut rest = entries;
        while !rest.is_empty() {
            let taken = fold(&mut log.state, rest, &earlier)?;
            rest = rest.get(taken..).unwrap_or_default();
        }
        log.stored.replay(entries);
        Ok(())
    })?;
    check_head(&head, &election_origin(origin, election), key, &log.stored)?;
    if log.state.root() != log.stored.root() {
        return Err(StartError::Root(head.claimed().origin().to_owned()));
    }
    Ok((log, head))
}

/// Applies entries, ballots checked together; says how many. Ballots can be checked from the opening on, so that
/// far and no further.
fn fold(state: &mut ElectionState, entries: &[Vec<u8>], earlier: &Earlier<'_>) -> Result<usize, StartError> {
    let election = state.election();
    let context = state.ballot_context().cloned();
    let checked: Box<dyn Iterator<Item = _>> = match &context {
        Some(context) => Box::new(ballots::check_stored(Some(context), entries).into_iter()),
        None => Box::new(
            entries.iter().flat_map(|bytes| ballots::check_stored(None, std::slice::from_ref(bytes))),
        ),
    };
    let mut applied = 0;
    for (bytes, entry) in entries.iter().zip(checked) {
        let index = state.size();
        entry.and_then(|entry| state.apply(bytes, entry, earlier)).map_err(|refusal| StartError::Entry {
            election,
            index,
            refusal: Box::new(refusal),
        })?;
        applied += 1;
        if context.is_none() && state.ballot_context().is_some() {
            break;
        }
    }
    Ok(applied)
}

fn for_chunks(
    store: &dyn Store,
    log: LogId,
    size: u64,
    mut take: impl FnMut(&[Vec<u8>]) -> Result<(), StartError>,
) -> Result<(), StartError> {
    let mut first = 0;
    while first < size {
        let end = size.min(first + CHUNK);
        take(&store.entries(log, first..end)?)?;
        first = end;
    }
    Ok(())
}

/// The signed head verifies under the board's key and is that of the stored tree.
fn check_head(
    head: &SignedCheckpoint,
    origin: &str,
    key: &SigningKey,
    log: &StoredLog,
) -> Result<(), StartError> {
    let log_key = NoteKey::log(origin, key.verifying_key())?;
    let verified = head
        .verify_ignoring_unknown(&log_key, &[])
        .map_err(|_| StartError::Head(head.claimed().origin().to_owned()))?;
    if (verified.size(), verified.root()) != (log.size(), log.root()) {
        return Err(StartError::Root(origin.to_owned()));
    }
    Ok(())
}
