//! `tabella-election`: one whole election over 365 real ballots, from keys to verified result, with every part in a
//! process of its own; then, for the demo, the world left running with a second election open for voting.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use clap::{Parser, Subcommand};

use tabella_tests::ballots::{BALLOTS, CANDIDATES, real_ballots, totals};
use tabella_tests::parent;
use tabella_tests::process::{show, succeed};
use tabella_tests::world::{Election, Voter, World};

/// One whole election over 365 real ballots.
#[derive(Parser)]
#[command(name = "tabella-election")]
struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Run the election, verify it twice, and stop.
    Run {
        /// Where everything is written; replaced if it exists.
        #[arg(long, default_value = "target/election")]
        folder: PathBuf,
    },
    /// Run the election, then leave the board running with a second election open for voting.
    Demo {
        /// Where everything is written; replaced if it exists.
        #[arg(long, default_value = "target/demo")]
        folder: PathBuf,
    },
    /// Become a program that ends with its parent.
    #[command(name = parent::SUBCOMMAND, hide = true)]
    Tied {
        /// The parent's process id.
        parent: u32,
        /// Program and arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<OsString>,
    },
}

fn main() -> Result<()> {
    // whoever ends this program, by whatever signal, ends the board and everybody else
    parent::tie()?;
    match Arguments::parse().act {
        Act::Tied { parent, words } => match parent::become_tied(parent, &words)? {},
        Act::Run { folder } => {
            // programs are started elsewhere
            let folder = std::path::absolute(folder)?;
            let (world, election) = whole_election(&folder)?;
            finish(&world, &election, &folder)
        }
        Act::Demo { folder } => {
            let folder = std::path::absolute(folder)?;
            let (world, election) = whole_election(&folder)?;
            finish(&world, &election, &folder)?;
            demo(&world)
        }
    }
}

/// Prints each step with the time that it took.
struct Steps {
    number: usize,
}

impl Steps {
    fn take<T>(&mut self, title: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
        self.number += 1;
        let start = Instant::now();
        println!("[{:2}/11] {title}", self.number);
        let value = step().with_context(|| title.to_owned())?;
        println!("        done in {:.1} s", start.elapsed().as_secs_f64());
        Ok(value)
    }
}

const TRUSTEES: [&str; 5] = ["Aurelia", "Brutus", "Cornelia", "Decimus", "Egeria"];

fn whole_election(folder: &Path) -> Result<(World, Election)> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    let ballots = real_ballots()?;
    let mut steps = Steps { number: 0 };
    let world = steps
        .take("Keys for administrator and registrar; the board starts on loopback", || World::new(folder))?;
    println!("        {}", world.url());
    let trustees = steps
        .take("Five trustees make keys of their own, each in a folder of their own", || {
            world.trustees(&TRUSTEES)
        })?;
    let folders: Vec<PathBuf> = trustees.iter().map(|(folder, _)| folder.clone()).collect();
    let election = steps
        .take("The administrator publishes the manifest: approval voting, 16 candidates, 3 of 5", || {
            world.create("gy-les-nonains", &approval_manifest(&world, &trustees)?, &folders)
        })?;
    println!("        election {}", election.id);
    steps.take("Key ceremony: five processes, no dealer; each tests its share as stored on disk", || {
        world.ceremony(&election)
    })?;
    let codes = steps.take("The registrar issues 365 credential codes and signs the roll", || {
        let voters: Vec<Voter> = (1..=BALLOTS).map(|n| (identity(n), 1, String::new())).collect();
        world.roll(&election, &voters)
    })?;
    steps.take("Voting opens", || world.administrator(&election, "open"))?;
    steps.take("365 voters cast over HTTP, some testing first, some changing their minds", || {
        let plan = election.folder.join("ballots.csv");
        write_ballots(&plan, &ballots)?;
        let (codes, plan) = (codes.to_string_lossy(), plan.to_string_lossy());
        let mut arguments = vec!["batch", "--codes", &codes, "--ballots", &plan];
        arguments.extend(world.at(&election));
        show("tabella-vote", &arguments)
    })?;
    steps.take("Voting closes", || world.administrator(&election, "close"))?;
    let remaining = steps.take("Two trustees are lost: their folders are deleted", || {
        for lost in [1, 3] {
            fs::remove_dir_all(folders.get(lost).context("five trustees")?)?;
        }
        Ok([0, 2, 4].iter().filter_map(|index| folders.get(*index).cloned()).collect::<Vec<_>>())
    })?;
    steps.take(
        "The other three verify the whole record, compare what they saw, and decrypt the sum",
        || world.tally(&election, &remaining),
    )?;
    let record = folder.join("record");
    steps.take("The record is exported", || world.export(&election, &record))?;
    Ok((world, election))
}

