//! Makes every file of `tests/vectors/v1`. A maker says what becomes of each input; that the library agrees is looked at
//! before anything is written. Outputs are the library's: whoever else computes them checks them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::format::{FORMAT, Family, Log, Vector};
use crate::judge::{Logs, Verdict, judge};

mod admission;
mod ballots;
mod basics;
mod ceremony;
mod evidence;
mod logs;
mod manifests;
mod outcomes;
mod partial;
mod proofs;

/// Every file, by name.
pub fn all() -> Result<BTreeMap<String, Family>> {
    let mut makers = Vec::new();
    makers.extend(basics::all());
    makers.extend(proofs::all());
    makers.extend(manifests::all());
    makers.extend(outcomes::all());
    makers.extend(ballots::all());
    makers.extend(ceremony::all());
    makers.extend(logs::all());
    makers.push(evidence::evidence());
    makers.extend(admission::all());
    let of_all: BTreeMap<String, Log> = makers.iter().flat_map(|maker| maker.logs.clone()).collect();
    makers.push(partial::partial(&of_all)?);
    let logs = Logs::new(&of_all);
    let (mut files, mut wrong) = (BTreeMap::new(), Vec::new());
    for maker in makers {
        let name = format!("{}.json", maker.file);
        match maker.finish(&logs) {
            Ok(family) => drop(files.insert(name, family)),
            Err(error) => wrong.push(format!("{error:#}")),
        }
    }
    ensure!(wrong.is_empty(), "the library says otherwise than the maker: {}", wrong.join("\n"));
    Ok(files)
}

/// A file in the making.
pub struct Maker {
    file: &'static str,
    section: &'static str,
    about: &'static str,
    /// Logs that go with it.
    pub logs: BTreeMap<String, Log>,
    vectors: Vec<Vector>,
}

impl Maker {
    /// A file without vectors.
    pub fn new(file: &'static str, section: &'static str, about: &'static str) -> Self {
        Self { file, section, about, logs: BTreeMap::new(), vectors: Vec::new() }
    }

    fn push(&mut self, name: String, operation: &str, input: Value, refused: [Option<&str>; 2]) {
        let [checks, rule] = refused.map(|number| number.map(str::to_owned));
        let mut checks = checks.iter().flat_map(|checks| checks.split(" or ")).map(str::to_owned);
        let (check, others) = (checks.next(), checks.collect());
        let (operation, success) = (operation.to_owned(), check.is_none() && rule.is_none());
        let input = sorted(&input);
        self.vectors.push(Vector { name, operation, input, success, check, others, rule, output: None });
    }

    /// An input that is accepted.
    pub fn good(&mut self, name: impl Into<String>, operation: &str, input: Value) {
        self.push(name.into(), operation, input, [None, None]);
    }

    /// One that a check of section 16.2 refuses: "6.3"; or, where no line there is the rule's own, "1.9 or 5.1", with
    /// the check first that our programs name.
    pub fn bad(&mut self, name: impl Into<String>, operation: &str, check: &str, input: Value) {
        self.push(name.into(), operation, input, [Some(check), None]);
    }

    /// One that the rule of a section refuses, which no check alone stands for.
    pub fn against(&mut self, name: impl Into<String>, operation: &str, rule: &str, input: Value) {
        self.push(name.into(), operation, input, [None, Some(rule)]);
    }

    /// The file, with the outputs; fails where the library says otherwise than the maker.
    fn finish(mut self, logs: &Logs) -> Result<Family> {
        let mut wrong = Vec::new();
        for vector in &mut self.vectors {
            let verdict = judge(&vector.operation, &vector.input, logs)
                .with_context(|| format!("{}: {}", self.file, vector.name))?;
            match verdict {
                Verdict::Accepted(output) if vector.success => vector.output = Some(sorted(&output)),
                Verdict::Refused(check) if !vector.success => {
                    if vector.check.as_deref().is_some_and(|due| check != Some(due)) {
                        wrong.push(format!("{}: refused by {check:?}, not {:?}", vector.name, vector.check));
                    }
                }
                verdict => wrong.push(format!("{}: {verdict:?}", vector.name)),
            }
        }
        if !wrong.is_empty() {
            bail!("{}: {wrong:#?}", self.file);
        }
        ensure!(!self.vectors.is_empty(), "{} has no vectors", self.file);
        let names: BTreeSet<&str> = self.vectors.iter().map(|vector| vector.name.as_str()).collect();
        ensure!(names.len() == self.vectors.len(), "{} has a name twice", self.file);
        let Self { section, about, logs, vectors, .. } = self;
        let (section, about) = (section.to_owned(), about.to_owned());
        Ok(Family { format: FORMAT.to_owned(), section, about, logs, vectors })
    }
}

/// An input with one field changed.
pub fn with(input: &Value, field: &str, value: impl Into<Value>) -> Value {
    let mut changed = input.clone();
    changed[field] = value.into();
    changed
}

/// A value with the fields of its objects by name, whatever other packages of the same build ask of `serde_json`.
pub fn sorted(value: &Value) -> Value {
    let mut sorted = value.clone();
    sorted.sort_all_objects();
    sorted
}

/// Bytes with one byte changed by exclusive or.
pub fn flipped(bytes: &[u8], at: usize, bits: u8) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[at] ^= bits;
    changed
}
