//! `tabella-verify RECORD`: checks everything about an election, from its public record alone. Ends with 0 if every
//! check holds, with 1 if a check fails, with 3 if the board contradicts itself, with 4 if nothing could be checked: no such
//! folder, nobody at the address, a file that cannot be written; and with 130 if it was interrupted and can go on.
//!
//! With `--state` it keeps what it verified and goes on from there; with `--shard` it verifies a part, and with `--merge`
//! it puts parts together.
//!
//! `tabella-verify watch` follows a board ([`tabella_tally::programs::watch`]); `tabella-verify evidence` judges what
//! somebody holds against one.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};
use rand_core::OsRng;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use serde::Serialize;

use tabella_board_client::evidence::file;
use tabella_board_client::exit;
use tabella_board_client::terminal::{print_error, visible};
use tabella_board_client::{Contradiction, Trust};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;
use tabella_tally::programs::verify::points::SpilledPoints;
use tabella_tally::programs::verify::saved::SavedFolder;
use tabella_tally::programs::verify::table::Tables;
use tabella_tally::programs::verify::{Noting, page};
use tabella_tally::programs::watch::{self, Verdict, Watch};
use tabella_tally::result::ElectionResult;
use tabella_tally::verify::part::MAX_LABEL_LENGTH;
use tabella_tally::verify::record::FolderRecord;
use tabella_tally::verify::shard::Part;
use tabella_tally::verify::{
    BallotJob, BallotResults, Basis, BoardPin, Demands, Executor, Report, Store, StoreError, VerifiedRecord,
    Work, verify_on,
};

#[path = "verify/address.rs"]
mod address;
#[path = "verify/evidence.rs"]
mod evidence;
#[path = "verify/interchange.rs"]
mod interchange;
#[path = "verify/interrupt.rs"]
mod interrupt;
#[path = "verify/parts.rs"]
mod parts;
#[path = "verify/speech.rs"]
mod speech;

use speech::{Passes, Speech};

/// Somebody ended it, as shells say it of Ctrl-C; the same command goes on.
const INTERRUPTED: u8 = 130;

/// Checks everything about an election, from its public record alone: signatures, roll, every ballot, the sum,
/// its decryption, the outcome. Exit status: 0 every check holds, 1 a check fails, 2 wrong arguments, 3 the board contradicts
/// itself, 4 nothing could be checked, 130 interrupted with --state.
#[derive(Parser)]
#[command(name = "tabella-verify", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    record: Option<RecordArgs>,
}

#[derive(Subcommand)]
enum Command {
    /// Follow a board: its logs must continue what was seen of them; with --app, the web app that it serves must be the
    /// one that it released. Exit status: 0 nothing is wrong, 1 something is, 2 wrong arguments, 3 the
    /// board contradicts itself, 4 something could not be looked at.
    #[command(after_help = watch::LIMITS)]
    Watch(Watch),
    /// Judge evidence that a board signed two logs as one, without a network. Exit status: 0 it is proven, 1 it is not,
    /// 2 wrong arguments, 4 the file cannot be used.
    Evidence(evidence::EvidenceArgs),
}

