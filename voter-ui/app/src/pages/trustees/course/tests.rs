use super::*;

fn said(text: &str) -> Said {
    Said { english: text.to_owned(), chinese: text.to_owned() }
}

fn seen(stage: Stage, next: Next) -> Seen {
    Seen { stage, next, has_registered: false, has_stated: false }
}

fn round(round: Round) -> Seen {
    seen(Stage::Round(round), Next::Do(round))
}

#[test]
fn a_ceremony_is_begun_by_a_person_and_goes_on_by_itself() {
    let mut course = Course::new();
    assert_eq!(course.turn(seen(Stage::Manifest, Next::Wait)), Turn::Rest);
    assert_eq!(course.turn(round(Round::Registration)), Turn::Ask(Begin::Ceremony));
    // others are waited for: nothing to begin
    assert_eq!(course.turn(seen(Stage::Round(Round::Registration), Next::Wait)), Turn::Rest);
    course.begin(Begin::Ceremony);
    for round_ in Round::CEREMONY {
        assert_eq!(course.turn(round(round_)), Turn::Act);
        assert_eq!(course.acted(Ok(Acted::Posted(Message::Of(round_))), round(round_)), After::Again);
    }
    assert_eq!(course.turn(seen(Stage::Answers, Next::Answer)), Turn::Act);
    assert_eq!(course.done.len(), 6);
    assert_eq!(course.turn(seen(Stage::NoKey, Next::Wait)), Turn::Rest);
    // the tally is another matter
    assert_eq!(course.turn(round(Round::Statement)), Turn::Ask(Begin::Tally));
}

#[test]
fn a_key_that_is_loaded_again_goes_on_without_a_click() {
    let course = Course::new();
    let begun = Seen { has_registered: true, ..round(Round::Shares) };
    assert_eq!(course.turn(begun), Turn::Act);
    let stated = Seen { has_registered: true, has_stated: true, ..round(Round::Decryption) };
    assert_eq!(course.turn(stated), Turn::Act);
    // a statement that is missing is asked for, whoever has begun to decrypt
    let late = seen(Stage::Round(Round::Decryption), Next::Do(Round::Statement));
    assert_eq!(course.turn(late), Turn::Ask(Begin::Tally));
    assert_eq!(course.turn(seen(Stage::Results, Next::Results)), Turn::Ask(Begin::Tally));
}

#[test]
fn the_share_is_tried_once_before_the_tally() {
    let mut course = Course::new();
    for stage in [Stage::Opening, Stage::Voting] {
        assert_eq!(course.turn(seen(stage, Next::Wait)), Turn::Act);
    }
    assert_eq!(course.acted(Ok(Acted::Done), seen(Stage::Voting, Next::Wait)), After::Again);
    assert_eq!(course.turn(seen(Stage::Voting, Next::Wait)), Turn::Rest);
    assert_eq!(course.done, [Done::HasShare]);
}

#[test]
fn nothing_is_done_for_a_stranger_or_once_all_is_over() {
    let course = Course::new();
    for (stage, next, end) in [
        (Stage::Round(Round::Shares), Next::NotATrustee, End::NotATrustee),
        (Stage::Voting, Next::NotATrustee, End::NotATrustee),
        (Stage::Counted, Next::Nothing, End::Counted),
        (Stage::Over, Next::Nothing, End::Over),
    ] {
        assert_eq!(course.turn(seen(stage, next)), Turn::End(end));
    }
}

#[test]
fn another_fingerprint_stops_everything_until_a_person_resumes() {
    let mut course = Course::new();
    course.begin(Begin::Tally);
    let fingerprint = Digest([0xab; 32]);
    let compare = || Ok(Acted::Compare { fingerprint, why: said("why"), may_pass: false });
    assert_eq!(course.acted(compare(), round(Round::Decryption)), After::Rest);
    course.confirm(Digest([1; 32]));
    assert_eq!(course.confirmed, None);
    // asked again, the same is to be compared
    assert_eq!(course.acted(compare(), round(Round::Decryption)), After::Rest);
    course.differ();
    course.confirm(fingerprint);
    assert_eq!(course.confirmed, None, "nothing is asked for");
    assert_eq!(course.turn(round(Round::Decryption)), Turn::Rest);
    course.resume();
    assert_eq!(course.turn(round(Round::Decryption)), Turn::Act);
    course.confirm(fingerprint);
    assert_eq!(course.confirmed, Some(fingerprint));
    // more trustees came: nothing is left to compare
    assert_eq!(
        course.acted(Ok(Acted::Posted(Message::Of(Round::Decryption))), round(Round::Decryption)),
        After::Again
    );
    assert_eq!(course.comparison, None);
}

#[test]
fn a_refusal_holds_the_visit_up_until_it_is_tried_again() {
    let mut course = Course::new();
    course.begin(Begin::Ceremony);
    assert_eq!(course.acted(Err(said("because")), round(Round::Shares)), After::Rest);
    assert_eq!(course.turn(round(Round::Shares)), Turn::Rest);
    assert_eq!(course.turn(seen(Stage::Counted, Next::Nothing)), Turn::End(End::Counted));
    course.resume();
    assert_eq!(course.turn(round(Round::Shares)), Turn::Act);
    assert_eq!(
        course.acted(Ok(Acted::Remember(Digest([2; 32]))), round(Round::Statement)),
        After::Keep(Digest([2; 32]))
    );
}

#[test]
fn rests_grow_until_something_is_done() {
    let mut course = Course::new();
    let rests: Vec<u32> = (0..7).map(|_| course.rest()).collect();
    assert_eq!(rests, [1_000, 1_500, 2_250, 3_375, 5_000, 5_000, 5_000]);
    assert_eq!(course.acted(Ok(Acted::Wait(said("others"))), round(Round::Statement)), After::Rest);
    assert_eq!(course.rest(), 5_000);
    assert_eq!(
        course.acted(Ok(Acted::Posted(Message::Of(Round::Statement))), round(Round::Statement)),
        After::Again
    );
    assert_eq!(course.rest(), 1_000);
}

#[test]
fn only_the_first_group_of_four_counts() {
    let fingerprint = Digest([0x5a; 32]);
    for good in ["5a5a", " 5A5A ", "5a 5a"] {
        assert!(is_first_group(&fingerprint, good), "{good}");
    }
    for wrong in ["", "5a", "5a5a5", "5a5b", "0000", "５a5a"] {
        assert!(!is_first_group(&fingerprint, wrong), "{wrong}");
    }
}
