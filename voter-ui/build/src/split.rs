//! Parts of the page's module that are loaded when they are first shown.
//!
//! The linker leaves its relocations in the module. With them the functions and texts that only one `#[wasm_split]`
//! function of the app can reach are moved into a module of its own, and what several of them reach into modules that
//! they share. All use the memory and the table of the first module.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};

use crate::notes::without_notes;

/// What the linker is told to leave the relocations in.
pub(crate) const LINK_FLAG: &str = "-Clink-arg=--emit-relocs";
/// The name under which the glue would import the loaders of the parts; the script has them at hand instead.
pub(crate) const LOADERS: &str = "tabella-parts";

/// The modules of each part by the part's name: names and bytes, in the order in which they are started.
pub(crate) type Parts = BTreeMap<String, Vec<(String, Vec<u8>)>>;

/// Splits a linked module: what is left of it is in `first`, the parts are returned.
pub(crate) fn split(linked: &Path, first: &Path, folder: &Path) -> Result<Parts> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let module = fs::read(linked).with_context(|| format!("{} cannot be read", linked.display()))?;
    let mut options = wasm_split_cli_support::Options::new(&module);
    options.output_dir = folder;
    options.main_out_path = first;
    options.link_name = LOADERS;
    let made = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("{} cannot be split: {error:#}", linked.display()))?;
    let read = |name: &String| {
        let file = folder.join(format!("{name}.wasm"));
        let bytes = fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        Ok((name.clone(), without_notes(&bytes)?))
    };
    let part = |(name, files): (String, Vec<String>)| {
        Ok((name, files.iter().map(read).collect::<Result<Vec<_>>>()?))
    };
    made.prefetch_map.into_iter().map(part).collect()
}

/// The glue with the loaders taken from the script that it becomes a part of, and without the lines that only tell
/// how it came about: they are loaded before anything is shown.
pub(crate) fn with_loaders_at_hand(glue: &str) -> String {
    let from = format!(" from \"{LOADERS}\"");
    let line = |line: &str| match line.strip_prefix("import * as ").and_then(|rest| rest.strip_suffix(&from))
    {
        Some(name) => format!("const {name} = LOADERS;\n"),
        None => format!("{line}\n"),
    };
    glue.lines().filter(|line| !line.trim_start().starts_with("//")).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loaders_are_taken_from_the_script_and_remarks_are_left_out() {
        let glue =
            "import * as import1 from \"tabella-parts\"\nlet wasm;\n    // Cast intrinsic\nlet a = 6 // 2;\n";
        assert_eq!(with_loaders_at_hand(glue), "const import1 = LOADERS;\nlet wasm;\nlet a = 6 // 2;\n");
    }
}
