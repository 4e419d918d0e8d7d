//! What a log and a witness say to each other: C2SP tlog-witness (<https://c2sp.org/tlog-witness>), without
//! `sign-subtree`, which is optional. Cosignatures are those of C2SP tlog-cosignature, version 1
//! ([`tabella_crypto::checkpoint`]). Specification: "Witnesses".
//!
//! ```text
//! log                                                witness
//!  |-- POST add-checkpoint: AddCheckpoint -------------->|   admit: 400, 404, 403 (no state is looked at)
//!  |                                                     |   cosign: 409, 422, or the latest head moves
//!  |<------------- Answer: cosignatures, size or refusal-|   on, durably, before this is sent
//! ```
//!
//! * [`request`]: the request's bytes, for both sides;
//! * [`answer`]: the answers, and what a log makes of them;
//! * here: the [`Witness`], whose state of a log is one value ([`Latest`]) that the caller keeps: reading it,
//!   [`Witness::cosign`] and storing the new one must be one atomic step, durable before anything is answered. Then
//!   a witness never cosigns two roots of one size, nor anything that is no continuation.
//!
//! Narrower than C2SP: a checkpoint with extension lines cannot be read ([`tabella_crypto::checkpoint`]) and is
//! refused as malformed.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};

use tabella_crypto::checkpoint::note::MAX_TIMESTAMP;
use tabella_crypto::checkpoint::{
    Checkpoint, CheckpointError, NoteAlgorithm, NoteError, NoteKey, NoteSignature, SignedCheckpoint,
    SignedNote, cosign,
};
use tabella_crypto::merkle::{empty_root, verify_consistency};
use tabella_crypto::signature::SigningKey;

pub mod answer;
pub mod request;
#[cfg(test)]
mod tests;

pub use answer::{Answer, AnswerError};
pub use request::{AddCheckpoint, RequestError};

/// Most keys that one log may sign with.
pub const MAX_LOG_KEYS: usize = 4;

/// Why a witness does not know a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// The origin is not one.
    #[error("the origin is not a key name: {0}")]
    Origin(#[from] NoteError),
    /// The key is the witness's own.
    #[error("a witness does not witness itself: the log has the witness's key")]
    OwnKey,
    /// Too many keys for one origin.
    #[error("a log has at most {MAX_LOG_KEYS} keys")]
    TooManyKeys,
}

/// Why a witness does not cosign: each is one HTTP status ([`Refusal::status`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 400: the body is not a request.
    #[error("{0}")]
    Malformed(#[from] RequestError),
    /// 404: the origin is not one of the logs that this witness knows.
    #[error("this witness does not know a log of this origin: ask its operator to add the log's key")]
    UnknownLog,
    /// 403: none of the log's keys signed.
    #[error("no key that this witness knows of the log signed the checkpoint: sign it with the log's key")]
    Unsigned,
    /// 403: a signature by one of the log's keys does not verify.
    #[error("signature {0} names a key of the log and does not verify: sign the checkpoint again")]
    Signature(usize),
    /// 400: the old size is above the checkpoint's.
    #[error("the old size {old} is above the checkpoint's size {new}: send a size that the log had before")]
    OldSize {
        /// The old size of the request.
        old: u64,
        /// The size of its checkpoint.
        new: u64,
    },
    /// 409: the old size is not that of the latest checkpoint cosigned, which is this.
    #[error("the latest checkpoint cosigned has size {0}: send a consistency proof from that size")]
    Conflict(u64),
    /// 422: a checkpoint of size zero without the empty tree's root.
    #[error("a checkpoint of size 0 has the root of the empty tree, and this one has another")]
    EmptyRoot,
    /// 422: the checkpoint has the size of the latest one cosigned, but another root.
    #[error("the latest checkpoint cosigned has this size and another root: the log has been forked")]
    OtherRoot,
    /// 422: the consistency proof does not hold.
    #[error("the proof does not show the log cosigned before as the beginning of this one")]
    Inconsistent,
    /// 400: the checkpoint leaves no room for one signature more.
    #[error("the checkpoint cannot carry a cosignature: {0}")]
    NoRoom(CheckpointError),
}

impl Refusal {
    /// The HTTP status that tlog-witness demands.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::OldSize { .. } | Self::NoRoom(_) => 400,
            Self::Unsigned | Self::Signature(_) => 403,
            Self::UnknownLog => 404,
            Self::Conflict(_) => 409,
            Self::EmptyRoot | Self::OtherRoot | Self::Inconsistent => 422,
        }
    }
}

/// The latest checkpoint of a log that a witness cosigned: all that it remembers of the log.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Latest {
    /// With the signatures of the log's keys that were verified, and the cosignature.
    note: SignedCheckpoint,
    time: u64,
}

impl Latest {
    /// The checkpoint with the log's signatures and the cosignature: what `GET <origin hash>/checkpoint` gives.
    pub fn note(&self) -> &SignedCheckpoint {
        &self.note
    }

    /// What was cosigned.
    pub fn checkpoint(&self) -> &Checkpoint {
        self.note.claimed()
    }

    /// Time of the cosignature, in seconds since 1970.
    pub fn time(&self) -> u64 {
        self.time
    }
}

/// A request that passed every check for which no state is needed. Made by [`Witness::admit`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    request: AddCheckpoint,
    /// The first good signature of each of the log's keys.
    signatures: Vec<NoteSignature>,
}

impl Admitted {
    /// The origin of the log.
    pub fn origin(&self) -> &str {
        self.request.checkpoint().claimed().origin()
    }

