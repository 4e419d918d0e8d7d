//! NIST's examples, every kind of wrong document, and the schema held against a validator of the whole language.

use serde_json::json;

use tabella_crypto::fixtures::{contest, manifest};
use tabella_crypto::rules::Method;

use super::*;
use crate::{Issuer, ballot_definition};

const PHYSICAL_1: &str = include_str!("../../schemas/examples/physical_ballot_def_1.json");
const PHYSICAL_2: &str = include_str!("../../schemas/examples/physical_ballot_def_2.json");
const PHYSICAL_3: &str = include_str!("../../schemas/examples/physical_ballot_def_3.json");
const ACTIVATION: &str = include_str!("../../schemas/examples/controlling_contest_activation.json");
const PREFERENCE: &str = include_str!("../../schemas/examples/controlling_contest_partisan_preference.json");
const STRAIGHT: &str = include_str!("../../schemas/examples/controlling_contest_straight_party.json");
const MAPPING: &str = include_str!("../../schemas/examples/mapping_bsi_mcdf_to_bd.json");

fn import(document: &str) -> Result<Draft, ImportError> {
    read(document.as_bytes(), Choices::default())
}

fn refusal(document: &str) -> String {
    import(document).map(|_| ()).unwrap_err().to_string()
}

fn words(text: &Text) -> &str {
    text.in_language("en")
}

#[test]
fn an_example_with_lines_for_write_ins_is_imported_without_them_if_that_is_decided_and_else_refused() {
    for (example, place) in [(PHYSICAL_1, "WriteInPosition/0"), (PHYSICAL_2, "WriteInPosition/0")] {
        let error = refusal(example);
        assert!(error.contains(place) && error.contains("--without-write-ins"), "{error}");
        let draft = read(example.as_bytes(), Choices { without_write_ins: true }).unwrap();
        let [president] = &draft.contests[..] else { panic!("one contest") };
        assert_eq!(words(&president.title), "PRESIDENT OF THE UNITED STATES");
        assert_eq!(president.method, Method::Choose { min: 0, max: 1 });
        assert!(president.options.iter().any(|option| words(option) == "Joseph R. Biden / Kamala D. Harris"));
        assert_eq!((president.options.len(), president.outcome.seats), (4, 1));
        let [style] = &draft.styles[..] else { panic!("one style") };
        assert_eq!(style.contests, [0]);
        let left_out = |what: &str| draft.left_out.iter().any(|left_out| left_out.what == what);
        assert!(
            left_out("lines for write-ins") && left_out("OrderedContest.Physical"),
            "{:?}",
            draft.left_out
        );
    }
    let draft = read(PHYSICAL_1.as_bytes(), Choices { without_write_ins: true }).unwrap();
    assert_eq!(words(&draft.styles[0].name), "001-BRA");
    assert_eq!((words(&draft.title), draft.start_date.as_str()), ("2020 General Election", "2020-11-03"));
}

#[test]
fn an_example_with_25_contests_is_imported_whole_and_what_is_not_is_named() {
    let draft = import(PHYSICAL_3).unwrap();
    assert_eq!((draft.contests.len(), draft.styles.len()), (25, 1));
    assert_eq!(draft.styles[0].contests, (0..25).collect::<Vec<u16>>());
    // the style has a code, and its unit no name
    assert_eq!(words(&draft.styles[0].name), "01-0052-01");
    assert_eq!(words(&draft.contests[5].title), "For Representative to Congress(11th District)");
    assert_eq!(draft.contests[7].method, Method::Choose { min: 0, max: 3 });
    assert_eq!(draft.contests[7].outcome.seats, 3);
    assert!(draft.assumed.iter().any(|assumed| assumed.pointer == "/Election/0/Contest/7"));
    assert_eq!(draft.contests[22].options.len(), 2);
    let parties = draft.left_out.iter().find(|left_out| left_out.what == "Candidate.PartyId").unwrap();
    assert!(parties.count > 10 && parties.first.ends_with("/PartyId") && !parties.advice.is_empty());
    assert!(draft.left_out.iter().any(|left_out| left_out.what == "ExternalIdentifier"));
}

