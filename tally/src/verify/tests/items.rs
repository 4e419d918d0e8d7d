//! Of how many items each check of a report holds.

use tabella_board_core::entry::{AdministratorAct, RollChange};
use tabella_board_core::fixtures::{COMPLAINT_WINDOW, CREATED};

use super::*;

/// Items of each check in a record of 44 entries and a board log of 5.
const ITEMS: &str = "1.1: 6, 1.2: 2, 1.3: 54, 1.4: 2, 1.5: 54, 1.6: 8, 1.7: 3, 1.8: 0, 1.9: 44, 1.10: 0, 2.1: 1, 2.2: 1, \
    2.3: 1, 2.4: 1, 3.1: 3, 3.2: 24, 3.3: 18, 3.4: 3, 3.5: 3, 3.6: 3, 3.7: 0, 3.8: 3, 3.9: 4, 3.10: 3, \
    3.11: 0, 4.1: 2, 4.2: 2, 4.3: 7, 4.4: 7, 4.5: 0, 5.1: 1, 5.2: 1, 6.1: 9, 6.2: 9, 6.3: 9, 6.4: 9, \
    6.5: 9, 6.6: 9, 6.7: 9, 6.8: 1, 7.1: 1, 7.2: 1, 8.1: 2, 8.2: 2, 8.3: 2, 8.4: 4, 8.5: 6, 8.6: 2";

/// Three trustees of whom two count, 9 ballots of 7 voters, one of them tested.
#[test]
fn a_report_says_of_how_many_items_each_check_holds() {
    let logs = Logs::of(counted());
    let verified = accept(&logs.record(), &all());
    let lines = verified.report().checks.iter();
    let items: Vec<(&str, u64)> = lines.map(|line| (line.number, line.items)).collect();
    let items: Vec<String> = items.iter().map(|(number, items)| format!("{number}: {items}")).collect();
    assert_eq!(items.join(", "), ITEMS);
}

/// The items of chapters 2 to 8: what the entries of an election pass by what they are.
fn items(election: &SmallElection) -> Vec<(&'static str, u64)> {
    let verified = accept(&Logs::of(election).record(), &partial());
    let lines = verified.report().checks.iter().filter(|line| !line.number.starts_with("1."));
    lines.map(|line| (line.number, line.items)).collect()
}

/// What an entry and those that are due after it add.
#[track_caller]
fn added(election: &mut SmallElection, entry: Entry) -> String {
    let before = items(election);
    election.push_with_due(entry);
    let after = items(election);
    let more = before.iter().zip(&after).filter(|(before, after)| before.1 != after.1);
    let more: Vec<String> =
        more.map(|(before, after)| format!("{} {}", after.0, after.1 - before.1)).collect();
    more.join(", ")
}

#[test]
fn each_message_of_the_ceremony_adds_to_the_checks_that_it_passes() {
    let mut election = SmallElection::new();
    let entry = election.registration(1);
    assert_eq!(added(&mut election, entry), "3.1 1, 3.2 1, 3.3 1");
    (2..=3).for_each(|trustee| election.push(election.registration(trustee)));
    let entry = election.commitment_hash(1);
    assert_eq!(added(&mut election, entry), "3.2 1, 3.3 1");
    (2..=3).for_each(|trustee| election.push(election.commitment_hash(trustee)));
    for trustee in 1..=3 {
        let entry = election.commitments(trustee);
        assert_eq!(added(&mut election, entry), "3.2 1, 3.3 1, 3.4 1, 3.5 1");
    }
    let entry = election.shares(1);
    assert_eq!(added(&mut election, entry), "3.2 1, 3.3 1, 3.6 1");
    for trustee in 2..=3 {
        let entry = election.shares(trustee);
        election.push(entry);
    }
    let entry = election.complaint(3, 2);
    assert_eq!(added(&mut election, entry), "3.2 1, 3.3 1, 3.7 1");
    let entry = election.answer(2, 3);
    assert_eq!(added(&mut election, entry), "3.2 1, 3.3 1, 3.7 1");
    let entry = election.confirmation(1);
    assert_eq!(added(&mut election, entry), "3.2 1, 3.3 1, 3.8 1");
    (2..=3).for_each(|trustee| election.push(election.confirmation(trustee)));
    let entry = election.test_decryption(1);
    assert_eq!(added(&mut election, entry), "3.2 1, 3.3 1, 3.10 1");
    // the act, and what is due after it
    let entry = election.act(AdministratorAct::RestartCeremony { attempt: 0 });
    assert_eq!(added(&mut election, entry), "2.4 1, 3.11 2");
    // and that which is due alone, as nobody answered in time
    election.commit();
    election.share();
    election.push(election.complaint(1, 2));
    let late = Entry::Block(election.state.next_block(CREATED + COMPLAINT_WINDOW + 1));
    assert_eq!(added(&mut election, late), "3.11 1");
}

