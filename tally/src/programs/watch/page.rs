//! What a page makes a browser load: everything in its markup that names another file, or acts by itself.
//!
//! Read strictly, not as browsers mend markup: what is written in another way than by the app's own builder is a
//! fault, so that nothing is loaded that is not seen here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha384};

/// Attributes by which an element loads or sends something.
const LOADING: [&str; 10] = [
    "src",
    "href",
    "srcset",
    "data",
    "poster",
    "action",
    "formaction",
    "xlink:href",
    "background",
    "manifest",
];

/// What a page must not do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageFault {
    /// It loads something that is not among the release's files.
    #[error("it loads {0}, which the release does not list")]
    Unlisted(String),
    /// It loads a script or style without saying what it must hash to.
    #[error("it loads {0} without an integrity value")]
    NoIntegrity(String),
    /// The file is another than the page demands.
    #[error("it demands another {0} than the release lists")]
    OtherIntegrity(String),
    /// A script in the page itself.
    #[error("it has a script of its own (in <{0}>)")]
    Script(String),
    /// An element that leads elsewhere.
    #[error("it has an element <{0}>, which leads a browser elsewhere")]
    Element(String),
    /// Markup that a browser would have to guess.
    #[error("its markup is not well formed")]
    Markup,
}

/// A start tag.
#[derive(Debug, PartialEq, Eq)]
struct Tag<'a> {
    /// In lower case.
    name: String,
    /// Names in lower case, values as written.
    attributes: Vec<(String, &'a str)>,
    /// What stands in a script or style element.
    content: &'a str,
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| *value)
    }
}

/// Looks for faults in a page. `file` gives the bytes that the release lists under a path.
pub fn page_faults<'a>(html: &str, file: impl Fn(&str) -> Option<&'a [u8]>) -> Vec<PageFault> {
    let Some(tags) = tags(html) else { return vec![PageFault::Markup] };
    tags.iter().flat_map(|tag| tag_faults(tag, &file)).collect()
}

fn tag_faults<'a>(tag: &Tag<'_>, file: &impl Fn(&str) -> Option<&'a [u8]>) -> Vec<PageFault> {
    let mut faults = Vec::new();
    let name = tag.name.as_str();
    let refreshes = name == "meta" && tag.attribute("http-equiv").is_some();
    if refreshes || matches!(name, "base" | "iframe" | "frame" | "object" | "embed" | "form" | "portal") {
        faults.push(PageFault::Element(name.to_owned()));
    }
    let acts = tag.attributes.iter().any(|(name, _)| name.starts_with("on") || name == "srcdoc");
    if acts || (name == "script" && !tag.content.trim().is_empty()) {
        faults.push(PageFault::Script(name.to_owned()));
    }
    // a link that people follow loads nothing by itself
    let loading =
        tag.attributes.iter().filter(|(attribute, _)| name != "a" && LOADING.contains(&&**attribute));
    for (_, address) in loading {
        let listed = address.strip_prefix('/').and_then(file);
        let Some(bytes) = listed else {
            faults.push(PageFault::Unlisted((*address).to_owned()));
            continue;
        };
        let relation = tag.attribute("rel").unwrap_or_default().to_ascii_lowercase();
        let runs = name == "script"
            || relation.split_ascii_whitespace().any(|word| word == "stylesheet" || word == "modulepreload");
        match tag.attribute("integrity") {
            Some(value) if value != integrity(bytes) => {
                faults.push(PageFault::OtherIntegrity((*address).to_owned()));
            }
            None if runs => faults.push(PageFault::NoIntegrity((*address).to_owned())),
            _ => {}
        }
    }
    faults
}

/// W3C Subresource Integrity, with SHA-384.
fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes)))
}

/// The files of the app that a script or style names: `/assets/…`.
pub fn named_assets(text: &str) -> Vec<String> {
    const START: &str = "/assets/";
    let is_name = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
    let after = text.split(START).skip(1);
    let names = after.map(|rest| rest.split(|character| !is_name(character)).next().unwrap_or_default());
    names.filter(|name| !name.is_empty()).map(|name| format!("assets/{name}")).collect()
}

/// All start tags; none if something is not well formed.
fn tags(html: &str) -> Option<Vec<Tag<'_>>> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = if let Some(comment) = after.strip_prefix("!--") {
            comment.split_once("-->")?.1
        } else if after.starts_with(['/', '!']) {
            after.split_once('>')?.1
        } else {
            let (mut tag, after) = tag(after)?;
            if matches!(tag.name.as_str(), "script" | "style") {
                let end = after.to_ascii_lowercase().find(&format!("</{}", tag.name))?;
                let (content, after) = after.split_at_checked(end)?;
                tag.content = content;
                tags.push(tag);
                after
            } else {
                tags.push(tag);
                after
            }
        };
    }
    Some(tags)
}

