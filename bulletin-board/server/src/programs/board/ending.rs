//! How `tabella-board` ends after an error ([`exit`]): arguments or settings are wrong, so that nothing was begun; or what
//! is in the folder does not fit together and does not mend itself, so that a person must look; or it failed, and the
//! same may succeed at another time. A service manager starts it again in the last case alone.

use std::error::Error;

use tabella_board_client::exit;

use super::WrongUse;
use super::folder::FolderError;
use crate::backup::BackupError;
use crate::config::ConfigError;
use crate::http::app::FolderError as AppError;
use crate::keyfile::KeyFileError;
use crate::mirror::MirrorError;
use crate::publish::ReadError;
use crate::recovery::{AskError, Objection};
use crate::sequencer::{CatchUpError, StartError};
use crate::serve::tls::TlsError;
use crate::store::StoreError;
use crate::witnesses::SettingError;

/// An error with which the program ends in a way of its own.
trait Ending: Error + Send + Sync + 'static {
    fn code(&self) -> u8;
}

/// How the program ends after an error, whatever is said around it.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    fn of<E: Ending>(error: &anyhow::Error) -> Option<u8> {
        error.downcast_ref::<E>().map(Ending::code)
    }
    let kinds = [
        of::<WrongUse>,
        of::<ConfigError>,
        of::<AppError>,
        of::<TlsError>,
        of::<FolderError>,
        of::<KeyFileError>,
        of::<SettingError>,
        of::<StoreError>,
        of::<StartError>,
        of::<AskError>,
        of::<Objection>,
        of::<CatchUpError>,
        of::<BackupError>,
        of::<MirrorError>,
    ];
    kinds.iter().find_map(|kind| kind(error)).unwrap_or_else(|| exit::code(error.as_ref()))
}

impl Ending for WrongUse {
    fn code(&self) -> u8 {
        exit::USAGE
    }
}

impl Ending for ConfigError {
    fn code(&self) -> u8 {
        exit::USAGE
    }
}

impl Ending for AppError {
    fn code(&self) -> u8 {
        exit::USAGE
    }
}

impl Ending for TlsError {
    fn code(&self) -> u8 {
        exit::USAGE
    }
}

