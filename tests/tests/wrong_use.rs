//! Wrong use ends with a sentence that says what to do, never with a panic.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use tabella_tests::process::{Finished, Running, command, run, succeed, wait_until};
use tabella_tests::small::{BY_HAND, YES_NO, code, voters};
use tabella_tests::world::{Election, World, copy_folder};

/// Opening a pipe does not wait for its reader (Linux).
const NONBLOCK: i32 = 0o4000;
/// A name that no election has.
const NOBODY: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// An address at which nobody answers.
fn silent_address() -> Result<String> {
    Ok(format!("http://{}", TcpListener::bind("127.0.0.1:0")?.local_addr()?))
}

#[test]
fn keys_that_are_missing_or_of_another_kind_or_under_another_passphrase_are_named() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let election = world.small("keys", BY_HAND, YES_NO)?;
    let wrong = text(&place.path().join("passphrase"));
    fs::write(&wrong, "incorrect horse\n")?;
    let empty = text(&place.path().join("empty"));
    fs::create_dir(&empty)?;
    let (administrator, registrar) = (world.path("administrator"), world.path("registrar"));
    let trustee = text(&election.trustees[0]);
    let at = |act: &str, folder: &str, more: &[&str]| -> Vec<String> {
        let mut arguments = vec![act, "--folder", folder];
        arguments.extend(world.at(&election));
        arguments.extend(more);
        arguments.into_iter().map(str::to_owned).collect()
    };
    let passphrase = ["--passphrase-file", wrong.as_str()];
    let refuse = |program: &str, arguments: Vec<String>, words: &[&str]| -> Result<()> {
        let finished = run(program, &arguments)?;
        finished.refuses(words).with_context(|| format!("{program} {}", arguments.join(" ")))?;
        Ok(())
    };

    let publish = ["--private", empty.as_str()];
    let both = [passphrase.as_slice(), &publish].concat();
    refuse(
        "tabella-admin",
        at("open", &administrator, &passphrase),
        &["passphrase does not open", "administrator.key"],
    )?;
    refuse(
        "tabella-registrar",
        at("publish", &registrar, &both),
        &["passphrase does not open", "registrar.key"],
    )?;
    refuse(
        "tabella-trustee",
        at("ceremony", &trustee, &passphrase),
        &["passphrase does not open", "key.age"],
    )?;

    let nowhere = format!("{empty}/nowhere");
    refuse("tabella-admin", at("open", &nowhere, &[]), &["there is no file", "administrator.key"])?;
    refuse("tabella-registrar", at("publish", &empty, &publish), &["there is no file", "registrar.key"])?;
    refuse(
        "tabella-trustee",
        at("ceremony", &nowhere, &[]),
        &["there is no folder", "tabella-trustee init"],
    )?;
    refuse("tabella-trustee", at("tally", &empty, &[]), &["there is no key file", "restore the key file"])?;
    let no_file = ["--passphrase-file", "/nowhere/passphrase"];
    refuse("tabella-admin", at("open", &administrator, &no_file), &["/nowhere/passphrase"])?;

    // a key of another kind, under the name of the right one
    let mixed = place.path().join("mixed");
    fs::create_dir(&mixed)?;
    for (from, to) in [
        (format!("{registrar}/registrar.key"), "administrator.key"),
        (format!("{trustee}/key.age"), "registrar.key"),
        (format!("{administrator}/administrator.key"), "key.age"),
    ] {
        fs::copy(from, mixed.join(to))?;
    }
    let mixed = text(&mixed);
    refuse("tabella-admin", at("open", &mixed, &[]), &["holds a registrar", "is needed"])?;
    refuse("tabella-registrar", at("publish", &mixed, &publish), &["holds a trustee", "is needed"])?;
    refuse("tabella-trustee", at("ceremony", &mixed, &[]), &["holds an administrator", "is needed"])?;
    // and what is no key at all
    fs::write(format!("{mixed}/administrator.key"), "a note to myself")?;
    refuse("tabella-admin", at("open", &mixed, &[]), &["is not a sealed file, or it is damaged"])?;

    // keys are never overwritten
    for (program, folder) in [
        ("tabella-admin", administrator.as_str()),
        ("tabella-registrar", &registrar),
        ("tabella-trustee", &trustee),
    ] {
        let kept = fs::read_dir(folder)?.count();
        refuse(program, ["init", "--folder", folder].map(str::to_owned).to_vec(), &["already"])?;
        assert_eq!(fs::read_dir(folder)?.count(), kept);
    }

    // strangers with good keys
    let stranger = text(&place.path().join("stranger"));
    for program in ["tabella-admin", "tabella-registrar", "tabella-trustee"] {
        succeed(program, &["init", "--folder", &stranger])?;
    }
    refuse("tabella-admin", at("open", &stranger, &[]), &["administrator"])?;
    refuse("tabella-registrar", at("publish", &stranger, &publish), &["another registrar"])?;
    refuse(
        "tabella-trustee",
        at("ceremony", &stranger, &[]),
        &["no trustee of this election has the fingerprint"],
    )?;
    refuse("tabella-trustee", at("tally", &trustee, &[]), &["there is no share", "finished the ceremony"])?;
    let manifest = text(&election.folder.join("manifest.toml"));
    let create = ["create", &manifest, "--board", world.url(), "--folder", &stranger];
    refuse("tabella-admin", create.map(str::to_owned).to_vec(), &["does not know you", "--administrator"])
}

