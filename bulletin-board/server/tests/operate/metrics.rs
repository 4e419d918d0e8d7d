//! The figures for Prometheus.

use reqwest::{Client, StatusCode};

use tabella_board_core::api::paths;
use tabella_board_core::fixtures::SmallElection;

use super::Program;

/// The value of a line of the figures.
fn value(text: &str, name: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} is not in {text}")).parse().unwrap()
}

#[tokio::test]
async fn figures_follow_what_the_board_does() {
    let program =
        Program::start("[metrics]\nlisten = \"127.0.0.1:0\"\n[[mirror]]\nurl = \"http://127.0.0.1:9\"\n");
    let address = super::until("the listener of the metrics", || {
        let log = program.log();
        let (_, rest) = log.split_once("metrics at ")?;
        rest.lines().next().map(str::to_owned)
    });
    let election = program.create_election().await;
    let ballot = SmallElection::opened().vote(0, 1, [1, 1]).encode();
    let client = Client::new();
    let send = client.post(format!("{}{}", program.url, paths::entries(election))).body(ballot);
    assert_eq!(send.send().await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
    client.request("BREW".parse().unwrap(), format!("{}/v1/board", program.url)).send().await.unwrap();

    // a board with the web app has written its release: a turn, a block and an entry more
    let release = client.get(format!("{}{}", program.url, paths::RELEASE)).send().await.unwrap();
    let released = if release.status().is_success() { 1.0 } else { 0.0 };

    let data = program.folder.path().join("data");
    let data = data.to_str().unwrap();
    let copy = program.folder.path().join("copy.redb");
    for succeeds in [true, false] {
        let backup = super::program::output(&["backup", "--data", data, "--to", copy.to_str().unwrap()]);
        assert_eq!(backup.status.success(), succeeds, "{backup:?}");
    }
    let copied = copy.metadata().unwrap().len() as f64;

    let response = client.get(&address).send().await.unwrap();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
    let text = response.text().await.unwrap();
    let entries = "/v1/elections/{election}/entries";
    for (name, expected) in [
        (
            format!(
                "tabella_board_http_requests_total{{route=\"{entries}\",method=\"POST\",status=\"422\"}}"
            ),
            1.0,
        ),
        (
            format!(
                "tabella_board_http_request_duration_seconds_count{{route=\"{entries}\",method=\"POST\"}}"
            ),
            1.0,
        ),
        ("tabella_board_entries_total{log=\"election\",kind=\"manifest-part\"}".to_owned(), 1.0),
        ("tabella_board_entries_total{log=\"board\",kind=\"anchor\"}".to_owned(), 1.0),
        ("tabella_board_refusals_total{check=\"6.1\"}".to_owned(), 1.0),
        // nothing has happened there, and whoever watches the growth sees the first one all the same
        ("tabella_board_refusals_total{check=\"6.2\"}".to_owned(), 0.0),
        ("tabella_board_refusals_total{check=\"election\"}".to_owned(), 0.0),
        ("tabella_board_entries_total{log=\"election\",kind=\"cast\"}".to_owned(), 0.0),
        ("tabella_board_held_bytes".to_owned(), 0.0),
        ("tabella_board_held_refusals_total".to_owned(), 0.0),
        ("tabella_board_batch_submissions_count".to_owned(), 2.0 + released),
        ("tabella_board_check_seconds_count".to_owned(), 2.0 + released),
        ("tabella_board_commit_seconds_count".to_owned(), 1.0 + released),
        ("tabella_board_log_entries{log=\"election\"}".to_owned(), 2.0),
        ("tabella_board_log_entries{log=\"board\"}".to_owned(), 5.0 + 2.0 * released),
        ("tabella_board_elections{phase=\"setup\"}".to_owned(), 1.0),
        ("tabella_board_elections{phase=\"open\"}".to_owned(), 0.0),
        ("tabella_board_ready".to_owned(), 1.0),
        ("tabella_board_queue_submissions".to_owned(), 0.0),
        ("tabella_board_queue_bytes".to_owned(), 0.0),
        ("tabella_board_connections_closed_total{reason=\"slow\"}".to_owned(), 0.0),
        ("tabella_board_requests_limited_total".to_owned(), 0.0),
        ("tabella_board_backups_total{outcome=\"written\"}".to_owned(), 1.0),
        ("tabella_board_backups_total{outcome=\"failed\"}".to_owned(), 1.0),
        ("tabella_board_backup_entries".to_owned(), 5.0 + 2.0 * released),
        ("tabella_board_backup_size_bytes".to_owned(), copied),
        ("tabella_board_mirrors_asked{answer=\"unknown\"}".to_owned(), 1.0),
        ("tabella_board_mirrors_asked{answer=\"behind\"}".to_owned(), 0.0),
    ] {
        assert_eq!(value(&text, &name), expected, "{name} in {text}");
    }
    assert!(value(&text, "process_resident_memory_bytes") > 1e6);
    assert!(value(&text, "tabella_board_checkpoint_age_seconds") >= 0.0);
    assert!(value(&text, "tabella_board_backup_age_seconds") >= 0.0);
    assert!(value(&text, "tabella_board_connections") >= 1.0);
    assert!(text.contains("method=\"other\"") && !text.contains("BREW"), "{text}");
    assert!(!text.contains(&election.to_string()) && !text.contains("127.0.0.1"), "{text}");
    assert!(text.ends_with("# EOF\n"));
    // every family is explained, and its unit stands in its name
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = line.split(' ').next().unwrap();
        assert!(text.contains(&format!("# HELP {name} ")), "{name}");
        let unit = text.lines().find_map(|line| line.strip_prefix(&format!("# UNIT {name} ")));
        assert!(unit.is_none_or(|unit| name.ends_with(unit)), "{name}");
        let is_time = ["duration", "check", "commit", "age"].iter().any(|word| name.ends_with(word));
        assert!(!is_time, "{name} has no unit");
    }
    // the public listener has none of it
    let public = client.get(format!("{}/metrics", program.url)).send().await.unwrap();
    assert_eq!(public.status(), StatusCode::NOT_FOUND);
}
