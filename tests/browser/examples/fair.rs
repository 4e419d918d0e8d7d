//! Leaves a board with an election of every voting method running, to try the web app by hand:
//! `cargo run --release -p tabella-browser-tests --example fair`.

use std::path::Path;

use anyhow::Result;
use tabella_browser_tests::fair::Fair;

fn main() -> Result<()> {
    let root = Path::new("target/fair");
    if root.exists() {
        std::fs::remove_dir_all(root)?;
    }
    let fair = Fair::open(root)?;
    println!("{}", fair.page(""));
    for (voter, code) in &fair.codes {
        println!("{voter}: {}#code={code}", fair.page("vote"));
    }
    loop {
        std::thread::park();
    }
}
