//! Manifests with every bound broken by one; claims of every method; selections that obey and that do not: sections 7, 8.

use serde_json::{Value, json};
use tabella_crypto::codec;
use tabella_crypto::fixtures::{contest, manifest as small, text};
use tabella_crypto::manifest::{Contest, Manifest, Recasting};
use tabella_crypto::outcome::{Base, Fraction, Requirement};
use tabella_crypto::rules::Method;
use tabella_crypto::text::Text;

use super::logs::{BESIDE_LAYOUT, LAYOUT};
use super::{Maker, flipped};
use crate::judge::hexed;

/// The files of this module.
pub fn all() -> Vec<Maker> {
    vec![manifest(), claims()]
}

/// Every method, small: with a name, the number of options and whether it has a blank vote.
pub fn methods() -> Vec<(&'static str, Method, usize, bool)> {
    vec![
        ("choose one", Method::ChooseOne, 3, true),
        ("choose 0 to 1 of 3", Method::Choose { min: 0, max: 1 }, 3, false),
        ("choose 0 to 2 of 2", Method::Choose { min: 0, max: 2 }, 2, false),
        ("choose 1 to 2 of 3", Method::Choose { min: 1, max: 2 }, 3, true),
        ("score to 10", Method::Score { max: 10 }, 2, false),
        ("score to 255", Method::Score { max: 255 }, 2, false),
        ("score to 10 with a blank vote", Method::Score { max: 10 }, 2, true),
        ("score to 300", Method::Score { max: 300 }, 1, false),
        ("5 points to spread", Method::Cumulative { points: 5 }, 2, false),
        ("for and against, at most 1", Method::ForAgainstAbstain { max_for: 1 }, 2, true),
        ("for and against", Method::ForAgainstAbstain { max_for: 2 }, 2, true),
        ("3 grades", Method::Grades { grades: 3 }, 2, true),
        ("rank 2", Method::Rank, 2, true),
        ("rank 3", Method::Rank, 3, true),
    ]
}

/// The bytes of a manifest of one style with these contests.
pub fn of(contests: Vec<Contest>) -> Vec<u8> {
    let style: Vec<u16> = (0..contests.len() as u16).collect();
    codec::encode(&small(contests, &[&style]))
}

fn ordinary() -> Manifest {
    let contests = vec![
        contest(Method::ChooseOne, 3, true),
        contest(Method::Grades { grades: 3 }, 2, true),
        contest(Method::Score { max: 10 }, 2, false),
    ];
    small(contests, &[&[0, 1], &[1, 2]])
}

/// A text as it stands, whatever is wrong with it.
fn raw(versions: &[(&str, &str)]) -> Text {
    let versions: Vec<(String, String)> =
        versions.iter().map(|(tag, words)| ((*tag).to_owned(), (*words).to_owned())).collect();
    codec::decode_bounded(&codec::encode(&versions), 1_000_000).unwrap_or_else(|_| text("unreachable"))
}

