//! `tabella-trustee`: a trustee's key, the key ceremony, and the tally.
//!
//! Without a command it is a [`guide`] for people; the commands are for scripts and for whoever knows them. What to do
//! next, and doing it, is [`crate::trustee`]'s; here is what that needs of this machine: [`folder`], [`journal`] and
//! [`settings`] on disk, the board by [`session`], and a person to ask.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use tabella_board_client::evidence::file;
use tabella_board_client::exit;
use tabella_board_client::keyfile::KeyFileError;
use tabella_board_client::passphrase::{Passphrase, Purpose};
use tabella_board_client::visit::VisitError;
use tabella_board_client::{ClientError, Contradiction};
use tabella_board_core::state::Progress;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::threshold::trustee::TrusteeIndex;
use tabella_crypto::transcript::Digest;

use crate::standing::words::Language;
use crate::tally::{Fingerprint, ReleaseRefusal};
use crate::trustee::AnchorError;

pub mod ceremony;
pub mod folder;
pub mod guide;
pub mod journal;
pub mod offline;
pub mod paper;
pub mod session;
pub mod settings;
pub mod tally;

use folder::Folder;
use journal::{Journal, JournalError, Status};
use session::Session;

/// A trustee of an election: makes a key, makes the election's key together with the others, decrypts the sum.
#[derive(Debug, Parser)]
///
/// Without a command it guides you: it says where the ceremony or the tally stands, what is next and why, and does it.
#[command(name = "tabella-trustee", version, args_conflicts_with_subcommands = true, after_help = exit::HELP)]
pub struct Trustee {
    #[command(flatten)]
    guide: GuideArgs,
    #[command(subcommand)]
    act: Option<Act>,
}

/// What the guide is told.
#[derive(Debug, Clone, Args)]
pub struct GuideArgs {
    /// The trustee's folder; else the current one if it is one, else `trustee` in it.
    #[arg(long, value_name = "DIR", env = "TABELLA_TRUSTEE_FOLDER")]
    folder: Option<PathBuf>,
    /// The language: en or zh; else that of the last visit, else the locale's.
    #[arg(long, value_name = "LANGUAGE", value_parser = parse_language)]
    language: Option<Language>,
    /// A file with the passphrase; else TABELLA_PASSPHRASE is read, else the passphrase is asked for.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// The line that the administrator sent: `tabella-admin create` prints it.
    #[arg(long, value_name = "LINE")]
    invitation: Option<String>,
}

impl From<GuideArgs> for guide::Options {
    fn from(args: GuideArgs) -> Self {
        let GuideArgs { folder, language, passphrase_file, invitation } = args;
        Self { folder, language, passphrase_file, invitation }
    }
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Makes the trustee's key and prints the fingerprint that the manifest needs.
    Init {
        #[command(flatten)]
        own: Own,
        /// Whose key it is, for people.
        #[arg(long, default_value = "trustee")]
        name: String,
    },
    /// Does this trustee's part in the key ceremony.
    Ceremony {
        #[command(flatten)]
        own: Own,
        #[command(flatten)]
        at: At,
        /// Stay until the ceremony is complete.
        #[arg(long)]
        wait: bool,
    },
    /// Says what is in the folder and, with an election, how far the ceremony or the tally is.
    Status {
        /// The trustee's folder.
        #[arg(long, value_name = "DIR", default_value = "trustee")]
        folder: PathBuf,
        /// Address of the board.
        #[arg(long, value_name = "URL", requires = "election")]
        board: Option<String>,
        /// The election: 64 hexadecimal digits.
        #[arg(long, value_name = "HEX", requires = "board", value_parser = parse_election)]
        election: Option<ElectionId>,
        /// The board's key or its fingerprint, as its operator published it.
        #[arg(long, value_name = "KEY", env = "TABELLA_BOARD_KEY")]
        board_key: Option<String>,
    },
    /// Verifies the record, states what it holds, and decrypts the sum of the ballots that count.
    Tally {
        #[command(flatten)]
        own: Own,
        #[command(flatten)]
        at: At,
        /// Stay until the results stand.
        #[arg(long)]
        wait: bool,
        /// The tally's fingerprint, compared with the other trustees by voice: allows decrypting where too few
        /// trustees or no witness vouch for the record.
        #[arg(long, value_name = "HEX", value_parser = parse_fingerprint)]
        confirm_fingerprint: Option<Fingerprint>,
    },
    /// Writes the key as 24 words with a QR code, to print: whoever has the paper has the key.
    Paper {
        #[command(flatten)]
        guide: GuideArgs,
        /// A folder for the printable files, best one that vanishes, such as below /dev/shm.
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Brings a key back into a new folder, from the words on its paper or from a copy of the key file.
    Restore {
        #[command(flatten)]
        guide: GuideArgs,
        /// A copy of the key file; else the words are asked for.
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
    },
    /// On a machine with the network and without the key: takes the record onto a stick.
    Export {
        #[command(flatten)]
        online: Online,
        /// Throw away an answer on the stick that was not posted.
        #[arg(long)]
        replace: bool,
    },
    /// On the machine with the key and without the network: verifies the record on the stick and leaves this trustee's
    /// signed messages there.
    Answer {
        #[command(flatten)]
        guide: GuideArgs,
        /// The stick: any folder that is carried.
        #[arg(long, value_name = "DIR")]
        stick: PathBuf,
        /// The tally's fingerprint, compared with the other trustees by voice.
        #[arg(long, value_name = "HEX", value_parser = parse_fingerprint)]
        confirm_fingerprint: Option<Fingerprint>,
    },
    /// On the machine with the network: posts the messages from the stick.
    Import {
        #[command(flatten)]
        online: Online,
    },
}

/// The machine with the network of a trustee whose key is on another.
#[derive(Debug, Args)]
pub struct Online {
    /// A folder for what was seen of the board. No key is in it.
    #[arg(long, value_name = "DIR", default_value = "trustee-online")]
    folder: PathBuf,
    /// The stick: any folder that is carried.
    #[arg(long, value_name = "DIR")]
    stick: PathBuf,
    /// The line that the administrator sent; remembered.
    #[arg(long, value_name = "LINE")]
    invitation: Option<String>,
    /// The language: en or zh; else that of the last visit, else the locale's.
    #[arg(long, value_name = "LANGUAGE", value_parser = parse_language)]
    language: Option<Language>,
}

impl Online {
    fn machine(&self) -> offline::Online<'_> {
        let Self { folder, stick, invitation, language } = self;
        offline::Online { folder, stick, invitation: invitation.as_deref(), language: *language }
    }
}

