//! A verification that several processes share, as job runners start them, and one that goes on from an earlier run.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use tabella_tests::process::{Finished, command, program, run};
use tabella_tests::small::{BY_HAND, Verified, YES_NO, code, voters};
use tabella_tests::world::{World, copy_folder};

const SLURM: &str = include_str!("../../docs/guides/observer/slurm-array.sh");
const SCHEMA: &str = include_str!("../../docs/report.schema.json");
const KUBERNETES: &str = include_str!("../../docs/guides/observer/kubernetes-job.yaml");

/// What is left of a report when it does not say whose work it rests on.
fn findings(report: &Value) -> Value {
    let mut report = report.clone();
    report["trusted"] = Value::Null;
    for check in report["checks"].as_array_mut().into_iter().flatten() {
        check["items_by_others"] = Value::Null;
    }
    report
}

/// The report is as the documents describe it.
fn described(report: &Value) -> Result<()> {
    let schema = jsonschema::draft202012::new(&serde_json::from_str(SCHEMA)?)?;
    let errors: Vec<String> = schema.iter_errors(report).map(|error| error.to_string()).collect();
    ensure!(errors.is_empty(), "{errors:?} in {report}");
    Ok(())
}

/// All at a time; each ends well.
fn all_end_well(commands: Vec<Command>) -> Result<Vec<Finished>> {
    let running: Vec<_> =
        commands.into_iter().map(|mut command| std::thread::spawn(move || command.output())).collect();
    let mut finished = Vec::new();
    for thread in running {
        let output = thread.join().ok().context("a thread of the harness panicked")??;
        finished.push(Finished {
            status: output.status,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        });
    }
    for finished in &finished {
        finished.says(&["VERIFIED SO FAR", "signatures and proofs of this shard hold"])?;
    }
    Ok(finished)
}

/// The tasks of the guide's Slurm array, started as Slurm does.
fn slurm(record: &Path, parts: &Path, tasks: u32) -> Result<Vec<Command>> {
    let script = parts.join("../slurm-array.sh");
    fs::write(&script, SLURM)?;
    let programs = program("tabella-verify")?;
    let programs = programs.parent().context("a folder")?;
    let path = format!("{}:{}", programs.display(), std::env::var("PATH")?);
    let task = |number: u32| {
        let mut command = Command::new("sh");
        command.arg(&script).env("PATH", &path).env("RECORD", record).env("PARTS", parts);
        command.env("SLURM_ARRAY_TASK_ID", number.to_string());
        command.env("SLURM_ARRAY_TASK_COUNT", tasks.to_string()).env("SLURM_CPUS_PER_TASK", "1");
        command
    };
    Ok((0..tasks).map(task).collect())
}

/// The pods of the guide's indexed Job: its arguments, with the variables that Kubernetes puts in.
fn kubernetes(record: &Path, parts: &Path, pods: u32) -> Result<Vec<Command>> {
    let lines = KUBERNETES.lines().map(str::trim).skip_while(|line| *line != "args:").skip(1);
    let arguments: Vec<&str> =
        lines.map_while(|line| line.strip_prefix("- ")).take_while(|a| !a.contains("name:")).collect();
    ensure!(arguments.len() == 7, "{arguments:?}");
    let pod = |number: u32| -> Result<Command> {
        let mut command = Command::new(program("tabella-verify")?);
        for argument in &arguments {
            let argument = argument.replace("$(JOB_COMPLETION_INDEX)/64", &format!("{number}/{pods}"));
            let argument = argument.replace("$(JOB_COMPLETION_INDEX)", &number.to_string());
            let argument = argument.replace("$(NODE_NAME)", "node-7");
            let argument = match argument.strip_prefix("/parts/") {
                Some(file) => parts.join(file).to_string_lossy().into_owned(),
                None if argument == "/record" => record.to_string_lossy().into_owned(),
                None => argument,
            };
            command.arg(argument);
        }
        Ok(command)
    };
    (0..pods).map(pod).collect()
}

