//! The witness's settings: its name, and the logs that it watches.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use tabella_board_client::sealed::{Existing, SealedError, write_atomically};

/// Why the settings cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub(super) enum FolderError {
    /// No witness there.
    #[error("there is no witness in {0}: make one with `tabella-board witness init`")]
    Missing(PathBuf),
    /// A witness there already.
    #[error("there is a witness in {0} already, and it stays: use another folder for a new one")]
    Exists(PathBuf),
    /// Not settings.
    #[error("{file} cannot be read ({error}): correct it, or restore it from a backup")]
    Format {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] SealedError),
    /// It cannot be read.
    #[error("{file}: {error}")]
    Io {
        /// The file.
        file: PathBuf,
        /// What happened.
        error: std::io::Error,
    },
}

/// The file in a witness's folder.
pub(super) fn file(data: &Path) -> PathBuf {
    data.join("witness.json")
}

/// A log that a witness watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WatchedLog {
    /// Its origin.
    pub(super) origin: String,
    /// A key of it, a vkey.
    pub(super) key: String,
}

/// `witness.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Folder {
    name: String,
    logs: Vec<WatchedLog>,
}

impl Folder {
    /// A witness that watches nothing yet.
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), logs: Vec::new() }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn logs(&self) -> &[WatchedLog] {
        &self.logs
    }

    /// Watches a log; whether it is a new one.
    pub(super) fn add(&mut self, log: WatchedLog) -> bool {
        let is_new = !self.logs.contains(&log);
        if is_new {
            self.logs.push(log);
        }
        is_new
    }

    /// Reads the settings.
    pub(super) fn read(data: &Path) -> Result<Self, FolderError> {
        let file = file(data);
        let bytes = std::fs::read(&file).map_err(|error| match error.kind() {
            ErrorKind::NotFound => FolderError::Missing(data.to_owned()),
            _ => FolderError::Io { file: file.clone(), error },
        })?;
        serde_json::from_slice(&bytes).map_err(|error| FolderError::Format { file, error })
    }

    /// Writes the settings of a new witness.
    pub(super) fn create(&self, data: &Path) -> Result<(), FolderError> {
        if file(data).exists() {
            return Err(FolderError::Exists(data.to_owned()));
        }
        self.write(data)
    }

    /// Replaces the settings, whole or not at all.
    pub(super) fn write(&self, data: &Path) -> Result<(), FolderError> {
        let file = file(data);
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| FolderError::Format { file: file.clone(), error })?;
        text.push('\n');
        Ok(write_atomically(&file, text.as_bytes(), Existing::Replaced)?)
    }
}
