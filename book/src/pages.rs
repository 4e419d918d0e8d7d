//! What a page gets beside what mdBook puts in it: the contents, its language, and links from sections that it names.

use anyhow::{Context, Result, ensure};
use mdbook_driver::book::BookItem;

use crate::check::ADDRESS;
use crate::contents::{Here, contents};
use crate::sections::{Sections, linked};
use crate::tags::tags;

/// Where the contents go, in the frame of a page.
const CONTENTS: &str = "<nav id=\"contents\" aria-label=\"Contents\"></nav>";
/// Where the text begins.
const TEXT: &str = "<main id=\"text\"";
/// Served wherever there is no page, so that its links say where the book is.
const NOT_FOUND: &str = "404.html";
/// All chapters behind each other.
const WHOLE: &str = "print.html";
/// What mdBook puts between chapters there, and what stands for it: styles stand in the stylesheet alone.
const BREAK: (&str, &str) =
    ("<div style=\"break-before: page; page-break-before: always;\"></div>", "<div class=\"break\"></div>");
/// How the names of pages in Chinese end.
const CHINESE: (&str, &str) = (".zh-Hans.html", "zh-Hans");

/// A page as it is served.
pub(crate) fn finished(page: &str, path: &str, items: &[BookItem], sections: &Sections) -> Result<String> {
    ensure!(page.matches(CONTENTS).count() == 1, "the frame has no place for the contents, or several");
    ensure!(page.matches(TEXT).count() == 1, "the frame has no text, or several");
    let to_root = match path {
        NOT_FOUND => ADDRESS.to_owned(),
        path => "../".repeat(path.matches('/').count()),
    };
    let headings = if matches!(path, NOT_FOUND | WHOLE) { Vec::new() } else { headings(page)? };
    let here = Here { path, to_root: &to_root, headings: &headings };
    let page = linked(page, path, &to_root, sections);
    let page = named_tables(&page.replacen(CONTENTS, &contents(items, &here).into_string(), 1));
    Ok(match path {
        WHOLE => page.replace(BREAK.0, BREAK.1),
        path if path.ends_with(CHINESE.0) => {
            page.replacen(TEXT, &format!("{TEXT} lang=\"{}\"", CHINESE.1), 1)
        }
        _ => page,
    })
}

/// Kinds of tables that the stylesheet sets apart, with a heading of a column that only they have.
const TABLES: [(&str, &str); 2] = [("hex", "<th>at</th>"), ("evidence", "<th>tests</th>")];

/// A page in which tables have their kind as a class.
fn named_tables(page: &str) -> String {
    let mut parts = page.split("<table>");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |page, part| {
        let head = part.split("</thead>").next().unwrap_or_default();
        match TABLES.iter().find(|(_, column)| head.contains(column)) {
            Some((kind, _)) => page + &format!("<table class=\"{kind}\">") + part,
            None => page + "<table>" + part,
        }
    })
}

/// Anchors and words of the headings below the page's title, the words in HTML.
fn headings(page: &str) -> Result<Vec<(String, String)>> {
    let mut headings = Vec::new();
    for tag in tags(page)?.iter().filter(|tag| tag.name == "h2") {
        let anchor = tag.value("id").context("a heading has no anchor")?;
        let inside =
            page.get(tag.end..).and_then(|rest| rest.split_once("</h2>")).context("a heading has no end")?.0;
        headings.push((anchor.to_owned(), without_tags(inside)));
    }
    Ok(headings)
}

/// The words of a piece of HTML, escaped as they are there.
fn without_tags(html: &str) -> String {
    let mut parts = html.split('<');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.filter_map(|part| part.split_once('>')).fold(first, |words, (_, after)| words + after)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: &str = "<main id=\"text\"><h1 id=\"t\">T</h1><h2 id=\"a\"><a href=\"#a\">A <code>&lt;b&gt;</code></a></h2>\
        <h2 id=\"c\">C</h2></main><nav id=\"contents\" aria-label=\"Contents\"></nav>";

    #[test]
    fn a_page_gets_contents_headings_and_language() {
        let items = [BookItem::Chapter(mdbook_driver::book::Chapter::new(
            "G",
            String::new(),
            "x/g.zh-Hans.md",
            vec![],
        ))];
        let page = finished(FRAME, "x/g.zh-Hans.html", &items, &Sections::new()).unwrap();
        assert!(page.starts_with("<main id=\"text\" lang=\"zh-Hans\">"), "{page}");
        assert!(page.contains("<a href=\"../x/g.zh-Hans.html\" aria-current=\"page\">G</a>"), "{page}");
        assert!(page.contains("<a href=\"#a\">A &lt;b&gt;</a>"), "{page}");
        let page = finished(FRAME, "404.html", &items, &Sections::new()).unwrap();
        assert!(
            page.contains("<a href=\"/docs/x/g.zh-Hans.html\">G</a>") && !page.contains("lang="),
            "{page}"
        );
    }

    #[test]
    fn tables_of_a_kind_say_so() {
        let table =
            |column: &str| format!("<table><thead><tr><th>{column}</th></tr></thead><td>at</td></table>");
        let page = named_tables(&format!("a{}{}{}", table("at"), table("tests"), table("else")));
        assert_eq!(page.matches("<table class=\"hex\">").count(), 1);
        assert_eq!(page.matches("<table class=\"evidence\">").count(), 1);
        assert_eq!(page.matches("<table>").count(), 1);
    }

    #[test]
    fn a_frame_without_a_place_for_the_contents_is_refused() {
        assert!(finished("<main id=\"text\"></main>", "a.html", &[], &Sections::new()).is_err());
    }
}
