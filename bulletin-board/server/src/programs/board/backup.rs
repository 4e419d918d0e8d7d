//! `tabella-board backup`, and the board's side of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;

use super::folder::{Folder, FolderError};
use super::store_file;
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
    let store_file = &store_file(data);
    if !store_file.exists() {
        bail!("there is no board's store {}", store_file.display());
    }
    let head = match Folder::take(data) {
        Ok(_folder) => {
            let head = backup::write(&RedbStore::open(store_file)?, to)?;
            format!("{} {}", head.size(), head.root())
        }
        // a board that runs makes it itself
        Err(FolderError::Locked(_)) => ask(data, to)?,
        Err(error) => return Err(error.into()),
    };
    let (size, root) = head.split_once(' ').unwrap_or((&head, ""));
    println!("{} holds {size} entries of the board log, root {root}", to.display());
    println!("the operator's key is not in it: keep a copy of operator.key at another place");
    Ok(())
}

#[cfg(unix)]
fn ask(data: &Path, to: &Path) -> anyhow::Result<String> {
    Ok(backup::control::ask(data, to)?)
}

#[cfg(not(unix))]
fn ask(_: &Path, _: &Path) -> anyhow::Result<String> {
    bail!("the board runs: stop it, or let it make backups by itself, with the settings [backup]")
}