/// A manifest as it should be, for changes.
fn good_manifest(contests: &str) -> String {
    let key = "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394";
    let trustees: String = (1..=3)
        .map(|number| {
            let fingerprint = format!("{number}").repeat(64);
            format!("[[trustee]]\nname = \"Trustee {number}\"\nfingerprint = \"{fingerprint}\"\n")
        })
        .collect();
    format!(
        "title = \"Rehearsal\"\nopens = \"+1h\"\ncloses = \"+2h\"\nregistrar = \"{key}\"\nthreshold = 2\n{trustees}{contests}"
    )
}

fn contest(settings: &str, options: usize) -> String {
    let options: Vec<String> = (1..=options).map(|number| format!("\"Option {number}\"")).collect();
    format!("[[contest]]\ntitle = \"Which?\"\noptions = [{}]\n{settings}\n", options.join(", "))
}

#[test]
fn a_manifest_that_contradicts_itself_is_refused_with_line_and_reason() -> Result<()> {
    let place = tempfile::tempdir()?;
    let file = text(&place.path().join("manifest.toml"));
    let check = |manifest: &str| -> Result<Finished> {
        fs::write(&file, manifest)?;
        run("tabella-admin", &["check", &file])
    };
    let good = good_manifest(YES_NO);
    check(&good)?.says(&["Rehearsal", "Shall it be?"])?;
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from:?} is not in the manifest");
        good.replace(from, to)
    };
    let of = |settings: &str, options: usize| good_manifest(&contest(settings, options));
    let wrong: [(String, &[&str]); 17] = [
        (of("method = { choose = { max = 4 } }", 3), &["line 15", "contest 1", "at most 4", "3 options"]),
        (
            of("method = { choose = { min = 3, max = 2 } }\nblank = \"Blank\"", 3),
            &["contest 1", "lower the first"],
        ),
        (
            with("closes = \"+2h\"", "closes = \"+2h\"\ntotal-weight = 1099511627777"),
            &["total_weight", "from 1 to"],
        ),
        (
            of("method = { score = { max = 60000 } }", 2)
                .replace("threshold", "total-weight = 100000000\nthreshold"),
            &["contest 1", "a total could reach 6000000000000", "lower the points"],
        ),
        (with("closes = \"+2h\"", "closes = \"+30m\""), &["line 3", "close before it opens"]),
        (good_manifest(&contest("method = \"approval\"", 600).repeat(2)), &["ballot style 1", "split it"]),
        (of("method = \"rank\"\nblank = \"Blank\"", 60), &["contest 1", "use fewer options"]),
        (with("threshold = 2", "treshold = 2"), &["line 5", "unknown field", "treshold"]),
        (with("blank = \"Blank\"", "shuffled = true"), &["unknown field", "shuffled"]),
        (with("threshold = 2", "threshold = 4"), &["line 5", "choose 1 to 3"]),
        (with("threshold = 2", "threshold = 0"), &["line 5", "choose 1 to 3"]),
        (with(&"2".repeat(64), &"1".repeat(64)), &["trustees 1 and 2 have the same fingerprint"]),
        (with(&"2".repeat(64), "22"), &["64 hexadecimal digits"]),
        (with("\"+1h\"", "\"tomorrow\""), &["line 2", "is not a time"]),
        (with("blank = \"Blank\"", ""), &["no way to vote blank", "explicit blank vote"]),
        (with("\"choose-one\"", "\"choose-none\""), &["choose-none"]),
        (good.clone() + "[[style]]\nname = \"All\"\ncontests = [1, 2]\n", &["there is no contest 2"]),
    ];
    for (manifest, words) in &wrong {
        check(manifest)?.refuses(words).with_context(|| manifest.clone())?;
    }
    check("title = [")?.refuses(&["manifest.toml", "line 1"])?;
    let over = with("\"+1h\"", "\"2020-01-01T00:00:00Z\"").replace("\"+2h\"", "\"2020-01-02T00:00:00Z\"");
    check(&over)?.refuses(&["over already"])?;
    run("tabella-admin", &["check", "/nowhere/manifest.toml"])?.refuses(&["/nowhere/manifest.toml"])?;

    // what `check` refuses is not published either
    let world = World::new(&place.path().join("world"))?;
    fs::write(&file, &wrong[0].0)?;
    let folder = world.path("administrator");
    let create = ["create", &file, "--board", world.url(), "--folder", &folder];
    run("tabella-admin", &create)?.refuses(&["at most 4"])?;
    fs::write(&file, good.replace("threshold", "cosignatures = 1\nthreshold"))?;
    run("tabella-admin", &create)?.refuses(&["demands 1 cosignatures", "lower `cosignatures`"])?;
    fs::write(&file, good.replace("threshold", "board = \"elsewhere.example/board\"\nthreshold"))?;
    run("tabella-admin", &create)?.refuses(&[
        "elsewhere.example/board",
        "localhost/tabella",
        "correct one",
    ])?;
    run("tabella-verify", &[world.url()])?.refuses(&["there is no election on the board"])?;
    Ok(())
}

