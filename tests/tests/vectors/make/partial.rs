//! The files of parts, with each field at its bounds and beyond, and what becomes of several of them: section 16.3.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tabella_board_core::check::Check;
use tabella_board_core::entry::Entry;
use tabella_board_core::state::ElectionState;
use tabella_crypto::codec;
use tabella_crypto::elgamal::EncodedCiphertext;
use tabella_crypto::group::{EncodedPoint, Point, Scalar};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::{leaf_hash, root_of};
use tabella_crypto::transcript::{Digest, sha256};
use tabella_tally::verify::part::{Maker as Machine, PartCounts, PartFailure, PartialResult};
use tabella_tally::verify::shard::Part;

use super::{Maker, flipped};
use crate::format::Log;
use crate::judge::{election, hexed};

/// The file of this module; the logs are those that its vectors name.
pub fn partial(logs: &BTreeMap<String, Log>) -> Result<Maker> {
    let mut maker = Maker::new("partial-result", "16.3", "Partial results, and several of them merged.");
    let main = Record::of(logs, "main")?;
    files(&mut maker, &main)?;
    whole(&mut maker, &main, &Record::of(logs, "early")?, &Record::of(logs, "small-groups")?)?;
    not_one_whole(&mut maker, &main)?;
    failures(&mut maker, &main)?;
    sums_and_counts(&mut maker, &main)?;
    Ok(maker)
}

