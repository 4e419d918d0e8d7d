//! Turns of those who read much of the store at once: what is read has to be in memory before its size is known and
//! its place in the budget of bytes can be asked for, so only a few read at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use tabella_board_core::api::ProblemCode;

use super::answers::Failure;

/// How many read at a time: each at most a bundle of 256 of the longest entries, 16 MiB, and once more as an answer.
const READERS: usize = 4;
/// Longest wait for a turn.
const WAIT: Duration = Duration::from_secs(5);

/// The turns.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    places: Arc<Semaphore>,
    wait: Duration,
}

impl Default for Turns {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(READERS)), wait: WAIT }
    }
}

/// A turn, until it is dropped.
pub(super) struct Turn(#[expect(dead_code, reason = "it is dropped")] OwnedSemaphorePermit);

impl Turns {
    /// The next turn, soon or not at all.
    pub(super) async fn next(&self) -> Result<Turn, Failure> {
        match tokio::time::timeout(self.wait, Arc::clone(&self.places).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Turn(permit)),
            _ => Err(Failure::new(
                ProblemCode::Busy,
                "more is read from this board than it can read: send the same request again in a moment",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn few_read_at_a_time_and_nobody_waits_without_end() {
        let turns = Turns { wait: Duration::from_millis(1), ..Turns::default() };
        let mut held = Vec::new();
        for _ in 0..READERS {
            held.push(turns.next().await.ok().unwrap());
        }
        assert!(turns.next().await.is_err());
        held.pop();
        assert!(turns.next().await.is_ok());
    }
}
