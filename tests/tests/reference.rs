//! Two verifiers that share no line: `tests/reference/`, written from the specification in Python, reads what our programs
//! made, and ours reads what it made.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};

use tabella_tests::small::{BY_HAND, Verified, YES_NO, code, voters};
use tabella_tests::world::World;

fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reference")
}

/// Runs Python in the reference's folder, leaving nothing there.
fn python(arguments: &[&str]) -> Result<Output> {
    let mut command = Command::new("python3");
    command.current_dir(reference()).env("PYTHONDONTWRITEBYTECODE", "1").args(arguments);
    command.output().context("python3 is missing: .ci/setup tests installs it")
}

/// The reference's word on a record: the exit code, and what it said.
fn read(record: &Path) -> Result<(Option<i32>, String)> {
    let ended = python(&["verify.py", &record.to_string_lossy()])?;
    let said = [ended.stdout, ended.stderr].concat();
    Ok((ended.status.code(), String::from_utf8_lossy(&said).into_owned()))
}

#[test]
fn a_record_that_the_reference_made_passes_every_check_and_leaves_none_without_items() -> Result<()> {
    let verified = Verified::of(&reference().join("record").to_string_lossy(), &[])?.holds()?;
    for check in verified.report["checks"].as_array().context("checks")? {
        ensure!(check["items"].as_u64().is_some_and(|items| items > 0), "{check}");
    }
    Ok(())
}

#[test]
fn the_reference_accepts_a_record_of_real_programs_and_refuses_it_changed() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let (election, codes) = world.open("read-by-another", BY_HAND, YES_NO, &voters(4))?;
    for (voter, choice) in [("voter-1", "Yes"), ("voter-2", "No"), ("voter-3", "blank"), ("voter-1", "No")] {
        world.cast(&election, code(&codes, voter)?, &[choice], &[])?.says(&["Your vote is cast"])?;
    }
    let opening = place.path().join("opening.json").to_string_lossy().into_owned();
    let test = ["--test", "--opening", &opening];
    world.cast(&election, code(&codes, "voter-4")?, &["Yes"], &test)?.says(&["recorded as a test"])?;
    world.administrator(&election, "close")?;
    world.tally(&election, &election.trustees)?;
    let record = place.path().join("record");
    world.export(&election, &record)?;

    let (code, said) = read(&record)?;
    assert_eq!(code, Some(0), "{said}");
    let ballots = "3 counted, 4 cast, 1 tested, 4 voters on the roll";
    for words in [election.id.as_str(), ballots, "the quorum was kept"] {
        ensure!(said.contains(words), "{words:?} is not in: {said}");
    }
    let log = record.join("elections").join(&election.id);
    let bundle = fs::read_dir(log.join("tile/entries/000.p"))?.next().context("a bundle")??.path();
    let mut bytes = fs::read(&bundle)?;
    *bytes.last_mut().context("an entry")? ^= 1;
    fs::write(&bundle, bytes)?;
    let (code, said) = read(&record)?;
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(read(&place.path().join("nowhere"))?.0, Some(2));
    Ok(())
}

#[test]
fn the_reference_judges_every_vector_as_it_says() -> Result<()> {
    let ended = python(&["verify_vectors.py"])?;
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    ensure!(ended.status.success(), "{said}{}", String::from_utf8_lossy(&ended.stderr));
    ensure!(said.contains(" vectors, 0 judged otherwise than they say"), "{said}");
    Ok(())
}

#[test]
fn the_reference_s_own_tests_pass() -> Result<()> {
    let ended = python(&["-m", "unittest"])?;
    ensure!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    Ok(())
}
