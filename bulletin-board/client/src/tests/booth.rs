//! A booth reads as far as it must, incrementally, and believes of a ballot what the log shows.

use tabella_board_core::api::CredentialStatus;
use tabella_board_core::check::BallotRefusal;
use tabella_board_core::fixtures::{CLOSES, OPENS};
use tabella_board_core::state::Phase;
use tabella_crypto::ballot::{Disposition, TrackingCode};
use tabella_crypto::credential::Credential;
use tabella_crypto::group::EncodedPoint;
use tabella_crypto::manifest::Recasting;
use tabella_crypto::merkle::leaf_hash;

use super::*;
use crate::booth::{Booth, BoothError, Fate, FoundBallot, Standing};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(1)
}

/// The board with the log of an election as far as it goes.
fn board_of(election: &SmallElection) -> Fake {
    Fake::of(election.manifest.id(), election.log.clone())
}

/// The log goes on.
fn publish(fake: &Fake, election: &SmallElection) {
    fake.with(|world| world.election.entries = election.log.clone());
}

fn booth(fake: &Fake, election: &SmallElection) -> Booth<Fake> {
    Booth::new(&connect(fake).unwrap(), election.manifest.id()).unwrap()
}

fn here(election: &mut tabella_crypto::manifest::Manifest) {
    election.board = ORIGIN.to_owned();
}

fn opened() -> SmallElection {
    SmallElection::opened_with(here)
}

fn entered(fake: &Fake, election: &SmallElection) -> Booth<Fake> {
    let mut booth = booth(fake, election);
    let _state = run(booth.advance(&mut rng(), |_| ())).unwrap();
    booth
}

/// Appends a voter's next ballot; gives its tracking code.
fn vote(election: &mut SmallElection, voter: usize, option: usize, disposition: Disposition) -> TrackingCode {
    let (ballot, _) = election.encrypt(voter, &election.selections(voter, option, [1, 0]));
    let code = ballot.tracking_code(election.manifest.id());
    let entry = election.submit(voter, ballot, disposition);
    election.push(entry);
    code
}

#[test]
fn reading_goes_on_where_it_was_left_and_ends_with_the_opening() {
    let mut election = SmallElection::with(here);
    let fake = board_of(&election);
    let mut booth = booth(&fake, &election);
    assert!(matches!(booth.context(), Err(BoothError::NoManifest)));

    let mut seen = Vec::new();
    assert_eq!(run(booth.advance(&mut rng(), |read| seen.push(read))).unwrap().phase(), Phase::Setup);
    assert_eq!(seen, [election.log.len() as u64]);
    assert!(matches!(booth.context(), Err(BoothError::NotOpen { opens: OPENS })));
    assert_eq!(booth.state().roll().len(), 0);

    election.hold_ceremony();
    election.publish_roll();
    publish(&fake, &election);
    assert_eq!(run(booth.advance(&mut rng(), |_| ())).unwrap().phase(), Phase::Setup);
    let voter = election.voters[3].public();
    assert_eq!(booth.voter(&voter).unwrap().style, 1);
    assert!(booth.state().ceremony().key_set().is_some());

    election.block(OPENS);
    let open = election.log.len() as u64;
    election.vote_all();
    publish(&fake, &election);
    assert_eq!(run(booth.advance(&mut rng(), |_| ())).unwrap().size(), open, "ballots are not read");
    assert_eq!(booth.context().unwrap().manifest().id(), election.manifest.id());

    election.block(CLOSES);
    publish(&fake, &election);
    let asked = fake.with(|world| world.requests.len());
    assert_eq!(run(booth.advance(&mut rng(), |_| ())).unwrap().phase(), Phase::Open, "as it was then");
    assert_eq!(fake.with(|world| world.requests.len()), asked, "nothing more was asked");
    assert!(matches!(run(booth.check_open()), Err(BoothError::Closed)));
}

#[test]
fn an_election_that_never_opened_is_told_from_one_that_is_not_open_yet() {
    let mut election = SmallElection::with(here);
    election.block(CLOSES);
    let booth = entered(&board_of(&election), &election);
    assert!(matches!(booth.context(), Err(BoothError::NeverOpened)));
}

