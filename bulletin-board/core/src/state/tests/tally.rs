//! Statements, shares, totals and outcomes.

use super::*;
use crate::entry::{ContestResult, TallyView};
use tabella_crypto::codec;
use tabella_crypto::elgamal::{Ciphertext, EncodedCiphertext};
use tabella_crypto::group::Point;
use tabella_crypto::outcome::Outcome;

type Change<'a> = &'a dyn Fn(&mut ContestResult);

/// Voting is over and everybody has voted.
fn closed() -> SmallElection {
    let mut election = SmallElection::opened();
    election.vote_all();
    election.block(CLOSES);
    election
}

fn view(election: &SmallElection) -> TallyView {
    *election.state.tally().unwrap().view()
}

#[test]
fn nothing_is_tallied_before_the_closing() {
    let mut election = SmallElection::opened();
    let mut later = closed();
    election.refuse(later.statement(1), Check::Statements);
    later.push(later.statement(1));
    let early = later.decryption(1, 0);
    election.refuse(early, Check::Statements);
    let mut election = SmallElection::new();
    election.refuse(later.statement(1), Check::TrusteeSignatures);
}

#[test]
fn the_view_is_the_log_up_to_its_closing() {
    let mut election = SmallElection::opened();
    election.vote_all();
    election.push(Entry::Block(election.state.next_block(CLOSES)));
    let close = election.state.due().unwrap();
    assert_eq!(close, Entry::Close(Closed { counted: 7, cast: 7, challenged: 0 }));
    election.push(close);
    assert_eq!((view(&election).size, view(&election).root), (election.state.size(), election.state.root()));
    let before = view(&election);
    election.block(CLOSES + 1);
    assert_eq!(view(&election), before);
    // one ballot more or less is another aggregate
    let mut other = SmallElection::opened();
    other.vote_all();
    let recast = other.vote(0, 3, [0, 0]);
    other.push(recast);
    other.block(CLOSES);
    assert_ne!(view(&other).aggregate, before.aggregate);
}

#[test]
fn trustees_state_this_view_and_none_other_once() {
    let mut election = closed();
    let right = view(&election);
    let state = |view, election: &SmallElection| election.trustee(1, TrusteeMessage::Statement(view));
    for (changed, check) in [
        (TallyView { size: right.size - 1, ..right }, Check::Statements),
        (TallyView { root: Digest([1; 32]), ..right }, Check::Statements),
        (TallyView { aggregate: Digest([1; 32]), ..right }, Check::Aggregate),
    ] {
        election.refuse(state(changed, &election), check);
    }
    election.push(election.statement(1));
    let refusal = election.refuse(election.statement(1), Check::Statements);
    assert_eq!(refusal, Refusal::Tally(TallyRefusal::StatementRepeated(index(1))));
    let changed = state(TallyView { aggregate: Digest([1; 32]), ..right }, &election);
    let refusal = election.refuse(changed, Check::Statements);
    assert_eq!(refusal, Refusal::Tally(TallyRefusal::StatementChanged(index(1))));
    assert_eq!(refusal.culprit(), Some(index(1)));
    let Entry::Trustee(forged) = election.statement(1) else { unreachable!() };
    election.refuse(Entry::Trustee(TrusteeEntry { trustee: 2, ..forged }), Check::TrusteeSignatures);
}

#[test]
fn shares_hold_for_their_trustee_contest_and_view_once_and_after_a_statement() {
    let mut election = closed();
    let good = election.decryption(1, 0);
    let refusal = election.refuse(good.clone(), Check::DecryptionShares);
    assert_eq!(refusal, Refusal::Tally(TallyRefusal::NoStatement(index(1))));
    TRUSTEES.into_iter().for_each(|trustee| election.push(election.statement(trustee)));
    let Entry::Trustee(TrusteeEntry { message: TrusteeMessage::Decryption { shares, .. }, .. }) =
        good.clone()
    else {
        unreachable!()
    };
    let send = |trustee, contest, shares: &_, election: &SmallElection| {
        let message = TrusteeMessage::Decryption { contest, shares: Clone::clone(shares) };
        election.trustee(trustee, message)
    };
    // of another trustee, for another contest, for none
    let refusal = election.refuse(send(2, 0, &shares, &election), Check::DecryptionShares);
    assert_eq!(refusal.culprit(), Some(index(2)));
    election.refuse(send(1, 1, &shares, &election), Check::DecryptionShares);
    election.refuse(send(1, 2, &shares, &election), Check::DecryptionShares);
    let mut wrong = shares.clone();
    wrong.points[0] += Point::BASE;
    election.refuse(send(1, 0, &wrong, &election), Check::DecryptionShares);
    wrong.points.pop();
    election.refuse(send(1, 0, &wrong, &election), Check::DecryptionShares);
    // of another closing of the same election, which one ballot was kept from
    let mut fork = SmallElection::opened();
    fork.block(OPENS + 1);
    fork.vote_all();
    fork.block(CLOSES);
    fork.push(fork.statement(1));
    let forked = fork.decryption(1, 0);
    fork.push(forked.clone());
    election.refuse(forked, Check::DecryptionShares);

    election.push(good.clone());
    election.refuse(good, Check::DecryptionShares);
    // the others go on
    for trustee in [2, 3] {
        let entry = election.decryption(trustee, 0);
        election.push(entry);
    }
    for trustees in [[1, 2], [1, 3], [2, 3]] {
        assert_eq!(election.result(0, &trustees).totals, [2, 1, 7, 1]);
    }
}

