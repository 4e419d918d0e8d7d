//! One voter: choices, tracking code, then the decision to cast or to test.

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use rand_core::OsRng;
use zeroize::Zeroizing;

use tabella_board_client::booth::Standing;
use tabella_board_client::sealed::{Existing, write_atomically};
use tabella_board_client::terminal::visible;
use tabella_board_core::entry::Entry;
use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::credential::CredentialSecret;
use tabella_crypto::manifest::{CheckedManifest, Contest};

use super::booth::Booth;
use super::{Place, read_code};
use crate::ballot_box::{SealedBallot, Selections, VoterReceipt, how_to_choose, read_choice, seal};

/// How a voter votes.
#[derive(Debug, Args)]
pub struct CastArgs {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    code: CodeArgs,
    /// A choice, such as "1=Alice", "2=Alice:3, Bob:7", "3=Bob > Alice", "4=blank"; one for each contest, or several
    /// behind each other with ";". Without any, questions are asked
    #[arg(long, value_name = "CONTEST=CHOICE")]
    choose: Vec<String>,
    /// Test the ballot instead of casting it
    #[arg(long)]
    test: bool,
    /// Do not ask before casting or testing
    #[arg(long)]
    yes: bool,
    /// Where to save the receipt of a cast ballot
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Where to save the opening of a tested ballot; else opening-….json here
    #[arg(long, value_name = "FILE")]
    opening: Option<PathBuf>,
    /// Language of the contests' texts
    #[arg(long, default_value = "en")]
    language: String,
}

impl CastArgs {
    pub(super) fn board(&self) -> &super::BoardArgs {
        &self.place.board
    }
}

/// Where a voter's code comes from: else it is asked for.
#[derive(Debug, Args)]
pub struct CodeArgs {
    /// Your credential code; better asked for than typed here, where other users of the machine see it
    #[arg(long, env = "TABELLA_CODE", hide_env_values = true, conflicts_with = "code_file")]
    code: Option<String>,
    /// File whose only line is your credential code
    #[arg(long, value_name = "FILE")]
    code_file: Option<PathBuf>,
}

/// What a voter decides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    Cast,
    Test,
    Neither,
}

/// Votes, or makes a ballot to test.
pub async fn run(args: &CastArgs, only_test: bool) -> Result<()> {
    let test = args.test || only_test;
    if let Some(path) = args.receipt.iter().chain(&args.opening).find(|path| path.exists()) {
        bail!("{} is there already: choose another name", path.display());
    }
    let code = obtain_code(&args.code)?;
    // a mistyped code is found before anything is fetched
    let secret = read_code(&code, args.place.election)?;
    let booth = Booth::enter(&args.place.board, args.place.election).await?;
    booth.check_open().await?;
    let standing = booth.standing(&secret.public()).await?;
    booth.check_limits(&standing, test)?;

    println!("{}", visible(booth.manifest().title.in_language(&args.language)));
    let selections = if args.choose.is_empty() {
        ask_choices(booth.manifest(), standing.style, &args.language)?
    } else {
        Selections::read(booth.manifest(), standing.style, &args.choose.join(";"))?
    };
    show(&selections, booth.manifest(), &args.language)?;
    let sealed = seal(&booth.context, &secret, standing.previous, selections, &mut OsRng)?;
    println!();
    println!("tracking code  {}", sealed.tracking_code());
    println!("Note it now: it names this very ballot, whether you cast or test it.");
    println!();
    match decide(test, args.yes)? {
        Decision::Cast => cast(args, &booth, &secret, &standing, sealed).await,
        Decision::Test => challenge(args, &booth, &secret, sealed).await,
        Decision::Neither => {
            println!("Nothing was sent: you have not voted.");
            Ok(())
        }
    }
}

/// The voter's code, as typed.
pub(super) fn obtain_code(args: &CodeArgs) -> Result<Zeroizing<String>> {
    if let Some(code) = &args.code {
        return Ok(Zeroizing::new(code.clone()));
    }
    if let Some(path) = &args.code_file {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        return Ok(Zeroizing::new(text));
    }
    ask("Your credential code: ")
}

/// A line from the terminal, or from whatever stands in for it.
fn ask(question: &str) -> Result<Zeroizing<String>> {
    if std::io::stdin().is_terminal() {
        print!("{question}");
        std::io::stdout().flush()?;
    }
    let mut line = Zeroizing::new(String::new());
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        bail!("no answer to: {}", question.trim());
    }
    Ok(Zeroizing::new(line.trim().to_owned()))
}

