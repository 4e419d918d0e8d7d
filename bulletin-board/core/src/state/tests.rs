//! Whole elections, and a refusal for every rule.

use super::*;
use crate::check::Check;
use crate::fixtures::{CLOSES, CREATED, OPENS, SmallElection, TRUSTEES, VOTERS, index};
use tabella_crypto::ballot::{BallotError, Disposition};
use tabella_crypto::outcome::Weights;
use tabella_crypto::transcript::hash;

mod ceremony;
mod log;
mod roll;
mod shared;
mod tally;
mod voting;

impl SmallElection {
    /// The entry is refused by this check, and nothing has changed.
    #[track_caller]
    fn refuse(&mut self, entry: Entry, check: Check) -> Refusal {
        let seen = |state: &ElectionState| {
            let progress = state.ceremony.progress();
            let roll = (state.roll.digest(), state.roll.len(), state.roll.weight());
            (
                state.size(),
                state.root(),
                state.phase(),
                state.time(),
                state.due(),
                state.counts(),
                progress,
                roll,
            )
        };
        let before = seen(&self.state);
        match self.append(entry) {
            Ok(()) => panic!("accepted, where {check} refuses"),
            Err(refusal) => {
                assert_eq!(refusal.check(), check, "{refusal}");
                assert_eq!(seen(&self.state), before, "a refused entry changes nothing");
                refusal
            }
        }
    }
}

#[test]
fn an_election_runs_from_its_manifest_to_its_result() {
    let mut election = SmallElection::new();
    assert_eq!(election.state.phase(), Phase::Setup);
    election.hold_ceremony();
    assert!(election.state.ceremony().is_complete());
    election.publish_roll();
    assert_eq!((election.state.roll().len(), election.state.roll().weight()), (VOTERS.len(), 11));
    assert!(!election.state.due_at(OPENS - 1) && election.state.due_at(OPENS));
    assert_eq!((election.state.opening_time(), election.state.closing_time()), (None, None));
    election.block(OPENS);
    assert_eq!(election.state.phase(), Phase::Open);
    assert_eq!((election.state.opening_time(), election.state.closing_time()), (Some(OPENS), None));

    // one voter tests a ballot, has it opened, votes otherwise, then all vote; the first changes her mind
    let selections = election.selections(0, 2, [0, 1]);
    let (tested, seed) = election.encrypt(0, &selections);
    let challenge = election.state.size();
    let entry = election.submit(0, tested, Disposition::Challenge);
    election.push(entry);
    let opening = seed.open(&selections);
    let published = election.publication(0, challenge, opening);
    election.push(Entry::Opening(published));
    let early = election.vote(0, 2, [0, 1]);
    election.push(early);
    election.vote_all();
    assert_eq!(election.state.counts(), Closed { counted: 7, cast: 8, challenged: 1 });

    assert!(!election.state.due_at(CLOSES - 1) && election.state.due_at(CLOSES));
    election.count();
    assert_eq!(election.state.phase(), Phase::Counted);
    let tally = election.state.tally().unwrap();
    assert_eq!(tally.result(0).unwrap().totals, [2, 1, 7, 1]);
    assert_eq!(tally.result(0).unwrap().outcome.elected, [2]);
    assert_eq!(tally.result(1).unwrap().totals, [5, 4]);
    assert_eq!(*tally.weights(0).unwrap(), Weights { counted: 11, roll: 11 });
    assert_eq!(*tally.weights(1).unwrap(), Weights { counted: 9, roll: 9 });

    // whoever replays the log comes to the same state
    let mut replayed = ElectionState::new(election.manifest.id());
    for bytes in &election.log {
        let context = replayed.ballot_context().cloned();
        let entry = Entry::decode(bytes).unwrap();
        let checked = CheckedEntry::check(context.as_deref(), entry, &mut election.rng).unwrap();
        replayed.apply(bytes, checked, &election.log).unwrap();
    }
    assert_eq!((replayed.root(), replayed.phase()), (election.state.root(), Phase::Counted));
}

#[test]
fn a_recast_replaces_the_ballot_before_it_in_the_sum() {
    let mut once = SmallElection::opened();
    once.vote_all();
    let mut often = SmallElection::opened();
    for voter in [0, 5, 5] {
        let entry = often.vote(voter, 1, [0, 1]);
        often.push(entry);
    }
    often.vote_all();
    for election in [&mut once, &mut often] {
        election.count();
        let tally = election.state.tally().unwrap();
        assert_eq!(tally.result(0).unwrap().totals, [2, 1, 7, 1]);
        assert_eq!(tally.result(1).unwrap().totals, [5, 4]);
    }
}

#[test]
fn an_election_that_never_opens_ends_without_votes() {
    let mut election = SmallElection::new();
    election.register();
    election.block(CLOSES);
    assert_eq!(election.state.phase(), Phase::Counted);
    assert_eq!((election.state.opening_time(), election.state.closing_time()), (None, Some(CLOSES)));
    assert_eq!(election.state.tally().unwrap().withheld(), [0, 1]);
    assert_eq!(election.state.counts(), Closed { counted: 0, cast: 0, challenged: 0 });
    election.refuse(election.commitment_hash(1), Check::CeremonyOrder);
    election.refuse(election.statement(1), Check::Statements);
}

#[test]
fn many_ballots_are_checked_at_once_and_each_bad_one_is_named() {
    let mut election = SmallElection::opened();
    let mut ballots = Vec::new();
    for voter in 0..4 {
        let (ballot, _) = election.encrypt(voter, &election.selections(voter, 0, [0, 0]));
        let secret = &election.voters[voter];
        ballots.push(ballot.sign(election.manifest.id(), Disposition::Cast, secret, &mut election.rng));
    }
    ballots[1].signature.response = ballots[0].signature.response;
    ballots[2].ballot.ciphertexts[0] = ballots[0].ballot.ciphertexts[0];
    let ballot = ballots[2].ballot.clone();
    ballots[2] =
        ballot.sign(election.manifest.id(), Disposition::Cast, &election.voters[2], &mut election.rng);
    let context = election.state.ballot_context().unwrap();
    let entries = ballots.into_iter().map(|ballot| (ballot, Disposition::Cast)).collect();
    let results = check_ballots(context, entries, &mut election.rng);
    assert_eq!(results.len(), 4);
    assert_eq!(results[0].as_ref().unwrap().credential(), election.voters[0].public());
    assert_eq!(results[1].as_ref().err(), Some(&BallotError::Signature));
    assert!(matches!(results[2], Err(BallotError::RangeProof | BallotError::LinearProof)));
    assert_eq!(results[3].as_ref().unwrap().credential(), election.voters[3].public());
}
