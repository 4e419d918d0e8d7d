//! The programs of the workspace, run to their end or in the background.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::parent;

/// The passphrase of every key file of a test world.
pub const PASSPHRASE: &str = "correct horse battery staple";

/// How long a program in the background may take to say that it is ready.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// What a program printed and how it ended.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Finished {
    /// The rest of the first line of standard output that begins with `label`.
    pub fn line(&self, label: &str) -> Result<String> {
        self.stdout
            .lines()
            .find_map(|line| line.trim().strip_prefix(label))
            .map(|rest| rest.trim_start_matches(':').trim().to_owned())
            .with_context(|| format!("no line \"{label}\" in:\n{}{}", self.stdout, self.stderr))
    }

    /// Both outputs, for messages and for tests that look for a sentence.
    pub fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// It must have ended well, and its outputs must have all of these words.
    pub fn says(&self, words: &[&str]) -> Result<&Self> {
        ensure!(self.status.success(), "it failed, where it must not:\n{}", self.text());
        self.has(words)
    }

    /// It must have failed of itself, with a sentence that has all of these words, and with no debris of a panic.
    pub fn refuses(&self, words: &[&str]) -> Result<&Self> {
        ensure!(!self.status.success(), "it succeeded, where it must not:\n{}", self.text());
        ensure!(self.status.code().is_some(), "it was ended by a signal, {}:\n{}", self.status, self.text());
        ensure!(!self.stderr.trim().is_empty(), "it failed without a word");
        self.has(words)
    }

    /// It must have failed of itself, or called for a person, and said why on standard output, as programs do whose
    /// verdict is their result.
    pub fn refuses_on_stdout(&self, words: &[&str]) -> Result<&Self> {
        ensure!(matches!(self.status.code(), Some(1 | 3)), "it ended with {}:\n{}", self.status, self.text());
        ensure!(!self.stdout.trim().is_empty(), "it failed without a word");
        self.has(words)
    }

    fn has(&self, words: &[&str]) -> Result<&Self> {
        let text = self.text();
        for word in words {
            ensure!(text.contains(word), "{word:?} is not in:\n{text}");
        }
        for debris in ["panicked", "RUST_BACKTRACE", "stack backtrace", "Error {", "unwrap()"] {
            ensure!(!text.contains(debris), "{debris:?} is no message for people:\n{text}");
        }
        Ok(self)
    }
}

/// Finds a program beside the one that runs: both are in the workspace's target folder.
pub fn program(name: &str) -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let mut folders = this.ancestors().skip(1).take(2);
    folders
        .find_map(|folder| Some(folder.join(name)).filter(|path| path.is_file()))
        .with_context(|| format!("{name} is not built: run `make build`"))
}

/// A program that is not started yet, with the passphrase of the test world; it ends with the one that starts it.
pub fn command(name: &str, arguments: &[impl AsRef<OsStr>]) -> Result<Command> {
    let mut command = parent::command(program(name)?.into_os_string());
    command
        .args(arguments)
        .env("TABELLA_PASSPHRASE", PASSPHRASE)
        .env("NO_COLOR", "1")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null());
    // what a program leaves where it stands, such as evidence, is not left among the sources
    command.current_dir(std::env::temp_dir());
    Ok(command)
}

