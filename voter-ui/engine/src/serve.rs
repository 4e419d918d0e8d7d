//! Requests in the order in which they come, one at a time.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use tabella_web_shared::{Request, ToWorker, Trouble};

use crate::prover::Prover;
use crate::reader::Reader;
use crate::reply::Reply;
use crate::verifier::Verifier;

/// What a worker holds.
#[derive(Default)]
struct Roles {
    reader: Reader,
    prover: Prover,
    verifier: Verifier,
}

/// The requests that wait, and the roles while no request is being answered. A trap takes the roles with it: whatever is
/// asked after it waits until the page, which hears of the trap, ends the worker.
pub(crate) struct Server {
    waiting: VecDeque<ToWorker>,
    idle: Option<Roles>,
}

impl Default for Server {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), idle: Some(Roles::default()) }
    }
}

impl Server {
    /// Takes a message, erasing its bytes, and begins to answer if nothing is being answered.
    pub(crate) fn take(server: &Rc<RefCell<Self>>, message: &mut [u8]) {
        // only the page of the same release speaks here
        let Ok(message) = ToWorker::take(message) else { return };
        let roles = {
            let mut server = server.borrow_mut();
            server.waiting.push_back(message);
            server.idle.take()
        };
        if let Some(roles) = roles {
            spawn_local(Self::work(Rc::clone(server), roles));
        }
    }

    async fn work(server: Rc<RefCell<Self>>, mut roles: Roles) {
        loop {
            let next = server.borrow_mut().waiting.pop_front();
            let Some(ToWorker { id, request }) = next else { break };
            let reply = Reply::new(id);
            reply.done(roles.answer(request, reply).await);
        }
        server.borrow_mut().idle = Some(roles);
    }
}

impl Roles {
    async fn answer(&mut self, request: Request, reply: Reply) -> Result<Vec<u8>, Trouble> {
        match request {
            Request::Reader(request) => self.reader.answer(request, reply).await,
            Request::Prover(request) => self.prover.answer(request, reply),
            Request::Verifier(request) => self.verifier.answer(request, reply).await,
        }
    }
}
