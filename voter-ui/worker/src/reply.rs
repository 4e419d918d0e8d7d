//! How a worker speaks to the page.

use js_sys::{Array, Uint8Array, global};
use wasm_bindgen::JsCast as _;
use web_sys::DedicatedWorkerGlobalScope;

use tabella_web_shared::{Event, FromWorker, Progress, Stage, Trouble, wire};

/// Answers one request. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Reply {
    id: u32,
}

impl Reply {
    pub(crate) fn new(id: u32) -> Self {
        Self { id }
    }

    /// Tells how far the request is: done so far, of so many.
    pub fn progress(self, stage: Stage, done: u64, of: u64) {
        self.send(Event::Progress(Progress { stage, done, of }));
    }

    /// Hands over what is to be kept until the next visit.
    pub fn saved(self, view: String) {
        self.send(Event::Saved(view));
    }

    /// Ends the request.
    pub(crate) fn done(self, answer: Result<Vec<u8>, Trouble>) {
        self.send(Event::Done(answer));
    }

    fn send(self, event: Event) {
        // without a page to hear it there is nobody to tell of an error
        if let (Ok(bytes), Ok(scope)) = (
            wire::encode(&FromWorker { id: self.id, event }),
            global().dyn_into::<DedicatedWorkerGlobalScope>(),
        ) {
            let bytes = Uint8Array::from(bytes.as_slice());
            // moved, not copied: records are long
            let _ = scope.post_message_with_transfer(&bytes, &Array::of1(&bytes.buffer()));
        }
    }
}
