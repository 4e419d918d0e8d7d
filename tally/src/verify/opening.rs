//! Chapter 5: voting opens. Specification: "Verification", chapter 5.
//!
//! The fold checks 5.1 conditions and 5.2 content: the entry is exactly what follows from ceremony and roll.

use tabella_board_core::check::Check;
use tabella_board_core::entry::{AdministratorAct, Entry};
use tabella_board_core::state::{ElectionState, Phase};

use super::failure::{Cause, Failure, Place};
use super::ledger::Ledger;

/// Which checks an entry that was accepted has passed.
pub(super) fn cover(entry: &Entry, ledger: &mut Ledger) {
    match entry {
        Entry::Open(_) => ledger.cover_each(&[Check::OpeningConditions, Check::OpeningContent]),
        Entry::Administrator(entry) if entry.act == AdministratorAct::Open => {
            ledger.cover(Check::OpeningConditions, 1);
        }
        _ => {}
    }
}

/// Voting opened, or the election ended without.
pub(super) fn complete(state: &ElectionState) -> Result<(), Failure> {
    if state.phase() == Phase::Setup { Err(Cause::NotOpened.at(Place::Record)) } else { Ok(()) }
}
