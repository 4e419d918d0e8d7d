//! Verifying in parts: what passes or is claimed keeps to the rules that are left, and a state that was saved goes on
//! like one that was not.

use tabella_crypto::ballot::Disposition;
use tabella_crypto::elgamal::Ciphertext;
use tabella_crypto::merkle::leaf_hash;

use super::*;
use crate::entry::{AdministratorAct, Closed};
use crate::fixtures::{CLOSES, OPENS};
use crate::state::points::{FirstPoint, point_prefix};

/// Applies the entries of an election from an index on to another state of it.
fn follow(state: &mut ElectionState, election: &SmallElection, from: usize) {
    let mut rng = election.rng.clone();
    for bytes in &election.log[from..] {
        let context = state.ballot_context().cloned();
        let entry = Entry::decode(bytes).unwrap();
        let checked = CheckedEntry::check(context.as_deref(), entry, &mut rng).unwrap();
        state.apply(bytes, checked, &election.log).unwrap();
    }
}

/// The state after the opening.
fn at_opening(election: &SmallElection) -> ElectionState {
    let mut state = ElectionState::new(election.manifest.id());
    let opening = election.log.iter().position(|bytes| matches!(Entry::decode(bytes), Ok(Entry::Open(_))));
    let mut beginning = SmallElection::new();
    beginning.log = election.log[..=opening.unwrap()].to_vec();
    follow(&mut state, &beginning, 0);
    state
}

#[test]
fn a_state_that_was_saved_goes_on_like_one_that_was_not() {
    let mut election = SmallElection::opened();
    let (tested, seed) = election.encrypt(0, &election.selections(0, 2, [0, 1]));
    let challenge = election.state.size();
    let entry = election.submit(0, tested, Disposition::Challenge);
    election.push(entry);
    let opening = seed.open(&election.selections(0, 2, [0, 1]));
    let published = election.publication(0, challenge, opening);
    election.push(Entry::Opening(published.clone()));
    let early = election.vote(5, 2, [0, 1]);
    election.push(early);
    election.block(OPENS + 5);
    let act = election.act(AdministratorAct::Close);
    let mut early_bytes = Vec::new();
    election.state.save(&mut early_bytes).unwrap();
    let early_size = election.log.len();
    election.vote_all();
    election.push(act);
    let mut bytes = Vec::new();
    election.state.save(&mut bytes).unwrap();
    let later_size = election.log.len();
    for (saved, from) in [(early_bytes.clone(), early_size), (bytes.clone(), later_size)] {
        let mut resumed = at_opening(&election);
        resumed.resume(&mut saved.as_slice()).unwrap();
        let mut again = Vec::new();
        resumed.save(&mut again).unwrap();
        assert_eq!(again, saved);
        let mut whole = SmallElection::opened();
        (whole.state, whole.log) = (election.state.clone(), election.log.clone());
        whole.push_due();
        assert_eq!(whole.state.phase(), Phase::Closed, "the administrator's act is not forgotten");
        follow(&mut resumed, &whole, from);
        assert_eq!((resumed.root(), resumed.counts()), (whole.state.root(), whole.state.counts()));
        assert_eq!(resumed.tally().unwrap().view(), whole.state.tally().unwrap().view());
        let voters = |state: &ElectionState| state.roll().voters().map(|(_, v)| *v).collect::<Vec<_>>();
        assert_eq!(voters(&resumed), voters(&whole.state));
    }
    // an opening that stands is not taken again
    let again = Entry::Opening(published);
    let mut resumed = at_opening(&election);
    resumed.resume(&mut early_bytes.as_slice()).unwrap();
    let checked = CheckedEntry::Other(Box::new(again.clone()));
    let refusal = resumed.apply(&again.encode(), checked, &election.log).unwrap_err();
    assert_eq!(refusal, BallotRefusal::Opened(challenge).into());
}

#[test]
fn only_voting_is_saved_and_only_what_fits_is_taken_over() {
    let mut early = SmallElection::new();
    assert!(early.state.save(&mut Vec::new()).is_err());
    let mut election = SmallElection::opened();
    election.vote_all();
    let mut bytes = Vec::new();
    election.state.save(&mut bytes).unwrap();
    assert!(early.state.resume(&mut bytes.as_slice()).is_err(), "voting is not open");
    for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
        assert!(at_opening(&election).resume(&mut &bytes[..cut]).is_err(), "{cut} bytes");
    }
    // with one contest less
    let mut other = SmallElection::opened_with(|manifest| {
        manifest.contests.truncate(1);
        manifest.styles.iter_mut().for_each(|style| style.contests = vec![0]);
    });
    assert!(other.state.resume(&mut bytes.as_slice()).is_err());
    election.block(CLOSES);
    assert!(election.state.save(&mut Vec::new()).is_err(), "voting is over");
}

