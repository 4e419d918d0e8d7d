//! No ballot has the code: what that means, and what to do.

use leptos::prelude::*;

use tabella_board_core::api::PhaseName;
use tabella_crypto::manifest::ElectionId;

use crate::api;
use crate::language::use_texts;
use crate::parts::notice::{Kind, Notice, Said};
use crate::text::track::Track as Words;

/// What to do, by urgency. Whether voting is over is the board's word.
#[component]
pub(super) fn Missing(election: ElectionId) -> impl IntoView {
    let texts = use_texts::<Words>();
    let status = LocalResource::new(move || api::status(election));
    let what_now = move || match status.get()? {
        Ok(status) if matches!(status.phase, PhaseName::Closed | PhaseName::Counted) => {
            Some((texts().missing_closed, true))
        }
        Ok(_) => Some((texts().missing_open, true)),
        Err(_) => Some((texts().missing_unknown, false)),
    };
    let steps = move || texts().missing_steps.map(|step| view! { <li>{step}</li> }).collect_view();
    view! {
        <div role="status">
            <Notice kind=Kind::Warning>
                <h2>{move || texts().missing_title}</h2>
                <p>{move || texts().missing}</p>
                <ol>{steps}</ol>
                {move || what_now().map(|(words, is_said)| view! {
                    <p><strong>{words}</strong></p>
                    {is_said.then(|| view! { <Said/> })}
                })}
            </Notice>
        </div>
    }
}
