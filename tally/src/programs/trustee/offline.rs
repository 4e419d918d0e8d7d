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
use super::guide;
use super::session::{Session, client_error};
use super::settings::Settings;
use super::tally::{post_result, unasked};
use super::{ceremony, tally};
use crate::standing::words::Language;
use crate::standing::{Message, Round, Stage, Standing};
use crate::tally::Fingerprint;
use crate::trustee::TallyRun;
use crate::trustee::ceremony::Acted as Dealt;
use crate::trustee::tally::Acted as Tallied;

pub mod stick;
mod texts;

use stick::{Answer, RecordNote, Stick, StickError};
use texts::texts;

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

/// The machine with the network.
#[derive(Debug, Clone, Copy)]
pub struct Online<'a> {
    /// Its folder, without a key.
    pub folder: &'a Path,
    /// Where the stick is.
    pub stick: &'a Path,
    /// The administrator's line.
    pub invitation: Option<&'a str>,
    /// The language, where one is named now.
    pub language: Option<Language>,
}

impl Online<'_> {
    /// In which language to speak: as named now, which is remembered, or before.
    fn speaks(&self) -> Result<Language> {
        let mut settings = Settings::read(self.folder)?;
        let language = settings.speaks(self.language);
        if self.language.is_some() && settings.language() != self.language {
            settings.language = Some(language.tag().to_owned());
            self.keep(&settings)?;
        }
        Ok(language)
    }

    fn keep(&self, settings: &Settings) -> Result<()> {
        let failed = || format!("cannot make the folder {}", self.folder.display());
        std::fs::create_dir_all(self.folder).with_context(failed)?;
        Ok(settings.write(self.folder)?)
    }

    /// The election.
    fn known(&self, language: Language) -> Result<Invitation> {
        let known = invitation(self.folder, self.invitation)?;
        known.with_context(|| texts(language).no_election(&self.folder.display().to_string()))
    }

    async fn session(&self, known: &Invitation) -> Result<Session> {
        let key = known.board_key.map(|key| key.to_hex());
        let view = Folder::at(self.folder).view();
        Session::begin_at(&known.board, known.election, key.as_deref(), &view).await
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

/// The sentence of the language, where there is one, before the error's own.
fn localized(error: anyhow::Error, language: Language) -> anyhow::Error {
    if language == Language::English {
        return error;
    }
    match error.downcast_ref::<StickError>().map(|wrong| texts(language).stick(wrong)) {
        Some(sentence) => error.context(sentence),
        None => guide::localized(error, language),
    }
}

/// On the machine with the network: takes the record onto the stick. An unposted answer there is thrown away with `replace`.
pub async fn export(online: Online<'_>, replace: bool) -> Result<()> {
    let language = online.speaks()?;
    take(online, replace, language).await.map_err(|error| localized(error, language))
}

async fn take(online: Online<'_>, replace: bool, language: Language) -> Result<()> {
    let texts = texts(language);
    let known = online.known(language)?;
    let stick = Stick::at(online.stick);
    let session = online.session(&known).await?;
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
    let mut progress = Progress::new(texts.taking());
    let head = record::download(session.board(), election, &fresh, |done, all| progress.set(done, all)).await;
    progress.finish();
    let head = head?;
    let board_key = session.board().key().verifying_key().fingerprint();
    stick.put(&RecordNote::new(election, board_key, head.size(), head.root()))?;
    println!("status: exported");
    println!("record: {} entries, in {}", head.size(), visible(&stick.path().display().to_string()));
    println!("{}", texts.exported());
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
    let answered = sign(unlocked, stick, given, confirmed, language).await;
    answered.map_err(|error| localized(error, language))
}

async fn sign(
    mut unlocked: Unlocked,
    stick: &Path,
    given: Option<&str>,
    confirmed: Option<Fingerprint>,
    language: Language,
) -> Result<()> {
    let texts = texts(language);
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
    let stale = |error| stale(error, texts.stale());
    let mut session = session.map_err(stale)?;
    session.advance().await.map_err(stale)?;
    session.advance_anchors().await.map_err(stale)?;
    let own = session.own(&unlocked.secret)?;
    let fingerprint = unlocked.secret.keys().fingerprint();
    let mut run = TallyRun::new(confirmed);
    let mut kinds = Vec::new();
    let waits = loop {
        let standing = Standing::of(session.state(), Some(&fingerprint));
        match work(&standing, &mut unlocked, &mut session, &mut run, language).await? {
            Work::Made(kind) => kinds.push(kind),
            Work::Stored => eprintln!("{}", texts.stored()),
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
        println!("{}", texts.nothing_to_carry());
        return Ok(());
    };
    // results that follow are computed again by whoever posts
    let signed = session.collected().iter().filter(|entry| matches!(entry, Entry::Trustee(_)));
    let entries: Vec<Vec<u8>> = signed.map(Entry::encode).collect();
    let attempt = session.state().ceremony().attempt();
    let answer = Answer::new(&note, own.number(), round_name(*last), attempt, &entries);
    let path = stick.leave(&answer)?;
    println!("status: answered");
    for kind in &kinds {
        println!("message: {}", kind.name());
    }
    println!("file: {}", visible(&path.display().to_string()));
    println!("{}", texts.signed(&names(&kinds, language)));
    println!("{}", texts.answered());
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
    language: Language,
) -> Result<Work> {
    if standing.tally.is_some() && standing.stage != Stage::Over {
        return Ok(match tally::act(run, unlocked, session).await? {
            Tallied::Posted(kind) => Work::Made(kind),
            // anyone can post a result: the machine with the network does, when the shares stand
            Tallied::Result(_) | Tallied::Overtaken => Work::Nothing(None),
            Tallied::Ask(question) if session.collected().is_empty() => {
                return Err(unasked(question));
            }
            Tallied::Wait(refusal) => Work::Nothing(Some(language.words().refusal(&refusal))),
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
fn stale(error: anyhow::Error, sentence: &'static str) -> anyhow::Error {
    match client_error(&error) {
        Some(ClientError::WentBack(_)) => error.context(sentence),
        _ => error,
    }
}

/// What messages are, for people.
fn names(messages: &[Message], language: Language) -> Vec<&'static str> {
    messages.iter().map(|message| guide::message_name(*message, language)).collect()
}

/// On the machine with the network: posts what the stick brings.
pub async fn import(online: Online<'_>) -> Result<()> {
    let language = online.speaks()?;
    post(online, language).await.map_err(|error| localized(error, language))
}

async fn post(online: Online<'_>, language: Language) -> Result<()> {
    let known = online.known(language)?;
    let election = known.election;
    let stick = Stick::at(online.stick);
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
    let mut session = online.session(&known).await?;
    session.advance().await?;
    let mut standing = Vec::new();
    for (path, answer) in &answers {
        answer.check_election(path, election)?;
        for bytes in answer.entries(path)? {
            let entry = check(&session, path, answer, &bytes)?;
            let kind = Message::kind(&entry.message);
            standing.push(kind);
            if session.board().receipt(election, &bytes).await?.is_some() {
                println!("stands already: {}", kind.name());
                continue;
            }
            check_attempt(&session, path, answer, &entry)?;
            let posted = session.board().post_bytes(election, &bytes).await;
            let _receipt =
                posted.with_context(|| StickError::Refused { path: path.clone(), round: kind.name() })?;
            println!("posted: {}", kind.name());
            // what follows is checked with the keys that a registration brings
            session.advance().await?;
        }
        stick.forget(path)?;
    }
    while let Some(acted) = post_result(&mut session).await? {
        if let Tallied::Result(contest) = acted {
            println!("posted: result of contest {}", u32::from(contest) + 1);
        }
        session.advance().await?;
    }
    println!("status: posted");
    println!("{}", texts(language).posted(&names(&standing, language)));
    println!("{}", visible(&language.words().waiting(&Standing::of(session.state(), None))));
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
