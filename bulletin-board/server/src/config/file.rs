//! The file of settings, looked through value by value before it is believed, so that whatever is wrong is said with its
//! line and in people's words. What is no TOML is gone through as far as it can be understood: `requests = yes` is
//! answered by what the setting takes.

use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::print::sections;
use super::section::List;
use super::sections::LISTS;
use super::{ConfigError, Kind, Place, Places, Setting, names};

/// The most bytes of a value that a message repeats.
const MAX_SHOWN: usize = 60;

/// Reads the text of a file: its settings, each of which can be used by itself, and where they stand.
pub(super) fn read(file: &Path, text: &str) -> Result<(Table, Places), ConfigError> {
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut look = Look { file, text, places: Places::default(), first: None };
    look.document(document.get_ref());
    let syntax = errors.first().map(|error| {
        let at = error.span().map_or(0, |span| span.start);
        (at, ConfigError::Syntax { place: look.place(at), reason: error.message().to_owned() })
    });
    match (look.first, syntax) {
        // where both are in one line, what the setting takes is what helps
        (Some((at, error)), Some((other, syntax))) => {
            Err(if line(text, at) <= line(text, other) { error } else { syntax })
        }
        (Some((_, error)), None) | (None, Some((_, error))) => Err(error),
        (None, None) => Ok((toml::from_str(text).map_err(ConfigError::Unusable)?, look.places)),
    }
}

/// The look through a file.
struct Look<'a> {
    file: &'a Path,
    text: &'a str,
    places: Places,
    /// The first thing that is wrong, and where it begins.
    first: Option<(usize, ConfigError)>,
}

impl Look<'_> {
    fn document(&mut self, document: &DeTable<'_>) {
        for (key, value) in document {
            let (name, at) = (key.get_ref().as_ref(), key.span().start);
            let section = sections().into_iter().find(|(section, ..)| *section == name);
            let list = LISTS.into_iter().find(|list| list.name == name);
            match (section, list, value.get_ref()) {
                (Some((section, _, settings)), _, DeValue::Table(table)) => {
                    self.section(section, settings, table);
                }
                (Some((section, ..)), _, _) => {
                    let wanted = format!("a line [{section}], and its settings below it");
                    self.shape(at, value, section, wanted);
                }
                (_, Some(list), DeValue::Array(tables)) => {
                    for (number, table) in tables.iter().enumerate() {
                        self.listed(list, number, table);
                    }
                }
                (_, Some(List { name: list, settings, .. }), _) => {
                    let names: Vec<&str> = settings.iter().map(|setting| setting.name).collect();
                    let wanted = format!(
                        "a line [[{list}]], in two brackets, for each, and {} below it",
                        names.join(" and ")
                    );
                    self.shape(at, value, list, wanted);
                }
                (None, None, value) => {
                    let shown = if value.is_table() { format!("[{name}]") } else { name.to_owned() };
                    self.unknown(at, shown, names::like_section(name));
                }
            }
        }
    }

    fn section(&mut self, section: &'static str, settings: &[Setting], table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match settings.iter().find(|setting| setting.name == name) {
                Some(setting) => self.value(section, 0, name, &setting.kind, value),
                None => {
                    let nearest = names::like_setting(section, name);
                    self.unknown(key.span().start, format!("[{section}] {name}"), nearest);
                }
            }
        }
    }

    /// A table of a list.
    fn listed(&mut self, list: &'static List, number: usize, table: &Spanned<DeValue<'_>>) {
        let List { name: list, settings, .. } = *list;
        let Some(entries) = table.get_ref().as_table() else {
            let wanted = format!("a line [[{list}]] for each, and its settings below it");
            return self.shape(table.span().start, table, list, wanted);
        };
        for (key, value) in entries {
            let name = key.get_ref().as_ref();
            match settings.iter().find(|setting| setting.name == name) {
                Some(setting) => self.value(list, number, name, &setting.kind, value),
                None => {
                    let known: Vec<String> =
                        settings.iter().map(|setting| format!("[[{list}]] {}", setting.name)).collect();
                    let nearest = names::like_one(name, known);
                    self.unknown(key.span().start, format!("[[{list}]] {name}"), nearest);
                }
            }
        }
        let is_known = |key: &str| settings.iter().any(|setting| setting.name == key);
        // where one is misspelt, that is what is wrong
        let is_misspelt = entries.keys().any(|key| !is_known(key.get_ref().as_ref()));
        for Setting { name, kind, .. } in settings {
            if !is_misspelt && !entries.contains_key(*name) {
                let at = table.span().start;
                let place = self.place(at);
                self.wrong(at, ConfigError::Missing { place, section: list, name, wanted: kind.wanted() });
            }
        }
    }

    fn value(&mut self, section: &str, number: usize, name: &str, kind: &Kind, value: &Spanned<DeValue<'_>>) {
        let place = self.place(value.span().start);
        if plain(value.get_ref()).is_some_and(|value| kind.takes(&value)) {
            return self.places.set(section, number, name, place);
        }
        let setting = if LISTS.iter().any(|list| list.name == section) {
            format!("[[{section}]] {name}")
        } else {
            format!("[{section}] {name}")
        };
        let (found, wanted) = (self.shown(value.span()), kind.wanted());
        self.wrong(value.span().start, ConfigError::Value { place, setting, found, wanted });
    }

    fn shape(&mut self, at: usize, value: &Spanned<DeValue<'_>>, name: &str, wanted: String) {
        let found = match value.get_ref() {
            DeValue::Table(_) => format!("[{name}]"),
            DeValue::Array(array) if array.iter().any(|item| item.get_ref().is_table()) => {
                format!("[[{name}]]")
            }
            _ => format!("{name} = {}", self.shown(value.span())),
        };
        let place = self.place(at);
        self.wrong(at, ConfigError::Shape { place, found, name: name.to_owned(), wanted });
    }

    fn unknown(&mut self, at: usize, name: String, nearest: Option<String>) {
        let place = self.place(at);
        self.wrong(at, ConfigError::Unknown { place, name, nearest });
    }

    /// Notes what is wrong, if it is the first in the file.
    fn wrong(&mut self, at: usize, error: ConfigError) {
        if self.first.as_ref().is_none_or(|(first, _)| at < *first) {
            self.first = Some((at, error));
        }
    }

    fn place(&self, at: usize) -> Place {
        Place::Line { file: self.file.to_owned(), line: line(self.text, at) }
    }

    /// What stands there, as much as fits into a line.
    fn shown(&self, span: Range<usize>) -> String {
        let written = self.text.get(span).unwrap_or_default();
        let first = written.lines().next().unwrap_or_default().trim();
        if first.len() == written.trim().len() && first.len() <= MAX_SHOWN {
            return first.to_owned();
        }
        first.chars().take(MAX_SHOWN).chain("…".chars()).collect()
    }
}

/// The line of a place in a text, from 1.
fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// A value that a setting may have.
fn plain(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::String(text) => Some(Value::String(text.to_string())),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(Value::Integer)
        }
        DeValue::Boolean(switch) => Some(Value::Boolean(*switch)),
        _ => None,
    }
}
