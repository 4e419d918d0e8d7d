//! A record in a folder, which is there whole or not at all.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use tabella_crypto::checkpoint::VerifiedCheckpoint;
use tabella_crypto::manifest::ElectionId;

use super::{RecordError, fetch};
use crate::board::Board;
use crate::transport::Transport;

/// Downloads an election's record into a new folder; gives the checkpoint of the election's log that it ends
/// with. `progress` is told the election's entries read and those that there are.
pub async fn download<T: Transport>(
    board: &Board<T>,
    election: ElectionId,
    folder: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<VerifiedCheckpoint, RecordError> {
    if folder.symlink_metadata().is_ok() {
        return Err(RecordError::Exists(folder.to_owned()));
    }
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = Part(folder.with_file_name(name));
    let mut keep = |path: String, bytes: Vec<u8>| write_file(&part.0.join(path), &bytes);
    let head = fetch(board, election, &mut keep, &mut progress).await?;
    flush_folders(&part.0)?;
    let failed = |error| RecordError::Io { path: folder.to_owned(), error };
    fs::rename(&part.0, folder).map_err(failed)?;
    if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        flush_folder(parent)?;
    }
    Ok(head)
}

/// The folder under its temporary name, which does not outlive a failure.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // gone already if it has got its name; else nothing more can be done about it
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), RecordError> {
    let write = || -> std::io::Result<()> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| RecordError::Io { path: path.to_owned(), error })
}

/// Makes the names of all files below a folder last.
fn flush_folders(folder: &Path) -> Result<(), RecordError> {
    let failed = |error| RecordError::Io { path: folder.to_owned(), error };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_type().map_err(failed)?.is_dir() {
            flush_folders(&entry.path())?;
        }
    }
    flush_folder(folder)
}

fn flush_folder(folder: &Path) -> Result<(), RecordError> {
    #[cfg(unix)]
    File::open(folder)
        .and_then(|file| file.sync_all())
        .map_err(|error| RecordError::Io { path: folder.to_owned(), error })?;
    Ok(())
}
