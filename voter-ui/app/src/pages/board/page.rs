//! A page of a log's entries: which they are, and in which blocks.

use tabella_web_shared::Trouble;
use tabella_web_shared::reader::{EntryCard, EntryKind, Field, LogName, Request};

use crate::session::Session;

/// Entries of a page.
const PAGE: u64 = 25;
/// Most entries that the reader gives at once.
const MOST: u16 = 256;

/// Entries that were written together, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// The entry that begins their block, which may stand below the page; none if it is too far below.
    pub(super) block: Option<EntryCard>,
    /// The entries of the page, without the block's own.
    pub(super) entries: Vec<EntryCard>,
    /// Whether the block's own entry stands on the page.
    pub(super) has_block: bool,
}

impl Group {
    /// When they were written: milliseconds since 1970-01-01 UTC.
    pub(super) fn time(&self) -> Option<u64> {
        let fields = &self.block.as_ref()?.fields;
        fields.iter().find(|(field, _)| *field == Field::Time)?.1.parse().ok()
    }
}

/// What a page shows as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Run {
    /// Entries that were written together.
    Block(Group),
    /// Blocks behind each other that have nothing but anchors, which the board writes all the time.
    Anchors(Vec<Group>),
}

/// Which entries a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    /// The lowest index.
    pub(super) first: u64,
    /// The highest index.
    pub(super) last: u64,
}

impl Range {
    /// The page that begins with an entry, the newest of a log of this size if there is no such entry; none for an
    /// empty log.
    pub(super) fn from(wished: Option<u64>, size: u64) -> Option<Self> {
        let newest = size.checked_sub(1)?;
        let last = wished.unwrap_or(newest).min(newest);
        Some(Self { first: last.saturating_sub(PAGE - 1), last })
    }

    /// Where the next older page begins.
    pub(super) fn older(self) -> Option<u64> {
        self.first.checked_sub(1)
    }

    /// Where the next newer page begins; none if that is the newest of all.
    pub(super) fn newer(self, size: u64) -> Option<u64> {
        Some(self.last + PAGE).filter(|newer| newer + 1 < size)
    }
}

/// Reads a page. If its lowest entries belong to a block that begins below, that is looked for, too.
pub(super) async fn load(session: Session, log: LogName, range: Range) -> Result<Vec<Run>, Trouble> {
    let ask = |first: u64, count: u64| {
        let count = u16::try_from(count).unwrap_or(MOST).min(MOST);
        session.ask::<Vec<EntryCard>>(Request::Entries { log, first, count }, |_| ())
    };
    let entries = ask(range.first, range.last - range.first + 1).await?;
    let is_block = |entry: &EntryCard| entry.kind == EntryKind::Block;
    let below = match entries.first() {
        Some(lowest) if !is_block(lowest) && lowest.index > 0 => {
            let first = lowest.index.saturating_sub(MOST.into());
            ask(first, lowest.index - first).await?.into_iter().rfind(is_block)
        }
        _ => None,
    };
    Ok(runs(groups(entries, below)))
}

/// Groups as the page shows them: two or more of anchors alone, behind each other, become one.
fn runs(groups: Vec<Group>) -> Vec<Run> {
    let mut runs = Vec::new();
    for group in groups {
        let is_anchors =
            !group.entries.is_empty() && group.entries.iter().all(|entry| entry.kind == EntryKind::Anchor);
        match runs.last_mut() {
            Some(Run::Anchors(run)) if is_anchors => run.push(group),
            _ if is_anchors => runs.push(Run::Anchors(vec![group])),
            _ => runs.push(Run::Block(group)),
        }
    }
    runs
}

/// Entries in their order as groups, the newest first.
fn groups(entries: Vec<EntryCard>, below: Option<EntryCard>) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut open = Group { block: below, entries: Vec::new(), has_block: false };
    let mut close = |group: Group| {
        if group.has_block || !group.entries.is_empty() {
            groups.push(group);
        }
    };
    for entry in entries {
        if entry.kind == EntryKind::Block {
            let new = Group { block: Some(entry), entries: Vec::new(), has_block: true };
            close(std::mem::replace(&mut open, new));
        } else {
            open.entries.insert(0, entry);
        }
    }
    close(open);
    groups.reverse();
    groups
}

#[cfg(test)]
mod tests {
    use tabella_crypto::transcript::Digest;

    use super::*;

    fn entry(index: u64, kind: EntryKind) -> EntryCard {
        let fields = match kind {
            EntryKind::Block => vec![(Field::Time, (index * 1_000).to_string())],
            _ => vec![],
        };
        EntryCard { index, kind, length: 1, leaf: Digest([0; 32]), fields }
    }

    #[test]
    fn pages_meet_without_gap_or_overlap() {
        let newest = Range::from(None, 60).unwrap();
        assert_eq!(newest, Range { first: 35, last: 59 });
        let older = Range::from(newest.older(), 60).unwrap();
        assert_eq!(older, Range { first: 10, last: 34 });
        let oldest = Range::from(older.older(), 60).unwrap();
        assert_eq!((oldest, oldest.older()), (Range { first: 0, last: 9 }, None));
        assert_eq!((oldest.newer(60), older.newer(60), newest.newer(60)), (Some(34), None, None));
        assert_eq!(Range::from(Some(99), 60), Some(newest));
        assert_eq!(Range::from(Some(0), 0), None);
    }

    #[test]
    fn entries_stand_with_the_block_that_begins_them() {
        use EntryKind::{Block, Cast};
        let page = vec![entry(4, Cast), entry(5, Block), entry(6, Cast), entry(7, Cast), entry(8, Block)];
        let groups = groups(page, Some(entry(3, Block)));
        let drawn: Vec<_> = groups
            .iter()
            .map(|group| {
                let indices: Vec<u64> = group.entries.iter().map(|entry| entry.index).collect();
                (group.time(), indices, group.has_block)
            })
            .collect();
        assert_eq!(
            drawn,
            [(Some(8_000), vec![], true), (Some(5_000), vec![7, 6], true), (Some(3_000), vec![4], false),]
        );
    }

    #[test]
    fn anchors_that_follow_each_other_are_one_run() {
        use EntryKind::{Anchor, Block, Election};
        let page = [Block, Election, Block, Anchor, Block, Anchor, Anchor, Block];
        let page = (0..).zip(page).map(|(index, kind)| entry(index, kind)).collect();
        let drawn: Vec<_> = runs(groups(page, None))
            .iter()
            .map(|run| match run {
                Run::Block(group) => (false, group.entries.len()),
                Run::Anchors(run) => (true, run.len()),
            })
            .collect();
        assert_eq!(drawn, [(false, 0), (true, 2), (false, 1)]);
    }

    #[test]
    fn entries_without_a_known_block_have_no_time() {
        let groups = groups(vec![entry(4, EntryKind::Cast)], None);
        assert_eq!((groups.len(), groups[0].time()), (1, None));
    }
}
