//! Two signed checkpoints that contradict each other, kept where people find them.

use std::path::{Path, PathBuf};

use tabella_board_client::Fork;
use tabella_board_client::evidence::file;
use tabella_board_client::sealed::SealedError;

/// Where evidence is kept in a board's folder.
pub const FOLDER: &str = "evidence";

/// Writes a contradiction into a folder, which is made if it is not there, and gives the file: JSON, see [`Fork`]. The
/// name follows from the content, so that the same contradiction is kept once.
pub fn keep(folder: &Path, fork: &Fork) -> Result<PathBuf, SealedError> {
    std::fs::create_dir_all(folder).map_err(|error| SealedError::Io { path: folder.to_owned(), error })?;
    file::write_as("contradiction", fork, folder)
}
