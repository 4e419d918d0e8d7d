//! A trustee at the tally: every step that may be done, questions that a person answers, and waiting for the others.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use anyhow::{Result, bail};

use tabella_board_client::passphrase::Purpose;
use tabella_board_client::terminal::visible;
use tabella_board_core::state::ElectionState;

use super::folder::{Folder, Unlocked};
use super::journal::JournalError;
use super::session::{Session, is_passing, step_error};
use super::{At, Own};
use crate::result::ElectionResult;
use crate::standing::{Message, Round};
use crate::tally::{Fingerprint, ReleaseRefusal, fingerprint};
use crate::trustee::TallyRun;
use crate::trustee::tally::{self, Acted, Question};

/// Does what may be done; with `wait` until the results stand.
pub async fn run(own: &Own, at: &At, wait: bool, confirmed: Option<Fingerprint>) -> Result<()> {
    let mut unlocked = Folder::existing(&own.folder)?.unlock(own.passphrase(Purpose::Open)?)?;
    if unlocked.share.is_none() && !unlocked.folder.is_restored() {
        bail!(no_share(unlocked.folder.path()));
    }
    let mut session = Session::begin(at, &unlocked.folder).await?;
    let mut run = TallyRun::new(confirmed);
    let (mut said, mut shown) = (String::new(), false);
    loop {
        let acted = step(&mut run, &mut unlocked, &mut session).await;
        if let Some(view) = fingerprint(session.state()).filter(|_| !shown && run.has_looked()) {
            println!("fingerprint: {}", view.0);
            eprintln!("Fingerprint of this tally: {view}");
            shown = true;
        }
        let why = match acted {
            Ok(Acted::Posted(Message::Of(Round::Statement))) => {
                eprintln!("Posted the statement.");
                continue;
            }
            Ok(Acted::Posted(message)) => {
                eprintln!("Posted the {}.", message.name());
                continue;
            }
            Ok(Acted::Result(contest)) => {
                eprintln!("Posted the result of contest {}.", u32::from(contest) + 1);
                continue;
            }
            // the folder's journal keeps a view by itself
            Ok(Acted::Overtaken | Acted::Keep(_)) => continue,
            Ok(Acted::Done) => {
                println!("status: counted");
                result_lines(session.state(), "en").iter().for_each(|line| println!("{line}"));
                return Ok(());
            }
            Ok(Acted::NotClosed) if !wait => bail!(ReleaseRefusal::NotClosed),
            Ok(Acted::NotClosed) => "voting is not closed yet".to_owned(),
            Ok(Acted::NotAnchored) => "the board log does not have the closing yet".to_owned(),
            Ok(Acted::Wait(refusal)) => refusal.to_string(),
            Ok(Acted::WaitForShares) => {
                "this trustee's decryption shares stand, and those of others are still missing".to_owned()
            }
            Ok(Acted::Ask(question)) if wait && question.may_pass(&session.shared) => format!(
                "{question}. If the others are lost, stop this and run it again with --confirm-fingerprint"
            ),
            Ok(Acted::Ask(question)) => {
                let view = question.fingerprint();
                if !std::io::stdin().is_terminal() {
                    return Err(unasked(question));
                }
                eprintln!("{question}");
                if !asked(&view)? {
                    bail!("the fingerprint was not confirmed: nothing was decrypted");
                }
                run.confirm(&question);
                continue;
            }
            Err(error) if wait && is_passing(&error) => {
                eprintln!("{error:#}. Trying again.");
                session.pause().await;
                continue;
            }
            Err(error) => return Err(error),
        };
        if !wait {
            println!("status: waiting");
            eprintln!("{why}. Run this again later, or with --wait.");
            return Ok(());
        }
        if said != why {
            eprintln!("Waiting: {why}.");
            said = why;
        }
        session.pause().await;
    }
}

/// Reads on and does one step.
async fn step(run: &mut TallyRun, unlocked: &mut Unlocked, session: &mut Session) -> Result<Acted> {
    session.advance().await?;
    act(run, unlocked, session).await
}

/// What is said where a folder has no share.
pub(super) fn no_share(folder: &Path) -> String {
    format!(
        "there is no share of the election's key in {}: use the folder with which this trustee finished the ceremony, \
         or restore the key from its paper with `tabella-trustee restore`; the other trustees can go on without it",
        folder.display()
    )
}

/// Does one step, by what was read of the log.
pub async fn act(tally: &mut TallyRun, unlocked: &mut Unlocked, session: &mut Session) -> Result<Acted> {
    tally.act(unlocked, &mut session.shared).await.map_err(step_error)
}

/// Posts a result that follows from the shares that stand; none if there is none.
pub async fn post_result(session: &mut Session) -> Result<Option<Acted>> {
    tally::post_result(&mut session.shared).await.map_err(step_error)
}

/// The question as an error, where nobody can be asked.
pub fn unasked(question: Question) -> anyhow::Error {
    match question {
        Question::Release { refusal, .. } => refusal.into(),
        Question::Restored(fingerprint) => JournalError::Restored(fingerprint).into(),
    }
}

/// What was counted, in lines.
pub fn result_lines(state: &ElectionState, language: &str) -> Vec<String> {
    let Some(result) = ElectionResult::of(state, language) else { return Vec::new() };
    let mut lines = Vec::new();
    for contest in result.contests {
        lines.push(format!("{}: {}", visible(&contest.title), visible(&contest.outcome)));
        for option in contest.options {
            if let Some(votes) = option.votes {
                lines.push(format!("  {}: {votes}", visible(&option.name)));
            }
        }
    }
    lines
}

/// Has the person type a part of the fingerprint as another trustee reads it, so that a reflex is not enough.
fn asked(view: &Fingerprint) -> Result<bool> {
    let mut lines = std::io::stdin().lock().lines();
    let mut answer = |question: &str| -> Result<String> {
        eprint!("{question} ");
        Ok(lines.next().transpose()?.unwrap_or_default().trim().to_ascii_lowercase())
    };
    let first = answer("Type the first group of four as another trustee reads it to you:")?;
    if view.groups().first() != Some(&first) {
        return Ok(false);
    }
    let all = answer(
        "Do all groups agree with what the other trustees have, and shall the sum be decrypted? [y/N]",
    )?;
    Ok(matches!(all.as_str(), "y" | "yes"))
}
