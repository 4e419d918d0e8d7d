//! A trustee's conversation with the board: read and verify everything, post. Without a network the record comes from
//! elsewhere, and what would be posted is collected.

use rand_core::OsRng;

use tabella_board_client::transport::Transport;
use tabella_board_client::{Board, ClientError, ElectionSync, SavedView};
use tabella_board_core::api::ProblemCode;
use tabella_board_core::check::Refusal;
use tabella_board_core::entry::{Entry, TrusteeEntry, TrusteeMessage};
use tabella_board_core::state::{CheckedEntry, ElectionState};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::threshold::trustee::{TrusteeIndex, TrusteeSecret};
use tabella_crypto::transcript::Digest;

use super::anchors::{AnchorError, Anchors};
use crate::ceremony::{Trouble, own_index};

/// What goes wrong between a trustee and a board.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The board, or what it sent.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The board log, against the election's.
    #[error(transparent)]
    Anchor(#[from] AnchorError),
    /// Nothing is known of the election.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// The secret is that of nobody in the manifest.
    #[error(
        "no trustee of this election has the fingerprint of this key file, {0}: use the key file made for this \
         election. The manifest cannot be changed; if the key is lost, a new election is needed"
    )]
    NotATrustee(Digest),
    /// An entry that was to be collected breaks the rules.
    #[error(transparent)]
    Rules(#[from] Refusal),
    /// What was seen of the board could not be kept.
    #[error(transparent)]
    Unkept(Box<dyn std::error::Error + Send + Sync>),
}

impl SessionError {
    /// The board's part in it.
    pub fn client(&self) -> Option<&ClientError> {
        match self {
            Self::Client(error) | Self::Anchor(AnchorError::Client(error)) => Some(error),
            _ => None,
        }
    }
}

/// Whether an error passes by itself: the board restarts, the network is away.
pub fn is_passing(error: &ClientError) -> bool {
    match error {
        ClientError::Unreachable { .. } | ClientError::TimedOut { .. } => true,
        ClientError::Refused(problem) => matches!(
            problem.code,
            ProblemCode::Busy | ProblemCode::Stopping | ProblemCode::Timeout | ProblemCode::Internal
        ),
        _ => false,
    }
}

/// Keeps what was seen of a board on this device, after everything that was asked of it.
pub trait Notebook {
    /// Keeps what was seen, and hands on what came of asking. What was seen is evidence, most of all when something is
    /// wrong: an error goes before one of keeping.
    fn keep(&self, outcome: Result<(), SessionError>) -> Result<(), SessionError>;
}

/// An election on a board, read and verified by this trustee alone.
pub struct Session<T> {
    board: Board<T>,
    sync: ElectionSync<T>,
    anchors: Anchors<T>,
    notebook: Option<Box<dyn Notebook>>,
    /// Without a network: what would be posted.
    outbox: Option<Outbox>,
    /// The log's size when the board refused something that looked right.
    refused_at: Option<u64>,
}

/// Entries that will be posted by another machine, and the election as if they stood.
#[derive(Default)]
struct Outbox {
    /// From the first entry on.
    state: Option<ElectionState>,
    entries: Vec<Entry>,
}

impl<T: Transport> Session<T> {
    /// An election on this board. Nothing has been read yet. Whoever calls keeps [`Self::view`].
    pub fn new(board: Board<T>, election: ElectionId) -> Result<Self, ClientError> {
        let sync = ElectionSync::new(&board, election, Vec::new())?;
        let anchors = Anchors::new(&board, election);
        Ok(Self { board, sync, anchors, notebook: None, outbox: None, refused_at: None })
    }

    /// The same, keeping what is seen here after every request.
    pub fn kept_by(self, notebook: impl Notebook + 'static) -> Self {
        Self { notebook: Some(Box::new(notebook)), ..self }
    }

    /// The same without a network: what would be posted is collected.
    pub fn collecting(self) -> Self {
        Self { outbox: Some(Outbox::default()), ..self }
    }

