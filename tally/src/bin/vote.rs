//! `tabella-vote`: see [`tabella_tally::programs::vote`].

use std::process::ExitCode;

use clap::Parser;

use tabella_board_client::terminal::print_error;
use tabella_board_client::visit::hint;
use tabella_tally::programs::vote::{Vote, run};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Vote::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&format!("{error:#}"), hint(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}
