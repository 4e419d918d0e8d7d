//! The tally on a real log: who may release what when, lost trustees, small groups, bad shares.

use tabella_board_core::check::Refusal;
use tabella_board_core::entry::Entry;
use tabella_board_core::fixtures::{CLOSES, OPENS};
use tabella_board_core::state::Phase;
use tabella_crypto::threshold::decrypt::DecryptionShares;

use super::*;
use crate::ceremony::tests::{World, index, rng};

/// Five trustees of whom three decrypt, everybody has voted, voting is closed.
fn closed(smallest_group: u32, cosignatures: u8) -> World {
    let mut world = World::with(5, 3, |manifest| {
        (manifest.smallest_group, manifest.cosignatures) = (smallest_group, cosignatures);
    });
    world.key();
    world.publish_roll();
    world.block(OPENS);
    world.vote_all();
    world.block(CLOSES);
    world
}

impl World {
    fn state_view(&mut self, trustees: &[u8]) {
        for trustee in trustees {
            let view = statement(&self.state).unwrap();
            self.post(*trustee, TrusteeMessage::Statement(view)).unwrap();
        }
    }

    fn shares(&mut self, trustee: u8, contest: u16) -> TrusteeMessage {
        let share = self.stored(trustee).unwrap().open(self.state.ceremony().key_set().unwrap()).unwrap();
        decrypt(&self.state, &share, contest, &mut rng(trustee.into())).unwrap()
    }

    fn release(&mut self, trustee: u8) {
        for contest in contests_due(&self.state, index(trustee)) {
            let message = self.shares(trustee, contest);
            self.post(trustee, message).unwrap();
        }
    }
}

const WITNESSED: Assurance = Assurance { cosignatures: 1, confirmed: None };

fn confirmed(world: &World) -> Assurance {
    Assurance { cosignatures: 0, confirmed: fingerprint(&world.state) }
}

#[test]
fn four_of_five_statements_release_shares_and_any_three_of_them_give_the_totals() {
    let mut world = closed(1, 0);
    for trustee in [1, 2, 3] {
        world.state_view(&[trustee]);
    }
    let doubt = Doubt::Quorum { found: 3, quorum: 4 };
    let fingerprint = fingerprint(&world.state).unwrap();
    let refused = ReleaseRefusal::Unconfirmed { doubts: vec![doubt], fingerprint };
    assert_eq!(may_release(&world.state, index(1), &WITNESSED), Err(refused));
    world.state_view(&[5]);
    assert_eq!(may_release(&world.state, index(1), &WITNESSED), Ok(()));
    assert_eq!(may_release(&world.state, index(4), &WITNESSED), Err(ReleaseRefusal::NoStatement(index(4))));

    assert_eq!(contests_due(&world.state, index(5)), [0, 1]);
    for trustee in [5, 2] {
        world.release(trustee);
        assert!(contests_due(&world.state, index(trustee)).is_empty());
        assert_eq!(results(&world.state), Ok(vec![]), "two of three");
    }
    world.release(1);
    let results = results(&world.state).unwrap();
    let totals: Vec<_> = results.iter().map(|result| (result.contest, result.totals.clone())).collect();
    assert_eq!(totals, [(0, vec![2, 1, 7, 1]), (1, vec![5, 4])]);
    assert!(results.iter().all(|result| result.trustees == [1, 2, 5]));
    assert_eq!(results[0].outcome.elected, [2]);
    for result in results {
        world.push_with_due(Entry::Result(result));
    }
    assert_eq!(world.state.phase(), Phase::Counted);
    assert!(contests_due(&world.state, index(3)).is_empty());
    assert_eq!(super::results(&world.state), Ok(vec![]), "nothing is left to post");
}

#[test]
fn with_two_trustees_lost_a_person_confirms_and_with_three_lost_nothing_is_released() {
    let mut world = closed(1, 0);
    world.state_view(&[2, 4]);
    let refused = Err(ReleaseRefusal::TooFew { found: 2, threshold: 3 });
    assert_eq!(may_release(&world.state, index(2), &WITNESSED), refused);
    assert_eq!(may_release(&world.state, index(2), &confirmed(&world)), refused);
    world.state_view(&[5]);
    let Err(ReleaseRefusal::Unconfirmed { doubts, .. }) =
        may_release(&world.state, index(2), &Assurance::default())
    else {
        panic!("a person must confirm")
    };
    assert_eq!(doubts, [Doubt::Quorum { found: 3, quorum: 4 }, Doubt::NoWitness]);
    let both = format!("({}; {})", doubts[0], doubts[1]);
    let fingerprint = fingerprint(&world.state).unwrap();
    let said = ReleaseRefusal::Unconfirmed { doubts, fingerprint }.to_string();
    assert!(said.contains(&both), "{said}");
    assert_eq!(may_release(&world.state, index(2), &confirmed(&world)), Ok(()));
    for trustee in [2, 4, 5] {
        world.release(trustee);
    }
    assert_eq!(results(&world.state).unwrap()[0].totals, [2, 1, 7, 1]);
}

#[test]
fn a_board_without_witness_needs_a_person_even_if_all_trustees_agree() {
    let mut world = closed(1, 0);
    world.state_view(&[1, 2, 3, 4, 5]);
    let fingerprint = fingerprint(&world.state).unwrap();
    let refused = ReleaseRefusal::Unconfirmed { doubts: vec![Doubt::NoWitness], fingerprint };
    assert!(refused.to_string().contains(&fingerprint.to_string()));
    assert_eq!(may_release(&world.state, index(1), &Assurance::default()), Err(refused));
    let other = Fingerprint(Digest([7; 32]));
    let assurance = Assurance { cosignatures: 9, confirmed: Some(other) };
    let refused = ReleaseRefusal::OtherFingerprint { confirmed: other, found: fingerprint };
    assert_eq!(may_release(&world.state, index(1), &assurance), Err(refused), "confirmed for another view");
    assert_eq!(may_release(&world.state, index(1), &confirmed(&world)), Ok(()));
}

