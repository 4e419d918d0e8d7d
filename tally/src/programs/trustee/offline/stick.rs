//! What is on the stick: `tabella-trustee/record.json` with `tabella-trustee/record/`, and `tabella-trustee/answer-<n>.json`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tabella_board_client::sealed::{Existing, SealedError, write_atomically};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

/// The folder on the stick.
const FOLDER: &str = "tabella-trustee";
/// What the record's files are about.
const NOTE: &str = "record.json";
/// The record's files.
const RECORD: &str = "record";
/// Most bytes of a file but for the record's.
const MAX_LENGTH: u64 = 16 << 20;
/// What a file is, in its first bytes.
const RECORD_FORMAT: &str = "tabella-trustee-record/v1";
const ANSWER_FORMAT: &str = "tabella-trustee-answer/v1";

/// What is wrong with a stick. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StickError {
    /// There is no record.
    #[error(
        "there is no record on the stick ({}): on the machine with the network, run `tabella-trustee export --stick …` \
         first, or use the stick on which you did", .0.display()
    )]
    NoRecord(PathBuf),
    /// There is a record and no answer.
    #[error(
        "there is a record on the stick ({}) and no answer yet: carry it to the machine with the key and run \
         `tabella-trustee answer --stick …` there", .0.display()
    )]
    NoAnswer(PathBuf),
    /// An answer would be lost.
    #[error(
        "{} has not been posted: run `tabella-trustee import --stick …` first, or give --replace to throw it away; the \
         key's machine makes it again", .0.display()
    )]
    Unposted(PathBuf),
    /// Another kind of file.
    #[error("{} is {found:?}, where {expected:?} is due: it is another program's file, or another version's", .path.display())]
    Kind {
        /// The file.
        path: PathBuf,
        /// What it says it is.
        found: String,
        /// What is due.
        expected: &'static str,
    },
    /// Not what was written.
    #[error("{} is damaged: make it again", .0.display())]
    Damaged(PathBuf),
    /// Another election's stick.
    #[error(
        "the stick is of the election {found}, and this folder of {expected}: use the stick, or the folder, of this one"
    )]
    OtherElection {
        /// On the stick.
        found: ElectionId,
        /// In the folder.
        expected: ElectionId,
    },
    /// A message of another trustee than the file says.
    #[error("{} holds a message of trustee {found}, which it does not say: make it again", .path.display())]
    OtherTrustee {
        /// The file.
        path: PathBuf,
        /// Whose message it is.
        found: u8,
    },
    /// A message of an attempt that was given up.
    #[error(
        "{} is of attempt {found} at the ceremony, and attempt {now} is under way: export the record again and answer \
         anew", .path.display()
    )]
    OldAttempt {
        /// The file.
        path: PathBuf,
        /// From 1.
        found: u64,
        /// From 1.
        now: u64,
    },
    /// The board does not take it.
    #[error("the board does not take the {round} of {}: export the record again and answer anew", .path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// What it is.
        round: &'static str,
    },
    /// Cannot be written.
    #[error(transparent)]
    Write(#[from] SealedError),
    /// Cannot be read or changed.
    #[error("{}: {cause}; check that the stick is there and may be written to", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        cause: std::io::Error,
    },
}

/// Of which record and election a stick is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordNote {
    format: String,
    election: String,
    board_key: String,
    /// Entries of the election's log.
    size: u64,
    root: String,
}

/// Signed messages of one trustee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    format: String,
    election: String,
    trustee: u8,
    /// The last of the messages.
    round: String,
    /// The attempt at the ceremony, from 0.
    attempt: u32,
    /// Of the record that they answer.
    size: u64,
    root: String,
    /// Entries in hexadecimal, in the order in which they are to be posted.
    messages: Vec<String>,
}

/// The format alone, which is looked at before anything else.
#[derive(Deserialize)]
struct Format {
    format: String,
}

impl RecordNote {
    /// The note of a record.
    pub fn new(election: ElectionId, board_key: Digest, size: u64, root: Digest) -> Self {
        Self {
            format: RECORD_FORMAT.to_owned(),
            election: election.to_string(),
            board_key: board_key.to_hex(),
            size,
            root: root.to_hex(),
        }
    }

