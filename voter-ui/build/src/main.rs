//! `tabella-web-build`: builds the web app into `target/voter-ui`, from where `tabella-board` embeds it.
//!
//! Cargo compiles the page and the modules of its workers to WebAssembly, the page is split into parts ([`split`]),
//! `wasm-bindgen-cli-support` makes the glue, and every file gets the hash of its content as its name, so that it can be
//! kept for ever. What a file loads, it loads by a hash that stands in it: the page names script and style, the script
//! names the parts and the workers' modules. The same sources give the same bytes, wherever they are built.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use tabella_web_pack::Folders;

mod assets;
mod notes;
mod page;
mod split;

use assets::Assets;

/// The crates that become WebAssembly: the page, and what its workers run, by the names that the page has for them.
const PAGE: &str = "app";
const WORKERS: [&str; 2] = ["engine", "trustee"];
const TARGET: &str = "wasm32-unknown-unknown";
/// The profile of `Cargo.toml` that the web app is built in.
const PROFILE: &str = "web";

fn main() -> Result<()> {
    ensure!(env::args_os().len() == 1, "tabella-web-build takes no arguments");
    let Folders { root, target } = Folders::find()?;
    compile(&root, &target)?;
    let sources = root.join("voter-ui/static");
    let mut assets = Assets::default();
    let mut workers = page::Workers::new();
    for name in WORKERS {
        let Module { glue, wasm } = bind(&target, name, &linked(&target, name))?;
        let script = format!("{glue}\n{}", read(&sources.join("worker.js"))?);
        let (script, module) = (script.into_bytes(), assets.add(name, "wasm", wasm));
        workers.insert(name, page::Worker { script: assets.add(name, "js", script), module });
    }
    let folder = target.join("voter-ui-parts");
    let first = folder.join(format!("{}.wasm", stem(PAGE)));
    let parts = split::split(&linked(&target, PAGE), &first, &folder)?;
    let mut named = page::Parts::new();
    for (part, modules) in parts {
        let lengths = modules.iter().map(|(name, bytes)| (name.clone(), bytes.len())).collect();
        let bytes = modules.into_iter().flat_map(|(_, bytes)| bytes).collect();
        let file = assets.add(&part, "bin", bytes);
        named.insert(part, page::Part { file, modules: lengths });
    }
    let Module { glue, wasm } = bind(&target, PAGE, &first)?;
    let module = assets.add(PAGE, "wasm", wasm);
    let script = [
        page::constants(&module, &workers, &named)?,
        read(&sources.join("policy.js"))?,
        read(&sources.join("parts.js"))?,
        split::with_loaders_at_hand(&glue),
        read(&sources.join("boot.js"))?,
    ]
    .join("\n");
    let files = page::Files {
        watch: assets.add("watch", "js", read(&sources.join("watch.js"))?.into_bytes()),
        script: assets.add(PAGE, "js", script.into_bytes()),
        module,
        style: assets.add("style", "css", read(&sources.join("style.css"))?.into_bytes()),
        icon: assets.add("icon", "svg", read(&sources.join("icon.svg"))?.into_bytes()),
    };
    let index = page::fill(&read(&sources.join("index.html"))?, &files)?;
    let dist = target.join("voter-ui");
    assets.write(&dist, index.as_bytes())?;
    println!("the web app is in {}", dist.display());
    print!("{}", assets.table());
    Ok(())
}

/// Compiles all crates at once. That no path of this machine is in the result is the wrapper's work, `.ci/rustc`.
fn compile(root: &Path, target: &Path) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // views of one type: a fraction of the code that a type for each view becomes
    let flags = ["--cfg=erase_components", split::LINK_FLAG];
    let mut command = Command::new(cargo);
    command.current_dir(root).args(["build", "--locked", "--lib", "--target", TARGET, "--profile", PROFILE]);
    for name in WORKERS.into_iter().chain([PAGE]) {
        command.args(["-p", &format!("tabella-web-{name}")]);
    }
    // what cargo set for this very program is not for the crates that it builds
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name == "RUSTFLAGS") {
            command.env_remove(name);
        }
    }
    command.env("CARGO_TARGET_DIR", target).env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    ensure!(
        command.status().context("cargo cannot be started")?.success(),
        "the web app does not compile: see above"
    );
    Ok(())
}

/// WebAssembly, and the JavaScript that ties it to the browser.
struct Module {
    glue: String,
    wasm: Vec<u8>,
}

/// The name of a crate's files.
fn stem(name: &str) -> String {
    format!("tabella_web_{name}")
}

/// What the linker made of a crate.
fn linked(target: &Path, name: &str) -> PathBuf {
    target.join(TARGET).join(PROFILE).join(format!("{}.wasm", stem(name)))
}

fn bind(target: &Path, name: &str, input: &Path) -> Result<Module> {
    let stem = stem(name);
    let out = target.join("voter-ui-glue");
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen
        .input_path(input)
        .web(true)?
        // the parts need the first module's memory and table
        .keep_lld_exports(name == PAGE)
        .typescript(false)
        .omit_default_module_path(true)
        .generate(&out)
        .with_context(|| format!("no glue for {}", input.display()))?;
    let snippets = out.join("snippets");
    if snippets.exists() {
        bail!(
            "a dependency of {name} brings JavaScript of its own, which no integrity value covers: {}",
            snippets.display()
        );
    }
    Ok(Module {
        glue: read(&out.join(format!("{stem}.js")))?,
        wasm: notes::without_notes(&fs::read(out.join(format!("{stem}_bg.wasm")))?)?,
    })
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}
