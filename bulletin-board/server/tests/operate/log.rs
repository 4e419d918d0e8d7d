//! The log tells nobody who asked for what.

use reqwest::{Client, StatusCode};

use tabella_board_core::api::{hex_text, paths};
use tabella_board_core::entry::Entry;
use tabella_board_core::fixtures::SmallElection;
use tabella_crypto::credential::Credential;
use tabella_crypto::manifest::ElectionId;
use tabella_crypto::merkle::leaf_hash;

use super::Program;

/// Sends a ballot and asks for what a voter asks for; gives what must not be in the log.
async fn visit(program: &Program) -> Vec<String> {
    let election: ElectionId = program.create_election().await;
    let entry = SmallElection::opened().vote(0, 1, [1, 1]);
    let Entry::Cast(submitted) = &entry else { panic!("a vote is cast") };
    let ballot = &submitted.ballot;
    let (credential, code): (Credential, _) = (ballot.credential, ballot.tracking_code(election));
    let leaf = leaf_hash(&entry.encode());
    let client = Client::new();
    let send = client.post(format!("{}{}", program.url, paths::entries(election))).body(entry.encode());
    assert_eq!(send.send().await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    for path in [
        paths::credential(election, credential),
        paths::ballot(election, code),
        paths::receipt(election, leaf),
        format!("/e/{election}/track"),
        format!("/v1/elections/{election}/nothing/{code}"),
    ] {
        client.get(format!("{}{path}", program.url)).send().await.unwrap();
    }
    vec![hex_text(&credential), code.to_string(), leaf.to_string(), election.to_string()]
}

#[tokio::test]
async fn requests_are_logged_without_who_and_what() {
    let program = Program::start("[log]\nlevel = \"trace\"\nrequests = true\nformat = \"json\"\n");
    let secrets = visit(&program).await;
    let log = super::until("the last request's line", || {
        let log = program.log();
        log.contains("/v1/*").then_some(log)
    });
    for secret in &secrets {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    let mut routes = Vec::new();
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        if line["message"] == "request" {
            assert!(line["status"].is_u64() && line["milliseconds"].is_u64(), "{line}");
            routes.push(format!("{} {}", line["method"].as_str().unwrap(), line["route"].as_str().unwrap()));
        } else {
            continue;
        }
        let mut keys: Vec<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            ["level", "message", "method", "milliseconds", "route", "status", "target", "timestamp"]
        );
    }
    for route in [
        "POST /v1/elections/{election}/entries",
        "GET /v1/elections/{election}/credentials/{credential}",
        "GET /v1/elections/{election}/ballots/{code}",
        "GET /v1/elections/{election}/receipts/{leaf}",
        "GET page",
        "GET /v1/*",
    ] {
        assert!(routes.iter().any(|logged| logged == route), "{route} is not among {routes:?}");
    }
    let with_address = |line: &&str| line.contains("127.0.0.1");
    for line in log.lines().filter(with_address) {
        assert!(line.contains("the web page for voters"), "only the board's own address: {line}");
    }
}

/// A line of a log in JSON.
fn parsed(line: &str) -> serde_json::Value {
    let line: serde_json::Value =
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
    let timestamp = line["timestamp"].as_str().unwrap();
    assert_eq!(timestamp.len(), "2026-01-01T00:00:00.000000Z".len(), "{timestamp}");
    assert!(timestamp.parse::<jiff::Timestamp>().is_ok(), "{timestamp}");
    assert!(line["level"].is_string() && line["message"].is_string() && line["target"].is_string(), "{line}");
    line
}

#[test]
fn in_json_the_first_line_and_the_last_are_json_too() {
    let program = Program::start("[log]\nformat = \"json\"\n");
    let first = parsed(program.first.trim_end());
    assert_eq!(first["message"], format!("listening on {}", program.url));
    assert!(program.log().lines().map(parsed).count() > 0);
    // a second board on the same store, then settings that cannot be used
    let file = program.folder.path().join("board.toml");
    let wrong = program.folder.path().join("wrong.toml");
    std::fs::write(&wrong, "[limits]\nconections = 1\n[log]\nformat = \"json\"\n").unwrap();
    for (file, words) in [(file, "locked"), (wrong, "conections")] {
        let ended = super::program::output(&["run", "--config", file.to_str().unwrap()]);
        assert!(!ended.status.success());
        let text = String::from_utf8(ended.stderr).unwrap();
        let lines: Vec<_> = text.lines().map(parsed).collect();
        let last = lines.last().unwrap();
        assert_eq!(last["level"], "ERROR");
        assert!(last["message"].as_str().unwrap().contains(words), "{last}");
    }
}

#[tokio::test]
async fn by_default_there_is_no_line_for_a_request() {
    let program = Program::start("");
    let secrets = visit(&program).await;
    let log = program.log();
    assert!(log.contains("INFO"), "{log}");
    assert!(!log.contains("/v1/") && !log.contains("request"), "{log}");
    assert!(secrets.iter().all(|secret| !log.contains(secret)), "{log}");
}
