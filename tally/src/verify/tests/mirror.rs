//! A mirror holds more than one record: other elections, and partial tiles of earlier checkpoints.

use super::*;

/// A board with a second election, whose files stand beside the first one's, and that election.
fn mirror() -> (MemoryRecord, ElectionId, ElectionId) {
    let logs = Logs::of(counted());
    let second = SmallElection::with(|manifest| manifest.nonce = [77; 16]);
    let id = second.manifest.id();
    let created = ElectionCreated::sign(id, &logs.genesis, &second.administrator);
    let size = second.log.len() as u64;
    let mut brought = logs.board_entries();
    brought.push(BoardEntry::Election(created));
    brought.push(BoardEntry::Anchor(Anchor { election: id, size, root: root(&second.log, size) }));
    let mut record = logs.record_with_board(brought);
    publish(&mut record, &format!("elections/{id}/"), &election_origin(ORIGIN, id), &second.log);
    (record, logs.id, id)
}

fn of(election: ElectionId) -> Demands {
    Demands { election: Some(election), ..all() }
}

#[test]
fn one_election_of_several_is_chosen() {
    let (record, first, second) = mirror();
    let verified = accept(&record, &of(first));
    assert_eq!(verified.state().election(), first);
    let verified = accept(&record, &Demands { partial: true, ..of(second) });
    assert_eq!(verified.state().election(), second);
    refuse_by(&record, &all(), Check::Files);
    refuse_by(&record, &of(ElectionId(Digest([9; 32]))), Check::Files);
}

#[test]
fn only_elections_of_the_board_log_stand_beside_the_one_that_is_verified() {
    let (record, first, second) = mirror();
    let mut stray = record.clone();
    let path = format!("elections/{}/checkpoint", ElectionId(Digest([9; 32])));
    stray.files.insert(path, b"anything".to_vec());
    refuse_by(&stray, &of(first), Check::Files);
    for file in ["notes", "tile/0/1", "checkpoint/x", ""] {
        let mut stray = record.clone();
        stray.files.insert(format!("elections/{second}/{file}"), Vec::new());
        refuse_by(&stray, &of(first), Check::Files);
    }
}

#[test]
fn earlier_partial_tiles_are_the_beginning_of_the_present_ones() {
    let (record, first, _) = mirror();
    let log = format!("elections/{first}/tile");
    let width = |path: &str| path.rsplit_once('/').and_then(|(_, width)| width.parse::<usize>().ok());
    let present = |kind: &str| {
        let prefix = format!("{log}/{kind}/000.p/");
        record.files.iter().find(|(path, _)| path.starts_with(&prefix)).unwrap()
    };
    let (hashes, entries) = (present("0"), present("entries"));
    assert!(width(hashes.0).unwrap() > 3 && width(entries.0) == width(hashes.0));
    let mut grown = record.clone();
    grown.files.insert(format!("{log}/0/000.p/3"), hashes.1[..96].to_vec());
    let bundle = encode_bundle(&Logs::of(counted()).log[..3]).unwrap();
    grown.files.insert(format!("{log}/entries/000.p/3"), bundle);
    let _ = accept(&grown, &of(first));

    for file in ["0", "entries"] {
        let path = format!("{log}/{file}/000.p/3");
        let mut changed = grown.clone();
        changed.files.get_mut(&path).unwrap()[40] ^= 1;
        refuse_by(&changed, &of(first), Check::Tiles);
        let mut longer = grown.clone();
        longer.files.get_mut(&path).unwrap().push(0);
        refuse_by(&longer, &of(first), Check::Tiles);
        let mut beyond = grown.clone();
        beyond.files.insert(format!("{log}/{file}/000"), Vec::new());
        refuse_by(&beyond, &of(first), Check::Files);
    }
}
