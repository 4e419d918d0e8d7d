//! `tabella-admin`: the administrator of elections.

use std::alloc::System;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use rand_core::{OsRng, RngCore};

use tabella_board::programs::interchange;
use tabella_board::programs::manifest_file::{self, Setting, summary};
use tabella_board::programs::session::{BoardArgs, ElectionArgs, KeyArgs, read_election};
use tabella_board_client::clock::{now, show_time};
use tabella_board_client::evidence::file;
use tabella_board_client::exit;
use tabella_board_client::invitation::Invitation;
use tabella_board_client::keyfile::KeyKind;
use tabella_board_client::record;
use tabella_board_client::terminal::{Progress, visible};
use tabella_board_core::api::{ContestState, ElectionStatus, PhaseName};
use tabella_board_core::entry::{AdministratorAct, AdministratorEntry, Entry};
use tabella_board_core::state::Phase;
use tabella_crypto::manifest::CheckedManifest;
use tabella_crypto::signature::VerifyingKey;
use tabella_interchange::import::{self, Choices};
use tabella_interchange::{Issuer, ballot_definition};
use zeroizing_alloc::ZeroAlloc;

/// Publishes elections on a Tabella board and looks after them.
#[derive(Parser)]
#[command(name = "tabella-admin", version, after_help = exit::HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make your key, under a passphrase
    Init {
        #[command(flatten)]
        key: KeyArgs,
        /// For people: whose key it is
        #[arg(long, default_value = "")]
        label: String,
    },
    /// Read a manifest, look for contradictions, and show what it says
    Check {
        /// The manifest, see docs/manifest.example.toml
        manifest: PathBuf,
        /// Language of texts in the summary
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Draft a manifest from a ballot definition in the NIST Common Data Format (SP 1500-20, JSON), and print it
    FromCdf {
        /// The ballot definition
        definition: PathBuf,
        /// Take contests with write-ins, without them
        #[arg(long)]
        without_write_ins: bool,
    },
    /// Print a manifest as a ballot definition in the NIST Common Data Format (SP 1500-20, JSON)
    ToCdf {
        /// The manifest, complete
        manifest: PathBuf,
        /// Who issues the definition, for its readers
        #[arg(long, value_name = "TEXT")]
        issuer: String,
    },
    /// Publish an election; its manifest cannot be changed afterwards
    Create {
        /// The manifest
        manifest: PathBuf,
        #[command(flatten)]
        board: BoardArgs,
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Open voting now, if the manifest allows it and key and roll are complete
    Open {
        #[command(flatten)]
        act: ActArgs,
    },
    /// Close voting now, if the manifest allows it
    Close {
        #[command(flatten)]
        act: ActArgs,
    },
    /// Give up the running attempt at the key ceremony and start anew
    RestartCeremony {
        #[command(flatten)]
        act: ActArgs,
    },
    /// Where an election stands, as the board tells it
    Status {
        #[command(flatten)]
        election: ElectionArgs,
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Download an election's record for the verifier and for archives
    Export {
        #[command(flatten)]
        election: ElectionArgs,
        /// A folder that does not exist yet
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
}

impl Command {
    /// Where evidence against the board goes: the folder with the key, or here.
    fn folder(&self) -> &Path {
        match self {
            Self::Init { key, .. } | Self::Create { key, .. } => &key.folder,
            Self::Open { act } | Self::Close { act } | Self::RestartCeremony { act } => &act.key.folder,
            Self::Check { .. }
            | Self::FromCdf { .. }
            | Self::ToCdf { .. }
            | Self::Status { .. }
            | Self::Export { .. } => Path::new("."),
        }
    }
}

/// Milliseconds for which an act is signed: long enough for a board to answer and for clocks that differ a little,
/// too short for an act that was refused to be played when nobody expects it.
const ACT_LIFETIME: u64 = 60_000;

/// Who acts, on which election.
#[derive(clap::Args)]
struct ActArgs {
    #[command(flatten)]
    election: ElectionArgs,
    #[command(flatten)]
    key: KeyArgs,
}

/// Whatever is freed is erased, so that no copy of a secret stays behind, whoever made it.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

#[tokio::main]
async fn main() -> ExitCode {
    let command = Arguments::parse().command;
    let folder = command.folder().to_owned();
    match run(command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            file::end(&format!("{error:#}"), error.as_ref(), &folder);
            ExitCode::from(exit::code(error.as_ref()))
        }
    }
}

async fn run(command: Command) -> Result<()> {
    match command {
        Command::Init { key, label } => init(&key, &label),
        Command::Check { manifest, language } => check(&manifest, &language),
        Command::FromCdf { definition, without_write_ins } => from_cdf(&definition, without_write_ins),
        Command::ToCdf { manifest, issuer } => to_cdf(&manifest, &issuer),
        Command::Create { manifest, board, key } => create(&manifest, &board, &key).await,
        Command::Open { act } => administer(&act, AdministratorAct::Open).await,
        Command::Close { act } => administer(&act, AdministratorAct::Close).await,
        Command::RestartCeremony { act } => restart(&act).await,
        Command::Status { election, json } => status(&election, json).await,
        Command::Export { election, to } => export(&election, &to).await,
    }
}

fn init(key: &KeyArgs, label: &str) -> Result<()> {
    let public = key.create(KeyKind::Administrator, label)?;
    println!("public key  {}", hex::encode(public.0));
    println!("Give it to the board's operator: `tabella-board init --administrator` takes it.");
    Ok(())
}

fn read_manifest(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// A manifest before there is a board for it.
fn unpublished(path: &Path, now: u64) -> Result<CheckedManifest> {
    let source = read_manifest(path)?;
    let unknown = manifest_file::named_in(&source).with_context(|| path.display().to_string())?;
    let setting = Setting {
        board: unknown.0.unwrap_or_else(|| "board.example.org/tabella".to_owned()),
        administrator: unknown.1.unwrap_or(VerifyingKey([0; 32])),
        nonce: [0; 16],
        now,
    };
    manifest_file::read(&source, &setting).with_context(|| path.display().to_string())
}

fn check(path: &Path, language: &str) -> Result<()> {
    let now = now();
    let manifest = unpublished(path, now)?;
    print!("{}", summary(&manifest, language));
    if manifest.closes <= now {
        bail!("voting would be over already: it closes {}", show_time(manifest.closes));
    }
    Ok(())
}

fn from_cdf(path: &Path, without_write_ins: bool) -> Result<()> {
    let unread = || format!("{} cannot be read", path.display());
    let file = std::fs::File::open(path).with_context(unread)?;
    let mut document = Vec::new();
    // a byte more than is accepted, so that too much is told from just enough
    file.take(import::MAX_LENGTH as u64 + 1).read_to_end(&mut document).with_context(unread)?;
    let draft =
        import::read(&document, Choices { without_write_ins }).with_context(|| path.display().to_string())?;
    print!("{}", interchange::draft_toml(&draft)?);
    for remark in interchange::remarks(&draft) {
        eprintln!("{}", visible(&remark));
    }
    eprintln!("Complete the draft where it says TO COMPLETE, then `tabella-admin check` it.");
    Ok(())
}

fn to_cdf(path: &Path, issuer: &str) -> Result<()> {
    let now = now();
    let manifest = unpublished(path, now)?;
    let application = concat!("tabella-admin ", env!("CARGO_PKG_VERSION")).to_owned();
    let issuer = Issuer { name: issuer.to_owned(), application, generated: now };
    print!("{}", ballot_definition(&manifest, false, &issuer)?);
    Ok(())
}

async fn create(path: &Path, board: &BoardArgs, key: &KeyArgs) -> Result<()> {
    let source = read_manifest(path)?;
    let administrator = key.open(KeyKind::Administrator)?;
    let visit = board.visit(Some(&key.view())).await?;
    let genesis = visit.board.genesis();
    let mut nonce = [0; 16];
    OsRng.fill_bytes(&mut nonce);
    let setting = Setting {
        board: genesis.origin.clone(),
        administrator: administrator.verifying_key(),
        nonce,
        now: now(),
    };
    let manifest = manifest_file::read(&source, &setting).with_context(|| path.display().to_string())?;
    if !genesis.administrators.contains(&setting.administrator) {
        bail!(
            "this board does not know you as an administrator: its operator has to set it up with \
             `--administrator {}`",
            hex::encode(setting.administrator.0)
        );
    }
    if usize::from(manifest.cosignatures) > genesis.witnesses.len() {
        bail!(
            "the manifest demands {} cosignatures, but this board has {} witnesses: lower `cosignatures`",
            manifest.cosignatures,
            genesis.witnesses.len()
        );
    }
    if manifest.closes <= setting.now {
        bail!("voting would be over already: it closes {}", show_time(manifest.closes));
    }
    if let Some(warning) = too_few(manifest.cosignatures, genesis.witnesses.len()) {
        eprintln!("warning: {warning}");
    }
    let election = visit.board.create_election(&manifest.encode(), &administrator).await?;
    println!("election    {election}");
    println!("board key   {}", visit.board.key().verifying_key().fingerprint());
    println!("opens       {}", show_time(manifest.opens));
    println!("closes      {}", show_time(manifest.closes));
    let board_key = Some(visit.board.key().verifying_key().fingerprint());
    println!("invitation  {}", Invitation { board: board.board.clone(), election, board_key });
    // after the election's name is told: it is created, whatever comes of this
    let confirmed = visit.board.confirm_election(election).await;
    visit.keep(confirmed.map_err(anyhow::Error::from)).context(
        "the board has accepted the election and does not show it on its log: do not create it again, look with \
         `tabella-admin status`",
    )?;
    println!(
        "Send the invitation to the trustees: `tabella-trustee` asks for it. Compare its key with them by another way."
    );
    println!(
        "Print election and board key on the voters' letters: with both nobody can show them another one."
    );
    Ok(())
}

/// What to say where disjoint groups of a board's witnesses could each cosign as many times as a manifest demands.
fn too_few(cosignatures: u8, witnesses: usize) -> Option<String> {
    let majority = witnesses / 2 + 1;
    let few = witnesses > 0 && usize::from(cosignatures) < majority;
    few.then(|| {
        format!(
            "the manifest demands {cosignatures} of the board's {witnesses} witnesses: so few could cosign one record, \
             and the others another one. With `cosignatures = {majority}` that needs a witness that lies. This election \
             cannot be changed any more: if you meant to demand them, tell nobody of it and create another one"
        )
    })
}

async fn administer(act: &ActArgs, what: AdministratorAct) -> Result<()> {
    let key = act.key.open(KeyKind::Administrator)?;
    let visit = act.election.board.visit(Some(&act.key.view())).await?;
    let election = act.election.election;
    let entry = Entry::Administrator(AdministratorEntry::sign(election, what, now() + ACT_LIFETIME, &key));
    let posted = visit.board.post(election, &entry).await?;
    let done = match what {
        AdministratorAct::Open => "voting is opened",
        AdministratorAct::Close => "voting is closed",
        AdministratorAct::RestartCeremony { .. } => "the key ceremony starts anew",
    };
    println!("{done}: entry {} of the election's log", posted.verified.index());
    Ok(visit.save()?)
}

async fn restart(act: &ActArgs) -> Result<()> {
    let visit = act.election.board.visit(Some(&act.key.view())).await?;
    let sync = read_election(&visit.board, act.election.election).await?;
    if sync.state().phase() != Phase::Setup {
        bail!("the key ceremony is over: voting has opened or closed");
    }
    let attempt = sync.state().ceremony().attempt();
    drop(visit);
    administer(act, AdministratorAct::RestartCeremony { attempt }).await
}

async fn status(args: &ElectionArgs, json: bool) -> Result<()> {
    let visit = args.board.visit(None).await?;
    let status = visit.board.status(args.election).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&status)?);
    } else {
        print_status(&status);
    }
    Ok(())
}

