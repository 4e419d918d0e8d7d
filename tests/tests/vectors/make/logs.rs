//! Trees and proofs, checkpoints, tiles, receipts, board logs: section 12.

use serde_json::{Value, json};
use tabella_board_core::entry::{
    Anchor, Block, BoardEntry, ElectionCreated, Genesis, Release, ReleaseFile, election_origin,
};
use tabella_crypto::checkpoint::{Checkpoint, NoteKey, SignedCheckpoint, cosign, sign_checkpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{
    consistency_path, contradiction_path, empty_root, inclusion_path, leaf_hash, root_of,
};
use tabella_crypto::signature::{Signature, SigningKey};
use tabella_crypto::transcript::{Digest, sha256};

use super::{Maker, sorted, with};
use crate::judge::hexed;
use crate::judge::logs::Leaves;

/// The files of this module.
pub fn all() -> Vec<Maker> {
    vec![merkle(), checkpoint(), tile(), receipt(), board_log()]
}

pub(super) fn sure<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| unreachable!("{error:?}"))
}

pub(super) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed([seed; 32])
}

pub(super) fn leaves(count: u64) -> Leaves {
    Leaves((0..count).map(|entry| leaf_hash(&entry.to_le_bytes())).collect())
}

pub(super) fn list(digests: &[Digest]) -> Value {
    digests.iter().map(|digest| hexed(digest.0)).collect()
}

fn merkle() -> Maker {
    let mut maker =
        Maker::new("merkle", "12.1", "Roots, and proofs of inclusion, consistency and contradiction.");
    for count in [0_u8, 1, 2, 3, 7, 8] {
        let entries: Vec<Value> = (0..count).map(|entry| hexed(vec![entry; usize::from(entry)])).collect();
        maker.good(
            format!("a tree of {count} entries, with every path"),
            "root",
            json!({ "entries": entries }),
        );
    }
    for (index, size) in [(0, 1), (0, 2), (1, 2), (5, 8), (6, 7), (8, 9), (3, 100), (99, 100)] {
        let log = leaves(size);
        let path = sure(inclusion_path(&log, index, size));
        let leaf = log.0[usize::try_from(index).unwrap_or(0)];
        let good = json!({
            "leaf": hexed(leaf.0), "index": index, "size": size, "path": list(&path), "root": hexed(root_of(&log.0).0),
        });
        let name = format!("entry {index} of {size}");
        maker.good(&name, "inclusion", good.clone());
        let mut refuse =
            |what: &str, input: Value| maker.against(format!("{name}: {what}"), "inclusion", "12.1", input);
        refuse("another leaf", with(&good, "leaf", hexed([1; 32])));
        refuse("another root", with(&good, "root", hexed([1; 32])));
        refuse("a hash too many", with(&good, "path", list(&[&path[..], &[Digest([0; 32])]].concat())));
        refuse("the index of the size", with(&good, "index", size));
        refuse("a size of 0", with(&good, "size", 0));
        if path.is_empty() {
            continue;
        }
        refuse("a hash too few", with(&good, "path", list(&path[1..])));
        refuse("the last hash missing", with(&good, "path", list(&path[..path.len() - 1])));
        refuse("another index", with(&good, "index", index ^ 1));
        if path.len() > 1 {
            let mut reversed = path.clone();
            reversed.reverse();
            refuse("the path from above", with(&good, "path", list(&reversed)));
        }
    }
    for (old, new) in [(0, 8), (1, 1), (8, 8), (1, 2), (4, 8), (6, 8), (3, 7), (7, 100), (64, 100), (99, 100)]
    {
        proofs_between(&mut maker, old, new);
    }
    of_nothing(&mut maker);
    maker
}

/// Two trees of no entries, which have one root.
fn of_nothing(maker: &mut Maker) {
    let (empty, other, third) = (empty_root(), Digest([1; 32]), Digest([2; 32]));
    let trees = |old: Digest, new: Digest| json!({ "old_size": 0, "old_root": hexed(old.0), "new_size": 0, "new_root": hexed(new.0), "path": [] });
    maker.good("from 0 to 0", "consistency", trees(empty, empty));
    maker.good("0 against 0, another root shown", "contradiction", trees(empty, other));
    maker.good("0 against 0, another root seen", "contradiction", trees(other, empty));
    maker.good("0 against 0, two other roots", "contradiction", trees(other, third));
    for (name, old, new) in [
        ("another new root", empty, other),
        ("another old root", other, empty),
        ("one other root", other, other),
        ("two other roots", other, third),
    ] {
        maker.against(format!("from 0 to 0: {name}"), "consistency", "12.1", trees(old, new));
    }
    maker.against("0 against 0: the root of no entries", "contradiction", "12.1", trees(empty, empty));
    maker.against("0 against 0: one other root", "contradiction", "12.1", trees(other, other));
    let with_path = with(&trees(empty, other), "path", list(&[empty]));
    maker.against("0 against 0: a hash too many", "contradiction", "12.1", with_path);
}

