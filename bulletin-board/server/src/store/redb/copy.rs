//! A copy of a store as of one moment, while others read and write it.

use std::path::Path;

use redb::{Database, Key, ReadTransaction, ReadableDatabase as _, TableDefinition, Value, WriteTransaction};

use super::{
    CODES, CREDENTIALS, ENTRIES, HASHES, HEADS, LEAVES, LogId, META, NUMBERS, RedbStore, Store, StoreError,
    begin, parse_head,
};
use crate::store::redb::BOARD;
use tabella_crypto::checkpoint::Checkpoint;

/// Memory for the pages of a copy that is being written.
const CACHE: usize = 32 << 20;

impl RedbStore {
    /// Copies everything into a new store in this file, as of one commit, and reads the copy's head back; gives the
    /// head of the board log. Nothing may be there yet.
    pub fn copy_to(&self, file: &Path) -> Result<Checkpoint, StoreError> {
        let from = self.database.begin_read().map_err(redb::Error::from)?;
        let head = from.open_table(HEADS)?.get(BOARD)?.map(|text| parse_head(text.value())).transpose()?;
        let head = head.ok_or(StoreError::Empty)?.claimed().clone();
        {
            let database = Database::builder().set_cache_size(CACHE).create(file)?;
            let to = begin(&database)?;
            copy(&from, &to, META)?;
            copy(&from, &to, NUMBERS)?;
            copy(&from, &to, HEADS)?;
            copy(&from, &to, ENTRIES)?;
            copy(&from, &to, HASHES)?;
            copy(&from, &to, LEAVES)?;
            copy(&from, &to, CODES)?;
            copy(&from, &to, CREDENTIALS)?;
            to.commit().map_err(redb::Error::from)?;
        }
        let found = Self::open(file)?.head(LogId::Board)?;
        match found {
            Some(found) if *found.claimed() == head => Ok(head),
            _ => Err(StoreError::Damaged("a copy does not read back as it was written")),
        }
    }
}

fn copy<K: Key + 'static, V: Value + 'static>(
    from: &ReadTransaction,
    to: &WriteTransaction,
    table: TableDefinition<'_, K, V>,
) -> Result<(), StoreError> {
    let mut target = to.open_table(table)?;
    for row in from.open_table(table)?.range::<K::SelfType<'_>>(..)? {
        let (key, value) = row?;
        target.insert(key.value(), value.value())?;
    }
    Ok(())
}
