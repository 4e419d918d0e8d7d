//! `tabella-board init`: a new board's key, and the first entries of its log.

use std::path::PathBuf;

use anyhow::{Context, bail};
use rand_core::OsRng;

use tabella_board_core::api::hex_parse;
use tabella_board_core::board::check_genesis;
use tabella_board_core::entry::Genesis;
use tabella_crypto::checkpoint::{NoteAlgorithm, NoteKey};
use tabella_crypto::signature::VerifyingKey;

use super::{key_file, store_file};
use crate::keyfile::{self, KeyFileError};
use crate::publish;
use crate::sequencer::{self, StartError, system_time};
use crate::store::RedbStore;

/// What the subcommand takes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder for key and store; made if it is not there.
    #[arg(long)]
    pub data: PathBuf,
    /// The board's unique name, such as board.example.org/tabella. It can never be changed.
    #[arg(long)]
    pub origin: String,
    /// The public key of somebody who may open elections: 64 hexadecimal digits. Can be repeated.
    #[arg(long = "administrator", value_parser = verifying_key)]
    pub administrators: Vec<VerifyingKey>,
    /// The key of a witness, such as witness.example.org/w1+<hex>+<base64>. Can be repeated, and never be changed.
    #[arg(long = "witness", value_name = "VKEY", value_parser = witness_key)]
    pub witnesses: Vec<NoteKey>,
}

fn witness_key(text: &str) -> Result<NoteKey, String> {
    let key = NoteKey::parse(text).ok().filter(|key| key.algorithm() == NoteAlgorithm::CosignatureV1);
    key.ok_or_else(|| {
        "a witness's key looks like name+8 hex digits+base64, as the witness published it".to_owned()
    })
}

fn verifying_key(text: &str) -> Result<VerifyingKey, String> {
    hex_parse(text).ok_or_else(|| "a public key is 64 hexadecimal digits in lower case".to_owned())
}

/// Makes the board and prints how it is recognised.
pub fn perform(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { data, origin, administrators, witnesses } = arguments;
    if administrators.is_empty() {
        bail!(
            "name with --administrator the public key of everybody who may open elections: \
             the list stands in the log's first entries and cannot be changed later"
        );
    }
    // before anything is written
    let placeholder = VerifyingKey([0; 32]);
    let mut genesis = Genesis::new(origin, placeholder, administrators);
    genesis.witnesses = witnesses.iter().map(|key| (key.name().to_owned(), key.verifying_key())).collect();
    check_genesis(&genesis).map_err(StartError::Genesis)?;
    std::fs::create_dir_all(&data)
        .with_context(|| format!("the folder {} cannot be made", data.display()))?;
    let key = match keyfile::read(&key_file(&data)) {
        // left by an init that was interrupted, if there is no board; else init refuses below
        Ok(key) => key,
        Err(KeyFileError::Missing(_)) if store_file(&data).exists() => bail!(
            "{} has a board's store but not its key: restore operator.key, or use another folder for a new board",
            data.display()
        ),
        Err(KeyFileError::Missing(_)) => keyfile::create(&key_file(&data), &mut OsRng)?,
        Err(error) => return Err(error.into()),
    };
    let store = RedbStore::open(&store_file(&data))?;
    genesis.operator = key.verifying_key();
    sequencer::init(&store, &key, genesis.clone(), system_time())?;
    let info = publish::board_info(&genesis)?;
    println!("board        {}", info.origin);
    println!("key          {}", info.key);
    println!("fingerprint  {}", info.fingerprint);
    Ok(())
}