fn proofs_between(maker: &mut Maker, old: u64, new: u64) {
    let (before, log) = (leaves(old), leaves(new));
    // a log that parted from this one with its last entry
    let mut parted = leaves(old);
    if let Some(last) = parted.0.last_mut() {
        *last = Digest([9; 32]);
    }
    let trees = |old_root: Digest, path: &[Digest]| {
        json!({
            "old_size": old, "old_root": hexed(old_root.0), "new_size": new, "new_root": hexed(root_of(&log.0).0),
            "path": list(path),
        })
    };
    let name = format!("from {old} to {new}");
    let path = sure(consistency_path(&log, old, new));
    let good = trees(root_of(&before.0), &path);
    maker.good(&name, "consistency", good.clone());
    let mut refuse =
        |what: &str, input: Value| maker.against(format!("{name}: {what}"), "consistency", "12.1", input);
    refuse("a hash too many", with(&good, "path", list(&[&path[..], &[Digest([0; 32])]].concat())));
    refuse("another old root", with(&good, "old_root", hexed([1; 32])));
    refuse("sizes swapped", with(&with(&good, "old_size", new + 1), "new_size", old));
    if old > 0 {
        refuse("another new root", with(&good, "new_root", hexed([1; 32])));
    }
    if !path.is_empty() {
        refuse("a hash too few", with(&good, "path", list(&path[1..])));
        refuse("the last hash missing", with(&good, "path", list(&path[..path.len() - 1])));
        let mut changed = path.clone();
        changed[0] = Digest([1; 32]);
        refuse("another first hash", with(&good, "path", list(&changed)));
    }
    let path = sure(contradiction_path(&log, old, new));
    let other_root = if old == 0 { Digest([1; 32]) } else { root_of(&parted.0) };
    let good = trees(other_root, &path);
    let name = format!("{old} against {new}");
    maker.good(&name, "contradiction", good.clone());
    let mut refuse =
        |what: &str, input: Value| maker.against(format!("{name}: {what}"), "contradiction", "12.1", input);
    refuse("the root that the beginning has", with(&good, "old_root", hexed(root_of(&before.0).0)));
    refuse("a hash too many", with(&good, "path", list(&[&path[..], &[Digest([0; 32])]].concat())));
    if !path.is_empty() {
        refuse("another new root", with(&good, "new_root", hexed([1; 32])));
        refuse("the first hash missing", with(&good, "path", list(&path[1..])));
    }
}

/// A note spelled out, of key 1 under a name that need not be the origin; `more` are lines behind the root. Names and lines
/// may be such as our own notes refuse.
pub(super) fn spelled_note(origin: &str, name: &str, size: u64, root: Digest, more: &str) -> String {
    let text = format!("{origin}\n{size}\n{}\n{more}", base64(&root.0));
    let line = base64(&[&key_id(name, 1)[..], &key(1).sign_bytes(text.as_bytes()).0].concat());
    format!("{text}\n\u{2014} {name} {line}\n")
}

/// A log's vkey spelled out.
fn spelled_vkey(name: &str, seed: u8) -> String {
    let encoded = base64(&[&[1], &key(seed).verifying_key().0[..]].concat());
    format!("{name}+{}+{encoded}", hex::encode(key_id(name, seed)))
}

fn key_id(name: &str, seed: u8) -> Vec<u8> {
    sha256(&[name.as_bytes(), b"\n", &[1], &key(seed).verifying_key().0])[..4].to_vec()
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |chunk: &[u8]| {
        let number =
            (0..3).fold(0, |number, at| number << 8 | chunk.get(at).map_or(0, |byte| usize::from(*byte)));
        let digit = |at: usize| char::from(ALPHABET[number >> (18 - 6 * at) & 63]);
        (0..4).map(|at| if at <= chunk.len() { digit(at) } else { '=' }).collect::<String>()
    };
    bytes.chunks(3).map(digits).collect()
}

const ORIGIN: &str = "example.com/log";

