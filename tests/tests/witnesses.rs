//! An election whose manifest demands witnesses: nothing is decrypted without them, and everybody sees that they signed.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, ensure};

use tabella_tests::process::run;
use tabella_tests::small::{BY_HAND, Verified, YES_NO, code, voters};
use tabella_tests::world::World;

#[test]
fn an_election_that_demands_witnesses_is_decrypted_and_verified_only_with_them() -> Result<()> {
    let place = tempfile::tempdir()?;
    let mut world = World::witnessed(&place.path().join("world"), 2)?;
    let settings = format!("cosignatures = 2\n{BY_HAND}");
    let (election, codes) = world.open("witnessed", &settings, YES_NO, &voters(4))?;
    for (voter, choice) in [("voter-1", "Yes"), ("voter-2", "No"), ("voter-3", "Yes")] {
        world.cast(&election, code(&codes, voter)?, &[choice], &[])?.says(&["Your vote is cast"])?;
    }

    // a witness is away when voting closes: trustees state what they saw, and go no further
    world.kill_witness(1)?;
    world.administrator(&election, "close")?;
    for round in 0..2 {
        for folder in &election.trustees {
            let said = world.trustee(&election, "tally", folder, &[])?;
            if round > 0 {
                said.says(&["status: waiting", "where the manifest demands 2"])?;
            }
        }
    }
    ensure!(world.status(&election)?["phase"] == "closed", "it was tallied without its witnesses");
    let early = world.verify(&election, &[])?;
    ensure!(early.report["verified"] == false, "verified without a result");

    // it comes back; meanwhile another election keeps the board log growing
    world.restart_witness(1)?;
    let (busy, busy_codes) = world.open("busy", BY_HAND, YES_NO, &voters(6))?;
    let done = AtomicBool::new(false);
    let verified = std::thread::scope(|scope| {
        let others = scope.spawn(|| {
            // nobody may cast more than 20 ballots
            for voter in (1..=6).cycle().take(6 * 20) {
                if done.load(Ordering::SeqCst) {
                    break;
                }
                let code = code(&busy_codes, &format!("voter-{voter}"))?;
                world.cast(&busy, code, &["Yes"], &[])?.says(&["Your vote is cast"])?;
            }
            anyhow::Ok(())
        });
        let verified = world
            .tally(&election, &election.trustees[..2])
            .and_then(|()| world.verify(&election, &[]))
            .and_then(Verified::holds);
        done.store(true, Ordering::SeqCst);
        others.join().ok().context("the other election's voter panicked")??;
        verified
    })?;
    ensure!(verified.votes(1)? == [2, 1], "{}", verified.report);
    ensure!(verified.items("1.8")? == 2, "{} cosignatures", verified.items("1.8")?);

    // the exported record has them in its files
    let record = place.path().join("record");
    world.export(&election, &record)?;
    let exported = Verified::of(&record.to_string_lossy(), &[])?.holds()?;
    ensure!(exported.items("1.8")? == 2, "{} cosignatures", exported.items("1.8")?);
    // and without one of them it fails that very check
    let checkpoint = record.join("board/checkpoint");
    let note = std::fs::read_to_string(&checkpoint)?;
    let (kept, _) = note.trim_end().rsplit_once('\n').context("lines")?;
    std::fs::write(&checkpoint, format!("{kept}\n"))?;
    ensure!(Verified::of(&record.to_string_lossy(), &[])?.fails()? == "1.8", "another check");
    run("tabella-verify", &[record.to_string_lossy().as_ref()])?
        .refuses(&["1.8    The witnesses that the manifest demands", "FAILS"])?;
    Ok(())
}

#[test]
fn an_administrator_who_demands_so_few_witnesses_that_two_records_could_have_them_is_warned() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::witnessed(&place.path().join("world"), 2)?;
    let trustees = world.trustees(&["first", "second"])?;
    for demanded in 0..=2 {
        let name = format!("demands-{demanded}");
        let settings = format!("cosignatures = {demanded}\n{BY_HAND}");
        let said = world.publish(&name, &world.small_manifest(&name, &settings, YES_NO, &trustees)?)?;
        let warned = said.stderr.contains("warning") && said.stderr.contains("cosignatures = 2");
        ensure!(warned == (demanded < 2), "{demanded} of 2: {}", said.text());
    }
    Ok(())
}
