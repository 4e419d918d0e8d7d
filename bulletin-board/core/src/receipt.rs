//! What a voter takes home: a [`Receipt`] shows that an entry stands in an election's log and that the board log
//! holds that log's checkpoint. Specification: "Receipts".
//!
//! ```text
//! entry --inclusion--> election checkpoint == anchor --inclusion--> board checkpoint (--cosigned by--> witnesses)
//! ```
//!
//! A receipt is text from a stranger until [`Receipt::verify`] has made a [`VerifiedReceipt`] of it. It proves
//! that the board signed; that everybody is shown the same board is for witnesses and consistency checks.

use serde::{Deserialize, Serialize};

use tabella_crypto::checkpoint::{CheckpointError, NoteError, NoteKey, SignedCheckpoint, VerifiedCheckpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{ProofError, leaf_hash, verify_inclusion};
use tabella_crypto::transcript::Digest;

#[cfg(feature = "openapi")]
use crate::api::schema::Hex32;
use crate::api::{hex_form, hex_list};
use crate::board::election_key;
use crate::entry::{Anchor, BoardEntry};

/// Why a receipt shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The election's log has no proper name under this board.
    #[error("the election's log has no proper name: {0}")]
    Name(#[from] NoteError),
    /// The election's checkpoint does not verify.
    #[error("the election's checkpoint does not verify: {0}")]
    ElectionCheckpoint(CheckpointError),
    /// The entry is not in the election's log.
    #[error("the receipt does not show the entry in the election's log: {0}")]
    Entry(ProofError),
    /// The board's checkpoint does not verify.
    #[error("the board's checkpoint does not verify: {0}")]
    BoardCheckpoint(CheckpointError),
    /// The board log does not hold the election's checkpoint.
    #[error("the receipt does not show the election's checkpoint in the board log: {0}")]
    Anchor(ProofError),
}

/// The two proofs and two signed checkpoints that show an entry on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The election.
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex32))]
    pub election: ElectionId,
    /// Index of the entry in the election's log.
    pub index: u64,
    /// Inclusion path of the entry, siblings from the leaf up.
    #[serde(with = "hex_list")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Hex32>))]
    pub path: Vec<Digest>,
    /// Checkpoint of the election's log, a signed note.
    pub checkpoint: String,
    /// Index of the anchor of that checkpoint in the board log.
    pub anchor_index: u64,
    /// Inclusion path of the anchor.
    #[serde(with = "hex_list")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Hex32>))]
    pub anchor_path: Vec<Digest>,
    /// Checkpoint of the board log, a signed note.
    pub board_checkpoint: String,
}

/// A receipt that shows an entry. Made by [`Receipt::verify`] alone.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReceipt {
    election: ElectionId,
    index: u64,
    checkpoint: VerifiedCheckpoint,
    board_checkpoint: VerifiedCheckpoint,
}

impl VerifiedReceipt {
    /// The election.
    pub fn election(&self) -> ElectionId {
        self.election
    }

    /// Where the entry stands.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The election's log that holds it.
    pub fn checkpoint(&self) -> &VerifiedCheckpoint {
        &self.checkpoint
    }

    /// The board log that holds that checkpoint, with its cosignatures.
    pub fn board_checkpoint(&self) -> &VerifiedCheckpoint {
        &self.board_checkpoint
    }
}

impl Receipt {
    /// Checks the receipt of an entry's bytes under the board's key. Signatures by others than the board and
    /// these witnesses are ignored; how many cosignatures suffice is for the caller.
    pub fn verify(
        &self,
        entry: &[u8],
        board: &NoteKey,
        witnesses: &[NoteKey],
    ) -> Result<VerifiedReceipt, ReceiptError> {
        let Self { election, index, path, checkpoint, anchor_index, anchor_path, board_checkpoint } = self;
        // 1. the board signed the election's checkpoint
        let key = election_key(board, *election)?;
        let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes())
            .and_then(|signed| signed.verify_ignoring_unknown(&key, &[]))
            .map_err(ReceiptError::ElectionCheckpoint)?;
        // 2. the entry is in that log
        verify_inclusion(&leaf_hash(entry), *index, checkpoint.size(), path, &checkpoint.root())
            .map_err(ReceiptError::Entry)?;
        // 3. the board signed its own checkpoint
        let board_checkpoint = SignedCheckpoint::parse(board_checkpoint.as_bytes())
            .and_then(|signed| signed.verify_ignoring_unknown(board, witnesses))
            .map_err(ReceiptError::BoardCheckpoint)?;
        // 4. the anchor of exactly this election checkpoint is in the board log
        let anchor = Anchor { election: *election, size: checkpoint.size(), root: checkpoint.root() };
        let leaf = leaf_hash(&BoardEntry::Anchor(anchor).encode());
        verify_inclusion(
            &leaf,
            *anchor_index,
            board_checkpoint.size(),
            anchor_path,
            &board_checkpoint.root(),
        )
        .map_err(ReceiptError::Anchor)?;
        Ok(VerifiedReceipt { election: *election, index: *index, checkpoint, board_checkpoint })
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use tabella_crypto::checkpoint::{Checkpoint, cosign, sign_checkpoint};
    use tabella_crypto::merkle::{NodeSource, inclusion_path, root_of};
    use tabella_crypto::signature::SigningKey;