/// What is verified.
#[derive(Args)]
struct RecordArgs {
    /// The folder of a record or mirror, or the address of a board or of static files (http or https) to take it from.
    /// A folder called like one of the commands is given as ./watch.
    record: String,
    /// The board that it must be of: its key (origin+hash+base64) or the fingerprint of 64 hexadecimal characters.
    #[arg(long, value_name = "KEY", value_parser = parse_board)]
    board: Option<BoardKey>,
    /// The election that it must be of, or which one of a mirror, by its 64 hexadecimal characters.
    #[arg(long, value_name = "HEX", value_parser = parse_election)]
    election: Option<ElectionId>,
    /// With an address: keep what was seen of the board in this file, and hold the board against it.
    #[arg(long, value_name = "FILE")]
    view: Option<PathBuf>,
    /// Accept an election that is still under way: check what is there.
    #[arg(long)]
    partial: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Write the result as JSON to this file, if every check holds.
    #[arg(long, value_name = "FILE")]
    result: Option<PathBuf>,
    /// Write the report as a page of HTML to this file, to publish or print: with the result if every check holds.
    #[arg(long, value_name = "FILE", conflicts_with = "shard")]
    html: Option<PathBuf>,
    /// The report's language: en or zh; else the locale's. Titles and names come in any language of the manifest, such
    /// as fr. JSON has them in English where nothing is said here.
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// Keep what is verified in this folder, and go on from what an earlier run kept there: after an interruption, or when
    /// the election has gone on. Only new ballots are verified.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["shard", "merge"])]
    state: Option<PathBuf>,
    /// With --state: keep it each time so many seconds have passed.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, requires = "state")]
    save_every: u64,
    /// Verify the ballots of one part of the voters, I of 0 to N-1, and write a partial result to --output.
    #[arg(long, value_name = "I/N", value_parser = parse_part, requires = "output", conflicts_with_all = ["merge", "json", "result"])]
    shard: Option<Part>,
    /// With --shard: the file for the partial result.
    #[arg(long, value_name = "FILE", requires = "shard")]
    output: Option<PathBuf>,
    /// With --shard: what the merged report calls this machine or job.
    #[arg(long, value_name = "TEXT", default_value = "", value_parser = parse_label, requires = "shard", hide_default_value = true)]
    label: String,
    /// Take signatures, proofs and sum from the partial results of all shards, check everything else, and say whose work
    /// was taken.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    merge: Vec<PathBuf>,
    /// Write the results to this file in the NIST Common Data Format (SP 1500-100 r2, JSON), if every check holds.
    #[arg(long, value_name = "FILE", conflicts_with = "shard")]
    cdf_results: Option<PathBuf>,
    /// Write the ballot definition to this file in the NIST Common Data Format (SP 1500-20, JSON), if every check holds.
    #[arg(long, value_name = "FILE", conflicts_with = "shard")]
    cdf_definition: Option<PathBuf>,
    /// Who issues these two, for their readers.
    #[arg(long, value_name = "TEXT", default_value = "an observer")]
    issuer: String,
    /// With --cdf-results: the authority has certified these results. Otherwise they say that they are unofficial.
    #[arg(long, requires = "cdf_results")]
    certified: bool,
}

fn parse_part(text: &str) -> Result<Part, &'static str> {
    let numbers = text.split_once('/').and_then(|(part, of)| Some((part.parse().ok()?, of.parse().ok()?)));
    numbers
        .and_then(|(part, of)| Part::new(part, of))
        .ok_or("a shard is named like 0/4: its number, from 0 and below 4, and how many there are")
}

fn parse_label(text: &str) -> Result<String, String> {
    if text.len() > MAX_LABEL_LENGTH {
        return Err(format!("a label has at most {MAX_LABEL_LENGTH} bytes"));
    }
    Ok(text.to_owned())
}

/// A board's key or fingerprint, as given and as read.
#[derive(Clone)]
struct BoardKey {
    text: String,
    pin: BoardPin,
}

fn parse_board(text: &str) -> Result<BoardKey, &'static str> {
    let pin = BoardPin::parse(text).ok_or(Trust::WANTED)?;
    Ok(BoardKey { text: text.to_owned(), pin })
}

fn parse_election(text: &str) -> Result<ElectionId, &'static str> {
    Digest::from_hex(text)
        .map(ElectionId)
        .ok_or("an election is named by 64 hexadecimal characters, in lower case")
}

/// Jobs on all cores, each with the system's randomness.
struct Cores;

impl Executor for Cores {
    fn width(&self) -> usize {
        // twice as many, so that one long job does not keep the others waiting
        2 * rayon::current_num_threads()
    }

    fn run(&mut self, jobs: Vec<BallotJob>) -> Vec<BallotResults> {
        jobs.into_par_iter().map(|job| job.run(&mut OsRng)).collect()
    }
}

