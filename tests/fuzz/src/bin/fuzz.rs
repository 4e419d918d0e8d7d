//! One target under libFuzzer: `TABELLA_FUZZ=<target> tabella-fuzz <arguments of libFuzzer>`. Built by `make fuzz`, which
//! sets the flags by which the compiler counts what was reached.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tabella_fuzz::{TARGETS, Target, target};

/// The target that is asked for.
fn chosen() -> &'static Target {
    static CHOSEN: OnceLock<&'static Target> = OnceLock::new();
    CHOSEN.get_or_init(|| {
        let name = std::env::var("TABELLA_FUZZ").unwrap_or_default();
        target(&name).unwrap_or_else(|| {
            let names = TARGETS.map(|target| target.name).join(", ");
            eprintln!("error: TABELLA_FUZZ={name:?} is none of: {names}");
            std::process::exit(2)
        })
    })
}

fuzz_target!(|data: &[u8]| {
    (chosen().run)(data);
});
