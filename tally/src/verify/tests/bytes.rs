//! Damage: any byte, any file.

use super::*;

#[test]
fn one_bit_changed_in_any_byte_of_any_file_is_refused() {
    let record = Logs::of(counted()).record();
    let mut flipped = 0;
    for path in record.files.keys() {
        for at in 0..record.files[path].len() {
            let mut broken = record.clone();
            broken.files.get_mut(path).unwrap()[at] ^= 1 << (at % 8);
            let failure = refuse(&broken, &all());
            assert!(failure.check.starts_with("1."), "{path} byte {at}: {failure:?}");
            flipped += 1;
        }
    }
    assert_eq!(flipped, record.files.values().map(Vec::len).sum::<usize>());
}

#[test]
fn every_bit_of_both_checkpoints_is_covered() {
    let record = Logs::of(counted()).record();
    for (path, bytes) in record.files.iter().filter(|(path, _)| path.ends_with("checkpoint")) {
        for bit in 0..8 * bytes.len() {
            let mut broken = record.clone();
            broken.files.get_mut(path).unwrap()[bit / 8] ^= 1 << (bit % 8);
            let failure = refuse(&broken, &all());
            assert!(["1.1", "1.2", "1.5"].contains(&failure.check), "{path} bit {bit}: {failure:?}");
        }
    }
}

#[test]
fn a_file_cut_short_or_longer_is_refused() {
    let record = Logs::of(counted()).record();
    for path in record.files.keys() {
        let mut shorter = record.clone();
        shorter.files.get_mut(path).unwrap().pop();
        refuse(&shorter, &all());
        let mut longer = record.clone();
        longer.files.get_mut(path).unwrap().push(0);
        refuse(&longer, &all());
        let mut empty = record.clone();
        empty.files.get_mut(path).unwrap().clear();
        refuse(&empty, &all());
    }
}

#[test]
fn each_file_must_be_there_and_no_other() {
    let logs = Logs::of(counted());
    let record = logs.record();
    for path in record.files.keys() {
        let mut missing = record.clone();
        missing.files.remove(path);
        let failure = refuse_by(&missing, &all(), Check::Files);
        assert_eq!(failure.file.as_deref(), Some(path.as_str()));
    }
    let election = format!("elections/{}", logs.id);
    let partial = format!("{election}/tile/0/000.p/1");
    for path in [
        "README",
        "board/CHECKPOINT",
        "board/tile/0/001",
        "board/tile/1/000.p/1",
        "board/tile/entries/000.p/250",
        "board/tile/entries/000.p/01",
    ] {
        let mut more = record.clone();
        more.files.insert(path.to_owned(), Vec::new());
        let failure = refuse_by(&more, &all(), Check::Files);
        assert_eq!(failure.file.as_deref(), Some(path));
    }
    for path in ["board/tile/entries/000.p/1", &partial] {
        let mut more = record.clone();
        more.files.insert(path.to_owned(), Vec::new());
        // a partial tile of an earlier checkpoint, but not the beginning of the present one
        let failure = refuse_by(&more, &all(), Check::Tiles);
        assert_eq!(failure.file.as_deref(), Some(path));
    }
    for path in ["elections/x/checkpoint", &format!("elections/{}/checkpoint", "ab".repeat(32))] {
        let mut two = record.clone();
        two.files.insert(path.to_owned(), Vec::new());
        refuse_by(&two, &all(), Check::Files);
    }
    let mut renamed = MemoryRecord::default();
    for (path, bytes) in &record.files {
        renamed.files.insert(path.replace(&logs.id.to_string(), "nameless"), bytes.clone());
    }
    refuse_by(&renamed, &all(), Check::Files);
    refuse_by(&MemoryRecord::default(), &all(), Check::Files);
}

#[test]
fn an_absurd_size_in_a_checkpoint_costs_nothing() {
    let logs = Logs::of(counted());
    let mut record = logs.record();
    let checkpoint = Checkpoint::new(ORIGIN, i64::MAX as u64, Digest([0; 32])).unwrap();
    let signed = sign_checkpoint(&checkpoint, &operator()).unwrap();
    record.files.insert("board/checkpoint".to_owned(), signed.encode().into_bytes());
    refuse_by(&record, &all(), Check::Files);
}

/// A source that cannot list its files.
struct Unlisted(MemoryRecord);

impl Record for Unlisted {
    fn paths(&self) -> Result<Option<Vec<String>>, ReadError> {
        Ok(None)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.0.read(path)
    }
}

#[test]
fn a_source_that_lists_nothing_is_read_by_name() {
    let logs = Logs::of(counted());
    let mut record = Unlisted(logs.record());
    refuse_by(&record, &all(), Check::Files);
    let demands = Demands { election: Some(logs.id), ..all() };
    let _ = accept(&record, &demands);
    record.0.files.retain(|path, _| !path.contains("tile/0/") || path.starts_with("board"));
    refuse_by(&record, &demands, Check::Files);
}
