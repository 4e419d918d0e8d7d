//! The files of `tests/vectors/v1`: what they hold, how they are written and read. `README.md` there says it for people.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What every file calls itself.
pub const FORMAT: &str = "tabella vectors v1";

/// One file: vectors of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// [`FORMAT`].
    pub format: String,
    /// Sections of the specification, as in "9.4".
    pub section: String,
    /// What the vectors are about, in a sentence.
    pub about: String,
    /// Whole logs, which vectors of all files name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub logs: BTreeMap<String, Log>,
    /// The vectors.
    pub vectors: Vec<Vector>,
}

/// A log of an election.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// The election id, in hexadecimal.
    pub election: String,
    /// The entries, in hexadecimal.
    pub entries: Vec<String>,
}

/// One vector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// A sentence that no other vector of the file has.
    pub name: String,
    /// What is done with the input; the README lists them.
    pub operation: String,
    /// Its arguments.
    pub input: Value,
    /// Whether the input is accepted.
    pub success: bool,
    /// Of what is refused, the check of section 16.2 that must do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// Other checks that may do it, where section 16.2 has no line for the rule and leaves it open.
    #[serde(default, rename = "or", skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
    /// Of what is refused and has no check of its own, the section of the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What follows from an input that is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
}

/// The folder of the vectors.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/v1")
}

/// The bytes of a file: indented by one space, so that a change shows in a few lines.
pub fn encode(family: &Family) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let style = serde_json::ser::PrettyFormatter::with_indent(b" ");
    family.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, style))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Every file of the folder, by name.
pub fn read_all(folder: &Path) -> Result<BTreeMap<String, Family>> {
    let mut families = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().into_string().ok().context("a file's name is no text")?;
        match name.as_str() {
            "README.md" | "schema.json" => continue,
            name if !name.ends_with(".json") => bail!("{name} is no file of vectors"),
            _ => {}
        }
        let family: Family =
            serde_json::from_slice(&fs::read(folder.join(&name))?).with_context(|| name.clone())?;
        ensure!(family.format == FORMAT, "{name} has the format {:?}", family.format);
        families.insert(name, family);
    }
    Ok(families)
}