#[test]
fn the_manifests_cosignatures_cannot_be_replaced_by_a_person() {
    let mut world = closed(1, 2);
    world.state_view(&[1, 2, 3, 4, 5]);
    let refused = |found| Err(ReleaseRefusal::Cosignatures { found, demanded: 2 });
    assert_eq!(may_release(&world.state, index(1), &confirmed(&world)), refused(0));
    assert_eq!(may_release(&world.state, index(1), &WITNESSED), refused(1));
    let both = Assurance { cosignatures: 2, confirmed: None };
    assert_eq!(may_release(&world.state, index(1), &both), Ok(()));
}

#[test]
fn nothing_is_stated_or_released_before_the_closing() {
    let mut world = World::new(3, 2);
    world.key();
    world.publish_roll();
    world.block(OPENS);
    world.vote_all();
    assert_eq!(statement(&world.state), None);
    assert_eq!(may_release(&world.state, index(1), &WITNESSED), Err(ReleaseRefusal::NotClosed));
    assert!(contests_due(&world.state, index(1)).is_empty());
    assert_eq!(results(&world.state), Err(TallyError::NotClosed));
    let share = world.stored(1).unwrap().open(world.state.ceremony().key_set().unwrap()).unwrap();
    let refused = decrypt(&world.state, &share, 0, &mut rng(1));
    assert_eq!(refused, Err(TallyError::NotClosed));
}

#[test]
fn a_second_view_is_another_fingerprint_and_its_statement_is_refused() {
    let mut world = closed(1, 0);
    let first = fingerprint(&world.state).unwrap();
    let mut other = World::new(5, 3);
    other.key();
    other.publish_roll();
    other.block(OPENS);
    let ballot = other.vote(0, 0, [1, 0]);
    other.push(ballot);
    other.block(CLOSES);
    assert_ne!(fingerprint(&other.state).unwrap(), first, "the log of another board, one election");
    let view = statement(&other.state).unwrap();
    let refused = world.post(1, TrusteeMessage::Statement(view)).unwrap_err();
    assert_eq!(refused, Refusal::Tally(TallyRefusal::View(index(1))));
    // after a statement of the one view, the other view has none of this trustee
    world.state_view(&[1, 2, 3, 4]);
    let refused = Err(ReleaseRefusal::NoStatement(index(1)));
    assert_eq!(may_release(&other.state, index(1), &confirmed(&other)), refused);
}

#[test]
fn a_contest_below_the_smallest_group_is_never_decrypted() {
    // two of three voters of weight 3 vote, in both contests; contest 0 has a style of which two vote, too
    let mut world = closed(3, 0);
    assert_eq!(world.state.tally().unwrap().withheld(), [0, 1]);
    assert!(contests_due(&world.state, index(1)).is_empty());
    let share = world.stored(1).unwrap().open(world.state.ceremony().key_set().unwrap()).unwrap();
    for contest in [0, 1] {
        let refused = decrypt(&world.state, &share, contest, &mut rng(1));
        assert_eq!(refused, Err(TallyRefusal::Withheld(contest).into()));
    }
    let refused = decrypt(&world.state, &share, 2, &mut rng(1));
    assert_eq!(refused, Err(TallyRefusal::Contest(2).into()));
    assert_eq!(results(&world.state), Ok(vec![]));
    let counted = statement(&world.state).unwrap();
    assert!(world.post(1, TrusteeMessage::Statement(counted)).is_err(), "nothing is left to state");
}

#[test]
fn a_bad_share_names_its_trustee_and_the_others_go_on() {
    let mut world = closed(1, 0);
    world.state_view(&[1, 2, 3, 4]);
    let TrusteeMessage::Decryption { contest, shares } = world.shares(2, 1) else { panic!("shares") };
    let DecryptionShares { mut points, proof } = shares;
    points.swap(0, 1);
    let bad = TrusteeMessage::Decryption { contest, shares: DecryptionShares { points, proof } };
    let refused = world.post(2, bad).unwrap_err();
    assert_eq!(refused.culprit(), Some(index(2)));
    for trustee in [1, 3, 4] {
        world.release(trustee);
    }
    assert_eq!(results(&world.state).unwrap()[1].totals, [5, 4]);
}

#[test]
fn a_share_of_another_key_releases_nothing() {
    let world = closed(1, 0);
    let mut other = World::new(4, 2);
    other.key();
    let share = other.stored(1).unwrap().open(other.state.ceremony().key_set().unwrap()).unwrap();
    let refused = decrypt(&world.state, &share, 0, &mut rng(1));
    assert_eq!(refused, Err(CeremonyError::KeyShare(index(1)).into()));
}

#[test]
fn a_fingerprint_is_read_as_people_write_it() {
    let fingerprint = Fingerprint(Digest([0xab; 32]));
    assert_eq!(fingerprint.groups().len(), 16);
    assert_eq!(Fingerprint::parse(&fingerprint.to_string()), Some(fingerprint));
    assert_eq!(Fingerprint::parse(&"AB-".repeat(32)), Some(fingerprint));
    assert_eq!(Fingerprint::parse("abab abab"), None);
}
