//! Every kind of entry as a card.

use std::collections::{BTreeMap, BTreeSet};

use tabella_board_core::entry::{
    AdministratorAct, Anchor, CeremonyRestart, ElectionCreated, Entry, Release, ReleaseFile, RollChange,
    Withheld,
};
use tabella_crypto::signature::SigningKey;
use tabella_web_shared::reader::{EntryKind, Field};

use super::super::entries::{of_board, of_election};
use super::*;

/// The cards of an election's log as the page gets them.
fn cards(election: &SmallElection) -> Vec<EntryCard> {
    let mut reading = connect(&board_of(election));
    let log = LogName::Election(election.manifest.id());
    let _setup = run(reading.setup(election.manifest.id(), &|_, _, _| ())).unwrap();
    ask(&mut reading, Request::Entries { log, first: 0, count: 256 }).unwrap()
}

fn of_kind(cards: &[EntryCard], kind: EntryKind) -> Vec<Vec<(Field, String)>> {
    cards.iter().filter(|card| card.kind == kind).map(|card| card.fields.clone()).collect()
}

fn values(fields: &[(Field, String)], field: Field) -> Vec<&str> {
    fields.iter().filter(|(found, _)| *found == field).map(|(_, value)| value.as_str()).collect()
}

#[test]
fn a_whole_election_is_readable_entry_by_entry() {
    let mut election = opened();
    let first = vote(&mut election, 0, Disposition::Cast);
    let (ballot, seed) = election.encrypt(1, &election.selections(1, 2, [0, 0]));
    let tested = ballot.tracking_code(election.manifest.id());
    let challenge = election.log.len() as u64;
    let entry = election.submit(1, ballot, Disposition::Challenge);
    election.push(entry);
    let opening = seed.open(&election.selections(1, 2, [0, 0]));
    let publication = election.publication(1, challenge, opening);
    election.push(Entry::Opening(publication));
    let second = vote(&mut election, 0, Disposition::Cast);
    for voter in 1..VOTERS.len() {
        let _code = vote(&mut election, voter, Disposition::Cast);
    }
    election.count();
    let cards = cards(&election);
    assert_eq!(cards.len(), election.log.len());
    for (card, bytes) in cards.iter().zip(&election.log) {
        assert_eq!((card.leaf, card.length as usize), (leaf_hash(bytes), bytes.len()));
        assert_ne!(card.kind, EntryKind::Unknown, "{}", card.index);
    }
    let kinds: BTreeSet<String> = cards.iter().map(|card| format!("{:?}", card.kind)).collect();
    let expected = [
        "Announcement",
        "Block",
        "Cast",
        "Challenge",
        "Close",
        "Commitments",
        "Confirmation",
        "DecryptionShares",
        "Manifest",
        "Open",
        "Opening",
        "Registration",
        "Result",
        "Roll",
        "Shares",
        "Statement",
        "TestDecryption",
    ];
    assert_eq!(kinds, expected.map(str::to_owned).into());

    let (one, two) = (&of_kind(&cards, EntryKind::Cast)[0], &of_kind(&cards, EntryKind::Cast)[1]);
    assert_eq!(values(one, Field::TrackingCode), [first.to_string()]);
    assert_eq!((values(one, Field::Counter), values(one, Field::Previous)), (vec!["0"], vec![]));
    assert_eq!(values(two, Field::TrackingCode), [second.to_string()]);
    assert_eq!(
        (values(two, Field::Counter), values(two, Field::Previous)),
        (vec!["1"], vec![&*first.to_string()])
    );
    let opening = &of_kind(&cards, EntryKind::Opening)[0];
    assert_eq!(*opening, [(Field::TrackingCode, tested.to_string())]);
    assert_eq!(of_kind(&cards, EntryKind::Manifest), [[(Field::Part, "1/1".to_owned())]]);
    let parts: Vec<_> =
        of_kind(&cards, EntryKind::Roll).iter().map(|part| values(part, Field::Part)[0].to_owned()).collect();
    assert_eq!(parts, ["1", "2/2"]);
    let close = &of_kind(&cards, EntryKind::Close)[0];
    assert_eq!(values(close, Field::Ballots), ["7", "8", "1"]);
    let result = &of_kind(&cards, EntryKind::Result)[0];
    assert_eq!(values(result, Field::Trustee), ["1 Trustee 1", "3 Trustee 3"]);
    assert_eq!(values(result, Field::Totals), ["0 11 0 0"]);
    let open = &of_kind(&cards, EntryKind::Open)[0];
    assert_eq!(values(open, Field::Voters), ["7"]);
    assert_eq!(values(&cards[0].fields, Field::Time), ["1000"]);
}

