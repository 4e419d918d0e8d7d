//! The documents hold together: the tests and checks that they name are there, and links between them lead somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// Folders with the sources whose tests a document may name.
const SOURCES: [&str; 5] = ["bulletin-board", "crypto", "tally", "tests", "voter-ui"];

/// Documents with tables whose rows name checks and tests.
const TABLES: [&str; 2] = ["docs/threat-model.md", "docs/standards.md"];

/// How the cell of a row begins for which there is none.
const NONE: &str = "no test";

fn root() -> Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace's folder")
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

/// The files below a folder that have one of these endings, but for what was built.
fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let (kind, path) = (entry.file_type()?, entry.path());
            let ending = path.extension().and_then(OsStr::to_str);
            if kind.is_dir() {
                if path.file_name() != Some(OsStr::new("target")) {
                    folders.push(path);
                }
            } else if ending.is_some_and(|ending| endings.contains(&ending)) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// The function whose definition begins in a line of Rust or Python.
fn function(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if line.starts_with("//") || line.starts_with("# ") {
        return None;
    }
    let mut words = line.split_whitespace().skip_while(|word| !matches!(*word, "fn" | "def"));
    words.next()?;
    words.next()?.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

fn functions(root: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for folder in SOURCES {
        for file in files(&root.join(folder), &["rs", "py"])? {
            names.extend(read(&file)?.lines().filter_map(function).map(str::to_owned));
        }
    }
    Ok(names)
}

/// The specification's chapters, in one text.
fn specification(root: &Path) -> Result<String> {
    let mut chapters = files(&root.join("docs/specification"), &["md"])?;
    chapters.sort();
    let texts: Vec<String> = chapters.iter().map(|chapter| read(chapter)).collect::<Result<_>>()?;
    Ok(texts.join("\n"))
}

/// The numbers of the specification's checks, which begin the rows of a table.
fn checks(specification: &str) -> BTreeSet<&str> {
    let begun = specification.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    begun.filter(|cell| cell.contains('.') && cell.chars().all(|c| c.is_ascii_digit() || c == '.')).collect()
}

/// A row of a table with the columns "checks" and "tests".
struct Row {
    place: String,
    checks: String,
    tests: String,
}

fn rows(root: &Path, document: &str) -> Result<Vec<Row>> {
    let text = read(&root.join(document))?;
    let mut rows = Vec::new();
    let mut head: Option<Vec<&str>> = None;
    for (at, line) in text.lines().enumerate() {
        let Some(line) = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
            head = None;
            continue;
        };
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let Some(columns) = &head else {
            head = Some(cells);
            continue;
        };
        if cells.iter().all(|cell| cell.chars().all(|c| c == '-')) {
            continue;
        }
        let place = format!("{document}:{}", at + 1);
        ensure!(cells.len() == columns.len(), "{place}: {} cells under {}", cells.len(), columns.len());
        let under = |name: &str| {
            let column = columns.iter().position(|column| *column == name)?;
            cells.get(column).map(|cell| (*cell).to_owned())
        };
        if let (Some(checks), Some(tests)) = (under("checks"), under("tests")) {
            rows.push(Row { place, checks, tests });
        }
    }
    Ok(rows)
}

/// The lines of a document that are not in a block of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut code = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    })
}

