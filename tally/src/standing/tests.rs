//! The standing on real logs: it names the step that the trustee's secret gives, and says it in both languages.

use rand_core::RngCore;

use tabella_board_core::entry::{AdministratorAct, Entry, TrusteeMessage};
use tabella_board_core::fixtures::{CLOSES, OPENS};

use super::words::{Language, sign};
use super::*;
use crate::ceremony::tests::{World, index, rng, rounds};
use crate::ceremony::{Step, next_step};
use crate::tally::{contests_due, decrypt, results, statement};

fn standing(world: &World, trustee: u8) -> Standing {
    let fingerprint = world.trustees[index(trustee).position()].keys().fingerprint();
    Standing::of(&world.state, Some(&fingerprint))
}

/// A page gets a standing as it is, and everything that can be said of it is said, in both languages, and differently.
fn says_something(standing: &Standing) {
    let bytes = borsh::to_vec(standing).unwrap();
    assert_eq!(borsh::from_slice::<Standing>(&bytes).unwrap(), *standing, "as a page gets it");
    let said = Language::ALL.map(|language| {
        let words = language.words();
        let mut texts = vec![words.stage(standing.stage), words.waiting(standing), words.next(standing.next)];
        texts.extend(words.aborted(&standing.aborted));
        texts.extend(words.complaints(standing));
        texts.extend(words.tally(standing));
        assert!(texts.iter().all(|text| !text.is_empty()), "{texts:?}");
        texts
    });
    assert_eq!(said[0].len(), said[1].len());
    assert!(said[0].iter().zip(&said[1]).all(|(english, chinese)| english != chinese), "{said:?}");
}

#[test]
fn the_standing_names_the_step_that_the_trustees_secret_gives_whoever_comes_first() {
    for seed in 0..3 {
        let mut world = World::new(4, 3);
        let mut chance = rng(seed);
        for _ in rounds() {
            if world.state.ceremony().is_complete() {
                break;
            }
            let trustee = (chance.next_u32() % 4) as u8 + 1;
            let seen = standing(&world, trustee);
            assert_eq!(seen.own, Some(index(trustee)));
            says_something(&seen);
            let stored = world.stored(trustee);
            let secret = &world.trustees[index(trustee).position()];
            match next_step(secret, index(trustee), &world.state, stored.as_ref(), &mut rng(seed)) {
                Step::Post(message) => assert_eq!(Some(seen.next), Round::of(&message).map(Next::Do)),
                // the share is stored in the round in which its transcript is confirmed
                Step::StoreShare(_) => assert_eq!(seen.next, Next::Do(Round::Confirmation)),
                Step::WaitFor { trustees, .. } => {
                    assert_eq!((seen.next, seen.waited_for()), (Next::Wait, trustees));
                }
                step => panic!("{step:?}"),
            }
            world.settle_once(trustee);
        }
        let seen = standing(&world, 1);
        assert_eq!((seen.stage, seen.next), (Stage::Opening, Next::Wait));
        assert!(seen.trustees.iter().all(|trustee| {
            Round::CEREMONY.iter().all(|round| trustee.mark(*round) == Mark::Done)
                && Round::TALLY.iter().all(|round| trustee.mark(*round) == Mark::Later)
        }));
    }
}

#[test]
fn a_complaint_its_answer_and_an_attempt_given_up_are_shown_with_the_trustee_at_fault() {
    let mut world = World::with_a_bad_share();
    world.settle(&[4]);
    let seen = standing(&world, 2);
    assert_eq!((seen.stage, seen.next, seen.waited_for()), (Stage::Answers, Next::Answer, vec![index(2)]));
    assert_eq!(standing(&world, 1).next, Next::Wait);
    assert_eq!(seen.complaints.len(), 1);
    says_something(&seen);
    world.key();
    let seen = standing(&world, 2);
    assert!(seen.complaints.iter().all(|complaint| complaint.is_settled));
    says_something(&seen);

    let mut world = World::new(3, 2);
    world.settle(&[1, 2]);
    let restart = world.act_of_administrator(AdministratorAct::RestartCeremony { attempt: 0 });
    world.push_with_due(restart);
    let seen = standing(&world, 3);
    assert_eq!(seen.aborted, [Aborted { attempt: 0, culprit: None }]);
    assert_eq!((seen.attempt, seen.next), (1, Next::Do(Round::Registration)));
    says_something(&seen);
}

