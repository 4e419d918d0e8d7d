//! The settings of `tabella-board`: one file in TOML, then variables of the environment, then flags.
//!
//! Each setting is declared once, in [`sections`], with its type, default, unit and sentence. The file with every
//! setting explained is printed from that ([`Config::to_toml`]) and read by it, so the two cannot drift apart.
//! A setting or variable that is not known is refused: a misspelt limit must not be no limit. What is refused is said
//! with its place ([`Place`]) and what is wanted there ([`Kind`]).

use serde::{Deserialize, Serialize};

mod errors;
mod file;
mod kind;
mod load;
mod names;
mod place;
mod print;
mod section;
mod sections;
#[cfg(test)]
mod tests;

pub use errors::ConfigError;
pub use kind::{Kind, parse_listen};
pub use load::{PREFIX, Settings, format_asked};
pub use place::{Place, Places};
pub use section::{Section, Setting};
pub use sections::{
    Backup, Credentials, Level, Limits, Log, LogFormat, Metrics, Mirror, Queue, Server, Tls, Witness,
};

/// All settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the board's data lies and where it listens.
    pub server: Server,
    /// Copies of the store.
    pub backup: Backup,
    /// TLS by the board itself.
    pub tls: Tls,
    /// Bounds for clients.
    pub limits: Limits,
    /// Bounds and times of the sequencer.
    pub queue: Queue,
    /// What one credential may make the board do.
    pub credentials: Credentials,
    /// What is logged.
    pub log: Log,
    /// Figures for Prometheus.
    pub metrics: Metrics,
    /// The witnesses that are asked to cosign checkpoints.
    pub witness: Vec<Witness>,
    /// The mirrors that keep copies of the logs.
    pub mirror: Vec<Mirror>,
}
