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

/// The code of a program that ends with this error: [`LOOK`] where a log contradicts itself, else [`FAILED`].
pub fn code(error: &(dyn Error + 'static)) -> u8 {
    match contradiction_in(error) {
        Some(_) => LOOK,
        None => FAILED,
    }
}
