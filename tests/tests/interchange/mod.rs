//! Documents in the NIST Common Data Format, as the programs write them, held against NIST's schemas.

#![allow(dead_code, reason = "every test that has this module uses a part of it")]

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// SP 1500-100 revision 2.
pub const RESULTS: &str =
    include_str!("../../../bulletin-board/interchange/schemas/NIST_V2_election_results_reporting.json");
/// SP 1500-20.
pub const DEFINITION: &str =
    include_str!("../../../bulletin-board/interchange/schemas/NIST_V1_ballot_definition.json");

/// A document, which must be as the schema wants it.
pub fn valid(document: &str, schema: &str) -> Result<Value> {
    let document: Value = serde_json::from_str(document)?;
    let schema = jsonschema::draft7::new(&serde_json::from_str(schema)?)?;
    let errors: Vec<String> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
    ensure!(errors.is_empty(), "{errors:?}");
    Ok(document)
}

/// The same of a file.
pub fn valid_file(path: &Path, schema: &str) -> Result<Value> {
    valid(&fs::read_to_string(path).with_context(|| path.display().to_string())?, schema)
}

/// A draft of a manifest as an administrator completes it.
pub fn completed(draft: &str) -> String {
    draft
        .replace("registrar = \"TO COMPLETE\"", &format!("registrar = \"{}\"", "02".repeat(32)))
        .replace("fingerprint = \"TO COMPLETE\"", &format!("fingerprint = \"{}\"", "03".repeat(32)))
        .replace("name = \"TO COMPLETE\"", "name = \"Ada\"")
}

/// What an option of a contest, both from 0, got: total, then the columns of a grid.
pub fn counts(report: &Value, contest: usize, option: usize) -> Result<(Option<u64>, Vec<u64>)> {
    let selection = &report["Election"][0]["Contest"][contest]["ContestSelection"][option];
    let counts = selection["VoteCounts"].as_array().context("counts")?;
    let number = |count: &Value| count["Count"].as_u64().context("a number");
    let (totals, columns): (Vec<_>, Vec<_>) = counts.iter().partition(|count| count["Type"] == "total");
    ensure!(totals.len() <= 1, "{selection}");
    let total = totals.first().map(|count| number(count)).transpose()?;
    Ok((total, columns.into_iter().map(number).collect::<Result<_>>()?))
}

/// The value of one of our identifiers.
pub fn identifier<'a>(of: &'a Value, what: &str) -> Option<&'a str> {
    let identifiers = of["ExternalIdentifier"].as_array()?;
    let found = identifiers.iter().find(|identifier| identifier["OtherType"] == format!("tabella-{what}"));
    found?["Value"].as_str()
}

/// The words of a text in a language.
pub fn words<'a>(text: &'a Value, language: &str) -> Option<&'a str> {
    let versions = text["Text"].as_array()?;
    versions.iter().find(|version| version["Language"] == language)?["Content"].as_str()
}
