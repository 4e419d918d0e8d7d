//! `tabella-verify evidence FILE`: whether a file proves that a board signed two logs as one.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use tabella_board_client::Trust;
use tabella_board_client::evidence::{Confirmed, Fork, ForkKind, MAX_EVIDENCE_LENGTH};
use tabella_board_client::exit;
use tabella_board_client::terminal::{print_error, visible};
use tabella_crypto::checkpoint::VerifiedCheckpoint;

/// What is judged.
#[derive(Args)]
pub(crate) struct EvidenceArgs {
    /// The evidence file.
    file: PathBuf,
    /// The board that it must be about: its key (origin+hash+base64) or the fingerprint of 64 hexadecimal characters.
    #[arg(long, value_name = "KEY", value_parser = parse_board)]
    board: Option<Trust>,
}

fn parse_board(text: &str) -> Result<Trust, &'static str> {
    Trust::parse(text).ok_or(Trust::WANTED)
}

/// Reads the file and says what it proves.
pub(crate) fn judge(arguments: &EvidenceArgs) -> ExitCode {
    let fork = match read(&arguments.file) {
        Ok(fork) => fork,
        Err(reason) => {
            let hint = "give the file that a program of Tabella wrote when it met the contradiction";
            print_error(&format!("{}: {reason}", arguments.file.display()), Some(hint));
            return ExitCode::from(exit::UNCHECKED);
        }
    };
    match fork.confirm(arguments.board.as_ref()) {
        Ok(confirmed) => {
            println!("{}", confirmation(&fork, &confirmed, arguments.board.is_some()));
            ExitCode::SUCCESS
        }
        Err(reason) => {
            println!("NOT PROVEN: {}.", visible(&reason.to_string()));
            ExitCode::from(exit::FAILED)
        }
    }
}

fn read(file: &PathBuf) -> Result<Fork, String> {
    let length = std::fs::metadata(file).map_err(|error| error.to_string())?.len();
    if length > MAX_EVIDENCE_LENGTH as u64 {
        return Err("it is longer than any evidence".to_owned());
    }
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    Fork::from_json(&text).map_err(|error| error.to_string())
}

fn confirmation(fork: &Fork, confirmed: &Confirmed, is_named: bool) -> String {
    let Confirmed { board, older, newer } = confirmed;
    let line = |checkpoint: &VerifiedCheckpoint| {
        format!("  {} entries, root {}", checkpoint.size(), checkpoint.root())
    };
    let what = if older.size() == newer.size() {
        "They have as many entries and different roots, so not the same entries."
    } else {
        "The log of more entries does not begin with the log of fewer: entries were changed or taken back."
    };
    let fingerprint = board.verifying_key().fingerprint();
    let whose = if is_named {
        "This is the board that you named.".to_owned()
    } else {
        format!(
            "Anybody can make a key: compare it with the one that the election office published, or give that with \
             --board.\n  key          {}\n  fingerprint  {fingerprint}",
            visible(&board.to_vkey_string())
        )
    };
    let seen = if fork.kind == ForkKind::Shrank { "The log had also shrunk when it was met.\n" } else { "" };
    format!(
        "CONFIRMED: the holder of the key of {} signed two logs as one, {}:\n{}\n{}\n{what}\n{seen}{whose}",
        visible(board.name()),
        visible(&fork.origin),
        line(older),
        line(newer),
    )
}