#[test]
fn each_entry_of_the_roll_adds_to_the_checks_that_it_passes() {
    let mut election = SmallElection::with(|manifest| manifest.total_weight = 12);
    let mut voters = election.sorted(0..5);
    let last = voters.split_off(2);
    let entry = election.roll_part(0, false, voters);
    assert_eq!(added(&mut election, entry), "4.1 1, 4.2 1, 4.3 2, 4.4 2");
    let entry = election.roll_part(1, true, last);
    assert_eq!(added(&mut election, entry), "4.1 1, 4.2 1, 4.3 3, 4.4 3");
    let (one, other, by) = (election.voter(0), election.voter(1), election.voter(5));
    let entry = election.roll_change(RollChange::Revoke { credential: one.credential });
    assert_eq!(added(&mut election, entry), "4.1 1, 4.5 1");
    let entry = election.roll_change(RollChange::Replace { credential: other.credential, by: by.credential });
    assert_eq!(added(&mut election, entry), "4.1 1, 4.3 1, 4.5 1");
    let entry = election.roll_change(RollChange::Add { voter: election.voter(6) });
    assert_eq!(added(&mut election, entry), "4.1 1, 4.3 1, 4.4 1, 4.5 1");
}

#[test]
fn each_entry_from_the_opening_to_the_result_adds_to_the_checks_that_it_passes() {
    let mut election = SmallElection::new();
    election.hold_ceremony();
    election.publish_roll();
    // the act, and the opening that is due after it
    let entry = election.act(AdministratorAct::Open);
    assert_eq!(added(&mut election, entry), "2.4 1, 3.9 4, 5.1 2, 5.2 1");
    election.vote_all();
    let selections = election.selections(0, 1, [0, 0]);
    let (ballot, seed) = election.encrypt(0, &selections);
    let entry = election.submit(0, ballot, Disposition::Challenge);
    let challenge = election.state.size();
    assert_eq!(added(&mut election, entry), "6.1 1, 6.2 1, 6.3 1, 6.4 1, 6.5 1, 6.6 1, 6.7 1");
    let entry = Entry::Opening(election.publication(0, challenge, seed.open(&selections)));
    assert_eq!(added(&mut election, entry), "6.8 1");
    let entry = election.act(AdministratorAct::Close);
    assert_eq!(added(&mut election, entry), "2.4 1, 7.1 2, 7.2 1");
    let entry = election.statement(1);
    assert_eq!(added(&mut election, entry), "3.2 1, 8.1 1, 8.3 1");
    election.push(election.statement(2));
    for trustee in [1, 2] {
        let entry = election.decryption(trustee, 0);
        assert_eq!(added(&mut election, entry), "3.2 1, 8.4 1");
    }
    let entry = Entry::Result(election.result(0, &[1, 2]));
    assert_eq!(added(&mut election, entry), "8.2 1, 8.5 4, 8.6 1");
}

#[test]
fn each_contest_that_is_withheld_is_an_item() {
    let mut election = SmallElection::opened_with(|manifest| manifest.smallest_group = 2);
    let vote = election.vote(0, 1, [1, 0]);
    assert_eq!(added(&mut election, vote), "6.1 1, 6.2 1, 6.3 1, 6.4 1, 6.5 1, 6.6 1, 6.7 1");
    // of one ballot the votes would be known: both contests are withheld at once
    let close = Entry::Block(election.state.next_block(CLOSES));
    assert_eq!(added(&mut election, close), "7.1 1, 7.2 1, 8.2 2");
}
