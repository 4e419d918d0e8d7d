//! What a client remembers of a board between visits: its key and the last checkpoint of each log that it saw.
//! With it a board that takes entries back, or shows different people different logs, is caught.
//!
//! A checkpoint that was shown counts from the moment at which its signature is verified. As long as the tiles that
//! would show how it stands to what was seen are not to be had, it is *pending*: it is kept, and demanded again of every
//! newer checkpoint, until it is shown to be of the same log. Withholding a tile makes nobody forget.
//!
//! A contradiction is never forgotten: both checkpoints stay, so that whoever goes on with this view meets it again, and
//! the programs keep the proof itself until a person has seen to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use tabella_board_core::entry::election_origin;
use tabella_crypto::checkpoint::{NoteKey, SignedCheckpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

use crate::board::Board;
use crate::error::{ClientError, Tampering};
#[cfg(feature = "programs")]
use crate::evidence::{Contradiction, Fork};
use crate::log::{Head, LogView};
use crate::transport::Transport;

/// The version of the saved form.
const VERSION: u16 = 1;
/// Most pending checkpoints of one log. One more is not taken, since each of them may be the one that convicts the board.
const MAX_PENDING: usize = 16;

/// What was seen of one board. Saved as JSON by whoever calls; the checkpoints are verified again when used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedView {
    version: u16,
    /// The board's key, a vkey; none before the first visit.
    board: Option<String>,
    /// The last checkpoint of each log, a signed note, by origin.
    checkpoints: BTreeMap<String, String>,
    /// Checkpoints that were shown, and of which it was not shown how they stand to `checkpoints`: signed notes in the
    /// order in which they came, by origin.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pending: BTreeMap<String, Vec<String>>,
    /// The first contradiction that was proven, as in an evidence file.
    #[cfg(feature = "programs")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contradiction: Option<Box<Fork>>,
}

impl Default for SavedView {
    fn default() -> Self {
        Self {
            version: VERSION,
            board: None,
            checkpoints: BTreeMap::new(),
            pending: BTreeMap::new(),
            #[cfg(feature = "programs")]
            contradiction: None,
        }
    }
}

