//! The logs of a board, followed: each new checkpoint continues the last one seen, the board log keeps its rules, and
//! what it anchors is what the elections' logs are.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use tabella_board_client::evidence::file::contradiction_in;
use tabella_board_client::visit::{Visit, VisitError};
use tabella_board_client::{ClientError, Contradiction, LogView};
use tabella_board_core::board::BoardState;
use tabella_board_core::entry::{BoardEntry, RELEASE_PAGE, Release};
use tabella_crypto::checkpoint::CheckpointError;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::empty_root;
use tabella_crypto::transcript::Digest;

/// How often a log is looked at that has fewer entries than were seen or anchored, and the wait between: a copy on the
/// way may be a moment old.
const LOOKS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(2);

/// What ends following: the board, or what it sent.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The board could not be asked, or what it sent is not believed.
    #[error(transparent)]
    Visit(#[from] VisitError),
    /// The board log anchors another log of an election than the board shows.
    #[error(
        "the board log anchors another log of the election {election} than the board shows (at size {size}): two \
         versions of the record exist"
    )]
    Anchor {
        /// The election.
        election: ElectionId,
        /// The anchor's size.
        size: u64,
    },
    /// The board log anchors more of an election's log than the board shows.
    #[error(
        "the board log anchors {size} entries of the election {election}, and the board shows fewer: an old copy of \
         it is shown, or entries were taken back. This alone proves nothing"
    )]
    Behind {
        /// The election.
        election: ElectionId,
        /// The anchor's size.
        size: u64,
    },
}

impl From<ClientError> for FollowError {
    fn from(error: ClientError) -> Self {
        Self::Visit(VisitError::Client(error))
    }
}

impl FollowError {
    /// The contradiction, if it is one between two checkpoints.
    pub fn contradiction(&self) -> Option<&Contradiction> {
        match self {
            Self::Visit(error) => contradiction_in(error),
            _ => None,
        }
    }

    /// What it is to whoever watches.
    pub fn weight(&self) -> Weight {
        match self {
            Self::Visit(VisitError::Client(error)) => match error {
                // a checkpoint of this very log that its key did not sign; what is none, or of another log, is whatever
                // stands between, such as the sign-in page of a network
                ClientError::Checkpoint {
                    error: CheckpointError::Signature(_) | CheckpointError::LogSignatureMissing,
                    ..
                }
                | ClientError::Genesis(_)
                | ClientError::WrongKey { .. }
                | ClientError::Name(_)
                | ClientError::Fork(_)
                | ClientError::BoardRules { .. }
                | ClientError::Encoding { .. }
                | ClientError::Rules { .. } => Weight::Wrong,
                ClientError::WentBack(_) => Weight::Older,
                ClientError::Address(_) => Weight::Argument,
                _ => Weight::Failure,
            },
            Self::Visit(VisitError::Trust(_) | VisitError::View { .. } | VisitError::Read { .. }) => {
                Weight::Argument
            }
            Self::Visit(VisitError::Write(_)) => Weight::Failure,
            Self::Visit(VisitError::Contradicted { .. }) | Self::Anchor { .. } => Weight::Wrong,
            Self::Behind { .. } => Weight::Older,
        }
    }
}

/// What an error is to whoever watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The board shows something wrong.
    Wrong,
    /// A log is shown with fewer entries than before, at several looks: an old copy, or entries were taken back. This
    /// proves nothing, and may pass; where the log goes on, it is seen which.
    Older,
    /// The board could not be asked, or what it sent is damaged: this proves nothing, and may pass.
    Failure,
    /// What the program was given cannot be used.
    Argument,
}

/// A board whose logs are followed.
pub struct Follower {
    visit: Visit,
    log: LogView,
    board: BoardState,
    /// Elections by the order in which they came.
    elections: Vec<ElectionId>,
    logs: BTreeMap<ElectionId, LogView>,
    /// Nothing had been seen of the board before.
    is_new: bool,
    /// Pages of all releases so far, the last included, with the index of each release.
    pages: Vec<(u64, Digest)>,
}

impl Follower {
    /// Connects to the board at an address; `state` keeps what was seen between runs.
    pub async fn begin(
        address: &str,
        trust: Option<&str>,
        state: Option<&Path>,
    ) -> Result<Self, FollowError> {
        let is_new = !state.is_some_and(Path::exists);
        let visit = look_again(async || Ok(Visit::begin(address, trust, state).await?)).await?;
        let log = visit.board.log();
        let (board, logs) = (BoardState::new(), BTreeMap::new());
        Ok(Self { visit, log, board, elections: Vec::new(), logs, is_new, pages: Vec::new() })
    }

