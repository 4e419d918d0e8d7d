use super::*;
use crate::fixtures::{contest, manifest, text};
use crate::manifest::TrusteeInfo;
use crate::outcome::{OutcomeRule, Requirement};
use crate::transcript::hash;

type Change = fn(&mut Manifest);
type Expected = fn(&ManifestError) -> bool;

#[test]
fn refuses_each_contradiction_by_name() {
    let cases: Vec<(&str, Change, Expected)> = vec![
        ("version", |m| m.version = 2, |e| *e == ManifestError::Version(2)),
        ("board", |m| m.board = "a board".into(), |e| *e == ManifestError::Origin),
        ("board", |m| m.board = String::new(), |e| *e == ManifestError::Name("board")),
        (
            "a trustee's name that turns the line",
            |m| m.trustees[0].name = "Ada \u{202e}".into(),
            |e| *e == ManifestError::Name("trustee"),
        ),
        ("no trustees", |m| m.trustees.clear(), |e| *e == ManifestError::Trustees),
        (
            "one trustee twice",
            |m| m.trustees[2].fingerprint = m.trustees[0].fingerprint,
            |e| *e == ManifestError::SameTrustee(1, 3),
        ),
        ("threshold 0", |m| m.threshold = 0, |e| matches!(e, ManifestError::Threshold { threshold: 0, .. })),
        ("threshold 4 of 3", |m| m.threshold = 4, |e| matches!(e, ManifestError::Threshold { .. })),
        ("closing before opening", |m| m.closes = m.opens, |e| *e == ManifestError::Times),
        ("no time to answer", |m| m.complaint_window = 0, |e| *e == ManifestError::Window),
        ("no end of waiting", |m| m.complaint_window = u64::MAX, |e| *e == ManifestError::Window),
        ("end of times", |m| m.closes = u64::MAX, |e| *e == ManifestError::Window),
        ("cosignatures", |m| m.cosignatures = 16, |e| *e == ManifestError::Cosignatures),
        (
            "no ballots",
            |m| m.recasting = Recasting::LastCounts { limit: 0 },
            |e| *e == ManifestError::Attempts,
        ),
        ("tests", |m| m.tests = MAX_ATTEMPTS + 1, |e| *e == ManifestError::Attempts),
        ("group of none", |m| m.smallest_group = 0, |e| *e == ManifestError::SmallestGroup),
        (
            "group of more than all",
            |m| {
                m.total_weight = 9;
                m.smallest_group = 10;
            },
            |e| *e == ManifestError::SmallestGroup,
        ),
        ("no weight", |m| m.total_weight = 0, |e| *e == ManifestError::TotalWeight),
        (
            "k larger than the options",
            |m| m.contests[0].method = Method::Choose { min: 0, max: 4 },
            |e| *e == ManifestError::Rules { contest: 1, error: RuleError::Limit { max: 4, options: 3 } },
        ),
        (
            "totals past the logarithm's bound",
            |m| {
                m.total_weight = 1 << 32;
                m.contests[0].method = Method::Score { max: 300 };
            },
            |e| *e == ManifestError::Total { contest: 1, total: 300 << 32 },
        ),
        (
            "grades without names",
            |m| m.contests[0].method = Method::Grades { grades: 3 },
            |e| *e == ManifestError::GradeNames(1),
        ),
        (
            "two options alike",
            |m| m.contests[0].options[2] = text("Option 0"),
            |e| matches!(e, ManifestError::SameWords { contest: 1, .. }),
        ),
        (
            "two options alike in a language that only one of them has",
            |m| m.contests[0].options[2] = Text::new(vec![("fr".into(), "Option 0".into())]).unwrap(),
            |e| matches!(e, ManifestError::SameWords { contest: 1, .. }),
        ),
        (
            "two options that differ unseen",
            |m| m.contests[0].options[2] = text("Option\u{200b}  0 "),
            |e| matches!(e, ManifestError::SameWords { contest: 1, .. }),
        ),
        (
            "options in more languages than a reader could choose from",
            |m| {
                for (option, first) in m.contests[0].options.iter_mut().zip([0, 6, 12]) {
                    let version = |tag| (format!("x{tag:02}"), format!("{tag}"));
                    *option = Text::new((first..first + 6).map(version).collect()).unwrap();
                }
            },
            |e| *e == ManifestError::Text { place: "options", error: TextError::TooManyLanguages },
        ),
        ("more seats than options", |m| m.contests[0].outcome.seats = 4, |e| *e == ManifestError::Outcome(1)),
        (
            "more than all",
            |m| {
                let fraction = Fraction { numerator: 1, denominator: 1 };
                m.contests[0].outcome.requirements =
                    vec![Requirement { fraction, of: Base::Valid, more_than: true }];
            },
            |e| *e == ManifestError::Outcome(1),
        ),
        ("no contests", |m| m.contests.clear(), |e| *e == ManifestError::Contests),
        ("empty style", |m| m.styles[0].contests.clear(), |e| *e == ManifestError::Style(1)),
        (
            "style of a contest that is not there",
            |m| m.styles[0].contests.push(7),
            |e| *e == ManifestError::Style(1),
        ),
        ("style out of order", |m| m.styles[0].contests = vec![1, 0], |e| *e == ManifestError::Style(1)),
        ("contest in no style", |m| m.styles[0].contests = vec![0], |e| *e == ManifestError::Unused(2)),
        (
            "a ballot that would not fit an entry",
            |m| {
                m.contests = (0..30).map(|_| contest(Method::Rank, 6, true)).collect();
                m.styles[0].contests = (0..30).collect();
            },
            |e| matches!(e, ManifestError::BallotSize { style: 1, bits: 8_880, .. }),
        ),
    ];
    let good = || {
        let contests =
            vec![contest(Method::Choose { min: 0, max: 2 }, 3, true), contest(Method::ChooseOne, 2, true)];
        manifest(contests, &[&[0, 1]])
    };
    assert!(good().check().is_ok());
    for (name, change, expected) in cases {
        let mut manifest = good();
        change(&mut manifest);
        let error = manifest.check().map(|_| ()).unwrap_err();
        assert!(expected(&error), "{name}: {error:?}");
    }
}

