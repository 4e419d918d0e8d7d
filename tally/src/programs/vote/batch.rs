//! Many voters' ballots: encrypted on all cores, posted side by side, each voter's own in order.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use rand_core::OsRng;
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;

use tabella_board_client::booth::Standing;
use tabella_board_client::sealed::Existing;
use tabella_board_client::table::{self, CodeRow, Row, TableError};
use tabella_board_client::terminal::{Progress, print_error};
use tabella_board_client::{Board, ClientError};
use tabella_board_core::entry::Entry;
use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::credential::CredentialSecret;

use super::booth::Booth;
use super::{Place, read_code};
use crate::ballot_box::{Selections, examine, seal};

/// Voters at work at once, unless told otherwise: enough to fill a batch of the board.
const PARALLEL: usize = 64;

/// How many voters vote.
#[derive(Debug, Args)]
pub struct BatchArgs {
    #[command(flatten)]
    place: Place,
    /// Table of codes: identity, code
    #[arg(long, value_name = "CSV")]
    codes: PathBuf,
    /// Table of ballots: identity, choices such as "1=Alice; 2=blank", and test, where "yes" tests a ballot with
    /// these choices before casting one. Rows of one identity are cast in order, each replacing the one before
    #[arg(long, value_name = "CSV")]
    ballots: PathBuf,
    /// Where to write what became of each row: identity, line, act, tracking code, index, error
    #[arg(long, value_name = "CSV")]
    report: Option<PathBuf>,
    /// Voters at work at once
    #[arg(long, default_value_t = PARALLEL)]
    parallel: usize,
}

impl BatchArgs {
    pub(super) fn board(&self) -> &super::BoardArgs {
        &self.place.board
    }
}

#[derive(Debug, Deserialize)]
struct BallotRow {
    identity: String,
    choices: String,
    test: Option<String>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Done {
    identity: String,
    line: u64,
    act: &'static str,
    tracking_code: String,
    index: Option<u64>,
    error: String,
}

impl Done {
    /// The report's columns.
    const COLUMNS: [&str; 6] = ["identity", "line", "act", "tracking_code", "index", "error"];
}

/// A ballot to make.
#[derive(Debug)]
struct Job {
    line: u64,
    selections: Selections,
    /// The same choices once more, to be tested first.
    test: Option<Selections>,
}

/// A voter with their ballots, in order.
struct Voter {
    identity: String,
    secret: Arc<CredentialSecret>,
    jobs: VecDeque<Job>,
}

/// Casts all ballots.
pub async fn run(args: &BatchArgs) -> Result<()> {
    if let Some(path) = args.report.as_ref().filter(|path| path.exists()) {
        bail!("{} is there already: choose another name", path.display());
    }
    let booth = Arc::new(Booth::enter(&args.place.board, args.place.election).await?);
    booth.check_open().await?;
    let voters = read_voters(args, &booth)?;
    let total = voters.iter().map(|voter| voter.jobs.len() as u64).sum();

    let permits = Arc::new(Semaphore::new(args.parallel.max(1)));
    let mut tasks = JoinSet::new();
    for voter in voters {
        let (booth, permits) = (Arc::clone(&booth), Arc::clone(&permits));
        tasks.spawn(async move {
            let _permit = permits.acquire_owned().await;
            vote(&booth, voter).await
        });
    }
    let mut progress = Progress::new("ballots");
    let (mut report, mut rows) = (Vec::new(), 0);
    while let Some(done) = tasks.join_next().await {
        let done = done.context("a voter's task ended early")?;
        rows += done.iter().filter(|done| done.act != TESTED).count() as u64;
        report.extend(done);
        progress.set(rows, total);
    }
    progress.finish();
    report.sort_by_key(|done: &Done| done.line);
    let written = args
        .report
        .as_ref()
        .map_or(Ok(()), |path| table::write(path, &Done::COLUMNS, &report, Existing::Kept));
    // what became of the ballots is said, whatever cannot be written
    let cast = summarize(&report);
    booth.visit.keep(written.map_err(Into::into).and(cast))
}

const CAST: &str = "cast";
const RECAST: &str = "recast";
const TESTED: &str = "tested";
const FAILED: &str = "failed";

fn summarize(report: &[Done]) -> Result<()> {
    let count = |act: &str| report.iter().filter(|done| done.act == act).count();
    println!(
        "{} cast, {} recast, {} tested, {} failed",
        count(CAST),
        count(RECAST),
        count(TESTED),
        count(FAILED)
    );
    let failed = report.iter().filter(|done| done.act == FAILED);
    for done in failed.clone().take(10) {
        print_error(&format!("line {}, {:?}: {}", done.line, done.identity, done.error), None);
    }
    match failed.count() {
        0 => Ok(()),
        failed => bail!("{failed} ballots were not cast"),
    }
}

/// Reads both tables and every choice, so that a mistake in the last row is found before the first is cast.
fn read_voters(args: &BatchArgs, booth: &Booth) -> Result<Vec<Voter>> {
    let mut secrets = BTreeMap::new();
    for Row { line, value } in table::read::<CodeRow>(&args.codes, &CodeRow::COLUMNS, &[])? {
        let row = |reason: String| TableError::row(&args.codes, line, reason);
        let secret = read_code(&value.code, booth.election()).map_err(|error| row(format!("{error:#}")))?;
        if secrets.insert(value.identity.clone(), Arc::new(secret)).is_some() {
            return Err(row(format!("{:?} is there twice", value.identity)).into());
        }
    }
    let rows = table::read::<BallotRow>(&args.ballots, &["identity", "choices"], &["test"])?;
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut voters: Vec<Voter> = Vec::new();
    for Row { line, value: BallotRow { identity, choices, test } } in rows {
        let row = |reason: String| TableError::row(&args.ballots, line, reason);
        let secret = secrets.get(&identity).ok_or_else(|| row(format!("{identity:?} has no code")))?;
        let style = booth.style(&secret.public()).map_err(|error| row(error.to_string()))?;
        let read =
            || Selections::read(booth.manifest(), style, &choices).map_err(|error| row(error.to_string()));
        let test = match test.as_deref().unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "no" => None,
            "yes" | "test" => Some(read()?),
            other => return Err(row(format!("test is \"yes\" or empty, not {other:?}")).into()),
        };
        let job = Job { line, selections: read()?, test };
        match places.get(&identity).and_then(|place| voters.get_mut(*place)) {
            Some(voter) => voter.jobs.push_back(job),
            None => {
                places.insert(identity.clone(), voters.len());
                voters.push(Voter { identity, secret: Arc::clone(secret), jobs: VecDeque::from([job]) });
            }
        }
    }
    Ok(voters)
}

