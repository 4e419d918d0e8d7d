//! `tabella-trustee` without a command: finds its folder, shows where the election stands, says what is next and why,
//! does it, and waits for the others in between. Killed at any moment it goes on where it was.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use tabella_board_client::invitation::Invitation;
use tabella_board_client::site::Site;
use tabella_board_client::terminal::Waiting;

use super::folder::{Folder, Unlocked};
use super::journal::JournalError;
use super::session::{Session, is_passing};
use super::settings::Settings;
use super::tally::result_lines;
use super::{ceremony, tally};
use crate::ceremony::Trouble;
use crate::standing::words::Language;
use crate::standing::{Message, Next, Round, Stage, Standing};
use crate::tally::ReleaseRefusal;
use crate::trustee::TallyRun;
use crate::trustee::ceremony::Acted as Dealt;
use crate::trustee::tally::{Acted as Tallied, Question};

mod console;
mod interrupt;
mod keys;
mod screen;
mod texts;

use console::{Console, Source};
use screen::Page;

pub use texts::texts;

/// The folder that is looked for where none is named.
const FOLDER: &str = "trustee";

/// What the guide is told.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The folder.
    pub folder: Option<PathBuf>,
    /// The language.
    pub language: Option<Language>,
    /// A file with the passphrase.
    pub passphrase_file: Option<PathBuf>,
    /// The administrator's line.
    pub invitation: Option<String>,
}

impl Options {
    /// The folder: the one named, the current one if it is one, else `trustee` in the current one.
    pub fn place(&self) -> PathBuf {
        match &self.folder {
            Some(folder) => folder.clone(),
            None if Folder::is_one(Path::new(".")) => PathBuf::from("."),
            None => PathBuf::from(FOLDER),
        }
    }

    /// How to run the guide again.
    fn command(&self) -> String {
        match &self.folder {
            Some(folder) => format!("tabella-trustee --folder {}", folder.display()),
            None => "tabella-trustee".to_owned(),
        }
    }
}

/// Guides a trustee until the results stand, or until there is nothing to do for now.
pub async fn run(options: Options) -> Result<()> {
    let place = options.place();
    let settings = Settings::read(&place)?;
    let mut guide = Guide::new(options, place, settings)?;
    guide.run().await.map_err(|error| localized(error, guide.language))
}

/// Opens the key, and says in which language the trustee reads.
pub fn unlock(options: Options) -> Result<(Unlocked, Language)> {
    let place = options.place();
    let settings = Settings::read(&place)?;
    let mut guide = Guide::new(options, place, settings)?;
    Ok((guide.unlock()?, guide.language))
}

/// Writes the printable forms of the key into a folder.
pub fn print_paper(options: Options, to: &Path) -> Result<()> {
    let place = options.place();
    let settings = Settings::read(&place)?;
    let mut guide = Guide::new(options, place, settings)?;
    let unlocked = guide.unlock()?;
    let name = guide.settings.name.clone().unwrap_or_else(|| "trustee".to_owned());
    let paths = super::paper::write(to, &unlocked.secret, &name, guide.console.texts)?;
    guide.console.say(&guide.console.texts.paper_written(&paths.map(|path| path.display().to_string())));
    Ok(())
}

/// Brings a key back into a new folder: from its words, or from a copy of the key file.
pub fn restore(options: Options, key_file: Option<&Path>) -> Result<()> {
    let place = options.place();
    if Folder::is_one(&place) {
        bail!("{} has a key already: restore into a new folder with --folder", place.display());
    }
    let settings = Settings::read(&place)?;
    let mut guide = Guide::new(options, place, settings)?;
    let Guide { console, source, place, settings, .. } = &mut guide;
    match key_file {
        Some(copy) => keys::restore_file(console, source, copy, place, settings)?,
        None => keys::restore(console, source, place, settings)?,
    };
    let texts = guide.console.texts;
    guide.console.say(texts.is_restored());
    guide.console.say(&texts.leave(&guide.options.command()));
    Ok(())
}

struct Guide {
    options: Options,
    place: PathBuf,
    settings: Settings,
    language: Language,
    console: Console,
    source: Source,
    waiting: Waiting,
    /// What was done on this visit.
    done: Vec<String>,
    shown: Option<(Standing, usize)>,
    has_begun_ceremony: bool,
    has_begun_tally: bool,
    /// Waits through the voting.
    stays: bool,
    /// Waits for more trustees and witnesses instead of comparing.
    is_patient: bool,
}

