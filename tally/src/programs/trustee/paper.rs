//! A trustee's key on paper: its [words](crate::trustee::paper) to read and as a QR code. Whoever has the paper has the key.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tabella_board_client::sealed::{Existing, write_atomically};
use tabella_crypto::threshold::trustee::TrusteeSecret;
use tabella_crypto::transcript::Digest;
use zeroize::Zeroizing;

use crate::trustee::paper::words;

mod page;

pub use page::{PaperTexts, html, text};

/// The printable forms in a folder: HTML and plain text.
pub fn paths(folder: &Path) -> [PathBuf; 2] {
    ["trustee-paper.html", "trustee-paper.txt"].map(|name| folder.join(name))
}

/// Writes the printable forms into a folder; gives their paths. They are the key in the clear: the caller says so.
pub fn write(
    folder: &Path,
    secret: &TrusteeSecret,
    name: &str,
    texts: &dyn PaperTexts,
) -> Result<[PathBuf; 2]> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{} cannot be made: give another folder", folder.display()))?;
    let fingerprint: Digest = secret.keys().fingerprint();
    let words = words(secret);
    let page = Zeroizing::new(html(&words, name, &fingerprint, texts)?);
    let plain = Zeroizing::new(text(&words, name, &fingerprint, texts));
    let paths = paths(folder);
    for path in &paths {
        ensure!(!path.exists(), "{} is there already: print and delete it first", path.display());
    }
    for (path, content) in paths.iter().zip([&page, &plain]) {
        write_atomically(path, content.as_bytes(), Existing::Kept)?;
    }
    Ok(paths)
}
