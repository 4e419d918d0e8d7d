//! `tabella-trustee`: see [`tabella_tally::programs::trustee`].

use std::alloc::System;
use std::process::ExitCode;

use clap::Parser;

use tabella_board_client::evidence::file;
use tabella_board_client::terminal::print_error;
use tabella_tally::programs::trustee::{Trustee, contradiction_in, exit_code, hint, run};
use zeroizing_alloc::ZeroAlloc;

/// Whatever is freed is erased, so that no copy of a secret stays behind, whoever made it.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

#[tokio::main]
async fn main() -> ExitCode {
    let trustee = Trustee::parse();
    let folder = trustee.folder();
    match run(trustee).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print_error(&format!("{error:#}"), hint(&error));
            if let Some(contradiction) = contradiction_in(&error) {
                file::hand_out(contradiction, &folder);
            }
            ExitCode::from(exit_code(&error))
        }
    }
}
