//! `tabella-board catch-up`, and the question to mirrors before the board runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};

use tabella_board::evidence;
use tabella_board::keyfile;
use tabella_board::recovery::{self, Finding, Mirrors};
use tabella_board::sequencer::{self, CatchUpError, CaughtUp};
use tabella_board::store::{RedbStore, Store};
use tabella_board_client::{ClientError, Fork};
use tabella_crypto::signature::VerifyingKey;

/// Where evidence is kept in a board's folder.
const EVIDENCE: &str = "evidence";

/// Asks the mirrors, before anything is signed, whether the store is the newest.
pub(crate) fn ask(
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
pub(crate) fn catch_up(data: &Path, key_file: &Path, store_file: &Path, from: &str) -> anyhow::Result<()> {
    let key = keyfile::read(key_file)?;
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
            Err(Finding::Contradiction(fork)) => return Err(contradiction(data, from, &fork)),
            Err(Finding::Unusable(error)) => return Err(error.into()),
        };
        let mut tell = |done, all| tracing::info!(done, all, "entries of the board log");
        match sequencer::catch_up(store, key, &board, &mut tell).await {
            Ok(done) => Ok(Some(done)),
            Err(CatchUpError::Client(ClientError::Fork(fork))) => Err(contradiction(data, from, &fork)),
            Err(error) => Err(error.into()),
        }
    });
    if outcome.is_err() && is_new {
        // what holds nothing would only be in the way; a part that was committed stays, and is gone on from
        tracing::warn!("{} may hold a part: the same command goes on from there", store_file.display());
    }
    if let Some(CaughtUp { head, board, entries }) = outcome? {
        println!("{board} entries of the board log and {entries} of elections' logs were missing");
        println!("the board log has {} entries, root {}", head.size(), head.root());
    }
    Ok(())
}

fn contradiction(data: &Path, from: &str, fork: &Fork) -> anyhow::Error {
    let kept: Result<PathBuf, _> = evidence::keep(&data.join(EVIDENCE), fork);
    let kept = match kept {
        Ok(file) => format!("both checkpoints are in {}", file.display()),
        Err(error) => format!("the two checkpoints could not be written down: {error}"),
    };
    anyhow::anyhow!(
        "{from} has a checkpoint that this board signed and that the store contradicts; {kept}; nothing was written. Do \
         not start this store: find the one that the public record continues, and tell the election office and observers"
    )
}