#[test]
fn examples_in_which_one_contest_decides_over_others_are_refused_with_the_reason() {
    let cases = [
        (ACTIVATION, "/Election/0/Contest/0", "whether other contests count"),
        (PREFERENCE, "/Election/0/Contest/", "the party that a voter prefers"),
        (STRAIGHT, "/Election/0/Contest/", "one mark would stand for votes in other contests"),
    ];
    for (example, place, reason) in cases {
        let error = refusal(example);
        assert!(error.starts_with(place) && error.contains(reason), "{error}");
    }
}

#[test]
fn the_example_that_is_a_fragment_is_refused_for_what_it_lacks() {
    // its options have no candidates
    let error = refusal(MAPPING);
    assert!(error.starts_with("/Election/0/Contest/0/ContestOption/0: this option names nobody"), "{error}");
}

fn text(words: &str) -> Value {
    json!({"@type": "BallotDefinition.InternationalizedText", "Text": [
        {"@type": "BallotDefinition.LanguageString", "Content": words, "Language": "en"},
    ]})
}

/// A definition by another program: one contest of three candidates and one ballot measure, one style for both.
fn definition() -> Value {
    let candidate = |id: &str, name: &str| json!({"@type": "BallotDefinition.Candidate", "@id": id, "BallotName": text(name)});
    let option = |id: &str, candidate: &str| json!({"@type": "BallotDefinition.CandidateOption", "@id": id, "CandidateIds": [candidate]});
    let answer = |id: &str, words: &str| json!({"@type": "BallotDefinition.BallotMeasureOption", "@id": id, "Selection": text(words)});
    let ordered = |id: &str| json!({"@type": "BallotDefinition.OrderedContest", "ContestId": id});
    json!({
        "@type": "BallotDefinition.BallotDefinition",
        "GeneratedDate": "2026-01-01T00:00:00Z",
        "Issuer": "An office", "IssuerAbbreviation": "AO", "VendorApplicationId": "by hand",
        "SequenceStart": 1, "SequenceEnd": 1, "Version": "1.0.0",
        "GpUnit": [
            {"@type": "BallotDefinition.ReportingUnit", "@id": "town", "Type": "town", "Name": text("Town"),
             "ComposingGpUnitIds": ["ward"]},
            {"@type": "BallotDefinition.ReportingUnit", "@id": "ward", "Type": "ward", "Name": text("Ward")},
        ],
        "Party": [{"@type": "BallotDefinition.Party", "@id": "dawn", "Name": text("Dawn")}],
        "Election": [{
            "@type": "BallotDefinition.Election", "ElectionScopeId": "town", "Type": "general",
            "Name": text("An election"), "StartDate": "2026-12-01", "EndDate": "2026-12-02",
            "Candidate": [candidate("a", "Ada"), candidate("b", "Bo"), candidate("c", "Cy")],
            "Contest": [
                {"@type": "BallotDefinition.CandidateContest", "@id": "council", "Name": "Council",
                 "ElectionDistrictId": "town", "VotesAllowed": 2, "VoteVariation": "n-of-m", "NumberElected": 2,
                 "ContestOption": [option("oa", "a"), option("ob", "b"), option("oc", "c")]},
                {"@type": "BallotDefinition.BallotMeasureContest", "@id": "bridge", "Name": "Bridge",
                 "ElectionDistrictId": "town", "SummaryText": text("Shall it be built?"),
                 "ContestOption": [answer("yes", "Yes"), answer("no", "No")]},
            ],
            "BallotStyle": [{"@type": "BallotDefinition.BallotStyle", "GpUnitIds": ["ward"],
                "OrderedContent": [ordered("council"), ordered("bridge")]}],
        }],
    })
}

fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut definition = definition();
    change(&mut definition);
    definition.to_string()
}

fn contest_with(index: usize, attribute: &str, value: Value) -> String {
    changed(|document| document["Election"][0]["Contest"][index][attribute] = value)
}

