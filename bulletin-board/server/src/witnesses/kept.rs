//! The cosigned checkpoints in a file, so that a board that starts again still has them if its witnesses are away, and
//! so that an old store that is put back beside it is found out ([`Kept::ask`]).
//!
//! A list of signed notes in JSON. It is no part of the store: what cannot be read in it is a warning, and without it
//! the witnesses are asked again. But a checkpoint in it that this board's key signed was published.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tabella_board_client::sealed::{Existing, SealedError, write_atomically};
use tabella_board_core::board::{board_key, witness_keys};
use tabella_crypto::checkpoint::SignedCheckpoint;
use tokio::sync::watch;

use super::{SettingError, genesis};
use crate::recovery::{AskError, Asked, EVIDENCE, Finding, Who, compare};
use crate::sequencer::Board;
use crate::store::{LogId, Store};

/// Shortest time between two writes.
const REST: Duration = Duration::from_secs(1);

/// The file.
#[derive(Debug, Clone)]
pub struct Kept {
    file: PathBuf,
}

impl Kept {
    /// In a board's folder.
    pub fn in_folder(data: &Path) -> Self {
        Self { file: data.join("cosigned.json") }
    }

    /// Publishes what was kept, as far as it is good.
    pub fn restore(&self, board: &Board) {
        let notes = match self.read() {
            Ok(Some(notes)) => notes,
            Ok(None) => return,
            Err(error) => return self.warn(&error),
        };
        let good = notes
            .iter()
            .filter_map(|note| good(board, note).inspect_err(|error| self.warn(error)).ok().flatten());
        board.publication().restore(good.collect());
    }

    /// Holds what was kept against the store, whose head is given: every note that this board signed counts. None if
    /// there is no such note.
    pub fn ask(&self, store: &dyn Store, stored: &SignedCheckpoint) -> Result<Option<Asked>, AskError> {
        let notes = match self.read() {
            Ok(Some(notes)) => notes,
            Ok(None) => return Ok(None),
            Err(error) => {
                let finding = Finding::Unknown(format!("it cannot be read: {error}"));
                return Ok(Some(Asked { who: Who::File(self.file.clone()), finding }));
            }
        };
        let mut found = None;
        for note in notes {
            let Ok(note) = SignedCheckpoint::parse(note.as_bytes()) else { continue };
            let Some(finding) = compare(store, stored, &note)? else { continue };
            let is_worse = match (&found, &finding) {
                (None, _) | (_, Finding::OtherLog(_)) => true,
                (Some(Finding::OtherLog(_)), _) => false,
                (Some(Finding::Ahead(known)), Finding::Ahead(seen)) => seen > known,
                (Some(_), finding) => matches!(finding, Finding::Ahead(_)),
            };
            if is_worse {
                found = Some(finding);
            }
        }
        Ok(found.map(|finding| Asked { who: Who::File(self.file.clone()), finding }))
    }

    /// Where evidence is kept in the same folder.
    pub(super) fn evidence(&self) -> PathBuf {
        self.file.with_file_name(EVIDENCE)
    }

    fn warn(&self, error: &dyn std::fmt::Display) {
        let file = self.file.display();
        tracing::warn!("{file} is not used ({error}): the witnesses are asked anew, and it is written again");
    }

    /// Writes what is published whenever it has changed, with a rest in between.
    pub(super) async fn keep(self, board: Board, mut changes: watch::Receiver<u64>) {
        while changes.changed().await.is_ok() {
            let (kept, shared) = (self.clone(), board.clone());
            let written = tokio::task::spawn_blocking(move || kept.write(&shared)).await;
            if let Ok(Err(error)) = written {
                tracing::warn!("what witnesses cosigned is not kept: {error}");
            }
            tokio::time::sleep(REST).await;
        }
    }

    /// What is kept; none if there is no file.
    fn read(&self) -> std::io::Result<Option<Vec<String>>> {
        match std::fs::read(&self.file) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&self, board: &Board) -> Result<(), SealedError> {
        let checkpoints = board.publication().cosigned_checkpoints();
        let notes: Vec<String> = checkpoints.iter().map(|checkpoint| checkpoint.encode()).collect();
        let json = serde_json::to_vec_pretty(&notes)
            .map_err(|error| SealedError::Io { path: self.file.clone(), error: error.into() })?;
        // else the file could be empty after a power cut, and with it the memory of what was published
        write_atomically(&self.file, &json, Existing::Replaced)
    }
}

/// A kept note, if it is of this board's log, cosigned by its witnesses alone.
fn good(board: &Board, note: &str) -> Result<Option<SignedCheckpoint>, SettingError> {
    let genesis = genesis(board.store().as_ref())?;
    let (key, witnesses) = (board_key(&genesis)?, witness_keys(&genesis)?);
    let verified = SignedCheckpoint::parse(note.as_bytes())
        .and_then(|signed| signed.verify(&key, &witnesses).map(|_| signed));
    let Ok(signed) = verified else { return Ok(None) };
    let log = LogId::Board;
    let is_ours = board.snapshot().continues(board.store().as_ref(), log, signed.claimed());
    Ok(is_ours.unwrap_or(false).then_some(signed))
}
