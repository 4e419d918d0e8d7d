//! The pages, by their addresses.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use tabella_crypto::manifest::ElectionId;
use tabella_crypto::transcript::Digest;

pub(crate) mod board;
pub(crate) mod check;
pub(crate) mod election;
pub(crate) mod elections;
pub(crate) mod how;
pub(crate) mod not_found;
pub(crate) mod practice;
pub(crate) mod results;
pub(crate) mod track;
pub(crate) mod verify;
pub(crate) mod vote;

/// The election that the page's address names; none if it names none.
pub(crate) fn use_election() -> Memo<Option<ElectionId>> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| Digest::from_hex(&params.get("id")?).map(ElectionId)))
}
