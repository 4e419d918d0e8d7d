//! A trustee in the key ceremony: every step that is due, and waiting for the others in between.

use anyhow::Result;

use tabella_board_client::passphrase::Purpose;

use super::folder::{Folder, Unlocked};
use super::session::{Session, is_passing, step_error};
use super::{At, Own, names};
use crate::trustee::ceremony::{self, Acted};

/// Does one step, by what was read of the log.
pub async fn act(unlocked: &mut Unlocked, session: &mut Session) -> Result<Acted> {
    ceremony::act(unlocked, &mut session.shared).await.map_err(step_error)
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
