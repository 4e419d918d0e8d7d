//! The envelopes.

use serde::{Deserialize, Serialize};

use crate::trouble::Trouble;
use crate::{prover, reader, verifier};

/// A request with the number that its answer carries.
#[derive(Debug, Serialize, Deserialize)]
pub struct ToWorker {
    /// Chosen by the page, each once.
    pub id: u32,
    /// What is asked.
    pub request: Request,
}

/// What a worker can be asked.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// About the board.
    Reader(reader::Request),
    /// With a voter's secrets.
    Prover(prover::Request),
    /// To verify a record.
    Verifier(verifier::Request),
}

/// An event with the number of its request.
#[derive(Debug, Serialize, Deserialize)]
pub struct FromWorker {
    /// The request's number.
    pub id: u32,
    /// What happened.
    pub event: Event,
}

/// What a worker tells.
#[derive(Debug, Serialize, Deserialize)]
pub enum Event {
    /// How far it is.
    Progress(Progress),
    /// What it saw of the board, as [`SavedView`] JSON: the page keeps it until the next visit, so that a board that
    /// takes something back is caught. Public data.
    ///
    /// [`SavedView`]: https://docs.rs/tabella-board-client
    Saved(String),
    /// The end: the answer as JSON, of the type that the request names.
    Done(Result<String, Trouble>),
}

/// How far something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Done so far.
    pub done: u64,
    /// Of so many; 0 if that is not known.
    pub of: u64,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
