//! What the command-line programs do between their arguments and the pure library.

pub mod trustee;
pub mod verify;
pub mod vote;
pub mod watch;
