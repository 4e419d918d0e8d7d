//! Checkpoints that were shown and could not be held against what was seen: nobody forgets them, and a failure is not
//! told as a contradiction.

use super::*;
use crate::Contradiction;

/// How a board keeps its tiles to itself.
#[derive(Debug, Clone, Copy)]
enum Withheld {
    Missing,
    Busy,
    Silent,
    Damaged,
    Wrong,
}

const ALL: [Withheld; 5] =
    [Withheld::Missing, Withheld::Busy, Withheld::Silent, Withheld::Damaged, Withheld::Wrong];

/// The board withholds the tiles of the election's log from now on.
fn withhold(fake: &Fake, how: Withheld) {
    fake.lie(move |request, response| {
        if !request.path.contains("elections/") || !request.path.contains("/tile/") {
            return response;
        }
        let mut response = response?;
        match how {
            Withheld::Missing => return Ok(problem(ProblemCode::NotFound)),
            Withheld::Busy => return Ok(problem(ProblemCode::Busy)),
            Withheld::Silent => return Err(TransportError::TimedOut),
            Withheld::Damaged => drop(response.body.pop()),
            Withheld::Wrong => response.body.iter_mut().for_each(|byte| *byte ^= 1),
        }
        Ok(response)
    });
}

fn repent(fake: &Fake) {
    fake.with(|world| world.lie = None);
}

fn grow(fake: &Fake, to: u64) {
    fake.with(|world| world.election.entries = (0..to).map(entry).collect());
}

/// The entries of a log of this size, one of which is another.
fn another(size: u64, at: usize) -> Vec<Vec<u8>> {
    let mut entries: Vec<_> = (0..size).map(entry).collect();
    entries[at] = b"another".to_vec();
    entries
}

/// A look at the election's log by somebody who has nothing but what was saved; what is saved then, and what came of
/// it.
fn look(fake: &Fake, saved: &str) -> (String, Result<u64, ClientError>) {
    let board = run(Board::connect_by(fake.clone(), None, SavedView::from_json(saved).unwrap())).unwrap();
    let head = run(board.election_log(ELECTION).unwrap().refresh());
    (board.view().to_json(), head.map(|head| head.size()))
}

/// A board of which 300 entries were seen, and which then shows another 400 whose tiles it withholds.
fn shown_without_tiles(how: Withheld, entries: Vec<Vec<u8>>) -> (Fake, String, String) {
    let fake = Fake::new(300);
    let (saved, seen) = look(&fake, &SavedView::default().to_json());
    assert_eq!(seen.unwrap(), 300);
    fake.with(|world| world.election.entries = entries);
    withhold(&fake, how);
    let (after, result) = look(&fake, &saved);
    let error = result.unwrap_err();
    let is_failure = match how {
        Withheld::Busy => matches!(error, ClientError::Refused(_)),
        Withheld::Silent => matches!(error, ClientError::TimedOut { .. }),
        _ => matches!(error, ClientError::Tampered { .. }),
    };
    assert!(is_failure, "{how:?}: {error}");
    (fake, saved, after)
}

fn proven(error: ClientError) -> Contradiction {
    let ClientError::Fork(contradiction) = error else { panic!("{error}") };
    assert!(contradiction.fork().confirm(None).is_ok());
    *contradiction
}

#[test]
fn a_checkpoint_without_its_tiles_is_kept_and_forgotten_when_the_log_continues_it() {
    for how in ALL {
        let (fake, before, after) = shown_without_tiles(how, (0..400).map(entry).collect());
        assert_ne!(before, after, "{how:?}");
        // again and again, the same is kept once
        assert_eq!(look(&fake, &after).0, after, "{how:?}");
        repent(&fake);
        for size in [400, 700] {
            grow(&fake, size);
            let (settled, result) = look(&fake, &after);
            assert_eq!(result.unwrap(), size);
            assert!(!settled.contains("pending"), "{settled}");
        }
    }
}

#[test]
fn a_checkpoint_without_its_tiles_must_be_shown_again() {
    let (fake, _, after) = shown_without_tiles(Withheld::Busy, (0..400).map(entry).collect());
    repent(&fake);
    // what was seen is continued, and what was shown is not there
    for size in [300, 399] {
        grow(&fake, size);
        let (kept, result) = look(&fake, &after);
        let error = result.unwrap_err();
        let ClientError::WentBack(back) = error else { panic!("{error}") };
        assert_eq!((back.seen.claimed().size(), back.shown.claimed().size()), (400, size));
        assert!(SavedView::from_json(&kept).unwrap().verify().is_ok());
    }
}

#[test]
fn a_checkpoint_without_its_tiles_is_evidence_against_another_log() {
    for how in ALL {
        // the victim was shown another log; everybody else the one that goes on
        let (fake, _, after) = shown_without_tiles(how, another(400, 350));
        grow(&fake, 400);
        // of one size the signatures prove it, without a tile
        let fork = proven(look(&fake, &after).1.unwrap_err());
        assert_eq!(fork.fork().kind, ForkKind::SameSize);
        // of more entries, as long as the tiles are withheld, it is a failure
        grow(&fake, 700);
        let (more, result) = look(&fake, &after);
        assert!(!matches!(result, Ok(_) | Err(ClientError::Fork(_))), "{how:?}: {result:?}");
        repent(&fake);
        let (kept, result) = look(&fake, &more);
        let fork = proven(result.unwrap_err());
        assert_eq!(fork.fork().kind, ForkKind::NotABeginning);
        // what is proven is not forgotten, though the evidence was not written: the next look proves it again
        let (again, result) = look(&fake, &kept);
        assert_eq!(proven(result.unwrap_err()).fork().kind, ForkKind::NotABeginning);
        assert!(again.contains("pending"));
    }
}

