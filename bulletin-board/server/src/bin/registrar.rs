//! `tabella-registrar`: who may vote.

use std::alloc::System;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use rand_core::OsRng;

use tabella_board::programs::roll::{
    self, Codes, PrivateRoll, PrivateVoter, credential_of, parse_credential, read_enrolled, read_voters,
};
use tabella_board::programs::session::{ElectionArgs, KeyArgs, read_election};
use tabella_board_client::evidence::file;
use tabella_board_client::exit;
use tabella_board_client::keyfile::KeyKind;
use tabella_board_client::terminal::Progress;
use tabella_board_client::visit::Visit;
use tabella_board_client::{Board, ElectionSync};
use tabella_board_core::entry::{Entry, RollChange, RollChangeEntry, RollPart};
use tabella_board_core::state::{ElectionState, Phase};
use tabella_crypto::credential::{Credential, CredentialCode};
use tabella_crypto::manifest::{CheckedManifest, CredentialMode, ElectionId};
use tabella_crypto::signature::SigningKey;
use zeroizing_alloc::ZeroAlloc;

/// Issues credentials or endorses those of voters, and publishes the roll.
#[derive(Parser)]
#[command(name = "tabella-registrar", version, after_help = exit::HELP)]
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
    /// Make a code for each voter (elections with issued credentials)
    Issue {
        #[command(flatten)]
        place: Place,
        /// Table of voters: identity, and where they differ weight and style
        #[arg(long, value_name = "CSV")]
        voters: PathBuf,
        /// Table of codes to hand out; made, or gone on with
        #[arg(long, value_name = "CSV")]
        codes: PathBuf,
        /// Table with identities and salts, for auditors; made, or gone on with
        #[arg(long, value_name = "CSV")]
        private: PathBuf,
        /// Publish the roll at once
        #[arg(long)]
        publish: bool,
    },
    /// Take credentials that voters made (elections with enrolled credentials)
    Endorse {
        #[command(flatten)]
        place: Place,
        /// Table of voters: identity, credential, and where they differ weight and style
        #[arg(long, value_name = "CSV")]
        voters: PathBuf,
        /// Table with identities and salts, for auditors; made, or gone on with
        #[arg(long, value_name = "CSV")]
        private: PathBuf,
        /// Publish the roll at once
        #[arg(long)]
        publish: bool,
    },
    /// Publish the roll, or go on with it
    Publish {
        #[command(flatten)]
        place: Place,
        /// The table that `issue` or `endorse` made
        #[arg(long, value_name = "CSV")]
        private: PathBuf,
    },
    /// Take a voter off the published roll, before voting opens
    Revoke {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        tables: Tables,
        /// Who it is
        #[arg(long)]
        identity: String,
    },
    /// Give a voter another credential, before voting opens
    Replace {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        tables: Tables,
        /// Who it is
        #[arg(long)]
        identity: String,
        /// The voter's new credential (elections with enrolled credentials)
        #[arg(long, value_name = "HEX")]
        credential: Option<String>,
    },
    /// Put one more voter on the published roll, before voting opens
    Add {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        tables: Tables,
        /// Who it is
        #[arg(long)]
        identity: String,
        /// The weight
        #[arg(long, value_parser = parse_weight)]
        weight: Option<u32>,
        /// The ballot style, by number or name
        #[arg(long)]
        style: Option<String>,
        /// The voter's credential (elections with enrolled credentials)
        #[arg(long, value_name = "HEX")]
        credential: Option<String>,
    },
    /// How far the roll is, from the log itself
    Status {
        #[command(flatten)]
        election: ElectionArgs,
    },
}

impl Command {
    /// Where evidence against the board goes: the folder with the key, or here.
    fn folder(&self) -> &Path {
        match self {
            Self::Init { key, .. } => &key.folder,
            Self::Issue { place, .. }
            | Self::Endorse { place, .. }
            | Self::Publish { place, .. }
            | Self::Revoke { place, .. }
            | Self::Replace { place, .. }
            | Self::Add { place, .. } => &place.key.folder,
            Self::Status { .. } => Path::new("."),
        }
    }
}

