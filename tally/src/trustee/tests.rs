//! Trustees who keep one file, at a board in memory: every visit begins with nothing but the key.

use std::cell::RefCell;
use std::rc::Rc;

use tabella_board_client::fixtures::{Fake, ORIGIN, genesis, key, ok, problem, run};
use tabella_board_client::{Board, ClientError, SavedView};
use tabella_board_core::api::{ProblemCode, paths};
use tabella_board_core::entry::{Anchor, BoardEntry, ElectionCreated, Entry};
use tabella_board_core::fixtures::{CLOSES, OPENS};
use tabella_board_core::state::Phase;
use tabella_crypto::threshold::trustee::TrusteeSecret;
use tabella_crypto::transcript::Digest;

use super::ceremony::{self, Acted as Dealt};
use super::intent::Refused;
use super::tally::{Acted as Tallied, Question};
use super::*;
use crate::ceremony::tests::{World, index, rounds};
use crate::tally::{Fingerprint, ReleaseRefusal, fingerprint};

/// An election of three trustees, of whom two decrypt, on a board that takes whatever it is sent.
struct Place {
    world: World,
    fake: Fake,
}

impl Place {
    fn new() -> Self {
        let world = World::with(3, 2, |manifest| {
            manifest.board = ORIGIN.to_owned();
            manifest.administrator = key(2).verifying_key();
        });
        let id = world.state.election();
        let fake = Fake::of(id, Vec::new());
        let creation = ElectionCreated::sign(id, &genesis(), &key(2));
        fake.with(|board| board.board.entries.push(BoardEntry::Election(creation).encode()));
        let mut place = Self { world, fake };
        place.publish();
        place
    }

    /// With its key, all ballots cast, and voting closed.
    fn closed() -> Self {
        let mut place = Self::new();
        place.world.key();
        place.world.publish_roll();
        place.world.block(OPENS);
        place.world.vote_all();
        place.world.block(CLOSES);
        place.publish();
        place
    }

    /// The board holds what it was sent against the rules, adds what is due, and anchors the log.
    fn publish(&mut self) {
        let known = self.world.log.len();
        let sent: Vec<Vec<u8>> =
            self.fake.with(|board| board.election.entries.iter().skip(known).cloned().collect());
        for entry in sent {
            self.world.append(Entry::decode(&entry).unwrap()).unwrap();
        }
        self.world.push_due();
        let (election, size, root) =
            (self.world.state.election(), self.world.state.size(), self.world.state.root());
        self.fake.with(|board| {
            if board.election.size() < size {
                board.election.entries = self.world.log.clone();
                board.board.entries.push(BoardEntry::Anchor(Anchor { election, size, root }).encode());
            }
        });
    }

    fn secret(&self, trustee: u8) -> TrusteeSecret {
        TrusteeSecret::from_seed(self.world.trustees[index(trustee).position()].seed().expose())
    }

    /// A visit that begins: the key was loaded from its file.
    fn visit(&self, trustee: u8) -> (Memory, Session<Fake>) {
        let board = run(Board::connect_by(self.fake.clone(), None, SavedView::default())).unwrap();
        let session = Session::new(board, self.world.state.election()).unwrap();
        (Memory::new(self.secret(trustee)), session)
    }

    /// One step at the tally.
    fn tally(
        &mut self,
        run_of: &mut TallyRun,
        visit: &mut (Memory, Session<Fake>),
    ) -> Result<Tallied, StepError<MemoryError>> {
        let (memory, session) = visit;
        run(session.advance(|_, _| ()))?;
        let acted = run(run_of.act(memory, session));
        self.publish();
        acted
    }

    fn sent(&self) -> usize {
        let path = paths::entries(self.world.state.election());
        self.fake.with(|board| board.requests.iter().filter(|request| **request == path).count())
    }

    fn view(&self) -> Fingerprint {
        fingerprint(&self.world.state).unwrap()
    }
}

#[test]
fn a_ceremony_is_gone_through_on_visits_that_begin_with_nothing_but_the_key() {
    let mut place = Place::new();
    let mut stored = 0;
    for _ in rounds() {
        if place.world.state.ceremony().is_complete() {
            break;
        }
        for trustee in 1..=3 {
            let (mut memory, mut session) = place.visit(trustee);
            for _ in rounds() {
                run(session.advance(|_, _| ())).unwrap();
                let acted = run(ceremony::act(&mut memory, &mut session)).unwrap();
                place.publish();
                match acted {
                    Dealt::Posted(_) => {}
                    Dealt::Stored => stored += 1,
                    Dealt::Wait { trustees, .. } => {
                        assert!(!trustees.contains(&index(trustee)));
                        break;
                    }
                    Dealt::Done => break,
                    Dealt::Overtaken => panic!("there is nobody else"),
                }
            }
        }
    }
    assert!(stored >= 3, "each has made the share");
    let (mut memory, mut session) = place.visit(2);
    run(session.advance(|_, _| ())).unwrap();
    assert_eq!(run(ceremony::act(&mut memory, &mut session)).unwrap(), Dealt::Done);
    let key_set = place.world.state.ceremony().key_set().unwrap();
    assert!(memory.share().unwrap().open(key_set).is_ok());
}

