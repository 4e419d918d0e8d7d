//! Evidence as a file that a program leaves to whoever ran it.

use std::error::Error;
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

/// Writes an evidence file into a folder, which is made if it is not there, under a name that its content gives, so
/// that each is kept once.
pub fn write(contradiction: &Contradiction, folder: &Path) -> Result<PathBuf, SealedError> {
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
    match write(contradiction, folder) {
        Ok(path) => {
            let path = visible(&path.display().to_string());
            eprintln!("evidence: {path}");
            eprintln!("  Keep this file and show it to others: `tabella-verify evidence {path}` judges it.");
        }
        Err(error) => {
            eprintln!("the evidence cannot be written ({error}); it is:\n{}", contradiction.fork().to_json());
        }
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
            let path = write(contradiction_in(error.as_ref()).unwrap(), &folder).unwrap();
            assert!(path.file_name().unwrap().to_str().unwrap().starts_with("evidence-"), "{path:?}");
            let read = Fork::from_json(&std::fs::read_to_string(path).unwrap()).unwrap();
            assert_eq!(Contradiction::new(read), Ok(contradiction()));
            assert_eq!(crate::exit::code(error.as_ref()), crate::exit::LOOK);
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        assert_eq!(contradiction_in(&ClientError::OtherElection), None);
        assert_eq!(crate::exit::code(&ClientError::OtherElection), crate::exit::FAILED);
    }
}
