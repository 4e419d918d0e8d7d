//! The example is read as it says, and every mistake gets a sentence with its place.

use tabella_board_client::clock::show_time;
use tabella_crypto::outcome::{Base, Fraction, Requirement};

use super::*;

const EXAMPLE: &str = include_str!("../../../../../docs/manifest.example.toml");

fn setting() -> Setting {
    Setting {
        board: "board.example.org/tabella".to_owned(),
        administrator: VerifyingKey([9; 32]),
        nonce: [1; 16],
        now: 1_000_000,
    }
}

/// A small file with one contest.
fn small(method: &str, more: &str) -> String {
    format!(
        "title = \"T\"\nopens = \"now\"\ncloses = \"+2h\"\nregistrar = \"{}\"\n{more}\n[[trustee]]\nname = \"A\"\n\
         fingerprint = \"{}\"\n[[contest]]\ntitle = \"Q\"\noptions = [\"a\", \"b\", \"c\"]\nmethod = {method}\n\
         blank = \"Blank\"\n",
        "02".repeat(32),
        "03".repeat(32),
    )
}

#[test]
fn the_example_is_read_as_it_says() {
    let manifest = read(EXAMPLE, &setting()).unwrap();
    assert_eq!(manifest.title.in_language("fr"), "Élection du comité de l'association");
    assert_eq!(manifest.board, "board.example.org/tabella");
    assert_eq!(show_time(manifest.opens), "2026-12-01T08:00:00Z");
    assert_eq!(show_time(manifest.closes), "2026-12-07T18:00:00Z");
    assert_eq!((manifest.threshold, manifest.trustees.len()), (2, 3));
    assert_eq!(manifest.credentials, CredentialMode::Issued);
    assert_eq!(manifest.recasting, Recasting::LastCounts { limit: 20 });
    assert_eq!((manifest.tests, manifest.smallest_group, manifest.total_weight), (10, 3, 1_000_000));
    assert_eq!(manifest.complaint_window, 86_400_000);
    let [preside, join, station] = &manifest.contests[..] else { panic!("three contests") };
    assert_eq!(preside.method, Method::ChooseOne);
    assert_eq!(preside.outcome.quorum, Some(Fraction { numerator: 1, denominator: 4 }));
    assert_eq!(
        preside.outcome.requirements,
        [Requirement {
            fraction: Fraction { numerator: 1, denominator: 2 },
            of: Base::Valid,
            more_than: true
        }]
    );
    assert_eq!(join.method, Method::Choose { min: 0, max: 2 });
    assert_eq!((join.outcome.seats, join.blank.is_none()), (2, true));
    assert_eq!(station.method, Method::Grades { grades: 5 });
    assert_eq!(station.grades[4].in_language("en"), "To reject");
    let styles: Vec<&[u16]> = manifest.manifest().styles.iter().map(|s| &s.contests[..]).collect();
    assert_eq!(styles, [&[0, 1, 2][..], &[2]]);
}

/// What the example says of defaults, behind "# ", is what they are.
#[test]
fn the_defaults_are_those_that_the_example_names() {
    let plain = read(EXAMPLE, &setting()).unwrap();
    let written = EXAMPLE.lines().map(|line| {
        let default = line.strip_prefix("# ").filter(|rest| {
            rest.split_once(" = ").is_some_and(|(key, value)| {
                key.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !value.contains('…')
            })
        });
        default.unwrap_or(line)
    });
    let written = written.collect::<Vec<_>>().join("\n");
    for key in ["language = ", "\ncredentials = ", "\nseats = 1", "\nties = ", "\nshuffle = ", "\ntests = "] {
        assert!(written.contains(key), "{key}");
    }
    assert_eq!(read(&written, &setting()).unwrap().manifest(), plain.manifest());
}

#[test]
fn every_method_has_its_spelling() {
    let grades = Method::Grades { grades: 2 };
    for (spelling, method) in [
        ("\"choose-one\"", Method::ChooseOne),
        ("\"approval\"", Method::Choose { min: 0, max: 3 }),
        ("\"rank\"", Method::Rank),
        ("{ choose = { min = 1, max = 2 } }", Method::Choose { min: 1, max: 2 }),
        ("{ score = { max = 10 } }", Method::Score { max: 10 }),
        ("{ cumulative = { points = 5 } }", Method::Cumulative { points: 5 }),
        ("{ for-against-abstain = { max-for = 2 } }", Method::ForAgainstAbstain { max_for: 2 }),
        ("{ grades = [\"Good\", { en = \"Bad\", fr = \"Mauvais\" }] }", grades),
    ] {
        let manifest = read(&small(spelling, ""), &setting()).unwrap();
        assert_eq!(manifest.contests[0].method, method, "{spelling}");
        assert_eq!((manifest.opens, manifest.closes), (1_000_000, 8_200_000));
        assert!(summary(&manifest, "en").contains("ballot has"));
    }
}

