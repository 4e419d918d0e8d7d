//! Chapter 2: the manifest, and what the administrator signs. Specification: "Verification", chapter 2.
//!
//! The fold checks 2.1 parts, 2.2 hash, 2.3 rules and 2.4 signatures; here is what joins the manifest to the
//! board.

use tabella_board_core::board::BoardState;
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

/// The manifest is for this board (2.3), and who brought the election to the board is its administrator (2.4).
pub(super) fn check_board(state: &ElectionState, board: &BoardState) -> Result<(), Failure> {
    let Some(manifest) = state.manifest() else {
        return Ok(());
    };
    if board.genesis().is_none_or(|genesis| genesis.origin != manifest.board) {
        return Err(Cause::OtherOrigin(manifest.board.clone()).at(Place::Record));
    }
    let creation = board.elections().get(&state.election()).map(|known| known.creation());
    if creation.is_none_or(|creation| creation.administrator != manifest.administrator) {
        return Err(Cause::OtherAdministrator.at(Place::Record));
    }
    Ok(())
}

/// All parts are there.
pub(super) fn complete(state: &ElectionState) -> Result<(), Failure> {
    if state.phase() == Phase::Manifest {
        return Err(Cause::ManifestUnfinished.at(Place::Record));
    }
    Ok(())
}