impl SavedView {
    /// What is known of a board in another way: its key, and checkpoints of its logs, which are verified when they are
    /// used.
    pub fn of<'a>(key: &NoteKey, checkpoints: impl IntoIterator<Item = &'a SignedCheckpoint>) -> Self {
        Self::default().with(key, checkpoints)
    }

    /// The same with what is known in another way of the same board: its key and checkpoints.
    pub fn with<'a>(
        mut self,
        key: &NoteKey,
        checkpoints: impl IntoIterator<Item = &'a SignedCheckpoint>,
    ) -> Self {
        self.remember_key(key);
        checkpoints.into_iter().for_each(|checkpoint| self.remember(checkpoint));
        self
    }

    /// Reads the saved form.
    pub fn from_json(text: &str) -> Result<Self, ClientError> {
        let view: Self =
            serde_json::from_str(text).map_err(|_| ClientError::SavedView("not a saved view in JSON"))?;
        if view.version != VERSION {
            return Err(ClientError::SavedView("it has another version than this program's"));
        }
        view.key()?;
        Ok(view)
    }

    /// The saved form.
    pub fn to_json(&self) -> String {
        // strings and a number: nothing that JSON cannot say
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The board's key, where the board was visited before.
    pub fn key(&self) -> Result<Option<NoteKey>, ClientError> {
        self.board
            .as_deref()
            .map(NoteKey::parse)
            .transpose()
            .map_err(|_| ClientError::SavedView("the board's key is damaged"))
    }

    /// Checks every checkpoint, and a contradiction, as it will be checked when it is used.
    pub fn verify(&self) -> Result<(), ClientError> {
        #[cfg(feature = "programs")]
        self.contradiction()?;
        let Some(board) = self.key()? else {
            let none = self.checkpoints.is_empty() && self.pending.is_empty();
            return if none { Ok(()) } else { Err(ClientError::SavedView("the board's key is missing")) };
        };
        self.checkpoints.keys().chain(self.pending.keys()).try_for_each(|origin| {
            let key = NoteKey::log(origin, board.verifying_key())
                .map_err(|_| ClientError::SavedView("the name of a log is damaged"))?;
            self.seen(&key)?;
            self.pending(&key).map(|_| ())
        })
    }

    /// The last checkpoint of a log, verified under the log's key.
    pub fn seen(&self, key: &NoteKey) -> Result<Option<Head>, ClientError> {
        self.checkpoints.get(key.name()).map(|note| read(note, key)).transpose()
    }

    /// The pending checkpoints of a log, verified under the log's key.
    pub fn pending(&self, key: &NoteKey) -> Result<Vec<Head>, ClientError> {
        let notes = self.pending.get(key.name()).into_iter().flatten();
        notes.map(|note| read(note, key)).collect()
    }

    pub(crate) fn remember_key(&mut self, key: &NoteKey) {
        self.board = Some(key.to_vkey_string());
    }

    /// Takes a verified checkpoint, unless a larger one of its log was seen.
    pub(crate) fn remember(&mut self, checkpoint: &SignedCheckpoint) {
        let claimed = checkpoint.claimed();
        let size = |note: &String| SignedCheckpoint::parse(note.as_bytes()).map(|c| c.claimed().size()).ok();
        let last = self.checkpoints.get(claimed.origin()).and_then(size);
        if last.is_none_or(|last| last <= claimed.size()) {
            self.checkpoints.insert(claimed.origin().to_owned(), checkpoint.encode());
        }
    }

    /// Keeps a verified checkpoint as pending, unless one of the same tree is there. Whether it is there now: where
    /// [`MAX_PENDING`] are, none of them makes way.
    pub(crate) fn keep(&mut self, checkpoint: &SignedCheckpoint) -> bool {
        let claimed = checkpoint.claimed();
        let seen = self.checkpoints.get(claimed.origin());
        let pending = self.pending.entry(claimed.origin().to_owned()).or_default();
        if pending.iter().chain(seen).any(|note| is_of(note, checkpoint)) {
            self.drop_empty(checkpoint);
            return true;
        }
        let has_room = pending.len() < MAX_PENDING;
        if has_room {
            pending.push(checkpoint.encode());
        }
        has_room
    }

    /// A checkpoint is pending no longer: how it stands to what was seen is proven.
    pub fn release(&mut self, checkpoint: &SignedCheckpoint) {
        if let Some(pending) = self.pending.get_mut(checkpoint.claimed().origin()) {
            pending.retain(|note| !is_of(note, checkpoint));
        }
        self.drop_empty(checkpoint);
    }

    fn drop_empty(&mut self, checkpoint: &SignedCheckpoint) {
        if self.pending.get(checkpoint.claimed().origin()).is_some_and(Vec::is_empty) {
            self.pending.remove(checkpoint.claimed().origin());
        }
    }

    /// Keeps as pending what is pending in another view of the same board; whether there was room for all of it.
    pub(crate) fn keep_all(&mut self, other: &Self) -> bool {
        let notes = other.pending.values().flatten();
        let notes = notes.filter_map(|note| SignedCheckpoint::parse(note.as_bytes()).ok());
        // each of them, also behind one without room
        notes.filter(|note| !self.keep(note)).count() == 0
    }
}

#[cfg(feature = "programs")]
impl SavedView {
    /// The contradiction that was proven on an earlier visit, confirmed again. Whoever goes on with such a view has to
    /// report it first.
    pub fn contradiction(&self) -> Result<Option<Contradiction>, ClientError> {
        let Some(fork) = self.contradiction.as_deref() else { return Ok(None) };
        let damaged =
            || ClientError::SavedView("what it keeps as a contradiction proves nothing of its board");
        let contradiction = Contradiction::new(fork.clone()).map_err(|_| damaged())?;
        match &self.board {
            Some(board) if *board == fork.board => Ok(Some(contradiction)),
            _ => Err(damaged()),
        }
    }

    /// Keeps a contradiction of this board, unless there is one: it is not to be lost before its evidence is written.
    pub fn contradict(&mut self, contradiction: &Contradiction) {
        self.contradiction.get_or_insert_with(|| Box::new(contradiction.fork().clone()));
    }

    /// The evidence of a contradiction is kept elsewhere, and this view is to follow the log that it saw first: none of
    /// the two checkpoints is demanded any longer.
    pub fn settle(&mut self, contradiction: &Contradiction) {
        let fork = contradiction.fork();
        let notes = [&fork.seen, &fork.shown].map(|note| SignedCheckpoint::parse(note.as_bytes()));
        notes.into_iter().flatten().for_each(|note| self.release(&note));
        self.contradiction.take_if(|kept| **kept == *fork);
    }
}