fn note(size: u64, witnesses: &[(&str, u8, u64)]) -> String {
    let checkpoint = sure(Checkpoint::new(ORIGIN, size, Digest([3; 32])));
    let mut signed: SignedCheckpoint = sure(sign_checkpoint(&checkpoint, &key(1)));
    for (name, seed, time) in witnesses {
        signed = sure(signed.with_signature(sure(cosign(&checkpoint, name, &key(*seed), *time))));
    }
    signed.encode()
}

fn checkpoint() -> Maker {
    let mut maker =
        Maker::new("checkpoint", "12.2", "Keys of notes, checkpoints and cosignatures, verified strictly.");
    let log = sure(NoteKey::log(ORIGIN, key(1).verifying_key())).to_vkey_string();
    let witness = |name: &str, seed| sure(NoteKey::witness(name, key(seed).verifying_key())).to_vkey_string();
    let known = [witness("w.example/2", 2), witness("w.example/3", 3)];
    maker.good("the key of a log", "vkey", json!({ "vkey": log }));
    maker.good("the key of a witness", "vkey", json!({ "vkey": known[0] }));
    maker.good(
        "the key of section 17.5",
        "vkey",
        json!({ "vkey": "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW" }),
    );
    for (name, vkey) in [
        ("another key ID", log.replacen('+', "+0", 1)),
        (
            "a key ID in upper case",
            "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".to_owned(),
        ),
        (
            "the key ID of another name",
            "PeterNewmann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".to_owned(),
        ),
        ("no key", "PeterNeumann+c74f20a3+".to_owned()),
        (
            "a key that is cut short",
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=".to_owned(),
        ),
        ("no name", log[ORIGIN.len()..].to_owned()),
        ("nothing", String::new()),
    ] {
        maker.against(format!("no vkey: {name}"), "vkey", "12.2", json!({ "vkey": vkey }));
    }
    assert_eq!(spelled_vkey(ORIGIN, 1), log);
    for (name, character) in LAYOUT {
        let vkey = spelled_vkey(&format!("a{character}b"), 1);
        maker.against(format!("no vkey: {name} in the name"), "vkey", "12.2", json!({ "vkey": vkey }));
    }
    for (name, character) in BESIDE_LAYOUT {
        let vkey = spelled_vkey(&format!("a{character}b"), 1);
        maker.good(format!("a key with {name} in its name"), "vkey", json!({ "vkey": vkey }));
    }
    let input = |note: &str| json!({ "note": note, "log": log, "witnesses": known });
    let plain = note(7, &[]);
    let cosigned = note(7, &[("w.example/2", 2, 1_679_315_149), ("w.example/3", 3, 0)]);
    maker.good("a checkpoint", "checkpoint", input(&plain));
    maker.good("the empty log", "checkpoint", input(&note(0, &[])));
    maker.good("the largest log", "checkpoint", input(&note((1 << 63) - 1, &[])));
    maker.good("two cosignatures, one of time 0", "checkpoint", input(&cosigned));
    maker.good(
        "the latest time of a cosignature",
        "checkpoint",
        input(&note(7, &[("w.example/3", 3, (1 << 63) - 1)])),
    );
    maker.good(
        "witnesses in another order",
        "checkpoint",
        input(&note(7, &[("w.example/3", 3, 5), ("w.example/2", 2, 5)])),
    );
    let mut refuse = |name: &str, note: &str| maker.bad(name, "checkpoint", "1.2", input(note));
    refuse("nothing", "");
    refuse("another size", &plain.replacen("\n7\n", "\n8\n", 1));
    refuse("another origin", &plain.replacen(ORIGIN, "example.com/lag", 1));
    refuse("another root", &plain.replacen("AwMD", "BwMD", 1));
    for (name, size) in [
        ("a size with a zero before", "07"),
        ("a size with a sign", "+7"),
        ("a negative size", "-7"),
        ("no size", ""),
        ("a size of 2^63", "9223372036854775808"),
        ("a size with a space", "7 "),
        ("a size in hexadecimal", "0x7"),
        ("a size in other digits", "\u{0667}"),
    ] {
        refuse(name, &plain.replacen("\n7\n", &format!("\n{size}\n"), 1));
    }
    refuse("a fourth line", &plain.replacen("\n\n", "\nextension\n\n", 1));
    refuse("no empty line", &plain.replacen("\n\n", "\n", 1));
    refuse("two empty lines", &plain.replacen("\n\n", "\n\n\n", 1));
    refuse("no signature", plain.split("\u{2014}").next().unwrap_or_default());
    refuse("no newline at the end", plain.trim_end());
    refuse("an empty line at the end", &format!("{plain}\n"));
    refuse("a hyphen for the dash", &plain.replace('\u{2014}', "-"));
    refuse("two spaces behind the dash", &plain.replace("\u{2014} ", "\u{2014}  "));
    refuse("a space at the end of a line", &plain.replacen("=\n\n", "= \n\n", 1));
    refuse("carriage returns", &plain.replace('\n', "\r\n"));
    refuse("a tab", &plain.replacen("\n7\n", "\n7\t\n", 1));
    refuse(
        "a root of 31 bytes",
        &plain.replacen(
            "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=",
            "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw==",
            1,
        ),
    );
    refuse("a root without padding", &plain.replacen("AwM=\n", "AwM\n", 1));
    refuse("a root with bits left over", &plain.replacen("AwM=\n", "AwN=\n", 1));
    let signature = plain.lines().last().unwrap_or_default().to_owned();
    refuse("the log's signature twice", &format!("{plain}{signature}\n"));
    refuse("17 signatures", &format!("{plain}{}", format!("{signature}\n").repeat(16)));
    let lines: Vec<&str> = cosigned.lines().collect();
    let place = |order: [usize; 3]| {
        let signatures: String = order.iter().map(|at| format!("{}\n", lines[4 + at])).collect();
        format!("{}\n\n{signatures}", lines[..3].join("\n"))
    };
    refuse("the log's signature behind a witness's", &place([1, 0, 2]));
    refuse("a witness twice", &place([0, 1, 1]));
    refuse("a witness that is not known", &note(7, &[("w.example/4", 4, 5)]));
    refuse("a known witness with another key", &note(7, &[("w.example/2", 4, 5)]));
    refuse("a known key under another name", &note(7, &[("w.example/4", 2, 5)]));
    let other = note(8, &[("w.example/2", 2, 5)]);
    let cosignature = other.lines().last().unwrap_or_default();
    refuse("the cosignature of another checkpoint", &format!("{plain}{cosignature}\n"));
    let twice = format!("{plain}{}\n", lines[5].replacen("AAAAZBhg", "AAAAZBhh", 1));
    if twice != format!("{plain}{}\n", lines[5]) {
        refuse("a cosignature with another time", &twice);
    }
    maker.bad(
        "a witness's signature alone",
        "checkpoint",
        "1.2",
        input(&format!("{}\n\n{}\n", lines[..3].join("\n"), lines[5])),
    );
    maker.bad(
        "the key of another log",
        "checkpoint",
        "1.2",
        with(&input(&plain), "log", sure(NoteKey::log(ORIGIN, key(2).verifying_key())).to_vkey_string()),
    );
    maker.bad(
        "the same key under another name",
        "checkpoint",
        "1.2",
        with(
            &input(&plain),
            "log",
            sure(NoteKey::log("example.com/lag", key(1).verifying_key())).to_vkey_string(),
        ),
    );
    maker
}

