//! `tabella-trustee`: a trustee's key, the key ceremony, and the tally.
//!
//! What to do next is decided by [`crate::ceremony`] and [`crate::tally`] from the verified record; here is what
//! they need of the world: [`folder`] and [`journal`] on disk, [`session`] and [`anchors`] at the board.

use std::path::{Path, PathBuf};

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

use crate::tally::{Fingerprint, ReleaseRefusal};

pub mod anchors;
pub mod ceremony;
pub mod folder;
pub mod journal;
pub mod session;
pub mod tally;

use folder::Folder;
use journal::{Journal, Status};
use session::Session;

/// A trustee of an election: makes a key, makes the election's key together with the others, decrypts the sum.
#[derive(Debug, Parser)]
#[command(name = "tabella-trustee", version, after_help = exit::HELP)]
pub struct Trustee {
    #[command(subcommand)]
    act: Act,
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
}

impl Trustee {
    /// The trustee's folder, where evidence against the board goes too.
    pub fn folder(&self) -> &Path {
        match &self.act {
            Act::Init { own, .. } | Act::Ceremony { own, .. } | Act::Tally { own, .. } => &own.folder,
            Act::Status { folder, .. } => folder,
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

fn parse_fingerprint(text: &str) -> Result<Fingerprint, &'static str> {
    Fingerprint::parse(text).ok_or("a fingerprint has 64 hexadecimal digits, in groups or not")
}

/// Runs the program to its end.
pub async fn run(program: Trustee) -> Result<()> {
    match program.act {
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

/// How the program ends after an error: a person must look where fingerprints are to be compared, or a log contradicts
/// itself.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    match error.downcast_ref::<ReleaseRefusal>() {
        Some(ReleaseRefusal::Unconfirmed { .. } | ReleaseRefusal::OtherFingerprint { .. }) => exit::LOOK,
        _ if contradiction_in(error).is_some() => exit::LOOK,
        _ => exit::FAILED,
    }
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
