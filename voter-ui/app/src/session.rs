//! What a visit has: the reader, which believes nothing, and whether there is a network.
//!
//! What was seen of the board is here, in memory: the reader keeps it up, and takes in what the other workers saw, so that
//! all of them are shown one board. Of that the browser stores a copy for later visits, where it lets us. Pages that are
//! open at the same time share the copy: whatever another page has put there is taken in before it is written over.
//!
//! Stored in the browser are also the language and, from the moment that a ballot is posted until the voter leaves its
//! receipt, its encrypted bytes (page `vote`); never a code, a choice or a seed.

use std::rc::Rc;

use borsh::BorshDeserialize;
use futures_util::FutureExt as _;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

use tabella_web_shared::reader::{BoardCard, Request};
use tabella_web_shared::{Progress, Request as AnyRequest, Trouble, wire};

use crate::engine::{Engine, Start, Told, is_lost};

/// Where the view of the board is kept.
const VIEW_KEY: &str = "tabella.view";

/// What a visit holds.
struct Held {
    reader: Option<Start>,
    /// What was seen of the board so far; none before the reader has told.
    view: Option<String>,
    /// What the browser stored of it when this page wrote there last, or had it taken in.
    copy: Option<String>,
}

/// A visit. Cheap to copy; from the context.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    held: StoredValue<Held, LocalStorage>,
    /// The board as the reader has verified it; none while it is being asked.
    pub(crate) board: RwSignal<Option<Result<BoardCard, Trouble>>>,
    /// Whether the browser has a network.
    pub(crate) is_online: RwSignal<bool>,
}

/// Begins the visit: starts the reader in the background.
pub(crate) fn provide() {
    let session = Session {
        held: StoredValue::new_local(Held { reader: None, view: None, copy: stored(VIEW_KEY) }),
        board: RwSignal::new(None),
        is_online: RwSignal::new(window().navigator().on_line()),
    };
    provide_context(session);
    for (event, is_online) in [("online", true), ("offline", false)] {
        let heard = Closure::<dyn FnMut()>::new(move || session.is_online.set(is_online));
        // a window takes any listener
        let _ = window().add_event_listener_with_callback(event, heard.as_ref().unchecked_ref());
        // for as long as the page lives
        heard.forget();
    }
    session.connect();
}

/// The visit.
pub(crate) fn use_session() -> Session {
    expect_context()
}

impl Session {
    /// Connects to the board, anew if it failed before.
    pub(crate) fn connect(self) {
        self.board.set(None);
        let start: Start = self.start_reader().boxed_local().shared();
        self.held.update_value(|held| held.reader = Some(start.clone()));
        spawn_local(async move {
            // the outcome stands in `board`
            let _ = start.await;
        });
    }

    /// Asks the reader, as soon as it is connected.
    pub(crate) async fn ask<A: BorshDeserialize>(
        self,
        request: Request,
        progress: impl Fn(Progress) + 'static,
    ) -> Result<A, Trouble> {
        wire::decode(&self.ask_bytes(request, Box::new(progress)).await?)
    }

    async fn ask_bytes(self, request: Request, progress: Told) -> Result<Vec<u8>, Trouble> {
        self.connected().await?.ask_bytes(AnyRequest::Reader(request), progress).await
    }

    /// What was seen of the board, as soon as the reader is connected to it: other workers go on from there.
    pub(crate) async fn seen(self) -> Result<Option<String>, Trouble> {
        let _reader = self.connected().await?;
        Ok(self.view())
    }

    /// The board as the reader has verified it.
    pub(crate) async fn card(self) -> Result<BoardCard, Trouble> {
        let _reader = self.connected().await?;
        let unknown = || Err(Trouble::Fault { detail: "the board is being asked anew".to_owned() });
        self.board.get_untracked().unwrap_or_else(unknown)
    }

    /// Takes in what another worker, or another page, saw of the board; a contradiction is a forgery.
    pub(crate) async fn take_in(self, view: String) -> Result<(), Trouble> {
        let all: String = self.ask(Request::Saw(view), |_| ()).await?;
        self.keep(all);
        Ok(())
    }

    /// The reader as soon as it is connected: another one, if that failed before or it has died.
    async fn connected(self) -> Result<Rc<Engine>, Trouble> {
        let reader = || self.held.with_value(|held| held.reader.clone());
        if reader().is_some_and(|reader| is_lost(&reader))
            || matches!(self.board.get_untracked(), Some(Err(_)))
        {
            self.connect();
        }
        let gone = || Trouble::Fault { detail: "the page is closing".to_owned() };
        reader().ok_or_else(gone)?.await
    }

    async fn start_reader(self) -> Result<Rc<Engine>, Trouble> {
        let connected = async {
            let engine = Rc::new(Engine::start(move |view| self.keep(view)).await?);
            let saved = self.view().into_iter().chain(stored(VIEW_KEY)).collect();
            let connect = Request::Connect { address: crate::api::origin(), saved };
            let card: BoardCard = engine.ask(AnyRequest::Reader(connect), |_| ()).await?;
            Ok::<_, Trouble>((engine, card))
        };
        match connected.await {
            Ok::<_, Trouble>((engine, card)) => {
                self.board.set(Some(Ok(card)));
                Ok(engine)
            }
            Err(trouble) => {
                self.board.set(Some(Err(trouble.clone())));
                Err(trouble)
            }
        }
    }

    fn view(self) -> Option<String> {
        self.held.with_value(|held| held.view.clone())
    }

    /// Keeps what was seen of the board.
    fn keep(self, view: String) {
        let found = stored(VIEW_KEY);
        let of_others = self.held.with_value(|held| found.filter(|found| held.copy.as_ref() != Some(found)));
        if of_others.is_none() {
            store(VIEW_KEY, &view);
        }
        self.held.update_value(|held| {
            if of_others.is_none() {
                held.copy = stored(VIEW_KEY);
            }
            held.view = Some(view);
        });
        if let Some(found) = of_others {
            spawn_local(self.reconcile(found));
        }
    }

    /// Takes in what another page has stored, then stores what both saw.
    async fn reconcile(self, found: String) {
        match self.ask::<String>(Request::Saw(found.clone()), |_| ()).await {
            Ok(all) => {
                self.held.update_value(|held| held.copy = Some(found));
                self.keep(all);
            }
            Err(trouble @ Trouble::Forged { .. }) => self.board.set(Some(Err(trouble))),
            // the stored one stays, and is met again before anything is written
            Err(_) => {}
        }
    }
}

/// A value kept in this browser; none where the browser keeps nothing.
pub(crate) fn stored(key: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(key).ok()?
}

/// Keeps a value in this browser, where it lets us.
pub(crate) fn store(key: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        // full or forbidden: the next visit begins afresh
        let _ = storage.set_item(key, value);
    }
}
