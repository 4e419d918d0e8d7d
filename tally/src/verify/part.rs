//! A part of a record, verified on a machine of its own: signatures, proofs and the sum of some voters' ballots.
//! Specification: "Partial results".
//!
//! ```text
//! verify_part(record, part 0 of 2) --PartialResult--+
//! verify_part(record, part 1 of 2) --PartialResult--+--> Parts --> verify_on(record, …, Basis::Parts(…), …)
//! ```
//!
//! Parts are made of voters, so that the chain of a voter's ballots, and which of them counts, lie within one. A part is
//! verified by the rules of the whole ([`ElectionState`]): all entries but ballots, and of the ballots its own, up to the
//! closing; the rest of the log is hashed, so that the result names the root of what was read. What a part leaves to
//! the merger is cheap: tiles, board log, anchors, openings, whether a ciphertext stands in two ballots, the tally.

use borsh::{BorshDeserialize, BorshSerialize};

use tabella_board_core::state::ElectionState;
use tabella_crypto::codec;
use tabella_crypto::credential::Credential;
use tabella_crypto::elgamal::EncodedCiphertext;
use tabella_crypto::group::EncodedPoint;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::{Digest, sha256};

use super::failure::{Cause, Failure, Log, Place};
use super::fold::{Fold, Role};
use super::ledger::Ledger;
use super::log::{self, LogReader, RecordLayout};
use super::record::Record;
use super::shard::Part;
use super::store::NoStore;
use super::{Demands, Executor, Progress, Work};

/// The first bytes of a partial result; a later format has another number.
const MAGIC: &[u8] = b"tabella partial result 1\n";

/// The most bytes of a partial result: the sums of the largest manifest are far below.
pub const MAX_PARTIAL_LENGTH: usize = 64 << 20;

/// The most bytes of a label.
pub const MAX_LABEL_LENGTH: usize = 200;

/// Who verified a part: what a merged report names.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Maker {
    /// Program and version.
    pub program: String,
    /// What the person or job runner who started it calls the machine; may be empty.
    pub label: String,
}

/// A check that fails in a part.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PartFailure {
    /// Number of the check.
    pub check: String,
    /// The entry of the election's log, where it is one.
    pub entry: Option<u64>,
    /// What is wrong.
    pub sentence: String,
}

/// Ballots of a part that were verified.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct PartCounts {
    /// Voters of whom a ballot counts.
    pub counted: u64,
    /// Ballots cast.
    pub cast: u64,
    /// Ballots tested.
    pub tested: u64,
}

impl PartCounts {
    /// Ballots whose signature and proofs were verified. What another machine says of itself may be any number: one beyond
    /// all bounds stays the largest.
    pub fn ballots(&self) -> u64 {
        self.cast.saturating_add(self.tested)
    }
}

impl std::fmt::Display for PartCounts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} counted, {} cast, {} tested", self.counted, self.cast, self.tested)
    }
}

/// What verifying a part comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialResult {
    /// The election.
    pub election: ElectionId,
    /// Entries of the election's log.
    pub size: u64,
    /// Root of the election's log, recomputed from all entries.
    pub root: Digest,
    /// Which part of how many.
    pub part: Part,
    /// Who verified it.
    pub maker: Maker,
    /// The ballots that were verified.
    pub counts: PartCounts,
    /// For each contest and entry the weighted sum of the part's ballots that count; none before the opening.
    pub sums: Option<Vec<Vec<EncodedCiphertext>>>,
    /// What fails, if something does: then the counts and sums are of what stands before it.
    pub failure: Option<PartFailure>,
}

/// Why bytes are no partial result. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartialError {
    /// Another kind of file, or another format.
    #[error("this is no partial result of this version of tabella-verify: give the files that --shard wrote")]
    Kind,
    /// The digest does not fit.
    #[error("the partial result is damaged: copy it again, or repeat the shard")]
    Damaged,
}

impl PartialResult {
    /// The file: a line with the format's name, the encoding, and SHA-256 of both.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self { election, size, root, part, maker, counts, sums, failure } = self;
        let place = (part.number(), part.of());
        let mut bytes = MAGIC.to_vec();
        bytes.extend(codec::encode(&(election, size, root)));
        bytes.extend(codec::encode(&(place, maker, counts)));
        bytes.extend(codec::encode(&(sums, failure)));
        let digest = sha256(&[&bytes]);
        bytes.extend(digest);
        bytes
    }

    /// Reads a file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PartialError> {
        if bytes.len() > MAX_PARTIAL_LENGTH || !bytes.starts_with(MAGIC) {
            return Err(PartialError::Kind);
        }
        let (content, digest) = bytes.split_last_chunk::<32>().ok_or(PartialError::Damaged)?;
        if sha256(&[content]) != *digest {
            return Err(PartialError::Damaged);
        }
        type Fields = (
            (ElectionId, u64, Digest),
            ((u32, u32), Maker, PartCounts),
            (Option<Vec<Vec<EncodedCiphertext>>>, Option<PartFailure>),
        );
        let body = content.strip_prefix(MAGIC).ok_or(PartialError::Kind)?;
        // whole and undamaged, and yet no result: another program made it
        let fields: Fields =
            codec::decode_bounded(body, MAX_PARTIAL_LENGTH).map_err(|_| PartialError::Kind)?;
        let ((election, size, root), ((part, of), maker, counts), (sums, failure)) = fields;
        let part = Part::new(part, of).filter(|_| maker.label.len() <= MAX_LABEL_LENGTH);
        let part = part.ok_or(PartialError::Kind)?;
        Ok(Self { election, size, root, part, maker, counts, sums, failure })
    }
}

/// The credential of a cast or challenge entry, read from its bytes; none of other entries.
pub(super) fn credential_of(bytes: &[u8]) -> Option<Credential> {
    match bytes.split_first()? {
        (8 | 9, ballot) => Some(Credential(EncodedPoint(*ballot.first_chunk()?))),
        _ => None,
    }
}

/// Verifies one part. An error is a failure before it was known which log this is; later ones are in the result.
///
/// The demands' `partial` is of no importance: what must be there at the end is for the merger.
pub fn verify_part(
    record: &dyn Record,
    demands: &Demands,
    part: Part,
    maker: Maker,
    executor: &mut dyn Executor,
    progress: &mut dyn FnMut(Progress),
) -> Result<PartialResult, Failure> {
    let layout = RecordLayout::read(record, demands.election)?;
    let trust = log::check_checkpoints(record, &layout, demands.board.as_ref())?;
    let (election, size, root) = (layout.election(), trust.election.size(), trust.election.root());
    let log = LogReader::election(record, election, size);
    let mut state = ElectionState::new(election);
    let mut ledger = Ledger::default();
    let mut work = Work { executor, store: &mut NoStore, progress };
    let board = (trust.board.size(), trust.board.root());
    let outcome = Fold::new(&log, &mut state, &mut ledger, &mut work, Role::Part(part), board).run();
    let outcome = outcome.and_then(|folded| match folded.head == (size, root) {
        true => Ok(()),
        false => Err(Cause::Root.at(Place::Record)),
    });
    let failure = outcome.err().map(|failure| PartFailure {
        check: failure.check().number().to_owned(),
        entry: match failure.place {
            Place::Entry(Log::Election, index) => Some(index),
            _ => None,
        },
        sentence: failure.cause.to_string(),
    });
    let counts = state.counts();
    let counts = PartCounts { counted: counts.counted, cast: counts.cast, tested: counts.challenged };
    Ok(PartialResult { election, size, root, part, maker, counts, sums: state.sums(), failure })
}