/// Which election, with whose key.
#[derive(clap::Args)]
struct Place {
    #[command(flatten)]
    election: ElectionArgs,
    #[command(flatten)]
    key: KeyArgs,
}

/// The registrar's tables.
#[derive(clap::Args)]
struct Tables {
    /// The table that `issue` or `endorse` made
    #[arg(long, value_name = "CSV")]
    private: PathBuf,
    /// The table of codes (elections with issued credentials)
    #[arg(long, value_name = "CSV")]
    codes: Option<PathBuf>,
}

fn parse_weight(text: &str) -> Result<u32, &'static str> {
    text.parse().map_err(|_| "a weight is a whole number, such as 1")
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
        Command::Issue { place, voters, codes, private, publish } => {
            let desk = Desk::open(&place).await?;
            desk.issue(&voters, &codes, &private)?;
            if publish { desk.publish(&private).await } else { Ok(()) }
        }
        Command::Endorse { place, voters, private, publish } => {
            let desk = Desk::open(&place).await?;
            desk.endorse(&voters, &private)?;
            if publish { desk.publish(&private).await } else { Ok(()) }
        }
        Command::Publish { place, private } => Desk::open(&place).await?.publish(&private).await,
        Command::Revoke { place, tables, identity } => {
            Desk::open(&place).await?.revoke(&tables, &identity).await
        }
        Command::Replace { place, tables, identity, credential } => {
            Desk::open(&place).await?.replace(&tables, &identity, credential.as_deref()).await
        }
        Command::Add { place, tables, identity, weight, style, credential } => {
            let desk = Desk::open(&place).await?;
            desk.add(&tables, identity, weight, style.as_deref(), credential.as_deref()).await
        }
        Command::Status { election } => status(&election).await,
    }
}

fn init(key: &KeyArgs, label: &str) -> Result<()> {
    let public = key.create(KeyKind::Registrar, label)?;
    println!("public key  {}", hex::encode(public.0));
    println!("Give it to the administrator: it stands in the manifest as `registrar`.");
    Ok(())
}

/// The registrar at work: key, board, and the election as its log shows it.
struct Desk {
    key: SigningKey,
    visit: Visit,
    sync: ElectionSync,
    manifest: std::sync::Arc<CheckedManifest>,
}

impl Desk {
    async fn open(place: &Place) -> Result<Self> {
        let key = place.key.open(KeyKind::Registrar)?;
        let visit = place.election.board.visit(Some(&place.key.view())).await?;
        let sync = read_election(&visit.board, place.election.election).await?;
        visit.save()?;
        let manifest = sync.state().manifest().context("the election has no complete manifest")?.clone();
        if manifest.registrar != key.verifying_key() {
            bail!(
                "this election has another registrar: its manifest names the key {}, yours is {}",
                hex::encode(manifest.registrar.0),
                hex::encode(key.verifying_key().0)
            );
        }
        if sync.state().phase() != Phase::Setup {
            bail!("the roll is fixed: voting has opened or is over");
        }
        Ok(Self { key, visit, sync, manifest })
    }

    fn state(&self) -> &ElectionState {
        self.sync.state()
    }

    fn election(&self) -> ElectionId {
        self.manifest.id()
    }

    /// Tables may change as long as nothing of them is on the log.
    fn nothing_published(&self) -> Result<()> {
        if self.state().roll().is_complete() {
            bail!("the roll is published already: use `add`, `replace` or `revoke` to change it");
        }
        if self.state().roll().parts() > 0 {
            bail!("a part of the roll is published: go on with `publish`");
        }
        Ok(())
    }

    fn published(&self) -> Result<()> {
        if self.state().roll().is_complete() {
            return Ok(());
        }
        bail!("the roll is not published yet: change the table of voters, then use `issue` or `endorse`")
    }

