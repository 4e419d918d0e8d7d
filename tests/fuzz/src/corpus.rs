//! Inputs that are kept: `corpus/<target>/`, and in `crashes/<target>/` those that once failed.

use std::fs;
use std::path::{Path, PathBuf};

use tabella_crypto::transcript::sha256;

use crate::Target;

/// Where a target's inputs are.
pub fn folder(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name)
}

/// Where those inputs are that once failed.
pub fn crashes(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crashes").join(target.name)
}

/// The inputs in a folder with their names, in the order of the names; none where there is no folder.
pub fn read(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let Ok(items) = fs::read_dir(folder) else { return Vec::new() };
    let mut inputs: Vec<(String, Vec<u8>)> = items
        .map(|item| {
            let path = item.unwrap().path();
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap())
        })
        .collect();
    inputs.sort();
    inputs
}

/// The name under which an input is kept: what it is says its hash.
pub fn name(input: &[u8]) -> String {
    sha256(&[input]).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Keeps an input in a folder.
pub fn keep(folder: &Path, input: &[u8]) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    let path = folder.join(name(input));
    fs::write(&path, input).unwrap();
    path
}
