//! What the web app's page and its workers say to each other, and how a ballot is marked.
//!
//! ```text
//! page --Request--> worker --Progress--> page
//!                          --Result<answer, Trouble>--> page
//! ```
//!
//! Everything travels as borsh ([`wire`]): both sides are of one release, and nothing keeps a message. Workers of the
//! module `engine` are asked [`Request`]s; what one is for follows from what it is asked: the *reader* lives as long as the
//! page and keeps no secret (a voter's code is erased once it has named the voter), a *prover* holds a voter's secrets and
//! is ended after use, *verifiers* check whole records. A worker of the module `trustee`, which only the trustees' page
//! starts, is asked [`trustee::Request`]s. Pure: builds natively, where its tests run.

pub mod marks;
pub mod messages;
pub mod prover;
pub mod reader;
pub mod tar;
pub mod trouble;
pub mod trustee;
pub mod verifier;
pub mod wire;

pub use messages::{Event, FromWorker, Progress, Request, Stage, ToWorker};
pub use trouble::{Forgery, Trouble};