#[test]
fn nothing_about_a_view_leaves_before_it_was_compared_and_is_remembered() {
    let mut place = Place::closed();
    let view = place.view();
    let mut visit = place.visit(1);
    let mut tally = TallyRun::new(None);
    let asked = place.tally(&mut tally, &mut visit).unwrap();
    assert!(matches!(asked, Tallied::Ask(Question::Restored(found)) if found == view), "{asked:?}");
    tally.confirm(&Question::Restored(view));
    for _ in 0..2 {
        let asked = place.tally(&mut tally, &mut visit).unwrap();
        assert!(matches!(asked, Tallied::Keep(found) if found == view), "{asked:?}");
    }
    assert_eq!(place.sent(), 0);
    visit.0.remember(view.0);
    let posted = place.tally(&mut tally, &mut visit).unwrap();
    assert!(matches!(posted, Tallied::Posted(_)), "{posted:?}");
    assert_eq!(place.sent(), 1);

    // the page remembers, or it forgot and the log does
    for remembered in [Some(view.0), None] {
        let mut visit = place.visit(1);
        remembered.into_iter().for_each(|view| visit.0.remember(view));
        let next = place.tally(&mut TallyRun::new(None), &mut visit).unwrap();
        match remembered {
            Some(_) => assert!(matches!(next, Tallied::Wait(ReleaseRefusal::TooFew { .. })), "{next:?}"),
            None => assert!(matches!(next, Tallied::Keep(found) if found == view), "{next:?}"),
        }
    }
}

#[test]
fn a_key_that_was_meant_for_another_view_decrypts_nothing_whatever_is_compared() {
    let mut place = Place::closed();
    let view = place.view();
    for remembered in [vec![Digest([9; 32])], vec![view.0, Digest([9; 32])], vec![Digest([9; 32]), view.0]] {
        let mut visit = place.visit(1);
        remembered.into_iter().for_each(|view| visit.0.remember(view));
        let refused = place.tally(&mut TallyRun::new(Some(view)), &mut visit).unwrap_err();
        assert!(
            matches!(
                &refused,
                StepError::Keeper(MemoryError::Refused(Refused::OtherView { intended, found }))
                    if *intended == Digest([9; 32]).to_hex() && *found == view.0
            ),
            "{refused}"
        );
    }
    let mut other = TallyRun::new(Some(Fingerprint(Digest([9; 32]))));
    let refused = place.tally(&mut other, &mut place.visit(1)).unwrap_err();
    assert!(matches!(refused, StepError::Release(ReleaseRefusal::OtherFingerprint { .. })), "{refused}");
    assert_eq!(place.sent(), 0);
}

