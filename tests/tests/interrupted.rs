//! Programs killed in the middle, files that are lost or read back wrong: what was begun is finished, once.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use tabella_tests::process::{Running, run, wait_until};
use tabella_tests::small::{BY_HAND, Codes, YES_NO, code, read_codes, voters};
use tabella_tests::world::{Voter, World, copy_folder};

/// The same moments in every run, spread without a pattern: a linear congruential generator (D. Knuth, "The Art of
/// Computer Programming", volume 2, section 3.3.4).
struct Moments(u64);

impl Moments {
    fn next(&mut self, least: u64, most: u64) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Duration::from_millis(least + (self.0 >> 33) % (most - least))
    }
}

/// A finished election in which trustees were killed again and again while they made the key.
#[test]
fn trustees_killed_in_the_ceremony_finish_it_and_lost_ones_are_missed_only_beyond_the_threshold() -> Result<()>
{
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let election = world.small("killed", BY_HAND, YES_NO)?;
    let log = |trustee: usize| place.path().join(format!("trustee-{trustee}.log"));
    let start = |trustee: usize| {
        let arguments = world.trustee_run(&election, "ceremony", &election.trustees[trustee], &["--wait"]);
        Running::spawn("tabella-trustee", &arguments, &log(trustee))
    };
    let mut moments = Moments(20_260_308);
    // alone nobody ends it: each of these is killed in the middle of a step, or while it waits for the others
    for kill in 0..8 {
        let mut alone = start(kill % 3)?;
        sleep(moments.next(20, 400));
        ensure!(alone.ended()?.is_none(), "trustee {} ended alone", kill % 3);
        alone.kill()?;
    }
    // together they go on, and are killed for as long as it lasts
    let mut running = [start(0)?, start(1)?, start(2)?];
    for kill in 0..6 {
        sleep(moments.next(20, 400));
        let trustee = kill % 3;
        if running[trustee].ended()?.is_none() {
            running[trustee].kill()?;
        }
        running[trustee] = start(trustee)?;
    }
    for (trustee, running) in running.iter_mut().enumerate() {
        let ended = running.wait(Duration::from_secs(60))?;
        let said = fs::read_to_string(log(trustee))?;
        ensure!(ended.success() && said.contains("status: complete"), "{ended}: {said}");
    }
    let status = world.status(&election)?;
    assert_eq!(status["ceremony"]["attempt"], 0, "nothing had to be started anew");

    let codes = read_codes(&world.roll(&election, &voters(3))?)?;
    world.administrator(&election, "open")?;
    for voter in codes.keys() {
        world.cast(&election, code(&codes, voter)?, &["Yes"], &[])?.says(&["Your vote is cast"])?;
    }
    let [first, second, third] = election.trustees.as_slice() else { unreachable!("three trustees") };
    // copies from before the tally: one as it was, one without its journal
    let (old, bare) = (place.path().join("old"), place.path().join("bare"));
    copy_folder(first, &old)?;
    copy_folder(first, &bare)?;
    fs::remove_file(bare.join("tally.json"))?;
    world.administrator(&election, "close")?;

    let tally = |folder: &Path, more: &[&str]| world.trustee(&election, "tally", folder, more);
    tally(&bare, &[])?.refuses(&["is missing beside the share", "restored backup", "counts as spent"])?;
    assert!(!world.status(&election)?["tally"]["trustees"][0]["stated"].as_bool().unwrap_or(true));

    // one trustee is lost, and another: the last one alone can do nothing
    let kept = place.path().join("kept");
    fs::rename(second, &kept)?;
    fs::rename(third, place.path().join("lost"))?;
    let alone = tally(first, &[])?;
    let fingerprint = alone.line("fingerprint")?;
    let few = ["1 of the 2 trustees", "with fewer than 2 trustees nothing can ever be decrypted"];
    assert!(few.iter().all(|words| alone.text().contains(words)), "{}", alone.text());
    let insists = tally(first, &["--confirm-fingerprint", &fingerprint])?;
    assert!(few.iter().all(|words| insists.text().contains(words)), "{}", insists.text());
    tally(second, &[])?.refuses(&["there is no folder"])?;
    let tallied = world.status(&election)?["tally"]["trustees"].clone();
    assert_eq!(tallied[0]["shares"].as_array().map(Vec::len), Some(0), "no share left: {tallied}");

    // the old copy does not know of the statement that stands
    tally(&old, &["--confirm-fingerprint", &fingerprint])?.refuses(&["old copy", "counts as spent here"])?;

    // one of the lost is found again, and that is enough
    fs::rename(&kept, second)?;
    world.tally(&election, &[first.clone(), second.clone()])?;
    let verified = world.verify(&election, &[])?.holds()?;
    assert_eq!(verified.votes(1)?, [3, 0]);
    Ok(())
}