/// Report and result together.
#[derive(Serialize)]
struct Output<'a> {
    #[serde(flatten)]
    report: &'a Report,
    result: Option<&'a ElectionResult>,
}

impl RecordArgs {
    fn speech(&self) -> Speech<'_> {
        Speech::new(self.language.as_deref())
    }

    /// A file that is named for two outputs: the later would take the place of the earlier.
    fn named_twice(&self) -> Option<&Path> {
        let outputs = [&self.result, &self.html, &self.output, &self.cdf_results, &self.cdf_definition];
        let mut named = BTreeSet::new();
        outputs.into_iter().flatten().map(PathBuf::as_path).find(|path| !named.insert(place(path)))
    }
}

/// Where a file is that may not be there yet, however its folder is spelled.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        // there is no such folder, which writing will say
        _ => path.to_owned(),
    }
}

/// Why there is no report.
enum Trouble {
    /// Nothing could be checked; what to do, where that is known.
    Unusable(anyhow::Error, Option<String>),
    /// The board's answers break a check before there is a record; with evidence, where there is some.
    Refused(String, Option<Box<Contradiction>>),
    /// Somebody ended it; what was verified is kept here.
    Interrupted(PathBuf),
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Unusable(error, None)
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match (&arguments.command, &arguments.record) {
        (Some(Command::Watch(arguments)), _) => follow(arguments),
        (Some(Command::Evidence(arguments)), _) => evidence::judge(arguments),
        (None, Some(arguments)) => verify_record(arguments),
        (None, None) => {
            print_error("say what to verify", Some("give the folder of a record, or see --help"));
            ExitCode::from(exit::USAGE)
        }
    }
}

fn follow(arguments: &Watch) -> ExitCode {
    let watching = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(watch::run(arguments)));
    match watching {
        Ok(Verdict::Good) => ExitCode::SUCCESS,
        Ok(Verdict::Wrong) => ExitCode::from(exit::FAILED),
        Ok(Verdict::Contradiction) => ExitCode::from(exit::LOOK),
        Ok(Verdict::Unseen) => ExitCode::from(exit::UNCHECKED),
        Err(error) => {
            print_error(&format!("{error:#}"), None);
            ExitCode::from(exit::USAGE)
        }
    }
}

fn verify_record(arguments: &RecordArgs) -> ExitCode {
    if let Some(path) = arguments.named_twice() {
        let what = format!("{} is named for two outputs", path.display());
        print_error(&what, Some("give each a file of its own"));
        return ExitCode::from(exit::USAGE);
    }
    let texts = arguments.speech().texts;
    match run(arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(exit::FAILED),
        Err(Trouble::Refused(sentence, contradiction)) => {
            print_error(&sentence, Some(texts.refused));
            let code = if contradiction.is_some() { exit::LOOK } else { exit::FAILED };
            if let Some(contradiction) = contradiction {
                let beside = arguments.view.as_deref().and_then(Path::parent);
                let folder = beside.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
                file::hand_out(&contradiction, folder);
            }
            ExitCode::from(code)
        }
        Err(Trouble::Unusable(error, hint)) => {
            print_error(&format!("{error:#}"), hint.as_deref());
            ExitCode::from(exit::UNCHECKED)
        }
        Err(Trouble::Interrupted(folder)) => {
            let [sentence, hint] = texts.interrupted.map(|text| text(&folder.display().to_string()));
            print_error(&sentence, Some(&hint));
            ExitCode::from(INTERRUPTED)
        }
    }
}

/// Whether every check holds.
fn run(arguments: &RecordArgs) -> Result<bool, Trouble> {
    let address = ["http://", "https://"].iter().any(|scheme| arguments.record.starts_with(scheme));
    if !address {
        return verify_folder(arguments, Path::new(&arguments.record));
    }
    let folder = tempfile::tempdir().context("there is no place for the record")?;
    let record = folder.path().join("record");
    let board = arguments.board.as_ref().map(|board| board.text.as_str());
    let view = arguments.view.as_deref();
    address::fetch(&arguments.record, board, view, arguments.election, arguments.speech(), &record)?;
    verify_folder(arguments, &record)
}

