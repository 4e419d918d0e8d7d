//! Evidence as a file that a program leaves to whoever ran it.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

use tabella_crypto::transcript::sha256;

use super::Contradiction;
use crate::booth::BoothError;
use crate::error::ClientError;
use crate::record::RecordError;
use crate::sealed::{Existing, SealedError, write_atomically};
use crate::terminal::{print_error, visible};
use crate::visit::{VisitError, hint};

/// The contradiction that a program ended with, if it ended with one.
pub fn contradiction_in<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Contradiction> {
    let visit = |error: &'a VisitError| match error {
        VisitError::Client(client) | VisitError::Contradicted { error: client, .. } => Some(client),
        _ => None,
    };
    let client = error
        .downcast_ref::<ClientError>()
        .or_else(|| error.downcast_ref::<VisitError>().and_then(visit))
        .or_else(|| match error.downcast_ref::<RecordError>()? {
            RecordError::Client(client) => Some(client),
            _ => None,
        })
        .or_else(|| match error.downcast_ref::<BoothError>()? {
            BoothError::Client(client) => Some(client),
            _ => None,
        });
    match client {
        Some(ClientError::Fork(contradiction)) => Some(contradiction),
        _ => error.source().and_then(contradiction_in),
    }
}

/// Where the evidence of a contradiction is. As text it ends a sentence, and whoever has the text has the evidence:
/// what could not be written is in it.
#[derive(Debug)]
pub enum Evidence {
    /// In this file.
    Kept(PathBuf),
    /// In no file.
    Unkept {
        /// Why not.
        error: SealedError,
        /// What the file would hold, in one line.
        json: String,
    },
}

impl Evidence {
    /// The file, if there is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Kept(file) => Some(file),
            Self::Unkept { .. } => None,
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept(file) => {
                let file = visible(&file.display().to_string());
                write!(f, "the evidence is in {file}; `tabella-verify evidence {file}` judges it")
            }
            Self::Unkept { error, json } => {
                write!(f, "the evidence cannot be written ({error}); put this into a file: {json}")
            }
        }
    }
}

/// Keeps the evidence of a contradiction in a folder, which is made if it is not there.
pub fn keep(contradiction: &Contradiction, folder: &Path) -> Evidence {
    write(contradiction, folder).map_or_else(
        |error| {
            // strings and a number: nothing that JSON cannot say
            let json = serde_json::to_string(contradiction.fork()).unwrap_or_default();
            Evidence::Unkept { error, json }
        },
        Evidence::Kept,
    )
}

/// Writes an evidence file under a name that its content gives, so that each is kept once.
fn write(contradiction: &Contradiction, folder: &Path) -> Result<PathBuf, SealedError> {
    std::fs::create_dir_all(folder).map_err(|error| SealedError::Io { path: folder.to_owned(), error })?;
    let json = contradiction.fork().to_json();
    let mut name: String = sha256(&[json.as_bytes()]).iter().map(|byte| format!("{byte:02x}")).collect();
    name.truncate(16);
    let path = folder.join(format!("evidence-{name}.json"));
    write_atomically(&path, json.as_bytes(), Existing::Replaced)?;
    Ok(path)
}

/// Writes the evidence and says on standard error where it is; where it cannot be written, it is there in full.
pub fn hand_out(contradiction: &Contradiction, folder: &Path) {
    match keep(contradiction, folder) {
        Evidence::Kept(path) => {
            let path = visible(&path.display().to_string());
            eprintln!("evidence: {path}");
            eprintln!("  Keep this file and show it to others: `tabella-verify evidence {path}` judges it.");
        }
        unkept @ Evidence::Unkept { .. } => eprintln!("{unkept}"),
    }
}

/// Says on standard error what a program ends with, what to do about it, and where the evidence is, if there is some.
/// `text` is the error with all its causes.
pub fn end(text: &str, error: &(dyn Error + 'static), folder: &Path) {
    print_error(text, hint(error));
    if let Some(contradiction) = contradiction_in(error) {
        hand_out(contradiction, folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Fork, ForkKind};
    use crate::fixtures::{FakeLog, ORIGIN, key};
    use tabella_crypto::checkpoint::{NoteKey, SignedCheckpoint};

    fn contradiction() -> Contradiction {
        let note = |entry: &[u8]| {
            let log = FakeLog { origin: ORIGIN.to_owned(), entries: vec![entry.to_vec()], signer: 1 };
            SignedCheckpoint::parse(log.checkpoint().as_bytes()).unwrap()
        };
        let board = NoteKey::log(ORIGIN, key(1).verifying_key()).unwrap();
        Contradiction::between(&board, ForkKind::SameSize, &note(b"a"), &note(b"b"), Vec::new()).unwrap()
    }

    #[test]
    fn a_contradiction_is_found_wherever_it_stands_in_an_error_and_kept_once() {
        let client = || ClientError::Fork(Box::new(contradiction()));
        let errors: [Box<dyn Error>; 5] = [
            Box::new(client()),
            Box::new(VisitError::Contradicted { path: PathBuf::from("view.json"), error: client() }),
            Box::new(VisitError::Client(client())),
            Box::new(RecordError::Client(client())),
            Box::new(BoothError::Client(client())),
        ];
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("made/for/it");
        for error in &errors {
            let evidence = keep(contradiction_in(error.as_ref()).unwrap(), &folder);
            let path = evidence.file().unwrap();
            assert!(evidence.to_string().contains(path.to_str().unwrap()), "{evidence}");
            assert!(path.file_name().unwrap().to_str().unwrap().starts_with("evidence-"), "{path:?}");
            let read = Fork::from_json(&std::fs::read_to_string(path).unwrap()).unwrap();
            assert_eq!(Contradiction::new(read), Ok(contradiction()));
            assert_eq!(crate::exit::code(error.as_ref()), crate::exit::LOOK);
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        assert_eq!(contradiction_in(&ClientError::OtherElection), None);
        assert_eq!(crate::exit::code(&ClientError::OtherElection), crate::exit::FAILED);
    }

    #[test]
    fn what_cannot_be_written_is_in_what_is_said_of_it() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("evidence");
        std::fs::write(&folder, "no folder").unwrap();
        let evidence = keep(&contradiction(), &folder);
        assert_eq!(evidence.file(), None);
        let said = evidence.to_string();
        let (why, json) = said.split_once(": {").unwrap();
        assert!(why.contains(folder.to_str().unwrap()) && !said.contains('\n'), "{said}");
        let read = Fork::from_json(&format!("{{{json}")).unwrap();
        assert_eq!(Contradiction::new(read), Ok(contradiction()));
    }
}
