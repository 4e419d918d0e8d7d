//! What is written is valid by the published schemas, leads nowhere into nothing, and says what the election says.

use std::collections::BTreeSet;

use serde_json::Value;

use tabella_board_core::fixtures::{CLOSES, SmallElection, VOTERS};
use tabella_crypto::fixtures::{contest, manifest};
use tabella_crypto::rules::Method;

use crate::*;

const DEFINITION: &str = include_str!("../schemas/NIST_V1_ballot_definition.json");
const RESULTS: &str = include_str!("../schemas/NIST_V2_election_results_reporting.json");

fn issuer() -> Issuer {
    Issuer { name: "An office".to_owned(), application: "tests 1".to_owned(), generated: 1_796_112_000_999 }
}

/// The document, which must be as a published schema wants it.
fn valid(document: &str, schema: &str) -> Value {
    let document: Value = serde_json::from_str(document).unwrap();
    let validator = jsonschema::draft7::new(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let (mut names, mut references) = (BTreeSet::new(), BTreeSet::new());
    collect(&document, &mut names, &mut references);
    assert!(references.is_subset(&names), "{references:?} {names:?}");
    document
}

fn collect(value: &Value, names: &mut BTreeSet<String>, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(attributes) => {
            for (name, value) in attributes {
                if name == "@id" {
                    assert!(names.insert(value.as_str().unwrap().to_owned()), "{value} twice");
                } else if name.ends_with("Id") && name != "VendorApplicationId" {
                    references.extend(value.as_str().map(str::to_owned));
                } else if name.ends_with("Ids") {
                    references
                        .extend(value.as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()));
                }
                collect(value, names, references);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, names, references)),
        _ => {}
    }
}

fn report(election: &SmallElection, certified: bool) -> Value {
    valid(&election_report(&election.state, certified, &issuer()).unwrap(), RESULTS)
}

/// Type or other type, and count, of everything that an option got.
fn counts(report: &Value, contest: usize, option: usize) -> Vec<(String, u64)> {
    let counts = &report["Election"][0]["Contest"][contest]["ContestSelection"][option]["VoteCounts"];
    let name = |count: &Value| count["OtherType"].as_str().or(count["Type"].as_str()).unwrap().to_owned();
    let counts = counts.as_array().map(Vec::as_slice).unwrap_or_default().iter();
    counts.map(|count| (name(count), count["Count"].as_u64().unwrap())).collect()
}

fn identifier<'a>(of: &'a Value, what: &str) -> Option<&'a str> {
    let identifiers = of["ExternalIdentifier"].as_array()?;
    let found = identifiers.iter().find(|identifier| identifier["OtherType"] == format!("tabella-{what}"))?;
    found["Value"].as_str()
}

#[test]
fn a_report_says_what_the_log_says_and_who_must_say_more() {
    let mut election = SmallElection::opened();
    let open = report(&election, false);
    assert_eq!(open["Status"], "pre-election");
    assert_eq!(open["Election"][0]["Contest"][0]["CountStatus"][0]["Status"], "not-processed");
    election.vote_all();
    election.block(CLOSES);
    let closed = report(&election, false);
    assert_eq!(closed["Status"], "unofficial-partial");
    assert_eq!(closed["Election"][0]["Contest"][0]["CountStatus"][0]["Status"], "in-process");
    assert_eq!(counts(&closed, 0, 0), []);
    let refused = election_report(&election.state, true, &issuer()).unwrap_err();
    assert!(matches!(refused, ExportError::NotCounted), "{refused}");

    let mut election = SmallElection::opened();
    election.vote_all();
    election.count();
    let counted = report(&election, false);
    assert_eq!(
        (&counted["Status"], &counted["Format"]),
        (&"unofficial-complete".into(), &"summary-contest".into())
    );
    assert_eq!(counted["GeneratedDate"], "2026-12-01T08:00:00Z");
    assert_eq!(report(&election, true)["Status"], "certified");
    let found = &counted["Election"][0];
    assert_eq!(identifier(found, "election"), Some(election.state.election().to_string().as_str()));
    assert_eq!(identifier(found, "log-root"), Some(election.state.root().to_hex().as_str()));
    let totals = election.state.totals().unwrap();
    for (index, (contest, totals)) in election.manifest.contests.iter().zip(&totals.contests).enumerate() {
        let numbers = totals.totals.as_ref().unwrap();
        for (option, number) in numbers.iter().enumerate() {
            assert_eq!(counts(&counted, index, option), [("total".to_owned(), *number)], "{index} {option}");
        }
        let found = &found["Contest"][index];
        assert_eq!(found["ContestSelection"].as_array().unwrap().len(), contest.entries());
        assert_eq!(identifier(found, "counted-weight"), Some(totals.counted_weight.to_string().as_str()));
        assert_eq!(identifier(found, "roll-weight"), Some(totals.roll_weight.to_string().as_str()));
        assert_eq!(found["OtherCounts"][0]["Overvotes"], 0);
        assert_eq!(found["CountStatus"][0]["Status"], "completed");
    }
    // everybody has one vote in the first contest and gave it, to an option or blank; of an approval none is missing
    assert_eq!(found["Contest"][0]["OtherCounts"][0]["Undervotes"], 0);
    assert!(found["Contest"][1]["OtherCounts"][0]["Undervotes"].is_null());
}

