//! What a visit has: the reader, which believes nothing, and whether there is a network.
//!
//! Stored in the browser are the language, the last checkpoints seen of the board, and, while a ballot is being
//! posted, its encrypted bytes (page `vote`); never a code, a choice or a seed.

use std::rc::Rc;

use borsh::BorshDeserialize;
use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

use tabella_web_shared::reader::{BoardCard, Request};
use tabella_web_shared::{Progress, Request as AnyRequest, Trouble};

use crate::engine::Engine;

/// Where the view of the board is kept.
const VIEW_KEY: &str = "tabella.view";

type Start = Shared<LocalBoxFuture<'static, Result<Rc<Engine>, Trouble>>>;

/// A visit. Cheap to copy; from the context.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    reader: StoredValue<Option<Start>, LocalStorage>,
    /// The board as the reader has verified it; none while it is being asked.
    pub(crate) board: RwSignal<Option<Result<BoardCard, Trouble>>>,
    /// Whether the browser has a network.
    pub(crate) is_online: RwSignal<bool>,
}

/// Begins the visit: starts the reader in the background.
pub(crate) fn provide() {
    let session = Session {
        reader: StoredValue::new_local(None),
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
        let start: Start = start_reader(self.board).boxed_local().shared();
        self.reader.set_value(Some(start.clone()));
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
        if let Some(Err(_)) = self.board.get_untracked() {
            self.connect();
        }
        let gone = || Trouble::Fault { detail: "the page is closing".to_owned() };
        let start = self.reader.try_get_value().flatten().ok_or_else(gone)?;
        start.await?.ask(AnyRequest::Reader(request), progress).await
    }
}

async fn start_reader(board: RwSignal<Option<Result<BoardCard, Trouble>>>) -> Result<Rc<Engine>, Trouble> {
    let connected = async {
        let engine = Rc::new(Engine::start(|view| store(VIEW_KEY, &view)).await?);
        let connect = Request::Connect { address: crate::api::origin(), saved: seen() };
        let card: BoardCard = engine.ask(AnyRequest::Reader(connect), |_| ()).await?;
        Ok::<_, Trouble>((engine, card))
    };
    match connected.await {
        Ok::<_, Trouble>((engine, card)) => {
            board.set(Some(Ok(card)));
            Ok(engine)
        }
        Err(trouble) => {
            board.set(Some(Err(trouble.clone())));
            Err(trouble)
        }
    }
}

/// What was seen of the board, in this visit and in earlier ones.
pub(crate) fn seen() -> Option<String> {
    stored(VIEW_KEY)
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