/// Size and hashes of the tree stand first, voters with what they have cast last.
#[test]
fn a_saved_tree_has_as_many_hashes_as_its_size_and_each_voter_stands_once_and_in_order() {
    let mut election = SmallElection::opened();
    for voter in [0, 1] {
        let entry = election.vote(voter, 0, [0, 0]);
        election.push(entry);
    }
    let mut bytes = Vec::new();
    election.state.save(&mut bytes).unwrap();
    let opening = at_opening(&election);
    let resumes = |bytes: &[u8]| opening.clone().resume(&mut &bytes[..]).is_ok();
    assert!(resumes(&bytes));
    let size = election.state.size();
    let hashes = size.count_ones();
    assert_eq!(bytes[..12], [&size.to_le_bytes()[..], &hashes.to_le_bytes()].concat());
    for bit in 0..64 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(!resumes(&changed), "bit {bit} of the size");
    }
    for other in [0, hashes - 1, hashes + 1, u32::MAX] {
        let mut changed = bytes.clone();
        changed[8..12].copy_from_slice(&other.to_le_bytes());
        assert!(!resumes(&changed), "{other} hashes");
    }

    // position, numbers of cast and tested ballots, and the last one's entry and code
    const VOTED: usize = 8 + 2 + 2 + (1 + 8 + 32);
    let places = [bytes.len() - 2 * VOTED, bytes.len() - VOTED];
    let at = |bytes: &[u8], place: usize| u64::from_le_bytes(bytes[place..place + 8].try_into().unwrap());
    let [first, second] = places.map(|place| at(&bytes, place));
    assert!(first < second && second < VOTERS.len() as u64);
    let with = |positions: [u64; 2]| {
        let mut changed = bytes.clone();
        for (place, position) in places.into_iter().zip(positions) {
            changed[place..place + 8].copy_from_slice(&position.to_le_bytes());
        }
        resumes(&changed)
    };
    let last = VOTERS.len() as u64 - 1;
    assert!(with([first, last]) && with([0, last]));
    for wrong in [[second, first], [first, first], [first, last + 1], [last + 1, last], [first, u64::MAX]] {
        assert!(!with(wrong), "{wrong:?}");
    }
    // more voters than are told
    let mut more = bytes.clone();
    assert_eq!(at(&bytes, places[0] - 8), 2);
    more[places[0] - 8] = 3;
    assert!(!resumes(&more));
}

#[test]
fn a_ballot_that_is_claimed_obeys_every_rule_but_those_that_others_answer_for() {
    let mut election = SmallElection::opened();
    let mut merger = election.state.clone();
    let (mut ballot, _) = election.encrypt(0, &election.selections(0, 1, [0, 1]));
    ballot.ciphertexts.swap(0, 1);
    let unproven = election.submit(0, ballot.clone(), Disposition::Cast).encode();
    ballot.counter = 1;
    let uncounted = election.submit(0, ballot.clone(), Disposition::Cast).encode();
    ballot.counter = 0;
    ballot.style = 1;
    let styled = election.submit(0, ballot, Disposition::Cast).encode();
    let check = |state: &mut ElectionState, bytes: &[u8]| {
        state.take_claimed(bytes).map(|claimed| claimed.first).map_err(|refusal| refusal.check())
    };
    assert_eq!(check(&mut merger, &uncounted), Err(Check::BallotChain));
    assert_eq!(check(&mut merger, &styled), Err(Check::RollMembership));
    assert_eq!(check(&mut merger, &[8, 1]), Err(Check::Encoding));
    assert_eq!(check(&mut merger, &election.log[0].clone()), Err(Check::BallotProofs));
    assert_eq!(check(&mut merger, &unproven), Ok(true));
    assert_eq!(merger.counts(), Closed { counted: 1, cast: 1, challenged: 0 });
    assert_eq!(check(&mut merger, &unproven), Err(Check::FreshCiphertexts));
    assert!(merger.sums().unwrap().iter().flatten().all(|sum| sum.d.0 == [0; 32]), "nothing is added");
    election.block(CLOSES);
    assert_eq!(check(&mut election.state.clone(), &unproven), Err(Check::BallotTime));
}

