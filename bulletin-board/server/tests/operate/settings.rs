//! The settings at the command line.

use super::program::{command, output};

#[test]
fn the_printed_file_is_one_that_run_takes() {
    let printed = output(&["config"]);
    assert!(printed.status.success());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("board.toml");
    std::fs::write(&file, &printed.stdout).unwrap();
    let file = file.to_str().unwrap();
    let mut run = command(&["run", "--config", file, "--print-config"]);
    let same = run.env_remove("TABELLA_BOARD_LOG_LEVEL").output().unwrap();
    assert_eq!(String::from_utf8(same.stdout), String::from_utf8(printed.stdout));

    // a flag goes before the environment, which goes before the file
    let mut run = command(&["run", "--config", file, "--listen", "127.0.0.1:7", "--print-config"]);
    run.env("TABELLA_BOARD_SERVER_LISTEN", "127.0.0.1:6").env("TABELLA_BOARD_LIMITS_CONNECTIONS", "5");
    let text = String::from_utf8(run.output().unwrap().stdout).unwrap();
    for line in ["listen = \"127.0.0.1:7\"\n", "\nconnections = 5\n", "\nlevel = \"warn\"\n"] {
        assert!(text.contains(line), "{line:?} is not in {text}");
    }
}

#[test]
fn a_misspelt_setting_stops_the_board_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("board.toml");
    std::fs::write(&file, "[limits]\nconections = 5\n").unwrap();
    let refused = output(&["run", "--config", file.to_str().unwrap()]);
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success());
    assert!(message.contains("conections") && message.contains("connections_per_address"), "{message}");

    let refused = command(&["run"]).env("TABELLA_BOARD_LIMITS_CONECTIONS", "5").output().unwrap();
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && message.contains("TABELLA_BOARD_LIMITS_CONECTIONS"), "{message}");

    let refused = output(&["run"]);
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && message.contains("--data"), "{message}");
}
