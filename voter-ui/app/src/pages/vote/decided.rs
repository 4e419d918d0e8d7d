//! A ballot that the voter has decided about, and how it outlives a reload.
//!
//! Kept in the tab's session storage are the bytes that the board publishes, nothing else. They are kept from just
//! before the first attempt to send them until the voter leaves their receipt, so that whatever happens in between the
//! page finds out, by the very same bytes, what became of them, and shows the receipt again.

use borsh::{BorshDeserialize, BorshSerialize};
use leptos::prelude::window;
use web_sys::Storage;

use tabella_board_core::api::hex_text;
use tabella_crypto::ballot::TrackingCode;
use tabella_crypto::manifest::ElectionId;

use super::booth::Booth;

/// Where the ballot that was sent last in an election is kept: this, then the election's name.
const KEY: &str = "tabella.sending.";

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
    /// Of a cast ballot: whether its receipt has stood here.
    pub(crate) stood: bool,
}

/// A cast ballot. Kept as hexadecimal of its borsh form.
#[derive(Debug, PartialEq, BorshSerialize, BorshDeserialize)]
struct Kept {
    code: TrackingCode,
    entry: Vec<u8>,
    stood: bool,
}

impl Kept {
    /// What another release kept in another form counts as nothing.
    fn read(text: &str) -> Option<Self> {
        borsh::from_slice(&hex::decode(text).ok()?).ok()
    }
}

/// Keeps a ballot that is about to be cast, or has been, where the browser lets us.
pub(crate) fn keep(election: ElectionId, ballot: &Decided) {
    let Decided { code, stood, .. } = *ballot;
    let kept = Kept { code, entry: ballot.entry.clone(), stood };
    if let Some(storage) = storage() {
        // full or forbidden: after a reload it then has to be looked up by its tracking code
        let _ = storage.set_item(&key(election), &hex_text(&kept));
    }
}

/// The ballot of this election that was on its way, or whose receipt was shown, when the page went.
pub(crate) fn kept(election: ElectionId) -> Option<Decided> {
    let text = storage()?.get_item(&key(election)).ok()??;
    let Kept { code, entry, stood } = Kept::read(&text)?;
    Some(Decided { act: Act::Cast, code, entry, opening: None, stood })
}

/// Nothing is on its way any more, and no receipt is shown again.
pub(crate) fn drop_kept(booth: Booth) {
    if let (Some(storage), Booth::Real { election, .. }) = (storage(), booth) {
        // a storage that can be read can be cleared
        let _ = storage.remove_item(&key(election));
    }
}

fn key(election: ElectionId) -> String {
    format!("{KEY}{election}")
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
            code: TrackingCode(Digest([2; 32])),
            entry: vec![3; tabella_crypto::codec::MAX_ENTRY_LENGTH],
            stood: true,
        };
        let text = hex_text(&kept());
        assert_eq!(Kept::read(&text), Some(kept()));
        for wrong in ["", "{}", text.get(2..).unwrap(), &format!("{text}00")] {
            assert_eq!(Kept::read(wrong), None);
        }
    }
}
