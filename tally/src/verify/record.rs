//! Where a record's files come from. Specification: "Record".
//!
//! ```text
//! board/checkpoint                board/tile/...
//! elections/<id>/checkpoint       elections/<id>/tile/...
//! ```

use std::collections::BTreeMap;

use tabella_crypto::merkle::tiles::MAX_BUNDLE_LENGTH;

/// The most bytes of any file of a record: those of an entry bundle.
pub const MAX_FILE_LENGTH: usize = MAX_BUNDLE_LENGTH;

/// Why a file of a record cannot be read. Files are named by their path in the record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not there.
    #[error("the file is missing")]
    Missing,
    /// More than [`MAX_FILE_LENGTH`] bytes.
    #[error("the file has {0} bytes, more than the {MAX_FILE_LENGTH} that any file of a record has")]
    TooLong(u64),
    /// A link, a device, or a name that is not text.
    #[error("{0} is neither a folder nor an ordinary file with an ordinary name: a record has nothing else")]
    Kind(String),
    /// The system's words.
    #[error("the system cannot read {path}: {reason}")]
    System {
        /// What it was to read.
        path: String,
        /// What it says.
        reason: String,
    },
}

/// The files of a record, by paths such as `board/tile/0/000.p/12`.
pub trait Record {
    /// The paths of all files, in any order; none if the source cannot tell (such as a web server), so that
    /// files nobody asked for remain unseen.
    fn paths(&self) -> Result<Option<Vec<String>>, ReadError>;

    /// The bytes of a file, at most [`MAX_FILE_LENGTH`].
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;
}

/// A record in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryRecord {
    /// Contents by path.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Record for MemoryRecord {
    fn paths(&self) -> Result<Option<Vec<String>>, ReadError> {
        Ok(Some(self.files.keys().cloned().collect()))
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let bytes = self.files.get(path).ok_or(ReadError::Missing)?;
        if bytes.len() > MAX_FILE_LENGTH {
            return Err(ReadError::TooLong(bytes.len() as u64));
        }
        Ok(bytes.clone())
    }
}

#[cfg(feature = "programs")]
pub use folder::FolderRecord;

#[cfg(feature = "programs")]
mod folder {
    use std::fs;
    use std::io::{self, Read as _};
    use std::path::{Path, PathBuf};

    use super::{MAX_FILE_LENGTH, ReadError, Record};

    /// A record in a folder. Links are refused: they could show other bytes each time, or lead elsewhere.
    #[derive(Debug, Clone)]
    pub struct FolderRecord {
        root: PathBuf,
    }

    impl FolderRecord {
        /// The record below this folder.
        pub fn new(root: impl Into<PathBuf>) -> Self {
            Self { root: root.into() }
        }

        fn walk(&self, folder: &Path, prefix: &str, paths: &mut Vec<String>) -> Result<(), ReadError> {
            let failed = |error| system(prefix, &error);
            for item in fs::read_dir(folder).map_err(failed)? {
                let item = item.map_err(failed)?;
                let name = item.file_name();
                let path = format!("{prefix}{}", name.to_string_lossy());
                // does not follow links
                let kind = item.file_type().map_err(failed)?;
                if name.to_str().is_none() || !(kind.is_dir() || kind.is_file()) {
                    return Err(ReadError::Kind(path));
                }
                if kind.is_file() {
                    paths.push(path);
                    continue;
                }
                let before = paths.len();
                self.walk(&item.path(), &format!("{path}/"), paths)?;
                if paths.len() == before {
                    // an empty folder holds nothing that a check covers
                    paths.push(format!("{path}/"));
                }
            }
            Ok(())
        }
    }

    impl Record for FolderRecord {
        fn paths(&self) -> Result<Option<Vec<String>>, ReadError> {
            let mut paths = Vec::new();
            self.walk(&self.root, "", &mut paths)?;
            Ok(Some(paths))
        }

        fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
            let full = self.root.join(path);
            let failed = |error: io::Error| match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::Missing,
                _ => system(path, &error),
            };
            if !fs::symlink_metadata(&full).map_err(failed)?.is_file() {
                return Err(ReadError::Kind(path.to_owned()));
            }
            let mut bytes = Vec::new();
            let bound = MAX_FILE_LENGTH as u64;
            let file = fs::File::open(&full).map_err(failed)?;
            file.take(bound + 1).read_to_end(&mut bytes).map_err(failed)?;
            if bytes.len() > MAX_FILE_LENGTH {
                return Err(ReadError::TooLong(bytes.len() as u64));
            }
            Ok(bytes)
        }
    }

    fn system(path: &str, error: &io::Error) -> ReadError {
        ReadError::System { path: path.to_owned(), reason: error.to_string() }
    }
}
