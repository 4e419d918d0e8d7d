//! The unit of systemd and the container's file name what there is.

use std::path::Path;
use std::process::Command;

use tabella_crypto::signature::SigningKey;

use super::program::{command, init};
use super::{Program, deploy_file};

const BINARY: &str = "/usr/local/bin/tabella-board";

#[test]
fn the_unit_is_one_that_systemd_takes() {
    let unit = deploy_file("tabella-board.service");
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let arguments: Vec<&str> = start.strip_prefix(BINARY).unwrap().split_whitespace().collect();
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("board.toml");
    let data = folder.path().join("data");
    assert!(init(&data, &SigningKey::from_seed([101; 32]).verifying_key()).status.success());
    let data = toml::Value::from(data.to_str().unwrap());
    std::fs::write(&settings, format!("[server]\ndata = {data}\n")).unwrap();
    // the same arguments, with a file that is there
    let shipped = "/etc/tabella-board/board.toml";
    assert!(arguments.contains(&shipped), "{arguments:?}");
    let mut arguments: Vec<&str> = arguments
        .into_iter()
        .map(|argument| if argument == shipped { settings.to_str().unwrap() } else { argument })
        .collect();
    arguments.push("--print-config");
    assert!(command(&arguments).output().unwrap().status.success());

    // the file's user and folders are those of the guide
    for line in [
        "RestartPreventExitStatus=2 3",
        "User=tabella-board",
        "StateDirectory=tabella-board",
        "NoNewPrivileges=yes",
    ] {
        assert!(unit.lines().any(|other| other == line), "{line}");
    }
    let Ok(version) = Command::new("systemd-analyze").arg("--version").output() else { return };
    assert!(version.status.success());
    let file = folder.path().join("tabella-board.service");
    std::fs::write(&file, unit.replace(BINARY, env!("CARGO_BIN_EXE_tabella-board"))).unwrap();
    let verified = Command::new("systemd-analyze").arg("verify").arg("--man=no").arg(&file).output().unwrap();
    let said = String::from_utf8(verified.stderr).unwrap();
    let of_ours: Vec<&str> = said.lines().filter(|line| line.contains("tabella-board.service")).collect();
    assert!(of_ours.is_empty(), "{of_ours:?}");
}

#[tokio::test]
async fn the_container_starts_what_there_is_and_asks_for_what_is_answered() {
    let file = deploy_file("Containerfile");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    // the program that is built is the one that is copied and started
    let build = file.lines().find(|line| line.starts_with("RUN make web")).unwrap();
    for word in build.split_whitespace().skip_while(|word| *word != "-p").skip(1).step_by(2) {
        assert_eq!(word, "tabella-board", "{build}");
    }
    let makefile = std::fs::read_to_string(root.join("Makefile")).unwrap();
    assert!(makefile.lines().any(|line| line.starts_with("web:")));
    assert!(file.contains(&format!("COPY --from=build /src/target/release/tabella-board {BINARY}\n")));
    assert!(file.contains(&format!("ENTRYPOINT [\"{BINARY}\"]\nCMD [\"run\"]\n")));
    let last = file.split("\nFROM ").last().unwrap();
    assert!(last.contains("\nUSER tabella-board\n"), "not as root");

    // its environment is one that the program takes
    let variables: Vec<(&str, &str)> =
        last.lines().filter_map(|line| line.strip_prefix("ENV ")?.split_once('=')).collect();
    assert!(variables.len() >= 2);
    let output = command(&["run", "--print-config"]).envs(variables).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let (code, said) = (output.status.code(), String::from_utf8(output.stderr).unwrap());
    // all that is missing here is the volume
    assert!(code == Some(0) || said.contains("/var/lib/tabella-board"), "{said}");
    for line in ["data = \"/var/lib/tabella-board\"\n", "listen = \"0.0.0.0:8080\"\n"] {
        assert!(printed.contains(line), "{printed}");
    }
    assert!(last.contains("VOLUME /var/lib/tabella-board\n") && last.contains("EXPOSE 8080\n"));

    // and its question about health is answered
    let check = last.lines().find(|line| line.starts_with("HEALTHCHECK")).unwrap();
    let (_, list) = check.split_once("CMD ").unwrap();
    let words: Vec<String> = serde_json::from_str(list).unwrap();
    let path = words.last().unwrap().strip_prefix("http://127.0.0.1:8080").unwrap();
    let program = Program::start("");
    let response = reqwest::get(format!("{}{path}", program.url)).await.unwrap();
    assert_eq!(response.status(), 200);
}