/// A start tag behind its `<`, and what follows it.
fn tag(text: &str) -> Option<(Tag<'_>, &str)> {
    let ends = |character: char| character.is_ascii_whitespace() || matches!(character, '/' | '>');
    let (name, mut rest) = text.split_at_checked(text.find(ends)?)?;
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|character: char| character.is_ascii_whitespace() || character == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return Some((Tag { name: name.to_ascii_lowercase(), attributes, content: "" }, after));
        }
        let (name, after) =
            rest.split_at_checked(rest.find(|character| ends(character) || character == '=')?)?;
        if name.is_empty() {
            return None;
        }
        let after_space = after.trim_start();
        let value;
        (value, rest) = match after_space.strip_prefix('=').map(str::trim_start) {
            None => ("", after),
            Some(quoted) => {
                let quote = quoted.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
                quoted.strip_prefix(quote)?.split_once(quote)?
            }
        };
        attributes.push((name.to_ascii_lowercase(), value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &[u8] = b"the script";

    fn file(path: &str) -> Option<&'static [u8]> {
        match path {
            "assets/app-1.js" => Some(SCRIPT),
            "assets/style-1.css" => Some(b"the style"),
            "assets/icon-1.svg" => Some(b"the icon"),
            _ => None,
        }
    }

    fn faults(html: &str) -> Vec<PageFault> {
        page_faults(html, file)
    }

    #[test]
    fn a_page_that_loads_what_is_listed_has_no_fault() {
        let (script, style) = (integrity(SCRIPT), integrity(b"the style"));
        let page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><!-- <script>a comment</script> --><meta charset='utf-8'>\
             <link rel=\"icon\" href=\"/assets/icon-1.svg\"/>\
             <link rel=\"stylesheet\" href=\"/assets/style-1.css\" integrity=\"{style}\">\
             <script type=\"module\" src=\"/assets/app-1.js\" integrity=\"{script}\" defer></script></head>\
             <body><p>1 &lt; 2 <a href=\"https://example.org/\">out</a></p></body></html>"
        );
        assert_eq!(faults(&page), []);
        assert_eq!(page_faults(&page, |_| None).len(), 3, "nothing is listed");
    }

    #[test]
    fn whatever_else_a_page_loads_or_runs_is_a_fault() {
        let unlisted = |address: &str| PageFault::Unlisted(address.to_owned());
        let script = |name: &str| PageFault::Script(name.to_owned());
        let element = |name: &str| PageFault::Element(name.to_owned());
        let own = "/assets/app-1.js".to_owned();
        let table = [
            ("<script src=\"/assets/evil.js\"></script>", unlisted("/assets/evil.js")),
            ("<script src=\"https://evil.example/x.js\"></script>", unlisted("https://evil.example/x.js")),
            (
                "<SCRIPT SRC='//evil.example/assets/app-1.js'></SCRIPT>",
                unlisted("//evil.example/assets/app-1.js"),
            ),
            ("<img src=\"data:image/png;base64,\">", unlisted("data:image/png;base64,")),
            ("<link rel=preconnect>", PageFault::Markup),
            ("<script src=\"/assets/app-1.js\"></script>", PageFault::NoIntegrity(own.clone())),
            ("<link rel=\"x StyleSheet\" href=\"/assets/app-1.js\">", PageFault::NoIntegrity(own.clone())),
            (
                "<script src=\"/assets/app-1.js\" integrity=\"sha384-x\"></script>",
                PageFault::OtherIntegrity(own),
            ),
            ("<script>alert(1)</script>", script("script")),
            ("<p onclick=\"x()\">", script("p")),
            ("<base href=\"/assets/icon-1.svg\">", element("base")),
            ("<meta http-equiv=\"refresh\" content=\"0;url=/x\">", element("meta")),
            ("<form></form>", element("form")),
            ("<script src=\"/assets/app-1.js\"", PageFault::Markup),
            ("<script>", PageFault::Markup),
            ("a < b", PageFault::Markup),
            ("<!-- never closed", PageFault::Markup),
        ];
        for (html, fault) in table {
            assert_eq!(faults(html), [fault], "{html}");
        }
    }

    #[test]
    fn a_script_names_its_files() {
        let script = r#"const A = {"url":"/assets/app-1.wasm"}; load('/assets/x_y.bin'), "/assets/", url(/assets/z.css)"#;
        assert_eq!(named_assets(script), ["assets/app-1.wasm", "assets/x_y.bin", "assets/z.css"]);
        assert_eq!(named_assets("assets/none"), Vec::<String>::new());
    }
}
