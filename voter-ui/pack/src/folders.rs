//! Where the project and its results lie.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Folders of the project. No path of the machine that compiled a program is in it, so they are asked for when it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// That of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// That of what is built: `CARGO_TARGET_DIR`, or `target`.
    pub target: PathBuf,
}

impl Folders {
    /// The folders of the project that the working folder is in, as cargo finds it; an error elsewhere.
    pub fn find() -> Result<Self> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let found = Command::new(cargo)
            .args(["locate-project", "--workspace", "--message-format", "plain"])
            .output()
            .context("cargo cannot be started")?;
        ensure!(
            found.status.success(),
            "run this in a folder of the project: {}",
            String::from_utf8_lossy(&found.stderr).trim()
        );
        let manifest = String::from_utf8(found.stdout).context("the project's path is not UTF-8")?;
        let root = PathBuf::from(manifest.trim_end());
        let root = root.parent().context("cargo names no folder")?.to_owned();
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |folder| root.join(folder));
        Ok(Self { root, target })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_is_found_from_a_folder_inside_it() {
        // tests run in the folder of their crate
        let folders = Folders::find().unwrap();
        assert!(folders.root.join("Cargo.lock").is_file());
        assert!(folders.root.join("voter-ui/pack/Cargo.toml").is_file());
        assert!(folders.target.is_absolute());
    }
}
