//! The book's sources: `docs/` as it is, and beside it what it links to elsewhere in the repository, so that every link
//! leads somewhere in the book as it does in the repository.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// The folder of the book's pages in the repository.
const DOCS: &str = "docs/";
/// Where in the book's sources stands what lies elsewhere in the repository.
const ELSEWHERE: &str = "project/";

/// Lays out the sources in a folder. Fails where a link between files leads nowhere, or out of the repository.
pub(crate) fn lay_out(root: &Path, folder: &Path) -> Result<()> {
    let mut waiting = Vec::new();
    collect(root, DOCS.trim_end_matches('/'), &mut waiting)?;
    let mut laid: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    while let Some(path) = waiting.pop() {
        if laid.contains_key(&path) {
            continue;
        }
        let bytes = fs::read(root.join(&path)).with_context(|| format!("{path} cannot be read"))?;
        let bytes = match path.ends_with(".md") {
            true => {
                let text = String::from_utf8(bytes).with_context(|| format!("{path} is not UTF-8"))?;
                relocated(&text, &path, &mut |target| waiting.push(target))?.into_bytes()
            }
            false => bytes,
        };
        laid.insert(path, bytes);
    }
    for (path, bytes) in laid {
        let file = folder.join(place(&path));
        fs::create_dir_all(file.parent().unwrap_or(folder))?;
        fs::write(&file, bytes).with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(())
}

/// Every file below a folder, by its path from the root with `/` between the names.
fn collect(root: &Path, folder: &str, found: &mut Vec<String>) -> Result<()> {
    for item in fs::read_dir(root.join(folder)).with_context(|| format!("{folder} cannot be read"))? {
        let item = item?;
        let name = item.file_name();
        let path = format!("{folder}/{}", name.to_str().context("a file's name is not UTF-8")?);
        match item.file_type()?.is_dir() {
            true => collect(root, &path, found)?,
            false => found.push(path),
        }
    }
    Ok(())
}

/// Where in the book's sources a file of the repository stands. What a folder shows first is its `README.md` in the one
/// and `index.html` in the other.
fn place(path: &str) -> String {
    let path = path.strip_prefix(DOCS).map_or_else(|| format!("{ELSEWHERE}{path}"), str::to_owned);
    let folder = path.strip_suffix("README.md").filter(|folder| folder.is_empty() || folder.ends_with('/'));
    folder.map(|folder| format!("{folder}index.md")).unwrap_or(path)
}

/// A text with its links as they are from its place in the book; `meet` hears of each file that it leads to.
fn relocated(text: &str, path: &str, meet: &mut impl FnMut(String)) -> Result<String> {
    let place_of_text = place(path);
    map_links(text, |target| {
        if target.contains("://") || target.starts_with("mailto:") || target.starts_with('#') {
            return Ok(target.to_owned());
        }
        let (file, anchor) =
            target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
        let Some(file) = resolved(path, file) else { bail!("{path}: {target} leads out of the repository") };
        let relative = relative(&place_of_text, &place(&file));
        meet(file);
        Ok(anchor.map_or_else(|| relative.clone(), |anchor| format!("{relative}#{anchor}")))
    })
}

/// A text with the target of every link and image replaced, but in code.
fn map_links(text: &str, mut map: impl FnMut(&str) -> Result<String>) -> Result<String> {
    let mut mapped = String::with_capacity(text.len());
    let mut in_block = false;
    for line in text.split_inclusive('\n') {
        let fence = line.trim_start().starts_with("```");
        in_block ^= fence;
        if fence || in_block {
            mapped.push_str(line);
            continue;
        }
        for (at, part) in line.split('`').enumerate() {
            if at > 0 {
                mapped.push('`');
            }
            let mut rest = part;
            while let Some((before, after)) = rest.split_once("](").filter(|_| at % 2 == 0) {
                let (target, after) = after.split_once(')').context("a link has no end on its line")?;
                mapped.push_str(&format!("{before}]({})", map(target)?));
                rest = after;
            }
            mapped.push_str(rest);
        }
    }
    Ok(mapped)
}

/// The path of a file that is named from another; none outside the root.
pub(crate) fn resolved(from: &str, target: &str) -> Option<String> {
    let mut names: Vec<&str> = from.split('/').collect();
    names.pop();
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop()?;
            }
            name => names.push(name),
        }
    }
    Some(names.join("/"))
}

