//! What holds for every page: it is text, tables and pictures alone, it asks nobody but the board that serves it, and
//! every link in the book leads to a file and a heading that are there.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use tabella_web_pack::Files;

use crate::source::resolved;
use crate::tags::{Tag, tags};

/// Where a board serves the book.
pub(crate) const ADDRESS: &str = "/docs/";

/// Elements that a page may have: none that runs, frames or sends anything.
const ELEMENTS: [&str; 47] = [
    "a",
    "blockquote",
    "body",
    "br",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "img",
    "input",
    "label",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "path",
    "pre",
    "rect",
    "span",
    "strong",
    "sub",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];

/// What the pages among the files break, a line for each; and all files that the pages lead to.
pub(crate) fn check(files: &Files) -> Result<(Vec<String>, BTreeSet<String>)> {
    let (mut pages, mut wrong) = (BTreeMap::new(), Vec::new());
    for (path, bytes) in files.iter().filter(|(path, _)| path.ends_with(".html")) {
        let text = std::str::from_utf8(bytes).with_context(|| format!("{path} is not UTF-8"))?;
        pages.insert(path.as_str(), tags(text).with_context(|| path.clone())?);
        wrong.extend(
            unread_mark(text).map(|place| format!("{path}: \"**\" was not read as emphasis: {place}")),
        );
    }
    let mut reached = BTreeSet::new();
    let mut anchors = BTreeMap::new();
    for (path, tags) in &pages {
        let mut ids = BTreeSet::new();
        for id in tags.iter().filter_map(|tag| tag.value("id")) {
            if !ids.insert(id) {
                wrong.push(format!("{path}: two elements have the id {id}"));
            }
        }
        anchors.insert(*path, ids);
    }
    for (path, tags) in &pages {
        for tag in tags {
            wrong.extend(element(tag).map(|fault| format!("{path}: {fault}")));
            for name in ["href", "src"] {
                let Some(target) = tag.value(name).filter(|target| is_inside(tag, target)) else { continue };
                match lead(path, target) {
                    Some((file, anchor)) if files.contains_key(&file) => {
                        let ids = anchors.get(file.as_str());
                        if !anchor.is_empty() && ids.is_none_or(|ids| !ids.contains(anchor.as_str())) {
                            wrong.push(format!("{path}: {target} names no heading"));
                        }
                        reached.insert(file);
                    }
                    _ => wrong.push(format!("{path}: {target} leads nowhere")),
                }
            }
        }
    }
    Ok((wrong, reached))
}

/// A mark of emphasis that was left in the words, with those after it: one that has punctuation on its inner side must have
/// a space on its outer side, which texts in Chinese forget. What stands in code is none.
fn unread_mark(page: &str) -> Option<String> {
    let words = page.split("<code").map(|part| part.split_once("</code>").map_or(part, |(_, words)| words));
    let (_, after) = words.into_iter().find_map(|words| words.split_once("**"))?;
    Some(after.chars().take(20).collect())
}

/// What is wrong with an element by itself.
fn element(tag: &Tag) -> Option<String> {
    if !ELEMENTS.contains(&tag.name) {
        return Some(format!("<{}> has no place in the book (a < in a text stands in code)", tag.name));
    }
    let runs =
        |name: &str| name.starts_with("on") || matches!(name, "style" | "srcset" | "http-equiv" | "ping");
    let found = tag.attributes.iter().find(|(name, _)| runs(name));
    found.map(|(name, _)| format!("<{} {name}=…> is more than the board's policy lets a page do", tag.name))
}

/// Whether a target must be a file of the book: links that a person follows may lead elsewhere, by HTTPS or mail.
fn is_inside(tag: &Tag, target: &str) -> bool {
    let leaves = target.starts_with("https://") || target.starts_with("mailto:");
    tag.name != "a" || !leaves
}

/// File and anchor that a target leads to from a page.
fn lead(from: &str, target: &str) -> Option<(String, String)> {
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = match path.strip_prefix(ADDRESS) {
        _ if path.is_empty() => from.to_owned(),
        Some(path) => resolved("", path)?,
        None if path.starts_with('/') || path.contains(':') => return None,
        None => resolved(from, &decoded(path)?)?,
    };
    Some((file, decoded(anchor)?))
}

/// A part of an address with its escapes (RFC 3986, 2.1) resolved.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(page: &str) -> Vec<String> {
        let files = [("a/one.html", page), ("two.html", "<h1 id=\"受\">"), ("three.png", "")];
        check(&files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).into()).unwrap().0
    }

    #[test]
    fn links_to_what_is_there_are_good() {
        for page in [
            "<p id=\"x\"><a href=\"#x\">",
            "<a href=\"../two.html#%E5%8F%97\">",
            "<a href=\"/docs/two.html#受\">",
            "<a href=\"https://elsewhere.example/\">",
            "<img src=\"../three.png\">",
            "<code>2 ** 3</code>",
        ] {
            assert_eq!(faults(page), Vec::<String>::new(), "{page}");
        }
    }

    #[test]
    fn whatever_leads_nowhere_or_leaves_or_runs_is_named() {
        for (page, fault) in [
            ("<a href=\"#x\">", "#x names no heading"),
            ("<a href=\"two.html\">", "two.html leads nowhere"),
            ("<a href=\"../two.html#no\">", "names no heading"),
            ("<a href=\"../../two.html\">", "leads nowhere"),
            ("<a href=\"/two.html\">", "leads nowhere"),
            ("<a href=\"http://elsewhere.example/\">", "leads nowhere"),
            ("<img src=\"https://elsewhere.example/a.png\">", "leads nowhere"),
            ("<link href=\"https://elsewhere.example/a.css\">", "leads nowhere"),
            ("<a href=\"javascript:alert()\">", "leads nowhere"),
            ("<script>", "<script> has no place"),
            ("<iframe src=\"../two.html\">", "<iframe> has no place"),
            ("<p onclick=\"x\">", "<p onclick=…>"),
            ("<p style=\"x\">", "<p style=…>"),
            ("<code>2 ** 3</code> **x。**y", "was not read as emphasis: x。**y"),
            ("<p id=\"x\"><p id=\"x\">", "two elements have the id x"),
        ] {
            let found = faults(page);
            assert!(found.len() == 1 && found[0].contains(fault), "{page}: {found:?}");
        }
    }
}