    /// The election.
    pub fn election(&self, stick: &Stick) -> Result<ElectionId, StickError> {
        let damaged = || StickError::Damaged(stick.note_path());
        Digest::from_hex(&self.election).map(ElectionId).ok_or_else(damaged)
    }

    /// Fingerprint of the board's key, as the stick says.
    pub fn board_key(&self, stick: &Stick) -> Result<Digest, StickError> {
        Digest::from_hex(&self.board_key).ok_or_else(|| StickError::Damaged(stick.note_path()))
    }

    /// What stands for the board's address on a machine without a network.
    pub fn board(&self) -> String {
        "offline".to_owned()
    }
}

impl Answer {
    /// An answer to the record of a note.
    pub fn new(note: &RecordNote, trustee: u8, round: &str, attempt: u32, entries: &[Vec<u8>]) -> Self {
        Self {
            format: ANSWER_FORMAT.to_owned(),
            election: note.election.clone(),
            trustee,
            round: round.to_owned(),
            attempt,
            size: note.size,
            root: note.root.clone(),
            messages: entries.iter().map(hex::encode).collect(),
        }
    }

    /// Whose messages they are.
    pub fn trustee(&self) -> u8 {
        self.trustee
    }

    /// The attempt at the ceremony, from 0.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Refuses another election's answer.
    pub fn check_election(&self, path: &Path, election: ElectionId) -> Result<(), StickError> {
        let found = Digest::from_hex(&self.election).map(ElectionId);
        let found = found.ok_or_else(|| StickError::Damaged(path.to_owned()))?;
        if found == election { Ok(()) } else { Err(StickError::OtherElection { found, expected: election }) }
    }

    /// The entries.
    pub fn entries(&self, path: &Path) -> Result<Vec<Vec<u8>>, StickError> {
        let entries = self.messages.iter().map(hex::decode).collect::<Result<_, _>>();
        entries.map_err(|_| StickError::Damaged(path.to_owned()))
    }
}

/// A stick, or any folder that is carried.
#[derive(Debug, Clone)]
pub struct Stick(PathBuf);

impl Stick {
    /// The stick at a path; nothing need be on it.
    pub fn at(path: &Path) -> Self {
        Self(path.join(FOLDER))
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The record's files.
    pub fn record(&self) -> PathBuf {
        self.0.join(RECORD)
    }

    fn note_path(&self) -> PathBuf {
        self.0.join(NOTE)
    }

    /// A path for a new record, at which nothing is.
    pub fn fresh(&self) -> Result<PathBuf, StickError> {
        let path = self.0.join(format!("{RECORD}.new"));
        let failed = |cause| StickError::Io { path: path.clone(), cause };
        fs::create_dir_all(&self.0).map_err(failed)?;
        remove(&path)?;
        Ok(path)
    }

    /// Puts the new record in the place of the old one; answers to that are removed. The note goes first and comes last,
    /// so that a stick that is pulled out has no note beside half a record.
    pub fn put(&self, note: &RecordNote) -> Result<(), StickError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |cause| StickError::Io { path, cause }
        };
        for (path, _) in self.answers()? {
            self.forget(&path)?;
        }
        match fs::remove_file(self.note_path()) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(failed(&self.note_path())(error));
            }
            _ => {}
        }
        remove(&self.record())?;
        fs::rename(self.0.join(format!("{RECORD}.new")), self.record()).map_err(failed(&self.record()))?;
        write(&self.note_path(), note)
    }

    /// What the record is about.
    pub fn note(&self) -> Result<RecordNote, StickError> {
        match read(&self.note_path(), RECORD_FORMAT)? {
            Some(note) if self.record().is_dir() => Ok(note),
            _ => Err(StickError::NoRecord(self.0.clone())),
        }
    }

    /// Leaves an answer, in the place of one of the same trustee.
    pub fn leave(&self, answer: &Answer) -> Result<PathBuf, StickError> {
        let path = self.0.join(format!("answer-{}.json", answer.trustee));
        write(&path, answer)?;
        Ok(path)
    }

    /// All answers, with their paths.
    pub fn answers(&self) -> Result<Vec<(PathBuf, Answer)>, StickError> {
        let mut answers = Vec::new();
        for number in 1..=u8::MAX {
            let path = self.0.join(format!("answer-{number}.json"));
            if let Some(answer) = read::<Answer>(&path, ANSWER_FORMAT)? {
                if answer.trustee != number {
                    return Err(StickError::OtherTrustee { path, found: answer.trustee });
                }
                answers.push((path, answer));
            }
        }
        Ok(answers)
    }

    /// Removes an answer that was posted.
    pub fn forget(&self, path: &Path) -> Result<(), StickError> {
        fs::remove_file(path).map_err(|cause| StickError::Io { path: path.to_owned(), cause })
    }
}