    /// What was collected instead of being posted.
    pub fn collected(&self) -> &[Entry] {
        self.outbox.as_ref().map(|outbox| outbox.entries.as_slice()).unwrap_or_default()
    }

    /// The board.
    pub fn board(&self) -> &Board<T> {
        &self.board
    }

    /// What is to be kept of the board until the next visit, whatever came of this one.
    pub fn view(&self) -> SavedView {
        self.board.view()
    }

    /// The election, as far as it was read; without a network, as if what was collected stood.
    pub fn state(&self) -> &ElectionState {
        let ahead = self.outbox.as_ref().and_then(|outbox| outbox.state.as_ref());
        ahead.unwrap_or_else(|| self.sync.state())
    }

    /// The anchors, as far as they were read.
    pub fn anchors(&self) -> &Anchors<T> {
        &self.anchors
    }

    /// Whether the board has witnesses.
    pub fn has_witnesses(&self) -> bool {
        !self.board.witnesses().is_empty()
    }

    /// Reads what is new on the log and verifies it. `progress` is told the entries read and those that there are.
    pub async fn advance(&mut self, progress: impl FnMut(u64, u64)) -> Result<(), SessionError> {
        let mut rng = OsRng;
        let read = self.sync.advance(&mut rng, progress).await.map(drop);
        self.keep(read.map_err(SessionError::from))
    }

    /// Reads what is new on the board log, compares its anchors with the election's log, and its election with the
    /// manifest.
    pub async fn advance_anchors(&mut self) -> Result<(), SessionError> {
        let demanded = self.state().manifest().map_or(0, |manifest| manifest.cosignatures.into());
        let read = self.anchors.advance(self.sync.entries(), demanded).await;
        self.keep(read.map_err(SessionError::from))?;
        match self.sync.state().manifest() {
            Some(manifest) => Ok(self.anchors.check_board(manifest)?),
            None => Ok(()),
        }
    }

    fn keep(&self, outcome: Result<(), SessionError>) -> Result<(), SessionError> {
        match &self.notebook {
            Some(notebook) => notebook.keep(outcome),
            None => outcome,
        }
    }

    /// The trustee's index by the manifest.
    pub fn own(&self, secret: &TrusteeSecret) -> Result<TrusteeIndex, SessionError> {
        let manifest = self.state().manifest().ok_or(Trouble::NoManifest)?;
        own_index(manifest, secret).ok_or_else(|| SessionError::NotATrustee(secret.keys().fingerprint()))
    }

    /// Signs a trustee's message and posts it: see [`Self::post`].
    pub async fn say(
        &mut self,
        secret: &TrusteeSecret,
        own: TrusteeIndex,
        message: TrusteeMessage,
    ) -> Result<bool, SessionError> {
        let election = self.state().election();
        let entry = TrusteeEntry::sign(election, own.number(), message, &secret.signing_key());
        self.post(&Entry::Trustee(entry)).await
    }

    /// Posts an entry; whether it stands now. A refusal is no error as long as the log goes on: somebody was faster,
    /// and what is to be done is seen by reading on. The same log refusing twice is one.
    pub async fn post(&mut self, entry: &Entry) -> Result<bool, SessionError> {
        if let Some(outbox) = &mut self.outbox {
            let state = outbox.state.get_or_insert_with(|| self.sync.state().clone());
            let checked = CheckedEntry::check(None, entry.clone(), &mut OsRng)?;
            state.apply(&entry.encode(), checked, self.sync.entries())?;
            outbox.entries.push(entry.clone());
            return Ok(true);
        }
        let posted = self.board.post(self.state().election(), entry).await;
        // the receipt is checked, and the log keeps what it shows
        match self.keep(posted.map(|_receipt| ()).map_err(SessionError::from)) {
            Ok(()) => {
                self.refused_at = None;
                Ok(true)
            }
            Err(SessionError::Client(ClientError::Refused(problem)))
                if problem.code == ProblemCode::Refused =>
            {
                let size = Some(self.state().size());
                if self.refused_at == size {
                    return Err(ClientError::Refused(problem).into());
                }
                self.refused_at = size;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}
