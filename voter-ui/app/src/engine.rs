//! Workers, from the page's side.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use borsh::BorshDeserialize;
use futures_channel::oneshot;
use futures_util::future::{LocalBoxFuture, Shared};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Event as DomEvent, MessageEvent, Worker};

use tabella_web_shared::{Event, FromWorker, Progress, Request, ToWorker, Trouble, wire};

#[wasm_bindgen]
extern "C" {
    // boot.js: fetches the engine, checks it against the hashes of this release, starts a worker with it
    #[wasm_bindgen(js_name = tabellaWorker, catch)]
    async fn start_worker() -> Result<JsValue, JsValue>;
}

/// What is told how far a request is.
pub(crate) type Told = Box<dyn Fn(Progress)>;

/// A request under way.
struct Pending {
    progress: Told,
    done: oneshot::Sender<Result<Vec<u8>, Trouble>>,
}

/// The requests under way; from the worker's death on, what it died of.
type Pendings = Rc<RefCell<Result<BTreeMap<u32, Pending>, Trouble>>>;

/// A worker that has been started, for all who wait for it.
pub(crate) type Start = Shared<LocalBoxFuture<'static, Result<Rc<Engine>, Trouble>>>;

/// Whether a worker did not start, or has died since: then another one is needed.
pub(crate) fn is_lost(start: &Start) -> bool {
    match start.peek() {
        None => false,
        Some(Ok(engine)) => engine.pending.borrow().is_err(),
        Some(Err(_)) => true,
    }
}

/// A worker of the page's own, ended when this is dropped: its memory goes with it.
pub(crate) struct Engine {
    worker: Worker,
    next: Cell<u32>,
    pending: Pendings,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(DomEvent)>,
}

impl Engine {
    /// Starts a worker; `saved` is told what the worker wants kept until the next visit.
    pub(crate) async fn start(saved: impl Fn(String) + 'static) -> Result<Self, Trouble> {
        let worker: Worker = match start_worker().await {
            Ok(worker) => worker.unchecked_into(),
            Err(error) => return Err(program(&error)),
        };
        let pending: Pendings = Rc::new(RefCell::new(Ok(BTreeMap::new())));
        let on_message = {
            let pending = Rc::clone(&pending);
            Closure::<dyn FnMut(_)>::new(move |event: MessageEvent| {
                if let Ok(bytes) = event.data().dyn_into::<Uint8Array>() {
                    hear(&pending, &bytes.to_vec(), &saved);
                }
            })
        };
        let on_error = {
            let pending = Rc::clone(&pending);
            Closure::<dyn FnMut(_)>::new(move |event: DomEvent| {
                let trouble = program(&event);
                // what it held is gone, and what waits there waits for ever
                let requests = pending.replace(Err(trouble.clone()));
                for (_, request) in requests.into_iter().flatten() {
                    // whoever asked may have gone
                    let _ = request.done.send(Err(trouble.clone()));
                }
            })
        };
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, next: Cell::new(0), pending, _on_message: on_message, _on_error: on_error })
    }

    /// Asks, and waits for the answer, which is of the type that the request's documentation names; a worker that died
    /// answers nothing any more. Of what is secret in the request no copy stays here.
    pub(crate) async fn ask<A: BorshDeserialize>(
        &self,
        request: Request,
        progress: impl Fn(Progress) + 'static,
    ) -> Result<A, Trouble> {
        wire::decode(&self.ask_bytes(request, Box::new(progress)).await?)
    }

    /// The same for any type: one function for all of them keeps the page small.
    pub(crate) async fn ask_bytes(&self, request: Request, progress: Told) -> Result<Vec<u8>, Trouble> {
        let id = self.next.replace(self.next.get().wrapping_add(1));
        let (done, answer) = oneshot::channel();
        let pending = Pending { progress, done };
        self.pending.borrow_mut().as_mut().map_err(|trouble| trouble.clone())?.insert(id, pending);
        self.post(ToWorker { id, request })?;
        answer.await.map_err(fault)?
    }

    /// Hands a message over; none of its bytes stay with the page.
    fn post(&self, message: ToWorker) -> Result<(), Trouble> {
        let bytes = message.into_bytes()?;
        let message = Uint8Array::from(bytes.as_slice());
        let moved = Array::of1(&message.buffer());
        self.worker.post_message_with_transfer(&message, &moved).map_err(|error| program(&error))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

fn hear(pending: &Pendings, bytes: &[u8], saved: &impl Fn(String)) {
    // only the worker of the same release speaks here
    let Ok(FromWorker { id, event }) = wire::decode(bytes) else { return };
    match event {
        Event::Saved(view) => saved(view),
        Event::Progress(step) => {
            if let Some(request) = pending.borrow().as_ref().ok().and_then(|requests| requests.get(&id)) {
                (request.progress)(step);
            }
        }
        Event::Done(answer) => {
            let request = pending.borrow_mut().as_mut().ok().and_then(|requests| requests.remove(&id));
            if let Some(request) = request {
                // whoever asked may have gone
                let _ = request.done.send(answer);
            }
        }
    }
}

/// What the browser says is wrong with a worker.
fn program(error: &JsValue) -> Trouble {
    let text = |name: &str| js_sys::Reflect::get(error, &name.into()).ok()?.as_string();
    Trouble::Program { detail: text("message").unwrap_or_else(|| "the worker cannot be started".to_owned()) }
}

fn fault(error: impl std::fmt::Display) -> Trouble {
    Trouble::Fault { detail: error.to_string() }
}
