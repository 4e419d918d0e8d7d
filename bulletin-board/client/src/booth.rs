//! What a ballot is encrypted for, from the log itself: the manifest whose hash is the election's name, the key that
//! all trustees confirmed, the voter's style on the roll; and what became of a ballot ([`ballots`]).
//!
//! The log is read and checked by the rules up to the entry that opens voting; ballots are not needed for that.
//! How often the voter has voted is the board's word: if it lies, it refuses the ballot, or the log shows it.

use std::sync::Arc;

use rand_core::{CryptoRng, RngCore};

use tabella_board_core::api::{CredentialStatus, PhaseName};
use tabella_board_core::board::check_origin;
use tabella_board_core::entry::Entry;
use tabella_board_core::state::{CheckedEntry, ElectionState, Phase, VoterState};
use tabella_crypto::ballot::{BallotContext, TrackingCode};
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::{ElectionId, Recasting};

use crate::board::Board;
use crate::error::ClientError;
use crate::log::LogView;
use crate::transport::{Http, Transport};

pub mod ballots;

pub use ballots::{Fate, FoundBallot};

/// Why there is nothing to vote on, or nobody to vote.
#[derive(Debug, thiserror::Error)]
pub enum BoothError {
    /// The board, or what it sent.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Not all parts of the manifest are on the log.
    #[error("this election's manifest is not complete yet: try again in a minute")]
    NoManifest,
    /// Before the opening.
    #[error("voting is not open yet: it opens at its time, once the trustees' key and the roll are complete")]
    NotOpen {
        /// When it opens by the manifest: milliseconds since 1970-01-01 UTC.
        opens: u64,
    },
    /// Closed, and never open.
    #[error("this election closed without ever having opened")]
    NeverOpened,
    /// Closed, by the board's word.
    #[error("voting is closed: no ballot is accepted any more")]
    Closed,
    /// A credential that is not on the roll.
    #[error(
        "this code belongs to nobody on this election's roll: check that it is the right election, and that the \
         registrar has not given you another code since"
    )]
    NotOnRoll,
    /// What the board says of a voter's ballots cannot all be true.
    #[error("the board contradicts itself about your earlier ballots: tell the election office")]
    Contradiction,
    /// One test more than the manifest allows.
    #[error("you have tested {tests} ballots, and the election allows no more")]
    TestLimit {
        /// Ballots tested.
        tests: u16,
        /// Most that the manifest allows.
        allowed: u16,
    },
    /// A second ballot where the first counts.
    #[error("you have voted already, and in this election the first ballot counts")]
    FirstOnly,
    /// One ballot more than the manifest allows.
    #[error("you have cast {cast} ballots, and the election allows no more: the last one counts")]
    CastLimit {
        /// Ballots cast.
        cast: u32,
        /// Most that the manifest allows.
        allowed: u16,
    },
    /// The entry that the board names is not the ballot asked for.
    #[error("the board points to entry {0}, which is another: tell the election office")]
    OtherBallot(u64),
    /// A log without a beginning.
    #[error("the log has no block before entry {0}")]
    NoBlock(u64),
}

/// A voter's standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The ballot style, from the roll.
    pub style: u16,
    /// The last cast ballot, as (counter, tracking code), by the board's word.
    pub previous: Option<(u16, TrackingCode)>,
    /// Ballots tested, likewise.
    pub tests: u16,
}

/// An election as its log has it up to the opening of voting, or so far.
pub struct Booth<T = Http> {
    log: LogView<T>,
    state: ElectionState,
}

impl<T: Transport> Booth<T> {
    /// An election of which nothing has been read yet.
    pub fn new(board: &Board<T>, election: ElectionId) -> Result<Self, ClientError> {
        Ok(Self { log: board.election_log(election)?, state: ElectionState::new(election) })
    }

    /// Reads the log from where it was left up to the entry that opens voting, or closes it unopened, or up to its
    /// end; nothing is asked of the board once that entry was read. `progress` is told how many entries were read in
    /// all. On an error the state is that of a beginning of the log, and reading can go on from there; except that an
    /// election whose manifest is not for this board is an error as often as it is read.
    pub async fn advance(
        &mut self,
        rng: &mut (impl RngCore + CryptoRng),
        mut progress: impl FnMut(u64),
    ) -> Result<&ElectionState, ClientError> {
        self.check_board()?;
        if self.is_read() {
            return Ok(&self.state);
        }
        let head = self.log.refresh().await?;
        while let Some(batch) = self.log.batch(self.state.size()..head.size()).await? {
            for bytes in batch.entries {
                self.apply(&bytes, rng)?;
                if self.is_read() {
                    break;
                }
            }
            self.check_board()?;
            progress(self.state.size());
            if self.is_read() {
                break;
            }
        }
        Ok(&self.state)
    }

