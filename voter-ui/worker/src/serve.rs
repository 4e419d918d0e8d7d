//! Requests in the order in which they come, one at a time.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::rc::Rc;

use borsh::BorshDeserialize;
use wasm_bindgen_futures::spawn_local;

use tabella_web_shared::{ToWorker, Trouble};

use crate::reply::Reply;

/// What a worker holds, and how it answers.
pub trait Roles: Default + 'static {
    /// What it can be asked.
    type Request: BorshDeserialize;

    /// Answers a request: the answer as borsh, of the type that the request's documentation names.
    ///
    /// # Errors
    /// What went wrong, for the page to tell.
    fn answer(
        &mut self,
        request: Self::Request,
        reply: Reply,
    ) -> impl Future<Output = Result<Vec<u8>, Trouble>>;
}

/// The requests that wait, and the roles while no request is being answered. A trap takes the roles with it: whatever is
/// asked after it waits until the page, which hears of the trap, ends the worker.
pub struct Server<R: Roles> {
    waiting: VecDeque<ToWorker<R::Request>>,
    idle: Option<R>,
}

impl<R: Roles> Default for Server<R> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), idle: Some(R::default()) }
    }
}

impl<R: Roles> Server<R> {
    /// Takes a message, erasing its bytes, and begins to answer if nothing is being answered.
    pub fn take(server: &Rc<RefCell<Self>>, message: &mut [u8]) {
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

    async fn work(server: Rc<RefCell<Self>>, mut roles: R) {
        loop {
            let next = server.borrow_mut().waiting.pop_front();
            let Some(ToWorker { id, request }) = next else { break };
            let reply = Reply::new(id);
            reply.done(roles.answer(request, reply).await);
        }
        server.borrow_mut().idle = Some(roles);
    }
}
