//! A trustee's visit as it goes: opens the key, follows the log, acts, rests.

use std::time::Duration;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::future::{AbortHandle, Either, abortable, select};
use futures_util::{FutureExt as _, StreamExt as _};
use gloo_timers::future::sleep;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_board_core::api::ProblemCode;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;
use tabella_tally::standing::{Next, Standing};
use tabella_web_shared::trustee::{Acted, KeyCard, KeyTrouble, Request, Said};
use tabella_web_shared::{Progress, Trouble};

use super::course::{After, Begin, Course, End, Seen, Turn};
use super::keeper::Keeper;
use super::memory::{self, MemoryError};
use crate::language::{Language, Texts as _};
use crate::session::{Session, use_session};
use crate::text::trustees::Trustees as Words;

/// What a person tells the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Begin(Begin),
    /// The fingerprint was compared, and all of it is the same.
    Confirm(Digest),
    /// The other trustees see another one.
    Differ,
    /// Tries again.
    Resume,
}

/// Where a visit is, beside its course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doing {
    /// No key is open.
    Locked,
    /// A key file is being opened.
    Opening,
    /// The log is being read for the first time.
    Reading,
    /// A step is being done.
    Acting,
    /// A person is asked.
    Asking(Begin),
    /// Others are waited for, or a person.
    Resting,
    /// All is done here.
    Ended(End),
}

/// Why the key is not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Closed {
    /// It was not opened yet, or it was locked.
    Locked,
    /// The file gives no key.
    Key(KeyTrouble),
    /// Something went wrong.
    Trouble(Trouble),
}

/// A trustee's visit. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Visit {
    session: Session,
    election: ElectionId,
    /// The key that is open.
    pub(super) key: RwSignal<Option<KeyCard>>,
    /// Where it is.
    pub(super) doing: RwSignal<Doing>,
    /// Why no key is open.
    pub(super) closed: RwSignal<Closed>,
    /// What was done, and what holds it up.
    pub(super) course: RwSignal<Course>,
    /// The log as this device has verified it.
    pub(super) standing: RwSignal<Option<Standing>>,
    /// How far the log is read.
    pub(super) progress: RwSignal<Option<Progress>>,
    /// Whether the board does not answer just now.
    pub(super) is_lost: RwSignal<bool>,
    /// Whether something is on its way to the board.
    is_posting: StoredValue<bool>,
    running: StoredValue<Option<AbortHandle>>,
    commands: StoredValue<Option<UnboundedSender<Command>>>,
}

impl Visit {
    /// A visit without a key, of the part of the page that calls this; ends with it.
    pub(super) fn new(election: ElectionId) -> Self {
        let visit = Self {
            session: use_session(),
            election,
            key: RwSignal::new(None),
            doing: RwSignal::new(Doing::Locked),
            closed: RwSignal::new(Closed::Locked),
            course: RwSignal::new(Course::new()),
            standing: RwSignal::new(None),
            progress: RwSignal::new(None),
            is_lost: RwSignal::new(false),
            is_posting: StoredValue::new(false),
            running: StoredValue::new(None),
            commands: StoredValue::new(None),
        };
        let unload = window_event_listener(ev::beforeunload, move |event| {
            if visit.is_posting.try_get_value() == Some(true) {
                event.prevent_default();
                event.set_return_value("posting");
            }
        });
        // a browser may keep the whole page for whoever presses "back" later
        let left = window_event_listener_untyped("pagehide", move |_| visit.lock(Closed::Locked));
        on_cleanup(move || {
            unload.remove();
            left.remove();
            visit.end();
        });
        visit
    }

    /// The election.
    pub(super) fn election(self) -> ElectionId {
        self.election
    }

    /// Opens a key file and follows the election with it. The board must have this key, where one is named.
    pub(super) fn open(self, file: Vec<u8>, passphrase: String, board_key: Option<Digest>) {
        self.end();
        let (sender, commands) = unbounded();
        self.commands.set_value(Some(sender));
        self.course.set(Course::new());
        self.closed.set(Closed::Locked);
        self.doing.set(Doing::Opening);
        let (task, handle) = abortable(self.run(file, passphrase, board_key, commands));
        self.running.set_value(Some(handle));
        spawn_local(async move {
            // locked, or the page is gone: nobody waits for it
            if let Ok(Err(closed)) = task.await {
                self.lock(closed);
            }
        });
    }

