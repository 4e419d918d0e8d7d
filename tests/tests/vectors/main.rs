//! The test vectors of `tests/vectors/v1`: made again and compared, and judged by the project's own code. The reference
//! in Python judges the same files: `tests/reference/verify_vectors.py`, which `tests/reference.rs` runs.
//!
//! `TABELLA_WRITE_VECTORS=1 cargo test … --test vectors` writes the files.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, ensure};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

mod format;
mod judge;
mod make;

use format::{Family, encode, folder, read_all};
use judge::Logs;

/// The file that the reference in Python makes, and its own tests compare: votes that our programs refuse to make.
const BY_THE_REFERENCE: &str = "forgery.json";
/// The file whose logs the vectors of all files name.
const LOGS: &str = "election-log.json";

fn logs(families: &BTreeMap<String, Family>) -> Logs {
    families.get(LOGS).map(|family| Logs::new(&family.logs)).unwrap_or_default()
}

/// What is wrong, a line for each vector.
fn failures(families: &BTreeMap<String, Family>) -> Vec<String> {
    let logs = &logs(families);
    let all: Vec<_> =
        families.iter().flat_map(|(file, family)| family.vectors.iter().map(move |v| (file, v))).collect();
    let said = all.into_par_iter().filter_map(|(file, vector)| {
        let error = judge::hold(vector, logs).err()?;
        Some(format!("{file}: {}: {error:#}", vector.name))
    });
    said.collect()
}

#[test]
fn the_vectors_are_those_that_the_program_makes() -> Result<()> {
    let made = make::all()?;
    if std::env::var_os("TABELLA_WRITE_VECTORS").is_some() {
        for (name, family) in &made {
            fs::write(folder().join(name), encode(family)?)?;
        }
        let readme = folder().join("README.md");
        let table = table(&read_all(&folder())?);
        fs::write(&readme, with_table(&fs::read_to_string(&readme)?, &table)?)?;
    }
    let there = read_all(&folder())?;
    let ours = there.keys().filter(|name| *name != BY_THE_REFERENCE);
    ensure!(ours.eq(made.keys()), "other files: {:?}", there.keys());
    for (name, family) in &made {
        let same = fs::read(folder().join(name))? == encode(family)?;
        ensure!(same, "{name} is not what is made; if it should change, write it by TABELLA_WRITE_VECTORS=1");
    }
    Ok(())
}

#[test]
fn every_vector_is_judged_as_it_says() -> Result<()> {
    let families = read_all(&folder())?;
    let failures = failures(&families);
    ensure!(failures.is_empty(), "{} vectors: {failures:#?}", failures.len());
    for (file, family) in &families {
        let mut names: Vec<&str> = family.vectors.iter().map(|vector| vector.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        ensure!(names.len() == family.vectors.len(), "{file} has a name twice");
        ensure!(!names.is_empty(), "{file} has no vectors");
    }
    Ok(())
}

#[test]
fn a_verdict_that_is_turned_round_and_an_output_that_is_changed_are_noticed() -> Result<()> {
    let families = read_all(&folder())?;
    let logs = &logs(&families);
    // one of each verdict of each operation
    let mut seen = BTreeMap::new();
    for family in families.values() {
        for vector in &family.vectors {
            seen.entry((vector.operation.as_str(), vector.success)).or_insert(vector);
        }
    }
    for ((operation, success), vector) in seen {
        let mut turned = vector.clone();
        turned.success = !success;
        ensure!(judge::hold(&turned, logs).is_err(), "{operation}, turned round");
        let mut changed = vector.clone();
        if success {
            changed.output = Some("another".into());
        } else {
            (changed.check, changed.rule) = (Some("9.9".to_owned()), None);
            changed.others.clear();
        }
        ensure!(judge::hold(&changed, logs).is_err(), "{operation}, changed");
    }
    Ok(())
}

#[test]
fn an_operation_that_nobody_knows_is_an_error() -> Result<()> {
    let families = read_all(&folder())?;
    let first = families.values().next().and_then(|family| family.vectors.first());
    let mut vector = first.context("a vector")?.clone();
    vector.operation = "guess".to_owned();
    let error = judge::hold(&vector, &Logs::default()).err().context("it must fail")?;
    ensure!(error.to_string() == "there is no operation \"guess\"", "{error}");
    Ok(())
}

/// The table of files for the README, between its two marks.
fn table(families: &BTreeMap<String, Family>) -> String {
    let mut table =
        "| file | sections | vectors | of them refused | about |\n| --- | --- | --- | --- | --- |\n"
            .to_owned();
    let mut sums = [0, 0];
    for (name, family) in families {
        let counts = [family.vectors.len(), family.vectors.iter().filter(|vector| !vector.success).count()];
        let (section, about) = (&family.section, &family.about);
        table += &format!("| `{name}` | {section} | {} | {} | {about} |\n", counts[0], counts[1]);
        sums = [sums[0] + counts[0], sums[1] + counts[1]];
    }
    table + &format!("| together | | {} | {} | |\n", sums[0], sums[1])
}

/// The README with this table in it.
fn with_table(readme: &str, table: &str) -> Result<String> {
    const MARKS: [&str; 2] = ["<!-- files -->\n", "<!-- end of files -->"];
    let (before, rest) = readme.split_once(MARKS[0]).context("the first mark")?;
    let (_, after) = rest.split_once(MARKS[1]).context("the second mark")?;
    Ok(format!("{before}{}{table}{}{after}", MARKS[0], MARKS[1]))
}

/// Every name of a field in a JSON value.
fn names<'a>(value: &'a serde_json::Value, found: &mut std::collections::BTreeSet<&'a str>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                found.insert(name);
                names(value, found);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

#[test]
fn the_readme_has_every_file_operation_and_field() -> Result<()> {
    let families = read_all(&folder())?;
    let there = fs::read_to_string(folder().join("README.md"))?;
    let same = there == with_table(&there, &table(&families))?;
    ensure!(same, "the table of files is another; write it by TABELLA_WRITE_VECTORS=1");
    for vector in families.values().flat_map(|family| &family.vectors) {
        let row = there.lines().find(|line| line.starts_with(&format!("| `{}` |", vector.operation)));
        ensure!(row.is_some(), "{} is in no row", vector.operation);
        let mut found = std::collections::BTreeSet::new();
        names(&vector.input, &mut found);
        vector.output.iter().for_each(|output| names(output, &mut found));
        for name in found {
            ensure!(there.contains(&format!("`{name}`")), "{}: {name} is not explained", vector.operation);
        }
    }
    Ok(())
}