    fn issue(&self, voters: &Path, codes_path: &Path, private: &Path) -> Result<()> {
        self.nothing_published()?;
        if self.manifest.credentials != CredentialMode::Issued {
            bail!("in this election voters make their credentials: use `endorse`");
        }
        let voters = read_voters(voters, &self.manifest)?;
        let mut codes = Codes::read(codes_path)?;
        let kept = codes.len();
        let made =
            roll::issue(self.election(), voters, &mut codes, &PrivateRoll::read(private)?, &mut OsRng)?;
        made.check_classes(&self.manifest)?;
        // first what voters hold: whoever has a code keeps it
        codes.write(codes_path)?;
        made.write(private)?;
        println!("{} voters: {} new codes, {kept} kept", codes.len(), codes.len() - kept);
        println!(
            "{} is secret: whoever has a code can vote. Hand the codes out, then destroy it.",
            codes_path.display()
        );
        Ok(())
    }

    fn endorse(&self, voters: &Path, private: &Path) -> Result<()> {
        self.nothing_published()?;
        if self.manifest.credentials != CredentialMode::Enrolled {
            bail!("in this election the registrar issues credentials: use `issue`");
        }
        let voters = read_enrolled(voters, &self.manifest)?;
        let made = roll::endorse(voters, &PrivateRoll::read(private)?, &mut OsRng)?;
        made.check_classes(&self.manifest)?;
        made.write(private)?;
        println!("{} voters endorsed", made.voters.len());
        Ok(())
    }

    async fn publish(&self, private: &Path) -> Result<()> {
        let made = PrivateRoll::read(private)?;
        if made.voters.is_empty() {
            bail!("{} has no voters: run `issue` or `endorse` first", private.display());
        }
        if self.state().roll().changes() > 0 {
            bail!("the roll is published and was changed since");
        }
        made.check_classes(&self.manifest)?;
        let parts = made.parts(self.election(), &self.key);
        let standing: Vec<RollPart> = self
            .sync
            .entries()
            .iter()
            .filter_map(|bytes| match Entry::decode(bytes) {
                Ok(Entry::Roll(part)) => Some(part),
                _ => None,
            })
            .collect();
        if !parts.starts_with(&standing) {
            bail!(
                "what is published of the roll is not from {}: use the table that it was published from",
                private.display()
            );
        }
        if self.state().roll().is_complete() {
            println!("the roll is published already, exactly as it is here");
            return Ok(());
        }
        let mut progress = Progress::new("parts of the roll");
        let total = parts.len() as u64;
        for (part, done) in parts.into_iter().zip(1u64..).skip(standing.len()) {
            let posted = self.visit.board.post(self.election(), &Entry::Roll(part)).await;
            let _receipt = self.visit.keep(posted.map_err(anyhow::Error::from))?;
            progress.set(done, total);
        }
        progress.finish();
        println!("the roll is published: {} voters in {total} parts", made.voters.len());
        Ok(())
    }

    /// Posts a change of the published roll.
    async fn change(&self, change: RollChange) -> Result<()> {
        let roll = self.state().roll();
        let entry = RollChangeEntry::sign(self.election(), &roll.digest(), roll.changes(), change, &self.key);
        let posted = self.visit.board.post(self.election(), &Entry::RollChange(entry)).await?;
        println!("recorded as entry {} of the election's log", posted.verified.index());
        Ok(self.visit.save()?)
    }

    async fn revoke(&self, tables: &Tables, identity: &str) -> Result<()> {
        self.published()?;
        let mut private = PrivateRoll::read(&tables.private)?;
        let credential = private.voter(identity)?.credential;
        if self.state().voter(&credential).is_some() {
            self.change(RollChange::Revoke { credential }).await?;
        }
        if let Some(path) = &tables.codes {
            let mut codes = Codes::read(path)?;
            codes.remove(identity);
            codes.write(path)?;
        }
        private.remove(identity);
        Ok(private.write(&tables.private)?)
    }