impl Trustee {
    /// The trustee's folder, where evidence against the board goes too.
    pub fn folder(&self) -> PathBuf {
        let place = |args: &GuideArgs| guide::Options::from(args.clone()).place();
        match &self.act {
            None => place(&self.guide),
            Some(Act::Init { own, .. } | Act::Ceremony { own, .. } | Act::Tally { own, .. }) => {
                own.folder.clone()
            }
            Some(Act::Status { folder, .. }) => folder.clone(),
            Some(Act::Paper { guide, .. } | Act::Restore { guide, .. } | Act::Answer { guide, .. }) => {
                place(guide)
            }
            Some(Act::Export { online, .. } | Act::Import { online }) => online.folder.clone(),
        }
    }
}

/// The trustee's own things.
#[derive(Debug, Args)]
pub struct Own {
    /// The trustee's folder.
    #[arg(long, value_name = "DIR", default_value = "trustee")]
    folder: PathBuf,
    /// A file with the passphrase; else TABELLA_PASSPHRASE is read, else the passphrase is asked for.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl Own {
    fn passphrase(&self, purpose: Purpose) -> Result<Passphrase> {
        Ok(Passphrase::obtain(self.passphrase_file.as_deref(), purpose, "trustee key")?)
    }
}

/// An election on a board.
#[derive(Debug, Clone, Args)]
pub struct At {
    /// Address of the board, such as https://board.example.org.
    #[arg(long, value_name = "URL", env = "TABELLA_BOARD")]
    board: String,
    /// The election: 64 hexadecimal digits.
    #[arg(long, value_name = "HEX", env = "TABELLA_ELECTION", value_parser = parse_election)]
    election: ElectionId,
    /// The board's key or its fingerprint, as its operator published it; else the board is taken at its word at
    /// the first visit.
    #[arg(long, value_name = "KEY", env = "TABELLA_BOARD_KEY")]
    board_key: Option<String>,
}

fn parse_election(text: &str) -> Result<ElectionId, &'static str> {
    Digest::from_hex(text).map(ElectionId).ok_or("an election is named by 64 hexadecimal digits")
}

fn parse_language(text: &str) -> Result<Language, &'static str> {
    Language::of_tag(text).ok_or("the languages are en and zh")
}

fn parse_fingerprint(text: &str) -> Result<Fingerprint, &'static str> {
    Fingerprint::parse(text).ok_or("a fingerprint has 64 hexadecimal digits, in groups or not")
}

/// Runs the program to its end.
pub async fn run(program: Trustee) -> Result<()> {
    let Some(act) = program.act else { return guide::run(program.guide.into()).await };
    match act {
        Act::Init { own, name } => init(&own, &name),
        Act::Ceremony { own, at, wait } => ceremony::run(&own, &at, wait).await,
        Act::Status { folder, board, election, board_key } => {
            let folder = Folder::existing(&folder)?;
            status(&folder)?;
            match (board, election) {
                (Some(board), Some(election)) => progress(&folder, &At { board, election, board_key }).await,
                _ => Ok(()),
            }
        }
        Act::Tally { own, at, wait, confirm_fingerprint } => {
            tally::run(&own, &at, wait, confirm_fingerprint).await
        }
        Act::Paper { guide, to } => guide::print_paper(guide.into(), &to),
        Act::Restore { guide, key_file } => guide::restore(guide.into(), key_file.as_deref()),
        Act::Export { online, replace } => offline::export(online.machine(), replace).await,
        Act::Answer { guide, stick, confirm_fingerprint } => {
            let invitation = guide.invitation.clone();
            let (unlocked, language) = guide::unlock(guide.into())?;
            offline::answer(unlocked, &stick, invitation.as_deref(), confirm_fingerprint, language).await
        }
        Act::Import { online } => offline::import(online.machine()).await,
    }
}

