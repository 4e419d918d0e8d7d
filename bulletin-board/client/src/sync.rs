//! An election as it follows from its log: every entry fetched, verified under the log's root and held against the
//! rules, so that nothing the board says of itself is needed.

use rand_core::{CryptoRng, RngCore};

use tabella_board_core::board::check_origin;
use tabella_board_core::check::{BallotRefusal, Refusal};
use tabella_board_core::entry::Entry;
use tabella_board_core::state::{CheckedEntry, ElectionState, EntrySource, check_ballots};
use tabella_crypto::ballot::Disposition;
use tabella_crypto::manifest::ElectionId;

use crate::board::Board;
use crate::error::{ClientError, Tampering};
use crate::log::LogView;
use crate::transport::{Http, Transport};

/// Where the entries of a log are kept while it is read: a recast takes the ballot before it back, and an
/// opening needs the ballot that it opens.
pub trait EntryStore: EntrySource {
    /// Adds the next entry.
    fn push(&mut self, entry: Vec<u8>) -> std::io::Result<()>;
}

impl EntryStore for Vec<Vec<u8>> {
    fn push(&mut self, entry: Vec<u8>) -> std::io::Result<()> {
        self.push(entry);
        Ok(())
    }
}

/// An election's state, kept up with its log.
pub struct ElectionSync<T = Http, S = Vec<Vec<u8>>> {
    log: LogView<T>,
    state: ElectionState,
    entries: S,
}

impl<T: Transport, S: EntryStore> ElectionSync<T, S> {
    /// An election of which nothing has been read yet; `entries` is empty.
    pub fn new(board: &Board<T>, election: ElectionId, entries: S) -> Result<Self, ClientError> {
        Ok(Self { log: board.election_log(election)?, state: ElectionState::new(election), entries })
    }

    /// The election as far as it was read.
    pub fn state(&self) -> &ElectionState {
        &self.state
    }

    /// The entries that were read.
    pub fn entries(&self) -> &S {
        &self.entries
    }

    /// The log, with the checkpoint that reading went by.
    pub fn log(&self) -> &LogView<T> {
        &self.log
    }

    /// Reads what the log has beyond what was read before. `progress` is told the entries read and those that
    /// the log has. On an error the state is that of a beginning of the log without the entry in question, and
    /// reading can go on from there; except that an election whose manifest is not for this board is an error as
    /// often as it is read.
    pub async fn advance(
        &mut self,
        rng: &mut (impl RngCore + CryptoRng),
        mut progress: impl FnMut(u64, u64),
    ) -> Result<&ElectionState, ClientError> {
        let head = self.log.refresh().await?;
        while let Some(batch) = self.log.batch(self.state.size()..head.size()).await? {
            self.fold(batch.entries, rng)?;
            self.check_board()?;
            progress(self.state.size(), head.size());
        }
        self.check_board()?;
        if self.state.root() != head.root() {
            let origin = self.log.origin().to_owned();
            return Err(ClientError::Tampered { origin, tampering: Tampering::Entries(0) });
        }
        Ok(&self.state)
    }

    /// The manifest is for this board, so that nobody votes on a copy of the election.
    fn check_board(&self) -> Result<(), ClientError> {
        match self.state.manifest() {
            Some(manifest) => Ok(check_origin(manifest, self.log.board().genesis())?),
            None => Ok(()),
        }
    }

    /// Applies entries. Ballots are checked together as soon as the election has what they are checked against.
    fn fold(
        &mut self,
        entries: Vec<Vec<u8>>,
        rng: &mut (impl RngCore + CryptoRng),
    ) -> Result<(), ClientError> {
        let mut rest = entries.into_iter();
        while self.state.ballot_context().is_none() {
            let Some(bytes) = rest.next() else { return Ok(()) };
            let entry = self.decode(self.state.size(), &bytes)?;
            let checked = CheckedEntry::check(None, entry, rng).map_err(|refusal| self.rules(refusal))?;
            self.apply(bytes, checked)?;
        }
        let rest: Vec<Vec<u8>> = rest.collect();
        let mut others = Vec::with_capacity(rest.len());
        let mut ballots = Vec::new();
        for (bytes, index) in rest.iter().zip(self.state.size()..) {
            others.push(match self.decode(index, bytes)? {
                Entry::Cast(ballot) => {
                    ballots.push((ballot, Disposition::Cast));
                    None
                }
                Entry::Challenge(ballot) => {
                    ballots.push((ballot, Disposition::Challenge));
                    None
                }
                other => Some(other),
            });
        }
        let mut ballots = match self.state.ballot_context() {
            Some(context) => check_ballots(context, ballots, rng).into_iter(),
            None => Vec::new().into_iter(),
        };
        for (bytes, other) in rest.into_iter().zip(others) {
            let checked = match other {
                Some(other) => CheckedEntry::Other(Box::new(other)),
                None => {
                    // one result for each ballot, in order
                    let ballot = ballots.next().ok_or_else(|| self.rules(BallotRefusal::NotOpen.into()))?;
                    let refuse = |error| self.rules(BallotRefusal::Proof(error).into());
                    CheckedEntry::Ballot(ballot.map_err(refuse)?)
                }
            };
            self.apply(bytes, checked)?;
        }
        Ok(())
    }

    fn apply(&mut self, bytes: Vec<u8>, entry: CheckedEntry) -> Result<(), ClientError> {
        self.state.apply(&bytes, entry, &self.entries).map_err(|refusal| self.rules(refusal))?;
        Ok(self.entries.push(bytes)?)
    }

    fn decode(&self, index: u64, bytes: &[u8]) -> Result<Entry, ClientError> {
        Entry::decode(bytes).map_err(|error| ClientError::Encoding {
            origin: self.log.origin().to_owned(),
            index,
            error,
        })
    }

    /// A refusal of the next entry.
    fn rules(&self, refusal: Refusal) -> ClientError {
        ClientError::Rules { index: self.state.size(), refusal: Box::new(refusal) }
    }
}