/// Whether the guide goes on.
enum Turn {
    GoOn,
    Wait(String),
    Leave,
}

impl Guide {
    fn new(options: Options, place: PathBuf, mut settings: Settings) -> Result<Self> {
        let language = settings.speaks(options.language);
        if options.language.is_some() && settings.language() != options.language {
            settings.language = Some(language.tag().to_owned());
            if Folder::is_one(&place) {
                settings.write(&place)?;
            }
        }
        let console = Console::new(texts(language));
        interrupt::watch(console.texts.interrupted(&options.command()));
        Ok(Self {
            source: Source(options.passphrase_file.clone()),
            options,
            place,
            settings,
            language,
            console,
            waiting: Waiting::new(),
            done: Vec::new(),
            shown: None,
            has_begun_ceremony: false,
            has_begun_tally: false,
            stays: false,
            is_patient: false,
        })
    }

    async fn run(&mut self) -> Result<()> {
        let mut unlocked = if Folder::is_one(&self.place) { self.unlock()? } else { self.first_visit()? };
        keys::second_copy(&self.console, &self.source, &unlocked, &mut self.settings)?;
        let texts = self.console.texts;
        if unlocked.folder.is_restored() {
            self.console.say(texts.is_restored());
        }
        let Some(invitation) = self.invitation(&unlocked)? else {
            self.console.say(&texts.no_invitation(&self.options.command()));
            return Ok(());
        };
        self.follow(&invitation, &mut unlocked).await
    }

    fn unlock(&mut self) -> Result<Unlocked> {
        let folder = Folder::existing(&self.place)?;
        let question = self.console.texts.unlock();
        keys::read_back(&self.console, &self.source, folder, question, &mut self.settings)
    }

    fn first_visit(&mut self) -> Result<Unlocked> {
        let texts = self.console.texts;
        self.console.page(texts.welcome());
        self.console.say(&format!("\n{}", texts.first_menu().join("\n")));
        let Self { console, source, place, settings, .. } = self;
        loop {
            match console.ask(texts.ask_choice())?.as_str() {
                "1" => return keys::make(console, source, place, settings),
                "2" => return keys::restore(console, source, place, settings),
                _ => {}
            }
        }
    }

    /// The election: as it was given now or before, else as it is pasted now.
    fn invitation(&mut self, unlocked: &Unlocked) -> Result<Option<Invitation>> {
        let given = self.options.invitation.as_deref().map(Invitation::parse).transpose()?;
        if let Some(invitation) = given {
            self.settings.accept(&invitation);
            self.settings.write(&self.place)?;
        }
        // a key that came to know its election by stick has no address of the board
        let known = self.settings.invitation(&self.place)?;
        if let Some(invitation) = known.filter(|known| Site::is_address(&known.board)) {
            return Ok(Some(invitation));
        }
        let texts = self.console.texts;
        let digits = unlocked.secret.keys().fingerprint();
        let name = self.settings.name.as_deref().unwrap_or_default();
        self.console.say("");
        self.console.say(&texts.for_administrator(
            name,
            &crate::tally::Fingerprint(digits),
            &digits.to_hex(),
        ));
        loop {
            let line = self.console.ask(texts.ask_invitation())?;
            if line.is_empty() {
                return Ok(None);
            }
            match Invitation::parse(&line) {
                Ok(invitation) => {
                    self.settings.accept(&invitation);
                    self.settings.write(&self.place)?;
                    return Ok(Some(invitation));
                }
                Err(error) => self.console.say(&texts.invitation_wrong(&error.to_string())),
            }
        }
    }

