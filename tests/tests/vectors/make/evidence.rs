//! Evidence files of each kind, and each rule of them broken: section 12.11.

use std::slice;

use serde_json::{Value, json};
use tabella_board_core::entry::election_origin;
use tabella_crypto::checkpoint::{Checkpoint, NoteKey, cosign, sign_checkpoint};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{contradiction_path, empty_root, root_of};
use tabella_crypto::transcript::Digest;

use super::logs::{BESIDE_LAYOUT, BOARD, LAYOUT, key, leaves, list, spelled_note, sure};
use super::{Maker, sorted, with};
use crate::judge::hexed;
use crate::judge::logs::Leaves;

/// The file of this module.
pub fn evidence() -> Maker {
    let mut maker =
        Maker::new("evidence", "12.11", "Evidence files that prove a contradiction, and that do not.");
    confirmed(&mut maker);
    odd_and_confirmed(&mut maker);
    forms(&mut maker);
    boards_and_origins(&mut maker);
    notes(&mut maker);
    paths(&mut maker);
    maker
}

const ELECTION: ElectionId = ElectionId(Digest([7; 32]));

fn of_election() -> String {
    election_origin(BOARD, ELECTION)
}

fn vkey(board: &str, seed: u8) -> String {
    sure(NoteKey::log(board, key(seed).verifying_key())).to_vkey_string()
}

/// A log that parted from [`leaves`] with its last entry.
fn parted(count: u64) -> Leaves {
    let mut log = leaves(count);
    if let Some(last) = log.0.last_mut() {
        *last = Digest([9; 32]);
    }
    log
}

fn head(origin: &str, size: u64, root: Digest, seed: u8) -> String {
    sure(sign_checkpoint(&sure(Checkpoint::new(origin, size, root)), &key(seed))).encode()
}

fn note(origin: &str, log: &Leaves) -> String {
    head(origin, log.0.len() as u64, root_of(&log.0), 1)
}

/// What is the file's, its fields still to be changed.
fn fields(kind: &str, origin: &str, seen: String, shown: String, path: &[Digest]) -> Value {
    json!({
        "version": 1, "kind": kind, "board": vkey(BOARD, 1), "origin": origin, "seen": seen, "shown": shown,
        "path": list(path),
    })
}

fn same_size(origin: &str, size: u64) -> Value {
    fields("same-size", origin, note(origin, &leaves(size)), note(origin, &parted(size)), &[])
}

/// `old` entries were seen, and the log of `new` does not begin with them.
fn not_a_beginning(origin: &str, old: u64, new: u64) -> Value {
    let log = leaves(new);
    let path = sure(contradiction_path(&log, old, new));
    fields("not-a-beginning", origin, note(origin, &parted(old)), note(origin, &log), &path)
}

/// The JSON of a file.
fn spelled(fields: &Value) -> String {
    sorted(fields).to_string()
}

fn file(fields: &Value) -> Value {
    json!({ "evidence": spelled(fields) })
}

fn confirmed(maker: &mut Maker) {
    let mut good = |name: String, fields: Value| maker.good(name, "evidence", file(&fields));
    for (log, origin) in [("the board log", BOARD.to_owned()), ("an election", of_election())] {
        for size in [1, 5, 200] {
            good(format!("same size: {size} entries of {log}"), same_size(&origin, size));
        }
        for (old, new) in
            [(1, 2), (1, 200), (2, 3), (3, 7), (4, 8), (6, 8), (7, 100), (64, 100), (99, 100), (128, 129)]
        {
            let fields = not_a_beginning(&origin, old, new);
            let path = fields["path"].as_array().map_or(0, Vec::len);
            let name = format!("not a beginning: {old} and {new} entries of {log}, {path} hashes");
            good(name, fields.clone());
            // the larger one was seen first
            let mut shrank = with(&fields, "kind", "shrank");
            (shrank["seen"], shrank["shown"]) = (fields["shown"].clone(), fields["seen"].clone());
            good(format!("shrank: {new} and {old} entries of {log}"), shrank);
        }
    }
}

