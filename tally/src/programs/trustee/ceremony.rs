//! A trustee in the key ceremony: every step that is due, and waiting for the others in between.

use anyhow::Result;
use rand_core::OsRng;

use tabella_board_client::passphrase::Purpose;
use tabella_board_core::entry::TrusteeMessage;
use tabella_crypto::threshold::trustee::TrusteeIndex;

use super::folder::{Folder, Unlocked};
use super::session::{Session, is_passing};
use super::{At, Own, names};
use crate::ceremony::{Awaited, Step, next_step};
use crate::standing::Round;

/// What a trustee's message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// That of a round.
    Of(Round),
    /// A complaint about a bad share.
    Complaint,
    /// An answer to a complaint.
    Answer,
}

impl Message {
    /// What this message is.
    pub fn kind(message: &TrusteeMessage) -> Self {
        Self::Of(match message {
            TrusteeMessage::Registration(_) => Round::Registration,
            TrusteeMessage::CommitmentHash { .. } => Round::CommitmentHash,
            TrusteeMessage::Commitments { .. } => Round::Commitments,
            TrusteeMessage::Shares { .. } => Round::Shares,
            TrusteeMessage::Confirmation { .. } => Round::Confirmation,
            TrusteeMessage::TestDecryption { .. } => Round::TestDecryption,
            TrusteeMessage::Statement(_) => Round::Statement,
            TrusteeMessage::Decryption { .. } => Round::Decryption,
            TrusteeMessage::Complaint { .. } => return Self::Complaint,
            TrusteeMessage::Answer { .. } => return Self::Answer,
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Of(Round::Registration) => "registration",
            Self::Of(Round::CommitmentHash) => "hash of the commitments",
            Self::Of(Round::Commitments) => "commitments",
            Self::Of(Round::Shares) => "sealed shares",
            Self::Of(Round::Confirmation) => "confirmation",
            Self::Of(Round::TestDecryption) => "test decryption",
            Self::Of(Round::Statement) => "statement",
            Self::Of(Round::Decryption) => "decryption shares",
            Self::Complaint => "complaint about a bad share",
            Self::Answer => "answer to a complaint",
        }
    }
}

/// What a step of the ceremony came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted {
    /// The message stands.
    Posted(Message),
    /// The log went on meanwhile: what is due now is seen by reading on.
    Overtaken,
    /// The share is stored, and reads back.
    Stored,
    /// Others must act first.
    Wait {
        /// What is missing.
        what: Awaited,
        /// Of whom.
        trustees: Vec<TrusteeIndex>,
    },
    /// The ceremony is complete.
    Done,
}

/// Does one step, by what was read of the log.
pub async fn act(unlocked: &mut Unlocked, session: &mut Session) -> Result<Acted> {
    let own = session.own(&unlocked.secret)?;
    unlocked.recover_share(own, session.state())?;
    match next_step(&unlocked.secret, own, session.state(), unlocked.share.as_ref(), &mut OsRng) {
        Step::Post(message) => {
            let kind = Message::kind(&message);
            let stands = session.say(&unlocked.secret, own, message).await?;
            Ok(if stands { Acted::Posted(kind) } else { Acted::Overtaken })
        }
        Step::StoreShare(share) => {
            unlocked.store(&share)?;
            Ok(Acted::Stored)
        }
        Step::WaitFor { what, trustees } => Ok(Acted::Wait { what, trustees }),
        Step::Done => Ok(Acted::Done),
        Step::Trouble(trouble) => Err(trouble.into()),
    }
}

/// Reads on and does one step.
async fn step(unlocked: &mut Unlocked, session: &mut Session) -> Result<Acted> {
    session.advance().await?;
    act(unlocked, session).await
}

/// Does what is due; with `wait` until the ceremony is complete.
pub async fn run(own: &Own, at: &At, wait: bool) -> Result<()> {
    let mut unlocked = Folder::existing(&own.folder)?.unlock(own.passphrase(Purpose::Open)?)?;
    let mut session = Session::begin(at, &unlocked.folder).await?;
    let mut said = None;
    loop {
        match step(&mut unlocked, &mut session).await {
            Ok(Acted::Posted(message)) => eprintln!("Posted the {}.", message.name()),
            Ok(Acted::Overtaken) => {}
            Ok(Acted::Stored) => eprintln!("Stored the share of the election's key, and read it back."),
            Ok(Acted::Done) => {
                println!("status: complete");
                eprintln!(
                    "The ceremony is complete: every trustee has proved a share that reads back from disk."
                );
                return Ok(());
            }
            Ok(Acted::Wait { what, trustees }) => {
                let trustees = names(&trustees);
                if !wait {
                    println!("status: waiting");
                    println!("waiting for: {trustees}");
                    eprintln!(
                        "This trustee's part is done for now. Missing of trustees {trustees}: {what}. Run this \
                         again later, or with --wait."
                    );
                    return Ok(());
                }
                let now = Some((what, trustees));
                if said != now {
                    if let Some((what, trustees)) = &now {
                        eprintln!("Waiting for trustees {trustees}: {what}.");
                    }
                    said = now;
                }
                session.pause().await;
            }
            Err(error) if wait && is_passing(&error) => {
                eprintln!("{error:#}. Trying again.");
                session.pause().await;
            }
            Err(error) => return Err(error),
        }
    }
}
