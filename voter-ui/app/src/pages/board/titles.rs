//! Titles of elections, each asked for once.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_crypto::manifest::ElectionId;
use tabella_crypto::text::Text;

use crate::api;
use crate::language::{said, use_texts};
use crate::text::board::Board as Words;

/// Titles known so far; none for an election that is being asked for or has none.
#[derive(Clone, Copy)]
pub(super) struct Titles(RwSignal<BTreeMap<ElectionId, Option<Text>>>);

impl Titles {
    pub(super) fn new() -> Self {
        Self(RwSignal::new(BTreeMap::new()))
    }

    /// Asks for a title, unless it was asked for.
    fn want(self, election: ElectionId) {
        let Self(known) = self;
        if known.with_untracked(|known| known.contains_key(&election)) {
            return;
        }
        known.update(|known| {
            known.insert(election, None);
        });
        spawn_local(async move {
            if let Ok(manifest) = api::manifest(election).await {
                // the page may be gone
                let _ = known.try_update(|known| known.insert(election, Some(manifest.title.clone())));
            }
        });
    }
}

/// The title of an election; the beginning of its name until it is there.
#[component]
pub(super) fn ElectionTitle(election: ElectionId, titles: Titles) -> impl IntoView {
    let texts = use_texts::<Words>();
    titles.want(election);
    let title = Memo::new(move |_| titles.0.with(|known| known.get(&election).cloned().flatten()));
    move || match title.get() {
        Some(title) => said(&title).into_any(),
        None => {
            let name: String = election.to_string().chars().take(8).collect();
            (texts().unnamed)(&name).into_any()
        }
    }
}
