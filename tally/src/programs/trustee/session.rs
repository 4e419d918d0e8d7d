//! A trustee's conversation with the board: read and verify everything, post, be patient.

use std::time::Duration;

use anyhow::{Result, bail};
use rand_core::OsRng;

use tabella_board_client::terminal::Progress;
use tabella_board_client::visit::{Visit, VisitError};
use tabella_board_client::{ClientError, ElectionSync};
use tabella_board_core::api::ProblemCode;
use tabella_board_core::entry::{Entry, TrusteeEntry, TrusteeMessage};
use tabella_board_core::state::ElectionState;
use tabella_crypto::threshold::trustee::{TrusteeIndex, TrusteeSecret};

use super::anchors::{AnchorError, Anchors};
use super::{At, Folder};
use crate::ceremony::{Trouble, own_index};

/// The first wait between two looks at the board, and the longest.
const WAITS: [Duration; 2] = [Duration::from_millis(300), Duration::from_secs(5)];
/// A log with at least so many entries is worth a progress bar.
const LONG_LOG: u64 = 2_000;

/// An election on a board, read and verified by this trustee alone.
pub struct Session {
    visit: Visit,
    sync: ElectionSync,
    anchors: Anchors,
    /// The log's size when the board refused something that looked right.
    refused_at: Option<u64>,
    /// Size of the log and wait after the last look.
    pace: (u64, Duration),
}

impl Session {
    /// Connects to the board. Nothing has been read yet.
    pub async fn begin(at: &At, folder: &Folder) -> Result<Self> {
        let visit = Visit::begin(&at.board, at.board_key.as_deref(), Some(&folder.view())).await?;
        let sync = ElectionSync::new(&visit.board, at.election, Vec::new())?;
        let anchors = Anchors::new(&visit.board, at.election);
        let [first, _] = WAITS;
        Ok(Self { visit, sync, anchors, refused_at: None, pace: (0, first) })
    }

    /// The election, as far as it was read.
    pub fn state(&self) -> &ElectionState {
        self.sync.state()
    }

    /// The anchors, as far as they were read.
    pub fn anchors(&self) -> &Anchors {
        &self.anchors
    }

    /// Whether the board has witnesses.
    pub fn has_witnesses(&self) -> bool {
        !self.visit.board.witnesses().is_empty()
    }

    /// Reads what is new on the log, verifies it, and keeps the checkpoint that was seen.
    pub async fn advance(&mut self) -> Result<()> {
        let mut progress: Option<Progress> = None;
        let mut rng = OsRng;
        let read = self.sync.advance(&mut rng, |done, total| {
            if total >= LONG_LOG {
                progress
                    .get_or_insert_with(|| Progress::new("Verifying the election's log"))
                    .set(done, total);
            }
        });
        let read = read.await.map(drop);
        if let Some(progress) = progress {
            progress.finish();
        }
        // what was seen is evidence, most of all when something is wrong
        Ok(self.visit.keep(read.map_err(VisitError::from))?)
    }

    /// Reads what is new on the board log, compares its anchors with the election's log, and its election with the
    /// manifest.
    pub async fn advance_anchors(&mut self) -> Result<()> {
        let demanded = self.state().manifest().map_or(0, |manifest| manifest.cosignatures.into());
        let read = self.anchors.advance(self.sync.entries(), demanded).await;
        self.visit.keep(read.map_err(anyhow::Error::from))?;
        match self.sync.state().manifest() {
            Some(manifest) => Ok(self.anchors.check_board(manifest)?),
            None => Ok(()),
        }
    }

    /// The trustee's index by the manifest.
    pub fn own(&self, secret: &TrusteeSecret) -> Result<TrusteeIndex> {
        let Some(manifest) = self.state().manifest() else { bail!(Trouble::NoManifest) };
        match own_index(manifest, secret) {
            Some(own) => Ok(own),
            None => bail!(
                "no trustee of this election has the fingerprint of this key file, {}: use the key file made for \
                 this election. The manifest cannot be changed; if the key is lost, a new election is needed",
                secret.keys().fingerprint()
            ),
        }
    }

    /// Signs a trustee's message and posts it: see [`Self::post`].
    pub async fn say(
        &mut self,
        secret: &TrusteeSecret,
        own: TrusteeIndex,
        message: TrusteeMessage,
    ) -> Result<bool> {
        let election = self.state().election();
        let entry = TrusteeEntry::sign(election, own.number(), message, &secret.signing_key());
        self.post(&Entry::Trustee(entry)).await
    }

    /// Posts an entry; whether it stands now. A refusal is no error as long as the log goes on: somebody was faster,
    /// and what is to be done is seen by reading on. The same log refusing twice is one.
    pub async fn post(&mut self, entry: &Entry) -> Result<bool> {
        let posted = self.visit.board.post(self.state().election(), entry).await;
        match self.visit.keep(posted.map_err(VisitError::from)) {
            Ok(_receipt) => {
                self.refused_at = None;
                Ok(true)
            }
            Err(VisitError::Client(ClientError::Refused(problem)))
                if problem.code == ProblemCode::Refused =>
            {
                let size = Some(self.state().size());
                if self.refused_at == size {
                    return Err(ClientError::Refused(problem).into());
                }
                self.refused_at = size;
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
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

/// Whether an error passes by itself: the board restarts, the network is away.
pub fn is_passing(error: &anyhow::Error) -> bool {
    match client_error(error) {
        Some(ClientError::Unreachable { .. } | ClientError::TimedOut { .. }) => true,
        Some(ClientError::Refused(problem)) => matches!(
            problem.code,
            ProblemCode::Busy | ProblemCode::Stopping | ProblemCode::Timeout | ProblemCode::Internal
        ),
        _ => false,
    }
}
