//! Wrong use gets a sentence that says what to do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests end where something is not as it must be"
)]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tabella_board::programs::board::folder::Folder;
use tabella_crypto::signature::SigningKey;

mod program;

use program::{ORIGIN, Running, init, output};

fn administrator() -> SigningKey {
    SigningKey::from_seed([101; 32])
}

fn initialised() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = init(folder.path(), &administrator().verifying_key());
    assert!(output.status.success(), "{output:?}");
    folder
}

fn run(data: &Path, listen: &str) -> Output {
    output(&["run", "--data", data.to_str().unwrap(), "--listen", listen])
}

/// The program fails, and says this on one line.
#[track_caller]
fn check_message(output: Output, parts: &[&str]) {
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{message}");
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
    assert!(!message.contains("panicked") && !message.contains("Error {"), "{message}");
}

#[test]
fn init_makes_a_private_key_and_prints_how_the_board_is_recognised() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("deep/data");
    let output = init(&data, &administrator().verifying_key());
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains(&format!("board        {ORIGIN}\n")), "{printed}");
    assert!(printed.contains(&format!("key          {ORIGIN}+")), "{printed}");
    assert!(printed.contains("fingerprint  "), "{printed}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(data.join("operator.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let key = std::fs::read(data.join("operator.key")).unwrap();
    check_message(init(&data, &administrator().verifying_key()), &["a board in this store already"]);
    assert_eq!(std::fs::read(data.join("operator.key")).unwrap(), key, "and its key stays");
}

#[test]
fn a_board_and_a_witness_have_folders_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let witness = |data: &str| output(&["witness", "init", "--data", data, "--name", "witness.example/1"]);
    assert!(witness(path).status.success());
    let files = || -> Vec<_> {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let mut files: Vec<_> = files.map(|entry| entry.unwrap().file_name()).collect();
        files.sort();
        files
    };
    let before = files();
    check_message(
        init(folder.path(), &administrator().verifying_key()),
        &["there is a witness in", "of its own"],
    );
    assert_eq!(files(), before);
    let board = initialised();
    check_message(witness(board.path().to_str().unwrap()), &["there is a board in", "of its own"]);
    assert!(!board.path().join("witness.key").exists() && !board.path().join("witness.json").exists());
}

#[test]
fn a_log_that_is_watched_already_is_not_added_without_a_word() {
    let (folder, board) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = folder.path().to_str().unwrap();
    assert!(output(&["witness", "init", "--data", path, "--name", "witness.example/1"]).status.success());
    let printed = String::from_utf8(init(board.path(), &administrator().verifying_key()).stdout).unwrap();
    let key = printed.lines().find_map(|line| line.strip_prefix("key")).unwrap().trim();
    let add = || {
        let added = output(&["witness", "add", "--data", path, "--log", key]);
        assert!(added.status.success(), "{added:?}");
        String::from_utf8(added.stdout).unwrap()
    };
    assert_eq!(add(), format!("watches  {ORIGIN}\n"));
    let settings = std::fs::read(folder.path().join("witness.json")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path().join("witness.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "as all that is written whole or not at all");
    }
    assert_eq!(add(), format!("watches  {ORIGIN} already, with this key: nothing was changed\n"));
    assert_eq!(std::fs::read(folder.path().join("witness.json")).unwrap(), settings);
}

#[test]
fn an_init_that_was_interrupted_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    for left in ["operator.key.new", "board.redb.new"] {
        std::fs::write(folder.path().join(left), "half of it").unwrap();
    }
    assert!(init(folder.path(), &administrator().verifying_key()).status.success());
    drop(Running::start(folder.path()).unwrap());
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().ends_with(".new")), "{names:?}");
}