fn verify_folder(arguments: &RecordArgs, folder: &Path) -> Result<bool, Trouble> {
    let speech = arguments.speech();
    if !folder.is_dir() {
        let [sentence, hint] = speech.texts.no_folder.map(|text| text(&folder.display().to_string()));
        return Err(Trouble::Unusable(anyhow::Error::msg(sentence), Some(hint)));
    }
    let record = FolderRecord::new(folder);
    let demands = Demands {
        board: arguments.board.as_ref().map(|board| board.pin.clone()),
        election: arguments.election,
        partial: arguments.partial,
    };
    if let (Some(part), Some(output)) = (arguments.shard, &arguments.output) {
        return parts::verify_shard(&record, &demands, part, &arguments.label, output, speech);
    }
    if let Some(folder) = &arguments.state {
        let every = Duration::from_secs(arguments.save_every);
        let (store, run) = SavedFolder::open(folder, every, interrupt::flag(speech.texts.interrupting))
            .map_err(anyhow::Error::from)?;
        let basis = run.map_or(Basis::Nothing, Basis::Saved);
        return verify_with(arguments, &record, &demands, basis, store);
    }
    let points = tempfile::tempdir().context("there is no place for what is compared")?;
    let store = SpilledPoints::new(points.path()).context("there is no place for what is compared")?;
    if arguments.merge.is_empty() {
        return verify_with(arguments, &record, &demands, Basis::Nothing, store);
    }
    let parts = parts::read(&arguments.merge, &record)?;
    let demands = Demands { election: demands.election.or(parts.election()), ..demands };
    verify_with(arguments, &record, &demands, Basis::Parts(&parts), store)
}

fn verify_with(
    arguments: &RecordArgs,
    record: &FolderRecord,
    demands: &Demands,
    basis: Basis<'_>,
    store: impl Store,
) -> Result<bool, Trouble> {
    let mut bars = Passes::new(arguments.speech().texts);
    let mut store = Noting::new(store);
    let outcome = verify_on(
        record,
        demands,
        basis,
        &mut Work { executor: &mut Cores, store: &mut store, progress: &mut |progress| bars.set(progress) },
    );
    bars.finish();
    match (store.ended(), &arguments.state) {
        (Some(StoreError::Interrupted), Some(folder)) => Err(Trouble::Interrupted(folder.clone())),
        (Some(error), _) => Err(anyhow::Error::new(error.clone()).into()),
        (None, _) => show(arguments, &outcome),
    }
}

/// Prints the report, and writes the result where every check holds.
fn show(arguments: &RecordArgs, outcome: &Result<VerifiedRecord, Box<Report>>) -> Result<bool, Trouble> {
    let RecordArgs { json, result: result_file, html, .. } = arguments;
    let Speech { texts, titles, file_titles } = arguments.speech();
    let result_in = |language: &str| {
        outcome.as_ref().ok().and_then(|record| ElectionResult::of(record.state(), language))
    };
    let report = match outcome {
        Ok(record) => record.report(),
        Err(report) => report,
    };
    let (result, file_result) = (result_in(titles), result_in(file_titles));
    let text = if *json {
        let output = Output { report, result: file_result.as_ref() };
        serde_json::to_string_pretty(&output).context("the report has no JSON")? + "\n"
    } else {
        Tables { texts, language: titles }.page(&visible(&arguments.record), report, result.as_ref())
    };
    std::io::stdout().write_all(text.as_bytes()).context("the report cannot be printed")?;
    if let Some(path) = html {
        let page = page::page(report, result.as_ref(), texts, titles);
        fs::write(path, page).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    if let (Some(path), Some(result)) = (result_file, &file_result) {
        let text = result.to_json().context("the result has no JSON")?;
        fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    interchange::write(arguments, outcome.as_ref().ok(), texts)?;
    Ok(outcome.is_ok())
}
