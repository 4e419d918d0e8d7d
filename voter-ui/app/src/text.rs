//! Everything that the app says, in both languages: a struct of texts for each page or part, a value for each language.

pub(crate) mod ballot;
pub(crate) mod board;
pub(crate) mod check;
pub(crate) mod common;
pub(crate) mod election;
pub(crate) mod elections;
pub(crate) mod how;
pub(crate) mod key;
pub(crate) mod not_found;
pub(crate) mod practice;
pub(crate) mod results;
pub(crate) mod track;
pub(crate) mod tree;
pub(crate) mod trustees;
pub(crate) mod verify;
pub(crate) mod vote;
