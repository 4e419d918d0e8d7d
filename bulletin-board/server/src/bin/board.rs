//! `tabella-board`: runs a bulletin board.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use tabella_board::config::Config;
use tabella_board::log;
use tabella_board::programs::board::{backup, exit_code, hint, in_words, init, mirror, recover, run};
use tabella_board::programs::witness;
use tabella_board_client::exit;

/// Tabella's bulletin board.
#[derive(Parser)]
#[command(version, about, after_help = exit::HELP)]
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
    /// Write a backup of the store, while the board runs or not. The operator's key is not in it.
    Backup(backup::Arguments),
    /// Bring the store of a stopped board, an old copy or an empty folder with the key, up to what a mirror has.
    CatchUp(recover::Arguments),
    /// Follow a board and keep its logs as static files, which any web server can publish.
    Mirror(mirror::Arguments),
    /// Write the logs of a stopped board as static files.
    Export(mirror::ExportArguments),
    /// Be a witness for boards, or for other logs: see that they only grow, and cosign what they are.
    #[command(subcommand)]
    Witness(witness::Command),
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    if !matches!(command, Command::Run(_)) {
        // the settings of a running board say how it logs
        log::start(&Config::default().log);
    }
    match perform(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::fatal("tabella-board", &in_words(&error), hint(&error));
            ExitCode::from(exit_code(&error))
        }
    }
}

fn perform(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Init(arguments) => init::perform(arguments)?,
        Command::Run(arguments) => run::perform(&arguments)?,
        Command::Config => print!("{}", Config::default().to_toml()),
        Command::Backup(arguments) => backup::perform(&arguments)?,
        Command::CatchUp(arguments) => recover::perform(&arguments)?,
        Command::Mirror(arguments) => mirror::perform(&arguments)?,
        Command::Export(arguments) => mirror::export(&arguments)?,
        Command::Witness(command) => witness::run(command)?,
    }
    Ok(())
}
