//! The key file: saved, and loaded again from where it was saved.

use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_web_shared::Trouble;
use tabella_web_shared::trustee::{KeyCard, KeyTrouble, Request};

use super::maker::{Made, Maker, Step};
use crate::language::use_texts;
use crate::pages::trustees::open_form::OpenForm;
use crate::parts::download::save;
use crate::text::key::Key as Words;
use crate::text::trustees::Trustees as Common;

/// The media type of an encrypted file.
pub(super) const MEDIA_TYPE: &str = "application/octet-stream";

/// Saves the file.
fn keep(maker: Maker) {
    maker.made.with_untracked(|made| {
        if let Some(made) = made {
            save(&made.file_name(), MEDIA_TYPE, &made.file);
        }
    });
}

/// The second step.
#[component]
pub(super) fn Save(maker: Maker) -> impl IntoView {
    let texts = use_texts::<Words>();
    let name = move || maker.made.with(|made| made.as_ref().map(Made::file_name));
    let click = move |_| {
        keep(maker);
        maker.step.set(Step::Load);
    };
    view! {
        <section aria-labelledby="save" class="no-print">
            <h2 id="save">{move || texts().save_title}</h2>
            <p>{move || texts().save_words}</p>
            <p class="hash">{name}</p>
            <p class="actions">
                <button type="button" id="save-key" class="button primary big" on:click=click>{move || texts().save}</button>
            </p>
        </section>
    }
}

/// Why a file is not the key's.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    Key(KeyTrouble),
    /// It has another key.
    Other,
}

/// The third step.
#[component]
pub(super) fn Load(maker: Maker) -> impl IntoView {
    let (texts, common) = (use_texts::<Words>(), use_texts::<Common>());
    let is_busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let submit = Callback::new(move |(file, passphrase)| {
        is_busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let opened = open(maker, file, passphrase).await;
            let _ = is_busy.try_set(false);
            match opened {
                Ok(Ok(())) => drop(maker.step.try_set(Step::Send)),
                Ok(Err(wrong)) => drop(problem.try_set(Some(wrong))),
                Err(trouble) => maker.fail(trouble),
            }
        });
    });
    let wrong_file = Signal::derive(move || match problem.get() {
        None | Some(Problem::Key(KeyTrouble::Passphrase)) => None,
        Some(Problem::Key(trouble)) => Some((common().key_trouble)(&trouble)),
        Some(Problem::Other) => Some(texts().other_key),
    });
    let wrong_passphrase = Signal::derive(move || match problem.get() {
        Some(Problem::Key(trouble @ KeyTrouble::Passphrase)) => Some((common().key_trouble)(&trouble)),
        _ => None,
    });
    view! {
        <section aria-labelledby="load" class="no-print">
            <h2 id="load">{move || texts().load_title}</h2>
            <p>{move || texts().load_words}</p>
            <OpenForm
                hint=Signal::derive(move || texts().load_hint)
                label=Signal::derive(move || texts().load)
                is_busy
                wrong_file
                wrong_passphrase
                submit
            />
            <p>
                <button type="button" class="button quiet" on:click=move |_| keep(maker)>{move || texts().save_again}</button>
            </p>
        </section>
    }
}

/// Opens the file; it must have the key that was made.
async fn open(maker: Maker, file: Vec<u8>, passphrase: String) -> Result<Result<(), Problem>, Trouble> {
    let keeper = maker.keeper().await?;
    let opened: Result<KeyCard, KeyTrouble> = keeper.ask(Request::Open { file, passphrase }, |_| ()).await?;
    let is_made = |card: KeyCard| {
        let made = maker.made.try_with_untracked(|made| made.as_ref().map(|made| made.fingerprint)).flatten();
        if made == Some(card.fingerprint) { Ok(()) } else { Err(Problem::Other) }
    };
    Ok(opened.map_err(Problem::Key).and_then(is_made))
}
