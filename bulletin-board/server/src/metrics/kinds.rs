//! Names of the kinds of entries, by their tag, which is the first byte of an entry.

/// Kinds of an election log's entries, by tag.
pub(super) const ELECTION_KINDS: [&str; 14] = [
    "block",
    "manifest",
    "administrator",
    "trustee",
    "roll",
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

/// Kinds of the board log's entries, by tag.
pub(super) const BOARD_KINDS: [&str; 5] = ["block", "genesis", "election", "anchor", "release"];

/// How many of each kind there are; what has no name is `other`.
pub(super) fn count<'a>(
    entries: &[Vec<u8>],
    names: &'a [&'static str],
) -> impl Iterator<Item = (&'static str, u64)> + use<'a> {
    let mut counts = vec![0u64; names.len() + 1];
    for entry in entries {
        let tag = entry.first().map_or(names.len(), |tag| names.len().min(usize::from(*tag)));
        if let Some(count) = counts.get_mut(tag) {
            *count += 1;
        }
    }
    let names = names.iter().copied().chain(["other"]);
    names.zip(counts).filter(|(_, count)| *count > 0)
}

#[cfg(test)]
mod tests {
    use tabella_board_core::entry::{BoardEntry, Entry};
    use tabella_board_core::fixtures::SmallElection;

    use super::*;

    /// A kind's name; a new kind breaks the build here.
    fn name(entry: &Entry) -> &'static str {
        match entry {
            Entry::Block(_) => "block",
            Entry::Manifest(_) => "manifest",
            Entry::Administrator(_) => "administrator",
            Entry::Trustee(_) => "trustee",
            Entry::Roll(_) => "roll",
            Entry::RollChange(_) => "roll-change",
            Entry::CeremonyRestart(_) => "ceremony-restart",
            Entry::Open(_) => "open",
            Entry::Cast(_) => "cast",
            Entry::Challenge(_) => "challenge",
            Entry::Opening(_) => "opening",
            Entry::Close(_) => "close",
            Entry::Withheld(_) => "withheld",
            Entry::Result(_) => "result",
        }
    }

    /// The board log's kinds; a new one breaks the build here.
    fn board_name(entry: &BoardEntry) -> &'static str {
        match entry {
            BoardEntry::Block(_) => "block",
            BoardEntry::Genesis(_) => "genesis",
            BoardEntry::Election(_) => "election",
            BoardEntry::Anchor(_) => "anchor",
            BoardEntry::Release(_) => "release",
        }
    }

    #[test]
    fn tags_have_the_names_of_their_kinds() {
        let election = SmallElection::opened();
        assert!(election.log.len() > 1);
        for bytes in &election.log {
            let entry = Entry::decode(bytes).unwrap();
            assert_eq!(ELECTION_KINDS[usize::from(bytes[0])], name(&entry));
        }
        let registration = election.registration(1);
        assert_eq!(ELECTION_KINDS[usize::from(registration.encode()[0])], name(&registration));
        let block = BoardEntry::Block(tabella_board_core::board::BoardState::new().next_block(1));
        assert_eq!(BOARD_KINDS[usize::from(block.encode()[0])], board_name(&block));
    }

    #[test]
    fn entries_are_counted_by_kind() {
        let entries = [vec![0, 1], vec![8], vec![8, 8], vec![14], vec![]];
        let counted: Vec<_> = count(&entries, &ELECTION_KINDS).collect();
        assert_eq!(counted, [("block", 1), ("cast", 2), ("other", 2)]);
    }
}
