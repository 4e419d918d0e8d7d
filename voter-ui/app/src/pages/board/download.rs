//! Taking an election's record along.

use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_board_core::api::paths;
use tabella_crypto::manifest::ElectionId;
use tabella_web_shared::tar;
use tabella_web_shared::verifier::RecordFiles;
use tabella_web_shared::{Progress, Trouble};

use crate::api;
use crate::format::now;
use crate::language::use_texts;
use crate::pages::verify::fetch::fetch;
use crate::parts::code::CopyButton;
use crate::parts::download::save;
use crate::parts::notice::TroubleNotice;
use crate::parts::progress::ProgressBar;
use crate::session::{Session, use_session};
use crate::text::board::Board as Words;

/// Where a download is.
#[derive(Debug, Clone, PartialEq)]
enum Stand {
    Idle,
    Running,
    Saved(String),
    Failed(Trouble),
}

/// The whole record as a file, and the ways to check it.
#[component]
pub(super) fn Download(election: ElectionId) -> impl IntoView {
    let texts = use_texts::<Words>();
    let command = format!("tabella-verify {} --election {election}", api::origin());
    let files = format!("{}{}", api::origin(), paths::election(election));
    view! {
        <section aria-labelledby="take">
            <h2 id="take">{move || texts().take}</h2>
            <p>{move || texts().take_lead}</p>
            <h3>{move || texts().download}</h3>
            <p>{move || texts().download_words}</p>
            <Archive election/>
            <h3>{move || texts().verify}</h3>
            <p>
                {move || texts().verify_words} " "
                <a href=format!("/e/{election}/verify")>{move || texts().verify}</a>
            </p>
            <h3>{move || texts().command}</h3>
            <p>{move || texts().command_words}</p>
            <pre translate="no">{command.clone()}</pre>
            <p><CopyButton text=command/></p>
            <p>{move || texts().files}</p>
            <p><code class="hash" translate="no">{files} "/"</code></p>
        </section>
    }
}

/// Fetches the record and saves it.
#[component]
fn Archive(election: ElectionId) -> impl IntoView {
    let texts = use_texts::<Words>();
    let session = use_session();
    let stand = RwSignal::new(Stand::Idle);
    let progress = RwSignal::new(None::<Progress>);
    let start = move || {
        if stand.get_untracked() == Stand::Running {
            return;
        }
        stand.set(Stand::Running);
        progress.set(None);
        spawn_local(async move {
            let told = move |step| {
                // the page may be gone
                let _ = progress.try_set(Some(step));
            };
            let archive = take(session, election, told).await;
            let end = match archive {
                // who has left the page has left the download
                Ok((name, bytes)) if stand.try_get_untracked().is_some() => {
                    save(&name, "application/x-tar", &bytes);
                    Stand::Saved(name)
                }
                Ok((name, _)) => Stand::Saved(name),
                Err(trouble) => Stand::Failed(trouble),
            };
            let _ = stand.try_set(end);
        });
    };
    let again = Callback::new(move |()| start());
    let is_running = move || stand.with(|stand| *stand == Stand::Running);
    let shown = move || match stand.get() {
        Stand::Running => Some(view! { <ProgressBar progress/> }.into_any()),
        Stand::Failed(trouble) => Some(view! { <TroubleNotice trouble again/> }.into_any()),
        Stand::Idle | Stand::Saved(_) => None,
    };
    let saved = move || match stand.get() {
        Stand::Saved(name) => Some((texts().saved)(&name)),
        _ => None,
    };
    view! {
        <p>
            <button
                type="button"
                class="button secondary"
                aria-disabled=move || is_running().then_some("true")
                on:click=move |_| start()
            >
                {move || texts().download}
            </button>
        </p>
        {shown}
        <p role="status">{saved}</p>
    }
}

/// The record's files in one archive, below a folder of its own; the worker that fetches them ends with this.
async fn take(
    session: Session,
    election: ElectionId,
    progress: impl Fn(Progress) + 'static,
) -> Result<(String, Vec<u8>), Trouble> {
    let folder: String = election.to_string().chars().take(8).collect();
    let (_engine, RecordFiles { files, .. }) = fetch(session, election, progress).await?;
    let files: Vec<(String, Vec<u8>)> =
        files.into_iter().map(|file| (format!("{folder}/{}", file.path), file.bytes)).collect();
    let all = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
    let archive = tar::archive(all, now() / 1_000);
    let archive = archive.map_err(|error| Trouble::Fault { detail: error.to_string() })?;
    Ok((format!("{folder}.tar"), archive))
}