type Change = (&'static str, fn(&mut Manifest));

fn requirement(numerator: u32, denominator: u32, of: Base, more_than: bool) -> Requirement {
    Requirement { fraction: Fraction { numerator, denominator }, of, more_than }
}

fn accepted() -> Vec<Change> {
    vec![
        ("as it is", |_| {}),
        ("an administrator's key that is no point", |m| m.administrator.0 = [2; 32]),
        ("one trustee", |m| {
            m.trustees.truncate(1);
            m.threshold = 1;
        }),
        ("all trustees must act", |m| m.threshold = 3),
        ("the shortest complaint window", |m| m.complaint_window = 60_000),
        ("the longest complaint window", |m| m.complaint_window = 7_776_000_000),
        ("the latest closing", |m| m.closes = 8_640_000_000_000_000),
        ("the largest weight that points of 10 allow", |m| m.total_weight = (1 << 40) / 10),
        ("the first ballot counts", |m| m.recasting = Recasting::FirstOnly),
        ("1,000 ballots", |m| m.recasting = Recasting::LastCounts { limit: 1000 }),
        ("1,000 tests", |m| m.tests = 1000),
        ("no tests", |m| m.tests = 0),
        ("a style with nearly the longest ballots", |m| {
            m.contests[0] = contest(Method::Score { max: 300 }, 999, true);
            m.styles[0].contests = vec![0];
        }),
        ("15 cosignatures", |m| m.cosignatures = 15),
        ("the largest smallest group", |m| m.smallest_group = 1_000_000),
        ("a description of two languages", |m| {
            m.description = Some(raw(&[("de", "Wahl"), ("en-GB", "Vote\nnow")]))
        }),
        ("words of 4,000 bytes", |m| m.title = raw(&[("en", &"a".repeat(4000))])),
        ("words that are a space", |m| m.title = raw(&[("en", " ")])),
        ("a tag of 35 characters", |m| m.title = raw(&[("abcdefgh-abcdefgh-abcdefgh-abcdefgh", "a")])),
        ("a board's name of 200 bytes", |m| m.board = "b".repeat(200)),
        ("options that differ in upper and lower case", |m| {
            m.contests[0].options[0] = text("A");
            m.contests[0].options[1] = text("a");
        }),
        ("an option and a grade that read alike", |m| m.contests[1].grades[0] = text("Option 0")),
        ("a quorum of all", |m| {
            m.contests[0].outcome.quorum = Some(Fraction { numerator: 1, denominator: 1 })
        }),
        ("8 requirements", |m| {
            m.contests[0].outcome.requirements = vec![requirement(1, 2, Base::Roll, true); 8]
        }),
        ("a requirement of nothing", |m| {
            m.contests[0].outcome.requirements = vec![requirement(0, 1, Base::Valid, false)];
        }),
    ]
}

fn refused() -> Vec<Change> {
    vec![
        ("version 0", |m| m.version = 0),
        ("version 2", |m| m.version = 2),
        ("a board without a name", |m| m.board.clear()),
        ("a board's name of 201 bytes", |m| m.board = "b".repeat(201)),
        ("a plus in the board's name", |m| m.board = "a+b".to_owned()),
        ("a space in the board's name", |m| m.board = "a b".to_owned()),
        ("a no-break space in the board's name", |m| m.board = "a\u{a0}b".to_owned()),
        ("U+0085 in the board's name", |m| m.board = "a\u{85}b".to_owned()),
        ("U+3000 in the board's name", |m| m.board = "a\u{3000}b".to_owned()),
        ("a text without languages", |m| m.title = raw(&[])),
        ("17 languages", |m| {
            let tags: Vec<String> = (0..17).map(|number| format!("a{number:02}")).collect();
            m.title = raw(&tags.iter().map(|tag| (tag.as_str(), "a")).collect::<Vec<_>>());
        }),
        ("languages in another order", |m| m.title = raw(&[("en", "a"), ("de", "b")])),
        ("a language twice", |m| m.title = raw(&[("en", "a"), ("en", "b")])),
        ("a language twice, in upper and lower case", |m| m.title = raw(&[("EN", "a"), ("en", "b")])),
        ("an empty tag", |m| m.title = raw(&[("", "a")])),
        ("a tag of 36 characters", |m| m.title = raw(&[("abcdefgh-abcdefgh-abcdefgh-abcdef-ab", "a")])),
        ("a part of a tag of 9 characters", |m| m.title = raw(&[("abcdefghi", "a")])),
        ("an empty part of a tag", |m| m.title = raw(&[("en--gb", "a")])),
        ("a hyphen at the end of a tag", |m| m.title = raw(&[("en-", "a")])),
        ("an underscore in a tag", |m| m.title = raw(&[("en_gb", "a")])),
        ("a letter beyond ASCII in a tag", |m| m.title = raw(&[("é", "a")])),
        ("no words", |m| m.title = raw(&[("en", "")])),
        ("words of 4,001 bytes", |m| m.title = raw(&[("en", &"a".repeat(4001))])),
        ("words of 4,001 bytes and fewer characters", |m| {
            m.title = raw(&[("en", &format!("{}a", "é".repeat(2000)))])
        }),
        ("a tab in words", |m| m.title = raw(&[("en", "a\tb")])),
        ("a carriage return in words", |m| m.title = raw(&[("en", "a\r\nb")])),
        ("U+0085 in words", |m| m.title = raw(&[("en", "a\u{85}b")])),
        ("U+2028 in words", |m| m.title = raw(&[("en", "a\u{2028}b")])),
        ("U+2029 in words", |m| m.title = raw(&[("en", "a\u{2029}b")])),
        ("U+202E in words", |m| m.title = raw(&[("en", "a\u{202e}b")])),
        ("U+2066 in a description", |m| m.description = Some(raw(&[("en", "a\u{2066}b")]))),
        ("a bad text as an option", |m| m.contests[0].options[0] = raw(&[("en", "")])),
        ("a bad text as a grade", |m| m.contests[1].grades[0] = raw(&[("en", "")])),
        ("a bad text as blank vote", |m| m.contests[0].blank = Some(raw(&[("en", "")]))),
        ("a bad text as the title of a contest", |m| m.contests[0].title = raw(&[("en", "")])),
        ("a bad text as the description of a contest", |m| {
            m.contests[0].description = Some(raw(&[("en", "")]))
        }),
        ("a bad text as a style's name", |m| m.styles[0].name = raw(&[("en", "")])),
        ("no trustees", |m| m.trustees.clear()),
        ("65 trustees", |m| {
            for number in 3..65_u8 {
                let mut trustee = m.trustees[0].clone();
                trustee.fingerprint.0[0] = number;
                trustee.fingerprint.0[1] = 77;
                m.trustees.push(trustee);
            }
        }),
        ("a fingerprint twice", |m| m.trustees[2].fingerprint = m.trustees[0].fingerprint),
        ("a trustee without a name", |m| m.trustees[0].name.clear()),
        ("a trustee's name of 201 bytes", |m| m.trustees[0].name = "a".repeat(201)),
        ("a line feed in a trustee's name", |m| m.trustees[0].name = "a\nb".to_owned()),
        ("threshold 0", |m| m.threshold = 0),
        ("a threshold above the number of trustees", |m| m.threshold = 4),
        ("a complaint window of less than a minute", |m| m.complaint_window = 59_999),
        ("a complaint window of more than 90 days", |m| m.complaint_window = 7_776_000_001),
        ("no weight at all", |m| m.total_weight = 0),
        ("a weight above 2^40", |m| m.total_weight = (1 << 40) + 1),
        ("points times weight above 2^40", |m| m.total_weight = (1 << 40) / 10 + 1),
        ("closing when it opens", |m| m.closes = m.opens),
        ("closing before it opens", |m| m.closes = m.opens - 1),
        ("closing too late", |m| m.closes = 8_640_000_000_000_001),
        ("no ballot for a voter", |m| m.recasting = Recasting::LastCounts { limit: 0 }),
        ("1,001 ballots for a voter", |m| m.recasting = Recasting::LastCounts { limit: 1001 }),
        ("1,001 tests", |m| m.tests = 1001),
        ("a smallest group of 0", |m| m.smallest_group = 0),
        ("a smallest group above the total weight", |m| m.smallest_group = 1_000_001),
        ("16 cosignatures", |m| m.cosignatures = 16),
        ("no contests", |m| {
            m.contests.clear();
            m.styles.clear();
        }),
        ("no styles", |m| m.styles.clear()),
        ("a style without contests", |m| m.styles[0].contests.clear()),
        ("a contest twice in a style", |m| m.styles[0].contests = vec![0, 0, 1]),
        ("contests of a style in another order", |m| m.styles[0].contests = vec![1, 0]),
        ("a style with a contest that does not exist", |m| m.styles[0].contests = vec![0, 3]),
        ("a contest in no style", |m| m.styles[0].contests = vec![1]),
        ("no options", |m| m.contests[0].options.clear()),
        ("choose one without a blank vote", |m| m.contests[0].blank = None),
        ("choose at least 1 without a blank vote", |m| {
            m.contests[0].method = Method::Choose { min: 1, max: 2 };
            m.contests[0].blank = None;
        }),
        ("grades without a blank vote", |m| m.contests[1].blank = None),
        ("a ranking without a blank vote", |m| {
            m.contests[0].method = Method::Rank;
            m.contests[0].blank = None;
        }),
        ("choose at most 0", |m| m.contests[0].method = Method::Choose { min: 0, max: 0 }),
        ("choose more than there are", |m| m.contests[0].method = Method::Choose { min: 0, max: 4 }),
        ("choose with min above max", |m| m.contests[0].method = Method::Choose { min: 2, max: 1 }),
        ("for and against with max_for 0", |m| {
            m.contests[0].method = Method::ForAgainstAbstain { max_for: 0 }
        }),
        ("for and against with max_for above the options", |m| {
            m.contests[0].method = Method::ForAgainstAbstain { max_for: 4 };
        }),
        ("a score of 0", |m| m.contests[2].method = Method::Score { max: 0 }),
        ("a score of 65,536", |m| m.contests[2].method = Method::Score { max: 65_536 }),
        ("0 points to spread", |m| m.contests[2].method = Method::Cumulative { points: 0 }),
        ("65,536 points to spread", |m| m.contests[2].method = Method::Cumulative { points: 65_536 }),
        ("1 grade", |m| {
            m.contests[1].method = Method::Grades { grades: 1 };
            m.contests[1].grades.truncate(1);
        }),
        ("21 grades", |m| {
            m.contests[1].method = Method::Grades { grades: 21 };
            m.contests[1].grades = (0..21).map(|grade| text(&format!("Grade {grade}"))).collect();
        }),
        ("fewer names than grades", |m| m.contests[1].grades.truncate(2)),
        ("grades of another method", |m| m.contests[0].grades = vec![text("good")]),
        ("a ranking of 32 options, which has 1,024 entries and more", |m| {
            m.contests[0] = contest(Method::Rank, 32, true);
        }),
        ("1,001 options", |m| m.contests[2] = contest(Method::Score { max: 1 }, 1001, false)),
        ("1,000 options and a blank vote", |m| m.contests[0] = contest(Method::ChooseOne, 1000, true)),
        ("a style of more than 1,000 entries", |m| {
            m.contests[0] = contest(Method::ChooseOne, 600, true);
            m.contests[1] = contest(Method::ChooseOne, 600, true);
        }),
        ("a style whose ballots are too long", |m| {
            m.contests[0] = contest(Method::Score { max: 300 }, 990, true);
            m.contests[1] = contest(Method::ChooseOne, 8, true);
            m.styles[1].contests = vec![2];
        }),
        ("0 seats", |m| m.contests[0].outcome.seats = 0),
        ("more seats than options", |m| m.contests[0].outcome.seats = 4),
        ("a quorum with the denominator 0", |m| {
            m.contests[0].outcome.quorum = Some(Fraction { numerator: 0, denominator: 0 });
        }),
        ("a quorum of more than all", |m| {
            m.contests[0].outcome.quorum = Some(Fraction { numerator: 2, denominator: 1 });
        }),
        ("9 requirements", |m| {
            m.contests[0].outcome.requirements = vec![requirement(1, 2, Base::Roll, true); 9]
        }),
        ("more than all of the valid votes", |m| {
            m.contests[0].outcome.requirements = vec![requirement(1, 1, Base::Valid, true)];
        }),
        ("a requirement with the denominator 0", |m| {
            m.contests[0].outcome.requirements = vec![requirement(0, 0, Base::Valid, false)];
        }),
        ("for and against as base of another method", |m| {
            m.contests[0].outcome.requirements = vec![requirement(1, 2, Base::ForAndAgainst, false)];
        }),
        ("two options with the same words", |m| m.contests[0].options[1] = text("Option 0")),
        ("an option with the words of the blank vote", |m| m.contests[0].options[1] = text("Blank vote")),
        ("two grades with the same words", |m| m.contests[1].grades[1] = text("Grade 0")),
        ("options that differ in spaces", |m| m.contests[0].options[1] = raw(&[("en", " Option\u{a0}  0 ")])),
        ("options that differ in what is not seen", |m| {
            m.contests[0].options[1] = raw(&[("en", "Opt\u{200b}ion \u{2060}0")])
        }),
        ("options that read alike in the first language", |m| {
            m.contests[0].options[1] = raw(&[("fr", "Option 0")])
        }),
        ("options that read alike for readers of de", |m| {
            m.contests[0].options[0] = raw(&[("de", "X"), ("en", "A")]);
            m.contests[0].options[1] = raw(&[("en", "X")]);
        }),
        ("options that read alike for readers of one region", |m| {
            m.contests[0].options[0] = raw(&[("en-GB", "A"), ("en-US", "X")]);
            m.contests[0].options[1] = raw(&[("en-US", "A"), ("zz", "X")]);
        }),
        ("options of 17 languages together", |m| {
            let tags: Vec<String> = (0..9).map(|number| format!("a{number}")).collect();
            m.contests[0].options[0] = raw(&tags.iter().map(|tag| (tag.as_str(), "A")).collect::<Vec<_>>());
            let tags: Vec<String> = (0..8).map(|number| format!("b{number}")).collect();
            m.contests[0].options[1] = raw(&tags.iter().map(|tag| (tag.as_str(), "B")).collect::<Vec<_>>());
        }),
    ]
}

fn manifest() -> Maker {
    let mut maker = Maker::new("manifest", "8", "Manifests: each bound kept to the last, and broken by one.");
    let input = |bytes: &[u8]| json!({ "manifest": hexed(bytes) });
    for (name, change) in accepted() {
        let mut manifest = ordinary();
        change(&mut manifest);
        maker.good(name, "manifest", input(&codec::encode(&manifest)));
    }
    for (name, change) in refused() {
        let mut manifest = ordinary();
        change(&mut manifest);
        maker.bad(name, "manifest", "2.3", input(&codec::encode(&manifest)));
    }
    layout(&mut maker);
    let good = codec::encode(&ordinary());
    maker.bad("nothing at all", "manifest", "2.3", input(&[]));
    maker.bad("cut short by a byte", "manifest", "2.3", input(&good[..good.len() - 1]));
    maker.bad("a byte left over", "manifest", "2.3", input(&[&good[..], &[0]].concat()));
    // the tag of the description stands behind version, board, nonce and title
    let title = codec::encode(&ordinary().title).len();
    let description = 2 + 4 + ordinary().board.len() + 16 + title;
    maker.bad("2 as the tag of the description", "manifest", "2.3", input(&flipped(&good, description, 2)));
    let version_two = flipped(&good, 1, 1);
    maker.bad("version 257", "manifest", "2.3", input(&version_two));
    maker
}

/// Layout characters of section 2, and their neighbours, where names and words stand.
fn layout(maker: &mut Maker) {
    type Place = (&'static str, fn(&mut Manifest, String));
    let places: [Place; 3] = [
        ("the board's name", |m, name| m.board = name),
        ("a trustee's name", |m, name| m.trustees[1].name = name),
        ("an option", |m, words| m.contests[0].options[0] = raw(&[("en", &words)])),
    ];
    for (place, put) in places {
        let with = |character: char| {
            let mut manifest = ordinary();
            put(&mut manifest, format!("a{character}b"));
            json!({ "manifest": hexed(codec::encode(&manifest)) })
        };
        for (name, character) in LAYOUT {
            maker.bad(format!("{name} in {place}"), "manifest", "2.3", with(character));
        }
        for (name, character) in BESIDE_LAYOUT {
            maker.good(format!("{name} in {place}"), "manifest", with(character));
        }
    }
    let mut manifest = ordinary();
    manifest.trustees[1].name = "a\u{202f}b".to_owned();
    let name = "U+202F in a trustee's name, white space and no layout character";
    maker.good(name, "manifest", json!({ "manifest": hexed(codec::encode(&manifest)) }));
}

fn claims() -> Maker {
    let mut maker =
        Maker::new("claims", "7, 9.8", "Methods to claims, and selections that obey them or do not.");
    for (name, method, options, blank) in methods() {
        let manifest = of(vec![contest(method, options, blank)]);
        maker.good(
            format!("claims of {name}"),
            "claims",
            json!({ "manifest": hexed(&manifest), "style": 0 }),
        );
    }
    let several = [
        (
            "points of 255 beside a contest of width 16",
            vec![(Method::Score { max: 255 }, 2, false), (Method::Score { max: 300 }, 1, false)],
        ),
        (
            "three contests of section 17.6",
            vec![
                (Method::Score { max: 300 }, 2, false),
                (Method::Choose { min: 1, max: 2 }, 3, true),
                (Method::Rank, 2, true),
            ],
        ),
        ("points of 65,535", vec![(Method::Score { max: 65_535 }, 1, false)]),
        (
            "points of 65,535 and a ranking",
            vec![(Method::Score { max: 65_535 }, 1, false), (Method::Rank, 2, true)],
        ),
        ("256 points to spread", vec![(Method::Cumulative { points: 256 }, 3, false)]),
    ];
    for (name, contests) in several {
        let contests =
            contests.into_iter().map(|(method, options, blank)| contest(method, options, blank)).collect();
        maker.good(
            format!("claims of {name}"),
            "claims",
            json!({ "manifest": hexed(of(contests)), "style": 0 }),
        );
    }
    let second = json!({ "manifest": hexed(codec::encode(&ordinary())), "style": 1 });
    maker.good("claims of a second style", "claims", second);
    let obeys = |method: Method, options: usize, blank: bool, selections: Value| json!({ "manifest": hexed(of(vec![contest(method, options, blank)])), "style": 0, "selections": [selections] });
    for (name, method, options, blank) in methods() {
        for (what, selections, right) in selections(&method, options, blank) {
            let (name, input) =
                (format!("{name}: {what}"), obeys(method.clone(), options, blank, selections));
            if right { maker.good(name, "obeys", input) } else { maker.against(name, "obeys", "9.8", input) }
        }
    }
    let input = obeys(Method::ChooseOne, 3, true, json!([1, 0, 0, 0]));
    maker.against("no contest", "obeys", "9.8", super::with(&input, "selections", json!([])));
    let twice = json!([[1, 0, 0, 0], [1, 0, 0, 0]]);
    maker.against("a contest too many", "obeys", "9.8", super::with(&input, "selections", twice));
    maker
}

/// Votes of a contest with what they are, and whether they obey its rules.
fn selections(method: &Method, options: usize, blank: bool) -> Vec<(&'static str, Value, bool)> {
    let cells = options * method.columns(options);
    let entries = cells + usize::from(blank);
    let vote = |pairs: &[(usize, u64)]| {
        let mut vote = vec![0_u64; entries];
        for (entry, value) in pairs {
            vote[*entry] = *value;
        }
        json!(vote)
    };
    let mut all = vec![
        ("an entry too few", json!(vec![0; entries - 1]), false),
        ("an entry too many", json!(vec![0; entries + 1]), false),
    ];
    if blank {
        all.push(("blank", vote(&[(cells, 1)]), true));
        all.push(("blank twice", vote(&[(cells, 2)]), false));
        all.push(("blank and the first cell", vote(&[(cells, 1), (0, 1)]), false));
    }
    all.push(("nothing", vote(&[]), method.allows_nothing()));
    match *method {
        Method::ChooseOne => {
            all.push(("the second", vote(&[(1, 1)]), true));
            all.push(("two", vote(&[(0, 1), (1, 1)]), false));
            all.push(("one twice", vote(&[(1, 2)]), false));
        }
        Method::Choose { max, .. } => {
            let most: Vec<(usize, u64)> = (0..usize::from(max)).map(|option| (option, 1)).collect();
            all.push(("as many as allowed", vote(&most), true));
            if usize::from(max) < options {
                let more: Vec<(usize, u64)> = (0..=usize::from(max)).map(|option| (option, 1)).collect();
                all.push(("one too many", vote(&more), false));
            }
            all.push(("one twice", vote(&[(0, 2)]), false));
        }
        Method::Score { max } => {
            all.push(("the most points", vote(&[(0, u64::from(max))]), true));
            all.push(("a point too many", vote(&[(0, u64::from(max) + 1)]), false));
            all.push(("65,535 points", vote(&[(0, 65_535)]), max == 65_535));
        }
        Method::Cumulative { points } => {
            all.push(("all points for one", vote(&[(0, u64::from(points))]), true));
            all.push(("a point each", vote(&[(0, 1), (1, 1)]), true));
            all.push(("a point too many", vote(&[(0, u64::from(points)), (1, 1)]), false));
        }
        Method::ForAgainstAbstain { max_for } => {
            all.push(("for one, abstaining from the other", vote(&[(0, 1), (5, 1)]), true));
            all.push(("for both", vote(&[(0, 1), (3, 1)]), max_for == 2));
            all.push(("for and against one", vote(&[(0, 1), (1, 1), (3, 1)]), false));
            all.push(("nothing about the second", vote(&[(0, 1)]), false));
        }
        Method::Grades { .. } => {
            all.push(("the best and the worst", vote(&[(0, 1), (5, 1)]), true));
            all.push(("two grades for one option", vote(&[(0, 1), (1, 1), (3, 1)]), false));
            all.push(("no grade for the second", vote(&[(0, 1)]), false));
        }
        Method::Rank => {
            let order: Vec<(usize, u64)> =
                (0..options).map(|option| (option * options + option, 1)).collect();
            all.push(("in the order of the list", vote(&order), true));
            let tied: Vec<(usize, u64)> = (0..options).map(|option| (option * options, 1)).collect();
            all.push(("all on the first place", vote(&tied), false));
            all.push(("the first alone", vote(&[(0, 1)]), false));
        }
    }
    all
}