/// What some would refuse and the section does not.
fn odd_and_confirmed(maker: &mut Maker) {
    let origin = of_election();
    let (same, other) = (same_size(&origin, 5), not_a_beginning(&origin, 3, 7));
    for (name, fields) in [
        ("the kind of other sizes, where they are equal", with(&same, "kind", "not-a-beginning")),
        ("the kind of a log that shrank, where the sizes are equal", with(&same, "kind", "shrank")),
        ("the kind of equal sizes, where they differ", with(&other, "kind", "same-size")),
        ("the kind of a log that shrank, where it grew", with(&other, "kind", "shrank")),
    ] {
        maker.good(format!("kind: {name}"), "evidence", file(&fields));
    }
    let board = |fields: &Value, seed| json!({ "evidence": spelled(fields), "board": vkey(BOARD, seed) });
    maker.good("the board in question", "evidence", board(&other, 1));
    maker.against("another board than the one in question", "evidence", "12.11", board(&other, 2));
    maker.against("the board in question by another name", "evidence", "12.11", {
        json!({ "evidence": spelled(&other), "board": vkey("board.example.org", 1) })
    });
    let mut good = |name: &str, fields: Value| maker.good(name, "evidence", file(&fields));
    good("a board whose name is that of an election's log", with(&other, "board", vkey(&origin, 1)));
    let largest = (1 << 63) - 1;
    good("two checkpoints of the largest size", {
        let [seen, shown] = [3, 4].map(|root| head(&origin, largest, Digest([root; 32]), 1));
        fields("same-size", &origin, seen, shown, &[])
    });
    let of_nothing = |root| head(&origin, 0, root, 1);
    good("a checkpoint of no entries with another root than theirs", {
        fields("not-a-beginning", &origin, of_nothing(Digest([1; 32])), note(&origin, &leaves(7)), &[])
    });
    good("two checkpoints of no entries", {
        fields("same-size", &origin, of_nothing(empty_root()), of_nothing(Digest([1; 32])), &[])
    });
    let cosigned = {
        let checkpoint = sure(Checkpoint::new(&origin, 7, root_of(&leaves(7).0)));
        let signed = sure(sign_checkpoint(&checkpoint, &key(1)));
        sure(signed.with_signature(sure(cosign(&checkpoint, "w.example/2", &key(2), 5)))).encode()
    };
    good("a cosignature", with(&other, "shown", cosigned.clone()));
    let (text, lines) = sure(cosigned.split_once("\n\n").ok_or("a note"));
    let (of_log, of_witness) = sure(lines.split_once('\n').ok_or("two lines"));
    good("the log's signature behind another", {
        with(&other, "shown", format!("{text}\n\n{of_witness}{of_log}\n"))
    });
    good("a line of the log's name and another key ID", {
        with(&other, "shown", format!("{text}\n\n{of_log}\n\u{2014} {origin} AAAAAAAA\n"))
    });
    for (name, character) in BESIDE_LAYOUT {
        let line = format!("\u{2014} a{character}b AAAAAAAA\n");
        good(&format!("a line of a name with {name}"), {
            with(&other, "shown", format!("{text}\n\n{of_log}\n{line}"))
        });
    }
    let padded = |length: usize| {
        // the line of a stranger fills the note: the base64 of zeros
        let short = format!("{text}\n\n{of_log}\n\u{2014} w");
        let rest = length - short.len() - 2;
        format!("{short}{} {}\n", "w".repeat(rest % 4), "A".repeat(rest / 4 * 4))
    };
    good("a note of 16,384 bytes", with(&other, "shown", padded(16_384)));
    maker.against("a note of 16,385 bytes", "evidence", "12.11", {
        file(&with(&other, "shown", padded(16_385)))
    });
    let long = "b".repeat(180);
    let origins = [long.clone(), election_origin(&long, ELECTION), "b".repeat(255)];
    for (origin, name) in origins.iter().zip([&long, &long, &origins[2]]) {
        let fields = with(&same_size(origin, 5), "board", vkey(name, 1));
        let name = format!("a name of {} bytes and an origin of {}", name.len(), origin.len());
        maker.good(name, "evidence", file(&fields));
    }
    let texts = [
        ("indented", sure(serde_json::to_string_pretty(&sorted(&other)))),
        ("white space around it", format!("\n\t {} \r\n", spelled(&other))),
        ("the path first", {
            let path = format!("\"path\":{}", other["path"]);
            spelled(&other).replace(&format!(",{path}"), "").replacen('{', &format!("{{{path},"), 1)
        }),
        ("characters escaped", spelled(&other).replace('\u{2014}', "\\u2014").replace('/', "\\/")),
        ("65,536 bytes", padded_text(&other, 65_536)),
    ];
    for (name, text) in texts {
        maker.good(format!("JSON: {name}"), "evidence", json!({ "evidence": text }));
    }
}

/// The JSON with spaces behind it.
fn padded_text(fields: &Value, length: usize) -> String {
    let text = spelled(fields);
    let spaces = " ".repeat(length - text.len());
    text + &spaces
}

