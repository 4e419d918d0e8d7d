//! Chapter 2: the manifest, and what the administrator signs. Specification: "Verification", chapter 2.
//!
//! The fold checks 2.1 parts, 2.2 hash, 2.3 rules and 2.4 signatures; here is what joins the manifest to the
//! board.

use tabella_board_core::board::{self, BoardState};
use tabella_board_core::check::Check;
use tabella_board_core::entry::Entry;
use tabella_board_core::state::{ElectionState, Phase};

use super::failure::{Cause, Failure, Place};
use super::ledger::Ledger;

/// Which checks an entry that was accepted has passed.
pub(super) fn cover(entry: &Entry, state: &ElectionState, ledger: &mut Ledger) {
    match entry {
        Entry::Manifest(_) => {
            ledger.cover(Check::ManifestParts, 1);
            if state.manifest().is_some() {
                ledger.cover_each(&[Check::ManifestHash, Check::ManifestRules]);
            }
        }
        Entry::Administrator(_) => ledger.cover(Check::AdministratorSignatures, 1),
        _ => {}
    }
}

/// The manifest is for this board and its witnesses (2.3), and who brought the election to the board is its
/// administrator (2.4).
pub(super) fn check_board(state: &ElectionState, board: &BoardState) -> Result<(), Failure> {
    let Some(manifest) = state.manifest() else {
        return Ok(());
    };
    board::check_board(manifest, board).map_err(|mismatch| Cause::Mismatch(mismatch).at(Place::Record))
}

/// All parts are there.
pub(super) fn complete(state: &ElectionState) -> Result<(), Failure> {
    if state.phase() == Phase::Manifest {
        return Err(Cause::ManifestUnfinished.at(Place::Record));
    }
    Ok(())
}
