//! A trustee whose key never sees a network. A machine with the network and without the key takes the record onto a stick
//! ([`export`]); the machine with the key verifies all of it, does what is due, and leaves signed messages on the stick
//! ([`answer`]); the first machine posts them ([`import`]). Each file says what it is and is held against election,
//! trustee and round.
//!
//! The stick is not trusted: the record is verified as one from a board is, and messages are signed. Who makes the stick
//! can withhold, and no more.

use std::path::Path;

use anyhow::{Context, Result, bail};
use tabella_board_client::invitation::Invitation;
use tabella_board_client::terminal::{Progress, visible};
use tabella_board_client::{ClientError, record};
use tabella_board_core::entry::{Entry, TrusteeEntry};
use tabella_crypto::codec;
use tabella_crypto::threshold::trustee::TrusteeIndex;

use super::folder::{Folder, Unlocked};
use super::session::{Session, client_error};
use super::settings::Settings;
use super::tally::{post_result, unasked};
use super::{ceremony, tally};
use crate::standing::words::Language;
use crate::standing::{Round, Stage, Standing};
use crate::tally::Fingerprint;
use crate::trustee::TallyRun;
use crate::trustee::ceremony::{Acted as Dealt, Message};
use crate::trustee::tally::Acted as Tallied;

pub mod stick;

use stick::{Answer, RecordNote, Stick, StickError};

/// The round that a message belongs to, as files name it.
fn round_name(message: Message) -> &'static str {
    match message {
        Message::Of(Round::Registration) => "registration",
        Message::Of(Round::CommitmentHash) => "commitment-hash",
        Message::Of(Round::Commitments) => "commitments",
        Message::Of(Round::Shares) => "shares",
        Message::Of(Round::Confirmation) => "confirmation",
        Message::Of(Round::TestDecryption) => "test-decryption",
        Message::Of(Round::Statement) => "statement",
        Message::Of(Round::Decryption) => "decryption",
        Message::Complaint => "complaint",
        Message::Answer => "answer",
    }
}

/// The election by what is given now or was remembered in the folder.
fn invitation(folder: &Path, given: Option<&str>) -> Result<Option<Invitation>> {
    let mut settings = Settings::read(folder)?;
    if let Some(line) = given {
        let invitation = Invitation::parse(line)?;
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        settings.accept(&invitation);
        settings.write(folder)?;
    }
    Ok(settings.invitation(folder)?)
}

/// The election of the machine with the network.
fn known(folder: &Path, given: Option<&str>) -> Result<Invitation> {
    invitation(folder, given)?.with_context(|| {
        format!(
            "{} knows no election yet: give the administrator's line with --invitation, once",
            folder.display()
        )
    })
}

async fn online(folder: &Path, invitation: &Invitation) -> Result<Session> {
    let key = invitation.board_key.map(|key| key.to_hex());
    let view = Folder::at(folder).view();
    Session::begin_at(&invitation.board, invitation.election, key.as_deref(), &view).await
}

/// On the machine with the network: takes the record onto the stick.
pub async fn export(folder: &Path, stick: &Path, given: Option<&str>, replace: bool) -> Result<()> {
    let known = known(folder, given)?;
    let stick = Stick::at(stick);
    let session = online(folder, &known).await?;
    let election = known.election;
    for (path, answer) in stick.answers()? {
        answer.check_election(&path, election)?;
        for entry in answer.entries(&path)? {
            let stands = session.board().receipt(election, &entry).await?.is_some();
            if !stands && !replace {
                return Err(StickError::Unposted(path).into());
            }
        }
    }
    let fresh = stick.fresh()?;
    let mut progress = Progress::new("entries");
    let head = record::download(session.board(), election, &fresh, |done, all| progress.set(done, all)).await;
    progress.finish();
    let head = head?;
    let board_key = session.board().key().verifying_key().fingerprint();
    stick.put(&RecordNote::new(election, board_key, head.size(), head.root()))?;
    println!("status: exported");
    println!("record: {} entries, in {}", head.size(), visible(&stick.path().display().to_string()));
    println!("Carry the stick to the machine with the key and run `tabella-trustee answer --stick …` there.");
    Ok(())
}