#[test]
fn an_election_of_another_board_has_no_booth() {
    let election = SmallElection::opened_with(|manifest| manifest.board = "elsewhere.example".to_owned());
    let mut booth = booth(&board_of(&election), &election);
    for _ in 0..2 {
        let error = run(booth.advance(&mut rng(), |_| ())).err().unwrap();
        assert!(matches!(error, ClientError::OtherBoard(BoardMismatch::Origin { .. })), "{error}");
    }
}

#[test]
fn an_entry_that_breaks_the_rules_ends_the_reading_before_it() {
    let mut voted = opened();
    let _code = vote(&mut voted, 0, 0, Disposition::Cast);
    let mut election = SmallElection::with(here);
    let good = election.log.len() as u64;
    // a ballot before the opening
    election.log.extend(voted.log.last().cloned());
    let fake = board_of(&election);
    let mut booth = booth(&fake, &election);
    match run(booth.advance(&mut rng(), |_| ())).err().unwrap() {
        ClientError::Rules { index, refusal } => {
            assert_eq!((index, *refusal), (good, Refusal::Ballot(BallotRefusal::NotOpen)));
        }
        other => panic!("{other}"),
    }
    assert_eq!(booth.state().size(), good);
    fake.with(|world| *world.election.entries.last_mut().unwrap() = b"nonsense".to_vec());
    let fresh = &mut super::booth::booth(&fake, &election);
    let error = run(fresh.advance(&mut rng(), |_| ())).err().unwrap();
    assert!(matches!(error, ClientError::Encoding { index, .. } if index == good), "{error}");
}

#[test]
fn a_voters_standing_is_the_rolls_style_and_the_boards_count() {
    let mut election = opened();
    let fake = board_of(&election);
    let booth = entered(&fake, &election);
    let voter = election.voters[4].public();
    let none = Standing { style: 1, previous: None, tests: 0 };
    assert_eq!(run(booth.standing(&voter)).unwrap(), none);
    let stranger = Credential(EncodedPoint([9; 32]));
    assert!(matches!(run(booth.standing(&stranger)), Err(BoothError::NotOnRoll)));

    let _first = vote(&mut election, 4, 0, Disposition::Cast);
    let _test = vote(&mut election, 4, 0, Disposition::Challenge);
    let last = vote(&mut election, 4, 2, Disposition::Cast);
    publish(&fake, &election);
    let standing = Standing { style: 1, previous: Some((1, last)), tests: 1 };
    assert_eq!(run(booth.standing(&voter)).unwrap(), standing);

    fake.change("/credentials/", |body| {
        let mut status: CredentialStatus = serde_json::from_slice(body).unwrap();
        status.last = None;
        *body = serde_json::to_vec(&status).unwrap();
    });
    assert!(matches!(run(booth.standing(&voter)), Err(BoothError::Contradiction)));
}

#[test]
fn no_ballot_more_than_the_manifest_allows() {
    let code = TrackingCode(Digest([1; 32]));
    let standing = |cast: u16, tests| Standing {
        style: 0,
        previous: cast.checked_sub(1).map(|counter| (counter, code)),
        tests,
    };
    let election = opened();
    let booth = entered(&board_of(&election), &election);
    assert!(booth.check_limits(&standing(2, 2), false).is_ok());
    assert!(matches!(
        booth.check_limits(&standing(3, 0), false),
        Err(BoothError::CastLimit { cast: 3, allowed: 3 })
    ));
    assert!(booth.check_limits(&standing(3, 1), true).is_err(), "a test is a ballot that could be cast");
    assert!(matches!(
        booth.check_limits(&standing(0, 2), true),
        Err(BoothError::TestLimit { tests: 2, allowed: 2 })
    ));

    let first_only = |manifest: &mut tabella_crypto::manifest::Manifest| {
        here(manifest);
        manifest.recasting = Recasting::FirstOnly;
    };
    let election = SmallElection::opened_with(first_only);
    let booth = entered(&board_of(&election), &election);
    assert!(booth.check_limits(&standing(0, 0), false).is_ok());
    assert!(matches!(booth.check_limits(&standing(1, 0), false), Err(BoothError::FirstOnly)));
}