fn ask_choices(manifest: &CheckedManifest, style: u16, language: &str) -> Result<Selections> {
    let mut entries = Vec::new();
    for (index, contest) in manifest.contests_of(style) {
        println!();
        println!("Contest {}: {}", u32::from(index) + 1, visible(contest.title.in_language(language)));
        if let Some(description) = &contest.description {
            println!("{}", visible(description.in_language(language)));
        }
        for (option, number) in contest.options.iter().zip(1..) {
            println!("  {number:>3}  {}", visible(option.in_language(language)));
        }
        if let Some(blank) = &contest.blank {
            println!("  `blank`  {}", visible(blank.in_language(language)));
        }
        println!("You may {}.", visible(&how_to_choose(contest)));
        entries.push(ask_choice(contest)?);
    }
    println!();
    Ok(Selections::new(manifest, style, entries)?)
}

/// Asks until the answer is a choice.
fn ask_choice(contest: &Contest) -> Result<Vec<u64>> {
    loop {
        let line = ask("Your choice: ")?;
        let entries = read_choice(contest, &line).and_then(|choice| {
            Ok(contest.method.entries(contest.options.len(), contest.blank.is_some(), &choice)?)
        });
        match entries {
            Ok(entries) => return Ok(entries),
            Err(problem) => println!("{}", visible(&problem.to_string())),
        }
    }
}

/// Prints the choices in words.
pub(super) fn show(selections: &Selections, manifest: &CheckedManifest, language: &str) -> Result<()> {
    for words in selections.describe(manifest, language)? {
        println!("{}. {}: {}", words.number, visible(&words.title), visible(&words.choice));
    }
    Ok(())
}

fn decide(test: bool, yes: bool) -> Result<Decision> {
    let meant = if test { Decision::Test } else { Decision::Cast };
    if yes {
        return Ok(meant);
    }
    if test {
        let answer = ask("Test this ballot? It will never count. [y/N] ")?;
        return Ok(if is_yes(&answer) { Decision::Test } else { Decision::Neither });
    }
    let answer = ask("Cast this ballot? [y/N, or t to test it] ")?;
    Ok(match answer.to_ascii_lowercase().as_str() {
        answer if is_yes(answer) => Decision::Cast,
        "t" | "test" => Decision::Test,
        _ => Decision::Neither,
    })
}

pub(super) fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// Asks a question of yes or no.
pub(super) fn confirm(question: &str) -> Result<bool> {
    Ok(is_yes(&ask(question)?))
}

async fn cast(
    args: &CastArgs,
    booth: &Booth,
    secret: &CredentialSecret,
    standing: &Standing,
    sealed: SealedBallot,
) -> Result<()> {
    let code = sealed.tracking_code();
    let entry = Entry::Cast(sealed.cast(secret, &mut OsRng)).encode();
    let posted = booth.board().post_bytes(booth.election(), &entry).await.with_context(|| unsure(code))?;
    println!("Your vote is cast: entry {} of the election's log.", posted.verified.index());
    if standing.previous.is_some() {
        println!("It replaces the ballot that you cast before.");
    }
    let witnessed = posted.verified.board_checkpoint().cosignatures().len();
    let witnesses = booth.board().witnesses().len();
    if witnesses > 0 {
        println!("Witnesses that have seen it so far: {witnessed} of {witnesses}.");
    }
    match &args.receipt {
        Some(path) => {
            save(path, &serde_json::to_vec_pretty(&VoterReceipt { code, entry, receipt: posted.receipt })?)?;
            println!("Receipt saved in {}. It does not show what you chose.", path.display());
        }
        None => println!("Keep the tracking code, and use `track` after voting has closed."),
    }
    // after the receipt: the vote is cast, whether what was seen can be kept or not
    Ok(booth.visit.save()?)
}

async fn challenge(
    args: &CastArgs,
    booth: &Booth,
    secret: &CredentialSecret,
    sealed: SealedBallot,
) -> Result<()> {
    let code = sealed.tracking_code();
    let (submitted, opening) = sealed.challenge(secret, &mut OsRng);
    let path = match &args.opening {
        Some(path) => path.clone(),
        None => PathBuf::from(format!("opening-{:.8}.json", code.0.to_hex())),
    };
    // before the ballot is burned: afterwards the opening is needed
    save(&path, &serde_json::to_vec_pretty(&opening)?)?;
    let posted = booth.board().post(booth.election(), &Entry::Challenge(submitted)).await;
    let posted = posted.with_context(|| unsure(code))?;
    println!(
        "The ballot is recorded as a test, entry {} of the log. It never counts; to vote, cast another one.",
        posted.verified.index()
    );
    println!("Take {} to a second device and run there:", path.display());
    println!("  tabella-vote check-opening --opening {}", path.display());
    println!("If it shows other choices or another tracking code, do not vote with this device.");
    Ok(booth.visit.save()?)
}

fn unsure(code: TrackingCode) -> String {
    format!("there is no receipt; look with `tabella-vote track --code {code}` whether the ballot stands")
}

fn save(path: &Path, bytes: &[u8]) -> Result<()> {
    Ok(write_atomically(path, bytes, Existing::Kept)?)
}
