//! A ballot that the voter has decided about, and how it outlives a reload while it is on its way.
//!
//! Kept in the tab's session storage are the bytes that the board publishes, nothing else. They are kept from just
//! before the first attempt to send them until their receipt stands, so that whatever happens in between the page finds
//! out, by the very same bytes, what became of them.

use borsh::{BorshDeserialize, BorshSerialize};
use leptos::prelude::window;
use web_sys::Storage;

use tabella_board_core::api::hex_text;
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

/// A cast ballot on its way. Kept as hexadecimal of its borsh form.
#[derive(Debug, PartialEq, BorshSerialize, BorshDeserialize)]
struct Kept {
    election: ElectionId,
    code: TrackingCode,
    entry: Vec<u8>,
}

impl Kept {
    /// What another release kept in another form counts as nothing.
    fn read(text: &str) -> Option<Self> {
        borsh::from_slice(&hex::decode(text).ok()?).ok()
    }
}

/// Keeps a ballot that is about to be cast, where the browser lets us.
pub(crate) fn keep(election: ElectionId, ballot: &Decided) {
    let kept = Kept { election, code: ballot.code, entry: ballot.entry.clone() };
    if let Some(storage) = storage() {
        // full or forbidden: a reload in the middle then has to be looked up by the tracking code
        let _ = storage.set_item(KEY, &hex_text(&kept));
    }
}

/// The ballot of this election that was on its way when the page went.
pub(crate) fn kept(election: ElectionId) -> Option<Decided> {
    let text = storage()?.get_item(KEY).ok()??;
    let Kept { election: of, code, entry } = Kept::read(&text)?;
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

#[cfg(test)]
mod tests {
    use tabella_crypto::transcript::Digest;

    use super::*;

    #[test]
    fn a_ballot_as_long_as_an_entry_may_be_is_read_again() {
        let kept = || Kept {
            election: ElectionId(Digest([1; 32])),
            code: TrackingCode(Digest([2; 32])),
            entry: vec![3; tabella_crypto::codec::MAX_ENTRY_LENGTH],
        };
        let text = hex_text(&kept());
        assert_eq!(Kept::read(&text), Some(kept()));
        for wrong in ["", "{}", text.get(2..).unwrap(), &format!("{text}00")] {
            assert_eq!(Kept::read(wrong), None);
        }
    }
}
