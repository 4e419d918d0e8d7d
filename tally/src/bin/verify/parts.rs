//! Shards and their partial results.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};

use tabella_board_client::sealed::{Existing, write_atomically};
use tabella_tally::programs::verify::table::Tables;
use tabella_tally::verify::Demands;
use tabella_tally::verify::merge::Parts;
use tabella_tally::verify::part::{MAX_PARTIAL_LENGTH, Maker, PartialResult, verify_part};
use tabella_tally::verify::record::FolderRecord;
use tabella_tally::verify::shard::Part;

use crate::speech::{Passes, Speech};
use crate::{Cores, Trouble};

/// Verifies a part and writes its result; whether every check of it holds.
pub(crate) fn verify_shard(
    record: &FolderRecord,
    demands: &Demands,
    part: Part,
    label: &str,
    output: &Path,
    speech: Speech<'_>,
) -> Result<bool, Trouble> {
    let maker = Maker {
        program: concat!("tabella-verify ", env!("CARGO_PKG_VERSION")).to_owned(),
        label: label.to_owned(),
    };
    let mut bars = Passes::new(speech.texts);
    let outcome = verify_part(record, demands, part, maker, &mut Cores, &mut |progress| bars.set(progress));
    bars.finish();
    let tables = Tables { texts: speech.texts, language: speech.titles };
    let result = match outcome {
        Ok(result) => result,
        Err(failure) => {
            print!("{}", tables.refusal(failure.check().number(), &failure.cause.to_string()));
            return Ok(false);
        }
    };
    write_atomically(output, &result.to_bytes(), Existing::Replaced)
        .context("the partial result is not kept")?;
    print!("{}", tables.shard(&result, &output.display().to_string()));
    Ok(result.failure.is_none())
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