#[test]
fn init_refuses_what_could_not_be_mended_later() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let path = data.to_str().unwrap();
    let key = format!("{:?}", administrator().verifying_key());
    check_message(output(&["init", "--data", path, "--origin", ORIGIN]), &["--administrator"]);
    let bad_key = output(&["init", "--data", path, "--origin", ORIGIN, "--administrator", "abc"]);
    check_message(bad_key, &["64 hexadecimal digits"]);
    let bad_name = output(&["init", "--data", path, "--origin", "my board", "--administrator", &key]);
    check_message(
        bad_name,
        &["the board's name, which nobody else has", "such as board.example.org/tabella"],
    );
    let long = output(&["init", "--data", path, "--origin", &"x".repeat(181), "--administrator", &key]);
    assert_eq!(long.status.code(), Some(2));
    check_message(long, &["at most 180 bytes"]);
    let twice = output(&[
        "init",
        "--data",
        path,
        "--origin",
        ORIGIN,
        "--administrator",
        &key,
        "--administrator",
        &key,
    ]);
    check_message(twice, &["twice"]);
    assert!(!data.exists(), "nothing is made before all is well");
}

#[test]
fn run_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    check_message(run(&nowhere, "127.0.0.1:0"), &["there is no folder", "tabella-board init"]);
    check_message(run(folder.path(), "127.0.0.1:0"), &["operator's key", "tabella-board init"]);

    let board = initialised();
    let (key, store) = (board.path().join("operator.key"), board.path().join("board.redb"));
    let kept = std::fs::read(&store).unwrap();
    std::fs::remove_file(&store).unwrap();
    check_message(
        run(board.path(), "127.0.0.1:0"),
        &["a board's key but not its store", "tabella-board catch-up"],
    );
    // nor is anything read from what is not there
    let data = board.path().to_str().unwrap();
    for reading in [["backup", "--data", data, "--to", "x"], ["export", "--data", data, "--to", "x"]] {
        let refused = output(&reading);
        assert_eq!(refused.status.code(), Some(3), "{refused:?}");
        check_message(refused, &["a board's key but not its store", "tabella-board catch-up"]);
        let nobodys = output(&[reading[0], "--data", folder.path().to_str().unwrap(), "--to", "x"]);
        assert_eq!(nobodys.status.code(), Some(2), "{nobodys:?}");
        check_message(nobodys, &["there is no board in", "tabella-board init"]);
    }
    // a second log under this key would be a fork
    check_message(init(board.path(), &administrator().verifying_key()), &["catch-up", "another folder"]);
    std::fs::write(&store, &kept).unwrap();
    std::fs::remove_file(&key).unwrap();
    check_message(run(board.path(), "127.0.0.1:0"), &["but not its key", "put operator.key back"]);
    check_message(init(board.path(), &administrator().verifying_key()), &["restore operator.key"]);
    // the key of another board
    std::fs::copy(initialised().path().join("operator.key"), &key).unwrap();
    check_message(run(board.path(), "127.0.0.1:0"), &["the operator's key is not this board's"]);
}

#[test]
fn what_is_required_must_be_named_and_what_is_named_must_be_a_place() {
    let board = initialised();
    let data = board.path().to_str().unwrap();
    let with = |more: &[&str]| output(&[&["run", "--data", data, "--listen", "127.0.0.1:0"], more].concat());
    check_message(with(&["--require-mirrors"]), &["none is named", "[[mirror]]"]);
    check_message(with(&["--require-witnesses"]), &["this board's genesis names none"]);
    check_message(
        with(&["--mirror", "nowhere"]),
        &["--mirror: ", "\"nowhere\"", "or a folder that is there"],
    );
    check_message(output(&["catch-up", "--data", data, "--from", "nowhere"]), &["nor a folder"]);
    // the folder with the key is not published
    check_message(
        output(&["export", "--data", data, "--to", data]),
        &["no part of a mirror", "an empty folder"],
    );
    // a store without a board is not one to begin anew on
    std::fs::remove_file(board.path().join("board.redb")).unwrap();
    std::fs::write(board.path().join("board.redb"), "").unwrap();
    for empty in [run(board.path(), "127.0.0.1:0"), output(&["backup", "--data", data, "--to", "x"])] {
        assert_eq!(empty.status.code(), Some(3), "a person must look: {empty:?}");
        check_message(empty, &["the store is empty", "tabella-board catch-up"]);
    }
}

#[test]
fn run_says_that_the_port_or_the_store_is_taken() {
    let board = initialised();
    let running = Running::start(board.path()).unwrap();
    check_message(run(board.path(), "127.0.0.1:0"), &["locked", "another process"]);
    check_message(init(board.path(), &administrator().verifying_key()), &["locked"]);
    let other = initialised();
    let taken = running.url.strip_prefix("http://").unwrap();
    check_message(run(other.path(), taken), &["is in use", "--listen"]);
}

