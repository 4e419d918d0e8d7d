//! Records in folders.

use std::fs;
use std::path::Path;

use super::record::FolderRecord;
use super::*;

fn write(record: &MemoryRecord, root: &Path) {
    for (path, bytes) in &record.files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

#[test]
fn a_record_in_a_folder_is_the_record() {
    let record = Logs::of(counted()).record();
    let folder = tempfile::tempdir().unwrap();
    write(&record, folder.path());
    let mut paths = FolderRecord::new(folder.path()).paths().unwrap().unwrap();
    paths.sort();
    assert!(paths.iter().eq(record.files.keys()));
    let _ = accept(&FolderRecord::new(folder.path()), &all());
    fs::write(folder.path().join("notes.txt"), "x").unwrap();
    refuse_by(&FolderRecord::new(folder.path()), &all(), Check::Files);
}

#[test]
fn a_link_or_an_empty_folder_is_refused() {
    let record = Logs::of(counted()).record();
    let folder = tempfile::tempdir().unwrap();
    write(&record, folder.path());
    let (checkpoint, elsewhere) = (folder.path().join("board/checkpoint"), folder.path().join("board/copy"));
    fs::rename(&checkpoint, &elsewhere).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&elsewhere, &checkpoint).unwrap();
        let linked = FolderRecord::new(folder.path());
        assert_eq!(linked.read("board/checkpoint"), Err(ReadError::Kind("board/checkpoint".to_owned())));
        refuse_by(&linked, &all(), Check::Files);
        fs::remove_file(&checkpoint).unwrap();
    }
    fs::rename(&elsewhere, &checkpoint).unwrap();
    let _ = accept(&FolderRecord::new(folder.path()), &all());
    fs::create_dir(folder.path().join("board/empty")).unwrap();
    refuse_by(&FolderRecord::new(folder.path()), &all(), Check::Files);
    refuse_by(&FolderRecord::new(folder.path().join("none")), &all(), Check::Files);
}

/// Its path, as text, would be that of another file.
#[cfg(unix)]
#[test]
fn a_file_whose_name_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"tile\xff")), "x").unwrap();
    let found = FolderRecord::new(folder.path()).paths();
    assert_eq!(found, Err(ReadError::Kind("tile\u{fffd}".to_owned())));
}

#[test]
fn a_file_larger_than_any_of_a_record_is_not_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::create(folder.path().join("big")).unwrap();
    let mut memory = MemoryRecord::default();
    let mut read = |length: usize| {
        file.set_len(length as u64).unwrap();
        memory.files.insert("big".to_owned(), vec![0; length]);
        [&FolderRecord::new(folder.path()) as &dyn Record, &memory]
            .map(|record| record.read("big").map(|bytes| bytes.len()))
    };
    assert_eq!(read(record::MAX_FILE_LENGTH), [Ok(record::MAX_FILE_LENGTH), Ok(record::MAX_FILE_LENGTH)]);
    let longer = record::MAX_FILE_LENGTH + 1;
    assert_eq!(
        read(longer),
        [Err(ReadError::TooLong(longer as u64)), Err(ReadError::TooLong(longer as u64))]
    );
    assert_eq!(FolderRecord::new(folder.path()).read("none"), Err(ReadError::Missing));
}
