//! What happens to the record beside keeping it: trustees make the key and decrypt the sum, voters make ballots,
//! and anyone verifies everything.
//!
//! * [`ceremony`]: a trustee's next step, from the record and the trustee's secret;
//! * [`tally`]: statements, decryption shares and results, likewise;
//! * [`passphrase`]: what is thought of a passphrase;
//! * [`ballot_box`]: a voter's ballots, from readable choices to entries and back to words;
//! * [`standing`]: who has done what in ceremony and tally, and what a trustee does next, with the words for it;
//! * [`result`]: an election's result for people and programs;
//! * [`verify`]: the verifier, a file for each chapter of the specification;
//! * [`trustee`] (feature `trustee`): a trustee at a board, step by step, in a program or a page;
//! * [`programs`] (feature `programs`): the command-line programs.
//!
//! Without these features the library is pure. Without `programs` it builds for wasm32.

pub mod ballot_box;
pub mod ceremony;
pub mod passphrase;
#[cfg(feature = "programs")]
pub mod programs;
pub mod result;
pub mod standing;
pub mod tally;
#[cfg(feature = "trustee")]
pub mod trustee;
pub mod verify;