/// A contest with this outcome rule changed.
fn ruled(manifest: &mut Manifest, change: impl Fn(&mut OutcomeRule)) {
    change(&mut manifest.contests[0].outcome);
}

fn require(rule: &mut OutcomeRule, (numerator, denominator): (u32, u32), of: Base, more_than: bool) {
    let fraction = Fraction { numerator, denominator };
    rule.requirements = vec![Requirement { fraction, of, more_than }];
}

#[test]
fn each_bound_is_taken_at_its_last_value_and_refused_past_it() {
    const QUORUM: fn(&mut Manifest, u32, u32) = |m, numerator, denominator| {
        ruled(m, |rule| rule.quorum = Some(Fraction { numerator, denominator }));
    };
    let last = |e: &ManifestError| *e == ManifestError::Outcome(1);
    let cases: [(&str, Change, Change, Expected); 21] = [
        ("seats", |m| ruled(m, |r| r.seats = 3), |m| ruled(m, |r| r.seats = 4), last),
        ("no seat", |m| ruled(m, |r| r.seats = 1), |m| ruled(m, |r| r.seats = 0), last),
        ("a quorum of more than all", |m| QUORUM(m, 3, 3), |m| QUORUM(m, 4, 3), last),
        ("a quorum of a part of nothing", |m| QUORUM(m, 0, 1), |m| QUORUM(m, 0, 0), last),
        (
            "at least more than all",
            |m| ruled(m, |r| require(r, (2, 2), Base::Valid, false)),
            |m| ruled(m, |r| require(r, (3, 2), Base::Valid, false)),
            last,
        ),
        (
            "at least a part of nothing",
            |m| ruled(m, |r| require(r, (0, 1), Base::Valid, false)),
            |m| ruled(m, |r| require(r, (0, 0), Base::Valid, false)),
            last,
        ),
        (
            "votes against where nobody votes against",
            |m| {
                m.contests[0].method = Method::ForAgainstAbstain { max_for: 1 };
                ruled(m, |r| require(r, (1, 2), Base::ForAndAgainst, true));
            },
            |m| ruled(m, |r| require(r, (1, 2), Base::ForAndAgainst, true)),
            last,
        ),
        (
            "requirements",
            |m| {
                ruled(m, |r| {
                    require(r, (1, 2), Base::Valid, true);
                    r.requirements = r.requirements.repeat(MAX_REQUIREMENTS);
                })
            },
            |m| {
                ruled(m, |r| {
                    require(r, (1, 2), Base::Valid, true);
                    r.requirements = r.requirements.repeat(MAX_REQUIREMENTS + 1);
                })
            },
            last,
        ),
        ("closing", |m| m.closes = m.opens + 1, |m| m.closes = m.opens, |e| *e == ManifestError::Times),
        ("the end", |m| m.closes = MAX_TIME, |m| m.closes = MAX_TIME + 1, |e| *e == ManifestError::Window),
        (
            "time to answer",
            |m| m.complaint_window = 7_776_000_000,
            |m| m.complaint_window = 7_776_000_001,
            |e| *e == ManifestError::Window,
        ),
        (
            "no time to answer",
            |m| m.complaint_window = 60_000,
            |m| m.complaint_window = 59_999,
            |e| *e == ManifestError::Window,
        ),
        (
            "cosignatures",
            |m| m.cosignatures = MAX_COSIGNATURES,
            |m| m.cosignatures = MAX_COSIGNATURES + 1,
            |e| *e == ManifestError::Cosignatures,
        ),
        (
            "ballots of a voter",
            |m| m.recasting = Recasting::LastCounts { limit: MAX_ATTEMPTS },
            |m| m.recasting = Recasting::LastCounts { limit: MAX_ATTEMPTS + 1 },
            |e| *e == ManifestError::Attempts,
        ),
        (
            "tests",
            |m| m.tests = MAX_ATTEMPTS,
            |m| m.tests = MAX_ATTEMPTS + 1,
            |e| *e == ManifestError::Attempts,
        ),
        (
            "weight",
            |m| m.total_weight = MAX_TOTAL,
            |m| m.total_weight = MAX_TOTAL + 1,
            |e| *e == ManifestError::TotalWeight,
        ),
        (
            "totals",
            |m| {
                m.contests[0].method = Method::Score { max: 4 };
                m.total_weight = MAX_TOTAL / 4;
            },
            |m| {
                m.contests[0].method = Method::Score { max: 4 };
                m.total_weight = MAX_TOTAL / 4 + 1;
            },
            |e| matches!(e, ManifestError::Total { contest: 1, .. }),
        ),
        (
            "a group of all",
            |m| (m.total_weight, m.smallest_group) = (9, 9),
            |m| (m.total_weight, m.smallest_group) = (9, 10),
            |e| *e == ManifestError::SmallestGroup,
        ),
        (
            "threshold",
            |m| m.threshold = 3,
            |m| m.threshold = 4,
            |e| *e == ManifestError::Threshold { threshold: 4, trustees: 3 },
        ),
        (
            "a trustee's name",
            |m| m.trustees[0].name = "n".repeat(MAX_NAME_LENGTH),
            |m| m.trustees[0].name = "n".repeat(MAX_NAME_LENGTH + 1),
            |e| *e == ManifestError::Name("trustee"),
        ),
        (
            "a trustee's name on one line",
            |m| m.trustees[0].name = "one".into(),
            |m| m.trustees[0].name = "one\ntwo".into(),
            |e| *e == ManifestError::Name("trustee"),
        ),
    ];
    for (name, fits, past, expected) in cases {
        let changed = |change: Change| {
            let mut manifest = manifest(vec![contest(Method::ChooseOne, 3, true)], &[&[0]]);
            change(&mut manifest);
            manifest.check().map(|_| ())
        };
        assert_eq!(changed(fits), Ok(()), "{name}");
        let error = changed(past).unwrap_err();
        assert!(expected(&error), "{name}: {error:?}");
    }
}