fn tile() -> Maker {
    let mut maker = Maker::new("tile", "12.3", "Which files a log has, names of tiles, entry bundles.");
    for size in [0, 1, 255, 256, 257, 300, 512, 2560] {
        maker.good(format!("the files of {size} entries"), "tiles", json!({ "size": size }));
    }
    for path in [
        "tile/0/000",
        "tile/0/x001/000",
        "tile/0/x001/x234/067",
        "tile/0/000.p/1",
        "tile/0/000.p/255",
        "tile/entries/000",
        "tile/entries/x123/456.p/7",
        "tile/7/000.p/1",
    ] {
        maker.good(path, "tile-path", json!({ "path": path }));
    }
    for path in [
        "",
        "tile",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/x000",
        "tile/0/001/000",
        "tile/0/xx01/002",
        "tile/0/X001/000",
        "tile/0/+01",
        "tile/00/000",
        "tile/01/000",
        "tile/8/000",
        "tile/7/000",
        "tile/-1/000",
        "tile/a/000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/+1",
        "tile/0/000.p/1.p/1",
        "tile/entry/000",
        "tile/entries/000.p/256",
        "tile/0/000.P/1",
        "tile//000",
        "Tile/0/000",
    ] {
        maker.against(format!("no tile: {path:?}"), "tile-path", "12.3", json!({ "path": path }));
    }
    for (name, bytes, width) in
        [("nothing and ab", "000000026162", 2), ("one empty entry", "0000", 1), ("one entry", "0001ff", 1)]
    {
        maker.good(name, "bundle", json!({ "bytes": bytes, "width": width }));
    }
    for (name, bytes, width) in [
        ("an entry too many", "000000026162", 1),
        ("an entry too few", "000000026162", 3),
        ("nothing for one", "", 1),
        ("an entry that is cut short", "00026a", 1),
        ("a length that is cut short", "00", 1),
        ("a byte left over", "00000000", 1),
        ("little-endian lengths", "02006162", 1),
    ] {
        maker.bad(name, "bundle", "1.5", json!({ "bytes": bytes, "width": width }));
    }
    maker
}