/// What is no evidence file.
fn forms(maker: &mut Maker) {
    let good = not_a_beginning(&of_election(), 3, 7);
    let text = spelled(&good);
    let mut refuse = |name: &str, text: String| {
        maker.against(format!("form: {name}"), "evidence", "12.11", json!({ "evidence": text }));
    };
    for (name, text) in [
        ("nothing", String::new()),
        ("no JSON", "evidence".to_owned()),
        ("null", "null".to_owned()),
        ("no fields", "{}".to_owned()),
        ("a list with it", format!("[{text}]")),
        ("a string with it", Value::from(text.clone()).to_string()),
        ("two of them", format!("{text}{text}")),
        ("cut short", text[..text.len() - 1].to_owned()),
        ("a comma at the end", text.replace('}', ",}")),
        ("65,537 bytes", padded_text(&good, 65_537)),
    ] {
        refuse(name, text);
    }
    for field in ["version", "kind", "board", "origin", "seen", "shown", "path"] {
        let mut without = good.clone();
        without.as_object_mut().and_then(|fields| fields.remove(field));
        refuse(&format!("without {field}"), spelled(&without));
        refuse(&format!("null as {field}"), spelled(&with(&good, field, Value::Null)));
        let twice = format!("{{\"{field}\":{},", good[field]);
        refuse(&format!("{field} twice"), text.replacen('{', &twice, 1));
        let renamed = text.replacen(&format!("\"{field}\":"), &format!("\"{}\":", field.to_uppercase()), 1);
        refuse(&format!("{field} in upper case"), renamed);
    }
    refuse("another field", spelled(&with(&good, "more", 1)));
    refuse("another field without a name", spelled(&with(&good, "", "")));
    refuse("a time", spelled(&with(&good, "time", 1_700_000_000)));
    for (name, version) in [
        ("0", json!(0)),
        ("2", json!(2)),
        ("as a string", json!("1")),
        ("with a fraction", json!(1.0)),
        ("true", json!(true)),
        ("negative", json!(-1)),
        ("2^16 + 1", json!(65_537)),
    ] {
        refuse(&format!("version {name}"), spelled(&with(&good, "version", version)));
    }
    for kind in ["", "fork", "NotABeginning", "not a beginning", "not_a_beginning", "Shrank"] {
        refuse(&format!("kind {kind:?}"), spelled(&with(&good, "kind", kind)));
    }
    refuse("a kind as a number", spelled(&with(&good, "kind", 1)));
    refuse("a note as fields", spelled(&with(&good, "seen", json!({ "note": good["seen"] }))));
    refuse("a note as a list of lines", {
        let lines: Vec<&str> = good["seen"].as_str().unwrap_or_default().lines().collect();
        spelled(&with(&good, "seen", lines))
    });
    let first = good["path"][0].as_str().unwrap_or_default().to_owned();
    let mut path = |name: &str, hash: Value| {
        let mut changed = good.clone();
        changed["path"][0] = hash;
        refuse(&format!("path: {name}"), spelled(&changed));
    };
    assert!(first.contains(|digit: char| digit.is_ascii_lowercase()), "there is a letter");
    path("a hash in upper case", json!(first.to_uppercase()));
    path("a hash of 31 bytes", json!(first[2..]));
    path("a hash of 33 bytes", json!(format!("{first}00")));
    path("a hash with a space", json!(format!("{first} ")));
    path("a hash that is no hexadecimal", json!(format!("g{}", &first[1..])));
    path("a hash in base64", json!("AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM="));
    path("a number", json!(1));
    path("a list", json!([first]));
    refuse("path: a string", spelled(&with(&good, "path", first.clone())));
    refuse("path: fields", spelled(&with(&good, "path", json!({ "0": first }))));
}

