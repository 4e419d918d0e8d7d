//! The store that lasts: one file, one transaction a batch, with redb.
//!
//! Each commit is durable when it returns and in two phases: entries come from strangers, and a commit in one
//! phase trusts checksums that a stranger can match. The file is locked while it is open.

use std::ops::Range;
use std::path::Path;

use ::redb::{
    Database, DatabaseError, Durability, ReadableDatabase, ReadableTable, StorageError, Table,
    TableDefinition, TableError, WriteTransaction,
};

use tabella_crypto::ballot::{Disposition, TrackingCode};
use tabella_crypto::checkpoint::SignedCheckpoint;
use tabella_crypto::credential::Credential;
use tabella_crypto::group::EncodedPoint;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

use super::{Batch, LogBatch, LogId, Store, StoreError, leaves};

mod copy;

/// The version of the tables below.
const FORMAT: u32 = 1;
/// The board log's number; elections are numbered from 1 in the order of their creation.
const BOARD: u32 = 0;

/// `"format"` to [`FORMAT`].
const META: TableDefinition<&str, u32> = TableDefinition::new("meta");
/// Election to the number of its log.
const NUMBERS: TableDefinition<&[u8; 32], u32> = TableDefinition::new("numbers");
/// Log to its signed checkpoint.
const HEADS: TableDefinition<u32, &str> = TableDefinition::new("heads");
/// Log and index to entry.
const ENTRIES: TableDefinition<(u32, u64), &[u8]> = TableDefinition::new("entries");
/// Log, tile level and index to hash.
const HASHES: TableDefinition<(u32, u8, u64), &[u8; 32]> = TableDefinition::new("hashes");
/// Log and leaf hash to index.
const LEAVES: TableDefinition<(u32, &[u8; 32]), u64> = TableDefinition::new("leaves");
/// Log and tracking code to index and disposition.
const CODES: TableDefinition<(u32, &[u8; 32]), (u64, u8)> = TableDefinition::new("codes");
/// Log, credential and index of a ballot.
const CREDENTIALS: TableDefinition<(u32, &[u8; 32], u64), ()> = TableDefinition::new("credentials");

/// Logs in one file.
#[derive(Debug)]
pub struct RedbStore {
    database: Database,
}

impl RedbStore {
    /// Opens the store in this file, or makes an empty one.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        Self::with(Database::create(file)?)
    }

    /// Every page is held against its checksum first: redb itself looks only after a crash, and takes for granted
    /// what was closed in order. The start reads all entries anyway.
    fn with(mut database: Database) -> Result<Self, StoreError> {
        if !database.check_integrity()? {
            // the trees are whole, or this would have been an error: each commit has two phases
            tracing::warn!("the store's list of free pages was made anew: look for faults of the disk");
        }
        let transaction = begin(&database)?;
        {
            let mut meta = transaction.open_table(META)?;
            let found = meta.get("format")?.map(|value| value.value());
            match found {
                None => drop(meta.insert("format", FORMAT)?),
                Some(FORMAT) => {}
                Some(found) => return Err(StoreError::Format { found, known: FORMAT }),
            }
            // every table exists from now on, so that readers need not ask
            transaction.open_table(NUMBERS)?;
            transaction.open_table(HEADS)?;
            transaction.open_table(ENTRIES)?;
            transaction.open_table(HASHES)?;
            transaction.open_table(LEAVES)?;
            transaction.open_table(CODES)?;
            transaction.open_table(CREDENTIALS)?;
        }
        transaction.commit().map_err(::redb::Error::from)?;
        Ok(Self { database })
    }

    /// Reads in one transaction, given the number of the log; none if there is no such log.
    fn read<T>(
        &self,
        log: LogId,
        read: impl FnOnce(&::redb::ReadTransaction, u32) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let transaction = self.database.begin_read().map_err(::redb::Error::from)?;
        let number = match log {
            LogId::Board => Some(BOARD),
            LogId::Election(election) => {
                transaction.open_table(NUMBERS)?.get(election.as_bytes())?.map(|number| number.value())
            }
        };
        number.map(|number| read(&transaction, number)).transpose()
    }
}

fn begin(database: &Database) -> Result<WriteTransaction, StoreError> {
    let mut transaction = database.begin_write().map_err(::redb::Error::from)?;
    transaction.set_durability(Durability::Immediate).map_err(::redb::Error::from)?;
    transaction.set_two_phase_commit(true);
    Ok(transaction)
}

fn parse_head(text: &str) -> Result<SignedCheckpoint, StoreError> {
    SignedCheckpoint::parse(text.as_bytes()).map_err(|_| StoreError::Damaged("a checkpoint cannot be read"))
}