    async fn follow(&mut self, invitation: &Invitation, unlocked: &mut Unlocked) -> Result<()> {
        let mut session = self.connect(invitation, &unlocked.folder).await?;
        let fingerprint = unlocked.secret.keys().fingerprint();
        let mut run = TallyRun::new(None);
        loop {
            let turn = match session.advance().await {
                Ok(()) => {
                    let standing = Standing::of(session.state(), Some(&fingerprint));
                    self.show(&standing, &session);
                    self.turn(&standing, unlocked, &mut session, &mut run).await
                }
                Err(error) => Err(error),
            };
            match turn {
                Ok(Turn::GoOn) => {}
                Ok(Turn::Wait(what)) => {
                    self.waiting.set(&what);
                    session.pause().await;
                }
                Ok(Turn::Leave) => {
                    self.waiting.finish();
                    return Ok(());
                }
                Err(error) if is_passing(&error) => {
                    self.waiting.set(&self.console.texts.connection_lost(&format!("{error:#}")));
                    session.pause().await;
                }
                Err(error) => {
                    self.waiting.finish();
                    return Err(error);
                }
            }
        }
    }

    /// Connects, as soon as the board answers.
    async fn connect(&mut self, invitation: &Invitation, folder: &Folder) -> Result<Session> {
        let key = invitation.board_key.map(|key| key.to_hex());
        let (view, mut wait) = (folder.view(), std::time::Duration::from_secs(1));
        loop {
            let Invitation { board, election, .. } = invitation;
            match Session::begin_at(board, *election, key.as_deref(), &view).await {
                Err(error) if is_passing(&error) => {
                    self.waiting.set(&self.console.texts.connection_lost(&format!("{error:#}")));
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(std::time::Duration::from_secs(10));
                }
                settled => {
                    self.waiting.finish();
                    return settled;
                }
            }
        }
    }

    /// Draws the page, if it changed.
    fn show(&mut self, standing: &Standing, session: &Session) {
        // other people's ballots change the log's size and nothing on the page
        let now = (Standing { size: 0, ..standing.clone() }, self.done.len());
        if self.shown.as_ref() == Some(&now) {
            return;
        }
        self.shown = Some(now);
        self.waiting.finish();
        let title = session.state().manifest().map(|manifest| manifest.title.reading(self.language.tag()));
        let page = Page {
            standing,
            title: title.as_deref().unwrap_or_default(),
            done: &self.done,
            language: self.language,
            texts: self.console.texts,
        };
        self.console.page(&page.text());
    }

    async fn turn(
        &mut self,
        standing: &Standing,
        unlocked: &mut Unlocked,
        session: &mut Session,
        run: &mut TallyRun,
    ) -> Result<Turn> {
        let words = self.language.words();
        if standing.next == Next::NotATrustee {
            bail!("{}", words.next(Next::NotATrustee));
        }
        match standing.stage {
            Stage::Manifest => Ok(Turn::Wait(words.waiting(standing))),
            Stage::Round(round) if Round::TALLY.contains(&round) => {
                self.tally(standing, unlocked, session, run).await
            }
            Stage::Results => self.tally(standing, unlocked, session, run).await,
            Stage::Round(_) | Stage::Answers | Stage::NoKey => {
                self.ceremony(standing, unlocked, session).await
            }
            Stage::Opening | Stage::Voting => {
                // whether the share is still here is seen now rather than on the day of the tally
                ceremony::act(unlocked, session).await?;
                self.stay_or_leave(standing)
            }
            Stage::Counted => {
                let lines = result_lines(session.state(), self.language.tag());
                self.console.say(&lines.join("\n"));
                self.console.say(&format!("\n{}", self.console.texts.counted()));
                Ok(Turn::Leave)
            }
            Stage::Over => Err(Trouble::Over.into()),
        }
    }

    async fn ceremony(
        &mut self,
        standing: &Standing,
        unlocked: &mut Unlocked,
        session: &mut Session,
    ) -> Result<Turn> {
        let texts = self.console.texts;
        if !self.has_begun_ceremony && standing.next != Next::Wait {
            if !self.console.agrees(texts.ask_begin_ceremony(), true)? {
                return Ok(self.leave());
            }
            self.has_begun_ceremony = true;
        }
        match ceremony::act(unlocked, session).await? {
            Dealt::Posted(message) => self.posted(message),
            Dealt::Stored => self.done.push(texts.stored().to_owned()),
            Dealt::Overtaken | Dealt::Done => {}
            Dealt::Wait { .. } => {
                return Ok(Turn::Wait(self.language.words().waiting(standing)));
            }
        }
        Ok(Turn::GoOn)
    }

