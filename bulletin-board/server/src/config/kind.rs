//! What the value of a setting must be, and how that is said to people.

use std::net::SocketAddr;

use toml::Value;

/// What a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number, with what it counts.
    Number {
        /// The least.
        least: u64,
        /// The greatest.
        most: u64,
        /// What it counts.
        unit: &'static str,
    },
    /// Yes or no.
    Switch,
    /// Address and port to listen at.
    Listen,
    /// A file or folder.
    Path,
    /// One of these words.
    Word(&'static [&'static str]),
    /// The name of a witness.
    Name,
    /// An address in the web, such as this one.
    Url(&'static str),
    /// Where logs can be read: an address in the web, or a folder.
    Source,
}

impl Kind {
    /// A number's kind.
    pub(super) const fn number(least: u64, most: u64, unit: &'static str) -> Self {
        Self::Number { least, most, unit }
    }

    /// What is wanted, with an example where it is needed.
    pub fn wanted(&self) -> String {
        match self {
            Self::Number { least, most, unit } => {
                format!("a whole number from {} to {} ({unit})", grouped(*least), grouped(*most))
            }
            Self::Switch => "yes or no: true or false, without quotes".to_owned(),
            Self::Listen => LISTEN.to_owned(),
            Self::Path => {
                "the path of a file or folder in quotes, such as \"/var/lib/tabella-board\"".to_owned()
            }
            Self::Word(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
                format!("one of {}", quoted.join(", "))
            }
            Self::Name => {
                "a name of its own for each, the one in the witness's key, such as \"witness.example.org/w1\""
                    .to_owned()
            }
            Self::Source => {
                "an address such as \"https://mirror.example.org\", or a folder that is there".to_owned()
            }
            Self::Url(example) => {
                format!("an address that begins with http:// or https://, such as \"{example}\"")
            }
        }
    }

    /// Whether a value of the file is one of these.
    pub(super) fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Number { least, most, .. }, Value::Integer(number)) => {
                u64::try_from(*number).is_ok_and(|number| (*least..=*most).contains(&number))
            }
            (Self::Switch, Value::Boolean(_)) => true,
            (Self::Listen, Value::String(text)) => text.parse::<SocketAddr>().is_ok(),
            (Self::Path, Value::String(text)) => !text.is_empty(),
            (Self::Word(words), Value::String(text)) => words.contains(&text.as_str()),
            // what they must be besides depends on their place
            (Self::Name | Self::Url(_) | Self::Source, Value::String(_)) => true,
            _ => false,
        }
    }

    /// The value that the text of a variable stands for, if it is one of these. Numbers may be grouped as in TOML.
    pub(super) fn read(&self, text: &str) -> Option<Value> {
        let value = match self {
            Self::Number { .. } => Value::Integer(text.replace('_', "").parse().ok()?),
            Self::Switch => Value::Boolean(text.parse().ok()?),
            _ => Value::String(text.to_owned()),
        };
        self.takes(&value).then_some(value)
    }
}

/// What is wanted where a program listens.
const LISTEN: &str =
    "an address in digits and a port, such as \"127.0.0.1:8080\", or \"[::]:443\" for all addresses";

/// Reads where to listen, from a flag.
pub fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("wanted is {LISTEN}"))
}

/// A number with its thousands apart.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