/// The log's number; an election's first batch gives it one.
fn number_of(numbers: &mut Table<'_, &'static [u8; 32], u32>, log: LogId) -> Result<u32, StoreError> {
    use ::redb::ReadableTableMetadata;
    let LogId::Election(election) = log else { return Ok(BOARD) };
    if let Some(number) = numbers.get(election.as_bytes())?.map(|number| number.value()) {
        return Ok(number);
    }
    let next = u32::try_from(numbers.len()? + 1).map_err(|_| StoreError::Damaged("too many elections"))?;
    numbers.insert(election.as_bytes(), next)?;
    Ok(next)
}

fn write_log(transaction: &WriteTransaction, number: u32, part: &LogBatch) -> Result<(), StoreError> {
    let mut entries = transaction.open_table(ENTRIES)?;
    let last = entries.range((number, 0)..=(number, u64::MAX))?.next_back().transpose()?;
    if last.map_or(0, |(key, _)| key.value().1 + 1) != part.first {
        return Err(StoreError::Damaged("a batch does not begin where its log ends"));
    }
    for (index, entry) in (part.first..).zip(&part.entries) {
        entries.insert((number, index), entry.as_slice())?;
    }
    let mut hashes = transaction.open_table(HASHES)?;
    for (level, index, hash) in &part.hashes {
        hashes.insert((number, *level, *index), &hash.0)?;
    }
    // nobody looks an entry of the board log up by its hash
    if part.log != LogId::Board {
        let mut rows = transaction.open_table(LEAVES)?;
        for (leaf, index) in leaves(part) {
            rows.insert((number, &leaf.0), index)?;
        }
    }
    if !part.ballots.is_empty() {
        let mut codes = transaction.open_table(CODES)?;
        let mut credentials = transaction.open_table(CREDENTIALS)?;
        for row in &part.ballots {
            codes.insert((number, &row.code.0.0), (row.index, row.disposition as u8))?;
            credentials.insert((number, &row.credential.0.0, row.index), ())?;
        }
    }
    transaction.open_table(HEADS)?.insert(number, part.checkpoint.encode().as_str())?;
    Ok(())
}

impl Store for RedbStore {
    fn commit(&self, batch: &Batch) -> Result<(), StoreError> {
        // whatever returns early drops the transaction, which undoes it
        let transaction = begin(&self.database)?;
        let head =
            transaction.open_table(HEADS)?.get(BOARD)?.map(|text| parse_head(text.value())).transpose()?;
        if head.as_ref().map(SignedCheckpoint::claimed) != batch.expected.as_ref() {
            return Err(StoreError::Conflict);
        }
        for part in &batch.logs {
            let number = number_of(&mut transaction.open_table(NUMBERS)?, part.log)?;
            write_log(&transaction, number, part)?;
        }
        transaction.commit().map_err(|error| ::redb::Error::from(error).into())
    }

    fn head(&self, log: LogId) -> Result<Option<SignedCheckpoint>, StoreError> {
        let head = self.read(log, |transaction, number| {
            let heads = transaction.open_table(HEADS)?;
            heads.get(number)?.map(|text| parse_head(text.value())).transpose()
        })?;
        Ok(head.flatten())
    }

    fn elections(&self) -> Result<Vec<ElectionId>, StoreError> {
        let all = self.read(LogId::Board, |transaction, _| {
            let numbers = transaction.open_table(NUMBERS)?;
            let mut elections = Vec::new();
            for row in numbers.iter()? {
                elections.push(ElectionId(Digest(*row?.0.value())));
            }
            Ok(elections)
        })?;
        Ok(all.unwrap_or_default())
    }

    fn entries(&self, log: LogId, range: Range<u64>) -> Result<Vec<Vec<u8>>, StoreError> {
        let wanted = range.end.saturating_sub(range.start);
        let found = self.read(log, |transaction, number| {
            let mut found = Vec::new();
            for row in transaction.open_table(ENTRIES)?.range((number, range.start)..(number, range.end))? {
                found.push(row?.1.value().to_vec());
            }
            Ok(found)
        })?;
        found.filter(|found| found.len() as u64 == wanted).ok_or(StoreError::Damaged("an entry is missing"))
    }

    fn hashes(&self, log: LogId, level: u8, range: Range<u64>) -> Result<Vec<Digest>, StoreError> {
        let wanted = range.end.saturating_sub(range.start);
        let found = self.read(log, |transaction, number| {
            let rows = (number, level, range.start)..(number, level, range.end);
            let mut found = Vec::new();
            for row in transaction.open_table(HASHES)?.range(rows)? {
                found.push(Digest(*row?.1.value()));
            }
            Ok(found)
        })?;
        found.filter(|found| found.len() as u64 == wanted).ok_or(StoreError::Damaged("a hash is missing"))
    }

