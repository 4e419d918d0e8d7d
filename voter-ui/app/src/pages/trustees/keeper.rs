//! The worker that holds a trustee's key: it ends, and the key with it, when the last of this is dropped.

use std::cell::RefCell;
use std::rc::Rc;

use borsh::BorshDeserialize;

use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;
use tabella_web_shared::trustee::Request;
use tabella_web_shared::{Progress, Trouble};

use crate::api;
use crate::engine::WorkerOf;
use crate::session::Session;

/// A worker of the page's own. What it sees of the board, the reader takes in, so that both are shown one board.
#[derive(Clone)]
pub(crate) struct Keeper {
    worker: Rc<WorkerOf<Request>>,
    session: Session,
    /// What it saw, and the reader has not taken in.
    seen: Rc<RefCell<Option<String>>>,
    /// What the reader took in last.
    taken: Rc<RefCell<Option<String>>>,
}

impl Keeper {
    /// Starts a worker, which holds no key yet.
    pub(crate) async fn start(session: Session) -> Result<Self, Trouble> {
        let seen = Rc::new(RefCell::new(None));
        let hear = Rc::clone(&seen);
        let worker = WorkerOf::start(move |view| drop(hear.replace(Some(view)))).await?;
        Ok(Self { worker: Rc::new(worker), session, seen, taken: Rc::default() })
    }

    /// Asks. Whatever the answer is, a board that showed worker and reader two histories is a forgery.
    pub(crate) async fn ask<A: BorshDeserialize>(
        &self,
        request: Request,
        progress: impl Fn(Progress) + 'static,
    ) -> Result<A, Trouble> {
        let answer = self.worker.ask(request, progress).await;
        self.compare().await?;
        answer
    }

    /// Goes to the board, on from where the reader is.
    pub(crate) async fn connect(
        &self,
        election: ElectionId,
        board_key: Option<Digest>,
    ) -> Result<(), Trouble> {
        let saved = self.session.seen().await?.into_iter().collect();
        self.ask(Request::Connect { address: api::origin(), election, board_key, saved }, |_| ()).await
    }

    /// Has the reader take in what the worker saw. Where the reader cannot ask just now, it is taken in later.
    async fn compare(&self) -> Result<(), Trouble> {
        let Some(view) = self.seen.take() else { return Ok(()) };
        if self.taken.borrow().as_ref() == Some(&view) {
            return Ok(());
        }
        match self.session.take_in(view.clone()).await {
            Ok(()) => drop(self.taken.replace(Some(view))),
            Err(trouble @ Trouble::Forged { .. }) => return Err(trouble),
            Err(_) => {
                // unless something newer came meanwhile
                self.seen.borrow_mut().get_or_insert(view);
            }
        }
        Ok(())
    }
}
