//! What is thought of a passphrase that is to protect a trustee's key: the same values for program, worker and page.
//! `trustee::strength` judges; [`Words`](crate::standing::words::Words) says it.

use borsh::{BorshDeserialize, BorshSerialize};

/// What is thought of a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Strength {
    /// Refused, with what makes it easy to guess.
    Weak(Weakness),
    /// Accepted.
    Good,
    /// Accepted.
    Strong,
}

/// What makes a passphrase easy to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Weakness {
    /// Keys beside each other on a keyboard.
    Keyboard,
    /// The same again and again, or a sequence such as abc.
    Pattern,
    /// Among those that many people use, or much like one.
    Common,
    /// A date or a year.
    Date,
    /// A name, or a single word.
    Word,
    /// Nothing in particular: it is short.
    Short,
}