#[test]
fn a_result_is_what_t_trustees_decrypted() {
    let mut election = closed();
    election.decrypt_all(&[1, 3]);
    let good = election.result(0, &[1, 3]);
    let refuse = |election: &mut SmallElection, change: Change, check| {
        let mut changed = good.clone();
        change(&mut changed);
        election.refuse(Entry::Result(changed), check)
    };
    let refused: [(Change, Check); 13] = [
        (&|result| result.trustees = vec![1], Check::Totals),
        (&|result| result.trustees = vec![], Check::Totals),
        (&|result| result.trustees = vec![3, 1], Check::Totals),
        (&|result| result.trustees = vec![1, 1], Check::Totals),
        (&|result| result.trustees = vec![1, 2], Check::Totals),
        (&|result| result.trustees = vec![0, 1], Check::Totals),
        (&|result| result.trustees = vec![1, 3, 4], Check::Totals),
        (&|result| result.totals[0] += 1, Check::Outcomes),
        (&|result| result.totals.swap(0, 2), Check::Outcomes),
        (&|result| result.totals.push(0), Check::Totals),
        (&|result| result.totals.truncate(3), Check::Totals),
        (&|result| result.outcome.elected = vec![0], Check::Outcomes),
        (&|result| result.contest = 2, Check::DecryptionShares),
    ];
    for (change, check) in refused {
        refuse(&mut election, change, check);
    }
    refuse(&mut election, &|result| result.contest = 1, Check::Totals);
    // other totals with the outcome that follows from them
    let (description, weights) = (election.manifest.contests[0].clone(), Weights { counted: 11, roll: 11 });
    for totals in [vec![3, 1, 7, 1], vec![7, 1, 2, 1], vec![u64::MAX; 4]] {
        let outcome = Outcome::compute(&description, &totals, &weights);
        let lie = ContestResult { totals, outcome, ..good.clone() };
        let refusal = election.refuse(Entry::Result(lie), Check::Totals);
        assert!(matches!(refusal, Refusal::Tally(TallyRefusal::Total { contest: 0, .. })), "{refusal}");
    }
    election.push(Entry::Result(good.clone()));
    election.refuse(Entry::Result(good.clone()), Check::Totals);
    assert_eq!(election.state.phase(), Phase::Closed);
    election.push(Entry::Result(election.result(1, &[1, 3])));
    assert_eq!(election.state.phase(), Phase::Counted);
    // there is no second tally
    election.refuse(Entry::Result(good), Check::Totals);
    election.refuse(election.statement(2), Check::Statements);
    let close = Entry::Close(election.state.counts());
    election.refuse(close, Check::ClosingConditions);
    election.block(CLOSES + 1);
    assert_eq!(election.state.phase(), Phase::Counted);
}

#[test]
fn what_costs_little_is_checked_before_shares_are_combined() {
    let mut election = closed();
    election.decrypt_all(&[1, 3]);
    let good = election.result(0, &[1, 3]);
    // no shares of these trustees stand, which is seen only where shares are combined
    let stranger = ContestResult { trustees: vec![1, 2], ..good.clone() };
    let refusal = |change: Change, election: &mut SmallElection| {
        let mut result = stranger.clone();
        change(&mut result);
        let Err(Refusal::Tally(refusal)) = election.append(Entry::Result(result)) else { unreachable!() };
        refusal
    };
    let length = refusal(&|result| result.totals.push(0), &mut election);
    assert_eq!(length, TallyRefusal::Length { contest: 0, found: 5, expected: 4 });
    assert_eq!(refusal(&|result| result.totals[2] = 0, &mut election), TallyRefusal::Outcome(0));
    let trustees = TallyRefusal::Trustees { contest: 0, threshold: 2 };
    assert_eq!(refusal(&|_| {}, &mut election), trustees);
    election.push(Entry::Result(good));
}

#[test]
fn shares_are_combined_of_different_trustees_in_order_alone() {
    let mut election = closed();
    election.decrypt_all(&[1, 3]);
    let tally = election.state.tally().unwrap();
    for trustees in [[1, 1], [3, 3], [3, 1]] {
        let refused = Err(TallyRefusal::Trustees { contest: 0, threshold: 2 });
        assert_eq!(tally.combine(0, &trustees.map(index)), refused, "{trustees:?}");
    }
    assert_eq!(tally.combine(0, &[1, 3].map(index)).map(|points| points.len()), Ok(4));
}

