//! The objects of chapter 18 of the specification, put together from its tables, are what our decoders read and our
//! encoders write.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests end where something is not as it must be"
)]

use std::fs;
use std::path::Path;

use tabella_board_core::entry::{BoardEntry, Entry};
use tabella_board_core::receipt::Receipt;
use tabella_crypto::checkpoint::{NoteKey, SignedCheckpoint};
use tabella_crypto::manifest::CheckedManifest;
use tabella_crypto::transcript::sha256;

/// An object of the chapter: the section that it stands in, its heading, and its bytes.
struct Object {
    section: String,
    name: String,
    bytes: Vec<u8>,
}

fn chapter() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/specification/18-annotated.md");
    fs::read_to_string(path).unwrap()
}

/// Every table, its second column put together. A row says where its bytes begin.
fn objects(chapter: &str) -> Vec<Object> {
    let (mut section, mut name) = (String::new(), String::new());
    let mut objects: Vec<Object> = Vec::new();
    for line in chapter.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            heading.clone_into(&mut section);
            heading.clone_into(&mut name);
        } else if let Some(heading) = line.strip_prefix("### ") {
            heading.clone_into(&mut name);
        } else if line.starts_with("| at | bytes |") {
            objects.push(Object { section: section.clone(), name: name.clone(), bytes: Vec::new() });
        } else if let Some((at, rest)) = line.strip_prefix("| ").and_then(|row| row.split_once(" | `")) {
            let bytes = &mut objects.last_mut().unwrap().bytes;
            assert_eq!(at.parse(), Ok(bytes.len()), "{name}: {line}");
            bytes.extend(hex::decode(rest.split_once('`').unwrap().0).unwrap());
        }
    }
    objects
}

/// Those of a section.
fn of<'a>(objects: &'a [Object], section: &str) -> Vec<&'a Object> {
    objects.iter().filter(|object| object.section.starts_with(section)).collect()
}

#[test]
fn every_annotated_object_is_read_and_written_again_byte_for_byte() {
    let objects = objects(&chapter());
    let entries = of(&objects, "18.1 ");
    assert!(entries.len() >= 14 + 9 + 2 + 2, "an entry of each kind, and each message, act and change");
    for Object { name, bytes, .. } in entries {
        let entry = Entry::decode(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(&entry.encode(), bytes, "{name}");
    }
    let board = of(&objects, "18.3 ");
    assert_eq!(board.len(), 5);
    for Object { name, bytes, .. } in board {
        let entry = BoardEntry::decode(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(&entry.encode(), bytes, "{name}");
    }
    let [manifest] = *of(&objects, "18.2 ") else { panic!("one manifest") };
    assert_eq!(CheckedManifest::decode(&manifest.bytes).unwrap().manifest().encode(), manifest.bytes);
    let [checkpoint] = *of(&objects, "18.4 ") else { panic!("one checkpoint") };
    assert_eq!(SignedCheckpoint::parse(&checkpoint.bytes).unwrap().encode().into_bytes(), checkpoint.bytes);
    // the tiles are of one log: the hashes are the leaves of the bundle's entries
    let [hashes, bundle] = *of(&objects, "18.5 ") else { panic!("a hash tile and a bundle") };
    let mut rest = bundle.bytes.as_slice();
    let mut leaves = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk() {
        let (entry, behind) = behind.split_at(usize::from(u16::from_be_bytes(*length)));
        BoardEntry::decode(entry).unwrap();
        leaves.extend(sha256(&[&[0], entry]));
        rest = behind;
    }
    assert_eq!(leaves, hashes.bytes);
}

#[test]
fn the_annotated_receipt_shows_the_annotated_ballot_on_the_board() {
    let chapter = chapter();
    let objects = objects(&chapter);
    let find = |name: &str| objects.iter().find(|object| object.name == name).unwrap();
    let json = chapter.split_once("```json\n").unwrap().1.split_once("```").unwrap().0;
    let receipt: Receipt = serde_json::from_str(json).unwrap();
    let Ok(BoardEntry::Genesis(genesis)) = BoardEntry::decode(&find("Board: genesis").bytes) else {
        panic!("a genesis")
    };
    let board = NoteKey::log(&genesis.origin, genesis.operator).unwrap();
    let ballot = &find("Cast").bytes;
    assert_eq!(receipt.verify(ballot, &board, &[]).unwrap().index(), receipt.index);
    let _refused = receipt.verify(&find("Challenge").bytes, &board, &[]).unwrap_err();
}
