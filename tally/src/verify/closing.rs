//! Chapter 7: voting closes. Specification: "Verification", chapter 7.
//!
//! The fold checks 7.1 conditions and 7.2 content: the entry's numbers are those of the ballots that stand.

use tabella_board_core::check::Check;
use tabella_board_core::entry::{AdministratorAct, Entry};
use tabella_board_core::state::{ElectionState, Phase};

use super::failure::{Cause, Failure, Place};
use super::ledger::Ledger;

/// Which checks an entry that was accepted has passed.
pub(super) fn cover(entry: &Entry, ledger: &mut Ledger) {
    match entry {
        Entry::Close(_) => ledger.cover_each(&[Check::ClosingConditions, Check::ClosingContent]),
        Entry::Administrator(entry) if entry.act == AdministratorAct::Close => {
            ledger.cover(Check::ClosingConditions, 1);
        }
        _ => {}
    }
}

/// Voting closed.
pub(super) fn complete(state: &ElectionState) -> Result<(), Failure> {
    if state.phase() == Phase::Open { Err(Cause::NotClosed.at(Place::Record)) } else { Ok(()) }
}