/// The board of receipts, board logs and evidence.
pub(super) const BOARD: &str = "board.example.org/tabella";

fn receipt() -> Maker {
    let mut maker = Maker::new("receipt", "12.7", "Receipts of entries.");
    let election = ElectionId(Digest([7; 32]));
    let entry = |number: u64| number.to_le_bytes();
    let elections = leaves(20);
    let head = |origin: &str, log: &Leaves, by: u8| {
        let checkpoint = sure(Checkpoint::new(origin, log.0.len() as u64, root_of(&log.0)));
        sure(sign_checkpoint(&checkpoint, &key(by))).encode()
    };
    let origin = election_origin(BOARD, election);
    let anchor = |size: u64, root: Digest| BoardEntry::Anchor(Anchor { election, size, root }).encode();
    let mut board = leaves(11);
    board.0[9] = leaf_hash(&anchor(20, root_of(&elections.0)));
    board.0[8] = leaf_hash(&anchor(19, root_of(&elections.0)));
    board.0[7] = leaf_hash(&anchor(20, Digest([1; 32])));
    let good = json!({
        "election": election.0.to_hex(), "index": 5, "path": list(&sure(inclusion_path(&elections, 5, 20))),
        "checkpoint": head(&origin, &elections, 1), "anchor_index": 9,
        "anchor_path": list(&sure(inclusion_path(&board, 9, 11))), "board_checkpoint": head(BOARD, &board, 1),
    });
    let vkey = sure(NoteKey::log(BOARD, key(1).verifying_key())).to_vkey_string();
    let input = |receipt: &Value| json!({ "board": vkey, "entry": hexed(entry(5)), "receipt": sorted(receipt).to_string() });
    maker.good("a receipt", "receipt", input(&good));
    let cosigned = {
        let checkpoint = sure(Checkpoint::new(BOARD, 11, root_of(&board.0)));
        let signed = sure(sign_checkpoint(&checkpoint, &key(1)));
        sure(signed.with_signature(sure(cosign(&checkpoint, "w.example/2", &key(2), 5)))).encode()
    };
    maker.good("a cosignature by nobody known", "receipt", input(&with(&good, "board_checkpoint", cosigned)));
    let mut refuse = |name: &str, input: Value| maker.against(name, "receipt", "12.7", input);
    refuse("another entry", with(&input(&good), "entry", hexed(entry(6))));
    refuse(
        "another board",
        with(&input(&good), "board", sure(NoteKey::log(BOARD, key(2).verifying_key())).to_vkey_string()),
    );
    refuse("no JSON", with(&input(&good), "receipt", "receipt"));
    let mut changed = |name: &str, field: &str, value: Value| refuse(name, input(&with(&good, field, value)));
    changed("another index", "index", json!(4));
    changed("another election", "election", json!(hex::encode([8; 32])));
    changed("an election in upper case", "election", json!("AB".repeat(32)));
    changed("another path", "path", list(&sure(inclusion_path(&elections, 4, 20))));
    changed("a path that is too short", "path", json!([]));
    changed(
        "a checkpoint of the board in the place of the election's",
        "checkpoint",
        good["board_checkpoint"].clone(),
    );
    changed("a checkpoint of the election by another key", "checkpoint", json!(head(&origin, &elections, 2)));
    changed("a checkpoint of the board by another key", "board_checkpoint", json!(head(BOARD, &board, 2)));
    changed("another checkpoint of the election", "checkpoint", json!(head(&origin, &leaves(21), 1)));
    changed("another checkpoint of the board", "board_checkpoint", json!(head(BOARD, &leaves(11), 1)));
    changed("another index of the anchor", "anchor_index", json!(10));
    changed("another field", "more", json!(1));
    for (name, index) in [("an anchor of another size", 8), ("an anchor of another root", 7)] {
        let path = list(&sure(inclusion_path(&board, index, 11)));
        refuse(name, input(&with(&with(&good, "anchor_index", index), "anchor_path", path)));
    }
    let mut without = good.clone();
    if let Some(fields) = without.as_object_mut() {
        fields.remove("anchor_path");
    }
    refuse("a field missing", input(&without));
    maker
}

