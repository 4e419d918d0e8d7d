//! The record of `tests/reference/record`, which another program made: with every kind of entry.

use std::path::{Path, PathBuf};

use tabella_crypto::merkle::{TilePath, decode_bundle};
use tabella_tally::verify::record::FolderRecord;
use tabella_tally::verify::{MemoryRecord, Record};

/// Its folder.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../reference/record")
}

/// Its files, in memory.
pub fn record() -> MemoryRecord {
    let folder = FolderRecord::new(folder());
    let paths = folder.paths().unwrap().unwrap();
    let files = paths.into_iter().map(|path| (path.clone(), folder.read(&path).unwrap()));
    MemoryRecord { files: files.collect() }
}

/// The entries of its election's log.
pub fn log() -> Vec<Vec<u8>> {
    entries("elections/")
}

/// The entries of its board log.
pub fn board_log() -> Vec<Vec<u8>> {
    entries("board/")
}

/// The entries of the log with this prefix, which has fewer than 256.
fn entries(prefix: &str) -> Vec<Vec<u8>> {
    let record = record();
    let bundle = record.files.iter().find_map(|(path, bytes)| {
        let tile = path.strip_prefix(prefix)?.split_once("tile/entries/").map(|(_, rest)| rest)?;
        let tile = TilePath::parse(&format!("tile/entries/{tile}"))?;
        Some(decode_bundle(bytes, tile.width()).unwrap())
    });
    bundle.unwrap()
}
