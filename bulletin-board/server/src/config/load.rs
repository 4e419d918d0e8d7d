//! Reading the settings, and refusing what cannot be meant.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use axum::http::Uri;
use axum::http::uri::Scheme;
use serde::Deserialize as _;
use toml::{Table, Value};

use super::kind::grouped;
use super::sections::{LISTS, MIN_HELD};
use super::{Config, ConfigError, Kind, LogFormat, Place, Places, file, names};

/// What variables of the environment begin with.
pub const PREFIX: &str = "TABELLA_BOARD_";
/// Variables with this beginning that are for the programs of others.
const OTHERS: [&str; 1] = ["TABELLA_BOARD_KEY"];

/// Settings, and where each was set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The settings.
    pub config: Config,
    /// Their places.
    pub places: Places,
}

impl Settings {
    /// Reads the file, if there is one, and what the environment says about it; flags are for the caller, and so is
    /// [`Settings::check`] after them.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, OsString)>,
    ) -> Result<Self, ConfigError> {
        let (mut table, mut places) = match file {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| ConfigError::Read { file: path.to_owned(), error })?;
                file::read(path, &text)?
            }
            None => (Table::new(), Places::default()),
        };
        for (name, text) in environment {
            let Some(rest) = name.strip_prefix(PREFIX).filter(|_| !OTHERS.contains(&name.as_str())) else {
                continue;
            };
            let Some((section, setting)) = names::of_variable(rest) else {
                return Err(unknown(name));
            };
            let place = Place::Variable(name);
            // what is not UTF-8 is no value: with other characters in its place it could name another folder
            let Some(value) = text.to_str().and_then(|text| setting.kind.read(text)) else {
                let setting_name = format!("[{section}] {}", setting.name);
                let encoding = if text.to_str().is_none() { ", in UTF-8" } else { "" };
                let (found, wanted) = (format!("{text:?}"), format!("{}{encoding}", setting.kind.wanted()));
                return Err(ConfigError::Value { place, setting: setting_name, found, wanted });
            };
            let settings = table.entry(section).or_insert_with(|| Table::new().into());
            if let Some(settings) = settings.as_table_mut() {
                settings.insert(setting.name.to_owned(), value);
            }
            places.set(section, 0, setting.name, place);
        }
        let config = Config::deserialize(table).map_err(ConfigError::Unusable)?;
        Ok(Self { config, places })
    }

    /// Refuses what each setting allows and all together do not.
    pub fn check(&self) -> Result<(), ConfigError> {
        let Self { config, places } = self;
        let Config { server, backup: _, tls, limits, queue: _, credentials: _, log: _, metrics, .. } = config;
        let half = match (&tls.certificate, &tls.key) {
            (Some(_), None) => Some(("certificate", "key")),
            (None, Some(_)) => Some(("key", "certificate")),
            _ => None,
        };
        if let Some((set, missing)) = half {
            return Err(ConfigError::HalfTls { place: places.of("tls", 0, set), set, missing });
        }
        let (idle, request) = (limits.idle_seconds, limits.request_seconds);
        if idle < request {
            let place = match places.of("limits", 0, "idle_seconds") {
                Place::Default => places.of("limits", 0, "request_seconds"),
                set => set,
            };
            return Err(ConfigError::IdleBeforeRequest { place, idle, request });
        }
        let share = limits.held_bytes_per_address as u64;
        if (1..MIN_HELD).contains(&share) {
            return Err(ConfigError::Value {
                place: places.of("limits", 0, "held_bytes_per_address"),
                setting: "[limits] held_bytes_per_address".to_owned(),
                found: share.to_string(),
                wanted: format!(
                    "at least {}, so that the longest tile of a log has room, or 0 for no bound",
                    grouped(MIN_HELD)
                ),
            });
        }
        if server.listen.port() != 0 && metrics.listen == Some(server.listen) {
            let place = places.of("metrics", 0, "listen");
            return Err(ConfigError::SameAddress { place, address: server.listen });
        }
        self.check_lists()
    }

    /// What was set and has no effect, in words for the operator.
    pub fn ignored(&self) -> Vec<String> {
        const STRICT: &str = "strict_transport_security_seconds";
        let (tls, place) = (&self.config.tls, self.places.of("tls", 0, STRICT));
        let (seconds, default) =
            (tls.strict_transport_security_seconds, super::Tls::default().strict_transport_security_seconds);
        // a file as `tabella-board config` prints it has the default in it
        let is_meant = place != Place::Default && seconds > 0 && seconds != default;
        let ignored = (is_meant && tls.certificate.is_none()).then(|| {
            format!(
                "{place}: [tls] {STRICT} has no effect without [tls] certificate and key: set them, or let the proxy \
                 in front send Strict-Transport-Security and take the setting out"
            )
        });
        ignored.into_iter().collect()
    }

    /// The tables of each list have what their settings take; names are their own.
    fn check_lists(&self) -> Result<(), ConfigError> {
        let values = Value::try_from(&self.config).unwrap_or(Value::Boolean(false));
        for list in LISTS {
            let tables = values.get(list.name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            for (number, table) in tables.iter().enumerate() {
                for setting in list.settings {
                    let text = |table: &Value| Some(table.get(setting.name)?.as_str()?.to_owned());
                    let found = text(table).unwrap_or_default();
                    let is_good = match setting.kind {
                        Kind::Name => {
                            let mut others = tables.iter().take(number).filter_map(text);
                            !found.trim().is_empty() && others.all(|other| other != found)
                        }
                        Kind::Source => is_web_address(&found) || is_folder(&found),
                        Kind::Url(_) => is_web_address(&found),
                        _ => true,
                    };
                    if !is_good {
                        return Err(ConfigError::Value {
                            place: self.places.of(list.name, number, setting.name),
                            setting: format!("[[{}]] {}", list.name, setting.name),
                            found: format!("{found:?}"),
                            wanted: setting.kind.wanted(),
                        });
                    }
                }
            }
        }
        Ok(())
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

fn unknown(name: String) -> ConfigError {
    let rest = name.strip_prefix(PREFIX).unwrap_or(&name);
    let rest = rest.to_ascii_lowercase();
    match LISTS.iter().find(|list| rest.starts_with(list.name)) {
        Some(list) => ConfigError::List { list: format!("{} ([[{}]])", list.plural, list.name), name },
        None => ConfigError::UnknownVariable { nearest: names::like_variable(&name), name },
    }
}

fn is_web_address(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let web = uri.scheme().is_some_and(|scheme| *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS);
    web && uri.host().is_some_and(|host| !host.is_empty())
}

/// A mirror may be a folder on this machine.
fn is_folder(text: &str) -> bool {
    PathBuf::from(text).is_dir()
}
