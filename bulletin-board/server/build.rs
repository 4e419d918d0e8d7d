//! Where the built web app lies, for `src/http/app/embedded.rs`: `voter-ui` in the target folder, where `tabella-web-build`
//! puts it. Without it the folder is made, so that the program compiles without the app.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let root = package.ancestors().nth(2).unwrap_or(Path::new("."));
    let target =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder));
    let app = target.join("voter-ui");
    fs::create_dir_all(&app)?;
    let shown = app
        .to_str()
        .ok_or_else(|| io::Error::other("the target folder's path is not UTF-8: build in another folder"))?;
    println!("cargo:rustc-env=TABELLA_WEB_APP={shown}");
    println!("cargo:rerun-if-env-changed=CARGO_TARGET_DIR");
    // the list of files is written last; as long as there is none, what appears in the folder tells of it
    let list = app.join("SHA256SUMS");
    let changes = if list.is_file() { &list } else { &app };
    println!("cargo:rerun-if-changed={}", changes.display());
    println!("cargo:rerun-if-changed=build.rs");
    Ok(())
}
