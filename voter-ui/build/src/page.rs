//! What the page and its script are told about the other files.

use anyhow::{Result, ensure};
use serde::Serialize;

use crate::assets::Asset;

/// The two files of a worker.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Engine {
    pub(crate) script: Asset,
    pub(crate) module: Asset,
}

/// The files that the page names.
pub(crate) struct Files {
    pub(crate) watch: Asset,
    pub(crate) script: Asset,
    pub(crate) module: Asset,
    pub(crate) style: Asset,
    pub(crate) icon: Asset,
}

/// The script's first lines: where the WebAssembly is and what it must hash to.
pub(crate) fn constants(module: &Asset, engine: &Engine) -> Result<String> {
    Ok(format!(
        "const MODULE = {};\nconst ENGINE = {};\n",
        serde_json::to_string(module)?,
        serde_json::to_string(engine)?
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
