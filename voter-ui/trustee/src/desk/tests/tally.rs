//! The tally.

use tabella_board_core::fixtures::CLOSES;

use super::*;

/// Voting is closed, and everybody has voted.
fn closed() -> TestBoard {
    let board = TestBoard::new();
    board.change(|election| {
        election.open();
        election.vote_all();
        election.block(CLOSES);
    });
    board
}

/// The view to decrypt, by the board's own state.
fn view(board: &TestBoard) -> Digest {
    let election = board.election.lock().unwrap();
    tabella_tally::tally::fingerprint(&election.state).unwrap().0
}

#[track_caller]
fn compared(acted: Result<Acted, Said>) -> (Digest, Said, bool) {
    match acted {
        Ok(Acted::Compare { fingerprint, why, may_pass }) => (fingerprint, why, may_pass),
        other => panic!("{other:?}"),
    }
}

/// Compares and remembers the view, and states it. Nothing is posted before it is remembered.
fn state(board: &TestBoard, file: &[u8]) -> Desk<TestBoard> {
    let (view, size) = (view(board), board.size());
    let mut desk = begin(board, file);
    let (fingerprint, why, may_pass) = compared(act(&mut desk, None));
    assert_eq!((fingerprint, may_pass), (view, false));
    assert!(why.english.contains("does not remember") && why.chinese.contains("没有"), "{why:?}");
    ask::<()>(&mut desk, Request::Confirm(fingerprint)).unwrap();
    for _ in 0..2 {
        assert_eq!(act(&mut desk, None), Ok(Acted::Remember(view)));
    }
    assert_eq!(board.size(), size, "something was posted before the view was remembered");
    assert_eq!(act(&mut desk, Some(view)), Ok(Acted::Posted(Message::Of(Round::Statement))));
    desk
}

#[test]
fn two_of_three_trustees_bring_the_result_about() {
    let board = closed();
    let view = view(&board);
    let (first, third) = (file(1), file(3));
    let mut one = state(&board, &first);
    let Ok(Acted::Wait(said)) = act(&mut one, Some(view)) else { panic!("one statement is too few") };
    assert!(said.english.contains("2 Trustee 2, 3 Trustee 3") && said.chinese.contains("等待"), "{said:?}");
    let mut three = state(&board, &third);

    // a worker that begins anew knows from the page what was set out for, and not what was compared
    let mut one = begin(&board, &first);
    let (fingerprint, why, _) = compared(act(&mut one, Some(view)));
    assert!(why.english.contains("no witness cosigned") && why.chinese.contains("见证人"), "{why:?}");
    ask::<()>(&mut one, Request::Confirm(fingerprint)).unwrap();
    // who compared before stating is asked again, because that comparison waived no quorum
    let (again, why, _) = compared(act(&mut three, Some(view)));
    assert!(again == fingerprint && why.english.contains("3 would rule out a second one"), "{why:?}");
    ask::<()>(&mut three, Request::Confirm(again)).unwrap();
    for desk in [&mut one, &mut three] {
        for _ in 0..2 {
            assert_eq!(act(desk, Some(view)), Ok(Acted::Posted(Message::Of(Round::Decryption))));
        }
    }
    for contest in 0..2 {
        assert_eq!(act(&mut three, Some(view)), Ok(Acted::Result(contest)));
    }
    for desk in [&mut one, &mut three] {
        assert_eq!(act(desk, Some(view)), Ok(Acted::Done));
    }
    let election = board.election.lock().unwrap();
    let tally = election.state.tally().unwrap();
    let totals = [0, 1].map(|contest| tally.result(contest).unwrap().totals.clone());
    assert_eq!(totals, [vec![2, 1, 7, 1], vec![5, 4]]);
}

#[test]
fn a_tally_of_another_view_than_the_browser_remembers_is_refused() {
    let board = closed();
    let (view, size) = (view(&board), board.size());
    let mut desk = begin(&board, &file(2));
    ask::<()>(&mut desk, Request::Confirm(view)).unwrap();
    let said = act(&mut desk, Some(Digest([9; 32]))).unwrap_err();
    assert!(said.english.contains("two versions of the record exist"), "{said:?}");
    assert!(said.english.contains("0909 0909"), "{said:?}");
    assert!(said.chinese.contains("两个版本"), "{said:?}");
    // nor once the page has changed its mind
    act(&mut desk, Some(view)).unwrap_err();
    act(&mut desk, None).unwrap_err();
    assert_eq!(board.size(), size, "something was posted");
}

#[test]
fn another_fingerprint_than_the_records_own_is_not_decrypted() {
    let board = closed();
    let (view, size) = (view(&board), board.size());
    let mut desk = begin(&board, &file(2));
    ask::<()>(&mut desk, Request::Confirm(Digest([9; 32]))).unwrap();
    let said = act(&mut desk, None).unwrap_err();
    assert!(said.english.contains("two versions of the record may exist"), "{said:?}");
    assert_eq!(board.size(), size, "something was posted");
    // a slip of the ear is put right
    ask::<()>(&mut desk, Request::Confirm(view)).unwrap();
    assert_eq!(act(&mut desk, None), Ok(Acted::Remember(view)));
}

#[test]
fn a_record_that_the_board_log_contradicts_is_a_forgery() {
    let board = closed();
    let election = board.id();
    board.fake.with(|world| {
        let anchor = Anchor { election, size: world.election.size() - 1, root: Digest([9; 32]) };
        world.board.entries.pop();
        world.board.entries.push(BoardEntry::Anchor(anchor).encode());
    });
    let mut desk = begin(&board, &file(2));
    let asked = ask::<Result<Acted, Said>>(&mut desk, Request::Act { intended: None });
    assert_eq!(forgery(asked), Forgery::Fork);
}
