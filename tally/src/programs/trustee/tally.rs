//! A trustee at the tally: statement, release of shares, results.
//!
//! In this order, and after a crash again from the beginning: everything is verified; the view is written into
//! the journal, which refuses a second view for ever; the statement is posted; only when so many others state the
//! same view, or a person has compared it, are shares posted; last the results that follow from them.

use std::io::{BufRead, IsTerminal};

use anyhow::{Context, Result, bail};
use rand_core::OsRng;

use tabella_board_client::passphrase::Purpose;
use tabella_board_client::terminal::visible;
use tabella_board_core::entry::{Entry, TrusteeMessage};
use tabella_board_core::state::Phase;
use tabella_crypto::threshold::trustee::{TrusteeIndex, TrusteeSecret};

use super::folder::Folder;
use super::journal::Journal;
use super::session::{Session, is_passing};
use super::{At, Own};
use crate::ceremony::StoredShare;
use crate::result::ElectionResult;
use crate::tally::{
    Assurance, Doubt, Fingerprint, ReleaseRefusal, contests_due, decrypt, fingerprint, may_release, results,
    statement,
};

/// Does what may be done; with `wait` until the results stand.
pub async fn run(own: &Own, at: &At, wait: bool, confirmed: Option<Fingerprint>) -> Result<()> {
    let folder = Folder::existing(&own.folder)?;
    let passphrase = own.passphrase(Purpose::Open)?;
    let secret = folder.open_key(&passphrase)?;
    let share = folder.read_share(&passphrase)?.with_context(|| {
        format!(
            "there is no share of the election's key in {}: use the folder with which this trustee finished the \
             ceremony; the other trustees can go on without it",
            folder.path().display()
        )
    })?;
    let session = Session::begin(at, &folder).await?;
    let mut tally = TallyRun { folder, secret, share, session, confirmed, shown: false };
    let mut said = String::new();
    loop {
        match tally.step(wait).await {
            Ok(Next::GoOn) => {}
            Ok(Next::Done) => return tally.finish(),
            Ok(Next::Wait(why)) => {
                if !wait {
                    println!("status: waiting");
                    eprintln!("{why}. Run this again later, or with --wait.");
                    return Ok(());
                }
                if said != why {
                    eprintln!("Waiting: {why}.");
                    said = why;
                }
                tally.session.pause().await;
            }
            Err(error) if wait && is_passing(&error) => {
                eprintln!("{error:#}. Trying again.");
                tally.session.pause().await;
            }
            Err(error) => return Err(error),
        }
    }
}

struct TallyRun {
    folder: Folder,
    secret: TrusteeSecret,
    share: StoredShare,
    session: Session,
    confirmed: Option<Fingerprint>,
    /// The fingerprint was printed.
    shown: bool,
}

enum Next {
    GoOn,
    Wait(String),
    Done,
}

impl TallyRun {
    async fn step(&mut self, wait: bool) -> Result<Next> {
        self.session.advance().await?;
        let own = self.session.own(&self.secret)?;
        let Some(view) = fingerprint(self.session.state()) else {
            let closed = ReleaseRefusal::NotClosed;
            return if wait { Ok(Next::Wait("voting is not closed yet".to_owned())) } else { bail!(closed) };
        };
        self.session.advance_anchors().await?;
        if self.session.state().phase() == Phase::Counted {
            return Ok(Next::Done);
        }
        if !self.shown {
            println!("fingerprint: {}", view.0);
            eprintln!("Fingerprint of this tally: {view}");
            self.shown = true;
        }
        if let Some(confirmed) = self.confirmed.filter(|confirmed| *confirmed != view) {
            bail!(ReleaseRefusal::OtherFingerprint { confirmed, found: view });
        }

        // the intent is on disk before anything about this view leaves the machine
        self.intend(own, &view)?;
        let state = self.session.state();
        let stated = state.tally().is_some_and(|tally| tally.statements().contains(&own));
        if let Some(statement) = statement(state).filter(|_| !stated) {
            if self.session.say(&self.secret, own, TrusteeMessage::Statement(statement)).await? {
                eprintln!("Posted the statement.");
            }
            return Ok(Next::GoOn);
        }
        if let Some(contest) = contests_due(self.session.state(), own).into_iter().next() {
            return match self.permission(own, &view, wait)? {
                Permission::Granted => self.release(own, contest).await,
                Permission::Later(why) => Ok(Next::Wait(why)),
            };
        }
        self.conclude().await
    }