#[test]
fn the_tally_shows_what_a_quorum_lacks_and_who_was_spared() {
    let mut world = World::new(5, 3);
    world.key();
    world.publish_roll();
    world.block(OPENS);
    assert_eq!(standing(&world, 1).stage, Stage::Voting);
    says_something(&standing(&world, 1));
    world.vote_all();
    world.block(CLOSES);
    for (trustee, missing) in [(1, 3), (2, 2), (4, 1)] {
        let seen = standing(&world, trustee);
        assert_eq!(seen.next, Next::Do(Round::Statement));
        let view = statement(&world.state).unwrap();
        world.post(trustee, TrusteeMessage::Statement(view)).unwrap();
        let seen = standing(&world, trustee);
        assert_eq!(seen.tally.as_ref().map(TallyStanding::missing_statements), Some(missing));
        assert_eq!((seen.stage, seen.next), (Stage::Round(Round::Statement), Next::Wait));
        says_something(&seen);
    }
    assert_eq!(standing(&world, 1).waited_for(), [index(3), index(5)]);
    let view = statement(&world.state).unwrap();
    world.post(5, TrusteeMessage::Statement(view)).unwrap();
    assert_eq!(standing(&world, 3).next, Next::Do(Round::Statement), "late, and still welcome");
    for trustee in [1, 2, 5] {
        assert_eq!(standing(&world, trustee).next, Next::Do(Round::Decryption));
        for contest in contests_due(&world.state, index(trustee)) {
            let share = world.stored(trustee).unwrap();
            let share = share.open(world.state.ceremony().key_set().unwrap()).unwrap();
            let message = decrypt(&world.state, &share, contest, &mut rng(9)).unwrap();
            world.post(trustee, message).unwrap();
        }
        says_something(&standing(&world, trustee));
    }
    assert_eq!((standing(&world, 4).stage, standing(&world, 4).next), (Stage::Results, Next::Results));
    for result in results(&world.state).unwrap() {
        world.push_with_due(Entry::Result(result));
    }
    let seen = standing(&world, 4);
    assert_eq!((seen.stage, seen.next), (Stage::Counted, Next::Nothing));
    let marks: Vec<Mark> = seen.trustees.iter().map(|trustee| trustee.mark(Round::Decryption)).collect();
    assert_eq!(marks, [Mark::Done, Mark::Done, Mark::Spared, Mark::Spared, Mark::Done]);
    says_something(&seen);
}

#[test]
fn contests_below_the_smallest_group_are_shown_as_withheld() {
    let mut world = World::with(3, 2, |manifest| manifest.smallest_group = 3);
    world.key();
    world.publish_roll();
    world.block(OPENS);
    world.vote_all();
    world.block(CLOSES);
    let seen = standing(&world, 1);
    assert_eq!((seen.stage, seen.next), (Stage::Counted, Next::Nothing));
    let contests = seen.tally.unwrap().contests;
    assert!(contests.iter().all(|contest| contest.outcome == ContestOutcome::Withheld));
}

#[test]
fn strangers_observers_and_elections_that_ended_early_have_nothing_to_do() {
    let mut world = World::new(3, 2);
    let stranger = Standing::of(&world.state, Some(&Digest([9; 32])));
    assert_eq!((stranger.own, stranger.next), (None, Next::NotATrustee));
    says_something(&stranger);
    assert_eq!(Standing::of(&world.state, None).next, Next::Wait);
    let empty = ElectionState::new(world.state.election());
    let early = Standing::of(&empty, Some(&Digest([9; 32])));
    assert_eq!((early.stage, early.next), (Stage::Manifest, Next::Wait));
    says_something(&early);
    world.block(CLOSES);
    assert_eq!((standing(&world, 1).stage, standing(&world, 1).next), (Stage::Over, Next::Nothing));
}

#[test]
fn every_round_and_mark_has_its_words_in_both_languages() {
    let [english, chinese] = Language::ALL.map(Language::words);
    for round in Round::CEREMONY.into_iter().chain(Round::TALLY) {
        for (one, other) in [
            (english.round(round), chinese.round(round)),
            (english.column(round), chinese.column(round)),
            (english.explanation(round), chinese.explanation(round)),
            (english.repetition(round), chinese.repetition(round)),
        ] {
            assert!(!one.is_empty() && !other.is_empty() && one.is_ascii() && !other.is_ascii());
        }
    }
    let signs = [Mark::Done, Mark::Due, Mark::Later, Mark::Spared].map(sign);
    assert!(signs.iter().all(|sign| sign.chars().count() == 1));
    for (tag, language) in [
        ("zh_CN.UTF-8", Some(Language::Chinese)),
        ("zh-Hans", Some(Language::Chinese)),
        ("en", Some(Language::English)),
        ("C.UTF-8", None),
        ("", None),
    ] {
        assert_eq!(Language::of_tag(tag), language, "{tag:?}");
    }
    let of = |set: &[(&str, &str)]| {
        let value = |name: &str| set.iter().find(|(is, _)| *is == name).map(|(_, value)| (*value).to_owned());
        Language::of_locale(value)
    };
    assert_eq!(of(&[("LANG", "zh_CN.UTF-8")]), Some(Language::Chinese));
    assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "en_GB.UTF-8")]), Some(Language::English));
    assert_eq!(of(&[("LANG", "en_GB"), ("LC_MESSAGES", "zh_CN"), ("LC_ALL", "")]), Some(Language::Chinese));
    assert_eq!(of(&[("LANG", "zh_CN"), ("LC_ALL", "C.UTF-8")]), None, "the first that is set decides");
    assert_eq!(of(&[]), None);
}
