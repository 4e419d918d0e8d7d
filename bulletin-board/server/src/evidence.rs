//! Two signed checkpoints that contradict each other, kept where people find them.

use std::path::{Path, PathBuf};

use tabella_board_client::Fork;
use tabella_board_client::sealed::{Existing, SealedError, write_atomically};
use tabella_crypto::merkle::leaf_hash;

/// Writes a contradiction into a folder, which is made if it is not there, and gives the file: JSON, see [`Fork`]. The
/// name follows from the content, so that the same contradiction is kept once.
pub fn keep(folder: &Path, fork: &Fork) -> Result<PathBuf, SealedError> {
    let failed = |error| SealedError::Io { path: folder.to_owned(), error };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let text = serde_json::to_string_pretty(fork).map_err(|error| failed(error.into()))? + "\n";
    let name: String = leaf_hash(text.as_bytes()).to_hex().chars().take(16).collect();
    let file = folder.join(format!("contradiction-{name}.json"));
    write_atomically(&file, text.as_bytes(), Existing::Replaced)?;
    Ok(file)
}