    /// Records the view in the journal; see [`Journal::intend`].
    fn intend(&self, own: TrusteeIndex, view: &Fingerprint) -> Result<()> {
        let state = self.session.state();
        let key_set = state.ceremony().key_set().context("this election ended without a key")?;
        let path = self.folder.path();
        let other =
            || format!("{} holds no share of this election's key: use the right folder", path.display());
        let share = self.share.open(key_set).with_context(other)?;
        if share.trustee() != own {
            bail!("{}", other());
        }
        let stated = state.tally().is_some_and(|tally| tally.statements().contains(&own));
        let journal = Journal::read_beside_share(path, state.election(), key_set.transcript_hash(), own)?;
        journal.intend(path, &view.0, stated.then_some(&view.0))?;
        Ok(())
    }

    /// Whether shares may be released now; asks the person at the terminal where only a person can say.
    fn permission(&mut self, own: TrusteeIndex, view: &Fingerprint, wait: bool) -> Result<Permission> {
        let (state, anchors) = (self.session.state(), self.session.anchors());
        let size = statement(state).map_or(u64::MAX, |statement| statement.size);
        if !anchors.covers(size) {
            return Ok(Permission::Later("the board log does not have the closing yet".to_owned()));
        }
        let assurance = Assurance { cosignatures: anchors.cosignatures(size), confirmed: self.confirmed };
        let refusal = match may_release(state, own, &assurance) {
            Ok(()) => return Ok(Permission::Granted),
            Err(refusal) => refusal,
        };
        match &refusal {
            ReleaseRefusal::TooFew { .. }
            | ReleaseRefusal::Cosignatures { .. }
            | ReleaseRefusal::NoStatement(_) => Ok(Permission::Later(refusal.to_string())),
            ReleaseRefusal::NotClosed | ReleaseRefusal::OtherFingerprint { .. } => Err(refusal.into()),
            ReleaseRefusal::Unconfirmed { doubts, .. } => {
                let passes = |doubt: &Doubt| match doubt {
                    Doubt::Quorum { .. } => true,
                    Doubt::NoWitness => self.session.has_witnesses(),
                };
                if wait && doubts.iter().all(passes) {
                    return Ok(Permission::Later(format!(
                        "{refusal}. If the others are lost, stop this and run it again with --confirm-fingerprint"
                    )));
                }
                if !std::io::stdin().is_terminal() {
                    return Err(anyhow::Error::from(refusal));
                }
                eprintln!("{refusal}");
                if !asked(view)? {
                    bail!("the fingerprint was not confirmed: nothing was decrypted");
                }
                self.confirmed = Some(*view);
                Ok(Permission::Granted)
            }
        }
    }

    /// Posts this trustee's shares of one contest.
    async fn release(&mut self, own: TrusteeIndex, contest: u16) -> Result<Next> {
        let state = self.session.state();
        let key_set = state.ceremony().key_set().context("this election ended without a key")?;
        let message = decrypt(state, &self.share.open(key_set)?, contest, &mut OsRng)?;
        if self.session.say(&self.secret, own, message).await? {
            eprintln!("Posted the decryption shares of contest {}.", u32::from(contest) + 1);
        }
        Ok(Next::GoOn)
    }

    /// Posts a result that can be computed; otherwise waits for shares of others.
    async fn conclude(&mut self) -> Result<Next> {
        let Some(result) = results(self.session.state())?.into_iter().next() else {
            return Ok(Next::Wait(
                "this trustee's decryption shares stand, and those of others are still missing".to_owned(),
            ));
        };
        let contest = u32::from(result.contest) + 1;
        if self.session.post(&Entry::Result(result)).await? {
            eprintln!("Posted the result of contest {contest}.");
        }
        Ok(Next::GoOn)
    }

    /// Says what was counted.
    fn finish(&self) -> Result<()> {
        println!("status: counted");
        let Some(result) = ElectionResult::of(self.session.state(), "en") else { return Ok(()) };
        for contest in result.contests {
            println!("{}: {}", visible(&contest.title), visible(&contest.outcome));
            for option in contest.options {
                if let Some(votes) = option.votes {
                    println!("  {}: {votes}", visible(&option.name));
                }
            }
        }
        Ok(())
    }
}

enum Permission {
    Granted,
    Later(String),
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
