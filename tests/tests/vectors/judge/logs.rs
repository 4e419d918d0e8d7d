//! Section 12.

use std::convert::Infallible;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tabella_board_client::Trust;
use tabella_board_client::evidence::{Confirmed, Fork};
use tabella_board_core::board::BoardState;
use tabella_board_core::check::Check;
use tabella_board_core::entry::BoardEntry;
use tabella_board_core::receipt::Receipt;
use tabella_crypto::checkpoint::{CheckpointError, NoteKey, SignedCheckpoint, VerifiedCheckpoint};
use tabella_crypto::merkle::tiles::{TilePath, decode_bundle, tiles_for_size};
use tabella_crypto::merkle::{
    self, NodeSource, consistency_path, contradiction_path, inclusion_path, leaf_hash, root_of,
};
use tabella_crypto::transcript::Digest;
use tabella_tally::verify::Cause;

use super::{Input, Judged, Refused, hexed};
use crate::refuse_unless;

/// A log of fewer than 256 entries.
pub struct Leaves(pub Vec<Digest>);

impl NodeSource for Leaves {
    type Error = Infallible;
    fn tile_hash(&self, level: u8, index: u64) -> std::result::Result<Digest, Infallible> {
        assert_eq!(level, 0, "a small log");
        Ok(self.0[usize::try_from(index).unwrap_or(usize::MAX)])
    }
}

fn list(digests: Vec<Digest>) -> Vec<Value> {
    digests.into_iter().map(|digest| hexed(digest.0)).collect()
}

/// Section 12.1: the root, and the paths that are asked for.
pub fn root(input: &Input<'_>) -> Judged {
    let leaves: Vec<Digest> = input.byte_strings("entries")?.iter().map(|entry| leaf_hash(entry)).collect();
    let (size, source) = (leaves.len() as u64, Leaves(leaves));
    let root = root_of(&source.0);
    let (mut inclusion, mut consistency, mut contradiction) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..size {
        inclusion.push(list(inclusion_path(&source, index, size)?));
    }
    for old in 0..=size {
        consistency.push(list(consistency_path(&source, old, size)?));
        contradiction.push(list(contradiction_path(&source, old, size)?));
    }
    Ok(Ok(json!({
        "root": hexed(root.0),
        "leaves": list(source.0),
        "inclusion": inclusion,
        "consistency": consistency,
        "contradiction": contradiction,
    })))
}

/// RFC 9162, section 2.1.3.
pub fn inclusion(input: &Input<'_>) -> Judged {
    let (leaf, index, size) = (input.digest("leaf")?, input.number("index")?, input.number("size")?);
    refuse_unless!(merkle::verify_inclusion(
        &leaf,
        index,
        size,
        &input.digests("path")?,
        &input.digest("root")?
    ));
    Ok(Ok(json!({})))
}

type Trees = (u64, Digest, u64, Digest, Vec<Digest>);

fn trees(input: &Input<'_>) -> Result<Trees> {
    Ok((
        input.number("old_size")?,
        input.digest("old_root")?,
        input.number("new_size")?,
        input.digest("new_root")?,
        input.digests("path")?,
    ))
}

/// RFC 9162, section 2.1.4.
pub fn consistency(input: &Input<'_>) -> Judged {
    let (m, s, n, r, path) = trees(input)?;
    refuse_unless!(merkle::verify_consistency(m, &s, n, &r, &path));
    Ok(Ok(json!({})))
}

/// Section 12.1: contradiction paths.
pub fn contradiction(input: &Input<'_>) -> Judged {
    let (m, s, n, r, path) = trees(input)?;
    refuse_unless!(merkle::proof::verify_contradiction(m, &s, n, &r, &path));
    Ok(Ok(json!({})))
}

/// Section 12.2.
pub fn vkey(input: &Input<'_>) -> Judged {
    let key = refuse_unless!(NoteKey::parse(input.text("vkey")?));
    Ok(Ok(json!({ "name": key.name(), "id": hexed(key.id().0), "key": hexed(key.verifying_key().0) })))
}

/// Section 12.2: a note, verified strictly.
pub fn checkpoint(input: &Input<'_>) -> Judged {
    let log = refuse_unless!(NoteKey::parse(input.text("log")?));
    let mut witnesses = Vec::new();
    for witness in input.list("witnesses")? {
        witnesses.push(NoteKey::parse(witness.as_str().unwrap_or_default())?);
    }
    let verified = SignedCheckpoint::parse(input.text("note")?.as_bytes())
        .and_then(|note| note.verify(&log, &witnesses))
        .map_err(|_: CheckpointError| Refused(Some("1.2")));
    Ok(verified.map(|verified| {
        let cosigned: Vec<Value> = verified
            .cosignatures()
            .iter()
            .map(|by| json!({ "witness": by.witness().name(), "time": by.timestamp() }))
            .collect();
        json!({ "size": verified.size(), "root": hexed(verified.root().0), "cosignatures": cosigned })
    }))
}

/// Section 12.3: the files of a log, sorted.
pub fn tiles(input: &Input<'_>) -> Judged {
    let mut paths: Vec<String> = tiles_for_size(input.number("size")?).map(|path| path.to_string()).collect();
    paths.sort();
    Ok(Ok(json!({ "paths": paths })))
}

/// Section 12.3: whether a path can be that of a tile.
pub fn tile_path(input: &Input<'_>) -> Judged {
    Ok(match TilePath::parse(input.text("path")?) {
        Some(path) => Ok(json!({ "first": path.first(), "width": path.width() })),
        None => Err(Refused(None)),
    })
}

/// Section 12.3: an entry bundle.
pub fn bundle(input: &Input<'_>) -> Judged {
    let entries = refuse_unless!(decode_bundle(&input.bytes("bytes")?, input.small("width")?), "1.5");
    Ok(Ok(json!({ "entries": entries.iter().map(hexed).collect::<Vec<_>>() })))
}

/// Section 12.7.
pub fn receipt(input: &Input<'_>) -> Judged {
    let board = NoteKey::parse(input.text("board")?)?;
    let receipt: Receipt = refuse_unless!(serde_json::from_str(input.text("receipt")?));
    let _verified = refuse_unless!(receipt.verify(&input.bytes("entry")?, &board, &[]));
    Ok(Ok(json!({})))
}

/// Section 12.11: an evidence file, and the key in question if there is one.
pub fn evidence(input: &Input<'_>) -> Judged {
    let board = input.text_if_there("board")?.map(|key| Trust::parse(key).context("a board's key"));
    let fork = refuse_unless!(Fork::from_json(input.text("evidence")?));
    let confirmed = refuse_unless!(fork.confirm(board.transpose()?.as_ref()));
    let Confirmed { board: _, older, newer } = confirmed;
    let head = |head: &VerifiedCheckpoint| json!({ "size": head.size(), "root": hexed(head.root().0) });
    Ok(Ok(json!({ "older": head(&older), "newer": head(&newer) })))
}

/// Section 12.5: a whole board log.
pub fn board_log(input: &Input<'_>) -> Judged {
    let mut state = BoardState::new();
    for bytes in input.byte_strings("entries")? {
        let entry = refuse_unless!(BoardEntry::decode(&bytes), Check::Encoding.number());
        if let Err(refusal) = state.apply(&bytes, entry) {
            return Ok(Err(Cause::Board(refusal).check().into()));
        }
    }
    Ok(Ok(json!({ "size": state.size(), "root": hexed(state.root().0) })))
}