impl Ending for FolderError {
    fn code(&self) -> u8 {
        match self {
            Self::NoFolder(_) | Self::Empty(_) => exit::USAGE,
            Self::NoKey(_) | Self::NoStore(_) | Self::Unfinished(_) | Self::OthersLock(_) => exit::LOOK,
            Self::Locked(_) | Self::Lock { .. } => exit::FAILED,
            Self::Key(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Start(error) => error.code(),
            Self::Genesis(error) => error.code(),
        }
    }
}

impl Ending for KeyFileError {
    fn code(&self) -> u8 {
        match self {
            Self::Missing(_)
            | Self::MissingWitness(_)
            | Self::Permissions(_)
            | Self::Format(_)
            | Self::FormatWitness(_) => exit::LOOK,
            Self::Io { .. } => exit::FAILED,
        }
    }
}

impl Ending for SettingError {
    fn code(&self) -> u8 {
        match self {
            Self::Store(error) => error.code(),
            Self::Form
            | Self::Unknown { .. }
            | Self::Twice(_)
            | Self::NoAddress(_)
            | Self::NoWitness
            | Self::Address { .. }
            | Self::Name(_) => exit::USAGE,
        }
    }
}

impl Ending for StoreError {
    fn code(&self) -> u8 {
        match self {
            Self::Empty | Self::Damaged(_) | Self::Format { .. } => exit::LOOK,
            _ => exit::FAILED,
        }
    }
}

impl Ending for StartError {
    fn code(&self) -> u8 {
        match self {
            Self::OtherKey
            | Self::BoardEntry { .. }
            | Self::Entry { .. }
            | Self::Root(_)
            | Self::Head(_)
            | Self::Anchor(_) => exit::LOOK,
            Self::Store(error) => error.code(),
            // of a sequencer that ends, whatever it met: what is stored is read anew at the next start
            Self::Fatal(_)
            | Self::AlreadyInitialised
            | Self::Genesis(_)
            | Self::Name(_)
            | Self::ClockAhead { .. }
            | Self::Thread(_) => exit::FAILED,
        }
    }
}

impl Ending for AskError {
    fn code(&self) -> u8 {
        match self {
            Self::Store(error) | Self::Read(ReadError::Store(error)) => error.code(),
            Self::Genesis(error) => error.code(),
            Self::Read(_) | Self::Name(_) => exit::FAILED,
        }
    }
}

impl Ending for Objection {
    fn code(&self) -> u8 {
        match self {
            Self::OtherLog { .. } | Self::Old { .. } => exit::LOOK,
            Self::Unanswered { .. } => exit::FAILED,
        }
    }
}

impl Ending for CatchUpError {
    fn code(&self) -> u8 {
        match self {
            Self::Start(error) => error.code(),
            Self::Differs(_) => exit::LOOK,
            Self::Client(error) => exit::code(error),
            _ => exit::FAILED,
        }
    }
}

impl Ending for BackupError {
    fn code(&self) -> u8 {
        match self {
            Self::Store(error) => error.code(),
            Self::Exists(_) | Self::Io { .. } => exit::FAILED,
        }
    }
}

impl Ending for MirrorError {
    fn code(&self) -> u8 {
        match self {
            Self::Contradiction { .. } => exit::LOOK,
            Self::Client(error) => exit::code(error),
            Self::View(error) => exit::code(error),
            _ => exit::FAILED,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use anyhow::anyhow;
    use tabella_crypto::manifest::ElectionId;
    use tabella_crypto::transcript::Digest;

    use super::*;
    use crate::recovery::{Way, Who};

    #[track_caller]
    fn check(error: impl Into<anyhow::Error>, code: u8) {
        let error = error.into();
        assert_eq!(exit_code(&error), code, "{error}");
        assert_eq!(exit_code(&error.context("why")), code, "whatever is said around it");
    }

    #[test]
    fn wrong_settings_and_an_old_store_end_with_codes_of_their_own() {
        let who = Who::Witness("w".to_owned());
        check(FolderError::Unfinished(PathBuf::from("b")), exit::LOOK);
        check(FolderError::NoFolder(PathBuf::from("b")), exit::USAGE);
        check(FolderError::Locked(PathBuf::from("b")), exit::FAILED);
        check(ConfigError::NoData, exit::USAGE);
        check(TlsError::NoCertificate(PathBuf::from("c")), exit::USAGE);
        check(WrongUse("x".to_owned()), exit::USAGE);
        check(SettingError::NoWitness, exit::USAGE);
        check(Objection::Old { who: who.clone(), seen: 2, stored: 1, way: Way::Unknown }, exit::LOOK);
        check(Objection::OtherLog { who, stored: 5, proof: None }, exit::LOOK);
        check(anyhow!("the disk is full"), exit::FAILED);
    }

    #[test]
    fn a_store_that_does_not_mend_itself_ends_with_the_code_for_a_person_whoever_reads_it() {
        let everywhere = |store: fn() -> StoreError, code| {
            check(store(), code);
            check(FolderError::Store(store()), code);
            check(FolderError::Start(store().into()), code);
            check(FolderError::Genesis(store().into()), code);
            check(SettingError::Store(store()), code);
            check(StartError::Store(store()), code);
            check(AskError::Read(store().into()), code);
            check(AskError::Genesis(store().into()), code);
            check(CatchUpError::from(store()), code);
            check(BackupError::Store(store()), code);
        };
        everywhere(|| StoreError::Empty, exit::LOOK);
        everywhere(|| StoreError::Damaged("x"), exit::LOOK);
        everywhere(|| StoreError::Format { found: 2, known: 1 }, exit::LOOK);
        everywhere(|| StoreError::Full, exit::FAILED);
        everywhere(|| StoreError::Locked, exit::FAILED);
        check(StartError::OtherKey, exit::LOOK);
        check(StartError::Root("log".to_owned()), exit::LOOK);
        check(StartError::Head("log".to_owned()), exit::LOOK);
        check(StartError::Anchor(ElectionId(Digest::default())), exit::LOOK);
        check(CatchUpError::Differs("log".to_owned()), exit::LOOK);
        check(FolderError::Key(KeyFileError::Permissions(PathBuf::from("k"))), exit::LOOK);
        // what may pass is tried again
        let waits = StartError::ClockAhead { election: ElectionId(Digest::default()), now: 2, known: 1 };
        check(waits, exit::FAILED);
    }
}