/// How a file is named from another.
fn relative(from: &str, to: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let folders = from.len().min(to.len()).saturating_sub(1);
    let common = from.iter().zip(&to).take(folders).take_while(|(a, b)| a == b).count();
    let up = (common + 1..from.len()).map(|_| "..");
    up.chain(to.into_iter().skip(common)).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_and_named_from_anywhere() {
        assert_eq!(resolved("docs/a/b.md", "../c.md").as_deref(), Some("docs/c.md"));
        assert_eq!(resolved("docs/a/b.md", "../../../c.md"), None);
        for (from, to, expected) in [
            ("a.md", "b.md", "b.md"),
            ("x/a.md", "b.md", "../b.md"),
            ("a.md", "x/b.md", "x/b.md"),
            ("x/y/a.md", "x/z/b.md", "../z/b.md"),
            ("x/a.md", "y/a.md", "../y/a.md"),
        ] {
            assert_eq!(relative(from, to), expected);
            assert_eq!(resolved(from, &relative(from, to)).as_deref(), Some(to));
        }
    }

    #[test]
    fn links_are_mapped_and_code_is_left_alone() {
        let text = "[`a`](b) ![c](d), `[e](f)`\n```\n[g](h)\n```\n[i](j#k)\n";
        let mapped = map_links(text, |target| Ok(format!("<{target}>"))).unwrap();
        assert_eq!(mapped, "[`a`](<b>) ![c](<d>), `[e](f)`\n```\n[g](h)\n```\n[i](<j#k>)\n");
        assert!(map_links("[a](b", |target| Ok(target.to_owned())).is_err());
    }

    #[test]
    fn what_lies_elsewhere_comes_along() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let file = root.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        write("docs/a/one.md", "[two](../../TWO.md#x), [self](#y), [far](https://three.example)\n");
        write("TWO.md", "[one](docs/a/one.md) [conf](deploy/it.conf)\n");
        write("deploy/it.conf", "");
        write("docs/a/README.md", "[up](../README.md)\n");
        write("docs/README.md", "[down](a/README.md#b) [the other](a/README.zh-Hans.md)\n");
        write("docs/a/README.zh-Hans.md", "");
        let folder = root.path().join("target");
        lay_out(root.path(), &folder).unwrap();
        let one = fs::read_to_string(folder.join("a/one.md")).unwrap();
        assert_eq!(one, "[two](../project/TWO.md#x), [self](#y), [far](https://three.example)\n");
        let two = fs::read_to_string(folder.join("project/TWO.md")).unwrap();
        assert_eq!(two, "[one](../a/one.md) [conf](deploy/it.conf)\n");
        assert!(folder.join("project/deploy/it.conf").is_file());
        let start = fs::read_to_string(folder.join("index.md")).unwrap();
        assert_eq!(start, "[down](a/index.md#b) [the other](a/README.zh-Hans.md)\n");
        assert_eq!(fs::read_to_string(folder.join("a/index.md")).unwrap(), "[up](../index.md)\n");
        write("docs/bad.md", "[up](../../up.md)\n");
        assert!(
            lay_out(root.path(), &folder).unwrap_err().to_string().contains("leads out of the repository")
        );
        write("docs/bad.md", "[none](none.md)\n");
        assert!(
            lay_out(root.path(), &folder).unwrap_err().to_string().contains("docs/none.md cannot be read")
        );
    }
}
