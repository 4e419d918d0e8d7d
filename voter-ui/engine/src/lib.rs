//! What a voter's or an observer's workers run: one module, started as often as there are workers.
//!
//! What a worker of it is for follows from what it is asked: the *reader* lives as long as the page, a *prover* holds a
//! voter's secrets and is ended after use, *verifiers* check whole records.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::wasm_bindgen;

use tabella_web_shared::{Request, Trouble};
use tabella_web_worker::{Reply, Roles, Server};

mod prover;
mod reader;
mod verifier;

use prover::Prover;
use reader::Reader;
use verifier::Verifier;

/// What a worker holds.
#[derive(Default)]
struct Engine {
    reader: Reader,
    prover: Prover,
    verifier: Verifier,
}

impl Roles for Engine {
    type Request = Request;

    async fn answer(&mut self, request: Request, reply: Reply) -> Result<Vec<u8>, Trouble> {
        match request {
            Request::Reader(request) => self.reader.answer(request, reply).await,
            Request::Prover(request) => self.prover.answer(request, reply),
            Request::Verifier(request) => self.verifier.answer(request, reply).await,
        }
    }
}

thread_local! {
    static SERVER: Rc<RefCell<Server<Engine>>> = Rc::default();
}

/// Takes a request: a [`ToWorker`](tabella_web_shared::ToWorker) as borsh. The bytes are erased, and with them the
/// `Uint8Array` that they came in: a slice that may be changed is copied back.
#[wasm_bindgen]
pub fn receive(message: &mut [u8]) {
    let server = SERVER.with(Rc::clone);
    Server::take(&server, message);
}
