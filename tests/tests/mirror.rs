//! A mirror's folder, and the same folder behind a web server that knows nothing of Tabella: the verifier reads both
//! like the board.

#![allow(clippy::indexing_slicing, reason = "a test ends where something is not as it must be")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use tabella_tests::process::{run, succeed};
use tabella_tests::small::{BY_HAND, Verified, YES_NO, code, voters};
use tabella_tests::world::World;

/// A server of the files below a folder; gives its address.
fn serve(folder: &Path) -> Result<String> {
    fn answer(mut stream: TcpStream, folder: &Path) -> Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut request = String::new();
        reader.read_line(&mut request)?;
        let mut header = String::new();
        while reader.read_line(&mut header)? > 2 {
            header.clear();
        }
        let path = request.split(' ').nth(1).context("a path")?.trim_start_matches('/');
        let (status, body) = match fs::read(folder.join(path)) {
            Ok(body) => ("200 OK", body),
            Err(_) => ("404 Not Found", b"<h1>not found</h1>".to_vec()),
        };
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
        Ok(stream.write_all(&body)?)
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    let folder = folder.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // who asked may have gone away
            let _ = answer(stream, &folder);
        }
    });
    Ok(address)
}

fn mirror(world: &World, folder: &Path) -> Result<()> {
    let folder = folder.to_string_lossy();
    succeed("tabella-board", &["mirror", "--once", "--from", world.url(), "--to", &folder])?;
    Ok(())
}

#[test]
fn a_mirror_is_verified_in_its_folder_and_behind_any_web_server_like_the_board() -> Result<()> {
    let place = tempfile::tempdir()?;
    let world = World::new(&place.path().join("world"))?;
    let (counted, codes) = world.open("counted", BY_HAND, YES_NO, &voters(3))?;
    for (voter, choice) in [("voter-1", "Yes"), ("voter-2", "No"), ("voter-3", "Yes")] {
        world.cast(&counted, code(&codes, voter)?, &[choice], &[])?.says(&["Your vote is cast"])?;
    }
    let folder: PathBuf = place.path().join("mirror");
    // partial tiles of this moment stay
    mirror(&world, &folder)?;
    world.administrator(&counted, "close")?;
    world.tally(&counted, &counted.trustees[..2])?;
    let other = world.small("other", BY_HAND, YES_NO)?;
    mirror(&world, &folder)?;

    let (address, path) = (serve(&folder)?, folder.to_string_lossy().into_owned());
    let own = ["--election", &counted.id];
    let from_board = Verified::of(world.url(), &own)?.holds()?;
    assert_eq!(from_board.votes(1)?, [2, 1]);
    for record in [&address, &path] {
        let verified = Verified::of(record, &own)?.holds()?;
        assert_eq!(verified.report["result"], from_board.report["result"], "{record}");
        assert_eq!(verified.report["election"], from_board.report["election"], "{record}");
        let unfinished = ["--election", &other.id, "--partial"];
        let verified = Verified::of(record, &unfinished)?;
        ensure!(verified.report["verified"] == true, "{record}: {}", verified.report["failure"]);
    }

    // without a name both are shown, or counted
    let listed = run("tabella-verify", &[address.as_str()])?;
    listed.refuses(&[&counted.id, &other.id, "--election"])?;
    assert_eq!(listed.status.code(), Some(4));
    assert_eq!(Verified::of(&path, &[])?.fails()?, "1.1");

    let log = folder.join("elections").join(&counted.id);
    let bundles = log.join("tile/entries/000.p");
    let widths = fs::read_dir(&bundles)?.count();
    assert!(widths > 1, "the bundle of the earlier checkpoint is there");
    // whatever is beside the logs' files, or an earlier tile that is changed, is refused
    let stray = folder.join("elections").join("ab".repeat(32));
    fs::create_dir(&stray)?;
    fs::copy(log.join("checkpoint"), stray.join("checkpoint"))?;
    assert_eq!(Verified::of(&path, &own)?.fails()?, "1.1");
    fs::remove_dir_all(&stray)?;
    fs::write(log.join("tile/entries/001"), "beyond")?;
    assert_eq!(Verified::of(&path, &own)?.fails()?, "1.1");
    fs::remove_file(log.join("tile/entries/001"))?;
    let mut earlier: Vec<(usize, PathBuf)> = fs::read_dir(&bundles)?
        .map(|entry| {
            let path = entry?.path();
            let width = path.file_name().and_then(|name| name.to_str()).context("a width")?.parse()?;
            Ok((width, path))
        })
        .collect::<Result<_>>()?;
    earlier.sort();
    let earlier = &earlier[0].1;
    let kept = fs::read(earlier)?;
    fs::write(earlier, &kept[..kept.len() - 1])?;
    assert_eq!(Verified::of(&path, &own)?.fails()?, "1.4");
    fs::write(earlier, &kept)?;
    Verified::of(&path, &own)?.holds()?;

    // an address where there is neither a board nor a record
    let empty = place.path().join("empty");
    fs::create_dir(&empty)?;
    let nothing = run("tabella-verify", &[serve(&empty)?.as_str()])?;
    nothing.refuses(&["is not a Tabella board"])?;
    assert_eq!(nothing.status.code(), Some(4));
    Ok(())
}

#[test]
fn a_board_that_lost_everything_but_its_key_comes_back_with_its_ballots_and_goes_on() -> Result<()> {
    let place = tempfile::tempdir()?;
    let mut world = World::new(&place.path().join("world"))?;
    let (election, codes) = world.open("lost", BY_HAND, YES_NO, &voters(4))?;
    let cast = |world: &World, voter: &str, choice: &str| -> Result<()> {
        world.cast(&election, code(&codes, voter)?, &[choice], &[])?.says(&["Your vote is cast"]).map(drop)
    };
    for (voter, choice) in [("voter-1", "Yes"), ("voter-2", "No"), ("voter-3", "No")] {
        cast(&world, voter, choice)?;
    }
    let data = PathBuf::from(world.path("board"));
    let old = place.path().join("old.redb");
    let backup = ["backup", "--data", &world.path("board"), "--to", &old.to_string_lossy()];
    succeed("tabella-board", &backup)?;
    // beyond the backup: a voter who changes their mind
    cast(&world, "voter-2", "Yes")?;
    let folder = place.path().join("mirror");
    mirror(&world, &folder)?;
    let from = folder.to_string_lossy().into_owned();

    // nothing but the key, then the old backup
    for stored in [None, Some(&old)] {
        let before = world.status(&election)?;
        world.kill_board()?;
        fs::remove_file(data.join("board.redb"))?;
        if let Some(old) = stored {
            fs::copy(old, data.join("board.redb"))?;
        }
        let caught_up = run("tabella-board", &["catch-up", "--data", &world.path("board"), "--from", &from])?;
        caught_up.says(&["were missing", "the board log has"])?;
        world.restart_board()?;
        assert_eq!(world.status(&election)?, before, "every ballot is there");
        let voter = if stored.is_none() { "voter-3" } else { "voter-4" };
        cast(&world, voter, "Yes")?;
        mirror(&world, &folder)?;
    }
    world.administrator(&election, "close")?;
    world.tally(&election, &election.trustees[1..])?;
    let verified = world.verify(&election, &[])?.holds()?;
    assert_eq!(verified.votes(1)?, [4, 0]);
    Ok(())
}
