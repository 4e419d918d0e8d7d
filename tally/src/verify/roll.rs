//! Chapter 4: the roll. Specification: "Verification", chapter 4.
//!
//! The fold checks 4.1 signatures, 4.2 parts, 4.3 voters, 4.4 weight and 4.5 changes. Whether the roll names the
//! right people is the registrar's word.

use tabella_board_core::check::Check;
use tabella_board_core::entry::{Entry, RollChange};
use tabella_board_core::state::{ElectionState, Phase};

use super::failure::{Cause, Failure, Place};
use super::ledger::Ledger;

/// Which checks an entry that was accepted has passed.
pub(super) fn cover(entry: &Entry, ledger: &mut Ledger) {
    match entry {
        Entry::Roll(part) => {
            ledger.cover_each(&[Check::RollSignatures, Check::RollParts]);
            ledger.cover(Check::RollVoters, part.voters.len() as u64);
            ledger.cover(Check::RollWeight, part.voters.len() as u64);
        }
        Entry::RollChange(entry) => {
            ledger.cover_each(&[Check::RollSignatures, Check::RollChanges]);
            match entry.change {
                RollChange::Revoke { .. } => {}
                RollChange::Replace { .. } => ledger.cover(Check::RollVoters, 1),
                RollChange::Add { .. } => ledger.cover_each(&[Check::RollVoters, Check::RollWeight]),
            }
        }
        _ => {}
    }
}

/// Unless the election ended without opening, the last part is there.
pub(super) fn complete(state: &ElectionState) -> Result<(), Failure> {
    if state.phase() == Phase::Setup && !state.roll().is_complete() {
        return Err(Cause::RollUnfinished.at(Place::Record));
    }
    Ok(())
}
