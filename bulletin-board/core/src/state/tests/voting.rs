//! Ballots: who may cast or test what, and when.

use super::*;
use crate::entry::{PublishedOpening, RollChange};
use tabella_crypto::ballot::{AuthenticBallot, Opening};
use tabella_crypto::manifest::Recasting;

/// The next ballot of voter 0 and its entry, cast or tested.
fn next(election: &mut SmallElection, disposition: Disposition) -> Entry {
    let (ballot, _) = election.encrypt(0, &election.selections(0, 1, [1, 0]));
    election.submit(0, ballot, disposition)
}

#[test]
fn rejects_votes_before_opening_and_after_closing() {
    let mut election = SmallElection::opened();
    let vote = election.vote(0, 0, [0, 0]);
    let test = next(&mut election, Disposition::Challenge);
    let context = election.state.ballot_context().unwrap().clone();
    let mut early = SmallElection::new();
    early.refuse(vote.clone(), Check::BallotTime);
    // even one whose proofs were checked with the context of a later state
    let checked = CheckedEntry::check(Some(&context), vote.clone(), &mut election.rng).unwrap();
    let refusal = early.state.apply(&vote.encode(), checked, &early.log).unwrap_err();
    assert_eq!(refusal.check(), Check::BallotTime);
    let opening = Opening { seed: [0; 32], selections: Vec::new() };
    let published = early.publication(0, 0, opening);
    early.refuse(Entry::Opening(published), Check::BallotTime);
    election.block(CLOSES);
    election.refuse(vote, Check::BallotTime);
    election.refuse(test, Check::BallotTime);
}

#[test]
fn rejects_ballots_of_strangers_of_the_revoked_and_of_another_style() {
    let mut election = SmallElection::with(|_| {});
    election.hold_ceremony();
    election.push(election.roll_part(0, true, election.sorted(0..5)));
    let revoked = RollChange::Revoke { credential: election.voters[1].public() };
    election.push(election.roll_change(revoked));
    election.block(OPENS);
    let stranger = election.vote(5, 0, [0, 0]);
    election.refuse(stranger, Check::RollMembership);
    let revoked = election.vote(1, 0, [0, 0]);
    election.refuse(revoked, Check::RollMembership);
    // voter 3 has style 1, and makes a ballot of style 0
    let context = election.state.ballot_context().unwrap().clone();
    let seed = tabella_crypto::ballot::BallotSeed::from_bytes([8; 32]);
    let selections = election.selections(0, 0, [1, 1]);
    let secret = &election.voters[3];
    let ballot = context.encrypt(secret, 0, None, &seed, &selections, &mut election.rng).unwrap();
    let entry = election.submit(3, ballot, Disposition::Cast);
    election.refuse(entry, Check::RollMembership);
}

#[test]
fn rejects_ballots_that_are_not_signed_or_not_proven() {
    let mut election = SmallElection::opened();
    let Entry::Cast(good) = election.vote(0, 0, [0, 0]) else { unreachable!() };
    // a ballot sent to be tested is cast by somebody else
    election.refuse(Entry::Challenge(good.clone()), Check::VoterSignatures);
    // another voter's ballot as one's own: under the first voter's name, and under one's own
    let stolen = election.submit(1, good.ballot.clone(), Disposition::Cast);
    election.refuse(stolen, Check::VoterSignatures);
    let mut own = good.ballot.clone();
    own.credential = election.voters[1].public();
    let copied = election.submit(1, own, Disposition::Cast);
    election.refuse(copied, Check::BallotProofs);
    let mut changed = good.ballot.clone();
    changed.ciphertexts.swap(0, 1);
    let changed = election.submit(0, changed, Disposition::Cast);
    election.refuse(changed, Check::BallotProofs);
    let mut previous = good.ballot.clone();
    previous.counter = 1;
    let previous = election.submit(0, previous, Disposition::Cast);
    election.refuse(previous, Check::BallotChain);
    election.push(Entry::Cast(good));
}

#[test]
fn a_dropped_or_swapped_recast_is_found() {
    let mut election = SmallElection::opened();
    let first = next(&mut election, Disposition::Cast);
    let rival = next(&mut election, Disposition::Cast);
    let mut honest = SmallElection::opened();
    honest.state = election.state.clone();
    honest.log = election.log.clone();
    honest.push(first.clone());
    let second = next(&mut honest, Disposition::Cast);
    honest.push(second.clone());
    let third = next(&mut honest, Disposition::Cast);

    // dropped: the first, or the second
    election.refuse(second.clone(), Check::BallotChain);
    election.push(first.clone());
    election.refuse(third.clone(), Check::BallotChain);
    // replayed
    election.refuse(first, Check::FreshCiphertexts);
    // another first ballot of this voter: neither beside the first nor before the second
    election.refuse(rival.clone(), Check::BallotChain);
    election.push(second.clone());
    election.refuse(second.clone(), Check::FreshCiphertexts);
    election.push(third);
    let mut forked = SmallElection::opened();
    forked.push(rival);
    forked.refuse(second, Check::BallotChain);
}