#[test]
fn a_ballot_is_found_by_its_code_with_the_time_of_its_block() {
    let mut election = opened();
    election.block(OPENS + 7);
    let cast = vote(&mut election, 0, 0, Disposition::Cast);
    election.block(OPENS + 9);
    let tested = vote(&mut election, 1, 1, Disposition::Challenge);
    let fake = board_of(&election);
    let mut booth = booth(&fake, &election);

    let found = run(booth.find_ballot(cast)).unwrap().unwrap();
    let size = election.log.len() as u64;
    assert_eq!((found.index, found.time, found.disposition), (size - 3, OPENS + 7, Disposition::Cast));
    assert_eq!(found.bytes, election.log[size as usize - 3]);
    let found = run(booth.find_ballot(tested)).unwrap().unwrap();
    assert_eq!((found.index, found.time, found.disposition), (size - 1, OPENS + 9, Disposition::Challenge));
    assert_eq!(run(booth.find_ballot(TrackingCode(Digest([1; 32])))).unwrap(), None);

    let point_to = |index: u64| {
        fake.change("/ballots/", move |body| {
            *body = format!("{{\"index\":{index},\"disposition\":\"cast\"}}").into_bytes();
        });
    };
    for wrong in [0, size - 1] {
        point_to(wrong);
        let error = run(booth.find_ballot(cast)).unwrap_err();
        assert!(matches!(error, BoothError::OtherBallot(index) if index == wrong), "{error}");
    }
    point_to(u64::MAX);
    let error = run(booth.find_ballot(cast)).unwrap_err();
    let BoothError::Client(ClientError::Tampered { tampering, .. }) = error else { panic!("{error}") };
    assert_eq!(tampering, Tampering::Beyond(u64::MAX));
}

#[test]
fn the_time_of_a_ballot_is_found_in_an_earlier_bundle() {
    let mut election = opened();
    let begin = election.log.len() as u64;
    // more than a bundle without a block: the same test ballot, which no rule would accept twice
    let _test = vote(&mut election, 0, 0, Disposition::Challenge);
    let filler = election.log.last().cloned().unwrap();
    let code = vote(&mut election, 0, 0, Disposition::Cast);
    let ballot = election.log.pop().unwrap();
    election.log.resize(600, filler);
    election.log.push(ballot);
    assert!(begin < 256);
    let mut booth = booth(&board_of(&election), &election);
    assert_eq!(run(booth.find_ballot(code)).unwrap().unwrap().time, OPENS);
}

fn fate(booth: &mut Booth<Fake>, found: &FoundBallot) -> Result<Fate, BoothError> {
    run(booth.fate(found, |_, _| ()))
}

#[test]
fn what_became_of_a_ballot_is_shown_by_the_log() {
    let mut election = opened();
    let first = vote(&mut election, 0, 0, Disposition::Cast);
    let (ballot, seed) = election.encrypt(0, &election.selections(0, 1, [1, 0]));
    let tested = ballot.tracking_code(election.manifest.id());
    let challenge = election.log.len() as u64;
    let entry = election.submit(0, ballot, Disposition::Challenge);
    election.push(entry);
    let fake = board_of(&election);
    let mut booth = booth(&fake, &election);
    let one = run(booth.find_ballot(first)).unwrap().unwrap();
    let test = run(booth.find_ballot(tested)).unwrap().unwrap();
    assert_eq!(fate(&mut booth, &one).unwrap(), Fate::Counted);
    assert_eq!(fate(&mut booth, &test).unwrap(), Fate::Tested { opening: None });

    let opening = seed.open(&election.selections(0, 1, [1, 0]));
    let publication = election.publication(0, challenge, opening);
    election.push(Entry::Opening(publication));
    let opened_at = election.log.len() as u64 - 1;
    let second = vote(&mut election, 0, 2, Disposition::Cast);
    let third = vote(&mut election, 0, 3, Disposition::Cast);
    publish(&fake, &election);
    assert_eq!(fate(&mut booth, &test).unwrap(), Fate::Tested { opening: Some(opened_at) });
    let two = run(booth.find_ballot(second)).unwrap().unwrap();
    let three = run(booth.find_ballot(third)).unwrap().unwrap();
    for replaced in [&one, &two] {
        assert_eq!(fate(&mut booth, replaced).unwrap(), Fate::Replaced { by: third });
    }
    assert_eq!(fate(&mut booth, &three).unwrap(), Fate::Counted);
}