#[test]
fn a_share_that_reads_back_wrong_blocks_opening_until_it_is_restored() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let election = world.small("misread", BY_HAND, YES_NO)?;
    world.roll(&election, &voters(2))?;
    let ceremony = |trustee: usize| world.trustee(&election, "ceremony", &election.trustees[trustee], &[]);
    // one after the other, so that the first has stored its share and waits for the others' confirmations
    let share = election.trustees[0].join("share.age");
    for _ in 0..6 {
        ceremony(0)?.says(&["status: waiting"])?;
        if share.exists() {
            break;
        }
        ceremony(1)?.says(&["status: waiting"])?;
        ceremony(2)?.says(&["status: waiting"])?;
    }
    let sound = fs::read(&share).context("the share is stored")?;
    let mut broken = sound.clone();
    let last = broken.last_mut().context("bytes")?;
    *last ^= 1;
    fs::write(&share, &broken)?;
    for trustee in [1, 2, 1] {
        ceremony(trustee)?.says(&["status: waiting"])?;
    }
    ceremony(0)?.refuses(&["share.age", "damaged"])?;

    let folder = world.path("administrator");
    let mut open = vec!["open", "--folder", &folder];
    open.extend(world.at(&election));
    run("tabella-admin", &open)?.refuses(&["voting cannot open", "every trustee's test decryption"])?;
    let tested: Vec<bool> = world.status(&election)?["ceremony"]["trustees"]
        .as_array()
        .context("trustees")?
        .iter()
        .map(|trustee| trustee["tested"] == true)
        .collect();
    assert_eq!(tested, [false, true, true]);

    fs::write(&share, &sound)?;
    ceremony(0)?.says(&["status: complete"])?;
    world.administrator(&election, "open")?.says(&["voting is opened"])?;
    Ok(())
}

#[test]
fn a_board_killed_amid_many_ballots_counts_each_voter_once() -> Result<()> {
    let place = tempfile::tempdir()?;
    let mut world = World::new(&place.path().join("world"))?;
    let number = 12;
    let (election, _) = world.open("batch", BY_HAND, YES_NO, &voters(number))?;
    // everybody changes their mind twice; what counts in the end is Yes for the first five and No for the others
    let mut rows = "identity,choices\n".to_owned();
    for round in 0..3 {
        for voter in 1..=number {
            let choice = if (voter <= 5) == (round == 2) { "Yes" } else { "No" };
            rows.push_str(&format!("voter-{voter},{choice}\n"));
        }
    }
    let ballots = election.folder.join("ballots.csv");
    fs::write(&ballots, rows)?;
    let (ballots, codes) = (ballots.to_string_lossy(), election.folder.join("codes.csv"));
    let codes = codes.to_string_lossy();
    let mut moments = Moments(7);
    let mut acknowledged = 0;
    let mut complete = false;
    for attempt in 0..12 {
        let log = place.path().join(format!("batch-{attempt}.log"));
        let mut arguments = vec!["batch", "--codes", &codes, "--ballots", &ballots, "--parallel", "3"];
        arguments.extend(world.at(&election));
        let mut batch = Running::spawn("tabella-vote", &arguments, &log)?;
        if attempt < 3 {
            let before = world.status(&election)?["ballots"]["cast"].as_u64().unwrap_or_default();
            wait_until("some ballots are cast", Duration::from_secs(20), || {
                let cast = world.status(&election)?["ballots"]["cast"].as_u64().unwrap_or_default();
                Ok(cast > before + 2 || batch.ended()?.is_some())
            })?;
            sleep(moments.next(1, 60));
            world.kill_board()?;
            world.restart_board()?;
            let cast = world.status(&election)?["ballots"]["cast"].as_u64().context("a number")?;
            ensure!(cast > acknowledged, "ballots were lost: {cast} after {acknowledged}");
            acknowledged = cast;
        }
        let ended = batch.wait(Duration::from_secs(60))?;
        let said = fs::read_to_string(&log)?;
        assert!(!said.contains("panicked"), "{said}");
        if ended.success() {
            assert!(said.contains("0 failed"), "{said}");
            complete = attempt >= 3;
        } else {
            assert!(said.contains("were not cast") || said.contains("error"), "{said}");
        }
        if complete {
            break;
        }
    }
    assert!(complete, "no batch came to its end");

    world.administrator(&election, "close")?;
    world.tally(&election, &election.trustees[1..])?;
    let verified = world.verify(&election, &[])?.holds()?;
    assert_eq!(verified.report["result"]["ballots_counted"], number);
    assert_eq!(verified.votes(1)?, [5, 7]);
    Ok(())
}

