//! What comes from others is what `deny.toml` and the workspace's `Cargo.toml` say: every package is from the one
//! registry and covered by its hash, under a licence that is listed, there once or with a reason, and every direct
//! dependency has its reason and is used.
//!
//! cargo-deny reads the same file and more (`make advisories`); it takes minutes to compile, and this takes a second.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use spdx::{Expression, ParseMode};
use toml::Table;

/// What a comment says of a dependency that no line of ours names.
const NOT_CALLED: &str = "not called";

fn root() -> Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace's folder")
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

fn table(path: &Path) -> Result<Table> {
    read(path)?.parse().with_context(|| path.display().to_string())
}

/// The list at a path of names in a table.
fn list<'a>(table: &'a Table, names: [&str; 2]) -> Result<&'a [toml::Value]> {
    let [section, name] = names;
    let found = table.get(section).and_then(|section| section.get(name)?.as_array());
    Ok(found.with_context(|| format!("{section}.{name} is no list"))?)
}

fn texts<'a>(table: &'a Table, names: [&str; 2]) -> Result<Vec<&'a str>> {
    list(table, names)?
        .iter()
        .map(|value| value.as_str().with_context(|| format!("{value} is no text")))
        .collect()
}

fn text<'a>(value: &'a toml::Value, name: &str) -> Result<&'a str> {
    value.get(name).and_then(toml::Value::as_str).with_context(|| format!("{value} has no {name}"))
}

/// A package that one of the targets of `deny.toml` needs, for programs, tests or the build.
struct Package {
    name: String,
    version: String,
    /// As its author states it.
    licence: String,
}

/// What cargo compiles for one of the targets of `deny.toml`, each once, with the licence that it states.
fn packages(root: &Path, deny: &Table) -> Result<Vec<Package>> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(["tree", "--locked", "--workspace", "--edges", "normal,build,dev"]);
    command.args(["--prefix", "none", "--format", "{p}|{l}"]);
    for target in texts(deny, ["graph", "targets"])? {
        command.args(["--target", target]);
    }
    let output = command.output().context("cargo tree")?;
    ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let lines = std::str::from_utf8(&output.stdout)?.lines().filter(|line| !line.is_empty());
    // a package that the tree has shown before ends like this
    let lines: BTreeSet<&str> = lines.map(|line| line.trim_end_matches(" (*)")).collect();
    let package = |line: &str| {
        let (package, licence) = line.split_once('|')?;
        let (name, rest) = package.split_once(" v")?;
        let version = rest.split(' ').next()?;
        Some(Package { name: name.to_owned(), version: version.to_owned(), licence: licence.to_owned() })
    };
    lines.into_iter().map(|line| package(line).with_context(|| format!("cargo tree says {line}"))).collect()
}

/// The packages of a lock file that do not come from the allowed registries with a hash, nor from this workspace.
fn strangers(lock: &Table, registries: &[&str], own: &BTreeSet<String>) -> Result<Vec<String>> {
    let packages =
        lock.get("package").and_then(toml::Value::as_array).context("Cargo.lock names no packages")?;
    let mut found = Vec::new();
    for package in packages {
        let name = text(package, "name")?;
        let known = match package.get("source").and_then(toml::Value::as_str) {
            None => own.contains(name),
            Some(source) => {
                let hash = package.get("checksum").and_then(toml::Value::as_str).unwrap_or_default();
                hash.len() == 64
                    && source.strip_prefix("registry+").is_some_and(|source| registries.contains(&source))
            }
        };
        if !known {
            found.push(format!("{name} is from neither the registry, with a hash, nor this workspace"));
        }
    }
    Ok(found)
}

