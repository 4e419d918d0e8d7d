//! Whole elections of a few voters: every voting method, both kinds of credentials, the election's own clock.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use tabella_tests::process::{run, succeed, wait_until};
use tabella_tests::small::{BY_HAND, Verified, YES_NO, code, voters};
use tabella_tests::world::{Election, Voter, World};

mod interchange;

/// A voter's choice in a contest, options from 0.
#[derive(Clone, Copy)]
enum Pick {
    Blank,
    Options(&'static [usize]),
    Points(&'static [u64]),
    Columns(&'static [usize]),
    Ranking(&'static [usize]),
}

use Pick::{Blank, Columns, Options, Points, Ranking};

/// How a contest is counted.
struct Question {
    options: usize,
    /// What the columns of a grid are called; none where each option has one number.
    columns: &'static [&'static str],
    verdict: &'static str,
    /// Elected options, worked out by hand from the ballots below.
    elected: &'static [usize],
}

const STANDS: [&str; 3] = ["for", "against", "abstain"];
const GRADES: [&str; 3] = ["Good", "Fair", "Poor"];

const QUESTIONS: [Question; 9] = [
    // 4 of 5 valid votes
    Question { options: 3, columns: &[], verdict: "decided", elected: &[0] },
    // two options with 4 votes for one seat
    Question { options: 4, columns: &[], verdict: "tie", elected: &[] },
    // two options with 4 votes, the first in the list goes first
    Question { options: 3, columns: &[], verdict: "decided", elected: &[1] },
    // 47 of 10 points each is 4.7 of a roll of 7
    Question { options: 2, columns: &[], verdict: "decided", elected: &[0] },
    // 6 of 7 is less than 9/10
    Question { options: 3, columns: &[], verdict: "no-quorum", elected: &[] },
    // 2 for and 1 against, twice; 0 for and 2 against
    Question { options: 3, columns: &STANDS, verdict: "decided", elected: &[0, 1] },
    // medians: Poor, Fair, Good
    Question { options: 3, columns: &GRADES, verdict: "decided", elected: &[2] },
    // 5, 3 and 7 points for places
    Question { options: 3, columns: &["1", "2", "3"], verdict: "decided", elected: &[2] },
    // 4 is more than half of 5 valid, but less than 2/3 of a roll of 7
    Question { options: 3, columns: &[], verdict: "none-qualified", elected: &[] },
];

const CONTESTS: &str = r#"
[[contest]]
title = { en = "Mayor", fr = "Maire" }
options = ["Ada", "Bo", "Cy"]
method = "choose-one"
blank = "Blank"
outcome = { quorum = "1/4", requirements = ["more than 1/2 of valid"] }

[[contest]]
title = "Works"
options = ["Bridge", "Library", "Pool", "Road"]
method = { choose = { max = 2 } }

[[contest]]
title = "Days"
options = ["Friday", "Saturday", "Sunday"]
method = "approval"
outcome = { ties = "list-order" }

[[contest]]
title = "Scores"
options = ["North", "South"]
method = { score = { max = 10 } }
outcome = { requirements = ["at least 1/2 of roll"] }

[[contest]]
title = "Points"
options = ["Red", "Green", "Blue"]
method = { cumulative = { points = 5 } }
outcome = { quorum = "9/10" }

[[contest]]
title = "Council"
options = ["Dee", "Eli", "Fay"]
method = { for-against-abstain = { max-for = 2 } }
blank = "Blank"
outcome = { seats = 2, requirements = ["more than 1/2 of for-and-against"] }

[[contest]]
title = "Plans"
options = ["Plan A", "Plan B", "Plan C"]
method = { grades = ["Good", "Fair", "Poor"] }
blank = "No opinion"

[[contest]]
title = "Order"
options = ["Gil", "Hal", "Ina"]
method = "rank"
blank = "Blank"

[[contest]]
title = "Articles"
options = ["First", "Second", "Third"]
method = { choose = { min = 1, max = 2 } }
blank = "Blank"
outcome = { requirements = ["more than 1/2 of valid", "at least 2/3 of roll"] }

[[style]]
name = "Members"
contests = [1, 2, 3, 4, 5, 6, 7, 8, 9]

[[style]]
name = "Guests"
contests = [3, 7]
"#;

/// The contests of a style, from 0, in order.
fn contests_of(style: &str) -> &'static [usize] {
    if style == "Members" { &[0, 1, 2, 3, 4, 5, 6, 7, 8] } else { &[2, 6] }
}

/// Voters with weight, style, and the ballot that shall count.
const BALLOTS: [(&str, u32, &str, &[Pick]); 6] = [
    (
        "m1",
        1,
        "Members",
        &[
            Options(&[0]),
            Options(&[0, 1]),
            Options(&[0, 2]),
            Points(&[10, 3]),
            Points(&[5, 0, 0]),
            Columns(&[0, 1, 2]),
            Columns(&[0, 2, 1]),
            Ranking(&[0, 1, 2]),
            Options(&[0]),
        ],
    ),
    (
        "m2",
        1,
        "Members",
        &[
            Blank,
            Options(&[0, 2]),
            Options(&[]),
            Points(&[0, 0]),
            Points(&[1, 2, 2]),
            Columns(&[0, 0, 1]),
            Columns(&[1, 1, 1]),
            Blank,
            Options(&[1, 2]),
        ],
    ),
    (
        "m3",
        3,
        "Members",
        &[
            Options(&[0]),
            Options(&[1, 2]),
            Options(&[1]),
            Points(&[10, 9]),
            Points(&[0, 0, 0]),
            Blank,
            Columns(&[2, 0, 0]),
            Ranking(&[2, 0, 1]),
            Options(&[0, 1]),
        ],
    ),
    (
        "m4",
        1,
        "Members",
        &[
            Options(&[1]),
            Options(&[3]),
            Options(&[0, 1, 2]),
            Points(&[7, 1]),
            Points(&[0, 5, 0]),
            Columns(&[1, 0, 1]),
            Blank,
            Ranking(&[1, 2, 0]),
            Blank,
        ],
    ),
    ("g1", 1, "Guests", &[Options(&[0]), Columns(&[0, 0, 2])]),
    ("g2", 2, "Guests", &[Options(&[2]), Columns(&[2, 1, 0])]),
];

/// What the voter with the recast ballot chose first.
const FIRST_THOUGHT: [Pick; 9] = [
    Options(&[2]),
    Options(&[]),
    Options(&[2]),
    Points(&[0, 10]),
    Points(&[1, 1, 1]),
    Columns(&[2, 2, 2]),
    Columns(&[0, 0, 0]),
    Ranking(&[0, 1, 2]),
    Options(&[0, 2]),
];

/// The choice as `tabella-vote` takes it.
fn words(contest: usize, pick: Pick) -> String {
    let question = &QUESTIONS[contest];
    let list = |parts: Vec<String>, between: &str| match parts.is_empty() {
        true => "none".to_owned(),
        false => parts.join(between),
    };
    let number = |option: &usize| (option + 1).to_string();
    let choice = match pick {
        Blank => "blank".to_owned(),
        Options(chosen) => list(chosen.iter().map(number).collect(), ", "),
        Ranking(order) => list(order.iter().map(number).collect(), " > "),
        Points(points) => {
            let given = points.iter().zip(1..).filter(|(points, _)| **points > 0);
            list(given.map(|(points, option)| format!("{option}:{points}")).collect(), ", ")
        }
        Columns(columns) => {
            let given = columns.iter().zip(1..);
            list(
                given.map(|(column, option)| format!("{option}:{}", question.columns[*column])).collect(),
                ", ",
            )
        }
    };
    format!("{}={choice}", contest + 1)
}

fn ballot(style: &str, picks: &[Pick]) -> String {
    let parts = contests_of(style).iter().zip(picks);
    parts.map(|(contest, pick)| words(*contest, *pick)).collect::<Vec<_>>().join("; ")
}

/// A contest counted by hand: what each option got, its columns, and blank votes.
struct Count {
    votes: Vec<u64>,
    columns: Vec<Vec<u64>>,
    blank: u64,
}

fn count(contest: usize) -> Count {
    let Question { options, columns, .. } = QUESTIONS[contest];
    let mut count =
        Count { votes: vec![0; options], columns: vec![vec![0; columns.len()]; options], blank: 0 };
    for (_, weight, style, picks) in BALLOTS {
        let weight = u64::from(weight);
        let Some(place) = contests_of(style).iter().position(|own| *own == contest) else { continue };
        match picks[place] {
            Blank => count.blank += weight,
            Options(chosen) => chosen.iter().for_each(|option| count.votes[*option] += weight),
            Points(points) => {
                points.iter().zip(&mut count.votes).for_each(|(points, votes)| *votes += weight * points);
            }
            Columns(chosen) => {
                for (option, column) in chosen.iter().enumerate() {
                    count.columns[option][*column] += weight;
                    // votes for; or a better grade than the worst
                    let counts = if columns == STANDS { *column == 0 } else { *column + 1 < columns.len() };
                    count.votes[option] += if counts { weight } else { 0 };
                }
            }
            Ranking(order) => {
                for (place, option) in order.iter().enumerate() {
                    count.columns[*option][place] += weight;
                    count.votes[*option] += weight * (options - 1 - place) as u64;
                }
            }
        }
    }
    count
}

/// The same in the Common Data Format, as it comes back to the numbers that were counted by hand.
fn check_report(report: &serde_json::Value) -> Result<()> {
    let election = &report["Election"][0];
    assert_eq!((&report["Status"], &report["Format"]), (&"certified".into(), &"summary-contest".into()));
    assert_eq!(report["GpUnit"][0]["VotersRegistered"], 8);
    assert_eq!(report["GpUnit"][0]["VotersParticipated"], 6);
    let cast: Vec<_> = (0..3).map(|count| election["BallotCounts"][count]["BallotsCast"].as_u64()).collect();
    assert_eq!(cast, [Some(6), Some(7), Some(1)], "counted, cast, tested");
    for (contest, question) in QUESTIONS.iter().enumerate() {
        let expected = count(contest);
        let found = &election["Contest"][contest];
        let name = &found["Name"];
        for (option, votes) in expected.votes.iter().enumerate() {
            let (total, columns) = interchange::counts(report, contest, option)?;
            // medians are compared, not sums
            let expected_total = (question.columns != GRADES).then_some(*votes);
            assert_eq!((total, columns), (expected_total, expected.columns[option].clone()), "{name}");
            let id = format!("candidate-{}-{}", contest + 1, option + 1);
            let candidates = election["Candidate"].as_array().context("candidates")?;
            let candidate = candidates.iter().find(|candidate| candidate["@id"] == id).context(id)?;
            let status = &candidate["PostElectionStatus"];
            let open = question.verdict == "tie" && *votes == 4;
            match (question.elected.contains(&option), question.verdict) {
                (true, _) => assert_eq!(status, "winner", "{name}"),
                (false, "decided") => assert_eq!(status, "defeated", "{name}"),
                (false, "tie") if !open => assert_eq!(status, "defeated", "{name}"),
                (false, _) => assert!(status.is_null(), "{name}: {status}"),
            }
        }
        let blank =
            found["ContestSelection"].as_array().and_then(|selections| selections.get(question.options));
        match blank {
            Some(_) => {
                let blank = interchange::counts(report, contest, question.options)?;
                assert_eq!(blank, (Some(expected.blank), vec![]), "{name}");
            }
            None => assert_eq!(expected.blank, 0, "{name}"),
        }
        assert_eq!(interchange::identifier(found, "verdict"), Some(question.verdict), "{name}");
    }
    // a weight of 6 had two votes each in the second contest; in the first each gave its vote, or a blank one
    assert_eq!(
        election["Contest"][1]["OtherCounts"][0]["Undervotes"],
        12 - count(1).votes.iter().sum::<u64>()
    );
    assert_eq!(election["Contest"][0]["OtherCounts"][0]["Undervotes"], 0);
    let weight = |contest: usize, what| interchange::identifier(&election["Contest"][contest], what);
    assert_eq!((weight(2, "counted-weight"), weight(2, "roll-weight")), (Some("9"), Some("11")));
    assert_eq!(interchange::words(&election["Contest"][0]["BallotTitle"], "fr"), Some("Maire"));
    Ok(())
}

fn check_result(verified: &Verified) -> Result<()> {
    let result = &verified.report["result"];
    assert_eq!(result["phase"], "counted");
    assert_eq!(result["voters"], 8);
    assert_eq!(result["ballots_counted"], 6);
    assert_eq!(result["ballots_cast"], 7);
    assert_eq!(result["ballots_tested"], 1);
    for (contest, question) in QUESTIONS.iter().enumerate() {
        let expected = count(contest);
        let found = verified.contest(contest + 1);
        let name = &found["title"];
        assert_eq!(verified.votes(contest + 1)?, expected.votes, "{name}");
        if found["blank"].is_null() {
            assert_eq!(expected.blank, 0, "{name}");
        } else {
            assert_eq!(found["blank"], expected.blank, "{name}");
        }
        assert_eq!(found["verdict"], question.verdict, "{name}: {}", found["outcome"]);
        let options = found["options"].as_array().context("options")?;
        for (number, option) in options.iter().enumerate() {
            assert_eq!(option["elected"], question.elected.contains(&number), "{name}: {option}");
            let columns = option["columns"].as_array().context("columns")?;
            let found: Vec<u64> = columns.iter().filter_map(|column| column[1].as_u64()).collect();
            assert_eq!(found, expected.columns[number], "{name}: {option}");
        }
    }
    // members weigh 1 + 1 + 3 + 1, and one more stayed away; guests 1 + 2, and one more stayed away
    assert_eq!(verified.contest(1)["counted_weight"], 6);
    assert_eq!(verified.contest(1)["roll_weight"], 7);
    assert_eq!(verified.contest(3)["counted_weight"], 9);
    assert_eq!(verified.contest(3)["roll_weight"], 11);
    assert_eq!(verified.contest(7)["options"][0]["grade"], "Poor");
    assert_eq!(verified.contest(7)["options"][1]["grade"], "Fair");
    assert_eq!(verified.contest(7)["options"][2]["grade"], "Good");
    Ok(())
}

#[test]
fn one_ballot_of_every_voting_method_is_cast_recast_tested_tracked_and_counted() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let mut roll: Vec<Voter> = BALLOTS
        .iter()
        .map(|(name, weight, style, _)| ((*name).to_owned(), *weight, (*style).to_owned()))
        .collect();
    roll.push(("m5".to_owned(), 1, "Members".to_owned()));
    roll.push(("g3".to_owned(), 1, "Guests".to_owned()));
    let (election, codes) = world.open("everything", BY_HAND, CONTESTS, &roll)?;

    // a test on one device, looked into on another
    let opening = place.path().join("opening.json").to_string_lossy().into_owned();
    let tested = ballot("Members", BALLOTS[1].3);
    let test = world.vote(
        &election,
        "test",
        &["--yes", "--code", code(&codes, "m2")?, "--choose", &tested, "--opening", &opening],
    )?;
    let tested = test.says(&["never counts"])?.line("tracking code")?;
    let look = ["check-opening", "--opening", &opening, "--board", world.url(), "--election", &election.id];
    let shown = succeed("tabella-vote", &look)?;
    shown.says(&[&tested, "1. Mayor: blank", "2. Works: Bridge, Pool", "3. Days: none"])?;
    shown.says(&["5. Points: Red: 1, Green: 2, Blue: 2", "6. Council: Dee: for, Eli: for, Fay: against"])?;
    shown.says(&["7. Plans: Plan A: Fair", "8. Order: blank", "9. Articles: Second, Third"])?;

    let receipt = place.path().join("receipt.json").to_string_lossy().into_owned();
    let first = ballot("Members", &FIRST_THOUGHT);
    let first = world.cast(&election, code(&codes, "m4")?, &[&first], &["--receipt", &receipt])?;
    let replaced = first.says(&["Your vote is cast"])?.line("tracking code")?;
    let mut counted = String::new();
    for (name, _, style, picks) in BALLOTS {
        let cast = world.cast(&election, code(&codes, name)?, &[&ballot(style, picks)], &[])?;
        let tracking = cast.says(&["Your vote is cast"])?.line("tracking code")?;
        if name == "m4" {
            cast.says(&["replaces the ballot"])?;
            counted = tracking;
        }
    }
    let track = |code: &str| world.vote(&election, "track", &["--code", code]);
    track(&tested)?.says(&["recorded", "It was tested. It never counts."])?;
    track(&replaced)?.says(&["replaced by a later ballot", "credential: 2"])?;
    track(&counted)?.says(&["counts, unless you vote again"])?;
    world.vote(&election, "track", &["--receipt", &receipt])?.says(&["receipt is sound", "replaced"])?;
    track(&"ab".repeat(32))?.refuses(&["no ballot with this tracking code"])?;

    // the opening is published by the voter who made it, and by nobody else
    let publish = |voter: &str| {
        let own = ["--opening", &opening, "--board", world.url(), "--code", code(&codes, voter)?, "--yes"];
        run("tabella-vote", &[["publish-opening"].as_slice(), &own].concat())
    };
    publish("m1")?.refuses(&["only the voter who did can publish"])?;
    publish("m2")?.says(&["WARNING: this tells everyone", "The opening is published"])?;

    // what stands so far can be checked by anyone at any time
    let partial = world.verify(&election, &["--partial"])?;
    assert!(partial.finished.status.success(), "{}", partial.finished.text());
    assert_eq!(partial.items("6.3")?, 8, "7 cast and 1 tested");
    assert_eq!(world.verify(&election, &[])?.fails()?, "7.1", "voting has not closed");

    world.administrator(&election, "close")?;
    track(&counted)?.says(&["It is the one that counts."])?;
    fs::remove_dir_all(&election.trustees[1])?;
    world.tally(&election, &[election.trustees[0].clone(), election.trustees[2].clone()])?;

    let live = world.verify(&election, &[])?.holds()?;
    check_result(&live)?;
    let record = place.path().join("record");
    world.export(&election, &record)?;
    let result = place.path().join("result.json");
    let [results, definition] =
        ["cdf-results.json", "cdf-definition.json"].map(|name| place.path().join(name));
    let more = ["--result", &result.to_string_lossy(), "--language", "fr"];
    let cdf =
        ["--cdf-results", &results.to_string_lossy(), "--cdf-definition", &definition.to_string_lossy()];
    let more = [&more[..], &cdf, &["--certified"]].concat();
    let exported = Verified::of(&record.to_string_lossy(), &more)?.holds()?;
    assert_eq!(exported.items("6.8")?, 1, "the published opening");
    check_result(&exported)?;
    assert_eq!(exported.contest(1)["title"], "Maire");
    let written: serde_json::Value = serde_json::from_slice(&fs::read(&result)?)?;
    assert_eq!(written, exported.report["result"]);
    check_report(&interchange::valid_file(&results, interchange::RESULTS)?)?;
    interchange::valid_file(&definition, interchange::DEFINITION)?;
    // the definition comes back as the contests, styles and rules that the election had
    let draft = succeed("tabella-admin", &["from-cdf", &definition.to_string_lossy()])?;
    ensure!(draft.stderr.starts_with("Complete the draft"), "nothing is left out: {}", draft.stderr);
    let draft = interchange::completed(&draft.stdout);
    let file = place.path().join("again.toml");
    fs::write(
        &file,
        draft.replace("opens = ", "opens = \"+1d\" # ").replace("closes = ", "closes = \"+2d\" # "),
    )?;
    let file = file.to_string_lossy().into_owned();
    let again = succeed("tabella-admin", &["check", &file])?;
    again.says(&[
        "contest 7: Plans",
        "one of 3 grades for each option",
        "ballot style 2: Guests: contests 3, 7",
    ])?;
    again.says(&["quorum 9/10 of the roll", "needs at least 2/3 of the roll", "choose 1 to 2 options"])?;
    let again = succeed("tabella-admin", &["to-cdf", &file, "--issuer", "The town"])?;
    let again = interchange::valid(&again.stdout, interchange::DEFINITION)?;
    let first = interchange::valid_file(&definition, interchange::DEFINITION)?;
    assert_eq!(again["Election"][0]["Contest"], first["Election"][0]["Contest"]);
    assert_eq!(again["Election"][0]["BallotStyle"], first["Election"][0]["BallotStyle"]);
    assert_eq!(live.report["election"], exported.report["election"], "board and folder are the same record");
    Ok(())
}

#[test]
fn voters_who_make_their_own_credentials_are_endorsed_and_vote_with_their_recovery_codes() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let election = world.small("enrolled", &format!("{BY_HAND}credentials = \"enrolled\"\n"), YES_NO)?;
    world.ceremony(&election)?;
    let mut enrolled = Vec::new();
    for _ in 0..3 {
        let made = succeed("tabella-vote", &["enrol", "--election", &election.id])?;
        enrolled.push((made.line("recovery code")?, made.line("credential")?));
    }
    let (list, private) = (election.folder.join("voters.csv"), election.folder.join("private.csv"));
    let (list, private) = (list.to_string_lossy().into_owned(), private.to_string_lossy().into_owned());
    let folder = world.path("registrar");
    let register = |act: &str, more: &[&str]| {
        let mut arguments = vec![act, "--folder", &folder, "--private", &private];
        arguments.extend(world.at(&election));
        arguments.extend(more);
        run("tabella-registrar", &arguments)
    };
    let table = |credentials: [&str; 3]| {
        let rows = credentials.iter().zip(["ann", "ben", "cat"]);
        let rows: String = rows.map(|(credential, name)| format!("{name},{credential}\n")).collect();
        fs::write(&list, format!("identity,credential\n{rows}"))
    };
    let [ann, ben, cat] = [0, 1, 2].map(|voter| enrolled[voter].1.as_str());

