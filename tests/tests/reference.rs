//! Two verifiers that share no line: `tests/reference/`, written from the specification in Python, reads what our programs
//! made, and ours reads what it made.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde::Deserialize;

use tabella_tests::small::{BY_HAND, Verified, YES_NO, code, voters};
use tabella_tests::world::World;

use tabella_board_client::Trust;
use tabella_board_client::evidence::Fork;
use tabella_board_core::check::Check;
use tabella_crypto::signature::{Signature, VerifyingKey};
use tabella_crypto::transcript::Digest;
use tabella_tally::verify::part::{Maker, verify_part};
use tabella_tally::verify::record::FolderRecord;
use tabella_tally::verify::shard::Part;
use tabella_tally::verify::{Demands, Sequential, verify};

#[path = "reference/bits.rs"]
mod bits;

fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reference")
}

/// Runs Python in the reference's folder, leaving nothing there.
fn python(arguments: &[&str]) -> Result<Output> {
    ended(command(arguments))
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new("python3");
    command.current_dir(reference()).env("PYTHONDONTWRITEBYTECODE", "1").args(arguments);
    command
}

fn ended(mut command: Command) -> Result<Output> {
    command.output().context("python3 is missing: .ci/setup tests installs it")
}

/// The reference's own tests, which run once, and the changed records that they leave behind.
struct OwnTests {
    ended: Output,
    records: PathBuf,
}

impl OwnTests {
    fn run() -> Result<Self> {
        let records = Path::new(env!("CARGO_TARGET_TMPDIR")).join("changed-records");
        if records.exists() {
            fs::remove_dir_all(&records)?;
        }
        fs::create_dir_all(&records)?;
        let mut command = command(&["-m", "unittest"]);
        command.env("TABELLA_CHANGED_RECORDS", &records);
        Ok(Self { ended: ended(command)?, records })
    }

    /// Whoever asks first runs them.
    fn ran() -> Result<&'static Self> {
        static RAN: OnceLock<Result<OwnTests, String>> = OnceLock::new();
        let ran = RAN.get_or_init(|| Self::run().map_err(|error| format!("{error:#}"))).as_ref();
        ran.map_err(|error| anyhow::anyhow!("{error}"))
    }
}

/// A line of `cases.json`, see `changes.py`.
#[derive(Deserialize)]
struct Case {
    folder: String,
    name: String,
    /// One of these must fail, as one does in the reference; with none the record is as good as the one before.
    checks: Vec<String>,
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
    let chapter = fs::read_to_string(reference().join("../../docs/specification/17-known-answers.md"))?;
    let (_, table) = chapter.split_once("Items of each check").context("the table of 17.13")?;
    let rows = table.lines().skip_while(|line| !line.starts_with("| 1 |"));
    let mut told = Vec::new();
    for row in rows.take_while(|line| line.starts_with('|')) {
        let mut cells = row.split('|').map(str::trim).filter(|cell| !cell.is_empty());
        let group = cells.next().context("a group")?;
        told.extend(cells.zip(1..).map(|(items, number)| (format!("{group}.{number}"), items.to_owned())));
    }
    let checks = verified.report["checks"].as_array().context("checks")?;
    ensure!(told.len() == checks.len(), "{} checks are told", told.len());
    for (number, items) in told {
        ensure!(verified.items(&number)?.to_string() == items && items != "0", "{number}");
    }
    Ok(())
}

/// A line of `signatures.json`, see `test_attacks.py`.
#[derive(Deserialize)]
struct EdgeSignature {
    name: String,
    key: Vec<u8>,
    signature: Vec<u8>,
    message: Vec<u8>,
    holds: bool,
}

#[test]
fn both_verifiers_agree_about_signatures_at_the_edges() -> Result<()> {
    let cases = fs::read_to_string(OwnTests::ran()?.records.join("signatures.json"))?;
    let cases: Vec<EdgeSignature> = cases.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(cases.len() > 150 && cases.iter().any(|case| case.holds), "{} cases", cases.len());
    for EdgeSignature { name, key, signature, message, holds } in cases {
        let key = VerifyingKey(key.as_slice().try_into()?);
        let signature = Signature(signature.as_slice().try_into()?);
        assert_eq!(key.verify_bytes(&message, &signature).is_ok(), holds, "{name}");
    }
    Ok(())
}

