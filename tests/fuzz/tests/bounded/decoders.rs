//! No decoder and no parser without a target: `decoders.txt` has every one that the sources have, and no other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Where the product's own sources are.
const SOURCES: [&str; 10] = [
    "crypto/src",
    "bulletin-board/core/src",
    "bulletin-board/client/src",
    "bulletin-board/server/src",
    "tally/src",
    "voter-ui/shared/src",
    "voter-ui/engine/src",
    "voter-ui/trustee/src",
    "voter-ui/worker/src",
    "voter-ui/app/src",
];

/// Names of functions that read bytes or texts.
const NAMES: [&str; 11] = [
    "from_bytes",
    "from_hex",
    "from_json",
    "from_str",
    "load",
    "named_in",
    "read",
    "restore",
    "resume",
    "try_from",
    "unseal",
];

fn is_decoder(name: &str) -> bool {
    let begins = ["decode", "deserialize", "read_"].iter().any(|start| name.starts_with(start));
    NAMES.contains(&name) || name.contains("parse") || (begins && !name.starts_with("read_back"))
}

/// The words of a line without its visibility.
fn words(line: &str) -> Vec<&str> {
    let rest = match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(')').map_or("", |(_, rest)| rest),
        Some(rest) => rest,
        None => line,
    };
    let separators = |character: char| !(character.is_alphanumeric() || character == '_');
    rest.split(separators).filter(|word| !word.is_empty()).collect()
}

/// The decoders in a source file but for its tests.
fn decoders(text: &str) -> BTreeSet<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let (mut found, mut derive, mut is_read) = (BTreeSet::new(), String::new(), false);
    for (number, line) in lines.iter().enumerate() {
        let next = lines.get(number + 1).copied().unwrap_or_default();
        if *line == "#[cfg(test)]" && words(next).first() == Some(&"mod") && next.ends_with('{') {
            break;
        }
        if !derive.is_empty() || line.starts_with("#[derive(") {
            derive.push_str(line);
            if line.contains(")]") {
                is_read =
                    words(&derive).iter().any(|word| ["Deserialize", "BorshDeserialize"].contains(word));
                derive.clear();
            }
            continue;
        }
        match words(line).as_slice() {
            ["struct" | "enum", name, ..] if std::mem::take(&mut is_read) => {
                found.insert((*name).to_owned());
            }
            ["const", "async", "fn", name, ..] | ["const" | "async", "fn", name, ..] | ["fn", name, ..]
                if is_decoder(name) =>
            {
                found.insert((*name).to_owned());
            }
            _ => {}
        }
    }
    found
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            walk(&path, files);
        } else if name.ends_with(".rs")
            && !["tests.rs", "fixtures.rs", "contract.rs"].contains(&name.as_str())
        {
            files.push(path);
        }
    }
}

#[test]
fn every_decoder_and_parser_has_a_target_or_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    SOURCES.iter().for_each(|folder| walk(&root.join(folder), &mut files));
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for file in files {
        let names = decoders(&fs::read_to_string(&file).unwrap());
        let path = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        if !names.is_empty() {
            found.insert(path, names.into_iter().collect::<Vec<_>>().join(" "));
        }
    }
    assert!(found.len() > 100, "the sources are looked through");

    let table = fs::read_to_string(root.join("tests/fuzz/decoders.txt")).unwrap();
    let mut listed = BTreeMap::new();
    let mut used = BTreeSet::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (path, rest) = line.split_once(": ").expect("a path");
        let (names, targets) = rest.split_once(" = ").expect("names, then targets");
        listed.insert(path.to_owned(), names.to_owned());
        match targets.strip_prefix("- ") {
            Some(reason) => assert!(reason.len() > 10, "{path}: give a reason"),
            None => used.extend(targets.split(' ').map(str::to_owned)),
        }
    }
    let missing: Vec<_> = found.iter().filter(|(path, names)| listed.get(*path) != Some(names)).collect();
    assert!(missing.is_empty(), "give these a target, and a line in decoders.txt: {missing:#?}");
    let gone: Vec<_> = listed.keys().filter(|path| !found.contains_key(*path)).collect();
    assert!(gone.is_empty(), "these have no decoders any more: {gone:?}");
    for name in &used {
        assert!(tabella_fuzz::target(name).is_some(), "there is no target {name}");
    }
    for target in tabella_fuzz::TARGETS {
        assert!(used.contains(target.name), "{} reads nothing that is listed", target.name);
    }
}
