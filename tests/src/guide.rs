//! A trustee who uses `tabella-trustee` without a command: questions and answers through pipes, or at a pseudo terminal,
//! where passphrases are typed.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::parent;
use crate::process::{command, program, wait_until};

/// How long a question may take to come.
const WITHIN: Duration = Duration::from_secs(300);

/// A guide that runs; killed when dropped.
#[derive(Debug)]
pub struct Guide {
    child: Child,
    answers: ChildStdin,
    log: PathBuf,
    /// Bytes of the output that were looked at.
    seen: usize,
}

impl Guide {
    /// Starts a program that asks; what it says goes to a file.
    pub fn start(arguments: &[&str], folder: &Path, log: &Path) -> Result<Self> {
        Self::run(command("tabella-trustee", arguments)?, folder, log)
    }

    /// Starts it at a pseudo terminal, and with no passphrase but those that are typed. script(1) makes the terminal, of
    /// Debian's essential package bsdutils: what it reads from a pipe is typed.
    pub fn at_terminal(folder: &Path, log: &Path) -> Result<Self> {
        let mut command = parent::command("script".into());
        // the name of the terminal is the first line
        command.args(["--quiet", "--flush", "--return", "--command", "tty; exec \"$GUIDE\"", "/dev/null"]);
        command.env("GUIDE", program("tabella-trustee")?).env("SHELL", "/bin/sh");
        command.env_remove("TABELLA_PASSPHRASE");
        Self::run(command, folder, log)
    }

    fn run(mut command: Command, folder: &Path, log: &Path) -> Result<Self> {
        let output = std::fs::File::create(log)?;
        let errors = output.try_clone()?;
        command.env("LC_ALL", "C.UTF-8").current_dir(folder);
        let mut child = command.stdin(Stdio::piped()).stdout(output).stderr(errors).spawn()?;
        let answers = child.stdin.take().context("standard input is piped")?;
        Ok(Self { child, answers, log: log.to_owned(), seen: 0 })
    }

    /// All that it said.
    pub fn said(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&std::fs::read(&self.log)?).into_owned())
    }

    /// Waits until it says this, after what was waited for before.
    pub fn hears(&mut self, words: &str) -> Result<()> {
        self.hears_one_of(&[words]).map(drop)
    }

    /// Waits until it says one of these; gives which comes first.
    pub fn hears_one_of(&mut self, words: &[&str]) -> Result<usize> {
        let seen = self.seen;
        let mut place = None;
        let waited = wait_until(&format!("the guide says {words:?}"), WITHIN, || {
            let said = std::fs::read(&self.log)?;
            // sentences are broken where the terminal ends
            let said = String::from_utf8_lossy(said.get(seen..).unwrap_or_default()).replace('\n', " ");
            let found = words.iter().enumerate();
            let found = found.filter_map(|(which, words)| Some((said.find(words)? + words.len(), which)));
            place = found.min();
            Ok(place.is_some() || self.child.try_wait()?.is_some())
        });
        let said = self.said()?;
        waited.with_context(|| said.clone())?;
        let (end, which) = place.with_context(|| format!("it ended without {words:?}:\n{said}"))?;
        self.seen += end;
        Ok(which)
    }

    /// Answers with a line.
    pub fn say(&mut self, answer: &str) -> Result<()> {
        Ok(writeln!(self.answers, "{answer}")?)
    }

    /// Waits for a question and answers it.
    pub fn answer(&mut self, question: &str, answer: &str) -> Result<()> {
        self.hears(question)?;
        self.say(answer)
    }

    /// Waits for the question after which what is typed must not be shown, and for the terminal to show nothing.
    pub fn answer_unseen(&mut self, question: &str, answer: &str) -> Result<()> {
        self.hears(question)?;
        let said = self.said()?;
        let terminal = said.lines().next().context("the terminal's name")?.to_owned();
        wait_until("the terminal shows nothing that is typed", WITHIN, || {
            let settings = Command::new("stty").args(["-F", &terminal, "-a"]).output()?;
            Ok(String::from_utf8_lossy(&settings.stdout).split_whitespace().any(|word| word == "-echo"))
        })?;
        self.say(answer)
    }

    /// Kills it at once.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it ends; gives what it said and its exit code.
    pub fn end(&mut self) -> Result<(Option<i32>, String)> {
        let mut status = None;
        wait_until("the guide ends", WITHIN, || {
            status = self.child.try_wait()?;
            Ok(status.is_some())
        })
        .with_context(|| self.said().unwrap_or_default())?;
        let said = self.said()?;
        ensure!(!said.contains("panicked"), "{said}");
        Ok((status.and_then(|status| status.code()), said))
    }
}

impl Drop for Guide {
    fn drop(&mut self) {
        // it may have ended by itself
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
