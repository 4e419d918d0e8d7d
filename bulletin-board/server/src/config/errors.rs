//! What can be wrong with settings: each message has the place, what stands there, and what is wanted.

use std::path::PathBuf;

use super::Place;

/// Why settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(
        "the settings in {} cannot be read: {error}; name the file with --config, `tabella-board config` prints one",
        .file.display()
    )]
    Read {
        /// The file.
        file: PathBuf,
        /// What happened.
        error: std::io::Error,
    },
    /// The file is not TOML.
    #[error(
        "{place}: this is not TOML: {reason}; `tabella-board config` prints a file of settings to compare with"
    )]
    Syntax {
        /// Where.
        place: Place,
        /// Why.
        reason: String,
    },
    /// A value is not what its setting takes.
    #[error("{place}: {setting} = {found} cannot be used: wanted is {wanted}")]
    Value {
        /// Where.
        place: Place,
        /// The setting, with its section.
        setting: String,
        /// What stands there.
        found: String,
        /// What is wanted, in words.
        wanted: String,
    },
    /// A table that lacks what it must have.
    #[error("{place}: this [[{section}]] has no {name}: wanted is {wanted}")]
    Missing {
        /// Where the table begins.
        place: Place,
        /// The list.
        section: &'static str,
        /// The setting.
        name: &'static str,
        /// What is wanted, in words.
        wanted: String,
    },
    /// A section or list that is not written as one.
    #[error("{place}: {found} is not how {name} is written: {wanted}")]
    Shape {
        /// Where.
        place: Place,
        /// What stands there.
        found: String,
        /// Its name.
        name: String,
        /// How it is written.
        wanted: String,
    },
    /// A name that stands for no setting.
    #[error("{place}: there is no setting {name}{}; `tabella-board config` prints all", meant(.nearest))]
    Unknown {
        /// Where.
        place: Place,
        /// The name, with its section.
        name: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// A variable that stands for no setting.
    #[error(
        "the variable {name} stands for no setting{}; `tabella-board config` prints all, and each is the variable \
         TABELLA_BOARD_<SECTION>_<SETTING>", meant(.nearest)
    )]
    UnknownVariable {
        /// The variable.
        name: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// A variable for what is set in the file alone.
    #[error(
        "the variable {name} stands for no setting: {list} are set in the file alone, one table for each"
    )]
    List {
        /// The variable.
        name: String,
        /// The list.
        list: String,
    },
    /// TLS needs two files.
    #[error("{place}: [tls] {set} is set and {missing} is not: set both for TLS, or none for plain HTTP")]
    HalfTls {
        /// Where the one is set.
        place: Place,
        /// The one.
        set: &'static str,
        /// The other.
        missing: &'static str,
    },
    /// A connection would be cut while its request is still allowed to run.
    #[error(
        "{place}: [limits] idle_seconds = {idle} is less than request_seconds = {request}: a slow request would be cut \
         off in its middle; set at least {request}"
    )]
    IdleBeforeRequest {
        /// Where the later one of both is set.
        place: Place,
        /// The one.
        idle: u64,
        /// The other.
        request: u64,
    },
    /// Two listeners at one address.
    #[error("{place}: [metrics] listen is [server] listen, {address}: choose another port for the figures")]
    SameAddress {
        /// Where.
        place: Place,
        /// Both.
        address: std::net::SocketAddr,
    },
    /// No folder.
    #[error(
        "which board is meant? Name its folder with --data, or with [server] data in the file of settings, or with the \
         variable TABELLA_BOARD_SERVER_DATA; `tabella-board init` makes one"
    )]
    NoData,
    /// Nobody to ask.
    #[error("mirrors are required and none is named: add [[mirror]] to the settings, or --mirror")]
    NoMirror,
    /// What was checked one by one does not fit together.
    #[error("the settings cannot be used: {0}; compare them with those that `tabella-board config` prints")]
    Unusable(toml::de::Error),
}

fn meant(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; {name} is like it")).unwrap_or_default()
}
