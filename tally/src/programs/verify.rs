//! What `tabella-verify` keeps on disk, and what it publishes.
//!
//! * [`points`]: files of D, compared at the end;
//! * [`saved`]: a folder from which a later run goes on;
//! * [`page`]: the report as HTML.

pub mod page;
pub mod points;
pub mod saved;

use crate::verify::store::Snapshot;
use crate::verify::{Store, StoreError};

/// Notes why a store ended a verification: that is nothing that a record could be blamed for.
#[derive(Debug)]
pub struct Noting<S> {
    store: S,
    ended: Option<StoreError>,
}

impl<S: Store> Noting<S> {
    /// Around a store.
    pub fn new(store: S) -> Self {
        Self { store, ended: None }
    }

    /// Why it ended the verification, if it did, and not for a D that stands twice.
    pub fn ended(&self) -> Option<&StoreError> {
        self.ended.as_ref()
    }

    fn note<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        match &outcome {
            Ok(_) | Err(StoreError::Repeated(_)) => {}
            Err(error) => self.ended = Some(error.clone()),
        }
        outcome
    }
}

impl<S: Store> Store for Noting<S> {
    fn add(&mut self, points: &[tabella_board_core::state::FirstPoint]) -> Result<(), StoreError> {
        let outcome = self.store.add(points);
        self.note(outcome)
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        let outcome = self.store.finish();
        self.note(outcome)
    }

    fn is_due(&mut self) -> bool {
        self.store.is_due()
    }

    fn save(&mut self, snapshot: &Snapshot<'_>) -> Result<(), StoreError> {
        let outcome = self.store.save(snapshot);
        self.note(outcome)
    }
}
