//! What `tabella-board` does, one module for each subcommand: its arguments, and `perform`.

use std::path::{Path, PathBuf};

use tabella_board_client::site::Site;
use tabella_board_client::visit;

use crate::mirror::MirrorError;
use crate::sequencer::CatchUpError;

pub mod backup;
mod ending;
pub mod folder;
pub mod init;
pub mod mirror;
pub mod recover;
pub mod run;

pub use ending::exit_code;

/// The operator's key, in the board's folder.
pub fn key_file(data: &Path) -> PathBuf {
    data.join("operator.key")
}

/// The logs, in the board's folder.
pub fn store_file(data: &Path) -> PathBuf {
    data.join("board.redb")
}

/// Stands in the board's folder while its store is brought up to date: nothing is signed on half of it.
pub fn unfinished_file(data: &Path) -> PathBuf {
    data.join("catching-up")
}

/// Arguments that cannot be meant, with what is wanted.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WrongUse(pub String);

/// Whether a text names a place where logs can be read: an address, or a folder that is there.
pub fn check_source(text: &str) -> Result<(), WrongUse> {
    if Site::is_address(text) || Path::new(text).is_dir() {
        return Ok(());
    }
    Err(WrongUse(format!("{text} is neither an address (http://… or https://…) nor a folder that is there")))
}

/// The error and its causes, less what an error says of its cause itself.
pub fn in_words(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |words, cause| match words.is_empty() {
        true => cause,
        false if words.contains(&cause) => words,
        false => format!("{words}: {cause}"),
    })
}

/// What to do about the error, where it does not say it itself.
pub fn hint(error: &anyhow::Error) -> Option<&'static str> {
    let mirror = error.downcast_ref::<MirrorError>().and_then(MirrorError::hint);
    let caught_up = || error.downcast_ref::<CatchUpError>().and_then(CatchUpError::hint);
    mirror.or_else(caught_up).or_else(|| visit::hint(error.as_ref()))
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};
    use tabella_board_client::ClientError;

    use super::*;

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        let error = anyhow!("the disk is full").context("no batch: the disk is full").context("stopped");
        assert_eq!(super::in_words(&error), "stopped: no batch: the disk is full");
        let error = Err::<(), _>(anyhow!("b")).context("a").unwrap_err();
        assert_eq!(super::in_words(&error), "a: b");
    }

    #[test]
    fn what_a_client_would_be_told_to_do_is_told_to_an_operator() {
        let silent = || ClientError::TimedOut { address: "https://board.example.org".to_owned() };
        let errors: [anyhow::Error; 3] =
            [MirrorError::Client(silent()).into(), CatchUpError::Client(silent()).into(), silent().into()];
        for error in errors {
            assert_eq!(hint(&error), Some(silent().hint()), "{error}");
            assert_eq!(hint(&error.context("why")), Some(silent().hint()), "whatever is said around it");
        }
        assert_eq!(hint(&MirrorError::NotSettled.into()), None, "it says it itself");
    }
}
