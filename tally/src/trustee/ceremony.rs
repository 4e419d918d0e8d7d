//! A trustee in the key ceremony: the step that is due, done.

use rand_core::OsRng;

use tabella_board_client::transport::Transport;
use tabella_crypto::threshold::trustee::TrusteeIndex;

use super::keeper::{Keeper, StepError};
use super::session::Session;
use crate::ceremony::{Awaited, Step, next_step};
use crate::standing::Message;

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
