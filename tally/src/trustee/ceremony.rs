//! A trustee in the key ceremony: the step that is due, done.

use rand_core::OsRng;

use tabella_board_client::transport::Transport;
use tabella_board_core::entry::TrusteeMessage;
use tabella_crypto::threshold::trustee::TrusteeIndex;

use super::keeper::{Keeper, StepError};
use super::session::Session;
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
        match (Round::of(message), message) {
            (Some(round), _) => Self::Of(round),
            (None, TrusteeMessage::Complaint { .. }) => Self::Complaint,
            (None, _) => Self::Answer,
        }
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
    /// The share is kept, and reads back.
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
pub async fn act<T: Transport, K: Keeper>(
    keeper: &mut K,
    session: &mut Session<T>,
) -> Result<Acted, StepError<K::Error>> {
    let own = session.own(keeper.secret())?;
    keeper.recover_share(own, session.state()).map_err(StepError::Keeper)?;
    match next_step(keeper.secret(), own, session.state(), keeper.share(), &mut OsRng) {
        Step::Post(message) => {
            let kind = Message::kind(&message);
            let stands = session.say(keeper.secret(), own, message).await?;
            Ok(if stands { Acted::Posted(kind) } else { Acted::Overtaken })
        }
        Step::StoreShare(share) => {
            keeper.store(share).map_err(StepError::Keeper)?;
            Ok(Acted::Stored)
        }
        Step::WaitFor { what, trustees } => Ok(Acted::Wait { what, trustees }),
        Step::Done => Ok(Acted::Done),
        Step::Trouble(trouble) => Err(trouble.into()),
    }
}
