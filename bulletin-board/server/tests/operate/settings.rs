//! The settings at the command line.

use std::process::{Command, Output};

use tabella_crypto::signature::SigningKey;

use super::program::{command, init, output};

/// A board's folder.
fn initialised() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(init(folder.path(), &SigningKey::from_seed([101; 32]).verifying_key()).status.success());
    folder
}

/// How a run ends that must not begin, and what it says.
#[track_caller]
fn refused(run: &mut Command) -> (i32, String) {
    let Output { status, stderr, .. } = run.output().unwrap();
    (status.code().unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn the_printed_file_is_one_that_run_takes() {
    let printed = output(&["config"]);
    assert!(printed.status.success());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("board.toml");
    std::fs::write(&file, &printed.stdout).unwrap();
    let file = file.to_str().unwrap();
    let board = initialised();
    let data = board.path().to_str().unwrap();
    let mut run = command(&["run", "--config", file, "--data", data, "--print-config"]);
    let same = run.env_remove("TABELLA_BOARD_LOG_LEVEL").output().unwrap();
    assert!(same.status.success());
    let printed = String::from_utf8(printed.stdout).unwrap();
    let data = format!("\ndata = {}\n", toml::Value::from(data));
    assert_eq!(
        String::from_utf8(same.stdout).unwrap(),
        printed.replace("\n#data = \"/var/lib/tabella-board\"\n", &data)
    );

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
    let (code, message) = refused(&mut command(&["run", "--config", file.to_str().unwrap()]));
    assert_eq!(code, 2);
    assert!(message.contains("board.toml, line 2: "), "{message}");
    assert!(
        message.contains("conections") && message.contains("[limits] connections is like it"),
        "{message}"
    );

    let (code, message) = refused(command(&["run"]).env("TABELLA_BOARD_LIMITS_CONECTIONS", "5"));
    assert_eq!(code, 2);
    assert!(message.contains("TABELLA_BOARD_LIMITS_CONNECTIONS is like it"), "{message}");

    for (arguments, words) in [
        (&["run"][..], "--data"),
        (&["run", "--listen", "8080"], "such as \"127.0.0.1:8080\""),
        (&["run", "--witness", "w1"], "NAME=URL"),
        (&["run", "--mirror", "nowhere"], "the flag --mirror: [[mirror]] url = \"nowhere\""),
        (&["witness", "run", "--data", "x", "--listen", "here"], "such as \"127.0.0.1:8080\""),
        (&["mirror", "--from", "x", "--to", "y", "--every", "often"], "a whole number of seconds"),
        (&["mirror", "--from", "x", "--to", "y", "--board", "abc"], "board.example.org/tabella+"),
        (&["mirror", "--from", "nowhere", "--to", "y"], "nor a folder that is there"),
    ] {
        let (code, message) = refused(&mut command(arguments));
        assert_eq!(code, 2, "{arguments:?}: {message}");
        assert!(message.contains(words), "{arguments:?}: {message}");
    }
}

#[test]
fn what_is_printed_is_checked_as_by_a_start() {
    let (board, place) = (initialised(), tempfile::tempdir().unwrap());
    let data = board.path().to_str().unwrap();
    let nowhere = place.path().join("nowhere");
    let nowhere = nowhere.to_str().unwrap();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["--data", nowhere], 2, "there is no folder"),
        (&["--data", data, "--app", nowhere], 2, "index.html is missing; `make web`"),
        (&["--data", data, "--app", data], 2, "index.html is missing; `make web`"),
        (&["--data", data, "--require-mirrors"], 2, "none is named"),
        (&["--data", data, "--require-witnesses"], 2, "names none"),
        (&["--data", data, "--witness", "w=https://w.example"], 2, "the board has no witness w"),
        (&[], 2, "which board is meant?"),
    ];
    for (arguments, code, words) in cases {
        // port 0, so that nothing else can be in the way
        let run = [&["run", "--listen", "127.0.0.1:0"], *arguments].concat();
        let started = refused(&mut command(&run));
        assert_eq!(started.0, *code, "{arguments:?}: {}", started.1);
        assert!(started.1.contains(words), "{arguments:?}: {}", started.1);
        let printed = command(&[&run[..], &["--print-config"]].concat()).output().unwrap();
        assert!(String::from_utf8(printed.stdout).unwrap().contains("[limits]"), "printed all the same");
        assert_eq!(printed.status.code(), Some(*code), "{arguments:?}");
        assert!(String::from_utf8(printed.stderr).unwrap().contains(words), "{arguments:?}");
    }
    // beside a board that runs, too
    let running = super::program::Running::start(board.path()).unwrap();
    assert!(output(&["run", "--data", data, "--print-config"]).status.success());
    running.kill();
}