/// A board log in the making: entries, and the root before the next.
#[derive(Clone, Default)]
struct BoardLog {
    entries: Vec<Vec<u8>>,
    blocks: u64,
}

impl BoardLog {
    fn push(&mut self, entry: &BoardEntry) {
        self.entries.push(entry.encode());
    }

    fn root(&self) -> Digest {
        root_of(&self.entries.iter().map(|entry| leaf_hash(entry)).collect::<Vec<_>>())
    }

    fn next_block(&self, time: u64) -> Block {
        Block { height: self.blocks, time, root_before: self.root() }
    }

    fn block(&mut self, time: u64) {
        self.push(&BoardEntry::Block(self.next_block(time)));
        self.blocks += 1;
    }

    fn input(&self) -> Value {
        json!({ "entries": self.entries.iter().map(hexed).collect::<Vec<_>>() })
    }

    fn and(&self, entry: &BoardEntry) -> Value {
        self.and_bytes(entry.encode())
    }

    fn and_bytes(&self, entry: Vec<u8>) -> Value {
        let mut log = self.clone();
        log.entries.push(entry);
        log.input()
    }
}

/// Layout characters of section 2: the first and last of each row of them.
pub(super) const LAYOUT: [(&str, char); 6] = [
    ("U+2028", '\u{2028}'),
    ("U+2029", '\u{2029}'),
    ("U+202A", '\u{202a}'),
    ("U+202E", '\u{202e}'),
    ("U+2066", '\u{2066}'),
    ("U+2069", '\u{2069}'),
];
/// Their neighbours, which are none and no white space.
pub(super) const BESIDE_LAYOUT: [(&str, char); 4] =
    [("U+200F", '\u{200f}'), ("U+2027", '\u{2027}'), ("U+2065", '\u{2065}'), ("U+206A", '\u{206a}')];

fn genesis() -> Genesis {
    let mut genesis = Genesis::new(
        BOARD.to_owned(),
        key(1).verifying_key(),
        vec![key(2).verifying_key(), key(3).verifying_key()],
    );
    genesis.witnesses = vec![
        ("w.example/4".to_owned(), key(4).verifying_key()),
        ("w.example/5".to_owned(), key(5).verifying_key()),
    ];
    genesis
}

fn release(version: &str, paths: &[&str]) -> BoardEntry {
    let files =
        paths.iter().map(|path| ReleaseFile { path: (*path).to_owned(), hash: Digest([6; 32]) }).collect();
    BoardEntry::Release(Release { version: version.to_owned(), files })
}

