//! A ballot that the voter has decided about, and how it outlives a reload while it is on its way.
//!
//! Kept in the tab's session storage are the bytes that the board publishes, nothing else. They are kept from just
//! before the first attempt to send them until their receipt stands, so that whatever happens in between the page finds
//! out, by the very same bytes, what became of them.

use leptos::prelude::window;
use serde::{Deserialize, Serialize};
use web_sys::Storage;

use tabella_board_core::api::{base64_form, hex_form};
use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::manifest::ElectionId;

/// Where the ballot that is being sent is kept.
const KEY: &str = "tabella.sending";

/// What a voter decides about a sealed ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// It is the vote.
    Cast,
    /// It is used up to see what is in it.
    Test,
}

/// A signed ballot.
#[derive(Clone)]
pub(crate) struct Decided {
    pub(crate) act: Act,
    pub(crate) code: TrackingCode,
    /// The bytes that are posted.
    pub(crate) entry: Vec<u8>,
    /// Of a test: what shows another device what is in it.
    pub(crate) opening: Option<String>,
}

/// A cast ballot on its way.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(with = "hex_form")]
    election: ElectionId,
    #[serde(with = "base64_form")]
    entry: Vec<u8>,
    #[serde(with = "hex_form")]
    code: TrackingCode,
}

/// Keeps a ballot that is about to be cast, where the browser lets us.
pub(crate) fn keep(election: ElectionId, ballot: &Decided) {
    let kept = Kept { election, entry: ballot.entry.clone(), code: ballot.code };
    if let (Some(storage), Ok(json)) = (storage(), serde_json::to_string(&kept)) {
        // full or forbidden: a reload in the middle then has to be looked up by the tracking code
        let _ = storage.set_item(KEY, &json);
    }
}

/// The ballot of this election that was on its way when the page went.
pub(crate) fn kept(election: ElectionId) -> Option<Decided> {
    let json = storage()?.get_item(KEY).ok()??;
    let Kept { election: of, entry, code } = serde_json::from_str(&json).ok()?;
    (of == election).then_some(Decided { act: Act::Cast, code, entry, opening: None })
}

/// Nothing is on its way any more.
pub(crate) fn drop_kept() {
    if let Some(storage) = storage() {
        // a storage that can be read can be cleared
        let _ = storage.remove_item(KEY);
    }
}

fn storage() -> Option<Storage> {
    window().session_storage().ok()?
}
