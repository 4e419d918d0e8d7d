//! What the guide remembers in the trustee's folder, in a file that people can read. Nothing in it is secret.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tabella_board_client::invitation::Invitation;
use tabella_board_client::sealed::{Existing, SealedError, write_atomically};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

use crate::standing::words::Language;

/// The file's name in the folder.
pub const SETTINGS: &str = "trustee.toml";
/// Its first lines.
const HEAD: &str = "# What tabella-trustee remembers. Nothing here is secret, and you may change it.\n";

/// What is remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The language: `en` or `zh-Hans`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The trustee's name, for the paper form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The board's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub board: Option<String>,
    /// Fingerprint of the board's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub board_key: Option<String>,
    /// The election.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub election: Option<String>,
    /// When the key was last opened with its passphrase after being read from the disk anew (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_back: Option<String>,
    /// Copies of the key that were checked, each with its time; empty until the trustee was asked.
    pub copies: Option<Vec<String>>,
}

/// Why the settings are of no use. Says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{}: {cause}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        cause: std::io::Error,
    },
    /// It is not what was written.
    #[error("{} cannot be understood ({cause}): put it right, or delete it and paste the invitation again", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: Box<toml::de::Error>,
    },
    /// The election's name or the key is no such thing.
    #[error("{}: {what} must have 64 hexadecimal digits: put it right, or delete the file and paste the invitation again", .path.display())]
    Digits {
        /// The file.
        path: PathBuf,
        /// Which setting.
        what: &'static str,
    },
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] SealedError),
}

impl Settings {
    /// Reads a folder's settings; empty ones where there are none.
    pub fn read(folder: &Path) -> Result<Self, SettingsError> {
        let path = folder.join(SETTINGS);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                toml::from_str(&text).map_err(|cause| SettingsError::Damaged { path, cause: Box::new(cause) })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(cause) => Err(SettingsError::Read { path, cause }),
        }
    }

    /// Writes them, whole or not at all.
    pub fn write(&self, folder: &Path) -> Result<(), SettingsError> {
        // texts and lists of texts: nothing that TOML cannot say
        let text = format!("{HEAD}{}", toml::to_string(self).unwrap_or_default());
        Ok(write_atomically(&folder.join(SETTINGS), text.as_bytes(), Existing::Replaced)?)
    }

    /// The language, where one was chosen.
    pub fn language(&self) -> Option<Language> {
        self.language.as_deref().and_then(Language::of_tag)
    }

    /// The language that is named now or was chosen before, else the locale's, else English.
    pub fn speaks(&self, named: Option<Language>) -> Language {
        let locale = || Language::of_locale(|name| std::env::var(name).ok());
        named.or_else(|| self.language()).or_else(locale).unwrap_or_default()
    }

    /// The election and its board, once both are known.
    pub fn invitation(&self, folder: &Path) -> Result<Option<Invitation>, SettingsError> {
        let wrong = |what| SettingsError::Digits { path: folder.join(SETTINGS), what };
        let (Some(board), Some(election)) = (&self.board, &self.election) else { return Ok(None) };
        let election = Digest::from_hex(election).map(ElectionId).ok_or_else(|| wrong("election"))?;
        let key = self.board_key.as_deref();
        let key = key.map(|key| Digest::from_hex(key).ok_or_else(|| wrong("board-key"))).transpose()?;
        Ok(Some(Invitation { board: board.clone(), election, board_key: key }))
    }

    /// Takes an invitation.
    pub fn accept(&mut self, invitation: &Invitation) {
        self.board = Some(invitation.board.clone());
        self.board_key = invitation.board_key.map(|key| key.to_hex());
        self.election = Some(invitation.election.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_they_were_written_and_damaged_ones_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert_eq!(Settings::read(folder).unwrap(), Settings::default());
        let invitation = Invitation {
            board: "https://board.example.org".to_owned(),
            election: ElectionId(Digest([7; 32])),
            board_key: Some(Digest([8; 32])),
        };
        let mut settings = Settings { language: Some("zh-Hans".to_owned()), ..Settings::default() };
        settings.name = Some("张 \"Ada\"".to_owned());
        settings.accept(&invitation);
        settings.write(folder).unwrap();
        let read = Settings::read(folder).unwrap();
        assert_eq!((read.clone(), read.language()), (settings.clone(), Some(Language::Chinese)));
        assert_eq!(read.invitation(folder).unwrap(), Some(invitation));

        Settings { election: Some("abc".to_owned()), ..settings }.write(folder).unwrap();
        let refused = Settings::read(folder).unwrap().invitation(folder).unwrap_err();
        assert!(refused.to_string().contains("64 hexadecimal digits"), "{refused}");
        std::fs::write(folder.join(SETTINGS), "languege = \"en\"\n").unwrap();
        assert!(matches!(Settings::read(folder), Err(SettingsError::Damaged { .. })));
    }
}
