//! What other workers and pages saw: of one board, or of another.

use tabella_board_client::Board;

use super::*;

/// What another worker sees of a board that goes on from these views: its log and the election's.
fn seen_by_another(fake: &Fake, election: ElectionId, from: &SavedView) -> SavedView {
    let board = run(Board::connect_by(fake.clone(), None, from.clone())).unwrap();
    let _head = run(board.election_log(election).unwrap().refresh()).unwrap();
    board.view()
}

fn saw(reading: &mut Reading<Fake>, view: &SavedView) -> Result<SavedView, Trouble> {
    let all: String = ask(reading, Request::Saw(view.to_json()))?;
    Ok(SavedView::from_json(&all).unwrap())
}

/// An election, a board with it, and the same board with another history: there another voter has voted.
fn twins() -> (SmallElection, Fake, Fake) {
    let (mut election, mut other) = (opened(), opened());
    let _code = vote(&mut election, 1, Disposition::Cast);
    let _code = vote(&mut other, 2, Disposition::Cast);
    assert_eq!(election.manifest.id(), other.manifest.id());
    let (fake, twin) = (board_of(&election), board_of(&other));
    (election, fake, twin)
}

#[test]
fn a_log_that_a_verifier_saw_cannot_be_rolled_back_afterwards() {
    let (election, fake, _) = twins();
    let id = election.manifest.id();
    let mut reading = connect(&fake);
    let verifier = seen_by_another(&fake, id, &reading.view());
    assert_ne!(verifier, reading.view());
    assert_eq!(saw(&mut reading, &verifier), Ok(verifier.clone()));
    assert_eq!(reading.view(), verifier);
    fake.with(|world| drop(world.election.entries.pop()));
    let head = || Request::Head(LogName::Election(id));
    assert_eq!(forgery(ask::<HeadCard>(&mut reading, head())), Forgery::Fork);
    // nor on the next visit
    let mut next = run(Reading::connect(fake.clone(), &[verifier.to_json()])).unwrap();
    assert_eq!(forgery(ask::<HeadCard>(&mut next, head())), Forgery::Fork);
}

#[test]
fn a_verifier_and_a_reader_that_are_shown_two_histories_find_out() {
    let (election, fake, twin) = twins();
    let id = election.manifest.id();
    let head = || Request::Head(LogName::Election(id));
    // without the reader's view the verifier believes the other history
    let lied_to = seen_by_another(&twin, id, &SavedView::default());
    let mut reading = connect(&fake);
    let _head: HeadCard = ask(&mut reading, head()).unwrap();
    assert_eq!(forgery(saw(&mut reading, &lied_to)), Forgery::Fork);
    // neither this page forgets it nor the next one
    assert_eq!(forgery(ask::<HeadCard>(&mut reading, head())), Forgery::Fork);
    let mut next = run(Reading::connect(fake.clone(), &[reading.view().to_json()])).unwrap();
    assert_eq!(forgery(ask::<HeadCard>(&mut next, head())), Forgery::Fork);
    // a reader that had not looked at the election is bound to what the verifier was shown
    let mut reading = connect(&fake);
    assert!(saw(&mut reading, &lied_to).is_ok());
    assert_eq!(forgery(ask::<HeadCard>(&mut reading, head())), Forgery::Fork);
}

#[test]
fn a_verifier_under_another_key_is_forged_and_changes_nothing() {
    let (election, fake, other) = twins();
    other.with(|world| {
        let mut genesis = genesis();
        genesis.operator = key(9).verifying_key();
        world.board.entries[1] = BoardEntry::Genesis(genesis).encode();
        (world.board.signer, world.election.signer) = (9, 9);
    });
    let mut reading = connect(&fake);
    let before = reading.view();
    let lied_to = seen_by_another(&other, election.manifest.id(), &SavedView::default());
    assert_eq!(forgery(saw(&mut reading, &lied_to)), Forgery::Key);
    assert_eq!(reading.view(), before);
    let saved = [before.to_json(), lied_to.to_json()];
    assert_eq!(forgery(run(Reading::connect(fake, &saved)).map(drop)), Forgery::Key);
    assert_eq!(forgery(run(Reading::connect(other, &saved)).map(drop)), Forgery::Key);
}

#[test]
fn what_another_page_stored_is_never_replaced_by_less() {
    let (mut election, fake, _) = twins();
    let id = election.manifest.id();
    let mut early = connect(&fake);
    let _head: HeadCard = ask(&mut early, Request::Head(LogName::Election(id))).unwrap();
    let less = early.view();
    let _code = vote(&mut election, 3, Disposition::Cast);
    publish(&fake, &election);
    let more = seen_by_another(&fake, id, &less);
    // the early page is shown the log without the last ballot, and takes in what the other one stored
    assert_eq!(saw(&mut early, &more), Ok(more.clone()));
    assert_eq!(saw(&mut early, &less), Ok(more.clone()));
    // a board that hides the ballot cannot show that the logs are one
    fake.with(|world| drop(world.election.entries.pop()));
    for saved in [[less.to_json(), more.to_json()], [more.to_json(), less.to_json()]] {
        let reading = run(Reading::connect(fake.clone(), &saved));
        let head = reading
            .and_then(|mut reading| ask::<HeadCard>(&mut reading, Request::Head(LogName::Election(id))));
        assert_eq!(forgery(head), Forgery::Entries);
    }
}

#[test]
fn views_that_cannot_be_read_count_as_nothing() {
    let (_, fake, _) = twins();
    let mut reading = connect(&fake);
    let view = reading.view();
    let damaged = view.to_json().replace("\\n2\\n", "\\n1\\n");
    assert_ne!(damaged, view.to_json());
    for text in [String::new(), damaged] {
        assert_eq!(seen_before(Some(&text)), SavedView::default());
        assert_eq!(ask::<String>(&mut reading, Request::Saw(text.clone())), Ok(view.to_json()));
        let again = run(Reading::connect(fake.clone(), &[text, view.to_json()])).unwrap();
        assert!(!again.board_card().unwrap().first_visit);
    }
}
