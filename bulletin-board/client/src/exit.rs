//! How programs end: one scheme of exit codes for all of Tabella's, for scripts and service managers.
//!
//! ```text
//! 0  done; what was looked at is right
//! 1  not done, refused, or a check fails: the message says why
//! 2  wrong arguments or settings: nothing was begun
//! 3  a person must look before anything goes on, such as at two signed heads that contradict each other
//! 4  tabella-verify alone: nothing could be checked, so nothing is known
//! ```
//!
//! Wrong arguments end with 2 by `clap`'s own choice, which the rest follows.

use std::error::Error;

use crate::evidence::file::contradiction_in;
use crate::visit::VisitError;

/// Not done, refused, or a check fails.
pub const FAILED: u8 = 1;
/// Wrong arguments or settings.
pub const USAGE: u8 = 2;
/// A person must look before anything goes on.
pub const LOOK: u8 = 3;
/// Nothing could be checked.
pub const UNCHECKED: u8 = 4;

/// The scheme, for the end of a program's `--help`.
pub const HELP: &str = "Exit status: 0 done; 1 not done or refused, the message says why; 2 wrong arguments or settings; \
     3 a person must look before anything goes on.";

/// The code of a program that ends with this error: [`LOOK`] where a log contradicts itself, [`USAGE`] where what was given
/// as a board's key is none, else [`FAILED`].
pub fn code(error: &(dyn Error + 'static)) -> u8 {
    match contradiction_in(error) {
        Some(_) => LOOK,
        None if is_no_key(error) => USAGE,
        None => FAILED,
    }
}

fn is_no_key(error: &(dyn Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(VisitError::Trust(_))) || error.source().is_some_and(is_no_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An error that another one caused.
    #[derive(Debug, thiserror::Error)]
    #[error("no visit")]
    struct Outer(#[source] VisitError);

    #[test]
    fn a_mistyped_key_of_a_board_is_a_wrong_argument_wherever_it_stands_in_an_error() {
        let mistyped = || VisitError::Trust("board.example.org/tabella+5d0a".to_owned());
        assert_eq!(code(&mistyped()), USAGE);
        assert_eq!(code(&Outer(mistyped())), USAGE);
        assert_eq!(code(&crate::error::ClientError::OtherElection), FAILED);
    }
}
