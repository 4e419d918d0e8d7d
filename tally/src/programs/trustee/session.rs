//! A trustee's conversation with the board from a program: what was seen goes into a file after every request, long logs
//! show their progress, and waiting is patient.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use tabella_board_client::site::Site;
use tabella_board_client::terminal::Progress;
use tabella_board_client::transport::AddressError;
use tabella_board_client::visit::{Visit, VisitError};
use tabella_board_client::{Board, ClientError};
use tabella_board_core::entry::{Entry, TrusteeMessage};
use tabella_board_core::state::ElectionState;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::threshold::trustee::{TrusteeIndex, TrusteeSecret};

use super::{At, Folder};
use crate::trustee::{self, AnchorError, Notebook, SessionError, StepError};

/// The first wait between two looks at the board, and the longest.
const WAITS: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(5)];
/// A log with at least so many entries is worth a progress bar.
const LONG_LOG: u64 = 2_000;

/// An election on a board, read and verified by this trustee alone.
pub struct Session {
    /// For the steps of ceremony and tally.
    pub shared: trustee::Session<Site>,
    /// Size of the log and wait after the last look.
    pace: (u64, Duration),
}

/// The file of what was seen.
impl Notebook for Visit<Site> {
    fn keep(&self, outcome: Result<(), SessionError>) -> Result<(), SessionError> {
        Visit::keep(self, outcome)
    }
}

impl From<VisitError> for SessionError {
    fn from(error: VisitError) -> Self {
        match error {
            VisitError::Client(error) => Self::Client(error),
            other => Self::Unkept(Box::new(other)),
        }
    }
}

impl Session {
    /// Connects to the board. Nothing has been read yet.
    pub async fn begin(at: &At, folder: &Folder) -> Result<Self> {
        Self::begin_at(&at.board, at.election, at.board_key.as_deref(), &folder.view()).await
    }

    /// The same at an address, keeping what was seen in this file.
    pub async fn begin_at(
        board: &str,
        election: ElectionId,
        board_key: Option<&str>,
        view: &Path,
    ) -> Result<Self> {
        if !Site::is_address(board) {
            bail!(ClientError::Address(AddressError::Form));
        }
        Self::read(board, election, board_key, view).await
    }

    async fn read(place: &str, election: ElectionId, board_key: Option<&str>, view: &Path) -> Result<Self> {
        let visit = Visit::begin_at(place, board_key, Some(view)).await?;
        let shared = trustee::Session::new(visit.board.clone(), election)?.kept_by(visit);
        let [first, _] = WAITS;
        Ok(Self { shared, pace: (0, first) })
    }

    /// Reads a record in a folder, and collects what would be posted.
    pub async fn offline(
        record: &Path,
        election: ElectionId,
        board_key: Option<&str>,
        view: &Path,
    ) -> Result<Self> {
        let record = record.to_str().context("the path of the record must be text")?;
        let Self { shared, pace } = Self::read(record, election, board_key, view).await?;
        Ok(Self { shared: shared.collecting(), pace })
    }

    /// The board.
    pub fn board(&self) -> &Board<Site> {
        self.shared.board()
    }

    /// The election, as far as it was read; offline, as if what was collected stood.
    pub fn state(&self) -> &ElectionState {
        self.shared.state()
    }

    /// What was collected instead of being posted.
    pub fn collected(&self) -> &[Entry] {
        self.shared.collected()
    }

    /// Reads what is new on the log, verifies it, and keeps the checkpoint that was seen.
    pub async fn advance(&mut self) -> Result<()> {
        let mut progress: Option<Progress> = None;
        let read = self.shared.advance(|done, total| {
            if total >= LONG_LOG {
                progress
                    .get_or_insert_with(|| Progress::new("Verifying the election's log"))
                    .set(done, total);
            }
        });
        let read = read.await;
        if let Some(progress) = progress {
            progress.finish();
        }
        read.map_err(session_error)
    }

    /// Reads what is new on the board log, and compares it with the election's log and manifest.
    pub async fn advance_anchors(&mut self) -> Result<()> {
        self.shared.advance_anchors().await.map_err(session_error)
    }

    /// The trustee's index by the manifest.
    pub fn own(&self, secret: &TrusteeSecret) -> Result<TrusteeIndex> {
        self.shared.own(secret).map_err(session_error)
    }

    /// Signs a trustee's message and posts it; whether it stands now.
    pub async fn say(
        &mut self,
        secret: &TrusteeSecret,
        own: TrusteeIndex,
        message: TrusteeMessage,
    ) -> Result<bool> {
        self.shared.say(secret, own, message).await.map_err(session_error)
    }

    /// Waits for others: briefly as long as the log grows, longer when it does not.
    pub async fn pause(&mut self) {
        let [first, longest] = WAITS;
        let size = self.state().size();
        let wait = if size == self.pace.0 { (self.pace.1 * 3 / 2).min(longest) } else { first };
        self.pace = (size, wait);
        tokio::time::sleep(wait).await;
    }
}

/// The error itself, of whichever layer it is, so that it is found by what it is.
pub fn session_error(error: SessionError) -> anyhow::Error {
    match error {
        SessionError::Client(error) => error.into(),
        SessionError::Anchor(error) => error.into(),
        SessionError::Trouble(error) => error.into(),
        SessionError::Rules(error) => error.into(),
        SessionError::Unkept(error) => match error.downcast::<VisitError>() {
            Ok(error) => (*error).into(),
            Err(error) => SessionError::Unkept(error).into(),
        },
        error @ SessionError::NotATrustee(_) => error.into(),
    }
}

/// The same of a step.
pub fn step_error(error: StepError<anyhow::Error>) -> anyhow::Error {
    match error {
        StepError::Session(error) => session_error(error),
        StepError::Keeper(error) => error,
        StepError::Trouble(error) => error.into(),
        StepError::Release(error) => error.into(),
        StepError::Tally(error) => error.into(),
        StepError::Share(error) => error.into(),
        error @ (StepError::NoKey | StepError::NoShare) => anyhow::Error::msg(error.to_string()),
    }
}

/// The board's part in an error.
pub fn client_error(error: &anyhow::Error) -> Option<&ClientError> {
    if let Some(VisitError::Client(client)) = error.downcast_ref() {
        return Some(client);
    }
    if let Some(AnchorError::Client(client)) = error.downcast_ref() {
        return Some(client);
    }
    error.downcast_ref()
}

/// Whether an error passes by itself.
pub fn is_passing(error: &anyhow::Error) -> bool {
    client_error(error).is_some_and(trustee::is_passing)
}