#[test]
fn the_boards_name_has_neither_spaces_nor_a_plus_sign() {
    for name in ["a board", "a+board", "board\u{a0}test"] {
        let mut manifest = manifest(vec![contest(Method::ChooseOne, 2, true)], &[&[0]]);
        manifest.board = name.to_owned();
        assert_eq!(manifest.check().err(), Some(ManifestError::Origin), "{name}");
    }
}

/// Decoding does not look at texts.
#[test]
fn a_text_that_breaks_the_rules_is_refused_wherever_it_stands() {
    let bytes = crate::codec::encode(&vec![("en".to_owned(), String::new())]);
    let empty: Text = crate::codec::decode(&bytes).unwrap();
    let good = || {
        let contests =
            vec![contest(Method::ChooseOne, 2, true), contest(Method::Grades { grades: 2 }, 2, true)];
        manifest(contests, &[&[0, 1]])
    };
    assert!(good().check().is_ok());
    type Put = fn(&mut Manifest, Text);
    let places: [(&str, Put); 8] = [
        ("title", |m, text| m.title = text),
        ("description", |m, text| m.description = Some(text)),
        ("contest title", |m, text| m.contests[0].title = text),
        ("contest description", |m, text| m.contests[0].description = Some(text)),
        ("blank vote", |m, text| m.contests[0].blank = Some(text)),
        ("option", |m, text| m.contests[0].options[1] = text),
        ("grade", |m, text| m.contests[1].grades[1] = text),
        ("ballot style", |m, text| m.styles[0].name = text),
    ];
    for (place, put) in places {
        let mut changed = good();
        put(&mut changed, empty.clone());
        let refused = ManifestError::Text { place, error: TextError::Content };
        assert_eq!(changed.clone().check().err(), Some(refused.clone()));
        assert_eq!(CheckedManifest::decode(&changed.encode()).err(), Some(refused), "{place}");
    }
}