    async fn replace(&self, tables: &Tables, identity: &str, credential: Option<&str>) -> Result<()> {
        self.published()?;
        let mut private = PrivateRoll::read(&tables.private)?;
        let before = private.voter(identity)?.credential;
        let by = self.new_credential(tables, identity, Some(before), credential)?;
        // after a crash it may stand already
        if self.state().voter(&by).is_none() {
            self.change(RollChange::Replace { credential: before, by }).await?;
        }
        private.replace(identity, by);
        Ok(private.write(&tables.private)?)
    }

    async fn add(
        &self,
        tables: &Tables,
        identity: String,
        weight: Option<u32>,
        style: Option<&str>,
        credential: Option<&str>,
    ) -> Result<()> {
        self.published()?;
        let mut private = PrivateRoll::read(&tables.private)?;
        let elector = roll::elector(&self.manifest, identity, weight, style).map_err(anyhow::Error::msg)?;
        let voter = match private.voter(&elector.identity) {
            Ok(voter) if self.state().voter(&voter.credential).is_some() => {
                bail!("{:?} is on the roll already", elector.identity);
            }
            // written before a crash, and not published
            Ok(voter) => voter.clone(),
            Err(_) => {
                let credential = self.new_credential(tables, &elector.identity, None, credential)?;
                PrivateVoter::new(elector, credential, &mut OsRng)
            }
        };
        self.state().roll().check_class(&self.manifest, &voter.public())?;
        // the salt must not be lost, so it is written first
        private.remove(&voter.elector.identity);
        private.voters.push(voter.clone());
        private.write(&tables.private)?;
        self.change(RollChange::Add { voter: voter.public() }).await
    }

    /// The credential given, or that of a code: a new one, or one that was made before a crash and is not in use.
    fn new_credential(
        &self,
        tables: &Tables,
        identity: &str,
        in_use: Option<Credential>,
        given: Option<&str>,
    ) -> Result<Credential> {
        match (self.manifest.credentials, given, &tables.codes) {
            (CredentialMode::Enrolled, Some(text), _) => parse_credential(text)
                .context("the credential is not one: `tabella-vote enrol` prints it, 64 hexadecimal digits"),
            (CredentialMode::Enrolled, None, _) => bail!("give the voter's new credential with --credential"),
            (CredentialMode::Issued, Some(_), _) => {
                bail!("in this election the registrar issues credentials: leave --credential out")
            }
            (CredentialMode::Issued, None, None) => bail!("give the table of codes with --codes"),
            (CredentialMode::Issued, None, Some(path)) => {
                let mut codes = Codes::read(path)?;
                if let Some(code) = codes.of(identity) {
                    let credential = credential_of(code, self.election())?;
                    if Some(credential) != in_use {
                        return Ok(credential);
                    }
                }
                let code = CredentialCode::generate(&mut OsRng);
                let credential = credential_of(&code, self.election())?;
                codes.put(identity, code);
                codes.write(path)?;
                println!("the new code of {identity:?} is in {}", path.display());
                Ok(credential)
            }
        }
    }
}

async fn status(args: &ElectionArgs) -> Result<()> {
    let visit = args.board.visit(None).await?;
    let board: &Board = &visit.board;
    let sync = read_election(board, args.election).await?;
    let state = sync.state();
    let manifest = state.manifest().context("the election has no complete manifest")?;
    let roll = state.roll();
    let mode = match manifest.credentials {
        CredentialMode::Issued => "issued",
        CredentialMode::Enrolled => "enrolled",
    };
    let fixed = if state.phase() == Phase::Setup { "can be changed" } else { "is fixed" };
    let complete = if roll.is_complete() { "complete" } else { "not complete" };
    println!("credentials  {mode}");
    println!("roll         {complete}: {} parts, {} changes; it {fixed}", roll.parts(), roll.changes());
    println!("voters       {}", roll.len());
    println!("weight       {} of at most {}", roll.weight(), manifest.total_weight);
    for (style, index) in manifest.manifest().styles.iter().zip(0u16..) {
        println!(
            "style {:>4}   weight {}: {}",
            u32::from(index) + 1,
            roll.style_weight(index),
            style.name.in_language("en")
        );
    }
    println!("digest       {}", roll.digest());
    Ok(())
}
