//! Practising: the pages of a real vote, in an election that exists on this device only.

use leptos::prelude::*;

use super::vote::Voting;
use super::vote::booth::Booth;

/// A practice election.
#[component]
pub(crate) fn Practice() -> impl IntoView {
    let booth = Booth::Practice(RwSignal::new(None));
    view! { <Voting booth/> }
}