/// Removes a folder, if there is one.
fn remove(path: &Path) -> Result<(), StickError> {
    match fs::remove_dir_all(path) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => {
            Err(StickError::Io { path: path.to_owned(), cause })
        }
        _ => Ok(()),
    }
}

fn write(path: &Path, content: &impl Serialize) -> Result<(), StickError> {
    // texts and numbers: nothing that JSON cannot say
    let mut text = serde_json::to_vec_pretty(content).unwrap_or_default();
    text.push(b'\n');
    Ok(write_atomically(path, &text, Existing::Replaced)?)
}

/// A file of this format; none if there is no file.
fn read<C: DeserializeOwned>(path: &Path, expected: &'static str) -> Result<Option<C>, StickError> {
    let failed = |cause| StickError::Io { path: path.to_owned(), cause };
    let bytes = match fs::metadata(path) {
        Ok(about) if about.len() > MAX_LENGTH => return Err(StickError::Damaged(path.to_owned())),
        Ok(_) => fs::read(path).map_err(failed)?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let damaged = |_| StickError::Damaged(path.to_owned());
    let Format { format } = serde_json::from_slice(&bytes).map_err(damaged)?;
    if format != expected {
        return Err(StickError::Kind { path: path.to_owned(), found: format, expected });
    }
    serde_json::from_slice(&bytes).map(Some).map_err(damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_says_what_it_is_and_a_wrong_one_is_named() {
        let place = tempfile::tempdir().unwrap();
        let stick = Stick::at(place.path());
        assert!(matches!(stick.note(), Err(StickError::NoRecord(_))));
        assert!(stick.answers().unwrap().is_empty());

        let election = ElectionId(Digest([1; 32]));
        let note = RecordNote::new(election, Digest([2; 32]), 7, Digest([3; 32]));
        fs::create_dir_all(stick.fresh().unwrap()).unwrap();
        stick.put(&note).unwrap();
        assert_eq!(stick.note().unwrap(), note);
        let written = fs::read_to_string(stick.note_path()).unwrap();
        assert!(written.starts_with("{\n  \"format\": \"tabella-trustee-record/v1\""), "{written}");

        let answer = Answer::new(&note, 2, "shares", 0, &[vec![3, 1, 4]]);
        let path = stick.leave(&answer).unwrap();
        assert_eq!(stick.answers().unwrap(), [(path.clone(), answer.clone())]);
        assert_eq!(answer.entries(&path).unwrap(), [vec![3, 1, 4]]);
        assert!(answer.check_election(&path, election).is_ok());
        let other = answer.check_election(&path, ElectionId(Digest([9; 32])));
        assert!(matches!(other, Err(StickError::OtherElection { .. })));

        // another trustee's name, another kind of file, half a file
        fs::rename(&path, stick.path().join("answer-3.json")).unwrap();
        assert!(matches!(stick.answers(), Err(StickError::OtherTrustee { found: 2, .. })));
        fs::copy(stick.note_path(), stick.path().join("answer-3.json")).unwrap();
        assert!(matches!(stick.answers(), Err(StickError::Kind { .. })));
        fs::write(stick.path().join("answer-3.json"), "{\"format\": \"tabella-trustee-answer/v1\"").unwrap();
        assert!(matches!(stick.answers(), Err(StickError::Damaged(_))));
        fs::remove_file(stick.path().join("answer-3.json")).unwrap();

        // a new record makes answers to the old one vanish
        stick.leave(&answer).unwrap();
        fs::create_dir_all(stick.fresh().unwrap()).unwrap();
        stick.put(&note).unwrap();
        assert!(stick.answers().unwrap().is_empty());
    }
}
