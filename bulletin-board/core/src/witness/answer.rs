//! What a witness answers to `add-checkpoint`, and what a log takes from it.

use tabella_crypto::checkpoint::note::{MAX_NOTE_LENGTH, MAX_SIGNATURES};
use tabella_crypto::checkpoint::{NoteAlgorithm, NoteKey, NoteSignature, SignedCheckpoint};
use tabella_crypto::transcript::{Digest, sha256};

use super::request::decimal;

/// Media type of the answer with status 409.
pub const SIZE_MEDIA_TYPE: &str = "text/x.tlog.size";

/// Most bytes of an answer that are read.
pub const MAX_ANSWER_LENGTH: usize = MAX_NOTE_LENGTH;

/// Why an answer is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Status 200 and no signature lines.
    #[error("the answer is not signature lines: what answers there is not a witness")]
    Lines,
    /// Status 409 and no size.
    #[error("the answer is not a size: what answers there is not a witness")]
    Size,
    /// None of the lines is by the key that was asked for.
    #[error("the answer has no cosignature by the witness's key: compare the address with the key")]
    OtherKey,
    /// A cosignature by the right key that does not verify.
    #[error("the witness's cosignature does not verify")]
    Signature,
    /// A cosignature without a time.
    #[error("the witness's cosignature has no time")]
    Timeless,
}

/// A witness's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200: signature lines, by whatever keys.
    Cosigned(Vec<NoteSignature>),
    /// 409: the size of the latest checkpoint that the witness cosigned.
    Conflict(u64),
    /// Any other status: the witness does not cosign.
    Refused(u16),
}

impl Answer {
    /// Reads status and body.
    pub fn parse(status: u16, body: &[u8]) -> Result<Self, AnswerError> {
        match status {
            200 => {
                let text = std::str::from_utf8(body).map_err(|_| AnswerError::Lines)?;
                let lines = text.strip_suffix('\n').ok_or(AnswerError::Lines)?;
                if body.len() > MAX_ANSWER_LENGTH || lines.split('\n').count() > MAX_SIGNATURES {
                    return Err(AnswerError::Lines);
                }
                let lines = lines.split('\n').map(NoteSignature::parse).collect::<Result<_, _>>();
                Ok(Self::Cosigned(lines.map_err(|_| AnswerError::Lines)?))
            }
            409 => {
                let size = body.strip_suffix(b"\n").and_then(decimal);
                Ok(Self::Conflict(size.ok_or(AnswerError::Size)?))
            }
            other => Ok(Self::Refused(other)),
        }
    }
}

/// The body of status 200.
pub fn encode_signatures(signatures: &[NoteSignature]) -> String {
    signatures.iter().map(|line| format!("{line}\n")).collect()
}

/// The body of status 409.
pub fn encode_size(size: u64) -> String {
    format!("{size}\n")
}

/// The cosignature of a checkpoint by this witness among the lines of an answer, verified. "The client MUST ignore any
/// cosignatures from unknown keys."
pub fn cosignature(
    checkpoint: &SignedCheckpoint,
    witness: &NoteKey,
    lines: &[NoteSignature],
) -> Result<NoteSignature, AnswerError> {
    if witness.algorithm() != NoteAlgorithm::CosignatureV1 {
        return Err(AnswerError::OtherKey);
    }
    let line = lines.iter().find(|line| witness.is_named_by(line)).ok_or(AnswerError::OtherKey)?;
    match witness.verify(&checkpoint.claimed().to_text(), line) {
        Err(_) => Err(AnswerError::Signature),
        Ok(None | Some(0)) => Err(AnswerError::Timeless),
        Ok(Some(_)) => Ok(line.clone()),
    }
}

/// Path of a log's latest cosigned checkpoint below a witness's monitoring prefix: the SHA-256 of the origin in
/// hexadecimal, and `/checkpoint`.
pub fn monitoring_path(origin: &str) -> String {
    format!("/{}/checkpoint", Digest(sha256(&[origin.as_bytes()])))
}
