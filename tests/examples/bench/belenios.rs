//! The same question and number of voters with `belenios-tool`, Debian's package: both programs verify a complete
//! election, from its parameters to its result.
//!
//! Belenios' group is BELENIOS-2048, with exponents of 256 bits: the faster of the two that the package knows, and
//! the one of its own demonstration. Its contest has five answers of which exactly one is chosen, without a blank
//! vote, for which it would need more proofs; ours has four options and the blank vote. Both have three trustees.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use rayon::prelude::*;
use serde_json::{Value, json};

use super::clock::{Ran, run};
use super::election::{Prepared, entry};
use super::{record, scale};

const TOOL: &str = "belenios-tool";
const GROUP: [&str; 2] = ["--group", "BELENIOS-2048"];
const ANSWERS: usize = 5;
const TRUSTEES: usize = 3;
/// How often the faster program is run, whose time is otherwise too short for a clock of 10 ms.
const RUNS: usize = 9;
/// Its ballots, beside its archive.
const BALLOTS: &str = "ballots.jsons";

/// Says what to install if the program is not there.
pub(crate) fn check_installed() -> Result<()> {
    let found = Command::new(TOOL).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    ensure!(
        found.is_ok_and(|status| status.success()),
        "{TOOL} is missing: install it with `apt-get install {TOOL}`, or leave it out with --without-belenios"
    );
    Ok(())
}

/// Verifies both elections, and prints them side by side.
pub(crate) fn measure(prepared: &Prepared, voters: usize, folder: &Path) -> Result<Value> {
    let theirs = prepare(voters, folder)?;
    let ours = record::prepare(prepared, voters, folder)?;
    // by turns, ours before and after theirs
    let (mut our_runs, mut their_run) = (Vec::new(), None);
    for turn in 0..RUNS {
        our_runs.push(scale::verify(&ours, 1)?.processor);
        if turn == RUNS / 2 {
            their_run = Some(verify(&theirs)?);
        }
    }
    let their_run = their_run.context("one run")?;
    let our_time = our_runs.iter().sum::<f64>() / our_runs.len() as f64 / voters as f64;
    let their_time = their_run.processor / voters as f64;
    let sent = fs::read_to_string(theirs.join(BALLOTS))?;
    let their_bytes = sent.lines().map(str::len).sum::<usize>() as f64 / voters as f64;
    let our_bytes = prepared.ballots.iter().take(voters).map(|ballot| entry(ballot).len()).sum::<usize>();
    let our_bytes = our_bytes as f64 / voters as f64;
    let archive = fs::metadata(archive(&theirs)?)?.len() as f64 / voters as f64;
    let our_archive = record::bytes_below(&ours)? as f64 / voters as f64;

    println!(
        "\na complete election of {voters} voters, one choice of five, verified by both programs on one core"
    );
    println!("  {:<34} {:>10} {:>14} {:>8}", "", "tabella", "belenios-tool", "ratio");
    let line = |name: &str, ours: f64, theirs: f64| {
        println!("  {name:<34} {ours:>10.1} {theirs:>14.1} {:>8.1}", theirs / ours);
    };
    line("us a ballot, processor time", our_time * 1e6, their_time * 1e6);
    line("bytes a ballot", our_bytes, their_bytes);
    line("bytes of the whole record a ballot", our_archive, archive);
    Ok(json!({
        "belenios_ratio": their_time / our_time,
        "belenios_bytes_ratio": their_bytes / our_bytes,
        "belenios": {
            "voters": voters,
            "group": GROUP[1],
            "us_per_ballot": their_time * 1e6,
            "tabella_us_per_ballot": our_time * 1e6,
            "bytes_per_ballot": their_bytes,
            "tabella_bytes_per_ballot": our_bytes,
            "record_bytes_per_ballot": archive,
            "tabella_record_bytes_per_ballot": our_archive,
            "peak_mib": their_run.peak_mib,
        },
    }))
}

fn verify(folder: &Path) -> Result<Ran> {
    run(Command::new(TOOL).args(["election", "verify"]).current_dir(folder))
}

/// The only archive of a folder.
fn archive(folder: &Path) -> Result<PathBuf> {
    let files = fs::read_dir(folder)?.filter_map(|item| Some(item.ok()?.path()));
    let mut archives = files.filter(|path| path.extension().is_some_and(|extension| extension == "bel"));
    archives.next().context("an archive")
}

