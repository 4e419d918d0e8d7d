//! Where a witness keeps the latest checkpoint that it cosigned of each log: one file, one transaction a checkpoint,
//! with redb, as [`crate::store::redb`] does it.

use std::path::Path;

use redb::{Database, Durability, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};

use tabella_board_core::witness::{Latest, Refusal};
use tabella_crypto::codec::{decode, encode};

use crate::store::StoreError;

/// The version of the tables below.
const FORMAT: u32 = 1;

/// `"format"` to [`FORMAT`].
const META: TableDefinition<'_, &str, u32> = TableDefinition::new("witness-meta");
/// Origin to [`Latest`], encoded.
const LATEST: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("witness-latest");

/// The latest checkpoints, durable. Locked while it is open.
#[derive(Debug)]
pub(super) struct WitnessStore {
    database: Database,
}

fn failed(error: impl Into<redb::Error>) -> StoreError {
    StoreError::Database(Box::new(error.into()))
}

fn parse(bytes: &[u8]) -> Result<Latest, StoreError> {
    decode(bytes).map_err(|_| StoreError::Damaged("a cosigned checkpoint cannot be read"))
}

impl WitnessStore {
    /// Opens the store in this file, or makes an empty one.
    pub(super) fn open(file: &Path) -> Result<Self, StoreError> {
        let store = Self { database: Database::create(file)? };
        let transaction = store.begin()?;
        {
            let mut meta = transaction.open_table(META).map_err(failed)?;
            let found = meta.get("format").map_err(failed)?.map(|value| value.value());
            match found {
                None => drop(meta.insert("format", FORMAT).map_err(failed)?),
                Some(FORMAT) => {}
                Some(found) => return Err(StoreError::Format { found, known: FORMAT }),
            }
            transaction.open_table(LATEST).map_err(failed)?;
        }
        transaction.commit().map_err(failed)?;
        Ok(store)
    }

    /// In two phases: what is stored comes from strangers.
    fn begin(&self) -> Result<WriteTransaction, StoreError> {
        let mut transaction = self.database.begin_write().map_err(failed)?;
        transaction.set_durability(Durability::Immediate).map_err(failed)?;
        transaction.set_two_phase_commit(true);
        Ok(transaction)
    }

    /// The latest checkpoint of a log.
    pub(super) fn latest(&self, origin: &str) -> Result<Option<Latest>, StoreError> {
        let transaction = self.database.begin_read().map_err(failed)?;
        let table = transaction.open_table(LATEST).map_err(failed)?;
        let found = table.get(origin).map_err(failed)?;
        found.map(|bytes| parse(bytes.value())).transpose()
    }

    /// Puts another checkpoint in the place of the latest, or leaves it, in one transaction: no other checkpoint of the
    /// log comes between. Durable when this returns.
    pub(super) fn replace<T>(
        &self,
        origin: &str,
        step: impl FnOnce(Option<&Latest>) -> Result<(Latest, T), Refusal>,
    ) -> Result<Result<T, Refusal>, StoreError> {
        let transaction = self.begin()?;
        let outcome = {
            let mut table = transaction.open_table(LATEST).map_err(failed)?;
            let found = table.get(origin).map_err(failed)?;
            let latest = found.map(|bytes| parse(bytes.value())).transpose()?;
            match step(latest.as_ref()) {
                Ok((next, outcome)) => {
                    table.insert(origin, encode(&next).as_slice()).map_err(failed)?;
                    outcome
                }
                Err(refusal) => return Ok(Err(refusal)),
            }
        };
        transaction.commit().map_err(failed)?;
        Ok(Ok(outcome))
    }
}
