//! The board's witnesses: after each publication they are asked to cosign the newest head of the board log (C2SP
//! tlog-witness), and what they give is published. Nobody waits for them: entries are acknowledged before.
//!
//! ```text
//! sequencer --publishes--> rounds --newest head--> one task for each witness --add-checkpoint--> witness
//!                            ^                           |
//!     publication <--heads---+-------cosignature---------+
//! ```
//!
//! * [`rounds`]: which head is asked for, and when the next one;
//! * `exchange`: one witness, one request at a time;
//! * `kept`: what was cosigned, for the next start, and as a memory that is held against an old store;
//! * [`guard`]: what the witnesses are asked before the board signs anything.
//!
//! Witnesses are those of the genesis; where they are reached is a setting ([`Address`]).

use std::str::FromStr;

use tabella_board_client::transport::{AddressError, Http};
use tabella_board_core::board::witness_keys;
use tabella_board_core::entry::{BoardEntry, Genesis};
use tabella_crypto::checkpoint::NoteError;

use crate::store::{LogId, Store, StoreError};

mod exchange;
pub mod guard;
mod kept;
pub mod rounds;
#[cfg(test)]
mod tests;

pub use exchange::Contact;
pub use kept::Kept;
pub use rounds::{Pace, keep_asking};

/// Index of the genesis on the board log.
const GENESIS: u64 = 1;

/// Where a witness is reached: `NAME=URL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Name of the witness, as in the genesis.
    pub name: String,
    /// Its submission prefix, such as `https://witness.example.org`.
    pub url: String,
}

impl FromStr for Address {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        // a name may have an equals sign, and an address behind its path
        let split = text.find("=http://").or_else(|| text.find("=https://"));
        let (name, url) = split.and_then(|place| text.split_at_checked(place)).ok_or(SettingError::Form)?;
        Ok(Self { name: name.to_owned(), url: url.trim_start_matches('=').to_owned() })
    }
}

/// Why the witnesses cannot be asked as configured.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// Not `NAME=URL`.
    #[error(
        "a witness is given as NAME=URL, such as witness.example.org/w1=https://witness.example.org: correct it"
    )]
    Form,
    /// No such witness.
    #[error("the board has no witness {name}: its genesis names {known}")]
    Unknown {
        /// The name.
        name: String,
        /// The names in the genesis.
        known: String,
    },
    /// Two addresses.
    #[error("the witness {0} has two addresses: give one")]
    Twice(String),
    /// A required witness that cannot be asked.
    #[error("witnesses are required and {0} has no address: add it to [[witness]], or --witness {0}=URL")]
    NoAddress(String),
    /// Nobody to ask.
    #[error("witnesses are required and this board's genesis names none: set require_witnesses to false")]
    NoWitness,
    /// Not an address.
    #[error("the address of the witness {name} cannot be used: {error}")]
    Address {
        /// The name.
        name: String,
        /// Why.
        error: AddressError,
    },
    /// A name in the genesis.
    #[error("the genesis names a witness that cannot be one: {0}")]
    Name(#[from] NoteError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The genesis of the board in a store.
pub(crate) fn genesis(store: &dyn Store) -> Result<Genesis, SettingError> {
    if store.head(LogId::Board)?.is_none() {
        return Err(StoreError::Empty.into());
    }
    match store.entries(LogId::Board, GENESIS..GENESIS + 1)?.first().map(|entry| BoardEntry::decode(entry)) {
        Some(Ok(BoardEntry::Genesis(genesis))) => Ok(genesis),
        _ => Err(StoreError::Damaged("the board log does not begin with a genesis").into()),
    }
}

/// The ways to the witnesses of the board in a store. A witness without an address is a warning, or an error if
/// `required`, and so is a board without witnesses then.
pub fn contacts(
    store: &dyn Store,
    addresses: &[Address],
    required: bool,
) -> Result<Vec<Contact>, SettingError> {
    let keys = witness_keys(&genesis(store)?)?;
    let mut contacts: Vec<Contact> = Vec::new();
    for Address { name, url } in addresses {
        let Some(key) = keys.iter().find(|key| key.name() == name) else {
            let names: Vec<&str> = keys.iter().map(|key| key.name()).collect();
            let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(SettingError::Unknown { name: name.clone(), known });
        };
        if contacts.iter().any(|other| other.name() == name) {
            return Err(SettingError::Twice(name.clone()));
        }
        let http = Http::new(url).map_err(|error| SettingError::Address { name: name.clone(), error })?;
        contacts.push(Contact::new(key.clone(), http));
    }
    if required && keys.is_empty() {
        return Err(SettingError::NoWitness);
    }
    for key in keys.iter().filter(|key| !contacts.iter().any(|contact| contact.name() == key.name())) {
        if required {
            return Err(SettingError::NoAddress(key.name().to_owned()));
        }
        tracing::warn!(
            "the witness {} has no address: start the board with --witness {}=URL, or it is not asked",
            key.name(),
            key.name()
        );
    }
    Ok(contacts)
}