    /// Whether all that matters for voting was read.
    fn is_read(&self) -> bool {
        matches!(self.state.phase(), Phase::Open | Phase::Closed | Phase::Counted)
    }

    fn apply(&mut self, bytes: &[u8], rng: &mut (impl RngCore + CryptoRng)) -> Result<(), ClientError> {
        let index = self.state.size();
        let origin = || self.log.origin().to_owned();
        let entry =
            Entry::decode(bytes).map_err(|error| ClientError::Encoding { origin: origin(), index, error })?;
        let refuse = |refusal| ClientError::Rules { index, refusal: Box::new(refusal) };
        let checked = CheckedEntry::check(None, entry, rng).map_err(refuse)?;
        // before the opening no rule looks back at an entry
        let earlier: Vec<Vec<u8>> = Vec::new();
        self.state.apply(bytes, checked, &earlier).map_err(refuse)
    }

    /// Nobody votes on a copy of the election.
    fn check_board(&self) -> Result<(), ClientError> {
        match self.state.manifest() {
            Some(manifest) => Ok(check_origin(manifest, self.board().genesis())?),
            None => Ok(()),
        }
    }

    /// The election as far as it was read: at the latest as it was when voting opened.
    pub fn state(&self) -> &ElectionState {
        &self.state
    }

    /// The election.
    pub fn election(&self) -> ElectionId {
        self.state.election()
    }

    /// The board.
    pub fn board(&self) -> &Board<T> {
        self.log.board()
    }

    /// The election's log.
    pub fn log(&self) -> &LogView<T> {
        &self.log
    }

    /// The election's log, to read on.
    pub fn log_mut(&mut self) -> &mut LogView<T> {
        &mut self.log
    }

    /// What ballots are made and checked against: there from the opening on.
    pub fn context(&self) -> Result<&Arc<BallotContext>, BoothError> {
        match (self.state.ballot_context(), self.state.phase(), self.state.manifest()) {
            (Some(context), _, _) => Ok(context),
            (None, Phase::Closed | Phase::Counted, _) => Err(BoothError::NeverOpened),
            (None, _, Some(manifest)) => Err(BoothError::NotOpen { opens: manifest.opens }),
            (None, _, None) => Err(BoothError::NoManifest),
        }
    }

    /// Refuses an election that is over, by the board's word.
    pub async fn check_open(&self) -> Result<(), BoothError> {
        match self.board().status(self.election()).await?.phase {
            PhaseName::Closed | PhaseName::Counted => Err(BoothError::Closed),
            PhaseName::Manifest | PhaseName::Setup | PhaseName::Open => Ok(()),
        }
    }

    /// A voter, from the roll.
    pub fn voter(&self, credential: &Credential) -> Result<&VoterState, BoothError> {
        self.state.voter(credential).ok_or(BoothError::NotOnRoll)
    }

    /// A voter's standing: the style from the roll, the ballots by the board's word.
    pub async fn standing(&self, credential: &Credential) -> Result<Standing, BoothError> {
        let style = self.voter(credential)?.style;
        let CredentialStatus { cast, tests, last, .. } =
            self.board().credential(self.election(), *credential).await?;
        let previous = match (cast.checked_sub(1), last) {
            (Some(counter), Some(code)) => Some((counter, code)),
            (None, None) => None,
            _ => return Err(BoothError::Contradiction),
        };
        Ok(Standing { style, previous, tests })
    }

    /// Refuses one ballot more than the manifest allows: to test, or else to cast.
    pub fn check_limits(&self, standing: &Standing, test: bool) -> Result<(), BoothError> {
        let manifest = self.state.manifest().ok_or(BoothError::NoManifest)?;
        if test && standing.tests >= manifest.tests {
            return Err(BoothError::TestLimit { tests: standing.tests, allowed: manifest.tests });
        }
        let cast = standing.previous.map_or(0, |(counter, _)| u32::from(counter) + 1);
        match manifest.recasting {
            Recasting::FirstOnly if cast > 0 => Err(BoothError::FirstOnly),
            Recasting::LastCounts { limit } if cast >= u32::from(limit) => {
                Err(BoothError::CastLimit { cast, allowed: limit })
            }
            _ => Ok(()),
        }
    }
}
