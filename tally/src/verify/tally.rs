//! Chapter 8: the tally. Specification: "Verification", chapter 8.
//!
//! The fold adds up the ballots that count itself (8.1) and checks 8.2 withheld contests, 8.3 statements, 8.4
//! decryption shares, 8.5 totals and 8.6 outcomes against that sum.

use tabella_board_core::check::Check;
use tabella_board_core::entry::{Entry, TrusteeMessage};
use tabella_board_core::state::{ElectionState, Phase};

use super::failure::{Cause, Failure, Place};
use super::ledger::Ledger;

/// Which checks an entry that was accepted has passed.
pub(super) fn cover(entry: &Entry, ledger: &mut Ledger) {
    match entry {
        Entry::Withheld(_) => ledger.cover(Check::WithheldContests, 1),
        Entry::Trustee(entry) => match &entry.message {
            TrusteeMessage::Statement(_) => ledger.cover_each(&[Check::Aggregate, Check::Statements]),
            TrusteeMessage::Decryption { .. } => ledger.cover(Check::DecryptionShares, 1),
            _ => {}
        },
        Entry::Result(result) => {
            ledger.cover_each(&[Check::WithheldContests, Check::Outcomes]);
            ledger.cover(Check::Totals, result.totals.len() as u64);
        }
        _ => {}
    }
}

/// Every contest has its result or is withheld.
pub(super) fn complete(state: &ElectionState) -> Result<(), Failure> {
    if state.phase() == Phase::Counted {
        return Ok(());
    }
    let open =
        state.tally().and_then(|tally| tally.decrypted().find(|contest| tally.result(*contest).is_none()));
    Err(Cause::NoResult(open.map_or(1, |contest| usize::from(contest) + 1)).at(Place::Record))
}
