//! A trustee at the tally: statement, release of shares, results.
//!
//! In this order, and after a crash again from the beginning: everything is verified; the view is written into
//! the journal, which refuses a second view for ever; the statement is posted; only when so many others state the
//! same view, or a person has compared it, are shares posted; last the results that follow from them.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use anyhow::{Context, Result, bail};
use rand_core::OsRng;

use tabella_board_client::passphrase::Purpose;
use tabella_board_client::terminal::visible;
use tabella_board_core::entry::{Entry, TrusteeMessage};
use tabella_board_core::state::{ElectionState, Phase};
use tabella_crypto::threshold::trustee::TrusteeIndex;

use super::ceremony::Message;
use super::folder::{Folder, Unlocked};
use super::journal::{Journal, JournalError};
use super::session::{Session, is_passing};
use super::{At, Own};
use crate::result::ElectionResult;
use crate::standing::Round;
use crate::tally::{
    Assurance, Doubt, Fingerprint, ReleaseRefusal, contests_due, decrypt, fingerprint, may_release, results,
    statement,
};

/// Does what may be done; with `wait` until the results stand.
pub async fn run(own: &Own, at: &At, wait: bool, confirmed: Option<Fingerprint>) -> Result<()> {
    let mut unlocked = Folder::existing(&own.folder)?.unlock(own.passphrase(Purpose::Open)?)?;
    if unlocked.share.is_none() && !unlocked.folder.is_restored() {
        bail!(no_share(unlocked.folder.path()));
    }
    let mut session = Session::begin(at, &unlocked.folder).await?;
    let mut tally = TallyRun::new(confirmed);
    let (mut said, mut shown) = (String::new(), false);
    loop {
        let acted = tally.step(&mut unlocked, &mut session).await;
        if let Some(view) = fingerprint(session.state()).filter(|_| !shown && tally.has_looked) {
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
            Ok(Acted::Overtaken) => continue,
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
            Ok(Acted::Ask(question)) if wait && question.may_pass(&session) => format!(
                "{question}. If the others are lost, stop this and run it again with --confirm-fingerprint"
            ),
            Ok(Acted::Ask(question)) => {
                let view = question.fingerprint();
                if !std::io::stdin().is_terminal() {
                    return Err(question.into_error());
                }
                eprintln!("{question}");
                if !asked(&view)? {
                    bail!("the fingerprint was not confirmed: nothing was decrypted");
                }
                tally.confirm(view);
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

fn no_share(folder: &Path) -> String {
    format!(
        "there is no share of the election's key in {}: use the folder with which this trustee finished the ceremony, \
         or restore the key from its paper with `tabella-trustee restore`; the other trustees can go on without it",
        folder.display()
    )
}

/// What a step of the tally came to.
#[derive(Debug)]
pub enum Acted {
    /// The message stands.
    Posted(Message),
    /// The result of a contest, from 0, stands.
    Result(u16),
    /// The log went on meanwhile: what is due now is seen by reading on.
    Overtaken,
    /// Voting is not closed.
    NotClosed,
    /// The board log does not have the closing yet.
    NotAnchored,
    /// Others must act first.
    Wait(ReleaseRefusal),
    /// This trustee's shares stand, and those of others are missing.
    WaitForShares,
    /// A person must compare the fingerprint with the other trustees by voice.
    Ask(Question),
    /// Every contest has its result or is withheld.
    Done,
}

/// Why a person must compare the fingerprint.
#[derive(Debug, thiserror::Error)]
pub enum Question {
    /// Too few trustees or nobody outside vouches for the record.
    #[error("{refusal}")]
    Release {
        /// Why.
        refusal: ReleaseRefusal,
        /// What stands against it.
        doubts: Vec<Doubt>,
        /// What to compare.
        fingerprint: Fingerprint,
    },
    /// The key was restored, and nothing remembers what it was used for.
    #[error("{}", JournalError::Restored(*.0))]
    Restored(Fingerprint),
}

impl Question {
    /// What to compare.
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Release { fingerprint, .. } | Self::Restored(fingerprint) => *fingerprint,
        }
    }

    /// Whether it may be settled without a person, by statements and cosignatures that are still to come.
    pub fn may_pass(&self, session: &Session) -> bool {
        let passes = |doubt: &Doubt| match doubt {
            Doubt::Quorum { .. } => true,
            Doubt::NoWitness => session.has_witnesses(),
        };
        match self {
            Self::Release { doubts, .. } => doubts.iter().all(passes),
            Self::Restored(_) => false,
        }
    }

    /// The question as an error, where nobody can be asked.
    pub fn into_error(self) -> anyhow::Error {
        match self {
            Self::Release { refusal, .. } => refusal.into(),
            Self::Restored(fingerprint) => JournalError::Restored(fingerprint).into(),
        }
    }
}

/// A trustee at the tally.
#[derive(Debug)]
pub struct TallyRun {
    confirmed: Option<Fingerprint>,
    /// Log and anchors were verified and compared.
    has_looked: bool,
}

impl TallyRun {
    /// Begins, with the fingerprint that a person has compared already.
    pub fn new(confirmed: Option<Fingerprint>) -> Self {
        Self { confirmed, has_looked: false }
    }

    /// A person compared this fingerprint with the other trustees.
    pub fn confirm(&mut self, fingerprint: Fingerprint) {
        self.confirmed = Some(fingerprint);
    }

    /// Reads on and does one step.
    pub async fn step(&mut self, unlocked: &mut Unlocked, session: &mut Session) -> Result<Acted> {
        session.advance().await?;
        let own = session.own(&unlocked.secret)?;
        let Some(view) = fingerprint(session.state()) else { return Ok(Acted::NotClosed) };
        session.advance_anchors().await?;
        if session.state().phase() == Phase::Counted {
            return Ok(Acted::Done);
        }
        self.has_looked = true;
        if let Some(confirmed) = self.confirmed.filter(|confirmed| *confirmed != view) {
            bail!(ReleaseRefusal::OtherFingerprint { confirmed, found: view });
        }
        unlocked.recover_share(own, session.state())?;

        // the intent is on disk before anything about this view leaves the machine
        if let Err(error) = self.intend(unlocked, own, &view, session) {
            return match error.downcast_ref() {
                Some(JournalError::Restored(found)) => Ok(Acted::Ask(Question::Restored(*found))),
                _ => Err(error),
            };
        }
        let state = session.state();
        let stated = state.tally().is_some_and(|tally| tally.statements().contains(&own));
        if let Some(statement) = statement(state).filter(|_| !stated) {
            return say(unlocked, own, TrusteeMessage::Statement(statement), session).await;
        }
        if let Some(contest) = contests_due(session.state(), own).into_iter().next() {
            return match self.permission(own, session)? {
                None => release(unlocked, own, contest, session).await,
                Some(acted) => Ok(acted),
            };
        }
        Ok(post_result(session).await?.unwrap_or(Acted::WaitForShares))
    }

    /// Records the view in the journal; see [`Journal::intend`].
    fn intend(
        &self,
        unlocked: &Unlocked,
        own: TrusteeIndex,
        view: &Fingerprint,
        session: &Session,
    ) -> Result<()> {
        let state = session.state();
        let key_set = state.ceremony().key_set().context("this election ended without a key")?;
        let path = unlocked.folder.path();
        let share = unlocked.share.as_ref().with_context(|| no_share(path))?;
        let other =
            || format!("{} holds no share of this election's key: use the right folder", path.display());
        let share = share.open(key_set).with_context(other)?;
        if share.trustee() != own {
            bail!("{}", other());
        }
        let stated = state.tally().is_some_and(|tally| tally.statements().contains(&own));
        let journal = Journal::read_beside_share(path, state.election(), key_set.transcript_hash(), own)?;
        let compared = self.confirmed.map(|confirmed| confirmed.0);
        journal.intend(path, &view.0, stated.then_some(&view.0), compared.as_ref())?;
        Ok(())
    }

    /// Whether shares may be released now: none, or what stands against it.
    fn permission(&self, own: TrusteeIndex, session: &Session) -> Result<Option<Acted>> {
        let (state, anchors) = (session.state(), session.anchors());
        let size = statement(state).map_or(u64::MAX, |statement| statement.size);
        if !anchors.covers(size) {
            return Ok(Some(Acted::NotAnchored));
        }
        let assurance = Assurance { cosignatures: anchors.cosignatures(size), confirmed: self.confirmed };
        let refusal = match may_release(state, own, &assurance) {
            Ok(()) => return Ok(None),
            Err(refusal) => refusal,
        };
        match refusal {
            ReleaseRefusal::TooFew { .. }
            | ReleaseRefusal::Cosignatures { .. }
            | ReleaseRefusal::NoStatement(_) => Ok(Some(Acted::Wait(refusal))),
            ReleaseRefusal::NotClosed | ReleaseRefusal::OtherFingerprint { .. } => Err(refusal.into()),
            ReleaseRefusal::Unconfirmed { ref doubts, fingerprint } => {
                let doubts = doubts.clone();
                Ok(Some(Acted::Ask(Question::Release { refusal, doubts, fingerprint })))
            }
        }
    }
}

async fn say(
    unlocked: &Unlocked,
    own: TrusteeIndex,
    message: TrusteeMessage,
    session: &mut Session,
) -> Result<Acted> {
    let kind = Message::kind(&message);
    let stands = session.say(&unlocked.secret, own, message).await?;
    Ok(if stands { Acted::Posted(kind) } else { Acted::Overtaken })
}

/// Posts this trustee's shares of one contest.
async fn release(
    unlocked: &Unlocked,
    own: TrusteeIndex,
    contest: u16,
    session: &mut Session,
) -> Result<Acted> {
    let state = session.state();
    let key_set = state.ceremony().key_set().context("this election ended without a key")?;
    let share = unlocked.share.as_ref().context("there is no share in this folder")?;
    let message = decrypt(state, &share.open(key_set)?, contest, &mut OsRng)?;
    say(unlocked, own, message, session).await
}

/// Posts a result that follows from the shares that stand; none if there is none. Needs no secret.
pub async fn post_result(session: &mut Session) -> Result<Option<Acted>> {
    if session.state().tally().is_none() {
        return Ok(None);
    }
    let Some(result) = results(session.state())?.into_iter().next() else { return Ok(None) };
    let contest = result.contest;
    let stands = session.post(&Entry::Result(result)).await?;
    Ok(Some(if stands { Acted::Result(contest) } else { Acted::Overtaken }))
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