/// Another board, and origins that are no log of it; the notes are of the origin that stands there.
fn boards_and_origins(maker: &mut Maker) {
    let good = same_size(&of_election(), 5);
    let mut refuse =
        |name: &str, fields: Value| maker.against(name.to_owned(), "evidence", "12.11", file(&fields));
    let board = vkey(BOARD, 1);
    let witness = sure(NoteKey::witness(BOARD, key(1).verifying_key())).to_vkey_string();
    for (name, vkey) in [
        ("another key", vkey(BOARD, 2)),
        ("a witness's key", witness),
        ("the key under another name", vkey("board.example.org", 1)),
        ("another key ID", board.replacen('+', "+0", 1)),
        ("without a key ID", board.replacen('+', "", 1)),
        ("a space behind it", format!("{board} ")),
        ("a fingerprint", key(1).verifying_key().fingerprint().to_hex()),
        ("nothing", String::new()),
    ] {
        refuse(&format!("board: {name}"), with(&good, "board", vkey));
    }
    let id = ELECTION.0.to_hex();
    for (name, origin) in [
        ("of another board", "other.example.org/tabella".to_owned()),
        ("of an election on another board", election_origin("other.example.org/tabella", ELECTION)),
        ("of a board whose name begins so", format!("{BOARD}2")),
        ("a slash behind it", format!("{BOARD}/")),
        ("an election's with a slash behind it", format!("{BOARD}/elections/{id}/")),
        ("an election without its id", format!("{BOARD}/elections/")),
        ("an election's of 62 digits", format!("{BOARD}/elections/{}", &id[2..])),
        ("an election's of 63 digits", format!("{BOARD}/elections/{}", &id[1..])),
        ("an election's of 65 digits", format!("{BOARD}/elections/{id}0")),
        ("an election's in upper case", format!("{BOARD}/elections/{}", "AB".repeat(32))),
        ("an election's with another letter", format!("{BOARD}/elections/g{}", &id[1..])),
        ("another word", format!("{BOARD}/election/{id}")),
        ("a word in upper case", format!("{BOARD}/Elections/{id}")),
        ("two slashes", format!("{BOARD}//elections/{id}")),
        ("an election of an election", format!("{BOARD}/elections/{id}/elections/{id}")),
        ("the id alone", id.clone()),
    ] {
        refuse(&format!("origin: {name}"), same_size(&origin, 5));
    }
    let long = "b".repeat(181);
    let origin = election_origin(&long, ELECTION);
    let [seen, shown] = [3, 4].map(|root| spelled_note(&origin, &origin, 5, Digest([root; 32]), ""));
    refuse(
        "origin: 256 bytes",
        with(&fields("same-size", &origin, seen, shown, &[]), "board", vkey(&long, 1)),
    );
}

/// Notes that are no checkpoints of this log by this key.
fn notes(maker: &mut Maker) {
    let origin = of_election();
    let good = not_a_beginning(&origin, 3, 7);
    let another = election_origin(BOARD, ElectionId(Digest([8; 32])));
    let root = root_of(&leaves(7).0);
    let shown = good["shown"].as_str().unwrap_or_default();
    let (text, line) = sure(shown.split_once("\n\n").ok_or("a note"));
    let cosigned = {
        let checkpoint = sure(Checkpoint::new(&origin, 7, root));
        sure(cosign(&checkpoint, "w.example/2", &key(2), 5)).to_string()
    };
    let bad_line = {
        let other = head(&origin, 8, root, 1);
        sure(other.split_once("\n\n").ok_or("a note")).1.to_owned()
    };
    let of_name = |name: &str| spelled_note(&origin, name, 7, root, "");
    let changes = [
        ("of the board log", head(BOARD, 7, root, 1)),
        ("of another election", head(&another, 7, root, 1)),
        ("of another board", head("other.example.org/tabella", 7, root, 1)),
        ("signed by another key", head(&origin, 7, root, 2)),
        ("signed by the key under the board's name", of_name(BOARD)),
        ("signed by the key under another election's name", of_name(&another)),
        ("a witness's signature alone", format!("{text}\n\n{cosigned}\n")),
        ("no signature", format!("{text}\n\n")),
        ("the signature of another checkpoint", format!("{text}\n\n{bad_line}")),
        ("the signature twice", format!("{text}\n\n{line}{line}")),
        (
            "a second signature of the key, which does not verify, behind it",
            format!("{text}\n\n{line}{bad_line}"),
        ),
        (
            "a second signature of the key, which does not verify, first",
            format!("{text}\n\n{bad_line}{line}"),
        ),
        ("17 signatures", format!("{text}\n\n{line}{}", format!("{cosigned}\n").repeat(16))),
        ("an extension line", spelled_note(&origin, &origin, 7, root, "extension\n")),
        ("an empty extension line", spelled_note(&origin, &origin, 7, root, "\n")),
        ("another size than was signed", shown.replacen("\n7\n", "\n8\n", 1)),
        ("a size with a zero before", shown.replacen("\n7\n", "\n07\n", 1)),
        ("no newline at the end", shown.trim_end().to_owned()),
        ("carriage returns", shown.replace('\n', "\r\n")),
        ("a lone half of a character", shown.replacen(BOARD, "HALF", 1)),
        ("the text alone", format!("{text}\n")),
        ("nothing", String::new()),
    ];
    for (name, note) in changes {
        let file = file(&with(&good, "shown", note))["evidence"].as_str().unwrap_or_default().to_owned();
        let input = json!({ "evidence": file.replace("HALF", "\\ud800") });
        maker.against(format!("note: {name}"), "evidence", "12.11", input);
    }
    let mut refuse = |name: &str, fields: Value| {
        maker.against(format!("note: {name}"), "evidence", "12.11", file(&fields));
    };
    for (name, character) in LAYOUT {
        let stranger = format!("\u{2014} a{character}b AAAAAAAA\n");
        refuse(&format!("a line of a name with {name}"), {
            with(&good, "shown", format!("{text}\n\n{line}{stranger}"))
        });
    }
    refuse("the one seen is by another key", with(&good, "seen", head(&origin, 3, Digest([9; 32]), 2)));
    refuse("the one seen is of the board log", with(&good, "seen", head(BOARD, 3, Digest([9; 32]), 1)));
    refuse("both are of another election", with(&not_a_beginning(&another, 3, 7), "origin", origin.clone()));
    refuse("both are of the board log", with(&not_a_beginning(BOARD, 3, 7), "origin", origin.clone()));
    refuse("both are of an election", with(&good, "origin", BOARD));
}

