//! What is printed is what is read; what is not known is refused.

use std::path::Path;

use super::print::sections;
use super::*;
use crate::sequencer::Options;

fn variables(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn parse(text: &str) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("board.toml");
    std::fs::write(&file, text).unwrap();
    let config = Config::load(Some(&file), [])?;
    config.check().map(|()| config)
}

#[test]
fn the_printed_defaults_are_the_defaults() {
    let printed = Config::default().to_toml();
    assert_eq!(parse(&printed).unwrap(), Config::default());
    let defaults = toml::Value::try_from(Config::default()).unwrap();
    for (section, _, settings) in sections() {
        assert!(printed.contains(&format!("\n[{section}]\n")), "{section}");
        for setting in settings {
            let (set, unset) = (format!("\n{} = ", setting.name), format!("\n#{} = ", setting.name));
            assert!(printed.contains(&set) || printed.contains(&unset), "{} in {printed}", setting.name);
            assert!(setting.text.concat().len() > 20, "{} is not explained", setting.name);
            let value = defaults.get(section).and_then(|settings| settings.get(setting.name));
            let is_number = matches!(value, Some(toml::Value::Integer(_)));
            assert_eq!(is_number, !setting.unit.is_empty(), "{}", setting.name);
        }
    }
}

#[test]
fn every_example_can_be_switched_on() {
    let printed = Config::default().to_toml();
    let uncommented: Vec<&str> = printed
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(setting) if !setting.is_empty() && !setting.starts_with(' ') => setting,
            _ => line,
        })
        .collect();
    let config = parse(&uncommented.join("\n")).unwrap();
    assert!(config.server.data.is_some() && config.tls.key.is_some() && config.metrics.listen.is_some());
    assert_eq!((config.witness.len(), config.mirror.len()), (1, 1));
    assert_eq!(
        parse(&config.to_toml()).unwrap(),
        config,
        "what is in force is printed so that it can be read"
    );
}

#[test]
fn the_default_queue_is_the_sequencers_own() {
    let (ours, its) = (Options::from(&Queue::default()), Options::default());
    assert_eq!(
        (ours.batch_entries, ours.batch_bytes, ours.linger, ours.queue_entries, ours.queue_bytes, ours.tick),
        (its.batch_entries, its.batch_bytes, its.linger, its.queue_entries, its.queue_bytes, its.tick)
    );
}

#[test]
fn the_environment_goes_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("board.toml");
    std::fs::write(&file, "[limits]\nconnections = 5\nidle_seconds = 100\n[log]\nlevel = \"warn\"\n")
        .unwrap();
    let environment = [
        ("TABELLA_BOARD_LIMITS_CONNECTIONS", "7"),
        ("TABELLA_BOARD_LOG_REQUESTS", "true"),
        ("TABELLA_BOARD_LOG_FORMAT", "json"),
        ("TABELLA_BOARD_SERVER_DATA", "/a b"),
        ("TABELLA_BOARD_METRICS_LISTEN", "127.0.0.1:1"),
        ("TABELLA_BOARD_KEY", "for the clients"),
        ("PATH", "/bin"),
    ];
    let config = Config::load(Some(&file), variables(&environment)).unwrap();
    assert_eq!((config.limits.connections, config.limits.idle_seconds), (7, 100));
    let expected = Log { format: LogFormat::Json, level: Level::Warn, requests: true };
    assert_eq!(config.log, expected);
    assert_eq!(config.server.data.as_deref(), Some(Path::new("/a b")));
    assert_eq!(config.metrics.listen, Some("127.0.0.1:1".parse().unwrap()));
}

#[test]
fn what_is_not_known_is_refused_with_its_name() {
    let refused = [
        ("[limits]\nconections = 5\n", "conections"),
        ("[limit]\nconnections = 5\n", "limit"),
        ("[limits]\nconnections = \"many\"\n", "many"),
        ("[limits]\nconnections = -1\n", "-1"),
        ("[log]\nlevel = \"loud\"\n", "loud"),
        ("[server]\nlisten = \"here\"\n", "socket address"),
        ("[[witness]]\nname = \"a\"\nurl = \"https://a\"\nkey = \"b\"\n", "key"),
    ];
    for (text, part) in refused {
        let message = parse(text).unwrap_err().to_string();
        assert!(message.contains(part) && message.contains("tabella-board config"), "{message}");
    }
    for (name, value, part) in [
        ("TABELLA_BOARD_LIMITS_CONECTIONS", "5", "TABELLA_BOARD_LIMITS_CONECTIONS"),
        ("TABELLA_BOARD_LIMITS_CONNECTIONS", "many", "many"),
        ("TABELLA_BOARD_WITNESS", "https://a", "in the file alone"),
    ] {
        let message = Config::load(None, variables(&[(name, value)])).unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }
    let message = Config::load(Some(Path::new("/nowhere/board.toml")), []).unwrap_err().to_string();
    assert!(message.contains("/nowhere/board.toml"), "{message}");
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let witness = |name: &str, url: &str| format!("[[witness]]\nname = \"{name}\"\nurl = \"{url}\"\n");
    let refused = [
        ("[tls]\nkey = \"/k\"\n".to_owned(), "set both"),
        ("[limits]\nconnections = 0\n".to_owned(), "at least 1"),
        ("[queue]\ntick_milliseconds = 0\n".to_owned(), "at least 1"),
        ("[limits]\nidle_seconds = 29\n".to_owned(), "idle_seconds"),
        ("[limits]\nheld_bytes = 1000000\n".to_owned(), "held_bytes is less"),
        ("[limits]\nheld_bytes_per_address = 1\n".to_owned(), "held_bytes_per_address is less"),
        ("[metrics]\nlisten = \"127.0.0.1:8080\"\n".to_owned(), "another port"),
        (witness("a", "a.example.org"), "no address"),
        (witness("a", "ftp://a.example.org"), "no address"),
        (witness("", "https://a"), "of its own"),
        (format!("{0}{0}", witness("a", "https://a")), "of its own"),
        ("[[mirror]]\nurl = \"/folder\"\n".to_owned(), "no address"),
    ];
    for (text, part) in refused {
        let message = parse(&text).unwrap_err().to_string();
        assert!(message.contains(part), "{text}: {message}");
    }
    assert!(parse("[limits]\nconnections_per_address = 0\nheld_bytes_per_address = 0\n").is_ok());
}
