//! The program as a child process.

#![allow(dead_code, reason = "each test program uses a part")]

pub(crate) mod writing;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use tabella_crypto::signature::VerifyingKey;

pub(crate) const ORIGIN: &str = "board.example.org/tabella";

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tabella-board"));
    command.args(arguments).env("TABELLA_BOARD_LOG_LEVEL", "warn");
    command
}

pub(crate) fn output(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

pub(crate) fn init(data: &Path, administrator: &VerifyingKey) -> Output {
    let (data, administrator) = (data.to_str().unwrap(), format!("{administrator:?}"));
    output(&["init", "--data", data, "--origin", ORIGIN, "--administrator", &administrator])
}

/// A board that runs, and is killed when dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) url: String,
}

impl Running {
    /// Starts the board and waits until it listens; else what it wrote to stderr.
    pub(crate) fn start(data: &Path) -> Result<Self, String> {
        Self::start_with(data, &[])
    }

    /// The same with more arguments.
    pub(crate) fn start_with(data: &Path, more: &[&str]) -> Result<Self, String> {
        let run = ["run", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"];
        Self::launch(&[&run[..], more].concat())
    }

    /// The same with arguments of its own, for whatever the program is to be.
    pub(crate) fn launch(arguments: &[&str]) -> Result<Self, String> {
        Self::of(command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()))
    }

    /// The same of a command whose outputs are piped.
    pub(crate) fn of(command: &mut Command) -> Result<Self, String> {
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        match line.trim_end().strip_prefix("listening on ") {
            Some(url) => Ok(Self { child, url: url.to_owned() }),
            None => {
                let mut message = String::new();
                child.stderr.take().unwrap().read_to_string(&mut message).unwrap();
                child.wait().unwrap();
                Err(message)
            }
        }
    }

    /// How it ends, and what it wrote to stderr.
    pub(crate) fn ended(&mut self) -> (ExitStatus, String) {
        let mut message = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut message).unwrap();
        (self.child.wait().unwrap(), message)
    }

    /// Kills it without any warning.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // it may have ended
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
