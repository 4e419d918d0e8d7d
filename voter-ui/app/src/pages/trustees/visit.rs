//! A trustee's visit as the page sees it: where it is, and what a person tells it. What it does by itself stands in
//! [`follow`].

use futures_channel::mpsc::{UnboundedSender, unbounded};
use futures_util::future::{AbortHandle, abortable};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;
use tabella_tally::standing::Standing;
use tabella_web_shared::trustee::{KeyCard, KeyTrouble};
use tabella_web_shared::{Progress, Trouble};

use super::course::{Begin, Course, End};
use crate::session::{Session, use_session};

mod follow;

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
}