    /// The board log, as far as it was read.
    pub fn board(&self) -> &BoardState {
        &self.board
    }

    /// The board's name.
    pub fn origin(&self) -> &str {
        self.log.origin()
    }

    /// Whether nothing had been seen of the board before this run.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// The last release with its index on the board log.
    pub fn release(&self) -> Option<(u64, &Release)> {
        self.board.release()
    }

    /// The pages of the releases before the last one, with the releases' indices.
    pub fn earlier_pages(&self) -> &[(u64, Digest)] {
        let last = self.board.release().map(|(index, _)| index);
        match self.pages.split_last() {
            Some(((index, _), earlier)) if Some(*index) == last => earlier,
            _ => &self.pages,
        }
    }

    /// So many of the newest elections.
    pub fn newest(&self, count: usize) -> &[ElectionId] {
        let start = self.elections.len().saturating_sub(count);
        self.elections.get(start..).unwrap_or_default()
    }

    /// Reads what is new on the board log, and keeps the checkpoint that was seen. The number of new entries.
    pub async fn advance(&mut self) -> Result<u64, FollowError> {
        let before = self.board.size();
        let read = self.read().await;
        // what was seen is kept, most of all when something is wrong
        self.visit.keep(read)?;
        Ok(self.board.size() - before)
    }

    async fn read(&mut self) -> Result<(), FollowError> {
        let Self { log, board, elections, pages, .. } = self;
        let _head = look_again(async || Ok(log.refresh().await?)).await?;
        log.fold_board(board, |index, entry, _| {
            match entry {
                BoardEntry::Election(creation) => elections.push(creation.election),
                BoardEntry::Release(release) => {
                    let page = release.files.iter().find(|file| file.path == RELEASE_PAGE);
                    pages.extend(page.map(|page| (index, page.hash)));
                }
                _ => {}
            }
            Ok(())
        })
        .await
    }

    /// Looks at the newest checkpoint of every election's log, and holds it against the one seen last and against the
    /// last anchor that was read.
    pub async fn advance_elections(&mut self) -> Result<(), FollowError> {
        let mut outcome = Ok(());
        for at in 0..self.elections.len() {
            let Some(election) = self.elections.get(at).copied() else { break };
            outcome = self.look_at(election).await;
            if outcome.is_err() {
                break;
            }
        }
        self.visit.keep(outcome)
    }

    async fn look_at(&mut self, election: ElectionId) -> Result<(), FollowError> {
        let anchor = self.board.elections().get(&election).and_then(|known| known.anchor());
        let log = match self.logs.entry(election) {
            std::collections::btree_map::Entry::Occupied(log) => log.into_mut(),
            std::collections::btree_map::Entry::Vacant(none) => {
                none.insert(self.visit.board.election_log(election)?)
            }
        };
        let (size, root) = match anchor {
            Some((_, anchor)) => (anchor.size, anchor.root),
            None => (0, empty_root()),
        };
        for _ in 0..LOOKS {
            let _head = look_again(async || Ok(log.refresh().await?)).await?;
            match log.begins_with(size, root).await? {
                Some(true) => return Ok(()),
                Some(false) => return Err(FollowError::Anchor { election, size }),
                None => tokio::time::sleep(PAUSE).await,
            }
        }
        Err(FollowError::Behind { election, size })
    }
}

/// Looks again where a log is shown with fewer entries than were seen of it.
async fn look_again<T>(mut look: impl AsyncFnMut() -> Result<T, FollowError>) -> Result<T, FollowError> {
    for _ in 1..LOOKS {
        match look().await {
            Err(error) if error.weight() == Weight::Older => tokio::time::sleep(PAUSE).await,
            outcome => return outcome,
        }
    }
    look().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use tabella_crypto::checkpoint::NoteError;

    #[test]
    fn a_page_instead_of_a_checkpoint_accuses_nobody_and_a_wrong_signature_does() {
        let weight = |error| {
            let origin = "board.example/tabella".to_owned();
            FollowError::from(ClientError::Checkpoint { origin, error }).weight()
        };
        for passing in [
            CheckpointError::Note(NoteError::Key),
            CheckpointError::Lines,
            CheckpointError::Size,
            CheckpointError::Root,
            CheckpointError::Origin,
        ] {
            assert_eq!(weight(passing), Weight::Failure, "{passing}");
        }
        for wrong in [CheckpointError::Signature(0), CheckpointError::LogSignatureMissing] {
            assert_eq!(weight(wrong), Weight::Wrong, "{wrong}");
        }
    }
}
