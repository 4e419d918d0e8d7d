//! `tabella-board witness`: a witness for boards and other transparency logs (C2SP tlog-witness), run by somebody who
//! does not run the board.
//!
//! The rules are those of [`tabella_board_core::witness`]; here are its folder, its store and its HTTP interface:
//!
//! ```text
//! witness.key     the key                     witness.json    the name, and the logs that it watches
//! witness.redb    of each log the latest checkpoint that was cosigned
//! ```
//!
//! A checkpoint is in the store, durably, before its cosignature is answered; reading the one before, checking and
//! storing are one transaction, and the store has one writer. So a witness that is killed at any moment never cosigns
//! two roots of one size. A store that is put back from a backup can: it must not be.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Subcommand;
use rand_core::OsRng;

use tabella_board_core::witness::Witness;
use tabella_crypto::checkpoint::NoteKey;

use crate::config::parse_listen;
use crate::keyfile;
use crate::log;
use crate::programs::board;
use crate::programs::signals::Stop;
use crate::store::StoreError;

mod folder;
mod http;
mod store;
#[cfg(test)]
mod tests;

use folder::{Folder, WatchedLog};
use store::WitnessStore;

/// Longest time that open requests have after the signal to stop.
const GRACE: Duration = Duration::from_secs(5);

/// What a witness does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new witness: its key and its name. Prints the key that boards put into their genesis.
    Init {
        /// The witness's folder; made if it is not there.
        #[arg(long)]
        data: PathBuf,
        /// The witness's unique name, such as witness.example.org/w1.
        #[arg(long)]
        name: String,
    },
    /// Watch a log. A witness that runs must be started again to know it.
    Add {
        /// The witness's folder.
        #[arg(long)]
        data: PathBuf,
        /// The log's key, as its operator published it: `tabella-board init` prints a board's.
        #[arg(long, value_name = "VKEY", value_parser = log_key)]
        log: NoteKey,
        /// The log's origin, where it is not the name of its key.
        #[arg(long)]
        origin: Option<String>,
    },
    /// Print the witness's key and the logs that it watches.
    Show {
        /// The witness's folder.
        #[arg(long)]
        data: PathBuf,
    },
    /// Answer boards that ask for cosignatures.
    Run {
        /// The witness's folder.
        #[arg(long)]
        data: PathBuf,
        /// Address and port; port 0 takes a free one.
        #[arg(long, value_name = "ADDRESS:PORT", value_parser = parse_listen, default_value = "127.0.0.1:8090")]
        listen: SocketAddr,
    },
}

fn log_key(text: &str) -> Result<NoteKey, String> {
    NoteKey::parse(text).map_err(|_| {
        "a log's key looks like origin+8 hex digits+base64, as its operator published it".to_owned()
    })
}

/// Does it.
pub fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Init { data, name } => init(&data, &name),
        Command::Add { data, log, origin } => {
            let origin = origin.unwrap_or_else(|| log.name().to_owned());
            let mut folder = Folder::read(&data)?;
            if !folder.add(WatchedLog { origin: origin.clone(), key: log.to_vkey_string() }) {
                println!("watches  {origin} already, with this key: nothing was changed");
                return Ok(());
            }
            // before it is written
            let _ = open(&data, &folder)?;
            folder.write(&data)?;
            println!("watches  {origin}");
            Ok(())
        }
        Command::Show { data } => {
            let folder = Folder::read(&data)?;
            println!("key      {}", open(&data, &folder)?.key().to_vkey_string());
            for log in folder.logs() {
                println!("watches  {}  {}", log.origin, log.key);
            }
            Ok(())
        }
        Command::Run { data, listen } => {
            let folder = Folder::read(&data)?;
            let witness = open(&data, &folder)?;
            let store = WitnessStore::open(&data.join("witness.redb")).map_err(|error| match error {
                // unlike a board's, which a mirror brings up to date
                StoreError::Damaged(what) => anyhow::anyhow!(
                    "the witness's store is damaged ({what}): never put back an old copy, with which it could sign a \
                     fork; make a new witness with a new key"
                ),
                other => other.into(),
            })?;
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            let result = runtime.block_on(serve(witness, store, listen));
            runtime.shutdown_timeout(GRACE);
            result
        }
    }
}

/// Whether a folder is a witness's.
pub fn is_in(data: &Path) -> bool {
    key_file(data).exists() || folder::file(data).exists()
}

fn key_file(data: &Path) -> PathBuf {
    data.join("witness.key")
}

fn init(data: &Path, name: &str) -> anyhow::Result<()> {
    // a bad name before anything is written
    let unusable =
        |_| anyhow::anyhow!("{name:?} is no name for a witness: one looks like witness.example.org/w1");
    let placeholder = tabella_crypto::signature::VerifyingKey([0; 32]);
    let _ = NoteKey::witness(name, placeholder).map_err(unusable)?;
    if board::key_file(data).exists() || board::store_file(data).exists() {
        bail!(
            "there is a board in {}: make the witness in a folder of its own, on another machine",
            data.display()
        );
    }
    std::fs::create_dir_all(data).with_context(|| format!("the folder {} cannot be made", data.display()))?;
    let folder = Folder::new(name);
    folder.create(data)?;
    keyfile::create_witness(&key_file(data), &mut OsRng)?;
    println!("key      {}", open(data, &folder)?.key().to_vkey_string());
    Ok(())
}

/// The witness of a folder, with the logs that it watches.
fn open(data: &Path, folder: &Folder) -> anyhow::Result<Witness> {
    let mut witness = Witness::new(folder.name(), keyfile::read_witness(&key_file(data))?)
        .with_context(|| format!("the name in {} is no name for a witness", data.display()))?;
    for WatchedLog { origin, key } in folder.logs() {
        let parsed = NoteKey::parse(key).with_context(|| format!("{key} is not the key of a log"))?;
        witness.watch(origin, parsed).with_context(|| format!("the log {origin} cannot be watched"))?;
    }
    Ok(witness)
}

async fn serve(witness: Witness, store: WitnessStore, listen: SocketAddr) -> anyhow::Result<()> {
    let mut signals = Stop::new()?;
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}: choose another address with --listen"))?;
    let address = listener.local_addr()?;
    tracing::info!("witness {}, {} logs", witness.key().to_vkey_string(), witness.logs().len());
    let (state, mut failed) = http::State::new(witness, store);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = axum::serve(listener, http::router(Arc::new(state)))
        .with_graceful_shutdown(async { drop(stopped.await) })
        .into_future();
    let mut server = tokio::spawn(server);
    log::listening(&format!("http://{address}"))?;
    let failure = tokio::select! {
        () = signals.next() => None,
        failure = failed.recv() => failure,
        ended = &mut server => {
            ended?.context("the HTTP server failed")?;
            bail!("the HTTP server ended");
        }
    };
    drop(stop);
    let _ = tokio::time::timeout(GRACE, server).await;
    match failure {
        // whether the last checkpoint was stored is seen at the next start
        Some(error) => Err(error).context("the witness has stopped, because its store failed"),
        None => Ok(()),
    }
}
