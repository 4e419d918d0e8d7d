//! `tabella-trustee`: see [`tabella_tally::programs::trustee`].

use std::process::ExitCode;

use clap::Parser;

use tabella_board_client::terminal::print_error;
use tabella_tally::programs::trustee::{Trustee, exit_code, hint, run};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Trustee::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&format!("{error:#}"), hint(&error));
            ExitCode::from(exit_code(&error))
        }
    }
}
