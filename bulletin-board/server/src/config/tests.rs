//! What is printed is what is read; what is not known is refused.

use std::ffi::OsString;
use std::path::Path;

use super::print::sections;
use super::*;
use crate::sequencer::Options;

fn variables(all: &[(&str, &str)]) -> Vec<(String, OsString)> {
    all.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect()
}

fn parse(text: &str) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("board.toml");
    std::fs::write(&file, text).unwrap();
    let settings = Settings::load(Some(&file), [])?;
    settings.check().map(|()| settings.config)
}

/// What is said of a file, from its name on.
fn refused(text: &str) -> String {
    let message = parse(text).unwrap_err().to_string();
    for rust in
        ["u32", "u64", "usize", "bool", "socket", "map", "sequence", "invalid type", "variant", "TOML parse"]
    {
        assert!(!message.contains(rust), "{rust}: {message}");
    }
    message.split_once("board.toml").unwrap_or_else(|| panic!("no file: {message}")).1.to_owned()
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
            assert_eq!(is_number, matches!(setting.kind, Kind::Number { .. }), "{}", setting.name);
            // what is printed is what is wanted
            assert!(value.is_none_or(|value| setting.kind.takes(value)), "{}", setting.name);
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
    let Settings { config, places } = Settings::load(Some(&file), variables(&environment)).unwrap();
    assert_eq!((config.limits.connections, config.limits.idle_seconds), (7, 100));
    let expected = Log { format: LogFormat::Json, level: Level::Warn, requests: true };
    assert_eq!(config.log, expected);
    assert_eq!(config.server.data.as_deref(), Some(Path::new("/a b")));
    assert_eq!(config.metrics.listen, Some("127.0.0.1:1".parse().unwrap()));
    let place = |section: &str, name: &str| places.of(section, 0, name);
    assert_eq!(place("limits", "idle_seconds"), Place::Line { file: file.clone(), line: 3 });
    assert_eq!(
        place("limits", "connections"),
        Place::Variable("TABELLA_BOARD_LIMITS_CONNECTIONS".to_owned())
    );
    assert_eq!(place("limits", "header_seconds"), Place::Default);
}

#[test]
fn a_bad_value_is_answered_with_its_line_and_what_is_wanted() {
    let number = "a whole number from 1 to 1,000,000 (connections)";
    let switch = "yes or no: true or false, without quotes";
    let cases = [
        ("[limits]\nconnections = \"many\"\n", 2, "[limits] connections = \"many\" ", number),
        ("[limits]\n\nconnections = -1\n", 3, "[limits] connections = -1 ", number),
        ("[limits]\nconnections = 0\n", 2, "[limits] connections = 0 ", number),
        ("[limits]\nconnections = 99999999999999999999\n", 2, "= 99999999999999999999 ", number),
        ("[limits]\nconnections = 4.5\n", 2, "= 4.5 ", number),
        ("limits.connections = []\n", 1, "[limits] connections = [] ", number),
        ("[queue]\ntick_milliseconds = 0\n", 2, "= 0 ", "from 1 to 60,000 (milliseconds)"),
        ("[log]\nrequests = \"yes\"\n", 2, "[log] requests = \"yes\" ", switch),
        ("[log]\nrequests = 1\n", 2, "[log] requests = 1 ", switch),
        ("[log]\nlevel = \"loud\"\n", 2, "[log] level = \"loud\" ", "one of \"error\", \"warn\", \"info\""),
        ("[server]\nlisten = \"here\"\n", 2, "[server] listen = \"here\" ", "such as \"127.0.0.1:8080\""),
        ("[server]\nlisten = \"localhost:8080\"\n", 2, "listen = ", "an address in digits and a port"),
        ("[server]\nlisten = 8080\n", 2, "[server] listen = 8080 ", "such as \"127.0.0.1:8080\""),
        ("[server]\ndata = 1\n", 2, "[server] data = 1 ", "the path of a file or folder in quotes"),
        ("\n[[mirror]]\nurl = 5\n", 3, "[[mirror]] url = 5 ", "such as \"https://mirror.example.org\""),
    ];
    for (text, line, found, wanted) in cases {
        let message = refused(text);
        assert!(message.starts_with(&format!(", line {line}: ")), "{text}: {message}");
        assert!(message.contains(found) && message.contains(wanted), "{text}: {message}");
    }
}

