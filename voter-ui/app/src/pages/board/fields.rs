//! What entries say: what each field is, and its value for people.

use leptos::prelude::*;

use tabella_crypto::manifest::{CheckedManifest, ElectionId};
use tabella_crypto::text::Text;
use tabella_crypto::transcript::Digest;
use tabella_web_shared::reader::{EntryCard, EntryKind, Field};

use super::Log;
use super::titles::ElectionTitle;
use crate::format::{exact_time, machine_time, number};
use crate::language::{said, use_language, use_texts};
use crate::parts::code::Code;
use crate::text::board::Board as Words;

/// What a field is, in the entry where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    /// As its name says.
    Plain(Field),
    BallotsCounted,
    BallotsCast,
    BallotsTested,
    CeremonyHash,
    RollHash,
    /// The trustee of whom another complains.
    Accused,
    /// The trustee whose complaint is answered.
    Receiver,
    NewCredential,
    /// The trustee because of whom the ceremony began again.
    Culprit,
    Origin,
    BoardKey,
    Witness,
    WitnessKey,
    AdministratorKey,
    RootBefore,
    /// The hash of what trustees decrypt.
    SumHash,
    SigningKey,
    EncryptionKey,
    /// What the makers of the web app call a release.
    Version,
}

/// The fields of an entry with what they are. Equal fields are told apart by their order, as the reader gives them.
pub(super) fn labels(entry: &EntryCard) -> Vec<(Label, Field, String)> {
    let count = |field| entry.fields.iter().filter(|(other, _)| *other == field).count();
    let names = count(Field::Name);
    let mut labelled: Vec<(Label, Field, String)> = Vec::with_capacity(entry.fields.len());
    for (field, text) in &entry.fields {
        let before = labelled.iter().filter(|(_, other, _)| other == field).count();
        labelled.push((label(entry.kind, *field, before, names), *field, text.clone()));
    }
    labelled
}

/// What a field is, with so many of its kind before it, in an entry with so many names.
fn label(kind: EntryKind, field: Field, before: usize, names: usize) -> Label {
    match (kind, field, before) {
        (EntryKind::Close, Field::Ballots, 0) => Label::BallotsCounted,
        (EntryKind::Close, Field::Ballots, 1) => Label::BallotsCast,
        (EntryKind::Close, Field::Ballots, 2) => Label::BallotsTested,
        (EntryKind::Open, Field::Hash, 0) => Label::CeremonyHash,
        (EntryKind::Open, Field::Hash, 1) => Label::RollHash,
        (EntryKind::Confirmation, Field::Hash, _) => Label::CeremonyHash,
        (EntryKind::Statement, Field::Hash, _) => Label::SumHash,
        (EntryKind::Complaint, Field::Trustee, 1) => Label::Accused,
        (EntryKind::Answer, Field::Trustee, 1) => Label::Receiver,
        (EntryKind::CeremonyRestart, Field::Trustee, _) => Label::Culprit,
        (EntryKind::RollChange, Field::Credential, 1) => Label::NewCredential,
        (EntryKind::Registration, Field::Key, 0) => Label::SigningKey,
        (EntryKind::Registration, Field::Key, 1) => Label::EncryptionKey,
        (EntryKind::Election, Field::Key, _) => Label::AdministratorKey,
        (EntryKind::Block, Field::Root, _) => Label::RootBefore,
        (EntryKind::Release, Field::Name, _) => Label::Version,
        (EntryKind::Genesis, Field::Name, 0) => Label::Origin,
        (EntryKind::Genesis, Field::Name, _) => Label::Witness,
        (EntryKind::Genesis, Field::Key, 0) => Label::BoardKey,
        (EntryKind::Genesis, Field::Key, before) if before < names => Label::WitnessKey,
        (EntryKind::Genesis, Field::Key, _) => Label::AdministratorKey,
        _ => Label::Plain(field),
    }
}

/// Whether a field is for everyone; the others are for the curious.
pub(super) fn is_main(field: Field) -> bool {
    match field {
        Field::Time
        | Field::TrackingCode
        | Field::Trustee
        | Field::Voters
        | Field::Ballots
        | Field::Contest
        | Field::Part
        | Field::Act
        | Field::Election
        | Field::Size
        | Field::Name => true,
        Field::Credential
        | Field::Style
        | Field::Counter
        | Field::Previous
        | Field::Totals
        | Field::Root
        | Field::Hash
        | Field::Key
        | Field::File => false,
    }
}

