//! The bulletin board's rules as pure functions, the same in board, verifier, clients and browser.
//!
//! * [`entry`]: what stands on the two kinds of log, byte by byte;
//! * [`state`]: an election as a fold over its log: admission, phases that run themselves, what counts;
//! * [`board`]: the board log as a fold: who runs the board, which elections it has, their anchored checkpoints;
//! * [`check`]: the numbered checks of the specification, which every refusal names;
//! * [`receipt`]: what a voter takes home, and how a device checks it;
//! * [`witness`]: what a log and a witness say to each other (C2SP tlog-witness), and a witness;
//! * [`api`]: paths and JSON messages of the HTTP interface.
//!
//! No clock, disk, network or thread: time comes from block entries.

pub mod api;
pub mod board;
pub mod check;
pub mod entry;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixtures;
pub mod receipt;
pub mod state;
pub mod witness;
