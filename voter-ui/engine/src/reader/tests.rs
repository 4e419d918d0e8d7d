//! The reader against a board in memory: an honest one, and one that lies.

mod ballots;
mod entries;
mod seen;
mod trouble;

use std::cell::RefCell;

use borsh::BorshDeserialize;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use tabella_board_client::SavedView;
use tabella_board_client::fixtures::{Fake, ORIGIN, genesis, key, problem, run};
use tabella_board_core::api::{CredentialStatus, ProblemCode};
use tabella_board_core::entry::BoardEntry;
use tabella_board_core::fixtures::{CLOSES, OPENS, SmallElection, VOTERS};
use tabella_crypto::ballot::{Disposition, TrackingCode};
use tabella_crypto::credential::CredentialCode;
use tabella_crypto::manifest::{CheckedManifest, ElectionId, Manifest};
use tabella_crypto::merkle::leaf_hash;
use tabella_crypto::transcript::Digest;
use tabella_tally::standing::{Round, Stage as AtStage, Standing};
use tabella_web_shared::reader::{
    BoardCard, EntryCard, HeadCard, LogName, PathCard, Request, SetupCard, VoterCard,
};
use tabella_web_shared::wire::decode;
use tabella_web_shared::{Forgery, Stage, Trouble};
use tabella_web_worker::board::seen_before;

use super::reading::Reading;

/// An election for the board in memory.
fn here(manifest: &mut Manifest) {
    manifest.board = ORIGIN.to_owned();
}

fn opened() -> SmallElection {
    SmallElection::opened_with(here)
}

fn board_of(election: &SmallElection) -> Fake {
    Fake::of(election.manifest.id(), election.log.clone())
}

/// The log goes on.
fn publish(fake: &Fake, election: &SmallElection) {
    fake.with(|world| world.election.entries = election.log.clone());
}

fn connect(fake: &Fake) -> Reading<Fake> {
    run(Reading::connect(fake.clone(), &[])).unwrap()
}

/// The answer to a request as the page gets it, with the stages that it was told of.
fn ask_telling<A: BorshDeserialize>(
    reading: &mut Reading<Fake>,
    request: Request,
) -> (Result<A, Trouble>, Vec<Stage>) {
    let stages = RefCell::new(Vec::new());
    let answer = run(reading.answer(request, &|stage, _, _| stages.borrow_mut().push(stage)));
    (answer.map(|bytes| decode(&bytes).unwrap()), stages.into_inner())
}

fn ask<A: BorshDeserialize>(reading: &mut Reading<Fake>, request: Request) -> Result<A, Trouble> {
    ask_telling(reading, request).0
}

/// The codes of the voters of [`SmallElection`], which draws them first from its randomness.
fn codes() -> Vec<String> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    VOTERS.iter().map(|_| CredentialCode::generate(&mut rng).reveal().expose().clone()).collect()
}

/// Appends a voter's next ballot; gives its tracking code.
fn vote(election: &mut SmallElection, voter: usize, disposition: Disposition) -> TrackingCode {
    let (ballot, _) = election.encrypt(voter, &election.selections(voter, 1, [1, 0]));
    let code = ballot.tracking_code(election.manifest.id());
    let entry = election.submit(voter, ballot, disposition);
    election.push(entry);
    code
}

