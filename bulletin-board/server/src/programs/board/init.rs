//! `tabella-board init`: a new board's key, and the first entries of its log.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use rand_core::OsRng;

use tabella_board_core::api::hex_parse;
use tabella_board_core::board::check_genesis;
use tabella_board_core::entry::{Genesis, election_origin};
use tabella_crypto::checkpoint::{NoteAlgorithm, NoteKey};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::signature::VerifyingKey;
use tabella_crypto::transcript::Digest;

use super::folder::Folder;
use super::{WrongUse, key_file, store_file};
use crate::keyfile;
use crate::programs::witness;
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
    #[arg(long, value_parser = origin)]
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

fn origin(text: &str) -> Result<String, String> {
    // names of elections, which stand behind it, are all equally long
    let longest = election_origin(text, ElectionId(Digest::default()));
    match NoteKey::log(&longest, VerifyingKey([0; 32])) {
        Ok(_) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err("an origin is the board's name, which nobody else has and which never changes: a domain of yours and a \
                  word, such as board.example.org/tabella, at most 180 bytes without spaces, plus signs and control \
                  characters"
            .to_owned()),
    }
}

fn verifying_key(text: &str) -> Result<VerifyingKey, String> {
    hex_parse(text).ok_or_else(|| "a public key is 64 hexadecimal digits in lower case".to_owned())
}

/// Makes the board and prints how it is recognised.
pub fn perform(arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { data, origin, administrators, witnesses } = arguments;
    if administrators.is_empty() {
        return Err(WrongUse(
            "name with --administrator the public key of everybody who may open elections: \
             the list stands in the log's first entries and cannot be changed later"
                .to_owned(),
        )
        .into());
    }
    // before anything is written
    let placeholder = VerifyingKey([0; 32]);
    let mut genesis = Genesis::new(origin, placeholder, administrators);
    genesis.witnesses = witnesses.iter().map(|key| (key.name().to_owned(), key.verifying_key())).collect();
    check_genesis(&genesis).map_err(StartError::Genesis)?;
    std::fs::create_dir_all(&data)
        .with_context(|| format!("the folder {} cannot be made", data.display()))?;
    if witness::is_in(&data) {
        bail!("there is a witness in {}: make the board in a folder of its own", data.display());
    }
    // of two at once, one: the other finds the folder taken, or a board in it
    let _folder = Folder::take(&data)?;
    let (key_file, store_file) = (key_file(&data), store_file(&data));
    refuse_a_board(&key_file, &store_file)?;
    // Both are made beside their places, and the key takes its name last: a key that has its name belongs to a log that
    // was begun, and is never used for the beginning of another.
    let (new_key, new_store) = (key_file.with_extension("key.new"), store_file.with_extension("redb.new"));
    for left in [&new_key, &new_store] {
        match std::fs::remove_file(left) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                bail!("what an earlier init left in {} cannot be removed: {error}", left.display())
            }
            _ => {}
        }
    }
    let key = keyfile::create(&new_key, &mut OsRng)?;
    genesis.operator = key.verifying_key();
    let store = RedbStore::open(&new_store)?;
    sequencer::init(&store, &key, genesis.clone(), system_time())?;
    drop(store);
    for (new, name) in [(&new_store, &store_file), (&new_key, &key_file)] {
        std::fs::rename(new, name).with_context(|| format!("{} cannot be named so", name.display()))?;
        std::fs::File::open(&data)
            .and_then(|folder| folder.sync_all())
            .with_context(|| format!("{} cannot be flushed", data.display()))?;
    }
    let info = publish::board_info(&genesis)?;
    println!("board        {}", info.origin);
    println!("key          {}", info.key);
    println!("fingerprint  {}", info.fingerprint);
    Ok(())
}

/// A folder that has a board, or a part of one, gets no new one: two logs under one key could never be told apart from a
/// fork.
fn refuse_a_board(key_file: &Path, store_file: &Path) -> anyhow::Result<()> {
    match (key_file.exists(), store_file.exists()) {
        (false, false) => Ok(()),
        (true, true) => Err(StartError::AlreadyInitialised.into()),
        (true, false) => bail!(
            "{} has a board's key but not its store: bring the store back with `tabella-board catch-up`, or use another \
             folder for a new board",
            key_file.display()
        ),
        (false, true) => bail!(
            "{} has a board's store but not its key: restore operator.key, or use another folder for a new board; if it \
             was left by an init that was interrupted, and no board ever ran here, remove it and try again",
            store_file.display()
        ),
    }
}
