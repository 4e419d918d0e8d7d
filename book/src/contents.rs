//! The contents beside every page: all parts and chapters, and below the chapter that one reads its pages and headings.

use std::path::Path;

use maud::{Markup, PreEscaped, html};
use mdbook_driver::book::{BookItem, Chapter};

/// A page, from where the contents are looked at.
pub(crate) struct Here<'a> {
    /// The page's path in the book.
    pub(crate) path: &'a str,
    /// What goes before the path of another page to reach it from this one.
    pub(crate) to_root: &'a str,
    /// Anchors and words of the page's own headings, the words in HTML.
    pub(crate) headings: &'a [(String, String)],
}

/// The contents of a book, for one of its pages.
pub(crate) fn contents(items: &[BookItem], here: &Here) -> Markup {
    html! {
        nav #contents aria-label="Contents" {
            (list(items, here))
            p.part { "All of it" }
            ol { li { (link("print.html", "The whole book on one page", here)) } }
        }
    }
}

fn list(items: &[BookItem], here: &Here) -> Markup {
    html! {
        // titles of parts stand between the lists that they are titles of
        @for (title, chapters) in parts(items) {
            @if let Some(title) = title { p.part { (title) } }
            @if !chapters.is_empty() { ol { @for chapter in chapters { (item(chapter, here)) } } }
        }
    }
}

/// Chapters by the title that stands before them.
fn parts(items: &[BookItem]) -> Vec<(Option<&str>, Vec<&Chapter>)> {
    let mut parts: Vec<(Option<&str>, Vec<&Chapter>)> = vec![(None, Vec::new())];
    for item in items {
        match item {
            BookItem::PartTitle(title) => parts.push((Some(title), Vec::new())),
            BookItem::Chapter(chapter) => {
                if let Some((_, chapters)) = parts.last_mut() {
                    chapters.push(chapter);
                }
            }
            BookItem::Separator => {}
        }
    }
    parts
}

fn item(chapter: &Chapter, here: &Here) -> Markup {
    let Some(page) = chapter.path.as_deref().and_then(page) else { return html! {} };
    let is_here = page == here.path;
    html! {
        li {
            (link(&page, &chapter.name, here))
            @if is_here && here.headings.len() > 1 {
                ol.headings {
                    @for (anchor, words) in here.headings { li { a href={ "#" (anchor) } { (PreEscaped(words)) } } }
                }
            }
            @if leads_to(chapter, here.path) { (list(&chapter.sub_items, here)) }
        }
    }
}

fn link(page: &str, words: &str, here: &Here) -> Markup {
    let current = (page == here.path).then_some("page");
    html! { a href={ (here.to_root) (page) } aria-current=[current] { (words) } }
}

/// Whether a page is this chapter, or one below it.
fn leads_to(chapter: &Chapter, path: &str) -> bool {
    let below = chapter.sub_items.iter();
    let mut below =
        below.filter_map(|item| if let BookItem::Chapter(chapter) = item { Some(chapter) } else { None });
    chapter.path.as_deref().and_then(page).is_some_and(|page| page == path)
        || below.any(|it| leads_to(it, path))
}

/// The page that a source becomes.
pub(crate) fn page(source: &Path) -> Option<String> {
    Some(format!("{}.html", source.to_str()?.strip_suffix(".md")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapter(name: &str, path: &str, below: Vec<BookItem>) -> BookItem {
        let mut chapter = Chapter::new(name, String::new(), path, Vec::new());
        chapter.sub_items = below;
        BookItem::Chapter(chapter)
    }

    #[test]
    fn the_chapter_that_one_reads_is_open_and_the_others_are_not() {
        let items = [
            chapter("Start", "index.md", vec![]),
            BookItem::PartTitle("A & B".to_owned()),
            chapter("One", "one.md", vec![chapter("One, first", "one/first.md", vec![])]),
            chapter("Two", "two.md", vec![chapter("Two, first", "two/first.md", vec![])]),
        ];
        let headings = [("h".to_owned(), "<code>H</code>".to_owned()), ("i".to_owned(), "I".to_owned())];
        let here = Here { path: "one/first.html", to_root: "../", headings: &headings };
        let shown = contents(&items, &here).into_string();
        assert!(shown.contains("<a href=\"../index.html\">Start</a>"), "{shown}");
        assert!(shown.contains("A &amp; B"));
        assert!(shown.contains(
            "<a href=\"../one/first.html\" aria-current=\"page\">One, first</a><ol class=\"headings\">"
        ));
        assert!(shown.contains("<a href=\"#h\"><code>H</code></a>"));
        assert!(shown.contains("../two.html") && !shown.contains("two/first"));
    }
}