#[test]
fn what_another_program_wrote_becomes_a_draft() {
    let draft = import(&definition().to_string()).unwrap();
    let [council, bridge] = &draft.contests[..] else { panic!("two contests") };
    assert_eq!((council.method.clone(), council.outcome.seats), (Method::Choose { min: 0, max: 2 }, 2));
    assert_eq!((bridge.method.clone(), bridge.outcome.seats), (Method::Choose { min: 0, max: 1 }, 1));
    assert_eq!(bridge.description.as_ref().map(words), Some("Shall it be built?"));
    assert_eq!(bridge.options.iter().map(words).collect::<Vec<_>>(), ["Yes", "No"]);
    assert_eq!((words(&draft.styles[0].name), draft.styles[0].contests.as_slice()), ("Ward", &[0, 1][..]));
    assert_eq!((draft.start_date.as_str(), draft.end_date.as_str()), ("2026-12-01", "2026-12-02"));
    assert_eq!(draft.assumed, []);
    // all that it has and a manifest has not
    let left_out: Vec<&str> = draft.left_out.iter().map(|left_out| left_out.what.as_str()).collect();
    assert_eq!(left_out, ["the kind of election, general"]);
}

#[test]
fn vote_variations_become_methods_or_are_refused_with_what_to_do() {
    let read = |variation: &str| {
        import(&contest_with(0, "VoteVariation", variation.into())).map(|draft| draft.contests[0].clone())
    };
    for plain in ["n-of-m", "plurality", "approval"] {
        assert_eq!(read(plain).unwrap().method, Method::Choose { min: 0, max: 2 }, "{plain}");
    }
    assert_eq!(read("cumulative").unwrap().method, Method::Cumulative { points: 2 });
    let majority = read("majority").unwrap();
    assert_eq!(majority.outcome.requirements[0].to_string(), "more than 1/2 of valid");
    let refused = [
        ("rcv", "votes cannot be transferred"),
        ("range", "how many points"),
        ("super-majority", "how large"),
        ("proportional", "in proportion"),
        ("other", "not known here"),
        ("borda", "RanksAllowed"),
    ];
    for (variation, reason) in refused {
        let error = read(variation).unwrap_err().to_string();
        assert!(error.starts_with("/Election/0/Contest/0: ") && error.contains(reason), "{error}");
    }
    let ranked = changed(|document| {
        let contest = &mut document["Election"][0]["Contest"][0];
        contest["VoteVariation"] = "borda".into();
        contest["RanksAllowed"] = 3.into();
    });
    let draft = import(&ranked).unwrap();
    assert_eq!(draft.contests[0].method, Method::Rank);
    assert!(draft.contests[0].blank.is_some() && draft.assumed.len() == 2, "{:?}", draft.assumed);
}

