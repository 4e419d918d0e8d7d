//! Reading the settings, and refusing what cannot be meant.

use std::path::{Path, PathBuf};

use axum::http::Uri;
use axum::http::uri::Scheme;
use serde::Deserialize as _;
use toml::{Table, Value};

use super::print::sections;
use super::{Config, LogFormat, Setting};

/// What variables of the environment begin with.
pub const PREFIX: &str = "TABELLA_BOARD_";
/// Least bytes to hold for clients: a bundle of 256 of the longest entries has 16 MiB, and a part is for others.
const MIN_HELD: usize = 24 << 20;
/// Variables with this beginning that are for the programs of others.
const OTHERS: [&str; 1] = ["TABELLA_BOARD_KEY"];

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the settings in {} cannot be read: {error}", .file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What happened.
        error: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{}: {error}\n`tabella-board config` prints every setting", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Where and why.
        error: toml::de::Error,
    },
    /// A variable's value is not what its setting takes.
    #[error("the variable {name}: {error}\n`tabella-board config` prints every setting")]
    Variable {
        /// The variable.
        name: String,
        /// Why.
        error: toml::de::Error,
    },
    /// A variable that stands for no setting.
    #[error(
        "the variable {name} stands for no setting: see `tabella-board config`; lists ([[witness]], [[mirror]]) are \
         set in the file alone"
    )]
    UnknownVariable {
        /// The variable.
        name: String,
    },
    /// TLS needs two files.
    #[error("[tls] has one of certificate and key: set both, or none")]
    HalfTls,
    /// A bound that would stop everything.
    #[error("[{section}] {setting} = 0 would let nothing through: set at least 1")]
    Zero {
        /// The section.
        section: &'static str,
        /// The setting.
        setting: &'static str,
    },
    /// A connection would be cut while its request is still allowed to run.
    #[error(
        "[limits] idle_seconds is less than request_seconds: a slow request would be cut off in its middle"
    )]
    IdleBeforeRequest,
    /// The longest tile would never be served.
    #[error("[limits] {setting} is less than the longest tile of a log needs: set at least {MIN_HELD}")]
    Held {
        /// The setting.
        setting: &'static str,
    },
    /// Two listeners at one address.
    #[error("[metrics] listen is [server] listen: choose another port for the figures")]
    SameAddress,
    /// An address that nobody can be asked at.
    #[error("[[{section}]] url = {url:?} is no address: write it like https://{section}.example.org")]
    Url {
        /// The section.
        section: &'static str,
        /// What stands there.
        url: String,
    },
    /// A witness without a name, or two of one name.
    #[error("[[witness]] name = {0:?}: each witness has a name of its own, the one in its key")]
    WitnessName(String),
}