/// What a heading is called in a link, as GitHub makes it.
fn slug(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || matches!(*c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The headings of a document, as links name them; those that come again are numbered.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut seen = BTreeMap::<String, usize>::new();
    let mut anchors = BTreeSet::new();
    for line in prose(text) {
        let heading = line.trim_start_matches('#');
        if line.starts_with('#') && heading.starts_with(' ') {
            let name = slug(heading);
            let before = seen.entry(name.clone()).or_default();
            anchors.insert(if *before == 0 { name } else { format!("{name}-{before}") });
            *before += 1;
        }
    }
    anchors
}

/// Where the links of a document lead that do not leave the project.
fn links(text: &str) -> impl Iterator<Item = &str> {
    prose(text)
        .flat_map(|line| line.split('`').step_by(2))
        .flat_map(|outside_code| outside_code.split("](").skip(1))
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
}

#[test]
fn every_row_of_threats_and_standards_names_tests_and_checks_that_are_there() -> Result<()> {
    let root = root()?;
    let defined = functions(root)?;
    let specification = specification(root)?;
    let numbers = checks(&specification);
    ensure!(numbers.contains("6.3") && defined.contains("slug"), "checks or functions are not found");
    let mut wrong = Vec::new();
    for document in TABLES {
        let rows = rows(root, document)?;
        ensure!(!rows.is_empty(), "{document} has no table with the columns \"checks\" and \"tests\"");
        for Row { place, checks, tests } in rows {
            let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
            if named.is_empty() && !tests.starts_with(NONE) {
                wrong.push(format!("{place}: it names no test, and does not begin with \"{NONE}\""));
            }
            let missing = named.into_iter().filter(|name| !defined.contains(*name));
            wrong.extend(missing.map(|name| format!("{place}: there is no test {name}")));
            let missing = checks.split(", ").filter(|check| *check != "–" && !numbers.contains(check));
            wrong.extend(missing.map(|check| format!("{place}: there is no check {check}")));
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn every_link_between_documents_leads_to_a_file_and_a_heading() -> Result<()> {
    let root = root()?;
    let mut documents = files(&root.join("docs"), &["md"])?;
    documents.extend(["README.md", "SECURITY.md"].map(|name| root.join(name)));
    let mut wrong = Vec::new();
    for document in &documents {
        let text = read(document)?;
        let folder = document.parent().context("a document's folder")?;
        for target in links(&text) {
            let (path, anchor) = match target.split_once('#') {
                Some((path, anchor)) => (path, Some(anchor)),
                None => (target, None),
            };
            let file = if path.is_empty() { document.clone() } else { folder.join(path) };
            let there = match anchor {
                Some(anchor) => file.is_file() && anchors(&read(&file)?).contains(anchor),
                None => file.exists(),
            };
            if !there {
                wrong.push(format!("{}: {target} leads nowhere", document.display()));
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// The file of a module by its path in a crate: `a/b.rs` or `a/b/mod.rs`, the crate's own being `lib.rs`.
fn module(root: &Path, crate_name: &str, modules: &[&str]) -> Result<PathBuf> {
    let folder = match crate_name {
        "tabella_crypto" => "crypto/src",
        "tabella_board_core" => "bulletin-board/core/src",
        other => anyhow::bail!("{other} is no crate that the notation may name"),
    };
    let path = modules.iter().fold(root.join(folder), |path, module| path.join(module));
    let places = match modules.is_empty() {
        true => [path.join("lib.rs"), path.join("lib.rs")],
        false => [path.with_extension("rs"), path.join("mod.rs")],
    };
    places.into_iter().find(|place| place.is_file()).with_context(|| format!("no module {}", path.display()))
}

#[test]
fn every_type_that_the_notation_names_is_in_the_code() -> Result<()> {
    let root = root()?;
    let notation = read(&root.join("docs/specification/02-notation.md"))?;
    let paths: Vec<&str> =
        notation.split('`').skip(1).step_by(2).filter(|name| name.contains("::")).collect();
    ensure!(paths.len() > 30, "the notation names too few types: {paths:?}");
    for path in paths {
        let mut names: Vec<&str> = path.split("::").collect();
        let name = names.pop().context("a path's last name")?;
        let (crate_name, modules) = names.split_first().with_context(|| format!("{path} has no crate"))?;
        let text = read(&module(root, crate_name, modules)?)?;
        let defined = text.lines().any(|line| {
            let passed_on = line.strip_prefix("pub use ").and_then(|names| names.strip_suffix(';'));
            if passed_on.is_some_and(|names| names.split(|c: char| !c.is_alphanumeric()).any(|it| it == name))
            {
                return true;
            }
            let words = line.strip_prefix("pub ").map(|line| line.strip_prefix("const ").unwrap_or(line));
            let words = words.and_then(|line| line.split_once(' '));
            words.is_some_and(|(kind, rest)| {
                let named = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next();
                matches!(kind, "struct" | "enum" | "fn") && named == Some(name)
            })
        });
        ensure!(defined, "{path} is not defined where the notation says");
    }
    Ok(())
}

#[test]
fn every_decision_has_context_choice_and_consequence_and_stands_in_the_index() -> Result<()> {
    let root = root()?;
    let index = read(&root.join("docs/decisions.md"))?;
    let listed: BTreeSet<&str> = links(&index).collect();
    let pages = files(&root.join("docs/decisions"), &["md"])?;
    ensure!(pages.len() > 60, "the decisions are not found");
    let mut wrong = Vec::new();
    for page in &pages {
        let text = read(page)?;
        let headings: Vec<&str> = prose(&text).filter(|line| line.starts_with('#')).collect();
        if !matches!(*headings, [title, "## Context", "## Choice", "## Consequence"] if title.starts_with("# "))
        {
            wrong.push(format!("{}: its headings are {headings:?}", page.display()));
        }
        let name = page.file_name().and_then(OsStr::to_str).context("a page's name")?;
        if !listed.contains(format!("decisions/{name}").as_str()) {
            wrong.push(format!("{name} is not in docs/decisions.md"));
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn every_document_stands_in_the_contents_of_the_book() -> Result<()> {
    let docs = root()?.join("docs");
    let contents = read(&docs.join("SUMMARY.md"))?;
    let listed: BTreeSet<PathBuf> = links(&contents).map(|link| docs.join(link)).collect();
    let mut missing = files(&docs, &["md"])?;
    missing.retain(|page| !listed.contains(page) && !page.ends_with("SUMMARY.md"));
    ensure!(missing.is_empty(), "not in docs/SUMMARY.md: {missing:?}");
    Ok(())
}

#[test]
fn headings_links_and_functions_are_found_as_they_are_written() {
    let text = "# The board's `log`, 9.3\n```sh\n# no heading\n```\n## More\n## More\n#none\n## 受托人指南";
    let found: Vec<String> = anchors(text).into_iter().collect();
    assert_eq!(found, ["more", "more-1", "the-boards-log-93", "受托人指南"]);
    let text = "[a](b.md#c) and [`d`](e) but `[f](g)`, [h](https://i.example)\n```\n[j](k)\n```\n![l](m.png), [n](#o)";
    assert_eq!(links(text).collect::<Vec<_>>(), ["b.md#c", "e", "m.png", "#o"]);
    let lines =
        ["    pub(crate) async fn a_b<T>(", "    def test_c(self):", "// fn d()", "# def e()", "let fnord"];
    assert_eq!(lines.into_iter().filter_map(function).collect::<Vec<_>>(), ["a_b", "test_c"]);
}