#[test]
fn a_board_that_lies_about_a_ballots_fate_contradicts_its_log() {
    let mut election = opened();
    let first = vote(&mut election, 0, 0, Disposition::Cast);
    let other = vote(&mut election, 1, 0, Disposition::Cast);
    let second = vote(&mut election, 0, 1, Disposition::Cast);
    let end = election.log.len() as u64;
    let fake = board_of(&election);
    let mut booth = booth(&fake, &election);
    let one = run(booth.find_ballot(first)).unwrap().unwrap();
    let two = run(booth.find_ballot(second)).unwrap().unwrap();

    type Lie = fn(&mut CredentialStatus);
    let lies: [(&FoundBallot, Lie); 4] = [
        (&one, |status| status.last = None),
        (&two, |status| status.cast = 1),
        (&two, |status| status.last = Some(TrackingCode(Digest([3; 32])))),
        (&one, |status| status.ballots.truncate(1)),
    ];
    for (case, (ballot, lie)) in lies.into_iter().enumerate() {
        fake.change("/credentials/", move |body| {
            let mut status: CredentialStatus = serde_json::from_slice(body).unwrap();
            lie(&mut status);
            *body = serde_json::to_vec(&status).unwrap();
        });
        let result = fate(&mut booth, ballot);
        assert!(matches!(result, Err(BoothError::Contradiction)), "case {case}: {result:?}");
    }
    // another voter's ballot replaces nothing; and none at all cannot be looked at
    for index in [end - 2, end] {
        fake.change("/credentials/", move |body| {
            let mut status: CredentialStatus = serde_json::from_slice(body).unwrap();
            (status.last, status.ballots) = (Some(other), vec![index]);
            *body = serde_json::to_vec(&status).unwrap();
        });
        assert!(matches!(fate(&mut booth, &one), Err(BoothError::Contradiction)), "{index}");
    }
    assert!(fake.with(|world| !world.waits.is_empty()), "it was asked again");
}

#[test]
fn an_inclusion_is_proved_from_tiles_alone() {
    let fake = Fake::new(1);
    let mut log = election_log(&fake);
    for size in [1, 2, 255, 256, 257, 600] {
        fake.with(|world| world.election.entries = (0..size).map(entry).collect());
        let head = run(log.refresh()).unwrap();
        for index in [0, size / 2, size - 1] {
            let (leaf, proof) = run(log.inclusion(index)).unwrap();
            assert_eq!(leaf, leaf_hash(&entry(index)));
            assert_eq!(proof.verify(&leaf, &head.root()), Ok(()), "{index} of {size}");
        }
        assert!(matches!(
            run(log.inclusion(size)),
            Err(ClientError::Tampered { tampering: Tampering::Beyond(_), .. })
        ));
    }
    assert!(fake.with(|world| {
        !world.requests.iter().any(|path| path.contains("elections") && path.contains("tile/entries"))
    }));

    let mut fresh = election_log(&fake);
    let _head = run(fresh.refresh()).unwrap();
    fake.change("/tile/0/", |body| {
        if let Some(byte) = body.get_mut(9) {
            *byte ^= 1;
        }
    });
    assert!(matches!(
        run(fresh.inclusion(0)),
        Err(ClientError::Tampered { tampering: Tampering::Entries(0), .. })
    ));
}

#[test]
fn a_receipt_that_was_kept_is_held_against_what_the_board_shows_now() {
    let fake = Fake::new(300);
    let receipt = fake.with(|world| world.accept(b"new".to_vec()));
    let check = |fake: &Fake| {
        let board = connect(fake).unwrap();
        run(board.check_kept_receipt(ELECTION, b"new", receipt.clone())).map(|posted| posted.verified.index())
    };
    assert_eq!(check(&fake).unwrap(), 300);
    fake.with(|world| drop(world.accept(b"more".to_vec())));
    assert_eq!(check(&fake).unwrap(), 300, "the logs go on");

    let other = Fake::new(300);
    assert!(matches!(check(&other), Err(ClientError::WentBack(_))));
    other.with(|world| (0..3).for_each(|extra| drop(world.accept(entry(1000 + extra)))));
    assert!(
        matches!(check(&other), Err(ClientError::Fork(fork)) if fork.fork().kind == ForkKind::NotABeginning)
    );
    let wrong = Receipt { index: 3, ..receipt.clone() };
    let result = run(connect(&fake).unwrap().check_kept_receipt(ELECTION, b"new", wrong));
    assert!(matches!(result, Err(ClientError::Receipt(ReceiptError::Entry(_)))));
}
