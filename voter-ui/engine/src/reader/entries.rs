//! Entries of both logs as cards: kinds, and what they say, in the order of their fields.

use std::collections::BTreeMap;

use tabella_board_core::api::hex_text;
use tabella_board_core::entry::{
    AdministratorAct, Anchor, Block, BoardEntry, CeremonyRestart, Closed, ContestResult, ElectionCreated,
    Entry, Genesis, Opened, Release, RollChange, RollPart, TallyView, TrusteeEntry, TrusteeMessage,
};
use tabella_crypto::ballot::{Ballot, SubmittedBallot};
use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::merkle::leaf_hash;
use tabella_web_shared::reader::{EntryCard, EntryKind, Field};

/// Fields in the making.
#[derive(Default)]
struct Fields(Vec<(Field, String)>);

impl Fields {
    fn with(mut self, field: Field, value: impl std::fmt::Display) -> Self {
        self.0.push((field, value.to_string()));
        self
    }

    fn with_each<V: std::fmt::Display>(mut self, field: Field, values: impl IntoIterator<Item = V>) -> Self {
        self.0.extend(values.into_iter().map(|value| (field, value.to_string())));
        self
    }
}

fn card(index: u64, bytes: &[u8], read: Option<(EntryKind, Fields)>) -> EntryCard {
    let (kind, Fields(fields)) = read.unwrap_or((EntryKind::Unknown, Fields::default()));
    // an entry has at most 64 KiB
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    EntryCard { index, kind, length, leaf: leaf_hash(bytes), fields }
}

/// An entry of the board's log.
pub(super) fn of_board(index: u64, bytes: &[u8]) -> EntryCard {
    card(index, bytes, BoardEntry::decode(bytes).ok().map(read_board_entry))
}

fn read_board_entry(entry: BoardEntry) -> (EntryKind, Fields) {
    let fields = Fields::default();
    match entry {
        BoardEntry::Block(block) => (EntryKind::Block, block_fields(&block)),
        BoardEntry::Genesis(Genesis { suite: _, origin, operator, witnesses, administrators }) => {
            let mut fields = fields.with(Field::Name, origin).with(Field::Key, hex_text(&operator));
            for (name, key) in &witnesses {
                fields = fields.with(Field::Name, name).with(Field::Key, hex_text(key));
            }
            (EntryKind::Genesis, fields.with_each(Field::Key, administrators.iter().map(hex_text)))
        }
        BoardEntry::Election(ElectionCreated { election, administrator, signature: _ }) => (
            EntryKind::Election,
            fields.with(Field::Election, election).with(Field::Key, hex_text(&administrator)),
        ),
        BoardEntry::Anchor(Anchor { election, size, root }) => (
            EntryKind::Anchor,
            fields.with(Field::Election, election).with(Field::Size, size).with(Field::Root, root),
        ),
        BoardEntry::Release(Release { version, files }) => {
            let files = files.iter().map(|file| format!("{} {}", file.path, file.hash));
            (EntryKind::Release, fields.with(Field::Name, version).with_each(Field::File, files))
        }
    }
}

fn block_fields(block: &Block) -> Fields {
    Fields::default().with(Field::Time, block.time).with(Field::Root, block.root_before)
}

/// An entry of an election's log. Trustees have their names where the manifest is known; `tested` are the ballots whose
/// openings are to be read, by their index.
pub(super) fn of_election(
    index: u64,
    bytes: &[u8],
    election: ElectionId,
    manifest: Option<&CheckedManifest>,
    tested: &BTreeMap<u64, Vec<u8>>,
) -> EntryCard {
    let reader = EntryReader { election, manifest, tested };
    card(index, bytes, Entry::decode(bytes).ok().map(|entry| reader.read(entry)))
}

struct EntryReader<'a> {
    election: ElectionId,
    manifest: Option<&'a CheckedManifest>,
    tested: &'a BTreeMap<u64, Vec<u8>>,
}

