//! The election that `make election` runs: 365 real ballots, five trustees, two of them lost.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use tabella_tests::ballots::{BALLOTS, CANDIDATES};
use tabella_tests::process::run;
use tabella_tests::small::Verified;

#[test]
fn the_election_of_365_real_ballots_ends_verified_with_the_totals_that_the_data_has() -> Result<()> {
    let place = tempfile::tempdir()?;
    let folder = place.path().join("election");
    let folder = folder.to_string_lossy();
    let finished = run("tabella-election", &["run", "--folder", &folder])?;
    finished.says(&[
        "[11/11]",
        "The totals are those of the 365 real ballots",
        "VERIFIED: every check holds",
    ])?;
    assert_eq!(finished.stdout.lines().last(), Some("verified"));

    let result: serde_json::Value =
        serde_json::from_slice(&fs::read(Path::new(&*folder).join("result.json"))?)?;
    assert_eq!(result["phase"], "counted");
    assert_eq!(result["title"], "Approval ballots of Gy-lès-Nonains, 2002");
    assert_eq!(result["voters"], BALLOTS);
    assert_eq!(result["ballots_counted"], BALLOTS);
    // every tenth voter cast another ballot first, every twenty-fifth tested one
    assert_eq!(result["ballots_cast"], BALLOTS + BALLOTS / 10);
    assert_eq!(result["ballots_tested"], BALLOTS / 25);
    assert_eq!(result["turnout"], 1.0);
    let contest = &result["contests"][0];
    assert_eq!(result["contests"].as_array().map(Vec::len), Some(1));
    assert_eq!(contest["verdict"], "decided");
    assert_eq!(contest["counted_weight"], BALLOTS);
    let options = contest["options"].as_array().context("options")?;
    assert_eq!(options.len(), CANDIDATES.len());
    let most = CANDIDATES.iter().map(|(_, votes)| *votes).max();
    for (option, (name, votes)) in options.iter().zip(CANDIDATES) {
        assert_eq!((&option["name"], &option["votes"]), (&name.into(), &votes.into()));
        assert_eq!(option["elected"], Some(votes) == most, "{name}");
    }

    let verified = Verified::of(&format!("{folder}/record"), &[])?.holds()?;
    assert_eq!(verified.report["result"], result);
    assert_eq!(verified.report["election"]["id"], result["election"]);
    // by the trustees whose folders were left
    assert_eq!(verified.items("8.4")?, 3);
    Ok(())
}
