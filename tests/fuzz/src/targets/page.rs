//! What the web app's page and its workers say to each other.

use borsh::{BorshDeserialize, BorshSerialize};
use tabella_web_shared::messages::{FromWorker, ToWorker};
use tabella_web_shared::{Request, Trouble, prover, reader, trustee, verifier, wire};

/// What is read is written as the same bytes.
fn same<T: BorshSerialize + BorshDeserialize>(bytes: &[u8]) {
    if let Ok(value) = wire::decode::<T>(bytes) {
        assert_eq!(wire::encode(&value).as_deref(), Ok(bytes));
    }
}

/// A kind of message.
type Message = fn(&[u8]);

/// All that is sent by itself: envelopes, and the answers inside them.
const MESSAGES: [Message; 22] = [
    same::<ToWorker<Request>>,
    same::<ToWorker<trustee::Request>>,
    same::<FromWorker>,
    same::<Result<Vec<u8>, Trouble>>,
    same::<prover::SealedCard>,
    same::<prover::DecidedCard>,
    same::<prover::ExaminedCard>,
    same::<prover::PracticeCard>,
    same::<reader::BoardCard>,
    same::<reader::HeadCard>,
    same::<reader::SetupCard>,
    same::<reader::KeyCard>,
    same::<reader::VoterCard>,
    same::<reader::ReceiptCard>,
    same::<reader::TrackCard>,
    same::<reader::PathCard>,
    same::<Vec<reader::EntryCard>>,
    same::<verifier::RecordFiles>,
    same::<verifier::Shard>,
    same::<verifier::Verified>,
    same::<trustee::NewKey>,
    same::<trustee::Said>,
];

/// A message: the first byte says of which kind.
pub fn message(data: &[u8]) {
    if let Some((kind, bytes)) = data.split_first() {
        MESSAGES[usize::from(*kind) % MESSAGES.len()](bytes);
    }
}

/// Messages of several kinds.
pub fn message_seeds() -> Vec<Vec<u8>> {
    let election = crate::scene::scene().election.manifest.id();
    let ask =
        |request: Request| [&[0], wire::encode(&ToWorker { id: 7, request }).unwrap().as_slice()].concat();
    let files = verifier::RecordFiles {
        election,
        files: vec![verifier::RecordFile { path: "board/checkpoint".to_owned(), bytes: vec![1, 2] }],
    };
    let prove = prover::Request::Seal {
        code: "ABCDE".to_owned(),
        style: 1,
        previous: Some((2, "ab".repeat(32))),
        entries: vec![vec![1, 0], vec![0]],
    };
    vec![
        ask(Request::Prover(prove)),
        ask(Request::Verifier(verifier::Request::Shard { part: 0, of: 2 })),
        ask(Request::Verifier(verifier::Request::Take(files.clone()))),
        [&[17], wire::encode(&files).unwrap().as_slice()].concat(),
        [
            &[3],
            wire::encode(&Err::<Vec<u8>, _>(Trouble::Fault { detail: "it broke".to_owned() }))
                .unwrap()
                .as_slice(),
        ]
        .concat(),
    ]
}