fn files(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for item in fs::read_dir(folder)? {
        files.push(item?.path().to_string_lossy().into_owned());
    }
    files.sort();
    Ok(files)
}

fn merged(record: &Path, parts: &[String]) -> Result<Verified> {
    let mut more = vec!["--merge"];
    more.extend(parts.iter().map(String::as_str));
    Verified::of(&record.to_string_lossy(), &more)
}

#[test]
fn a_record_is_verified_in_shards_by_job_runners_and_as_it_grows() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let (election, codes) = world.open("shards", BY_HAND, YES_NO, &voters(6))?;
    let state = place.path().join("state").to_string_lossy().into_owned();
    let incrementally = |record: &Path, more: &[&str]| {
        let mut arguments = vec!["--state", &state];
        arguments.extend(more);
        Verified::of(&record.to_string_lossy(), &arguments)
    };
    let cast = |voter: &str, choice: &str| -> Result<()> {
        world.cast(&election, code(&codes, voter)?, &[choice], &[])?.says(&["Your vote is cast"])?;
        Ok(())
    };

    // while voting is open: what an earlier run verified is not verified again
    for (voter, choice) in [("voter-1", "Yes"), ("voter-2", "No"), ("voter-3", "Yes")] {
        cast(voter, choice)?;
    }
    let early = place.path().join("early");
    world.export(&election, &early)?;
    let first = incrementally(&early, &["--partial"])?;
    first.finished.says(&[])?;
    ensure!(first.report["trusted"].as_array().is_some_and(Vec::is_empty));
    for (voter, choice) in [("voter-4", "blank"), ("voter-1", "No")] {
        cast(voter, choice)?;
    }
    world.cast(&election, code(&codes, "voter-5")?, &["Yes"], &["--test"])?.says(&["recorded as a test"])?;
    world.administrator(&election, "close")?;
    world.tally(&election, &election.trustees[..2])?;
    let record = place.path().join("record");
    world.export(&election, &record)?;
    let alone = Verified::of(&record.to_string_lossy(), &[])?.holds()?;
    let second = incrementally(&record, &[])?.holds()?;
    ensure!(second.report["trusted"][0]["kind"] == "earlier-run", "{}", second.report["trusted"]);
    ensure!(second.report["trusted"][0]["ballots"] == 3, "{}", second.report["trusted"]);
    ensure!(findings(&second.report) == findings(&alone.report));
    for report in [&first.report, &second.report, &alone.report] {
        described(report)?;
    }
    let page = run("tabella-verify", &[&*record.to_string_lossy(), "--state", &state])?;
    page.says(&["An earlier run of the same observer", "VERIFIED: every check holds."])?;
    page.says(&["Hashing: ", "Verifying: "])?;
    in_chinese(&record, place.path())?;
    refuse_states(&state, &early, &record, place.path())?;

    // shards, by both runners
    for (name, runner) in [("slurm", slurm as Runner), ("kubernetes", kubernetes)] {
        let parts = place.path().join(name);
        fs::create_dir(&parts)?;
        all_end_well(runner(&record, &parts, 3)?)?;
        let files = files(&parts)?;
        ensure!(files.len() == 3, "{files:?}");
        let merged = merged(&record, &files)?.holds()?;
        ensure!(findings(&merged.report) == findings(&alone.report));
        let trusted = merged.report["trusted"].as_array().context("whose work")?;
        let ballots: Option<Vec<u64>> = trusted.iter().map(|shard| shard["ballots"].as_u64()).collect();
        ensure!(ballots.context("ballots")?.iter().sum::<u64>() == 6, "{trusted:?}");
        ensure!(trusted.iter().all(|shard| shard["label"] != ""), "{trusted:?}");
        described(&merged.report)?;
        refuse_merges(&record, &early, &files, place.path())?;
    }
    Ok(())
}