    /// Ends the worker, and the key with it.
    pub(super) fn lock(self, why: Closed) {
        self.end();
        // the page may be gone
        let _ = self.key.try_set(None);
        let _ = self.standing.try_set(None);
        let _ = self.doing.try_set(Doing::Locked);
        let _ = self.closed.try_set(why);
    }

    /// Tells the visit something.
    pub(super) fn tell(self, command: Command) {
        let sender = self.commands.try_with_value(Clone::clone).flatten();
        if let Some(sender) = sender {
            // a visit that has ended hears nothing
            let _ = sender.unbounded_send(command);
        }
    }

    fn end(self) {
        if let Some(handle) = self.running.try_update_value(Option::take).flatten() {
            handle.abort();
        }
        let _ = self.commands.try_set_value(None);
        let _ = self.is_posting.try_set_value(false);
        let _ = self.is_lost.try_set(false);
        let _ = self.progress.try_set(None);
    }

    async fn run(
        self,
        file: Vec<u8>,
        passphrase: String,
        board_key: Option<Digest>,
        mut commands: UnboundedReceiver<Command>,
    ) -> Result<(), Closed> {
        let keeper = Keeper::start(self.session).await.map_err(Closed::Trouble)?;
        let opened = keeper.ask::<Result<KeyCard, KeyTrouble>>(Request::Open { file, passphrase }, |_| ());
        let card = opened.await.map_err(Closed::Trouble)?.map_err(Closed::Key)?;
        let own = card.fingerprint;
        let _ = self.key.try_set(Some(card));
        let _ = self.doing.try_set(Doing::Reading);
        let mut is_connected = false;
        // whether something has just happened: then a step is told of, even if it comes to nothing new
        let mut is_lively = true;
        loop {
            let stepped = match is_connected {
                true => self.step(&keeper, &own, is_lively).await,
                false => keeper.connect(self.election, board_key).await.map(|()| {
                    is_connected = true;
                    true
                }),
            };
            let goes_on = match stepped {
                Ok(goes_on) => {
                    let _ = self.is_lost.try_set(false);
                    goes_on
                }
                Err(trouble) if is_passing(&trouble) => {
                    let _ = self.is_lost.try_set(true);
                    false
                }
                Err(trouble) => return Err(Closed::Trouble(trouble)),
            };
            is_lively = goes_on || self.rest(&mut commands).await;
            while let Some(Some(command)) = commands.next().now_or_never() {
                self.hear(command);
                is_lively = true;
            }
            if let Some(fingerprint) = self.confirmed() {
                match keeper.ask(Request::Confirm(fingerprint), |_| ()).await {
                    Ok(()) => self.shift(|course| course.confirmed = None),
                    Err(trouble) if is_passing(&trouble) => {}
                    Err(trouble) => return Err(Closed::Trouble(trouble)),
                }
            }
        }
    }