    // two voters may not share a credential: one of their ballots would replace the other's
    table([ann, ben, ann])?;
    register("endorse", &["--voters", &list, "--publish"])?.refuses(&["credential"])?;
    table([ann, ben, "abcd"])?;
    register("endorse", &["--voters", &list])?.refuses(&["line 4"])?;
    register("issue", &["--voters", &list, "--codes", &format!("{list}.codes")])?
        .refuses(&["use `endorse`"])?;
    table([ann, ben, cat])?;
    register("endorse", &["--voters", &list])?.says(&["3 voters endorsed"])?;
    register("publish", &[])?.says(&["published: 3 voters"])?;
    register("publish", &[])?.says(&["published already"])?;
    world.administrator(&election, "open")?;

    for ((recovery, _), choice) in enrolled.iter().zip(["1=Yes", "1=No", "1=Yes"]) {
        world.cast(&election, recovery, &[choice], &[])?.says(&["Your vote is cast"])?;
    }
    let stranger = succeed("tabella-vote", &["enrol", "--election", &election.id])?.line("recovery code")?;
    world.cast(&election, &stranger, &["1=Yes"], &[])?.refuses(&["nobody on this election's roll"])?;
    world.administrator(&election, "close")?;
    world.tally(&election, &election.trustees)?;
    let verified = world.verify(&election, &[])?.holds()?;
    assert_eq!(verified.votes(1)?, [2, 1]);
    assert_eq!(verified.items("8.3")?, 3, "all three trustees stated what they saw");
    Ok(())
}