/// On the machine with the key: verifies the record, does what is due, and leaves the messages on the stick.
pub async fn answer(
    unlocked: Unlocked,
    stick: &Path,
    given: Option<&str>,
    confirmed: Option<Fingerprint>,
    language: Language,
) -> Result<()> {
    let mut unlocked = unlocked;
    let stick = Stick::at(stick);
    let note = stick.note()?;
    let folder = unlocked.folder.path().to_owned();
    let election = note.election(&stick)?;
    let known = match invitation(&folder, given)? {
        Some(known) => known,
        None => {
            // the first visit of a machine that was told nothing: what the stick says is remembered
            let known =
                Invitation { board: note.board(), election, board_key: Some(note.board_key(&stick)?) };
            let mut settings = Settings::read(&folder)?;
            settings.accept(&known);
            settings.write(&folder)?;
            known
        }
    };
    if known.election != election {
        return Err(StickError::OtherElection { found: election, expected: known.election }.into());
    }
    let key = known.board_key.map(|key| key.to_hex());
    let view = unlocked.folder.view();
    let session = Session::offline(&stick.record(), election, key.as_deref(), &view).await;
    let mut session = session.map_err(stale)?;
    session.advance().await.map_err(stale)?;
    session.advance_anchors().await.map_err(stale)?;
    let own = session.own(&unlocked.secret)?;
    let fingerprint = unlocked.secret.keys().fingerprint();
    let mut run = TallyRun::new(confirmed);
    let mut kinds = Vec::new();
    let waits = loop {
        let standing = Standing::of(session.state(), Some(&fingerprint));
        match work(&standing, &mut unlocked, &mut session, &mut run).await? {
            Work::Made(kind) => kinds.push(kind),
            Work::Stored => eprintln!("Stored the share of the election's key, and read it back."),
            Work::Nothing(why) => break why.unwrap_or_else(|| language.words().waiting(&standing)),
        }
    };
    if let Some(view) = crate::tally::fingerprint(session.state()) {
        println!("fingerprint: {}", view.0);
    }
    println!("board key: {}", session.board().key().verifying_key().fingerprint());
    let Some(last) = kinds.last() else {
        println!("status: waiting");
        println!("{}", visible(&waits));
        println!("Nothing to carry. Export the record again when the others have gone on.");
        return Ok(());
    };
    // results that follow are computed again by whoever posts
    let signed = session.collected().iter().filter(|entry| matches!(entry, Entry::Trustee(_)));
    let entries: Vec<Vec<u8>> = signed.map(Entry::encode).collect();
    let attempt = session.state().ceremony().attempt();
    let answer = Answer::new(&note, own.number(), round_name(*last), attempt, &entries);
    let path = stick.leave(&answer)?;
    println!("status: answered");
    for kind in kinds {
        println!("message: {}", kind.name());
    }
    println!("file: {}", visible(&path.display().to_string()));
    println!(
        "Carry the stick back and run `tabella-trustee import --stick …` on the machine with the network."
    );
    Ok(())
}

/// What a step came to, without a network.
enum Work {
    Made(Message),
    Stored,
    /// Nothing more can be done, and why, where the standing does not say it.
    Nothing(Option<String>),
}

async fn work(
    standing: &Standing,
    unlocked: &mut Unlocked,
    session: &mut Session,
    run: &mut TallyRun,
) -> Result<Work> {
    if standing.tally.is_some() && standing.stage != Stage::Over {
        return Ok(match tally::act(run, unlocked, session).await? {
            Tallied::Posted(kind) => Work::Made(kind),
            // anyone can post a result: the machine with the network does, when the shares stand
            Tallied::Result(_) | Tallied::Overtaken => Work::Nothing(None),
            Tallied::Ask(question) if session.collected().is_empty() => {
                return Err(unasked(question));
            }
            Tallied::Wait(refusal) => Work::Nothing(Some(refusal.to_string())),
            _ => Work::Nothing(None),
        });
    }
    Ok(match ceremony::act(unlocked, session).await? {
        Dealt::Posted(kind) => Work::Made(kind),
        Dealt::Stored => Work::Stored,
        _ => Work::Nothing(None),
    })
}