fn board_log() -> Maker {
    let mut maker = Maker::new(
        "board-log",
        "12.5",
        "Board logs from their first entry on, with the last entry good or bad.",
    );
    let operation = "board-log";
    let mut log = BoardLog::default();
    maker.good("nothing", operation, log.input());
    let block = |height, time, root_before| BoardEntry::Block(Block { height, time, root_before });
    let empty = log.root();
    maker.bad("the genesis first", operation, "1.6", log.and(&BoardEntry::Genesis(genesis())));
    maker.bad("a first block of height 1", operation, "1.6", log.and(&block(1, 5, empty)));
    maker.bad(
        "a first block with another root before",
        operation,
        "1.6",
        log.and(&block(0, 5, Digest([0; 32]))),
    );
    log.block(5);
    maker.good("a first block", operation, log.input());
    maker.bad(
        "two blocks at the start",
        operation,
        "1.6 or 1.2",
        log.and(&BoardEntry::Block(log.next_block(5))),
    );
    maker.bad("a release as second entry", operation, "1.6 or 1.2", log.and(&release("1", &["a"])));
    let mut broken = |name: &str, change: &dyn Fn(&mut Genesis)| {
        let mut genesis = genesis();
        change(&mut genesis);
        maker.bad(format!("genesis: {name}"), operation, "1.2", log.and(&BoardEntry::Genesis(genesis)));
    };
    broken("another suite", &|g| g.suite = "tabella/v2".to_owned());
    broken("an origin with a space", &|g| g.origin = "a b".to_owned());
    broken("an origin with a plus", &|g| g.origin = "a+b".to_owned());
    broken("no origin", &|g| g.origin.clear());
    broken("an origin too long for an election's behind it", &|g| g.origin = "a".repeat(181));
    broken("a witness without a name", &|g| g.witnesses[0].0.clear());
    broken("a witness with a tab in its name", &|g| g.witnesses[0].0 = "a\tb".to_owned());
    for (name, character) in LAYOUT {
        broken(&format!("{name} in the origin"), &|g| g.origin = format!("a{character}b"));
        broken(&format!("{name} in a witness's name"), &|g| g.witnesses[0].0 = format!("a{character}b"));
    }
    broken("16 witnesses", &|g| {
        g.witnesses = (10..26).map(|seed| (format!("w{seed}"), key(seed).verifying_key())).collect()
    });
    broken("a witness's name twice", &|g| g.witnesses[1].0 = g.witnesses[0].0.clone());
    broken("a witness's key twice", &|g| g.witnesses[1].1 = g.witnesses[0].1);
    broken("a witness with the operator's key", &|g| g.witnesses[1].1 = g.operator);
    broken("a witness with the origin as name", &|g| g.witnesses[1].0 = g.origin.clone());
    broken("an administrator twice", &|g| g.administrators[1] = g.administrators[0]);
    broken("1,001 administrators", &|g| {
        g.administrators = (0..1001_u16)
            .map(|number| {
                let mut key = [0; 32];
                key[..2].copy_from_slice(&number.to_le_bytes());
                tabella_crypto::signature::VerifyingKey(key)
            })
            .collect();
    });
    let mut alone = genesis();
    (alone.witnesses, alone.administrators) = (Vec::new(), Vec::new());
    maker.good("genesis: nobody listed", operation, log.and(&BoardEntry::Genesis(alone)));
    let mut long = genesis();
    long.origin = "a".repeat(180);
    maker.good("genesis: the longest origin", operation, log.and(&BoardEntry::Genesis(long)));
    let mut shared = genesis();
    shared.administrators[0] = shared.operator;
    maker.good(
        "genesis: the operator is an administrator too",
        operation,
        log.and(&BoardEntry::Genesis(shared)),
    );
    let mut no_points = genesis();
    no_points.operator.0 = [2; 32];
    maker.good(
        "genesis: an operator's key that is no point",
        operation,
        log.and(&BoardEntry::Genesis(no_points)),
    );
    log.push(&BoardEntry::Genesis(genesis()));
    maker.good("a genesis", operation, log.input());
    maker.bad("a second genesis", operation, "1.2 or 1.6", log.and(&BoardEntry::Genesis(genesis())));
    blocks(&mut maker, &log);
    log.block(7);
    elections(&mut maker, &mut log);
    releases(&mut maker, &mut log);
    let last = release("3", &["a"]).encode();
    for (name, bytes) in [
        ("tag 5", vec![5]),
        ("an empty entry", vec![]),
        ("a byte left over", [&last[..], &[0]].concat()),
        ("cut short by a byte", last[..last.len() - 1].to_vec()),
        ("more than 65,535 bytes", release("3", &[&"a".repeat(65_535)]).encode()),
    ] {
        maker.bad(format!("encoding: {name}"), operation, "1.5", log.and_bytes(bytes));
    }
    maker
}

fn blocks(maker: &mut Maker, log: &BoardLog) {
    let operation = "board-log";
    let next = log.next_block(5);
    let mut log = log.clone();
    maker.good("a second block at the same time", operation, log.and(&BoardEntry::Block(next)));
    let mut refuse = |name: &str, block| {
        maker.bad(format!("block: {name}"), operation, "1.6", log.and(&BoardEntry::Block(block)))
    };
    refuse("an earlier time", Block { time: 4, ..next });
    refuse("the height of the last", Block { height: 0, ..next });
    refuse("a height left out", Block { height: 2, ..next });
    refuse("the root after it", Block { root_before: Digest([1; 32]), ..next });
    log.block(5);
    maker.bad("block: behind a block", operation, "1.6", log.and(&BoardEntry::Block(log.next_block(6))));
}