#[test]
fn an_older_checkpoint_is_kept_until_the_log_that_goes_on_tells_what_it_was() {
    for (shown, is_honest) in [((0..200).map(entry).collect(), true), (another(200, 7), false)] {
        let fake = Fake::new(300);
        let (saved, _) = look(&fake, &SavedView::default().to_json());
        fake.with(|world| world.election.entries = shown);
        let (kept, result) = look(&fake, &saved);
        assert!(matches!(result, Err(ClientError::WentBack(_))), "{result:?}");
        grow(&fake, 301);
        let (after, result) = look(&fake, &kept);
        match result {
            Ok(size) => assert!(is_honest && size == 301 && !after.contains("pending")),
            Err(error) => {
                let fork = proven(error);
                assert_eq!((fork.fork().kind, is_honest), (ForkKind::NotABeginning, false));
            }
        }
    }
}

#[test]
fn tiles_that_fit_neither_log_are_a_failure_for_readers_of_entries_too() {
    let fake = Fake::new(600);
    let mut log = election_log(&fake);
    let _head = run(log.refresh()).unwrap();
    withhold(&fake, Withheld::Missing);
    let error = run(log.entry(3)).unwrap_err();
    assert!(matches!(error, ClientError::Tampered { tampering: Tampering::Tile, .. }), "{error}");
    assert!(error.hint().contains("another mirror") && error.hint().contains("proves nothing"));
}

#[test]
fn many_checkpoints_without_tiles_push_out_none_and_no_further_one_is_taken() {
    let (fake, _, mut saved) = shown_without_tiles(Withheld::Missing, another(400, 7));
    let first = SavedView::from_json(&saved).unwrap();
    for size in 401..418 {
        grow(&fake, size);
        let (kept, result) = look(&fake, &saved);
        let error = result.unwrap_err();
        let is_taken = matches!(error, ClientError::Tampered { tampering: Tampering::Tile, .. });
        let is_refused = matches!(error, ClientError::Tampered { tampering: Tampering::Crowded, .. });
        assert_eq!((is_taken, is_refused), (size <= 415, size > 415), "{size}: {error}");
        assert_eq!(kept == saved, is_refused, "{size}");
        saved = kept;
    }
    let key = connect(&fake).unwrap().election_log(ELECTION).unwrap().key().clone();
    let pending = SavedView::from_json(&saved).unwrap().pending(&key).unwrap();
    assert_eq!(pending.first(), first.pending(&key).unwrap().first());
    assert_eq!((pending.len(), pending.last().unwrap().1.size()), (16, 415));
    // nor one that is shown as older, nor those that somebody else keeps
    grow(&fake, 350);
    let (kept, result) = look(&fake, &saved);
    assert!(matches!(result, Err(ClientError::Tampered { tampering: Tampering::Crowded, .. })), "{result:?}");
    assert_eq!(kept, saved);
    let (other, _, others) = shown_without_tiles(Withheld::Missing, (0..500).map(entry).collect());
    let board = run(Board::connect_by(other, None, SavedView::from_json(&saved).unwrap())).unwrap();
    let error = run(board.take_in(&SavedView::from_json(&others).unwrap())).unwrap_err();
    assert!(matches!(error, ClientError::Tampered { tampering: Tampering::Crowded, .. }), "{error}");
    // so the first is still evidence
    grow(&fake, 418);
    repent(&fake);
    let fork = proven(look(&fake, &saved).1.unwrap_err());
    assert_eq!(fork.fork().seen, pending[0].0.encode());
}

#[test]
fn a_board_whose_tiles_come_back_is_followed_however_many_checkpoints_waited_for_them() {
    let (fake, _, mut saved) = shown_without_tiles(Withheld::Busy, (0..400).map(entry).collect());
    for size in 401..420 {
        grow(&fake, size);
        saved = look(&fake, &saved).0;
    }
    repent(&fake);
    let (settled, result) = look(&fake, &saved);
    assert_eq!(result.unwrap(), 419);
    assert!(!settled.contains("pending"));
}

#[test]
fn what_a_board_shows_while_it_is_connected_to_is_kept_though_that_fails() {
    let fake = Fake::new(3);
    let view = connect(&fake).unwrap().view();
    fake.with(|world| drop(world.accept(b"new".to_vec())));
    fake.lie(|request, response| {
        let is_tile = request.path.contains("/board/tile/0");
        if is_tile { Ok(problem(ProblemCode::Busy)) } else { response }
    });
    let found = run(Board::find(fake.clone(), None, view)).unwrap();
    assert!(matches!(run(found.verify()), Err(ClientError::Refused(_))));
    let shown = fake.with(|world| world.board.checkpoint());
    let key = connect(&Fake::new(3)).unwrap().key().clone();
    assert_eq!(found.view().pending(&key).unwrap()[0].0.encode(), shown);
}

#[test]
fn a_view_that_was_saved_without_pending_checkpoints_is_read_and_written_as_before() {
    let view = connect(&Fake::new(3)).unwrap().view();
    let text = view.to_json();
    assert!(!text.contains("pending"));
    assert_eq!(SavedView::from_json(&text).unwrap(), view);
    // one that is not signed is found before it is used
    let (_, _, saved) = shown_without_tiles(Withheld::Missing, (0..400).map(entry).collect());
    let damaged = SavedView::from_json(&saved.replace("\\n400\\n", "\\n401\\n")).unwrap();
    assert!(matches!(damaged.verify(), Err(ClientError::SavedView(_))));
}
