//! A trustee's conversation with the board: read and verify everything, post, be patient. On a machine without a
//! network the record comes from a folder, and what would be posted is collected.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rand_core::OsRng;

use tabella_board_client::site::Site;
use tabella_board_client::terminal::Progress;
use tabella_board_client::transport::AddressError;
use tabella_board_client::visit::{Visit, VisitError};
use tabella_board_client::{Board, ClientError, ElectionSync};
use tabella_board_core::api::ProblemCode;
use tabella_board_core::entry::{Entry, TrusteeEntry, TrusteeMessage};
use tabella_board_core::state::{CheckedEntry, ElectionState};
use tabella_crypto::manifest::ElectionId;
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
    visit: Visit<Site>,
    sync: ElectionSync<Site>,
    anchors: Anchors,
    /// Without a network: what would be posted.
    outbox: Option<Outbox>,
    /// The log's size when the board refused something that looked right.
    refused_at: Option<u64>,
    /// Size of the log and wait after the last look.
    pace: (u64, Duration),
}

/// Entries that will be posted by another machine, and the election as if they stood.
struct Outbox {
    /// From the first entry on.
    state: Option<ElectionState>,
    entries: Vec<Entry>,
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
        let sync = ElectionSync::new(&visit.board, election, Vec::new())?;
        let anchors = Anchors::new(&visit.board, election);
        let [first, _] = WAITS;
        Ok(Self { visit, sync, anchors, outbox: None, refused_at: None, pace: (0, first) })
    }

    /// Reads a record in a folder, and collects what would be posted.
    pub async fn offline(
        record: &Path,
        election: ElectionId,
        board_key: Option<&str>,
        view: &Path,
    ) -> Result<Self> {
        let record = record.to_str().context("the path of the record must be text")?;
        let outbox = Some(Outbox { state: None, entries: Vec::new() });
        Ok(Self { outbox, ..Self::read(record, election, board_key, view).await? })
    }

    /// What was collected instead of being posted.
    pub fn collected(&self) -> &[Entry] {
        self.outbox.as_ref().map(|outbox| outbox.entries.as_slice()).unwrap_or_default()
    }

    /// The board.
    pub fn board(&self) -> &Board<Site> {
        &self.visit.board
    }

    /// Whether what would be posted is collected.
    pub fn is_offline(&self) -> bool {
        self.outbox.is_some()
    }

    /// The election, as far as it was read; offline, as if what was collected stood.
    pub fn state(&self) -> &ElectionState {
        let ahead = self.outbox.as_ref().and_then(|outbox| outbox.state.as_ref());
        ahead.unwrap_or_else(|| self.sync.state())
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
        if let Some(outbox) = &mut self.outbox {
            let state = outbox.state.get_or_insert_with(|| self.sync.state().clone());
            let checked = CheckedEntry::check(None, entry.clone(), &mut OsRng)?;
            state.apply(&entry.encode(), checked, self.sync.entries())?;
            outbox.entries.push(entry.clone());
            return Ok(true);
        }
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
