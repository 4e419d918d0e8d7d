//! `tabella-book`: builds `docs/` as a book into `target/book`, from where `tabella-board` embeds it.
//!
//! mdBook makes the pages. Their frame is our own (`theme/`), without a script: the board serves the book on the address
//! of the web app, where nothing runs but what its log names. What is built is checked before it is written: links and
//! headings, and that no page asks or runs anything. The same sources give the same bytes.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use mdbook_driver::MDBook;
use tabella_web_pack::{Files, Folders};

mod check;
mod contents;
mod pages;
mod sections;
mod source;
mod tags;

/// What mdBook is told, and the frame of its pages.
const SETTINGS: [&str; 3] = ["book.toml", "theme/index.hbs", "theme/book.css"];
/// The icon of the web app is the book's too.
const ICON: &str = "voter-ui/static/icon.svg";
/// Written by mdBook for a contents of its own, which our pages have not.
const UNUSED: &str = "toc.html";

fn main() -> Result<()> {
    ensure!(env::args_os().len() == 1, "tabella-book takes no arguments");
    let Folders { root, target } = Folders::find()?;
    let (files, count) = build(&root, &target.join("book-work"))?;
    let folder = target.join("book");
    tabella_web_pack::write(&folder, &files)?;
    let length: usize = files.values().map(Vec::len).sum();
    println!("the book is in {}: {count} pages, {} files, {length} bytes", folder.display(), files.len());
    Ok(())
}

/// The files of the book, and how many of them are pages; `work` is a folder for what comes on the way.
fn build(root: &Path, work: &Path) -> Result<(Files, usize)> {
    if work.exists() {
        fs::remove_dir_all(work)?;
    }
    fs::create_dir_all(work.join("theme"))?;
    for name in SETTINGS {
        fs::copy(root.join("book").join(name), work.join(name))
            .with_context(|| format!("{name} cannot be copied"))?;
    }
    fs::copy(root.join(ICON), work.join("theme/favicon.svg")).context(ICON)?;
    source::lay_out(root, &work.join("source"))?;
    let book = MDBook::load(work)?;
    book.build()?;
    let mut files = Files::new();
    read(&book.build_dir_for("html"), "", &mut files)?;
    files.remove(UNUSED);
    let sections = sections::sections(&files)?;
    let mut count = 0;
    for (path, bytes) in files.iter_mut().filter(|(path, _)| path.ends_with(".html")) {
        let page =
            String::from_utf8(std::mem::take(bytes)).with_context(|| format!("{path} is not UTF-8"))?;
        *bytes = pages::finished(&page, path, &book.book.items, &sections)
            .with_context(|| path.clone())?
            .into_bytes();
        count += 1;
    }
    let (wrong, reached) = check::check(&files)?;
    ensure!(wrong.is_empty(), "the book has faults:\n{}", wrong.join("\n"));
    // mdBook brings scripts, styles and fonts that no page of ours names
    files.retain(|path, _| path.ends_with(".html") || reached.contains(path));
    Ok((files, count))
}

/// All files below a folder, by their paths with `/` between the names.
fn read(folder: &Path, prefix: &str, files: &mut Files) -> Result<()> {
    for item in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let item = item?;
        let path: PathBuf = item.path();
        let name = item.file_name();
        let name = format!("{prefix}{}", name.to_str().context("a file's name is not UTF-8")?);
        match item.file_type()?.is_dir() {
            true => read(&path, &format!("{name}/"), files)?,
            false => {
                files.insert(name, fs::read(path)?);
            }
        }
    }
    Ok(())
}