/// What is changed, by a name.
type Change<T> = (&'static str, fn(&mut T));

/// An election log of which parts are verified.
struct Record {
    name: &'static str,
    election: ElectionId,
    entries: Vec<Vec<u8>>,
}

impl Record {
    fn of(logs: &BTreeMap<String, Log>, name: &'static str) -> Result<Self> {
        let log = logs.get(name).with_context(|| format!("there is no log {name:?}"))?;
        let election = Digest::from_hex(&log.election).map(ElectionId).context("an election id")?;
        let entries = log.entries.iter().map(hex::decode).collect::<Result<_, _>>()?;
        Ok(Self { name, election, entries })
    }

    /// How many entries there are up to the first with this tag, and without it.
    fn before(&self, tag: u8) -> usize {
        self.entries.iter().position(|entry| entry[0] == tag).unwrap_or(self.entries.len())
    }

    /// The results of all parts of the first so many entries, by the rules of a part.
    fn parts(&self, of: u32, count: usize) -> Result<Vec<PartialResult>> {
        let entries = &self.entries[..count];
        let root = root_of(&entries.iter().map(|entry| leaf_hash(entry)).collect::<Vec<_>>());
        let result = |number: u32| {
            let part = Part::new(number, of).context("a part")?;
            let mut state = ElectionState::new(self.election);
            for bytes in entries {
                let of_others = match Entry::decode(bytes)? {
                    Entry::Close(_) => break,
                    Entry::Cast(submitted) | Entry::Challenge(submitted) => {
                        !part.has_voter(self.election, &submitted.ballot.credential)
                    }
                    entry => matches!(entry, Entry::Opening(_)),
                };
                let admitted = match of_others {
                    true => state.pass(leaf_hash(bytes)).map_err(|refusal| refusal.check()),
                    false => election::apply(&mut state, bytes, &self.entries),
                };
                admitted.map_err(|check| anyhow::anyhow!("a part is refused by {check}"))?;
            }
            let counts = state.counts();
            let maker = Machine { program: "a verifier 1".to_owned(), label: format!("machine {number}") };
            Ok(PartialResult {
                election: self.election,
                size: count as u64,
                root,
                part,
                maker,
                counts: PartCounts { counted: counts.counted, cast: counts.cast, tested: counts.challenged },
                sums: state.sums(),
                failure: None,
            })
        };
        (0..of).map(result).collect()
    }

    fn input(&self, count: usize, parts: &[PartialResult]) -> Value {
        self.with_files(count, parts.iter().map(PartialResult::to_bytes))
    }

    fn with_files(&self, count: usize, parts: impl Iterator<Item = Vec<u8>>) -> Value {
        json!({ "log": self.name, "count": count, "parts": parts.map(hexed).collect::<Vec<_>>() })
    }
}

/// The fields of a file, each with its encoding.
#[derive(Clone)]
struct File(Vec<(&'static str, Vec<u8>)>);

impl File {
    fn of(result: &PartialResult) -> Self {
        let PartialResult { election, size, root, part, maker, counts, sums, failure } = result;
        let file = Self(vec![
            ("magic", b"tabella partial result 1\n".to_vec()),
            ("election", codec::encode(election)),
            ("size", codec::encode(size)),
            ("root", codec::encode(root)),
            ("part", codec::encode(&part.number())),
            ("of", codec::encode(&part.of())),
            ("program", codec::encode(&maker.program)),
            ("label", codec::encode(&maker.label)),
            ("counted", codec::encode(&counts.counted)),
            ("cast", codec::encode(&counts.cast)),
            ("tested", codec::encode(&counts.tested)),
            ("sums", codec::encode(sums)),
            ("failure", codec::encode(failure)),
        ]);
        assert_eq!(file.sealed(), result.to_bytes());
        file
    }

    fn with(&self, field: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let mut changed = self.clone();
        let place = changed.0.iter_mut().find(|(name, _)| *name == field);
        place.unwrap_or_else(|| unreachable!("there is no field {field}")).1 = bytes.into();
        changed
    }

    /// All bytes but the digest.
    fn body(&self) -> Vec<u8> {
        self.0.iter().flat_map(|(_, bytes)| bytes.clone()).collect()
    }

    fn sealed(&self) -> Vec<u8> {
        sealed(self.body())
    }
}

/// A body with its digest.
fn sealed(body: Vec<u8>) -> Vec<u8> {
    let digest = sha256(&[&body]);
    [body, digest.to_vec()].concat()
}

fn failure(check: &str, entry: Option<u64>) -> Option<PartFailure> {
    Some(PartFailure { check: check.to_owned(), entry, sentence: "a sentence".to_owned() })
}

fn files(maker: &mut Maker, main: &Record) -> Result<()> {
    let parts = main.parts(2, main.entries.len())?;
    let [first, second] = parts.as_slice() else { unreachable!("two parts") };
    let file = File::of(first);
    let mut good =
        |name: &str, bytes: Vec<u8>| maker.good(name, "partial-result", json!({ "bytes": hexed(bytes) }));
    good("the first part of two", first.to_bytes());
    good("the second part of two", second.to_bytes());
    let [early, _] = &main.parts(2, main.before(7))?[..] else { unreachable!("two parts") };
    good("a part of an election that did not open", early.to_bytes());
    for (name, failure) in [
        ("a failure at an entry", failure("6.3", Some(29))),
        ("a failure at entry 0", failure("1.6", Some(0))),
        ("a failure at entry 2^64 − 1", failure("1.5", Some(u64::MAX))),
        ("a failure without an entry", failure("1.3", None)),
        ("a failure by a check that nobody knows", failure("9.9", Some(29))),
        ("a failure by a check without a name", failure("", None)),
        (
            "a failure without a sentence",
            Some(PartFailure { check: "6.2".to_owned(), entry: None, sentence: String::new() }),
        ),
    ] {
        good(name, PartialResult { failure: failure.clone(), ..first.clone() }.to_bytes());
        if name == "a failure at an entry" {
            let (name, sums) = ("a failure at an entry, and no sums", None);
            good(name, PartialResult { failure, sums, ..first.clone() }.to_bytes());
        }
    }
    let number = |number: u32| codec::encode(&number);
    good("the only part", file.with("part", number(0)).with("of", number(1)).sealed());
    good(
        "the last of 2^32 − 1 parts",
        file.with("part", number(u32::MAX - 1)).with("of", number(u32::MAX)).sealed(),
    );
    for (name, label) in [
        ("an empty label", String::new()),
        ("a label of 200 bytes", "a".repeat(200)),
        ("a label of 200 bytes and fewer characters", "é".repeat(100)),
        ("a label with a line feed and a character that turns lines round", "a\n\u{202e}b".to_owned()),
    ] {
        good(name, file.with("label", codec::encode(&label)).sealed());
    }
    good("an empty program", file.with("program", codec::encode(&"")).sealed());
    good("a program of 300 bytes", file.with("program", codec::encode(&"a".repeat(300))).sealed());
    for field in ["size", "counted", "cast", "tested"] {
        good(&format!("2^64 − 1 as {field}"), file.with(field, [0xff; 8]).sealed());
    }
    good("sums of no contests", file.with("sums", [1, 0, 0, 0, 0]).sealed());
    good("sums of a contest without entries", file.with("sums", [1, 1, 0, 0, 0, 0, 0, 0, 0]).sealed());
    let none = [&[1, 1, 0, 0, 0, 1, 0, 0, 0][..], &[0xff; 64]].concat();
    good("sums of what is no point, which the merger decodes", file.with("sums", none).sealed());
    refused_files(maker, &file);
    Ok(())
}

fn refused_files(maker: &mut Maker, file: &File) {
    let mut refuse = |name: &str, bytes: Vec<u8>| {
        let input = json!({ "bytes": hexed(bytes) });
        maker.against(format!("no partial result: {name}"), "partial-result", "16.3", input);
    };
    let whole = file.sealed();
    refuse("nothing", Vec::new());
    refuse("the first line alone", whole[..25].to_vec());
    refuse("the first line and a digest", sealed(whole[..25].to_vec()));
    refuse("31 bytes behind the first line", whole[..25 + 31].to_vec());
    for (name, line) in [
        ("another version", "tabella partial result 2\n"),
        ("upper case", "Tabella partial result 1\n"),
        ("no line feed", "tabella partial result 1 "),
        ("a carriage return", "tabella partial result 1\r\n"),
        ("a version of two digits", "tabella partial result 01\n"),
        ("no first line", ""),
    ] {
        refuse(&format!("first line: {name}"), file.with("magic", line).sealed());
    }
    refuse("digest: another last byte", flipped(&whole, whole.len() - 1, 1));
    refuse("digest: another first byte", flipped(&whole, whole.len() - 32, 0x80));
    refuse("digest: none", file.body());
    refuse("digest: of all but the first line", {
        let body = file.body();
        [&body[..], &sha256(&[&body[25..]])].concat()
    });
    refuse("digest: before the fields", {
        let body = file.body();
        [&body[..25], &sha256(&[&body]), &body[25..]].concat()
    });
    refuse("digest: of another file", {
        let other = file.with("label", codec::encode(&"another")).sealed();
        [&file.body()[..], &other[other.len() - 32..]].concat()
    });
    let mut at = 0;
    for (field, bytes) in &file.0 {
        if *field != "magic" {
            refuse(&format!("digest: not of this {field}"), flipped(&whole, at, 1));
        }
        at += bytes.len();
    }
    refuse("a byte behind the digest", [&whole[..], &[0]].concat());
    refuse("the last byte missing", whole[..whole.len() - 1].to_vec());
    refuse("a byte left over before the digest", sealed([&file.body()[..], &[0]].concat()));
    refuse("fields that are cut short by a byte", sealed(file.body()[..file.body().len() - 1].to_vec()));
    for field in ["election", "size", "part", "label", "tested", "sums", "failure"] {
        refuse(&format!("without {field}"), file.with(field, []).sealed());
    }
    for (name, part, of) in [
        ("part 2 of 2", 2, 2),
        ("part 3 of 2", 3, 2),
        ("part 0 of 0", 0, 0),
        ("part 1 of 1, which counts from 1", 1, 1),
        ("part 2^32 − 1 of 2^32 − 1", u32::MAX, u32::MAX),
        ("part and number of parts swapped", 2, 1),
    ] {
        refuse(name, file.with("part", codec::encode(&part)).with("of", codec::encode(&of)).sealed());
    }
    refuse("part 1 of 2, big-endian", file.with("part", [0, 0, 0, 1]).sealed());
    for (name, label) in [
        ("a label of 201 bytes", "a".repeat(201)),
        ("a label of 201 bytes and fewer characters", format!("{}a", "é".repeat(100))),
    ] {
        refuse(name, file.with("label", codec::encode(&label)).sealed());
    }
    let no_text = [2, 0, 0, 0, 0xc3, 0x28];
    refuse("a label that is not UTF-8", file.with("label", no_text).sealed());
    refuse("a program that is not UTF-8", file.with("program", no_text).sealed());
    refuse("a label that ends behind the file", file.with("label", [0xff; 4]).sealed());
    refuse("the check of a failure is not UTF-8", {
        file.with("failure", [&[1][..], &no_text, &[0, 0, 0, 0, 0]].concat()).sealed()
    });
    refuse("the sentence of a failure is not UTF-8", {
        file.with("failure", [&[1, 0, 0, 0, 0, 0][..], &no_text].concat()).sealed()
    });
    refuse("tag 2 before the failure", file.with("failure", [2, 0, 0, 0, 0, 0, 0, 0, 0, 0]).sealed());
    refuse("tag 2 before a failure's entry", file.with("failure", [1, 0, 0, 0, 0, 2, 0, 0, 0, 0]).sealed());
    refuse("a failure without its sentence", file.with("failure", [1, 0, 0, 0, 0, 0]).sealed());
    let sums = file.0.iter().find(|(field, _)| *field == "sums").map(|(_, bytes)| bytes.clone());
    let sums = sums.unwrap_or_default();
    refuse("tag 2 before the sums", file.with("sums", [&[2], &sums[1..]].concat()).sealed());
    refuse("sums behind the tag of none", file.with("sums", [&[0], &sums[1..]].concat()).sealed());
    refuse("a contest more than there is", file.with("sums", flipped(&sums, 1, 1)).sealed());
    refuse("2^32 − 1 contests", file.with("sums", [1, 0xff, 0xff, 0xff, 0xff]).sealed());
    refuse("an entry more than there is", file.with("sums", flipped(&sums, 5, 1)).sealed());
    refuse("a D without its C", {
        file.with("sums", [&[1, 1, 0, 0, 0, 1, 0, 0, 0][..], &[0; 32]].concat()).sealed()
    });
}

/// Parts that are one whole.
fn whole(maker: &mut Maker, main: &Record, early: &Record, small_groups: &Record) -> Result<()> {
    let all = main.entries.len();
    for of in [1, 2, 3, 7] {
        let parts = main.parts(of, all)?;
        let input = main.input(all, &parts);
        maker.good(format!("merged: a counted election in {of} parts"), "merge", input);
    }
    let mut parts = main.parts(3, all)?;
    parts.rotate_left(1);
    maker.good("merged: parts in another order", "merge", main.input(all, &parts));
    let mid = main.before(0x0b) - 3;
    maker.good("merged: while voting is open", "merge", main.input(mid, &main.parts(2, mid)?));
    let opened = main.before(7) + 1;
    maker.good("merged: open, without a ballot", "merge", main.input(opened, &main.parts(2, opened)?));
    let input = early.input(early.entries.len(), &early.parts(2, early.entries.len())?);
    maker.good("merged: closed without a ballot", "merge", input);
    let count = small_groups.entries.len();
    let input = small_groups.input(count, &small_groups.parts(3, count)?);
    maker.good("merged: with contests that are withheld", "merge", input);
    let before = main.before(7);
    let parts = main.parts(2, before)?;
    ensure!(parts.iter().all(|part| part.sums.is_none()), "voting is not open");
    maker.good("merged: voting was never open", "merge", main.input(before, &parts));
    let mut odd = parts.clone();
    odd[1].sums = Some(Vec::new());
    let name = "merged: voting was never open, and a part has sums that nobody needs";
    maker.good(name, "merge", main.input(before, &odd));
    let mut labels = main.parts(2, all)?;
    for part in &mut labels {
        part.maker = Machine { program: String::new(), label: String::new() };
    }
    maker.good("merged: two parts of one label and program", "merge", main.input(all, &labels));
    let mut lying = main.parts(2, all)?;
    let point = Point::base_times(&Scalar::from(7_u64));
    for (part, difference) in lying.iter_mut().zip([point, -point]) {
        let pair = first_pair(part)?;
        pair.d = (pair.d.decode()? + difference).encode();
    }
    let name = "merged: two sums that are wrong and add up to the right one";
    maker.good(name, "merge", main.input(all, &lying));
    Ok(())
}

fn first_pair(part: &mut PartialResult) -> Result<&mut EncodedCiphertext> {
    let sums = part.sums.as_mut().context("sums")?;
    sums.first_mut().and_then(|contest| contest.first_mut()).context("an entry")
}

/// Parts that are no whole, or not of the record at hand.
fn not_one_whole(maker: &mut Maker, main: &Record) -> Result<()> {
    let all = main.entries.len();
    let parts = main.parts(3, all)?;
    let [a, b, c] = parts.as_slice() else { unreachable!("three parts") };
    let mut refuse = |name: &str, parts: &[&PartialResult]| {
        let parts: Vec<PartialResult> = parts.iter().map(|part| (*part).clone()).collect();
        maker.against(format!("not merged: {name}"), "merge", "16.3", main.input(all, &parts));
    };
    refuse("no part", &[]);
    refuse("the first part missing", &[b, c]);
    refuse("the second part missing", &[a, c]);
    refuse("the last part missing", &[a, b]);
    refuse("a part twice", &[a, b, c, b]);
    refuse("a part twice and another missing", &[a, b, b]);
    let halves = main.parts(2, all)?;
    refuse("a part of another number of parts", &[a, b, &halves[1]]);
    refuse("a part of another number of parts in the first place", &[&halves[0], b, c]);
    refuse("a part more, of another number of parts", &[a, b, c, &halves[0]]);
    let changes: [Change<PartialResult>; 4] = [
        ("another election", |part| part.election = ElectionId(Digest([7; 32]))),
        ("another size", |part| part.size += 1),
        ("a smaller size", |part| part.size -= 1),
        ("another root", |part| part.root.0[31] ^= 1),
    ];
    for (name, change) in changes {
        let mut changed = parts.clone();
        change(&mut changed[1]);
        let [a, b, c] = changed.as_slice() else { unreachable!("three parts") };
        refuse(&format!("a part of {name}"), &[a, b, c]);
        let mut changed = parts.clone();
        changed.iter_mut().for_each(change);
        let [a, b, c] = changed.as_slice() else { unreachable!("three parts") };
        refuse(&format!("all parts of {name}"), &[a, b, c]);
    }
    let before = main.parts(3, all - 1)?;
    refuse("parts of the log without its last entry", &[&before[0], &before[1], &before[2]]);
    let bad = File::of(b).with("label", codec::encode(&"a".repeat(201))).sealed();
    let files = [a.to_bytes(), bad, c.to_bytes()];
    let input = main.with_files(all, files.into_iter());
    maker.against("not merged: a file that is no partial result", "merge", "16.3", input);
    Ok(())
}

/// Parts of which some found a failure.
fn failures(maker: &mut Maker, main: &Record) -> Result<()> {
    let all = main.entries.len();
    let parts = main.parts(3, all)?;
    let mut refuse = |name: &str, check: &str, failures: [Option<PartFailure>; 3]| {
        let mut parts = parts.clone();
        for (part, failure) in parts.iter_mut().zip(failures) {
            part.failure = failure;
        }
        maker.bad(format!("failure: {name}"), "merge", check, main.input(all, &parts));
    };
    for check in Check::ALL {
        let number = check.number();
        refuse(&format!("check {number}"), number, [None, failure(number, Some(5)), None]);
    }
    refuse("without an entry", "1.3", [failure("1.3", None), None, None]);
    refuse(
        "the lowest entry, in the last part",
        "6.2",
        [failure("6.3", Some(30)), None, failure("6.2", Some(29))],
    );
    refuse(
        "the lowest entry, in the first part",
        "6.4",
        [failure("6.4", Some(28)), failure("6.3", Some(30)), failure("6.2", Some(29))],
    );
    refuse(
        "entries are compared as numbers",
        "6.5",
        [failure("6.2", Some(256)), failure("6.5", Some(3)), failure("6.3", Some(u64::MAX))],
    );
    refuse(
        "entries are not compared as digits",
        "6.5",
        [failure("6.2", Some(10)), failure("6.5", Some(9)), failure("6.3", Some(100))],
    );
    refuse(
        "one without an entry goes before entry 0",
        "1.3",
        [failure("1.6", Some(0)), failure("6.2", Some(29)), failure("1.3", None)],
    );
    for (name, check) in [
        ("a number that nobody knows", "9.9"),
        ("no number", ""),
        ("a number with a space", "6.2 "),
        ("a number with another zero", "6.02"),
        ("the number of a group", "6"),
        ("a check by its name", "VoterSignatures"),
    ] {
        refuse(&format!("{name} is 6.3"), "6.3", [None, failure(check, Some(29)), None]);
    }
    refuse(
        "a number that nobody knows, at the lowest entry",
        "6.3",
        [failure("6.2", Some(30)), failure("10.1", Some(29)), None],
    );
    let mut part = parts.clone();
    part[1].failure = failure("6.2", Some(29));
    part[1].sums = None;
    part[1].counts = PartCounts::default();
    maker.bad("failure: before sums and counts are looked at", "merge", "6.2", main.input(all, &part));
    let before = main.before(7);
    let mut early = main.parts(2, before)?;
    early[0].failure = failure("3.5", Some(9));
    maker.bad("failure: voting was never open", "merge", "3.5", main.input(before, &early));
    Ok(())
}

/// Sums that do not fit the election, and ballots that are others than the record's.
fn sums_and_counts(maker: &mut Maker, main: &Record) -> Result<()> {
    let all = main.entries.len();
    let parts = main.parts(2, all)?;
    let mut refuse = |name: &str, check: &str, change: &dyn Fn(&mut Vec<PartialResult>)| {
        let mut parts = parts.clone();
        change(&mut parts);
        maker.bad(name, "merge", check, main.input(all, &parts));
    };
    let sums = |part: &mut PartialResult, change: &dyn Fn(&mut Vec<Vec<EncodedCiphertext>>)| {
        part.sums.iter_mut().for_each(change);
    };
    refuse("sums: a part has none", "8.1", &|parts| parts[1].sums = None);
    refuse("sums: no part has any", "8.1", &|parts| parts.iter_mut().for_each(|part| part.sums = None));
    refuse("sums: of no contest", "8.1", &|parts| sums(&mut parts[0], &|sums| sums.clear()));
    let zero = EncodedCiphertext { d: EncodedPoint::IDENTITY, c: EncodedPoint::IDENTITY };
    type Shape = (&'static str, fn(&mut Vec<Vec<EncodedCiphertext>>, EncodedCiphertext));
    let shapes: [Shape; 7] = [
        ("a contest too few", |sums, _| drop(sums.pop())),
        ("a contest too many", |sums, zero| sums.push(vec![zero])),
        ("a contest without entries too many", |sums, _| sums.push(Vec::new())),
        ("an entry too few", |sums, _| {
            sums[0].remove(0);
        }),
        ("an entry too many", |sums, zero| sums[0].push(zero)),
        ("an entry in the contest before its own", |sums, zero| {
            sums[1].remove(0);
            sums[0].push(zero);
        }),
        ("contests swapped", |sums, _| sums.swap(0, 1)),
    ];
    for (name, change) in shapes {
        let changed = |part: &mut PartialResult| sums(part, &|sums| change(sums, zero));
        refuse(&format!("sums: {name}, in one part"), "8.1", &|parts| changed(&mut parts[1]));
        refuse(&format!("sums: {name}, in all parts"), "8.1", &|parts| parts.iter_mut().for_each(changed));
    }
    let one = [&[1][..], &[0; 31]].concat();
    for (name, bytes) in [
        ("all ones", vec![0xff; 32]),
        ("a negative number", one),
        ("a number that is no point", [&[2][..], &[0; 31]].concat()),
        ("the field's prime", [&[0xed][..], &[0xff; 30], &[0x7f]].concat()),
    ] {
        let bytes: [u8; 32] = bytes.as_slice().try_into()?;
        let encoded = EncodedPoint(bytes);
        ensure!(encoded.decode().is_err(), "{name} is a point");
        refuse(&format!("sums: {name} as D"), "8.1", &|parts| {
            sums(&mut parts[0], &|sums| sums[0][0].d = encoded);
        });
        refuse(&format!("sums: {name} as the last C"), "8.1", &|parts| {
            sums(&mut parts[1], &|sums| {
                if let Some(pair) = sums.last_mut().and_then(|contest| contest.last_mut()) {
                    pair.c = encoded;
                }
            });
        });
    }
    let counts: [Change<PartCounts>; 6] = [
        ("a voter more", |counts| counts.counted += 1),
        ("a voter fewer", |counts| counts.counted -= 1),
        ("a ballot more that was cast", |counts| counts.cast += 1),
        ("a ballot fewer that was cast", |counts| counts.cast -= 1),
        ("a ballot more that was tested", |counts| counts.tested += 1),
        ("2^64 − 1 ballots that were cast", |counts| counts.cast = u64::MAX),
    ];
    for (name, change) in counts {
        refuse(&format!("counts: {name}"), "6.3", &|parts| change(&mut parts[1].counts));
    }
    ensure!(parts[0].counts != parts[1].counts, "the parts have other ballots");
    refuse("counts: of the parts swapped", "6.3", &|parts| {
        let first = parts[0].counts;
        parts[0].counts = parts[1].counts;
        parts[1].counts = first;
    });
    let before = main.before(7);
    let mut early = main.parts(2, before)?;
    early[0].counts.tested = 1;
    maker.bad("counts: a ballot before voting was open", "merge", "6.3", main.input(before, &early));
    Ok(())
}
