//! `tabella-vote`: see [`tabella_tally::programs::vote`].

use std::alloc::System;
use std::process::ExitCode;

use clap::Parser;

use tabella_board_client::evidence::file;
use tabella_board_client::exit;
use tabella_tally::programs::vote::{Vote, run};
use zeroizing_alloc::ZeroAlloc;

/// Whatever is freed is erased, so that no copy of a secret stays behind, whoever made it.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

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
