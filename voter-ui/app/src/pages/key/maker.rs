//! A key that is being made: where it is on its way, and the worker that makes it.

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, Shared};
use leptos::prelude::*;

use tabella_crypto::transcript::Digest;
use tabella_web_shared::Trouble;
use tabella_web_shared::trustee::NewKey;

use crate::pages::trustees::keeper::Keeper;
use crate::session::use_session;

/// A worker that has been started, for all who ask it.
type Start = Shared<LocalBoxFuture<'static, Result<Keeper, Trouble>>>;

/// Where a key is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Make,
    Save,
    Load,
    Send,
}

impl Step {
    /// Its place in the line of steps, from 0.
    pub(super) fn place(self) -> usize {
        match self {
            Self::Make => 0,
            Self::Save => 1,
            Self::Load => 2,
            Self::Send => 3,
        }
    }
}

/// A key in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    /// Whose it is.
    pub(super) name: String,
    /// The file, encrypted.
    pub(super) file: Vec<u8>,
    /// The fingerprint.
    pub(super) fingerprint: Digest,
    /// Whether it was brought back from paper.
    pub(super) is_restored: bool,
}

impl Made {
    /// Of what the worker made.
    pub(super) fn new(name: String, made: NewKey, is_restored: bool) -> Self {
        let NewKey { file, fingerprint } = made;
        Self { name, file, fingerprint, is_restored }
    }

    /// What the file is called.
    pub(super) fn file_name(&self) -> String {
        file_name(&self.name)
    }

    /// What the administrator gets.
    pub(super) fn lines(&self) -> String {
        format!("{}\n{}", self.name, self.fingerprint)
    }
}

/// The name of a trustee's key file: letters and digits of any script, everything else a hyphen.
fn file_name(name: &str) -> String {
    let spelled: String = name
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_alphanumeric() { letter } else { ' ' })
        .collect();
    let words: Vec<&str> = spelled.split_whitespace().collect();
    match words.join("-") {
        words if words.is_empty() => "tabella-key.age".to_owned(),
        words => format!("tabella-key-{words}.age"),
    }
}

/// A key that is being made. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Maker {
    /// Where it is.
    pub(super) step: RwSignal<Step>,
    /// The file; none before it is made.
    pub(super) made: RwSignal<Option<Made>>,
    /// What went wrong with the worker.
    pub(super) trouble: RwSignal<Option<Trouble>>,
    worker: StoredValue<Option<Start>, LocalStorage>,
    session: crate::session::Session,
}

impl Maker {
    /// Nothing is made yet, on the part of the page that calls this; its worker ends with it.
    pub(super) fn new() -> Self {
        let maker = Self {
            step: RwSignal::new(Step::Make),
            made: RwSignal::new(None),
            trouble: RwSignal::new(None),
            worker: StoredValue::new_local(None),
            session: use_session(),
        };
        // a browser may keep the whole page for whoever presses "back" later
        let left = window_event_listener_untyped("pagehide", move |_| maker.begin());
        on_cleanup(move || {
            left.remove();
            let _ = maker.worker.try_set_value(None);
        });
        maker
    }

    /// Begins anew: worker and key are gone.
    pub(super) fn begin(self) {
        let _ = self.worker.try_set_value(None);
        let _ = self.trouble.try_set(None);
        let _ = self.made.try_set(None);
        let _ = self.step.try_set(Step::Make);
    }

    /// The worker, started when it is asked for first.
    pub(super) async fn keeper(self) -> Result<Keeper, Trouble> {
        let gone = || Trouble::Fault { detail: "the page is closing".to_owned() };
        let start = self.worker.try_update_value(|worker| {
            worker.get_or_insert_with(|| Keeper::start(self.session).boxed_local().shared()).clone()
        });
        start.ok_or_else(gone)?.await
    }

    /// Tells of what went wrong.
    pub(super) fn fail(self, trouble: Trouble) {
        // what failed to start, or has died, is started anew
        let _ = self.worker.try_set_value(None);
        let _ = self.trouble.try_set(Some(trouble));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_named_after_its_trustee() {
        for (name, file) in [
            ("Ada Lindqvist", "tabella-key-ada-lindqvist.age"),
            ("陈静", "tabella-key-陈静.age"),
            ("../etc/\u{202e}x", "tabella-key-etc-x.age"),
            (" ", "tabella-key.age"),
            ("O’Neil, Jr.", "tabella-key-o-neil-jr.age"),
        ] {
            assert_eq!(file_name(name), file);
        }
    }
}
