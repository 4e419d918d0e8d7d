//! The printable forms: a page of HTML that needs nothing else, and plain text.

use anyhow::{Context, Result};
use maud::{DOCTYPE, PreEscaped, html as markup};
use qrcodegen::{QrCode, QrCodeEcc};
use tabella_board_client::terminal::visible;
use tabella_crypto::transcript::Digest;
use zeroize::Zeroizing;

/// What the paper says, in one language.
pub trait PaperTexts {
    /// The language tag of the page.
    fn tag(&self) -> &'static str;
    /// The title.
    fn paper_title(&self) -> &'static str;
    /// Before the name.
    fn paper_name(&self) -> &'static str;
    /// Before the fingerprint.
    fn paper_fingerprint(&self) -> &'static str;
    /// What to do with the paper.
    fn paper_instructions(&self) -> [&'static str; 5];
}

/// White places around a QR code (ISO/IEC 18004, section 9.1).
const QUIET: i32 = 4;

const STYLE: &str = "\
body{font-family:sans-serif;max-width:46em;margin:2em auto;padding:0 1em;color:#000;background:#fff}\
ol{columns:3;list-style-position:inside;padding:0;font-size:1.25em;line-height:1.9}\
li{break-inside:avoid}\
code{font-size:1.05em;word-spacing:.3em}\
.qr{width:6.5cm;height:6.5cm}\
.secret{border:2px solid #000;padding:.5em 1em}\
@media print{body{margin:0}}";

/// The page in HTML: words, QR code, name, fingerprint, what to do.
pub fn html(words: &[&str], name: &str, fingerprint: &Digest, texts: &dyn PaperTexts) -> Result<String> {
    let code = qr(words)?;
    let page = markup! {
        (DOCTYPE)
        html lang=(texts.tag()) {
            head {
                meta charset="utf-8";
                title { (texts.paper_title()) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (texts.paper_title()) }
                p { (texts.paper_name()) " " b { (visible(name)) } }
                p { (texts.paper_fingerprint()) br; code { (groups(fingerprint)) } }
                div class="secret" {
                    ol { @for word in words { li { b { (word) } } } }
                }
                (PreEscaped(code.as_str()))
                ul { @for line in texts.paper_instructions() { li { (line) } } }
            }
        }
    };
    Ok(page.into_string())
}

/// The same as plain text, without the QR code.
pub fn text(words: &[&str], name: &str, fingerprint: &Digest, texts: &dyn PaperTexts) -> String {
    let mut lines = vec![
        texts.paper_title().to_owned(),
        String::new(),
        format!("{} {}", texts.paper_name(), visible(name)),
        texts.paper_fingerprint().to_owned(),
        format!("  {}", groups(fingerprint)),
        String::new(),
    ];
    let rows = words.len().div_ceil(3);
    for row in 0..rows {
        let cells = (0..3).filter_map(|column| {
            let place = row + column * rows;
            words.get(place).map(|word| format!("{:>4}  {word:<12}", place + 1))
        });
        lines.push(cells.collect::<String>().trim_end().to_owned());
    }
    lines.push(String::new());
    lines.extend(texts.paper_instructions().map(|line| format!("* {line}")));
    lines.push(String::new());
    lines.join("\n")
}

/// The fingerprint in groups of four digits.
fn groups(fingerprint: &Digest) -> String {
    crate::tally::Fingerprint(*fingerprint).to_string()
}

/// The words as a QR code in SVG. Capitals take less room.
fn qr(words: &[&str]) -> Result<Zeroizing<String>> {
    let line = Zeroizing::new(words.join(" ").to_uppercase());
    let code = QrCode::encode_text(&line, QrCodeEcc::Medium).ok().context("24 words fit a QR code")?;
    let side = code.size() + 2 * QUIET;
    let mut path = Zeroizing::new(String::new());
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{} {}h1v1h-1z", x + QUIET, y + QUIET));
        }
    }
    Ok(Zeroizing::new(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" role=\"img\"><path d=\"{}\"/></svg>",
        path.as_str()
    )))
}
