//! What the web app's workers run: one module, started as often as there are workers.
//!
//! A worker takes requests ([`tabella_web_shared::Request`]) one after the other, in the order in which they come, and
//! answers each with one [`Event::Done`](tabella_web_shared::Event), with progress before it. What it holds, it holds
//! in its own memory, which goes when the page ends the worker.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::wasm_bindgen;

mod prover;
mod reader;
mod reply;
mod serve;
mod verifier;

use serve::Server;

thread_local! {
    static SERVER: Rc<RefCell<Server>> = Rc::default();
}

/// Takes a request: a [`ToWorker`](tabella_web_shared::ToWorker) as borsh. The bytes are erased, and with them the
/// `Uint8Array` that they came in: a slice that may be changed is copied back.
#[wasm_bindgen]
pub fn receive(message: &mut [u8]) {
    let server = SERVER.with(Rc::clone);
    Server::take(&server, message);
}
