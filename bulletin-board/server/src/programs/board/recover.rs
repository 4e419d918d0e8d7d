//! `tabella-board catch-up`, and the questions before the board runs.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};

use super::folder::{Folder, FolderError, check_operator};
use super::{check_source, key_file, store_file, unfinished_file};
use crate::keyfile;
use crate::recovery::{Asked, EVIDENCE, Finding, Objection, Required, Who, judge, mirrors};
use crate::sequencer::{self, CatchUpError, CaughtUp};
use crate::store::{LogId, RedbStore, Store, StoreError};
use crate::witnesses::guard::ask_witnesses;
use crate::witnesses::{Contact, Kept, Pace};
use tabella_board_client::evidence::file;
use tabella_board_client::site::Site;
use tabella_board_client::{Board, ClientError, Contradiction};
use tabella_crypto::checkpoint::SignedCheckpoint;
use tabella_crypto::signature::{SigningKey, VerifyingKey};

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

/// Whom the board asks, before it signs anything, whether its store is the newest.
pub struct Memory<'a> {
    /// The board's folder.
    pub data: &'a Path,
    /// What was cosigned, in that folder.
    pub kept: &'a Kept,
    /// Addresses or folders of mirrors.
    pub mirrors: &'a [String],
    /// The ways to the witnesses.
    pub witnesses: &'a [Contact],
    /// Who must answer.
    pub required: Required,
}

impl Memory<'_> {
    /// Asks all of them; an error if the board must not sign.
    ///
    /// Witnesses are asked last, and only if nobody else objects: asking one is having it cosign the stored head.
    pub async fn ask(&self, store: &Arc<dyn Store>, operator: VerifyingKey) -> anyhow::Result<Vec<Asked>> {
        let Self { data, kept, mirrors, witnesses, required } = self;
        let head = store.head(LogId::Board)?.ok_or(StoreError::Empty)?;
        let object = |asked: &[Asked]| match judge(head.claimed().size(), asked, *required) {
            Err(objection @ Objection::OtherLog { .. }) => Err(refusal(data, objection)),
            judged => judged.map_err(anyhow::Error::from),
        };
        let mut asked: Vec<Asked> = kept.ask(store.as_ref(), &head)?.into_iter().collect();
        asked.extend(mirrors::ask_mirrors(store, operator, mirrors).await?);
        asked.iter().for_each(Asked::tell);
        object(&asked)?;
        let said = ask_witnesses(store, &head, witnesses, Pace::default().request).await;
        said.iter().for_each(Asked::tell);
        asked.extend(said);
        object(&asked)?;
        Ok(asked)
    }
}

/// Brings a store up to what a mirror has.
pub fn perform(arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments { data, from } = arguments;
    check_source(from)?;
    let (key, _folder) = key_of(data)?;
    let store_file = store_file(data);
    // a store is made only when there is something to put into it
    let stored = store_file.exists().then(|| RedbStore::open(&store_file)).transpose()?;
    let head = match &stored {
        Some(store) => store.head(LogId::Board)?,
        None => None,
    };
    if let (Some(store), Some(_)) = (&stored, &head) {
        check_operator(store, &key)?;
    }
    let runtime = tokio::runtime::Runtime::new()?;
    let caught_up = runtime.block_on(async {
        let operator = key.verifying_key();
        let reached =
            mirrors::reach(stored.as_ref().map(|store| store as &dyn Store), operator, from).await?;
        match reached {
            Ok(board) => fill(data, key, stored, &board).await.map(Some),
            Err(Finding::InStep | Finding::Ahead(_)) => bail!("{from} changed its mind: try again"),
            Err(Finding::Behind(size)) if unfinished_file(data).exists() => bail!(
                "{from} has {size} entries of the board log, fewer than this store, which was being brought up to date \
                 from a mirror with more: give that mirror, or another one that has more, with --from"
            ),
            Err(Finding::Behind(size)) => {
                println!(
                    "nothing to catch up: {from} is behind this store, with {size} entries of the board log"
                );
                Ok(None)
            }
            Err(Finding::Unshown { size, reason }) => bail!(
                "{from} has a checkpoint of {size} entries of the board log that this board signed, and does not show \
                 how this store stands to it: {reason}. Nothing was written: mend that mirror, or use another one"
            ),
            Err(Finding::OtherLog(proof)) => Err(other_log(head, data, from, proof)),
            Err(Finding::Unknown(reason)) => bail!("{from} cannot be used: {reason}. Nothing was written"),
        }
    })?;
    if let Some(CaughtUp { head, board, entries }) = caught_up {
        println!("{board} entries of the board log and {entries} of elections' logs were missing");
        println!("the board log has {} entries, root {}", head.size(), head.root());
    }
    Ok(())
}

/// The operator's key of a folder, which is held. It is never made anew: entries signed with another key are another
/// board's.
fn key_of(data: &Path) -> anyhow::Result<(SigningKey, Folder)> {
    // first, so that a board that still runs is what is told
    let folder = Folder::with_key(data).map_err(|error| match error {
        FolderError::Locked(_) => {
            anyhow::Error::from(error).context("stop the board before its store is brought up to date")
        }
        error => error.into(),
    })?;
    Ok((keyfile::read(&key_file(data)).map_err(FolderError::from)?, folder))
}

/// Brings the store, or a new one, up to a mirror that continues it. A folder in which nothing was written is left as
/// it was.
async fn fill(
    data: &Path,
    key: SigningKey,
    stored: Option<RedbStore>,
    board: &Board<Site>,
) -> anyhow::Result<CaughtUp> {
    let (unfinished, file) = (unfinished_file(data), store_file(data));
    let is_new = stored.is_none();
    mark(&unfinished)?;
    let store: Arc<dyn Store> = match stored {
        Some(store) => Arc::new(store),
        None => Arc::new(RedbStore::open(&file)?),
    };
    let mut tell = |done, all| tracing::info!(done, all, "entries of the board log");
    let outcome = sequencer::catch_up(store.clone(), key, board, &mut tell).await;
    let remove = |path: &Path| {
        std::fs::remove_file(path).with_context(|| format!("{} cannot be removed: remove it", path.display()))
    };
    match outcome {
        Ok(caught_up) => {
            remove(&unfinished)?;
            Ok(caught_up)
        }
        Err(error) => {
            let head = store.head(LogId::Board);
            if is_new && matches!(head, Ok(None)) {
                drop(store);
                remove(&file)?;
                remove(&unfinished)?;
            } else {
                tracing::warn!("{} may hold a part: the same command goes on from there", file.display());
            }
            Err(match error {
                CatchUpError::Client(ClientError::Fork(proof)) => {
                    other_log(head?, data, board.address(), Some(proof))
                }
                error => error.into(),
            })
        }
    }
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

/// What is told of a mirror that a store does not continue.
fn other_log(
    head: Option<SignedCheckpoint>,
    data: &Path,
    from: &str,
    proof: Option<Box<Contradiction>>,
) -> anyhow::Error {
    let stored = head.map_or(0, |head| head.claimed().size());
    refusal(data, Objection::OtherLog { who: Who::Mirror(from.to_owned()), stored, proof })
}

/// An objection as an error, with the place of its proof.
fn refusal(data: &Path, objection: Objection) -> anyhow::Error {
    let Objection::OtherLog { proof: Some(proof), .. } = &objection else { return objection.into() };
    let evidence = file::keep(proof, &data.join(EVIDENCE));
    let words = format!("{objection}; {evidence}");
    anyhow::Error::from(objection).context(words)
}
