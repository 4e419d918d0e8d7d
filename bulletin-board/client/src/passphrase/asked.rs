//! From a file, from the environment, or typed unseen.

use std::path::Path;

use zeroize::Zeroizing;

use super::{Passphrase, PassphraseError, VARIABLE};

/// What a passphrase is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Opens a key file.
    Open,
    /// Protects a new key file: typed twice.
    Create,
}

impl Passphrase {
    /// The passphrase in the file named on the command line, else that of the environment variable
    /// [`VARIABLE`], else one typed at the terminal. `what` names what it is for, such as "trustee key".
    pub fn obtain(file: Option<&Path>, purpose: Purpose, what: &str) -> Result<Self, PassphraseError> {
        if let Some(path) = file {
            return Self::read(path);
        }
        if let Ok(text) = std::env::var(VARIABLE) {
            return Self::new(text);
        }
        let ask = |prompt: String| {
            rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(PassphraseError::NoTerminal)
        };
        let first = ask(format!("Passphrase of the {what}: "))?;
        if first.is_empty() {
            return Err(PassphraseError::Empty);
        }
        if purpose == Purpose::Create && ask("The same passphrase again: ".to_owned())? != first {
            return Err(PassphraseError::Differ);
        }
        Self::new(first.as_str().to_owned())
    }

    /// One typed at the terminal unseen, after this question.
    pub fn typed(question: &str) -> Result<Self, PassphraseError> {
        let text = rpassword::prompt_password(question).map(Zeroizing::new);
        Self::new(text.map_err(PassphraseError::NoTerminal)?.as_str().to_owned())
    }

    /// The file's first and only line, without its line end.
    fn read(path: &Path) -> Result<Self, PassphraseError> {
        let failed = |error| PassphraseError::File { path: path.to_owned(), error };
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(failed)?);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        Self::new(line.strip_suffix('\r').unwrap_or(line).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gives_its_line_and_no_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passphrase");
        for (content, expected) in [("a b", "a b"), ("a b\n", "a b"), ("a b\r\n", "a b"), (" a\n\n", " a\n")]
        {
            std::fs::write(&path, content).unwrap();
            let passphrase = Passphrase::obtain(Some(&path), Purpose::Create, "key").unwrap();
            assert_eq!(passphrase.expose(), expected);
        }
        std::fs::write(&path, "\n").unwrap();
        assert!(matches!(Passphrase::obtain(Some(&path), Purpose::Open, "key"), Err(PassphraseError::Empty)));
        let absent = folder.path().join("absent");
        assert!(matches!(
            Passphrase::obtain(Some(&absent), Purpose::Open, "key"),
            Err(PassphraseError::File { .. })
        ));
    }
}
