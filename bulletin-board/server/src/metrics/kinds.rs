//! Entries by kind, which their tag says, the first byte of an entry.

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
    use tabella_board_core::api::ENTRY_KINDS;

    use super::*;

    #[test]
    fn entries_are_counted_by_kind() {
        let entries = [vec![0, 1], vec![8], vec![8, 8], vec![14], vec![]];
        let counted: Vec<_> = count(&entries, &ENTRY_KINDS).collect();
        assert_eq!(counted, [("block", 1), ("cast", 2), ("other", 2)]);
    }
}
