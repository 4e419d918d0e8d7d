//! Folders of files that the board serves out of memory: each file as it is and compressed, and a list that tells what
//! was built. The web app and the book are such folders; `tabella-board` has them inside.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

mod folders;

pub use folders::Folders;

/// The list of what was built: a line for each file, with its SHA-256 and its path, as `sha256sum` reads it.
pub const LIST: &str = "SHA256SUMS";

/// Files by their paths in the folder, such as `assets/a.js`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Writes the files into a folder, each plain, with brotli (`.br`) and gzip (`.gz`), and last [`LIST`]. What else was in
/// the folder goes. Where the list says the same already nothing is written, so that the board need not be compiled
/// again. Whether something was written; an error if the folder cannot be.
pub fn write(folder: &Path, files: &Files) -> Result<bool> {
    let list = files.iter().fold(String::new(), |mut list, (path, bytes)| {
        // writing to a string cannot fail
        let _ = writeln!(list, "{}  {path}", hex::encode(Sha256::digest(bytes)));
        list
    });
    let listed = folder.join(LIST);
    if fs::read_to_string(&listed).is_ok_and(|before| before == list) {
        return Ok(false);
    }
    // whatever is interrupted below is not taken for a whole build
    let _ = fs::remove_file(&listed);
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
    }
    for (path, bytes) in files {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        for (suffix, bytes) in [("", bytes), (".br", &brotli(bytes)?), (".gz", &gzip(bytes)?)] {
            let file = folder.join(format!("{path}{suffix}"));
            fs::write(&file, bytes).with_context(|| format!("{} cannot be written", file.display()))?;
        }
    }
    fs::create_dir_all(folder)?;
    fs::write(listed, list)?;
    Ok(true)
}

/// The bytes in RFC 7932, as small as the encoder can.
pub fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &parameters)?;
    Ok(compressed)
}

/// The bytes in RFC 1952, as small as the encoder can.
fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> Files {
        paths.iter().map(|path| ((*path).to_owned(), path.as_bytes().to_vec())).collect()
    }

    #[test]
    fn a_folder_has_the_files_of_the_last_build_alone_and_is_left_as_it_is_by_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("built");
        assert!(write(&folder, &files(&["index.html", "assets/old.js"])).unwrap());
        assert!(write(&folder, &files(&["index.html", "assets/new.js"])).unwrap());
        assert!(folder.join("assets/new.js.br").is_file() && folder.join("index.html.gz").is_file());
        assert!(!folder.join("assets/old.js").exists());
        let list = fs::read_to_string(folder.join(LIST)).unwrap();
        let paths: Vec<&str> =
            list.lines().filter_map(|line| line.split_once("  ")).map(|(_, path)| path).collect();
        assert_eq!(paths, ["assets/new.js", "index.html"]);
        fs::write(folder.join("kept"), "").unwrap();
        assert!(!write(&folder, &files(&["index.html", "assets/new.js"])).unwrap());
        assert!(folder.join("kept").exists());
    }
}
