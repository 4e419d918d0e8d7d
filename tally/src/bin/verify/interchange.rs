//! Results and ballot definition for other programs, in the Common Data Format of NIST: written once every check holds.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use tabella_board_client::clock::now;
use tabella_board_client::terminal::print_error;
use tabella_interchange::{ExportError, Issuer, ballot_definition, election_report};
use tabella_tally::programs::verify::texts::Texts;
use tabella_tally::verify::VerifiedRecord;

/// The program, as documents name what wrote them.
const APPLICATION: &str = concat!("tabella-verify ", env!("CARGO_PKG_VERSION"));

/// Which documents are written.
#[derive(Args)]
pub(crate) struct InterchangeArgs {
    /// Write the results to this file in the NIST Common Data Format (SP 1500-100 r2, JSON), if every check holds.
    #[arg(long, value_name = "FILE", conflicts_with = "shard")]
    cdf_results: Option<PathBuf>,
    /// Write the ballot definition to this file in the NIST Common Data Format (SP 1500-20, JSON), if every check holds.
    #[arg(long, value_name = "FILE", conflicts_with = "shard")]
    cdf_definition: Option<PathBuf>,
    /// Who issues these documents, for their readers.
    #[arg(long, value_name = "TEXT", default_value = "an observer")]
    issuer: String,
    /// With --cdf-results: the authority has certified these results. Otherwise they say that they are unofficial.
    #[arg(long, requires = "cdf_results")]
    certified: bool,
}

impl InterchangeArgs {
    /// Writes what was asked for, or says that it is not written.
    pub(crate) fn write(&self, record: Option<&VerifiedRecord>, texts: &Texts) -> anyhow::Result<()> {
        let Some(record) = record else {
            for path in [&self.cdf_results, &self.cdf_definition].into_iter().flatten() {
                print_error(&(texts.not_written)(&path.display().to_string()), None);
            }
            return Ok(());
        };
        let state = record.state();
        let issuer =
            Issuer { name: self.issuer.clone(), application: APPLICATION.to_owned(), generated: now() };
        if let Some(path) = &self.cdf_results {
            write(path, election_report(state, self.certified, &issuer))?;
        }
        if let Some(path) = &self.cdf_definition {
            let manifest = state.manifest().ok_or(ExportError::NoManifest);
            write(path, manifest.and_then(|manifest| ballot_definition(manifest, true, &issuer)))?;
        }
        Ok(())
    }
}

fn write(path: &Path, document: Result<String, ExportError>) -> anyhow::Result<()> {
    let document = document.with_context(|| format!("{} is not written", path.display()))?;
    fs::write(path, document).with_context(|| format!("{} cannot be written", path.display()))
}