#[test]
fn every_wrong_document_is_refused_at_its_place_with_what_to_do() {
    let election = |change: fn(&mut Value)| changed(|document| change(&mut document["Election"][0]));
    let cases: Vec<(String, &str, &str)> = vec![
        (String::new(), "this is not JSON", "EOF"),
        ("{\"@type\": ".to_owned(), "this is not JSON", "line 1"),
        ("[".repeat(1000), "this is not JSON", "recursion"),
        ("[]".to_owned(), "this is no ballot definition", "missing"),
        (
            r#"{"@type": "ElectionResults.ElectionReport"}"#.to_owned(),
            "this is no ballot definition",
            "ElectionReport",
        ),
        (
            changed(|d| d["Version"] = "2.0.0".into()),
            "this is a ballot definition of version \"2.0.0\"",
            "1.0.0",
        ),
        (changed(|d| d["SequenceEnd"] = 2.into()), "/SequenceEnd: ", "join them"),
        (changed(|d| d["Election"] = json!([])), "/Election: ", "0 elections"),
        (
            changed(|d| {
                let mut other = d["Election"][0].clone();
                for attribute in ["Candidate", "Contest", "BallotStyle"] {
                    other[attribute] = json!([]);
                }
                d["Election"] = json!([d["Election"][0], other]);
            }),
            "/Election: ",
            "2 elections",
        ),
        // the schema
        (changed(|d| d["Surprise"] = 1.into()), "the whole document: ", "\"Surprise\""),
        (
            changed(|d| {
                d.as_object_mut().unwrap().remove("Issuer");
            }),
            "the whole document: ",
            "Issuer is missing",
        ),
        (
            election(|e| {
                e["Contest"][1].as_object_mut().unwrap().remove("@id");
            }),
            "/Election/0/Contest/1: ",
            "@id is missing",
        ),
        (election(|e| e["Type"] = "feast".into()), "/Election/0/Type: ", "wanted is one of"),
        (election(|e| e["Name"] = "An election".into()), "/Election/0/Name: ", "type object"),
        (election(|e| e["Name"]["Text"] = json!([])), "/Election/0/Name/Text: ", "at least one"),
        (
            election(|e| e["Contest"][0]["@type"] = "BallotDefinition.Lottery".into()),
            "/Election/0/Contest/0: ",
            "\"BallotDefinition.Lottery\", which cannot stand here",
        ),
        (
            contest_with(0, "VotesAllowed", "two".into()),
            "/Election/0/Contest/0/VotesAllowed: ",
            "type integer",
        ),
        (election(|e| e["StartDate"] = "soon".into()), "/Election/0/StartDate: ", "wanted is a day"),
        // names and references
        (
            election(|e| e["Contest"][1]["@id"] = "council".into()),
            "/Election/0/Contest/1: ",
            "something else already, at /Election/0/Contest/0",
        ),
        (
            election(|e| e["Contest"][0]["ContestOption"][1]["CandidateIds"] = json!(["z"])),
            "/Election/0/Contest/0/ContestOption/1/CandidateIds/0: ",
            "nothing in the document has the @id \"z\"",
        ),
        (
            election(|e| e["BallotStyle"][0]["OrderedContent"][0]["ContestId"] = "ward".into()),
            "/Election/0/BallotStyle/0/OrderedContent/0/ContestId: ",
            "is a BallotDefinition.ReportingUnit",
        ),
        (
            changed(|d| d["GpUnit"][1]["ComposingGpUnitIds"] = json!(["town"])),
            "/GpUnit/0: ",
            "\"town\" is a part of itself",
        ),
        // what would change the meaning of a vote
        (
            election(|e| {
                e["Contest"][0]["ContestOption"][2] =
                    json!({"@type": "BallotDefinition.CandidateOption", "@id": "oc", "IsWriteIn": true});
            }),
            "/Election/0/Contest/0/ContestOption/2: ",
            "--without-write-ins",
        ),
        (
            election(|e| e["Contest"][0]["ContestOption"][2]["CandidateIds"] = json!([])),
            "/Election/0/Contest/0/ContestOption/2: ",
            "names nobody",
        ),
        (contest_with(0, "VotesAllowed", 0.into()), "/Election/0/Contest/0: ", "nobody could vote"),
        (contest_with(0, "VotesAllowed", 70_000.into()), "/Election/0/Contest/0: ", "out of range"),
        (contest_with(0, "NumberElected", 0.into()), "/Election/0/Contest/0: ", "NumberElected"),
        (
            election(|e| {
                e["BallotStyle"] = json!([]);
                e["Contest"][1]["ElectionDistrictId"] = "ward".into();
            }),
            "/Election/0: ",
            "add a BallotStyle",
        ),
        (
            election(|e| e["BallotStyle"][0]["OrderedContent"] = json!([])),
            "/Election/0/BallotStyle/0: ",
            "lists no contests",
        ),
        (
            election(|e| {
                let first = e["BallotStyle"][0]["OrderedContent"][0].clone();
                e["BallotStyle"][0]["OrderedContent"] = json!([first, first]);
            }),
            "/Election/0/BallotStyle/0: ",
            "a contest twice",
        ),
        (
            election(|e| {
                e["BallotStyle"][0]["OrderedContent"].as_array_mut().unwrap().pop();
            }),
            "/Election/0/Contest/1: ",
            "nobody would vote on it",
        ),
        (
            election(|e| {
                e["BallotStyle"][0]["OrderedContent"][0]["OrderedContestOptionIds"] = json!(["oa", "ob"]);
            }),
            "/Election/0/BallotStyle/0/OrderedContent/0: ",
            "must name each option",
        ),
        // texts
        (
            election(|e| e["Name"]["Text"][0]["Language"] = "in English".into()),
            "/Election/0/Name: ",
            "a language tag is",
        ),
        (
            election(|e| e["Candidate"][0]["BallotName"] = text("A\u{202e}da")),
            "/Election/0/Candidate/0/BallotName: ",
            "",
        ),
        (election(|e| e["Candidate"][1]["BallotName"] = text("Ada")), "the election that", "two choices"),
    ];
    for (document, place, words) in cases {
        let error = refusal(&document);
        assert!(error.starts_with(place) && error.contains(words), "{place} {words}: {error}");
    }
    let huge = vec![b' '; MAX_LENGTH + 1];
    let error = read(&huge, Choices::default()).map(|_| ()).unwrap_err();
    assert!(matches!(error, ImportError::TooLong) && error.to_string().contains("layout of paper"));
}