#[test]
fn a_registrar_killed_while_publishing_gives_each_voter_one_code() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let election = world.small("roll", BY_HAND, YES_NO)?;
    // several parts of the roll
    let electors: Vec<Voter> = voters(3_000);
    let list = election.folder.join("voters.csv");
    let rows: String = electors.iter().map(|(name, ..)| format!("{name}\n")).collect();
    fs::write(&list, format!("identity\n{rows}"))?;
    let (codes, private) = (election.folder.join("codes.csv"), election.folder.join("private.csv"));
    let folder = world.path("registrar");
    let paths = [&list, &codes, &private].map(|path| path.to_string_lossy().into_owned());
    let mut issue = vec!["issue", "--publish", "--folder", &folder];
    issue.extend(["--voters", &paths[0], "--codes", &paths[1], "--private", &paths[2]]);
    issue.extend(world.at(&election));
    let mut publish = vec!["publish", "--folder", &folder, "--private", &paths[2]];
    publish.extend(world.at(&election));

    let log = place.path().join("registrar.log");
    let mut moments = Moments(3);
    let mut handed_out = Codes::new();
    let mut kills = 0;
    let complete = || anyhow::Ok(world.status(&election)?["roll"]["complete"] == true);
    for attempt in 0..40 {
        // a registrar who does not know how far it went begins in either way
        let parts = world.status(&election)?["size"].as_u64();
        let mut running =
            Running::spawn("tabella-registrar", if attempt % 2 == 0 { &issue } else { &publish }, &log)?;
        // soon at first, so that the fastest machine is interrupted, and later each time
        sleep(moments.next(30, 80 + 40 * attempt));
        if running.ended()?.is_none() {
            running.kill()?;
            kills += 1;
        }
        if codes.exists() {
            // the file is whole at every moment, and whoever has a code keeps it
            let now = read_codes(&codes)?;
            for (voter, code) in &handed_out {
                assert_eq!(now.get(voter), Some(code), "{voter} has another code");
            }
            handed_out = now;
        }
        if complete()? || (kills > 8 && parts == world.status(&election)?["size"].as_u64()) {
            break;
        }
    }
    assert!(kills > 0, "nothing was interrupted");
    if handed_out.is_empty() || !private.exists() {
        run("tabella-registrar", &issue)?.says(&["the roll is published"])?;
        handed_out = read_codes(&codes)?;
    }
    run("tabella-registrar", &publish)?.says(&["published"])?;
    assert!(complete()?);
    assert_eq!(handed_out, read_codes(&codes)?);
    assert_eq!(handed_out.len(), electors.len());
    assert_eq!(handed_out.values().collect::<BTreeSet<_>>().len(), electors.len(), "no code twice");
    assert_eq!(world.status(&election)?["roll"]["voters"], electors.len());
    run("tabella-registrar", &issue)?.refuses(&["the roll is published already"])?;

    // every code is the one on the roll: those of the first and the last voter vote
    world.ceremony(&election)?;
    world.administrator(&election, "open")?;
    for voter in ["voter-1", "voter-3000"] {
        world.cast(&election, code(&handed_out, voter)?, &["Yes"], &[])?.says(&["Your vote is cast"])?;
    }
    let partial = world.verify(&election, &["--partial"])?;
    assert!(partial.finished.status.success(), "{}", partial.finished.text());
    assert_eq!(partial.items("4.3")?, electors.len() as u64);
    Ok(())
}