#[test]
fn a_style_has_each_contest_once() {
    let manifest = |contests: &[u16]| {
        manifest(vec![contest(Method::ChooseOne, 2, true)], &[contests]).check().map(|_| ())
    };
    assert_eq!(manifest(&[0]), Ok(()));
    assert_eq!(manifest(&[0, 0]), Err(ManifestError::Style(1)), "a vote would count twice");
}

/// 248 contests with nine range claims each, and two score entries: 4,096 claims after padding.
#[test]
fn a_ballot_proves_so_many_bits_and_no_more() {
    let scored = |max| {
        let mut contests = vec![contest(Method::Choose { min: 1, max: 2 }, 3, true); 248];
        contests.push(contest(Method::Score { max }, 2, false));
        manifest(contests, &[&(0..249).collect::<Vec<u16>>()]).check()
    };
    assert_eq!(scored(200).map(|_| ()), Ok(()), "eight bits each");
    let error = scored(300).map(|_| ()).unwrap_err();
    assert!(matches!(error, ManifestError::BallotSize { bits, .. } if bits == 2 * MAX_CLAIM_BITS), "{error}");
}

/// 249 contests of four entries, and one more; equality claims make a ballot 64 bytes longer.
#[test]
fn a_ballot_of_a_thousand_ciphertexts_and_that_many_claims_does_not_fit_an_entry() {
    let filled = |last: Contest| {
        let mut contests = vec![contest(Method::Choose { min: 1, max: 2 }, 3, true); 249];
        contests.push(last);
        manifest(contests, &[&(0..250).collect::<Vec<u16>>()]).check().map(|_| ())
    };
    let one = |options| contest(Method::ChooseOne, options, true);
    assert_eq!(filled(contest(Method::Score { max: 200 }, 4, false)), Ok(()));
    assert_eq!(filled(one(2)), Ok(()));
    let length = ballot::encoded_length(1_000, 4_096, 8, true);
    assert!(length > ballot::MAX_BALLOT_LENGTH);
    let refused = ManifestError::BallotSize { style: 1, length, bits: MAX_CLAIM_BITS };
    assert_eq!(filled(one(3)), Err(refused));
}

#[test]
fn contests_and_styles_have_so_many_entries_together_and_no_more() {
    let of = |styles: usize| {
        let widest = contest(Method::Choose { min: 0, max: 1 }, MAX_OPTIONS, false);
        manifest(vec![widest], &vec![[0u16].as_slice(); styles]).check().map(|_| ())
    };
    assert_eq!(of(MAX_TOTAL_ENTRIES / MAX_OPTIONS - 1), Ok(()));
    assert_eq!(of(MAX_TOTAL_ENTRIES / MAX_OPTIONS), Err(ManifestError::Entries));
}