#[test]
fn what_a_document_does_not_say_is_told_and_nothing_is_left_out_unsaid() {
    let draft = import(&changed(|document| {
        let election = &mut document["Election"][0];
        election["BallotStyle"] = json!([]);
        election["Contest"][0]["HasRotation"] = true.into();
        election["Contest"][0]["NumberElected"].take();
        election["Contest"][0].as_object_mut().unwrap().remove("NumberElected");
        election["Contest"][1]["PassageThreshold"] = text("Two thirds");
        election["Candidate"][0]["PartyId"] = "dawn".into();
        election["Candidate"][0]["CampaignSlogan"] = text("Up!");
    }))
    .unwrap();
    assert!(draft.contests[0].shuffle);
    let assumed: Vec<&str> = draft.assumed.iter().map(|assumed| assumed.pointer.as_str()).collect();
    assert_eq!(assumed, ["/Election/0/Contest/0", "/Election/0/Contest/0", "/Election/0"]);
    let left_out: Vec<(&str, &str)> =
        draft.left_out.iter().map(|left_out| (left_out.what.as_str(), left_out.first.as_str())).collect();
    assert_eq!(
        left_out,
        [
            ("BallotMeasureContest.PassageThreshold", "/Election/0/Contest/1/PassageThreshold"),
            ("Candidate.CampaignSlogan", "/Election/0/Candidate/0/CampaignSlogan"),
            ("Candidate.PartyId", "/Election/0/Candidate/0/PartyId"),
            ("the kind of election, general", "/Election/0/Type"),
        ]
    );
}

#[test]
fn styles_that_differ_in_order_alone_are_taken_and_two_of_one_name_are_told_apart() {
    let draft = import(&changed(|document| {
        let styles = &mut document["Election"][0]["BallotStyle"];
        let mut other = styles[0].clone();
        other["OrderedContent"].as_array_mut().unwrap().reverse();
        other["OrderedContent"][1]["OrderedContestOptionIds"] = json!(["oc", "oa", "ob"]);
        styles.as_array_mut().unwrap().push(other);
    }))
    .unwrap();
    let names: Vec<&str> = draft.styles.iter().map(|style| words(&style.name)).collect();
    assert_eq!(names, ["Ward", "Ward (2)"]);
    assert_eq!(draft.styles[1].contests, [0, 1]);
    assert_eq!(draft.assumed.len(), 1);
    let orders = draft.left_out.iter().filter(|left_out| left_out.what.starts_with("the order of"));
    assert_eq!(orders.count(), 2);
}

