//! Workers, from the page's side.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use borsh::BorshDeserialize;
use futures_channel::oneshot;
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

/// A request under way.
struct Pending {
    progress: Box<dyn Fn(Progress)>,
    done: oneshot::Sender<Result<Vec<u8>, Trouble>>,
}

type Pendings = Rc<RefCell<BTreeMap<u32, Pending>>>;

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
        let pending = Pendings::default();
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
                for (_, request) in std::mem::take(&mut *pending.borrow_mut()) {
                    // whoever asked may have gone
                    let _ = request.done.send(Err(trouble.clone()));
                }
            })
        };
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, next: Cell::new(0), pending, _on_message: on_message, _on_error: on_error })
    }

    /// Asks, and waits for the answer, which is of the type that the request's documentation names. Of what is secret in
    /// the request no copy stays here.
    pub(crate) async fn ask<A: BorshDeserialize>(
        &self,
        request: Request,
        progress: impl Fn(Progress) + 'static,
    ) -> Result<A, Trouble> {
        let id = self.next.replace(self.next.get().wrapping_add(1));
        self.post(ToWorker { id, request })?;
        let (done, answer) = oneshot::channel();
        self.pending.borrow_mut().insert(id, Pending { progress: Box::new(progress), done });
        let answer = answer.await.map_err(fault)??;
        wire::decode(&answer)
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
            if let Some(request) = pending.borrow().get(&id) {
                (request.progress)(step);
            }
        }
        Event::Done(answer) => {
            let request = pending.borrow_mut().remove(&id);
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