fn elections(maker: &mut Maker, log: &mut BoardLog) {
    let operation = "board-log";
    let election = ElectionId(Digest([7; 32]));
    let created = ElectionCreated::sign(election, &genesis(), &key(2));
    let mut refuse =
        |name: &str, check: &str, entry: BoardEntry| maker.bad(name, operation, check, log.and(&entry));
    refuse(
        "election: by nobody listed",
        "2.4",
        BoardEntry::Election(ElectionCreated::sign(election, &genesis(), &key(9))),
    );
    let mut other = created.clone();
    other.signature = Signature([7; 64]);
    refuse("election: another signature", "2.4", BoardEntry::Election(other));
    let mut other = created.clone();
    other.election = ElectionId(Digest([8; 32]));
    refuse("election: signed for another election", "2.4", BoardEntry::Election(other));
    let mut other = created.clone();
    other.administrator = key(3).verifying_key();
    refuse("election: signed by another administrator", "2.4", BoardEntry::Election(other));
    let mut elsewhere = genesis();
    elsewhere.origin = "other.example.org/tabella".to_owned();
    refuse(
        "election: signed for a board of another origin",
        "2.4",
        BoardEntry::Election(ElectionCreated::sign(election, &elsewhere, &key(2))),
    );
    let mut elsewhere = genesis();
    elsewhere.operator = key(9).verifying_key();
    refuse(
        "election: signed for a board of another operator",
        "2.4",
        BoardEntry::Election(ElectionCreated::sign(election, &elsewhere, &key(2))),
    );
    let anchor = |election, size| BoardEntry::Anchor(Anchor { election, size, root: Digest([4; 32]) });
    refuse("anchor: of an election that is not there", "1.7", anchor(election, 1));
    log.push(&BoardEntry::Election(created.clone()));
    maker.good("election: created", operation, log.input());
    maker.bad("election: created twice", operation, "2.4", log.and(&BoardEntry::Election(created)));
    maker.bad(
        "election: created twice, by another administrator",
        operation,
        "2.4",
        log.and(&BoardEntry::Election(ElectionCreated::sign(election, &genesis(), &key(3)))),
    );
    maker.bad("anchor: of size 0", operation, "1.7", log.and(&anchor(election, 0)));
    maker.bad(
        "anchor: of another election",
        operation,
        "1.7",
        log.and(&anchor(ElectionId(Digest([8; 32])), 1)),
    );
    log.push(&anchor(election, 3));
    maker.good("anchor: of size 3", operation, log.input());
    maker.bad("anchor: of size 3 again", operation, "1.7", log.and(&anchor(election, 3)));
    maker.bad("anchor: of size 2 behind it", operation, "1.7", log.and(&anchor(election, 2)));
    maker.good("anchor: of size 4 behind it", operation, log.and(&anchor(election, 4)));
    maker.good("anchor: of size 2^64 − 1 behind it", operation, log.and(&anchor(election, u64::MAX)));
}

fn releases(maker: &mut Maker, log: &mut BoardLog) {
    let operation = "board-log";
    for (name, version, paths) in [
        ("one file", "1", vec!["a"]),
        ("files with folders", "1.0.0+abc~!", vec!["a/b-c_d.e", "index.html", "z"]),
        ("upper case before lower case", "1", vec!["B", "a"]),
        ("a file beside a folder of its name", "1", vec!["a", "a-b", "a/b"]),
        ("three dots", "1", vec!["..."]),
    ] {
        maker.good(format!("release: {name}"), operation, log.and(&release(version, &paths)));
    }
    let long = "v".repeat(65);
    let path = "a".repeat(129);
    for (name, version, paths) in [
        ("no version", "", vec!["a"]),
        ("a space in the version", "1 0", vec!["a"]),
        ("a version of 65 characters", long.as_str(), vec!["a"]),
        ("a version beyond ASCII", "é", vec!["a"]),
        ("no files", "1", vec![]),
        ("files in another order", "1", vec!["b", "a"]),
        ("lower case before upper case", "1", vec!["a", "B"]),
        ("a file twice", "1", vec!["a", "a"]),
        ("an empty path", "1", vec![""]),
        ("a path of 129 bytes", "1", vec![path.as_str()]),
        ("a path from the root", "1", vec!["/a"]),
        ("a path that ends with a slash", "1", vec!["a/"]),
        ("two slashes", "1", vec!["a//b"]),
        ("a dot as name", "1", vec!["a/./b"]),
        ("two dots as name", "1", vec!["../a"]),
        ("a space in a path", "1", vec!["a b"]),
        ("a percent sign in a path", "1", vec!["a%2fb"]),
        ("a backslash in a path", "1", vec!["a\\b"]),
    ] {
        maker.bad(format!("release: {name}"), operation, "1.10", log.and(&release(version, &paths)));
    }
    let many: Vec<String> = (0..385).map(|number| format!("{number:03}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    maker.good("release: 384 files", operation, log.and(&release("1", &many[..384])));
    maker.bad("release: 385 files", operation, "1.10", log.and(&release("1", &many)));
    log.push(&release("1", &["a"]));
    maker.bad("release: the last one again", operation, "1.10", log.and(&release("1", &["a"])));
    log.push(&release("2", &["a"]));
    maker.good("release: one before the last again", operation, log.and(&release("1", &["a"])));
}
