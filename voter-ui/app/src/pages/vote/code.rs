//! The first step: the voter's code, and what will happen.

use leptos::prelude::*;

use tabella_crypto::manifest::CredentialMode;

use crate::language::use_texts;
use crate::parts::heading::Heading;
use crate::parts::notice::{Kind, Notice, TroubleNotice};
use crate::parts::progress::ProgressBar;
use crate::text::practice::Practice as PracticeTexts;
use crate::text::vote::Vote as Texts;

use super::acts;
use super::booth::Booth;
use super::code_input::{CodeInput, group_id, problems, words};
use super::state::Flow;

/// Asks for the code.
#[component]
pub(super) fn CodeStep(
    flow: Flow,
    /// How many symbols are missing of the code that came with a link, if one did.
    from_link: RwSignal<Option<usize>>,
) -> impl IntoView {
    let texts = use_texts::<Texts>();
    let own =
        untrack(|| flow.election()).is_some_and(|election| election.credentials == CredentialMode::Enrolled);
    let has_asked = RwSignal::new(false);
    // as the link brought it, until a field is needed
    let is_here =
        Memo::new(move |_| from_link.get() == Some(0) && !matches!(flow.standing.get(), Some(Err(_))));
    let go_on = Callback::new(move |()| {
        if flow.is_busy.get_untracked() {
            return;
        }
        has_asked.set(true);
        if flow.groups.with_untracked(|groups| problems(groups, true).is_empty()) {
            // whatever the link lacked has been filled in
            from_link.update(|link| *link = link.filter(|_| is_here.get_untracked()));
            acts::enter(flow);
        }
    });
    let summary = move || {
        let wrongs = flow.groups.with(|groups| problems(groups, true));
        (has_asked.get() && !wrongs.is_empty()).then(|| {
            let line = |(index, wrong)| {
                let href = format!("#{}", group_id(index));
                view! { <li><a href=href>{words(texts(), index, wrong, own)}</a></li> }
            };
            view! {
                <div class="notice bad error-summary" role="alert">
                    <div class="stack">
                        <h2>{texts().errors}</h2>
                        <ul>{wrongs.into_iter().map(line).collect_view()}</ul>
                    </div>
                </div>
            }
        })
    };
    // with several ballot styles the voter has to be found before there is a ballot
    let failure = move || match flow.standing.get() {
        Some(Err(trouble)) if !flow.is_busy.get() => {
            Some(view! { <TroubleNotice trouble again=move |()| go_on.run(())/> })
        }
        _ => None,
    };
    let waiting = move || {
        flow.is_busy.get().then(|| {
            view! { <p>{move || texts().looking_up_first}</p> <ProgressBar progress=flow.progress/> }
        })
    };
    let is_practice = flow.booth.is_practice();
    let title = move || match is_here.get() {
        true => texts().code_here.to_owned(),
        false => (texts().code_title)(own).to_owned(),
    };
    let lead = move || if is_here.get() { texts().code_from_link } else { (texts().code_lead)(own) };
    let news = move || {
        let words = match from_link.get() {
            Some(missing @ 1..) => (texts().link_short)(missing),
            None if flow.is_reloaded && !is_practice => [texts().reloaded, texts().memory].concat(),
            _ => return None,
        };
        Some(view! { <Notice kind=Kind::Note><p>{words}</p></Notice> })
    };
    let whole = move || {
        flow.groups.track();
        flow.code().to_string()
    };
    let input = move || {
        if is_here.get() {
            view! { <p><code class="code big" id="code-here" translate="no">{whole}</code></p> }.into_any()
        } else {
            view! { <CodeInput flow own has_asked on_enter=go_on/> }.into_any()
        }
    };
    let other = move || {
        is_here.get().then(|| {
            let empty = move |_| {
                flow.groups.update(|groups| *groups = Default::default());
                from_link.set(None);
            };
            view! { <button type="button" id="other-code" class="button quiet" on:click=empty>{move || texts().other_code}</button> }
        })
    };
    let unfinished = move || {
        flow.has_unfinished.get().then(|| {
            view! {
                <Notice kind=Kind::Warning>
                    <p>{texts().under_way}</p>
                    <p><button type="button" id="resume" class="button secondary" on:click=move |_| acts::resume(flow)>{texts().under_way_look}</button></p>
                </Notice>
            }
        })
    };
    view! {
        {summary}
        <Heading words=Signal::derive(title)/>
        {unfinished}
        {news}
        {is_practice.then(|| view! { <Letter flow/> })}
        {(!is_practice).then(|| view! { <p class="lead">{lead}</p> })}
        {failure}
        {input}
        {waiting}
        <div class="actions">
            <button type="button" id="continue" class="button primary big" on:click=move |_| go_on.run(())>
                {move || texts().continue_}
            </button>
            {other}
        </div>
        <section>
            <h2>{move || texts().happens}</h2>
            <ol>{move || texts().happens_list.map(|item| view! { <li>{item}</li> }).collect_view()}</ol>
            <p>{move || texts().privacy}</p>
            <p class="small muted">{move || texts().memory}</p>
        </section>
    }
}

/// The letter of a practice election.
#[component]
fn Letter(flow: Flow) -> impl IntoView {
    let texts = use_texts::<PracticeTexts>();
    let Booth::Practice(practice) = flow.booth else { return ().into_any() };
    let code =
        move || practice.with(|made| made.as_ref().map(|made| made.card.code.clone()).unwrap_or_default());
    view! {
        <p class="lead">{move || texts().intro}</p>
        <section class="letter">
            <h2>{move || texts().letter}</h2>
            <p>{move || texts().letter_words}</p>
            <p class="field-label">{move || texts().letter_code}</p>
            <p><code class="code big" id="practice-code" translate="no">{code}</code></p>
            <div class="row">
                <button
                    type="button"
                    id="fill-in"
                    class="button secondary"
                    on:click=move |_| flow.take_code(&untrack(code))
                >
                    {move || texts().fill_in}
                </button>
            </div>
        </section>
    }
    .into_any()
}
