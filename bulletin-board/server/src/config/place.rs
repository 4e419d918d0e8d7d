//! Where a setting was set, for those who must correct it.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter};
use std::path::PathBuf;

/// Where a setting was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the file.
    Line {
        /// The file.
        file: PathBuf,
        /// Its line, from 1.
        line: usize,
    },
    /// By a variable of the environment.
    Variable(String),
    /// By a flag.
    Flag(&'static str),
    /// Nowhere: it has its default.
    Default,
}

impl Display for Place {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line { file, line } => write!(formatter, "{}, line {line}", file.display()),
            Self::Variable(name) => write!(formatter, "the variable {name}"),
            Self::Flag(name) => write!(formatter, "the flag {name}"),
            Self::Default => formatter.write_str("the default"),
        }
    }
}

/// The places of all settings that were set, by section, number in a list (0 elsewhere) and name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places(BTreeMap<(String, usize, String), Place>);

impl Places {
    /// Notes the place of a setting; the last one counts.
    pub fn set(&mut self, section: &str, number: usize, name: &str, place: Place) {
        let _before = self.0.insert((section.to_owned(), number, name.to_owned()), place);
    }

    /// The place of a setting.
    pub fn of(&self, section: &str, number: usize, name: &str) -> Place {
        self.0.get(&(section.to_owned(), number, name.to_owned())).cloned().unwrap_or(Place::Default)
    }
}