/// What stands behind a planned time once it is past.
fn done(word: &str, time: Option<u64>) -> String {
    time.map(|time| format!(", {word} {}", show_time(time))).unwrap_or_default()
}

fn print_status(status: &ElectionStatus) {
    let phase = match status.phase {
        PhaseName::Manifest => "the manifest is not complete",
        PhaseName::Setup => "key ceremony and roll",
        PhaseName::Open => "voting is open",
        PhaseName::Closed => "voting is closed, the tally is running",
        PhaseName::Counted => "counted",
    };
    println!("election    {}", status.election);
    println!("phase       {phase}");
    println!("log         {} entries, last {}", status.size, show_time(status.time));
    println!("opens       {}{}", show_time(status.opens), done("opened", status.opened));
    println!("closes      {}{}", show_time(status.closes), done("closed", status.closed));
    let complete = if status.roll.complete { "" } else { ", not complete" };
    println!("roll        {} voters, {} changes{complete}", status.roll.voters, status.roll.changes);
    println!("ceremony    attempt {}", status.ceremony.attempt);
    for trustee in &status.ceremony.trustees {
        let steps = [
            (trustee.registered, "registered"),
            (trustee.announced, "announced"),
            (trustee.committed, "committed"),
            (trustee.shared, "shared"),
            (trustee.confirmed, "confirmed"),
            (trustee.tested, "tested"),
        ];
        let done: Vec<&str> = steps.into_iter().filter(|(done, _)| *done).map(|(_, step)| step).collect();
        println!("  {:>2} {}: {}", trustee.trustee, visible(&trustee.name), done.join(", "));
    }
    match &status.ballots {
        Some(ballots) => println!(
            "ballots     {} counted, {} cast, {} tested",
            ballots.counted, ballots.cast, ballots.challenged
        ),
        None => println!("ballots     not shown while voting is open"),
    }
    let Some(tally) = &status.tally else { return };
    println!("aggregate   {}", tally.aggregate);
    for trustee in &tally.trustees {
        let stated = if trustee.stated { "stated" } else { "not stated" };
        println!("  {:>2} {stated}, {} contests decrypted", trustee.trustee, trustee.shares.len());
    }
    for contest in &tally.contests {
        let state = match contest.state {
            ContestState::Pending => "pending",
            ContestState::Counted => "counted",
            ContestState::Withheld => "withheld",
        };
        println!("contest {:>3} {state}", u32::from(contest.contest) + 1);
    }
}

async fn export(args: &ElectionArgs, to: &Path) -> Result<()> {
    let visit = args.board.visit(None).await?;
    let mut progress = Progress::new("entries");
    let head = record::download(&visit.board, args.election, to, |done, all| progress.set(done, all)).await?;
    progress.finish();
    println!("{} holds the record of {} entries, root {}", to.display(), head.size(), head.root());
    println!("Check it with `tabella-verify {}`.", to.display());
    Ok(())
}