#[test]
fn a_voter_who_errs_is_told_how() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let election = world.small("vote", BY_HAND, YES_NO)?;
    world.ceremony(&election)?;
    let table = world.roll(&election, &voters(3))?;
    let codes = tabella_tests::small::read_codes(&table)?;
    let own = code(&codes, "voter-1")?.to_owned();
    let cast = |code: &str, choice: &str| world.cast(&election, code, &[choice], &[]);

    cast(&own, "Yes")?.refuses(&["voting is not open yet"])?;
    world.administrator(&election, "open")?;

    // a digit of the third group, which no other way of reading it makes right
    let mut mistyped: Vec<char> = own.chars().collect();
    let symbol = mistyped.get_mut(13).context("a code of 25 symbols")?;
    *symbol = if *symbol == '7' { '8' } else { '7' };
    cast(&mistyped.iter().collect::<String>(), "Yes")?.refuses(&["group 3 is mistyped", "letter"])?;
    cast(&own[..23], "Yes")?.refuses(&["where a code has 25"])?;
    cast("", "Yes")?.refuses(&["code"])?;
    let other = succeed("tabella-vote", &["enrol", "--election", &election.id])?.line("recovery code")?;
    cast(&other, "Yes")?.refuses(&["nobody on this election's roll"])?;

    cast(&own, "Maybe")?.refuses(&["Maybe", "options are: 1 Yes, 2 No"])?;
    cast(&own, "Yes, No")?.refuses(&["choose exactly one"])?;
    cast(&own, "2=Yes")?.refuses(&["contests of this ballot are: 1 Shall it be?"])?;
    cast(&own, "none")?.refuses(&["choose exactly one"])?;
    world.cast(&election, &own, &["1=Yes", "1=No"], &[])?.refuses(&["contest 1"])?;
    // nobody answers the question whether to cast it
    world.vote(&election, "cast", &["--code", &own, "--choose", "Yes"])?.refuses(&["no answer to"])?;
    world
        .vote(&election, "cast", &["--code-file", "/nowhere/code", "--choose", "Yes"])?
        .refuses(&["/nowhere/code"])?;
    let taken = text(&table);
    world.cast(&election, &own, &["Yes"], &["--receipt", &taken])?.refuses(&["is there already"])?;
    assert_eq!(world.status(&election)?["ballots"]["cast"], 0, "nothing was cast by all that");

    let silent = silent_address()?;
    let elsewhere = |board: &str, election: &str| {
        let arguments =
            ["cast", "--board", board, "--election", election, "--code", &own, "--choose", "Yes", "--yes"];
        run("tabella-vote", &arguments)
    };
    elsewhere(world.url(), NOBODY)?.refuses(&["no such election on this board"])?;
    elsewhere(world.url(), "abc")?.refuses(&["64 hexadecimal digits"])?;
    elsewhere(&silent, &election.id)?.refuses(&[&silent, "that the board is running"])?;
    elsewhere("ftp://board", &election.id)?.refuses(&["address"])?;

    // a board's key that is none is a wrong argument, whoever is given it
    let folder = world.path("administrator");
    let at = ["--board", world.url(), "--board-key", "abc", "--election", &election.id];
    let vote = ["cast", "--code", &own, "--choose", "Yes", "--yes"];
    for (program, act) in [("tabella-vote", &vote[..]), ("tabella-admin", &["open", "--folder", &folder])] {
        let finished = run(program, &[act, &at].concat())?;
        finished.refuses(&["neither a board's key", "as the board's operator published it"])?;
        assert_eq!(finished.status.code(), Some(2), "{program}: {}", finished.text());
    }

    // many at once: a mistake in the last row is found before the first is cast
    let ballots = text(&election.folder.join("ballots.csv"));
    let batch = |rows: &str| -> Result<Finished> {
        fs::write(&ballots, format!("identity,choices\n{rows}"))?;
        world.vote(&election, "batch", &["--codes", &taken, "--ballots", &ballots])
    };
    batch("voter-1,Yes\nvoter-2,Perhaps\n")?.refuses(&["line 3", "Perhaps"])?;
    batch("voter-1,Yes\nvoter-9,Yes\n")?.refuses(&["line 3", "has no code"])?;
    assert_eq!(world.status(&election)?["ballots"]["cast"], 0);
    a_batch_says_what_became_of_it(&world, &election, &taken)?;

    cast(&own, "Yes")?.says(&["Your vote is cast"])?;
    let record = place.path().join("record");
    world.export(&election, &record)?;
    let record = text(&record);
    let mut export = vec!["export", "--to", &record];
    export.extend(world.at(&election));
    run("tabella-admin", &export)?.refuses(&["is there already", "choose a new folder"])?;
    let unwritable = format!("{record}/board/checkpoint/below");
    let mut export = vec!["export", "--to", &unwritable];
    export.extend(world.at(&election));
    run("tabella-admin", &export)?.refuses(&[&unwritable])?;
    let file = text(&table);
    for (record, words) in [
        ("/nowhere", ["there is no folder /nowhere", "give the folder of a record"]),
        (&file, ["there is no folder", "give the folder of a record"]),
        (&silent, [silent.as_str(), "that the board is running"]),
        ("http://", ["address", ""]),
    ] {
        let finished = run("tabella-verify", &[record])?;
        finished.refuses(&words).with_context(|| record.to_owned())?;
        assert_eq!(finished.status.code(), Some(4), "nothing could be checked: {record}");
    }
    run("tabella-verify", &[&record, "--partial", "--board", "abc"])?.refuses(&["neither a board's key"])?;
    let report = text(&place.path().join("report"));
    // the same file by another way
    let spelled = text(&Path::new(&record).join("../report"));
    for [one, other] in [["--result", "--cdf-results"], ["--cdf-definition", "--html"]] {
        let finished = run("tabella-verify", &[&record, one, &report, other, &spelled])?;
        finished.refuses(&["report is named for two outputs", "a file of its own"])?;
        assert_eq!(finished.status.code(), Some(2), "{one} and {other}: wrong use");
    }
    ensure!(!Path::new(&report).exists(), "something was written");
    for program in ["tabella-admin", "tabella-registrar", "tabella-trustee", "tabella-vote", "tabella-verify"]
    {
        let finished = run(program, &["--no-such-flag"])?;
        assert_eq!(finished.refuses(&["--no-such-flag"])?.status.code(), Some(2), "{program}: wrong use");
        let help = run(program, &["--help"])?;
        help.says(&["Exit status: 0", "2 wrong arguments"])?;
    }

    // too early, then too late
    for (act, words) in [("tally", "voting is not closed yet"), ("ceremony", "")] {
        let finished = world.trustee(&election, act, &election.trustees[0], &[])?;
        if words.is_empty() {
            finished.says(&["complete"])?
        } else {
            finished.refuses(&[words])?
        };
    }
    world.administrator(&election, "close")?;
    cast(code(&codes, "voter-2")?, "Yes")?.refuses(&["voting is closed"])?;
    for (act, words) in [
        ("open", "open already or has ended"),
        ("close", "voting is not open"),
        ("restart-ceremony", "the key ceremony is over"),
    ] {
        let folder = world.path("administrator");
        let mut arguments = vec![act, "--folder", &folder];
        arguments.extend(world.at(&election));
        run("tabella-admin", &arguments)?.refuses(&[words]).context(act)?;
    }
    let (folder, private) = (world.path("registrar"), text(&election.folder.join("roll-private.csv")));
    let mut add =
        vec!["add", "--folder", &folder, "--private", &private, "--codes", &taken, "--identity", "late"];
    add.extend(world.at(&election));
    run("tabella-registrar", &add)?.refuses(&["the roll is fixed"])?;
    Ok(())
}

