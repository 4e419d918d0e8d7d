//! The program of the demo, ended in its middle: nothing that it started goes on.

#![cfg(target_os = "linux")]

use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};

use tabella_tests::process::{Running, wait_until};

#[test]
fn who_ends_the_demo_by_whatever_signal_ends_its_board() -> Result<()> {
    // the others that end a program are ignored in one whose shell runs it in the background, as it may run this test
    for signal in ["-TERM", "-KILL"] {
        let place = tempfile::tempdir()?;
        let world = place.path().join("world");
        let arguments = ["demo", "--folder", &world.to_string_lossy()];
        // the board's address is the first thing that it tells
        let log = place.path().join("log");
        let (mut demo, address) = Running::start("tabella-election", &arguments, "        http://", &log)?;
        ensure!(TcpStream::connect(&address).is_ok(), "the board does not run at {address}");
        ensure!(Command::new("kill").args([signal, &demo.id().to_string()]).status()?.success());
        let ended = demo.wait(Duration::from_secs(60))?;
        ensure!(!ended.success(), "{signal}: it ended well in its middle");
        wait_until("the board has ended too", Duration::from_secs(60), || {
            Ok(TcpStream::connect(&address).is_err())
        })?;
    }
    Ok(())
}
