//! Sections of the specification that its texts name, such as "section 9.8": in the book they are links.

use std::collections::BTreeMap;

use anyhow::Result;
use tabella_web_pack::Files;

use crate::tags::tags;

/// Where the chapters are.
const CHAPTERS: &str = "specification/";
/// The text of a page, between these.
const TEXT: (&str, &str) = ("<main id=\"text\"", "<nav class=\"turn\"");
/// In these a number is no link, or is one already.
const CLOSED: [&str; 7] = ["a", "code", "pre", "h1", "h2", "h3", "h4"];
/// How far before a number the name of another document stands, in bytes.
const BEFORE: usize = 40;

/// Pages and anchors by the numbers of sections, such as `9.8`.
pub(crate) type Sections = BTreeMap<String, String>;

/// The sections of the chapters among the files.
pub(crate) fn sections(files: &Files) -> Result<Sections> {
    let mut sections = Sections::new();
    for (path, bytes) in
        files.iter().filter(|(path, _)| path.starts_with(CHAPTERS) && path.ends_with(".html"))
    {
        let page = String::from_utf8_lossy(bytes);
        for tag in tags(&page)?.iter().filter(|tag| matches!(tag.name, "h1" | "h2")) {
            let inside =
                page.get(tag.end..).and_then(|rest| rest.split_once("</h")).map_or("", |(inside, _)| inside);
            let words = inside.split_once('>').map_or(inside, |(_, words)| words);
            let number = words.split(' ').next().unwrap_or_default().trim_end_matches('.');
            if let (Some(anchor), true) = (tag.value("id"), number.starts_with(|c: char| c.is_ascii_digit()))
            {
                sections.insert(number.to_owned(), format!("{path}#{anchor}"));
            }
        }
    }
    Ok(sections)
}

/// A page of the specification with links where it names sections; any other as it is.
pub(crate) fn linked(page: &str, path: &str, to_root: &str, sections: &Sections) -> String {
    let is_of_it = path.starts_with(CHAPTERS) || path == "specification.html";
    let parts = page.split_once(TEXT.0).and_then(|(head, rest)| Some((head, rest.split_once(TEXT.1)?)));
    let Some((head, (text, foot))) = parts.filter(|_| is_of_it) else { return page.to_owned() };
    let mut closed = 0_usize;
    let mut linked = format!("{head}{}", TEXT.0);
    for (at, piece) in text.split('<').enumerate() {
        let (tag, words) = piece.split_once('>').unwrap_or(("", piece));
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap_or_default();
        if CLOSED.contains(&name) {
            closed = if tag.starts_with('/') { closed.saturating_sub(1) } else { closed + 1 };
        }
        if at > 0 {
            linked.push('<');
        }
        linked.push_str(piece.get(..piece.len() - words.len()).unwrap_or_default());
        match closed {
            0 => linked.push_str(&with_links(words, to_root, sections)),
            _ => linked.push_str(words),
        }
    }
    linked + TEXT.1 + foot
}

/// Words with a link for each number behind "section" or "sections", unless it is another document's.
fn with_links(words: &str, to_root: &str, sections: &Sections) -> String {
    let mut linked = String::new();
    let mut rest = words;
    while let Some(at) = rest.find("ection").map(|at| at + "ection".len()) {
        let (before, after) = rest.split_at(at);
        linked.push_str(before);
        rest = after;
        let many = rest.starts_with('s');
        let gap = rest.strip_prefix('s').unwrap_or(rest);
        let numbers = gap.trim_start();
        let seen = linked.len().saturating_sub(BEFORE);
        let seen = linked.get(linked.ceil_char_boundary(seen)..).unwrap_or_default();
        if numbers.len() == gap.len() || seen.contains("RFC") || seen.contains("2018") {
            continue;
        }
        linked.push_str(rest.get(..rest.len() - numbers.len()).unwrap_or_default());
        rest = numbers;
        loop {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let number = rest.get(..end).unwrap_or_default().trim_end_matches('.');
            match sections.get(number) {
                Some(target) => linked.push_str(&format!("<a href=\"{to_root}{target}\">{number}</a>")),
                None => linked.push_str(number),
            }
            rest = rest.get(number.len()..).unwrap_or_default();
            let joints = [", ", " and ", " to ", " or ", ",\n", " and\n", "\nand ", "\nto ", " to\n"];
            let joint = joints.into_iter().find(|joint| {
                let next = rest.strip_prefix(joint);
                next.is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()))
            });
            let Some(joint) = joint.filter(|_| many && !number.is_empty()) else { break };
            linked.push_str(joint);
            rest = rest.get(joint.len()..).unwrap_or_default();
        }
    }
    linked + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Sections {
        let page = "<h1 id=\"9-ballot\"><a class=\"header\" href=\"#9-ballot\">9. Ballot</a></h1>\
            <h2 id=\"98-cast\"><a class=\"header\" href=\"#98-cast\">9.8 Cast</a></h2><h2 id=\"x\">Other</h2>";
        sections(&Files::from([("specification/09.html".to_owned(), page.as_bytes().to_vec())])).unwrap()
    }

    #[test]
    fn numbers_of_sections_become_links_and_those_of_other_documents_do_not() {
        let known = known();
        assert_eq!(known.len(), 2);
        let nine = "<a href=\"../specification/09.html#9-ballot\">9</a>";
        let eight = "<a href=\"../specification/09.html#98-cast\">9.8</a>";
        for (words, expected) in [
            ("see section 9.8.", format!("see section {eight}.")),
            ("Sections 9, 9.8 and 12 to\n9", format!("Sections {nine}, {eight} and 12 to\n{nine}")),
            ("section\n9, 9.8", format!("section\n{nine}, 9.8")),
            ("RFC 9496, section 9", "RFC 9496, section 9".to_owned()),
            ("sections of 9", "sections of 9".to_owned()),
            ("a section", "a section".to_owned()),
            ("bisection9", "bisection9".to_owned()),
        ] {
            assert_eq!(with_links(words, "../", &known), expected);
        }
    }

    #[test]
    fn code_links_and_headings_stay_as_they_are_and_so_do_other_pages() {
        let page = "section 9<main id=\"text\"><h2>section 9</h2><p>section 9 <code>section 9</code> <a href=\"x\">section 9\
            </a></p><nav class=\"turn\">section 9";
        let found = linked(page, "specification/09.html", "../", &known());
        assert_eq!(found.matches("#9-ballot").count(), 1, "{found}");
        assert!(found.contains(
            "<p>section <a href=\"../specification/09.html#9-ballot\">9</a> <code>section 9</code>"
        ));
        assert_eq!(linked(page, "limits.html", "", &known()), page);
    }
}
