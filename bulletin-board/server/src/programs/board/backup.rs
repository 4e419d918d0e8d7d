//! `tabella-board backup`, and the board's side of it.

#[cfg(unix)]
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::folder::{Folder, FolderError};
use super::store_file;
#[cfg(unix)]
use crate::backup::control::AskError;
use crate::backup::{self, Record, Schedule};
use crate::store::RedbStore;

/// What the subcommand takes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder that init made.
    #[arg(long)]
    pub data: PathBuf,
    /// The file to write, which must not be there.
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
}

/// Makes backups beside the board: when asked, and at the times of the schedule. To be called in a runtime.
pub fn start(data: &Path, store: &Arc<RedbStore>, schedule: Option<Schedule>, record: &Arc<Record>) {
    #[cfg(unix)]
    match backup::control::listen(data) {
        Ok(listener) => drop(tokio::spawn(backup::control::serve(listener, store.clone(), record.clone()))),
        Err(error) => {
            tracing::warn!("`tabella-board backup` will not reach this board: {}: {error}", data.display());
        }
    }
    if let Some(schedule) = schedule {
        drop(tokio::spawn(schedule.run(store.clone(), record.clone())));
    }
}

/// Writes a backup of a board, whether it runs or not.
pub fn perform(arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments { data, to } = arguments;
    let head = match Folder::with_store(data) {
        Ok(_folder) => {
            let head = backup::write(&RedbStore::open(&store_file(data))?, to)?;
            format!("{} {}", head.size(), head.root())
        }
        Err(FolderError::Locked(_)) => ask(data, to)?,
        Err(error) => return Err(error.into()),
    };
    let (size, root) = head.split_once(' ').unwrap_or((&head, ""));
    println!("{} holds {size} entries of the board log, root {root}", to.display());
    println!("the operator's key is not in it: keep a copy of operator.key at another place");
    Ok(())
}

/// A board that runs makes the backup itself. Where none listens, another program works in the folder.
#[cfg(unix)]
fn ask(data: &Path, to: &Path) -> anyhow::Result<String> {
    backup::control::ask(data, to).map_err(|error| match error {
        AskError::Unreachable { error, .. }
            if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) =>
        {
            FolderError::Locked(data.to_owned()).into()
        }
        error => error.into(),
    })
}

#[cfg(not(unix))]
fn ask(_: &Path, _: &Path) -> anyhow::Result<String> {
    anyhow::bail!("the board runs: stop it, or let it make backups by itself, with the settings [backup]")
}
