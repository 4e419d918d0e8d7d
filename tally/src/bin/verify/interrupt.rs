//! Ctrl-C while a state is kept: the first asks the run to keep what it has and end, a second ends it at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::INTERRUPTED;

/// Set by the first interruption, which is answered with this sentence. Where the system cannot tell, an interruption ends the program as always, and what was
/// kept last stays.
pub(crate) fn flag(said: &'static str) -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = flag.clone();
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                if set.swap(true, Ordering::Relaxed) {
                    std::process::exit(INTERRUPTED.into());
                }
                eprintln!("{said}");
            }
        });
    });
    flag
}
