//! What an administrator can do, with the real programs: what the manifest allows, and each act is an entry.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use anyhow::{Context, Result};
use serde_json::Value;

use tabella_tests::process::run;
use tabella_tests::proxy::get;
use tabella_tests::small::{BY_HAND, YES_NO, voters};
use tabella_tests::world::{Election, World};

mod interchange;

/// NIST's own example of a ballot definition, with the layout of a long ballot.
const EXAMPLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../bulletin-board/interchange/schemas/examples/physical_ballot_def_3.json"
);
/// One with a line for a write-in.
const WITH_WRITE_IN: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../bulletin-board/interchange/schemas/examples/physical_ballot_def_1.json"
);

/// An election that opens and closes at its times alone.
const BY_ITSELF: &str = r#"
opens = "+1d"
closes = "+2d"
"#;

/// Entries on the election's log.
fn size(world: &World, election: &Election) -> Result<u64> {
    world.status(election)?["size"].as_u64().context("a size")
}

/// Entries on the board log.
fn board_size(world: &World) -> Result<u64> {
    let health: Value = serde_json::from_slice(&get(&format!("{}/v1/health", world.url()))?)?;
    health["size"].as_u64().context("a size")
}

fn act(world: &World, election: &Election, act: &str) -> Result<tabella_tests::process::Finished> {
    let folder = world.path("administrator");
    let mut arguments = vec![act, "--folder", &folder];
    arguments.extend(world.at(election));
    run("tabella-admin", &arguments)
}

#[test]
fn what_the_manifest_does_not_allow_is_refused_and_leaves_no_trace() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let election = world.small("by-itself", BY_ITSELF, YES_NO)?;
    world.ceremony(&election)?;
    world.roll(&election, &voters(3))?;
    let before = (size(&world, &election)?, board_size(&world)?);
    act(&world, &election, "open")?.refuses(&["the manifest does not allow opening before its time"])?;
    act(&world, &election, "close")?.refuses(&["voting"])?;
    act(&world, &election, "restart-ceremony")?.refuses(&[])?;
    // the manifest stands as it is: there is no act that changes or withdraws an election, nor one of the same name
    for absent in ["withdraw", "delete", "edit", "extend"] {
        act(&world, &election, absent)?.refuses(&["unrecognized subcommand"])?;
    }
    assert_eq!((size(&world, &election)?, board_size(&world)?), before);
    Ok(())
}

#[test]
fn every_act_of_an_administrator_is_an_entry() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    // an election: on the board log and as a log of its own, whose first entries are the block and the manifest
    let empty = board_size(&world)?;
    let election = world.small("by-hand", BY_HAND, YES_NO)?;
    assert_eq!(board_size(&world)?, empty + 3, "block, election, anchor");
    assert_eq!(size(&world, &election)?, 2);
    // the administrator has seen it there, so that the board cannot take it back
    let view = std::fs::read_to_string(format!("{}/board-view.json", world.path("administrator")))?;
    let view: Value = serde_json::from_str(&view)?;
    let seen = |origin: &str| -> Result<u64> {
        let note = view["checkpoints"][origin].as_str().context("a checkpoint")?;
        Ok(note.lines().nth(1).context("a size")?.parse()?)
    };
    assert_eq!(seen("localhost/tabella")?, board_size(&world)?);
    assert_eq!(seen(&format!("localhost/tabella/elections/{}", election.id))?, 2);
    // an attempt at the ceremony given up: the act, and the automatic restart
    let stands = |act_name: &str, words: &str| -> Result<()> {
        let (before, board) = (size(&world, &election)?, board_size(&world)?);
        let finished = act(&world, &election, act_name)?;
        let said = finished.says(&[words])?.line(words)?;
        let index: u64 = said.trim_start_matches("entry ").split(' ').next().context("an index")?.parse()?;
        assert_eq!(index, before + 1, "{act_name}: behind its block");
        assert_eq!(size(&world, &election)?, before + 3, "{act_name}: block, act, and what it makes due");
        assert_eq!(board_size(&world)?, board + 2, "{act_name}: block and anchor");
        Ok(())
    };
    stands("restart-ceremony", "the key ceremony starts anew")?;
    world.ceremony(&election)?;
    world.roll(&election, &voters(3))?;
    stands("open", "voting is opened")?;
    act(&world, &election, "open")?.refuses(&[])?;
    act(&world, &election, "restart-ceremony")?.refuses(&["the key ceremony is over"])?;
    Ok(())
}

#[test]
fn a_ballot_definition_of_another_program_becomes_a_manifest_and_goes_out_again() -> Result<()> {
    let place = tempfile::tempdir()?;
    let drafted = run("tabella-admin", &["from-cdf", EXAMPLE])?;
    drafted.says(&[
        "left out: Candidate.PartyId",
        "write it into the option's words",
        "assumed, at /Election/0/Contest/7",
    ])?;
    let file = place.path().join("manifest.toml");
    let path = file.to_string_lossy().into_owned();
    std::fs::write(&file, &drafted.stdout)?;
    run("tabella-admin", &["check", &path])?.refuses(&["line", "TO COMPLETE"])?;
    let completed = interchange::completed(&drafted.stdout);
    std::fs::write(&file, &completed)?;
    // its day was in 2014: the times are the administrator's to write
    run("tabella-admin", &["check", &path])?.refuses(&["voting would be over already"])?;
    let completed =
        completed.replace("opens = ", "opens = \"+1d\" # ").replace("closes = ", "closes = \"+2d\" # ");
    std::fs::write(&file, completed)?;
    run("tabella-admin", &["check", &path])?
        .says(&["contest 8: For Member of County Council at Large", "choose at most 3 options"])?;
    let out = run("tabella-admin", &["to-cdf", &path, "--issuer", "The county"])?;
    let definition = interchange::valid(&out.says(&[])?.stdout, interchange::DEFINITION)?;
    assert_eq!(definition["Issuer"], "The county");
    assert_eq!(definition["Election"][0]["Contest"].as_array().map(Vec::len), Some(25));
    Ok(())
}

#[test]
fn a_ballot_definition_that_cannot_be_held_is_refused_with_its_place() -> Result<()> {
    run("tabella-admin", &["from-cdf", WITH_WRITE_IN])?
        .refuses(&["WriteInPosition", "--without-write-ins"])?;
    let taken = run("tabella-admin", &["from-cdf", WITH_WRITE_IN, "--without-write-ins"])?;
    taken.says(&["left out: lines for write-ins (2 times)", "Joseph R. Biden / Kamala D. Harris"])?;
    run("tabella-admin", &["from-cdf", "/dev/zero"])?.refuses(&["/dev/zero", "more than 16777216 bytes"])?;
    run("tabella-admin", &["from-cdf", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])?
        .refuses(&["Cargo.toml", "this is not JSON"])?;
    run("tabella-admin", &["from-cdf", "missing.json"])?.refuses(&["missing.json cannot be read"])?;
    Ok(())
}