#[test]
fn voters_and_ballots_are_counted_by_style_and_weight() {
    let mut election = SmallElection::opened();
    election.vote_all();
    election.count();
    let counted = report(&election, false);
    let voters = VOTERS.len() as u64;
    let everybody = &counted["GpUnit"][0];
    assert_eq!(
        (&everybody["VotersRegistered"], &everybody["VotersParticipated"]),
        (&voters.into(), &voters.into())
    );
    let of_styles = counted["GpUnit"].as_array().unwrap()[1..].iter();
    assert_eq!(of_styles.map(|unit| unit["VotersRegistered"].as_u64().unwrap()).sum::<u64>(), voters);
    let ballots = counted["Election"][0]["BallotCounts"].as_array().unwrap();
    assert_eq!((&ballots[0]["Type"], &ballots[0]["BallotsCast"]), (&"total".into(), &voters.into()));
    let weighted = ballots.iter().filter(|count| {
        count["OtherType"].as_str().is_some_and(|what| what.starts_with("of voters of weight"))
    });
    assert_eq!(weighted.map(|count| count["BallotsCast"].as_u64().unwrap()).sum::<u64>(), voters);
    let hidden = SmallElection::opened_with(|manifest| manifest.show_turnout = false);
    let hidden = report(&hidden, false);
    assert!(
        hidden["Election"][0]["BallotCounts"].is_null()
            && hidden["GpUnit"][0]["VotersParticipated"].is_null()
    );
}

#[test]
fn a_withheld_contest_has_suppressed_counts_and_no_winner() {
    let mut election = SmallElection::opened_with(|manifest| manifest.smallest_group = 3);
    election.vote_all();
    election.block(CLOSES);
    let closed = report(&election, false);
    let contest = &closed["Election"][0]["Contest"][0];
    assert_eq!(identifier(contest, "verdict"), Some("withheld"));
    assert_eq!(contest["CountStatus"][0]["Status"], "not-processed");
    for selection in contest["ContestSelection"].as_array().unwrap() {
        let [count] = &selection["VoteCounts"].as_array().unwrap()[..] else { panic!("one count") };
        assert_eq!((&count["Count"], &count["IsSuppressedForPrivacy"]), (&0.into(), &true.into()));
    }
    assert!(closed["Election"][0]["Candidate"][0]["PostElectionStatus"].is_null());
}

#[test]
fn without_a_manifest_nothing_is_written() {
    let election = SmallElection::unpublished(|_| {});
    let error = election_report(&election.state, false, &issuer()).unwrap_err();
    assert!(matches!(error, ExportError::NoManifest), "{error}");
}

#[test]
fn a_definition_has_every_method_in_the_formats_terms() {
    let cases = [
        (Method::ChooseOne, "n-of-m", 1),
        (Method::Choose { min: 1, max: 2 }, "n-of-m", 2),
        (Method::Choose { min: 0, max: 4 }, "approval", 4),
        (Method::Score { max: 9 }, "range", 36),
        (Method::Cumulative { points: 5 }, "cumulative", 5),
        (Method::ForAgainstAbstain { max_for: 2 }, "other", 2),
        (Method::Grades { grades: 3 }, "other", 4),
        (Method::Rank, "borda", 4),
    ];
    let contests = cases.iter().map(|(method, ..)| contest(method.clone(), 4, true)).collect();
    let mut manifest = manifest(contests, &[&[0, 1, 2, 3, 4, 5, 6, 7], &[0]]);
    manifest.closes = 1_796_112_000_000;
    let manifest = manifest.check().unwrap();
    let definition = valid(&ballot_definition(&manifest, true, &issuer()).unwrap(), DEFINITION);
    let election = &definition["Election"][0];
    assert_eq!(identifier(election, "election"), Some(manifest.id().to_string().as_str()));
    assert_eq!((&election["StartDate"], &election["EndDate"]), (&"1970-01-01".into(), &"2026-12-01".into()));
    for (index, (_, variation, votes)) in cases.iter().enumerate() {
        let contest = &election["Contest"][index];
        assert_eq!(
            (&contest["VoteVariation"], &contest["VotesAllowed"]),
            (&(*variation).into(), &(*votes).into())
        );
        assert_eq!(contest["OtherVoteVariation"].is_null(), *variation != "other");
        // four options, and the blank vote
        assert_eq!(contest["ContestOption"].as_array().unwrap().len(), 5);
        // the first contest is in both styles, the others in one
        let district = if index == 0 { "unit-electorate" } else { "unit-style-1" };
        assert_eq!(contest["ElectionDistrictId"], district);
    }
    assert_eq!(election["Contest"][7]["RanksAllowed"], 4);
    assert_eq!(election["BallotStyle"].as_array().unwrap().len(), 2);
    let unnamed = valid(&ballot_definition(&manifest, false, &issuer()).unwrap(), DEFINITION);
    assert_eq!(identifier(&unnamed["Election"][0], "election"), None);
}