/// A section of the specification's chapter of annotated examples.
fn annotated(section: &str) -> Result<String> {
    let chapter = fs::read_to_string(reference().join("../../docs/specification/18-annotated.md"))?;
    let (_, rest) = chapter.split_once(&format!("\n## {section}")).context("the section")?;
    Ok(rest.split_once("\n## ").map_or(rest, |(section, _)| section).to_owned())
}

#[test]
fn the_annotated_partial_result_is_what_our_verifier_makes_of_the_record() -> Result<()> {
    let mut bytes = Vec::new();
    for row in annotated("18.7 Partial result")?.lines().filter(|line| line.contains(" | `")) {
        let [_, at, data, ..] = row.split('|').map(str::trim).collect::<Vec<_>>()[..] else { continue };
        ensure!(at == bytes.len().to_string(), "{row}");
        bytes.extend(hex::decode(data.trim_matches('`'))?);
    }
    let maker = Maker { program: "an example 1".to_owned(), label: "a desk".to_owned() };
    let part = Part::new(0, 2).context("a part")?;
    let record = FolderRecord::new(reference().join("record"));
    let executor = &mut Sequential(ChaCha20Rng::seed_from_u64(9));
    let made = verify_part(&record, &Demands::default(), part, maker, executor, &mut |_| {});
    let made = made.map_err(|failure| anyhow::anyhow!("{}", failure.cause))?;
    ensure!(made.failure.is_none(), "{:?}", made.failure);
    ensure!(bytes == made.to_bytes(), "the reference made another");
    Ok(())
}

#[test]
fn the_annotated_evidence_is_confirmed_of_the_board_of_the_record_alone() -> Result<()> {
    let section = annotated("18.8 Evidence")?;
    let (_, json) = section.split_once("```json\n").context("the file")?;
    let fork = Fork::from_json(json.split_once("```").context("its end")?.0)?;
    let verified = Verified::of(&reference().join("record").to_string_lossy(), &[])?.holds()?;
    let key = verified.report["board"]["key"].as_str().context("the board's key")?;
    let confirmed = fork.confirm(Trust::parse(key).as_ref())?;
    ensure!(
        confirmed.newer.root().to_hex() == verified.report["board"]["root"],
        "{}",
        verified.report["board"]
    );
    ensure!((confirmed.older.size(), confirmed.newer.size()) == (6, 9), "other sizes");
    let another = Trust::Fingerprint(Digest([1; 32]));
    ensure!(fork.confirm(Some(&another)).is_err(), "it is about any board");
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
    let ended = &OwnTests::ran()?.ended;
    ensure!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    Ok(())
}

#[test]
fn both_verifiers_refuse_every_changed_record_by_the_same_check() -> Result<()> {
    let records = &OwnTests::ran()?.records;
    let cases = fs::read_to_string(records.join("cases.json"))?;
    let cases: Vec<Case> = cases.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let differ = |case: &Case| {
        let record = FolderRecord::new(records.join(&case.folder));
        let executor = &mut Sequential(ChaCha20Rng::from_entropy());
        let refused = verify(&record, &Demands::default(), executor, &mut |_| {}).err();
        let failure = refused.and_then(|report| report.failure);
        let same = match &failure {
            Some(failure) => case.checks.iter().any(|check| check == failure.check),
            None => case.checks.is_empty(),
        };
        (!same).then(|| format!("{}: {:?} in the reference, here {failure:?}", case.name, case.checks))
    };
    let different: Vec<String> = cases.par_iter().filter_map(differ).collect();
    ensure!(different.is_empty(), "{} of {} differ:\n{}", different.len(), cases.len(), different.join("\n"));
    let alone = cases.iter().filter(|case| case.checks.len() == 1);
    let refusing: BTreeSet<&str> = alone.flat_map(|case| &case.checks).map(String::as_str).collect();
    let all: BTreeSet<&str> = Check::ALL.iter().map(|check| check.number()).collect();
    assert_eq!(refusing, all, "every check refuses some record, and alone");
    Ok(())
}