/// 250 contests with 1,000 entries fit by this count, and one entry more does not.
#[test]
fn a_style_has_so_many_entries_and_no_more() {
    let of = |last: usize| {
        let mut contests = vec![contest(Method::Choose { min: 1, max: 2 }, 3, true); 249];
        contests.push(contest(Method::Score { max: 200 }, last, false));
        manifest(contests, &[&(0..250).collect::<Vec<u16>>()]).check().map(|_| ())
    };
    assert_eq!(of(4), Ok(()));
    let length = ballot::encoded_length(1_001, 1, 8, true);
    assert_eq!(of(5), Err(ManifestError::BallotSize { style: 1, length, bits: 8 * 1_001 }));
    // a contest by itself, the blank vote being an entry
    let one = |options, blank| {
        let widest = contest(Method::Choose { min: 0, max: 1 }, options, blank);
        manifest(vec![widest], &[&[0]]).check().map(|_| ())
    };
    let refused = |error| Err(ManifestError::Rules { contest: 1, error });
    assert_eq!((one(MAX_OPTIONS, false), one(MAX_OPTIONS - 1, true)), (Ok(()), Ok(())));
    assert_eq!(one(MAX_OPTIONS, true), refused(RuleError::Entries(MAX_ENTRIES + 1)));
    assert_eq!(one(MAX_OPTIONS + 1, false), refused(RuleError::Options));
}

#[test]
fn contests_styles_and_trustees_are_as_many_as_may_be_and_no_more() {
    let of = |contests: usize, styles: usize| {
        let smallest = contest(Method::Choose { min: 0, max: 1 }, 1, false);
        let all: Vec<u16> = (0..).take(contests).collect();
        manifest(vec![smallest; contests], &vec![all.as_slice(); styles]).check().map(|_| ())
    };
    assert_eq!((of(MAX_CONTESTS, 1), of(1, MAX_STYLES)), (Ok(()), Ok(())));
    for (contests, styles) in [(MAX_CONTESTS + 1, 1), (1, MAX_STYLES + 1), (0, 1), (1, 0)] {
        assert_eq!(of(contests, styles), Err(ManifestError::Contests), "{contests} and {styles}");
    }
    let of = |trustees: usize, threshold: u8| {
        let mut manifest = manifest(vec![contest(Method::ChooseOne, 2, true)], &[&[0]]);
        let one = |number: usize| TrusteeInfo {
            name: format!("Trustee {number}"),
            fingerprint: hash("test trustee", &[&number.to_le_bytes()]),
        };
        (manifest.trustees, manifest.threshold) = ((0..trustees).map(one).collect(), threshold);
        manifest.check().map(|_| ())
    };
    assert_eq!((of(1, 1), of(MAX_TRUSTEES, 64), of(MAX_TRUSTEES, 1)), (Ok(()), Ok(()), Ok(())));
    for trustees in [0, MAX_TRUSTEES + 1] {
        assert_eq!(of(trustees, 1), Err(ManifestError::Trustees), "{trustees}");
    }
    let refused = Err(ManifestError::Threshold { threshold: 65, trustees: MAX_TRUSTEES });
    assert_eq!(of(MAX_TRUSTEES, 65), refused);
}

/// Each text in languages of its own: a reader can ask for any of them.
#[test]
fn options_have_so_many_languages_together_and_so_have_grades_by_themselves() {
    let text = |name: &str, numbers: std::ops::Range<usize>| {
        let version = |number: usize| (format!("x{number:02}"), format!("{name} {number}"));
        Text::new(numbers.map(version).collect()).unwrap()
    };
    let check = |blank: Text, grades: [Text; 2]| {
        let mut graded = contest(Method::Grades { grades: 2 }, 2, true);
        graded.options = vec![text("one", 0..7), text("two", 7..14)];
        (graded.blank, graded.grades) = (Some(blank), grades.to_vec());
        manifest(vec![graded], &[&[0]]).check().map(|_| ())
    };
    let few = || [text("good", 40..41), text("bad", 41..42)];
    assert_eq!(check(text("none", 14..16), few()), Ok(()), "{MAX_LANGUAGES}, and two others of grades");
    let refused = |place| Err(ManifestError::Text { place, error: TextError::TooManyLanguages });
    for end in [17, 18] {
        assert_eq!(check(text("none", 14..end), few()), refused("options"), "{end}");
    }
    assert_eq!(check(text("none", 13..16), few()), Ok(()), "one of them twice");
    let capitals = ["X13", "X14", "X15"].map(|tag| (tag.to_owned(), format!("none {tag}")));
    assert_eq!(check(Text::new(capitals.to_vec()).unwrap(), few()), Ok(()), "a tag in capitals is the same");
    let grades = |end| check(text("none", 14..16), [text("good", 20..28), text("bad", 28..end)]);
    assert_eq!((grades(36), grades(37)), (Ok(()), refused("grades")));
}