    /// Looks, and does what is due; whether to go on at once.
    async fn step(self, keeper: &Keeper, own: &Digest, is_lively: bool) -> Result<bool, Trouble> {
        let progress = self.progress;
        let told = move |step| {
            // the page may be gone
            let _ = progress.try_set(Some(step));
        };
        let standing: Standing = keeper.ask(Request::Look, told).await?;
        let _ = progress.try_set(None);
        let seen = Seen::of(&standing);
        let is_due = matches!(seen.next, Next::Do(_) | Next::Answer | Next::Results);
        let is_new = self.show(standing);
        let turn = self.course.try_with_untracked(|course| course.turn(seen)).unwrap_or(Turn::Rest);
        let doing = match turn {
            Turn::Act if is_due && (is_new || is_lively) => Doing::Acting,
            Turn::Act | Turn::Rest => Doing::Resting,
            Turn::Ask(begin) => Doing::Asking(begin),
            Turn::End(end) => Doing::Ended(end),
        };
        self.set_doing(doing);
        if turn != Turn::Act {
            return Ok(false);
        }
        let intended = match memory::recall(self.election, own) {
            Ok(intended) => intended,
            Err(error) => {
                self.shift(|course| course.refuse(said(error)));
                return Ok(false);
            }
        };
        let _ = self.is_posting.try_set_value(is_due);
        let acted = keeper.ask::<Result<Acted, Said>>(Request::Act { intended }, told).await;
        let _ = self.is_posting.try_set_value(false);
        let _ = progress.try_set(None);
        let acted = acted?;
        let after =
            self.course.try_maybe_update(|course| (true, course.acted(acted, seen))).unwrap_or(After::Rest);
        match after {
            After::Again => Ok(true),
            After::Keep(view) => match memory::remember(self.election, own, view) {
                Ok(()) => Ok(true),
                Err(error) => {
                    self.shift(|course| course.refuse(said(error)));
                    Ok(false)
                }
            },
            After::Rest => {
                self.set_doing(Doing::Resting);
                Ok(false)
            }
        }
    }

    /// Shows a standing; whether it says anything new. Other people's ballots change the log's size and nothing else.
    fn show(self, standing: Standing) -> bool {
        let is_new = self.standing.try_with_untracked(|before| {
            before.as_ref().is_none_or(|before| {
                Standing { size: 0, ..before.clone() } != Standing { size: 0, ..standing.clone() }
            })
        });
        let is_new = is_new.unwrap_or_default();
        if is_new {
            let _ = self.standing.try_set(Some(standing));
        }
        is_new
    }

    fn set_doing(self, doing: Doing) {
        if self.doing.try_with_untracked(|before| *before != doing) == Some(true) {
            let _ = self.doing.try_set(doing);
        }
    }

    fn shift(self, change: impl FnOnce(&mut Course)) {
        // the page may be gone
        let _ = self.course.try_update(change);
    }

    fn confirmed(self) -> Option<Digest> {
        self.course.try_with_untracked(|course| course.confirmed).flatten()
    }

    /// Waits for a while, or until a person says something; whether one did.
    async fn rest(self, commands: &mut UnboundedReceiver<Command>) -> bool {
        let pause = self.course.try_update_untracked(Course::rest).unwrap_or_default();
        let pause = sleep(Duration::from_millis(pause.into()));
        let Either::Right((Some(command), _)) = select(Box::pin(pause), commands.next()).await else {
            return false;
        };
        self.hear(command);
        true
    }

    fn hear(self, command: Command) {
        self.shift(|course| match command {
            Command::Begin(begin) => course.begin(begin),
            Command::Confirm(fingerprint) => course.confirm(fingerprint),
            Command::Differ => course.differ(),
            Command::Resume => course.resume(),
        });
    }
}

/// Whether a trouble may pass by itself.
fn is_passing(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Unreachable | Trouble::TimedOut => true,
        Trouble::Refused { code, .. } => {
            matches!(code, ProblemCode::Busy | ProblemCode::Stopping | ProblemCode::Timeout)
        }
        _ => false,
    }
}

/// Why the memory does not serve, in both languages.
fn said(error: MemoryError) -> Said {
    let words = |language| {
        let texts = Words::in_language(language);
        match error {
            MemoryError::Unkept => texts.unkept,
            MemoryError::Other => texts.other_view,
        }
    };
    Said { english: words(Language::English).to_owned(), chinese: words(Language::Chinese).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let refused = |code| Trouble::Refused { code, detail: String::new() };
        for trouble in [Trouble::Unreachable, Trouble::TimedOut, refused(ProblemCode::Busy)] {
            assert!(is_passing(&trouble), "{trouble:?}");
        }
        for trouble in [Trouble::NotFound, refused(ProblemCode::Refused), Trouble::Closed] {
            assert!(!is_passing(&trouble), "{trouble:?}");
        }
    }
}