    fn find_entry(&self, election: ElectionId, leaf: Digest) -> Result<Option<u64>, StoreError> {
        let found = self.read(LogId::Election(election), |transaction, number| {
            Ok(transaction.open_table(LEAVES)?.get((number, &leaf.0))?.map(|index| index.value()))
        })?;
        Ok(found.flatten())
    }

    fn find_ballot(
        &self,
        election: ElectionId,
        code: TrackingCode,
    ) -> Result<Option<(u64, Disposition)>, StoreError> {
        let found = self.read(LogId::Election(election), |transaction, number| {
            Ok(transaction.open_table(CODES)?.get((number, &code.0.0))?.map(|row| row.value()))
        })?;
        let disposition = |byte| match byte {
            0 => Ok(Disposition::Cast),
            1 => Ok(Disposition::Challenge),
            _ => Err(StoreError::Damaged("a ballot's row cannot be read")),
        };
        found.flatten().map(|(index, byte)| Ok((index, disposition(byte)?))).transpose()
    }

    fn ballots_of(&self, election: ElectionId, credential: Credential) -> Result<Vec<u64>, StoreError> {
        let Credential(EncodedPoint(bytes)) = &credential;
        let found = self.read(LogId::Election(election), |transaction, number| {
            let rows = (number, bytes, 0)..=(number, bytes, u64::MAX);
            let mut found = Vec::new();
            for row in transaction.open_table(CREDENTIALS)?.range(rows)? {
                found.push(row?.0.value().2);
            }
            Ok(found)
        })?;
        Ok(found.unwrap_or_default())
    }
}

/// No room on the disk, beyond the user's quota, or beyond the limit of a process's files.
fn is_full(kind: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(kind, StorageFull | QuotaExceeded | FileTooLarge)
}

/// Bytes are missing, or are not those of a database.
fn is_cut(kind: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind::{InvalidData, UnexpectedEof};
    matches!(kind, InvalidData | UnexpectedEof)
}

fn is_read_only(kind: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    matches!(kind, PermissionDenied | ReadOnlyFilesystem)
}

impl From<::redb::Error> for StoreError {
    fn from(error: ::redb::Error) -> Self {
        match error {
            ::redb::Error::DatabaseAlreadyOpen => Self::Locked,
            ::redb::Error::Io(error) if is_full(error.kind()) => Self::Full,
            ::redb::Error::Io(error) if is_read_only(error.kind()) => Self::ReadOnly,
            ::redb::Error::Corrupted(_) => Self::Damaged("the database does not read back as it was written"),
            ::redb::Error::Io(error) if is_cut(error.kind()) => Self::Damaged("the database is cut short"),
            error => Self::Database(Box::new(error)),
        }
    }
}

impl From<StorageError> for StoreError {
    fn from(error: StorageError) -> Self {
        ::redb::Error::from(error).into()
    }
}

