//! What is written to standard error, and the one line on standard output that says where the board listens.
//!
//! In JSON every line is an object, the first and the last too: what stops the program, and what no code foresaw.
//!
//! Libraries below say warnings and errors at most: at finer levels those of HTTP write down paths and headers of
//! requests, and what a voter asks for must not stand in a log.

use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::config::{Level, Log, LogFormat};

/// What all of Tabella's own modules begin with.
const OURS: &str = "tabella";

impl From<Level> for LevelFilter {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::ERROR,
            Level::Warn => Self::WARN,
            Level::Info => Self::INFO,
            Level::Debug => Self::DEBUG,
            Level::Trace => Self::TRACE,
        }
    }
}

/// Which lines are written.
fn filter(level: Level) -> Targets {
    let ours = LevelFilter::from(level);
    Targets::new().with_default(ours.min(LevelFilter::WARN)).with_target(OURS, ours)
}

/// Whether lines are JSON.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// Begins logging; whoever comes second changes nothing.
pub fn start(log: &Log) {
    let colours = std::io::stderr().is_terminal();
    let lines = match log.format {
        LogFormat::Text => fmt::layer().with_ansi(colours).with_writer(std::io::stderr).boxed(),
        LogFormat::Json => fmt::layer().json().flatten_event(true).with_writer(std::io::stderr).boxed(),
    };
    let begun = tracing_subscriber::registry().with(lines.with_filter(filter(log.level))).try_init();
    if begun.is_ok() && log.format == LogFormat::Json {
        IS_JSON.store(true, Ordering::Relaxed);
        std::panic::set_hook(Box::new(|panic| tracing::error!("the program has a fault: {panic}")));
    }
}

/// The last words of a program that cannot go on, and what to do about it, where the reason does not say it.
pub fn fatal(program: &str, reason: &str, hint: Option<&str>) {
    match (IS_JSON.load(Ordering::Relaxed), hint) {
        (true, hint) => tracing::error!(hint, "{reason}"),
        (false, Some(hint)) => eprintln!("{program}: {reason}\nhint: {hint}"),
        (false, None) => eprintln!("{program}: {reason}"),
    }
}

/// Says on standard output where the board listens, for whoever started it.
///
/// # Errors
///
/// Standard output is closed.
pub fn listening(address: &str) -> std::io::Result<()> {
    let message = format!("listening on {address}");
    let line = match IS_JSON.load(Ordering::Relaxed) {
        true => {
            let timestamp = format!("{:.6}", jiff::Timestamp::now());
            let target = module_path!();
            json!({ "timestamp": timestamp, "level": "INFO", "message": message, "target": target })
                .to_string()
        }
        false => message,
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use tracing::Level as Of;

    use super::*;

    #[test]
    fn libraries_never_say_more_than_warnings() {
        let filter = filter(Level::Trace);
        assert!(filter.would_enable("tabella_board::serve", &Of::TRACE));
        for library in ["hyper::proto", "h2::codec", "rustls::server", "axum::rejection"] {
            assert!(filter.would_enable(library, &Of::WARN));
            assert!(!filter.would_enable(library, &Of::INFO), "{library}");
        }
        let quiet = super::filter(Level::Error);
        assert!(!quiet.would_enable("hyper", &Of::WARN) && !quiet.would_enable("tabella_board", &Of::WARN));
    }
}