/// The packages whose licence demands what `deny.toml` does not allow.
fn unlicensed(packages: &[Package], deny: &Table) -> Result<Vec<String>> {
    let allowed = texts(deny, ["licenses", "allow"])?;
    let mut exceptions = BTreeMap::new();
    for exception in list(deny, ["licenses", "exceptions"])? {
        let allow = exception
            .get("allow")
            .and_then(toml::Value::as_array)
            .context("an exception allows something")?;
        exceptions.insert(
            text(exception, "crate")?,
            allow.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>(),
        );
    }
    let mut found = Vec::new();
    for Package { name, version, licence } in packages {
        let more = exceptions.get(name.as_str()).cloned().unwrap_or_default();
        let allowed = |wanted: &str| allowed.contains(&wanted) || more.contains(&wanted);
        match Expression::parse_mode(licence, ParseMode::LAX) {
            Ok(expression) if expression.evaluate(|wanted| allowed(&wanted.to_string())) => {}
            _ => {
                found.push(format!("{name} {version} is under \"{licence}\", which deny.toml does not allow"))
            }
        }
    }
    Ok(found)
}

/// The packages that stand there in several versions without a reason, and the reasons for what is not there.
fn doubles(packages: &[Package], deny: &Table) -> Result<Vec<String>> {
    let mut versions = BTreeMap::<&str, BTreeSet<&str>>::new();
    for package in packages {
        versions.entry(&package.name).or_default().insert(&package.version);
    }
    let double: BTreeSet<&str> =
        versions.iter().filter(|(_, versions)| versions.len() > 1).map(|(name, _)| *name).collect();
    let mut found = Vec::new();
    for skipped in list(deny, ["bans", "skip"])? {
        let (name, version) =
            text(skipped, "crate")?.split_once('@').context("a skipped crate is name@version")?;
        let covered = |found: &str| {
            found.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let versions = versions.entry(name).or_default();
        let before = versions.len();
        versions.retain(|found| !covered(found));
        if versions.len() == before || !double.contains(name) {
            found.push(format!("{name} {version} is not there, or the only one: deny.toml need not skip it"));
        }
        if text(skipped, "reason")?.split_whitespace().count() < 2 {
            found.push(format!("{name} {version} is skipped without a reason"));
        }
    }
    let left = versions.into_iter().filter(|(_, versions)| versions.len() > 1);
    found.extend(
        left.map(|(name, versions)| format!("{name} is there {} times: {versions:?}", versions.len())),
    );
    Ok(found)
}

/// The lines below `[workspace.dependencies]`: name, what is asked for, and the comment behind it.
fn direct(manifest: &str) -> BTreeMap<&str, (&str, &str)> {
    let section = manifest.split("[workspace.dependencies]").nth(1).unwrap_or_default();
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (name, rest) = line.split_once(" = ")?;
            Some((name, rest.split_once(" # ").unwrap_or((rest, ""))))
        })
        .collect()
}

/// The direct dependencies of the workspace without a reason, or of any version.
fn unreasoned(manifest: &str) -> Vec<String> {
    let external = direct(manifest).into_iter().filter(|(_, (asked, _))| !asked.contains("path = "));
    external
        .flat_map(|(name, (asked, reason))| {
            let reason = (reason.split_whitespace().count() < 2)
                .then(|| format!("{name} has no reason behind it in Cargo.toml"));
            let version = asked.contains('*').then(|| format!("{name} may have any version"));
            [reason, version]
        })
        .flatten()
        .collect()
}

/// The sources of one member: all Rust below its folder, but for members inside it.
fn sources(folder: &Path) -> Result<String> {
    let mut text = String::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).with_context(|| next.display().to_string())? {
            let (kind, path) = {
                let entry = entry?;
                (entry.file_type()?, entry.path())
            };
            if kind.is_dir() {
                if !path.join("Cargo.toml").exists() && path.file_name() != Some(OsStr::new("target")) {
                    folders.push(path);
                }
            } else if path.extension() == Some(OsStr::new("rs")) {
                text.push_str(&read(&path)?);
            }
        }
    }
    Ok(text)
}

