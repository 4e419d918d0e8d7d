//! A record as the worker fetches it that is to check it, or to hand it out.

use std::cell::RefCell;
use std::rc::Rc;

use tabella_crypto::manifest::ElectionId;
use tabella_web_shared::verifier::{RecordFiles, Request};
use tabella_web_shared::{Progress, Request as AnyRequest, Trouble};

use crate::api;
use crate::engine::Engine;
use crate::session::Session;

/// Fetches an election's record: the files, and the worker that has them too. The board is the one that the reader
/// knows, and shows both one history: the worker goes on from what the reader saw, and the reader takes in what the
/// worker saw.
pub(crate) async fn fetch(
    session: Session,
    election: ElectionId,
    progress: impl Fn(Progress) + 'static,
) -> Result<(Engine, RecordFiles), Trouble> {
    let saved = session.seen().await?;
    let seen = Rc::new(RefCell::new(None));
    let hear = Rc::clone(&seen);
    let engine = Engine::start(move |view| drop(hear.replace(Some(view)))).await?;
    let request = Request::Fetch { address: api::origin(), election, saved };
    let files = engine.ask(AnyRequest::Verifier(request), progress).await;
    let seen = seen.take();
    if let Some(view) = seen {
        session.take_in(view).await?;
    }
    Ok((engine, files?))
}
