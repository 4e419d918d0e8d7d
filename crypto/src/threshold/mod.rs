//! The trustees' joint key: made together, used together. Specification: "Key ceremony", "Tally".
//!
//! In the order of events: [`trustee`] who takes part and with which keys; [`polynomial`] each one's secret
//! polynomial; [`dkg`] commitments and proofs of possession; [`shares`] the sealed shares, complaints and their
//! answers; [`keys`] the joint key and each one's share of it; [`test_decryption`] the proof that a stored
//! share can be read back; [`decrypt`] the decryption of the tally.
//!
//! Mathematics and message bodies only. That messages are signed, stand on a log and come in phases is the
//! business of the board.

pub mod decrypt;
pub mod dkg;
pub mod keys;
pub mod polynomial;
pub mod sealing;
pub mod shares;
pub mod test_decryption;
pub mod trustee;

#[cfg(test)]
pub(crate) mod simulation;
