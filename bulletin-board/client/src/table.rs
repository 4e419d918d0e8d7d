//! Tables that programs exchange with people: CSV with a header line (RFC 4180), which spreadsheets read and
//! write.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::ZeroizeOnDrop;

use crate::sealed::{Existing, SealedError, write_atomically};

/// Most bytes of a table.
const MAX_LENGTH: u64 = 1 << 30;

/// A row of the table of codes, which the registrar hands out: the code leaves memory when dropped.
#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
pub struct CodeRow {
    /// Whose code it is.
    #[zeroize(skip)]
    pub identity: String,
    /// The code, as people type it.
    pub code: String,
}

impl CodeRow {
    /// The table's columns.
    pub const COLUMNS: [&str; 2] = ["identity", "code"];
}

/// Why a table cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("{} cannot be read: {error}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What reading failed with.
        error: std::io::Error,
    },
    /// A header or row is not as it should be.
    #[error("{}, line {line}: {reason}", .path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] SealedError),
}

impl TableError {
    /// A row that is well-formed but wrong.
    pub fn row(path: &Path, line: u64, reason: impl Into<String>) -> Self {
        Self::Row { path: path.to_owned(), line, reason: reason.into() }
    }
}

/// A row and its line in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<R> {
    /// From 1; the header is line 1 as a rule.
    pub line: u64,
    /// The row.
    pub value: R,
}

/// Reads a table. `columns` are those it must have, `optional` those it may have; others are refused, so that a
/// mistyped name is not a column that silently has no effect.
pub fn read<R: DeserializeOwned>(
    path: &Path,
    columns: &[&str],
    optional: &[&str],
) -> Result<Vec<Row<R>>, TableError> {
    let failed = |error| TableError::Io { path: path.to_owned(), error };
    let length = std::fs::metadata(path).map_err(failed)?.len();
    if length > MAX_LENGTH {
        return Err(failed(std::io::ErrorKind::FileTooLarge.into()));
    }
    parse(path, &std::fs::read(path).map_err(failed)?, columns, optional)
}

fn parse<R: DeserializeOwned>(
    path: &Path,
    bytes: &[u8],
    columns: &[&str],
    optional: &[&str],
) -> Result<Vec<Row<R>>, TableError> {
    // spreadsheets begin their files with a byte order mark
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let mut lines = Lines { bytes, at: 0, line: 1 };
    let header = reader.headers().map_err(|error| TableError::row(path, 1, reason(&error)))?.clone();
    let mut seen = BTreeMap::new();
    for name in &header {
        if !columns.contains(&name) && !optional.contains(&name) {
            let known = [columns, optional].concat().join(", ");
            return Err(TableError::row(path, 1, format!("column {name:?} is none of: {known}")));
        }
        if seen.insert(name, ()).is_some() {
            return Err(TableError::row(path, 1, format!("column {name:?} is there twice")));
        }
    }
    if let Some(missing) = columns.iter().find(|column| !seen.contains_key(*column)) {
        return Err(TableError::row(path, 1, format!("column {missing:?} is missing")));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record =
            record.map_err(|error| TableError::row(path, lines.of(error.position()), reason(&error)))?;
        let line = lines.of(record.position());
        let value =
            record.deserialize(Some(&header)).map_err(|error| TableError::row(path, line, reason(&error)))?;
        rows.push(Row { line, value });
    }
    Ok(rows)
}

/// Lines of a text by position, in one pass. The reader counts a carriage return as a line's end and the line feed
/// behind it as the next line's, so its own count is short by one in files with both.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first row at or behind a position, which is behind those asked for before.
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let byte = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        while let Some(character) = self.bytes.get(self.at) {
            if self.at >= byte && !matches!(character, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*character == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// The error without its place, which is told already.
fn reason(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8: save the table as UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells, where the header has {expected_len}")
        }
        csv::ErrorKind::Deserialize { err, .. } => err.kind().to_string(),
        _ => error.to_string(),
    }
}

/// Writes a table for its owner alone: whole or not at all. `columns` are the names of its rows' fields, which stand there
/// without any row too: else what was written could not be read.
pub fn write<R: Serialize>(
    path: &Path,
    columns: &[&str],
    rows: &[R],
    existing: Existing,
) -> Result<(), TableError> {
    let failed = |error: std::io::Error| TableError::Write(SealedError::Io { path: path.to_owned(), error });
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    writer.write_record(columns).map_err(|error| failed(std::io::Error::other(error)))?;
    for row in rows {
        writer.serialize(row).map_err(|error| failed(std::io::Error::other(error)))?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(std::io::Error::other(error.to_string())))?;
    Ok(write_atomically(path, &bytes, existing)?)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
    struct Person {
        identity: String,
        weight: Option<u32>,
    }

    fn read_text(text: &str) -> Result<Vec<Row<Person>>, String> {
        parse(Path::new("voters.csv"), text.as_bytes(), &["identity"], &["weight"])
            .map_err(|error| error.to_string())
    }

    fn person(line: u64, identity: &str, weight: Option<u32>) -> Row<Person> {
        Row { line, value: Person { identity: identity.to_owned(), weight } }
    }

    #[test]
    fn reads_what_spreadsheets_write() {
        let text = "\u{feff}weight, identity\r\n3,\"Ada, of the \"\"Dawn\"\"\"\r\n, Bo \r\n";
        assert_eq!(
            read_text(text).unwrap(),
            [person(2, "Ada, of the \"Dawn\"", Some(3)), person(3, "Bo", None)]
        );
        assert_eq!(read_text("identity\n\"two\nlines\"\nBo\n").unwrap()[1], person(4, "Bo", None));
    }

    #[test]
    fn a_wrong_table_is_refused_with_its_line() {
        for (text, sentence) in [
            ("identity,wieght\nAda,1\n", "line 1: column \"wieght\" is none of: identity, weight"),
            ("weight\n1\n", "line 1: column \"identity\" is missing"),
            ("identity,identity\nAda,Bo\n", "line 1: column \"identity\" is there twice"),
            ("identity,weight\nAda,1\nBo\n", "line 3: 1 cells, where the header has 2"),
            ("identity,weight\nAda,1\nBo,many\n", "line 3: "),
            ("identity,weight\nAda,-1\n", "line 2: "),
            ("", "line 1: column \"identity\" is missing"),
        ] {
            let found = read_text(text).unwrap_err();
            assert!(found.contains(sentence), "{sentence:?} is missing in: {found}");
            assert!(found.starts_with("voters.csv, line"), "{found}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("people.csv");
        let people = [person(2, "Ada, \"the\" first", Some(3)), person(3, "Bo", None)];
        let rows: Vec<&Person> = people.iter().map(|row| &row.value).collect();
        let columns = ["identity", "weight"];
        write(&path, &columns, &rows, Existing::Kept).unwrap();
        assert_eq!(read::<Person>(&path, &["identity"], &["weight"]).unwrap(), people);
        assert!(matches!(
            write(&path, &columns, &rows, Existing::Kept),
            Err(TableError::Write(SealedError::Exists(_)))
        ));
        write::<Person>(&path, &columns, &[], Existing::Replaced).unwrap();
        assert_eq!(read::<Person>(&path, &["identity"], &["weight"]).unwrap(), [], "nobody is a table too");
    }
}
