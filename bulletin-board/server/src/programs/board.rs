//! What `tabella-board` does, one module for each subcommand: its arguments, and `perform`.

use std::path::{Path, PathBuf};

use tabella_board_client::site::Site;

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

/// Whether a text names a place where logs can be read: an address, or a folder that is there.
pub fn check_source(text: &str) -> anyhow::Result<()> {
    if Site::is_address(text) || Path::new(text).is_dir() {
        return Ok(());
    }
    anyhow::bail!("{text} is neither an address (http://… or https://…) nor a folder that is there")
}

/// The error and its causes, less what an error says of its cause itself.
pub fn in_words(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |words, cause| match words.is_empty() {
        true => cause,
        false if words.contains(&cause) => words,
        false => format!("{words}: {cause}"),
    })
}

#[cfg(test)]
mod tests {
    use anyhow::{Context, anyhow};

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        let error = anyhow!("the disk is full").context("no batch: the disk is full").context("stopped");
        assert_eq!(super::in_words(&error), "stopped: no batch: the disk is full");
        let error = Err::<(), _>(anyhow!("b")).context("a").unwrap_err();
        assert_eq!(super::in_words(&error), "a: b");
    }
}
