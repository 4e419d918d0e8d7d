//! The reader: what the page shows of the board, checked on this device. It lives as long as the page and keeps no
//! secret.
//!
//! [`Reading`] answers, over any [`Transport`](tabella_board_client::transport::Transport); here is the way to the
//! page. [`cards`] and [`entries`] put what was read into the page's words, [`trouble`] what went wrong.

use tabella_board_client::SavedView;
use tabella_board_client::transport::Http;
use tabella_web_shared::reader::Request;
use tabella_web_shared::wire::encode;
use tabella_web_shared::{Stage, Trouble};
use tabella_web_worker::Reply;
use tabella_web_worker::trouble::fault;

mod ballots;
mod cards;
mod entries;
mod reading;
#[cfg(test)]
mod tests;
mod trouble;

use reading::Reading;

/// Tells how far a request is: what is being done, done so far, of so many.
type Tell<'a> = &'a dyn Fn(Stage, u64, u64);

/// The reader.
#[derive(Default)]
pub(crate) struct Reader {
    /// From the first good [`Request::Connect`] on.
    reading: Option<Reading<Http>>,
    /// What the page was told last to keep until the next visit.
    saved: SavedView,
}

impl Reader {
    /// Answers a request, and hands over what is to be kept if that has changed.
    pub(crate) async fn answer(&mut self, request: Request, reply: Reply) -> Result<Vec<u8>, Trouble> {
        let asks_for_view = matches!(request, Request::Saw(_));
        let answer = match request {
            Request::Connect { address, saved } => self.connect(&address, &saved).await,
            request => match &mut self.reading {
                Some(reading) => {
                    reading.answer(request, &|stage, done, of| reply.progress(stage, done, of)).await
                }
                None => Err(fault("no board is connected")),
            },
        };
        if let Some(view) = self.reading.as_ref().map(Reading::view).filter(|view| *view != self.saved) {
            if !asks_for_view || answer.is_err() {
                reply.saved(view.to_json());
            }
            self.saved = view;
        }
        answer
    }

    async fn connect(&mut self, address: &str, saved: &[String]) -> Result<Vec<u8>, Trouble> {
        (self.reading, self.saved) = (None, SavedView::default());
        let transport = Http::new(address).map_err(fault)?;
        let reading = self.reading.insert(Reading::connect(transport, saved).await?);
        encode(&reading.board_card()?)
    }
}