#[test]
fn what_is_no_toml_is_answered_by_what_the_setting_takes() {
    for (text, line, wanted) in [
        ("[log]\nrequests = yes\n", 2, "true or false"),
        ("[limits]\nconnections = many\n", 2, "a whole number from 1 to"),
        ("[server]\nlisten = 127.0.0.1:8080\n", 2, "such as \"127.0.0.1:8080\""),
    ] {
        let message = refused(text);
        assert!(
            message.starts_with(&format!(", line {line}: ")) && message.contains(wanted),
            "{text}: {message}"
        );
    }
    for (text, line) in [("[log\n", 1), ("[log]\n\nlevel\n", 3), ("[log]\nlevel = \"info\n", 2)] {
        let message = refused(text);
        let words = format!(", line {line}: this is not TOML: ");
        assert!(
            message.starts_with(&words) && message.contains("`tabella-board config`"),
            "{text}: {message}"
        );
    }
    assert!(refused("[log]\nlevel = \"info\"\nlevel = \"warn\"\n").starts_with(", line 3: "));
}

#[test]
fn a_section_or_list_in_another_shape_is_told_how_it_is_written() {
    for (text, line, found, wanted) in [
        (
            "[mirror]\nurl = \"https://a\"\n",
            1,
            "[mirror] is not how mirror is written",
            "[[mirror]], in two brackets",
        ),
        ("mirror = \"https://a\"\n", 1, "mirror = \"https://a\" is not", "[[mirror]], in two brackets"),
        ("\n[witness]\nname = \"a\"\n", 2, "[witness] is not how", "and name and url below it"),
        ("mirror = [\"https://a\"]\n", 1, "mirror = \"https://a\" is not how", "[[mirror]] for each"),
        ("limits = 5\n", 1, "limits = 5 is not how", "a line [limits], and its settings below it"),
        ("[[limits]]\nconnections = 5\n", 1, "[[limits]] is not how", "a line [limits]"),
        ("[[witness]]\nname = \"a\"\n", 1, "this [[witness]] has no url", "https://witness.example.org"),
        (
            "[[witness]]\nurl = \"https://a\"\n",
            1,
            "this [[witness]] has no name",
            "the one in the witness's key",
        ),
    ] {
        let message = refused(text);
        assert!(message.starts_with(&format!(", line {line}: ")), "{text}: {message}");
        assert!(message.contains(found) && message.contains(wanted), "{text}: {message}");
    }
}

#[test]
fn what_is_not_known_is_refused_with_the_nearest_that_is() {
    for (text, line, name, nearest) in [
        ("[limits]\nconections = 5\n", 2, "[limits] conections", "; [limits] connections is like it"),
        ("[limit]\nconnections = 5\n", 1, "[limit]", "; [limits] is like it"),
        ("connections = 5\n", 1, "connections", "; [limits] connections is like it"),
        ("[server]\nlevel = \"info\"\n", 2, "[server] level", "; [log] level is like it"),
        ("[mirrors]\nurl = \"https://a\"\n", 1, "[mirrors]", "; [[mirror]] is like it"),
        (
            "[[witness]]\nname = \"a\"\nurls = \"https://a\"\n",
            3,
            "[[witness]] urls",
            "; [[witness]] url is like it",
        ),
        ("[weather]\nrain = true\n", 1, "[weather]", "`tabella-board config` prints all"),
    ] {
        let message = refused(text);
        let words = format!(", line {line}: there is no setting {name};");
        assert!(message.starts_with(&words) && message.contains(nearest), "{text}: {message}");
        assert!(message.contains("`tabella-board config` prints all"), "{message}");
    }
    let message = refused("[limits]\nconections = 5\n[log]\nlevel = \"loud\"\n[weather]\n");
    assert!(message.starts_with(", line 2: "), "the first comes first: {message}");
}