/// Whether sources name a crate, as a path's first part or in `use`, outside comments.
fn named(sources: &str, dependency: &str) -> bool {
    let name = dependency.replace('-', "_");
    let lines = sources.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| line.match_indices(&name).map(move |at| (line, at.0))).any(|(line, at)| {
        let before = line.get(..at).unwrap_or_default();
        let after = line.get(at + name.len()..).unwrap_or_default();
        let begins = !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':'));
        begins && (after.starts_with("::") || (before.ends_with("use ") && after.starts_with([';', ' '])))
    })
}

/// What is wrong with the dependencies of a member: a version of its own, or code that never names one, without a
/// comment that says so above it or behind it in the workspace's manifest. `used` takes the names.
fn unused(
    manifest: &str,
    sources: &str,
    workspace: &str,
    used: &mut BTreeSet<String>,
) -> Result<Vec<String>> {
    let parsed: Table = manifest.parse()?;
    let targets = parsed.get("target").and_then(toml::Value::as_table);
    let mut found = Vec::new();
    for part in targets.into_iter().flat_map(Table::values).filter_map(toml::Value::as_table).chain([&parsed])
    {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, asked) in part.get(section).and_then(toml::Value::as_table).into_iter().flatten() {
                if asked.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                    found.push(format!("{name} is asked for outside the workspace's Cargo.toml"));
                }
                let reason = direct(workspace).get(name.as_str()).map_or("", |(_, reason)| reason);
                let above = manifest.lines().zip(manifest.lines().skip(1)).any(|(comment, line)| {
                    line.starts_with(name.as_str())
                        && comment.starts_with('#')
                        && comment.contains(NOT_CALLED)
                });
                if !named(sources, name) && !above && !reason.starts_with(NOT_CALLED) {
                    found.push(format!("{name} is not used"));
                }
                used.insert(name.clone());
            }
        }
    }
    Ok(found)
}

/// The folders of the workspace's members.
fn members(root: &Path) -> Result<Vec<PathBuf>> {
    let manifest = table(&root.join("Cargo.toml"))?;
    Ok(texts(&manifest, ["workspace", "members"])?.into_iter().map(|member| root.join(member)).collect())
}

fn deny() -> Result<Table> {
    table(&root()?.join("deny.toml"))
}

fn nothing(found: &[String]) -> Result<()> {
    if found.is_empty() { Ok(()) } else { bail!("{}", found.join("\n")) }
}

#[test]
fn every_package_comes_from_the_one_registry_and_has_its_hash_in_the_lock_file() -> Result<()> {
    let (root, deny) = (root()?, deny()?);
    let own: Result<BTreeSet<String>> = members(root)?
        .iter()
        .map(|member| {
            Ok(text(&table(&member.join("Cargo.toml"))?.remove("package").context("[package]")?, "name")?
                .to_owned())
        })
        .collect();
    nothing(&strangers(
        &table(&root.join("Cargo.lock"))?,
        &texts(&deny, ["sources", "allow-registry"])?,
        &own?,
    )?)
}

#[test]
fn every_package_is_under_a_licence_that_is_listed_and_there_once_or_with_a_reason() -> Result<()> {
    let (root, deny) = (root()?, deny()?);
    let packages = packages(root, &deny)?;
    ensure!(packages.iter().any(|package| package.name == "curve25519-dalek"), "the packages are not found");
    nothing(&unlicensed(&packages, &deny)?)?;
    nothing(&doubles(&packages, &deny)?)
}

#[test]
fn every_direct_dependency_has_its_reason_and_is_used() -> Result<()> {
    let root = root()?;
    let workspace = read(&root.join("Cargo.toml"))?;
    nothing(&unreasoned(&workspace))?;
    let mut used = BTreeSet::new();
    for member in members(root)? {
        let found = unused(&read(&member.join("Cargo.toml"))?, &sources(&member)?, &workspace, &mut used)?;
        nothing(&found).with_context(|| member.display().to_string())?;
    }
    let idle: Vec<_> =
        direct(&workspace).into_keys().filter(|name| !used.contains(*name)).map(str::to_owned).collect();
    nothing(&idle).context("no member uses these")
}