impl EntryReader<'_> {
    fn read(&self, entry: Entry) -> (EntryKind, Fields) {
        let fields = Fields::default();
        match entry {
            Entry::Block(block) => (EntryKind::Block, block_fields(&block)),
            Entry::Manifest(part) => {
                let number = u32::from(part.part) + 1;
                (EntryKind::Manifest, fields.with(Field::Part, format!("{number}/{}", part.parts)))
            }
            Entry::Administrator(entry) => {
                let act = match entry.act {
                    AdministratorAct::Open => "open",
                    AdministratorAct::Close => "close",
                    AdministratorAct::RestartCeremony { .. } => "restart",
                };
                (EntryKind::Administrator, fields.with(Field::Act, act))
            }
            Entry::Trustee(entry) => self.message(&entry),
            Entry::Roll(part) => (EntryKind::Roll, roll_fields(&part)),
            Entry::RollChange(entry) => (EntryKind::RollChange, change_fields(&entry.change)),
            Entry::CeremonyRestart(CeremonyRestart { attempt: _, culprit }) => {
                let culprit = culprit.map(|culprit| self.trustee(culprit));
                (EntryKind::CeremonyRestart, fields.with_each(Field::Trustee, culprit))
            }
            Entry::Open(Opened { key, ceremony, roll, voters, weight: _ }) => {
                let fields = fields.with(Field::Key, hex_text(&key)).with(Field::Hash, ceremony);
                (EntryKind::Open, fields.with(Field::Hash, roll).with(Field::Voters, voters))
            }
            Entry::Cast(submitted) => (EntryKind::Cast, self.ballot(&submitted)),
            Entry::Challenge(submitted) => (EntryKind::Challenge, self.ballot(&submitted)),
            Entry::Opening(opening) => {
                let tested = self.tested.get(&opening.challenge).and_then(|bytes| Entry::decode(bytes).ok());
                let code = match tested {
                    Some(Entry::Challenge(tested)) => Some(tested.ballot.tracking_code(self.election)),
                    _ => None,
                };
                (EntryKind::Opening, fields.with_each(Field::TrackingCode, code))
            }
            Entry::Close(Closed { counted, cast, challenged }) => {
                (EntryKind::Close, fields.with_each(Field::Ballots, [counted, cast, challenged]))
            }
            Entry::Withheld(withheld) => (EntryKind::Withheld, fields.with(Field::Contest, withheld.contest)),
            Entry::Result(ContestResult { contest, trustees, totals, outcome: _ }) => {
                let totals: Vec<String> = totals.iter().map(u64::to_string).collect();
                let trustees = trustees.into_iter().map(|trustee| self.trustee(trustee));
                let fields = fields.with(Field::Contest, contest).with_each(Field::Trustee, trustees);
                (EntryKind::Result, fields.with(Field::Totals, totals.join(" ")))
            }
        }
    }

    fn message(&self, entry: &TrusteeEntry) -> (EntryKind, Fields) {
        let fields = Fields::default().with(Field::Trustee, self.trustee(entry.trustee));
        match &entry.message {
            TrusteeMessage::Registration(keys) => (
                EntryKind::Registration,
                fields.with(Field::Key, hex_text(&keys.signing)).with(Field::Key, hex_text(&keys.encryption)),
            ),
            TrusteeMessage::CommitmentHash { attempt: _, hash } => {
                (EntryKind::Announcement, fields.with(Field::Hash, hash))
            }
            TrusteeMessage::Commitments { .. } => (EntryKind::Commitments, fields),
            TrusteeMessage::Shares { .. } => (EntryKind::Shares, fields),
            TrusteeMessage::Complaint { attempt: _, dealer } => {
                (EntryKind::Complaint, fields.with(Field::Trustee, self.trustee(*dealer)))
            }
            TrusteeMessage::Answer { attempt: _, receiver, share: _ } => {
                (EntryKind::Answer, fields.with(Field::Trustee, self.trustee(*receiver)))
            }
            TrusteeMessage::Confirmation { attempt: _, transcript } => {
                (EntryKind::Confirmation, fields.with(Field::Hash, transcript))
            }
            TrusteeMessage::TestDecryption { .. } => (EntryKind::TestDecryption, fields),
            TrusteeMessage::Statement(TallyView { size, root, aggregate }) => (
                EntryKind::Statement,
                fields.with(Field::Size, size).with(Field::Root, root).with(Field::Hash, aggregate),
            ),
            TrusteeMessage::Decryption { contest, shares: _ } => {
                (EntryKind::DecryptionShares, fields.with(Field::Contest, contest))
            }
        }
    }

    fn ballot(&self, submitted: &SubmittedBallot) -> Fields {
        let code = submitted.ballot.tracking_code(self.election);
        let Ballot { credential, style, counter, previous, .. } = &submitted.ballot;
        Fields::default()
            .with(Field::TrackingCode, code)
            .with(Field::Credential, hex_text(credential))
            .with(Field::Style, style)
            .with(Field::Counter, counter)
            .with_each(Field::Previous, previous)
    }

    /// `2 Name`, or the index alone.
    fn trustee(&self, trustee: u8) -> String {
        let place = usize::from(trustee).checked_sub(1);
        match self.manifest.zip(place).and_then(|(manifest, place)| manifest.trustees.get(place)) {
            Some(known) => format!("{trustee} {}", known.name),
            None => trustee.to_string(),
        }
    }
}

/// Only the last part knows how many there are.
fn roll_fields(part: &RollPart) -> Fields {
    let number = u64::from(part.part) + 1;
    let text = if part.last { format!("{number}/{number}") } else { number.to_string() };
    Fields::default().with(Field::Part, text).with(Field::Voters, part.voters.len())
}

fn change_fields(change: &RollChange) -> Fields {
    let fields = Fields::default();
    match change {
        RollChange::Revoke { credential } => {
            fields.with(Field::Act, "revoke").with(Field::Credential, hex_text(credential))
        }
        RollChange::Replace { credential, by } => fields
            .with(Field::Act, "replace")
            .with(Field::Credential, hex_text(credential))
            .with(Field::Credential, hex_text(by)),
        RollChange::Add { voter } => fields
            .with(Field::Act, "add")
            .with(Field::Credential, hex_text(&voter.credential))
            .with(Field::Style, voter.style),
    }
}
