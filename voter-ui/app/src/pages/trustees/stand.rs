//! Where ceremony and tally stand, for everybody.

use leptos::prelude::*;

use tabella_crypto::manifest::ElectionId;
use tabella_crypto::threshold::trustee::TrusteeIndex;
use tabella_tally::standing::{Round, Stage, Standing};

use super::course::is_tally;
use super::table::{Legend, Rounds, rows};
use super::told::Told;
use crate::language::{Language, Texts as _, use_language, use_texts};
use crate::parts::notice::{Checked, Said};
use crate::text::trustees::{Trustees as Words, sentence, words};

/// What is shown: the log as this device has checked it, and the tally as far as it is the board's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// The log.
    pub(super) standing: Standing,
    /// The tally by the board's word; none before it, and none where this device has checked it.
    pub(super) told: Option<Told>,
}

impl Shown {
    /// Where the election is.
    fn stage(&self) -> Stage {
        self.told.as_ref().map_or(self.standing.stage, |told| told.stage)
    }

    /// The same in words, with the attempt if it is not the first.
    fn title(&self, language: Language) -> String {
        let stage = sentence(&words(language).stage(self.stage()));
        match self.standing.attempt {
            0 => stage,
            attempt => {
                let attempt = (Words::in_language(language).attempt)(u64::from(attempt) + 1);
                format!("{stage} ({attempt})")
            }
        }
    }

    /// What is waited for, and for whom.
    pub(super) fn waiting(&self, language: Language) -> String {
        let Some(told) = &self.told else { return words(language).waiting(&self.standing) };
        let named: Vec<(TrusteeIndex, String)> = told
            .waited_for()
            .into_iter()
            .filter_map(|place| self.standing.trustees.get(place))
            .map(|trustee| (trustee.trustee, trustee.name.clone()))
            .collect();
        match told.stage {
            Stage::Round(round) if !named.is_empty() => {
                let words = words(language);
                (Words::in_language(language).waiting_for)(&words.list(&named), words.round(round))
            }
            // of these stages nobody is named
            stage => words(language).waiting(&Standing { stage, ..self.standing.clone() }),
        }
    }

    /// What there is to say beside: attempts that were given up, complaints, the tally.
    fn remarks(&self, language: Language) -> Vec<String> {
        let words = words(language);
        let mut remarks = words.aborted(&self.standing.aborted);
        remarks.extend(words.complaints(&self.standing));
        match &self.told {
            Some(told) => {
                remarks.push((Words::in_language(language).statements)(told.statements, told.quorum))
            }
            None => remarks.extend(words.tally(&self.standing)),
        }
        remarks
    }

    fn has_tally(&self) -> bool {
        self.told.is_some() || self.standing.tally.is_some() || is_tally(self.standing.stage)
    }
}

/// The section of the page.
#[component]
pub(super) fn Stand(election: ElectionId, shown: Memo<Option<Shown>>) -> impl IntoView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let with = move |read: fn(&Shown, Language) -> String| {
        move || shown.with(|shown| shown.as_ref().map(|shown| read(shown, language.get())))
    };
    let threshold = Memo::new(move |_| {
        shown.with(|shown| {
            let standing = &shown.as_ref()?.standing;
            Some((standing.threshold?, standing.trustees.len()))
        })
    });
    let is_told =
        Memo::new(move |_| shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.told.is_some())));
    let ceremony = Memo::new(move |_| {
        shown
            .with(|shown| shown.as_ref().map(|shown| rows(&shown.standing, &Round::CEREMONY, None)))
            .unwrap_or_default()
    });
    let tally = Memo::new(move |_| {
        let rows = |shown: &Shown| {
            let told = shown.told.as_ref().map(|told| told.marks.as_slice());
            shown.has_tally().then(|| rows(&shown.standing, &Round::TALLY, told))
        };
        shown.with(|shown| shown.as_ref().and_then(rows)).unwrap_or_default()
    });
    let has_tally = Memo::new(move |_| tally.with(|tally| !tally.is_empty()));
    let has_trustees = Memo::new(move |_| ceremony.with(|ceremony| !ceremony.is_empty()));
    let is_counted = Memo::new(move |_| {
        shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.stage() == Stage::Counted))
    });
    // where all is of one source, it is said once
    let ceremony_checked = Memo::new(move |_| is_told.get().then_some(true));
    let tally_checked = Memo::new(move |_| is_told.get().then_some(false));
    let remarks = move || {
        let remarks = shown.with(|shown| shown.as_ref().map(|shown| shown.remarks(language.get())));
        let items = remarks.unwrap_or_default().into_iter().map(|remark| view! { <li>{remark}</li> });
        let items = items.collect_view();
        (!items.is_empty()).then(|| view! { <ul class="stack tight">{items}</ul> })
    };
    view! {
        <section aria-labelledby="stand">
            <h2 id="stand">{move || texts().stand}</h2>
            <div class="stack tight">
                <p class="verdict">{with(Shown::title)}</p>
                <p role="status">{with(Shown::waiting)}</p>
                {move || if is_told.get() { view! { <Said/> }.into_any() } else { view! { <Checked/> }.into_any() }}
            </div>
            {move || is_counted.get().then(|| view! {
                <p class="actions"><a class="button primary" href=format!("/e/{election}/results")>{texts().results}</a></p>
            })}
            {remarks}
            {move || threshold.get().map(|(threshold, all)| view! { <p>{(texts().threshold)(threshold, all)}</p> })}
            {move || has_tally.get().then(|| view! {
                <Rounds rows=tally rounds=&Round::TALLY caption=Signal::derive(move || texts().counting) is_checked=tally_checked/>
            })}
            {move || has_trustees.get().then(|| view! {
                <Rounds rows=ceremony rounds=&Round::CEREMONY caption=Signal::derive(move || texts().making) is_checked=ceremony_checked/>
                <Legend/>
            })}
            <p class="small muted">{move || texts().renewed}</p>
        </section>
    }
}
