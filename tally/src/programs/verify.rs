//! What `tabella-verify` keeps on disk, and what it publishes.
//!
//! * [`points`]: files of D, compared at the end;
//! * [`saved`]: a folder from which a later run goes on;
//! * [`page`]: the report as HTML; [`table`]: the same for a terminal; [`texts`]: what both say, in two languages.

pub mod page;
pub mod points;
pub mod saved;
pub mod table;
#[cfg(test)]
mod tests;
pub mod texts;

use tabella_board_client::clock;

use crate::verify::store::Snapshot;
use crate::verify::{ElectionReport, FailureReport, Report, Store, StoreError, TrustReport};
use texts::Texts;

/// A time of the record in UTC, such as `2026-12-01 08:00:00 UTC`: seconds are enough for people.
fn show_time(milliseconds: u64) -> String {
    let seconds = milliseconds - milliseconds % 1000;
    clock::show_time(seconds).replacen('T', " ", 1).replacen('Z', " UTC", 1)
}

/// Whether the election is over.
fn is_counted(report: &Report) -> bool {
    report.election.as_ref().is_some_and(|election| election.phase == "counted")
}

/// The election's title in a language, as texts of a manifest are read: in that, else in one with the same first subtag,
/// else the first.
fn title<'a>(election: &'a ElectionReport, language: &str) -> Option<&'a str> {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let titles = &election.title;
    let alike = || titles.iter().find(|(tag, _)| primary(tag) == primary(language)).map(|(_, title)| title);
    let exact = titles.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(language)).map(|(_, title)| title);
    exact.or_else(alike).or_else(|| titles.values().next()).map(String::as_str)
}

/// Whether shards did a part of the work.
fn rests_on_shards(report: &Report) -> bool {
    report.trusted.iter().any(|trusted| matches!(trusted, TrustReport::Shard { .. }))
}

/// What people are told about a failure beside the verdict: each with its name.
fn failure_rows(texts: &Texts, failure: &FailureReport) -> Vec<(&'static str, String)> {
    let FailureReport { check, title, log, entry, file, culprit, sentence, remedy } = failure;
    let entry = log.zip(*entry).map(|(log, entry)| (texts.entry)(log, entry));
    let file = file.as_ref().map(|file| (texts.file)(file));
    let culprit = culprit.map(|culprit| (texts.culprit)(culprit));
    let place: Vec<String> = entry.into_iter().chain(file).chain(culprit).collect();
    let mut rows = vec![(texts.must_hold, texts.title(check, title).to_owned())];
    if !place.is_empty() {
        rows.push((texts.place, place.join(texts.comma)));
    }
    rows.push((texts.what_to_do, (texts.remedy)(*remedy).to_owned()));
    rows.extend(texts.detail.map(|detail| (detail, sentence.clone())));
    rows
}

/// Notes why a store ended a verification: that is nothing that a record could be blamed for.
#[derive(Debug)]
pub struct Noting<S> {
    store: S,
    ended: Option<StoreError>,
}

impl<S: Store> Noting<S> {
    /// Around a store.
    pub fn new(store: S) -> Self {
        Self { store, ended: None }
    }

    /// Why it ended the verification, if it did, and not for a D that stands twice.
    pub fn ended(&self) -> Option<&StoreError> {
        self.ended.as_ref()
    }

    fn note<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        match &outcome {
            Ok(_) | Err(StoreError::Repeated(_)) => {}
            Err(error) => self.ended = Some(error.clone()),
        }
        outcome
    }
}

impl<S: Store> Store for Noting<S> {
    fn add(&mut self, points: &[tabella_board_core::state::FirstPoint]) -> Result<(), StoreError> {
        let outcome = self.store.add(points);
        self.note(outcome)
    }

    fn finish(&mut self) -> Result<(), StoreError> {
        let outcome = self.store.finish();
        self.note(outcome)
    }

    fn is_due(&mut self) -> bool {
        self.store.is_due()
    }

    fn save(&mut self, snapshot: &Snapshot<'_>) -> Result<(), StoreError> {
        let outcome = self.store.save(snapshot);
        self.note(outcome)
    }
}
