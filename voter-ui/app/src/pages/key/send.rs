//! A key that counts: its fingerprint, a second copy, and what comes next.

use leptos::prelude::*;
use leptos::task::spawn_local;

use tabella_web_shared::trustee::Request;

use super::file::MEDIA_TYPE;
use super::maker::{Made, Maker};
use super::paper::Paper;
use crate::language::use_texts;
use crate::parts::code::{Code, CopyButton};
use crate::parts::download::SaveButton;
use crate::parts::notice::{Kind, Notice};
use crate::text::key::Key as Words;

/// The last step.
#[component]
pub(super) fn Send(maker: Maker) -> impl IntoView {
    move || maker.made.get().map(|made| view! { <Sent maker made/> })
}

#[component]
fn Sent(maker: Maker, made: Made) -> impl IntoView {
    let texts = use_texts::<Words>();
    let paper = RwSignal::new(None::<Vec<String>>);
    let show = move |_| {
        spawn_local(async move {
            let words = async { maker.keeper().await?.ask::<Vec<String>>(Request::Paper, |_| ()).await };
            match words.await {
                Ok(words) => drop(paper.try_set(Some(words))),
                Err(trouble) => maker.fail(trouble),
            }
        });
    };
    let Made { name, fingerprint, is_restored, .. } = made.clone();
    let lines = made.lines();
    let content = {
        let made = made.clone();
        Callback::new(move |()| made.file.clone())
    };
    let sheet = {
        let name = name.clone();
        move || {
            paper.get().map(|words| {
                let hide = Callback::new(move |()| paper.set(None));
                view! { <Paper name=name.clone() fingerprint words hide/> }
            })
        }
    };
    view! {
        <div class="stack no-print">
            <div role="status">
                <Notice kind=Kind::Good>
                    <p>{move || texts().read_back}</p>
                </Notice>
            </div>
            <section aria-labelledby="send">
                <h2 id="send">{move || texts().send_title}</h2>
                <p>{move || texts().send_words}</p>
                {is_restored.then(|| view! { <p>{move || texts().compare_paper}</p> })}
                <div class="letter note-code stack" id="fingerprint">
                    <strong>{name.clone()}</strong>
                    <Code hexadecimal=fingerprint.to_hex()/>
                </div>
                <p><CopyButton text=lines label=Signal::derive(move || texts().copy.to_owned())/></p>
            </section>
            <section aria-labelledby="second">
                <h2 id="second">{move || texts().second}</h2>
                <p>{move || texts().second_words}</p>
                <p class="row">
                    <SaveButton
                        name=made.file_name()
                        media_type=MEDIA_TYPE
                        content
                        label=Signal::derive(move || texts().second_file.to_owned())
                    />
                    <button type="button" id="show-paper" class="button secondary" on:click=show>
                        {move || texts().show_paper}
                    </button>
                </p>
            </section>
        </div>
        {sheet}
        <section aria-labelledby="next" class="no-print">
            <h2 id="next">{move || texts().next}</h2>
            <p>{move || texts().next_words}</p>
            <p>
                <button type="button" class="button quiet" on:click=move |_| maker.begin()>{move || texts().afresh}</button>
            </p>
        </section>
    }
}
