//! Who decides the order of entries.
//!
//! The sequencer proposes what its operator received; an engine gives back what is to be appended, in order, the
//! same at every operator. Whether an entry is accepted is not for engines: the rules decide that, at the append,
//! the same everywhere. Blocks make the chain, in the logs themselves, whichever engine is used.

use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::leaf_hash;
use tabella_crypto::transcript::Digest;

use tabella_board_core::entry::{BoardEntry, ElectionCreated, Release};

mod solo;

pub use solo::Solo;

/// What somebody wants on a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submission {
    /// An entry of an election's log.
    Entry {
        /// The election.
        election: ElectionId,
        /// The entry's bytes.
        bytes: Vec<u8>,
    },
    /// A new election.
    Election {
        /// The administrator's word.
        creation: ElectionCreated,
        /// The manifest's bytes.
        manifest: Vec<u8>,
    },
    /// The web app that the board serves. Nobody submits it but the board's own program.
    Release(Release),
}

/// A submission's name: the election, and the leaf hash of the entry or of the creation; of a release, which is of no
/// election, zeros and the leaf hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubmissionId(pub ElectionId, pub Digest);

impl Submission {
    /// Its name.
    pub fn id(&self) -> SubmissionId {
        match self {
            Self::Entry { election, bytes } => SubmissionId(*election, leaf_hash(bytes)),
            Self::Election { creation, manifest: _ } => {
                SubmissionId(creation.election, leaf_hash(&BoardEntry::Election(creation.clone()).encode()))
            }
            Self::Release(release) => {
                let leaf = leaf_hash(&BoardEntry::Release(release.clone()).encode());
                SubmissionId(ElectionId(Digest::default()), leaf)
            }
        }
    }

    /// Bytes that it holds.
    pub fn length(&self) -> usize {
        match self {
            Self::Entry { bytes, .. } => bytes.len(),
            Self::Election { manifest, .. } => manifest.len(),
            Self::Release(release) => BoardEntry::Release(release.clone()).encode().len(),
        }
    }
}

/// Submissions that are appended together, at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Milliseconds since 1970-01-01 UTC.
    pub time: u64,
    /// In order; each name once.
    pub submissions: Vec<(SubmissionId, Submission)>,
}

/// An ordering of proposals.
pub trait Engine: Send + 'static {
    /// Takes this operator's proposal and gives what has been decided since the last call, in order. Called for
    /// each batch and on each tick of the clock, then without submissions.
    fn order(&mut self, proposal: Proposal) -> Vec<Proposal>;
}
