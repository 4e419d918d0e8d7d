//! What a visit does with an open key: looks, acts, rests, and hears what the person says.

use std::time::Duration;

use futures_channel::mpsc::UnboundedReceiver;
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use futures_util::{FutureExt as _, StreamExt as _};
use leptos::prelude::*;

use tabella_board_core::api::ProblemCode;
use tabella_crypto::transcript::Digest;
use tabella_tally::standing::{Next, Standing};
use tabella_web_shared::Trouble;
use tabella_web_shared::trustee::{Acted, KeyCard, KeyTrouble, Request, Said};

use super::super::course::{After, Course, Seen, Turn};
use super::super::keeper::Keeper;
use super::super::memory::{self, MemoryError};
use super::{Closed, Command, Doing, Visit};
use crate::language::{Language, Texts as _};
use crate::text::trustees::Trustees as Words;

impl Visit {
    /// Opens the file and follows the election, until something ends it.
    pub(super) async fn run(
        self,
        file: Vec<u8>,
        passphrase: String,
        board_key: Option<Digest>,
        mut commands: UnboundedReceiver<Command>,
    ) -> Result<(), Closed> {
        let keeper = Keeper::start(self.session).await.map_err(Closed::Trouble)?;
        let opened = keeper.ask::<Result<KeyCard, KeyTrouble>>(Request::Open { file, passphrase }, |_| ());
        let card = opened.await.map_err(Closed::Trouble)?.map_err(Closed::Key)?;
        let own = card.fingerprint;
        let _ = self.key.try_set(Some(card));
        let _ = self.doing.try_set(Doing::Reading);
        let mut is_connected = false;
        // whether something has just happened: then a step is told of, even if it comes to nothing new
        let mut is_lively = true;
        loop {
            let stepped = match is_connected {
                true => self.step(&keeper, &own, is_lively).await,
                false => keeper.connect(self.election, board_key).await.map(|()| {
                    is_connected = true;
                    true
                }),
            };
            let goes_on = match stepped {
                Ok(goes_on) => {
                    let _ = self.is_lost.try_set(false);
                    goes_on
                }
                Err(trouble) if is_passing(&trouble) => {
                    let _ = self.is_lost.try_set(true);
                    false
                }
                Err(trouble) => return Err(Closed::Trouble(trouble)),
            };
            is_lively = goes_on || self.rest(&mut commands).await;
            while let Some(Some(command)) = commands.next().now_or_never() {
                self.hear(command);
                is_lively = true;
            }
            if let Some(fingerprint) = self.confirmed() {
                match keeper.ask(Request::Confirm(fingerprint), |_| ()).await {
                    Ok(()) => self.shift(|course| course.confirmed = None),
                    Err(trouble) if is_passing(&trouble) => {}
                    Err(trouble) => return Err(Closed::Trouble(trouble)),
                }
            }
        }
    }

    /// Looks, and does what is due; whether to go on at once.
    async fn step(self, keeper: &Keeper, own: &Digest, is_lively: bool) -> Result<bool, Trouble> {
        let progress = self.progress;
        let told = move |step| {
            // the page may be gone
            let _ = progress.try_set(Some(step));
        };
        let standing: Standing = keeper.ask(Request::Look, told).await?;
        let _ = progress.try_set(None);
        let seen = Seen::of(&standing);
        let is_due = matches!(seen.next, Next::Do(_) | Next::Answer | Next::Results);
        let is_new = self.show(standing);
        let turn = self.course.try_with_untracked(|course| course.turn(seen)).unwrap_or(Turn::Rest);
        let doing = match turn {
            Turn::Act if is_due && (is_new || is_lively) => Doing::Acting,
            Turn::Act | Turn::Rest => Doing::Resting,
            Turn::Ask(begin) => Doing::Asking(begin),
            Turn::End(end) => Doing::Ended(end),
        };
        self.set_doing(doing);
        if turn != Turn::Act {
            return Ok(false);
        }
        let intended = match memory::recall(self.election, own) {
            Ok(intended) => intended,
            Err(error) => {
                self.shift(|course| course.refuse(said(error)));
                return Ok(false);
            }
        };
        let _ = self.is_posting.try_set_value(is_due);
        let acted = keeper.ask::<Result<Acted, Said>>(Request::Act { intended }, told).await;
        let _ = self.is_posting.try_set_value(false);
        let _ = progress.try_set(None);
        let acted = acted?;
        let after =
            self.course.try_maybe_update(|course| (true, course.acted(acted, seen))).unwrap_or(After::Rest);
        match after {
            After::Again => Ok(true),
            After::Keep(view) => match memory::remember(self.election, own, view) {
                Ok(()) => Ok(true),
                Err(error) => {
                    self.shift(|course| course.refuse(said(error)));
                    Ok(false)
                }
            },
            After::Rest => {
                self.set_doing(Doing::Resting);
                Ok(false)
            }
        }
    }

