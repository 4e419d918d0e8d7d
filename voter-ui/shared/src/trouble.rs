//! What goes wrong, as the page tells people.

use borsh::{BorshDeserialize, BorshSerialize};

use tabella_board_core::api::ProblemCode;

/// What went wrong. The page has words for each kind in every language; `detail` is English, for those who look closer.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Trouble {
    /// No answer at all: no network, or the board is down.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The board refuses, and says why.
    Refused {
        /// Its reason's code.
        code: ProblemCode,
        /// Its words.
        detail: String,
    },
    /// What the board showed cannot be true. Nothing that it says is to be believed, and nothing must be sent to it.
    Forged {
        /// What does not hold.
        forgery: Forgery,
        /// The check's words.
        detail: String,
    },
    /// There is no such election, ballot or entry on the board.
    NotFound,
    /// The code is none, or not this election's: wrong symbols are the page's to find before.
    UnknownCode,
    /// Voting has not opened.
    NotOpen,
    /// Voting is over.
    Closed,
    /// The voter has cast (or tested) as many ballots as the election allows.
    Limit {
        /// Whether tests are meant.
        tests: bool,
        /// So many.
        allowed: u16,
    },
    /// A file or text from outside is not what it should be.
    Input {
        /// What is wrong with it.
        detail: String,
    },
    /// The opening does not fit the ballot on the board: the device that made it encrypted something else.
    Dishonest {
        /// The check's words.
        detail: String,
    },
    /// A worker's file is not the one that this release was built with, or could not be fetched.
    Program {
        /// The browser's words.
        detail: String,
    },
    /// A fault in this program.
    Fault {
        /// For a report.
        detail: String,
    },
}

/// What does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Forgery {
    /// Another key than on the last visit.
    Key,
    /// A signature under a checkpoint does not verify.
    Checkpoint,
    /// The log does not continue what was seen of it: older, or another history.
    Fork,
    /// The receipt does not show this ballot.
    Receipt,
    /// Entries are not those that the checkpoint commits to.
    Entries,
    /// An entry breaks the election's rules.
    Rules,
    /// The manifest is not the one that the election's name is the hash of, or is for another board.
    Election,
    /// The answer contradicts itself or something known.
    Answer,
}
