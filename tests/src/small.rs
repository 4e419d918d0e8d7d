//! Small elections for tests: two of three trustees, a handful of voters, any contests.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::process::{Finished, run, wait_until};
use crate::world::{Election, Voter, World};

/// Settings of an election that opens and closes when the administrator says so.
pub const BY_HAND: &str = r#"
opens = "+1d"
closes = "+2d"
open-early = true
close-early = true
smallest-group = 1
"#;

/// One question.
pub const YES_NO: &str = r#"
[[contest]]
title = "Shall it be?"
options = ["Yes", "No"]
method = "choose-one"
blank = "Blank"
"#;

/// One question of five entries.
pub const FIVE_OPTIONS: &str = r#"
[[contest]]
title = "Who shall be mayor?"
options = ["Ada", "Bo", "Cleo", "Dan"]
method = "choose-one"
blank = "Blank"
"#;

/// Codes by voter.
pub type Codes = BTreeMap<String, String>;

/// Voters of weight 1 and of the first style, named `voter-1` and so on.
pub fn voters(number: usize) -> Vec<Voter> {
    (1..=number).map(|number| (format!("voter-{number}"), 1, String::new())).collect()
}

/// Reads a table of codes.
pub fn read_codes(file: &Path) -> Result<Codes> {
    let rows = csv::Reader::from_path(file)?.into_deserialize();
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The code of a voter.
pub fn code<'a>(codes: &'a Codes, identity: &str) -> Result<&'a str> {
    codes.get(identity).map(String::as_str).with_context(|| format!("{identity} has no code"))
}

/// What the verifier says about a record or a board.
#[derive(Debug)]
pub struct Verified {
    /// How the program ended.
    pub finished: Finished,
    /// Its report in JSON.
    pub report: Value,
}

impl Verified {
    /// Runs the verifier.
    pub fn of(record: &str, more: &[&str]) -> Result<Self> {
        let mut arguments = vec![record, "--json"];
        arguments.extend(more);
        let finished = run("tabella-verify", &arguments)?;
        let report = serde_json::from_str(&finished.stdout)
            .with_context(|| format!("no report in JSON:\n{}", finished.text()))?;
        Ok(Self { finished, report })
    }

    /// Every check must hold.
    pub fn holds(self) -> Result<Self> {
        let failure = &self.report["failure"];
        ensure!(failure.is_null() && self.report["verified"] == true, "{failure}");
        ensure!(self.finished.status.success(), "{}", self.finished.stderr);
        let checks = self.report["checks"].as_array().context("checks")?;
        ensure!(checks.len() > 40, "{} checks", checks.len());
        for check in checks {
            ensure!(check["status"] == "holds", "{check}");
        }
        Ok(self)
    }

    /// A check must fail; gives its number.
    pub fn fails(&self) -> Result<&str> {
        ensure!(
            self.finished.status.code() == Some(1),
            "{}:\n{}",
            self.finished.status,
            self.finished.text()
        );
        ensure!(self.report["verified"] == false, "it says verified");
        let check = self.report["failure"]["check"].as_str().context("the number of a check")?;
        let (chapter, number) = check.split_once('.').context("chapter and number")?;
        ensure!(chapter.parse::<u8>().is_ok() && number.parse::<u8>().is_ok(), "{check}");
        Ok(check)
    }

    /// Items that a check covered.
    pub fn items(&self, number: &str) -> Result<u64> {
        let checks = self.report["checks"].as_array().context("checks")?;
        let check = checks.iter().find(|check| check["number"] == number).context("no such check")?;
        check["items"].as_u64().context("items")
    }

    /// What each option of a contest, from 1, got.
    pub fn votes(&self, contest: usize) -> Result<Vec<u64>> {
        let options = self.contest(contest)["options"].as_array().context("options")?;
        options.iter().map(|option| option["votes"].as_u64().context("votes")).collect()
    }

    /// A contest of the result, from 1.
    pub fn contest(&self, number: usize) -> &Value {
        &self.report["result"]["contests"][number - 1]
    }
}

impl World {
    /// Publishes an election with three trustees of its own, any two of whom can decrypt. The key is not made yet.
    pub fn small(&self, name: &str, settings: &str, contests: &str) -> Result<Election> {
        let names = [1, 2, 3].map(|number| format!("{name}-{number}"));
        let trustees = self.trustees(&names.each_ref().map(String::as_str))?;
        let manifest = self.small_manifest(name, settings, contests, &trustees)?;
        let folders: Vec<PathBuf> = trustees.into_iter().map(|(folder, _)| folder).collect();
        self.create(name, &manifest, &folders)
    }

    /// The manifest of [`World::small`].
    pub fn small_manifest(
        &self,
        title: &str,
        settings: &str,
        contests: &str,
        trustees: &[(PathBuf, String)],
    ) -> Result<String> {
        let mut manifest =
            format!("title = {title:?}\nregistrar = {:?}\nthreshold = 2\n{settings}\n", self.registrar_key());
        for ((_, fingerprint), number) in trustees.iter().zip(1..) {
            writeln!(manifest, "[[trustee]]\nname = \"Trustee {number}\"\nfingerprint = {fingerprint:?}")?;
        }
        manifest.push_str(contests);
        Ok(manifest)
    }

    /// An election with key and roll, open for voting.
    pub fn open(
        &self,
        name: &str,
        settings: &str,
        contests: &str,
        voters: &[Voter],
    ) -> Result<(Election, Codes)> {
        let election = self.small(name, settings, contests)?;
        self.ceremony(&election)?;
        let codes = read_codes(&self.roll(&election, voters)?)?;
        self.administrator(&election, "open")?;
        Ok((election, codes))
    }

    /// Casts a ballot without a question asked; may fail.
    pub fn cast(&self, election: &Election, code: &str, choices: &[&str], more: &[&str]) -> Result<Finished> {
        let mut arguments = vec!["--yes", "--code", code];
        for choice in choices {
            arguments.extend(["--choose", choice]);
        }
        arguments.extend(more);
        self.vote(election, "cast", &arguments)
    }

    /// A trustee's act; may fail.
    pub fn trustee(&self, election: &Election, act: &str, folder: &Path, more: &[&str]) -> Result<Finished> {
        run("tabella-trustee", &self.trustee_run(election, act, folder, more))
    }

    /// The election's status as the board tells it.
    pub fn status(&self, election: &Election) -> Result<Value> {
        let mut arguments = vec!["status", "--json"];
        arguments.extend(self.at(election));
        let finished = run("tabella-admin", &arguments)?;
        Ok(serde_json::from_str(&finished.says(&[])?.stdout)?)
    }

    /// Waits until the election is in a phase.
    pub fn wait_for(&self, election: &Election, phase: &str, within: Duration) -> Result<()> {
        wait_until(&format!("the election is {phase}"), within, || {
            Ok(self.status(election)?["phase"] == phase)
        })
    }

    /// Verifies the election on the running board.
    pub fn verify(&self, election: &Election, more: &[&str]) -> Result<Verified> {
        let mut arguments = vec!["--election", &election.id];
        arguments.extend(more);
        Verified::of(self.url(), &arguments)
    }
}
