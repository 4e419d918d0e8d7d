//! What a feed of new entries says, in JSON. A feed tells that there is something new and saves a request for it;
//! what is believed are the tiles under a verified checkpoint.

use serde::{Deserialize, Serialize};

use tabella_crypto::merkle::leaf_hash;
use tabella_crypto::transcript::Digest;

#[cfg(feature = "openapi")]
use super::schema::{Base64, Hex32};
use super::{base64_form, hex_form};

/// An entry that stands on the log: the data of an event `entry`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntryEvent {
    /// Its index, which is also the event's id.
    pub index: u64,
    /// Its leaf hash.
    #[serde(with = "hex_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Hex32))]
    pub leaf: Digest,
    /// What kind of entry it is, such as `cast`. Later versions add kinds.
    pub kind: String,
    /// Its bytes.
    #[serde(with = "base64_form")]
    #[cfg_attr(feature = "openapi", schema(value_type = Base64))]
    pub entry: Vec<u8>,
}

/// A checkpoint that covers all entries that the feed has told so far: the data of an event `checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckpointEvent {
    /// Entries on the log. The event's id is the index of the last.
    pub size: u64,
    /// The signed note.
    pub checkpoint: String,
}

/// The kinds of entries of an election's log, in the order of their tags.
pub const ENTRY_KINDS: [&str; 14] = [
    "block",
    "manifest-part",
    "administrator",
    "trustee",
    "roll-part",
    "roll-change",
    "ceremony-restart",
    "open",
    "cast",
    "challenge",
    "opening",
    "close",
    "withheld",
    "result",
];

/// The kinds of entries of the board log, in the order of their tags.
pub const BOARD_ENTRY_KINDS: [&str; 5] = ["block", "genesis", "election", "anchor", "release"];

impl EntryEvent {
    /// The event for an entry of the board log.
    pub fn of_board(index: u64, entry: Vec<u8>) -> Self {
        Self::new(index, entry, &BOARD_ENTRY_KINDS)
    }

    /// The event for an entry of an election's log.
    pub fn of_election(index: u64, entry: Vec<u8>) -> Self {
        Self::new(index, entry, &ENTRY_KINDS)
    }

    fn new(index: u64, entry: Vec<u8>, kinds: &[&str]) -> Self {
        // the tag says it: to decode a ballot would cost more than all the rest
        let tag = entry.first().map(|tag| usize::from(*tag));
        let kind = tag.and_then(|tag| kinds.get(tag).copied()).unwrap_or("other");
        Self { index, leaf: leaf_hash(&entry), kind: kind.to_owned(), entry }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{BoardEntry, Entry, Genesis};
    use crate::fixtures::{ORIGIN, SmallElection};

    #[test]
    fn an_event_names_the_kind_that_the_entry_decodes_to() {
        let mut election = SmallElection::opened();
        election.vote_all();
        election.count();
        for (bytes, index) in election.log.iter().zip(0..) {
            let kind = match Entry::decode(bytes).unwrap() {
                Entry::Block(_) => "block",
                Entry::Manifest(_) => "manifest-part",
                Entry::Administrator(_) => "administrator",
                Entry::Trustee(_) => "trustee",
                Entry::Roll(_) => "roll-part",
                Entry::RollChange(_) => "roll-change",
                Entry::CeremonyRestart(_) => "ceremony-restart",
                Entry::Open(_) => "open",
                Entry::Cast(_) => "cast",
                Entry::Challenge(_) => "challenge",
                Entry::Opening(_) => "opening",
                Entry::Close(_) => "close",
                Entry::Withheld(_) => "withheld",
                Entry::Result(_) => "result",
            };
            let event = EntryEvent::of_election(index, bytes.clone());
            assert_eq!((event.index, event.kind.as_str(), &event.entry), (index, kind, bytes));
            assert_eq!(event.leaf, leaf_hash(bytes));
        }
        let genesis = Genesis::new(ORIGIN.to_owned(), election.administrator.verifying_key(), Vec::new());
        let genesis = BoardEntry::Genesis(genesis).encode();
        assert_eq!(EntryEvent::of_board(1, genesis).kind, "genesis");
        assert_eq!(EntryEvent::of_board(1, vec![200]).kind, "other");
    }

    #[test]
    fn an_event_is_read_as_it_is_written() {
        let event = EntryEvent::of_board(7, vec![3, 1, 2]);
        let text = serde_json::to_string(&event).unwrap();
        assert!(text.contains("\"kind\":\"anchor\",\"entry\":\"AwEC\""), "{text}");
        assert_eq!(serde_json::from_str::<EntryEvent>(&text).unwrap(), event);
    }
}
