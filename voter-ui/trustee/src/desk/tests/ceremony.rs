//! The key ceremony.

use super::*;

#[test]
fn three_trustees_make_a_key_though_each_worker_ends_after_every_act() {
    let board = TestBoard::new();
    let files = [1, 2, 3].map(file);
    let mut posted = vec![Vec::new(); files.len()];
    let mut waited = 0;
    let mut done = [false; 3];
    for turn in 0.. {
        assert!(turn < 100, "the ceremony does not end: {posted:?}");
        // twice each, so that all but the last wait for others
        let trustee = turn / 2 % 3;
        let (file, posted) = (&files[trustee], &mut posted[trustee]);
        let mut desk = begin(&board, file);
        let mut acted = act(&mut desk, None).unwrap();
        if acted == Acted::HasShare {
            // it is in the worker alone: after its end it is made again
            desk = begin(&board, file);
            assert_eq!(act(&mut desk, None).unwrap(), Acted::HasShare);
            acted = act(&mut desk, None).unwrap();
        }
        match acted {
            Acted::Posted(message) => posted.push(message),
            Acted::Wait(said) => {
                waited += 1;
                assert!(said.english.contains("Trustee") && said.chinese.contains("等待"), "{said:?}");
            }
            Acted::Done => done[trustee] = true,
            other => panic!("{other:?}"),
        }
        if done == [true; 3] {
            break;
        }
    }
    let rounds: Vec<Message> = Round::CEREMONY.into_iter().map(Message::Of).collect();
    assert_eq!(posted, [rounds.clone(), rounds.clone(), rounds]);
    assert!(waited > 0, "somebody waited");
    assert!(board.election.lock().unwrap().state.ceremony().is_complete());

    let standing: Standing = ask(&mut begin(&board, &files[1]), Request::Look).unwrap();
    assert_eq!(standing.stage, At::Opening);
    assert_eq!(standing.own.map(|own| own.number()), Some(2));
}

#[test]
fn a_key_of_nobody_in_the_election_is_told_so_and_posts_nothing() {
    let board = TestBoard::new();
    let mut desk = begin(&board, &file(7));
    let standing: Standing = ask(&mut desk, Request::Look).unwrap();
    assert_eq!((standing.own, standing.next), (None, Next::NotATrustee));
    let size = board.size();
    let said = act(&mut desk, None).unwrap_err();
    assert!(said.english.contains("No trustee of this election has the fingerprint"), "{said:?}");
    assert!(said.chinese.contains("没有受托人的指纹"), "{said:?}");
    assert_eq!(board.size(), size);
}

#[test]
fn a_board_that_was_down_is_gone_on_with() {
    let board = TestBoard::new();
    let mut desk = begin(&board, &file(1));
    board.fake.lie(|_, _| Err(TransportError::Unreachable("gone".to_owned())));
    let asked = ask::<Result<Acted, Said>>(&mut desk, Request::Act { intended: None });
    assert_eq!(asked, Err(Trouble::Unreachable));
    board.fake.with(|world| world.lie = None);
    assert_eq!(act(&mut desk, None), Ok(Acted::Posted(Message::Of(Round::Registration))));
}