/// Paths that show no contradiction.
fn paths(maker: &mut Maker) {
    let origin = of_election();
    let mut refuse = |name: String, fields: Value| {
        maker.against(format!("path: {name}"), "evidence", "12.11", file(&fields));
    };
    for (old, new) in [(1, 2), (3, 7), (4, 8), (64, 100), (99, 100)] {
        let good = not_a_beginning(&origin, old, new);
        let path = good["path"].as_array().cloned().unwrap_or_default();
        let name = format!("{old} and {new} entries");
        let mut changed =
            |what: &str, path: Vec<Value>| refuse(format!("{name}, {what}"), with(&good, "path", path));
        changed("none", Vec::new());
        changed("the first hash missing", path[1..].to_vec());
        changed("the last hash missing", path[..path.len() - 1].to_vec());
        let more = hexed([0; 32]);
        changed("a hash too many at the end", [&path[..], slice::from_ref(&more)].concat());
        changed("a hash too many at the start", [slice::from_ref(&more), &path[..]].concat());
        for place in 0..path.len() {
            let mut other = path.clone();
            other[place] = more.clone();
            changed(&format!("another hash {place}"), other);
        }
        let reversed: Vec<Value> = path.iter().rev().cloned().collect();
        changed("from above", reversed);
        // the two are of one log, which only grew, or was shown as it was before
        let honest = with(&good, "seen", note(&origin, &leaves(old)));
        refuse(format!("{name} of one log that grew"), honest.clone());
        refuse(format!("{name} of one log that grew, without a path"), with(&honest, "path", json!([])));
        let mut shrank = with(&honest, "kind", "shrank");
        (shrank["seen"], shrank["shown"]) = (honest["shown"].clone(), honest["seen"].clone());
        refuse(format!("{name} of one log, an old copy shown"), shrank);
        // the tree of the path is another than the checkpoint's
        refuse(format!("{name}, of another tree than was signed"), {
            with(&good, "shown", head(&origin, new, Digest([3; 32]), 1))
        });
    }
    let other_path = not_a_beginning(&origin, 4, 7)["path"].clone();
    refuse("for other sizes".to_owned(), with(&not_a_beginning(&origin, 3, 7), "path", other_path));
    let same = same_size(&origin, 5);
    refuse("equal sizes and a path".to_owned(), with(&same, "path", json!([hexed([0; 32])])));
    refuse("equal sizes and roots".to_owned(), with(&same, "shown", same["seen"].clone()));
    refuse("equal sizes and roots, one cosigned".to_owned(), {
        let checkpoint = sure(Checkpoint::new(&origin, 5, root_of(&leaves(5).0)));
        let line = sure(cosign(&checkpoint, "w.example/2", &key(2), 5));
        let seen = same["seen"].as_str().unwrap_or_default();
        with(&same, "shown", format!("{seen}{line}\n"))
    });
    let of_nothing = |root, path: &[Digest]| {
        let seen = head(&origin, 0, root, 1);
        fields("not-a-beginning", &origin, seen, note(&origin, &leaves(7)), path)
    };
    refuse("no entries, with their root".to_owned(), of_nothing(empty_root(), &[]));
    refuse("no entries, with another root, and a path".to_owned(), {
        of_nothing(Digest([1; 32]), &[root_of(&leaves(7).0)])
    });
}
