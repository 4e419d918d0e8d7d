//! Who is told what the sequencer does, such as metrics.

use std::time::Duration;

use super::Outcome;
use crate::store::Batch;

/// Is told, on the sequencer's thread, what it has done: it must not wait for anything.
pub trait Observer: Send + Sync + 'static {
    /// So many submissions have been ordered, checked and applied.
    fn checked(&self, submissions: usize, took: Duration);

    /// A batch is durable.
    fn committed(&self, batch: &Batch, took: Duration);

    /// What became of a submission, before its sender is told.
    fn decided(&self, outcome: &Outcome);
}

/// Nobody.
impl Observer for () {
    fn checked(&self, _: usize, _: Duration) {}

    fn committed(&self, _: &Batch, _: Duration) {}

    fn decided(&self, _: &Outcome) {}
}
