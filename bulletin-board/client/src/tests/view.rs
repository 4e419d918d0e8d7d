//! What one client saw, taken in by another.

use super::*;

/// The board with a log of these entries.
fn board_with(entries: Vec<Vec<u8>>) -> Fake {
    Fake::of(ELECTION, entries)
}

/// What a client sees that looks at the board, and at the election's log.
fn view_of(fake: &Fake) -> SavedView {
    let board = connect(fake).unwrap();
    let _head = run(board.election_log(ELECTION).unwrap().refresh()).unwrap();
    board.view()
}

/// Entries like those of a log of this size, but for one.
fn changed(size: u64, index: usize) -> Vec<Vec<u8>> {
    let mut entries: Vec<_> = (0..size).map(entry).collect();
    entries[index] = b"another".to_vec();
    entries
}

#[test]
fn of_each_log_the_larger_checkpoint_is_remembered_whichever_comes_first() {
    let fake = Fake::new(300);
    let small = view_of(&fake);
    fake.with(|world| world.election.entries.extend((300..600).map(entry)));
    let large = view_of(&fake);
    assert_ne!(small, large);
    for (own, other) in [(&small, &large), (&large, &small)] {
        let board = run(Board::connect_by(fake.clone(), None, own.clone())).unwrap();
        run(board.take_in(other)).unwrap();
        assert_eq!(board.view(), large);
    }
    // of a log that nobody has looked at here there is nothing to compare
    let board = connect(&fake).unwrap();
    let asked = fake.with(|world| world.requests.len());
    run(board.take_in(&small)).unwrap();
    run(board.take_in(&SavedView::default())).unwrap();
    assert_eq!(fake.with(|world| world.requests.len()), asked);
    assert_eq!(board.view(), small);
}

#[test]
fn what_was_taken_in_cannot_be_taken_back() {
    let fake = Fake::new(300);
    let small = view_of(&fake);
    fake.with(|world| world.election.entries.push(entry(300)));
    let large = view_of(&fake);
    let board = run(Board::connect_by(fake.clone(), None, small)).unwrap();
    run(board.take_in(&large)).unwrap();
    fake.with(|world| drop(world.election.entries.pop()));
    let error = run(board.election_log(ELECTION).unwrap().refresh()).unwrap_err();
    assert!(matches!(error, ClientError::WentBack(_)), "{error}");
}

#[test]
fn another_history_than_was_seen_is_a_fork() {
    let cases = [
        (changed(300, 299), ForkKind::SameSize),
        (changed(301, 0), ForkKind::NotABeginning),
        (changed(299, 0), ForkKind::NotABeginning),
    ];
    for (entries, kind) in cases {
        let fake = Fake::new(300);
        let board = run(Board::connect_by(fake.clone(), None, view_of(&fake))).unwrap();
        let before = board.view();
        let lied_to = Fake::of(ELECTION, entries);
        // the tiles of the larger log are those that somebody else was shown
        if lied_to.with(|world| world.election.size()) > 300 {
            let tiles = lied_to.clone();
            fake.lie(move |request, response| {
                let is_tile = request.path.contains("/tile/");
                if is_tile { Ok(tiles.with(|world| world.answer(request))) } else { response }
            });
        }
        let error = run(board.take_in(&view_of(&lied_to))).unwrap_err();
        assert!(matches!(&error, ClientError::Fork(fork) if fork.fork().kind == kind), "{error}");
        // both are kept, and whoever goes on with them gets no further
        assert_ne!(board.view(), before);
        let later = run(Board::connect_by(fake.clone(), None, board.view())).unwrap();
        let error = run(later.election_log(ELECTION).unwrap().refresh()).unwrap_err();
        assert!(matches!(error, ClientError::Fork(_) | ClientError::WentBack(_)), "{error}");
    }
}

#[test]
fn a_larger_checkpoint_whose_tiles_the_board_does_not_have_is_pending_and_no_fork() {
    for entries in [(0..900).map(entry).collect(), changed(900, 7)] {
        let fake = Fake::new(300);
        let board = run(Board::connect_by(fake.clone(), None, view_of(&fake))).unwrap();
        let other = view_of(&board_with(entries));
        let error = run(board.take_in(&other)).unwrap_err();
        assert!(matches!(error, ClientError::Tampered { .. }), "{error}");
        // from now on the board has to show at least as much
        let error = run(board.election_log(ELECTION).unwrap().refresh()).unwrap_err();
        let ClientError::WentBack(back) = error else { panic!("{error}") };
        assert_eq!((back.seen.claimed().size(), back.shown.claimed().size()), (900, 300));
        // and so for whoever takes in this view
        let third = connect(&fake).unwrap();
        run(third.take_in(&board.view())).unwrap();
        let error = run(third.election_log(ELECTION).unwrap().refresh()).unwrap_err();
        assert!(matches!(error, ClientError::WentBack(_)), "{error}");
    }
}

#[test]
fn the_key_of_a_board_is_never_replaced() {
    let (fake, other) = (Fake::new(3), Fake::new(3));
    other.with(|world| {
        let mut genesis = fake::genesis();
        genesis.operator = key(9).verifying_key();
        world.board.entries[1] = tabella_board_core::entry::BoardEntry::Genesis(genesis).encode();
        (world.board.signer, world.election.signer) = (9, 9);
    });
    let board = connect(&fake).unwrap();
    let before = board.view();
    let error = run(board.take_in(&view_of(&other))).unwrap_err();
    assert!(matches!(error, ClientError::WrongKey { .. }), "{error}");
    assert_eq!(board.view(), before);
    // and what is not signed is no view
    let damaged = view_of(&fake).to_json().replace("\\n3\\n", "\\n2\\n");
    let damaged = SavedView::from_json(&damaged).unwrap();
    assert!(matches!(run(board.take_in(&damaged)), Err(ClientError::SavedView(_))));
}
