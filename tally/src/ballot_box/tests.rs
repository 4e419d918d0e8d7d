//! Words become entries and words again; a tested ballot is examined and a dishonest one is caught.

use std::sync::Arc;

use tabella_board_core::entry::{Anchor, BoardEntry, election_origin};
use tabella_crypto::checkpoint::{Checkpoint, sign_checkpoint};
use tabella_crypto::fixtures::{checked, contest, context, credential, manifest, rng, text};
use tabella_crypto::manifest::Contest;
use tabella_crypto::merkle::leaf_hash;
use tabella_crypto::rules::{Choice, Method};
use tabella_crypto::signature::SigningKey;
use tabella_crypto::text::Text;

use super::*;

fn people(method: Method, blank: bool) -> Contest {
    let grades = if let Method::Grades { .. } = method { vec!["Good", "Fair", "Poor"] } else { Vec::new() };
    Contest {
        title: text("Chair"),
        options: ["Alice", "Bob", "Carol"].into_iter().map(text).collect(),
        grades: grades.into_iter().map(text).collect(),
        ..contest(method, 3, blank)
    }
}

fn read(contest: Contest, words: &str) -> Result<Vec<u64>, String> {
    let selections = Selections::read(&checked(vec![contest]), 0, words);
    selections.map(|selections| selections.entries()[0].clone()).map_err(|error| error.to_string())
}

