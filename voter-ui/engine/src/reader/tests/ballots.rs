//! Receipts and tracking, honest and forged.

use tabella_board_core::api::Problem;
use tabella_board_core::check::{BallotRefusal, Refusal};
use tabella_board_core::entry::Entry;
use tabella_tally::ballot_box::VoterReceipt;
use tabella_web_shared::reader::{Fate, ReceiptCard, TrackCard};

use super::*;

/// A voter's next ballot, not posted.
fn ballot(election: &mut SmallElection, voter: usize, disposition: Disposition) -> (TrackingCode, Vec<u8>) {
    let code = vote(election, voter, disposition);
    (code, election.log.last().unwrap().clone())
}

fn post(election: &SmallElection, entry: &[u8]) -> Request {
    Request::Post { election: election.manifest.id(), entry: entry.to_vec() }
}

fn track(election: &SmallElection, code: TrackingCode) -> Request {
    Request::Track { election: election.manifest.id(), code }
}

#[test]
fn a_posted_ballot_comes_back_with_a_receipt_that_anyone_can_check() {
    let mut election = opened();
    let fake = board_of(&election);
    let mut reading = connect(&fake);
    let (code, entry) = ballot(&mut election, 0, Disposition::Cast);
    let index = election.log.len() as u64 - 1;

    let absent = Request::Receipt { election: election.manifest.id(), entry: entry.clone() };
    assert_eq!(ask::<Option<ReceiptCard>>(&mut reading, absent), Ok(None));
    let (card, stages) = ask_telling::<ReceiptCard>(&mut reading, post(&election, &entry));
    let card = card.unwrap();
    assert_eq!(stages, [Stage::Sending, Stage::Checking]);
    assert_eq!((card.code, card.is_test, card.counter), (Some(code), false, 0));
    assert_eq!((card.index, card.size, card.election), (index, index + 1, election.manifest.id()));
    let again = Request::Receipt { election: election.manifest.id(), entry: entry.clone() };
    let again = ask::<Option<ReceiptCard>>(&mut reading, again).unwrap().unwrap();
    assert_eq!((again.index, again.code), (index, Some(code)));

    // another device
    let mut other = connect(&fake);
    let checked: ReceiptCard = ask(&mut other, Request::CheckReceipt { json: card.file.clone() }).unwrap();
    assert_eq!(checked, card);

    let (code, entry) = ballot(&mut election, 0, Disposition::Challenge);
    let card: ReceiptCard = ask(&mut reading, post(&election, &entry)).unwrap();
    assert_eq!((card.code, card.is_test, card.counter, card.file.as_str()), (Some(code), true, 1, ""));
    for wrong in [&b"nonsense"[..], &election.log[0]] {
        let result = ask::<ReceiptCard>(&mut reading, post(&election, wrong));
        assert!(matches!(result, Err(Trouble::Input { .. })), "{result:?}");
    }
}

#[test]
fn a_receipt_of_another_ballot_is_forged() {
    let mut election = opened();
    let fake = board_of(&election);
    let mut reading = connect(&fake);
    let (_, mine) = ballot(&mut election, 0, Disposition::Cast);
    let (_, other) = ballot(&mut election, 1, Disposition::Cast);
    let receipt = fake.with(|world| serde_json::to_vec(&world.accept(other)).unwrap());
    fake.change("/entries", move |body| *body = receipt.clone());
    assert_eq!(forgery(ask::<ReceiptCard>(&mut reading, post(&election, &mine))), Forgery::Receipt);
}

#[test]
fn a_ballot_that_is_refused_is_told_why() {
    let mut election = opened();
    let fake = board_of(&election);
    let mut reading = connect(&fake);
    let (_, entry) = ballot(&mut election, 0, Disposition::Cast);
    let (_, test) = ballot(&mut election, 0, Disposition::Challenge);
    let refuse = |refusal: BallotRefusal| {
        let problem = Problem::from(&Refusal::Ballot(refusal));
        let body = serde_json::to_vec(&problem).unwrap();
        fake.lie(move |request, response| {
            let mut response = response?;
            if request.path.ends_with("/entries") {
                (response.status, response.body) = (problem.status, body.clone());
            }
            Ok(response)
        });
    };
    refuse(BallotRefusal::CastLimit(3));
    let result = ask::<ReceiptCard>(&mut reading, post(&election, &entry));
    assert!(
        matches!(result, Err(Trouble::Refused { code: ProblemCode::Refused, .. })),
        "no manifest was read"
    );
    let _setup: SetupCard = ask(&mut reading, Request::Setup(election.manifest.id())).unwrap();
    let result = ask::<ReceiptCard>(&mut reading, post(&election, &entry));
    assert_eq!(result, Err(Trouble::Limit { tests: false, allowed: 3 }));
    refuse(BallotRefusal::TestLimit(2));
    let result = ask::<ReceiptCard>(&mut reading, post(&election, &test));
    assert_eq!(result, Err(Trouble::Limit { tests: true, allowed: 2 }));

    refuse(BallotRefusal::Closed);
    let result = ask::<ReceiptCard>(&mut reading, post(&election, &entry));
    assert!(matches!(result, Err(Trouble::Refused { .. })), "it says that voting is open: {result:?}");
    election.block(CLOSES);
    publish(&fake, &election);
    assert_eq!(ask::<ReceiptCard>(&mut reading, post(&election, &entry)), Err(Trouble::Closed));

    fake.lie(|request, response| {
        let busy = problem(ProblemCode::Busy);
        if request.path.ends_with("/entries") { Ok(busy) } else { response }
    });
    let result = ask::<ReceiptCard>(&mut reading, post(&election, &entry));
    assert!(matches!(result, Err(Trouble::Refused { code: ProblemCode::Busy, .. })), "{result:?}");
}