/// Casts a ballot while the file of what is seen of the board can no longer be written: that is an error, and the ballots
/// are told of all the same.
fn a_batch_says_what_became_of_it(world: &World, election: &Election, codes: &str) -> Result<()> {
    let (seen, ballots) = (election.folder.join("seen"), election.folder.join("ballots.fifo"));
    fs::create_dir(&seen)?;
    ensure!(Command::new("mkfifo").arg(&ballots).status()?.success(), "mkfifo");
    let (view, pipe, report) =
        (seen.join("view.json"), text(&ballots), text(&election.folder.join("report.csv")));
    let mut arguments = vec!["batch", "--codes", codes, "--ballots", &pipe, "--report", &report, "--view"];
    let shown = text(&view);
    arguments.push(&shown);
    arguments.extend(world.at(election));
    let mut batch = command("tabella-vote", &arguments)?;
    let batch = batch.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    // it has come to the board, and waits for the ballots
    wait_until("the view", Duration::from_secs(60), || Ok(view.exists()))?;
    let mut table = None;
    wait_until("a reader of the ballots", Duration::from_secs(60), || {
        table = OpenOptions::new().write(true).custom_flags(NONBLOCK).open(&ballots).ok();
        Ok(table.is_some())
    })?;
    fs::remove_dir_all(&seen)?;
    table.context("the pipe")?.write_all(b"identity,choices\nvoter-3,Yes\n")?;
    let ended = batch.wait_with_output()?;
    let said = String::from_utf8(ended.stdout)?;
    ensure!(said.contains("1 cast, 0 recast, 0 tested, 0 failed"), "{said}");
    let unkept = String::from_utf8(ended.stderr)?;
    ensure!(ended.status.code() == Some(1) && unkept.contains(&shown), "{unkept}");
    ensure!(fs::read_to_string(&report)?.contains("voter-3"), "the report is there");
    Ok(())
}