#[test]
fn a_variable_is_answered_with_its_name() {
    let said =
        |name: &str, value: &str| Settings::load(None, variables(&[(name, value)])).unwrap_err().to_string();
    for (name, value, parts) in [
        (
            "TABELLA_BOARD_LIMITS_CONNECTIONS",
            "many",
            ["[limits] connections = \"many\"", "a whole number from 1 to"],
        ),
        ("TABELLA_BOARD_LIMITS_CONNECTIONS", "", ["[limits] connections = \"\"", "a whole number from 1 to"]),
        ("TABELLA_BOARD_LOG_REQUESTS", "yes", ["[log] requests = \"yes\"", "true or false"]),
        ("TABELLA_BOARD_SERVER_LISTEN", "8080", ["[server] listen = \"8080\"", "such as \"127.0.0.1:8080\""]),
        (
            "TABELLA_BOARD_LIMITS_CONECTIONS",
            "5",
            ["TABELLA_BOARD_LIMITS_CONNECTIONS is like it", "tabella-board config"],
        ),
        (
            "TABELLA_BOARD_LOGLEVEL",
            "info",
            ["TABELLA_BOARD_LOG_LEVEL is like it", "TABELLA_BOARD_<SECTION>_<SETTING>"],
        ),
        ("TABELLA_BOARD_WITNESS", "https://a", ["in the file alone", "[[witness]]"]),
        ("TABELLA_BOARD_MIRROR_URL", "https://a", ["in the file alone", "[[mirror]]"]),
    ] {
        let message = said(name, value);
        assert!(message.starts_with(&format!("the variable {name}")), "{message}");
        for part in parts {
            assert!(message.contains(part), "{part:?} is not in {message}");
        }
    }
    let grouped = variables(&[("TABELLA_BOARD_LIMITS_CONNECTIONS", "10_000")]);
    assert_eq!(Settings::load(None, grouped).unwrap().config.limits.connections, 10_000);
    let missing = Settings::load(Some(Path::new("/nowhere/board.toml")), []).unwrap_err().to_string();
    assert!(missing.contains("/nowhere/board.toml") && missing.contains("--config"), "{missing}");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_utf_8_is_refused() {
    use std::os::unix::ffi::OsStringExt as _;
    let bytes = || OsString::from_vec(b"/srv/b\xf6ard".to_vec());
    let wrong = [("TABELLA_BOARD_SERVER_DATA".to_owned(), bytes())];
    let message = Settings::load(None, wrong).unwrap_err().to_string();
    assert!(message.starts_with("the variable TABELLA_BOARD_SERVER_DATA: [server] data = "), "{message}");
    assert!(message.contains("xF6ard") && message.ends_with(", in UTF-8"), "{message}");
    let others = [("TABELLA_BOARD_KEY".to_owned(), bytes()), ("LANG".to_owned(), bytes())];
    assert!(Settings::load(None, others).is_ok());
}

#[test]
fn what_browsers_are_told_is_set_in_vain_without_a_certificate() {
    let ignored = |all: &[(&str, &str)]| Settings::load(None, variables(all)).unwrap().ignored();
    let strict = |seconds| ("TABELLA_BOARD_TLS_STRICT_TRANSPORT_SECURITY_SECONDS", seconds);
    let said = ignored(&[strict("77")]);
    assert_eq!(said.len(), 1);
    assert!(said[0].starts_with("the variable TABELLA_BOARD_TLS_STRICT") && said[0].contains("no effect"));
    let tls = [("TABELLA_BOARD_TLS_CERTIFICATE", "/c"), ("TABELLA_BOARD_TLS_KEY", "/k")];
    for sound in [&[][..], &[strict("0")], &[strict("31536000")], &[strict("77"), tls[0], tls[1]]] {
        assert!(ignored(sound).is_empty(), "{sound:?}");
    }
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let witness = |name: &str, url: &str| format!("[[witness]]\nname = \"{name}\"\nurl = \"{url}\"\n");
    let cases = [
        ("[tls]\nkey = \"/k\"\n".to_owned(), 2, "[tls] key is set and certificate is not"),
        ("[limits]\nidle_seconds = 29\n".to_owned(), 2, "set at least 30"),
        ("[limits]\nrequest_seconds = 76\n".to_owned(), 2, "set at least 76"),
        ("[limits]\nheld_bytes = 1_000_000\n".to_owned(), 2, "whole number from 25,165,824"),
        (
            "[limits]\nheld_bytes_per_address = 1\n".to_owned(),
            2,
            "at least 25,165,824, so that the longest tile of a log has room, or 0",
        ),
        ("[metrics]\nlisten = \"127.0.0.1:8080\"\n".to_owned(), 2, "another port"),
        (
            witness("a", "a.example.org"),
            3,
            "url = \"a.example.org\" cannot be used: wanted is an address that begins",
        ),
        (witness("a", "ftp://a.example.org"), 3, "begins with http:// or https://"),
        (witness("", "https://a"), 2, "of its own"),
        (format!("{0}{0}", witness("a", "https://a")), 5, "of its own"),
        ("[[mirror]]\nurl = \"/no/such/folder\"\n".to_owned(), 2, "or a folder that is there"),
    ];
    for (text, line, part) in cases {
        let message = refused(&text);
        assert!(
            message.starts_with(&format!(", line {line}: ")) && message.contains(part),
            "{text}: {message}"
        );
    }
    assert!(parse("[limits]\nconnections_per_address = 0\nheld_bytes_per_address = 0\n").is_ok());
    let folder = tempfile::tempdir().unwrap();
    let url = toml::Value::from(folder.path().to_str().unwrap());
    assert!(parse(&format!("[[mirror]]\nurl = {url}\n")).is_ok(), "a mirror may be a folder");
    // what the environment sets is named so
    let half = variables(&[("TABELLA_BOARD_TLS_KEY", "/k")]);
    let message = Settings::load(None, half).unwrap().check().unwrap_err().to_string();
    assert!(message.starts_with("the variable TABELLA_BOARD_TLS_KEY: "), "{message}");
}

#[test]
fn a_flag_says_where_a_program_listens() {
    assert_eq!(parse_listen("[::]:443"), Ok("[::]:443".parse().unwrap()));
    assert!(parse_listen("8080").unwrap_err().contains("such as \"127.0.0.1:8080\""));
}