#[test]
fn ballots_of_others_pass_only_while_voting_is_open() {
    let leaf = leaf_hash(b"a ballot");
    assert!(SmallElection::new().state.pass(leaf).is_err());
    let mut election = SmallElection::opened();
    let (mut passed, size) = (election.state.clone(), election.state.size());
    passed.pass(leaf).unwrap();
    assert_eq!((passed.size(), passed.counts()), (size + 1, election.state.counts()));
    let block = Entry::Block(election.state.next_block(CLOSES));
    election.push(block);
    let due = election.state.pass(leaf).unwrap_err();
    assert_eq!(due.check(), Check::Order, "the closing is due");
    election.push_due();
    assert_eq!(election.state.pass(leaf).unwrap_err().check(), Check::BallotTime);
}

#[test]
fn sums_of_another_shape_are_not_taken() {
    let mut election = SmallElection::opened();
    let vote = election.vote(0, 1, [1, 0]);
    election.push(vote);
    let zero = Ciphertext::zero();
    let before = election.state.sums().unwrap();
    assert_eq!(before.iter().map(Vec::len).collect::<Vec<_>>(), [4, 2]);
    for wrong in [vec![], vec![vec![zero; 4]], vec![vec![zero; 4], vec![zero; 3]]] {
        assert!(!election.state.take_sums(wrong));
    }
    assert_eq!(election.state.sums().unwrap(), before);
    assert!(election.state.take_sums(vec![vec![zero; 4], vec![zero; 2]]));
    assert_ne!(election.state.sums().unwrap(), before);
    assert!(!SmallElection::new().state.take_sums(vec![]), "voting is not open");
    assert_eq!(SmallElection::new().state.sums(), None);
}

#[test]
fn every_point_of_a_ballot_is_handed_out_once_with_its_entry_to_whoever_compares_them() {
    let mut election = SmallElection::with(|_| {});
    election.state.hand_out_points();
    election.hold_ceremony();
    election.publish_roll();
    election.block(OPENS);
    assert!(election.state.take_points().is_empty());
    let mut expected = Vec::new();
    for voter in [0, 3] {
        let entry = election.vote(voter, 0, [0, 0]);
        let Entry::Cast(submitted) = &entry else { unreachable!() };
        let points = submitted.ballot.ciphertexts.iter().map(|pair| point_prefix(&pair.d));
        expected.extend(points.map(|prefix| FirstPoint { prefix, entry: election.state.size() }));
        election.push(entry);
    }
    assert_eq!(election.state.take_points(), expected);
    assert!(election.state.take_points().is_empty());
}

#[test]
fn the_first_ballot_of_a_voter_is_neither_a_tested_one_nor_one_that_is_cast_again() {
    let mut election = SmallElection::opened();
    let mut merger = election.state.clone();
    let mut claims = Vec::new();
    for disposition in [Disposition::Challenge, Disposition::Cast, Disposition::Cast] {
        let (ballot, _) = election.encrypt(0, &election.selections(0, 1, [0, 1]));
        let entry = election.submit(0, ballot, disposition);
        let claimed = merger.take_claimed(&entry.encode()).unwrap();
        claims.push((claimed.disposition, claimed.first));
        election.push(entry);
    }
    let expected = [(Disposition::Challenge, false), (Disposition::Cast, true), (Disposition::Cast, false)];
    assert_eq!(claims, expected);
    assert_eq!(merger.counts(), Closed { counted: 1, cast: 2, challenged: 1 });
    assert_eq!(merger.tree().root(), election.state.root(), "and the log is the same");
}

#[test]
fn what_was_saved_is_taken_over_at_its_own_entry_and_never_behind_it() {
    let mut election = SmallElection::opened();
    let mut saved = Vec::new();
    election.state.save(&mut saved).unwrap();
    let mut same = election.state.clone();
    same.resume(&mut saved.as_slice()).unwrap();
    assert_eq!((same.root(), same.counts()), (election.state.root(), election.state.counts()));
    let entry = election.vote(0, 0, [0, 0]);
    election.push(entry);
    assert!(election.state.clone().resume(&mut saved.as_slice()).is_err(), "a ballot would be forgotten");
}