    fn posted(&mut self, message: Message) {
        self.done.push(self.console.texts.posted(message_name(message, self.language)));
    }

    async fn tally(
        &mut self,
        standing: &Standing,
        unlocked: &mut Unlocked,
        session: &mut Session,
        run: &mut TallyRun,
    ) -> Result<Turn> {
        let texts = self.console.texts;
        if !self.has_begun_tally && standing.next == Next::Do(Round::Statement) {
            if !self.console.agrees(texts.ask_begin_tally(), true)? {
                return Ok(self.leave());
            }
            self.has_begun_tally = true;
        }
        match tally::act(run, unlocked, session).await? {
            Tallied::Posted(message) => self.posted(message),
            Tallied::Result(contest) => self.done.push(texts.result_posted(u32::from(contest) + 1)),
            Tallied::Overtaken | Tallied::NotClosed | Tallied::Keep(_) | Tallied::Done => {}
            Tallied::NotAnchored => return Ok(Turn::Wait(texts.not_anchored().to_owned())),
            Tallied::Wait(refusal) => {
                return Ok(Turn::Wait(match refusal {
                    ReleaseRefusal::TooFew { .. } => self.language.words().waiting(standing),
                    other => self.language.words().refusal(&other),
                }));
            }
            Tallied::WaitForShares => return Ok(Turn::Wait(texts.shares_missing().to_owned())),
            Tallied::Ask(question) => return self.compare(standing, &question, session, run),
        }
        Ok(Turn::GoOn)
    }

    /// Has a person compare the fingerprint, or waits for what makes it needless.
    fn compare(
        &mut self,
        standing: &Standing,
        question: &Question,
        session: &Session,
        run: &mut TallyRun,
    ) -> Result<Turn> {
        let (texts, words) = (self.console.texts, self.language.words());
        let why = match question {
            Question::Release { doubts, .. } => {
                doubts.iter().map(|doubt| words.doubt(doubt)).collect::<Vec<_>>().join("; ")
            }
            Question::Restored(_) => texts.compare_restored().to_owned(),
        };
        if question.may_pass(&session.shared) {
            if !self.is_patient {
                self.waiting.finish();
                self.is_patient = self.console.ask(texts.ask_compare())? != "c";
            }
            if self.is_patient {
                return Ok(Turn::Wait(words.waiting(standing)));
            }
        }
        self.waiting.finish();
        let fingerprint = question.fingerprint();
        self.console.say(&format!("\n{}", texts.compare(&why, &fingerprint)));
        let first = self.console.ask(texts.first_group())?.to_ascii_lowercase();
        if fingerprint.groups().first() != Some(&first) || !self.console.agrees(texts.all_groups(), false)? {
            bail!("{}", texts.not_confirmed());
        }
        run.confirm(question);
        Ok(Turn::GoOn)
    }

    fn stay_or_leave(&mut self, standing: &Standing) -> Result<Turn> {
        if !self.stays {
            self.stays = self.console.ask(self.console.texts.ask_stay())?.eq_ignore_ascii_case("w");
        }
        Ok(match self.stays {
            true => Turn::Wait(self.language.words().waiting(standing)),
            false => self.leave(),
        })
    }

    fn leave(&mut self) -> Turn {
        self.waiting.finish();
        self.console.say(&self.console.texts.leave(&self.options.command()));
        Turn::Leave
    }
}

/// An error with the sentence of the language before it, where there is one.
pub(super) fn localized(error: anyhow::Error, language: Language) -> anyhow::Error {
    if language == Language::English {
        return error;
    }
    let words = language.words();
    let sentence = error
        .downcast_ref::<Trouble>()
        .map(|trouble| words.trouble(trouble))
        .or_else(|| error.downcast_ref::<ReleaseRefusal>().map(|refusal| words.refusal(refusal)))
        .or_else(|| error.downcast_ref::<JournalError>().map(|error| texts(language).journal(error)));
    match sentence {
        Some(sentence) => error.context(sentence),
        None => error,
    }
}

/// What a message is, for people.
pub(super) fn message_name(message: Message, language: Language) -> &'static str {
    match message {
        Message::Of(round) => language.words().round(round),
        Message::Complaint => texts(language).complaint(),
        Message::Answer => texts(language).answer(),
    }
}