#[test]
fn of_two_inits_at_once_one_makes_the_board_and_the_other_says_so() {
    for _ in 0..8 {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let (path, key) = (data.to_str().unwrap(), format!("{:?}", administrator().verifying_key()));
        let init = ["init", "--data", path, "--origin", ORIGIN, "--administrator", &key];
        let both = [(); 2].map(|()| {
            let mut command = program::command(&init);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        });
        let both = both.map(|child| child.wait_with_output().unwrap());
        let (won, lost): (Vec<_>, Vec<_>) = both.into_iter().partition(|output| output.status.success());
        assert_eq!((won.len(), lost.len()), (1, 1), "{won:?} {lost:?}");
        let said = String::from_utf8_lossy(&lost[0].stderr).into_owned();
        assert!(said.contains("another process") || said.contains("a board in this store already"), "{said}");
        let mut names: Vec<_> =
            std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["board.redb", "lock", "operator.key"]);
        // key and store are of one init
        drop(Running::start(&data).unwrap());
    }
}

#[cfg(unix)]
#[test]
fn a_store_that_takes_the_place_of_a_running_boards_is_nobodys() {
    let board = initialised();
    let data = board.path().to_str().unwrap();
    let copy = board.path().join("copy.redb");
    assert!(output(&["backup", "--data", data, "--to", copy.to_str().unwrap()]).status.success());
    let running = Running::start(board.path()).unwrap();
    std::fs::rename(board.path().join("board.redb"), board.path().join("away.redb")).unwrap();
    std::fs::copy(&copy, board.path().join("board.redb")).unwrap();
    check_message(run(board.path(), "127.0.0.1:0"), &["locked", "another process"]);
    check_message(output(&["catch-up", "--data", data, "--from", data]), &["stop the board"]);
    let record = board.path().join("record");
    check_message(output(&["export", "--data", data, "--to", record.to_str().unwrap()]), &["mirror --once"]);
    // the board that runs is the one that is backed up, from the file that it has
    let backup = board.path().join("backup.redb");
    let backed_up = output(&["backup", "--data", data, "--to", backup.to_str().unwrap()]);
    assert!(backed_up.status.success(), "{backed_up:?}");
    // and when it is killed, the folder is free
    running.kill();
    drop(Running::start(board.path()).unwrap());
}

#[cfg(unix)]
#[test]
fn a_backup_beside_a_program_that_is_no_board_says_that_the_folder_is_locked() {
    let board = initialised();
    let data = board.path().to_str().unwrap();
    let backup = board.path().join("backup.redb");
    let locked = || {
        // what a catch-up, an export and another backup do
        let _held = Folder::take(board.path()).unwrap();
        let refused = output(&["backup", "--data", data, "--to", backup.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        check_message(refused, &["locked", "another process"]);
    };
    locked();
    // also with the socket that a board left
    Running::start(board.path()).unwrap().kill();
    assert!(board.path().join("control/socket").exists());
    locked();
    assert!(!backup.exists());
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_board_in_order() {
    let board = initialised();
    for signal in ["-TERM", "-INT"] {
        let mut running = Running::start(board.path()).unwrap();
        let sent = Command::new("kill").args([signal, &running.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let ended = running.child.wait().unwrap();
        assert!(ended.success(), "{signal}: {ended}");
    }
}

#[test]
fn a_store_that_is_cut_short_or_changed_is_not_served() {
    let board = initialised();
    let store = board.path().join("board.redb");
    let mut bytes = std::fs::read(&store).unwrap();
    // wherever the genesis stands, its origin is written out
    let place = bytes.windows(ORIGIN.len()).position(|window| window == ORIGIN.as_bytes()).unwrap();
    bytes[place] ^= 1;
    std::fs::write(&store, &bytes).unwrap();
    let started = Running::start(board.path());
    let message = started.err().expect("a changed store is refused");
    for words in ["damaged", "newest backup", "tabella-board catch-up"] {
        assert!(message.contains(words), "{words:?} is not in {message:?}");
    }
    assert!(!message.contains("panicked"), "{message}");
    assert_eq!(run(board.path(), "127.0.0.1:0").status.code(), Some(3), "another start would end so too");
}
