//! Zero-knowledge proofs, a file each. Specification: "Ballot proof", "Ceremony", "Tally".

pub mod batch;
pub mod credential;
pub mod dleq;
pub mod linear;
pub mod range;
pub mod schnorr;
