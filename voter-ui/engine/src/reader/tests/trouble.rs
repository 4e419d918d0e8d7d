//! Errors as the page tells them.

use tabella_board_client::fixtures::{FakeLog, ORIGIN, key};
use tabella_board_client::{BoothError, ClientError, Contradiction, Fork, ForkKind, Tampering, WentBack};
use tabella_board_core::api::Problem;
use tabella_board_core::board::BoardMismatch;
use tabella_board_core::check::{BallotRefusal, LogRefusal, ManifestRefusal, Refusal};
use tabella_board_core::receipt::ReceiptError;
use tabella_crypto::checkpoint::{CheckpointError, NoteKey, SignedCheckpoint};
use tabella_crypto::codec::CodecError;
use tabella_crypto::merkle::ProofError;
use tabella_web_worker::trouble::client;

use super::super::trouble::booth;
use super::*;

fn text() -> String {
    "board.example".to_owned()
}

#[test]
fn what_cannot_be_true_is_forged_and_says_what() {
    let rules = |refusal: Refusal| ClientError::Rules { index: 3, refusal: Box::new(refusal) };
    let note = |entries: &[&[u8]]| {
        let entries = entries.iter().map(|entry| entry.to_vec()).collect();
        let log = FakeLog { origin: ORIGIN.to_owned(), entries, signer: 1 };
        SignedCheckpoint::parse(log.checkpoint().as_bytes()).unwrap()
    };
    let (seen, shown) = (note(&[b"a"]), note(&[b"b"]));
    let board = NoteKey::log(ORIGIN, key(1).verifying_key()).unwrap();
    let fork = Contradiction::between(&board, ForkKind::SameSize, &seen, &shown, Vec::new()).unwrap();
    let table = [
        (ClientError::WrongKey { address: text(), expected: text(), found: text() }, Forgery::Key),
        (
            ClientError::Checkpoint { origin: text(), error: CheckpointError::LogSignatureMissing },
            Forgery::Checkpoint,
        ),
        (
            ClientError::Receipt(ReceiptError::ElectionCheckpoint(CheckpointError::LogSignatureMissing)),
            Forgery::Checkpoint,
        ),
        (ClientError::Receipt(ReceiptError::Entry(ProofError::Root)), Forgery::Receipt),
        (ClientError::Receipt(ReceiptError::Anchor(ProofError::Root)), Forgery::Receipt),
        (ClientError::OtherElection, Forgery::Receipt),
        (ClientError::Tampered { origin: text(), tampering: Tampering::Entries(7) }, Forgery::Entries),
        (ClientError::Tampered { origin: text(), tampering: Tampering::Consistency }, Forgery::Entries),
        (ClientError::WentBack(Box::new(WentBack { seen, shown: note(&[]) })), Forgery::Fork),
        (rules(Refusal::Ballot(BallotRefusal::NotOpen)), Forgery::Rules),
        (rules(Refusal::Log(LogRefusal::FirstBlock)), Forgery::Rules),
        (rules(Refusal::Manifest(ManifestRefusal::Hash)), Forgery::Election),
        (
            ClientError::Encoding {
                origin: text(),
                index: 1,
                error: CodecError::TooLong { length: 2, bound: 1 },
            },
            Forgery::Rules,
        ),
        (ClientError::OtherBoard(BoardMismatch::Origin { found: text(), here: text() }), Forgery::Election),
    ];
    for (error, forgery) in table {
        let detail = error.to_string();
        assert_eq!(client(error), Trouble::Forged { forgery, detail });
    }
    // the evidence file stands below the words
    let error = ClientError::Fork(Box::new(fork.clone()));
    let words = error.to_string();
    let Trouble::Forged { forgery: Forgery::Fork, detail } = client(error) else { panic!("a fork") };
    let (first, json) = detail.split_once('\n').unwrap();
    assert_eq!((first, Fork::from_json(json)), (words.as_str(), Ok(fork.fork().clone())));
    assert_eq!(forgery::<()>(Err(booth(BoothError::Contradiction))), Forgery::Answer);
    assert_eq!(forgery::<()>(Err(booth(BoothError::OtherBallot(1)))), Forgery::Answer);
    assert_eq!(forgery::<()>(Err(booth(BoothError::NoBlock(1)))), Forgery::Rules);
}

#[test]
fn what_is_merely_not_there_is_no_forgery() {
    let refused = |code| client(ClientError::Refused(Box::new(Problem::new(code, "a reason"))));
    let problem = |code| Trouble::Refused { code, detail: "a reason".to_owned() };
    let table = [
        (client(ClientError::Unreachable { address: text(), reason: text() }), Trouble::Unreachable),
        (client(ClientError::NotABoard { address: text(), reason: "no board" }), Trouble::Unreachable),
        (client(ClientError::TimedOut { address: text() }), Trouble::TimedOut),
        (refused(ProblemCode::Timeout), Trouble::TimedOut),
        (refused(ProblemCode::NotFound), Trouble::NotFound),
        (refused(ProblemCode::UnknownElection), Trouble::NotFound),
        (refused(ProblemCode::Refused), problem(ProblemCode::Refused)),
        (refused(ProblemCode::Stopping), problem(ProblemCode::Stopping)),
        (booth(BoothError::NoManifest), Trouble::NotFound),
        (booth(BoothError::NotOpen { opens: 5 }), Trouble::NotOpen),
        (booth(BoothError::NeverOpened), Trouble::Closed),
        (booth(BoothError::Closed), Trouble::Closed),
        (booth(BoothError::NotOnRoll), Trouble::UnknownCode),
        (booth(BoothError::FirstOnly), Trouble::Limit { tests: false, allowed: 1 }),
        (booth(BoothError::CastLimit { cast: 4, allowed: 4 }), Trouble::Limit { tests: false, allowed: 4 }),
        (booth(BoothError::TestLimit { tests: 2, allowed: 2 }), Trouble::Limit { tests: true, allowed: 2 }),
    ];
    for (case, (found, expected)) in table.into_iter().enumerate() {
        assert_eq!(found, expected, "case {case}");
    }
    assert!(matches!(client(ClientError::SavedView("damaged")), Trouble::Fault { .. }));
}