#[test]
fn trustees_state_the_hash_of_what_they_decrypt() {
    let mut election = closed();
    let tally = election.state.tally().unwrap();
    let encoded: Vec<(u16, Vec<EncodedCiphertext>)> = tally
        .decrypted()
        .map(|contest| (contest, tally.aggregate(contest).unwrap().iter().map(Ciphertext::encode).collect()))
        .collect();
    assert_eq!(
        encoded.iter().map(|(contest, sums)| (*contest, sums.len())).collect::<Vec<_>>(),
        [(0, 4), (1, 2)]
    );
    assert_eq!(tally.view().aggregate, hash("aggregate", &[&codec::encode(&encoded)]));
    assert_eq!(tally.aggregate(2), None);
    assert!(tally.statements().is_empty());
    election.push(election.statement(3));
    let tally = election.state.tally().unwrap();
    assert_eq!(tally.statements().iter().copied().collect::<Vec<_>>(), [index(3)]);
}

#[test]
fn the_tally_remembers_how_many_statements_stood_before_the_first_share() {
    let mut election = closed();
    let seen = |election: &SmallElection| election.state.tally().unwrap().statements_at_release();
    election.push(election.statement(2));
    assert_eq!(seen(&election), None);
    let share = election.decryption(2, 0);
    election.push(share);
    election.push(election.statement(1));
    election.push(election.statement(3));
    let share = election.decryption(3, 0);
    election.push(share);
    assert_eq!(seen(&election), Some(1), "fewer than the quorum of three");
}

#[test]
fn one_lost_trustee_changes_nothing_and_two_leave_the_election_uncounted() {
    let mut election = closed();
    election.decrypt_all(&[2]);
    let tally = election.state.tally().unwrap();
    let refused = Err(TallyRefusal::Trustees { contest: 0, threshold: 2 });
    assert_eq!(tally.combine(0, &[index(2)]), refused);
    assert_eq!(tally.combine(0, &[index(1), index(2)]), refused);
    election.push(election.statement(3));
    for contest in [0, 1] {
        let entry = election.decryption(3, contest);
        election.push(entry);
    }
    for contest in [0, 1] {
        election.push(Entry::Result(election.result(contest, &[2, 3])));
    }
    assert_eq!(election.state.phase(), Phase::Counted);
}

#[test]
fn a_group_below_the_smallest_is_not_decrypted() {
    // of the voters with style 0 and weight 1 three vote, of those with weight 3 one, abroad two
    let vote = |smallest: u32, voters: &[usize]| {
        let mut election = SmallElection::opened_with(|manifest| manifest.smallest_group = smallest);
        for voter in voters {
            let entry = election.vote(*voter, 0, [1, 0]);
            election.push(entry);
        }
        election.block(CLOSES);
        election
    };
    let withheld = |election: &SmallElection| election.state.tally().unwrap().withheld().to_vec();
    assert_eq!(withheld(&vote(2, &[0, 1, 2, 3, 4, 5])), [0, 1], "one ballot of weight 3");
    assert_eq!(withheld(&vote(2, &[0, 1, 2, 3, 4, 5, 6])), [0u16; 0]);
    assert_eq!(withheld(&vote(2, &[0, 1, 2])), [0u16; 0], "a group without ballots shows nobody's vote");
    assert_eq!(withheld(&vote(3, &[0, 1, 2, 3, 4])), [0], "two ballots abroad");
    assert_eq!(withheld(&vote(1, &[3, 4])), [1], "nobody voted in contest 1");
    assert_eq!(withheld(&vote(2, &[0])), [0, 1], "a single ballot");

    let mut election = vote(3, &[0, 1, 2, 3, 4]);
    election.push(election.statement(1));
    election.push(election.statement(2));
    let mut other = closed();
    other.push(other.statement(1));
    let shares = other.decryption(1, 0);
    let Entry::Trustee(TrusteeEntry { message: shares, .. }) = shares else { unreachable!() };
    election.refuse(election.trustee(1, shares), Check::WithheldContests);
    other.push(other.statement(2));
    for trustee in [1, 2] {
        let entry = other.decryption(trustee, 0);
        other.push(entry);
    }
    election.refuse(Entry::Result(other.result(0, &[1, 2])), Check::WithheldContests);
    for trustee in [1, 2] {
        let entry = election.decryption(trustee, 1);
        election.push(entry);
    }
    election.push(Entry::Result(election.result(1, &[1, 2])));
    assert_eq!(election.state.phase(), Phase::Counted);
    assert_eq!(election.state.tally().unwrap().result(0), None);
}
