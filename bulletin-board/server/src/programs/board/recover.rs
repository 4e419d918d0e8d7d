//! `tabella-board catch-up`, and the question to mirrors before the board runs.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};

use super::{check_source, key_file, store_file, unfinished_file};
use crate::keyfile;
use crate::recovery::{self, Finding, Mirrors};
use crate::sequencer::{self, CatchUpError, CaughtUp};
use crate::store::{RedbStore, Store};
use tabella_board_client::evidence::file;
use tabella_board_client::{ClientError, Contradiction};
use tabella_crypto::signature::VerifyingKey;

/// Where evidence is kept in a board's folder.
const EVIDENCE: &str = "evidence";

/// What the subcommand takes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder with the key, and with the store if there is one.
    #[arg(long)]
    pub data: PathBuf,
    /// The mirror: an address or a folder.
    #[arg(long, value_name = "ADDRESS")]
    pub from: String,
}

/// Asks the mirrors, before anything is signed, whether the store is the newest.
pub fn ask(
    runtime: &tokio::runtime::Runtime,
    store: &Arc<RedbStore>,
    operator: VerifyingKey,
    mirrors: &Mirrors,
    data: &Path,
) -> anyhow::Result<()> {
    let store: Arc<dyn Store> = store.clone();
    Ok(runtime.block_on(recovery::check(&store, operator, mirrors, &data.join(EVIDENCE)))?)
}

/// Brings a store up to what a mirror has.
pub fn perform(arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments { data, from } = arguments;
    check_source(from)?;
    let (key_file, store_file) = (&key_file(data), &store_file(data));
    let key = keyfile::read(key_file)?;
    let unfinished = unfinished_file(data);
    let is_new = !store_file.exists();
    let opened =
        RedbStore::open(store_file).context("stop the board before its store is brought up to date")?;
    let store: Arc<dyn Store> = Arc::new(opened);
    let operator = key.verifying_key();
    let runtime = tokio::runtime::Runtime::new()?;
    let outcome = runtime.block_on(async {
        let board = match recovery::reach(store.as_ref(), operator, from).await? {
            Ok(board) => board,
            Err(Finding::Same | Finding::Ahead { .. }) => bail!("{from} changed its mind: try again"),
            Err(Finding::Behind { size }) => {
                println!(
                    "nothing to catch up: {from} is behind this store, with {size} entries of the board log"
                );
                return Ok(None);
            }
            Err(Finding::Unshown { size, error }) => bail!(
                "{from} has a checkpoint of {size} entries of the board log that this board signed, and does not show \
                 how this store stands to it: {error}. Nothing was written: mend that mirror, or use another one"
            ),
            Err(Finding::Contradiction(proven)) => return Err(contradiction(data, from, &proven)),
            Err(Finding::Unusable(error)) => return Err(error.into()),
        };
        mark(&unfinished)?;
        let mut tell = |done, all| tracing::info!(done, all, "entries of the board log");
        match sequencer::catch_up(store, key, &board, &mut tell).await {
            Ok(done) => Ok(Some(done)),
            Err(CatchUpError::Client(ClientError::Fork(proven))) => Err(contradiction(data, from, &proven)),
            Err(error) => Err(error.into()),
        }
    });
    if outcome.is_err() && is_new {
        // what holds nothing would only be in the way; a part that was committed stays, and is gone on from
        tracing::warn!("{} may hold a part: the same command goes on from there", store_file.display());
    }
    if let Some(CaughtUp { head, board, entries }) = outcome? {
        std::fs::remove_file(&unfinished)
            .with_context(|| format!("{} cannot be removed: remove it", unfinished.display()))?;
        println!("{board} entries of the board log and {entries} of elections' logs were missing");
        println!("the board log has {} entries, root {}", head.size(), head.root());
    }
    Ok(())
}

/// Says in the board's folder, durably, that its store is not to be signed on yet.
fn mark(unfinished: &Path) -> anyhow::Result<()> {
    let folder = unfinished.parent().unwrap_or(unfinished);
    let write = || {
        File::create(unfinished)?.sync_all()?;
        File::open(folder)?.sync_all()
    };
    write().with_context(|| format!("{} cannot be written", unfinished.display()))
}

fn contradiction(data: &Path, from: &str, proven: &Contradiction) -> anyhow::Error {
    let kept = match file::write(proven, &data.join(EVIDENCE)) {
        Ok(file) => format!("both checkpoints are in {}", file.display()),
        Err(error) => format!("the two checkpoints could not be written down: {error}"),
    };
    anyhow::anyhow!(
        "{from} has a checkpoint that this board signed and that the store contradicts; {kept}; nothing was written. Do \
         not start this store: find the one that the public record continues, and tell the election office and observers"
    )
}
