//! What the page and its script are told about the other files.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde::Serialize;

use crate::assets::Asset;

/// The two files of a module of workers.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Worker {
    pub(crate) script: Asset,
    pub(crate) module: Asset,
}

/// The modules of workers, by name.
pub(crate) type Workers = BTreeMap<&'static str, Worker>;

/// The parts of the page that are loaded when they are first shown, by name.
pub(crate) type Parts = BTreeMap<String, Part>;

/// A part of the page: modules of WebAssembly behind each other in one file. Those that several parts need are in the
/// file of each, so that a part is one request.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Part {
    pub(crate) file: Asset,
    /// Names and lengths in bytes, in the order in which they are started.
    pub(crate) modules: Vec<(String, usize)>,
}

/// The files that the page names.
pub(crate) struct Files {
    pub(crate) watch: Asset,
    pub(crate) script: Asset,
    pub(crate) module: Asset,
    pub(crate) style: Asset,
    pub(crate) icon: Asset,
}

/// The script's first lines: where the WebAssembly is and what it must hash to, file by file.
pub(crate) fn constants(module: &Asset, workers: &Workers, parts: &Parts) -> Result<String> {
    Ok(format!(
        "const MODULE = {};\nconst WORKERS = {};\nconst PARTS = {};\n",
        serde_json::to_string(module)?,
        serde_json::to_string(workers)?,
        serde_json::to_string(parts)?
    ))
}

/// The page with its placeholders, such as `{{style.url}}`, filled.
pub(crate) fn fill(template: &str, files: &Files) -> Result<String> {
    let Files { watch, script, module, style, icon } = files;
    let named = [("watch", watch), ("script", script), ("module", module), ("style", style), ("icon", icon)];
    let page = named.into_iter().fold(template.to_owned(), |page, (name, asset)| {
        page.replace(&format!("{{{{{name}.url}}}}"), &asset.url)
            .replace(&format!("{{{{{name}.integrity}}}}"), &asset.integrity)
    });
    ensure!(!page.contains("{{"), "index.html has a placeholder that nothing fills");
    Ok(page)
}