impl From<TableError> for StoreError {
    fn from(error: TableError) -> Self {
        ::redb::Error::from(error).into()
    }
}

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        ::redb::Error::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::sync::{Arc, Mutex};

    use ::redb::StorageBackend;

    use super::*;
    use crate::store::contract;

    #[test]
    fn keeps_the_contract() {
        let folder = tempfile::tempdir().unwrap();
        let store = RedbStore::open(&folder.path().join("board.redb")).unwrap();
        contract::check(&store);
    }

    #[test]
    fn what_was_committed_is_there_when_the_file_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("board.redb");
        let batch = contract::first();
        RedbStore::open(&file).unwrap().commit(&batch).unwrap();
        contract::check_holds(&RedbStore::open(&file).unwrap(), &batch);
    }

    #[test]
    fn a_file_that_is_open_or_of_another_format_is_refused_with_a_reason() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("board.redb");
        let store = RedbStore::open(&file).unwrap();
        assert!(matches!(RedbStore::open(&file), Err(StoreError::Locked)));
        let transaction = begin(&store.database).unwrap();
        transaction.open_table(META).unwrap().insert("format", 9).unwrap();
        transaction.commit().unwrap();
        drop(store);
        assert!(matches!(RedbStore::open(&file), Err(StoreError::Format { found: 9, known: 1 })));
    }

    /// A file that was damaged opens with all that was committed, or not at all.
    #[track_caller]
    fn check_damaged(bytes: &[u8], what: &str) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("board.redb");
        std::fs::write(&file, bytes).unwrap();
        match RedbStore::open(&file) {
            Err(_) => false,
            Ok(store) => {
                let head = store.head(LogId::Board);
                assert!(head.is_err() || head.unwrap().is_some(), "{what}: an empty store");
                contract::check_holds(&store, &contract::second());
                true
            }
        }
    }

    #[test]
    fn a_file_that_is_cut_or_overwritten_at_its_end_loses_nothing_in_silence() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("board.redb");
        let store = RedbStore::open(&file).unwrap();
        store.commit(&contract::first()).unwrap();
        store.commit(&contract::second()).unwrap();
        // as a process that was killed leaves it, and after an orderly end
        let killed = std::fs::read(&file).unwrap();
        drop(store);
        let closed = std::fs::read(&file).unwrap();
        for (state, whole) in [("killed", killed), ("closed", closed)] {
            assert!(check_damaged(&whole, state));
            let mut refused = 0;
            for part in 1..16 {
                let cut = whole.len() * part / 16;
                refused += u32::from(!check_damaged(&whole[..cut], &format!("{state}, cut at {cut}")));
                for filler in [0, 0xff] {
                    let mut torn = whole.clone();
                    torn[cut..].fill(filler);
                    let what = format!("{state}, {filler} from {cut}");
                    refused += u32::from(!check_damaged(&torn, &what));
                }
            }
            assert!(refused > 0, "{state}: some of this hits what was written");
        }
    }

    /// A disk that fails from some operation on, that one done or not, and keeps what it has.
    #[derive(Debug, Clone, Default)]
    struct Disk {
        bytes: Arc<Mutex<Vec<u8>>>,
        /// Operations until failure; 0 for none.
        left: Arc<AtomicU32>,
        persists: Arc<AtomicBool>,
        broken: Arc<AtomicBool>,
    }

    impl Disk {
        fn change(&self, change: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
            let fails = self.left.load(Ordering::SeqCst) > 0 && self.left.fetch_sub(1, Ordering::SeqCst) == 1;
            if self.broken.load(Ordering::SeqCst) {
                return Err(io::Error::other("the disk is broken"));
            }
            if !fails || self.persists.load(Ordering::SeqCst) {
                change(&mut self.bytes.lock().unwrap());
            }
            if fails {
                self.broken.store(true, Ordering::SeqCst);
                return Err(io::Error::other("the disk breaks"));
            }
            Ok(())
        }

        fn store(&self) -> RedbStore {
            RedbStore::with(Database::builder().create_with_backend(self.clone()).unwrap()).unwrap()
        }
    }

    impl StorageBackend for Disk {
        fn len(&self) -> io::Result<u64> {
            Ok(self.bytes.lock().unwrap().len() as u64)
        }
        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            let start = offset as usize;
            out.copy_from_slice(&self.bytes.lock().unwrap()[start..start + out.len()]);
            Ok(())
        }
        fn set_len(&self, length: u64) -> io::Result<()> {
            self.change(|bytes| bytes.resize(length as usize, 0))
        }
        fn sync_data(&self) -> io::Result<()> {
            self.change(|_| ())
        }
        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            let start = offset as usize;
            self.change(|bytes| bytes[start..start + data.len()].copy_from_slice(data))
        }
    }

    #[test]
    fn whenever_the_disk_breaks_the_batch_is_there_whole_or_not_at_all() {
        let (first, second) = (contract::first(), contract::second());
        let (mut lost, mut kept) = (0, 0);
        for operation in 1.. {
            let mut finished = 0;
            for persists in [false, true] {
                let disk = Disk::default();
                let store = disk.store();
                store.commit(&first).unwrap();
                disk.persists.store(persists, Ordering::SeqCst);
                disk.left.store(operation, Ordering::SeqCst);
                let acknowledged = store.commit(&second).is_ok();
                let broke = disk.broken.load(Ordering::SeqCst);
                // the process ends, and the disk is replaced by one with the same content
                disk.broken.store(true, Ordering::SeqCst);
                drop(store);
                let copy = Disk { bytes: disk.bytes.clone(), ..Disk::default() };
                let reopened = copy.store();
                let is_there = reopened.head(LogId::Board).unwrap().as_ref()
                    == second.logs.last().map(|log| &log.checkpoint);
                contract::check_holds(&reopened, if is_there { &second } else { &first });
                assert!(is_there || !acknowledged, "operation {operation}");
                match (broke, is_there) {
                    (true, true) => kept += 1,
                    (true, false) => lost += 1,
                    (false, _) => finished += 1,
                }
            }
            if finished == 2 {
                break;
            }
        }
        assert!(lost > 0, "some fault comes before the swap");
        assert!(kept > 0, "some fault comes after the swap");
    }
}