#[test]
fn a_board_says_what_is_wrong_with_its_folder_or_port() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let data = world.path("board");
    let key = "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394";
    let init = |data: &str| {
        run("tabella-board", &["init", "--data", data, "--origin", "localhost/other", "--administrator", key])
    };
    let start = |data: &str, listen: &str| run("tabella-board", &["run", "--data", data, "--listen", listen]);

    start(&data, "127.0.0.1:0")?.refuses(&["locked", "another process"])?;
    init(&data)?.refuses(&["locked"])?;
    let other = text(&place.path().join("other"));
    init(&other)?.says(&["key", "fingerprint"])?;
    let taken = world.url().strip_prefix("http://").context("an address")?;
    start(&other, taken)?.refuses(&["is in use", "--listen"])?;
    init(&other)?.refuses(&["a board in this store already", "use another folder"])?;
    start(&other, "localhost")?.refuses(&["--listen"])?;

    let nowhere = text(&place.path().join("nowhere"));
    start(&nowhere, "127.0.0.1:0")?.refuses(&["there is no folder", "tabella-board init"])?;
    fs::create_dir(&nowhere)?;
    start(&nowhere, "127.0.0.1:0")?.refuses(&["tabella-board init"])?;
    let file = format!("{nowhere}/file");
    fs::write(&file, "")?;
    init(&format!("{file}/data"))?.refuses(&["cannot be made"])?;

    // another board's key beside this board's store
    let mixed = place.path().join("mixed");
    copy_folder(Path::new(&other), &mixed)?;
    fs::copy(format!("{data}/operator.key"), mixed.join("operator.key"))?;
    start(&text(&mixed), "127.0.0.1:0")?.refuses(&["the operator's key is not this board's"])?;
    Ok(())
}

