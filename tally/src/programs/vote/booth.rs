//! What a ballot is encrypted for, from the log itself: the manifest whose hash is the election's name, the key
//! that all trustees confirmed, the voter's style on the roll.
//!
//! The log is read and checked by the rules up to the entry that opens voting; ballots are not needed for that.
//! How often the voter has voted is the board's word: if it lies, it refuses the ballot, or the log shows it.

use std::sync::Arc;

use anyhow::{Result, bail};
use rand_core::OsRng;

use tabella_board_client::clock::show_time;
use tabella_board_client::visit::Visit;
use tabella_board_client::{Board, ClientError, LogView};
use tabella_board_core::api::{CredentialStatus, PhaseName};
use tabella_board_core::board::check_origin;
use tabella_board_core::entry::Entry;
use tabella_board_core::state::{CheckedEntry, ElectionState, Phase};
use tabella_crypto::ballot::{BallotContext, TrackingCode};
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::{CheckedManifest, ElectionId, Recasting};

use super::BoardArgs;

/// An election that is open or was, and the board it is on.
pub struct Booth {
    /// The visit.
    pub visit: Visit,
    /// The election's log.
    pub log: LogView,
    /// What ballots are made and checked against.
    pub context: Arc<BallotContext>,
    /// The election as it was when voting opened.
    opening: ElectionState,
}

/// A voter's standing.
pub struct Standing {
    /// The ballot style.
    pub style: u16,
    /// The last cast ballot, as (counter, tracking code).
    pub previous: Option<(u16, TrackingCode)>,
    /// Ballots tested.
    pub tests: u16,
}

impl Booth {
    /// Reads the election's log up to the opening.
    pub async fn enter(args: &BoardArgs, election: ElectionId) -> Result<Self> {
        let visit = args.visit().await?;
        let mut log = visit.board.election_log(election)?;
        let read = read_to_opening(&mut log, election).await;
        visit.save()?;
        let opening = read?;
        if let Some(manifest) = opening.manifest() {
            // nobody votes on a copy of the election
            check_origin(manifest, visit.board.genesis()).map_err(ClientError::OtherBoard)?;
        }
        if let Some(context) = opening.ballot_context().cloned() {
            return Ok(Self { visit, log, context, opening });
        }
        match (opening.phase(), opening.manifest()) {
            (Phase::Setup, Some(manifest)) => bail!(
                "voting is not open yet: it opens {}, once the trustees' key and the roll are complete",
                show_time(manifest.opens)
            ),
            (Phase::Closed | Phase::Counted, _) => bail!("this election closed without ever having opened"),
            _ => bail!("this election's manifest is not complete yet: try again in a minute"),
        }
    }

    /// The board.
    pub fn board(&self) -> &Board {
        &self.visit.board
    }

    /// The manifest.
    pub fn manifest(&self) -> &CheckedManifest {
        self.context.manifest()
    }

    /// The election.
    pub fn election(&self) -> ElectionId {
        self.manifest().id()
    }

    /// Refuses an election that is over, by the board's word.
    pub async fn check_open(&self) -> Result<()> {
        let status = self.board().status(self.election()).await?;
        match status.phase {
            PhaseName::Closed | PhaseName::Counted => {
                bail!("voting is closed: no ballot is accepted any more")
            }
            PhaseName::Manifest | PhaseName::Setup | PhaseName::Open => Ok(()),
        }
    }

    /// The style of a voter, from the roll.
    pub fn style(&self, credential: &Credential) -> Result<u16> {
        match self.opening.voter(credential) {
            Some(voter) => Ok(voter.style),
            None => bail!(
                "this code belongs to nobody on this election's roll: check that it is the right election, and \
                 that the registrar has not given you another code since"
            ),
        }
    }

    /// A voter's standing: the style from the roll, the ballots by the board's word.
    pub async fn standing(&self, credential: &Credential) -> Result<Standing> {
        let style = self.style(credential)?;
        let CredentialStatus { cast, tests, last, .. } =
            self.board().credential(self.election(), *credential).await?;
        let previous = match (cast.checked_sub(1), last) {
            (Some(counter), Some(code)) => Some((counter, code)),
            (None, None) => None,
            _ => bail!("the board contradicts itself about your earlier ballots: tell the election office"),
        };
        Ok(Standing { style, previous, tests })
    }

    /// Refuses one ballot more than the manifest allows.
    pub fn check_limits(&self, standing: &Standing, test: bool) -> Result<()> {
        if test && standing.tests >= self.manifest().tests {
            bail!("you have tested {} ballots, and the election allows no more", standing.tests);
        }
        let cast = standing.previous.map_or(0, |(counter, _)| u32::from(counter) + 1);
        match self.manifest().recasting {
            Recasting::FirstOnly if cast > 0 => {
                bail!("you have voted already, and in this election the first ballot counts")
            }
            Recasting::LastCounts { limit } if cast >= u32::from(limit) => {
                bail!("you have cast {cast} ballots, and the election allows no more: the last one counts")
            }
            _ => Ok(()),
        }
    }
}

/// Folds the log's entries up to the opening, or to its end.
async fn read_to_opening(log: &mut LogView, election: ElectionId) -> Result<ElectionState> {
    let head = log.refresh().await?;
    let mut state = ElectionState::new(election);
    // before the opening no rule looks back at an entry
    let earlier: Vec<Vec<u8>> = Vec::new();
    while let Some(batch) = log.batch(state.size()..head.size()).await? {
        for bytes in batch.entries {
            let index = state.size();
            let wrong = |reason: String| anyhow::anyhow!("entry {index} of the election's log: {reason}");
            let entry = Entry::decode(&bytes).map_err(|error| wrong(error.to_string()))?;
            let checked =
                CheckedEntry::check(None, entry, &mut OsRng).map_err(|refusal| wrong(refusal.to_string()))?;
            state.apply(&bytes, checked, &earlier).map_err(|refusal| wrong(refusal.to_string()))?;
            if state.ballot_context().is_some() {
                return Ok(state);
            }
        }
    }
    Ok(state)
}
