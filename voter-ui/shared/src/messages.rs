//! The envelopes.

use borsh::{BorshDeserialize, BorshSerialize};

use zeroize::{Zeroize, Zeroizing};

use crate::trouble::Trouble;
use crate::{prover, reader, verifier, wire};

/// A request with the number that its answer carries.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct ToWorker<R> {
    /// Chosen by the page, each once.
    pub id: u32,
    /// What is asked, by the worker's module: [`Request`], or a [trustee's](crate::trustee::Request).
    pub request: R,
}

impl<R: BorshSerialize + Zeroize> ToWorker<R> {
    /// The message as bytes. What is secret in the request is erased from it, and from the bytes when they are dropped.
    ///
    /// # Errors
    /// A fault where something is too long for borsh, with the request's secrets erased all the same.
    pub fn into_bytes(mut self) -> Result<Zeroizing<Vec<u8>>, Trouble> {
        let bytes = wire::encode_secret(&self);
        self.request.zeroize();
        bytes
    }
}

impl<R: BorshDeserialize> ToWorker<R> {
    /// The message from bytes, which are erased whether or not they are one.
    ///
    /// # Errors
    /// A fault if they are none.
    pub fn take(bytes: &mut [u8]) -> Result<Self, Trouble> {
        let message = wire::decode(bytes);
        bytes.zeroize();
        message
    }
}

/// What a worker of the module `engine` can be asked.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub enum Request {
    /// About the board.
    Reader(reader::Request),
    /// With a voter's secrets.
    Prover(prover::Request),
    /// To verify a record.
    Verifier(verifier::Request),
}

/// Erases codes and choices.
impl Zeroize for Request {
    fn zeroize(&mut self) {
        match self {
            Self::Reader(request) => request.zeroize(),
            Self::Prover(request) => request.zeroize(),
            Self::Verifier(_) => {}
        }
    }
}

/// An event with the number of its request.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct FromWorker {
    /// The request's number.
    pub id: u32,
    /// What happened.
    pub event: Event,
}

/// What a worker tells.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub enum Event {
    /// How far it is.
    Progress(Progress),
    /// What it saw of the board, as [`SavedView`] JSON, opaque to the page: a reader's is kept until the next visit, so
    /// that a board that takes something back is caught; a verifier's and a trustee's are taken in by the reader. Public
    /// data.
    ///
    /// [`SavedView`]: https://docs.rs/tabella-board-client
    Saved(String),
    /// The end: the answer as borsh, of the type that the request names.
    Done(Result<Vec<u8>, Trouble>),
}

/// How far something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Done so far.
    pub done: u64,
    /// Of so many; 0 if that is not known.
    pub of: u64,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Stage {
    /// Reading and checking the election's log, in entries.
    Reading,
    /// Making a ballot: 0 of 1, then 1 of 1.
    Sealing,
    /// Waiting for the board's answer to a ballot.
    Sending,
    /// Checking the board's answer.
    Checking,
    /// Fetching a record, in entries.
    Downloading,
    /// Verifying a record, in entries.
    Verifying,
}

#[cfg(test)]
mod tests {
    use tabella_board_core::api::ProblemCode;

    use super::*;

    const CODE: &str = "7KQ2M-9XH4P";

    fn seal() -> prover::Request {
        let previous = Some((3, "ab".repeat(32)));
        prover::Request::Seal {
            code: CODE.to_owned(),
            style: 1,
            previous,
            entries: vec![vec![0, 1], vec![9]],
        }
    }

    #[test]
    fn a_request_arrives_and_its_bytes_are_erased() {
        let message = ToWorker { id: 7, request: Request::Prover(seal()) };
        let mut bytes = message.into_bytes().unwrap();
        assert!(bytes.windows(CODE.len()).any(|window| window == CODE.as_bytes()));
        let ToWorker { id, request } = ToWorker::<Request>::take(&mut bytes).unwrap();
        let Request::Prover(prover::Request::Seal { code, style, previous, entries }) = request else {
            panic!("another request");
        };
        assert_eq!((id, code.as_str(), style, previous), (7, CODE, 1, Some((3, "ab".repeat(32)))));
        assert_eq!(entries, [vec![0, 1], vec![9]]);
        assert!(bytes.iter().all(|byte| *byte == 0) && !bytes.is_empty());
    }

    #[test]
    fn bytes_that_are_no_message_are_erased_too() {
        let message = ToWorker { id: 7, request: Request::Prover(seal()) };
        let bytes = message.into_bytes().unwrap();
        for mut wrong in [bytes[..bytes.len() - 1].to_vec(), [&bytes[..], b"x"].concat(), vec![255; 9]] {
            assert!(matches!(ToWorker::<Request>::take(&mut wrong), Err(Trouble::Fault { .. })));
            assert!(wrong.iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn codes_and_choices_are_erased_from_a_request() {
        let election = tabella_crypto::manifest::ElectionId(tabella_crypto::transcript::Digest([1; 32]));
        let purpose = prover::Purpose { manifest: vec![1], key: vec![2] };
        let code = || CODE.to_owned();
        let requests = [
            Request::Prover(seal()),
            Request::Prover(prover::Request::Publish {
                purpose,
                index: 4,
                entry: vec![5],
                opening: String::new(),
                code: code(),
            }),
            Request::Reader(reader::Request::Voter { election, code: code() }),
        ];
        for mut request in requests {
            request.zeroize();
            let (code, entries) = match request {
                Request::Prover(prover::Request::Seal { code, entries, .. }) => (code, entries),
                Request::Prover(prover::Request::Publish { code, .. })
                | Request::Reader(reader::Request::Voter { code, .. }) => (code, Vec::new()),
                other => panic!("{other:?}"),
            };
            assert!(code.is_empty() && entries.is_empty());
        }
    }

    #[test]
    fn every_kind_of_event_arrives() {
        let refused = Trouble::Refused { code: ProblemCode::Busy, detail: "later".to_owned() };
        let progress = Progress { stage: Stage::Checking, done: 1, of: u64::MAX };
        let events = [
            Event::Progress(progress),
            Event::Saved("{}".to_owned()),
            Event::Done(Ok(vec![0, 255])),
            Event::Done(Err(refused)),
        ];
        for event in events {
            let told = format!("{event:?}");
            let bytes = wire::encode(&FromWorker { id: 9, event }).unwrap();
            let FromWorker { id, event } = wire::decode(&bytes).unwrap();
            assert_eq!((id, format!("{event:?}")), (9, told));
        }
    }
}