/// Verifies the running board and the exported folder, and compares the totals with the data's.
fn finish(world: &World, election: &Election, folder: &Path) -> Result<()> {
    let record = folder.join("record");
    let (record, file) = (record.to_string_lossy(), folder.join("result.json"));
    println!("\nThe verifier, against the running board:");
    let live = succeed("tabella-verify", &[world.url(), "--election", &election.id])?;
    println!("{}", live.stdout.lines().last().unwrap_or_default());
    println!("\nThe verifier, against the exported folder {record}:\n");
    show("tabella-verify", &[&record, "--result", &file.to_string_lossy()])?;
    let expected = totals(&real_ballots()?);
    ensure!(expected == CANDIDATES, "the data is not the one whose totals are listed");
    let found = read_totals(&file)?;
    let expected: Vec<(String, u64)> =
        expected.into_iter().map(|(name, votes)| (name.to_owned(), votes)).collect();
    if found != expected {
        bail!("the totals are not the data's:\n  found    {found:?}\n  expected {expected:?}");
    }
    println!("\nThe totals are those of the 365 real ballots. Result: {}", file.display());
    println!("Record: {record}   (check it yourself: tabella-verify {record})");
    println!("verified");
    Ok(())
}

fn read_totals(file: &Path) -> Result<Vec<(String, u64)>> {
    let result: serde_json::Value = serde_json::from_slice(&fs::read(file)?)?;
    ensure!(result["ballots_counted"] == BALLOTS, "{} ballots counted", result["ballots_counted"]);
    let options = result["contests"][0]["options"].as_array().context("options")?;
    options
        .iter()
        .map(|option| {
            let name = option["name"].as_str().context("a name")?;
            Ok((name.to_owned(), option["votes"].as_u64().context("votes")?))
        })
        .collect()
}

fn identity(number: usize) -> String {
    format!("voter-{number:03}")
}

/// The real ballots, one for each voter; every tenth voter first casts something else, every twenty-fifth first
/// tests a ballot.
fn write_ballots(file: &Path, ballots: &[Vec<String>]) -> Result<()> {
    let mut writer = csv::Writer::from_path(file)?;
    writer.write_record(["identity", "choices", "test"])?;
    for (ballot, number) in ballots.iter().zip(1..) {
        let identity = identity(number);
        let choices = if ballot.is_empty() { "1=none".to_owned() } else { format!("1={}", ballot.join(",")) };
        let test = if number % 25 == 0 { "yes" } else { "" };
        if number % 10 == 0 {
            writer.write_record([&identity, "1=Boutin,Chirac", ""])?;
        }
        writer.write_record([&identity, &choices, test])?;
    }
    writer.flush()?;
    Ok(())
}

fn trustee_list(trustees: &[(PathBuf, String)], names: &[&str]) -> Result<String> {
    let mut list = String::new();
    for ((_, fingerprint), name) in trustees.iter().zip(names) {
        writeln!(list, "[[trustee]]\nname = \"{name}\"\nfingerprint = \"{fingerprint}\"\n")?;
    }
    Ok(list)
}

/// The real election: approval voting over the 16 candidates of 2002.
fn approval_manifest(world: &World, trustees: &[(PathBuf, String)]) -> Result<String> {
    let options: Vec<String> = CANDIDATES.iter().map(|(name, _)| format!("{name:?}")).collect();
    let mut manifest = format!(
        r#"title = {{ en = "Approval ballots of Gy-lès-Nonains, 2002", zh-Hans = "2002年日莱诺南赞成投票" }}
description = {{ en = "On the day of the first round of the French presidential election of 2002, voters of Gy-lès-Nonains filled in a second ballot for a study: they could approve of as many of the 16 candidates as they liked. These are the 365 real ballots, published by the researchers Jean-François Laslier and Karine Van der Straeten (PrefLib, data set 26).", zh-Hans = "2002年法国总统选举首轮投票当天，日莱诺南的选民为一项研究另填了一张选票：16名候选人中，赞成几位就选几位。这里是当时的365张真实选票，由研究者让-弗朗索瓦·拉斯利耶和卡琳·范德施特雷滕公布（PrefLib数据集第26号）。" }}
opens = "+1d"
closes = "+2d"
open-early = true
close-early = true
registrar = "{}"
threshold = 3
smallest-group = 10
tests = 3

"#,
        world.registrar_key()
    );
    manifest.push_str(&trustee_list(trustees, &TRUSTEES)?);
    write!(
        manifest,
        r#"[[contest]]
title = {{ en = "Which candidates do you approve of?", zh-Hans = "您赞成哪些候选人？" }}
options = [{}]
method = "approval"
"#,
        options.join(", ")
    )?;
    Ok(manifest)
}

