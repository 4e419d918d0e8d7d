//! A folder from which a verification goes on: killed at any time, damaged, or somebody else's.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::resumed::{as_own, long};
use super::*;
use crate::programs::verify::Noting;
use crate::programs::verify::saved::{FolderError, SavedFolder};

const NEVER: Duration = Duration::from_secs(1_000_000);

fn open(folder: &Path, every: Duration, stop: bool) -> Result<(SavedFolder, bool), FolderError> {
    let (store, run) = SavedFolder::open(folder, every, Arc::new(AtomicBool::new(stop)))?;
    Ok((store, run.is_some()))
}

/// A run that saves whenever it can, or is stopped at the first chance.
fn run(record: &dyn Record, demands: &Demands, folder: &Path, stop: bool) -> Result<Report, Box<Report>> {
    let (store, saved) = SavedFolder::open(folder, Duration::ZERO, Arc::new(AtomicBool::new(stop))).unwrap();
    let mut store = Noting::new(store);
    let basis = saved.map_or(Basis::Nothing, Basis::Saved);
    let executor = &mut Sequential(rng());
    let outcome =
        verify_on(record, demands, basis, &mut Work { executor, store: &mut store, progress: &mut |_| {} });
    assert_eq!(store.ended(), stop.then_some(&StoreError::Interrupted));
    outcome.map(|verified| verified.report().clone())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        match item.file_type().unwrap().is_dir() {
            true => copy(&item.path(), &to.join(item.file_name())),
            false => drop(fs::copy(item.path(), to.join(item.file_name())).unwrap()),
        }
    }
}

#[test]
fn a_run_that_was_stopped_goes_on_from_its_folder() {
    let record = Logs::of(long()).record();
    let alone = accept(&record, &all()).report().clone();
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("state");
    let stopped = run(&record, &all(), &folder, true).unwrap_err();
    assert!(stopped.failure.as_ref().unwrap().sentence.contains("interrupted"));
    // killed while it wrote: what is half done does not count
    fs::write(folder.join("state.new"), b"half").unwrap();
    fs::write(folder.join("points/00"), [1; 24]).unwrap();
    let report = run(&record, &all(), &folder, false).unwrap();
    assert!(matches!(report.trusted.as_slice(), [TrustReport::EarlierRun { ballots: 1.., .. }]));
    assert_eq!(as_own(report), alone);
    let again = run(&record, &all(), &folder, false).unwrap();
    assert_eq!(as_own(again.clone()), alone);
    assert!(matches!(again.trusted.as_slice(), [TrustReport::EarlierRun { ballots: 16, .. }]));
}

#[test]
fn a_folder_of_which_a_bit_is_flipped_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("state");
    run(&Logs::of(long()).record(), &all(), &folder, false).unwrap();
    assert!(open(&folder, NEVER, false).unwrap().1);
    let mut files = vec![folder.join("state")];
    let points = fs::read_dir(folder.join("points")).unwrap().map(|item| item.unwrap().path());
    files.extend(points.take(5));
    for file in files {
        let kept = fs::read(&file).unwrap();
        assert!(!kept.is_empty());
        let step = kept.len().div_ceil(60);
        for at in (0..kept.len()).step_by(step).chain([kept.len() - 1]) {
            let mut flipped = kept.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(&file, flipped).unwrap();
            match open(&folder, NEVER, false) {
                Err(FolderError::Damaged(_) | FolderError::Version(_)) => {}
                other => panic!("byte {at} of {}: {other:?}", file.display()),
            }
        }
        fs::write(&file, &kept[..kept.len() - 1]).unwrap();
        assert!(matches!(open(&folder, NEVER, false), Err(FolderError::Damaged(_))));
        fs::write(&file, kept).unwrap();
    }
    assert!(open(&folder, NEVER, false).unwrap().1, "mended");
}

#[test]
fn a_folder_that_is_no_state_or_in_use_or_of_another_format_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("state");
    let (in_use, saved) = open(&folder, NEVER, false).unwrap();
    assert!(!saved, "it is new");
    assert!(matches!(open(&folder, NEVER, false), Err(FolderError::Locked(_))));
    drop(in_use);
    assert!(open(&folder, NEVER, false).is_ok());
    fs::write(folder.join("letter.txt"), b"dear").unwrap();
    assert!(matches!(open(&folder, NEVER, false), Err(FolderError::Foreign(_))));
    fs::remove_file(folder.join("letter.txt")).unwrap();
    fs::write(folder.join("state"), b"tabella-verify state 2\n and so on").unwrap();
    assert!(matches!(open(&folder, NEVER, false), Err(FolderError::Version(_))));
}

#[test]
fn a_state_is_due_by_time_or_when_somebody_stops_the_run() {
    let place = tempfile::tempdir().unwrap();
    for (every, stop, due) in [(NEVER, false, false), (NEVER, true, true), (Duration::ZERO, false, true)] {
        assert_eq!(open(place.path(), every, stop).unwrap().0.is_due(), due);
    }
}

#[test]
fn a_state_of_another_election_changes_nothing_in_its_folder() {
    let place = tempfile::tempdir().unwrap();
    let kept = place.path().join("kept");
    run(&Logs::of(long()).record(), &all(), &kept, false).unwrap();
    let folder = place.path().join("state");
    copy(&kept, &folder);
    let mut abroad = SmallElection::with(|manifest| manifest.nonce = [6; 16]);
    abroad.open();
    let report = run(&Logs::of(&abroad).record(), &partial(), &folder, false).unwrap_err();
    assert!(report.failure.unwrap().sentence.contains("--state"));
    assert_eq!(fs::read(folder.join("state")).unwrap(), fs::read(kept.join("state")).unwrap());
    assert!(run(&Logs::of(long()).record(), &all(), &folder, false).is_ok());
}
