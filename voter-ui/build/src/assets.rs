//! The files of the web app, named by their content.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256, Sha384};
use tabella_web_pack::Files;

/// A file that others name.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Asset {
    /// Its path on the board.
    pub(crate) url: String,
    /// Its hash, as browsers check it (W3C Subresource Integrity).
    pub(crate) integrity: String,
}

/// All files so far.
#[derive(Default)]
pub(crate) struct Assets {
    files: Files,
}

impl Assets {
    /// Adds a file under a name made of this one and its content's hash.
    pub(crate) fn add(&mut self, name: &str, kind: &str, bytes: Vec<u8>) -> Asset {
        let mut hash = hex::encode(Sha256::digest(&bytes));
        hash.truncate(16);
        let path = format!("assets/{name}-{hash}.{kind}");
        let integrity = format!("sha384-{}", STANDARD.encode(Sha384::digest(&bytes)));
        let asset = Asset { url: format!("/{path}"), integrity };
        self.files.insert(path, bytes);
        asset
    }

    /// Writes every file and the page.
    pub(crate) fn write(&self, folder: &Path, page: &[u8]) -> Result<()> {
        let mut files = self.files.clone();
        files.insert("index.html".to_owned(), page.to_vec());
        tabella_web_pack::write(folder, &files)?;
        Ok(())
    }

    /// Sizes, for whoever builds.
    pub(crate) fn table(&self) -> String {
        self.files.iter().fold(String::new(), |mut table, (path, bytes)| {
            let compressed = tabella_web_pack::brotli(bytes).map_or(0, |bytes| bytes.len());
            // writing to a string cannot fail
            let _ = writeln!(table, "{:>9} bytes {:>8} brotli  {path}", bytes.len(), compressed);
            table
        })
    }
}