#[test]
fn a_kept_receipt_must_hold_by_itself_and_be_continued_by_the_board() {
    let mut election = opened();
    let fake = board_of(&election);
    let (_, entry) = ballot(&mut election, 0, Disposition::Cast);
    let file = ask::<ReceiptCard>(&mut connect(&fake), post(&election, &entry)).unwrap().file;
    let check = |fake: &Fake, json: &str| {
        ask::<ReceiptCard>(&mut connect(fake), Request::CheckReceipt { json: json.to_owned() })
    };
    fake.with(|world| drop(world.accept(b"later".to_vec())));
    assert!(check(&fake, &file).is_ok());

    let mut other: VoterReceipt = serde_json::from_str(&file).unwrap();
    other.code = TrackingCode(Digest([1; 32]));
    let mut moved: VoterReceipt = serde_json::from_str(&file).unwrap();
    moved.receipt.index -= 1;
    let [other, moved] = [other, moved].map(|file| serde_json::to_string(&file).unwrap());
    for wrong in ["", "{}", &other, &moved, &"x".repeat(2 << 20)] {
        let result = check(&fake, wrong);
        assert!(matches!(result, Err(Trouble::Input { .. })), "{result:?}");
    }

    // the board has forgotten the ballot; or has another one in its place
    let without = Fake::of(election.manifest.id(), opened().log);
    assert_eq!(forgery(check(&without, &file)), Forgery::Fork);
    without.with(|world| (0..3u8).for_each(|extra| drop(world.accept(vec![extra]))));
    assert_eq!(forgery(check(&without, &file)), Forgery::Fork);
    let denying = Fake::of(SmallElection::opened().manifest.id(), Vec::new());
    denying.lie(|request, response| {
        let unknown = problem(ProblemCode::UnknownElection);
        if request.path.contains("/elections/") { Ok(unknown) } else { response }
    });
    assert_eq!(forgery(check(&denying, &file)), Forgery::Answer);
}

#[test]
fn a_ballot_is_tracked_to_what_became_of_it() {
    let mut election = opened();
    election.block(OPENS + 5);
    let (first, bytes) = ballot(&mut election, 0, Disposition::Cast);
    let index = election.log.len() as u64 - 1;
    let fake = board_of(&election);
    let mut reading = connect(&fake);
    let card = ask::<Option<TrackCard>>(&mut reading, track(&election, first)).unwrap().unwrap();
    assert_eq!((card.code, card.fate, card.time, card.is_closed), (first, Fate::Counted, OPENS + 5, false));
    assert_eq!((card.path.index, card.path.leaf, &card.entry), (index, leaf_hash(&bytes), &bytes));
    assert_eq!(card.path.nodes.last(), Some(&card.path.head.root));
    let unknown = track(&election, TrackingCode(Digest([1; 32])));
    assert_eq!(ask::<Option<TrackCard>>(&mut reading, unknown), Ok(None));

    let (encrypted, seed) = election.encrypt(0, &election.selections(0, 2, [0, 0]));
    let tested = encrypted.tracking_code(election.manifest.id());
    let challenge = election.log.len() as u64;
    let entry = election.submit(0, encrypted, Disposition::Challenge);
    election.push(entry);
    publish(&fake, &election);
    let mut fate = |election: &SmallElection, code| {
        publish(&fake, election);
        let card = ask::<Option<TrackCard>>(&mut reading, track(election, code)).unwrap().unwrap();
        assert_eq!(card.path.head.size, election.log.len() as u64, "the newest");
        (card.fate, card.is_closed)
    };
    assert_eq!(fate(&election, tested), (Fate::Tested { published: false }, false));
    let opening = seed.open(&election.selections(0, 2, [0, 0]));
    let publication = election.publication(0, challenge, opening);
    election.push(Entry::Opening(publication));
    assert_eq!(fate(&election, tested), (Fate::Tested { published: true }, false));
    let (second, _) = ballot(&mut election, 0, Disposition::Cast);
    assert_eq!(fate(&election, first), (Fate::Replaced { by: Some(second) }, false));
    election.block(CLOSES);
    assert_eq!(fate(&election, second), (Fate::Counted, true));
}

#[test]
fn a_board_that_points_elsewhere_or_contradicts_its_log_is_caught_while_tracking() {
    let mut election = opened();
    let (first, _) = ballot(&mut election, 0, Disposition::Cast);
    let (_, _) = ballot(&mut election, 1, Disposition::Cast);
    let last = election.log.len() as u64 - 1;
    let fake = board_of(&election);
    let mut reading = connect(&fake);
    let mut forged = |index: u64| {
        fake.change("/ballots/", move |body| {
            *body = format!("{{\"index\":{index},\"disposition\":\"cast\"}}").into_bytes();
        });
        forgery(ask::<Option<TrackCard>>(&mut reading, track(&election, first)))
    };
    assert_eq!(forged(last), Forgery::Answer);
    assert_eq!(forged(last + 1), Forgery::Entries);
    fake.change("/credentials/", |body| {
        let mut status: CredentialStatus = serde_json::from_slice(body).unwrap();
        status.last = Some(TrackingCode(Digest([3; 32])));
        *body = serde_json::to_vec(&status).unwrap();
    });
    assert_eq!(forgery(ask::<Option<TrackCard>>(&mut reading, track(&election, first))), Forgery::Answer);
}
