//! Which check covered how many items so far.

use std::collections::{BTreeMap, BTreeSet};

use tabella_board_core::check::Check;

/// Items by check, and the checks for which no item is left.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    items: BTreeMap<Check, u64>,
    finished: BTreeSet<Check>,
}

impl Ledger {
    /// So many items more pass a check.
    pub(super) fn cover(&mut self, check: Check, items: u64) {
        *self.items.entry(check).or_default() += items;
    }

    /// One item passes each of these checks.
    pub(super) fn cover_each(&mut self, checks: &[Check]) {
        for check in checks {
            self.cover(*check, 1);
        }
    }

    /// The check has seen all its items.
    pub(super) fn finish(&mut self, check: Check) {
        self.finished.insert(check);
    }

    /// These checks have seen all their items.
    pub(super) fn finish_all(&mut self, checks: &[Check]) {
        self.finished.extend(checks);
    }

    /// Items that a check covered.
    pub(super) fn items(&self, check: Check) -> u64 {
        self.items.get(&check).copied().unwrap_or_default()
    }

    /// Whether the check has seen all its items.
    pub(super) fn is_finished(&self, check: Check) -> bool {
        self.finished.contains(&check)
    }
}