/// A record with fewer entries than one seen before is most often an old stick.
fn stale(error: anyhow::Error) -> anyhow::Error {
    match client_error(&error) {
        Some(ClientError::WentBack(_)) => error.context(
            "the record on the stick is older than one that this machine has seen: export it anew. If a fresh export \
             says the same, the board has taken entries back",
        ),
        _ => error,
    }
}

/// On the machine with the network: posts what the stick brings.
pub async fn import(folder: &Path, stick: &Path, given: Option<&str>) -> Result<()> {
    let known = known(folder, given)?;
    let election = known.election;
    let stick = Stick::at(stick);
    let answers = stick.answers()?;
    if answers.is_empty() {
        // what is on it instead says in which direction the stick goes
        let note = stick.note()?;
        let found = note.election(&stick)?;
        if found != election {
            return Err(StickError::OtherElection { found, expected: election }.into());
        }
        return Err(StickError::NoAnswer(stick.path().to_owned()).into());
    }
    let mut session = online(folder, &known).await?;
    session.advance().await?;
    for (path, answer) in &answers {
        answer.check_election(path, election)?;
        for bytes in answer.entries(path)? {
            let entry = check(&session, path, answer, &bytes)?;
            let kind = Message::kind(&entry.message);
            if session.board().receipt(election, &bytes).await?.is_some() {
                println!("stands already: {}", kind.name());
                continue;
            }
            check_attempt(&session, path, answer, &entry)?;
            let posted = session.board().post_bytes(election, &bytes).await;
            let _receipt =
                posted.with_context(|| StickError::Refused { path: path.clone(), round: kind.name() })?;
            println!("posted: {}", kind.name());
        }
        stick.forget(path)?;
    }
    session.advance().await?;
    while let Some(acted) = post_result(&mut session).await? {
        if let Tallied::Result(contest) = acted {
            println!("posted: result of contest {}", u32::from(contest) + 1);
        }
        session.advance().await?;
    }
    println!("status: posted");
    println!("{}", Language::English.words().waiting(&Standing::of(session.state(), None)));
    Ok(())
}

/// The bytes are a message of the trustee that the file names, signed with the key that the manifest fixes.
fn check(session: &Session, path: &Path, answer: &Answer, bytes: &[u8]) -> Result<TrusteeEntry> {
    let damaged = || StickError::Damaged(path.to_owned());
    let Ok(Entry::Trustee(entry)) = codec::decode::<Entry>(bytes) else { return Err(damaged().into()) };
    if entry.trustee != answer.trustee() {
        return Err(StickError::OtherTrustee { path: path.to_owned(), found: entry.trustee }.into());
    }
    let index = TrusteeIndex::new(entry.trustee).ok_or_else(damaged)?;
    let state = session.state();
    let Some(manifest) = state.manifest() else { bail!(crate::ceremony::Trouble::NoManifest) };
    let info = manifest.trustees.get(index.position()).ok_or_else(damaged)?;
    let key = match &entry.message {
        tabella_board_core::entry::TrusteeMessage::Registration(keys)
            if keys.fingerprint() == info.fingerprint =>
        {
            keys.signing
        }
        _ => state.ceremony().keys(index).ok_or_else(damaged)?.signing,
    };
    entry.verify(state.election(), &key).map_err(|_| damaged())?;
    Ok(entry)
}

/// A message of the ceremony belongs to the attempt under way.
fn check_attempt(session: &Session, path: &Path, answer: &Answer, entry: &TrusteeEntry) -> Result<()> {
    let now = session.state().ceremony().attempt();
    let is_of_attempt = match Message::kind(&entry.message) {
        Message::Of(Round::Registration | Round::Statement | Round::Decryption) => false,
        Message::Of(_) | Message::Complaint | Message::Answer => true,
    };
    if is_of_attempt && answer.attempt() != now {
        let (found, path) = (answer.attempt(), path.to_owned());
        return Err(
            StickError::OldAttempt { path, found: u64::from(found) + 1, now: u64::from(now) + 1 }.into()
        );
    }
    Ok(())
}
