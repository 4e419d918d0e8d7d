//! The files of the web app, named by their content.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256, Sha384};

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
    files: Vec<(String, Vec<u8>)>,
}

impl Assets {
    /// Adds a file under a name made of this one and its content's hash.
    pub(crate) fn add(&mut self, name: &str, kind: &str, bytes: Vec<u8>) -> Asset {
        let mut hash = hex::encode(Sha256::digest(&bytes));
        hash.truncate(16);
        let path = format!("assets/{name}-{hash}.{kind}");
        let integrity = format!("sha384-{}", STANDARD.encode(Sha384::digest(&bytes)));
        let asset = Asset { url: format!("/{path}"), integrity };
        self.files.push((path, bytes));
        asset
    }

    /// Writes every file, plain and compressed, and the page; last the list that tells what was built. Files of
    /// other builds go; where nothing has changed, nothing is written, so that the board need not be compiled again.
    pub(crate) fn write(&self, folder: &Path, page: &[u8]) -> Result<()> {
        let page = ("index.html".to_owned(), page.to_vec());
        let files = || self.files.iter().chain([&page]);
        let list = files().fold(String::new(), |mut list, (path, bytes)| {
            // writing to a string cannot fail
            let _ = writeln!(list, "{}  {path}", hex::encode(Sha256::digest(bytes)));
            list
        });
        let listed = folder.join("SHA256SUMS");
        if fs::read_to_string(&listed).is_ok_and(|before| before == list) {
            return Ok(());
        }
        // whatever is interrupted below is not taken for a whole build
        let _ = fs::remove_file(&listed);
        let assets = folder.join("assets");
        if assets.exists() {
            fs::remove_dir_all(&assets)?;
        }
        fs::create_dir_all(&assets)?;
        for (path, bytes) in files() {
            let path = path.as_str();
            let write = |suffix: &str, bytes: &[u8]| {
                let file = folder.join(format!("{path}{suffix}"));
                fs::write(&file, bytes).with_context(|| format!("{} cannot be written", file.display()))
            };
            write("", bytes)?;
            write(".br", &brotli(bytes)?)?;
            write(".gz", &gzip(bytes)?)?;
        }
        fs::write(listed, list)?;
        Ok(())
    }

    /// Sizes, for whoever builds.
    pub(crate) fn table(&self) -> String {
        self.files.iter().fold(String::new(), |mut table, (path, bytes)| {
            let compressed = brotli(bytes).map_or(0, |bytes| bytes.len());
            // writing to a string cannot fail
            let _ = writeln!(table, "{:>9} bytes {:>8} brotli  {path}", bytes.len(), compressed);
            table
        })
    }
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