/// By the locale people read Chinese; what programs read stays as it is.
fn in_chinese(record: &Path, place: &Path) -> Result<()> {
    let page = place.join("chinese.html").to_string_lossy().into_owned();
    let record = record.to_string_lossy();
    let verify = |arguments: &[&str]| -> Result<String> {
        let output = command("tabella-verify", arguments)?.env("LC_ALL", "zh_CN.UTF-8").output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    };
    let tables = verify(&[&record, "--html", &page])?;
    ensure!(tables.contains("核查通过：全部核查均通过。") && !tables.contains("VERIFIED"), "{tables}");
    let page = fs::read_to_string(page)?;
    for words in ["<html lang=\"zh-Hans\">", "<h2>核查通过</h2>", "选票 6 张，连同签名和证明"]
    {
        ensure!(page.contains(words), "{words:?} is not in {page}");
    }
    let english = verify(&[&record, "--language", "en"])?;
    ensure!(english.contains("VERIFIED: every check holds."), "{english}");
    let plain = run("tabella-verify", &[&*record, "--json"])?;
    ensure!(verify(&[&record, "--json"])? == plain.stdout, "JSON depends on the locale");
    Ok(())
}

type Runner = fn(&Path, &Path, u32) -> Result<Vec<Command>>;

fn refuse_states(state: &str, early: &Path, record: &Path, place: &Path) -> Result<()> {
    let verify = |record: &Path, state: &Path| {
        run(
            "tabella-verify",
            &[&*record.to_string_lossy(), "--partial", "--state", &*state.to_string_lossy()],
        )
    };
    verify(early, Path::new(state))?.refuses_on_stdout(&["check 1.2 fails", "take the record anew"])?;
    let refused = Verified::of(&early.to_string_lossy(), &["--partial", "--state", state])?;
    ensure!(refused.fails()? == "1.2");
    described(&refused.report)?;
    let damaged = place.join("damaged");
    copy_folder(Path::new(state), &damaged)?;
    let file = damaged.join("state");
    let mut bytes = fs::read(&file)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&file, bytes)?;
    let refused = verify(record, &damaged)?;
    refused.refuses(&["is damaged", "verify from the beginning"])?;
    ensure!(refused.status.code() == Some(4));
    verify(record, place)?.refuses(&["no saved state", "--state"])?;
    Ok(())
}

fn refuse_merges(record: &Path, early: &Path, files: &[String], place: &Path) -> Result<()> {
    let merge = |record: &Path, files: &[&str]| {
        let record = record.to_string_lossy();
        let mut arguments = vec![&*record];
        if files.first() != Some(&"--html") {
            arguments.push("--merge");
        }
        arguments.extend(files);
        run("tabella-verify", &arguments)
    };
    let [a, b, c] = [&*files[0], &*files[1], &*files[2]];
    merge(record, &[a, c])?.refuses(&["shard 1/3 is missing"])?;
    merge(record, &[a, b, c, b])?.refuses(&["shard 1/3 is there twice"])?;
    merge(early, &[a, b, c])?.refuses(&["of another record", "one copy of the record"])?;
    let damaged: PathBuf = place.join("damaged-part");
    let mut bytes = fs::read(b)?;
    let last = bytes.len() - 40;
    bytes[last] ^= 1;
    fs::write(&damaged, bytes)?;
    let damaged = damaged.to_string_lossy();
    merge(record, &[a, &damaged, c])?.refuses(&["is damaged", "repeat the shard"])?;
    let page = place.join("page.html").to_string_lossy().into_owned();
    let good = merge(record, &["--html", &page, "--merge", a, b, c])?;
    good.says(&["Shard 2/3", "as far as the shards named above are right"])?;
    let page = fs::read_to_string(page)?;
    for words in ["<h2>Verified</h2>", "Shard 2/3", "Shall it be?", "6 ballots with signature and proofs"] {
        ensure!(page.contains(words), "{words:?} is not in {page}");
    }
    for foreign in ["<script", "src=", "href=", "url(", "@import"] {
        ensure!(!page.contains(foreign), "{foreign:?} is in {page}");
    }
    let wrong = ["x", "--shard", "3/3", "--output", "y"];
    run("tabella-verify", &wrong)?.refuses(&["0/4"])?;
    Ok(())
}
