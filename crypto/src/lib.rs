//! The cryptography of Tabella, as pure functions.
//!
//! No clock, disk, network, thread or global randomness: whoever calls passes the randomness in, so that the
//! same code decides in the browser, on the board, at the trustee's and at the observer's. The published
//! specification is `docs/specification.md`; each module names its section.
//!
//! One suite, one version: [`SUITE`]. No type of a dependency appears in the public interface, with the
//! exception of the randomness traits of `rand_core`.

pub mod ballot;
pub mod checkpoint;
pub mod codec;
pub mod credential;
pub mod dlog;
pub mod elgamal;
#[cfg(any(test, feature = "fixtures"))]
pub mod fixtures;
pub mod generators;
pub mod group;
pub mod manifest;
pub mod merkle;
pub mod outcome;
pub mod proofs;
pub mod rules;
pub mod secret;
pub mod signature;
pub mod text;
pub mod threshold;
pub mod transcript;

/// The name and version of everything that this crate fixes: group, bases, proofs, encodings.
pub const SUITE: &str = "tabella/v1";
