//! `tabella-board`: runs a bulletin board.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use tabella_board::config::Config;
use tabella_board::log;
use tabella_board::programs::board::{in_words, init, run};
use tabella_board::programs::witness;

/// Tabella's bulletin board.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a new board: its key, and the first entries of its log.
    Init(init::Arguments),
    /// Run the board.
    Run(run::Arguments),
    /// Print a file of settings with the default of each and what it does.
    Config,
    /// Be a witness for boards, or for other logs: see that they only grow, and cosign what they are.
    #[command(subcommand)]
    Witness(witness::Command),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Init(arguments) => {
            log::start(&Config::default().log);
            init::perform(arguments)
        }
        Command::Run(arguments) => run::perform(&arguments),
        Command::Config => {
            print!("{}", Config::default().to_toml());
            Ok(())
        }
        Command::Witness(command) => {
            log::start(&Config::default().log);
            witness::run(command)
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tabella-board: {}", in_words(&error));
            ExitCode::FAILURE
        }
    }
}