/// An election with a manifest so long that a disk fills soon.
fn long_contests() -> String {
    let contest = |number: usize| {
        let words = "what is to be decided here ".repeat(140);
        let words = words.trim();
        format!(
            "[[contest]]\ntitle = \"Question {number}\"\ndescription = \"{words}\"\noptions = [\"Yes\"]\nmethod = \"approval\"\n"
        )
    };
    (1..=80).map(contest).collect()
}

#[test]
fn a_full_disk_stops_the_board_and_loses_nothing_that_was_acknowledged() -> Result<()> {
    let place = tempfile::tempdir()?;
    let mut world = World::new(&place.path().join("world"))?;
    let trustees = world.trustees(&["a", "b", "c"])?;
    let manifest = world.small_manifest("long", BY_HAND, &long_contests(), &trustees)?;
    let data = world.path("board");
    let mut made = vec![world.create("before", &manifest, &[])?];
    world.kill_board()?;

    // room for a little more than what is there
    let blocks = fs::metadata(format!("{data}/board.redb"))?.len() / 512 + 256;
    let log = place.path().join("confined.log");
    let arguments = ["run", "--data", &data, "--listen", "127.0.0.1:0"];
    let (mut board, url) =
        Running::start_confined("tabella-board", &arguments, blocks, "listening on ", &log)?;
    let file = text(&made[0].folder.join("manifest.toml"));
    let folder = world.path("administrator");
    let refused = loop {
        ensure!(made.len() < 60, "the disk never filled");
        let finished = run("tabella-admin", &["create", &file, "--board", &url, "--folder", &folder])?;
        if !finished.status.success() {
            break finished;
        }
        made.push(tabella_tests::world::Election { id: finished.line("election")?, ..made[0].clone() });
    };
    refused.refuses(&["error"])?;
    let ended = board.wait(Duration::from_secs(20))?;
    let said = fs::read_to_string(&log)?;
    ensure!(ended.code().is_some_and(|code| code != 0), "{ended}: {said}");
    assert!(said.contains("the disk is full") && said.contains("free some space"), "{said}");
    assert!(!said.contains("panicked"), "{said}");

    world.restart_board()?;
    for election in &made {
        assert_eq!(world.status(election)?["phase"], "setup", "{} is there", election.id);
    }
    // and it goes on
    let next = world.create("after", &manifest, &[])?;
    assert_eq!(world.status(&next)?["phase"], "setup");
    let partial = world.verify(&made[0], &["--partial"])?;
    assert!(partial.finished.status.success(), "{}", partial.finished.text());
    Ok(())
}
