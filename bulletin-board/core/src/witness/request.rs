//! The body of `add-checkpoint`.
//!
//! ```text
//! old <size of the checkpoint cosigned before>
//! <base64 hash of the consistency proof>        0 to 63 lines
//!
//! <checkpoint, a signed note>
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use tabella_crypto::checkpoint::note::MAX_NOTE_LENGTH;
use tabella_crypto::checkpoint::{CheckpointError, SignedCheckpoint};
use tabella_crypto::transcript::Digest;

/// Path of the call below a witness's submission prefix.
pub const ADD_CHECKPOINT: &str = "/add-checkpoint";

/// "The client MUST NOT send more than 63 consistency proof lines."
pub const MAX_PROOF_LINES: usize = 63;

/// A hash in base64, with its newline.
const PROOF_LINE_LENGTH: usize = 44 + 1;
/// `old `, a size of at most twenty digits, and a newline.
const OLD_LINE_LENGTH: usize = 4 + 20 + 1;

/// Most bytes of a request: the old size line, the proof, the empty line and the longest note.
pub const MAX_REQUEST_LENGTH: usize =
    OLD_LINE_LENGTH + MAX_PROOF_LINES * PROOF_LINE_LENGTH + 1 + MAX_NOTE_LENGTH;

/// Why bytes are not a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// More than [`MAX_REQUEST_LENGTH`] bytes.
    #[error("a request has at most {MAX_REQUEST_LENGTH} bytes")]
    TooLong,
    /// The first line is not `old ` and a size.
    #[error("the first line must be `old`, a space and a size in decimal without leading zeros")]
    OldSize,
    /// A proof line is not one hash.
    #[error("proof line {0} is not the base64 of a hash of 32 bytes")]
    ProofLine(usize),
    /// Too many of them.
    #[error("a proof has at most {MAX_PROOF_LINES} lines")]
    TooManyProofLines,
    /// No empty line before the checkpoint.
    #[error("an empty line must follow the proof, and the checkpoint after it")]
    EmptyLine,
    /// What follows the empty line is not a checkpoint.
    #[error("what follows the empty line is not a checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
}

/// A log asks for the cosignature of its checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    old_size: u64,
    /// At most [`MAX_PROOF_LINES`].
    proof: Vec<Digest>,
    checkpoint: SignedCheckpoint,
}

impl AddCheckpoint {
    /// A request for a checkpoint that continues the tree of `old_size` entries, by this consistency proof.
    pub fn new(
        old_size: u64,
        proof: Vec<Digest>,
        checkpoint: SignedCheckpoint,
    ) -> Result<Self, RequestError> {
        if proof.len() > MAX_PROOF_LINES {
            return Err(RequestError::TooManyProofLines);
        }
        Ok(Self { old_size, proof, checkpoint })
    }

    /// Size of the checkpoint that the witness cosigned before.
    pub fn old_size(&self) -> u64 {
        self.old_size
    }

    /// The consistency proof, RFC 6962, section 2.1.2.
    pub fn proof(&self) -> &[Digest] {
        &self.proof
    }

    /// The checkpoint; nobody has looked at its signatures yet.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// The body.
    pub fn encode(&self) -> String {
        let Self { old_size, proof, checkpoint } = self;
        let mut body = format!("old {old_size}\n");
        for hash in proof {
            body.push_str(&STANDARD.encode(hash.0));
            body.push('\n');
        }
        body.push('\n');
        body.push_str(&checkpoint.encode());
        body
    }

    /// Reads a body, in its one spelling.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        if body.len() > MAX_REQUEST_LENGTH {
            return Err(RequestError::TooLong);
        }
        let (first, mut rest) = line(body).ok_or(RequestError::OldSize)?;
        let old_size = first.strip_prefix(b"old ").and_then(decimal).ok_or(RequestError::OldSize)?;
        let mut proof = Vec::new();
        loop {
            let (next, after) = line(rest).ok_or(RequestError::EmptyLine)?;
            rest = after;
            if next.is_empty() {
                break;
            }
            if proof.len() == MAX_PROOF_LINES {
                return Err(RequestError::TooManyProofLines);
            }
            let hash = STANDARD.decode(next).ok().and_then(|hash| hash.try_into().ok());
            proof.push(Digest(hash.ok_or(RequestError::ProofLine(proof.len()))?));
        }
        Ok(Self { old_size, proof, checkpoint: SignedCheckpoint::parse(rest)? })
    }
}

/// The bytes up to the first newline, and those after it.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = bytes.split_at(end);
    Some((line, rest.get(1..)?))
}

/// A number in its one decimal spelling.
pub(super) fn decimal(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?;
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
