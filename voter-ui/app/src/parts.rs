//! What pages are made of.

pub(crate) mod ballot;
pub(crate) mod code;
pub(crate) mod download;
pub(crate) mod heading;
pub(crate) mod latest;
pub(crate) mod notice;
pub(crate) mod progress;
pub(crate) mod qr;
pub(crate) mod shell;
pub(crate) mod steps;
pub(crate) mod tree;