/// What to do about an error, where that is known.
pub fn hint(error: &anyhow::Error) -> Option<&'static str> {
    if let Some(client) = session::client_error(error) {
        return Some(client.hint());
    }
    let visit = error.downcast_ref::<VisitError>().map(VisitError::hint);
    visit.or_else(|| error.downcast_ref::<KeyFileError>().map(KeyFileError::hint))
}

/// The contradiction of the board's that an error is about.
pub fn contradiction_in(error: &anyhow::Error) -> Option<&Contradiction> {
    match session::client_error(error) {
        Some(ClientError::Fork(contradiction)) => Some(contradiction),
        _ => file::contradiction_in(error.as_ref()),
    }
}

/// How the program ends after an error: a person must look where fingerprints are to be compared, a log contradicts
/// itself, or two versions of the record exist.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    let refused = matches!(
        error.downcast_ref::<ReleaseRefusal>(),
        Some(ReleaseRefusal::Unconfirmed { .. } | ReleaseRefusal::OtherFingerprint { .. })
    );
    let journal = matches!(
        error.downcast_ref::<JournalError>(),
        Some(JournalError::Restored(_) | JournalError::OtherView { .. })
    );
    let anchored = matches!(error.downcast_ref::<AnchorError>(), Some(AnchorError::Contradiction(_)));
    let must_look = refused || journal || anchored || contradiction_in(error).is_some();
    if must_look { exit::LOOK } else { exit::FAILED }
}

fn init(own: &Own, name: &str) -> Result<()> {
    let passphrase = own.passphrase(Purpose::Create)?;
    let (folder, secret) = Folder::create(&own.folder, name, &passphrase)?;
    println!("key file: {}", folder.key().display());
    println!("fingerprint: {}", secret.keys().fingerprint());
    eprintln!(
        "Give the fingerprint to the election's administrator, who writes it into the manifest. Keep the folder \
         and the passphrase apart, and a copy of the key file in a safe place."
    );
    Ok(())
}

/// What is in the folder, without opening anything.
fn status(folder: &Folder) -> Result<()> {
    println!("key file: {}", folder.key().display());
    println!("share: {}", if folder.has_share() { "stored" } else { "none" });
    let journal = Journal::read(folder.path())?;
    println!(
        "journal: {}",
        match journal.as_ref().map(Journal::status) {
            None if folder.has_share() => "missing, so that the share counts as spent".to_owned(),
            None => "none".to_owned(),
            Some(Status::Unused) => "unused".to_owned(),
            Some(Status::Restored) => "restored from a backup: its use is not known".to_owned(),
            Some(Status::Intended(view)) => format!("for the view {view}"),
        }
    );
    Ok(())
}

/// How far the election is, from its verified log.
async fn progress(folder: &Folder, at: &At) -> Result<()> {
    let mut session = Session::begin(at, folder).await?;
    session.advance().await?;
    let state = session.state();
    println!("phase: {}", crate::verify::phase_name(state.phase()));
    let Some(manifest) = state.manifest() else { return Ok(()) };
    for (info, progress) in manifest.trustees.iter().zip(state.ceremony().progress()) {
        let name = tabella_board_client::terminal::visible(&info.name);
        println!("trustee {}: {} ({name})", progress.trustee, round(&progress));
    }
    let Some(tally) = state.tally() else { return Ok(()) };
    println!("statements: {}", names(tally.statements()));
    for contest in tally.decrypted() {
        let shares = tally.shares(contest).map(|shares| names(shares.keys())).unwrap_or_default();
        println!("shares of contest {contest}: {shares}");
    }
    if let Some(fingerprint) = crate::tally::fingerprint(state) {
        println!("fingerprint: {}", fingerprint.0);
    }
    Ok(())
}

/// The last that a trustee did in the ceremony.
fn round(progress: &Progress) -> &'static str {
    let Progress { trustee: _, registered, announced, committed, shared, confirmed, tested } = *progress;
    let rounds = [
        (tested, "test decryption stands"),
        (confirmed, "confirmed"),
        (shared, "shares dealt"),
        (committed, "committed"),
        (announced, "commitments announced"),
        (registered, "registered"),
    ];
    rounds.into_iter().find(|(done, _)| *done).map_or("not registered", |(_, name)| name)
}

/// Trustees in a sentence.
fn names<'a>(trustees: impl IntoIterator<Item = &'a TrusteeIndex>) -> String {
    let names: Vec<String> = trustees.into_iter().map(TrusteeIndex::to_string).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