#[test]
fn an_election_opens_and_closes_by_itself_at_its_times() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let times = "opens = \"+3s\"\ncloses = \"+50s\"\nsmallest-group = 1\n";
    let election = world.small("by-itself", times, YES_NO)?;
    let status = world.status(&election)?;
    let (opens, closes) = (status["opens"].as_u64(), status["closes"].as_u64());
    assert_eq!(closes.zip(opens).map(|(closes, opens)| closes - opens), Some(47_000));
    world.ceremony(&election)?;
    let codes = world.roll(&election, &voters(4))?;
    world.wait_for(&election, "open", Duration::from_secs(40))?;
    // nobody may close it before its time
    let folder = world.path("administrator");
    let mut close = vec!["close", "--folder", &folder];
    close.extend(world.at(&election));
    run("tabella-admin", &close)?.refuses(&["does not allow closing before its time"])?;

    let codes = tabella_tests::small::read_codes(&codes)?;
    for (voter, choice) in [("voter-1", "Yes"), ("voter-2", "blank"), ("voter-3", "No")] {
        world.cast(&election, code(&codes, voter)?, &[choice], &[])?.says(&["Your vote is cast"])?;
    }
    world.wait_for(&election, "closed", Duration::from_secs(70))?;
    world.cast(&election, code(&codes, "voter-4")?, &["Yes"], &[])?.refuses(&["voting is closed"])?;
    world.tally(&election, &election.trustees[..2])?;
    let verified = world.verify(&election, &[])?.holds()?;
    assert_eq!(verified.votes(1)?, [1, 1]);
    assert_eq!(verified.contest(1)["blank"], 1);
    assert_eq!(verified.contest(1)["verdict"], "tie");
    assert_eq!(verified.items("2.4")?, 1, "the administrator signed the creation and nothing else");
    let closed = world.status(&election)?["time"].as_u64();
    ensure!(closed >= closes, "closed at {closes:?}, and the log's clock says {closed:?}");
    Ok(())
}

