//! The election that `make election` runs: 365 real ballots, five trustees, two of them lost.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use tabella_tests::ballots::{BALLOTS, CANDIDATES};
use tabella_tests::process::run;
use tabella_tests::small::Verified;

mod interchange;

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

    let cdf = place.path().join("cdf.json");
    let more = ["--cdf-results", &cdf.to_string_lossy(), "--issuer", "The town"];
    let verified = Verified::of(&format!("{folder}/record"), &more)?.holds()?;
    assert_eq!(verified.report["result"], result);
    let report = interchange::valid_file(&cdf, interchange::RESULTS)?;
    assert_eq!((&report["Status"], &report["Issuer"]), (&"unofficial-complete".into(), &"The town".into()));
    let election = &report["Election"][0];
    assert_eq!(interchange::identifier(election, "election"), result["election"].as_str());
    assert_eq!(interchange::words(&election["Name"], "en"), result["title"].as_str());
    assert_eq!(election["BallotCounts"][0]["BallotsCast"], BALLOTS);
    let contest = &election["Contest"][0];
    assert_eq!(
        (&contest["VoteVariation"], &contest["VotesAllowed"]),
        (&"approval".into(), &CANDIDATES.len().into())
    );
    for (option, (name, votes)) in CANDIDATES.iter().enumerate() {
        assert_eq!(interchange::counts(&report, 0, option)?, (Some(*votes), vec![]), "{name}");
        let candidate = &election["Candidate"][option];
        assert_eq!(interchange::words(&candidate["BallotName"], "en"), Some(*name));
        let status = if Some(*votes) == most { "projected-winner" } else { "defeated" };
        assert_eq!(candidate["PostElectionStatus"], status, "{name}");
    }
    assert_eq!(verified.report["election"]["id"], result["election"]);
    // by the trustees whose folders were left
    assert_eq!(verified.items("8.4")?, 3);
    Ok(())
}
