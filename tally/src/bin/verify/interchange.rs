//! Results and ballot definition for other programs, in the Common Data Format of NIST: written once every check holds.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use tabella_board_client::clock::now;
use tabella_board_client::terminal::print_error;
use tabella_interchange::{ExportError, Issuer, ballot_definition, election_report};
use tabella_tally::programs::verify::texts::Texts;
use tabella_tally::verify::VerifiedRecord;

use super::RecordArgs;

/// The program, as documents name what wrote them.
const APPLICATION: &str = concat!("tabella-verify ", env!("CARGO_PKG_VERSION"));

/// Writes what was asked for, or says that it is not written.
pub(crate) fn write(
    arguments: &RecordArgs,
    record: Option<&VerifiedRecord>,
    texts: &Texts,
) -> anyhow::Result<()> {
    let RecordArgs { cdf_results, cdf_definition, issuer, certified, .. } = arguments;
    let Some(record) = record else {
        for path in [cdf_results, cdf_definition].into_iter().flatten() {
            print_error(&(texts.not_written)(&path.display().to_string()), None);
        }
        return Ok(());
    };
    let state = record.state();
    let issuer = Issuer { name: issuer.clone(), application: APPLICATION.to_owned(), generated: now() };
    if let Some(path) = cdf_results {
        write_file(path, election_report(state, *certified, &issuer))?;
    }
    if let Some(path) = cdf_definition {
        let manifest = state.manifest().ok_or(ExportError::NoManifest);
        write_file(path, manifest.and_then(|manifest| ballot_definition(manifest, true, &issuer)))?;
    }
    Ok(())
}

fn write_file(path: &Path, document: Result<String, ExportError>) -> anyhow::Result<()> {
    let document = document.with_context(|| format!("{} is not written", path.display()))?;
    fs::write(path, document).with_context(|| format!("{} cannot be written", path.display()))
}