impl Config {
    /// Reads the file, if there is one, and what the environment says about it; flags are for the caller, and so is
    /// [`Config::check`] after them.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let (mut table, mut config) = match file {
            Some(file) => read(file)?,
            None => (Table::new(), Self::default()),
        };
        for (name, text) in environment {
            let Some(rest) = name.strip_prefix(PREFIX).filter(|_| !OTHERS.contains(&name.as_str())) else {
                continue;
            };
            let Some((section, setting)) = setting_of(rest) else {
                return Err(ConfigError::UnknownVariable { name });
            };
            let settings = table.entry(section).or_insert_with(|| Table::new().into());
            if let Some(settings) = settings.as_table_mut() {
                settings.insert(setting.name.to_owned(), value_of(section, setting, text));
            }
            let changed = Self::deserialize(table.clone());
            config = changed.map_err(|error| ConfigError::Variable { name, error })?;
        }
        Ok(config)
    }

    /// Refuses what each setting allows and all together do not.
    pub fn check(&self) -> Result<(), ConfigError> {
        let Self { server, backup, tls, limits, queue, credentials, log: _, metrics, witness, mirror } = self;
        if tls.certificate.is_some() != tls.key.is_some() {
            return Err(ConfigError::HalfTls);
        }
        let positive = [
            ("backup", "every_minutes", backup.every_minutes == 0),
            ("backup", "keep", backup.keep == 0),
            ("limits", "connections", limits.connections == 0),
            ("limits", "header_seconds", limits.header_seconds == 0),
            ("limits", "request_seconds", limits.request_seconds == 0),
            ("queue", "batch_entries", queue.batch_entries == 0),
            ("queue", "batch_bytes", queue.batch_bytes == 0),
            ("queue", "entries", queue.entries == 0),
            ("queue", "bytes", queue.bytes == 0),
            ("credentials", "ballots", credentials.ballots == 0),
            ("credentials", "suspects", credentials.suspects == 0),
            ("queue", "tick_milliseconds", queue.tick_milliseconds == 0),
        ];
        if let Some((section, setting, _)) = positive.into_iter().find(|(.., zero)| *zero) {
            return Err(ConfigError::Zero { section, setting });
        }
        if limits.idle_seconds < limits.request_seconds {
            return Err(ConfigError::IdleBeforeRequest);
        }
        let share = limits.held_bytes_per_address;
        let held = [("held_bytes", limits.held_bytes, true), ("held_bytes_per_address", share, share > 0)];
        if let Some((setting, ..)) =
            held.into_iter().find(|(_, bytes, is_bound)| *is_bound && *bytes < MIN_HELD)
        {
            return Err(ConfigError::Held { setting });
        }
        if server.listen.port() != 0 && metrics.listen == Some(server.listen) {
            return Err(ConfigError::SameAddress);
        }
        for (place, one) in witness.iter().enumerate() {
            let twice = witness.iter().take(place).any(|other| other.name == one.name);
            if one.name.trim().is_empty() || twice {
                return Err(ConfigError::WitnessName(one.name.clone()));
            }
        }
        let urls = witness.iter().map(|one| ("witness", &one.url));
        let mut urls = urls.chain(mirror.iter().map(|one| ("mirror", &one.url)));
        match urls.find(|(_, url)| !is_web_address(url)) {
            Some((section, url)) => Err(ConfigError::Url { section, url: url.clone() }),
            None => Ok(()),
        }
    }
}

/// In which form lines are to be written, as far as settings say that cannot be used otherwise.
pub fn format_asked(file: Option<&Path>) -> LogFormat {
    let variable = std::env::var(format!("{PREFIX}LOG_FORMAT")).ok();
    let text = file.and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
    let table = toml::from_str::<Table>(&text).unwrap_or_default();
    let in_file = table.get("log").and_then(|log| log.get("format")?.as_str());
    match variable.as_deref().or(in_file) {
        Some("json") => LogFormat::Json,
        _ => LogFormat::Text,
    }
}

fn read(file: &Path) -> Result<(Table, Config), ConfigError> {
    let text =
        std::fs::read_to_string(file).map_err(|error| ConfigError::Read { file: file.to_owned(), error })?;
    let wrong = |error| ConfigError::File { file: file.to_owned(), error };
    Ok((toml::from_str(&text).map_err(wrong)?, toml::from_str(&text).map_err(wrong)?))
}

/// The setting that `<SECTION>_<SETTING>` names.
fn setting_of(name: &str) -> Option<(&'static str, &'static Setting)> {
    let name = name.to_ascii_lowercase();
    sections().into_iter().find_map(|(section, _, settings)| {
        let rest = name.strip_prefix(section)?.strip_prefix('_')?;
        settings.iter().find(|setting| setting.name == rest).map(|setting| (section, setting))
    })
}

/// A text as a value: of a number or a switch it is the TOML, of everything else the string itself.
fn value_of(section: &str, setting: &Setting, text: String) -> Value {
    let defaults = Value::try_from(Config::default()).ok();
    let default = defaults.as_ref().and_then(|all| all.get(section)?.get(setting.name));
    let plain = matches!(default, Some(Value::Integer(_) | Value::Boolean(_)));
    let parsed = toml::from_str::<Table>(&format!("value = {text}")).ok();
    match parsed.and_then(|mut table| table.remove("value")).filter(|_| plain) {
        Some(value) => value,
        None => Value::String(text),
    }
}

fn is_web_address(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let web = uri.scheme().is_some_and(|scheme| *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS);
    web && uri.host().is_some_and(|host| !host.is_empty())
}
