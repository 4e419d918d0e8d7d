//! The settings as a file that explains itself.

use std::fmt::Write;

use toml::Value;

use super::section::List;
use super::sections::LISTS;
use super::{
    Backup, Config, Credentials, Kind, Limits, Log, Metrics, PREFIX, Queue, Section, Server, Setting, Tls,
};

/// Every section with its name, words and settings.
pub(super) fn sections() -> [(&'static str, &'static [&'static str], &'static [Setting]); 8] {
    fn row<S: Section>() -> (&'static str, &'static [&'static str], &'static [Setting]) {
        (S::NAME, S::TEXT, S::SETTINGS)
    }
    [
        row::<Server>(),
        row::<Backup>(),
        row::<Tls>(),
        row::<Limits>(),
        row::<Queue>(),
        row::<Credentials>(),
        row::<Log>(),
        row::<Metrics>(),
    ]
}

impl Config {
    /// These settings as a file, every one explained; what is not set stands there with an example, behind `#`.
    /// Reading it gives these settings again.
    pub fn to_toml(&self) -> String {
        let values = Value::try_from(self).unwrap_or(Value::Boolean(false));
        let mut text = format!(
            "# Settings of tabella-board: `tabella-board run --config FILE`.\n\
             #\n\
             # What is left out has its default. A variable {PREFIX}<SECTION>_<SETTING> goes before the file,\n\
             # such as {PREFIX}LOG_LEVEL=debug, and a flag before both. `tabella-board config` prints the\n\
             # defaults, `tabella-board run --config FILE --print-config` what is in force.\n"
        );
        for (section, about, settings) in sections() {
            text.push('\n');
            comment(&mut text, about);
            push(&mut text, format_args!("[{section}]"));
            for setting in settings {
                comment(&mut text, setting.text);
                if let Kind::Number { unit, .. } = setting.kind {
                    push(&mut text, format_args!("# Unit: {unit}."));
                }
                match values.get(section).and_then(|values| values.get(setting.name)) {
                    Some(value) => push(&mut text, format_args!("{} = {value}", setting.name)),
                    None => push(&mut text, format_args!("#{} = {}", setting.name, setting.example)),
                }
            }
        }
        for List { name, text: about, settings, .. } in LISTS {
            text.push('\n');
            comment(&mut text, about);
            let tables = values.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            for table in tables {
                push(&mut text, format_args!("[[{name}]]"));
                for setting in *settings {
                    let value = table.get(setting.name).map(Value::to_string).unwrap_or_default();
                    push(&mut text, format_args!("{} = {value}", setting.name));
                }
            }
            if tables.is_empty() {
                push(&mut text, format_args!("#[[{name}]]"));
                for setting in *settings {
                    push(&mut text, format_args!("#{} = {}", setting.name, setting.example));
                }
            }
        }
        text
    }
}

fn comment(text: &mut String, lines: &[&str]) {
    for line in lines {
        // the words of a doc comment begin with their blank
        push(text, format_args!("#{line}"));
    }
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // writing to a string does not fail
    let _ = writeln!(text, "{line}");
}
