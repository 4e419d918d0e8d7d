//! What a program's visit leaves when it ends badly: what it failed with, and what was seen, neither at the cost of the
//! other.

use std::path::Path;

use super::*;
use crate::evidence::file::contradiction_in;
use crate::visit::{Visit, VisitError, read_view, write_view};

/// A board whose log ends with this entry.
fn board_with(entry: &[u8]) -> Fake {
    let fake = Fake::new(3);
    fake.with(|world| world.board.entries.push(entry.to_vec()));
    fake
}

fn honest() -> Fake {
    board_with(b"one")
}

/// A board that shows another log than was seen, of as many entries.
fn forked() -> (Fake, SavedView) {
    (board_with(b"another"), connect(&honest()).unwrap().view())
}

/// A visit to it.
fn visit(fake: &Fake, view: SavedView, file: &Path) -> Result<Visit<Fake>, VisitError> {
    let found = run(Board::find(fake.clone(), None, view))?;
    run(Visit::of(found, Some(file.to_owned())))
}

#[test]
fn a_contradiction_is_what_a_visit_ends_with_though_its_file_cannot_be_written() {
    let place = tempfile::tempdir().unwrap();
    let nowhere = place.path().join("none/view.json");
    let (fake, view) = forked();
    let error = visit(&fake, view, &nowhere).err().unwrap();
    assert!(contradiction_in(&error).is_some(), "{error}");

    // and what happens later in a visit
    let file = place.path().join("folder/view.json");
    std::fs::create_dir(place.path().join("folder")).unwrap();
    let visit = visit(&honest(), SavedView::default(), &file).ok().unwrap();
    std::fs::remove_dir_all(place.path().join("folder")).unwrap();
    let kept: Result<(), VisitError> = visit.keep(Err(error));
    assert!(contradiction_in(&kept.unwrap_err()).is_some());
    assert!(
        matches!(visit.keep::<(), VisitError>(Ok(())), Err(VisitError::Write(_))),
        "else it is the error"
    );
}

#[test]
fn a_contradiction_stays_in_the_file_of_what_was_seen_until_a_person_moves_it_away() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("view.json");
    let (fake, view) = forked();
    write_view(&file, &view).unwrap();
    let error = visit(&fake, view, &file).err().unwrap();
    let proven = contradiction_in(&error).unwrap().clone();
    // the program was killed before it wrote the evidence: nobody is asked, and it is told again
    let kept = std::fs::read(&file).unwrap();
    for _ in 0..2 {
        let error = run(Visit::begin("http://127.0.0.1:9", None, Some(&file))).unwrap_err();
        assert_eq!(contradiction_in(&error), Some(&proven), "{error}");
        assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
        assert!(error.hint().contains("move the file away"));
        assert_eq!(std::fs::read(&file).unwrap(), kept);
    }
    // also by the log that was seen first, and without the proof itself
    let mut without: serde_json::Value = serde_json::from_slice(&kept).unwrap();
    without.as_object_mut().unwrap().remove("contradiction").unwrap();
    let without = SavedView::from_json(&without.to_string()).unwrap();
    let error = run(Board::connect_by(honest(), None, without)).unwrap_err();
    assert_eq!(contradiction_in(&error).unwrap().fork().kind, ForkKind::SameSize);
    // what proves nothing is damage
    let damaged = String::from_utf8(kept).unwrap().replace("\"kind\": \"same-size\"", "\"kind\": \"shrank\"");
    std::fs::write(&file, &damaged).unwrap();
    assert!(read_view(&file).unwrap().contradiction().is_ok(), "the kind is no part of the proof");
    let mut other: serde_json::Value = serde_json::from_str(&damaged).unwrap();
    other["contradiction"]["shown"] = other["contradiction"]["seen"].clone();
    std::fs::write(&file, other.to_string()).unwrap();
    assert!(matches!(read_view(&file), Err(VisitError::View { .. })));
}

#[test]
fn whoever_keeps_the_evidence_elsewhere_goes_on_with_the_log_that_was_seen_first() {
    let (fake, view) = forked();
    let found = run(Board::find(fake, None, view.clone())).unwrap();
    assert!(run(found.verify()).is_err());
    let mut settled = found.view();
    let contradiction = settled.contradiction().unwrap().unwrap();
    settled.settle(&contradiction);
    assert_eq!(settled, view);
    assert!(run(Board::connect_by(honest(), None, settled)).is_ok());
}