#[test]
fn a_manifest_is_read_up_to_its_longest_and_not_past_it() {
    let described = |mut more: usize| {
        let version = |language| {
            let length = more.min(3_999);
            more -= length;
            (format!("x{language:02}"), "a".repeat(1 + length))
        };
        Some(Text::new((0..16).map(version).collect()).unwrap())
    };
    let of = |length: usize| {
        let mut contests = vec![contest(Method::ChooseOne, 2, true); 17];
        contests[..15].iter_mut().for_each(|contest| contest.description = described(usize::MAX));
        contests[15..].iter_mut().for_each(|contest| contest.description = described(0));
        let mut manifest = manifest(contests, &[&(0..17).collect::<Vec<u16>>()]);
        let more = length - manifest.encode().len();
        manifest.contests[16].description = described(more);
        assert_eq!(manifest.encode().len(), length);
        manifest
    };
    let longest = of(MAX_MANIFEST_LENGTH);
    let id = longest.clone().check().unwrap().id();
    assert_eq!(CheckedManifest::decode(&longest.encode()).map(|checked| checked.id()), Ok(id));
    for length in [MAX_MANIFEST_LENGTH + 1, MAX_MANIFEST_LENGTH + 2] {
        let error = CodecError::TooLong { length, bound: MAX_MANIFEST_LENGTH };
        let refused = Some(ManifestError::Encoding(error));
        assert_eq!(of(length).check().err(), refused);
        assert_eq!(CheckedManifest::decode(&of(length).encode()).err(), refused);
    }
}

#[test]
fn a_manifest_that_is_too_long_to_be_read_is_not_made() {
    let words = (0..16).map(|language| (format!("x{language}"), "a".repeat(3_800))).collect();
    let mut long = contest(Method::ChooseOne, 2, true);
    long.description = Some(Text::new(words).unwrap());
    let of =
        |contests: u16| manifest(vec![long.clone(); contests.into()], &[&(0..contests).collect::<Vec<_>>()]);
    assert!(of(15).encode().len() <= MAX_MANIFEST_LENGTH && of(15).check().is_ok());
    let length = of(17).encode().len();
    let error = CodecError::TooLong { length, bound: MAX_MANIFEST_LENGTH };
    assert_eq!(of(17).check().err(), Some(ManifestError::Encoding(error)));
}

/// A ranking of 1,000 options has a million entries: refused by arithmetic, before anything is built.
#[test]
fn a_manifest_that_asks_for_too_much_is_refused_before_it_costs_anything() {
    let mut huge = contest(Method::ChooseOne, MAX_OPTIONS, false);
    huge.method = Method::Rank;
    let manifest = manifest(vec![huge; 60], &[&(0..60).collect::<Vec<u16>>()]);
    let error = manifest.check().map(|_| ()).unwrap_err();
    assert!(matches!(error, ManifestError::Rules { contest: 1, error: RuleError::Entries(1_000_000) }));
    let one = contest(Method::Choose { min: 0, max: 990 }, 990, false);
    let styles: Vec<&[u16]> = vec![&[0]; 1_000];
    assert_eq!(crate::fixtures::manifest(vec![one], &styles).check().err(), Some(ManifestError::Entries));
}

#[test]
fn an_election_is_named_by_the_hash_of_its_manifest() {
    let manifest = manifest(vec![contest(Method::ChooseOne, 2, true)], &[&[0]]);
    let bytes = manifest.encode();
    let checked = CheckedManifest::decode(&bytes).unwrap();
    assert_eq!(checked.id().0, hash("manifest", &[&bytes]));
    let mut other = manifest.clone();
    other.nonce[0] ^= 1;
    assert_ne!(other.check().unwrap().id(), checked.id());
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(matches!(CheckedManifest::decode(&longer), Err(ManifestError::Encoding(_))));
}