#[test]
fn what_goes_wrong_in_a_ceremony_and_changes_of_the_roll_are_readable() {
    let election = opened();
    let id = election.manifest.id();
    let read = |entry: Entry| {
        let card = of_election(4, &entry.encode(), id, Some(&election.manifest), &BTreeMap::new());
        (card.kind, card.fields)
    };
    let trustees = |names: [&str; 2]| names.map(|name| (Field::Trustee, name.to_owned())).to_vec();
    let (complaint, answer) = (election.complaint(2, 1), election.answer(1, 2));
    assert_eq!(read(complaint), (EntryKind::Complaint, trustees(["2 Trustee 2", "1 Trustee 1"])));
    assert_eq!(read(answer), (EntryKind::Answer, trustees(["1 Trustee 1", "2 Trustee 2"])));
    let restart = |culprit| read(Entry::CeremonyRestart(CeremonyRestart { attempt: 0, culprit }));
    assert_eq!(restart(Some(9)), (EntryKind::CeremonyRestart, vec![(Field::Trustee, "9".to_owned())]));
    assert_eq!(restart(None), (EntryKind::CeremonyRestart, vec![]));
    let acts = [
        (AdministratorAct::Open, "open"),
        (AdministratorAct::Close, "close"),
        (AdministratorAct::RestartCeremony { attempt: 1 }, "restart"),
    ];
    for (act, word) in acts {
        let expected = (EntryKind::Administrator, vec![(Field::Act, word.to_owned())]);
        assert_eq!(read(election.act(act)), expected);
    }
    let voter = election.voter(3);
    let by = election.voters[4].public();
    let changes = [
        (RollChange::Revoke { credential: voter.credential }, "revoke", 1),
        (RollChange::Replace { credential: voter.credential, by }, "replace", 2),
        (RollChange::Add { voter }, "add", 1),
    ];
    for (change, word, credentials) in changes {
        let (kind, fields) = read(election.roll_change(change));
        assert_eq!((kind, values(&fields, Field::Act)), (EntryKind::RollChange, vec![word]));
        assert_eq!(values(&fields, Field::Credential).len(), credentials);
    }
    let withheld = read(Entry::Withheld(Withheld { contest: 1 }));
    assert_eq!(withheld, (EntryKind::Withheld, vec![(Field::Contest, "1".to_owned())]));
    let unknown = of_election(4, b"nonsense", id, None, &BTreeMap::new());
    assert_eq!((unknown.kind, unknown.fields, unknown.length), (EntryKind::Unknown, vec![], 8));
}

#[test]
fn the_boards_own_log_is_readable() {
    let fake = board_of(&opened());
    let id = opened().manifest.id();
    fake.with(|world| drop(world.accept(b"anything".to_vec())));
    let administrator = SigningKey::from_seed([2; 32]);
    let created = ElectionCreated::sign(id, &genesis(), &administrator);
    fake.with(|world| world.board.entries.push(BoardEntry::Election(created).encode()));
    fake.with(|world| world.board.entries.push(b"nonsense".to_vec()));
    let mut reading = connect(&fake);
    let request = Request::Entries { log: LogName::Board, first: 0, count: 9 };
    let cards: Vec<EntryCard> = ask(&mut reading, request).unwrap();
    let kinds: Vec<EntryKind> = cards.iter().map(|card| card.kind).collect();
    assert_eq!(
        kinds,
        [EntryKind::Block, EntryKind::Genesis, EntryKind::Anchor, EntryKind::Election, EntryKind::Unknown]
    );
    assert_eq!(values(&cards[1].fields, Field::Name), [ORIGIN]);
    assert_eq!(values(&cards[1].fields, Field::Key).len(), 2, "operator and administrator");
    assert_eq!(values(&cards[2].fields, Field::Election), [id.to_string()]);
    assert_eq!(values(&cards[3].fields, Field::Election), [id.to_string()]);
    let file = ReleaseFile { path: "index.html".to_owned(), hash: Digest([4; 32]) };
    let release = Release { version: "0.1.0".to_owned(), files: vec![file] };
    let card = of_board(9, &BoardEntry::Release(release).encode());
    assert_eq!(card.kind, EntryKind::Release);
    assert_eq!(values(&card.fields, Field::Name), ["0.1.0"]);
    assert_eq!(values(&card.fields, Field::File), [format!("index.html {}", "04".repeat(32))]);
    let anchor = Anchor { election: id, size: 5, root: Digest([2; 32]) };
    let fields = of_board(9, &BoardEntry::Anchor(anchor).encode()).fields;
    assert_eq!(
        (values(&fields, Field::Size), values(&fields, Field::Root)),
        (vec!["5"], vec![&*"02".repeat(32)])
    );
}
