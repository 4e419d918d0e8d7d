//! Where the built web app and the built book lie, for `src/http/app/embedded.rs` and `src/http/book.rs`: `voter-ui` and
//! `book` in the target folder, where `tabella-web-build` and `tabella-book` put them. Without them the folders are made, so
//! that the program compiles without either.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Folders in the target folder, and the variables that the program finds them by.
const BUILT: [(&str, &str); 2] = [("voter-ui", "TABELLA_WEB_APP"), ("book", "TABELLA_BOOK")];

fn main() -> io::Result<()> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let root = package.ancestors().nth(2).unwrap_or(Path::new("."));
    let target =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder));
    for (name, variable) in BUILT {
        let built = target.join(name);
        fs::create_dir_all(&built)?;
        let shown = built.to_str().ok_or_else(|| {
            io::Error::other("the target folder's path is not UTF-8: build in another folder")
        })?;
        println!("cargo:rustc-env={variable}={shown}");
        // the list of files is written last; as long as there is none, what appears in the folder tells of it
        let list = built.join("SHA256SUMS");
        let changes = if list.is_file() { &list } else { &built };
        println!("cargo:rerun-if-changed={}", changes.display());
    }
    println!("cargo:rerun-if-env-changed=CARGO_TARGET_DIR");
    println!("cargo:rerun-if-changed=build.rs");
    Ok(())
}
