//! Which check covered how many items so far, and which of them this run did not look at itself.

use std::collections::{BTreeMap, BTreeSet};

use tabella_board_core::check::Check;

/// Items by check, and the checks for which no item is left.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    items: BTreeMap<Check, u64>,
    /// Of these, those that shards or an earlier run looked at.
    by_others: BTreeMap<Check, u64>,
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

    /// So many items more passed a check elsewhere.
    pub(super) fn cover_by_others(&mut self, check: Check, items: u64) {
        self.cover(check, items);
        *self.by_others.entry(check).or_default() += items;
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

    /// Of these, those that this run did not look at itself.
    pub(super) fn items_by_others(&self, check: Check) -> u64 {
        self.by_others.get(&check).copied().unwrap_or_default()
    }

    /// What was covered since another ledger was this one.
    pub(super) fn since(&self, before: &Self) -> Self {
        let since = |check: &Check, items: &u64| (*check, items - before.items(*check).min(*items));
        let items = self.items.iter().map(|(check, items)| since(check, items)).collect();
        Self { items, ..Self::default() }
    }

    /// Whether the check has seen all its items.
    pub(super) fn is_finished(&self, check: Check) -> bool {
        self.finished.contains(&check)
    }
}