const COUNCIL: [&str; 3] = ["Flavia", "Gaius", "Helvia"];

/// A second election, with several methods, in both languages, open for a day.
fn council_manifest(world: &World, trustees: &[(PathBuf, String)]) -> Result<String> {
    let mut manifest = format!(
        r#"title = {{ en = "Town council: three questions", zh-Hans = "镇议会：三个问题" }}
opens = "now"
closes = "+1d"
close-early = true
registrar = "{}"
threshold = 2
smallest-group = 1

"#,
        world.registrar_key()
    );
    manifest.push_str(&trustee_list(trustees, &COUNCIL)?);
    manifest.push_str(
        r#"[[contest]]
title = { en = "Who shall be mayor?", zh-Hans = "谁来担任镇长？" }
options = [
    { en = "Livia Drusi", zh-Hans = "莉薇娅·德鲁西" },
    { en = "Marcus Tullius", zh-Hans = "马库斯·图利乌斯" },
    { en = "Octavia Minor", zh-Hans = "小奥克塔维娅" },
    { en = "Publius Syrus", zh-Hans = "普布利乌斯·西鲁斯" },
]
method = "choose-one"
blank = { en = "Blank vote", zh-Hans = "空白票" }

[contest.outcome]
quorum = "1/4"
requirements = ["more than 1/2 of valid"]

[[contest]]
title = { en = "Which two works shall be built?", zh-Hans = "应建设哪两项工程？" }
options = [
    { en = "Aqueduct", zh-Hans = "引水渠" },
    { en = "Baths", zh-Hans = "浴场" },
    { en = "Library", zh-Hans = "图书馆" },
    { en = "Theatre", zh-Hans = "剧院" },
]
method = { choose = { max = 2 } }
outcome = { seats = 2 }

[[contest]]
title = { en = "What do you think of the market on Sundays?", zh-Hans = "您如何评价周日集市？" }
options = [{ en = "The market on Sundays", zh-Hans = "周日集市" }]
method = { score = { max = 10 } }
"#,
    );
    Ok(manifest)
}

const DEMO_VOTERS: usize = 12;

/// Opens the second election and leaves the board running until it is stopped.
fn demo(world: &World) -> Result<()> {
    println!("\nNow a second election, left open for you.");
    let trustees = world.trustees(&COUNCIL)?;
    let folders: Vec<PathBuf> = trustees.iter().map(|(folder, _)| folder.clone()).collect();
    let election = world.create("council", &council_manifest(world, &trustees)?, &folders)?;
    world.ceremony(&election)?;
    let voters: Vec<Voter> =
        (1..=DEMO_VOTERS).map(|n| (format!("citizen-{n:02}"), 1, String::new())).collect();
    let codes_file = world.roll(&election, &voters)?;
    let mut codes = csv::Reader::from_path(&codes_file)?;
    let code = codes.records().next().context("codes")??.get(1).context("a code")?.to_owned();
    let (url, id, codes) = (world.url(), &election.id, codes_file.display());
    let trustees: Vec<String> = COUNCIL.iter().map(|name| world.path(&format!("trustees/{name}"))).collect();
    println!(
        "
Open the board in your browser:

  {url}/

Vote there with this link, as it would stand as a QR code on a voter's letter, or type its code yourself:

  {url}/e/{id}/vote#code={code}

Everything also works at the command line. In another terminal, in this folder:

  export PATH=\"$PWD/target/release:$PATH\" TABELLA_BOARD={url}
  export TABELLA_ELECTION={id}
  export TABELLA_PASSPHRASE=\"{passphrase}\"    # of every key here

Vote (twelve codes, one for each voter: {codes}); then vote again, or test a ballot with `tabella-vote test`:

  tabella-vote cast --code {code}

Check everything that stands so far:

  tabella-verify {url} --election $TABELLA_ELECTION --partial

Close it, let the three trustees count (they ask you to compare a fingerprint), and verify the result:

  tabella-admin close --folder {administrator}
  for trustee in {trustees}; do tabella-trustee tally --folder $trustee; done
  tabella-trustee tally --folder {first}
  tabella-verify {url} --election $TABELLA_ELECTION

Ctrl-C stops the board; everything is in {root}",
        passphrase = tabella_tests::process::PASSPHRASE,
        administrator = world.path("administrator"),
        trustees = trustees.join(" "),
        first = trustees.first().context("a trustee")?,
        root = world.path(""),
    );
    loop {
        std::thread::park();
    }
}