#[test]
fn a_package_from_elsewhere_or_without_a_hash_is_found() -> Result<()> {
    let hash = "0".repeat(64);
    let lock = |source: &str, checksum: &str| -> Result<Table> {
        Ok(format!("[[package]]\nname = \"a\"\n{source}\n{checksum}").parse()?)
    };
    let found = |lock: Table| strangers(&lock, &["https://good"], &BTreeSet::from(["own".to_owned()]));
    let hashed = format!("checksum = \"{hash}\"");
    assert!(found(lock("source = \"registry+https://good\"", &hashed)?)?.is_empty());
    assert!(found("[[package]]\nname = \"own\"".parse()?)?.is_empty());
    for (source, checksum) in [
        ("source = \"registry+https://good\"", ""),
        ("source = \"registry+https://other\"", &hashed),
        ("source = \"git+https://good\"", &hashed),
        ("", ""),
    ] {
        assert_eq!(found(lock(source, checksum)?)?.len(), 1, "{source} {checksum}");
    }
    Ok(())
}

#[test]
fn a_licence_that_is_not_listed_and_a_double_without_a_reason_are_found() -> Result<()> {
    let deny: Table = r#"
        [licenses]
        allow = ["MIT", "ISC"]
        exceptions = [{ crate = "b", allow = ["MPL-2.0"] }]
        [bans]
        skip = [{ crate = "a@1.2", reason = "of another" }]
    "#
    .parse()?;
    let package = |name: &str, version: &str, licence: &str| Package {
        name: name.to_owned(),
        version: version.to_owned(),
        licence: licence.to_owned(),
    };
    for (name, licence, allowed) in [
        ("a", "MIT/GPL-3.0", true),
        ("a", "MIT AND ISC", true),
        ("a", "MIT AND GPL-3.0-only", false),
        ("a", "MPL-2.0", false),
        ("b", "MPL-2.0", true),
        ("a", "", false),
    ] {
        assert_eq!(
            unlicensed(&[package(name, "1.0.0", licence)], &deny)?.is_empty(),
            allowed,
            "{name} {licence}"
        );
    }
    let versions =
        |found: &[&str]| found.iter().map(|version| package("a", version, "MIT")).collect::<Vec<_>>();
    assert!(doubles(&versions(&["1.2.3", "2.0.0"]), &deny)?.is_empty());
    for wrong in [&["1.20.0", "2.0.0"][..], &["1.2.3", "2.0.0", "3.0.0"], &["1.2.3"], &["2.0.0"]] {
        assert!(!doubles(&versions(wrong), &deny)?.is_empty(), "{wrong:?}");
    }
    Ok(())
}

#[test]
fn a_dependency_without_a_reason_or_a_use_is_found() -> Result<()> {
    let workspace = "[workspace.dependencies]\nown = { path = \"own\" }\na-b = \"1\" # for this and that\n\
                     c = \"1\" # not called: turns a feature on\nd = \"*\"\n[other]\ne = \"1\"\n";
    assert_eq!(unreasoned(workspace).len(), 2, "d has neither reason nor version");
    let mut used = BTreeSet::new();
    let mut wrong = |manifest: &str, sources: &str| unused(manifest, sources, workspace, &mut used);
    let manifest = "[dependencies]\na-b.workspace = true\nc.workspace = true\n";
    for sources in ["use a_b::x;", "let y = a_b::x();", "use a_b;", "#[derive(a_b::X)]"] {
        assert!(wrong(manifest, sources)?.is_empty(), "{sources}");
    }
    for sources in ["// a_b::x", "x::a_b::y", "not_a_b::x", "let a_b = 1;", ""] {
        assert_eq!(wrong(manifest, sources)?.len(), 1, "{sources}");
    }
    assert!(wrong("[dependencies]\n# not called: as above\na-b.workspace = true\n", "")?.is_empty());
    assert_eq!(wrong("[target.'cfg(unix)'.dev-dependencies]\na-b = \"1\"\n", "use a_b;")?.len(), 1);
    assert_eq!(used, BTreeSet::from(["a-b".to_owned(), "c".to_owned()]));
    Ok(())
}