/// What is forged by this trouble.
#[track_caller]
fn forgery<A: std::fmt::Debug>(result: Result<A, Trouble>) -> Forgery {
    match result {
        Err(Trouble::Forged { forgery, .. }) => forgery,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_board_is_known_again_by_what_the_page_kept() {
    let fake = board_of(&opened());
    let first = connect(&fake);
    let card = first.board_card().unwrap();
    assert!(card.first_visit);
    assert_eq!((card.origin.as_str(), card.head.size), (ORIGIN, 2));
    assert_eq!(card.fingerprint, key(1).verifying_key().fingerprint().to_hex());
    let kept = first.view().to_json();

    let again = |kept: &str| run(Reading::connect(fake.clone(), &[kept.to_owned()]));
    assert!(!again(&kept).unwrap().board_card().unwrap().first_visit);
    for damaged in ["", "{}", &kept.replace("board", "bored"), &kept.replace("\\n2\\n", "\\n1\\n")] {
        assert_ne!(damaged, kept);
        assert!(again(damaged).unwrap().board_card().unwrap().first_visit, "{damaged}");
    }

    fake.with(|world| {
        let mut other = genesis();
        other.operator = key(9).verifying_key();
        world.board.entries[1] = BoardEntry::Genesis(other).encode();
        world.board.signer = 9;
    });
    assert_eq!(forgery(again(&kept).map(|_| ())), Forgery::Key);
}

#[test]
fn a_board_that_takes_something_back_is_caught_on_the_next_look() {
    let election = opened();
    let fake = board_of(&election);
    let mut reading = connect(&fake);
    let log = LogName::Election(election.manifest.id());
    let head: HeadCard = ask(&mut reading, Request::Head(log)).unwrap();
    assert_eq!(head.root, fake.with(|world| world.election.root()));
    fake.with(|world| drop(world.election.entries.pop()));
    assert_eq!(forgery(ask::<HeadCard>(&mut reading, Request::Head(log))), Forgery::Fork);
    fake.with(|world| world.board.signer = 7);
    assert_eq!(forgery(ask::<BoardCard>(&mut reading, Request::Board)), Forgery::Checkpoint);
}

#[test]
fn an_election_is_shown_before_and_after_its_opening() {
    let mut election = SmallElection::with(here);
    let id = election.manifest.id();
    let fake = board_of(&election);
    let mut reading = connect(&fake);
    let (card, stages) = ask_telling::<SetupCard>(&mut reading, Request::Setup(id));
    let card = card.unwrap();
    assert_eq!(stages, [Stage::Reading]);
    assert_eq!(CheckedManifest::decode(&card.manifest).unwrap().id(), id);
    assert_eq!((card.voters, card.key, card.opened), (0, None, false));

    election.hold_ceremony();
    election.publish_roll();
    publish(&fake, &election);
    let card: SetupCard = ask(&mut reading, Request::Setup(id)).unwrap();
    assert_eq!((card.voters, card.roll, card.opened), (7, election.state.roll().digest(), false));
    let keys = election.state.ceremony().key_set().unwrap().clone();
    assert_eq!(card.key.as_ref().unwrap().key, keys.key().encoded().0);

    election.block(OPENS);
    election.block(CLOSES);
    publish(&fake, &election);
    let open: SetupCard = ask(&mut reading, Request::Setup(id)).unwrap();
    assert_eq!(open, SetupCard { opened: true, ..card });

    let absent = Request::Setup(ElectionId(Digest([1; 32])));
    assert_eq!(ask::<SetupCard>(&mut reading, absent), Err(Trouble::NotFound));
}

#[test]
fn the_standing_of_a_ceremony_goes_on_with_the_log() {
    let mut election = SmallElection::with(here);
    let id = election.manifest.id();
    let fake = board_of(&election);
    let mut reading = connect(&fake);
    let mut ask = |election: &SmallElection| {
        publish(&fake, election);
        let standing: Standing = ask(&mut reading, Request::Standing(id)).unwrap();
        assert_eq!(standing, Standing::of(&election.state, None));
        standing.stage
    };
    assert_eq!(ask(&election), AtStage::Round(Round::Registration));
    election.register();
    assert_eq!(ask(&election), AtStage::Round(Round::CommitmentHash));
    election.commit();
    election.share();
    election.confirm();
    election.test_shares();
    assert_eq!(ask(&election), AtStage::Opening);

    let absent = Request::Standing(ElectionId(Digest([1; 32])));
    let mut reading = connect(&fake);
    assert_eq!(super::tests::ask::<Standing>(&mut reading, absent), Err(Trouble::NotFound));
}

#[test]
fn an_election_copied_from_another_board_is_forged() {
    let election = SmallElection::opened();
    let mut reading = connect(&board_of(&election));
    let setup = || Request::Setup(election.manifest.id());
    for _ in 0..2 {
        assert_eq!(forgery(ask::<SetupCard>(&mut reading, setup())), Forgery::Election);
    }
}

#[test]
fn a_voter_is_found_by_the_code() {
    let mut election = opened();
    let id = election.manifest.id();
    let _first = vote(&mut election, 5, Disposition::Cast);
    let _test = vote(&mut election, 5, Disposition::Challenge);
    let last = vote(&mut election, 5, Disposition::Cast);
    let fake = board_of(&election);
    let mut reading = connect(&fake);
    let codes = codes();
    let voter = |code: &str| Request::Voter { election: id, code: code.to_owned() };
    let card: VoterCard = ask(&mut reading, voter(&codes[5].to_lowercase())).unwrap();
    let (style, weight) = VOTERS[5];
    let credential = election.voters[5].public();
    assert_eq!(card, VoterCard { credential, style, weight, cast: 2, tests: 1, last: Some(last) });
    let card: VoterCard = ask(&mut reading, voter(&codes[3])).unwrap();
    assert_eq!((card.style, card.cast, card.last), (VOTERS[3].0, 0, None));

    let stranger = CredentialCode::generate(&mut ChaCha20Rng::seed_from_u64(9)).reveal().expose().clone();
    for wrong in [stranger.as_str(), "", "ZKZZS"] {
        assert_eq!(ask::<VoterCard>(&mut reading, voter(wrong)), Err(Trouble::UnknownCode), "{wrong}");
    }
    fake.change("/credentials/", |body| {
        let mut status: CredentialStatus = serde_json::from_slice(body).unwrap();
        status.cast = 0;
        *body = serde_json::to_vec(&status).unwrap();
    });
    assert_eq!(forgery(ask::<VoterCard>(&mut reading, voter(&codes[5]))), Forgery::Answer);
    fake.lie(|request, response| {
        let gone = problem(ProblemCode::NotFound);
        if request.path.contains("/credentials/") { Ok(gone) } else { response }
    });
    assert_eq!(forgery(ask::<VoterCard>(&mut reading, voter(&codes[5]))), Forgery::Answer);
}

#[test]
fn a_code_of_a_roll_that_is_not_complete_is_not_called_unknown() {
    let election = SmallElection::with(here);
    let mut reading = connect(&board_of(&election));
    let voter = Request::Voter { election: election.manifest.id(), code: codes().remove(0) };
    assert_eq!(ask::<VoterCard>(&mut reading, voter), Err(Trouble::NotOpen));
}

#[test]
fn a_path_leads_from_the_leaf_to_the_signed_root() {
    let election = opened();
    let fake = board_of(&election);
    let mut reading = connect(&fake);
    let log = LogName::Election(election.manifest.id());
    for index in 0..election.log.len() as u64 {
        let card: PathCard = ask(&mut reading, Request::Path { log, index }).unwrap();
        assert_eq!(card.leaf, leaf_hash(&election.log[index as usize]));
        assert_eq!(card.nodes.last(), Some(&card.head.root), "{index}");
        assert_eq!((card.siblings.len(), card.on_left.len()), (card.nodes.len(), card.nodes.len()));
    }
    let beyond = Request::Path { log, index: election.log.len() as u64 };
    assert_eq!(ask::<PathCard>(&mut reading, beyond), Err(Trouble::NotFound));
    let card: PathCard = ask(&mut reading, Request::Path { log: LogName::Board, index: 1 }).unwrap();
    assert_eq!((card.on_left, card.head.origin.as_str()), (vec![true], ORIGIN));
}

#[test]
fn entries_come_as_many_as_there_are() {
    let election = opened();
    let fake = board_of(&election);
    let mut reading = connect(&fake);
    let log = LogName::Election(election.manifest.id());
    let size = election.log.len() as u64;
    let mut ask = |first, count| -> Vec<u64> {
        let cards: Vec<EntryCard> = ask(&mut reading, Request::Entries { log, first, count }).unwrap();
        cards.iter().map(|card| card.index).collect()
    };
    assert_eq!(ask(0, 256), (0..size).collect::<Vec<_>>());
    assert_eq!(ask(3, 2), [3, 4]);
    assert_eq!(ask(size - 1, 9), [size - 1]);
    for (first, count) in [(size, 1), (size + 9, 9), (u64::MAX, 256), (0, 0)] {
        assert!(ask(first, count).is_empty(), "{first}");
    }
    fake.change("/tile/entries/", |body| {
        if let Some(byte) = body.last_mut() {
            *byte ^= 1;
        }
    });
    let request = Request::Entries { log, first: 0, count: 1 };
    assert_eq!(forgery(super::tests::ask::<Vec<EntryCard>>(&mut reading, request)), Forgery::Entries);
}
