//! Ballots on their way and on the log: receipts, and what became of a ballot.

use tabella_board_client::booth::Fate as Found;
use tabella_board_client::transport::Transport;
use tabella_board_client::{ClientError, booth::FoundBallot};
use tabella_board_core::api::{PhaseName, ProblemCode};
use tabella_board_core::check::Check;
use tabella_board_core::entry::Entry;
use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::manifest::{ElectionId, Recasting};
use tabella_tally::ballot_box::VoterReceipt;
use tabella_web_shared::reader::{Fate, ReceiptCard, TrackCard};
use tabella_web_shared::{Forgery, Stage, Trouble};
use tabella_web_worker::trouble::{client, forged};

use super::reading::Reading;
use super::trouble::booth;
use super::{Tell, cards};

/// Most bytes of a receipt's file.
const MAX_RECEIPT_LENGTH: usize = 1 << 20;

impl<T: Transport> Reading<T> {
    /// Posts an entry and checks the receipt.
    pub(super) async fn post(
        &mut self,
        election: ElectionId,
        entry: Vec<u8>,
        tell: Tell<'_>,
    ) -> Result<ReceiptCard, Trouble> {
        let is_test = match Entry::decode(&entry) {
            Ok(Entry::Challenge(_)) => true,
            Ok(Entry::Cast(_) | Entry::Opening(_)) => false,
            Ok(_) => return Err(input("neither a ballot nor an opening")),
            Err(error) => return Err(input(error)),
        };
        tell(Stage::Sending, 0, 1);
        let checking = || tell(Stage::Checking, 0, 1);
        match self.board.post_bytes_telling(election, &entry, checking).await {
            Ok(posted) => cards::receipt(&self.board, entry, posted),
            Err(error) => Err(self.why(election, is_test, error).await),
        }
    }

    /// Why an entry was not accepted. What the board names by the number of a check is told in the page's words.
    async fn why(&mut self, election: ElectionId, is_test: bool, error: ClientError) -> Trouble {
        let check = match &error {
            ClientError::Refused(problem) if problem.code == ProblemCode::Refused => problem.check.as_deref(),
            _ => None,
        };
        if check == Some(Check::BallotTime.number()) {
            return match self.board.status(election).await.map(|status| status.phase) {
                Ok(PhaseName::Closed | PhaseName::Counted) => Trouble::Closed,
                Ok(PhaseName::Manifest | PhaseName::Setup) => Trouble::NotOpen,
                Ok(PhaseName::Open) | Err(_) => client(error),
            };
        }
        if check == Some(Check::BallotLimits.number())
            && let Ok(booth) = self.booth(election)
            && let Some(manifest) = booth.state().manifest()
        {
            let allowed = match manifest.recasting {
                _ if is_test => manifest.tests,
                Recasting::FirstOnly => 1,
                Recasting::LastCounts { limit } => limit,
            };
            return Trouble::Limit { tests: is_test, allowed };
        }
        client(error)
    }

    /// The receipt of an entry that stands.
    pub(super) async fn receipt(
        &mut self,
        election: ElectionId,
        entry: Vec<u8>,
    ) -> Result<Option<ReceiptCard>, Trouble> {
        match self.board.receipt(election, &entry).await.map_err(client)? {
            Some(posted) => cards::receipt(&self.board, entry, posted).map(Some),
            None => Ok(None),
        }
    }

    /// Checks a receipt's file: by itself, and against what the board shows now. A file that does not hold by itself
    /// says nothing about this board; one that does and that the board's logs do not continue is a forgery.
    pub(super) async fn check_receipt(&mut self, json: &str) -> Result<ReceiptCard, Trouble> {
        if json.len() > MAX_RECEIPT_LENGTH {
            return Err(input("too long for a receipt"));
        }
        let file: VoterReceipt = serde_json::from_str(json).map_err(input)?;
        let election = file.receipt.election;
        let _shown = file.verify(election, self.board.key(), self.board.witnesses()).map_err(input)?;
        let VoterReceipt { code: _, entry, receipt } = file;
        let posted = self.board.check_kept_receipt(election, &entry, receipt).await;
        let posted = posted.map_err(|error| match client(error) {
            Trouble::NotFound => {
                forged(Forgery::Answer, "the board denies an election whose receipt it has signed")
            }
            other => other,
        })?;
        cards::receipt(&self.board, entry, posted)
    }

    /// What became of a ballot.
    pub(super) async fn track(
        &mut self,
        election: ElectionId,
        code: TrackingCode,
        tell: Tell<'_>,
    ) -> Result<Option<TrackCard>, Trouble> {
        // asked before the rest: what is so after the closing stays so
        let phase = self.board.status(election).await.map_err(client)?.phase;
        let read = self.booth(election)?;
        let _head = read.log_mut().refresh().await.map_err(client)?;
        let Some(found) = read.find_ballot(code).await.map_err(booth)? else { return Ok(None) };
        let progress = |done, of| tell(Stage::Reading, done, of);
        let fate = match read.fate(&found, progress).await.map_err(booth)? {
            Found::Counted => Fate::Counted,
            Found::Replaced { by } => Fate::Replaced { by: Some(by) },
            Found::Tested { opening } => Fate::Tested { published: opening.is_some() },
        };
        let FoundBallot { index, bytes, time, .. } = found;
        Ok(Some(TrackCard {
            code,
            fate,
            path: cards::path(read.log_mut(), index).await?,
            time,
            is_closed: matches!(phase, PhaseName::Closed | PhaseName::Counted),
            entry: bytes,
        }))
    }
}

fn input(error: impl std::fmt::Display) -> Trouble {
    Trouble::Input { detail: error.to_string() }
}
