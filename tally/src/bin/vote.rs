//! `tabella-vote`: see [`tabella_tally::programs::vote`].

use std::process::ExitCode;

use clap::Parser;

use tabella_board_client::evidence::file;
use tabella_board_client::exit;
use tabella_board_client::terminal::print_error;
use tabella_board_client::visit::hint;
use tabella_tally::programs::vote::{Vote, run};

#[tokio::main]
async fn main() -> ExitCode {
    let vote = Vote::parse();
    let folder = vote.folder();
    match run(vote).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&format!("{error:#}"), hint(error.as_ref()));
            if let Some(fork) = file::fork_in(error.as_ref()) {
                file::hand_out(fork, &folder);
            }
            ExitCode::from(exit::code(error.as_ref()))
        }
    }
}
