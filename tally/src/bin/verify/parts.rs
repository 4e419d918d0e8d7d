//! Shards and their partial results.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};

use tabella_board_client::sealed::{Existing, write_atomically};
use tabella_board_client::terminal::{Progress, visible};
use tabella_tally::verify::Demands;
use tabella_tally::verify::merge::Parts;
use tabella_tally::verify::part::{MAX_PARTIAL_LENGTH, Maker, PartialResult, verify_part};
use tabella_tally::verify::record::FolderRecord;
use tabella_tally::verify::shard::Part;

use crate::{Cores, Trouble};

/// Verifies a part and writes its result; whether every check of it holds.
pub(crate) fn verify_shard(
    record: &FolderRecord,
    demands: &Demands,
    part: Part,
    label: &str,
    output: &Path,
) -> Result<bool, Trouble> {
    let maker = Maker {
        program: concat!("tabella-verify ", env!("CARGO_PKG_VERSION")).to_owned(),
        label: label.to_owned(),
    };
    let mut bar = Progress::new("Verifying");
    let outcome = verify_part(record, demands, part, maker, &mut Cores, &mut |progress| {
        bar.set(progress.done, progress.of);
    });
    bar.finish();
    let result = match outcome {
        Ok(result) => result,
        Err(failure) => {
            println!(
                "NOT VERIFIED: check {} fails: {}.",
                failure.check().number(),
                visible(&failure.cause.to_string())
            );
            return Ok(false);
        }
    };
    write_atomically(output, &result.to_bytes(), Existing::Replaced)
        .context("the partial result is not kept")?;
    let PartialResult { election, size, root, counts, failure, .. } = &result;
    println!("shard:        {part} {}", visible(label));
    println!("election:     {election}");
    println!("election log: {root} of {size} entries");
    println!("ballots:      {counts}");
    println!("written to:   {}", visible(&output.display().to_string()));
    match failure {
        None => {
            println!("VERIFIED SO FAR: signatures and proofs of this shard hold. Merge it with the others.")
        }
        Some(failure) => {
            let place = failure.entry.map(|entry| format!(", entry {entry} of the election log"));
            let text = format!("{}: {}", place.unwrap_or_default(), failure.sentence);
            println!("NOT VERIFIED: check {} fails{}.", visible(&failure.check), visible(&text));
        }
    }
    Ok(failure.is_none())
}

/// Reads the partial results of all shards; they are of this record.
pub(crate) fn read(files: &[PathBuf], record: &FolderRecord) -> Result<Parts, Trouble> {
    let mut results = Vec::with_capacity(files.len());
    for path in files {
        let name = || path.display().to_string();
        let length = fs::metadata(path).with_context(name)?.len();
        if length > MAX_PARTIAL_LENGTH as u64 {
            return Err(anyhow!("{} is too long for a partial result", path.display()).into());
        }
        let bytes = fs::read(path).with_context(name)?;
        results.push(PartialResult::from_bytes(&bytes).with_context(name)?);
    }
    let parts = Parts::new(results).map_err(anyhow::Error::from)?;
    parts.check_record(record).map_err(anyhow::Error::from)?;
    Ok(parts)
}
