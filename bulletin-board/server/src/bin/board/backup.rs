//! `tabella-board backup`, and the board's side of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use clap::Args;

use tabella_board::backup::{self, Schedule};
use tabella_board::store::{RedbStore, StoreError};

/// Backups at fixed times.
#[derive(Args)]
pub(crate) struct Options {
    /// A folder for backups at fixed times.
    #[arg(long, value_name = "FOLDER")]
    backup_to: Option<PathBuf>,
    /// Minutes between two of them.
    #[arg(long, value_name = "MINUTES", default_value_t = 60, requires = "backup_to",
        value_parser = clap::value_parser!(u64).range(1..=525_600))]
    backup_every: u64,
    /// How many of them are kept.
    #[arg(long, value_name = "NUMBER", default_value_t = 24, requires = "backup_to",
        value_parser = clap::value_parser!(u32).range(1..))]
    backup_keep: u32,
}

impl Options {
    pub(crate) fn schedule(self) -> Option<Schedule> {
        let Self { backup_to, backup_every, backup_keep } = self;
        let folder = backup_to?;
        // a u32 fits
        let keep = usize::try_from(backup_keep).unwrap_or(usize::MAX);
        Some(Schedule { folder, every: Duration::from_secs(60 * backup_every), keep })
    }
}

/// Makes backups beside the board: when asked, and at the times of the schedule. To be called in a runtime.
pub(crate) fn start(data: &Path, store: &Arc<RedbStore>, schedule: Option<Schedule>) {
    #[cfg(unix)]
    match backup::control::listen(data) {
        Ok(listener) => drop(tokio::spawn(backup::control::serve(listener, store.clone()))),
        Err(error) => {
            tracing::warn!("`tabella-board backup` will not reach this board: {}: {error}", data.display());
        }
    }
    if let Some(schedule) = schedule {
        drop(tokio::spawn(schedule.run(store.clone())));
    }
}

/// Writes a backup of a board, whether it runs or not.
pub(crate) fn run(data: &Path, store_file: &Path, to: &Path) -> anyhow::Result<()> {
    if !store_file.exists() {
        bail!("there is no board's store {}", store_file.display());
    }
    let head = match RedbStore::open(store_file) {
        Ok(store) => {
            let head = backup::write(&store, to)?;
            format!("{} {}", head.size(), head.root())
        }
        Err(StoreError::Locked) => ask(data, to)?,
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
    bail!("the board runs: stop it, or start it with --backup-to")
}
