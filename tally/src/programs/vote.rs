//! `tabella-vote`: the voter at the command line, and many voters for rehearsals.
//!
//! What a ballot is made of is in [`crate::ballot_box`]; here is the way to the board and the talk with the voter:
//! [`booth`] finds out what to encrypt for, [`cast`] casts or tests, [`inspect`] looks at what stands on the board,
//! [`batch`] casts for many.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use rand_core::OsRng;

use tabella_board_client::exit;
use tabella_board_client::visit::Visit;
use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::credential::{CredentialCode, CredentialSecret};
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

pub mod batch;
pub mod booth;
pub mod cast;
pub mod inspect;

/// Casts, tests and tracks ballots on a Tabella board.
#[derive(Debug, Parser)]
#[command(name = "tabella-vote", version, after_help = exit::HELP)]
pub struct Vote {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Vote: choose, note the tracking code, then cast or test
    Cast(cast::CastArgs),
    /// Make a ballot only to test that this device encrypts what it shows; it is never counted
    Test(cast::CastArgs),
    /// On a second device: what a tested ballot really contains
    CheckOpening {
        /// The file that the first device saved
        #[arg(long, value_name = "FILE")]
        opening: PathBuf,
        #[command(flatten)]
        board: BoardArgs,
        /// The election on your letter, to be sure that it is this one
        #[arg(long, env = "TABELLA_ELECTION", value_name = "HEX", value_parser = parse_election)]
        election: Option<ElectionId>,
    },
    /// Publish what a tested ballot contained: it tells everyone what you were about to choose
    PublishOpening {
        /// The file that the device saved
        #[arg(long, value_name = "FILE")]
        opening: PathBuf,
        #[command(flatten)]
        board: BoardArgs,
        #[command(flatten)]
        code: cast::CodeArgs,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Where a ballot stands: recorded, counted, replaced or tested
    Track {
        #[command(flatten)]
        place: Place,
        /// The tracking code
        #[arg(long, value_name = "TRACKING", value_parser = parse_tracking, required_unless_present = "receipt")]
        code: Option<TrackingCode>,
        /// The receipt that `cast` saved
        #[arg(long, value_name = "FILE", conflicts_with = "code")]
        receipt: Option<PathBuf>,
    },
    /// Make a credential on this device (elections with enrolled credentials)
    Enrol {
        /// The election: 64 hexadecimal digits
        #[arg(long, env = "TABELLA_ELECTION", value_name = "HEX", value_parser = parse_election)]
        election: ElectionId,
    },
    /// Cast the ballots of many voters, for rehearsals and tests
    Batch(batch::BatchArgs),
}

impl Vote {
    /// Where evidence against the board goes: beside the file that remembers what was seen of it, else here.
    pub fn folder(&self) -> PathBuf {
        let board = match &self.act {
            Act::Cast(args) | Act::Test(args) => Some(args.board()),
            Act::CheckOpening { board, .. } | Act::PublishOpening { board, .. } => Some(board),
            Act::Track { place, .. } => Some(&place.board),
            Act::Enrol { .. } => None,
            Act::Batch(args) => Some(args.board()),
        };
        let beside = board.and_then(|board| board.view.as_deref()?.parent());
        beside.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
    }
}

/// Which board.
#[derive(Debug, Args)]
pub struct BoardArgs {
    /// Address of the board, such as https://board.example.org
    #[arg(long, env = "TABELLA_BOARD", value_name = "URL")]
    board: String,
    /// The board's key or its fingerprint, as on your letter
    #[arg(long, env = "TABELLA_BOARD_KEY", value_name = "KEY")]
    board_key: Option<String>,
    /// File that remembers what was seen of the board, so that a board that takes something back is caught
    #[arg(long, value_name = "FILE")]
    view: Option<PathBuf>,
}

impl BoardArgs {
    async fn visit(&self) -> Result<Visit> {
        Ok(Visit::begin(&self.board, self.board_key.as_deref(), self.view.as_deref()).await?)
    }
}

/// Which election on which board.
#[derive(Debug, Args)]
pub struct Place {
    #[command(flatten)]
    board: BoardArgs,
    /// The election: 64 hexadecimal digits, as on your letter
    #[arg(long, env = "TABELLA_ELECTION", value_name = "HEX", value_parser = parse_election)]
    election: ElectionId,
}

fn parse_election(text: &str) -> Result<ElectionId, &'static str> {
    Digest::from_hex(text)
        .map(ElectionId)
        .ok_or("an election's name has 64 hexadecimal digits, in lower case")
}

fn parse_tracking(text: &str) -> Result<TrackingCode, &'static str> {
    Digest::from_hex(text).map(TrackingCode).ok_or("a tracking code has 64 hexadecimal digits, in lower case")
}

/// Reads a credential code; the error says which group to look at.
fn read_code(text: &str, election: ElectionId) -> Result<CredentialSecret> {
    let code = CredentialCode::parse(text)
        .context("this is not a credential code; compare it with your letter, group by group")?;
    Ok(CredentialSecret::from_code(&code, &election.0)?)
}

/// Does what the arguments say.
pub async fn run(vote: Vote) -> Result<()> {
    match vote.act {
        Act::Cast(args) => cast::run(&args, false).await,
        Act::Test(args) => cast::run(&args, true).await,
        Act::CheckOpening { opening, board, election } => {
            inspect::check_opening(&opening, &board, election).await
        }
        Act::PublishOpening { opening, board, code, yes } => {
            inspect::publish_opening(&opening, &board, &code, yes).await
        }
        Act::Track { place, code, receipt } => inspect::track(&place, code, receipt.as_deref()).await,
        Act::Enrol { election } => enrol(election),
        Act::Batch(args) => batch::run(&args).await,
    }
}

fn enrol(election: ElectionId) -> Result<()> {
    let code = CredentialCode::generate(&mut OsRng);
    let credential = CredentialSecret::from_code(&code, &election.0)?.public();
    println!("recovery code  {}", code.reveal().expose());
    println!("credential     {}", hex::encode(credential.0.0));
    println!("Keep the recovery code to yourself: you vote with it, and whoever has it can vote for you.");
    println!("Give the credential to the registrar, who checks that it is you.");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELECTION: ElectionId = ElectionId(Digest([1; 32]));

    fn error(text: &str) -> String {
        format!("{:#}", read_code(text, ELECTION).unwrap_err())
    }

    #[test]
    fn a_mistyped_code_is_answered_with_its_group() {
        let shown = "ZKZZS-THGWT-6VQTS-0QQ74-7XCXW";
        assert!(read_code(&shown.to_lowercase(), ELECTION).is_ok());
        assert!(error("ZKZZS-THGWT-6VQTS-0QQ75-7XCXW").contains("group 4 is mistyped"));
        assert!(error("ZKZZS-THGWT-6VQTS-0QQ74").contains("20 symbols, where a code has 25"));
        assert!(error("ZKZZS-THGWT-6VQUS-0QQ74-7XCXW").contains("symbol 14"));
    }

    #[test]
    fn arguments_are_consistent() {
        use clap::CommandFactory;
        Vote::command().debug_assert();
    }
}
