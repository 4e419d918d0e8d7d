//! A trustee in the key ceremony: every step that is due, and waiting for the others in between.

use anyhow::Result;
use rand_core::OsRng;

use tabella_board_client::passphrase::Purpose;

use super::folder::Folder;
use super::session::{Session, is_passing};
use super::{At, Own, names};
use crate::ceremony::{Awaited, Step, StoredShare, next_step};

/// Does what is due; with `wait` until the ceremony is complete.
pub async fn run(own: &Own, at: &At, wait: bool) -> Result<()> {
    let folder = Folder::existing(&own.folder)?;
    let passphrase = own.passphrase(Purpose::Open)?;
    let secret = folder.open_key(&passphrase)?;
    let mut stored: Option<StoredShare> = folder.read_share(&passphrase)?;
    let mut session = Session::begin(at, &folder).await?;
    let mut said = None;
    loop {
        let next = match session.advance().await {
            Ok(()) => {
                let index = session.own(&secret)?;
                match next_step(&secret, index, session.state(), stored.as_ref(), &mut OsRng) {
                    Step::Post(message) => {
                        let what = message_name(&message);
                        session.say(&secret, index, message).await.map(|stands| {
                            if stands {
                                eprintln!("Posted the {what}.");
                            }
                            Next::GoOn
                        })
                    }
                    Step::StoreShare(share) => {
                        stored = Some(folder.store_share(&share, &passphrase)?);
                        eprintln!("Stored the share of the election's key, and read it back.");
                        Ok(Next::GoOn)
                    }
                    Step::WaitFor { what, trustees } => Ok(Next::Wait(what, names(&trustees))),
                    Step::Done => Ok(Next::Done),
                    Step::Trouble(trouble) => return Err(trouble.into()),
                }
            }
            Err(error) => Err(error),
        };
        match next {
            Ok(Next::GoOn) => {}
            Ok(Next::Done) => {
                println!("status: complete");
                eprintln!(
                    "The ceremony is complete: every trustee has proved a share that reads back from disk."
                );
                return Ok(());
            }
            Ok(Next::Wait(what, trustees)) => {
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

enum Next {
    GoOn,
    Wait(Awaited, String),
    Done,
}

fn message_name(message: &tabella_board_core::entry::TrusteeMessage) -> &'static str {
    use tabella_board_core::entry::TrusteeMessage as M;
    match message {
        M::Registration(_) => "registration",
        M::CommitmentHash { .. } => "hash of the commitments",
        M::Commitments { .. } => "commitments",
        M::Shares { .. } => "sealed shares",
        M::Complaint { .. } => "complaint about a bad share",
        M::Answer { .. } => "answer to a complaint",
        M::Confirmation { .. } => "confirmation",
        M::TestDecryption { .. } => "test decryption",
        M::Statement(_) => "statement",
        M::Decryption { .. } => "decryption shares",
    }
}