#[test]
fn rules_in_our_own_words_come_back_unless_somebody_changed_one_half_of_them() {
    let contests =
        vec![contest(Method::Score { max: 10 }, 3, false), contest(Method::Grades { grades: 4 }, 2, true)];
    let manifest = manifest(contests, &[&[0, 1]]).check().unwrap();
    let issuer = Issuer { name: "An office".to_owned(), application: "tests".to_owned(), generated: 0 };
    let written = ballot_definition(&manifest, false, &issuer).unwrap();
    assert_eq!(import(&written).unwrap().contests, manifest.contests);
    let changed = |attribute: &str, value: Value| {
        let mut document: Value = serde_json::from_str(&written).unwrap();
        document["Election"][0]["Contest"][0][attribute] = value;
        refusal(&document.to_string())
    };
    let error = changed("VotesAllowed", 7.into());
    assert!(error.contains("VotesAllowed says 7, but by tabella-rules it would be 30"), "{error}");
    for (attribute, value) in [
        ("VoteVariation", json!("n-of-m")),
        ("OtherVoteVariation", json!("mine")),
        ("RanksAllowed", json!(3)),
        ("NumberElected", json!(2)),
        ("HasRotation", json!(true)),
    ] {
        let error = changed(attribute, value);
        assert!(
            error.contains(&format!("{attribute} says")) && error.contains("remove the identifier"),
            "{error}"
        );
    }
    for rules in ["", "{}", "{\"method\":\"guess\"}"] {
        let identifier = json!([{"@type": "BallotDefinition.ExternalIdentifier", "Type": "other",
            "OtherType": "tabella-rules", "Value": rules}]);
        let error = changed("ExternalIdentifier", identifier);
        assert!(error.starts_with("/Election/0/Contest/0: tabella-rules: "), "{error}");
    }
}

/// Every document from which one attribute was taken, or in which one was changed to a value of another type.
fn mutants(value: &Value) -> Vec<Value> {
    fn pointers(value: &Value, pointer: String, all: &mut Vec<String>) {
        match value {
            Value::Object(attributes) => {
                attributes.iter().for_each(|(name, value)| pointers(value, format!("{pointer}/{name}"), all));
            }
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(at, item)| pointers(item, format!("{pointer}/{at}"), all));
            }
            _ => {}
        }
        all.push(pointer);
    }
    let mut all = Vec::new();
    pointers(value, String::new(), &mut all);
    let mut mutants = Vec::new();
    for pointer in all {
        for other in [json!(7), json!(1.5), json!("word"), json!([]), json!({}), json!(true), Value::Null] {
            let mut mutant = value.clone();
            *mutant.pointer_mut(&pointer).unwrap() = other;
            mutants.push(mutant);
        }
        let Some((above, name)) = pointer.rsplit_once('/') else { continue };
        let mut mutant = value.clone();
        if let Some(attributes) = mutant.pointer_mut(above).and_then(Value::as_object_mut) {
            let taken = attributes.remove(name).unwrap();
            let mut renamed = value.clone();
            renamed.pointer_mut(above).unwrap().as_object_mut().unwrap().insert("Surprise".to_owned(), taken);
            mutants.extend([mutant, renamed]);
        }
    }
    mutants
}

#[test]
fn the_schema_is_read_as_a_validator_of_the_whole_language_reads_it() {
    let schema = schema::Schema::load().unwrap();
    let mut published: Value = serde_json::from_str(schema::SCHEMA).unwrap();
    forget(&mut published, &["pattern", "format"]);
    let validator = jsonschema::draft7::new(&published).unwrap();
    for example in [PHYSICAL_1, PHYSICAL_2, PHYSICAL_3, ACTIVATION, PREFERENCE, STRAIGHT, MAPPING] {
        let example: Value = serde_json::from_str(example).unwrap();
        assert!(validator.is_valid(&example) && schema.check(&example).is_ok());
    }
    let (mut good, mut bad) = (0, 0);
    for mutant in mutants(&definition()) {
        let valid = validator.is_valid(&mutant);
        assert_eq!(schema.check(&mutant).is_ok(), valid, "{mutant}");
        *if valid { &mut good } else { &mut bad } += 1;
    }
    assert!(good > 50 && bad > 1000, "{good} good, {bad} bad");
}

/// Takes keywords out of a schema.
fn forget(schema: &mut Value, keywords: &[&str]) {
    match schema {
        Value::Object(attributes) => {
            attributes.retain(|name, _| !keywords.contains(&name.as_str()));
            attributes.values_mut().for_each(|value| forget(value, keywords));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| forget(item, keywords)),
        _ => {}
    }
}
