//! What this browser remembers of a trustee: which view of the record the trustee set out to decrypt. No secret; but who
//! forgets it could be led to decrypt two views.

use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

use crate::session::{store, stored};

/// What is remembered is not a view, or another one than is to be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MemoryError {
    /// The browser keeps nothing.
    Unkept,
    /// Something else stands there.
    Other,
}

fn key(election: ElectionId, trustee: &Digest) -> String {
    format!("tabella.intended.{election}.{trustee}")
}

/// The view that the trustee with this fingerprint set out to decrypt; none if none is remembered.
pub(super) fn recall(election: ElectionId, trustee: &Digest) -> Result<Option<Digest>, MemoryError> {
    match stored(&key(election, trustee)) {
        None => Ok(None),
        Some(text) => read(&text).map(Some),
    }
}

/// Remembers a view, for good: another one is never put in its place.
pub(super) fn remember(election: ElectionId, trustee: &Digest, view: Digest) -> Result<(), MemoryError> {
    match recall(election, trustee)? {
        Some(before) if before == view => return Ok(()),
        Some(_) => return Err(MemoryError::Other),
        None => store(&key(election, trustee), &view.to_hex()),
    }
    match recall(election, trustee)? {
        Some(kept) if kept == view => Ok(()),
        _ => Err(MemoryError::Unkept),
    }
}

fn read(text: &str) -> Result<Digest, MemoryError> {
    Digest::from_hex(text).ok_or(MemoryError::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_is_of_one_election_and_one_trustee_and_is_a_view_or_nothing() {
        let (election, trustee) = (ElectionId(Digest([1; 32])), Digest([2; 32]));
        assert_eq!(
            key(election, &trustee),
            format!("tabella.intended.{}.{}", "01".repeat(32), "02".repeat(32))
        );
        assert_eq!(read(&"03".repeat(32)), Ok(Digest([3; 32])));
        for damaged in ["", "03", &"03".repeat(33), "null"] {
            assert_eq!(read(damaged), Err(MemoryError::Other), "{damaged}");
        }
    }
}