#[test]
fn a_second_ballot_is_refused_where_the_first_one_counts() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let settings = format!("{BY_HAND}recasting = \"first-only\"\ntests = 1\n");
    let (election, codes) = world.open("once", &settings, YES_NO, &voters(2))?;
    let own = code(&codes, "voter-1")?;
    let opening = place.path().join("opening.json").to_string_lossy().into_owned();
    world
        .cast(&election, own, &["Yes"], &["--test", "--opening", &opening])?
        .says(&["recorded as a test"])?;
    let again = place.path().join("again.json").to_string_lossy().into_owned();
    world.cast(&election, own, &["Yes"], &["--test", "--opening", &again])?.refuses(&["allows no more"])?;
    world.cast(&election, own, &["Yes"], &[])?.says(&["Your vote is cast"])?;
    world.cast(&election, own, &["No"], &[])?.refuses(&["you have voted already"])?;
    assert_eq!(world.status(&election)?["ballots"], json!({ "counted": 1, "cast": 1, "challenged": 1 }));
    Ok(())
}

/// Two styles, of which the second has one voter too few.
fn few(world: &World) -> Result<Election> {
    let settings = BY_HAND.replace("smallest-group = 1", "smallest-group = 2");
    let contests = r#"
[[contest]]
title = "For all"
options = ["Yes", "No"]
method = "approval"

[[contest]]
title = "For some"
options = ["Yes", "No"]
method = "approval"

[[style]]
name = "Many"
contests = [1]

[[style]]
name = "Few"
contests = [2]
"#;
    let mut roll: Vec<Voter> =
        (1..=3).map(|number| (format!("many-{number}"), 1, "Many".to_owned())).collect();
    roll.extend((1..=3).map(|number| (format!("few-{number}"), 1, "Few".to_owned())));
    let (election, codes) = world.open("few", &settings, contests, &roll)?;
    for voter in ["many-1", "many-2", "many-3", "few-1"] {
        world.cast(&election, code(&codes, voter)?, &["Yes"], &[])?.says(&["Your vote is cast"])?;
    }
    Ok(election)
}