#[test]
fn two_of_three_who_compared_the_fingerprint_decrypt_and_post_the_results() {
    let mut place = Place::closed();
    let view = place.view();
    let mut shown = Vec::new();
    for trustee in [1, 3, 1, 3] {
        let mut visit = place.visit(trustee);
        visit.0.remember(view.0);
        let mut tally = TallyRun::new(None);
        for _ in rounds() {
            match place.tally(&mut tally, &mut visit).unwrap() {
                Tallied::Posted(message) => shown.push(message.name()),
                Tallied::Result(_) => shown.push("result"),
                Tallied::Ask(question @ Question::Release { .. }) => {
                    assert!(!question.may_pass(&visit.1), "the board has no witnesses");
                    tally.confirm(&question);
                }
                Tallied::Wait(ReleaseRefusal::TooFew { .. }) | Tallied::WaitForShares | Tallied::Done => {
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
    }
    let expected = [
        "statement",
        "statement",
        "decryption shares",
        "decryption shares",
        "decryption shares",
        "decryption shares",
    ];
    assert_eq!(shown.iter().filter(|name| **name != "result").copied().collect::<Vec<_>>(), expected);
    assert_eq!(shown.iter().filter(|name| **name == "result").count(), 2);
    assert_eq!(place.world.state.phase(), Phase::Counted);
}

#[test]
fn who_compared_because_the_key_s_use_is_unknown_has_not_waived_the_quorum() {
    let mut place = Place::closed();
    let view = place.view();
    // trustee 3 has stated the view, so that with trustee 1 two have, where three are a quorum
    let mut other = place.visit(3);
    other.0.remember(view.0);
    assert!(matches!(place.tally(&mut TallyRun::new(None), &mut other), Ok(Tallied::Posted(_))));
    let mut visit = place.visit(1);
    let mut tally = TallyRun::new(None);
    let Ok(Tallied::Ask(question @ Question::Restored(_))) = place.tally(&mut tally, &mut visit) else {
        panic!("the key's use is unknown");
    };
    tally.confirm(&question);
    assert!(matches!(place.tally(&mut tally, &mut visit), Ok(Tallied::Keep(_))));
    visit.0.remember(view.0);
    assert!(matches!(place.tally(&mut tally, &mut visit), Ok(Tallied::Posted(_))), "the statement");
    let sent = place.sent();
    for _ in 0..2 {
        let asked = place.tally(&mut tally, &mut visit).unwrap();
        assert!(
            matches!(&asked, Tallied::Ask(Question::Release { doubts, .. }) if doubts.len() == 2),
            "{asked:?}"
        );
    }
    assert_eq!(place.sent(), sent, "no share leaves");
}

/// A notebook that says what came of each request; from some page on it is full.
#[derive(Clone)]
struct Pages {
    said: Rc<RefCell<Vec<bool>>>,
    room: usize,
}

impl Notebook for Pages {
    fn keep(&self, outcome: Result<(), SessionError>) -> Result<(), SessionError> {
        let mut said = self.said.borrow_mut();
        said.push(outcome.is_ok());
        outcome?;
        if said.len() > self.room { Err(SessionError::Unkept("no room".into())) } else { Ok(()) }
    }
}

#[test]
fn what_was_seen_is_kept_after_every_request_also_of_one_that_failed() {
    let place = Place::closed();
    let keeping = |room| {
        let pages = Pages { said: Rc::default(), room };
        let (memory, session) = place.visit(1);
        (pages.clone(), memory, session.kept_by(pages))
    };
    let (pages, mut memory, mut session) = keeping(9);
    memory.remember(place.view().0);
    run(session.advance(|_, _| ())).unwrap();
    let mut tally = TallyRun::new(None);
    place.fake.lie(|request, answer| match request.body {
        Some(_) => Ok(problem(ProblemCode::Internal)),
        None => answer,
    });
    let failed = run(tally.act(&mut memory, &mut session)).unwrap_err();
    assert!(failed.client().is_some_and(is_passing), "{failed}");
    assert_eq!(*pages.said.borrow(), [true, true, false], "the log, the board log, the statement");

    place.fake.lie(|_, _| Ok(ok(b"nothing".to_vec())));
    let failed = run(session.advance(|_, _| ())).unwrap_err();
    assert!(matches!(failed, SessionError::Client(ClientError::Checkpoint { .. })), "{failed}");
    assert_eq!(pages.said.borrow().last(), Some(&false));

    place.fake.with(|board| board.lie = None);
    let sent = place.sent();
    let (_, mut memory, mut session) = keeping(1);
    memory.remember(place.view().0);
    run(session.advance(|_, _| ())).unwrap();
    let unkept = run(tally.act(&mut memory, &mut session)).unwrap_err();
    assert!(matches!(unkept, StepError::Session(SessionError::Unkept(_))), "{unkept}");
    assert_eq!(place.sent(), sent, "nothing is sent where nothing is kept");
}

#[test]
fn what_is_collected_instead_of_posted_counts_for_the_next_step() {
    let place = Place::new();
    let (mut memory, session) = place.visit(1);
    let mut session = session.collecting();
    run(session.advance(|_, _| ())).unwrap();
    let posted = run(ceremony::act(&mut memory, &mut session)).unwrap();
    assert!(matches!(posted, Dealt::Posted(message) if message.name() == "registration"));
    assert!(matches!(run(ceremony::act(&mut memory, &mut session)).unwrap(), Dealt::Wait { .. }));
    assert_eq!((session.collected().len(), place.sent()), (1, 0));
    let stranger = session.own(&TrusteeSecret::from_seed(&[99; 32])).unwrap_err();
    assert!(matches!(stranger, SessionError::NotATrustee(_)), "{stranger}");
}

#[test]
fn a_board_log_with_another_log_of_the_election_is_seen_before_anything_is_kept_or_sent() {
    let mut place = Place::closed();
    let (election, size) = (place.world.state.election(), place.world.state.size() - 1);
    place.fake.with(|board| {
        let anchors = board.board.entries.len();
        board.board.entries.truncate(anchors - 1);
        let anchor = Anchor { election, size, root: Digest([9; 32]) };
        board.board.entries.push(BoardEntry::Anchor(anchor).encode());
    });
    let mut visit = place.visit(1);
    let refused = place.tally(&mut TallyRun::new(Some(place.view())), &mut visit).unwrap_err();
    let is_contradiction = matches!(
        refused,
        StepError::Session(SessionError::Anchor(AnchorError::Contradiction(found))) if found == size
    );
    assert!(is_contradiction, "{refused}");
    assert_eq!(place.sent(), 0);
}
