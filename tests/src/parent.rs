//! Programs that end when the one that started them does, however that one ends.
//!
//! On Linux the system itself signals a process whose parent is gone (`PR_SET_PDEATHSIG`), which also holds where the
//! parent was killed by `SIGKILL` and could do nothing any more. A process can ask for it only itself, and what it
//! becomes keeps it: so a program that is tied is started by way of this program, which asks and then becomes it.
//! Other systems have nothing like it: there, a program that is tied ends by Ctrl-C alone, which a terminal sends to all.

use std::convert::Infallible;
use std::ffi::OsString;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Result, bail};

/// The subcommand of this program that calls [`become_tied`].
pub const SUBCOMMAND: &str = "tied";

/// By way of which program others are started.
static WAY: OnceLock<OsString> = OnceLock::new();

/// Ties all programs that are started from now on to this process. Its own program must have the [`SUBCOMMAND`]. A
/// program is tied to the thread that starts it: only threads that live as long may start one.
pub fn tie() -> Result<()> {
    if cfg!(target_os = "linux") {
        let own = std::env::current_exe()?.into_os_string();
        // a second call changes nothing
        let _ = WAY.set(own);
    }
    Ok(())
}

/// The command for a program, tied if all are.
pub(crate) fn command(program: OsString) -> Command {
    let Some(way) = WAY.get() else { return Command::new(program) };
    let mut command = Command::new(way);
    command.args([SUBCOMMAND, &std::process::id().to_string()]).arg(program);
    command
}

/// Becomes another program, its arguments behind it, that ends when this parent does.
#[cfg(target_os = "linux")]
pub fn become_tied(parent: u32, words: &[OsString]) -> Result<Infallible> {
    use std::os::unix::process::{CommandExt as _, parent_id};

    let Some((program, arguments)) = words.split_first() else { bail!("name a program") };
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM))?;
    // it may have ended before it was asked for
    if parent_id() != parent {
        bail!("the parent has ended");
    }
    Err(Command::new(program).args(arguments).exec().into())
}

/// Not on this system.
#[cfg(not(target_os = "linux"))]
pub fn become_tied(_: u32, _: &[OsString]) -> Result<Infallible> {
    bail!("this system cannot tie a program to its parent");
}