#[test]
fn words_become_entries_for_every_method() {
    let choose = Method::Choose { min: 0, max: 2 };
    let (score, cumulative) = (Method::Score { max: 10 }, Method::Cumulative { points: 5 });
    let (grid, grades) = (Method::ForAgainstAbstain { max_for: 1 }, Method::Grades { grades: 3 });
    let cases: [(&Method, &str, Vec<u64>); 15] = [
        (&Method::ChooseOne, "Bob", vec![0, 1, 0, 0]),
        (&Method::ChooseOne, " 1 = bob ", vec![0, 1, 0, 0]),
        (&Method::ChooseOne, "chair=#2", vec![0, 1, 0, 0]),
        (&Method::ChooseOne, "blank", vec![0, 0, 0, 1]),
        (&choose, "3, Alice", vec![1, 0, 1, 0]),
        (&choose, "none", vec![0, 0, 0, 0]),
        (&choose, "Blank", vec![0, 0, 0, 1]),
        (&score, "Alice:10, 3: 2", vec![10, 0, 2, 0]),
        (&score, "none", vec![0, 0, 0, 0]),
        (&cumulative, "1:2,2:3", vec![2, 3, 0, 0]),
        (&grid, "Alice:for, Carol:AGAINST", vec![1, 0, 0, 0, 0, 1, 0, 1, 0, 0]),
        (&grid, "none", vec![0, 0, 1, 0, 0, 1, 0, 0, 1, 0]),
        (&grades, "Alice:good, Bob:2, \"Carol\":\"Poor\"", vec![1, 0, 0, 0, 1, 0, 0, 0, 1, 0]),
        (&grades, "blank", vec![0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        (&Method::Rank, "Carol > 1 > Bob", vec![0, 1, 0, 0, 0, 1, 1, 0, 0, 0]),
    ];
    for (method, words, entries) in cases {
        assert_eq!(read(people(method.clone(), true), words), Ok(entries), "{method:?} {words}");
    }
}

#[test]
fn entries_become_words_that_mean_the_same_entries() {
    // names that are numbers, keywords, quotes and punctuation, and two alike
    let names = ["2", "1", "blank", "None", "a, b: c; d=e > f", "say \"no\"", "#3", "Alike", "alike", " x "];
    let methods = [
        (Method::ChooseOne, Choice::Options(vec![8])),
        (Method::Choose { min: 0, max: 10 }, Choice::Options((0..10).collect())),
        (Method::Choose { min: 0, max: 10 }, Choice::Options(vec![2])),
        (Method::Choose { min: 0, max: 10 }, Choice::Options(vec![])),
        (Method::Score { max: 9 }, Choice::Points((0..10).collect())),
        (Method::Cumulative { points: 50 }, Choice::Points((0..10).collect())),
        (Method::ForAgainstAbstain { max_for: 10 }, Choice::Columns((0..10).map(|i| i % 3).collect())),
        (Method::Grades { grades: 10 }, Choice::Columns((0..10).rev().collect())),
        (Method::Rank, Choice::Ranking((0..10).rev().collect())),
        (Method::Rank, Choice::Blank),
        (Method::Rank, Choice::Ranking((0..10).collect())),
    ];
    for (method, choice) in methods {
        let texts: Vec<Text> = names.into_iter().map(text).collect();
        let grades = if let Method::Grades { .. } = method { texts.clone() } else { Vec::new() };
        let contest = Contest { options: texts, grades, ..contest(method, 10, true) };
        let words = describe_choice(&contest, &choice, "en");
        assert_eq!(read_choice(&contest, &words), Ok(choice.clone()), "{words}");
        let entries = contest.method.entries(10, true, &choice).unwrap();
        assert_eq!(read(contest, &format!("1={words}")), Ok(entries), "{words}");
    }
}

#[test]
fn a_wrong_choice_is_answered_with_the_contest_and_its_options() {
    let choose = Method::Choose { min: 1, max: 2 };
    let grid = Method::ForAgainstAbstain { max_for: 1 };
    let grades = Method::Grades { grades: 3 };
    let score = Method::Score { max: 10 };
    let cases: [(&Method, &str, &str); 17] = [
        (&Method::ChooseOne, "Dave", "there is no option \"Dave\""),
        (&Method::ChooseOne, "4", "there is no option \"4\""),
        (&Method::ChooseOne, "none", "there is no option"),
        (&Method::ChooseOne, "", "there is no choice for it"),
        (&Method::ChooseOne, "Alice, Bob", "exactly one"),
        (&Method::ChooseOne, "Alice, 1", "option \"1\" is there twice"),
        (&Method::ChooseOne, "\"Alice", "not closed"),
        (&choose, "1, 2, 3", "too many chosen"),
        (&choose, "none", "too few"),
        (&score, "Alice", "not written as option:points"),
        (&score, "Alice:many", "\"many\" is not a whole number"),
        (&score, "Alice:11", "give each option 0 to 10 points"),
        (&grid, "Alice:maybe", "\"maybe\" is none of: for, against, abstain"),
        (&grid, "Alice:for, Bob:for", "for at most 1"),
        (&grades, "Alice:Good", "these options have none yet: Bob, Carol"),
        (&grades, "1:Bad, 2:1, 3:1", "\"Bad\" is none of: Good, Fair, Poor"),
        (&Method::Rank, "2 > 1", "these options have none yet: Carol"),
    ];
    for (method, words, part) in cases {
        let sentence = read(people(method.clone(), true), words).unwrap_err();
        assert!(sentence.contains(part), "{part:?} is missing in: {sentence}");
        if !sentence.contains("not closed") {
            assert!(sentence.contains("contest 1 (Chair)"), "{sentence}");
            assert!(sentence.contains("1 Alice, 2 Bob, 3 Carol"), "{sentence}");
        }
    }
}

#[test]
fn a_ballot_has_one_choice_for_each_contest_of_its_style() {
    let contests = vec![people(Method::ChooseOne, true), people(Method::Score { max: 3 }, false), {
        Contest { title: text("Hall"), ..people(Method::Rank, true) }
    }];
    let manifest = manifest(contests, &[&[0, 1, 2], &[0, 2]]).check().unwrap();
    let read = |style, words| Selections::read(&manifest, style, words).map_err(|error| error.to_string());
    let whole = read(0, "2=Bob:3; 1=Alice; Hall=1>2>3;").unwrap();
    assert_eq!(whole.entries()[1], [0, 3, 0]);
    let other = read(1, "3=blank; 1=2").unwrap();
    assert_eq!((whole.style(), other.style(), other.entries().len()), (0, 1, 2));
    let words: Vec<_> =
        whole.describe(&manifest, "en").unwrap().into_iter().map(|w| (w.number, w.choice)).collect();
    let expected = [(1, "Alice"), (2, "Bob: 3"), (3, "Alice > Bob > Carol")];
    assert_eq!(words, expected.map(|(number, choice)| (number, choice.to_owned())));
    for (style, words, part) in [
        (0, "1=Alice; 3=blank", "contest 2 (Chair): there is no choice"),
        (
            1,
            "1=Alice; 2=none; 3=blank",
            "no contest \"2\" on this ballot; the contests of this ballot are: 1 Chair, 3 Hall",
        ),
        (0, "Chair=Alice", "could mean several things"),
        (1, "1=Alice; 1=Bob; 3=blank", "contest 1 (Chair): there are two choices"),
        (1, "Alice", "contest=choice"),
        (2, "1=Alice", "no such ballot style"),
    ] {
        let sentence = read(style, words).unwrap_err();
        assert!(sentence.contains(part), "{part:?} is missing in: {sentence}");
    }
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    let named = |names: [&str; 3]| Contest {
        options: names.into_iter().map(text).collect(),
        ..contest(Method::Choose { min: 0, max: 3 }, 3, true)
    };
    let numbers = named(["2", "1", "Blank"]);
    for words in ["1", "2", "blank"] {
        assert!(matches!(read_choice(&numbers, words), Err(ChoiceProblem::Ambiguous(_))), "{words}");
    }
    assert_eq!(read_choice(&numbers, "#blank"), Ok(Choice::Blank));
    assert_eq!(read_choice(&numbers, "#1"), Ok(Choice::Options(vec![0])));
    assert_eq!(read_choice(&numbers, "\"1\", \"blank\""), Ok(Choice::Options(vec![1, 2])));
    let twins = named(["Kim", "kim", "Lee"]);
    assert!(matches!(read_choice(&twins, "Kim"), Err(ChoiceProblem::Ambiguous(_))));
    assert_eq!(read_choice(&twins, "1"), Ok(Choice::Options(vec![0])));
}

struct Tested {
    context: BallotContext,
    bytes: Vec<u8>,
    test: TestOpening,
}

fn tested() -> Tested {
    let context = context(checked(vec![people(Method::ChooseOne, true), people(Method::Rank, true)]));
    let secret = credential(&context, 1);
    let selections = Selections::read(context.manifest(), 0, "1=Bob; 2=2>3>1").unwrap();
    let sealed = seal(&context, &secret, None, selections, &mut rng(2)).unwrap();
    let code = sealed.tracking_code();
    let (submitted, test) = sealed.challenge(&secret, &mut rng(3));
    assert_eq!(test.code, code);
    Tested { bytes: Entry::Challenge(submitted).encode(), context, test }
}

#[test]
fn a_tested_ballot_shows_the_choices_in_words_on_another_device() {
    let Tested { context, bytes, test } = tested();
    let json = serde_json::to_string(&test).unwrap();
    let test: TestOpening = serde_json::from_str(&json).unwrap();
    let selections = examine(&context, &bytes, &test, &mut rng(4)).unwrap();
    let words = selections.describe(context.manifest(), "en").unwrap();
    let choices: Vec<&str> = words.iter().map(|words| words.choice.as_str()).collect();
    assert_eq!(choices, ["Bob", "Bob > Carol > Alice"]);
}

#[test]
fn a_device_that_encrypts_something_else_is_caught() {
    let Tested { context, bytes, test } = tested();
    let examine = |bytes: &[u8], test: &TestOpening| examine(&context, bytes, test, &mut rng(4)).map(|_| ());
    let mut lie = test.clone();
    lie.opening.selections[0] = vec![1, 0, 0, 0];
    assert_eq!(examine(&bytes, &lie), Err(OpeningError::Mismatch.into()));
    let mut impossible = test.clone();
    impossible.opening.selections[0] = vec![1, 1, 0, 0];
    assert!(matches!(examine(&bytes, &impossible), Err(ExamineError::Opening(OpeningError::Rules(_)))));
    let mut seed = test.clone();
    seed.opening.seed[0] ^= 1;
    assert_eq!(examine(&bytes, &seed), Err(OpeningError::Mismatch.into()));
    let mut code = test.clone();
    code.code.0.0[0] ^= 1;
    assert_eq!(examine(&bytes, &code), Err(ExamineError::Code { found: test.code }));
    let mut election = test.clone();
    election.election.0.0[0] ^= 1;
    assert!(matches!(examine(&bytes, &election), Err(ExamineError::Election { .. })));
}

#[test]
fn bytes_that_are_no_tested_ballot_are_refused_by_another_device() {
    let Tested { context, bytes, test } = tested();
    let examine = |bytes: &[u8]| examine(&context, bytes, &test, &mut rng(4)).map(|_| ());
    assert!(matches!(examine(&bytes[1..]), Err(ExamineError::Encoding(_))));
    let Entry::Challenge(mut submitted) = Entry::decode(&bytes).unwrap() else { panic!("a challenge") };
    assert_eq!(examine(&Entry::Cast(submitted.clone()).encode()), Err(ExamineError::NotATest));
    submitted.ballot.counter = 1;
    assert_eq!(examine(&Entry::Challenge(submitted).encode()), Err(BallotError::Signature.into()));
}

#[test]
fn an_opening_is_published_by_the_voter_who_tested_the_ballot_and_fits_it() {
    let Tested { context, bytes, test } = tested();
    let publish = |test: &TestOpening, voter| {
        publish(&context, (7, &bytes), test, &credential(&context, voter), &mut rng(4))
    };
    let published = publish(&test, 1).unwrap();
    assert_eq!((published.challenge, &published.opening), (7, &test.opening));
    let verifies = |index| {
        let voter = credential(&context, 1).public();
        CredentialStatement::publication(test.election, voter, index, &test.opening)
            .verify(&published.signature)
            .is_ok()
    };
    assert!(verifies(7) && !verifies(8), "of this entry alone");
    assert_eq!(publish(&test, 2), Err(PublishError::NotOwn));
    let mut lie = test.clone();
    lie.opening.selections[0] = vec![1, 0, 0, 0];
    assert_eq!(publish(&lie, 1), Err(PublishError::Examine(OpeningError::Mismatch.into())));
}

#[test]
fn a_cast_ballot_is_a_valid_one_and_a_recast_continues_it() {
    let context = context(checked(vec![people(Method::ChooseOne, true)]));
    let secret = credential(&context, 1);
    let cast = |previous| {
        let selections = Selections::read(context.manifest(), 0, "Bob").unwrap();
        let sealed = seal(&context, &secret, previous, selections, &mut rng(2)).unwrap();
        let submitted = sealed.cast(&secret, &mut rng(3));
        let authentic = submitted.authenticate(context.manifest().id(), Disposition::Cast).unwrap();
        context.verify(&authentic, &mut rng(4)).unwrap()
    };
    let first = cast(None);
    let second = cast(Some((0, first.code())));
    assert_eq!((second.counter(), second.previous()), (1, Some(first.code())));
}

#[test]
fn selections_are_not_printed() {
    let manifest: Arc<CheckedManifest> = checked(vec![people(Method::ChooseOne, true)]);
    let selections = Selections::read(&manifest, 0, "Bob").unwrap();
    assert_eq!(format!("{selections:?}"), "Selections { style: 0, .. }");
}

/// A voter's receipt from a board whose logs have one entry each.
fn receipt(context: &BallotContext) -> (VoterReceipt, NoteKey) {
    let election = context.manifest().id();
    let secret = credential(context, 1);
    let selections = Selections::read(context.manifest(), 0, "Bob").unwrap();
    let sealed = seal(context, &secret, None, selections, &mut rng(2)).unwrap();
    let code = sealed.tracking_code();
    let entry = Entry::Cast(sealed.cast(&secret, &mut rng(3))).encode();
    let operator = SigningKey::from_seed([8; 32]);
    let sign = |origin: &str, root| {
        sign_checkpoint(&Checkpoint::new(origin, 1, root).unwrap(), &operator).unwrap().encode()
    };
    let board = "board.test/tabella";
    let root = leaf_hash(&entry);
    let anchor = BoardEntry::Anchor(Anchor { election, size: 1, root }).encode();
    let receipt = Receipt {
        election,
        index: 0,
        path: Vec::new(),
        checkpoint: sign(&election_origin(board, election), root),
        anchor_index: 0,
        anchor_path: Vec::new(),
        board_checkpoint: sign(board, leaf_hash(&anchor)),
    };
    (VoterReceipt { code, entry, receipt }, NoteKey::log(board, operator.verifying_key()).unwrap())
}

#[test]
fn a_voters_receipt_shows_the_ballot_of_its_tracking_code_and_no_other() {
    let context = context(checked(vec![people(Method::ChooseOne, true)]));
    let election = context.manifest().id();
    let (receipt, key) = receipt(&context);
    let json = serde_json::to_string(&receipt).unwrap();
    let receipt: VoterReceipt = serde_json::from_str(&json).unwrap();
    assert_eq!(receipt.verify(election, &key, &[]).unwrap().index(), 0);

    let mut code = receipt.clone();
    code.code.0.0[0] ^= 1;
    assert_eq!(code.verify(election, &key, &[]), Err(VoterReceiptError::Ballot));
    let mut entry = receipt.clone();
    entry.entry[40] ^= 1;
    assert_eq!(entry.verify(election, &key, &[]), Err(VoterReceiptError::Ballot));
    // another signature leaves the tracking code, but these bytes are not on the log
    let mut resigned = receipt.clone();
    let last = resigned.entry.len() - 1;
    resigned.entry[last] ^= 1;
    assert!(matches!(
        resigned.verify(election, &key, &[]),
        Err(VoterReceiptError::Receipt(_) | VoterReceiptError::Ballot)
    ));
    let other = ElectionId(tabella_crypto::transcript::Digest([1; 32]));
    assert!(matches!(receipt.verify(other, &key, &[]), Err(VoterReceiptError::Election { .. })));
    let stranger = NoteKey::log("board.test/tabella", SigningKey::from_seed([9; 32]).verifying_key());
    assert!(matches!(receipt.verify(election, &stranger.unwrap(), &[]), Err(VoterReceiptError::Receipt(_))));
}
