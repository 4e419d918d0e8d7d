//! Chapter 3: the key ceremony. Specification: "Verification", chapter 3.
//!
//! The fold checks every message: 3.1 registrations, 3.2 signatures, 3.3 order, 3.4 commitment hashes, 3.5
//! possession, 3.6 sealed shares, 3.7 complaints, 3.8 confirmations, 3.9 joint key, 3.10 test decryptions and
//! 3.11 restarts.

use tabella_board_core::check::Check;
use tabella_board_core::entry::{AdministratorAct, Entry, TrusteeMessage};
use tabella_board_core::state::{ElectionState, Phase};

use super::failure::{Cause, Failure, Place};
use super::ledger::Ledger;

/// Which checks an entry that was accepted has passed.
pub(super) fn cover(entry: &Entry, state: &ElectionState, ledger: &mut Ledger) {
    match entry {
        Entry::Trustee(entry) => {
            ledger.cover(Check::TrusteeSignatures, 1);
            match &entry.message {
                TrusteeMessage::Registration(_) => {
                    ledger.cover_each(&[Check::Registrations, Check::CeremonyOrder]);
                }
                TrusteeMessage::CommitmentHash { .. } => ledger.cover(Check::CeremonyOrder, 1),
                TrusteeMessage::Commitments { .. } => {
                    ledger.cover_each(&[Check::CeremonyOrder, Check::CommitmentHashes, Check::Possession]);
                }
                TrusteeMessage::Shares { .. } => {
                    ledger.cover_each(&[Check::CeremonyOrder, Check::SealedShares]);
                }
                TrusteeMessage::Complaint { .. } | TrusteeMessage::Answer { .. } => {
                    ledger.cover_each(&[Check::CeremonyOrder, Check::Complaints]);
                }
                TrusteeMessage::Confirmation { .. } => {
                    ledger.cover_each(&[Check::CeremonyOrder, Check::Confirmations]);
                }
                TrusteeMessage::TestDecryption { .. } => {
                    ledger.cover_each(&[Check::CeremonyOrder, Check::TestDecryptions]);
                }
                TrusteeMessage::Statement(_) | TrusteeMessage::Decryption { .. } => {}
            }
        }
        Entry::Administrator(entry) => {
            if let AdministratorAct::RestartCeremony { .. } = entry.act {
                ledger.cover(Check::CeremonyRestarts, 1);
            }
        }
        Entry::CeremonyRestart(_) => ledger.cover(Check::CeremonyRestarts, 1),
        Entry::Open(_) => {
            // K and each verification key
            let keys = state.ceremony().key_set().map_or(0, |keys| 1 + keys.verification_keys().len());
            ledger.cover(Check::JointKey, keys as u64);
        }
        _ => {}
    }
}

/// Unless the election ended without opening, all trustees have tested their shares.
pub(super) fn complete(state: &ElectionState) -> Result<(), Failure> {
    if state.phase() == Phase::Setup && !state.ceremony().is_complete() {
        return Err(Cause::CeremonyUnfinished.at(Place::Record));
    }
    Ok(())
}
