//! Fuzzing: what strangers, other programs and people write is read by [targets], one for each decoder and parser, for
//! admission and for the verification of records. A target asserts more than that nothing panics: what is accepted is
//! written again as the same bytes, what was changed does not verify, and two ways to the same answer give the same.
//!
//! * `cargo test -p tabella-fuzz` replays the [corpus] and runs a bounded number of [changed](mutate) inputs, always the same;
//! * `make fuzz` runs each target for a time under libFuzzer, which looks for inputs that reach new code. What fails is kept
//!   in `crashes/` and from then on replayed by the test.
//!
//! `decoders.txt` names every decoder and parser of the product with its target; a test compares it with the sources.

pub mod corpus;
pub mod mutate;
pub mod reference;
pub mod scene;
pub mod targets;

pub use targets::{TARGETS, Target};

/// The target of a name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
