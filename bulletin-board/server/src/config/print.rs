//! The settings as a file that explains itself.

use std::fmt::Write;

use toml::Value;

use super::{
    Backup, Config, Credentials, Kind, Limits, Log, Metrics, Mirror, PREFIX, Queue, Section, Server, Setting,
    Tls, Witness,
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
        text.push_str(
            "\n# Witnesses that are asked to cosign checkpoints: the name in the witness's key, and its address.\n\
             # One table for each.\n",
        );
        for Witness { name, url } in &self.witness {
            let (name, url) = (Value::from(name.as_str()), Value::from(url.as_str()));
            push(&mut text, format_args!("[[witness]]\nname = {name}\nurl = {url}"));
        }
        if self.witness.is_empty() {
            text.push_str(
                "#[[witness]]\n#name = \"witness.example.org\"\n#url = \"https://witness.example.org\"\n",
            );
        }
        text.push_str("\n# Mirrors that keep copies of the logs. One table for each.\n");
        for Mirror { url } in &self.mirror {
            push(&mut text, format_args!("[[mirror]]\nurl = {}", Value::from(url.as_str())));
        }
        if self.mirror.is_empty() {
            text.push_str("#[[mirror]]\n#url = \"https://mirror.example.org\"\n");
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