/// A value as people read it, with the way to what it names.
pub(super) fn value(log: Log, field: Field, text: &str) -> AnyView {
    let (texts, language) = (use_texts::<Words>(), use_language());
    let own = text.to_owned();
    match field {
        Field::Time => match text.parse() {
            Ok(time) => view! {
                <time datetime=machine_time(time)>{move || exact_time(time, language.get())}</time>
            }
            .into_any(),
            Err(_) => own.into_any(),
        },
        Field::TrackingCode | Field::Previous => match log.election() {
            Some(election) => view! {
                <a href=format!("/e/{election}/track#{text}")><Code hexadecimal=own/></a>
            }
            .into_any(),
            None => view! { <Code hexadecimal=own/> }.into_any(),
        },
        Field::Election => match Digest::from_hex(text).map(ElectionId) {
            Some(election) => view! {
                <a href=format!("/e/{election}/board")><ElectionTitle election titles=log.titles/></a>
            }
            .into_any(),
            None => own.into_any(),
        },
        Field::Voters | Field::Ballots | Field::Size | Field::Counter => match text.parse() {
            Ok(value) => (move || number(value, language.get())).into_any(),
            Err(_) => own.into_any(),
        },
        Field::Contest => {
            named(log, own, |manifest, index| Some(manifest.contests.get(index)?.title.clone()))
        }
        Field::Style => named(log, own, |manifest, index| Some(manifest.styles.get(index)?.name.clone())),
        Field::Trustee => {
            let (number, name) = match text.split_once(' ') {
                Some((number, name)) => (number.to_owned(), Some(name.to_owned())),
                None => (own, None),
            };
            (move || {
                let known = log.manifest.with(|manifest| trustee_name(manifest.as_ref()?, &number));
                match name.clone().or(known) {
                    Some(name) => (texts().trustee)(&number, &name),
                    None => number.clone(),
                }
            })
            .into_any()
        }
        Field::Part => match text.split_once('/') {
            Some((part, of)) => {
                let (part, of) = (part.to_owned(), of.to_owned());
                (move || (texts().part)(&part, &of)).into_any()
            }
            None => own.into_any(),
        },
        Field::Act => (move || (texts().act)(&own).map_or_else(|| own.clone(), str::to_owned)).into_any(),
        Field::Totals | Field::Name => view! { <span translate="no">{own}</span> }.into_any(),
        Field::File => view! { <code class="hash" translate="no">{own}</code> }.into_any(),
        Field::Credential | Field::Root | Field::Hash | Field::Key => {
            view! { <Code hexadecimal=own/> }.into_any()
        }
    }
}

/// The name of the trustee with this number, from 1.
fn trustee_name(manifest: &CheckedManifest, number: &str) -> Option<String> {
    let place = number.parse::<usize>().ok()?.checked_sub(1)?;
    Some(manifest.trustees.get(place)?.name.clone())
}

/// What the manifest calls the thing with this index; its number, from 1, where that is not known.
fn named(log: Log, text: String, name: fn(&CheckedManifest, usize) -> Option<Text>) -> AnyView {
    let index: Option<usize> = text.parse().ok();
    (move || {
        let name = log.manifest.with(|manifest| name(manifest.as_ref()?, index?));
        match (name, index) {
            (Some(name), _) => said(&name).into_any(),
            (None, Some(index)) => format!("{}", index + 1).into_any(),
            (None, None) => text.clone().into_any(),
        }
    })
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels_of(kind: EntryKind, fields: &[Field]) -> Vec<Label> {
        let fields = fields.iter().map(|field| (*field, "1".to_owned())).collect();
        let entry = EntryCard { index: 0, kind, length: 1, leaf: Digest([0; 32]), fields };
        labels(&entry).into_iter().map(|(label, _, _)| label).collect()
    }

    #[test]
    fn equal_fields_are_told_apart_by_their_order() {
        assert_eq!(
            labels_of(EntryKind::Close, &[Field::Ballots; 3]),
            [Label::BallotsCounted, Label::BallotsCast, Label::BallotsTested]
        );
        assert_eq!(
            labels_of(EntryKind::Complaint, &[Field::Trustee; 2]),
            [Label::Plain(Field::Trustee), Label::Accused]
        );
    }

    #[test]
    fn keys_of_the_board_are_those_of_operator_witnesses_and_administrators() {
        use Field::{Key, Name};
        assert_eq!(
            labels_of(EntryKind::Genesis, &[Name, Key, Name, Key, Name, Key, Key]),
            [
                Label::Origin,
                Label::BoardKey,
                Label::Witness,
                Label::WitnessKey,
                Label::Witness,
                Label::WitnessKey,
                Label::AdministratorKey,
            ]
        );
        assert_eq!(
            labels_of(EntryKind::Genesis, &[Name, Key, Key]),
            [Label::Origin, Label::BoardKey, Label::AdministratorKey]
        );
    }
}