#[test]
fn a_tested_ballot_is_never_cast_and_a_cast_one_never_tested() {
    let mut election = SmallElection::opened();
    let (ballot, _) = election.encrypt(0, &election.selections(0, 1, [1, 0]));
    let cast = election.submit(0, ballot.clone(), Disposition::Cast);
    let test = election.submit(0, ballot, Disposition::Challenge);
    let mut other = SmallElection::opened();
    election.push(test.clone());
    let refusal = election.refuse(cast.clone(), Check::FreshCiphertexts);
    assert!(matches!(refusal, Refusal::Ballot(BallotRefusal::Known(_))));
    other.push(cast.clone());
    let refusal = other.refuse(test, Check::FreshCiphertexts);
    assert!(matches!(refusal, Refusal::Ballot(BallotRefusal::Known(_))));
    // a tested ballot does not count, and does not advance the counter
    assert_eq!(election.state.counts(), Closed { counted: 0, cast: 0, challenged: 1 });
    assert_eq!(election.state.voter(&election.voters[0].public()).unwrap().cast, 0);
    let fresh = next(&mut election, Disposition::Cast);
    election.push(fresh);
}

#[test]
fn rejects_a_second_ballot_from_one_seed() {
    let mut election = SmallElection::opened();
    let context = election.state.ballot_context().unwrap().clone();
    // one seed for two ballots of a voter: all randomness is the same, hence every D
    let encrypt = |option, election: &mut SmallElection| {
        let seed = tabella_crypto::ballot::BallotSeed::from_bytes([8; 32]);
        let selections = election.selections(0, option, [0, 0]);
        let secret = &election.voters[0];
        context.encrypt(secret, 0, None, &seed, &selections, &mut election.rng).unwrap()
    };
    let (one, two) = (encrypt(0, &mut election), encrypt(1, &mut election));
    let entry = election.submit(0, one, Disposition::Challenge);
    election.push(entry);
    let entry = election.submit(0, two, Disposition::Cast);
    election.refuse(entry, Check::FreshCiphertexts);
}

#[test]
fn limits_of_casting_and_testing_hold() {
    let mut election = SmallElection::opened();
    for _ in 0..3 {
        let entry = next(&mut election, Disposition::Cast);
        election.push(entry);
    }
    let fourth = next(&mut election, Disposition::Cast);
    election.refuse(fourth, Check::BallotLimits);
    for _ in 0..2 {
        let entry = next(&mut election, Disposition::Challenge);
        election.push(entry);
    }
    let third = next(&mut election, Disposition::Challenge);
    election.refuse(third, Check::BallotLimits);
    assert_eq!(election.state.counts(), Closed { counted: 1, cast: 3, challenged: 2 });

    let mut election = SmallElection::opened_with(|manifest| {
        manifest.recasting = Recasting::FirstOnly;
        manifest.tests = 0;
    });
    let test = next(&mut election, Disposition::Challenge);
    election.refuse(test, Check::BallotLimits);
    let first = next(&mut election, Disposition::Cast);
    election.push(first);
    let second = next(&mut election, Disposition::Cast);
    let refusal = election.refuse(second, Check::BallotLimits);
    assert_eq!(refusal, Refusal::Ballot(BallotRefusal::FirstOnly));
}

#[test]
fn a_published_opening_opens_a_tested_ballot_once() {
    let mut election = SmallElection::opened();
    let selections = election.selections(0, 1, [1, 0]);
    let (ballot, seed) = election.encrypt(0, &selections);
    let challenge = election.state.size();
    let entry = election.submit(0, ballot, Disposition::Challenge);
    election.push(entry);
    let cast = election.state.size();
    let entry = election.vote(1, 0, [0, 0]);
    election.push(entry);
    let good = seed.open(&selections);
    let signed = |voter, challenge, opening: &Opening, election: &mut SmallElection| {
        Entry::Opening(election.publication(voter, challenge, opening.clone()))
    };
    for challenge in [0, cast, cast + 1, u64::MAX] {
        let entry = signed(0, challenge, &good, &mut election);
        let refusal = election.refuse(entry, Check::TestedBallots);
        assert_eq!(refusal, Refusal::Ballot(BallotRefusal::NoChallenge(challenge)));
    }
    let wrong = |change: fn(&mut Opening)| {
        let mut opening = good.clone();
        change(&mut opening);
        opening
    };
    for opening in [
        wrong(|opening| opening.selections[1] = vec![0, 1]),
        wrong(|opening| opening.selections[1] = vec![1]),
        wrong(|opening| opening.seed[0] ^= 1),
    ] {
        let entry = signed(0, challenge, &opening, &mut election);
        let refusal = election.refuse(entry, Check::TestedBallots);
        assert!(matches!(refusal, Refusal::Ballot(BallotRefusal::Opening { .. })), "{refusal}");
    }
    let entry = signed(0, challenge, &good, &mut election);
    election.block(CLOSES);
    assert_eq!(election.state.phase(), Phase::Closed);
    election.push(entry);
    let again = signed(0, challenge, &good, &mut election);
    let refusal = election.refuse(again, Check::TestedBallots);
    assert_eq!(refusal, Refusal::Ballot(BallotRefusal::Opened(challenge)));
}

