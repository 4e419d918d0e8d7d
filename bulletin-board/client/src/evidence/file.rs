//! Evidence as a file that a program leaves to whoever ran it.

use std::error::Error;
use std::path::{Path, PathBuf};

use tabella_crypto::transcript::sha256;

use super::Fork;
use crate::booth::BoothError;
use crate::error::ClientError;
use crate::record::RecordError;
use crate::sealed::{Existing, SealedError, write_atomically};
use crate::terminal::visible;
use crate::visit::VisitError;

/// The contradiction that a program ended with, if it ended with one.
pub fn fork_in<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Fork> {
    let visit = |error: &'a VisitError| match error {
        VisitError::Client(client) => Some(client),
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
        Some(ClientError::Fork(fork)) => Some(fork),
        _ => error.source().and_then(fork_in),
    }
}

/// Writes an evidence file into a folder, under a name that its content gives, so that each is kept once.
pub fn write(fork: &Fork, folder: &Path) -> std::io::Result<PathBuf> {
    write_as("evidence", fork, folder).map_err(std::io::Error::other)
}

/// The same under a name that begins with another word.
pub fn write_as(word: &str, fork: &Fork, folder: &Path) -> Result<PathBuf, SealedError> {
    let json = fork.to_json();
    let mut name: String = sha256(&[json.as_bytes()]).iter().map(|byte| format!("{byte:02x}")).collect();
    name.truncate(16);
    let path = folder.join(format!("{word}-{name}.json"));
    write_atomically(&path, json.as_bytes(), Existing::Replaced)?;
    Ok(path)
}

/// Writes the evidence and says on standard error where it is; where it cannot be written, it is there in full.
pub fn hand_out(fork: &Fork, folder: &Path) {
    match write(fork, folder) {
        Ok(path) => {
            let path = visible(&path.display().to_string());
            eprintln!("evidence: {path}");
            eprintln!("  Keep this file and show it to others: `tabella-verify evidence {path}` judges it.");
        }
        Err(error) => eprintln!("the evidence cannot be written ({error}); it is:\n{}", fork.to_json()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{EVIDENCE_VERSION, ForkKind};

    fn fork() -> Fork {
        Fork {
            version: EVIDENCE_VERSION,
            kind: ForkKind::SameSize,
            board: "a".to_owned(),
            origin: "b".to_owned(),
            seen: "c".to_owned(),
            shown: "d".to_owned(),
            path: Vec::new(),
        }
    }

    #[test]
    fn a_fork_is_found_wherever_it_stands_in_an_error_and_kept_once() {
        let client = || ClientError::Fork(Box::new(fork()));
        let errors: [Box<dyn Error>; 4] = [
            Box::new(client()),
            Box::new(VisitError::Client(client())),
            Box::new(RecordError::Client(client())),
            Box::new(BoothError::Client(client())),
        ];
        let folder = tempfile::tempdir().unwrap();
        for error in &errors {
            let path = write(fork_in(error.as_ref()).unwrap(), folder.path()).unwrap();
            assert_eq!(Fork::from_json(&std::fs::read_to_string(path).unwrap()), Ok(fork()));
            assert_eq!(crate::exit::code(error.as_ref()), crate::exit::LOOK);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(fork_in(&ClientError::OtherElection), None);
        assert_eq!(crate::exit::code(&ClientError::OtherElection), crate::exit::FAILED);
    }
}
