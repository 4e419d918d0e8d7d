//! A trustee's worker: a module of its own, which only the trustees' page loads.
//!
//! It holds the trustee's key from the moment that its file was opened until the page ends the worker, and does what the
//! programs for the command line do, by the same code. The key never leaves it but sealed, or as the words of a paper.
//!
//! [`Desk`] answers, over any [`Transport`](tabella_board_client::transport::Transport); here is the way to the page.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::wasm_bindgen;

use tabella_board_client::SavedView;
use tabella_board_client::transport::Http;
use tabella_web_shared::Trouble;
use tabella_web_shared::trustee::Request;
use tabella_web_worker::trouble::fault;
use tabella_web_worker::{Reply, Roles, Server};

mod desk;
mod key;
mod said;
mod seat;

use desk::Desk;

/// What the worker holds.
#[derive(Default)]
struct Trustee {
    desk: Desk<Http>,
    /// What the page was told last to keep until the next visit.
    saved: SavedView,
}

impl Roles for Trustee {
    type Request = Request;

    /// Answers, and hands over what is to be kept if that has changed: whatever came of the request.
    async fn answer(&mut self, request: Request, reply: Reply) -> Result<Vec<u8>, Trouble> {
        let answer = match request {
            Request::Connect { address, election, board_key, saved } => match Http::new(&address) {
                Ok(transport) => self.desk.connect(transport, election, board_key, &saved).await,
                Err(error) => Err(fault(error)),
            },
            request => {
                // whole and positive for ages
                let now = js_sys::Date::now() as u64;
                self.desk.answer(request, now, &|stage, done, of| reply.progress(stage, done, of)).await
            }
        };
        let view = self.desk.view();
        if view != self.saved {
            reply.saved(view.to_json());
            self.saved = view;
        }
        answer
    }
}

thread_local! {
    static SERVER: Rc<RefCell<Server<Trustee>>> = Rc::default();
}

/// Takes a request: a [`ToWorker`](tabella_web_shared::ToWorker) as borsh. The bytes are erased, and with them the
/// `Uint8Array` that they came in: a slice that may be changed is copied back.
#[wasm_bindgen]
pub fn receive(message: &mut [u8]) {
    let server = SERVER.with(Rc::clone);
    Server::take(&server, message);
}