/// Runs a program to its end, whatever that is.
pub fn run(name: &str, arguments: &[impl AsRef<OsStr>]) -> Result<Finished> {
    let output = command(name, arguments)?.output().with_context(|| format!("cannot run {name}"))?;
    Ok(Finished {
        status: output.status,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Runs a program to its end; it must succeed.
pub fn succeed(name: &str, arguments: &[impl AsRef<OsStr>]) -> Result<Finished> {
    let finished = run(name, arguments)?;
    ensure!(finished.status.success(), "{name} {} failed:\n{}", words(arguments), finished.text());
    Ok(finished)
}

/// Runs a program to its end with its output on this terminal; it must succeed.
pub fn show(name: &str, arguments: &[impl AsRef<OsStr>]) -> Result<()> {
    let status = command(name, arguments)?.status()?;
    ensure!(status.success(), "{name} {} failed", words(arguments));
    Ok(())
}

fn words(arguments: &[impl AsRef<OsStr>]) -> String {
    arguments.iter().map(|word| word.as_ref().to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Several runs of programs at a time, each of which must succeed; results in order.
pub fn all_succeed(name: &str, runs: Vec<Vec<String>>) -> Result<Vec<Finished>> {
    let threads: Vec<_> = runs
        .into_iter()
        .map(|arguments| (name.to_owned(), arguments))
        .map(|(name, arguments)| std::thread::spawn(move || succeed(&name, &arguments)))
        .collect();
    threads
        .into_iter()
        .map(|thread| thread.join().unwrap_or_else(|_| bail!("a thread of the harness panicked")))
        .collect()
}

/// Looks again and again until something is so; an error if it takes longer than that.
pub fn wait_until(what: &str, within: Duration, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !is_so()? {
        ensure!(start.elapsed() < within, "after {} s it is not so that {what}", within.as_secs());
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// A program in the background; killed when dropped.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts a program and waits for a line of its output that begins with `ready`; returns the rest of that line.
    pub fn start(
        name: &str,
        arguments: &[impl AsRef<OsStr>],
        ready: &str,
        log: &Path,
    ) -> Result<(Self, String)> {
        Self::start_command(command(name, arguments)?, ready, log).with_context(|| name.to_owned())
    }

    /// The same for a program whose files must not grow beyond so many blocks of 512 bytes: as on a disk that is full,
    /// writing more fails.
    pub fn start_confined(
        name: &str,
        arguments: &[impl AsRef<OsStr>],
        blocks: u64,
        ready: &str,
        log: &Path,
    ) -> Result<(Self, String)> {
        // without the trap the system would kill the program instead of failing the write
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(script).arg(program(name)?).args(arguments);
        shell.env("NO_COLOR", "1").env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
        Self::start_command(shell, ready, log).with_context(|| name.to_owned())
    }

    /// Starts a program whose outputs go to a file.
    pub fn spawn(name: &str, arguments: &[impl AsRef<OsStr>], log: &Path) -> Result<Self> {
        let output = std::fs::File::create(log)?;
        let errors = output.try_clone()?;
        Ok(Self(command(name, arguments)?.stdout(output).stderr(errors).spawn()?))
    }

    fn start_command(mut command: Command, ready: &str, log: &Path) -> Result<(Self, String)> {
        let errors = std::fs::File::create(log)?;
        let mut child = command.stdout(Stdio::piped()).stderr(errors).spawn()?;
        let stdout = child.stdout.take().context("standard output is piped")?;
        let (sender, receiver) = std::sync::mpsc::channel();
        let label = ready.to_owned();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(rest) = line.strip_prefix(&label) {
                    // the receiver is gone once the program was ready
                    let _ = sender.send(rest.trim().to_owned());
                }
            }
        });
        let mut running = Self(child);
        let start = Instant::now();
        loop {
            if let Ok(rest) = receiver.recv_timeout(Duration::from_millis(50)) {
                return Ok((running, rest));
            }
            let ended = running.0.try_wait()?;
            if ended.is_some() || start.elapsed() > READY_WITHIN {
                let errors = std::fs::read_to_string(log).unwrap_or_default();
                bail!("it did not become ready:\n{errors}");
            }
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Whether and how it has ended.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.0.try_wait()?)
    }

    /// Waits until it ends.
    pub fn wait(&mut self, within: Duration) -> Result<ExitStatus> {
        let mut status = None;
        wait_until("the program ends", within, || {
            status = self.ended()?;
            Ok(status.is_some())
        })?;
        status.context("it has ended")
    }

    /// Kills it at once, as `kill -9` does.
    pub fn kill(&mut self) -> Result<()> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