/// An election with its result; one that is kept already is not made again.
fn prepare(voters: usize, folder: &Path) -> Result<PathBuf> {
    let kept = folder.join(format!("belenios-{voters}"));
    if kept.is_dir() {
        return Ok(kept);
    }
    println!("making an election of {voters} voters with {TOOL}, once");
    let place = kept.with_extension("part");
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    fs::create_dir_all(&place)?;
    let tool = Tool(&place);

    let uuid = tool.run(&["setup", "generate-token"], b"")?.trim().to_owned();
    let list: String = (1..=voters).map(|voter| format!("{voter}@example.org,{voter},1\n")).collect();
    fs::write(place.join("voters.txt"), list)?;
    let named = ["--uuid", &uuid, GROUP[0], GROUP[1]];
    let with = |words: &[&'static str], more: &[&str]| -> Result<String> {
        let words: Vec<&str> = words.iter().copied().chain(named).chain(more.iter().copied()).collect();
        tool.run(&words, b"")
    };
    with(&["setup", "generate-credentials"], &["--file", "voters.txt"])?;
    tool.rename("pubcreds", "public_creds.json")?;
    tool.rename("privcreds", "private_creds.txt")?;
    for _ in 0..TRUSTEES {
        tool.run(&["setup", "generate-trustee-key", GROUP[0], GROUP[1]], b"")?;
    }
    let mut keys = String::new();
    for path in tool.files("pubkey")? {
        keys += &fs::read_to_string(path)?;
    }
    fs::write(place.join("public_keys.jsons"), keys)?;
    tool.run(&["setup", "make-trustees"], b"")?;
    let answers: Vec<String> = (1..=ANSWERS).map(|answer| format!("Option {answer}")).collect();
    let question = json!({ "question": "Chair", "answers": answers, "min": 1, "max": 1 });
    let template = json!({
        "name": "A small election", "description": "", "questions": [question],
        "administrator": "bench", "credential_authority": "bench",
    });
    fs::write(place.join("template.json"), template.to_string())?;
    with(&["setup", "make-election"], &["--template", "template.json"])?;
    tool.run(&["archive", "init"], b"")?;

    let ballots = tool.ballots()?;
    for ballot in &ballots {
        tool.run(&["archive", "add-event", "--type=Ballot"], ballot.as_bytes())?;
    }
    fs::write(place.join(BALLOTS), ballots.concat())?;
    tool.run(&["archive", "add-event", "--type=EndBallots"], b"")?;
    let tally = tool.run(&["election", "compute-encrypted-tally"], b"")?;
    tool.run(&["archive", "add-event", "--type=EncryptedTally"], tally.as_bytes())?;
    for (trustee, key) in (1..).zip(tool.files("privkey")?) {
        let key = key.to_str().context("a path that is text")?;
        let trustee = trustee.to_string();
        let words = ["election", "decrypt", "--privkey", key, "--trustee-id", trustee.as_str()];
        let part = tool.run(&words, b"")?;
        tool.run(&["archive", "add-event", "--type=PartialDecryption"], part.as_bytes())?;
    }
    let result = tool.run(&["election", "compute-result"], b"")?;
    tool.run(&["archive", "add-event", "--type=Result"], result.as_bytes())?;
    fs::rename(&place, &kept)?;
    Ok(kept)
}

/// The program, in a folder.
struct Tool<'a>(&'a Path);

impl Tool<'_> {
    /// Runs it with these words and this input; its output.
    fn run(&self, words: &[impl AsRef<OsStr>], input: &[u8]) -> Result<String> {
        let mut command = Command::new(TOOL);
        // it would otherwise wait for the system to gather randomness
        command.args(words).current_dir(self.0).env("BELENIOS_USE_URANDOM", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        child.stdin.take().context("its input")?.write_all(input)?;
        let output = child.wait_with_output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{command:?} failed:\n{errors}");
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Every voter's ballot, a line each, made on all cores.
    fn ballots(&self) -> Result<Vec<String>> {
        let credentials = fs::read_to_string(self.0.join("private_creds.txt"))?;
        let credentials: Vec<&str> =
            credentials.lines().filter_map(|line| line.split(' ').next_back()).collect();
        let ballots = credentials.par_iter().enumerate().map(|(number, credential)| {
            let choice: Vec<u8> = (0..ANSWERS).map(|answer| u8::from(answer == number % ANSWERS)).collect();
            let (secret, choices) = (format!("voter-{number}.secret"), format!("voter-{number}.json"));
            fs::write(self.0.join(&secret), credential)?;
            fs::write(self.0.join(&choices), json!([choice]).to_string())?;
            let words = ["election", "generate-ballot", "--privcred", &secret, "--ballot", &choices];
            let ballot = self.run(&words, b"")?;
            fs::remove_file(self.0.join(&secret))?;
            fs::remove_file(self.0.join(&choices))?;
            Ok(ballot.trim().to_owned() + "\n")
        });
        ballots.collect()
    }

    /// Files with this extension, by name.
    fn files(&self, extension: &str) -> Result<Vec<PathBuf>> {
        let paths = fs::read_dir(self.0)?.filter_map(|item| Some(item.ok()?.path()));
        let mut paths: Vec<PathBuf> =
            paths.filter(|p| p.extension().is_some_and(|e| e == extension)).collect();
        paths.sort();
        Ok(paths)
    }

    /// Gives the only file with this extension a name.
    fn rename(&self, extension: &str, name: &str) -> Result<()> {
        let files = self.files(extension)?;
        Ok(fs::rename(files.first().context("a file")?, self.0.join(name))?)
    }
}
