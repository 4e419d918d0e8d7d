//! What a verifier is asked, and what it answers.

use borsh::{BorshDeserialize, BorshSerialize};

use tabella_board_core::api::ElectionTotals;
use tabella_crypto::manifest::ElectionId;

/// What a verifier is asked.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub enum Request {
    /// Fetches the record of an election and keeps it. Tells what it [saw](crate::Event::Saved) of the board, which the
    /// reader must take in before anything is said of the record: else this device could have been shown two boards.
    /// Progress: downloading. Answer: [`RecordFiles`], for the verifiers that help.
    Fetch {
        /// Origin of the page.
        address: String,
        /// The election.
        election: ElectionId,
        /// What was seen of the board before: the record is of this board, and continues it.
        saved: Option<String>,
    },
    /// Takes a record that another verifier has fetched. Answer: `()`.
    Take(RecordFiles),
    /// Checks the proofs of every `of`-th job of ballots, beginning with job `part`. Progress: verifying.
    /// Answer: [`Shard`].
    Shard {
        /// From 0.
        part: u32,
        /// How many parts.
        of: u32,
    },
    /// Verifies the record, taking for checked the proofs that shards of this very device have checked. Progress:
    /// verifying. Answer: [`Verified`].
    Verify {
        /// Shards made by this device's own workers; without any, every proof is checked here.
        shards: Vec<Shard>,
    },
}

/// The files of a record by their paths.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RecordFiles {
    /// The election.
    pub election: ElectionId,
    /// Paths and contents.
    pub files: Vec<RecordFile>,
}

/// A file of a record.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct RecordFile {
    /// Its path.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Ballots whose signatures and proofs hold.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Shard {
    /// A voucher for each ([`Voucher`](tabella_crypto::ballot::Voucher)), in the log's order, each of 32 bytes
    /// behind each other.
    pub vouchers: Vec<u8>,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Verified {
    /// The report as `tabella-verify --json` writes it, indented, without the result.
    pub report: String,
    /// The totals that follow from the record; none if it does not hold, or voting is not closed.
    pub totals: Option<ElectionTotals>,
    /// Milliseconds that it took, of fetching and of checking.
    pub milliseconds: (u32, u32),
}