    /// Shows a standing; whether it says anything new. Other people's ballots change the log's size and nothing else.
    fn show(self, standing: Standing) -> bool {
        let is_new = self.standing.try_with_untracked(|before| {
            before.as_ref().is_none_or(|before| {
                Standing { size: 0, ..before.clone() } != Standing { size: 0, ..standing.clone() }
            })
        });
        let is_new = is_new.unwrap_or_default();
        if is_new {
            let _ = self.standing.try_set(Some(standing));
        }
        is_new
    }

    fn set_doing(self, doing: Doing) {
        if self.doing.try_with_untracked(|before| *before != doing) == Some(true) {
            let _ = self.doing.try_set(doing);
        }
    }

    fn shift(self, change: impl FnOnce(&mut Course)) {
        // the page may be gone
        let _ = self.course.try_update(change);
    }

    fn confirmed(self) -> Option<Digest> {
        self.course.try_with_untracked(|course| course.confirmed).flatten()
    }

    /// Waits for a while, or until a person says something; whether one did.
    async fn rest(self, commands: &mut UnboundedReceiver<Command>) -> bool {
        let pause_for = self.course.try_update_untracked(Course::rest).unwrap_or_default();
        let (done, pause) = oneshot::channel::<()>();
        let over = move || {
            // it may not be waited for any more
            let _ = done.send(());
        };
        set_timeout(over, Duration::from_millis(pause_for.into()));
        let Either::Right((Some(command), _)) = select(pause, commands.next()).await else {
            return false;
        };
        self.hear(command);
        true
    }

    fn hear(self, command: Command) {
        self.shift(|course| match command {
            Command::Begin(begin) => course.begin(begin),
            Command::Confirm(fingerprint) => course.confirm(fingerprint),
            Command::Differ => course.differ(),
            Command::Resume => course.resume(),
        });
    }
}

/// Whether a trouble may pass by itself.
fn is_passing(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Unreachable | Trouble::TimedOut => true,
        Trouble::Refused { code, .. } => {
            matches!(code, ProblemCode::Busy | ProblemCode::Stopping | ProblemCode::Timeout)
        }
        _ => false,
    }
}

/// Why the memory does not serve, in both languages.
fn said(error: MemoryError) -> Said {
    let words = |language| {
        let texts = Words::in_language(language);
        match error {
            MemoryError::Unkept => texts.unkept,
            MemoryError::Other => texts.other_view,
        }
    };
    Said { english: words(Language::English).to_owned(), chinese: words(Language::Chinese).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let refused = |code| Trouble::Refused { code, detail: String::new() };
        for trouble in [Trouble::Unreachable, Trouble::TimedOut, refused(ProblemCode::Busy)] {
            assert!(is_passing(&trouble), "{trouble:?}");
        }
        for trouble in [Trouble::NotFound, refused(ProblemCode::Refused), Trouble::Closed] {
            assert!(!is_passing(&trouble), "{trouble:?}");
        }
    }
}
