//! Ctrl-C: says that nothing is lost, and ends. Whatever is on the disk is there whole, and every step can be repeated.

use std::io::{IsTerminal, Write};
use std::process::{Command, exit};

/// How shells name an end by an interrupt.
const INTERRUPTED: i32 = 130;

/// From now on an interrupt ends the program with this text.
pub(super) fn watch(text: String) {
    // outside a runtime nobody listens, and an interrupt ends the program as it ends any other
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        if std::io::stdin().is_terminal() {
            // a question for a passphrase may have switched off what is typed
            let _ = Command::new("stty").arg("echo").status();
        }
        let mut out = std::io::stdout();
        let _ = writeln!(out, "\n\n{text}");
        let _ = out.flush();
        exit(INTERRUPTED);
    });
}