#[test]
fn an_opening_is_published_by_its_voter_alone_and_before_the_count_is_complete() {
    let mut election = SmallElection::opened();
    let selections = election.selections(0, 1, [1, 0]);
    let mut challenges = Vec::new();
    for _ in 0..2 {
        let (ballot, seed) = election.encrypt(0, &selections);
        challenges.push((election.state.size(), seed.open(&selections)));
        let entry = election.submit(0, ballot, Disposition::Challenge);
        election.push(entry);
    }
    let [(first, opening), (second, other)] = challenges.try_into().unwrap();
    let forged = |error: u64| Refusal::Ballot(BallotRefusal::OpeningSignature(error));
    // whoever saw the opening on the voter's second device
    let stolen = election.publication(1, first, opening.clone());
    assert_eq!(election.refuse(Entry::Opening(stolen), Check::TestedBallots), forged(first));
    // the voter's signature under another opening, or for another tested ballot
    let good = election.publication(0, first, opening);
    let swapped = PublishedOpening { opening: other.clone(), ..good.clone() };
    assert_eq!(election.refuse(Entry::Opening(swapped), Check::TestedBallots), forged(first));
    let moved = PublishedOpening { challenge: second, ..good.clone() };
    assert_eq!(election.refuse(Entry::Opening(moved), Check::TestedBallots), forged(second));
    election.push(Entry::Opening(good));

    election.vote_all();
    election.count();
    assert_eq!(election.state.phase(), Phase::Counted);
    let late = election.publication(0, second, other);
    let refusal = election.refuse(Entry::Opening(late), Check::TestedBallots);
    assert_eq!(refusal, Refusal::Ballot(BallotRefusal::OpeningLate));
}

#[test]
fn rejects_a_recast_when_the_ballot_before_it_cannot_be_read_back() {
    let mut election = SmallElection::opened();
    let first = next(&mut election, Disposition::Cast);
    election.push(first);
    let other = election.vote(1, 0, [0, 0]);
    election.push(other);
    let second = next(&mut election, Disposition::Cast);
    let context = election.state.ballot_context().unwrap().clone();
    let checked = CheckedEntry::check(Some(&context), second.clone(), &mut election.rng).unwrap();
    let mut swapped = election.log.clone();
    let last = swapped.len() - 1;
    swapped.swap(last - 1, last);
    for store in [swapped, Vec::new()] {
        let before = election.state.counts();
        let refusal = election.state.apply(&second.encode(), checked.clone(), &store).unwrap_err();
        assert_eq!((refusal.check(), election.state.counts()), (Check::Tree, before));
    }
    election.push(second);
}

#[test]
fn what_the_log_has_against_a_ballot_is_known_before_its_proofs_are_looked_at() {
    let mut election = SmallElection::opened();
    let id = election.state.election();
    let authentic = |entry: Entry| -> AuthenticBallot {
        match entry {
            Entry::Cast(ballot) => ballot.authenticate(id, Disposition::Cast).unwrap(),
            Entry::Challenge(ballot) => ballot.authenticate(id, Disposition::Challenge).unwrap(),
            _ => unreachable!(),
        }
    };
    let first = authentic(election.vote(0, 0, [0, 0]));
    assert_eq!(SmallElection::new().state.check_ballot(&first), Err(BallotRefusal::NotOpen));
    assert_eq!(election.state.check_ballot(&first), Ok(()));
    for _ in 0..3 {
        let entry = next(&mut election, Disposition::Cast);
        election.push(entry);
    }
    let stale = Err(BallotRefusal::Counter { found: 0, expected: 3 });
    assert_eq!(election.state.check_ballot(&first), stale);
    let fourth = authentic(next(&mut election, Disposition::Cast));
    assert_eq!(election.state.check_ballot(&fourth), Err(BallotRefusal::CastLimit(3)));
    let test = authentic(next(&mut election, Disposition::Challenge));
    assert_eq!(election.state.check_ballot(&test), Ok(()));
    // nothing that was asked about has changed anything
    assert_eq!(election.state.counts(), Closed { counted: 1, cast: 3, challenged: 0 });
    election.block(CLOSES);
    assert_eq!(election.state.check_ballot(&test), Err(BallotRefusal::Closed));
}

#[test]
fn an_opening_is_of_a_ballot_that_stands_before_it_though_the_store_has_more() {
    let mut election = SmallElection::opened();
    let selections = election.selections(0, 1, [1, 0]);
    let (ballot, seed) = election.encrypt(0, &selections);
    let (before, challenge) = (election.state.clone(), election.state.size());
    let entry = election.submit(0, ballot, Disposition::Challenge);
    election.push(entry);
    let published = Entry::Opening(election.publication(0, challenge, seed.open(&selections)));
    // the store holds the tested ballot already, the log that is told about does not
    let mut early = before;
    let checked = CheckedEntry::check(None, published.clone(), &mut election.rng).unwrap();
    let refusal = early.apply(&published.encode(), checked, &election.log).unwrap_err();
    assert_eq!(refusal, Refusal::Ballot(BallotRefusal::NoChallenge(challenge)));
    election.push(published);
}