#[test]
fn a_contest_with_too_few_ballots_is_withheld_and_never_decrypted() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let election = few(&world)?;
    world.administrator(&election, "close")?;
    world.tally(&election, &election.trustees[1..])?;
    wait_until("the election is counted", Duration::from_secs(10), || {
        Ok(world.status(&election)?["phase"] == "counted")
    })?;
    let cdf = place.path().join("cdf.json");
    let verified = world.verify(&election, &["--cdf-results", &cdf.to_string_lossy()])?.holds()?;
    assert_eq!(verified.votes(1)?, [3, 0]);
    let report = interchange::valid_file(&cdf, interchange::RESULTS)?;
    assert_eq!(interchange::counts(&report, 0, 0)?, (Some(3), vec![]));
    let suppressed = &report["Election"][0]["Contest"][1]["ContestSelection"][0]["VoteCounts"][0];
    assert_eq!((&suppressed["Count"], &suppressed["IsSuppressedForPrivacy"]), (&json!(0), &json!(true)));
    let withheld = verified.contest(2);
    assert_eq!(withheld["verdict"], "withheld");
    assert!(withheld["options"][0]["votes"].is_null(), "{withheld}");
    let status = world.status(&election)?;
    for trustee in status["tally"]["trustees"].as_array().context("trustees")? {
        let shares = trustee["shares"].as_array().context("shares")?;
        assert!(!shares.contains(&json!(1)), "nobody decrypted the second contest: {trustee}");
    }
    Ok(())
}