/// Casts one voter's ballots. After a failure the voter's other ballots are not tried: each builds on the one before.
async fn vote(booth: &Booth, voter: Voter) -> Vec<Done> {
    let Voter { identity, secret, mut jobs } = voter;
    let mut report = Vec::new();
    let done = |line, act, posted: Option<(TrackingCode, u64)>, error: String| Done {
        identity: identity.clone(),
        line,
        act,
        tracking_code: posted.map(|(code, _)| code.to_string()).unwrap_or_default(),
        index: posted.map(|(_, index)| index),
        error,
    };
    let mut standing = match booth.standing(&secret.public()).await {
        Ok(standing) => Ok(standing),
        Err(error) => Err(format!("{error:#}")),
    };
    while let Some(Job { line, selections, test }) = jobs.pop_front() {
        let state = match &mut standing {
            Ok(state) => state,
            Err(error) => {
                report.push(done(line, FAILED, None, error.clone()));
                continue;
            }
        };
        let tested = match test {
            Some(selections) => challenge(booth, &secret, state, selections).await.map(Some),
            None => Ok(None),
        };
        let result = match tested {
            Ok(tested) => {
                report.extend(tested.map(|posted| done(line, TESTED, Some(posted), String::new())));
                cast(booth, &secret, state, selections).await
            }
            Err(error) => Err(error),
        };
        match result {
            Ok((act, code, index)) => report.push(done(line, act, Some((code, index)), String::new())),
            Err(error) => {
                report.push(done(line, FAILED, None, format!("{error:#}")));
                standing = Err(format!("line {line} failed before it"));
            }
        }
    }
    report
}

async fn challenge(
    booth: &Booth,
    secret: &Arc<CredentialSecret>,
    standing: &mut Standing,
    selections: Selections,
) -> Result<(TrackingCode, u64)> {
    booth.check_limits(standing, true)?;
    let (context, key, previous) = (Arc::clone(&booth.context), Arc::clone(secret), standing.previous);
    let (entry, code) = on_a_core(move || {
        let sealed = seal(&context, &key, previous, selections, &mut OsRng)?;
        let code = sealed.tracking_code();
        let (submitted, opening) = sealed.challenge(&key, &mut OsRng);
        let entry = Entry::Challenge(submitted).encode();
        examine(&context, &entry, &opening, &mut OsRng)?;
        Ok((entry, code))
    })
    .await?;
    let index = post(booth.board(), booth, &entry).await?;
    standing.tests = standing.tests.saturating_add(1);
    Ok((code, index))
}

async fn cast(
    booth: &Booth,
    secret: &Arc<CredentialSecret>,
    standing: &mut Standing,
    selections: Selections,
) -> Result<(&'static str, TrackingCode, u64)> {
    booth.check_limits(standing, false)?;
    let (context, key, previous) = (Arc::clone(&booth.context), Arc::clone(secret), standing.previous);
    let (entry, code) = on_a_core(move || {
        let sealed = seal(&context, &key, previous, selections, &mut OsRng)?;
        let code = sealed.tracking_code();
        Ok((Entry::Cast(sealed.cast(&key, &mut OsRng)).encode(), code))
    })
    .await?;
    let index = post(booth.board(), booth, &entry).await?;
    let counter = previous.map_or(0, |(counter, _): (u16, _)| counter.saturating_add(1));
    standing.previous = Some((counter, code));
    Ok((if counter == 0 { CAST } else { RECAST }, code, index))
}

async fn post(board: &Board, booth: &Booth, entry: &[u8]) -> Result<u64, ClientError> {
    Ok(board.post_bytes(booth.election(), entry).await?.verified.index())
}

/// Runs a long computation on one of the machine's cores while others wait for the network.
async fn on_a_core<R: Send + 'static>(work: impl FnOnce() -> Result<R> + Send + 'static) -> Result<R> {
    let (sender, receiver) = oneshot::channel();
    rayon::spawn(move || {
        // nobody waits any more if the program is ending
        let _ = sender.send(work());
    });
    receiver.await.map_err(|_| anyhow!("the computation ended early"))?
}