    /// What the log wants cosigned, with a good signature of the log.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        self.request.checkpoint()
    }
}

/// A witness: its key, and the logs that it watches.
pub struct Witness {
    key: SigningKey,
    note_key: NoteKey,
    /// Keys by origin.
    logs: BTreeMap<String, Vec<NoteKey>>,
}

impl Witness {
    /// A witness that knows no log yet. The name has the form of a key name, see [`NoteKey`].
    pub fn new(name: &str, key: SigningKey) -> Result<Self, NoteError> {
        let note_key = NoteKey::witness(name, key.verifying_key())?;
        Ok(Self { key, note_key, logs: BTreeMap::new() })
    }

    /// Watches one log more, or knows one key more of a log. The key's name need not be the origin, though
    /// tlog-checkpoint advises it.
    pub fn watch(&mut self, origin: &str, key: NoteKey) -> Result<(), LogError> {
        // an origin is a name
        let _ = NoteKey::new(origin, NoteAlgorithm::Ed25519, key.verifying_key())?;
        if key.verifying_key() == self.note_key.verifying_key() {
            return Err(LogError::OwnKey);
        }
        let keys = self.logs.entry(origin.to_owned()).or_default();
        if keys.contains(&key) {
            return Ok(());
        }
        if keys.len() == MAX_LOG_KEYS {
            return Err(LogError::TooManyKeys);
        }
        keys.push(key);
        Ok(())
    }

    /// The key that verifies its cosignatures.
    pub fn key(&self) -> &NoteKey {
        &self.note_key
    }

    /// Origins and keys of the logs that it watches.
    pub fn logs(&self) -> &BTreeMap<String, Vec<NoteKey>> {
        &self.logs
    }

    /// The checks that need no state, in the order of tlog-witness: 404, 403, 400.
    pub fn admit(&self, request: AddCheckpoint) -> Result<Admitted, Refusal> {
        let checkpoint = request.checkpoint();
        // "If the checkpoint origin is unknown, the witness MUST respond with a 404"
        let keys = self.logs.get(checkpoint.claimed().origin()).ok_or(Refusal::UnknownLog)?;
        // "MUST verify the checkpoint signature against the public key(s) it trusts […] MUST ignore signatures from
        // unknown keys"
        let text = checkpoint.claimed().to_text();
        let mut signatures: Vec<NoteSignature> = Vec::new();
        for (place, signature) in checkpoint.signatures().iter().enumerate() {
            let Some(key) = keys.iter().find(|key| key.is_named_by(signature)) else { continue };
            // "or a signature line's key name and ID match a trusted key but the signature itself fails to verify"
            key.verify(&text, signature).map_err(|_| Refusal::Signature(place))?;
            if !signatures.iter().any(|other| key.is_named_by(other)) {
                signatures.push(signature.clone());
            }
        }
        // "403 […] if either no signature from a trusted key for the origin is present"
        if signatures.is_empty() {
            return Err(Refusal::Unsigned);
        }
        // "The old size MUST be equal to or lower than the checkpoint size. Otherwise […] 400"
        let (old, new) = (request.old_size(), checkpoint.claimed().size());
        if old > new {
            return Err(Refusal::OldSize { old, new });
        }
        Ok(Admitted { request, signatures })
    }

    /// The checks against the latest checkpoint of the log that was cosigned (none if none was), and the cosignature
    /// at `now`, in seconds since 1970. The result is to be stored in the place of `latest` before its cosignature
    /// leaves the witness.
    ///
    /// A clock that went back does not take the time of cosignatures back.
    pub fn cosign(
        &self,
        admitted: &Admitted,
        latest: Option<&Latest>,
        now: u64,
    ) -> Result<(Latest, NoteSignature), Refusal> {
        let Admitted { request, signatures } = admitted;
        let (old, new) = (request.old_size(), request.checkpoint().claimed());
        let known = latest
            .map_or((0, empty_root()), |latest| (latest.checkpoint().size(), latest.checkpoint().root()));
        // "MUST check that the old size matches the size of the latest checkpoint it cosigned […] (or zero if it
        // never cosigned a checkpoint for that origin). […] 409"
        if old != known.0 {
            return Err(Refusal::Conflict(known.0));
        }
        // "A checkpoint of size zero MUST have the root hash of the empty tree […] 422"
        if new.size() == 0 && new.root() != empty_root() {
            return Err(Refusal::EmptyRoot);
        }
        // "If the old size matches the checkpoint size, the witness MUST check that the root hashes are also
        // identical […] 422"
        if old == new.size() && new.root() != known.1 {
            return Err(Refusal::OtherRoot);
        }
        // "If the old size is zero, the consistency proof MUST be empty […] Otherwise, […] Merkle Consistency Proof
        // […] 422"
        verify_consistency(old, &known.1, new.size(), &new.root(), request.proof())
            .map_err(|_| Refusal::Inconsistent)?;
        // "The cosignature MUST NOT omit the timestamp, i.e. the timestamp MUST NOT be zero."
        let time = now.max(latest.map_or(1, Latest::time)).clamp(1, MAX_TIMESTAMP);
        let cosignature = cosign(new, self.note_key.name(), &self.key, time).map_err(Refusal::NoRoom)?;
        let lines = signatures.iter().chain([&cosignature]).cloned().collect();
        let note = SignedNote::new(new.to_text(), lines)
            .map_err(CheckpointError::from)
            .and_then(|note| SignedCheckpoint::parse(note.encode().as_bytes()))
            .map_err(Refusal::NoRoom)?;
        Ok((Latest { note, time }, cosignature))
    }
}