    use super::*;
    use crate::entry::election_origin;

    /// A log of fewer than 256 entries.
    struct Leaves(Vec<Digest>);

    impl NodeSource for Leaves {
        type Error = Infallible;
        fn tile_hash(&self, level: u8, index: u64) -> Result<Digest, Infallible> {
            assert_eq!(level, 0);
            Ok(self.0[index as usize])
        }
    }

    const BOARD: &str = "board.example";
    const ELECTION: ElectionId = ElectionId(Digest([7; 32]));

    fn operator() -> SigningKey {
        SigningKey::from_seed([1; 32])
    }

    fn board() -> NoteKey {
        NoteKey::log(BOARD, operator().verifying_key()).unwrap()
    }

    fn log(count: u8) -> Leaves {
        Leaves((0..count).map(|entry| leaf_hash(&[entry])).collect())
    }

    fn sign(origin: &str, leaves: &Leaves) -> SignedCheckpoint {
        let size = leaves.0.len() as u64;
        sign_checkpoint(&Checkpoint::new(origin, size, root_of(&leaves.0)).unwrap(), &operator()).unwrap()
    }

    /// Entry `[3]` of an election's log of 6 entries, anchored at 4 of a board log of 9.
    fn receipt() -> Receipt {
        let election = log(6);
        let mut board = log(9);
        let anchor = Anchor { election: ELECTION, size: 6, root: root_of(&election.0) };
        board.0[4] = leaf_hash(&BoardEntry::Anchor(anchor).encode());
        Receipt {
            election: ELECTION,
            index: 3,
            path: inclusion_path(&election, 3, 6).unwrap(),
            checkpoint: sign(&election_origin(BOARD, ELECTION), &election).encode(),
            anchor_index: 4,
            anchor_path: inclusion_path(&board, 4, 9).unwrap(),
            board_checkpoint: sign(BOARD, &board).encode(),
        }
    }

    #[test]
    fn a_receipt_shows_its_entry_and_no_other() {
        let receipt = receipt();
        let verified = receipt.verify(&[3], &board(), &[]).unwrap();
        assert_eq!((verified.index(), verified.election()), (3, ELECTION));
        assert_eq!((verified.checkpoint().size(), verified.board_checkpoint().size()), (6, 9));
        assert_eq!(receipt.verify(&[4], &board(), &[]), Err(ReceiptError::Entry(ProofError::Root)));
    }

    #[test]
    fn a_receipt_with_any_field_of_another_is_refused() {
        let good = receipt();
        let other_board = sign(BOARD, &log(9)).encode();
        let other_log = sign(&election_origin(BOARD, ELECTION), &log(5)).encode();
        let table = [
            Receipt { election: ElectionId(Digest([8; 32])), ..good.clone() },
            Receipt { index: 2, ..good.clone() },
            Receipt { path: good.anchor_path.clone(), ..good.clone() },
            Receipt { checkpoint: good.board_checkpoint.clone(), ..good.clone() },
            Receipt { checkpoint: other_log, ..good.clone() },
            Receipt { anchor_index: 5, ..good.clone() },
            Receipt { anchor_path: good.path.clone(), ..good.clone() },
            Receipt { board_checkpoint: good.checkpoint.clone(), ..good.clone() },
            Receipt { board_checkpoint: other_board, ..good.clone() },
        ];
        for (case, receipt) in table.into_iter().enumerate() {
            assert!(receipt.verify(&[3], &board(), &[]).is_err(), "case {case}");
        }
        let stranger = NoteKey::log(BOARD, SigningKey::from_seed([2; 32]).verifying_key()).unwrap();
        assert!(matches!(
            good.verify(&[3], &stranger, &[]),
            Err(ReceiptError::ElectionCheckpoint(CheckpointError::LogSignatureMissing))
        ));
    }

    #[test]
    fn a_receipt_names_the_witnesses_that_cosigned() {
        let witness = SigningKey::from_seed([3; 32]);
        let witness_key = NoteKey::witness("witness.example", witness.verifying_key()).unwrap();
        let mut receipt = receipt();
        let signed = SignedCheckpoint::parse(receipt.board_checkpoint.as_bytes()).unwrap();
        let line = cosign(signed.claimed(), "witness.example", &witness, 77).unwrap();
        receipt.board_checkpoint = signed.with_signature(line).unwrap().encode();
        let verified = receipt.verify(&[3], &board(), std::slice::from_ref(&witness_key)).unwrap();
        assert_eq!(verified.board_checkpoint().cosigned_at(&witness_key), Some(77));
    }

    #[test]
    fn json_has_one_form() {
        let receipt = receipt();
        let text = serde_json::to_string(&receipt).unwrap();
        assert_eq!(serde_json::from_str::<Receipt>(&text).unwrap(), receipt);
        let more = text.replacen('{', "{\"more\":1,", 1);
        assert!(serde_json::from_str::<Receipt>(&more).is_err());
        let upper = text.replace(&ELECTION.to_string(), &ELECTION.to_string().replace('7', "A"));
        assert!(serde_json::from_str::<Receipt>(&upper).is_err());
    }
}
