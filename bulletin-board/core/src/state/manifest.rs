//! The manifest as its parts arrive. Specification: "Manifest".

use tabella_crypto::manifest::{CheckedManifest, ElectionId, MAX_MANIFEST_LENGTH};

use crate::check::ManifestRefusal;
use crate::entry::{MANIFEST_PART_LENGTH, ManifestPart};

/// The parts that stand: all of the same `parts`, full, and not the last.
#[derive(Debug, Clone, Default)]
pub(super) struct PartialManifest {
    next: u16,
    parts: u16,
    bytes: Vec<u8>,
}

impl PartialManifest {
    /// Takes the next part; gives the manifest with the last one.
    pub(super) fn append(
        &mut self,
        election: ElectionId,
        part: &ManifestPart,
    ) -> Result<Option<CheckedManifest>, ManifestRefusal> {
        let ManifestPart { part: number, parts, bytes } = part;
        let follows = *number == self.next && (self.next == 0 || *parts == self.parts);
        let last = number.checked_add(1) == Some(*parts);
        let length =
            if last { 1..=MANIFEST_PART_LENGTH } else { MANIFEST_PART_LENGTH..=MANIFEST_PART_LENGTH };
        let full = usize::from(parts.saturating_sub(1)) * MANIFEST_PART_LENGTH;
        if !follows || number >= parts || full >= MAX_MANIFEST_LENGTH || !length.contains(&bytes.len()) {
            return Err(ManifestRefusal::Part { part: *number, parts: *parts });
        }
        if !last {
            *self = Self { next: number + 1, parts: *parts, bytes: [self.bytes.as_slice(), bytes].concat() };
            return Ok(None);
        }
        let whole = [self.bytes.as_slice(), bytes].concat();
        if ElectionId::of(&whole) != election {
            return Err(ManifestRefusal::Hash);
        }
        Ok(Some(CheckedManifest::decode(&whole)?))
    }
}
