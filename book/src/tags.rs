//! The tags of a page that we made ourselves, read strictly: what a renderer writes, and no more of HTML.

use anyhow::{Context, Result};

/// A tag that opens an element, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    pub(crate) name: &'a str,
    /// Attributes with their values as they are meant; one without a value has none.
    pub(crate) attributes: Vec<(&'a str, Option<String>)>,
    /// Where what follows the tag begins, in bytes.
    pub(crate) end: usize,
}

impl Tag<'_> {
    /// The value of an attribute, if it is there.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(attribute, _)| *attribute == name);
        found.and_then(|(_, value)| value.as_deref())
    }
}

/// All tags that open an element, in order. Fails on what no renderer of ours writes, such as a value without quotes.
pub(crate) fn tags(page: &str) -> Result<Vec<Tag<'_>>> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        let end_of =
            |text: &str, end: &str| text.find(end).map(|at| at + end.len()).with_context(|| no_end(after));
        if after.starts_with("!--") {
            rest = after.get(end_of(after, "-->")?..).unwrap_or_default();
        } else if after.starts_with(['!', '/']) {
            rest = after.get(end_of(after, ">")?..).unwrap_or_default();
        } else {
            let (name, attributes, behind) = tag(after).with_context(|| no_end(after))?;
            tags.push(Tag { name, attributes, end: page.len() - behind.len() });
            rest = behind;
        }
    }
    Ok(tags)
}

fn no_end(after: &str) -> String {
    format!("this tag cannot be read: <{}", after.chars().take(60).collect::<String>())
}

type Attributes<'a> = Vec<(&'a str, Option<String>)>;

/// Name and attributes of a tag, and what follows it.
fn tag(text: &str) -> Option<(&str, Attributes<'_>, &str)> {
    let (name, mut rest) = text.split_at(text.find(|c: char| !c.is_ascii_alphanumeric())?);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start().strip_prefix('/').unwrap_or(rest.trim_start());
        if let Some(behind) = rest.strip_prefix('>') {
            return (!name.is_empty()).then_some((name, attributes, behind));
        }
        let (attribute, after) =
            rest.split_at(rest.find(|c: char| c.is_whitespace() || "=>/\"".contains(c))?);
        if attribute.is_empty() {
            return None;
        }
        rest = after;
        let value = match after.strip_prefix('=') {
            Some(quoted) => {
                let (value, after) = quoted.strip_prefix('"')?.split_once('"')?;
                rest = after;
                Some(meant(value))
            }
            None => None,
        };
        attributes.push((attribute, value));
    }
}

/// A value without its escapes.
fn meant(value: &str) -> String {
    let plain = value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    plain.replace("&#x27;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_with_what_their_attributes_mean() {
        let page =
            "<!DOCTYPE html><p>a &lt; b<!-- <i> --><a href=\"x?a&amp;b\" hidden>c</a><br/><img alt=\"\" />d";
        let found = tags(page).unwrap();
        let names: Vec<&str> = found.iter().map(|tag| tag.name).collect();
        assert_eq!(names, ["p", "a", "br", "img"]);
        let link = &found[1];
        assert_eq!(link.value("href"), Some("x?a&b"));
        assert_eq!(link.attributes[1], ("hidden", None));
        assert!(page[link.end..].starts_with("c</a>"));
        assert_eq!(found[3].value("alt"), Some(""));
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for page in ["<a href=x>", "<a href=\"x>", "<", "<>", "a < b", "<!-- ", "<a \"b\">"] {
            assert!(tags(page).is_err(), "{page}");
        }
    }
}
