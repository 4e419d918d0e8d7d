//! Workers, from the page's side.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::rc::Rc;

use borsh::{BorshDeserialize, BorshSerialize};
use futures_channel::oneshot;
use futures_util::future::{LocalBoxFuture, Shared};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Event as DomEvent, MessageEvent, Worker};
use zeroize::Zeroize;

use tabella_web_shared::{Event, FromWorker, Progress, Request, ToWorker, Trouble, trustee, wire};

#[wasm_bindgen]
extern "C" {
    // boot.js: fetches a module, checks it against the hashes of this release, starts a worker with it
    #[wasm_bindgen(js_name = tabellaWorker, catch)]
    async fn start_worker(module: &str) -> Result<JsValue, JsValue>;
}

/// What workers of one module are asked.
pub(crate) trait Asked: BorshSerialize + Zeroize {
    /// The module, by the name that the builder has for it.
    const MODULE: &'static str;
}

impl Asked for Request {
    const MODULE: &'static str = "engine";
}

impl Asked for trustee::Request {
    const MODULE: &'static str = "trustee";
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
pub(crate) type Start<R = Request> = Shared<LocalBoxFuture<'static, Result<Rc<WorkerOf<R>>, Trouble>>>;

/// Whether a worker did not start, or has died since: then another one is needed.
pub(crate) fn is_lost<R>(start: &Start<R>) -> bool {
    match start.peek() {
        None => false,
        Some(Ok(worker)) => worker.is_dead(),
        Some(Err(_)) => true,
    }
}

/// A worker for voters and observers.
pub(crate) type Engine = WorkerOf<Request>;

/// A worker of the page's own, of the module that is asked such requests; ended when this is dropped: its memory goes
/// with it.
pub(crate) struct WorkerOf<R> {
    worker: Worker,
    next: Cell<u32>,
    pending: Pendings,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(DomEvent)>,
    asked: PhantomData<fn(R)>,
}

impl<R> WorkerOf<R> {
    /// Whether it answers nothing any more.
    pub(crate) fn is_dead(&self) -> bool {
        self.pending.borrow().is_err()
    }
}

impl<R: Asked> WorkerOf<R> {
    /// Starts a worker; `saved` is told what the worker wants kept until the next visit.
    pub(crate) async fn start(saved: impl Fn(String) + 'static) -> Result<Self, Trouble> {
        let worker: Worker = match start_worker(R::MODULE).await {
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
        let next = Cell::new(0);
        Ok(Self { worker, next, pending, _on_message: on_message, _on_error: on_error, asked: PhantomData })
    }

    /// Asks, and waits for the answer, which is of the type that the request's documentation names; a worker that died
    /// answers nothing any more. Of what is secret in the request no copy stays here.
    pub(crate) async fn ask<A: BorshDeserialize>(
        &self,
        request: R,
        progress: impl Fn(Progress) + 'static,
    ) -> Result<A, Trouble> {
        wire::decode(&self.ask_bytes(request, Box::new(progress)).await?)
    }

    /// The same for any type: one function for all of them keeps the page small.
    pub(crate) async fn ask_bytes(&self, request: R, progress: Told) -> Result<Vec<u8>, Trouble> {
        let id = self.next.replace(self.next.get().wrapping_add(1));
        let (done, answer) = oneshot::channel();
        let pending = Pending { progress, done };
        self.pending.borrow_mut().as_mut().map_err(|trouble| trouble.clone())?.insert(id, pending);
        self.post(ToWorker { id, request })?;
        answer.await.map_err(fault)?
    }

    /// Hands a message over; none of its bytes stay with the page.
    fn post(&self, message: ToWorker<R>) -> Result<(), Trouble> {
        let bytes = message.into_bytes()?;
        let message = Uint8Array::from(bytes.as_slice());
        let moved = Array::of1(&message.buffer());
        self.worker.post_message_with_transfer(&message, &moved).map_err(|error| program(&error))
    }
}

impl<R> Drop for WorkerOf<R> {
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
