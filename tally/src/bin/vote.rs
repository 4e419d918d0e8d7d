//! `tabella-vote`: see [`tabella_tally::programs::vote`].

use std::process::ExitCode;

use clap::Parser;

use tabella_board_client::evidence::file;
use tabella_board_client::exit;
use tabella_tally::programs::vote::{Vote, run};

#[tokio::main]
async fn main() -> ExitCode {
    let vote = Vote::parse();
    let folder = vote.folder();
    match run(vote).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            file::end(&format!("{error:#}"), error.as_ref(), &folder);
            ExitCode::from(exit::code(error.as_ref()))
        }
    }
}
