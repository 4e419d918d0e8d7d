//! What `tabella-board` does, one module for each subcommand: its arguments, and `perform`.

use std::path::{Path, PathBuf};

use tabella_board_client::exit;
use tabella_board_client::site::Site;

use crate::config::ConfigError;
use crate::http::app::FolderError as AppError;
use crate::recovery::Objection;
use crate::sequencer::StartError;
use crate::witnesses::SettingError;
use folder::FolderError;

pub mod backup;
pub mod folder;
pub mod init;
pub mod mirror;
pub mod recover;
pub mod run;
mod signals;

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

/// How the program ends after an error ([`exit`]): arguments or settings are wrong; or the store is not the one that the board's
/// log goes on from, at which a person must look; or it failed.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    let is_usage = error.is::<WrongUse>()
        || error.is::<ConfigError>()
        || error.is::<AppError>()
        || matches!(error.downcast_ref(), Some(FolderError::NoFolder(_) | FolderError::Empty(_)))
        || matches!(error.downcast_ref(), Some(setting) if !matches!(setting, SettingError::Store(_)));
    let is_other_store =
        matches!(error.downcast_ref(), Some(Objection::Old { .. } | Objection::OtherLog { .. }))
            || matches!(error.downcast_ref(), Some(error) if needs_a_person(error));
    match (is_usage, is_other_store) {
        (true, _) => exit::USAGE,
        (_, true) => exit::LOOK,
        _ => exit::code(error.as_ref()),
    }
}

/// What is in the folder does not fit together, and does not mend itself: another start would end the same way.
fn needs_a_person(error: &FolderError) -> bool {
    match error {
        FolderError::NoKey(_)
        | FolderError::NoStore(_)
        | FolderError::EmptyStore(_)
        | FolderError::Unfinished(_)
        | FolderError::OthersLock(_)
        | FolderError::Start(StartError::OtherKey) => true,
        FolderError::NoFolder(_)
        | FolderError::Empty(_)
        | FolderError::Locked(_)
        | FolderError::Lock { .. }
        | FolderError::Key(_)
        | FolderError::Store(_)
        | FolderError::Start(_)
        | FolderError::Genesis(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    use super::*;
    use crate::recovery::{Way, Who};
    use crate::store::StoreError;

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        let error = anyhow!("the disk is full").context("no batch: the disk is full").context("stopped");
        assert_eq!(super::in_words(&error), "stopped: no batch: the disk is full");
        let error = Err::<(), _>(anyhow!("b")).context("a").unwrap_err();
        assert_eq!(super::in_words(&error), "a: b");
    }

    #[test]
    fn wrong_settings_and_an_old_store_end_with_codes_of_their_own() {
        let who = Who::Witness("w".to_owned());
        let old = Objection::Old { who: who.clone(), seen: 2, stored: 1, way: Way::Unknown };
        let contradiction = Objection::OtherLog { who, stored: 5, proof: None };
        let cases = [
            (FolderError::Unfinished(PathBuf::from("b")).into(), exit::LOOK),
            (FolderError::Start(StartError::OtherKey).into(), exit::LOOK),
            (FolderError::NoFolder(PathBuf::from("b")).into(), exit::USAGE),
            (FolderError::Locked(PathBuf::from("b")).into(), exit::FAILED),
            (anyhow::Error::from(ConfigError::NoData), exit::USAGE),
            (WrongUse("x".to_owned()).into(), exit::USAGE),
            (SettingError::NoWitness.into(), exit::USAGE),
            (old.into(), exit::LOOK),
            (contradiction.into(), exit::LOOK),
            (SettingError::Store(StoreError::Locked).into(), exit::FAILED),
            (anyhow!("the disk is full"), exit::FAILED),
        ];
        for (error, code) in cases {
            assert_eq!(exit_code(&error), code, "{error}");
            assert_eq!(exit_code(&error.context("why")), code, "whatever is said around it");
        }
    }
}
