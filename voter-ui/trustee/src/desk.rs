//! What a trustee's worker holds, over any [`Transport`]: the key, and the election that it is used in.

use rand_core::OsRng;
use zeroize::Zeroizing;

use tabella_board_client::transport::Transport;
use tabella_board_client::{SavedView, Trust};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;
use tabella_tally::trustee::strength;
use tabella_web_shared::trustee::Request;
use tabella_web_shared::wire::encode;
use tabella_web_shared::{Stage, Trouble};
use tabella_web_worker::board::{self, Known};
use tabella_web_worker::trouble::fault;

use crate::key::{self, HeldKey};
use crate::seat::Seat;

/// Tells how far a request is: what is being done, done so far, of so many.
pub(crate) type Tell<'a> = &'a dyn Fn(Stage, u64, u64);

/// What the worker holds.
pub(crate) struct Desk<T> {
    key: Option<HeldKey>,
    seat: Option<Seat<T>>,
    /// What was seen of the board before that.
    seen: SavedView,
}

impl<T> Default for Desk<T> {
    fn default() -> Self {
        Self { key: None, seat: None, seen: SavedView::default() }
    }
}

impl<T: Transport> Desk<T> {
    /// What was seen of the board, to be kept until the next visit.
    pub(crate) fn view(&self) -> SavedView {
        self.seat.as_ref().map_or_else(|| self.seen.clone(), Seat::view)
    }

    /// Answers a request. `now` is in milliseconds since 1970-01-01 UTC.
    pub(crate) async fn answer(
        &mut self,
        request: Request,
        now: u64,
        tell: Tell<'_>,
    ) -> Result<Vec<u8>, Trouble> {
        match request {
            Request::Judge { passphrase, known } => encode(&key::judge(&Zeroizing::new(passphrase), &known)),
            Request::Suggest => encode(&*strength::suggest(&mut OsRng)),
            Request::Make { name, passphrase } => encode(&key::make(&name, passphrase, now, &mut OsRng)?),
            Request::FromPaper { words, name, passphrase } => {
                encode(&key::from_paper(&Zeroizing::new(words), &name, passphrase, now)?)
            }
            Request::Open { file, passphrase } => {
                // another key has another election
                self.leave();
                self.key = None;
                encode(&HeldKey::open(&file, passphrase).map(|key| self.key.insert(key).card()))
            }
            Request::Paper => encode(&self.key()?.words()),
            Request::Connect { .. } => Err(fault("a board is connected to at its address")),
            Request::Look => encode(&self.seat()?.look(tell).await?),
            Request::Act { intended } => encode(&self.seat()?.act(intended, tell).await?),
            Request::Confirm(fingerprint) => encode(&self.seat()?.confirm(fingerprint)),
        }
    }

    /// Connects to the board for the key that is held; see [`Request::Connect`].
    pub(crate) async fn connect(
        &mut self,
        transport: T,
        election: ElectionId,
        board_key: Option<Digest>,
        saved: &[String],
    ) -> Result<Vec<u8>, Trouble> {
        self.leave();
        let secret = self.key()?.secret();
        let trust = board_key.map(Trust::Fingerprint);
        let seen = &mut self.seen;
        let known = board::connect(transport, trust.as_ref(), saved, |view| *seen = view).await?;
        let Known { board, is_first_visit: _ } = known;
        self.seat = Some(Seat::new(board, election, secret)?);
        encode(&())
    }

    /// Leaves the election; what was seen stays.
    fn leave(&mut self) {
        if let Some(seat) = self.seat.take() {
            self.seen = seat.view();
        }
    }

    fn key(&self) -> Result<&HeldKey, Trouble> {
        self.key.as_ref().ok_or_else(|| fault("no key was opened"))
    }

    fn seat(&mut self) -> Result<&mut Seat<T>, Trouble> {
        self.seat.as_mut().ok_or_else(|| fault("no election is connected"))
    }
}

#[cfg(test)]
mod tests;
