//! The booth of [`tabella_board_client::booth`] at the command line: one visit to the board, and its words.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use rand_core::OsRng;

use tabella_board_client::Board;
use tabella_board_client::booth::{self, BoothError, FoundBallot, Standing};
use tabella_board_client::clock::show_time;
use tabella_board_client::visit::Visit;
use tabella_crypto::ballot::{BallotContext, TrackingCode};
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::{CheckedManifest, ElectionId};

use super::BoardArgs;

/// An election that is open or was, and the board it is on.
pub struct Booth {
    /// The visit.
    pub visit: Visit,
    /// What ballots are made and checked against.
    pub context: Arc<BallotContext>,
    election: booth::Booth,
}

impl Booth {
    /// Reads the election's log up to the opening.
    pub async fn enter(args: &BoardArgs, election: ElectionId) -> Result<Self> {
        let visit = args.visit().await?;
        let mut election = booth::Booth::new(&visit.board, election)?;
        let read = election.advance(&mut OsRng, |_| ()).await.map(|_| ());
        visit.keep(read.map_err(anyhow::Error::from))?;
        let context = Arc::clone(election.context().map_err(in_words)?);
        Ok(Self { visit, context, election })
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
        self.election.check_open().await.map_err(in_words)
    }

    /// The style of a voter, from the roll.
    pub fn style(&self, credential: &Credential) -> Result<u16> {
        Ok(self.election.voter(credential).map_err(in_words)?.style)
    }

    /// A voter's standing: the style from the roll, the ballots by the board's word.
    pub async fn standing(&self, credential: &Credential) -> Result<Standing> {
        self.election.standing(credential).await.map_err(in_words)
    }

    /// Refuses one ballot more than the manifest allows.
    pub fn check_limits(&self, standing: &Standing, test: bool) -> Result<()> {
        self.election.check_limits(standing, test).map_err(in_words)
    }

    /// The ballot with a tracking code, from the log.
    pub async fn find(&mut self, code: TrackingCode) -> Result<FoundBallot> {
        find(&mut self.election, code).await
    }
}

/// The ballot with a tracking code, from an election's log.
pub(super) async fn find(election: &mut booth::Booth, code: TrackingCode) -> Result<FoundBallot> {
    election.find_ballot(code).await.map_err(in_words)?.ok_or_else(|| {
        anyhow!(
            "the board has no ballot with this tracking code: it was not recorded, or the code is mistyped. If a \
             device or receipt said otherwise, tell the election office"
        )
    })
}

/// The error with the local time of what it speaks of, and with the client's own error where that is the cause, so
/// that its hint is found.
fn in_words(error: BoothError) -> anyhow::Error {
    match error {
        BoothError::Client(error) => error.into(),
        BoothError::NotOpen { opens } => anyhow!(
            "voting is not open yet: it opens {}, once the trustees' key and the roll are complete",
            show_time(opens)
        ),
        other => other.into(),
    }
}