/// Each mistake: what is replaced by what, words of the line that the sentence must name, words of the sentence.
#[test]
fn a_mistake_in_the_example_gets_a_sentence_with_its_place() {
    let contest_2 = "[[contest]]\ntitle = \"Which";
    let contest_3 = "[[contest]]\ntitle = \"What do";
    let cases: [(&str, &str, &str, &[&str]); 23] = [
        ("threshold = 2", "treshold = 2", "treshold", &["unknown field `treshold`", "`threshold`"]),
        ("seats = 2", "seat = 2", "seat = 2", &["unknown field `seat`"]),
        ("{ max = 2 }", "{ max = 5 }", contest_2, &["contest 2", "there are 4 options"]),
        ("{ max = 2 }", "{ min = 3, max = 2 }", contest_2, &["contest 2", "at least 3"]),
        ("= { choose = {", "= { chose = {", "= { chose", &["unknown variant `chose`", "`choose`"]),
        ("blank = \"No opinion\"", "", contest_3, &["contest 3", "no way to vote blank"]),
        ("2026-12-07T19", "2026-11-07T19", "closes =", &["would close before it opens"]),
        ("2026-12-07T19:00:00+01:00", "7 December", "closes =", &["\"7 December\" is not a time"]),
        ("threshold = 2", "threshold = 4", "threshold = 4", &["threshold is 4", "3 trustees"]),
        ("\"2f2e3d4c5b6a7988", "\"1f2e3d4c5b6a7988", "[[trustee]]\nname = \"Ber", &["same fingerprint"]),
        ("\"2f2e3d", "\"2f2e3", "\"2f2e3", &["64 hexadecimal digits"]),
        ("\"1/4\"", "\"5/4\"", "\"5/4\"", &["\"5/4\" is not a fraction"]),
        ("1/2 of valid", "1/2 of everybody", "of everybody", &["is not a requirement"]),
        ("of valid\"]", "of for-and-against\"]", "[[contest]]\ntitle = { en", &["contest 1", "outcome"]),
        ("contests = [3]", "contests = [4]", "[[style]]\nname = \"Guests", &["no contest 4", "1 to 3"]),
        ("contests = [1, 2, 3]", "contests = [1, 3]", contest_2, &["contest 2 is in no ballot style"]),
        ("contests = [1, 2, 3]", "contests = [2, 1]", "[[style]]\nname = \"Mem", &["ascending order"]),
        ("title = { en", "title = { \"e n\"", "title =", &["title: a language tag"]),
        ("# smallest-group = 3", "smallest-group = 0", "smallest-group = 0", &["at least 1"]),
        (
            "# total-weight = 1000000",
            "total-weight = 2000000000000",
            "total-weight",
            &["`total_weight` must"],
        ),
        (
            "# board = \"board",
            "board = \"other",
            "board = \"other",
            &["other.example.org", "this board is board"],
        ),
        (
            "# administrator = \"\u{2026}",
            "administrator = \"ZEROES",
            "administrator =",
            &["another administrator"],
        ),
        ("title = {", "title = {{", "title = {{", &[]),
    ];
    for (from, to, place, words) in cases {
        assert!(EXAMPLE.contains(from), "{from}");
        let changed = EXAMPLE.replacen(from, &to.replace("ZEROES", &"00".repeat(32)), 1);
        let line = 1 + changed[..changed.find(place).expect(place)].matches('\n').count();
        let sentence = read(&changed, &setting()).map(|_| ()).unwrap_err().to_string();
        for part in [&[format!("line {line}").as_str()], words].concat() {
            assert!(sentence.contains(part), "{part:?} is missing in: {sentence}");
        }
    }
}

#[test]
fn a_ballot_that_would_not_fit_an_entry_is_refused() {
    let names: Vec<String> = (0..40).map(|option| format!("\"o{option}\"")).collect();
    let file = small("\"rank\"", "").replace("\"a\", \"b\", \"c\"", &names.join(", "));
    let sentence = read(&file, &setting()).map(|_| ()).unwrap_err().to_string();
    assert!(sentence.contains("contest 1") && sentence.contains("1601 ciphertexts"), "{sentence}");

    // two rankings of 30 fit by themselves, but not together on one ballot
    let names = names.get(..30).unwrap().join(", ");
    let one = small("\"rank\"", "").replace("\"a\", \"b\", \"c\"", &names);
    assert!(read(&one, &setting()).is_ok());
    let contest = one.get(one.find("[[contest]]").unwrap()..).unwrap();
    let sentence = read(&format!("{one}\n{contest}"), &setting()).map(|_| ()).unwrap_err().to_string();
    assert!(sentence.contains("ballot style 1") && sentence.contains("split it"), "{sentence}");
}

#[test]
fn totals_past_the_bound_of_the_logarithm_are_refused() {
    let file = small("{ score = { max = 60000 } }", "total-weight = 100000000");
    let sentence = read(&file, &setting()).unwrap_err().to_string();
    assert!(sentence.contains("contest 1") && sentence.contains("6000000000000"), "{sentence}");
}