fn read(note: &str, key: &NoteKey) -> Result<Head, ClientError> {
    let signed = SignedCheckpoint::parse(note.as_bytes())
        .map_err(|_| ClientError::SavedView("a checkpoint is damaged"))?;
    let verified = signed
        .verify_ignoring_unknown(key, &[])
        .map_err(|_| ClientError::SavedView("a checkpoint is not signed by the board"))?;
    Ok((signed, verified))
}

/// Whether a note is of the same tree as a checkpoint, perhaps with other cosignatures.
fn is_of(note: &str, checkpoint: &SignedCheckpoint) -> bool {
    SignedCheckpoint::parse(note.as_bytes()).is_ok_and(|note| note.claimed() == checkpoint.claimed())
}

impl<T: Transport> Board<T> {
    /// Takes in what another client saw of a board, or this one on another visit. It must have been this board: the same
    /// key, and of each log that both saw the smaller checkpoint the beginning of the larger, which is asked of the
    /// board where they differ; the larger is remembered, and what is pending there is pending here. What contradicts is
    /// a [`ClientError::WrongKey`] or a [`ClientError::Fork`]. Where the board does not show how the two stand to each
    /// other, the other checkpoint is pending and the failure is an error. So it is where more is pending than is kept.
    pub async fn take_in(&self, other: &SavedView) -> Result<(), ClientError> {
        other.verify()?;
        let Some(found) = other.key()? else { return Ok(()) };
        if found != *self.key() {
            let expected = format!("the key {}, as this board's", self.key().to_vkey_string());
            let found = format!("the key {} in what was seen of it elsewhere", found.to_vkey_string());
            return Err(ClientError::WrongKey { address: self.address().to_owned(), expected, found });
        }
        let has_room = self.keep_all(other);
        let own = self.view();
        for (origin, note) in &other.checkpoints {
            let log = if own.checkpoints.get(origin) == Some(note) { None } else { self.log_of(origin)? };
            if let Some(mut log) = log {
                log.witness(note).await?;
            }
        }
        let origin = || self.key().name().to_owned();
        has_room
            .then_some(())
            .ok_or_else(|| ClientError::Tampered { origin: origin(), tampering: Tampering::Crowded })
    }

    /// The log of an origin; none if this board has no such log, whose checkpoints are never asked for.
    fn log_of(&self, origin: &str) -> Result<Option<LogView<T>>, ClientError> {
        let board = self.key().name();
        if origin == board {
            return Ok(Some(self.log()));
        }
        let name = origin.rsplit('/').next().and_then(Digest::from_hex).map(ElectionId);
        let election = name.filter(|election| election_origin(board, *election) == origin);
        election.map(|election| self.election_log(election)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tabella_crypto::checkpoint::{Checkpoint, sign_checkpoint};
    use tabella_crypto::merkle::empty_root;
    use tabella_crypto::signature::SigningKey;

    #[test]
    fn what_was_saved_is_read_back_and_verified_again() {
        let signer = SigningKey::from_seed([1; 32]);
        let key = NoteKey::log("board.example", signer.verifying_key()).unwrap();
        let checkpoint = Checkpoint::new("board.example", 0, empty_root()).unwrap();
        let mut view = SavedView::default();
        assert!(view.seen(&key).unwrap().is_none());
        view.remember_key(&key);
        view.remember(&sign_checkpoint(&checkpoint, &signer).unwrap());
        let read = SavedView::from_json(&view.to_json()).unwrap();
        assert_eq!(read, view);
        assert_eq!(read.key().unwrap(), Some(key.clone()));
        assert_eq!(read.seen(&key).unwrap().unwrap().1.checkpoint(), &checkpoint);

        assert!(read.verify().is_ok() && SavedView::default().verify().is_ok());

        view.remember(&sign_checkpoint(&checkpoint, &SigningKey::from_seed([2; 32])).unwrap());
        assert!(matches!(view.seen(&key), Err(ClientError::SavedView(_))), "another's signature");
        assert!(matches!(view.verify(), Err(ClientError::SavedView(_))));
        view.board = None;
        assert!(matches!(view.verify(), Err(ClientError::SavedView(_))), "checkpoints of nobody");
        for wrong in ["", "{}", "{\"version\":2,\"board\":null,\"checkpoints\":{}}"] {
            assert!(matches!(SavedView::from_json(wrong), Err(ClientError::SavedView(_))), "{wrong}");
        }
    }
}
