//! What stands under the voter's code, and what goes wrong in finding out.

use leptos::prelude::*;

use tabella_web_shared::Trouble;

use crate::language::use_texts;
use crate::parts::notice::{Kind, Notice, TroubleNotice};
use crate::parts::progress::ProgressBar;
use crate::router::A;
use crate::text::vote::Vote as Texts;

use super::acts;
use super::booth::Booth;
use super::state::{Flow, Step, allowed};

/// Whether nothing can be voted here with this code, whatever one tries.
pub(super) fn is_final(trouble: &Trouble) -> bool {
    matches!(
        trouble,
        Trouble::UnknownCode
            | Trouble::Limit { .. }
            | Trouble::Closed
            | Trouble::NotOpen
            | Trouble::NotFound
            | Trouble::Forged { .. }
    )
}

/// That the voter is being looked up, has voted already, or cannot vote.
#[component]
pub(super) fn StandingNotice(
    flow: Flow,
    /// Whether to tell what a new ballot does to an earlier one; the banner says it in short.
    is_whole: bool,
) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let is_known = Memo::new(move |_| flow.standing.with(Option::is_some));
    let refusal = Memo::new(move |_| flow.refusal());
    move || match (is_known.get(), refusal.get()) {
        (false, _) => view! {
            <p role="status">{move || texts().looking_up}</p>
            <ProgressBar progress=flow.progress/>
        }
        .into_any(),
        (true, Some(trouble)) if is_final(&trouble) => view! {
            <TroubleNotice trouble/>
            <Earlier flow/>
            <div class="actions">
                <button type="button" class="button secondary" on:click=move |_| flow.go(Step::Code)>
                    {move || texts().to_code}
                </button>
            </div>
        }
        .into_any(),
        (true, Some(trouble)) => {
            view! { <TroubleNotice trouble again=move |()| acts::look_up(flow)/> }.into_any()
        }
        (true, None) => is_whole.then(|| view! { <Recast flow/> }).into_any(),
    }
}

/// That a ballot stands, and what a new one does to it.
#[component]
fn Recast(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    move || {
        let standing = flow.standing.get()?.ok()?;
        let most = allowed(flow.election()?.recasting);
        let cast = standing.cast;
        (cast > 0).then(|| {
            view! {
                <Notice kind=Kind::Note>
                    <h2>{move || texts().stands_title}</h2>
                    <p>{move || (texts().stands)(cast)} " " {move || (texts().left)(most.saturating_sub(cast))}</p>
                    <Earlier flow/>
                </Notice>
            }
        })
    }
}

/// Where the ballot that counts now is found.
#[component]
fn Earlier(flow: Flow) -> impl IntoView {
    let texts = use_texts::<Texts>();
    move || {
        let code = flow.standing.get()?.ok()?.last?;
        let Booth::Real { election, .. } = flow.booth else { return None };
        let href = format!("/e/{election}/track#{code}");
        Some(view! { <p><A href=href>{move || texts().where_last}</A></p> })
    }
}
